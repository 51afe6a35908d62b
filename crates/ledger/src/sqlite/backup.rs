//! A copy of the file while its writer goes on, and back.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::audit::{Audit, AuditError, audit};
use super::{PATIENCE, Sqlite, SqliteReader, fault};
use crate::note::{NoteError, Signer, Verifier};
use crate::store::{Head, Read as _, StoreError};

/// Pages copied between two reports of progress: 16 MB.
const PAGES: i32 = 4_096;

/// What a backup has more than the file: the key that signs.
const TABLE: &str =
    "CREATE TABLE backup (one INTEGER PRIMARY KEY CHECK (one = 1), signer TEXT NOT NULL) STRICT";

/// A backup cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// Not a backup of a ledger.
    #[error("not a backup of a ledger: take a file that `tongxin backup` has written")]
    NotABackup,
    /// Its key cannot be read.
    #[error("the backup's key cannot be read: {0}")]
    Key(#[from] NoteError),
    /// Its tables are not those of a ledger.
    #[error("the backup's tables are not those that this program makes")]
    Schema,
    /// Pages of the file do not fit together.
    #[error("the backup is damaged: {0}")]
    Pages(String),
    /// What it holds does not hold.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// It cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SqliteReader {
    /// Copies all as it is now to a new file, with the key that signs. Writers go on meanwhile and are not in it. Tells how
    /// many pages of how many are done.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read, or the copy not be written.
    pub fn back_up(
        &self,
        to: &Path,
        signer: &Signer,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Head, StoreError> {
        // A transaction that has begun to read sees the same until it ends.
        self.connection.execute_batch("BEGIN").map_err(fault)?;
        let copied = self.head().and_then(|head| {
            let mut copy = Connection::open(to).map_err(fault)?;
            copy_pages(&self.connection, &mut copy, &mut progress)?;
            // One file, without a log beside it.
            copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
                .and_then(|()| copy.pragma_update(None, "synchronous", "FULL"))
                .and_then(|()| copy.execute_batch(TABLE))
                .and_then(|()| {
                    let sql = "INSERT INTO backup (one, signer) VALUES (1, ?1)";
                    copy.execute(sql, params![signer.secret().as_str()])
                })
                .map_err(fault)?;
            Ok(head)
        });
        let ended = self.connection.execute_batch("COMMIT").map_err(fault);
        copied.and_then(|head| ended.map(|()| head))
    }

    /// Reads all of the file again: whether its log is the one that was signed, and all else is what its entries make.
    ///
    /// # Errors
    /// [`AuditError`] when it is not.
    pub fn audit(&self, key: &Verifier) -> Result<Audit, AuditError> {
        audit(self, key)
    }
}

fn copy_pages(
    from: &Connection,
    to: &mut Connection,
    progress: &mut impl FnMut(u64, u64),
) -> Result<(), StoreError> {
    let backup = Backup::new(from, to).map_err(fault)?;
    let mut moved = Instant::now();
    loop {
        let step = backup.step(PAGES).map_err(fault)?;
        let pages = backup.progress();
        let number = |pages: i32| u64::try_from(pages).unwrap_or(0);
        progress(
            number(pages.pagecount - pages.remaining),
            number(pages.pagecount),
        );
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => moved = Instant::now(),
            _ if moved.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(10)),
            _ => return Err(StoreError::Later("the file is locked".to_owned())),
        }
    }
}

/// Makes a ledger of a copy of a backup, in place: takes out the key, and reads all of it again.
///
/// # Errors
/// [`RestoreError`], and then the file is of no use.
pub fn restore(copy: &Path) -> Result<(Signer, Audit), RestoreError> {
    let signer = {
        let connection = Connection::open(copy).map_err(fault)?;
        let found = connection
            .query_row("SELECT signer FROM backup", [], |row| row.get(0))
            .optional();
        let Ok(Some::<String>(secret)) = found else {
            return Err(RestoreError::NotABackup);
        };
        let sound: String = connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(fault)?;
        if sound != "ok" {
            return Err(RestoreError::Pages(sound));
        }
        // Only the table is taken out, and overwritten; a trigger or a view would be told by the schema below.
        connection
            .pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))
            .and_then(|()| connection.execute_batch("DROP TABLE backup"))
            .map_err(fault)?;
        Signer::from_secret(&secret)?
    };
    let store = Sqlite::open(copy)?;
    let made = Connection::open_in_memory()
        .map_err(fault)
        .and_then(|mut fresh| {
            super::schema::migrate(&mut fresh).map_err(fault)?;
            schema(&fresh)
        })?;
    if schema(&store.connection)? != made {
        return Err(RestoreError::Schema);
    }
    let audit = audit(&store, signer.verifier())?;
    Ok((signer, audit))
}

/// Every table, index, view and trigger, as it was made.
fn schema(connection: &Connection) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
    let sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";
    let mut query = connection.prepare(sql).map_err(fault)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.and_then(Iterator::collect).map_err(fault)
}
