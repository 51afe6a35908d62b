//! Workdays and holidays, and days of recurrence rules.

use jiff::civil::Date;
use notice::DaySelector;

/// The city's calendar: public holidays and make-up workdays of known years; other days follow the weekday.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    // private
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
    pub fn kind(&self, _date: Date) -> DayKind {
        todo!()
    }

    /// Name of the festival a day belongs to, if any.
    pub fn festival(&self, _date: Date) -> Option<&str> {
        todo!()
    }

    /// First and last day that the data cover.
    pub fn covers(&self) -> Option<(Date, Date)> {
        todo!()
    }

    /// Whether the selector picks `date`. Recurrences are bounded in work.
    pub fn picks(&self, _selector: &DaySelector, _date: Date) -> bool {
        todo!()
    }

    /// Every day in `from..until` that a recurrence picks, ascending; bounded in work.
    pub fn recurring(
        &self,
        _recurrence: &notice::condition::Recurrence,
        _from: Date,
        _until: Date,
    ) -> Vec<Date> {
        todo!()
    }
}
