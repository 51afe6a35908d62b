//! What waits for programs outside: a lane for each, in the queue's file.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::{COLUMNS, Failed, Queue, add, columns, message, signed};
use crate::message::{Draft, Lane, Message, Why};
use crate::retry::give_up_after;

impl Queue {
    /// The lanes of programs whose next message is due, the longest due first.
    ///
    /// # Errors
    /// [`Failed`], as for all of these.
    pub fn due_hooks(&self, now: Timestamp) -> Result<Vec<Lane>, Failed> {
        let sql = "SELECT m.lane FROM messages AS m JOIN (
                SELECT min(id) AS id FROM messages WHERE state = 0 AND lane LIKE 'hook/%' GROUP BY lane
            ) AS head ON m.id = head.id WHERE m.due <= ?1 ORDER BY m.due, m.id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let names = statement.query_map([now.as_millisecond()], |row| row.get::<_, String>(0))?;
        let lane =
            |name: String| Lane::of(&name).ok_or_else(|| Failed::Damaged(format!("lane {name}")));
        names.map(|name| lane(name?)).collect()
    }

    /// Takes in a message that no entry gave rise to.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn add(&mut self, draft: &Draft, now: Timestamp) -> Result<(), Failed> {
        let transaction = self.connection.transaction()?;
        add(&transaction, std::slice::from_ref(draft), now)?;
        Ok(transaction.commit()?)
    }

    /// The last messages of a lane, the newest first, at most so many.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn last_of(&self, lane: &Lane, most: usize) -> Result<Vec<Message>, Failed> {
        let sql =
            format!("SELECT {COLUMNS} FROM messages WHERE lane = ?1 ORDER BY id DESC LIMIT ?2");
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement.query_map(params![lane.name(), most], columns)?;
        found.map(|row| message(row?)).collect()
    }

    /// What waits in a lane is due now, as if it had never been tried.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn resume(&mut self, lane: &Lane, now: Timestamp) -> Result<(), Failed> {
        let sql =
            "UPDATE messages SET due = ?2, tries = 0 WHERE lane = ?1 AND state = 0 AND tries > 0";
        self.connection
            .prepare_cached(sql)?
            .execute(params![lane.name(), now.as_millisecond()])?;
        Ok(())
    }

    /// What waits in a lane is given up.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn close(&mut self, lane: &Lane, now: Timestamp, why: Why) -> Result<(), Failed> {
        let sql = "UPDATE messages SET state = 2, ended = ?2, why = coalesce(why, ?3) WHERE lane = ?1 AND state = 0";
        self.connection.prepare_cached(sql)?.execute(params![
            lane.name(),
            now.as_millisecond(),
            why.word()
        ])?;
        Ok(())
    }

    /// A program that is told nothing for long does not fill the disk: what waits for it too long goes.
    pub(super) fn sweep_hooks(&self, now: Timestamp) -> Result<usize, Failed> {
        let kept = give_up_after(&Lane::Hook(String::new()));
        let before = now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        let sql = "DELETE FROM messages WHERE state = 0 AND lane LIKE 'hook/%' AND made < ?1";
        Ok(self.connection.execute(sql, [before.as_millisecond()])?)
    }
}

/// What a newer message of the same matter says better, and nobody was told yet, goes: a slot that many book at once is told
/// of once, with its last numbers.
pub(super) fn make_room(transaction: &Transaction<'_>, draft: &Draft) -> Result<(), Failed> {
    let sql = "DELETE FROM messages WHERE lane = ?1 AND recipient = ?2 AND what = ?3 AND entry < ?4 AND state = 0 AND tries = 0";
    transaction.prepare_cached(sql)?.execute(params![
        draft.lane.name(),
        draft.recipient,
        draft.what,
        signed(draft.entry)?
    ])?;
    Ok(())
}
