//! Browsers that are told of messages at once: each is one device's, and goes with its session, whatever ends that.

use jiff::Timestamp;
use ledger::name::Person;

use super::{Failed, Session, SessionId, Sessions, Store};

/// Bytes that the address of a browser at its push service may have.
pub const ENDPOINT_BYTES_MAX: usize = 500;

/// Where a browser takes messages, and the keys that they are encrypted with.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its address at its push service. Whoever knows it can send to nobody without the keys.
    pub endpoint: String,
    /// Its public key.
    pub key: [u8; 65],
    /// The secret that it shares with the house.
    pub auth: [u8; 16],
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription(…)")
    }
}

impl<S: Store> Sessions<S> {
    /// Has a session's browser told of messages from now on. The same browser is of no other session any more: whoever signed
    /// in there before is not told of on it.
    ///
    /// # Errors
    /// [`Failed`], as for all of these.
    pub fn subscribe(&mut self, session: SessionId, to: &Subscription) -> Result<(), Failed> {
        self.store.set_push(session, to)
    }

    /// Has a session's browser told no more.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn unsubscribe(&mut self, session: SessionId) -> Result<(), Failed> {
        self.store.remove_push(session)
    }

    /// The same for a browser that is gone, unless the session's is another by now.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn unsubscribe_from(
        &mut self,
        session: SessionId,
        gone: &Subscription,
    ) -> Result<(), Failed> {
        match self.store.push(session)? {
            Some(now) if now == *gone => self.store.remove_push(session),
            _ => Ok(()),
        }
    }

    /// Whether a session's browser is told.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn is_subscribed(&self, session: SessionId) -> Result<bool, Failed> {
        Ok(self.store.push(session)?.is_some())
    }

    /// The browsers on which somebody is told, of sessions that have not ended by time. Whether the account's generation is
    /// still theirs, the caller looks.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn subscriptions(
        &self,
        person: &Person,
        now: Timestamp,
    ) -> Result<Vec<(Session, Subscription)>, Failed> {
        let mut all = Vec::new();
        for session in self.store.of(person)? {
            if now < session.until()
                && let Some(subscription) = self.store.push(session.id)?
            {
                all.push((session, subscription));
            }
        }
        all.sort_by_key(|(session, _)| session.id);
        Ok(all)
    }
}
