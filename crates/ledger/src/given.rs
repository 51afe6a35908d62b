//! Time and chance: given to the ledger, never taken by it.

use jiff::Timestamp;

/// Whoever tells the time.
pub trait Clock: Send {
    /// Now.
    fn now(&mut self) -> Timestamp;
}

/// Whoever gives chance.
pub trait Chance: Send {
    /// 32 bytes that nobody can guess; nothing if there are none to be had.
    fn bytes(&mut self) -> Option<[u8; 32]>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&mut self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn bytes(&mut self) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok().map(|()| bytes)
    }
}
