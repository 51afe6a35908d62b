//! Sessions in an SQLite file of their own, beside the ledger's.

use std::path::Path;

use jiff::Timestamp;
use ledger::name::Person;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{CalendarSeed, Device, Failed, Session, SessionId, Store, Subscription, TokenHash};

/// Ids are never given twice, so that an old page's "sign this device out" cannot end a newer session.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS sessions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token      BLOB NOT NULL UNIQUE,
    person     TEXT NOT NULL,
    generation INTEGER NOT NULL,
    device     TEXT NOT NULL,
    begun      INTEGER NOT NULL, -- milliseconds since 1970
    seen       INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_person ON sessions (person);
CREATE TABLE IF NOT EXISTS calendars (
    person TEXT PRIMARY KEY,
    seed   BLOB NOT NULL,
    secret BLOB NOT NULL UNIQUE -- SHA-256 of what stands in the address
) STRICT;
CREATE TABLE IF NOT EXISTS spent (
    once  BLOB PRIMARY KEY, -- SHA-256 of what may be used once only
    until INTEGER NOT NULL  -- milliseconds since 1970
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pushes (
    session  INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL UNIQUE,
    key      BLOB NOT NULL,
    auth     BLOB NOT NULL
) STRICT;
PRAGMA user_version = 4;";

/// Newest version of the schema that this program knows.
const VERSION: i64 = 4;
const COLUMNS: &str = "id, person, generation, device, begun, seen";

/// Sessions in SQLite.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    /// Opens a file, making it if there is none.
    ///
    /// # Errors
    /// [`Failed`] when it cannot be opened, or a newer program wrote it.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A power cut may lose the last sign-ins, which costs their people another; it never damages the file.
        connection.pragma_update(None, "synchronous", "normal")?;
        Self::with(connection)
    }

    /// Sessions that end with the program.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn in_memory() -> Result<Self, Failed> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> Result<Self, Failed> {
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version > VERSION {
            return Err(Failed::Damaged(format!(
                "they are in version {version}, this program reads up to {VERSION}"
            )));
        }
        // What is removed is overwritten: who was where is nobody's business afterwards.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection })
    }
}

/// The columns of a row, to be checked outside SQLite's own errors.
type Columns = (i64, String, u32, String, i64, i64);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
    ))
}

fn session((id, person, generation, device, begun, seen): Columns) -> Result<Session, Failed> {
    let damaged = |what: String| Failed::Damaged(format!("session {id}: {what}"));
    let time = |ms| Timestamp::from_millisecond(ms).map_err(|e| damaged(e.to_string()));
    Ok(Session {
        id,
        person: Person::new(&person).map_err(|e| damaged(e.to_string()))?,
        generation,
        device: Device::new(&device),
        begun: time(begun)?,
        seen: time(seen)?,
    })
}

impl Store for Sqlite {
    fn add(&mut self, token: &TokenHash, session: &Session) -> Result<SessionId, Failed> {
        let sql = "INSERT INTO sessions (token, person, generation, device, begun, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.connection.prepare_cached(sql)?.execute(params![
            token.0,
            session.person.as_str(),
            session.generation,
            session.device.as_str(),
            session.begun.as_millisecond(),
            session.seen.as_millisecond(),
        ])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn find(&self, token: &TokenHash) -> Result<Option<Session>, Failed> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE token = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement.query_row([token.0], columns).optional()?;
        found.map(session).transpose()
    }

    fn of(&self, person: &Person) -> Result<Vec<Session>, Failed> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE person = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement.query_map([person.as_str()], columns)?;
        found.map(|row| session(row?)).collect()
    }

    fn note(&mut self, id: SessionId, seen: Timestamp) -> Result<(), Failed> {
        let sql = "UPDATE sessions SET seen = ?2 WHERE id = ?1";
        self.connection
            .prepare_cached(sql)?
            .execute(params![id, seen.as_millisecond()])?;
        Ok(())
    }

    fn remove(&mut self, person: &Person, id: SessionId) -> Result<bool, Failed> {
        let sql = "DELETE FROM sessions WHERE id = ?1 AND person = ?2";
        let gone = self
            .connection
            .prepare_cached(sql)?
            .execute(params![id, person.as_str()])?;
        Ok(gone > 0)
    }

    fn remove_all(&mut self, person: &Person, but: Option<SessionId>) -> Result<usize, Failed> {
        // Ids begin at 1, so 0 spares none.
        let sql = "DELETE FROM sessions WHERE person = ?1 AND id <> ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.execute(params![person.as_str(), but.unwrap_or(0)])?)
    }

    fn remove_before(&mut self, begun: Timestamp, seen: Timestamp) -> Result<usize, Failed> {
        let sql = "DELETE FROM sessions WHERE begun <= ?1 OR seen <= ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.execute(params![begun.as_millisecond(), seen.as_millisecond()])?)
    }

    fn calendar(&self, person: &Person) -> Result<Option<CalendarSeed>, Failed> {
        let sql = "SELECT seed FROM calendars WHERE person = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let seed = statement.query_row([person.as_str()], |row| row.get(0));
        Ok(seed.optional()?.map(CalendarSeed))
    }

    fn set_calendar(
        &mut self,
        person: &Person,
        seed: &CalendarSeed,
        secret: &[u8; 32],
    ) -> Result<(), Failed> {
        let sql = "INSERT OR REPLACE INTO calendars (person, seed, secret) VALUES (?1, ?2, ?3)";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![person.as_str(), seed.0, secret])?;
        Ok(())
    }

    fn remove_calendar(&mut self, person: &Person) -> Result<(), Failed> {
        let sql = "DELETE FROM calendars WHERE person = ?1";
        self.connection
            .prepare_cached(sql)?
            .execute([person.as_str()])?;
        Ok(())
    }

    fn find_calendar(&self, secret: &[u8; 32]) -> Result<Option<Person>, Failed> {
        let sql = "SELECT person FROM calendars WHERE secret = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let person = statement.query_row([secret], |row| row.get::<_, String>(0));
        let damaged = |error: ledger::name::BadName| Failed::Damaged(format!("calendar: {error}"));
        let person = person.optional()?;
        person
            .map(|person| Person::new(&person).map_err(damaged))
            .transpose()
    }

    fn spend(&mut self, once: &[u8; 32], until: Timestamp) -> Result<bool, Failed> {
        let sql = "INSERT OR IGNORE INTO spent (once, until) VALUES (?1, ?2)";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.execute(params![once, until.as_millisecond()])? > 0)
    }

    fn remove_spent(&mut self, until: Timestamp) -> Result<(), Failed> {
        let sql = "DELETE FROM spent WHERE until <= ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute([until.as_millisecond()])?;
        Ok(())
    }

    fn push(&self, session: SessionId) -> Result<Option<Subscription>, Failed> {
        let sql = "SELECT endpoint, key, auth FROM pushes WHERE session = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row([session], |row| {
            Ok(Subscription {
                endpoint: row.get(0)?,
                key: row.get(1)?,
                auth: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }

    fn set_push(&mut self, session: SessionId, to: &Subscription) -> Result<(), Failed> {
        // Whatever of both there was is replaced: the session's browser, and the browser's session.
        let sql =
            "INSERT OR REPLACE INTO pushes (session, endpoint, key, auth) VALUES (?1, ?2, ?3, ?4)";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![session, to.endpoint, to.key, to.auth])?;
        Ok(())
    }

    fn remove_push(&mut self, session: SessionId) -> Result<(), Failed> {
        let sql = "DELETE FROM pushes WHERE session = ?1";
        self.connection.prepare_cached(sql)?.execute([session])?;
        Ok(())
    }
}
