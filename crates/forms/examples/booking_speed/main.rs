//! Acknowledged bookings a second with durability on, decided by the real form, and how long each waits; beside PostgreSQL
//! with `SELECT … FOR UPDATE` and SQLite with a transaction for each request, if asked for.
//!
//!     cargo run --release -p tongxin-forms --example booking_speed -- [--seconds 1] [--folder .] [--clients 1,16,64,256]
//!         [--slots 1,1000] [--told] [--peers] [--write docs/benchmarks.md]
//!
//! Each client signs a person up, waits until that is durable, and signs up the next. Slots are large enough never to be
//! full, and each booking is another person's. With `--told` the offer asks for an age, and each command is judged by what
//! was told and seals it. The clients share the machine with the ledger. `--peers` needs the server that
//! `scripts/postgres.sh` starts. `--write` puts the tables into the section `ledger` of a page.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that fails says where"
)]

mod ours;
mod page;
mod peers;

use std::path::PathBuf;
use std::time::Duration;

/// How one measurement went.
pub struct Run {
    /// Acknowledged a second.
    pub rate: f64,
    /// How long half of them waited at most, in milliseconds.
    pub p50: f64,
    /// How long all but one in a hundred did.
    pub p99: f64,
    /// How long the last one did.
    pub max: f64,
}

impl Run {
    /// Of how long each waited, and of the time in all.
    pub fn new(mut waits: Vec<Duration>, seconds: f64) -> Self {
        waits.sort_unstable();
        let last = waits.len().saturating_sub(1);
        let at = |part: f64| {
            let wait = waits.get((last as f64 * part) as usize);
            wait.copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        Self {
            rate: waits.len() as f64 / seconds,
            p50: at(0.5),
            p99: at(0.99),
            max: at(1.0),
        }
    }
}

struct Wanted {
    seconds: f64,
    folder: PathBuf,
    clients: Vec<u64>,
    slots: Vec<usize>,
    told: bool,
    peers: bool,
    write: Option<PathBuf>,
}

/// All sides under the same load.
pub struct Row {
    slots: usize,
    clients: u64,
    ours: Run,
    peers: Option<(Run, Run)>,
}

fn main() {
    let wanted = wanted();
    let load = page::load();
    let ours = ours::Ours::new(wanted.told);
    let postgres = wanted.peers.then(peers::Postgres::new);
    println!(
        "making one command: {:.1} µs",
        ours.making().as_secs_f64() * 1e6
    );
    println!(
        "{:>8} {:>8} {:>12} {:>14} {:>9} {:>9} {:>9} {:>9}",
        "slots", "clients", "who", "acknowledged/s", "p50 ms", "p99 ms", "max ms", "bytes"
    );
    let mut rows = Vec::new();
    for &slots in &wanted.slots {
        for &clients in &wanted.clients {
            let line = |who: &str, run: &Run, bytes: &str| {
                println!(
                    "{slots:>8} {clients:>8} {who:>12} {:>14.0} {:>9.2} {:>9.2} {:>9.2} {bytes:>9}",
                    run.rate, run.p50, run.p99, run.max
                );
            };
            let (run, bytes) = ours.run(&wanted.folder, slots, clients, wanted.seconds);
            line("tongxin", &run, &bytes.to_string());
            let peers = postgres.as_ref().map(|postgres| {
                let theirs = postgres.run(slots, clients, wanted.seconds);
                line("postgres", &theirs, "");
                let plain = peers::sqlite(&wanted.folder, slots, clients, wanted.seconds);
                line("sqlite", &plain, "");
                (theirs, plain)
            });
            rows.push(Row {
                slots,
                clients,
                ours: run,
                peers,
            });
        }
    }
    let version = postgres.map_or_else(String::new, |postgres| postgres.version);
    if let Some(path) = wanted.write {
        page::write(
            &path,
            &page::section(&rows, &version, wanted.seconds, &load),
        );
    }
}

fn wanted() -> Wanted {
    let mut wanted = Wanted {
        seconds: 1.0,
        folder: PathBuf::from("."),
        clients: vec![1, 16, 64, 256],
        slots: vec![1, 1000],
        told: false,
        peers: false,
        write: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match name.as_str() {
            "--told" => wanted.told = true,
            "--peers" => wanted.peers = true,
            _ => {
                let value = arguments
                    .next()
                    .unwrap_or_else(|| panic!("{name} needs a value"));
                let numbers = || value.split(',').map(|n| n.parse::<usize>().unwrap());
                match name.as_str() {
                    "--seconds" => wanted.seconds = value.parse().unwrap(),
                    "--folder" => wanted.folder = value.into(),
                    "--clients" => wanted.clients = numbers().map(|n| n as u64).collect(),
                    "--slots" => wanted.slots = numbers().map(|n| n.clamp(1, 1_000)).collect(),
                    "--write" => wanted.write = Some(value.into()),
                    _ => panic!(
                        "unknown: {name}; there are --seconds, --folder, --clients, --slots, --told, --peers, --write"
                    ),
                }
            }
        }
    }
    wanted
}
