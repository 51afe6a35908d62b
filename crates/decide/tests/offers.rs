//! What proofs say of offers, word for word: notices of `tests/offers`, read in the demo city; and who may sign up.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use decide::{Book, Eligibility, Whereabouts};
use notice::ask::Verdict;
use notice::rule::ClauseAddress;
use notice::{Diagnostic, DiagnosticKind, Slug};
use support::{CITY, said};

fn read(name: &str) -> std::sync::Arc<notice::Notice> {
    support::read("offers", name)
}

fn proved(names: &[&str], new: Option<&[&str]>) -> Vec<Diagnostic> {
    let notices = names.iter().map(|name| read(name)).collect();
    let book = Book::compile(CITY.clone(), notices);
    let new = new.map(|new| {
        new.iter()
            .map(|name| Slug((*name).into()))
            .collect::<Vec<_>>()
    });
    decide::prove::prove(&book, new.as_deref())
}

#[test]
fn slots_nobody_may_sign_up_for() {
    insta::assert_snapshot!(said(&proved(&["nobody"], None)));
}

#[test]
fn sessions_out_of_term_or_none() {
    insta::assert_snapshot!(said(&proved(&["term", "endless"], None)));
}

#[test]
fn promises_out_of_reach() {
    insta::assert_snapshot!(said(&proved(&["reach"], None)));
}

#[test]
fn exclusives_that_overlap_by_halves() {
    insta::assert_snapshot!(said(&proved(&["overlap"], None)));
}

#[test]
fn more_inside_than_the_ground_holds() {
    insta::assert_snapshot!(said(&proved(&["overfull"], None)));
}

#[test]
fn a_room_used_twice() {
    insta::assert_snapshot!(said(&proved(&["room-a", "room-b"], None)));
}

#[test]
fn only_what_is_new_is_told_of_whichever_notice_was_first() {
    let kinds = |found: Vec<Diagnostic>| -> Vec<(DiagnosticKind, String)> {
        found
            .iter()
            .map(|d| (d.kind, d.place.file.to_string()))
            .collect()
    };
    let twice = |file: &str| (DiagnosticKind::RoomTwice, file.to_owned());
    assert_eq!(
        kinds(proved(&["room-a", "room-b"], Some(&["room-b"]))),
        [twice("room-b.md")]
    );
    assert_eq!(
        kinds(proved(&["room-a", "room-b"], Some(&["room-a"]))),
        [twice("room-a.md"), twice("room-a.md")]
    );
    assert_eq!(kinds(proved(&["room-a", "nobody"], Some(&["overlap"]))), []);
}

#[test]
fn who_may_sign_up_is_asked_for_what_matters_only() {
    let notice = read("nobody");
    let eligibility = Eligibility::of(&CITY, std::slice::from_ref(&notice));
    let project = |project: &str| ClauseAddress {
        notice: notice.slug.clone(),
        rule: "children".to_owned(),
        exception: Some(project.to_owned()),
    };
    let at = "2022-01-15T09:00".parse().unwrap();
    let ask = |address: &ClauseAddress, facts: &str| {
        let facts = notice::read_facts(CITY.context(), "", facts.into()).unwrap();
        eligibility
            .answer(address, facts, Whereabouts::Unsaid, at)
            .unwrap()
    };
    let adult = ask(&project("all"), "个人, 年龄 = 18 岁");
    assert_eq!(adult.verdict, Verdict::Allowed);
    assert_eq!(adult.because[0].rule, "children");
    assert_eq!(adult.because[0].clause, "第1款");
    assert_eq!(
        ask(&project("all"), "个人, 年龄 = 17 岁").verdict,
        Verdict::Forbidden
    );
    let open = ask(&project("all"), "个人");
    assert_eq!(open.verdict, Verdict::Depends);
    assert_eq!(open.needs.unwrap().attribute, "年龄");
    // Of the project that excludes everybody, nothing needs to be asked.
    assert_eq!(ask(&project("young"), "个人").verdict, Verdict::Forbidden);
    assert!(
        eligibility
            .answer(
                &project("nothing"),
                notice::Facts::default(),
                Whereabouts::Unsaid,
                at
            )
            .is_none()
    );
}
