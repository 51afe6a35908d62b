//! What sessions ask of a store.

use jiff::Timestamp;
use ledger::name::Person;

use super::{CalendarSeed, Session, SessionId, Subscription, TokenHash};

/// A store did not do what it was asked, or there is no chance.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// SQLite failed.
    #[error("the sessions cannot be read or written: {0}; look at the disk and try again")]
    Sqlite(#[from] rusqlite::Error),
    /// The database failed.
    #[error("the sessions cannot be read or written: {0}")]
    Database(#[from] ledger::store::StoreError),
    /// What was kept cannot be read.
    #[error("the sessions are damaged: {0}; delete their file, everybody signs in again")]
    Damaged(String),
    /// The account cannot be read.
    #[error("the account cannot be read: {0}; try again")]
    Account(String),
    /// The machine gives no random numbers.
    #[error("the system gives no random numbers: try again")]
    Chance,
}

/// Keeps sessions by the hashes of their tokens. It decides nothing.
pub trait Store {
    /// Adds one and gives it its id; `session.id` is not looked at.
    ///
    /// # Errors
    /// [`Failed`], as for all of these.
    fn add(&mut self, token: &TokenHash, session: &Session) -> Result<SessionId, Failed>;

    /// The session of a token.
    ///
    /// # Errors
    /// [`Failed`].
    fn find(&self, token: &TokenHash) -> Result<Option<Session>, Failed>;

    /// All of a person's, in any order.
    ///
    /// # Errors
    /// [`Failed`].
    fn of(&self, person: &Person) -> Result<Vec<Session>, Failed>;

    /// Notes when one was used.
    ///
    /// # Errors
    /// [`Failed`].
    fn note(&mut self, id: SessionId, seen: Timestamp) -> Result<(), Failed>;

    /// Removes one if it is the person's; tells whether it was.
    ///
    /// # Errors
    /// [`Failed`].
    fn remove(&mut self, person: &Person, id: SessionId) -> Result<bool, Failed>;

    /// Removes all of a person's but one; tells how many.
    ///
    /// # Errors
    /// [`Failed`].
    fn remove_all(&mut self, person: &Person, but: Option<SessionId>) -> Result<usize, Failed>;

    /// Removes those begun, or last used, at or before these times; tells how many.
    ///
    /// # Errors
    /// [`Failed`].
    fn remove_before(&mut self, begun: Timestamp, seen: Timestamp) -> Result<usize, Failed>;

    /// The seed of a person's calendar.
    ///
    /// # Errors
    /// [`Failed`].
    fn calendar(&self, person: &Person) -> Result<Option<CalendarSeed>, Failed>;

    /// Keeps a person's calendar, in the place of the one before.
    ///
    /// # Errors
    /// [`Failed`].
    fn set_calendar(
        &mut self,
        person: &Person,
        seed: &CalendarSeed,
        secret: &[u8; 32],
    ) -> Result<(), Failed>;

    /// Removes a person's calendar, if there is one.
    ///
    /// # Errors
    /// [`Failed`].
    fn remove_calendar(&mut self, person: &Person) -> Result<(), Failed>;

    /// Whose calendar has the secret of this hash.
    ///
    /// # Errors
    /// [`Failed`].
    fn find_calendar(&self, secret: &[u8; 32]) -> Result<Option<Person>, Failed>;

    /// Marks something as used, of which this is the SHA-256; tells whether it was not marked before.
    ///
    /// # Errors
    /// [`Failed`].
    fn spend(&mut self, once: &[u8; 32], until: Timestamp) -> Result<bool, Failed>;

    /// Removes the marks of what is good until this time or less.
    ///
    /// # Errors
    /// [`Failed`].
    fn remove_spent(&mut self, until: Timestamp) -> Result<(), Failed>;

    /// Where a session's browser takes messages. It is gone with the session.
    ///
    /// # Errors
    /// [`Failed`].
    fn push(&self, session: SessionId) -> Result<Option<Subscription>, Failed>;

    /// Keeps where a session's browser takes messages, and takes that place from every other session.
    ///
    /// # Errors
    /// [`Failed`].
    fn set_push(&mut self, session: SessionId, to: &Subscription) -> Result<(), Failed>;

    /// Removes where a session's browser takes messages, if it does.
    ///
    /// # Errors
    /// [`Failed`].
    fn remove_push(&mut self, session: SessionId) -> Result<(), Failed>;
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn add(&mut self, token: &TokenHash, session: &Session) -> Result<SessionId, Failed> {
        (**self).add(token, session)
    }

    fn find(&self, token: &TokenHash) -> Result<Option<Session>, Failed> {
        (**self).find(token)
    }

    fn of(&self, person: &Person) -> Result<Vec<Session>, Failed> {
        (**self).of(person)
    }

    fn note(&mut self, id: SessionId, seen: Timestamp) -> Result<(), Failed> {
        (**self).note(id, seen)
    }

    fn remove(&mut self, person: &Person, id: SessionId) -> Result<bool, Failed> {
        (**self).remove(person, id)
    }

    fn remove_all(&mut self, person: &Person, but: Option<SessionId>) -> Result<usize, Failed> {
        (**self).remove_all(person, but)
    }

    fn remove_before(&mut self, begun: Timestamp, seen: Timestamp) -> Result<usize, Failed> {
        (**self).remove_before(begun, seen)
    }

    fn calendar(&self, person: &Person) -> Result<Option<CalendarSeed>, Failed> {
        (**self).calendar(person)
    }

    fn set_calendar(
        &mut self,
        person: &Person,
        seed: &CalendarSeed,
        secret: &[u8; 32],
    ) -> Result<(), Failed> {
        (**self).set_calendar(person, seed, secret)
    }

    fn remove_calendar(&mut self, person: &Person) -> Result<(), Failed> {
        (**self).remove_calendar(person)
    }

    fn find_calendar(&self, secret: &[u8; 32]) -> Result<Option<Person>, Failed> {
        (**self).find_calendar(secret)
    }

    fn spend(&mut self, once: &[u8; 32], until: Timestamp) -> Result<bool, Failed> {
        (**self).spend(once, until)
    }

    fn remove_spent(&mut self, until: Timestamp) -> Result<(), Failed> {
        (**self).remove_spent(until)
    }

    fn push(&self, session: SessionId) -> Result<Option<Subscription>, Failed> {
        (**self).push(session)
    }

    fn set_push(&mut self, session: SessionId, to: &Subscription) -> Result<(), Failed> {
        (**self).set_push(session, to)
    }

    fn remove_push(&mut self, session: SessionId) -> Result<(), Failed> {
        (**self).remove_push(session)
    }
}
