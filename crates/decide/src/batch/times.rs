//! Instants, reduced to slots: a day and a stretch of it within which nothing begins or ends.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// No instant, or one outside the years 1900–2199: no question can be asked.
pub(super) const NO_SLOT: u32 = u32::MAX;

const DAY_SECONDS: i64 = 86_400;
/// 1900-01-01 and 2200-01-01, in days from 1970-01-01.
const FIRST_DAY: i64 = -25_567;
const END_DAY: i64 = 84_006;

/// From instants to slots.
pub(super) struct Slots {
    zone: TimeZone,
    /// A stretch of time with one UTC offset: first second, end, offset in seconds.
    offset: (i64, i64, i64),
    /// Seconds of the day at which a stretch begins, ascending from 0.
    boundaries: Vec<u32>,
    /// The stretch each minute of the day lies in; empty if some boundary is within a minute.
    by_minute: Vec<u32>,
    /// By day since [`FIRST_DAY`]: its number among the days met so far, plus one; 0 if not met.
    days: Vec<u32>,
    met: u32,
}

impl Slots {
    pub fn new(zone: TimeZone, boundaries: Vec<u32>) -> Self {
        let whole = boundaries.iter().all(|second| second % 60 == 0);
        let stretch = |second: u32| boundaries.partition_point(|from| *from <= second) as u32 - 1;
        let by_minute = if whole {
            (0..1440).map(|minute| stretch(minute * 60)).collect()
        } else {
            Vec::new()
        };
        Slots {
            zone,
            offset: (0, 0, 0),
            by_minute,
            boundaries,
            days: vec![0; (END_DAY - FIRST_DAY) as usize],
            met: 0,
        }
    }

    /// The slot of an instant in seconds since 1970-01-01T00:00Z.
    pub fn slot(&mut self, epoch_seconds: i64) -> u32 {
        if !(self.offset.0..self.offset.1).contains(&epoch_seconds)
            && !self.find_offset(epoch_seconds)
        {
            return NO_SLOT;
        }
        let local = epoch_seconds + self.offset.2 - FIRST_DAY * DAY_SECONDS;
        let Ok(local) = u64::try_from(local) else {
            return NO_SLOT;
        };
        let (day, second) = (
            local / DAY_SECONDS as u64,
            (local % DAY_SECONDS as u64) as u32,
        );
        let Some(number) = self.days.get_mut(day as usize) else {
            return NO_SLOT;
        };
        if *number == 0 {
            self.met += 1;
            *number = self.met;
        }
        let stretch = match self.by_minute.get((second / 60) as usize) {
            Some(stretch) => *stretch,
            None => self.boundaries.partition_point(|from| *from <= second) as u32 - 1,
        };
        (*number - 1) * self.boundaries.len() as u32 + stretch
    }

    /// Finds the UTC offset that holds around an instant; false if the instant is out of range.
    fn find_offset(&mut self, epoch_seconds: i64) -> bool {
        let Ok(at) = Timestamp::from_second(epoch_seconds) else {
            return false;
        };
        // The latest change at or before this instant, and the first one after it.
        let next =
            Timestamp::from_second(epoch_seconds.saturating_add(1)).unwrap_or(Timestamp::MAX);
        let from = self.zone.preceding(next).next();
        let until = self.zone.following(at).next();
        self.offset = (
            from.map_or(i64::MIN, |change| change.timestamp().as_second()),
            until.map_or(i64::MAX, |change| change.timestamp().as_second()),
            i64::from(self.zone.to_offset(at).seconds()),
        );
        true
    }

    /// The civil time of an instant whose slot is known.
    pub fn civil(&self, epoch_seconds: i64) -> Option<DateTime> {
        let at = Timestamp::from_second(epoch_seconds).ok()?;
        Some(self.zone.to_datetime(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("an instant").as_second()
    }

    #[test]
    fn a_slot_is_a_day_and_a_stretch_of_it() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let mut slots = Slots::new(zone, vec![0, 7 * 3600, 20 * 3600]);
        let night = slots.slot(seconds("2022-01-06T06:59:59+08:00"));
        let day = slots.slot(seconds("2022-01-06T07:00:00+08:00"));
        assert_eq!((night, day), (0, 1));
        assert_eq!(slots.slot(seconds("2022-01-06T19:59:59+08:00")), day);
        assert_eq!(slots.slot(seconds("2022-01-06T20:00:00+08:00")), 2);
        assert_eq!(slots.slot(seconds("2022-01-07T00:00:00+08:00")), 3);
    }

    #[test]
    fn boundaries_within_a_minute_hold_to_the_second() {
        let mut slots = Slots::new(TimeZone::UTC, vec![0, 30]);
        assert_eq!(slots.slot(29), 0);
        assert_eq!(slots.slot(30), 1);
    }

    #[test]
    fn offsets_change_with_the_zone() {
        // China kept summer time in 1986: the day began an hour earlier in UTC.
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        for text in [
            "1986-07-01T00:00:00+09:00",
            "1986-12-01T00:00:00+08:00",
            "2022-01-06T00:00:00+08:00",
            "1986-07-01T00:00:01+09:00",
        ] {
            let mut slots = Slots::new(zone.clone(), vec![0]);
            let before = slots.slot(seconds(text) - 10);
            assert_eq!((before, slots.slot(seconds(text))), (0, 1), "{text}");
        }
    }

    #[test]
    fn instants_out_of_range_have_no_slot() {
        let mut slots = Slots::new(TimeZone::UTC, vec![0]);
        for second in [i64::MIN, i64::MAX, -10_000_000_000, 10_000_000_000] {
            assert_eq!(slots.slot(second), NO_SLOT, "{second}");
        }
        assert_eq!(slots.slot(0), 0);
    }
}
