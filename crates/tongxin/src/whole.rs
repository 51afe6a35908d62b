//! Files that appear when they are complete: nothing half-written ever stands under the name asked for.

use crate::fault::Fault;
use std::fs::File;
use std::path::Path;
use tempfile::NamedTempFile;

/// A file on its way to `path`, written under another name beside it; gone again if it is dropped.
pub struct Whole<'p> {
    path: &'p Path,
    file: NamedTempFile,
}

impl<'p> Whole<'p> {
    /// Begins the file.
    pub fn begin(path: &'p Path) -> Result<Self, Fault> {
        if path.is_dir() {
            let error = std::io::ErrorKind::IsADirectory.into();
            return Err(unwritable(path, error));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = NamedTempFile::new_in(folder).map_err(|error| unwritable(path, error))?;
        Ok(Whole { path, file })
    }

    /// Where to write.
    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives it its name.
    pub fn complete(self) -> Result<(), Fault> {
        let path = self.path;
        let done = self.file.persist(path);
        done.map(drop)
            .map_err(|error| unwritable(path, error.error))
    }
}

fn unwritable(path: &Path, error: std::io::Error) -> Fault {
    Fault::Write {
        path: path.to_owned(),
        error,
    }
}
