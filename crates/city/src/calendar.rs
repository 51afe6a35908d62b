//! Workdays and holidays, and days of recurrence rules.

mod read;
mod recurrence;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, Weekday};
use notice::condition::Recurrence;
use notice::steps::Deadline;
use notice::{DaySelector, Minutes};
use std::collections::BTreeMap;

pub(crate) use read::read;

/// The city's calendar: public holidays and make-up workdays of known years; other days follow the weekday.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// Days that do not follow their weekday, or that a festival names.
    days: BTreeMap<Date, Special>,
}

/// A day of a festival: off, or worked to make up for a day off.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Special {
    kind: DayKind,
    festival: String,
}

/// What kind of day it is. `工作日` is `Workday`; `节假日` is the other two; `法定节假日` is `StatutoryHoliday`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DayKind {
    /// A day people work, make-up days included.
    Workday,
    /// A weekend day off that no festival gives.
    RestDay,
    /// A day off of a public festival.
    StatutoryHoliday,
}

impl Calendar {
    /// The kind of `date`.
    pub fn kind(&self, date: Date) -> DayKind {
        match self.days.get(&date) {
            Some(special) => special.kind,
            None if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) => {
                DayKind::RestDay
            }
            None => DayKind::Workday,
        }
    }

    /// Name of the festival a day off belongs to, or that a make-up workday makes up for; if any.
    pub fn festival(&self, date: Date) -> Option<&str> {
        self.days
            .get(&date)
            .map(|special| special.festival.as_str())
    }

    /// First and last day that the data cover: whole years.
    pub fn covers(&self) -> Option<(Date, Date)> {
        let (first, _) = self.days.first_key_value()?;
        let (last, _) = self.days.last_key_value()?;
        Some((first.first_of_year(), last.last_of_year()))
    }

    /// Whether the selector picks `date`. Recurrences are bounded in work.
    pub fn picks(&self, selector: &DaySelector, date: Date) -> bool {
        match selector {
            DaySelector::Weekdays(days) => {
                days & (1 << date.weekday().to_monday_zero_offset()) != 0
            }
            DaySelector::Workdays => self.kind(date) == DayKind::Workday,
            DaySelector::Holidays => self.kind(date) != DayKind::Workday,
            DaySelector::StatutoryHolidays => self.kind(date) == DayKind::StatutoryHoliday,
            DaySelector::Recurring(recurrence) => {
                recurrence::Rule::of(recurrence).is_some_and(|rule| rule.picks(date))
            }
        }
    }

    /// When something that began at `from` must be done, the first instant that is too late. So many minutes are counted by
    /// the clock; workdays begin with the first one after the day of `from` and last to the end of the day.
    #[must_use]
    pub fn due(&self, from: DateTime, deadline: Deadline) -> DateTime {
        let count = match deadline {
            Deadline::Minutes(Minutes(minutes)) => {
                return from
                    .checked_add(i64::from(minutes).minutes())
                    .unwrap_or(DateTime::MAX);
            }
            Deadline::Workdays(count) => count,
        };
        let mut day = from.date();
        let mut left = count;
        while let Ok(next) = day.tomorrow() {
            if left == 0 {
                return next.to_datetime(Time::midnight());
            }
            day = next;
            left -= u16::from(self.kind(day) == DayKind::Workday);
        }
        DateTime::MAX
    }

    /// Every day in `from..until` that a recurrence picks, ascending; bounded in work: at most a century is looked
    /// through, and with COUNT only the first century after its start. Empty for a rule that is no rule of whole days.
    pub fn recurring(&self, recurrence: &Recurrence, from: Date, until: Date) -> Vec<Date> {
        recurrence::Rule::of(recurrence)
            .map(|rule| rule.days(from, until))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{File, Findings};
    use jiff::civil::date;

    #[test]
    fn workdays_are_counted_over_a_festival() {
        let file = File::new(
            "c.csv",
            "date,kind,festival\n2022-01-29,workday,春节\n2022-01-31,holiday,春节\n2022-02-01,holiday,春节\n",
        );
        let calendar = read(&file, &mut Findings::default());
        let due = |from: &str, deadline| calendar.due(from.parse().unwrap(), deadline).to_string();
        // From Friday: the make-up Saturday, then Wednesday.
        let friday = "2022-01-28T16:30:00";
        assert_eq!(due(friday, Deadline::Workdays(1)), "2022-01-30T00:00:00");
        assert_eq!(due(friday, Deadline::Workdays(2)), "2022-02-03T00:00:00");
        assert_eq!(
            due(friday, Deadline::Minutes(Minutes(480))),
            "2022-01-29T00:30:00"
        );
        assert_eq!(
            calendar.due(DateTime::MAX, Deadline::Workdays(1)),
            DateTime::MAX
        );
    }

    #[test]
    fn days_follow_the_data_else_the_weekday() {
        let file = File::new(
            "c.csv",
            "date,kind,festival\n2022-01-29,workday,春节\n2022-01-31,holiday,春节\n",
        );
        let mut findings = Findings::default();
        let calendar = read(&file, &mut findings);
        assert_eq!(findings.errors(), 0);
        assert_eq!(calendar.kind(date(2022, 1, 29)), DayKind::Workday);
        assert_eq!(calendar.kind(date(2022, 1, 30)), DayKind::RestDay);
        assert_eq!(calendar.kind(date(2022, 1, 31)), DayKind::StatutoryHoliday);
        assert_eq!(calendar.kind(date(2022, 2, 1)), DayKind::Workday);
        assert_eq!(calendar.festival(date(2022, 1, 29)), Some("春节"));
        assert_eq!(
            calendar.covers(),
            Some((date(2022, 1, 1), date(2022, 12, 31)))
        );
        assert!(calendar.picks(&DaySelector::Weekdays(1 << 5), date(2022, 1, 29)));
        assert!(calendar.picks(&DaySelector::Holidays, date(2022, 1, 30)));
        assert!(!calendar.picks(&DaySelector::StatutoryHolidays, date(2022, 1, 30)));
    }
}
