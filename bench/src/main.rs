//! Measurements beside peers, printed as the tables of docs/benchmarks.md. A side whose answers differ fails the run.
//!
//! usage: bench [SECTION …]   sections: decision, publish, places, server; none: all

mod decision;
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
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use table::Table;

const SECTIONS: [&str; 4] = ["decision", "publish", "places", "server"];

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
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|w| !SECTIONS.contains(&w.as_str())) {
        bail!("no section `{unknown}`; there are {}", SECTIONS.join(", "));
    }
    if wanted.is_empty() {
        wanted = SECTIONS.iter().map(|s| (*s).to_owned()).collect();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("bench/ has no folder above")?;
    let folder = root.join("cities/taiyuan-2022");
    let (city, _) = City::load(&folder)
        .map_err(|faults| anyhow::anyhow!("the demo city does not load: {faults:?}"))?;
    let city = Arc::new(city);
    println!("{}", machine());
    let mut failed = 0;
    for section in wanted {
        match measure(&section, &city, root, &folder) {
            Ok(tables) => tables.iter().for_each(|table| println!("{table}")),
            Err(error) => {
                eprintln!("\n{section}: {error:#}");
                failed += 1;
            }
        }
    }
    Ok(failed)
}

fn measure(section: &str, city: &Arc<City>, root: &Path, folder: &Path) -> Result<Vec<Table>> {
    match section {
        "decision" => decision::measure(city),
        "publish" => Ok(vec![publish::measure(city)?]),
        "places" => {
            let scratch = root.join("bench/target/scratch");
            std::fs::create_dir_all(&scratch)?;
            let python: Option<PathBuf> = std::env::var_os("BENCH_PYTHON").map(PathBuf::from);
            Ok(vec![shapes::measure(
                city,
                folder,
                python.as_deref(),
                &scratch,
            )?])
        }
        _ => server::measure(&root.join("target/release/tongxin"), root),
    }
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
