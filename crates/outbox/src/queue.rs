//! Messages on their way, in an SQLite file of their own beside the ledger's.

mod hooks;

use std::path::Path;

use jiff::Timestamp;
use ledger::name::Person;
use notice::Lang;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::message::{Draft, Lane, Message, State, Why};
use crate::retry::KEPT_FOR;

/// A message is one for its entry, way, recipient and matter: following an entry twice makes it once.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS messages (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    lane      TEXT NOT NULL,
    recipient TEXT NOT NULL,
    entry     INTEGER NOT NULL,
    what      TEXT NOT NULL,
    made      INTEGER NOT NULL, -- milliseconds since 1970
    tries     INTEGER NOT NULL DEFAULT 0,
    due       INTEGER NOT NULL,
    state     INTEGER NOT NULL DEFAULT 0, -- 0 waiting, 1 sent, 2 given up
    ended     INTEGER,
    why       TEXT,
    UNIQUE (entry, lane, recipient, what)
) STRICT;
CREATE INDEX IF NOT EXISTS messages_due ON messages (lane, due, id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS messages_turn ON messages (lane, recipient, id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS messages_recipient ON messages (recipient);
CREATE INDEX IF NOT EXISTS messages_ended ON messages (state, ended) WHERE state > 0;
CREATE TABLE IF NOT EXISTS followed (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    entries INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS languages (
    person TEXT PRIMARY KEY,
    lang   TEXT NOT NULL
) STRICT;
PRAGMA user_version = 1;";

/// Newest version of the schema that this program knows.
const VERSION: i64 = 1;
const COLUMNS: &str = "id, lane, recipient, entry, what, made, tries, due, state, ended, why";

/// The queue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// SQLite failed.
    #[error("the outbox cannot be read or written: {0}; look at the disk and try again")]
    Sqlite(#[from] rusqlite::Error),
    /// What was kept cannot be read.
    #[error(
        "the outbox is damaged: {0}; delete its file: what was not sent yet is lost, the ledger is not touched"
    )]
    Damaged(String),
}

/// How many mails are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// To be sent.
    pub waiting: u64,
    /// Of these, tried in vain so far.
    pub failing: u64,
    /// Sent, of late.
    pub sent: u64,
    /// Given up, of late.
    pub given_up: u64,
}

/// Messages on their way. See the crate's text.
#[derive(Debug)]
pub struct Queue {
    connection: Connection,
}

impl Queue {
    /// Opens a file, making it if there is none.
    ///
    /// # Errors
    /// [`Failed`] when it cannot be opened, or a newer program wrote it.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // A power cut may lose the last marks; then the entries are followed again, and at worst a message leaves twice.
        connection.pragma_update(None, "synchronous", "normal")?;
        Self::with(connection)
    }

    /// A queue that ends with the program.
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
                "it is in version {version}, this program reads up to {VERSION}"
            )));
        }
        // Whom the house has written to is nobody's business afterwards.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection })
    }

    /// How many entries have been followed; nothing if none were ever.
    ///
    /// # Errors
    /// [`Failed`], as for all of these.
    pub fn followed(&self) -> Result<Option<u64>, Failed> {
        let sql = "SELECT entries FROM followed";
        let found = self
            .connection
            .query_row(sql, [], |row| row.get(0))
            .optional()?;
        found.map(unsigned).transpose()
    }

    /// Takes in the messages of the entries before this one, and that these have been followed: both or neither.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn follow(&mut self, entries: u64, drafts: &[Draft], now: Timestamp) -> Result<(), Failed> {
        let transaction = self.connection.transaction()?;
        add(&transaction, drafts, now)?;
        let sql = "INSERT INTO followed (one, entries) VALUES (1, ?1) ON CONFLICT DO UPDATE SET entries = ?1";
        transaction
            .prepare_cached(sql)?
            .execute([signed(entries)?])?;
        Ok(transaction.commit()?)
    }

    /// The next message that is due in a lane: of those that are first of their recipient's, the one due first.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn next(&self, lane: &Lane, now: Timestamp) -> Result<Option<Message>, Failed> {
        let sql = format!(
            "SELECT {COLUMNS} FROM messages AS m WHERE lane = ?1 AND state = 0 AND due <= ?2 AND NOT EXISTS (
                SELECT 1 FROM messages AS earlier WHERE earlier.lane = ?1 AND earlier.recipient = m.recipient
                AND earlier.state = 0 AND earlier.id < m.id) ORDER BY due, id LIMIT 1"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement
            .query_row(params![lane.name(), now.as_millisecond()], columns)
            .optional()?;
        found.map(message).transpose()
    }

    /// The lanes in which something waits.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn lanes(&self) -> Result<Vec<Lane>, Failed> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT DISTINCT lane FROM messages WHERE state = 0 ORDER BY lane")?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        names
            .map(|name| {
                let name = name?;
                Lane::of(&name).ok_or_else(|| Failed::Damaged(format!("lane {name}")))
            })
            .collect()
    }

    /// A message has left.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn sent(&mut self, id: i64, now: Timestamp) -> Result<(), Failed> {
        let sql = "UPDATE messages SET state = 1, ended = ?2, tries = tries + 1, why = NULL WHERE id = ?1";
        self.connection
            .prepare_cached(sql)?
            .execute(params![id, now.as_millisecond()])?;
        Ok(())
    }

    /// A message was tried in vain, and is due again.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn later(&mut self, id: i64, due: Timestamp, why: Why) -> Result<(), Failed> {
        let sql =
            "UPDATE messages SET tries = tries + 1, due = ?2, why = ?3 WHERE id = ?1 AND state = 0";
        self.connection.prepare_cached(sql)?.execute(params![
            id,
            due.as_millisecond(),
            why.word()
        ])?;
        Ok(())
    }

    /// A message will not be sent.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn give_up(&mut self, id: i64, now: Timestamp, why: Why) -> Result<(), Failed> {
        let sql = "UPDATE messages SET state = 2, ended = ?2, why = ?3 WHERE id = ?1 AND state = 0";
        self.connection.prepare_cached(sql)?.execute(params![
            id,
            now.as_millisecond(),
            why.word()
        ])?;
        Ok(())
    }

    /// Tries all mail that was given up anew, from the beginning. Gives how many.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn again(&mut self, now: Timestamp) -> Result<usize, Failed> {
        let sql = "UPDATE messages SET state = 0, made = ?1, due = ?1, tries = 0, ended = NULL WHERE state = 2 AND why NOT IN ('too-late', 'no-address', 'no-browser') AND lane NOT LIKE 'hook/%'";
        Ok(self.connection.execute(sql, [now.as_millisecond()])?)
    }

    /// Nothing is kept of what went, or is to go, to this recipient.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn forget(&mut self, recipient: &str) -> Result<(), Failed> {
        let sql = "DELETE FROM messages WHERE recipient = ?1";
        self.connection.prepare_cached(sql)?.execute([recipient])?;
        let sql = "DELETE FROM languages WHERE person = ?1";
        self.connection.prepare_cached(sql)?.execute([recipient])?;
        Ok(())
    }

    /// Removes what has ended long ago. Gives how many.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn sweep(&mut self, now: Timestamp) -> Result<usize, Failed> {
        let before = now.saturating_sub(KEPT_FOR).unwrap_or(Timestamp::MIN);
        let sql = "DELETE FROM messages WHERE state > 0 AND ended < ?1";
        let swept = self.connection.execute(sql, [before.as_millisecond()])?;
        Ok(swept + self.sweep_hooks(now)?)
    }

    /// How many of mail are how far.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn counts(&self) -> Result<Counts, Failed> {
        let sql = "SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 0 AND tries > 0),
            count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2) FROM messages WHERE lane NOT LIKE 'hook/%'";
        let (waiting, failing, sent, given_up) = self.connection.query_row(sql, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        Ok(Counts {
            waiting: unsigned(waiting)?,
            failing: unsigned(failing)?,
            sent: unsigned(sent)?,
            given_up: unsigned(given_up)?,
        })
    }

    /// What mail was given up or is being tried in vain, the newest first, at most so many.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn troubles(&self, most: usize) -> Result<Vec<Message>, Failed> {
        let sql = format!(
            "SELECT {COLUMNS} FROM messages WHERE (state = 2 OR (state = 0 AND tries > 0)) AND lane NOT LIKE 'hook/%' ORDER BY id DESC LIMIT ?1"
        );
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement.query_map([most], columns)?;
        found.map(|row| message(row?)).collect()
    }

    /// Which language somebody reads: the one they have last used the pages in.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn language(&self, person: &Person) -> Result<Option<Lang>, Failed> {
        let sql = "SELECT lang FROM languages WHERE person = ?1";
        let found: Option<String> = self
            .connection
            .prepare_cached(sql)?
            .query_row([person.as_str()], |row| row.get(0))
            .optional()?;
        Ok(found.map(|word| match word.as_str() {
            "en" => Lang::En,
            _ => Lang::Zh,
        }))
    }

    /// Notes which language somebody reads.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn reads(&mut self, person: &Person, lang: Lang) -> Result<(), Failed> {
        let word = match lang {
            Lang::Zh => "zh",
            Lang::En => "en",
        };
        let sql = "INSERT INTO languages (person, lang) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET lang = ?2";
        self.connection
            .prepare_cached(sql)?
            .execute([person.as_str(), word])?;
        Ok(())
    }
}

fn add(transaction: &Transaction<'_>, drafts: &[Draft], now: Timestamp) -> Result<(), Failed> {
    let sql = "INSERT INTO messages (lane, recipient, entry, what, made, due) VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT DO NOTHING";
    let mut statement = transaction.prepare_cached(sql)?;
    for draft in drafts {
        if let Lane::Hook(_) = draft.lane {
            hooks::make_room(transaction, draft)?;
        }
        statement.execute(params![
            draft.lane.name(),
            draft.recipient,
            signed(draft.entry)?,
            draft.what,
            now.as_millisecond(),
        ])?;
    }
    Ok(())
}

/// The columns of a row, to be checked outside SQLite's own errors.
struct Columns {
    id: i64,
    lane: String,
    recipient: String,
    entry: i64,
    what: String,
    made: i64,
    tries: u32,
    due: i64,
    state: i64,
    ended: Option<i64>,
    why: Option<String>,
}

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok(Columns {
        id: row.get(0)?,
        lane: row.get(1)?,
        recipient: row.get(2)?,
        entry: row.get(3)?,
        what: row.get(4)?,
        made: row.get(5)?,
        tries: row.get(6)?,
        due: row.get(7)?,
        state: row.get(8)?,
        ended: row.get(9)?,
        why: row.get(10)?,
    })
}

fn message(columns: Columns) -> Result<Message, Failed> {
    let damaged = |what: &str| Failed::Damaged(format!("message {}: {what}", columns.id));
    let time = |ms| Timestamp::from_millisecond(ms).map_err(|_| damaged("a time"));
    let ended = time(columns.ended.unwrap_or_default())?;
    Ok(Message {
        id: columns.id,
        made: time(columns.made)?,
        tries: columns.tries,
        state: match columns.state {
            0 => State::Waiting(time(columns.due)?),
            1 => State::Sent(ended),
            _ => State::GivenUp(ended),
        },
        why: columns.why.as_deref().map(Why::of),
        draft: Draft {
            lane: Lane::of(&columns.lane).ok_or_else(|| damaged("its lane"))?,
            recipient: columns.recipient,
            entry: unsigned(columns.entry)?,
            what: columns.what,
        },
    })
}

fn unsigned(number: i64) -> Result<u64, Failed> {
    u64::try_from(number).map_err(|_| Failed::Damaged(format!("the number {number}")))
}

fn signed(number: u64) -> Result<i64, Failed> {
    i64::try_from(number).map_err(|_| Failed::Damaged(format!("the number {number}")))
}
