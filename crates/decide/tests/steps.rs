//! What proofs say of steps, word for word: notices of `tests/steps`, read in the demo city; and of which sort a matter is.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use decide::sorting::{Sorted, Sorting};
use decide::{Book, Whereabouts};
use notice::{Facts, Notice};
use std::sync::Arc;
use support::{CITY, read, said};

fn proved(name: &str) -> String {
    let book = Book::compile(CITY.clone(), vec![read("steps", name)]);
    said(&decide::prove::prove(&book, None))
}

#[test]
fn circles_and_stages_nobody_comes_to() {
    insta::assert_snapshot!(proved("circles"));
}

#[test]
fn sorts_of_which_nothing_is_and_what_is_of_none() {
    insta::assert_snapshot!(proved("sorts"));
}

#[test]
fn promises_the_deadlines_break() {
    insta::assert_snapshot!(proved("promises"));
}

/// A term that ends is looked at to its end.
#[test]
fn a_promise_that_breaks_in_the_third_year() {
    let said = proved("later");
    assert!(said.contains("\"from\": \"2018-12-28"), "{said}");
}

#[test]
fn nothing_is_said_of_sound_steps() {
    assert_eq!(proved("sound"), "");
}

fn sorted(notice: &Arc<Notice>, facts: &str) -> Sorted {
    let sorting = Sorting::of(&CITY, std::slice::from_ref(notice));
    let facts: Facts = notice::read_facts(CITY.context(), "", facts.into()).unwrap();
    let at = "2022-01-06T10:00".parse().unwrap();
    sorting.sort(notice, &notice.steps[0], &facts, &Whereabouts::Unsaid, at)
}

#[test]
fn a_matter_is_of_the_first_sort_that_holds() {
    let notice = read("steps", "sorts");
    let sort = |facts| sorted(&notice, facts);
    assert_eq!(
        sort("居民诉求, 诉求类别 = 安全隐患, 紧急程度 = 紧急"),
        Sorted::Sort(0)
    );
    assert_eq!(
        sort("居民诉求, 诉求类别 = 安全隐患, 紧急程度 = 一般"),
        Sorted::Sort(2)
    );
    assert_eq!(
        sort("居民诉求, 诉求类别 = 矛盾纠纷, 紧急程度 = 一般"),
        Sorted::None
    );
    assert_eq!(sort("货车"), Sorted::None);
    let Sorted::Depends(need) = sort("居民诉求, 诉求类别 = 安全隐患") else {
        panic!("it turns on the urgency");
    };
    assert_eq!(need.attribute, "紧急程度");
    // However it is answered, a dispute that is not urgent is of none; so the first thing asked may be either.
    assert!(matches!(
        sort("居民诉求, 诉求类别 = 矛盾纠纷"),
        Sorted::Depends(_)
    ));
}
