//! From Parquet to Parquet: read, point to place, decide, write, with all cores.

use super::figure::{Figure, Unit};
use super::world::median;
use crate::fault::Fault;
use crate::{passages, question, replay};
use city::City;
use decide::Book;
use notice::Label;
use std::fs::File;
use std::sync::Arc;
use std::time::Instant;

const RUNS: usize = 3;

/// Measures; the files lie in a folder of their own that is removed again.
pub fn measure(city: &Arc<City>, rows: usize, seed: u64) -> Result<Vec<Figure>, Fault> {
    let folder = tempfile::Builder::new()
        .prefix("tongxin-bench-")
        .tempdir()
        .map_err(|error| Fault::Write {
            path: std::env::temp_dir(),
            error,
        })?;
    let (input, output) = (
        folder.path().join("passages.parquet"),
        folder.path().join("verdicts.parquet"),
    );
    let file = File::create(&input).map_err(|error| Fault::Write {
        path: input.clone(),
        error,
    })?;
    passages::write(city, &file, rows, seed).map_err(|error| Fault::Passages {
        path: input.clone(),
        error,
    })?;
    let book = Book::compile(city.clone(), city.notices.clone());
    let action = question::action(city, "驶入")?;
    let facts = question::facts(city, "货车")?;
    let mut rates = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let from = Instant::now();
        let report = replay::replay(&book, action, &facts, &input, &output)?;
        rates.push(rows as f64 / from.elapsed().as_secs_f64());
        if report.rows != rows as u64 {
            return Err(Fault::Measure(format!("{} / {rows}", report.rows)));
        }
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(vec![Figure {
        key: "parquet",
        name: Label::new(
            format!("从 Parquet 到 Parquet，{rows} 行，{cores} 核，行"),
            format!("from Parquet to Parquet, {rows} rows, {cores} cores, rows"),
        ),
        value: median(rates),
        unit: Unit::PerSecond,
        bound: Some(5e6),
    }])
}
