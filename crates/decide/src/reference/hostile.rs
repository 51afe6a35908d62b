//! Rules made to be large are answered, refused or left unclaimed within the budget.

use super::world::city;
use crate::answer::{Question, Whereabouts};
use crate::book::Book;
use crate::diff::diff;
use crate::prove::prove;
use notice::ask::Verdict;
use notice::vocabulary::{Attribute, Domain, Holder};
use notice::{
    ActionId, AttributeId, Condition, DiagnosticKind, Effect, Facts, KindId, Label, ValueSet,
};
use std::sync::Arc;
use std::time::Instant;

const PAIRS: u16 = 40;

/// `x0 and y0, or x1 and y1, or …`, all x before all y in the order of variables: 2^40 nodes if built.
fn explosion() -> Condition {
    let yes = |i: u16| Condition::Is(AttributeId(i), ValueSet::one(1));
    Condition::Any(
        (0..PAIRS)
            .map(|i| Condition::All(vec![yes(i), yes(i + PAIRS)]))
            .collect(),
    )
}

/// A book of rules about the first action, each with its condition, over `count` attributes of one domain.
fn book_over(count: u16, domain: Domain, rules: Vec<(&str, Effect, Condition)>) -> Book {
    let mut city = city();
    city.vocabulary.attributes = (0..count)
        .map(|i| Attribute {
            label: Label::new(format!("事{i}"), format!("f{i}")),
            also: vec![],
            holder: Holder::Kinds(vec![KindId(0)]),
            domain: domain.clone(),
            question: Label::default(),
            phrase: None,
            standard: None,
        })
        .collect();
    let mut random = super::world::Random(1);
    let size = super::world::Size {
        notices: 1,
        rules: 1,
        attributes: 0,
    };
    let mut notice =
        Arc::unwrap_or_clone(super::world::notices(&mut random, &city, size).remove(0));
    let rule = |(name, effect, who): (&str, Effect, Condition)| notice::Rule {
        name: name.into(),
        effect,
        who,
        places: vec![],
        when: vec![],
        exceptions: vec![],
        over: vec![],
        ..notice.rules[0].clone()
    };
    notice.rules = rules.into_iter().map(rule).collect();
    notice.sets = vec![];
    Book::compile(Arc::new(city), vec![Arc::new(notice)])
}

fn book() -> Book {
    let (forbids, requires) = (
        Effect::Forbid(vec![ActionId(0)]),
        Effect::Require(vec![ActionId(0)]),
    );
    book_over(
        2 * PAIRS,
        Domain::Boolean { negatives: vec![] },
        vec![("a", forbids, explosion()), ("b", requires, explosion())],
    )
}

#[test]
fn a_difference_says_how_much_it_leaves_out() {
    // Every two of the three numbers differ between any two of the cases: nothing can be joined.
    const SIZE: u32 = 160;
    let domain = Domain::Number(notice::vocabulary::Grid {
        min: 0,
        max: i64::from(SIZE) - 1,
        step: 1,
        decimals: 0,
        unit: String::new(),
    });
    let is = |i: u16, value: u32| Condition::Is(AttributeId(i), ValueSet::one(value));
    let case =
        |a: u32, b: u32| Condition::All(vec![is(0, a), is(1, b), is(2, (2 * SIZE - a - b) % SIZE)]);
    let cases = |rows: u32| {
        Condition::Any(
            (0..rows)
                .flat_map(|a| (0..SIZE).map(move |b| case(a, b)))
                .collect(),
        )
    };
    let forbids = || Effect::Forbid(vec![ActionId(0)]);
    let (none, few, many) = (
        book_over(3, domain.clone(), vec![]),
        book_over(3, domain.clone(), vec![("a", forbids(), cases(10))]),
        book_over(3, domain, vec![("a", forbids(), cases(SIZE))]),
    );
    let few = diff(&none, &few).unwrap();
    assert_eq!((few.changes.len(), few.left_out.len()), (1600, 0));
    let many = diff(&none, &many).unwrap();
    assert_eq!(many.changes.len(), 2000);
    let [left] = &many.left_out[..] else {
        panic!("{:?}", many.left_out)
    };
    assert_eq!(left.count, Some(u64::from(SIZE * SIZE) - 2000));
    assert_eq!(left.clauses.len(), 1);
    assert!(left.sentence.zh.contains("23600"), "{}", left.sentence.zh);
    // What cannot even be counted is named.
    let nothing = book_over(2 * PAIRS, Domain::Boolean { negatives: vec![] }, vec![]);
    let huge = diff(&nothing, &book()).unwrap();
    assert!(huge.changes.is_empty());
    let [left] = &huge.left_out[..] else {
        panic!("{:?}", huge.left_out)
    };
    assert_eq!((left.count, left.clauses.len()), (None, 2));
}

#[test]
fn what_outgrows_the_budget_is_not_guessed() {
    let (start, book) = (Instant::now(), book());
    let at = book.notices()[0].in_force.from;
    let mut question = Question {
        action: Some(ActionId(0)),
        facts: Facts::default(),
        place: Whereabouts::Unsaid,
        at,
    };
    let answer = book.answer(&question);
    assert_eq!(answer.verdict, Verdict::Depends);
    assert!(answer.needs.is_some_and(|need| need.choices.len() > 1));
    // A complete case needs no diagram.
    question.facts.kind = Some(KindId(1));
    question.facts.kind_alone = true;
    question.facts.attributes = (0..2 * PAIRS)
        .map(|i| (AttributeId(i), ValueSet::one(u32::from(i % PAIRS == 7))))
        .collect();
    assert_eq!(book.answer(&question).verdict, Verdict::Conflict);
    question
        .facts
        .attributes
        .insert(AttributeId(7), ValueSet::one(0));
    assert_eq!(book.answer(&question).verdict, Verdict::Allowed);
    // Not knowing whether they conflict refuses publication; nothing is claimed of either rule.
    let found = prove(&book, None);
    let kinds: Vec<_> = found.iter().map(|d| d.kind).collect();
    assert_eq!(kinds, [DiagnosticKind::Limit], "{found:?}");
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
