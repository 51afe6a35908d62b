//! Time as notices write it: local civil time of the city, half-open periods, `24:00` as midnight's end.
//!
//! Inside the language every time is civil time in the city's zone. Offsets are converted where text comes in.

use crate::condition::DaySelector;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// Minutes since the day's start, `0..=1440`; 1440 is `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MinuteOfDay(pub u16);

/// A half-open stretch of civil time: `from <= t < until`; open-ended without `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// First instant inside.
    pub from: DateTime,
    /// First instant after; `None` is "until further notice".
    pub until: Option<DateTime>,
}

impl Period {
    /// Whether `at` lies inside.
    pub fn contains(&self, at: DateTime) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// The common part of two periods, if any.
    pub fn intersect(&self, other: &Period) -> Option<Period> {
        let from = self.from.max(other.from);
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        until
            .is_none_or(|until| from < until)
            .then_some(Period { from, until })
    }
}

/// Times of day, half-open. `from > to` runs past midnight and belongs to the day it begins on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hours {
    /// First minute inside.
    pub from: MinuteOfDay,
    /// First minute after; never equal to `from`.
    pub to: MinuteOfDay,
}

/// One line of `when`: any of these days, at any of these hours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct When {
    /// Any of these days; empty means every day (`每日`).
    pub days: Vec<DaySelector>,
    /// Any of these hours; empty means the whole day.
    pub hours: Vec<Hours>,
}
