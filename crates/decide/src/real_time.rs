//! Which combinations of day facts and minutes really occur in a period.

use crate::budget::TooLarge;
use crate::diagram::{Level, Ref};
use crate::known::{day_value, minute};
use crate::rules::{Rules, YEARS_MAX};
use crate::sheet::Sheet;
use crate::variable::{MINUTES, Variable};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use notice::{Period, ValueSet};
use std::collections::BTreeSet;
use std::ops::Range;

/// A day as the rules see it: its facts, and the minutes of it that lie in the period.
type Signature = (Vec<u32>, Range<u32>);

/// The days of a period, each with its minutes inside. An open end reaches as far as anything is known, eight years at least.
fn days(rules: &Rules, period: Period) -> impl Iterator<Item = (Date, Range<u32>)> {
    let open = period
        .from
        .date()
        .checked_add(YEARS_MAX.years())
        .unwrap_or(Date::MAX);
    let open = rules
        .horizon(period.from)
        .max(open.to_datetime(Time::midnight()));
    let until = period.until.unwrap_or(open).min(open);
    let mut next = Some(period.from.date());
    std::iter::from_fn(move || {
        let date = next?;
        let midnight = date.to_datetime(Time::midnight());
        if midnight >= until {
            return None;
        }
        next = date.tomorrow().ok();
        let first = if midnight < period.from {
            minute(period.from)
        } else {
            0
        };
        let end = if until.date() == date {
            minute(until) + u32::from(until.second() > 0)
        } else {
            MINUTES
        };
        Some((date, first..end))
    })
    .filter(|(_, minutes)| !minutes.is_empty())
}

/// Levels among those of `f` that are of time: facts of days, and the minute.
fn time_levels(sheet: &Sheet<'_>, f: Ref) -> Vec<Level> {
    let of_time = |level: &Level| {
        matches!(
            sheet.rules.layout.variable(*level),
            Variable::Calendar(..) | Variable::Minute
        )
    };
    sheet.arena.support(f).into_keys().filter(of_time).collect()
}

fn facts_of(rules: &Rules, calendar: &[(Level, Variable)], date: Date) -> Vec<u32> {
    let value = |variable: &Variable| match variable {
        Variable::Calendar(day, fact) => day_value(rules, date, *day, *fact),
        _ => 0,
    };
    calendar
        .iter()
        .map(|(_, variable)| value(variable))
        .collect()
}

/// `f` where the time is a real one of the period.
pub(crate) fn in_real_time(sheet: &mut Sheet<'_>, f: Ref, period: Period) -> Result<Ref, TooLarge> {
    if f == Ref::NO {
        return Ok(f);
    }
    let key = (time_levels(sheet, f), period);
    let real = match sheet.real_times.get(&key) {
        Some(known) => *known,
        None => {
            let real = real_times(sheet, &key.0, period)?;
            sheet.real_times.insert(key, real);
            real
        }
    };
    sheet.arena.and(f, real)
}

/// The real times of the period, as far as these levels tell them apart.
fn real_times(sheet: &mut Sheet<'_>, levels: &[Level], period: Period) -> Result<Ref, TooLarge> {
    let rules = sheet.rules;
    let variables = levels
        .iter()
        .map(|level| (*level, rules.layout.variable(*level)));
    let (clock, calendar): (Vec<_>, Vec<_>) =
        variables.partition(|(_, variable)| *variable == Variable::Minute);
    let clock = !clock.is_empty();
    let mut seen: BTreeSet<(Vec<u32>, u32, u32)> = BTreeSet::new();
    for (date, minutes) in days(rules, period) {
        sheet.arena.budget().take(calendar.len() + 1)?;
        let minutes = if clock { minutes } else { 0..MINUTES };
        let whole = minutes == (0..MINUTES);
        let facts = facts_of(rules, &calendar, date);
        // All further days look like this one.
        if seen.insert((facts, minutes.start, minutes.end)) && whole && calendar.is_empty() {
            break;
        }
    }
    let mut real = Vec::with_capacity(seen.len());
    for (facts, from, until) in seen {
        real.push(cube(sheet, &calendar, &(facts, from..until))?);
    }
    while real.len() > 1 {
        let mut joined = Vec::with_capacity(real.len().div_ceil(2));
        for pair in real.chunks(2) {
            joined.push(match pair {
                [a, b] => sheet.arena.or(*a, *b)?,
                rest => rest[0],
            });
        }
        real = joined;
    }
    Ok(real.first().copied().unwrap_or(Ref::NO))
}

fn cube(
    sheet: &mut Sheet<'_>,
    calendar: &[(Level, Variable)],
    day: &Signature,
) -> Result<Ref, TooLarge> {
    let mut all = sheet.literal(
        Variable::Minute,
        &ValueSet::from_ranges(std::iter::once(day.1.clone())),
    )?;
    for ((_, variable), value) in calendar.iter().zip(&day.0).rev() {
        let is = sheet.literal(*variable, &ValueSet::one(*value))?;
        all = sheet.arena.and(is, all)?;
    }
    Ok(all)
}

/// The first real instant of the period that fits what a case fixes of time.
pub(crate) fn instant(
    rules: &Rules,
    period: Period,
    fits: &dyn Fn(Variable, u32) -> bool,
    calendar: &[Variable],
    minutes: Option<Range<u32>>,
) -> Option<DateTime> {
    let minutes = minutes.unwrap_or(0..MINUTES);
    days(rules, period).find_map(|(date, there)| {
        let fitting = calendar.iter().all(|variable| match variable {
            Variable::Calendar(day, fact) => fits(*variable, day_value(rules, date, *day, *fact)),
            _ => true,
        });
        let first = there.start.max(minutes.start);
        if !fitting || first >= there.end.min(minutes.end) {
            return None;
        }
        let at = date
            .to_datetime(Time::midnight())
            .checked_add(i64::from(first).minutes())
            .ok()?;
        Some(at.max(period.from))
    })
}
