//! kill -9 on a real process with a real SQLite store, in the middle of its work.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::time::Duration;

use ledger::given::{SystemChance, SystemClock};
use ledger::log::Log;
use ledger::memory::Memory;
use ledger::name::RequestId;
use ledger::sqlite::Sqlite;
use ledger::store::Read as _;
use ledger::{Ledger, Limits, Turn, Writer};

use super::{Dice, known, signer};
use crate::places::{Booking, Command, Places, Slot, item, key, of_slot, origin};

const CLIENTS: u32 = 4;
/// Requests of the round before that each client sends again, as people do who had no answer.
const AGAIN: u32 = 200;
const PLACES: u32 = 500;

/// What client `client` commands as its `n`th in a round: the same whenever it is asked for.
fn wish(round: u32, client: u32, n: u32) -> (u128, Command) {
    let request = (u128::from(round) << 64) | (u128::from(client) << 32) | u128::from(n);
    let slot = key(&format!("s{round}-{}", n / 300));
    (
        request,
        Command::Book {
            slot,
            person: key(&format!("p{client}-{n}")),
        },
    )
}

/// The child: serves its clients and prints each acknowledgement, until it is killed.
pub fn child(folder: &Path, round: u32) -> ! {
    let store = Sqlite::open(&folder.join("ledger.db")).unwrap();
    let mut writer = Writer::new(store, SystemClock, SystemChance, signer()).unwrap();
    let mut turn = Turn::new();
    for n in 0..200_u32 {
        let open = Command::Open {
            slot: key(&format!("s{round}-{n}")),
            places: PLACES,
        };
        drop(
            turn.command(
                origin(
                    (u128::from(round) << 64) | (1 << 60) | u128::from(n),
                    "office",
                ),
                Places,
                open,
            )
            .unwrap(),
        );
    }
    writer.turn(turn).unwrap();
    let (ledger, _running) = Ledger::start(writer, Limits::default()).unwrap();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let ledger = ledger.clone();
            std::thread::spawn(move || {
                let earlier =
                    (0..if round > 0 { AGAIN } else { 0 }).map(|n| wish(round - 1, client, n));
                for (request, command) in earlier.chain((0..).map(|n| wish(round, client, n))) {
                    if let Ok(done) = ledger
                        .submit(origin(request, "p"), Places, command)
                        .unwrap()
                        .wait()
                    {
                        // One write, so that a kill cannot mix two lines.
                        let line = format!("{request} {}\n", done.sequence);
                        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                    }
                }
            })
        })
        .collect();
    clients
        .into_iter()
        .for_each(|client| client.join().unwrap());
    std::process::exit(0)
}

/// Rounds of a child that is killed at a random moment. Gives how many commands were acknowledged.
///
/// # Panics
/// When an acknowledged command is missing, one was carried out twice, or a slot is oversold.
pub fn kill(seed: u64, rounds: u32, start: impl Fn(&Path, u32) -> Process) -> usize {
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged: HashMap<u128, u64> = HashMap::new();
    for round in 0..rounds {
        let mut child = start(folder.path(), round)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reader = std::thread::spawn(move || {
            let mut seen = Vec::new();
            while let Some(Ok(line)) = lines.next() {
                let parsed = line.split_once(' ').and_then(|(request, sequence)| {
                    Some((request.parse().ok()?, sequence.parse().ok()?))
                });
                seen.extend(parsed);
            }
            seen
        });
        std::thread::sleep(Duration::from_millis(60 + dice.below(250)));
        child.kill().unwrap();
        child.wait().unwrap();
        for (request, sequence) in reader.join().unwrap() {
            let before = acknowledged.insert(request, sequence);
            assert!(
                before.is_none_or(|before| before == sequence),
                "request {request} was answered twice, as {before:?} and {sequence}"
            );
        }
        check(folder.path(), round, &acknowledged);
    }
    acknowledged.len()
}

/// All that was acknowledged is there, once; no slot is oversold; every receipt verifies.
fn check(folder: &Path, rounds: u32, acknowledged: &HashMap<u128, u64>) {
    let store = Sqlite::open(&folder.join("ledger.db")).unwrap();
    let writer = Writer::new(store, SystemClock, SystemChance, signer()).unwrap();
    let store = writer.store();
    let head = store.head().unwrap();
    for (request, sequence) in acknowledged {
        assert_eq!(
            store.request(RequestId(request.to_be_bytes())).unwrap(),
            Some(*sequence),
            "request {request} was acknowledged"
        );
    }
    // Replaying refuses a request that comes twice and a place that is taken twice.
    let replayed = Memory::replay(
        store.leaves(0, usize::MAX).unwrap(),
        head.checkpoint.clone(),
    )
    .unwrap();
    for (id, item) in &replayed.state().items {
        assert_eq!(store.item(id).unwrap().as_ref(), Some(item));
    }
    for sequence in (0..head.size).step_by(97) {
        Log(store)
            .receipt(sequence)
            .unwrap()
            .unwrap()
            .verify(&known())
            .unwrap();
    }
    for slot in (0..=rounds).flat_map(|round| (0..200).map(move |n| key(&format!("s{round}-{n}"))))
    {
        let Some(row) = store.item(&item::<Slot>(&slot)).unwrap() else {
            continue;
        };
        let row: Slot = row.read().unwrap();
        let bookings = store.find(&of_slot(&slot), None, 10_000).unwrap();
        let mut people: Vec<_> = bookings
            .iter()
            .map(|item| item.read::<Booking>().unwrap().person)
            .collect();
        people.sort();
        people.dedup();
        assert_eq!(
            (row.taken as usize, bookings.len()),
            (people.len(), people.len())
        );
        assert!(row.taken <= PLACES, "{slot} is oversold");
    }
}
