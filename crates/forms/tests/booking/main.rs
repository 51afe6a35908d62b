//! Booking: random commands and views against a plain model, a crowd at one place, draws carried out, every refusal's words,
//! tickets at doors, and calendars as another library reads them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod asking;
mod beacon;
mod commands;
mod counting;
mod crowd;
mod drawing;
mod feed;
mod feedback;
mod house;
mod messages;
mod model;
mod random;
mod sentences;
mod staff;
mod stories;
mod ticket;
mod views;
mod withdrawn;
