//! One connection, which is made anew when it was lost, but never in the middle of a turn.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::{Duration, Instant};

use postgres::config::Host;
use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, Row, Statement};

use super::fault;
use crate::store::StoreError;

/// Any number, the same for all nodes: who migrates holds it.
const MIGRATION_LOCK: i64 = 0x746f_6e67_7869_6e00;
/// How long to wait for a server that is being started again.
const PATIENCE: Duration = Duration::from_secs(10);
/// A node that stops in the middle of a turn, or another that waits for it, does not stop the others for longer.
const SETTINGS: &str = "-c idle_in_transaction_session_timeout=30000 -c lock_timeout=10000";

/// A connection to the database. It blocks; use it on a thread that runs no asynchronous code.
pub struct Connection {
    config: Config,
    client: RefCell<Option<Client>>,
    statements: RefCell<HashMap<&'static str, Statement>>,
    /// A transaction is open: another connection would not be in it.
    in_turn: Cell<bool>,
}

impl Connection {
    /// Connects. The address is `postgres://user:password@host/database` or a list of `key=value`; it is never repeated in
    /// what is said, for a password may be in it.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be reached.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        let mut config: Config = address.parse().map_err(|e: postgres::Error| {
            let why =
                std::error::Error::source(&e).map_or_else(String::new, |why| format!(": {why}"));
            StoreError::Later(format!("this is no address of a database{why}"))
        })?;
        let options = config.get_options().unwrap_or_default();
        let options = format!("{SETTINGS} {options}");
        config.options(options.trim_end());
        if config.get_application_name().is_none() {
            config.application_name("tongxin");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        let connection = Self {
            client: RefCell::new(None),
            statements: RefCell::default(),
            in_turn: Cell::new(false),
            config,
        };
        connection.connect()?;
        Ok(connection)
    }

    /// Where it leads, without who and how they show it: `db.example/city`.
    #[must_use]
    pub fn place(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            #[cfg(unix)]
            Some(Host::Unix(path)) => path.display().to_string(),
            None => "localhost".to_owned(),
        };
        let database = self.config.get_dbname().or(self.config.get_user());
        format!("{host}/{}", database.unwrap_or("postgres"))
    }

    fn connect(&self) -> Result<(), StoreError> {
        let client = self.config.connect(NoTls);
        let client = client.map_err(|e| StoreError::Later(said(&e)))?;
        self.statements.borrow_mut().clear();
        apart(self.client.replace(Some(client)));
        Ok(())
    }

    fn is_lost(&self) -> bool {
        self.client.borrow().as_ref().is_none_or(Client::is_closed)
    }

    /// Connects anew if the connection is lost, waiting a while for the server to come back.
    pub(super) fn restore(&self) -> Result<(), StoreError> {
        let began = Instant::now();
        while self.is_lost() {
            match self.connect() {
                Ok(()) => break,
                Err(error) if began.elapsed() >= PATIENCE => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(200)),
            }
        }
        Ok(())
    }

    /// Begins a transaction, on a new connection if need be.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        self.in_turn.set(false);
        self.execute("BEGIN", &[])?;
        self.in_turn.set(true);
        Ok(())
    }

    /// Ends it, by `COMMIT` or `ROLLBACK`.
    pub(super) fn end(&self, how: &str) -> Result<(), postgres::Error> {
        self.in_turn.set(false);
        match self.client.borrow_mut().as_mut() {
            Some(client) => client.batch_execute(how),
            None => Ok(()),
        }
    }

    /// Whether a transaction that ended with this error has ended for certain: rolled back by the server, or with the
    /// connection.
    pub(super) fn has_gone(&self) -> bool {
        self.is_lost()
    }

    fn on<T>(
        &self,
        sql: &'static str,
        work: impl Fn(&mut Client, &Statement) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        let once = || {
            let mut client = self.client.borrow_mut();
            let Some(client) = client.as_mut() else {
                return Ok(None);
            };
            let known = self.statements.borrow().get(sql).cloned();
            let statement = match known {
                Some(statement) => statement,
                None => {
                    let statement = client.prepare(sql)?;
                    self.statements.borrow_mut().insert(sql, statement.clone());
                    statement
                }
            };
            work(client, &statement).map(Some)
        };
        let tried: Result<Option<T>, postgres::Error> = once();
        match tried {
            Ok(Some(done)) => return Ok(done),
            Err(error) if self.in_turn.get() || !self.is_lost() => return Err(fault(error)),
            Ok(None) | Err(_) => {}
        }
        // Only now is it seen that the server has gone; outside a turn nothing is lost by asking again.
        self.restore()?;
        let tried: Result<Option<T>, postgres::Error> = once();
        tried
            .map_err(fault)?
            .ok_or_else(|| StoreError::Later("the database is not connected".to_owned()))
    }

    /// The rows of a query. The statement is prepared once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn query(
        &self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        self.on(sql, |client, statement| client.query(statement, values))
    }

    /// Executes a statement, and tells how many rows it touched. Outside a turn it may be executed twice when the connection
    /// is lost meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn execute(
        &self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, StoreError> {
        self.on(sql, |client, statement| client.execute(statement, values))
    }

    /// Brings the tables of `what` to the newest schema; each room counts its own. A released migration is never changed.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a newer program has made them.
    pub fn migrate(&self, what: &str, migrations: &[&str]) -> Result<(), StoreError> {
        let mut client = self.client.borrow_mut();
        let Some(client) = client.as_mut() else {
            return Err(StoreError::Later(
                "the database is not connected".to_owned(),
            ));
        };
        let mut transaction = client.transaction().map_err(fault)?;
        transaction
            .execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK])
            .map_err(fault)?;
        let table = format!("{what}_schema");
        transaction
            .batch_execute(&format!(
                "CREATE TABLE IF NOT EXISTS {table} (version INTEGER NOT NULL)"
            ))
            .map_err(fault)?;
        let versions = transaction
            .query(&format!("SELECT version FROM {table}"), &[])
            .map_err(fault)?;
        let version: i32 = versions
            .first()
            .map_or(Ok(0), |row| row.try_get(0))
            .map_err(fault)?;
        let newest = migrations.len();
        let done = usize::try_from(version).unwrap_or(usize::MAX);
        let Some(due) = migrations.get(done..) else {
            return Err(StoreError::Damaged(format!(
                "the database has schema {version} of {what}, this program knows up to {newest}: use a newer one"
            )));
        };
        for sql in due {
            transaction.batch_execute(sql).map_err(fault)?;
        }
        let newest = newest as i32;
        let sql = if versions.is_empty() {
            format!("INSERT INTO {table} VALUES ($1)")
        } else {
            format!("UPDATE {table} SET version = $1")
        };
        transaction.execute(&sql, &[&newest]).map_err(fault)?;
        transaction.commit().map_err(fault)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        apart(self.client.take());
    }
}

/// Ends a connection on a thread of its own: ending one waits, which asynchronous code must not.
fn apart(client: Option<Client>) {
    if let Some(client) = client {
        let ended = std::thread::Builder::new().spawn(move || drop(client));
        // Without a thread the closure, and the connection with it, is dropped here.
        let _ = ended.map(std::thread::JoinHandle::join);
    }
}

/// The server's own words.
pub(super) fn said(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => error.message().to_owned(),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}
