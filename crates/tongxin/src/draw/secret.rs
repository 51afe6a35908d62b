//! A party's secret: made once, kept in a file that only its owner can read, never overwritten.

use super::Refused;
use crate::fault::Fault;
use forms::draw::Secret;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

/// Makes a secret of 32 random bytes and keeps it in a new file.
pub fn make(path: &Path) -> Result<Secret, Fault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Refused::Chance)?;
    let secret = Secret(bytes);
    let write = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Refused::SecretExists(path.to_owned()).into(),
        _ => Fault::Write {
            path: path.to_owned(),
            error,
        },
    };
    let mut file = private(path).map_err(write)?;
    file.write_all(format!("{secret}\n").as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(write)?;
    Ok(secret)
}

/// Reads what [`make`] wrote.
pub fn read(path: &Path) -> Result<Secret, Fault> {
    let read = || {
        let mut text = Vec::new();
        // 64 digits and a line end; whatever is longer is no secret.
        File::open(path)?.take(80).read_to_end(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })?;
    let secret = String::from_utf8(text).ok();
    secret
        .and_then(|text| text.trim().parse().ok())
        .ok_or_else(|| Refused::NoSecret(path.to_owned()).into())
}

/// A new file that only its owner can read.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
