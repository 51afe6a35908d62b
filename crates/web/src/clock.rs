//! Where pages take the time from: the one clock of the server.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

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

    /// The same clock, unless it shows an earlier time than this: then one that runs on from it. A demo city's clock starts
    /// anew with its server, and what its ledger has seen is not undone by that.
    pub fn not_before(self, at: Timestamp) -> Clock {
        match self {
            Clock::Running(_) if self.now() < at => Clock::starting_at(at),
            other => other,
        }
    }

    /// The instant it shows.
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::Running(shift) => Timestamp::now()
                .checked_add(*shift)
                .unwrap_or(Timestamp::MAX),
            Clock::Still(at) => *at,
        }
    }

    /// The civil time it shows in `zone`, to the second.
    pub fn civil(&self, zone: &TimeZone) -> DateTime {
        let now = zone.to_datetime(self.now());
        now.with().subsec_nanosecond(0).build().unwrap_or(now)
    }
}
