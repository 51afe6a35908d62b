//! Which clauses have a part in an answer.

use crate::answer::{Because, Part};
use crate::budget::TooLarge;
use crate::diagram::Ref;
use crate::outcome::Bounds;
use crate::rules::{RuleId, Rules};
use crate::sheet::{IMPOSSIBLE, Sheet};
use notice::ask::Verdict;
use notice::vocabulary::Default as ByDefault;
use notice::{ActionId, Effect};
use std::collections::BTreeSet;

/// A clause and its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cited {
    pub(crate) part: Part,
    pub(crate) rule: RuleId,
    pub(crate) exception: Option<usize>,
}

/// Clauses cited for an action whose verdict is `verdict`: those that every possible case cites, else those that some case does.
pub(crate) fn cite(
    sheet: &mut Sheet<'_>,
    action: ActionId,
    among: &[RuleId],
    verdict: Verdict,
) -> Result<Vec<Cited>, TooLarge> {
    let (mut by_all, mut by_some) = (Vec::new(), Vec::new());
    for (cited, holds) in parts(sheet, action, among, verdict)? {
        if holds == Ref::NO {
            continue;
        }
        let holds = sheet.where_possible(holds)?;
        if sheet.settled(holds) == Some(1) {
            by_all.push(cited);
        } else if sheet.arena.leaves(holds).contains(&1) {
            by_some.push(cited);
        }
    }
    let mut cited = if by_all.is_empty() { by_some } else { by_all };
    order(sheet.rules, &mut cited);
    Ok(cited)
}

/// Every part a clause may have, with the cases in which it has it.
fn parts(
    sheet: &mut Sheet<'_>,
    action: ActionId,
    among: &[RuleId],
    verdict: Verdict,
) -> Result<Vec<(Cited, Ref)>, TooLarge> {
    let rules = sheet.rules;
    let by_default = rules
        .city
        .vocabulary
        .actions
        .get(usize::from(action.0))
        .map(|a| a.default);
    let mut parts = Vec::new();
    for &id in among {
        let effective = sheet.effective(id, action, None)?;
        let main = |part| Cited {
            part,
            rule: id,
            exception: None,
        };
        match &rules.rule(id).effect {
            Effect::Forbid(_) if shows(verdict, &[Verdict::Forbidden]) => {
                let against = opposed(sheet, action, among, verdict, id)?;
                parts.push((main(Part::Forbids), sheet.arena.and(effective, against)?));
            }
            Effect::Require(_) if shows(verdict, &[Verdict::Required]) => {
                let against = opposed(sheet, action, among, verdict, id)?;
                parts.push((main(Part::Requires), sheet.arena.and(effective, against)?));
            }
            Effect::Limit { .. } if shows(verdict, &[Verdict::Required, Verdict::Limited]) => {
                let against = opposed(sheet, action, among, verdict, id)?;
                parts.push((main(Part::Limits), sheet.arena.and(effective, against)?));
            }
            Effect::Permit(_) if by_default == Some(ByDefault::Forbidden) => {
                parts.push((main(Part::Frees), effective));
            }
            _ => {}
        }
        let mut outranking = Ref::NO;
        if effective != Ref::NO {
            for below in rules
                .bound(id)
                .over
                .iter()
                .filter(|below| among.contains(below))
            {
                let applied = sheet.applies(*below, action, None)?;
                outranking = sheet.arena.or(outranking, applied)?;
            }
            outranking = sheet.arena.and(outranking, effective)?;
        }
        parts.push((main(Part::Frees), outranking));
        for exception in 0..rules.rule(id).exceptions.len() {
            let frees = sheet.frees(id, action, exception)?;
            parts.push((
                Cited {
                    part: Part::Frees,
                    rule: id,
                    exception: Some(exception),
                },
                frees,
            ));
        }
    }
    Ok(parts)
}

fn shows(verdict: Verdict, of: &[Verdict]) -> bool {
    matches!(verdict, Verdict::Conflict | Verdict::Depends) || of.contains(&verdict)
}

/// In a conflict, only clauses that another one contradicts are cited: where some rule contradicts `id`. Else everywhere.
fn opposed(
    sheet: &mut Sheet<'_>,
    action: ActionId,
    among: &[RuleId],
    verdict: Verdict,
    id: RuleId,
) -> Result<Ref, TooLarge> {
    if verdict != Verdict::Conflict {
        return Ok(Ref::YES);
    }
    let mut any = Ref::NO;
    for &other in among {
        if contradict(
            &sheet.rules.rule(id).effect,
            &sheet.rules.rule(other).effect,
        ) {
            let effective = sheet.effective(other, action, None)?;
            any = sheet.arena.or(any, effective)?;
        }
    }
    Ok(any)
}

/// Whether two effects on the same action cannot both be met.
pub(crate) fn contradict(a: &Effect, b: &Effect) -> bool {
    match (a, b) {
        (Effect::Forbid(_), Effect::Require(_)) | (Effect::Require(_), Effect::Forbid(_)) => true,
        (
            Effect::Limit {
                measure,
                at_most,
                at_least,
            },
            Effect::Limit {
                measure: other,
                at_most: most,
                at_least: least,
            },
        ) => {
            let above = |least: &Option<i64>, most: &Option<i64>| matches!((least, most), (Some(l), Some(m)) if l > m);
            measure == other && (above(at_least, most) || above(least, at_most))
        }
        _ => false,
    }
}

/// What binds first, limits strictest first, then what frees; a clause is named once, by its main part.
pub(crate) fn order(rules: &Rules, cited: &mut Vec<Cited>) {
    cited.sort_by_key(|c| {
        let strictness = match &rules.rule(c.rule).effect {
            Effect::Limit {
                measure,
                at_most,
                at_least,
            } if c.part == Part::Limits => Bounds {
                measure: *measure,
                at_most: *at_most,
                at_least: *at_least,
            }
            .strictness(),
            _ => (0, 0),
        };
        (c.part, strictness, c.rule, c.exception)
    });
    let mut seen = BTreeSet::new();
    cited.retain(|c| seen.insert((c.rule, c.exception)));
}

/// A clause as an answer shows it.
pub(crate) fn because(rules: &Rules, cited: Cited) -> Because {
    let (notice, rule) = (rules.notice(cited.rule), rules.rule(cited.rule));
    let clause = notice.clauses.get(usize::from(rule.clause.0));
    Because {
        notice: notice.slug.to_string(),
        rule: rule.name.clone(),
        exception: cited
            .exception
            .and_then(|i| rule.exceptions.get(i))
            .map(|e| e.name.clone()),
        clause: clause
            .map(notice::text::Clause::citation)
            .unwrap_or_default(),
        text: clause.map(|clause| clause.text.clone()).unwrap_or_default(),
        effect: cited.part,
    }
}

/// Without an action: what binds the subject where everything is known of the rule, whatever it is that it forbids, requires or limits.
pub(crate) fn binding(rules: &Rules, id: RuleId) -> Option<Cited> {
    let part = match &rules.rule(id).effect {
        Effect::Forbid(_) => Part::Forbids,
        Effect::Require(_) => Part::Requires,
        Effect::Limit { .. } => Part::Limits,
        Effect::Permit(_) => return None,
    };
    Some(Cited {
        part,
        rule: id,
        exception: None,
    })
}

/// Whether a truth value holds in every possible case, in none, or (`None`) in some.
pub(crate) fn certain(sheet: &Sheet<'_>, f: Ref) -> Option<bool> {
    match sheet.settled(f)? {
        IMPOSSIBLE => None,
        leaf => Some(leaf == 1),
    }
}
