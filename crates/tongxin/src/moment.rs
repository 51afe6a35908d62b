//! Instants as people write them, in the city's civil time.

use crate::fault::Fault;
use city::City;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use std::sync::Arc;

/// Reads what a notice may write (`2022-01-06T10:00`, an offset, `24:00`), a space instead of `T`, or a date alone.
pub fn read(text: &str, city: &City) -> Result<DateTime, Fault> {
    let text = text.trim();
    if let Ok(day) = text.parse::<Date>()
        && text.len() == 10
    {
        return Ok(day.to_datetime(Time::midnight()));
    }
    let written: Arc<str> = text.replacen(' ', "T", 1).into();
    notice::read_moment(city.context(), "--at", written).map_err(|_| Fault::Time(text.to_owned()))
}

/// The instant a question is about when none is said: the demo city's clock, else now.
pub fn default(city: &City) -> DateTime {
    city.clock
        .unwrap_or_else(|| city.zone.to_datetime(Timestamp::now()))
}
