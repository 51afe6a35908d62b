//! Notices given as files on the command line, read together: each may name the rules of the others in `over`.

use crate::fault::Fault;
use city::City;
use notice::{Diagnostic, Notice, Slug};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files, read.
pub struct Given {
    /// Notices that could be read, in the order given.
    pub notices: Vec<Arc<Notice>>,
    /// Everything found while reading, errors included.
    pub diagnostics: Vec<Diagnostic>,
}

impl Given {
    /// The notices, or every error in them.
    pub fn whole(self) -> Result<Vec<Arc<Notice>>, Fault> {
        let wrong = self
            .diagnostics
            .iter()
            .any(|found| found.severity == notice::Severity::Error);
        if wrong {
            Err(Fault::Texts(self.diagnostics))
        } else {
            Ok(self.notices)
        }
    }
}

/// Reads the files against the city's words and places.
pub fn read(city: &City, paths: &[PathBuf]) -> Result<Given, Fault> {
    let mut files = Vec::with_capacity(paths.len());
    let mut slugs = BTreeSet::new();
    for path in paths {
        let file = path.display().to_string();
        let slug = Slug::of_file(&file).to_owned();
        if slugs.contains(&slug) {
            return Err(Fault::SameSlug(slug));
        }
        slugs.insert(slug);
        files.push((file, bytes(path)?));
    }
    let mut given = Given {
        notices: Vec::new(),
        diagnostics: Vec::new(),
    };
    for reading in city.read_notices(&files) {
        given.notices.extend(reading.notice.map(Arc::new));
        given.diagnostics.extend(reading.diagnostics);
    }
    Ok(given)
}

/// A larger file is no notice; the reader says so of what is within this.
const FILE_BYTES_MAX: u64 = 64 << 20;

fn bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(FILE_BYTES_MAX)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })
}
