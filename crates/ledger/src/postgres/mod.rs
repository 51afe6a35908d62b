//! The store in PostgreSQL, for several nodes that share it.
//!
//! A turn locks the one row of `head`, so nodes take turns and each sees what the others have committed. What a turn will
//! look at is fetched in one query each for requests, items and claims, for every question costs a way to the server.
//!
//! A destroyed key is gone from the table at once; its bytes stay in dead rows until the server vacuums them, and in
//! write-ahead logs and backups as long as those are kept. Whoever needs more keeps both short.

mod read;
mod write;

use std::cell::RefCell;
use std::collections::HashMap;

use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, Row, Statement};

use crate::item::{Item, ItemId};
use crate::name::{Claim, RequestId};
use crate::store::StoreError;

/// Versions of the schema, oldest first; a released one is never changed.
const MIGRATIONS: [&str; 1] = [include_str!("0001.sql")];
/// Any number, the same for all nodes: who migrates holds it.
const MIGRATION_LOCK: i64 = 0x746f_6e67_7869_6e00;

/// The database, for the writer of one node.
///
/// It blocks; open and use it on a thread that runs no asynchronous code.
pub struct Postgres {
    reader: PostgresReader,
    config: Config,
    fetched: Fetched,
}

/// The database, for reading. It blocks, as [`Postgres`] does.
pub struct PostgresReader {
    client: RefCell<Client>,
    statements: RefCell<HashMap<&'static str, Statement>>,
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
        let config: Config = address
            .parse()
            .map_err(|e| StoreError::Later(format!("{address}: {e}")))?;
        let reader = PostgresReader::connect(&config)?;
        migrate(&mut reader.client.borrow_mut())?;
        Ok(Self {
            reader,
            config,
            fetched: Fetched::default(),
        })
    }
}

impl PostgresReader {
    /// Connects to a database that a [`Postgres`] has made.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be reached.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        Self::connect(
            &address
                .parse()
                .map_err(|e| StoreError::Later(format!("{address}: {e}")))?,
        )
    }

    fn connect(config: &Config) -> Result<Self, StoreError> {
        let client = config
            .connect(NoTls)
            .map_err(|e| StoreError::Later(e.to_string()))?;
        Ok(Self {
            client: RefCell::new(client),
            statements: RefCell::default(),
        })
    }

    fn statement(&self, sql: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.borrow_mut().prepare(sql).map_err(fault)?;
        self.statements.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }

    fn query(
        &self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(sql)?;
        self.client
            .borrow_mut()
            .query(&statement, values)
            .map_err(fault)
    }

    fn execute(
        &self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, StoreError> {
        let statement = self.statement(sql)?;
        self.client
            .borrow_mut()
            .execute(&statement, values)
            .map_err(fault)
    }
}

fn migrate(client: &mut Client) -> Result<(), StoreError> {
    let mut transaction = client.transaction().map_err(fault)?;
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK])
        .map_err(fault)?;
    transaction
        .batch_execute("CREATE TABLE IF NOT EXISTS ledger_schema (version INTEGER NOT NULL)")
        .map_err(fault)?;
    let versions = transaction
        .query("SELECT version FROM ledger_schema", &[])
        .map_err(fault)?;
    let version: i32 = versions
        .first()
        .map_or(Ok(0), |row| row.try_get(0))
        .map_err(fault)?;
    let newest = MIGRATIONS.len();
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    if done > newest {
        return Err(StoreError::Damaged(format!(
            "the database has schema {version}, this program knows up to {newest}: use a newer one"
        )));
    }
    for sql in &MIGRATIONS[done..] {
        transaction.batch_execute(sql).map_err(fault)?;
    }
    let newest = newest as i32;
    let sql = if versions.is_empty() {
        "INSERT INTO ledger_schema VALUES ($1)"
    } else {
        "UPDATE ledger_schema SET version = $1"
    };
    transaction.execute(sql, &[&newest]).map_err(fault)?;
    transaction.commit().map_err(fault)
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

/// The server's own words.
fn said(error: &postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |e| e.message().to_owned())
}
