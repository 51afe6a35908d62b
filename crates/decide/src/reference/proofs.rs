//! Proofs against trying every case.

use super::world::{Random, Size, city, notices, places};
use super::{Full, Name, Reader, combinations, completions};
use crate::book::Book;
use crate::cite::contradict;
use crate::prove::prove;
use city::City;
use jiff::ToSpan;
use notice::{DiagnosticKind, Notice};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every case, an instant for each stretch in which no rule's hours begin or end.
fn everything(city: &City, notices: &[Arc<Notice>], attributes: usize) -> Vec<Full> {
    let mut instants = BTreeSet::new();
    for notice in notices {
        let (mut date, until) = (notice.in_force.from.date(), notice.in_force.until.unwrap());
        while date <= until.date() {
            let hours = notices
                .iter()
                .flat_map(|n| &n.rules)
                .flat_map(|r| &r.when)
                .flat_map(|w| &w.hours);
            let minutes = hours.flat_map(|h| [h.from.0, h.to.0]).chain([0]);
            for minute in minutes {
                instants.insert(
                    date.at(0, 0, 0, 0)
                        .checked_add(i64::from(minute).minutes())
                        .unwrap(),
                );
            }
            date = date.tomorrow().unwrap();
        }
        instants.insert(notice.in_force.from);
        instants.insert(until);
    }
    let somewhere = combinations(city, &places(city));
    let kinds: Vec<u32> = (0..4).collect();
    // Attributes that no condition looks at need one value only.
    let allowed = |attribute: notice::AttributeId, _, value| {
        value == 0 || attribute.0 == 4 || usize::from(attribute.0) < attributes
    };
    let one = completions(
        city,
        instants.first().copied().unwrap(),
        &kinds,
        &allowed,
        &somewhere,
    );
    let at_each = instants.iter().flat_map(|at| {
        one.iter().map(|case| Full {
            at: *at,
            ..case.clone()
        })
    });
    at_each.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn proofs_find_exactly_what_trying_every_case_finds(seed in any::<u64>()) {
        let mut random = Random(seed);
        let city = Arc::new(city());
        let size = Size { notices: 2, rules: 2, attributes: 1 };
        let notices = notices(&mut random, &city, size);
        let cases = everything(&city, &notices, size.attributes);
        let reader = Reader::new(&city, &notices);
        let mut expected: BTreeSet<(Finding, Vec<String>)> = BTreeSet::new();
        let address = |name: Name, exception: Option<usize>| {
            let rule = reader.rule(name);
            let exception = exception.map(|i| format!("/{}", rule.exceptions[i].name)).unwrap_or_default();
            format!("n{}#{}{exception}", name.0, rule.name)
        };
        let names = reader.names();
        let could: Vec<Vec<&Full>> = names.iter().map(|n| cases.iter().filter(|c| reader.could(*n, c)).collect()).collect();
        for (i, &a) in names.iter().enumerate() {
            for &b in &names[..i] {
                let both = |case: &&&Full| {
                    reader.actions(a).into_iter().any(|action| {
                        reader.effective(a, action, case) && reader.effective(b, action, case)
                    })
                };
                if contradict(&reader.rule(a).effect, &reader.rule(b).effect) && could[i].iter().any(|c| both(&c)) {
                    expected.insert((Finding::Conflict, vec![address(a, None), address(b, None)]));
                }
            }
            if could[i].is_empty() {
                expected.insert((Finding::NeverTrue, vec![address(a, None)]));
                continue;
            }
            let changes = |without| {
                let omitted = Reader { without: Some((a, without)), ..Reader::new(&city, &notices) };
                could[i].iter().any(|case| {
                    reader.actions(a).into_iter().any(|action| reader.said(action, case) != omitted.said(action, case))
                })
            };
            if !changes(None) {
                expected.insert((Finding::DeadRule, vec![address(a, None)]));
                continue;
            }
            for exception in 0..reader.rule(a).exceptions.len() {
                if !changes(Some(exception)) {
                    expected.insert((Finding::EmptyException, vec![address(a, Some(exception))]));
                }
            }
        }
        let book = Book::compile(city.clone(), notices.clone());
        let (circles, rest): (Vec<_>, Vec<_>) =
            prove(&book, None).into_iter().partition(|d| d.kind == DiagnosticKind::OverCycle);
        let in_circles: BTreeSet<String> =
            circles.iter().flat_map(|d| &d.clauses).map(|c| c.to_string()).collect();
        prop_assert_eq!(in_circles, reader.in_circles().into_iter().map(|n| address(n, None)).collect());
        let found: BTreeSet<_> = rest
            .into_iter()
            .map(|d| (kind(d.kind), d.clauses.iter().map(|c| c.to_string()).collect::<Vec<_>>()))
            .collect();
        prop_assert_eq!(found, expected);
    }
}

/// Ordered, so that sets of findings compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Finding {
    Conflict,
    DeadRule,
    EmptyException,
    NeverTrue,
    Other,
}

fn kind(kind: DiagnosticKind) -> Finding {
    match kind {
        DiagnosticKind::Conflict => Finding::Conflict,
        DiagnosticKind::DeadRule => Finding::DeadRule,
        DiagnosticKind::EmptyException => Finding::EmptyException,
        DiagnosticKind::NeverTrue => Finding::NeverTrue,
        _ => Finding::Other,
    }
}
