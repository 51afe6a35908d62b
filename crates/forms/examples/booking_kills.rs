//! Kills a process that takes bookings, again and again, and holds what is left to what it had acknowledged. Ten kills a
//! ledger, each ledger under a new seed; the seed of a failure is printed.
//!
//!     cargo run --release -p tongxin-forms --example booking_kills -- [--rounds 1000] [--seed N]

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure is a panic, and its seed is printed"
)]

#[path = "../tests/killing/mod.rs"]
mod killing;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

const A_LEDGER: u64 = 10;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [child, folder, seed, round] = &arguments[..]
        && child == "child"
    {
        killing::child(
            Path::new(folder),
            seed.parse().unwrap(),
            round.parse().unwrap(),
        );
    }
    let value = |name: &str| {
        let at = arguments.iter().position(|a| a == name)?;
        Some(arguments[at + 1].parse::<u64>().expect("a number"))
    };
    let (given, began) = (value("--seed"), Instant::now());
    let rounds = value("--rounds").unwrap_or(if given.is_some() { A_LEDGER } else { 1_000 });
    let first = given.unwrap_or_else(|| jiff::Timestamp::now().as_second() as u64);
    println!("seeds from {first} on");
    let (mut kills, mut acknowledged) = (0, 0);
    for seed in first.. {
        if kills >= rounds {
            break;
        }
        let some = A_LEDGER.min(rounds - kills);
        let Ok(told) = std::panic::catch_unwind(|| killing::kill(seed, some, start)) else {
            eprintln!("seed {seed} fails: run it again with --seed {seed}");
            return ExitCode::FAILURE;
        };
        kills += some;
        acknowledged += told;
    }
    println!(
        "{kills} kills after {acknowledged} acknowledged commands in {} s: no booking lost, no slot oversold",
        began.elapsed().as_secs()
    );
    ExitCode::SUCCESS
}

fn start(folder: &Path, seed: u64, round: u64) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .arg("child")
        .arg(folder)
        .arg(seed.to_string())
        .arg(round.to_string());
    child
}
