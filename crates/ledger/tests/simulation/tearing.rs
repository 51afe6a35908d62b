//! Power cuts on the real SQLite store. Between two synchronisations a disk may have kept any of the sectors written, in
//! any order; so we take the files before and after a turn, mix them, and open the mixture.

use std::path::Path;

use ledger::given::SystemClock;
use ledger::log::Log;
use ledger::sqlite::Sqlite;
use ledger::store::Read as _;
use ledger::{Turn, Writer};

use super::{Dice, known, signer};
use crate::places::{Command, Places, key, origin};

const SECTOR: usize = 512;

/// The database and its write-ahead log.
#[derive(Clone, PartialEq, Eq)]
struct Files {
    database: Vec<u8>,
    log: Vec<u8>,
}

impl Files {
    fn of(folder: &Path) -> Self {
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap_or_default();
        Self {
            database: read("ledger.db"),
            log: read("ledger.db-wal"),
        }
    }

    fn put(&self, folder: &Path) {
        std::fs::write(folder.join("ledger.db"), &self.database).unwrap();
        std::fs::write(folder.join("ledger.db-wal"), &self.log).unwrap();
    }
}

/// Turns under a seed, each with some power cuts. Gives how many cuts lost the turn and how many kept it.
///
/// # Panics
/// When a cut loses what was acknowledged, keeps part of a turn, or leaves a damaged store.
pub fn tear(seed: u64, turns: u32) -> (u32, u32) {
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut writer = Writer::new(
        Sqlite::open(&path).unwrap(),
        SystemClock,
        Dice::new(seed),
        signer(),
    )
    .unwrap();
    let (mut lost, mut kept) = (0, 0);
    for request in 0..turns {
        let before = (
            Files::of(folder.path()),
            writer.store().head().unwrap().size,
        );
        let copied_back = dice.one_in(4);
        if copied_back {
            // The write-ahead log goes into the database: pages are written in place.
            let connection = rusqlite::Connection::open(&path).unwrap();
            connection
                .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
                .unwrap();
        } else {
            let mut turn = Turn::new();
            for n in 0..1 + dice.below(30) {
                let slot = key(&format!("s{}", dice.below(5)));
                let person = key(&format!("p{}", dice.below(1_000)));
                let command = if n % 10 == 0 {
                    Command::Open {
                        slot,
                        places: 1_000,
                    }
                } else {
                    Command::Book { slot, person }
                };
                drop(
                    turn.command(
                        origin(u128::from(request) << 32 | u128::from(n), "p"),
                        Places,
                        command,
                    )
                    .unwrap(),
                );
            }
            writer.turn(turn).unwrap();
        }
        let after = (
            Files::of(folder.path()),
            writer.store().head().unwrap().size,
        );
        for _ in 0..3 {
            // While pages go into the database, the log that they come from is whole.
            let cut = if copied_back {
                Files {
                    database: mixed(&before.0.database, &after.0.database, &mut dice),
                    log: after.0.log.clone(),
                }
            } else {
                assert!(
                    before.0.database == after.0.database || before.1 == 0,
                    "a turn writes only to the log"
                );
                Files {
                    database: after.0.database.clone(),
                    log: mixed(&before.0.log, &after.0.log, &mut dice),
                }
            };
            let size = size_after(&cut);
            assert!(
                size == before.1 || size == after.1,
                "{size} entries, neither {} nor {}",
                before.1,
                after.1
            );
            if size == after.1 {
                kept += 1
            } else {
                lost += 1
            }
        }
    }
    (lost, kept)
}

/// Each sector as it was or as it became, and cut off somewhere behind what was there before.
fn mixed(before: &[u8], after: &[u8], dice: &mut Dice) -> Vec<u8> {
    // Half the cuts come at the very end, when all is on the disk but the tail.
    let late = dice.one_in(2);
    let mut bytes = before.to_vec();
    bytes.resize(before.len().max(after.len()), 0);
    let sectors = after.len().div_ceil(SECTOR);
    for (n, sector) in after.chunks(SECTOR).enumerate() {
        let reached = if late {
            n + 3 < sectors || dice.one_in(2)
        } else {
            dice.one_in(2)
        };
        if reached {
            bytes[n * SECTOR..][..sector.len()].copy_from_slice(sector);
        }
    }
    let grown = after.len().saturating_sub(before.len()) as u64;
    if dice.one_in(2) {
        bytes.truncate(bytes.len() - dice.below(grown + 1) as usize);
    }
    bytes
}

/// Opens the files as after a power cut, checks everything and counts the entries.
fn size_after(cut: &Files) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    cut.put(folder.path());
    let path = folder.path().join("ledger.db");
    let writer = Writer::new(
        Sqlite::open(&path).unwrap(),
        SystemClock,
        Dice::new(0),
        signer(),
    )
    .unwrap();
    let sound: String = rusqlite::Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    let size = writer.store().head().unwrap().size;
    if let Some(last) = size.checked_sub(1) {
        for sequence in [0, last / 2, last] {
            Log(writer.store())
                .receipt(sequence)
                .unwrap()
                .unwrap()
                .verify(&known())
                .unwrap();
        }
    }
    size
}
