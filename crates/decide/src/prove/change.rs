//! Rules and exceptions that change no answer.

use super::{NODES_MAX, report, stretches};
use crate::budget::{Budget, TooLarge};
use crate::diagram::{Differ, Ref};
use crate::known::Known;
use crate::real_time::in_real_time;
use crate::rules::{RuleId, Rules};
use crate::sheet::{IMPOSSIBLE, Omission, Sheet};
use crate::variable::Variable;
use city::place::Relation;
use notice::{ActionId, Diagnostic, DiagnosticKind, Label, PlaceId, ValueSet};

/// The search for rules and exceptions of one notice that change nothing.
pub(super) struct Effects<'b> {
    rules: &'b Rules,
    budget: Budget,
    /// The sheet of the spot looked at last: rules of one place follow each other.
    spot: Option<(PlaceId, Sheet<'b>)>,
}

impl<'b> Effects<'b> {
    pub(super) fn new(rules: &'b Rules, steps: u64) -> Self {
        Effects {
            rules,
            budget: Budget::new(NODES_MAX, steps),
            spot: None,
        }
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Warnings for a rule that changes nothing, else for those of its exceptions that change nothing. A warning must be
    /// certain: of what is too large nothing is claimed.
    ///
    /// # Errors
    /// The steps are used up.
    pub(super) fn without(&mut self, id: RuleId) -> Result<Vec<Diagnostic>, TooLarge> {
        let rules = self.rules;
        if !self.changes(id, None)? {
            return Ok(vec![dead_rule(rules, id)]);
        }
        let mut found = Vec::new();
        for exception in 0..rules.rule(id).exceptions.len() {
            if !self.changes(id, Some(exception))? {
                found.push(empty_exception(rules, id, exception));
            }
        }
        Ok(found)
    }

    /// Whether taking away a rule, or one of its exceptions, changes the ruling on any action, as far as can be told.
    fn changes(&mut self, id: RuleId, exception: Option<usize>) -> Result<bool, TooLarge> {
        let omission = Omission {
            rule: id,
            exception,
        };
        for &action in &self.rules.bound(id).actions {
            match self.matters(action, omission) {
                Ok(false) => {}
                Ok(true) => return Ok(true),
                Err(TooLarge) if self.budget.left() == 0 => return Err(TooLarge),
                Err(TooLarge) => {
                    self.spot = None;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether the omission changes the ruling in a real case.
    ///
    /// First at one spot that lies in one of the rule's places and in nothing that need not be: nearly every living rule
    /// shows there, and rules of other places cost nothing. Only if it does not, wherever the rule's places meet others.
    fn matters(&mut self, action: ActionId, omission: Omission) -> Result<bool, TooLarge> {
        let rules = self.rules;
        if let Some(&place) = rules.places(omission.rule).first() {
            let mut sheet = match self.spot.take() {
                Some((known, sheet)) if known == place => sheet,
                _ => Sheet::new(rules, spot(rules, place), &self.budget),
            };
            let differs = differs(&mut sheet, action, omission)?;
            self.spot = Some((place, sheet));
            if differs {
                return Ok(true);
            }
        }
        let mut sheet = Sheet::new(rules, Known::nothing(rules), &self.budget);
        differs(&mut sheet, action, omission)
    }
}

fn dead_rule(rules: &Rules, id: RuleId) -> Diagnostic {
    report::warning(
        rules,
        id,
        None,
        report::Warning {
            kind: DiagnosticKind::DeadRule,
            span: &rules.rule(id).spans.effect,
            message: Label::new(
                "去掉这条规则，任何情形下的答案都不变",
                "taking this rule away changes no answer in any case",
            ),
            hint: Label::new(
                "其他规则已经包含了它：删去它，或者改写它的 who、where、when",
                "other rules cover it already: delete it, or change its `who`, `where` or `when`",
            ),
        },
    )
}

fn empty_exception(rules: &Rules, id: RuleId, at: usize) -> Diagnostic {
    let exception = &rules.rule(id).exceptions[at];
    report::warning(
        rules,
        id,
        Some(at),
        report::Warning {
            kind: DiagnosticKind::EmptyException,
            span: &exception.span,
            message: Label::new(
                format!("除外“{}”没有除去任何情形", exception.name),
                format!("the exception `{}` excepts nothing", exception.name),
            ),
            hint: Label::new(
                "规则的 who 本来就不包括它，或者别的除外、别的规则已经决定了这些情形：删去或改写它",
                "the rule's `who` does not include it anyway, or other exceptions or rules decide these cases: delete or change it",
            ),
        },
    )
}

/// In `place` and whatever contains it, outside everything else.
fn spot(rules: &Rules, place: PlaceId) -> Known {
    let mut known = Known::nothing(rules);
    for (level, variable) in rules.layout.all() {
        if let Variable::Place(other) = variable {
            let relation = rules.city.places.relation(place, other);
            let inside = matches!(relation, Relation::Same | Relation::Inside);
            known.set(level, ValueSet::one(u32::from(inside)));
        }
    }
    known
}

fn differs(sheet: &mut Sheet<'_>, action: ActionId, omission: Omission) -> Result<bool, TooLarge> {
    let rules = sheet.rules;
    let id = omission.rule;
    let applies = sheet.applies(id, action, None)?;
    let region = match omission.exception {
        None => applies,
        Some(_) => {
            let more = sheet.applies(id, action, Some(omission))?;
            sheet.arena.and_not(more, applies)?
        }
    };
    let possible = sheet.possible_places(&[id])?;
    let region = sheet.arena.and(region, possible)?;
    if region == Ref::NO {
        return Ok(false);
    }
    let mine = rules.places(id);
    let mut among = Vec::new();
    for other in rules.candidates.possible(action, &sheet.known) {
        if rules
            .notice(id)
            .in_force
            .intersect(&rules.notice(other).in_force)
            .is_none()
        {
            continue;
        }
        let theirs = rules.places(other);
        let apart =
            |a: &PlaceId, b: &PlaceId| rules.city.places.relation(*a, *b) == Relation::Disjoint;
        if other != id && mine.iter().all(|a| theirs.iter().all(|b| apart(a, b))) {
            continue;
        }
        let base = sheet.base(other, action)?;
        if other == id || sheet.arena.and(base, region)? != Ref::NO {
            among.push(other);
        }
    }
    let possible = sheet.possible_places(&among)?;
    let region = sheet.arena.and(region, possible)?;
    for stretch in stretches(rules, rules.notice(id).in_force, &among) {
        sheet.turn_to(stretch.from);
        let with = sheet.ruling_in(action, &among, None, region)?;
        let without = sheet.ruling_in(action, &among, Some(omission), region)?;
        let differs = sheet
            .arena
            .combine(&mut Differ { ignore: IMPOSSIBLE }, with, without)?;
        let differs = sheet.arena.and(differs, region)?;
        if differs != Ref::NO && in_real_time(sheet, differs, stretch)? != Ref::NO {
            return Ok(true);
        }
    }
    Ok(false)
}
