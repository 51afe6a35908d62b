//! Sessions in PostgreSQL, for several nodes: whoever signed in at one is signed in at all.

use jiff::Timestamp;
use ledger::name::Person;
use ledger::postgres::Connection;

use super::{CalendarSeed, Device, Failed, Session, SessionId, Store, Subscription, TokenHash};

/// Versions of the schema, oldest first; a released one is never changed.
const MIGRATIONS: [&str; 4] = [
    "
CREATE TABLE sessions (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token      BYTEA NOT NULL UNIQUE,
    person     TEXT COLLATE \"C\" NOT NULL,
    generation BIGINT NOT NULL,
    device     TEXT NOT NULL,
    begun      BIGINT NOT NULL, -- milliseconds since 1970
    seen       BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person);",
    "
CREATE TABLE calendars (
    person TEXT COLLATE \"C\" PRIMARY KEY,
    seed   BYTEA NOT NULL,
    secret BYTEA NOT NULL UNIQUE -- SHA-256 of what stands in the address
);",
    "
CREATE TABLE spent (
    once  BYTEA PRIMARY KEY, -- SHA-256 of what may be used once only
    until BIGINT NOT NULL    -- milliseconds since 1970
);",
    "
CREATE TABLE pushes (
    session  BIGINT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL UNIQUE,
    key      BYTEA NOT NULL,
    auth     BYTEA NOT NULL
);",
];

/// Sessions in PostgreSQL. It blocks; open and use it on a thread that runs no asynchronous code.
pub struct Postgres {
    connection: Connection,
}

impl Postgres {
    /// Connects, and makes the table if there is none.
    ///
    /// # Errors
    /// [`Failed`] when it cannot be reached, or a newer program made it.
    pub fn open(address: &str) -> Result<Self, Failed> {
        let connection = Connection::open(address)?;
        connection.migrate("session", &MIGRATIONS)?;
        // A power cut may lose the last sign-ins, which costs their people another; no sign-in waits for the disk.
        connection.execute("SET synchronous_commit = off", &[])?;
        Ok(Self { connection })
    }

    fn sessions(
        &self,
        sql: &'static str,
        value: &(dyn postgres::types::ToSql + Sync),
    ) -> Result<Vec<Session>, Failed> {
        let rows = self.connection.query(sql, &[value])?;
        rows.iter().map(session).collect()
    }
}

fn session(row: &postgres::Row) -> Result<Session, Failed> {
    let id: i64 = row.try_get(0).map_err(|e| Failed::Damaged(e.to_string()))?;
    let damaged = |what: String| Failed::Damaged(format!("session {id}: {what}"));
    fn column<'a, T: postgres::types::FromSql<'a>>(
        row: &'a postgres::Row,
        at: usize,
    ) -> Result<T, String> {
        row.try_get(at).map_err(|e| e.to_string())
    }
    let time = |at: usize| {
        let ms = column::<i64>(row, at)?;
        Timestamp::from_millisecond(ms).map_err(|e| e.to_string())
    };
    let read = || {
        let generation: i64 = column(row, 2)?;
        Ok(Session {
            id,
            person: Person::new(column(row, 1)?).map_err(|e| e.to_string())?,
            generation: u32::try_from(generation).map_err(|e| e.to_string())?,
            device: Device::new(column(row, 3)?),
            begun: time(4)?,
            seen: time(5)?,
        })
    };
    read().map_err(damaged)
}

impl Store for Postgres {
    fn add(&mut self, token: &TokenHash, session: &Session) -> Result<SessionId, Failed> {
        // Given twice, as may be when the connection is lost, it is the same session.
        let sql = "INSERT INTO sessions (token, person, generation, device, begun, seen) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (token) DO UPDATE SET seen = excluded.seen RETURNING id";
        let rows = self.connection.query(
            sql,
            &[
                &&token.0[..],
                &session.person.as_str(),
                &i64::from(session.generation),
                &session.device.as_str(),
                &session.begun.as_millisecond(),
                &session.seen.as_millisecond(),
            ],
        )?;
        let id = rows.first().map(|row| row.try_get(0));
        match id {
            Some(Ok(id)) => Ok(id),
            _ => Err(Failed::Damaged("a session has no number".to_owned())),
        }
    }

    fn find(&self, token: &TokenHash) -> Result<Option<Session>, Failed> {
        let sql =
            "SELECT id, person, generation, device, begun, seen FROM sessions WHERE token = $1";
        Ok(self.sessions(sql, &&token.0[..])?.pop())
    }

    fn of(&self, person: &Person) -> Result<Vec<Session>, Failed> {
        let sql =
            "SELECT id, person, generation, device, begun, seen FROM sessions WHERE person = $1";
        self.sessions(sql, &person.as_str())
    }

    fn note(&mut self, id: SessionId, seen: Timestamp) -> Result<(), Failed> {
        let sql = "UPDATE sessions SET seen = $2 WHERE id = $1";
        self.connection
            .execute(sql, &[&id, &seen.as_millisecond()])?;
        Ok(())
    }

    fn remove(&mut self, person: &Person, id: SessionId) -> Result<bool, Failed> {
        let sql = "DELETE FROM sessions WHERE id = $1 AND person = $2";
        let gone = self.connection.execute(sql, &[&id, &person.as_str()])?;
        Ok(gone > 0)
    }

    fn remove_all(&mut self, person: &Person, but: Option<SessionId>) -> Result<usize, Failed> {
        // Ids begin at 1, so 0 spares none.
        let sql = "DELETE FROM sessions WHERE person = $1 AND id <> $2";
        let gone = self
            .connection
            .execute(sql, &[&person.as_str(), &but.unwrap_or(0)])?;
        Ok(usize::try_from(gone).unwrap_or(usize::MAX))
    }

    fn remove_before(&mut self, begun: Timestamp, seen: Timestamp) -> Result<usize, Failed> {
        let sql = "DELETE FROM sessions WHERE begun <= $1 OR seen <= $2";
        let values: [&(dyn postgres::types::ToSql + Sync); 2] =
            [&begun.as_millisecond(), &seen.as_millisecond()];
        let gone = self.connection.execute(sql, &values)?;
        Ok(usize::try_from(gone).unwrap_or(usize::MAX))
    }

    fn calendar(&self, person: &Person) -> Result<Option<CalendarSeed>, Failed> {
        let sql = "SELECT seed FROM calendars WHERE person = $1";
        let rows = self.connection.query(sql, &[&person.as_str()])?;
        let damaged = || Failed::Damaged("a calendar's seed is not one".to_owned());
        let seed = rows.first().map(|row| {
            let bytes: Vec<u8> = row.try_get(0).map_err(|_| damaged())?;
            bytes.try_into().map(CalendarSeed).map_err(|_| damaged())
        });
        seed.transpose()
    }

    fn set_calendar(
        &mut self,
        person: &Person,
        seed: &CalendarSeed,
        secret: &[u8; 32],
    ) -> Result<(), Failed> {
        let sql = "INSERT INTO calendars (person, seed, secret) VALUES ($1, $2, $3)
            ON CONFLICT (person) DO UPDATE SET seed = excluded.seed, secret = excluded.secret";
        let values: [&(dyn postgres::types::ToSql + Sync); 3] =
            [&person.as_str(), &&seed.0[..], &&secret[..]];
        self.connection.execute(sql, &values)?;
        Ok(())
    }

    fn remove_calendar(&mut self, person: &Person) -> Result<(), Failed> {
        let sql = "DELETE FROM calendars WHERE person = $1";
        self.connection.execute(sql, &[&person.as_str()])?;
        Ok(())
    }

    fn find_calendar(&self, secret: &[u8; 32]) -> Result<Option<Person>, Failed> {
        let sql = "SELECT person FROM calendars WHERE secret = $1";
        let rows = self.connection.query(sql, &[&&secret[..]])?;
        let damaged = |what: String| Failed::Damaged(format!("a calendar: {what}"));
        let person = rows.first().map(|row| {
            let person: &str = row.try_get(0).map_err(|e| damaged(e.to_string()))?;
            Person::new(person).map_err(|e| damaged(e.to_string()))
        });
        person.transpose()
    }

    fn spend(&mut self, once: &[u8; 32], until: Timestamp) -> Result<bool, Failed> {
        // Given twice, as may be when the connection is lost, it counts as used: its person tries again.
        let sql = "INSERT INTO spent (once, until) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let values: [&(dyn postgres::types::ToSql + Sync); 2] =
            [&&once[..], &until.as_millisecond()];
        Ok(self.connection.execute(sql, &values)? > 0)
    }

    fn remove_spent(&mut self, until: Timestamp) -> Result<(), Failed> {
        let sql = "DELETE FROM spent WHERE until <= $1";
        self.connection.execute(sql, &[&until.as_millisecond()])?;
        Ok(())
    }

    fn push(&self, session: SessionId) -> Result<Option<Subscription>, Failed> {
        let sql = "SELECT endpoint, key, auth FROM pushes WHERE session = $1";
        let rows = self.connection.query(sql, &[&session])?;
        let read = |row: &postgres::Row| {
            let (key, auth): (Vec<u8>, Vec<u8>) = (row.try_get(1).ok()?, row.try_get(2).ok()?);
            Some(Subscription {
                endpoint: row.try_get(0).ok()?,
                key: key.try_into().ok()?,
                auth: auth.try_into().ok()?,
            })
        };
        let damaged = || Failed::Damaged(format!("session {session}: where its browser is told"));
        let found = rows.first().map(|row| read(row).ok_or_else(damaged));
        found.transpose()
    }

    fn set_push(&mut self, session: SessionId, to: &Subscription) -> Result<(), Failed> {
        // Two statements: if the second fails, the browser is told nothing, which its page shows.
        let sql = "DELETE FROM pushes WHERE session = $1 OR endpoint = $2";
        self.connection.execute(sql, &[&session, &to.endpoint])?;
        let sql = "INSERT INTO pushes (session, endpoint, key, auth) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let values: [&(dyn postgres::types::ToSql + Sync); 4] =
            [&session, &to.endpoint, &&to.key[..], &&to.auth[..]];
        self.connection.execute(sql, &values)?;
        Ok(())
    }

    fn remove_push(&mut self, session: SessionId) -> Result<(), Failed> {
        let sql = "DELETE FROM pushes WHERE session = $1";
        self.connection.execute(sql, &[&session])?;
        Ok(())
    }
}
