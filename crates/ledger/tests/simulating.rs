//! A few lives of a simulated ledger. `make soak` runs as many as time allows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod places;
mod simulation;

use simulation::{Crashes, live};

#[test]
fn lives_with_many_crashes() {
    let mut crashes = 0;
    for seed in 0..30 {
        let life = std::panic::catch_unwind(|| live(seed, 40, Crashes::Often))
            .unwrap_or_else(|_| panic!("seed {seed}"));
        crashes += life.crashes;
    }
    assert!(
        crashes > 30,
        "only {crashes} crashes: the simulation has become too gentle"
    );
}

#[test]
fn a_crash_at_every_single_write() {
    let uncrashed = live(7, 20, Crashes::At(u64::MAX));
    assert!(
        uncrashed.entries > 20 && uncrashed.operations > 20,
        "{uncrashed:?}"
    );
    for operation in 1..=uncrashed.operations {
        let life = std::panic::catch_unwind(|| live(7, 20, Crashes::At(operation)));
        let life = life.unwrap_or_else(|_| panic!("seed 7, crash at operation {operation}"));
        assert_eq!(life.crashes, 1);
    }
}

#[test]
fn the_same_seed_lives_the_same_life() {
    assert_eq!(live(11, 40, Crashes::Often), live(11, 40, Crashes::Often));
    assert_ne!(live(11, 40, Crashes::Often), live(12, 40, Crashes::Often));
}
