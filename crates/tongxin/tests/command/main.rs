//! The real command: what it prints, its exit codes, and what it does with wrong input.
//!
//! Each test that compares with a file of `golden/` writes that file anew with `UPDATE_EXPECTED=1`.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod appoint;
mod ask;
mod bench;
mod check;
mod data;
mod database;
mod demo;
mod diff;
mod documented;
mod draw;
mod hooks;
mod import;
mod interview;
mod ledgers;
mod mail;
mod publish;
mod replay;
mod run;
mod serve;
mod tables;
mod verify;
mod wrong;
