//! What subscriptions keep.

use jiff::{SignedDuration, Timestamp};
use ledger::item::{BadRow, Found, Row};
use ledger::name::{BadName, Index, Key};
use ledger::store::{Read, StoreError};
use serde::{Deserialize, Serialize};

use super::events::Kind;
use super::stop::Why;
use crate::booking::rows::Number;
use crate::people::BlindKey;
use crate::record::rows::Authority;

/// How long the secret before still signs too, after a new one was made.
pub const BOTH_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Subscriptions, ended ones too, that are read of one office, and of all.
pub(super) const READ_MAX: usize = 1_000;
/// Bytes an address may have.
const ADDRESS_BYTES_MAX: usize = 500;

/// Where a program is called. Whether the house calls it is looked at by whoever calls; here it is a line of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// A text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an address begins with https:// and has at most {ADDRESS_BYTES_MAX} bytes")]
pub struct BadAddress;

impl Address {
    /// Takes an address.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn new(text: &str) -> Result<Self, BadAddress> {
        let begins = text.starts_with("https://") || text.starts_with("http://");
        let plain = text.len() <= ADDRESS_BYTES_MAX && text.bytes().all(|b| b.is_ascii_graphic());
        match begins && plain {
            true => Ok(Self(text.to_owned())),
            false => Err(BadAddress),
        }
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Address {
    type Error = BadAddress;

    fn try_from(text: String) -> Result<Self, BadAddress> {
        Self::new(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

/// A subscription of an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// Its number: that of the entry which made it.
    pub number: Number,
    /// Id of the office whose it is, and of whose notices it is told.
    pub office: String,
    /// Where it is called.
    pub address: Address,
    /// Of what it is told, each kind once, in the order of [`Kind::ALL`].
    pub kinds: Vec<Kind>,
    /// Which secret signs: 1, then one more each time it is renewed.
    pub generation: u32,
    /// When that secret was made, if it is not the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed: Option<Timestamp>,
    /// How it stands.
    pub standing: Standing,
    /// When it was made.
    pub made: Timestamp,
    /// By whom of staff it was last set.
    pub under: Authority,
}

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Standing {
    /// It is told.
    Told,
    /// Its office has paused it.
    Paused {
        /// Since when.
        since: Timestamp,
    },
    /// The house has stopped it, for it failed too often in a row.
    Stopped {
        /// Since when.
        since: Timestamp,
        /// After so many calls.
        tries: u32,
    },
    /// It is over for good.
    Ended {
        /// Since when.
        since: Timestamp,
        /// Its receiver said that it is gone; otherwise its office has ended it.
        gone: bool,
    },
}

impl Hook {
    /// How an office's subscriptions are found.
    ///
    /// # Errors
    /// [`BadName`] when the office's id is no name.
    pub fn of_office(office: &str) -> Result<Found, BadName> {
        Ok(Found(Index::new("hook.office")?, Key::new(office)?))
    }

    /// How all that have not ended are found.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn live() -> Result<Found, BadName> {
        Ok(Found(Index::new("hook.live")?, Key::new("all")?))
    }

    /// Whether it has not ended.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        !matches!(self.standing, Standing::Ended { .. })
    }

    /// Whether it was made before this entry: it is told of nothing earlier.
    #[must_use]
    pub fn is_before(&self, entry: u64) -> bool {
        Number::of(entry).is_ok_and(|entry| self.number < entry)
    }

    /// The secrets that sign a call now: the present one, and for a day the one before it.
    #[must_use]
    pub fn secrets(&self, key: &BlindKey, now: Timestamp) -> Vec<[u8; 32]> {
        let both = self
            .renewed
            .is_some_and(|renewed| now.duration_since(renewed) < BOTH_FOR);
        let before = self.generation.checked_sub(1).filter(|_| both);
        let all = [Some(self.generation), before].into_iter().flatten();
        all.map(|generation| key.hook(&self.number, generation))
            .collect()
    }
}

impl Row for Hook {
    const KIND: &'static str = "hook";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.number.key().clone()
    }

    fn found_by(&self) -> Vec<Found> {
        let live = self.is_live().then(Self::live);
        let all = [Some(Self::of_office(&self.office)), live];
        all.into_iter().flatten().flatten().collect()
    }
}

/// A subscription cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The state cannot be.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row of it cannot be.
    #[error(transparent)]
    Row(#[from] BadRow),
    /// A name cannot be one.
    #[error(transparent)]
    Name(#[from] BadName),
}

/// The subscriptions of an office in the order in which they were made, ended ones too.
///
/// # Errors
/// [`Unread`].
pub fn hooks_of(store: &impl Read, office: &str) -> Result<Vec<Hook>, Unread> {
    read(store, &Hook::of_office(office)?)
}

/// All subscriptions that have not ended.
///
/// # Errors
/// [`Unread`].
pub fn live(store: &impl Read) -> Result<Vec<Hook>, Unread> {
    read(store, &Hook::live()?)
}

fn read(store: &impl Read, by: &Found) -> Result<Vec<Hook>, Unread> {
    let items = store.find(by, None, READ_MAX)?;
    items.iter().map(|item| Ok(item.read()?)).collect()
}

impl Why {
    /// How a subscription stands that the house has stopped for this.
    pub(super) const fn standing(self, since: Timestamp) -> Standing {
        match self {
            Self::Gone => Standing::Ended { since, gone: true },
            Self::Failing { tries } => Standing::Stopped { since, tries },
        }
    }
}
