//! The `tongxin` command: files, clock, terminal and server; everything it says comes from the rooms above.

mod answer;
mod appoint;
mod ask;
mod bench;
mod builtin;
mod check;
mod cli;
mod commended;
mod data;
mod demo;
mod diff;
mod draw;
mod fault;
mod findings;
mod folder;
mod given;
mod interview;
mod lang;
mod moment;
mod passages;
mod progress;
mod publish;
mod question;
mod refusal;
mod replay;
mod serve;
mod terminal;
mod verify;
mod whole;

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
        cli::Command::Replay(arguments) => replay::run(&arguments),
        cli::Command::Bench(arguments) => bench::run(&arguments),
        cli::Command::Diff(arguments) => diff::run(&arguments),
        cli::Command::Draw(arguments) => draw::run(&arguments),
        cli::Command::Verify(arguments) => verify::run(&arguments),
        cli::Command::Publish(arguments) => publish::run(&arguments),
        cli::Command::Appoint(arguments) => appoint::run(&arguments),
        cli::Command::Commended(arguments) => commended::run(&arguments),
        cli::Command::Export(arguments) => data::export(&arguments),
        cli::Command::Import(arguments) => data::import::run(&arguments),
        cli::Command::Demo(arguments) => demo::run(&arguments),
        cli::Command::Backup(arguments) => data::backup(&arguments),
        cli::Command::Restore(arguments) => data::restore(&arguments),
    };
    outcome.unwrap_or_else(|fault| {
        terminal::err(&fault.told(lang::chosen()));
        ExitCode::from(fault.exit())
    })
}
