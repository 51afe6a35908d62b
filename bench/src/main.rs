//! Measurements beside peers, printed as the tables of docs/benchmarks.md. A side whose answers differ fails the run.
//!
//! usage: bench [--write] [SECTION …]   sections: decision, publish, batch, replay, places, server; none: all
//! `--write` also puts the tables into docs/benchmarks.md, each section between its two marks.

mod batch;
mod decision;
mod document;
mod load;
mod measure;
mod ours;
mod peers;
mod publish;
mod server;
mod shapes;
mod table;

use anyhow::{Context, Result, bail};
use city::City;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use table::Table;

const SECTIONS: [&str; 6] = ["decision", "publish", "batch", "replay", "places", "server"];

const CITY: &str = "cities/taiyuan-2022";

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("{failed} sections failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<usize> {
    let (options, mut wanted): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|word| word.starts_with("--"));
    if options == ["--memory"] {
        // A process of its own, which decision::measure starts.
        let [side, rules] = wanted.as_slice() else {
            bail!("--memory SIDE RULES");
        };
        decision::hold(&demo_city()?, side, rules)?;
        return Ok(0);
    }
    if let Some(unknown) = options.iter().find(|option| *option != "--write") {
        bail!("no option `{unknown}`; there is --write");
    }
    if let Some(unknown) = wanted.iter().find(|w| !SECTIONS.contains(&w.as_str())) {
        bail!("no section `{unknown}`; there are {}", SECTIONS.join(", "));
    }
    if wanted.is_empty() {
        wanted = SECTIONS.iter().map(|s| (*s).to_owned()).collect();
    }
    let city = demo_city()?;
    let mut failed = 0;
    for section in wanted {
        let head = format!(
            "Measured {} by `scripts/bench.sh {section}` on {}, load before it {}.",
            Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
            machine(),
            load_average()
        );
        match measure(&section, &city) {
            Ok(tables) => {
                let text = tables
                    .iter()
                    .fold(head, |text, table| format!("{text}\n{table}"));
                println!("{text}");
                if !options.is_empty() {
                    document::write(&root()?.join("docs/benchmarks.md"), &section, &text)?;
                }
            }
            Err(error) => {
                eprintln!("\n{section}: {error:#}");
                failed += 1;
            }
        }
    }
    Ok(failed)
}

/// The repository.
fn root() -> Result<&'static Path> {
    let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
    bench.parent().context("bench/ has no folder above")
}

fn demo_city() -> Result<Arc<City>> {
    let (city, _) = City::load(&root()?.join(CITY))
        .map_err(|faults| anyhow::anyhow!("the demo city does not load: {faults:?}"))?;
    Ok(Arc::new(city))
}

fn measure(section: &str, city: &Arc<City>) -> Result<Vec<Table>> {
    let root = root()?;
    let scratch = root.join("bench/target/scratch");
    std::fs::create_dir_all(&scratch)?;
    let tongxin = root.join("target/release/tongxin");
    match section {
        "decision" => decision::measure(city),
        "publish" => Ok(vec![publish::measure(city)?]),
        "batch" => Ok(vec![batch::measure(city)?]),
        "replay" => Ok(vec![batch::replay::measure(city, &tongxin, &scratch)?]),
        "places" => {
            let python: Option<PathBuf> = std::env::var_os("BENCH_PYTHON").map(PathBuf::from);
            Ok(vec![shapes::measure(
                city,
                &root.join(CITY),
                python.as_deref(),
                &scratch,
            )?])
        }
        _ => server::measure(&tongxin, root),
    }
}

/// How busy the machine was with other things.
fn load_average() -> String {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').next().unwrap_or("unknown").to_owned()
}

/// What it was measured on.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map_or("unknown processor", |l| {
            l.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "{model}, {cores} cores, {} {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}
