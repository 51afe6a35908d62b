//! `tongxin ask`: one question, one answer.

use crate::cli::{self, Format};
use crate::fault::Fault;
use crate::question::{self, Asked};
use crate::{answer, lang, terminal};
use decide::Answer;
use std::process::ExitCode;

/// Prints the answer; exit code 0 whatever it is.
pub fn run(arguments: &cli::Ask) -> Result<ExitCode, Fault> {
    let asked = question::read(arguments)?;
    let answer = asked.book.answer(&asked.question);
    print(&asked, &answer, arguments.output.format)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints an answer in the format asked for.
pub fn print(asked: &Asked, answer: &Answer, format: Format) -> Result<(), Fault> {
    match format {
        Format::Text => terminal::out(&answer::text(asked, answer, lang::chosen())),
        // Serialising strings and numbers to memory cannot fail.
        Format::Json => terminal::line(&serde_json::to_string_pretty(answer).unwrap_or_default()),
    }
}
