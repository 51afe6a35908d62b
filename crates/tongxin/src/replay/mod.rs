//! `tongxin replay`: decides every passage of a Parquet file, by the rules in force when it was.
//!
//! Row groups are read by as many threads as there are cores, each with tables of its own; one more writes the verdicts in
//! the order of the rows. Memory does not grow with the file: rows go through in chunks, and queues have a length.

mod columns;
mod lexicon;
mod pages;
mod points;
mod reader;
mod report;
mod work;
mod writer;

use crate::cli;
use crate::fault::Fault;
use crate::progress::Progress;
use crate::whole::Whole;
use crate::{folder, given, lang, question, terminal};
use columns::Plan;
use decide::Book;
use notice::{ActionId, Facts};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use report::Report;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use writer::VerdictWriter;

/// Exit code 0 when every row was read, whatever the verdicts.
pub fn run(arguments: &cli::Replay) -> Result<ExitCode, Fault> {
    let city = Arc::new(folder::city(arguments.city.city.as_deref())?);
    let notices = if arguments.notice.is_empty() {
        city.notices.clone()
    } else {
        given::read(&city, &arguments.notice)?.whole()?
    };
    let action = question::action(&city, &arguments.action)?;
    let facts = question::facts(&city, &arguments.who)?;
    let book = Book::compile(city, notices);
    let (input, output) = (&arguments.input, &arguments.output);
    let report = guarded(input, || replay(&book, action, &facts, input, output))?;
    match arguments.output_format.format {
        cli::Format::Text => terminal::out(&report.text(lang::chosen()))?,
        cli::Format::Json => terminal::line(&report.json())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Reading Parquet can panic on a file that contradicts itself: that is a fault of the file, told like any other.
fn guarded<T>(input: &Path, run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(run));
    std::panic::set_hook(told);
    outcome.unwrap_or_else(|_| {
        Err(Fault::Passages {
            path: input.to_owned(),
            error: contradicts(),
        })
    })
}

fn contradicts() -> ParquetError {
    ParquetError::General("the file contradicts itself".into())
}

/// Replays a file and tells what came out; `facts` are known of every passage.
pub fn replay(
    book: &Book,
    action: ActionId,
    facts: &Facts,
    input: &Path,
    output: &Path,
) -> Result<Report, Fault> {
    let damaged = |error| Fault::Passages {
        path: input.to_owned(),
        error,
    };
    let head = open(input)?;
    let plan = Plan::of(
        head.metadata().file_metadata().schema_descr(),
        book.city(),
        facts,
    )?;
    let groups: Vec<usize> = head
        .metadata()
        .row_groups()
        .iter()
        .map(|group| usize::try_from(group.num_rows()).unwrap_or(0))
        .collect();
    let total = groups
        .iter()
        .fold(0, |sum: usize, rows| sum.saturating_add(*rows));

    if same_file(input, output) {
        return Err(Fault::SameFile(output.to_owned()));
    }
    let whole = Whole::begin(output)?;
    let started = Instant::now();
    let mut writer = VerdictWriter::new(BufWriter::new(whole.file())).map_err(damaged)?;
    let mut progress = Progress::new(total);
    let job = work::Job {
        book,
        action,
        facts,
        plan: &plan,
        input,
        groups: &groups,
    };
    let unknown = job.run(&mut writer, &mut progress)?;
    let (undecided, outcomes) = writer.finish().map_err(damaged)?;
    progress.done();
    whole.complete()?;
    let mut unknown_words = BTreeMap::new();
    for (fact, count) in plan.facts.iter().zip(unknown) {
        if count > 0 {
            *unknown_words.entry(fact.name.clone()).or_default() += count;
        }
    }
    Ok(Report::new(
        total as u64,
        undecided,
        outcomes,
        unknown_words,
        plan.ignored,
        started.elapsed(),
    ))
}

/// Opens a file of passages; every thread needs its own, because a file has one position.
fn open(path: &Path) -> Result<SerializedFileReader<File>, Fault> {
    let unreadable = |error| Fault::Read {
        path: path.to_owned(),
        error,
    };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    SerializedFileReader::new(file).map_err(|error: ParquetError| Fault::Passages {
        path: path.to_owned(),
        error,
    })
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
