//! How figures are taken: latencies one by one, medians, and the memory the process holds.

use std::time::{Duration, Instant};

/// Percentiles of many single latencies, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Latency {
    /// Half of the calls were faster.
    pub p50_ns: u64,
    /// All but one in a hundred were faster.
    pub p99_ns: u64,
}

/// Calls `call` with 0, 1, 2 … for about `for_ms` milliseconds after a warm-up of a tenth of that, timing every call
/// with the clock of the machine (whose own cost, some 20–40 ns, is included).
pub fn latency(for_ms: u64, mut call: impl FnMut(usize)) -> Latency {
    let mut index = 0;
    let warm = Instant::now();
    while warm.elapsed() < Duration::from_millis(for_ms / 10) {
        call(index);
        index += 1;
    }
    let mut taken = Vec::with_capacity(1 << 16);
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(for_ms) && taken.len() < 5_000_000 {
        // Several calls per look at the stretch's clock, each timed alone.
        for _ in 0..16 {
            let from = Instant::now();
            call(index);
            taken.push(from.elapsed().as_nanos() as u64);
            index += 1;
        }
    }
    percentiles(taken)
}

/// Nanoseconds of one of `count` calls, timed together: the median of many rounds, without the clock's own cost.
pub fn together(for_ms: u64, count: usize, mut call: impl FnMut(usize)) -> f64 {
    let mut rounds = Vec::new();
    let start = Instant::now();
    while rounds.len() < 3 || start.elapsed() < Duration::from_millis(for_ms) {
        let from = Instant::now();
        (0..count).for_each(&mut call);
        rounds.push(from.elapsed().as_nanos() as f64 / count as f64);
    }
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

/// Percentiles of latencies taken elsewhere.
pub fn percentiles(mut taken: Vec<u64>) -> Latency {
    taken.sort_unstable();
    let at = |share: f64| {
        taken
            .get(((taken.len() as f64 * share) as usize).min(taken.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0)
    };
    Latency {
        p50_ns: at(0.50),
        p99_ns: at(0.99),
    }
}

/// Median time of `runs` calls.
pub fn median<T>(runs: usize, mut call: impl FnMut() -> T) -> Duration {
    let mut taken: Vec<_> = (0..runs)
        .map(|_| {
            let from = Instant::now();
            let made = call();
            let took = from.elapsed();
            drop(made);
            took
        })
        .collect();
    taken.sort_unstable();
    taken[taken.len() / 2]
}

/// Resident memory of a process in bytes (Linux; 0 elsewhere).
pub fn resident_bytes(process: &str) -> u64 {
    status_bytes(process, "VmRSS:")
}

/// The most memory a process has had resident so far, in bytes (Linux; 0 elsewhere and after its end).
pub fn peak_bytes(process: &str) -> u64 {
    status_bytes(process, "VmHWM:")
}

fn status_bytes(process: &str, name: &str) -> u64 {
    std::fs::read_to_string(format!("/proc/{process}/status"))
        .ok()
        .and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
        })
        .map_or(0, |kib| kib * 1024)
}

/// A duration of nanoseconds as a person reads it.
pub fn said(ns: u64) -> String {
    match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => format!("{:.2} µs", ns as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.2} ms", ns as f64 / 1e6),
        _ => format!("{:.2} s", ns as f64 / 1e9),
    }
}

/// A rate in millions.
pub fn million(per_second: f64) -> String {
    format!("{:.1} M", per_second / 1e6)
}
