//! Acknowledged bookings a second through HTTP: the real pages over a real ledger on disk, asked by browsers that are already
//! signed in; and thousands of people at once for one last place. Whoever asks shares the machine with what is measured.
//!
//!     cargo run --release -p tongxin-web --example booking_http -- [--seconds 3] [--folder .] [--clients 1,16,64,256]
//!         [--slots 1,1000] [--crowd 10000] [--write docs/benchmarks.md]
//!
//! Each client has a connection of its own, signs one person up by the form of the booking page, waits for the address of
//! the booking, and signs up the next person. `--write` puts the tables into the section `ledger over http` of a page.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that fails says where"
)]

mod browser;
mod cpu;
mod house;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use browser::{Reply, ask};
use house::House;
use tokio::net::TcpStream;

/// How one measurement went.
struct Run {
    slots: usize,
    clients: usize,
    rate: f64,
    p50: f64,
    p99: f64,
    /// Microseconds of a processor for each booking, by thread.
    each: Vec<(String, f64)>,
}

/// How it went when everybody came at once.
struct Crowd {
    people: usize,
    got: usize,
    told_full: usize,
    other: usize,
    seconds: f64,
}

struct Wanted {
    seconds: f64,
    folder: PathBuf,
    clients: Vec<usize>,
    slots: Vec<usize>,
    crowd: usize,
    write: Option<PathBuf>,
}

fn main() {
    let wanted = wanted();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    let mut runs = Vec::new();
    for &slots in &wanted.slots {
        for &clients in &wanted.clients {
            let run = measure(&wanted, slots, clients);
            println!(
                "{slots:>6} slots {clients:>4} clients {:>8.0}/s p50 {:>7.2} ms p99 {:>7.2} ms; {}",
                run.rate,
                run.p50,
                run.p99,
                micros(&run.each)
            );
            runs.push(run);
        }
    }
    let crowd = (wanted.crowd > 0).then(|| crowd(&wanted));
    let text = said(&wanted, &runs, crowd.as_ref(), &load);
    println!("\n{text}");
    if let Some(path) = &wanted.write {
        write(path, &text);
    }
}

fn measure(wanted: &Wanted, slots: usize, clients: usize) -> Run {
    // More people than can be served in the time: each signs up once.
    let people = ((wanted.seconds * 9_000.0) as usize).max(clients * 4);
    let house = House::build(&wanted.folder, people, slots, 1_000_000);
    let before = cpu::taken();
    let (address, started) = (house.address, Instant::now());
    let until = started + Duration::from_secs_f64(wanted.seconds);
    let asked: Vec<Vec<u8>> = (0..people)
        .map(|n| house.request(n, n.wrapping_mul(2_654_435_761) % slots, true))
        .collect();
    let (waits, after): (Vec<Duration>, _) = outside(move || async move {
        let asked = std::sync::Arc::new(asked);
        let tasks = tokio::task::LocalSet::new();
        let all: Vec<_> = (0..clients)
            .map(|client| {
                let asked = asked.clone();
                tasks.spawn_local(async move {
                    let mut stream = TcpStream::connect(address).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let mut waits = Vec::new();
                    let mut next = client;
                    while Instant::now() < until && next < asked.len() {
                        let began = Instant::now();
                        match ask(&mut stream, &asked[next]).await.unwrap() {
                            Reply::Booked => waits.push(began.elapsed()),
                            other => panic!("not booked: {other:?}"),
                        }
                        next += clients;
                    }
                    waits
                })
            })
            .collect();
        tasks.await;
        let mut waits = Vec::new();
        for client in all {
            waits.extend(client.await.unwrap());
        }
        // As long as the thread that asks is there to be counted.
        (waits, cpu::taken())
    });
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(house.booked(), waits.len(), "acknowledged is not kept");
    house.stop();
    let mut waits = waits;
    waits.sort_unstable();
    let at = |part: f64| {
        let wait = waits.get((waits.len().saturating_sub(1) as f64 * part) as usize);
        wait.copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    Run {
        slots,
        clients,
        rate: waits.len() as f64 / seconds,
        p50: at(0.5),
        p99: at(0.99),
        each: cpu::each(&before, &after, waits.len()),
    }
}

/// So many people press the button at one moment, each on a connection of their own, for a slot with one place.
fn crowd(wanted: &Wanted) -> Crowd {
    let people = wanted.crowd;
    let house = House::build(&wanted.folder, people, 1, 1);
    let (address, started) = (house.address, Instant::now());
    let asked: Vec<Vec<u8>> = (0..people).map(|n| house.request(n, 0, false)).collect();
    let replies: Vec<Reply> = outside(move || async move {
        let tasks = tokio::task::LocalSet::new();
        let all: Vec<_> = asked
            .into_iter()
            .map(|bytes| {
                tasks.spawn_local(async move {
                    let mut stream = TcpStream::connect(address).await.unwrap();
                    ask(&mut stream, &bytes).await.unwrap()
                })
            })
            .collect();
        tasks.await;
        let mut replies = Vec::new();
        for one in all {
            replies.push(one.await.unwrap());
        }
        replies
    });
    let seconds = started.elapsed().as_secs_f64();
    let count = |reply: Reply| replies.iter().filter(|found| **found == reply).count();
    let crowd = Crowd {
        people,
        got: count(Reply::Booked),
        told_full: count(Reply::Full),
        other: count(Reply::Other),
        seconds,
    };
    assert_eq!(house.booked(), crowd.got, "acknowledged is not kept");
    house.stop();
    crowd
}

/// Runs what is outside the house on a thread of its own.
fn outside<T: Send + 'static, F: Future<Output = T>>(
    work: impl FnOnce() -> F + Send + 'static,
) -> T {
    let thread = std::thread::Builder::new().name("asks".to_owned());
    let thread = thread.spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(work())
    });
    thread.unwrap().join().unwrap()
}

/// What each booking takes of the processors, in words.
fn micros(each: &[(String, f64)]) -> String {
    let all: f64 = each.iter().map(|(_, micros)| micros).sum();
    let mut text = format!("{all:.0} µs each");
    for (name, micros) in each.iter().filter(|(_, micros)| *micros >= 0.5) {
        let _ = write!(text, ", {name} {micros:.0}");
    }
    text
}

fn said(wanted: &Wanted, runs: &[Run], crowd: Option<&Crowd>, load: &str) -> String {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut text = format!(
        "Measured {now} by `scripts/bench.sh http` on {cores} cores, load before it {load}; {} s a figure.\n\n\
         | slots | clients | acknowledged a second | p50 ms | p99 ms |\n|---|---|---|---|---|\n",
        wanted.seconds
    );
    for run in runs {
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {:.1} | {:.1} |",
            run.slots, run.clients, run.rate, run.p50, run.p99
        );
    }
    if let Some(crowd) = crowd {
        let _ = write!(
            text,
            "\n{} people at once for one place: {} got it, {} were told that it is full, {} got another answer or none; all within {:.1} s.\n",
            crowd.people, crowd.got, crowd.told_full, crowd.other, crowd.seconds
        );
    }
    text
}

fn write(path: &Path, text: &str) {
    const BEGIN: &str = "<!-- measured: ledger over http -->\n";
    const END: &str = "<!-- end: ledger over http -->";
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has the section");
    let (_, after) = rest.split_once(END).expect("the section ends");
    std::fs::write(path, format!("{before}{BEGIN}{text}{END}{after}")).unwrap();
}

fn wanted() -> Wanted {
    let mut wanted = Wanted {
        seconds: 3.0,
        folder: PathBuf::from("."),
        clients: vec![1, 16, 64, 256],
        slots: vec![1, 1000],
        crowd: 10_000,
        write: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .unwrap_or_else(|| panic!("{name} needs a value"));
        let numbers = || value.split(',').map(|n| n.parse::<usize>().unwrap());
        match name.as_str() {
            "--seconds" => wanted.seconds = value.parse().unwrap(),
            "--folder" => wanted.folder = value.into(),
            "--clients" => wanted.clients = numbers().collect(),
            "--slots" => wanted.slots = numbers().map(|n| n.clamp(1, 1_000)).collect(),
            "--crowd" => wanted.crowd = value.parse().unwrap(),
            "--write" => wanted.write = Some(value.into()),
            _ => panic!(
                "unknown: {name}; there are --seconds, --folder, --clients, --slots, --crowd, --write"
            ),
        }
    }
    wanted
}
