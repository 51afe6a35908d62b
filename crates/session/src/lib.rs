//! Who is signed in, on which device. Kept while it lasts and then gone: a session is no history, so it stands in no entry
//! of the ledger, and no backup of the ledger can be used to sign in.
//!
//! The one central type is [`Sessions`]: it begins, resumes and ends them over a [`Store`]. The browser has a [`Token`] of
//! 256 random bits; the store has only its hash. Time and chance are given.
//!
//! ```
//! use ledger::given::SystemChance;
//! use ledger::name::Person;
//! use session::{Device, Sessions, Sqlite};
//!
//! let now = "2022-01-06T08:00:00+08:00".parse()?;
//! let mut sessions = Sessions::over(Sqlite::in_memory()?);
//! let li = Person::new("p7")?;
//! let device = Device::of_user_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 15_2 like Mac OS X) Version/15.2 Mobile Safari/604.1");
//! let (token, _) = sessions.begin(&mut SystemChance, &li, 0, device, now)?;
//!
//! let generation = |_: &Person| Ok(Some(0)); // as the person's account says
//! let session = sessions.resume(&token, now, generation)?;
//! assert_eq!((session.person, session.device.as_str()), (li, "Safari · iPhone"));
//! // A form on a page carries this, and another site cannot know it.
//! assert!(token.accepts(&token.csrf()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calendar;
mod device;
#[cfg(feature = "postgres")]
mod postgres;
mod push;
mod spent;
mod sqlite;
mod store;
mod token;

use jiff::{SignedDuration, Timestamp};
use ledger::given::Chance;
use ledger::name::Person;

pub use calendar::CalendarSeed;
pub use device::Device;
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
pub use push::{ENDPOINT_BYTES_MAX, Subscription};
pub use sqlite::Sqlite;
pub use store::{Failed, Store};
pub use token::{NotToken, Token, TokenHash};

/// A session that nobody uses ends after this.
pub const IDLE_MAX: SignedDuration = SignedDuration::from_hours(14 * 24);
/// However it is used, a session ends after this.
pub const AGE_MAX: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Sessions one person has at once; beginning another ends the one not used for longest.
pub const SESSIONS_MAX: usize = 20;
/// When a session was last used is noted no more often than this: not every page is worth a write.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// Which session, in the list of a person's devices. It does not let anybody in.
pub type SessionId = i64;

/// One device's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub person: Person,
    /// The account's generation when it began: the account has a higher one after signing out everywhere.
    pub generation: u32,
    /// What the person knows the device by.
    pub device: Device,
    /// Since when.
    pub begun: Timestamp,
    /// When it was last used, to a few minutes.
    pub seen: Timestamp,
}

impl Session {
    /// When it ends unless it is used.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        let plus = |at: Timestamp, by: SignedDuration| at.saturating_add(by).unwrap_or(at);
        plus(self.seen, IDLE_MAX).min(plus(self.begun, AGE_MAX))
    }
}

/// Nobody is signed in by this.
#[derive(Debug, thiserror::Error)]
pub enum Over {
    /// No such session, or one that has ended.
    #[error("you are not signed in, or were signed out: sign in again")]
    Ended,
    /// The store failed.
    #[error(transparent)]
    Failed(#[from] Failed),
}

/// All sessions.
#[derive(Debug)]
pub struct Sessions<S> {
    store: S,
}

impl<S: Store> Sessions<S> {
    /// Those that this store keeps.
    #[must_use]
    pub const fn over(store: S) -> Self {
        Self { store }
    }

    /// Begins a session for somebody who has just shown who they are. Always a new token: one that was there before
    /// signing in, which another may have planted, is never taken over.
    ///
    /// # Errors
    /// [`Failed`] when the store or chance fails.
    pub fn begin(
        &mut self,
        chance: &mut dyn Chance,
        person: &Person,
        generation: u32,
        device: Device,
        now: Timestamp,
    ) -> Result<(Token, Session), Failed> {
        let token = Token::new(chance).ok_or(Failed::Chance)?;
        let mut others = self.devices(person, now)?;
        others.sort_by_key(|session| session.seen);
        let spare = (others.len() + 1).saturating_sub(SESSIONS_MAX);
        for session in others.iter().take(spare) {
            self.store.remove(person, session.id)?;
        }
        let mut session = Session {
            id: 0,
            person: person.clone(),
            generation,
            device,
            begun: now,
            seen: now,
        };
        session.id = self.store.add(&token.hash(), &session)?;
        Ok((token, session))
    }

    /// The session of a token, noting that it is used. `generation` tells the account's present generation, nothing if
    /// there is no such account any more.
    ///
    /// # Errors
    /// [`Over::Ended`] when it has ended: by time, by signing out here or everywhere, or with its account.
    /// [`Over::Failed`] when that cannot be told now; then the session stays.
    pub fn resume(
        &mut self,
        token: &Token,
        now: Timestamp,
        generation: impl FnOnce(&Person) -> Result<Option<u32>, Failed>,
    ) -> Result<Session, Over> {
        let session = self.find(token)?;
        let generation = generation(&session.person)?;
        self.go_on(session, now, generation)
    }

    /// The first half of [`Sessions::resume`], for whoever looks the account up without holding all sessions meanwhile: what
    /// is kept of a token. It lets nobody in before [`Sessions::go_on`].
    ///
    /// # Errors
    /// [`Over`].
    pub fn find(&self, token: &Token) -> Result<Session, Over> {
        self.store.find(&token.hash())?.ok_or(Over::Ended)
    }

    /// The second half: the session if it goes on, with the account's present generation, noting that it is used.
    ///
    /// # Errors
    /// [`Over`], as [`Sessions::resume`].
    pub fn go_on(
        &mut self,
        mut session: Session,
        now: Timestamp,
        generation: Option<u32>,
    ) -> Result<Session, Over> {
        let current = generation == Some(session.generation);
        if !current || now >= session.until() {
            self.store.remove(&session.person, session.id)?;
            return Err(Over::Ended);
        }
        if now.duration_since(session.seen) >= NOTED_EVERY {
            session.seen = now;
            self.store.note(session.id, now)?;
        }
        Ok(session)
    }

    /// Where a person is signed in, last used first.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn devices(&self, person: &Person, now: Timestamp) -> Result<Vec<Session>, Failed> {
        let mut all = self.store.of(person)?;
        all.retain(|session| now < session.until());
        all.sort_by_key(|session| std::cmp::Reverse((session.seen, session.id)));
        Ok(all)
    }

    /// Ends one of a person's sessions; tells whether there was such a one. Another person's id ends nothing.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn end(&mut self, person: &Person, id: SessionId) -> Result<bool, Failed> {
        self.store.remove(person, id)
    }

    /// Ends all of a person's sessions, but perhaps the one they sit at; tells how many.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn end_all(&mut self, person: &Person, but: Option<SessionId>) -> Result<usize, Failed> {
        self.store.remove_all(person, but)
    }

    /// Removes what has ended by time. Nothing depends on it but the size of the store.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn sweep(&mut self, now: Timestamp) -> Result<usize, Failed> {
        let before = |by: SignedDuration| now.saturating_sub(by).unwrap_or(Timestamp::MIN);
        self.store.remove_before(before(AGE_MAX), before(IDLE_MAX))
    }
}

#[cfg(test)]
mod tests;
