//! The real SQLite store under power cuts and kill -9. `make soak` does many more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod places;
mod simulation;

use std::path::{Path, PathBuf};
use std::process::Command;

use simulation::{killing, tearing};

#[test]
fn power_cuts_leave_whole_turns() {
    let (mut lost, mut kept) = (0, 0);
    for seed in 0..4 {
        let torn = std::panic::catch_unwind(|| tearing::tear(seed, 20))
            .unwrap_or_else(|_| panic!("seed {seed}"));
        lost += torn.0;
        kept += torn.1;
    }
    assert!(
        lost > 20 && kept > 20,
        "{lost} lost, {kept} kept: the cuts have become too gentle or too hard"
    );
}

#[test]
fn a_killed_process_loses_nothing_it_has_acknowledged() {
    let acknowledged = killing::kill(1, 4, |folder: &Path, round: u32| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args([
            "--ignored",
            "--exact",
            "the_child_that_is_killed",
            "--nocapture",
        ]);
        child
            .env("LEDGER_KILLED", folder)
            .env("LEDGER_ROUND", round.to_string());
        child
    });
    assert!(
        acknowledged > 20,
        "only {acknowledged} were acknowledged before the kills"
    );
}

/// Not a test of its own: started by the one above.
#[test]
#[ignore = "started by a_killed_process_loses_nothing_it_has_acknowledged"]
fn the_child_that_is_killed() {
    if let Some(folder) = std::env::var_os("LEDGER_KILLED") {
        let round = std::env::var("LEDGER_ROUND").unwrap().parse().unwrap();
        killing::child(&PathBuf::from(folder), round);
    }
}
