//! `tongxin bench`: synthetic passages to measure with.

use crate::fault::Fault;
use crate::{cli, folder, lang, passages};
use std::process::ExitCode;

/// Writes the passages; exit code 0.
pub fn run(arguments: &cli::Bench) -> Result<ExitCode, Fault> {
    let city = folder::city(arguments.city.city.as_deref())?;
    let path = &arguments.passages;
    passages::write(&city, path, arguments.rows, arguments.seed).map_err(|error| {
        Fault::Passages {
            path: path.clone(),
            error,
        }
    })?;
    let wrote = lang::say("行合成的通行记录,写入", "synthetic passages written to");
    println!("{} {wrote} {}", arguments.rows, path.display());
    Ok(ExitCode::SUCCESS)
}
