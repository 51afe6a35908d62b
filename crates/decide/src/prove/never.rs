//! Rules whose condition or time never holds.

use super::report;
use crate::budget::{Budget, TooLarge};
use crate::diagram::Ref;
use crate::known::Known;
use crate::real_time::in_real_time;
use crate::rules::{RuleId, Rules};
use crate::sheet::Sheet;
use crate::variable::Day;
use notice::{Diagnostic, DiagnosticKind, Label};

/// A warning if a rule can never apply, whatever its exceptions; of a rule that is too large nothing is claimed.
///
/// # Errors
/// The steps are used up.
pub(super) fn never(
    rules: &Rules,
    id: RuleId,
    budget: &Budget,
) -> Result<Option<Diagnostic>, TooLarge> {
    match look(rules, id, budget) {
        Ok(fault) => Ok(fault.map(|fault| warning(rules, id, &fault))),
        Err(TooLarge) if budget.left() == 0 => Err(TooLarge),
        Err(TooLarge) => Ok(None),
    }
}

fn warning(rules: &Rules, id: RuleId, fault: &Fault) -> Diagnostic {
    let spans = &rules.rule(id).spans;
    let (span, message, hint) = match fault {
        Fault::Who => (
            if spans.who.is_empty() {
                &spans.effect
            } else {
                &spans.who
            },
            Label::new(
                "没有任何主体满足这条规则的 who",
                "no subject can meet this rule's `who`",
            ),
            Label::new(
                "检查各条件是否互相排斥（例如要求两个不同的车型），或者这类主体能否做出这个行为",
                "check whether its conditions exclude each other, or whether such subjects can do this at all",
            ),
        ),
        Fault::Time => (
            if spans.when.is_empty() {
                &spans.effect
            } else {
                &spans.when
            },
            Label::new(
                "本公告有效期内没有任何时刻符合这条规则的时间",
                "no instant while the notice is in force meets this rule's times",
            ),
            Label::new(
                "改写 when，或者改写公告的 in_force",
                "change `when`, or the notice's `in_force`",
            ),
        ),
        Fault::Place => (
            if spans.who.is_empty() {
                &spans.places
            } else {
                &spans.who
            },
            Label::new(
                "没有任何地方同时符合这条规则的 where 和 who",
                "no place meets both this rule's `where` and its `who`",
            ),
            Label::new(
                "检查 who 里的地点是否在 where 之内",
                "check that the places in `who` lie in `where`",
            ),
        ),
    };
    let kind = DiagnosticKind::NeverTrue;
    report::warning(
        rules,
        id,
        None,
        report::Warning {
            kind,
            span,
            message,
            hint,
        },
    )
}

enum Fault {
    Who,
    Place,
    Time,
}

fn look(rules: &Rules, id: RuleId, budget: &Budget) -> Result<Option<Fault>, TooLarge> {
    let mut sheet = Sheet::new(rules, Known::nothing(rules), budget);
    let rule = rules.rule(id);
    let mut anybody = Ref::NO;
    for &action in &rules.bound(id).actions {
        let actor = sheet.actor(action)?;
        anybody = sheet.arena.or(anybody, actor)?;
    }
    let mut who = Ref::NO;
    for day in [Day::Today, Day::Yesterday] {
        let one = sheet.condition(&rule.who, day)?;
        who = sheet.arena.or(who, one)?;
    }
    if sheet.arena.and(who, anybody)? == Ref::NO {
        return Ok(Some(Fault::Who));
    }
    let possible = sheet.possible_places(&[id])?;
    let mut base = Ref::NO;
    for &action in &rules.bound(id).actions {
        let one = sheet.base(id, action)?;
        base = sheet.arena.or(base, one)?;
    }
    if base != Ref::NO && sheet.arena.and(base, possible)? == Ref::NO {
        return Ok(Some(Fault::Place));
    }
    let base = sheet.arena.and(base, possible)?;
    let real = in_real_time(&mut sheet, base, rules.notice(id).in_force)?;
    Ok((real == Ref::NO).then_some(Fault::Time))
}
