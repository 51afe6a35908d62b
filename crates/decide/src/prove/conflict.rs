//! Two clauses that cannot both be met, in a real place at a real time.

use super::{NODES_MAX, report, stretches, with_outranking};
use crate::budget::{Budget, TooLarge};
use crate::case::{Case, example};
use crate::cite::contradict;
use crate::diagram::Ref;
use crate::known::Known;
use crate::real_time::in_real_time;
use crate::rules::{RuleId, Rules};
use crate::sheet::Sheet;
use city::place::Relation;
use notice::{ActionId, Diagnostic, Period};
use std::collections::BTreeSet;

/// The search for conflicts of one notice's rules.
pub(super) struct Conflicts<'b> {
    rules: &'b Rules,
    /// Every rule that is checked: a pair of them is reported once, with its later rule.
    checked: &'b BTreeSet<RuleId>,
    budget: Budget,
    /// Rules are bound once for all pairs, as long as the diagrams fit.
    sheet: Option<Sheet<'b>>,
}

impl<'b> Conflicts<'b> {
    pub(super) fn new(rules: &'b Rules, checked: &'b BTreeSet<RuleId>, steps: u64) -> Self {
        Conflicts {
            rules,
            checked,
            budget: Budget::new(NODES_MAX, steps),
            sheet: None,
        }
    }

    /// Conflicts of a rule with any other.
    ///
    /// # Errors
    /// The steps of the notice are used up.
    pub(super) fn of(&mut self, id: RuleId) -> Result<Vec<Diagnostic>, TooLarge> {
        let rules = self.rules;
        let mut found = Vec::new();
        let mut reported = BTreeSet::new();
        for &action in &rules.bound(id).actions {
            for &other in rules.about(action) {
                if found.len() > super::FINDINGS_MAX {
                    return Ok(found);
                }
                if (self.checked.contains(&other) && other > id)
                    || reported.contains(&other)
                    || !contradict(&rules.rule(id).effect, &rules.rule(other).effect)
                {
                    continue;
                }
                let places = |id| rules.rule(id).places.len().max(1);
                self.budget.take(places(id) * places(other))?;
                if apart(rules, id, other) {
                    continue;
                }
                let in_force = rules.notice(id).in_force;
                let Some(common) = in_force.intersect(&rules.notice(other).in_force) else {
                    continue;
                };
                match self.clash(action, id, other, common)? {
                    Some(Ok(case)) => {
                        reported.insert(other);
                        found.push(report::conflict(rules, action, id, other, &case));
                    }
                    None => {}
                    Some(Err(TooLarge)) => {
                        reported.insert(other);
                        found.push(report::not_proved(rules, id, other));
                    }
                }
            }
        }
        Ok(found)
    }

    /// A case in which two rules contradict each other, if any; that it is not known whether there is one, if their own diagrams are too large.
    fn clash(
        &mut self,
        action: ActionId,
        id: RuleId,
        other: RuleId,
        common: Period,
    ) -> Result<Option<Result<Case, TooLarge>>, TooLarge> {
        loop {
            let fresh = self.sheet.is_none();
            let sheet = self.sheet.get_or_insert_with(|| {
                Sheet::new(self.rules, Known::nothing(self.rules), &self.budget)
            });
            if let Ok(case) = clash(sheet, action, id, other, common) {
                return Ok(case.map(Ok));
            }
            if self.budget.left() == 0 {
                return Err(TooLarge);
            }
            // What other pairs took may be all that was too large: these two get a sheet of their own.
            self.sheet = None;
            if fresh {
                return Ok(Some(Err(TooLarge)));
            }
        }
    }
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
    sheet.arena.budget().take(among.len())?;
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
