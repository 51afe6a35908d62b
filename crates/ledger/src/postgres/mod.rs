//! The store in PostgreSQL, for several nodes that share it.
//!
//! A turn locks the one row of `head`, so nodes take turns and each sees what the others have committed. What a turn will
//! look at is fetched in one query each for requests, items and claims, for every question costs a way to the server.
//!
//! A destroyed key is gone from the table at once; its bytes stay in dead rows until the server vacuums them, and in
//! write-ahead logs and backups as long as those are kept. Whoever needs more keeps both short.

mod connection;
mod read;
mod write;

use std::collections::HashMap;

use postgres::error::SqlState;

use crate::item::{Item, ItemId};
use crate::name::{Claim, RequestId};
use crate::store::StoreError;

pub use connection::Connection;
use connection::said;

/// Versions of the schema, oldest first; a released one is never changed.
const MIGRATIONS: [&str; 2] = [include_str!("0001.sql"), include_str!("0002.sql")];

/// The database, for the writer of one node.
///
/// It blocks; open and use it on a thread that runs no asynchronous code.
pub struct Postgres {
    reader: PostgresReader,
    fetched: Fetched,
}

/// The database, for reading. It blocks, as [`Postgres`] does.
pub struct PostgresReader {
    connection: Connection,
}

/// What this turn has fetched; nobody else can change it before the turn ends.
#[derive(Default)]
struct Fetched {
    requests: HashMap<RequestId, Option<u64>>,
    items: HashMap<ItemId, Option<Item>>,
    claims: HashMap<Claim, Option<u64>>,
}

impl Postgres {
    /// Connects, and brings an older database to today's schema. The address is `postgres://user@host/database` or a list
    /// of `key=value`. The connection is not encrypted: let it go through a socket or a private network.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be reached, or was made by a newer program.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        let connection = Connection::open(address)?;
        connection.migrate("ledger", &MIGRATIONS)?;
        Ok(Self {
            reader: PostgresReader { connection },
            fetched: Fetched::default(),
        })
    }

    /// Where it is, without who opened it and how.
    #[must_use]
    pub fn place(&self) -> String {
        self.reader.connection.place()
    }

    /// What all nodes must have alike, though it is kept outside the database: the first to name it decides, and everybody
    /// is told what that was; nothing if nobody has named it yet. A key itself must not be named, but what tells it from
    /// others.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn agreed(&self, what: &str, mine: Option<&str>) -> Result<Option<String>, StoreError> {
        let connection = &self.reader.connection;
        if let Some(mine) = mine {
            let sql =
                "INSERT INTO agreed (what, value) VALUES ($1, $2) ON CONFLICT (what) DO NOTHING";
            connection.execute(sql, &[&what, &mine])?;
        }
        let rows = connection.query("SELECT value FROM agreed WHERE what = $1", &[&what])?;
        rows.first().map(|row| read::column(row, 0)).transpose()
    }
}

impl PostgresReader {
    /// Connects to a database that a [`Postgres`] has made.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be reached.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        Ok(Self {
            connection: Connection::open(address)?,
        })
    }
}

/// What an error before the commit means: nothing was written, unless the tables themselves are wrong.
fn fault(error: postgres::Error) -> StoreError {
    match error.code() {
        Some(
            &(SqlState::UNIQUE_VIOLATION
            | SqlState::CHECK_VIOLATION
            | SqlState::DATA_CORRUPTED
            | SqlState::INDEX_CORRUPTED
            | SqlState::UNDEFINED_TABLE
            | SqlState::UNDEFINED_COLUMN),
        ) => StoreError::Damaged(said(&error)),
        _ => StoreError::Later(said(&error)),
    }
}
