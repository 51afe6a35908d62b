//! The draw as its file shows it: drawn again by another program, changed anywhere, made to hurt.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod changed;
mod hostile;
mod redone;
mod sample;
mod stages;
