//! Interviews where the rules are too many for one diagram.

use super::answers::{cases, comes_to, nothing_said};
use super::world::{Random, Size, city, notices};
use super::{Full, Reader, Said};
use crate::answer::Need;
use crate::book::Book;
use crate::budget::Budget;
use city::City;
use notice::ask::Verdict;
use notice::{ActionId, PlaceId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So few nodes that nearly nothing fits until nearly everything is known.
const NODES: usize = 12;

/// Whether what is asked can change the answer: two cases that differ in it alone are answered differently. (Kinds
/// differ in what attributes they have as well; there it is enough that two kinds are answered differently.)
fn matters(
    city: &City,
    reader: &Reader<'_>,
    action: ActionId,
    cases: &[Full],
    need: &Need,
) -> bool {
    let words = &city.vocabulary;
    let place = |place: &PlaceId| {
        city.context()
            .gazetteer
            .place_name(*place, notice::Lang::Zh)
            == need.attribute
    };
    let asked = |attribute: notice::AttributeId, member: Option<u32>| {
        let known = &words.attributes[usize::from(attribute.0)];
        let name = &known.label.zh;
        match (member, &known.domain) {
            (Some(v), notice::vocabulary::Domain::List { values }) => {
                need.attribute == format!("{name} 包含 {}", values[v as usize].label.zh)
            }
            _ => need.attribute == *name,
        }
    };
    let mut alike: BTreeMap<String, Vec<Said>> = BTreeMap::new();
    for case in cases {
        let mut rest = case.clone();
        if need.attribute == "主体类别" {
            (rest.kind, rest.values) = (0, BTreeMap::new());
        }
        rest.places.retain(|p| !place(p));
        rest.values.retain(|(a, m), _| !asked(*a, *m));
        let said = reader.said(action, case);
        let all = alike.entry(format!("{rest:?}")).or_default();
        if !all.contains(&said) {
            all.push(said);
        }
    }
    alike.values().any(|said| said.len() > 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 0, ..ProptestConfig::default() })]

    /// Beyond the budget a verdict is still never wrong, what is asked can change the answer whenever two cases show it,
    /// and the interview ends with the right answer.
    #[test]
    fn an_interview_beyond_the_budget_asks_what_matters_and_ends(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let notices = notices(&mut random, &city, Size { notices: 3, rules: 8, attributes: 4 });
        let book = Book::compile(city.clone(), notices.clone());
        let reader = Reader::new(&city, &notices);
        let mut question = nothing_said(&mut random);
        let action = question.action.unwrap();
        for asked in 0.. {
            prop_assert!(asked < 20, "still asking: {:?}", question.facts);
            let answer = book.rules.answer_within(&question, &Budget::new(NODES, u64::MAX));
            let left = cases(&city, &notices, &question, question.at);
            let said = comes_to(&reader, action, &left);
            if answer.verdict != Verdict::Depends {
                prop_assert_eq!(Some(answer.verdict), said.map(|s| s.0), "{:?}", question);
                break;
            }
            let Some(need) = answer.needs else {
                return Err(TestCaseError::fail(format!("nothing to ask: {question:?}")));
            };
            if let Some(found) = crate::witness::need(&book.rules, &question) {
                prop_assert!(matters(&city, &reader, action, &left, &found), "{:?} {:?}", found.attribute, question);
                prop_assert!(found.choices.len() > 1, "{:?}", found);
            }
            // Every answer leads on.
            let choice = random.pick(&need.choices).facts.clone();
            prop_assert!(choice != question.facts, "{:?} {:?}", need, question);
            question.facts = choice;
        }
    }

    /// With the whole budget, many rules that overlap are an interview in which every question can change the answer.
    #[test]
    fn many_overlapping_rules_are_asked_about_only_where_it_matters(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let notices = notices(&mut random, &city, Size { notices: 4, rules: 40, attributes: 4 });
        let book = Book::compile(city.clone(), notices.clone());
        let reader = Reader::new(&city, &notices);
        let mut question = nothing_said(&mut random);
        let action = question.action.unwrap();
        for asked in 0.. {
            prop_assert!(asked < 20, "still asking: {:?}", question.facts);
            let answer = book.answer(&question);
            let left = cases(&city, &notices, &question, question.at);
            let Some(need) = answer.needs else {
                prop_assert_eq!(Some(answer.verdict), comes_to(&reader, action, &left).map(|s| s.0));
                break;
            };
            prop_assert!(matters(&city, &reader, action, &left, &need), "{:?} {:?}", need.attribute, question);
            question.facts = random.pick(&need.choices).facts.clone();
        }
    }
}
