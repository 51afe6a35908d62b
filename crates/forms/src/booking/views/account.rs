//! A person's hours in an offer.

use ledger::form::Fault;
use ledger::name::Person;
use ledger::store::Read;

use super::get;
use crate::booking::offering::Offering;
use crate::booking::rows::{Hours, person_key};

/// Minutes in an offer. What was checked and what staff granted are never one number; only [`Account::counted`] adds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Between checking in and out.
    pub checked: u32,
    /// Granted by staff.
    pub granted: u32,
    /// What the offer promises or asks for.
    pub promised: Option<u32>,
}

/// A person's hours in an offer. Reads one row.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn account(store: &impl Read, offering: &Offering, person: &Person) -> Result<Account, Fault> {
    let row: Option<Hours> = get(store, person_key(person, offering.key())?)?;
    Ok(Account {
        checked: row.as_ref().map_or(0, |row| row.checked),
        granted: row.as_ref().map_or(0, |row| row.granted),
        promised: offering.promised().map(|minutes| minutes.0),
    })
}

impl Account {
    /// Minutes that count.
    #[must_use]
    pub const fn counted(&self) -> u32 {
        self.checked.saturating_add(self.granted)
    }

    /// Minutes still missing to what is promised; `None` if nothing is.
    #[must_use]
    pub fn missing(&self) -> Option<u32> {
        Some(self.promised?.saturating_sub(self.counted()))
    }
}
