//! Where pages take the time from: the one clock of the server.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};

/// A source of the current time.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// Real time, moved by this much: a demo city's clock starts in its own past and runs on.
    Running(SignedDuration),
    /// Always the same instant.
    Still(Timestamp),
}

impl Clock {
    /// Real time.
    pub fn real() -> Clock {
        Clock::Running(SignedDuration::ZERO)
    }

    /// A clock that shows `start` now and runs on from there.
    pub fn starting_at(start: Timestamp) -> Clock {
        Clock::Running(start.duration_since(Timestamp::now()))
    }

    /// Whether it shows the real time.
    pub fn is_real(&self) -> bool {
        matches!(self, Clock::Running(shift) if shift.is_zero())
    }

    /// The same clock, unless it shows an earlier time than this: then one that runs on from it. A demo city's clock starts
    /// anew with its server, and what its ledger has seen is not undone by that.
    pub fn not_before(self, at: Timestamp) -> Clock {
        match self {
            Clock::Running(_) if self.now() < at => Clock::starting_at(at),
            other => other,
        }
    }

    /// The instant it shows, to the millisecond that has begun. The ledger keeps milliseconds: an instant told to it with more
    /// digits could lie after the one that it writes, and be refused as yet to come.
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::Running(shift) => {
                let exact = Timestamp::now().checked_add(*shift);
                let begun = TimestampRound::new()
                    .smallest(Unit::Millisecond)
                    .mode(RoundMode::Floor);
                exact
                    .and_then(|exact| exact.round(begun))
                    .unwrap_or(Timestamp::MAX)
            }
            Clock::Still(at) => *at,
        }
    }

    /// The civil time it shows in `zone`, to the second.
    pub fn civil(&self, zone: &TimeZone) -> DateTime {
        let now = zone.to_datetime(self.now());
        now.with().subsec_nanosecond(0).build().unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use jiff::{SignedDuration, Timestamp, Unit};

    /// What somebody does is told with the page's time and written with the ledger's, which is rounded to milliseconds.
    #[test]
    fn what_is_told_is_never_after_what_the_ledger_writes() {
        for start in [
            "2022-01-08T00:30:00.000999999Z",
            "1969-12-31T23:59:59.9999Z",
        ] {
            let start: Timestamp = start.parse().expect("a time");
            let clock = Clock::starting_at(start);
            for _ in 0..20_000 {
                let told = clock.now();
                let written = Timestamp::now()
                    .checked_add(match clock {
                        Clock::Running(shift) => shift,
                        Clock::Still(_) => SignedDuration::ZERO,
                    })
                    .and_then(|exact| exact.round(Unit::Millisecond))
                    .expect("a time of these years");
                assert!(told <= written, "{told} is after {written}");
                assert_eq!(told.subsec_nanosecond() % 1_000_000, 0);
            }
        }
    }
}
