//! Rules made to be large are answered, refused or left unclaimed within the budget.

use super::world::city;
use crate::answer::{Question, Whereabouts};
use crate::book::Book;
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

fn book() -> Book {
    let mut city = city();
    city.vocabulary.attributes = (0..2 * PAIRS)
        .map(|i| Attribute {
            label: Label::new(format!("事{i}"), format!("f{i}")),
            also: vec![],
            holder: Holder::Kinds(vec![KindId(0)]),
            domain: Domain::Boolean { negatives: vec![] },
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
    let rule = |name: &str, effect| notice::Rule {
        name: name.into(),
        effect,
        who: explosion(),
        places: vec![],
        when: vec![],
        exceptions: vec![],
        over: vec![],
        ..notice.rules[0].clone()
    };
    notice.rules = vec![
        rule("a", Effect::Forbid(vec![ActionId(0)])),
        rule("b", Effect::Require(vec![ActionId(0)])),
    ];
    notice.sets = vec![];
    Book::compile(Arc::new(city), vec![Arc::new(notice)])
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
