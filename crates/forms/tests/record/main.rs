//! Certificates and the commended: what is refused, that hours checked and hours granted stay apart, files that other
//! programs check, and lists that anybody redoes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod commended;
mod credential;
mod house;
mod issuing;
mod paper;
