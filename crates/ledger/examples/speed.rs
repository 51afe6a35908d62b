//! Acknowledged commands a second with durability on, and how long each waits.
//!
//!     cargo run --release -p tongxin-ledger --example speed -- [--seconds 1] [--folder .] [--clients 1,16,64,256] [--slots 1,1000]
//!
//! The processor's time is of one command, in user programs and in the system, writer and clients together.
//!
//! Each client gives a command, waits until it is durable, and gives the next. All book places in slots large enough never
//! to be full, each for another person.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that fails says where"
)]

#[path = "../tests/places/mod.rs"]
mod places;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ledger::given::{Chance as _, SystemChance, SystemClock};
use ledger::name::RequestId;
use ledger::note::Signer;
use ledger::sqlite::Sqlite;
use ledger::{Ledger, Limits, Turn, Writer};
use places::{Command, Places, key, origin};

struct Wanted {
    seconds: f64,
    folder: PathBuf,
    clients: Vec<u64>,
    slots: Vec<u64>,
}

fn main() {
    let wanted = wanted();
    println!(
        "one fdatasync of 64 KB on this disk: {:.2} ms (median of 50)",
        fdatasync(&wanted.folder).as_secs_f64() * 1e3
    );
    println!(
        "{:>8} {:>8} {:>14} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "slots", "clients", "acknowledged/s", "p50 ms", "p99 ms", "max ms", "user µs", "sys µs"
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for &slots in &wanted.slots {
        for &clients in &wanted.clients {
            let folder = tempfile::tempdir_in(&wanted.folder).unwrap();
            let (ledger, running) = prepared(folder.path(), slots);
            let (started, used) = (Instant::now(), processor());
            let mut waits = runtime.block_on(load(
                &ledger,
                slots,
                clients,
                Duration::from_secs_f64(wanted.seconds),
            ));
            let seconds = started.elapsed().as_secs_f64();
            let each = |at: usize| (processor()[at] - used[at]) * 1e6 / waits.len() as f64;
            let (user, system) = (each(0), each(1));
            running.stop().unwrap();
            waits.sort_unstable();
            let at =
                |part: f64| waits[((waits.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
            let rate = waits.len() as f64 / seconds;
            println!(
                "{slots:>8} {clients:>8} {rate:>14.0} {:>9.2} {:>9.2} {:>9.2} {user:>9.1} {system:>9.1}",
                at(0.5),
                at(0.99),
                at(1.0)
            );
        }
    }
}

/// A ledger with its slots opened.
fn prepared(folder: &Path, slots: u64) -> (Ledger, ledger::Running) {
    let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
    let mut writer = Writer::new(
        Sqlite::open(&folder.join("ledger.db")).unwrap(),
        SystemClock,
        SystemChance,
        signer,
    )
    .unwrap();
    let mut turn = Turn::new();
    for slot in 0..slots {
        let open = Command::Open {
            slot: key(&format!("s{slot}")),
            places: u32::MAX,
        };
        drop(
            turn.command(origin(u128::from(slot), "office"), Places, open)
                .unwrap(),
        );
    }
    writer.turn(turn).unwrap();
    Ledger::start(writer, Limits::default()).unwrap()
}

/// Runs the clients for so long and gives how long each command waited.
async fn load(ledger: &Ledger, slots: u64, clients: u64, duration: Duration) -> Vec<Duration> {
    let until = Instant::now() + duration;
    let tasks = tokio::task::LocalSet::new();
    let clients: Vec<_> = (0..clients)
        .map(|client| {
            let ledger = ledger.clone();
            tasks.spawn_local(async move {
                let mut waits = Vec::new();
                // A different order of slots for each client, the same in each run.
                let mut slot = client.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                while Instant::now() < until {
                    slot = slot
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let person = key(&format!("p{client}-{}", waits.len()));
                    let book = Command::Book {
                        slot: key(&format!("s{}", (slot >> 33) % slots)),
                        person,
                    };
                    let mut origin = origin(0, "citizen");
                    let chance = SystemChance.bytes().unwrap();
                    origin.request =
                        RequestId::new(jiff::Timestamp::now(), *chance.first_chunk().unwrap());
                    let began = Instant::now();
                    ledger.submit(origin, Places, book).unwrap().await.unwrap();
                    waits.push(began.elapsed());
                }
                waits
            })
        })
        .collect();
    tasks.await;
    let mut all = Vec::new();
    for client in clients {
        all.extend(client.await.unwrap());
    }
    all
}

/// Seconds of processor that this process has used, clients included: by programs, by the system. Zero where there is no
/// `/proc`, and to a hundredth of a second elsewhere.
fn processor() -> [f64; 2] {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in parentheses, may have spaces; behind it, the 12th and 13th words are ticks of 10 ms.
    let words = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut ticks = words.split_whitespace().skip(11);
    [(); 2].map(|()| {
        ticks
            .next()
            .map_or(0.0, |t| t.parse().unwrap_or(0.0) / 100.0)
    })
}

/// What one durable write costs on this disk, whatever the ledger does.
fn fdatasync(folder: &Path) -> Duration {
    let mut file = tempfile::tempfile_in(folder).unwrap();
    let mut times: Vec<_> = (0..50)
        .map(|_| {
            file.write_all(&[1; 65_536]).unwrap();
            let began = Instant::now();
            file.sync_data().unwrap();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[25]
}

fn wanted() -> Wanted {
    let mut wanted = Wanted {
        seconds: 1.0,
        folder: PathBuf::from("."),
        clients: vec![1, 16, 64, 256],
        slots: vec![1, 1000],
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .unwrap_or_else(|| panic!("{name} needs a value"));
        let numbers = || value.split(',').map(|n| n.parse().unwrap()).collect();
        match name.as_str() {
            "--seconds" => wanted.seconds = value.parse().unwrap(),
            "--folder" => wanted.folder = value.into(),
            "--clients" => wanted.clients = numbers(),
            "--slots" => wanted.slots = numbers(),
            _ => panic!("unknown: {name}; there are --seconds, --folder, --clients, --slots"),
        }
    }
    wanted
}
