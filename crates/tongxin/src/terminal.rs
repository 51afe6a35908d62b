//! Writing to the output and the error output. Whoever reads them may leave early (`| head`): that is no fault.

use crate::fault::Fault;
use crate::lang;
use notice::Label;
use std::io::{ErrorKind, Write as _, stderr, stdout};
use std::process::ExitCode;

/// Writes to the output.
pub fn out(text: &str) -> Result<(), Fault> {
    let written = stdout()
        .write_all(text.as_bytes())
        .and_then(|()| stdout().flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Fault::Pipe(error)),
        _ => Ok(()),
    }
}

/// Writes a whole line to the output.
pub fn line(text: &str) -> Result<(), Fault> {
    out(&format!("{text}\n"))
}

/// Says what was done, with exit code 0, or why it was not, with 1.
pub fn told(done: &Result<Label, Label>) -> Result<ExitCode, Fault> {
    match done {
        Ok(said) => {
            line(said.get(lang::chosen()))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            err(&format!("{}\n", why.get(lang::chosen())));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Writes to the error output; if even that is closed there is nobody to tell.
pub fn err(text: &str) {
    let _ = stderr().write_all(text.as_bytes());
}
