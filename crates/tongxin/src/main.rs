//! The `tongxin` command: files, clock, terminal and server; everything it says comes from the rooms above.

mod answer;
mod ask;
mod builtin;
mod check;
mod cli;
mod diff;
mod fault;
mod findings;
mod folder;
mod given;
mod interview;
mod lang;
mod moment;
mod question;
mod serve;

use std::process::ExitCode;

fn main() -> ExitCode {
    lang::choose();
    let arguments = match cli::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    let outcome = match arguments.command {
        cli::Command::Serve(arguments) => serve::run(&arguments),
        cli::Command::Check(arguments) => check::run(&arguments),
        cli::Command::Ask(arguments) => ask::run(&arguments),
        cli::Command::Interview(arguments) => interview::run(&arguments),
        cli::Command::Diff(arguments) => diff::run(&arguments),
    };
    outcome.unwrap_or_else(|fault| {
        eprint!("{}", fault.told(lang::chosen()));
        ExitCode::from(fault.exit())
    })
}
