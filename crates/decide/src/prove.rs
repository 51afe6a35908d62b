//! Proofs before publishing: conflicts, dead rules, empty exceptions, conditions that never hold, asks that fail.
//!
//! Each proof is a diagram that must be empty (or must not be); where it is not, a way through it is the example. Only
//! real days of the calendar and real combinations of places count; states of the city may take any value.

mod asks;
mod change;
mod conflict;
mod never;
mod offers;
mod reach;
mod report;

use crate::book::Book;
use crate::circles::circles;
use crate::rules::{RuleId, Rules};
use jiff::civil::DateTime;
use notice::{Diagnostic, Period, Slug};
use std::collections::BTreeSet;

/// Nodes one proof may take; what does not fit is not claimed.
const NODES_MAX: usize = 1 << 20;

/// More findings than anybody reads at once; further ones come once these are mended.
const FINDINGS_MAX: usize = 500;

/// Everything there is to say against publishing the notices `new` of `book` (all its notices, if `None`).
/// Conflicts with any other notice of the book are included, each naming both clauses and a concrete case.
pub fn prove(book: &Book, new: Option<&[Slug]>) -> Vec<Diagnostic> {
    let rules = &book.rules;
    let is_new = |notice: usize| new.is_none_or(|new| new.contains(&rules.notices[notice].slug));
    let mut found = Vec::new();
    let mine: Vec<RuleId> = rules
        .ids()
        .filter(|(_, bound)| is_new(bound.notice))
        .map(|(id, _)| id)
        .collect();
    for circle in circles(&rules.circular, &mine) {
        found.push(report::circle(rules, &circle));
    }
    let checked: BTreeSet<RuleId> = mine.iter().copied().collect();
    for id in mine {
        if found.len() > FINDINGS_MAX {
            found.truncate(FINDINGS_MAX);
            found.push(report::too_many(rules, id));
            return found;
        }
        found.extend(conflict::conflicts(rules, id, &checked));
        match never::never(rules, id) {
            Some(diagnostic) => found.push(diagnostic),
            None => found.extend(change::without_effect(rules, id)),
        }
    }
    for (n, notice) in rules.notices.iter().enumerate() {
        if is_new(n) {
            found.extend(asks::failed(book, notice));
        }
    }
    found.extend(offers::offers(book, is_new));
    found
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
