//! The tables of docs/benchmarks.md.

use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;

use crate::Row;

const BEGIN: &str = "<!-- measured: ledger -->\n";
const END: &str = "<!-- end: ledger -->";

/// How busy the machine is with other things.
pub fn load() -> String {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').next().unwrap_or("unknown").to_owned()
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown processor", |line| {
        line.trim_start_matches([' ', '\t', ':'])
    });
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "{model}, {cores} cores, {} {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// The section's text.
pub fn section(rows: &[Row], version: &str, seconds: f64, load: &str) -> String {
    let mut text = format!(
        "Measured {} by `scripts/bench.sh ledger` on {}, load before it {load}.\n",
        Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
        machine()
    );
    let mut slots: Vec<_> = rows.iter().map(|row| row.slots).collect();
    slots.dedup();
    for slots in slots {
        let places = match slots {
            1 => "one hot slot".to_owned(),
            many => format!("{many} slots"),
        };
        let _ = write!(
            text,
            "\n### Acknowledged bookings a second, {places}\n\n\
             | clients | tongxin | p50 ms | p99 ms | PostgreSQL {version} | p50 ms | p99 ms | tongxin / PostgreSQL | SQLite, one by one | p50 ms | p99 ms | tongxin / SQLite |\n\
             |---|---|---|---|---|---|---|---|---|---|---|---|\n"
        );
        for row in rows.iter().filter(|row| row.slots == slots) {
            let ours = &row.ours;
            let _ = write!(
                text,
                "| {} | {:.0} | {:.1} | {:.1} |",
                row.clients, ours.rate, ours.p50, ours.p99
            );
            if let Some((postgres, sqlite)) = &row.peers {
                for peer in [postgres, sqlite] {
                    let _ = write!(
                        text,
                        " {:.0} | {:.1} | {:.1} | {:.1}× |",
                        peer.rate,
                        peer.p50,
                        peer.p99,
                        ours.rate / peer.rate
                    );
                }
            }
            text.push('\n');
        }
    }
    let _ = write!(
        text,
        "\nGoals: ≥ 30× PostgreSQL on the hot slot and ≥ 4× on 1,000 slots, p99 no worse than PostgreSQL's p50. {seconds} s a figure, all sides on the same disk, each acknowledged only when durable.\n"
    );
    text
}

/// Puts the section between its marks.
pub fn write(path: &Path, section: &str) {
    let page = std::fs::read_to_string(path).expect("the page");
    let (before, rest) = page
        .split_once(BEGIN)
        .expect("the page has a section `ledger`");
    let (_, after) = rest.split_once(END).expect("the section ends");
    std::fs::write(path, format!("{before}{BEGIN}{section}{END}{after}"))
        .expect("the page is written");
}
