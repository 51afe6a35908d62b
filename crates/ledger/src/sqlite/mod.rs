//! The store in one SQLite file, with a write-ahead log that is synchronised at every commit.

mod audit;
mod backup;
mod read;
mod schema;
mod write;

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::store::{Head, StoreError};

pub use audit::{Audit, AuditError};
pub use backup::{RestoreError, restore};

/// Pages in the write-ahead log after which it is copied back into the file: 40 MB.
const CHECKPOINT_PAGES: u32 = 10_000;
/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait, when a key was destroyed, for a reader that holds an old snapshot.
const SCRUB_PATIENCE: Duration = Duration::from_secs(1);

/// The file, for one writer. Another process that writes to it waits its turn.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
    /// A key was destroyed, but a reader kept the write-ahead log from being emptied of it.
    scrub_due: bool,
}

/// The file, for reading beside the writer. One for each thread.
#[derive(Debug)]
pub struct SqliteReader {
    connection: Connection,
}

/// Whoever has a connection reads.
trait Connected {
    fn connection(&self) -> &Connection;
}

impl Connected for Sqlite {
    fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl Connected for SqliteReader {
    fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl Sqlite {
    /// Opens the file, or makes it; brings an older one to today's schema.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be opened, is no ledger, or was made by a newer program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let opened = (|| {
            let mut connection = Connection::open(path)?;
            set_up(&connection)?;
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            // What is deleted or moved is overwritten: no page keeps a copy of a key that was destroyed.
            connection.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
            connection.pragma_update_and_check(
                None,
                "wal_autocheckpoint",
                CHECKPOINT_PAGES,
                |_| Ok(()),
            )?;
            connection.pragma_update(None, "cache_size", -65_536)?;
            let version = schema::migrate(&mut connection)?;
            Ok((connection, version))
        })();
        let (connection, version) = opened.map_err(fault)?;
        if version > schema::NEWEST {
            let newest = schema::NEWEST;
            return Err(StoreError::Damaged(format!(
                "{} has schema {version}, this program knows up to {newest}: use a newer one",
                path.display()
            )));
        }
        let mut store = Self {
            connection,
            scrub_due: true,
        };
        // A key may have been destroyed just before a crash.
        store.scrub(SCRUB_PATIENCE)?;
        Ok(store)
    }
}

impl SqliteReader {
    /// Opens a file that a [`Sqlite`] has made.
    ///
    /// # Errors
    /// [`StoreError`] when there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let opened = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        );
        let connection = opened.map_err(fault)?;
        set_up(&connection).map_err(fault)?;
        Ok(Self { connection })
    }
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Else plans look at the values bound, and a statement is prepared anew for each limit and each range.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// What an error of SQLite means for whoever waits.
fn fault(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory,
        ) => StoreError::Later(error.to_string()),
        Some(
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation,
        ) => StoreError::Damaged(error.to_string()),
        _ => StoreError::Lost(error.to_string()),
    }
}

fn empty_head() -> Head {
    Head {
        size: 0,
        at: jiff::Timestamp::UNIX_EPOCH,
        checkpoint: String::new(),
    }
}
