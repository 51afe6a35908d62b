//! `tongxin bench`: the figures this project promises, measured by the shipped command on the machine at hand.
//!
//! What is compared with peers stands in `bench/` of the project; here every figure stands beside its stated bound only.
//! An answer that differs from the book's own ends the check: no figure belongs to a wrong answer.

mod answers;
mod columns;
mod figure;
mod file;
mod server;
mod world;

use crate::cli::{self, Format};
use crate::fault::Fault;
use crate::lang::{self, say};
use crate::whole::Whole;
use crate::{builtin, folder, passages, terminal};
use figure::Figure;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;
use world::World;

/// Exit code 0 when everything was measured, or written; with `--strict` 1 if a figure is missed.
pub fn run(arguments: &cli::Bench) -> Result<ExitCode, Fault> {
    if arguments.passages.is_some() {
        return write_passages(arguments);
    }
    let figures = figures(arguments)?;
    match arguments.output.format {
        Format::Text => terminal::out(&figure::text(&figures, lang::chosen()))?,
        Format::Json => terminal::line(&figure::json(&figures))?,
    }
    let missed = figures.iter().any(|one| one.met() == Some(false));
    Ok(ExitCode::from(u8::from(arguments.strict && missed)))
}

fn figures(arguments: &cli::Bench) -> Result<Vec<Figure>, Fault> {
    // The bounds are stated for the demo city, whatever city lies about.
    let (city, _) = builtin::load()?;
    let city = Arc::new(city);
    let mut figures = Vec::new();
    doing(say("启动服务", "starting the server"));
    figures.extend(server::measure()?);
    doing(say("读懂、编译、回答", "reading, compiling, answering"));
    let world = World::new(city.clone(), arguments.rules as usize, arguments.seed);
    figures.extend(answers::measure(&world)?);
    doing(say("成批判断", "deciding in bulk"));
    figures.extend(columns::measure(&world, arguments.rows)?);
    doing(say("从 Parquet 到 Parquet", "from Parquet to Parquet"));
    figures.extend(file::measure(&city, arguments.rows, arguments.seed)?);
    Ok(figures)
}

/// Tells whoever watches what takes its time now.
fn doing(what: &str) {
    if std::io::stderr().is_terminal() {
        terminal::err(&format!("{what}…\n"));
    }
}

fn write_passages(arguments: &cli::Bench) -> Result<ExitCode, Fault> {
    let Some(path) = &arguments.passages else {
        return Ok(ExitCode::SUCCESS);
    };
    let city = folder::city(arguments.city.city.as_deref())?;
    let whole = Whole::begin(path)?;
    passages::write(&city, whole.file(), arguments.rows, arguments.seed).map_err(|error| {
        Fault::Passages {
            path: path.clone(),
            error,
        }
    })?;
    whole.complete()?;
    let wrote = say("行合成的通行记录，写入", "synthetic passages written to");
    terminal::line(&format!("{} {wrote} {}", arguments.rows, path.display()))?;
    Ok(ExitCode::SUCCESS)
}
