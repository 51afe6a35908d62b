//! Simulated lives, power cuts and kills for as long as given, each under a new seed; the seed of a failure is printed.
//!
//!     cargo run --release -p tongxin-ledger --example soak -- [--minutes 10] [--seed N]

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure is a panic, and its seed is printed"
)]

#[path = "../tests/places/mod.rs"]
mod places;
#[path = "../tests/simulation/mod.rs"]
mod simulation;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use simulation::{Crashes, killing, live, tearing};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [child, folder, round] = &arguments[..]
        && child == "child"
    {
        killing::child(&PathBuf::from(folder), round.parse().unwrap());
    }
    let value = |name: &str| {
        arguments
            .iter()
            .position(|a| a == name)
            .map(|at| arguments[at + 1].parse::<f64>().unwrap())
    };
    let until = Instant::now() + Duration::from_secs_f64(60.0 * value("--minutes").unwrap_or(10.0));
    let first = value("--seed").map_or_else(
        || jiff::Timestamp::now().as_second() as u64 * 1_000,
        |seed| seed as u64,
    );
    let (mut lives, mut crashes, mut cuts, mut kills, mut acknowledged) =
        (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for seed in first.. {
        let survived = std::panic::catch_unwind(|| {
            let life = live(seed, 200, Crashes::Often);
            // A life is cheap, a kill is not.
            let torn = if seed % 10 == 0 {
                tearing::tear(seed, 20)
            } else {
                (0, 0)
            };
            let killed = if seed % 40 == 0 {
                killing::kill(seed, 10, start)
            } else {
                0
            };
            (life, torn, killed)
        });
        let Ok((life, torn, killed)) = survived else {
            eprintln!("seed {seed} fails: run it again with --seed {seed}");
            return ExitCode::FAILURE;
        };
        lives += 1;
        crashes += u64::from(life.crashes);
        cuts += u64::from(torn.0 + torn.1);
        kills += if seed % 40 == 0 { 10 } else { 0 };
        acknowledged += killed as u64;
        if Instant::now() >= until || value("--seed").is_some() {
            break;
        }
    }
    println!(
        "{lives} lives with {crashes} crashes, {cuts} power cuts, {kills} kills after {acknowledged} acknowledged commands: nothing lost, nothing twice"
    );
    ExitCode::SUCCESS
}

fn start(folder: &Path, round: u32) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.arg("child").arg(folder).arg(round.to_string());
    child
}
