//! A data directory: one ledger in SQLite with its keys, or the keys alone of one in a database.
//!
//! | file | holds |
//! |---|---|
//! | `ledger.db` | the ledger |
//! | `ledger.key` | the key that signs its checkpoints; its owner's alone |
//! | `ledger.pub` | the public half, as `name+id+key`, to be published |

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::note::{NoteError, Signer, Verifier};
use crate::sqlite::{Audit, RestoreError, Sqlite, SqliteReader, restore};
use crate::store::{Head, StoreError};

const LEDGER: &str = "ledger.db";
const SECRET: &str = "ledger.key";
const PUBLIC: &str = "ledger.pub";
/// The ledger while it is being restored.
const PART: &str = "ledger.db.part";

/// A data directory.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// A data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Nothing may be there yet.
    #[error("{} is not empty: take a new folder, so that nothing is overwritten", .0.display())]
    NotEmpty(PathBuf),
    /// No ledger is there.
    #[error("{} holds no ledger: look at the path", .0.display())]
    NoLedger(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// A key's file does not hold a key.
    #[error("{} holds no key: put back the one of a backup", .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: NoteError,
    },
    /// The ledger cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The backup cannot be used.
    #[error(transparent)]
    Restore(#[from] RestoreError),
}

impl Folder {
    /// Makes a ledger in a folder that is empty or not there yet.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn create(path: &Path, signer: &Signer) -> Result<Self, FolderError> {
        empty(path)?;
        let folder = Self {
            path: path.to_owned(),
        };
        folder.keep_keys(signer)?;
        drop(Sqlite::open(&folder.file(LEDGER))?);
        folder.sync()?;
        Ok(folder)
    }

    /// The ledger that is in this folder.
    ///
    /// # Errors
    /// [`FolderError::NoLedger`].
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        if path.join(LEDGER).is_file() {
            Ok(Self {
                path: path.to_owned(),
            })
        } else {
            Err(FolderError::NoLedger(path.to_owned()))
        }
    }

    /// Makes the keys of a ledger that is kept in a database, in a folder that is empty or not there yet.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn create_keys(path: &Path, signer: &Signer) -> Result<Self, FolderError> {
        empty(path)?;
        let folder = Self {
            path: path.to_owned(),
        };
        folder.keep_keys(signer)?;
        folder.sync()?;
        Ok(folder)
    }

    /// The keys in this folder, of a ledger that is kept in a database.
    ///
    /// # Errors
    /// [`FolderError::NoLedger`] when there are none.
    pub fn open_keys(path: &Path) -> Result<Self, FolderError> {
        if path.join(SECRET).is_file() {
            Ok(Self {
                path: path.to_owned(),
            })
        } else {
            Err(FolderError::NoLedger(path.to_owned()))
        }
    }

    /// Its store, for one writer.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn store(&self) -> Result<Sqlite, FolderError> {
        Ok(Sqlite::open(&self.file(LEDGER))?)
    }

    /// Its store, for reading beside the writer.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn reader(&self) -> Result<SqliteReader, FolderError> {
        Ok(SqliteReader::open(&self.file(LEDGER))?)
    }

    /// The key that signs.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn signer(&self) -> Result<Signer, FolderError> {
        let path = self.file(SECRET);
        let text = Zeroizing::new(fs::read_to_string(&path).map_err(io(&path))?);
        Signer::from_secret(text.trim_end()).map_err(|error| FolderError::Key { path, error })
    }

    /// The key that others trust.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn verifier(&self) -> Result<Verifier, FolderError> {
        let path = self.file(PUBLIC);
        let text = fs::read_to_string(&path).map_err(io(&path))?;
        let key = text.trim_end().parse();
        key.map_err(|error| FolderError::Key { path, error })
    }

    /// Copies the ledger with its keys to one new file, readable by its owner alone, while a writer goes on. Tells how many
    /// pages of how many are done. The file is durable when this returns.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn back_up(&self, to: &Path, progress: impl FnMut(u64, u64)) -> Result<Head, FolderError> {
        let signer = self.signer()?;
        drop(private(to).map_err(io(to))?);
        let head = self.reader()?.back_up(to, &signer, progress)?;
        File::open(to)
            .and_then(|file| file.sync_all())
            .map_err(io(to))?;
        Ok(head)
    }

    /// Makes a ledger of a backup in a folder that is empty or not there yet, after reading all of it again. If it does not
    /// hold, the folder is left empty.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn restore(backup: &Path, path: &Path) -> Result<(Self, Audit), FolderError> {
        empty(path)?;
        let folder = Self {
            path: path.to_owned(),
        };
        let part = folder.file(PART);
        let restored = folder.restored(backup, &part);
        if restored.is_err() {
            for name in [
                PART,
                "ledger.db.part-wal",
                "ledger.db.part-shm",
                "ledger.db.part-journal",
                SECRET,
                PUBLIC,
            ] {
                // What was never made cannot be removed.
                let _ = fs::remove_file(folder.file(name));
            }
        }
        restored.map(|audit| (folder, audit))
    }

    fn restored(&self, backup: &Path, part: &Path) -> Result<Audit, FolderError> {
        let mut from = File::open(backup).map_err(io(backup))?;
        let mut to = private(part).map_err(io(part))?;
        io::copy(&mut from, &mut to).map_err(io(part))?;
        drop(to);
        let (signer, audit) = restore(part)?;
        self.keep_keys(&signer)?;
        // Under its name only now: no half of a ledger is ever served.
        let ledger = self.file(LEDGER);
        File::open(part)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(part, &ledger))
            .map_err(io(&ledger))?;
        self.sync()?;
        Ok(audit)
    }

    fn keep_keys(&self, signer: &Signer) -> Result<(), FolderError> {
        let public = Zeroizing::new(signer.verifier().to_string());
        for (name, text) in [(SECRET, signer.secret()), (PUBLIC, public)] {
            let path = self.file(name);
            private(&path)
                .and_then(|mut file| {
                    file.write_all(text.as_bytes())?;
                    file.write_all(b"\n")?;
                    file.sync_all()
                })
                .map_err(io(&path))?;
        }
        Ok(())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// New names in the folder are durable.
    fn sync(&self) -> Result<(), FolderError> {
        File::open(&self.path)
            .and_then(|folder| folder.sync_all())
            .map_err(io(&self.path))
    }
}

/// Makes the folder if it is not there; it must be empty.
fn empty(path: &Path) -> Result<(), FolderError> {
    fs::create_dir_all(path).map_err(io(path))?;
    match fs::read_dir(path).map_err(io(path))?.next() {
        None => Ok(()),
        Some(_) => Err(FolderError::NotEmpty(path.to_owned())),
    }
}

/// A new file that only its owner can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn io(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    |error| FolderError::Io { path, error }
}
