//! RFC 5545 recurrence rules of whole days, asked day by day.
//!
//! A rule cuts time into periods (days, weeks, months or years), of which every INTERVAL-th counts. A day is picked if
//! its period counts and every BY… part holds for it; BYSETPOS then keeps some of the picked days of each period.
//! The start itself is not picked unless the rule picks it.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use notice::condition::Recurrence;

/// No more days than these are looked through, and COUNT is counted no further: a century.
const DAYS_MAX: usize = 36_600;

/// A rule, parsed.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    start: Date,
    every: Every,
    interval: i64,
    count: Option<usize>,
    until: Option<Date>,
    /// Weekdays, each with its ordinal in the month or year if it has one.
    by_day: Vec<(Option<i16>, Weekday)>,
    by_month: Vec<i16>,
    by_month_day: Vec<i16>,
    by_year_day: Vec<i16>,
    by_week: Vec<i16>,
    by_position: Vec<i16>,
    week_start: Weekday,
}

/// The period that repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

impl Rule {
    /// Parses a rule; `None` if it is none of whole days.
    pub(super) fn of(recurrence: &Recurrence) -> Option<Rule> {
        let mut rule = Rule {
            start: recurrence.start,
            every: Every::Day,
            interval: 1,
            count: None,
            until: None,
            by_day: Vec::new(),
            by_month: Vec::new(),
            by_month_day: Vec::new(),
            by_year_day: Vec::new(),
            by_week: Vec::new(),
            by_position: Vec::new(),
            week_start: Weekday::Monday,
        };
        let mut every = None;
        for part in recurrence.rule.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name {
                "FREQ" => every = Some(period(value)?),
                "INTERVAL" => {
                    rule.interval = value.parse().ok().filter(|n| (1..=1000).contains(n))?
                }
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(value.get(..8)?.parse().ok()?),
                "BYDAY" => {
                    rule.by_day = value.split(',').map(numbered_day).collect::<Option<_>>()?
                }
                "BYMONTH" => rule.by_month = numbers(value)?,
                "BYMONTHDAY" => rule.by_month_day = numbers(value)?,
                "BYYEARDAY" => rule.by_year_day = numbers(value)?,
                "BYWEEKNO" => rule.by_week = numbers(value)?,
                "BYSETPOS" => rule.by_position = numbers(value)?,
                "WKST" => rule.week_start = weekday(value)?,
                _ => return None,
            }
        }
        rule.every = every?;
        rule.fill_from_start();
        Some(rule)
    }

    /// What a rule leaves open is taken from its first day: `FREQ=MONTHLY` alone means that day of each month.
    fn fill_from_start(&mut self) {
        let month_day = i16::from(self.start.day());
        let named = !self.by_day.is_empty()
            || !self.by_month_day.is_empty()
            || !self.by_year_day.is_empty()
            || !self.by_week.is_empty();
        match self.every {
            Every::Week if self.by_day.is_empty() => {
                self.by_day.push((None, self.start.weekday()));
            }
            Every::Month if !named => self.by_month_day.push(month_day),
            Every::Year if !named => {
                if self.by_month.is_empty() {
                    self.by_month.push(i16::from(self.start.month()));
                }
                self.by_month_day.push(month_day);
            }
            _ => {}
        }
    }

    /// Whether the rule picks the day.
    pub(super) fn picks(&self, date: Date) -> bool {
        let next = date.tomorrow().unwrap_or(date);
        match self.count {
            Some(_) => self.matches(date) && self.days(date, next).first() == Some(&date),
            None if self.by_position.is_empty() => self.matches(date),
            None => self.matches(date) && self.kept(date).contains(&date),
        }
    }

    /// Every day in `from..until` that is picked.
    pub(super) fn days(&self, from: Date, until: Date) -> Vec<Date> {
        // COUNT counts from the start, so it is always begun there.
        let first = match self.count {
            Some(_) => self.start,
            None => from.max(self.start),
        };
        // Days kept of the period last looked at, and the first day after it.
        let mut kept: (Vec<Date>, Date) = (Vec::new(), Date::MIN);
        let mut keeps = |day: Date| {
            if self.by_position.is_empty() {
                return true;
            }
            if day >= kept.1 {
                let (_, next) = self.period_around(day);
                kept = (self.kept(day), next.unwrap_or(Date::MAX));
            }
            kept.0.contains(&day)
        };
        let all = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        all.take(DAYS_MAX)
            .take_while(|day| *day < until)
            .filter(|day| self.matches(*day) && keeps(*day))
            .take(self.count.unwrap_or(usize::MAX))
            .filter(|day| *day >= from)
            .collect()
    }

    /// Whether the day is picked, but for COUNT and BYSETPOS.
    fn matches(&self, date: Date) -> bool {
        date >= self.start
            && self.until.is_none_or(|until| date <= until)
            && self.period_counts(date)
            && self.parts_hold(date)
    }

    fn week_of(&self, date: Date) -> Date {
        let days = date.weekday().since(self.week_start);
        date.checked_sub(i64::from(days).days())
            .unwrap_or(Date::MIN)
    }

    fn period_counts(&self, date: Date) -> bool {
        let days = |from: Date, to: Date| i64::from((to - from).get_days());
        let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
        let passed = match self.every {
            Every::Day => days(self.start, date),
            Every::Week => days(self.week_of(self.start), self.week_of(date)) / 7,
            Every::Month => months(date) - months(self.start),
            Every::Year => i64::from(date.year()) - i64::from(self.start.year()),
        };
        passed % self.interval == 0
    }

    fn parts_hold(&self, date: Date) -> bool {
        let counted = |list: &[i16], at: i16, of: i16| {
            list.is_empty() || list.contains(&at) || list.contains(&(at - of - 1))
        };
        let (day, days) = (i16::from(date.day()), i16::from(date.days_in_month()));
        counted(&self.by_month_day, day, days)
            && counted(&self.by_year_day, date.day_of_year(), date.days_in_year())
            && (self.by_month.is_empty() || self.by_month.contains(&i16::from(date.month())))
            && (self.by_week.is_empty() || {
                let (week, weeks) = self.week_number(date);
                counted(&self.by_week, week, weeks)
            })
            && (self.by_day.is_empty() || self.by_day.iter().any(|day| self.is_day(date, *day)))
    }

    /// `SU`, or `1SU` within the month (the year, for a yearly rule that names no month).
    fn is_day(&self, date: Date, (ordinal, weekday): (Option<i16>, Weekday)) -> bool {
        if date.weekday() != weekday {
            return false;
        }
        let Some(ordinal) = ordinal else { return true };
        let of_year = self.every == Every::Year && self.by_month.is_empty();
        let (at, of) = match of_year {
            true => (date.day_of_year(), date.days_in_year()),
            false => (i16::from(date.day()), i16::from(date.days_in_month())),
        };
        ordinal == (at - 1) / 7 + 1 || ordinal == -((of - at) / 7 + 1)
    }

    /// Number of the date's week and count of weeks, of the year that the week belongs to: the one with four of its days.
    fn week_number(&self, date: Date) -> (i16, i16) {
        let first_week =
            |year: i16| Date::new(year, 1, 4).map_or(Date::MIN, |fourth| self.week_of(fourth));
        let year = match date.year() {
            year if date < first_week(year) => year - 1,
            year if year < 9999 && date >= first_week(year + 1) => year + 1,
            year => year,
        };
        let weeks = |from: Date, to: Date| ((to - from).get_days() / 7) as i16;
        let first = first_week(year);
        let next = if year < 9999 {
            first_week(year + 1)
        } else {
            Date::MAX
        };
        (weeks(first, date) + 1, weeks(first, next))
    }

    /// The days of the period around `date` that BYSETPOS keeps.
    fn kept(&self, date: Date) -> Vec<Date> {
        let (Some(first), Some(next)) = self.period_around(date) else {
            return Vec::new();
        };
        // The whole period counts, even the part before the start.
        let all: Vec<Date> = std::iter::successors(Some(first), |day| day.tomorrow().ok())
            .take(400)
            .take_while(|day| *day < next)
            .filter(|day| self.parts_hold(*day))
            .collect();
        let of = all.len() as i16;
        (1..)
            .zip(all)
            .filter(|(at, _)| {
                self.by_position.contains(at) || self.by_position.contains(&(at - of - 1))
            })
            .map(|(_, day)| day)
            .collect()
    }

    fn period_around(&self, date: Date) -> (Option<Date>, Option<Date>) {
        let after = |first: Date, span: Span| (Some(first), first.checked_add(span).ok());
        match self.every {
            Every::Day => after(date, 1.day()),
            Every::Week => after(self.week_of(date), 1.week()),
            Every::Month => after(date.first_of_month(), 1.month()),
            Every::Year => after(date.first_of_year(), 1.year()),
        }
    }
}

fn period(word: &str) -> Option<Every> {
    Some(match word {
        "DAILY" => Every::Day,
        "WEEKLY" => Every::Week,
        "MONTHLY" => Every::Month,
        "YEARLY" => Every::Year,
        _ => return None,
    })
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

fn numbered_day(word: &str) -> Option<(Option<i16>, Weekday)> {
    let cut = word.len().checked_sub(2)?;
    let (number, day) = word.split_at_checked(cut)?;
    let number = match number {
        "" => None,
        number => Some(number.parse().ok()?),
    };
    Some((number, weekday(day)?))
}

fn numbers(value: &str) -> Option<Vec<i16>> {
    value.split(',').map(|word| word.parse().ok()).collect()
}
