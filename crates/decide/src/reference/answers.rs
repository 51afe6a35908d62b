//! Answers against the slow evaluator.

use super::world::{Random, Size, city, facts, instant, notices, places};
use super::{Clause, Full, Reader, Said, combinations, completions};
use crate::answer::{Answer, Part, Question, Whereabouts};
use crate::book::Book;
use crate::lookup::{Found, Lookup};
use city::City;
use jiff::ToSpan;
use jiff::civil::DateTime;
use notice::ask::Verdict;
use notice::{ActionId, AttributeId, Facts, Notice, PlaceId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const SIZE: Size = Size {
    notices: 3,
    rules: 3,
    attributes: 4,
};

/// Every completion of a question.
pub(super) fn cases(
    city: &City,
    notices: &[Arc<Notice>],
    question: &Question,
    at: DateTime,
) -> Vec<Full> {
    let facts = &question.facts;
    let kinds: Vec<u32> = match facts.kind {
        Some(kind) if facts.kind_alone => vec![u32::from(kind.0)],
        Some(kind) => {
            (u32::from(kind.0)..u32::from(city.vocabulary.kinds[usize::from(kind.0)].end)).collect()
        }
        None => (0..city.vocabulary.kinds.len() as u32).collect(),
    };
    let kinds = having_what_was_said(city, facts, kinds);
    let state = state(notices, at);
    let allowed = |attribute: AttributeId, member: Option<u32>, value: u32| match member {
        Some(v) => facts
            .members
            .get(&(attribute, v))
            .is_none_or(|yes| u32::from(*yes) == value),
        None => match facts.attributes.get(&attribute) {
            Some(set) => set.contains(value),
            None => attribute != AttributeId(4) || value == state,
        },
    };
    let known = |set: &BTreeSet<PlaceId>| match &question.place {
        Whereabouts::Point(exact) => set.iter().copied().eq(exact.iter().copied()),
        Whereabouts::Within(place) => set.contains(place),
        Whereabouts::Unsaid => set.contains(&city.context().gazetteer.whole_city()),
    };
    let said =
        |set: &BTreeSet<PlaceId>| facts.places.iter().all(|(p, yes)| set.contains(p) == *yes);
    let point = matches!(question.place, Whereabouts::Point(_));
    let somewhere: Vec<_> = combinations(city, &places(city))
        .into_iter()
        .filter(|set| known(set) && (point || said(set)))
        .collect();
    completions(city, at, &kinds, &allowed, &somewhere)
}

/// A subject has what was said of it: kinds without such an attribute are out, unless no kind would be left. A boolean that
/// may be "no" can be said of anybody.
fn having_what_was_said(city: &City, facts: &Facts, kinds: Vec<u32>) -> Vec<u32> {
    let words = &city.vocabulary;
    let boolean_no = |attribute: &AttributeId, set: &notice::ValueSet| {
        let domain = &words.attributes[usize::from(attribute.0)].domain;
        matches!(domain, notice::vocabulary::Domain::Boolean { .. }) && set.contains(0)
    };
    let values = facts
        .attributes
        .iter()
        .filter(|(attribute, set)| !boolean_no(attribute, set));
    let members = facts.members.iter().filter(|(_, yes)| **yes);
    let said = values
        .map(|(attribute, _)| attribute)
        .chain(members.map(|((attribute, _), _)| attribute));
    said.fold(kinds, |kinds, attribute| {
        let has = |kind: &u32| match &words.attributes[usize::from(attribute.0)].holder {
            notice::vocabulary::Holder::Kinds(holders) => holders
                .iter()
                .any(|holder| words.kinds_under(*holder).contains(&(*kind as u16))),
            notice::vocabulary::Holder::City { .. } => true,
        };
        let left: Vec<u32> = kinds.iter().copied().filter(has).collect();
        if left.is_empty() { kinds } else { left }
    })
}

/// The state that the notices set, the one issued last holding.
fn state(notices: &[Arc<Notice>], at: DateTime) -> u32 {
    let setting = notices
        .iter()
        .filter(|n| n.in_force.contains(at) && !n.sets.is_empty());
    setting
        .max_by_key(|n| (n.issued, n.slug.clone()))
        .map_or(0, |n| n.sets[0].1)
}

pub(super) fn comes_to(reader: &Reader<'_>, action: ActionId, cases: &[Full]) -> Option<Said> {
    let mut all = cases.iter().map(|case| reader.said(action, case));
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

fn cited(
    reader: &Reader<'_>,
    action: ActionId,
    cases: &[Full],
    verdict: Verdict,
) -> BTreeSet<Clause> {
    let sets: Vec<BTreeSet<Clause>> = cases
        .iter()
        .map(|case| reader.cited(action, case, verdict))
        .collect();
    let mut by_all = sets.first().cloned().unwrap_or_default();
    for set in &sets {
        by_all = by_all.intersection(set).copied().collect();
    }
    // A clause may have one part in one case and another in the next; it is named by its main part.
    let chosen = if by_all.is_empty() {
        sets.into_iter().flatten().collect()
    } else {
        by_all
    };
    let mut seen: BTreeMap<_, char> = BTreeMap::new();
    for (name, exception, part) in chosen {
        let rank = |part: char| "frlx".find(part);
        let held = seen.entry((name, exception)).or_insert(part);
        if rank(part) < rank(*held) {
            *held = part;
        }
    }
    seen.into_iter()
        .map(|((name, exception), part)| (name, exception, part))
        .collect()
}

fn named(notices: &[Arc<Notice>], answer: &Answer) -> BTreeSet<Clause> {
    let find = |because: &crate::Because| {
        let n = notices
            .iter()
            .position(|n| *n.slug.0 == *because.notice)
            .unwrap();
        let r = notices[n]
            .rules
            .iter()
            .position(|r| r.name == because.rule)
            .unwrap();
        let exceptions = &notices[n].rules[r].exceptions;
        let e = because
            .exception
            .as_ref()
            .map(|name| exceptions.iter().position(|e| e.name == *name).unwrap());
        ((n, r), e, letter(because.effect))
    };
    answer.because.iter().map(find).collect()
}

fn letter(part: Part) -> char {
    match part {
        Part::Forbids => 'f',
        Part::Requires => 'r',
        Part::Limits => 'l',
        Part::Frees => 'x',
    }
}

fn limits(answer: &Answer) -> Vec<(Option<i64>, Option<i64>)> {
    answer
        .limits
        .iter()
        .map(|l| (l.at_most.map(|v| v as i64), l.at_least.map(|v| v as i64)))
        .collect()
}

fn whereabouts(random: &mut Random, city: &City) -> Whereabouts {
    let all = places(city);
    match random.below(3) {
        0 => Whereabouts::Unsaid,
        1 => Whereabouts::Within(*random.pick(&all)),
        _ => {
            let somewhere = combinations(city, &all);
            Whereabouts::Point(random.pick(&somewhere).iter().copied().collect())
        }
    }
}

/// A question about one of two acts, of which nothing else is said.
pub(super) fn nothing_said(random: &mut Random) -> Question {
    Question {
        action: Some(ActionId(random.below(2) as u16)),
        facts: Facts::default(),
        place: Whereabouts::Unsaid,
        at: instant(random),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, max_shrink_iters: 0, ..ProptestConfig::default() })]

    /// Verdict, limits and clauses are those of all completions; what is asked can change the answer.
    #[test]
    fn partial_facts_are_answered_as_all_completions_agree(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let notices = notices(&mut random, &city, SIZE);
        let book = Book::compile(city.clone(), notices.clone());
        let reader = Reader::new(&city, &notices);
        for _ in 0..4 {
            let question = Question {
                action: Some(ActionId(random.below(2) as u16)),
                facts: facts(&mut random),
                place: whereabouts(&mut random, &city),
                at: instant(&mut random),
            };
            let action = question.action.unwrap();
            let cases = cases(&city, &notices, &question, question.at);
            let answer = book.answer(&question);
            let said = comes_to(&reader, action, &cases);
            let verdict = said.as_ref().map_or(Verdict::Depends, |said| said.0);
            prop_assert_eq!(answer.verdict, verdict, "{:?}", question);
            if let Some((_, bounds)) = said {
                prop_assert_eq!(limits(&answer), bounds.into_values().collect::<Vec<_>>());
            }
            prop_assert_eq!(named(&notices, &answer), cited(&reader, action, &cases, verdict), "{:?}", question);
            prop_assert_eq!(answer.needs.is_some(), verdict == Verdict::Depends, "{:?}", question);
            if let Some(need) = answer.needs {
                // Going on with any answer is possible, and the answers do not all come to the same as not asking.
                prop_assert!(need.choices.len() > 1, "{:?} {:?}", question, need);
                for choice in need.choices {
                    let told = Question { facts: choice.facts, ..question.clone() };
                    let left = self::cases(&city, &notices, &told, question.at);
                    prop_assert!(!left.is_empty() && left.len() < cases.len(), "{:?} {:?}", question, choice.label);
                }
            }
        }
    }

    /// An interview ends, with the answer of the case that answered it.
    #[test]
    fn an_interview_ends_with_the_right_answer(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let notices = notices(&mut random, &city, SIZE);
        let book = Book::compile(city.clone(), notices.clone());
        let reader = Reader::new(&city, &notices);
        let mut question = nothing_said(&mut random);
        let action = question.action.unwrap();
        for asked in 0.. {
            prop_assert!(asked < 20, "still asking: {:?}", question.facts);
            let answer = book.answer(&question);
            let Some(need) = answer.needs else {
                let said = comes_to(&reader, action, &cases(&city, &notices, &question, question.at));
                prop_assert_eq!(Some(answer.verdict), said.map(|s| s.0));
                break;
            };
            question.facts = random.pick(&need.choices).facts.clone();
        }
    }

    /// `until` is the first instant at which the answer of all completions is another one.
    #[test]
    fn an_answer_holds_until_it_says(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let notices = notices(&mut random, &city, Size { rules: 2, ..SIZE });
        let book = Book::compile(city.clone(), notices.clone());
        let reader = Reader::new(&city, &notices);
        let mut facts = facts(&mut random);
        facts.kind.get_or_insert(notice::KindId(1));
        facts.kind_alone = true;
        let question = Question {
            action: Some(ActionId(random.below(2) as u16)),
            facts,
            place: Whereabouts::Point(random.pick(&combinations(&city, &places(&city))).iter().copied().collect()),
            at: instant(&mut random),
        };
        let action = question.action.unwrap();
        let at = |at| comes_to(&reader, action, &cases(&city, &notices, &question, at));
        let now = at(question.at);
        let until = book.answer(&question).until;
        // Everything in these worlds happens on the half hour.
        let mut next = question.at;
        let end = question.at.checked_add(20.days()).unwrap();
        let change = loop {
            next = next.checked_add(30.minutes()).unwrap();
            if next > end {
                break None;
            }
            if at(next) != now {
                break Some(book.rules.written(next));
            }
        };
        prop_assert_eq!(until, change, "{:?}", question);
    }

    /// Without an action, the duties are all that binds in every completion.
    #[test]
    fn without_an_action_all_that_binds_is_listed(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let notices = notices(&mut random, &city, SIZE);
        let book = Book::compile(city.clone(), notices.clone());
        let reader = Reader::new(&city, &notices);
        let question = Question {
            action: None,
            facts: facts(&mut random),
            place: whereabouts(&mut random, &city),
            at: instant(&mut random),
        };
        let binding = |case: &Full| -> BTreeSet<_> {
            let all = reader.names().into_iter().flat_map(|n| reader.actions(n).into_iter().map(move |a| (n, a)));
            all.filter(|(n, a)| {
                !matches!(reader.rule(*n).effect, notice::Effect::Permit(_)) && reader.effective(*n, *a, case)
            })
            .collect()
        };
        let sets: Vec<BTreeSet<_>> =
            cases(&city, &notices, &question, question.at).iter().map(binding).collect();
        let answer = book.answer(&question);
        let settled = sets.windows(2).all(|pair| pair[0] == pair[1]);
        prop_assert_eq!(answer.verdict != Verdict::Depends, settled, "{:?}", question);
        prop_assert_eq!(answer.needs.is_some(), !settled);
        let mut by_all = sets[0].clone();
        sets.iter().for_each(|set| by_all = by_all.intersection(set).copied().collect());
        let expected: BTreeSet<String> = by_all.iter().map(|(n, _)| format!("n{}#r{}", n.0, n.1)).collect();
        let listed: BTreeSet<String> = answer.duties.iter().map(|b| format!("{}#{}", b.notice, b.rule)).collect();
        prop_assert_eq!(&listed, &expected, "{:?}", question);
        let by_some: BTreeSet<String> =
            sets.iter().flatten().map(|(n, _)| format!("n{}#r{}", n.0, n.1)).filter(|rule| !expected.contains(rule)).collect();
        let marked: BTreeSet<String> = answer.may_bind.iter().map(|b| format!("{}#{}", b.notice, b.rule)).collect();
        prop_assert_eq!(marked, by_some, "{:?}", question);
        let cited: BTreeSet<String> = answer.because.iter().map(|b| format!("{}#{}", b.notice, b.rule)).collect();
        prop_assert!(settled || !cited.is_empty(), "an answer that depends cites what could have a part: {:?}", question);
    }

    /// The quick answer of a complete case is the answer.
    #[test]
    fn the_quick_answer_is_the_same(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let notices = notices(&mut random, &city, Size { rules: 6, ..SIZE });
        let book = Book::compile(city.clone(), notices.clone());
        let lookup = Lookup::new(&book);
        let reader = Reader::new(&city, &notices);
        let (mut found, mut moment) = (Found::default(), lookup.moment(instant(&mut random)));
        for _ in 0..20 {
            let lies_in: Vec<PlaceId> = random.pick(&combinations(&city, &places(&city))).iter().copied().collect();
            let question = Question {
                action: Some(ActionId(random.below(2) as u16)),
                facts: facts(&mut random),
                place: Whereabouts::Point(lies_in.clone()),
                at: instant(&mut random),
            };
            let action = question.action.unwrap();
            lookup.turn(&mut moment, question.at);
            let quick = lookup.answer(action, &lookup.case(&question.facts), &lies_in, &moment, &mut found);
            let cases = cases(&city, &notices, &question, question.at);
            let Some(verdict) = quick else {
                prop_assert!(cases.len() > 1, "no quick answer of a complete case: {:?}", question);
                continue;
            };
            let said = comes_to(&reader, action, &cases).map(|s| s.0);
            prop_assert_eq!(Some(verdict), said, "{:?}", question);
            let clauses: Vec<_> = lookup.addresses(&found).into_iter().map(|(a, p)| (a.to_string(), letter(p))).collect();
            let answer = book.answer(&question);
            let expected: Vec<_> = answer
                .because
                .iter()
                .map(|b| {
                    let exception = b.exception.as_ref().map(|e| format!("/{e}")).unwrap_or_default();
                    (format!("{}#{}{exception}", b.notice, b.rule), letter(b.effect))
                })
                .collect();
            prop_assert_eq!(clauses, expected, "{:?}", question);
            prop_assert_eq!(lookup.limits(&found), answer.limits);
        }
    }
}
