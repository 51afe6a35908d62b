//! Until when an answer holds.

use crate::budget::TooLarge;
use crate::diagram::Ref;
use crate::known::{day_value, minute};
use crate::rules::RuleId;
use crate::sheet::Sheet;
use crate::variable::Variable;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// What an answer comes to at a time: one settled leaf for every function asked about, or `None` if any is not settled.
pub(crate) type Summary = Option<Vec<u32>>;

/// The functions of an answer, among the rules that act.
pub(crate) type Functions<'f> = dyn FnMut(&mut Sheet<'_>) -> Result<Vec<Ref>, TooLarge> + 'f;

/// What `functions` come to together.
pub(crate) fn summary(sheet: &Sheet<'_>, functions: &[Ref]) -> Summary {
    functions.iter().map(|f| sheet.settled(*f)).collect()
}

/// The first instant after `at` at which the summary is another than at `at`; the sheet's time and states are open.
///
/// Goes from one stretch in which the same rules are in force and the same states are set to the next, and inside it from
/// day to day; days that look alike to the rules are worked out once.
pub(crate) fn until(
    sheet: &mut Sheet<'_>,
    among: &[RuleId],
    at: DateTime,
    functions: &mut Functions<'_>,
) -> Result<Option<DateTime>, TooLarge> {
    let rules = sheet.rules;
    let end = rules.horizon(at);
    let mut cuts: BTreeSet<DateTime> = among
        .iter()
        .map(|id| rules.notice(*id).in_force)
        .flat_map(|period| std::iter::once(period.from).chain(period.until))
        .chain(rules.state_changes())
        .filter(|cut| *cut > at && *cut < end)
        .collect();
    cuts.insert(end);
    let (mut from, mut now) = (at, None);
    for cut in cuts {
        sheet.turn_to(from);
        let functions = functions(sheet)?;
        let mut walk = Walk::new(sheet, &functions, from);
        if let Some(change) = walk.change(from, cut, &mut now)? {
            return Ok(Some(change));
        }
        from = cut;
    }
    Ok(None)
}

/// One stretch in which neither the rules in force nor the states change.
struct Walk<'s, 'b> {
    sheet: &'s mut Sheet<'b>,
    functions: &'s [Ref],
    /// Calendar variables that matter, with their levels.
    days: Vec<(u16, Variable)>,
    /// Minutes at which something may change.
    minutes: Vec<u32>,
    fixed: FxHashMap<u16, u32>,
    seen: FxHashMap<Vec<u32>, Vec<(u32, Summary)>>,
}

impl<'s, 'b> Walk<'s, 'b> {
    fn new(sheet: &'s mut Sheet<'b>, functions: &'s [Ref], from: DateTime) -> Self {
        let mut support: BTreeMap<u16, BTreeSet<u32>> = BTreeMap::new();
        for f in functions {
            for (level, bounds) in sheet.arena.support(*f) {
                support.entry(level).or_default().extend(bounds);
            }
        }
        let (mut days, mut minutes, mut fixed) = (Vec::new(), vec![0], FxHashMap::default());
        for (level, bounds) in support {
            match sheet.rules.layout.variable(level) {
                variable @ Variable::Calendar(..) => days.push((level, variable)),
                Variable::Minute => {
                    minutes.extend(bounds.into_iter().filter(|m| *m < crate::variable::MINUTES))
                }
                Variable::State(attribute, None) if sheet.known.possible(level).is_none() => {
                    fixed.insert(level, sheet.rules.state(attribute, from));
                }
                _ => {}
            }
        }
        Walk {
            sheet,
            functions,
            days,
            minutes,
            fixed,
            seen: FxHashMap::default(),
        }
    }

    fn change(
        &mut self,
        from: DateTime,
        end: DateTime,
        now: &mut Option<Summary>,
    ) -> Result<Option<DateTime>, TooLarge> {
        let mut date = from.date();
        loop {
            let start = date.to_datetime(Time::midnight()).max(from);
            if start >= end {
                return Ok(None);
            }
            for (first, summary) in self.stretches(date)? {
                let (begins, next) = (instant(date, first), minute(start));
                if begins >= end {
                    break;
                }
                // The last stretch that began by `start` is the one `start` lies in.
                let over = begins < start && self.minutes.iter().any(|m| *m > first && *m <= next);
                if over {
                    continue;
                }
                match now {
                    None => *now = Some(summary),
                    Some(now) if *now != summary => return Ok(Some(begins.max(start))),
                    Some(_) => {}
                }
            }
            if self.days.is_empty() && self.minutes.len() == 1 {
                return Ok(None);
            }
            let Ok(tomorrow) = date.tomorrow() else {
                return Ok(None);
            };
            date = tomorrow;
        }
    }

    /// What the answer comes to on a day, from each minute on.
    fn stretches(&mut self, date: Date) -> Result<Vec<(u32, Summary)>, TooLarge> {
        let rules = self.sheet.rules;
        self.sheet.arena.budget().take(self.days.len() + 1)?;
        let signature: Vec<u32> = self
            .days
            .iter()
            .map(|(_, variable)| match variable {
                Variable::Calendar(day, fact) => day_value(rules, date, *day, *fact),
                _ => 0,
            })
            .collect();
        if let Some(known) = self.seen.get(&signature) {
            return Ok(known.clone());
        }
        let minute_level = rules.layout.level(Variable::Minute);
        let mut stretches = Vec::with_capacity(self.minutes.len());
        for &first in &self.minutes {
            let value = |level: u16| {
                if Some(level) == minute_level {
                    return Some(first);
                }
                let day = self.days.iter().position(|(known, _)| *known == level);
                day.map(|i| signature[i])
                    .or_else(|| self.fixed.get(&level).copied())
            };
            let mut there = Vec::with_capacity(self.functions.len());
            for f in self.functions {
                there.push(self.sheet.arena.restrict(*f, &value)?);
            }
            stretches.push((first, summary(self.sheet, &there)));
        }
        self.seen.insert(signature, stretches.clone());
        Ok(stretches)
    }
}

fn instant(date: Date, minute: u32) -> DateTime {
    let midnight = date.to_datetime(Time::midnight());
    midnight
        .checked_add(i64::from(minute).minutes())
        .unwrap_or(midnight)
}
