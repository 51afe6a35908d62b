//! Booking: random commands and views against a plain model, a crowd at one place, draws carried out, and every
//! refusal's words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod commands;
mod counting;
mod crowd;
mod house;
mod model;
mod random;
mod sentences;
mod stories;
mod views;
