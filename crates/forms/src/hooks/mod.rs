//! Subscriptions: an office has programs of others told of what everybody may know.
//!
//! A [`Hook`] is an address with the [`Kind`]s of events it is told of. [`SetHook`] is how its office makes, changes, pauses,
//! resumes, renews and ends it; [`StopHook`] is how the house ends or stops one that cannot be reached. [`events::of`] reads the
//! events out of an entry. `docs/webhooks.md` tells the whole.

pub mod events;
mod refusal;
mod rows;
mod set;
mod stop;

pub use events::{Event, Kind};
pub use refusal::Refused;
pub use rows::{Address, BadAddress, Hook, Standing, hooks_of, live};
pub use set::{HOOKS_MAX, Order, SetHook, Setting};
pub use stop::{HOUSE, StopHook, Stopping, Why};

#[cfg(test)]
mod tests;
