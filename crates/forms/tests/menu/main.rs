//! Wishes: random lives answered by the ledger and by a plain list, and the timetable that the demo city's menu gives.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod demo;
mod house;
mod small;
mod wishes;
