//! `tongxin bench`: synthetic passages to measure with.

use crate::fault::Fault;
use crate::whole::Whole;
use crate::{cli, folder, lang, passages, terminal};
use std::process::ExitCode;

/// Writes the passages; exit code 0.
pub fn run(arguments: &cli::Bench) -> Result<ExitCode, Fault> {
    let city = folder::city(arguments.city.city.as_deref())?;
    let path = &arguments.passages;
    let whole = Whole::begin(path)?;
    passages::write(&city, whole.file(), arguments.rows, arguments.seed).map_err(|error| {
        Fault::Passages {
            path: path.clone(),
            error,
        }
    })?;
    whole.complete()?;
    let wrote = lang::say("行合成的通行记录，写入", "synthetic passages written to");
    terminal::line(&format!("{} {wrote} {}", arguments.rows, path.display()))?;
    Ok(ExitCode::SUCCESS)
}
