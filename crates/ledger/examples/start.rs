//! How long a ledger takes to start, and a receipt to be made, as it grows: entries by the ordinary writer, in SQLite.
//!
//!     cargo run --release -p tongxin-ledger --example start -- [--entries 10000000] [--folder .]
//!
//! Ten million take some ten minutes and 20 GB. After each tenfold the ledger is closed and opened again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that fails says where"
)]

#[path = "../tests/places/mod.rs"]
mod places;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ledger::given::{SystemChance, SystemClock};
use ledger::log::Log;
use ledger::note::Signer;
use ledger::sqlite::{Sqlite, SqliteReader};
use ledger::{Turn, Writer};
use places::{Command, Places, key, origin};

/// Commands of one turn.
const TURN: u64 = 4_096;
/// Places of a slot.
const PLACES: u64 = 1_000;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|a| a == name)?;
        Some(arguments[at + 1].clone())
    };
    let wanted: u64 = value("--entries").map_or(10_000_000, |n| n.parse().unwrap());
    let folder = value("--folder").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let folder = tempfile::tempdir_in(folder).unwrap();
    let path = folder.path().join("ledger.db");
    println!(
        "{:>12} {:>12} {:>10} {:>14} {:>14} {:>10}",
        "entries", "file MB", "start ms", "receipt p50 µs", "receipt p99 µs", "hashes"
    );
    let mut size = 0;
    let mut next = wanted.min(10_000);
    while size < wanted {
        size = grow(&path, size, next);
        report(&path, size);
        next = (next * 10).min(wanted);
    }
}

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

fn open(path: &Path) -> Writer<Sqlite> {
    Writer::new(
        Sqlite::open(path).unwrap(),
        SystemClock,
        SystemChance,
        signer(),
    )
    .unwrap()
}

/// Commands until there are so many entries.
fn grow(path: &Path, from: u64, to: u64) -> u64 {
    let mut writer = open(path);
    for first in (from..to).step_by(TURN as usize) {
        let mut turn = Turn::new();
        for n in first..(first + TURN).min(to) {
            // The first of a slot opens it, the others book in it.
            let (slot, person) = (key(&format!("s{:06}", n / PLACES)), n % PLACES);
            let command = match person {
                0 => Command::Open {
                    slot,
                    places: PLACES as u32,
                },
                _ => Command::Book {
                    slot,
                    person: key(&format!("p{person}")),
                },
            };
            drop(
                turn.command(origin(u128::from(n), "p"), Places, command)
                    .unwrap(),
            );
        }
        writer.turn(turn).unwrap();
    }
    to
}

fn report(path: &Path, size: u64) {
    let began = Instant::now();
    let writer = open(path);
    let start = began.elapsed();
    drop(writer);
    let reader = SqliteReader::open(path).unwrap();
    let (mut waits, mut hashes) = (Vec::<Duration>::new(), 0);
    for n in 0..2_000_u64 {
        let index = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % size;
        let began = Instant::now();
        let receipt = Log(&reader).receipt(index).unwrap().unwrap();
        waits.push(began.elapsed());
        hashes = hashes.max(receipt.proof.len());
    }
    waits.sort_unstable();
    println!(
        "{size:>12} {:>12} {:>10.1} {:>14.0} {:>14.0} {hashes:>10}",
        std::fs::metadata(path).unwrap().len() >> 20,
        start.as_secs_f64() * 1e3,
        waits[1_000].as_secs_f64() * 1e6,
        waits[1_980].as_secs_f64() * 1e6
    );
}
