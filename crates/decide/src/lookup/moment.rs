//! An instant as the rules see it: facts of its day and of the day before, its minute, the states of the city.

use super::slots::Slots;
use crate::known::{day_value, minute};
use crate::rules::{Rules, YEARS_MAX};
use crate::variable::Day;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

/// An instant, laid out for quick answers.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// Seconds since the year 0, civil.
    pub(super) second: i64,
    pub(super) minute: u32,
    pub(super) minute_cell: u32,
    pub(super) state_cells: Vec<u32>,
    pub(super) era: u32,
    /// The seconds at which this era begins and ends.
    era_span: (i64, i64),
    day: Option<i64>,
    /// States of the city, facts of today, facts of yesterday, as [`Slots`] numbers them.
    pub(super) values: Vec<u32>,
    states: Option<usize>,
}

/// Facts of every day that matters, and the states between their changes.
pub(super) struct Days {
    first: i64,
    width: usize,
    /// A row of day facts for each day from `first` on; row `i + 1` has row `i` as its yesterday.
    rows: Vec<u32>,
    /// Seconds at which states may change, ascending, and the states from then on.
    changes: Vec<i64>,
    states: Vec<Box<[u32]>>,
}

impl Days {
    pub(super) fn of(rules: &Rules, slots: &Slots) -> Days {
        let froms = rules
            .notices
            .iter()
            .map(|notice| notice.in_force.from.date());
        let first = froms
            .clone()
            .min()
            .and_then(|d| d.yesterday().ok())
            .unwrap_or(Date::ZERO);
        let latest = froms.max().unwrap_or(first);
        let horizon = rules.horizon(latest.to_datetime(Time::midnight())).date();
        let last = horizon.min(
            first
                .checked_add((2 * YEARS_MAX).years())
                .unwrap_or(horizon),
        );
        let width = slots.days().len();
        let mut rows = Vec::new();
        let mut date = first;
        while date <= last {
            rows.extend(
                slots
                    .days()
                    .iter()
                    .map(|fact| day_value(rules, date, Day::Today, *fact)),
            );
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        let mut changes: Vec<DateTime> = rules.state_changes().collect();
        changes.sort_unstable();
        changes.dedup();
        let states = std::iter::once(DateTime::MIN).chain(changes.iter().copied());
        Days {
            first: day_number(first),
            width,
            rows,
            states: states
                .map(|at| slots.states().iter().map(|s| rules.state(*s, at)).collect())
                .collect(),
            changes: changes.into_iter().map(seconds).collect(),
        }
    }

    pub(super) fn turn(&self, rules: &Rules, slots: &Slots, moment: &mut Moment, at: DateTime) {
        moment.second = seconds(at);
        moment.minute = minute(at);
        moment.minute_cell = slots.minute_cell(moment.minute);
        if !(moment.era_span.0..moment.era_span.1).contains(&moment.second) {
            moment.era = slots.era(moment.second);
            let begins = moment
                .era
                .checked_sub(1)
                .map_or(i64::MIN, |before| slots.next_turn(before));
            moment.era_span = (begins, slots.next_turn(moment.era));
        }
        let (states, width) = (slots.states().len(), self.width);
        moment.values.resize(states + 2 * width, 0);
        let set = self
            .changes
            .partition_point(|change| *change <= moment.second);
        if moment.states != Some(set) {
            moment.values[..states].copy_from_slice(&self.states[set]);
            moment.state_cells.clear();
            moment
                .state_cells
                .extend(slots.state_cells(&self.states[set]));
            moment.states = Some(set);
        }
        let day = day_number(at.date());
        if moment.day == Some(day) {
            return;
        }
        moment.day = Some(day);
        let facts = &mut moment.values[states..];
        let row = usize::try_from(day - self.first - 1)
            .ok()
            .map(|i| i * width);
        match row.and_then(|row| self.rows.get(row..row + 2 * width)) {
            Some(both) => {
                facts[..width].copy_from_slice(&both[width..]);
                facts[width..].copy_from_slice(&both[..width]);
            }
            // Far from all notices: worked out on the spot.
            None => {
                for (i, fact) in slots.days().iter().enumerate() {
                    facts[i] = day_value(rules, at.date(), Day::Today, *fact);
                    facts[width + i] = day_value(rules, at.date(), Day::Yesterday, *fact);
                }
            }
        }
    }
}

/// Days since 1 March of the year 0 (proleptic Gregorian).
fn day_number(date: Date) -> i64 {
    let (year, month, day) = (
        i64::from(date.year()),
        i64::from(date.month()),
        i64::from(date.day()),
    );
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
}

/// Seconds since then, civil.
pub(super) fn seconds(at: DateTime) -> i64 {
    let clock = i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
    day_number(at.date()) * 86_400 + clock
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbered_one_by_one() {
        let mut date = jiff::civil::date(1999, 12, 25);
        let start = day_number(date);
        for i in 0..3000 {
            assert_eq!(day_number(date), start + i, "{date}");
            date = date.tomorrow().unwrap();
        }
    }
}
