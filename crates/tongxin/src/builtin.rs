//! The demo city inside the command.

use crate::fault::Fault;
use city::City;
use notice::Diagnostic;
use std::io;
use std::path::{Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/builtin_city.rs"));

/// Unpacks the demo city into a folder of its own, loads it and removes the folder again: a city is loaded from a folder only.
pub fn load() -> Result<(City, Vec<Diagnostic>), Fault> {
    let write = |path: &Path, error| Fault::Write {
        path: path.to_owned(),
        error,
    };
    let folder = tempfile::Builder::new()
        .prefix("tongxin-city-")
        .tempdir()
        .map_err(|error| write(&std::env::temp_dir(), error))?;
    for (name, bytes) in FILES {
        let path = folder.path().join(name);
        unpack(&path, bytes).map_err(|error| write(&path, error))?;
    }
    City::load(folder.path()).map_err(Fault::City)
}

fn unpack(path: &PathBuf, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}
