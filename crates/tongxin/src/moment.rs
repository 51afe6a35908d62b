//! Instants as people write them, in the city's civil time.

use crate::fault::Fault;
use city::City;
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};

/// Reads `2022-01-06T10:00`, with a space instead of `T`, with seconds, with an offset, `24:00`, or a date alone.
pub fn read(text: &str, city: &City) -> Result<DateTime, Fault> {
    let text = text.trim();
    let wrong = || Fault::Time(text.to_owned());
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(city.zone.to_datetime(instant));
    }
    if let Some(day) = text
        .strip_suffix("24:00")
        .map(|day| day.trim_end_matches(['T', ' ']))
    {
        let day: Date = day.parse().map_err(|_| wrong())?;
        let next = day.checked_add(1.day()).map_err(|_| wrong())?;
        return Ok(next.to_datetime(jiff::civil::Time::midnight()));
    }
    text.parse::<DateTime>().map_err(|_| wrong())
}

/// The instant a question is about when none is said: the demo city's clock, else now.
pub fn default(city: &City) -> DateTime {
    city.clock
        .unwrap_or_else(|| city.zone.to_datetime(Timestamp::now()))
}
