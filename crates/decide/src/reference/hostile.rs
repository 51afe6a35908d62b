//! Rules made to be large are answered, refused or left unclaimed within the budget.

use super::world::city;
use crate::answer::{Question, Whereabouts};
use crate::book::Book;
use crate::diff::diff;
use crate::prove::{Bounds, prove, prove_within};
use notice::ask::Verdict;
use notice::vocabulary::{Attribute, Domain, Holder};
use notice::{
    ActionId, AttributeId, Condition, DiagnosticKind, Effect, Facts, KindId, Label, Severity,
    ValueSet,
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

/// Rules that overlap in one number and are parted by another, forbids against requires.
fn overlapping(count: u32) -> Book {
    let domain = Domain::Number(notice::vocabulary::Grid {
        min: 0,
        max: 99,
        step: 1,
        decimals: 0,
        unit: String::new(),
    });
    let upper = |i: u16, from: u32| {
        Condition::Is(
            AttributeId(i),
            ValueSet::from_ranges(std::iter::once(from..100)),
        )
    };
    let names: Vec<String> = (0..count).map(|n| format!("r{n}")).collect();
    let rule = |(n, name)| {
        let (effect, side) = match n % 2 {
            0 => (Effect::Forbid(vec![ActionId(0)]), upper(0, 50)),
            _ => (
                Effect::Require(vec![ActionId(0)]),
                Condition::Not(Box::new(upper(0, 50))),
            ),
        };
        let who = Condition::All(vec![side, upper(1, n % 90), upper(2, n * 7 % 90)]);
        (name, effect, who)
    };
    let rules = (0..count).zip(names.iter().map(String::as_str)).map(rule);
    book_over(3, domain, rules.collect())
}

#[test]
fn what_the_steps_do_not_suffice_for_is_said() {
    const MANY: u64 = 1 << 24;
    let book = overlapping(60);
    let proved = |conflicts, effects, asks| {
        let bounds = Bounds {
            conflicts,
            effects,
            asks,
        };
        let found = prove_within(&book, None, bounds);
        found
            .into_iter()
            .map(|one| (one.kind, one.severity, one.clauses[0].rule.clone()))
            .collect::<Vec<_>>()
    };
    let limit = |found: &[(DiagnosticKind, Severity, String)]| {
        let limits = found.iter().filter(|one| one.0 == DiagnosticKind::Limit);
        limits
            .map(|(_, severity, rule)| (*severity, rule.clone()))
            .collect::<Vec<_>>()
    };
    // Enough: every rule is looked at.
    let all = proved(MANY, MANY, MANY);
    assert_eq!(limit(&all), []);
    // Too few for conflicts: an error, at the same rule every time, and the more steps the later.
    let few = proved(2_000, MANY, MANY);
    let [(Severity::Error, at)] = &limit(&few)[..] else {
        panic!("{few:?}")
    };
    assert_eq!(few, proved(2_000, MANY, MANY));
    let more = proved(4_000, MANY, MANY);
    let [(Severity::Error, later)] = &limit(&more)[..] else {
        panic!("{more:?}")
    };
    let number = |rule: &str| rule[1..].parse::<u32>().unwrap();
    assert!(number(at) < number(later), "{at} {later}");
    // Too few for effects: a warning, and all warnings before it as with enough.
    let few = proved(MANY, 20_000, MANY);
    let [(Severity::Warning, at)] = &limit(&few)[..] else {
        panic!("{few:?}")
    };
    assert!(number(at) > 0);
    assert_eq!(few[..few.len() - 1], all[..few.len() - 1]);
}
