//! The forms of public work: pure deciders over the ledger.
//!
//! A form takes the present state, a command and the time, and says what changes or why not. It knows no store, no clock
//! and no page; the ledger's one writer calls it.

pub mod booking;
pub mod draw;
pub mod hooks;
pub mod menu;
pub mod messages;
pub mod people;
pub mod publish;
pub mod record;
pub mod season;
