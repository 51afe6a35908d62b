//! Calendars that devices fetch by a secret address: like a session, they last until their person ends them, and are no history.

use ledger::name::Person;

use super::{Failed, Sessions, Store};

/// What the secret of somebody's calendar is made from, together with a key that is kept elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct CalendarSeed(pub [u8; 32]);

impl std::fmt::Debug for CalendarSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CalendarSeed(…)")
    }
}

impl<S: Store> Sessions<S> {
    /// The seed of a person's calendar, if they have one.
    ///
    /// # Errors
    /// [`Failed`], as for all of these.
    pub fn calendar(&self, person: &Person) -> Result<Option<CalendarSeed>, Failed> {
        self.store.calendar(person)
    }

    /// Gives a person's calendar a seed and the SHA-256 of the secret made from it. The one before is gone.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn open_calendar(
        &mut self,
        person: &Person,
        seed: &CalendarSeed,
        secret: &[u8; 32],
    ) -> Result<(), Failed> {
        self.store.set_calendar(person, seed, secret)
    }

    /// Ends a person's calendar.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn close_calendar(&mut self, person: &Person) -> Result<(), Failed> {
        self.store.remove_calendar(person)
    }

    /// Whose calendar has the secret with this SHA-256.
    ///
    /// # Errors
    /// [`Failed`].
    pub fn calendar_of(&self, secret: &[u8; 32]) -> Result<Option<Person>, Failed> {
        self.store.find_calendar(secret)
    }
}
