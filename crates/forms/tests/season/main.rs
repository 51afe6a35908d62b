//! A theme season: licences against a plain list of them, sales and their corrections, who may do what, and every refusal.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod house;
mod licences;
mod results;
mod sales;
mod sentences;
