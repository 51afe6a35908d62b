//! `tongxin ask`: one question, one answer.

use crate::cli::{self, Format};
use crate::fault::Fault;
use crate::{answer, lang, question};
use decide::{Answer, Book};
use std::process::ExitCode;

/// Prints the answer; exit code 0 whatever it is.
pub fn run(arguments: &cli::Ask) -> Result<ExitCode, Fault> {
    let asked = question::read(arguments)?;
    let answer = asked.book.answer(&asked.question);
    print(&answer, &asked.book, arguments.output.format);
    Ok(ExitCode::SUCCESS)
}

/// Prints an answer in the format asked for.
pub fn print(answer: &Answer, book: &Book, format: Format) {
    match format {
        Format::Text => print!("{}", answer::text(answer, book, lang::chosen())),
        // Serialising strings and numbers to memory cannot fail.
        Format::Json => println!(
            "{}",
            serde_json::to_string_pretty(answer).unwrap_or_default()
        ),
    }
}
