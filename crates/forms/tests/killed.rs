//! A process that takes bookings is killed ten times under load. `make soak` kills it a thousand times.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod killing;

use std::path::Path;
use std::process::Command;

#[test]
fn ten_kills_lose_no_acknowledged_booking_and_oversell_no_slot() {
    let seed = jiff::Timestamp::now().as_second() as u64;
    let rounds = std::panic::catch_unwind(|| {
        killing::kill(seed, 10, |folder: &Path, seed: u64, round: u64| {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args([
                "--ignored",
                "--exact",
                "the_child_that_is_killed",
                "--nocapture",
            ]);
            child.env("BOOKING_KILLED", folder);
            child.env("BOOKING_ROUND", format!("{seed} {round}"));
            child
        })
    });
    let acknowledged = rounds.unwrap_or_else(|_| {
        panic!(
            "seed {seed} fails: cargo run -p tongxin-forms --example booking_kills -- --seed {seed}"
        )
    });
    println!("seed {seed}: 10 kills after {acknowledged} acknowledged commands");
    assert!(
        acknowledged > 100,
        "only {acknowledged} were acknowledged before the kills (seed {seed})"
    );
}

/// Not a test of its own: started by the one above.
#[test]
#[ignore = "started by ten_kills_lose_no_acknowledged_booking_and_oversell_no_slot"]
fn the_child_that_is_killed() {
    if let Some(folder) = std::env::var_os("BOOKING_KILLED") {
        let given = std::env::var("BOOKING_ROUND").unwrap();
        let (seed, round) = given.split_once(' ').unwrap();
        killing::child(
            Path::new(&folder),
            seed.parse().unwrap(),
            round.parse().unwrap(),
        );
    }
}
