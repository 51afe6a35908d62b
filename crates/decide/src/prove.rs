//! Proofs before publishing: conflicts, dead rules, empty exceptions, conditions that never hold, asks that fail.
//!
//! Each proof is a diagram that must be empty (or must not be); where it is not, a way through it is the example. Only
//! real days of the calendar and real combinations of places count; states of the city may take any value.

mod asks;
mod change;
mod conflict;
mod deadlines;
mod ground;
mod never;
mod offers;
mod reach;
mod report;
mod steps;

use crate::book::Book;
use crate::budget::TooLarge;
use crate::circles::circles;
use crate::rules::{RuleId, Rules};
use jiff::civil::DateTime;
use notice::{Diagnostic, Period, Severity, Slug};
use std::collections::{BTreeMap, BTreeSet};

/// Nodes one proof may take; what does not fit is not claimed.
const NODES_MAX: usize = 1 << 20;
/// Steps that the proofs of one notice may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// For conflicts of its rules. What is left unproved refuses publication.
    pub(crate) conflicts: u64,
    /// For rules and exceptions without effect; what is left is not claimed.
    pub(crate) effects: u64,
    /// For the answers to its asks. What is left untried refuses publication.
    pub(crate) asks: u64,
}

const BOUNDS: Bounds = Bounds {
    conflicts: 1 << 24,
    effects: 1 << 24,
    asks: 1 << 24,
};

/// More findings than anybody reads at once; further ones come once these are mended.
const FINDINGS_MAX: usize = 500;

/// Everything there is to say against publishing the notices `new` of `book` (all its notices, if `None`).
/// Conflicts with any other notice of the book are included, each naming both clauses and a concrete case.
///
/// The work for one notice is bounded, by a count that is the same on every machine. Conflicts or asks that it does not
/// suffice for are an error of their own, so that what is not proved is not published.
pub fn prove(book: &Book, new: Option<&[Slug]>) -> Vec<Diagnostic> {
    prove_within(book, new, BOUNDS)
}

/// The same with other bounds.
pub(crate) fn prove_within(book: &Book, new: Option<&[Slug]>, bounds: Bounds) -> Vec<Diagnostic> {
    let rules = &book.rules;
    let is_new = |notice: usize| new.is_none_or(|new| new.contains(&rules.notices[notice].slug));
    let mut of_notices: BTreeMap<usize, Vec<RuleId>> = BTreeMap::new();
    for (id, bound) in rules.ids().filter(|(_, bound)| is_new(bound.notice)) {
        of_notices.entry(bound.notice).or_default().push(id);
    }
    let checked: BTreeSet<RuleId> = of_notices.values().flatten().copied().collect();
    let mine: Vec<RuleId> = checked.iter().copied().collect();
    let mut found: Vec<Diagnostic> = circles(&rules.circular, &mine)
        .iter()
        .map(|circle| report::circle(rules, circle))
        .collect();
    for mine in of_notices.values() {
        found.extend(of_rules(rules, mine, &checked, bounds));
        let errors = found.iter().filter(|one| one.severity == Severity::Error);
        if errors.count() > FINDINGS_MAX {
            return found;
        }
    }
    for (n, notice) in rules.notices.iter().enumerate() {
        if is_new(n) {
            found.extend(asks::failed(book, notice, bounds.asks));
        }
    }
    found.extend(offers::offers(book, is_new));
    found.extend(steps::steps(book, is_new));
    found
}

/// What there is to say of a notice's rules, rule by rule.
fn of_rules(
    rules: &Rules,
    mine: &[RuleId],
    checked: &BTreeSet<RuleId>,
    bounds: Bounds,
) -> Vec<Diagnostic> {
    let mut said: Vec<(RuleId, Diagnostic)> = Vec::new();
    // Conflicts of all rules first: only they refuse publication. Where they end early, nothing else matters yet.
    let mut conflicts = conflict::Conflicts::new(rules, checked, bounds.conflicts);
    for &id in mine {
        match conflicts.of(id) {
            Ok(more) => said.extend(more.into_iter().map(|one| (id, one))),
            Err(TooLarge) => {
                said.push((id, report::conflicts_not_proved(rules, id)));
                return without_rules(said);
            }
        }
        if said.len() > FINDINGS_MAX {
            said.truncate(FINDINGS_MAX);
            said.push((id, report::too_many(rules, id)));
            return without_rules(said);
        }
    }
    let mut effects = change::Effects::new(rules, bounds.effects);
    for &id in mine {
        if said.len() > FINDINGS_MAX {
            said.push((id, report::effects_not_looked_at(rules, id)));
            break;
        }
        let more = match never::never(rules, id, effects.budget()) {
            Ok(Some(never)) => Ok(vec![never]),
            Ok(None) => effects.without(id),
            Err(TooLarge) => Err(TooLarge),
        };
        match more {
            Ok(more) => said.extend(more.into_iter().map(|one| (id, one))),
            Err(TooLarge) => {
                said.push((id, report::effects_not_looked_at(rules, id)));
                break;
            }
        }
    }
    said.sort_by_key(|(id, _)| *id);
    without_rules(said)
}

fn without_rules(said: Vec<(RuleId, Diagnostic)>) -> Vec<Diagnostic> {
    said.into_iter().map(|(_, one)| one).collect()
}

/// Stretches of a period in which the same of these rules are in force.
fn stretches(rules: &Rules, period: Period, among: &[RuleId]) -> Vec<Period> {
    let mut cuts: BTreeSet<DateTime> = among
        .iter()
        .map(|id| rules.notice(*id).in_force)
        .flat_map(|p| std::iter::once(p.from).chain(p.until))
        .filter(|cut| *cut > period.from && period.until.is_none_or(|until| *cut < until))
        .collect();
    let mut from = period.from;
    let mut stretches = Vec::with_capacity(cuts.len() + 1);
    while let Some(cut) = cuts.pop_first() {
        stretches.push(Period {
            from,
            until: Some(cut),
        });
        from = cut;
    }
    stretches.push(Period {
        from,
        until: period.until,
    });
    stretches
}

/// A rule and every rule that may keep it from acting.
fn with_outranking(rules: &Rules, ids: &[RuleId]) -> Vec<RuleId> {
    let mut all = BTreeSet::new();
    let mut open = ids.to_vec();
    while let Some(id) = open.pop() {
        if all.insert(id) {
            open.extend(&rules.bound(id).under);
        }
    }
    all.into_iter().collect()
}
