//! What booking keeps: the rows of the ledger's state, and by what they are found.

use jiff::Timestamp;
use jiff::civil::Date;
use ledger::item::{Found, ItemId, Row};
use ledger::name::{Actor, BadName, Claim, Index, Key, Kind, Person};
use ledger::sealed::Sealed;
use serde::{Deserialize, Serialize};

use super::told::Basis;

/// A booking's number: that of the entry which made it, in twelve digits, so that texts are in the order of numbers.
/// Receipts show it, and draws know people by it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Number(Key);

impl Number {
    /// The number of what this entry made.
    ///
    /// # Errors
    /// Never: twelve to twenty digits are a key.
    pub fn of(entry: u64) -> Result<Self, BadName> {
        Key::new(&format!("{entry:012}")).map(Self)
    }

    /// The key of its row.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.0
    }
}

impl From<Key> for Number {
    fn from(key: Key) -> Self {
        Self(key)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How full a slot is. How many places it has, the text says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its name.
    pub slot: Key,
    /// Places that somebody has.
    pub taken: u32,
    /// Places to which somebody came.
    #[serde(default, skip_serializing_if = "none")]
    pub came: u32,
    /// Places kept for those they were offered to from the waiting list.
    #[serde(default, skip_serializing_if = "none")]
    pub kept: u32,
    /// How many wait.
    #[serde(default, skip_serializing_if = "none")]
    pub waiting: u32,
    /// How many are in the draw.
    #[serde(default, skip_serializing_if = "none")]
    pub entered: u32,
    /// The next position in the waiting list.
    #[serde(default, skip_serializing_if = "none")]
    pub next: u32,
    /// How far the outcome of its draw has been carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn none(count: &u32) -> bool {
    *count == 0
}

const fn one() -> u32 {
    1
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_one(count: &u32) -> bool {
    *count == 1
}

/// Which draw decides over a slot, and how many of its ranks have been carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The digest of the draw's terms.
    pub terms: String,
    /// The root over its list.
    pub root: String,
    /// Ranks carried out.
    pub ranks: u32,
}

/// Somebody's booking of a slot, from signing up to having been there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Which.
    pub number: Number,
    /// The offer: `library-volunteers#volunteers`.
    pub offer: Key,
    /// The slot.
    pub slot: Key,
    /// Whose.
    pub person: Person,
    /// When the session begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// What the answer that they may come rests on.
    pub basis: Basis,
    /// Persons it is for; each takes a place.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub party: u32,
    /// What keeps the person from signing up a second time; given back when the booking ends without having been used.
    pub claim: Claim,
    /// How it stands.
    pub status: Status,
    /// Minutes that staff granted for it.
    #[serde(default, skip_serializing_if = "none")]
    pub granted: u32,
    /// The edition of its notice by which that was withdrawn, and the booking called off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_off: Option<u32>,
}

/// How a booking stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Status {
    /// In the draw.
    Entered,
    /// On the waiting list.
    Waiting {
        /// Where: lower numbers first.
        position: u32,
    },
    /// A place is kept for the person.
    Offered {
        /// Until when.
        until: Timestamp,
    },
    /// The person has a place.
    Booked,
    /// The person came.
    Here {
        /// When they came and went.
        attendance: Attendance,
    },
    /// The person did not come.
    Absent,
    /// Given back.
    Cancelled,
    /// The place that was offered was not taken in time.
    Lapsed,
    /// The draw gave no place, and nobody waits or the waiting list is full.
    NotDrawn,
    /// The draw gave a place that the person could not take.
    PassedOver {
        /// The booking that stood against it; nothing if it was the limit.
        clash: Option<Number>,
    },
}

/// When somebody came and went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// When they checked in.
    pub came: Timestamp,
    /// How that was seen.
    pub by: Means,
    /// When they went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub went: Option<Went>,
}

/// When somebody went, and what counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Went {
    /// When.
    pub at: Timestamp,
    /// How that was seen; `None` if check-out was forgotten and the session's end is taken.
    pub by: Option<Means>,
    /// Minutes of the session between coming and going.
    pub minutes: u32,
}

/// How coming or going was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Means {
    /// The session's code was entered.
    Code,
    /// A QR code was read.
    Qr,
    /// Staff ticked the name on their list.
    List,
}

/// A position in a slot's waiting list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Slot and position: [`turn_key`].
    pub key: Key,
    /// The slot.
    pub slot: Key,
    /// Whose.
    pub booking: Number,
}

/// A person's day: what of it is taken, in all notices together. One row, so that a clash is found by reading one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Whose and which, in the city's time: [`day_key`].
    pub key: Key,
    /// By what, in the order of booking.
    pub held: Vec<Held>,
}

/// A stretch of time that a person has given away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// To which booking.
    pub booking: Number,
    /// Of which slot.
    pub slot: Key,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
}

/// How often a person did not come to what an offer gave them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absences {
    /// Who, and the offer: [`person_key`].
    pub key: Key,
    /// Each booking, and when it was found.
    pub of: Vec<(Number, Timestamp)>,
}

/// A person's hours of an offer, in minutes. What was checked and what staff granted are never one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Whose, and the offer: [`person_key`].
    pub key: Key,
    /// Whose.
    pub person: Person,
    /// The offer.
    pub offer: Key,
    /// Between checking in and out.
    pub checked: u32,
    /// Granted by staff.
    pub granted: u32,
}

/// Hours that staff granted, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The entry.
    pub number: Number,
    /// For which booking.
    pub booking: Number,
    /// To whom.
    pub person: Person,
    /// Of which offer.
    pub offer: Key,
    /// How many minutes.
    pub minutes: u32,
    /// By whom.
    pub by: Actor,
    /// Why: encrypted, for it may tell of the person.
    pub reason: Sealed,
}

impl Row for Slot {
    const KIND: &'static str = "slot";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.slot.clone()
    }
}

impl Row for Booking {
    const KIND: &'static str = "booking";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.number.0.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        let offered = matches!(self.status, Status::Offered { .. });
        let slot = |index| found(index, self.slot.as_str());
        let all = [
            slot("booking.slot"),
            found("booking.person", self.person.as_str()),
            offered.then(|| slot("booking.offered")).flatten(),
        ];
        all.into_iter().flatten().collect()
    }
}

impl Row for Turn {
    const KIND: &'static str = "waiting";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.key.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        found("waiting.slot", self.slot.as_str())
            .into_iter()
            .collect()
    }
}

impl Row for Day {
    const KIND: &'static str = "day";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.key.clone()
    }
}

impl Row for Absences {
    const KIND: &'static str = "absences";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.key.clone()
    }
}

impl Row for Hours {
    const KIND: &'static str = "hours";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.key.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        found("hours.offer", self.offer.as_str())
            .into_iter()
            .collect()
    }
}

impl Row for Grant {
    const KIND: &'static str = "grant";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.number.0.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        found("grant.booking", self.booking.0.as_str())
            .into_iter()
            .collect()
    }
}

/// How items are found, for pages too: `booking.slot`, `booking.person`, `booking.offered`, `waiting.slot`, `hours.offer`,
/// `grant.booking`. Nothing only for what cannot be a name, and then no row has it.
#[must_use]
pub fn found(index: &str, key: &str) -> Option<Found> {
    Some(Found(Index::new(index).ok()?, Key::new(key).ok()?))
}

/// The key of a position in a slot's waiting list: texts are in the order of positions.
pub(super) fn turn_key(slot: &Key, position: u32) -> Result<Key, BadName> {
    Key::new(&format!("{slot}/{position:010}"))
}

/// The key of a person's day.
pub(super) fn day_key(person: &Person, day: Date) -> Result<Key, BadName> {
    Key::new(&format!("{person}/{day}"))
}

/// The key of what is counted for a person in an offer.
pub(crate) fn person_key(person: &Person, offer: &Key) -> Result<Key, BadName> {
    Key::new(&format!("{person}/{offer}"))
}

/// Which item a row of this kind and key is.
pub(super) fn item<R: Row>(key: Key) -> Result<ItemId, BadName> {
    Ok(ItemId {
        kind: Kind::new(R::KIND)?,
        key,
    })
}
