//! The secret address of a person's calendar. It is a key of the server's own over a seed that is kept beside the sessions: who
//! reads that file alone cannot make the address, and a new seed makes a new one.

use super::{People, no_chance, ours};
use crate::failure::Failure;
use forms::people::Account;
use ledger::given::{Chance as _, SystemChance};
use ledger::name::{Key, Person};
use session::CalendarSeed;
use sha2::{Digest, Sha256};
use std::sync::Arc;

impl People {
    /// The secret of a person's calendar, if they have one.
    pub async fn calendar(self: &Arc<Self>, person: Person) -> Result<Option<String>, Failure> {
        self.with(move |people, _| {
            let seed = people.sessions().calendar(&person).map_err(ours)?;
            Ok(seed.map(|seed| people.calendar_secret(&person, &seed)))
        })
        .await
    }

    /// Gives a person's calendar a new secret; the one it had is good for nothing any more.
    pub async fn open_calendar(self: &Arc<Self>, person: Person) -> Result<(), Failure> {
        let seed = CalendarSeed(SystemChance.bytes().ok_or_else(no_chance)?);
        self.with(move |people, _| {
            let secret = hash(&people.calendar_secret(&person, &seed));
            people
                .sessions()
                .open_calendar(&person, &seed, &secret)
                .map_err(ours)
        })
        .await
    }

    /// Ends a person's calendar.
    pub async fn close_calendar(self: &Arc<Self>, person: Person) -> Result<(), Failure> {
        self.with(move |people, _| people.sessions().close_calendar(&person).map_err(ours))
            .await
    }

    /// Whose calendar has this secret; nobody's once its person has no account.
    pub async fn calendar_of(self: &Arc<Self>, secret: &str) -> Result<Option<Person>, Failure> {
        let secret = hash(secret);
        self.with(move |people, kept| {
            let found = people.sessions().calendar_of(&secret);
            let Some(person) = found.map_err(ours)? else {
                return Ok(None);
            };
            let account = kept.row::<Account>(Key::from(person.clone()))?;
            Ok(account.map(|_| person))
        })
        .await
    }

    fn calendar_secret(&self, person: &Person, seed: &CalendarSeed) -> String {
        self.blind.calendar(person, &seed.0).to_string()
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
