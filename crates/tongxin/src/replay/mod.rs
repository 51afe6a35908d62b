//! `tongxin replay`: decides every passage of a Parquet file, by the rules in force when it was.
//!
//! Row groups are read by as many threads as there are cores, each with tables of its own; one more writes the verdicts in
//! the order of the rows. Memory does not grow with the file: rows go through in chunks, and queues have a length.

mod columns;
mod progress;
mod reader;
mod report;
mod work;
mod writer;

use crate::cli;
use crate::fault::Fault;
use crate::{folder, given, lang, question};
use columns::Plan;
use decide::Book;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use progress::Progress;
use report::Report;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use writer::VerdictWriter;

/// Exit code 0 when every row was read, whatever the verdicts.
pub fn run(arguments: &cli::Replay) -> Result<ExitCode, Fault> {
    let report = replay(arguments)?;
    match arguments.output_format.format {
        cli::Format::Text => print!("{}", report.text(lang::chosen())),
        cli::Format::Json => println!("{}", report.json()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Replays a file and tells what came out.
pub fn replay(arguments: &cli::Replay) -> Result<Report, Fault> {
    let city = Arc::new(folder::city(arguments.city.city.as_deref())?);
    let notices = if arguments.notice.is_empty() {
        city.notices.clone()
    } else {
        given::read(&city, &arguments.notice)?.whole()?
    };
    let action = question::action(&city, &arguments.action)?;
    let facts = question::facts(&city, &arguments.who)?;
    let book = Book::compile(city, notices);

    let input = &arguments.input;
    let damaged = |error| Fault::Passages {
        path: input.clone(),
        error,
    };
    let head = open(input)?;
    let plan = Plan::of(head.metadata().file_metadata().schema_descr(), book.city())?;
    let groups: Vec<usize> = head
        .metadata()
        .row_groups()
        .iter()
        .map(|group| usize::try_from(group.num_rows()).unwrap_or(0))
        .collect();
    let total: usize = groups.iter().sum();

    let output = &arguments.output;
    let unwritable = |error| Fault::Write {
        path: output.clone(),
        error,
    };
    if same_file(input, output) {
        return Err(Fault::SameFile(output.clone()));
    }
    let folder = match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Nothing half-written ever stands under the name asked for.
    let file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    let started = Instant::now();
    let mut writer = VerdictWriter::new(BufWriter::new(&file)).map_err(damaged)?;
    let mut progress = Progress::new(total);
    let job = work::Job {
        book: &book,
        action,
        facts: &facts,
        plan: &plan,
        input,
        groups: &groups,
    };
    let unknown = job.run(&mut writer, &mut progress)?;
    let (undecided, outcomes) = writer.finish().map_err(damaged)?;
    progress.done();
    file.persist(output)
        .map_err(|error| unwritable(error.error))?;
    let names = plan.facts.iter().map(|fact| fact.name.clone());
    Ok(Report::new(
        total as u64,
        undecided,
        outcomes,
        names.zip(unknown).filter(|(_, count)| *count > 0).collect(),
        plan.ignored,
        started.elapsed(),
    ))
}

/// Opens a file of passages; every thread needs its own, because a file has one position.
fn open(path: &Path) -> Result<SerializedFileReader<File>, Fault> {
    let file = File::open(path).map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })?;
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
