//! What the threads of this process have taken of the processors, by the system's own books.

use std::collections::BTreeMap;
use std::time::Duration;

/// Time on a processor by the thread's name. Of threads that have ended nothing is known.
pub type Taken = BTreeMap<String, Duration>;

/// Reads it; empty where the system keeps no such books.
pub fn taken() -> Taken {
    let mut taken = Taken::new();
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return taken;
    };
    for thread in threads.flatten() {
        let read = |file: &str| std::fs::read_to_string(thread.path().join(file));
        let (Ok(name), Ok(times)) = (read("comm"), read("schedstat")) else {
            continue;
        };
        let ran = times.split(' ').next().and_then(|ran| ran.parse().ok());
        let ran = Duration::from_nanos(ran.unwrap_or_default());
        *taken.entry(name.trim().to_owned()).or_default() += ran;
    }
    taken
}

/// Microseconds of a processor for each of `count`, by thread, between two readings.
pub fn each(before: &Taken, after: &Taken, count: usize) -> Vec<(String, f64)> {
    let all = after.iter().map(|(name, ran)| {
        let begun = before.get(name).copied().unwrap_or_default();
        let micros = ran.saturating_sub(begun).as_secs_f64() * 1e6;
        (name.clone(), micros / count.max(1) as f64)
    });
    all.collect()
}
