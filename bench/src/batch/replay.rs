//! From Parquet to Parquet: `tongxin replay` on made-up passages of two sizes, with the most memory it ever held.

use crate::measure::million;
use crate::ours;
use crate::table::Table;
use anyhow::{Context, Result, bail, ensure};
use city::City;
use decide::{Book, Question, Whereabouts};
use jiff::Timestamp;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Rows of the two files.
const SIZES: [usize; 2] = [5_000_000, 40_000_000];
/// Rows held to the single answer wherever row groups of the smaller file and its verdicts begin together …
const SAMPLE: usize = 500;
/// … one in so many from there.
const STEP: usize = 101;

/// Measures and prints.
pub fn measure(city: &Arc<City>, binary: &Path, scratch: &Path) -> Result<Table> {
    let mut table = Table::new(
        "From Parquet to Parquet: read, point → place, decide, write verdicts",
        &[
            "rows",
            "file",
            "rows/s",
            "goal",
            "as a whole",
            "peak memory",
        ],
    );
    let mut held = 0;
    for (number, rows) in SIZES.into_iter().enumerate() {
        let (passages, verdicts) = (
            scratch.join("passages.parquet"),
            scratch.join("verdicts.parquet"),
        );
        let made = Command::new(binary)
            .args(["bench", "--rows", &rows.to_string(), "--passages"])
            .arg(&passages)
            .output()?;
        ensure!(
            made.status.success(),
            "tongxin bench: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let run = replay(binary, &passages, &verdicts)?;
        ensure!(
            run.report["rows"].as_u64() == Some(rows as u64),
            "tongxin replay read {} rows of {rows}",
            run.report["rows"]
        );
        if number == 0 {
            held = hold(city, &passages, &verdicts)?;
        }
        let deciding = run.report["seconds"].as_f64().context("no seconds")?;
        table.push(vec![
            format!("{} M", rows / 1_000_000),
            format!("{:.0} MB", std::fs::metadata(&passages)?.len() as f64 / 1e6),
            million(rows as f64 / deciding),
            "≥ 5 M".to_owned(),
            format!("{:.1} s", run.took.as_secs_f64()),
            format!("{:.0} MB", run.peak_bytes as f64 / 1e6),
        ]);
        std::fs::remove_file(&passages)?;
        std::fs::remove_file(&verdicts)?;
    }
    table.note(&format!(
        "`tongxin bench --passages FILE`, then `tongxin replay`, all cores: trucks at 4,096 points and at random times of seven days, their size, \
         fuel and use, one value in fifty missing; against all notices of the demo city. As a whole: with reading the city and compiling. \
         On {held} rows from all over the smaller file the single answer was the same, clauses included."
    ));
    Ok(table)
}

/// What a replay did.
struct Run {
    report: Value,
    took: Duration,
    peak_bytes: u64,
}

fn replay(binary: &Path, passages: &Path, verdicts: &Path) -> Result<Run> {
    let from = Instant::now();
    let mut process = Command::new(binary)
        .args(["replay", "--format", "json", "--input"])
        .arg(passages)
        .arg("--output")
        .arg(verdicts)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    // The kernel keeps the peak; it is gone with the process, so it is read until then.
    let mut peak_bytes = 0;
    let status = loop {
        peak_bytes = peak_bytes.max(crate::measure::peak_bytes(&process.id().to_string()));
        match process.try_wait()? {
            Some(status) => break status,
            None => sleep(Duration::from_millis(5)),
        }
    };
    let took = from.elapsed();
    ensure!(status.success(), "tongxin replay ended: {status}");
    let report = std::io::read_to_string(process.stdout.take().context("no output")?)?;
    Ok(Run {
        report: serde_json::from_str(&report)?,
        took,
        peak_bytes,
    })
}

/// Rows from all over a file must have the verdict and clauses of the single answer, and stand in the same order: some are
/// taken wherever a row group of the one file begins with the same row as one of the other.
fn hold(city: &Arc<City>, passages: &Path, verdicts: &Path) -> Result<usize> {
    let book = Book::compile(city.clone(), city.notices.clone());
    let passages = SerializedFileReader::new(File::open(passages)?)?;
    let verdicts = SerializedFileReader::new(File::open(verdicts)?)?;
    let begins = begins(&verdicts);
    let mut held = 0;
    for (begin, group) in self::begins(&passages) {
        let Some(other) = begins.get(&begin) else {
            continue;
        };
        let (group, other) = (
            passages.get_row_group(group)?,
            verdicts.get_row_group(*other)?,
        );
        let pairs = group.get_row_iter(None)?.zip(other.get_row_iter(None)?);
        for (offset, (passage, verdict)) in pairs.enumerate().step_by(STEP).take(SAMPLE) {
            compare(city, &book, begin + offset as i64, &passage?, &verdict?)?;
            held += 1;
        }
    }
    ensure!(
        held >= 2 * SAMPLE,
        "only {held} rows could be compared: row groups begin nowhere together"
    );
    Ok(held)
}

/// The first row of every row group.
fn begins(file: &SerializedFileReader<File>) -> BTreeMap<i64, usize> {
    let mut next = 0;
    let groups = file.metadata().row_groups().iter().enumerate();
    groups
        .map(|(number, group)| {
            let begin = next;
            next += group.num_rows();
            (begin, number)
        })
        .collect()
}

fn compare(city: &City, book: &Book, number: i64, passage: &Row, verdict: &Row) -> Result<()> {
    let (mut said, mut clauses) = (String::new(), String::new());
    for (name, field) in verdict.get_column_iter() {
        match (name.as_str(), field) {
            ("row", Field::Long(row)) => {
                ensure!(*row == number, "row {row} stands at {number}");
            }
            ("verdict", Field::Str(text)) => said.clone_from(text),
            ("clause", Field::Str(text)) => clauses.clone_from(text),
            _ => {}
        }
    }
    let answer = book.answer(&question(city, passage)?);
    let expected = serde_json::to_value(answer.verdict)?;
    let cited = ours::cited(&answer).join(" ");
    ensure!(
        expected == said.as_str() && cited == clauses,
        "row {number}: replay says {said} by {clauses}, the single answer {expected} by {cited}: {passage}"
    );
    Ok(())
}

/// A passage as a question; what is missing stays unknown.
fn question(city: &City, passage: &Row) -> Result<Question> {
    let (mut facts, mut kind) = (Vec::new(), None);
    let (mut lon, mut lat, mut at) = (None, None, None);
    for (name, field) in passage.get_column_iter() {
        match (name.as_str(), field) {
            ("time", Field::TimestampMicros(micros)) => {
                at = Some(Timestamp::from_microsecond(*micros)?);
            }
            ("lon", Field::Double(degrees)) => lon = Some(*degrees),
            ("lat", Field::Double(degrees)) => lat = Some(*degrees),
            ("kind", Field::Str(word)) => kind = Some(word.clone()),
            (name, Field::Str(word)) => facts.push(format!("{name} = {word}")),
            (_, Field::Null) => {}
            (name, field) => bail!("column {name} holds {field}"),
        }
    }
    let at = at.context("no time")?;
    let (lon, lat) = lon.zip(lat).context("no point")?;
    let mut places = Vec::new();
    city.places.at(lon, lat, &mut places);
    let text = kind.into_iter().chain(facts).collect::<Vec<_>>().join(", ");
    let facts = if text.is_empty() {
        notice::Facts::default()
    } else {
        notice::read_facts(city.context(), "passage", text.as_str().into())
            .map_err(|faults| anyhow::anyhow!("{text}: {faults:?}"))?
    };
    Ok(Question {
        action: Some(ours::action(city, "驶入")?),
        facts,
        place: Whereabouts::Point(places),
        at: city.zone.to_datetime(at),
    })
}
