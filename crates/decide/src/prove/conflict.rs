//! Two clauses that cannot both be met, in a real place at a real time.

use super::{NODES_MAX, report, stretches, with_outranking};
use crate::case::{Case, example};
use crate::cite::contradict;
use crate::diagram::{Ref, TooLarge};
use crate::known::Known;
use crate::real_time::in_real_time;
use crate::rules::{RuleId, Rules};
use crate::sheet::Sheet;
use city::place::Relation;
use notice::{ActionId, Diagnostic, Period};
use std::collections::BTreeSet;

/// Conflicts of a rule with any other; a pair of `checked` rules is reported once, with its later rule.
pub(super) fn conflicts(rules: &Rules, id: RuleId, checked: &BTreeSet<RuleId>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut sheet = None;
    let mut reported = BTreeSet::new();
    for &action in &rules.bound(id).actions {
        for &other in rules.about(action) {
            if found.len() > super::FINDINGS_MAX {
                return found;
            }
            if (checked.contains(&other) && other > id)
                || reported.contains(&other)
                || !contradict(&rules.rule(id).effect, &rules.rule(other).effect)
                || apart(rules, id, other)
            {
                continue;
            }
            let Some(common) = rules
                .notice(id)
                .in_force
                .intersect(&rules.notice(other).in_force)
            else {
                continue;
            };
            let sheet =
                sheet.get_or_insert_with(|| Sheet::new(rules, Known::nothing(rules), NODES_MAX));
            match clash(sheet, action, id, other, common) {
                Ok(Some(case)) => {
                    reported.insert(other);
                    found.push(report::conflict(rules, action, id, other, &case));
                }
                Ok(None) => {}
                Err(TooLarge { .. }) => {
                    reported.insert(other);
                    found.push(report::not_proved(rules, id, other));
                }
            }
        }
    }
    found
}

/// No place of the one meets a place of the other.
fn apart(rules: &Rules, a: RuleId, b: RuleId) -> bool {
    let (a, b) = (rules.places(a), rules.places(b));
    a.iter().all(|a| {
        b.iter()
            .all(|b| rules.city.places.relation(*a, *b) == Relation::Disjoint)
    })
}

fn clash(
    sheet: &mut Sheet<'_>,
    action: ActionId,
    a: RuleId,
    b: RuleId,
    common: Period,
) -> Result<Option<Case>, TooLarge> {
    let among = with_outranking(sheet.rules, &[a, b]);
    for stretch in stretches(sheet.rules, common, &among) {
        sheet.turn_to(stretch.from);
        let first = sheet.effective(a, action, None)?;
        let second = sheet.effective(b, action, None)?;
        let mut both = sheet.arena.and(first, second)?;
        if both == Ref::NO {
            continue;
        }
        let possible = sheet.possible_places(&among)?;
        both = sheet.arena.and(both, possible)?;
        let real = in_real_time(sheet, both, stretch)?;
        if let Some(case) = example(sheet, real, stretch) {
            return Ok(Some(case));
        }
    }
    Ok(None)
}
