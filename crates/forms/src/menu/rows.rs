//! What the menu keeps.

use jiff::Timestamp;
use ledger::item::{Found, ItemId, Row};
use ledger::name::{BadName, Claim, Index, Key, Kind, Person};
use serde::{Deserialize, Serialize};

use super::AgeGroup;
use crate::booking::rows::Number;

/// One resident's wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Its number: that of the entry which made it.
    pub number: Number,
    /// Whose.
    pub person: Person,
    /// Which order it is part of: [`order_key`].
    pub order: Key,
    /// When it was made.
    pub at: Timestamp,
    /// What keeps the person from wishing it twice.
    pub claim: Claim,
}

/// All wishes for one course, of one community and age group. A row of its own, so that what is wanted is read without
/// reading who wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which: [`order_key`].
    pub key: Key,
    /// Of which notice.
    pub notice: Key,
    /// Id of the course.
    pub course: String,
    /// Code of the community.
    pub community: String,
    /// The age group.
    pub age: AgeGroup,
    /// How many wish it.
    pub people: u32,
    /// What the desk has answered, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answered>,
}

/// What the desk has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// When.
    pub at: Timestamp,
    /// What.
    pub answer: Answer,
}

/// An answer to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Answer {
    /// It takes place, and can be booked once the notice offers it.
    Given {
        /// In this session: `2022-01-15T09:00/10:30`.
        session: String,
    },
    /// It does not, and why.
    NotGiven {
        /// Why.
        why: Why,
    },
}

/// Why an order is not given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Why {
    /// Too few wish it.
    TooFew {
        /// How many there must be.
        needed: u32,
    },
    /// No teacher gives the course.
    NoTeacher,
    /// The community has no room.
    NoRoom,
    /// No teacher of the course is free when the room is.
    NoTime,
    /// Teacher or room were given to other orders.
    Taken {
        /// One of them: its course.
        course: String,
        /// And its community.
        community: String,
    },
    /// The teachers of the course give as many sessions as they can.
    TeachersFull,
}

impl Row for Wish {
    const KIND: &'static str = "wish";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.number.key().clone()
    }

    fn found_by(&self) -> Vec<Found> {
        found("wish.person", self.person.as_str())
            .into_iter()
            .collect()
    }
}

impl Row for Order {
    const KIND: &'static str = "order";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.key.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        found("order.notice", self.notice.as_str())
            .into_iter()
            .collect()
    }
}

/// How rows are found: `wish.person`, `order.notice`. Nothing only for what cannot be a name, and then no row has it.
#[must_use]
pub fn found(index: &str, key: &str) -> Option<Found> {
    Some(Found(Index::new(index).ok()?, Key::new(key).ok()?))
}

/// The key of an order: `culture-menu/pottery-1/140108001001/elders`.
///
/// # Errors
/// [`BadName`] for what cannot be a name.
pub fn order_key(
    notice: &Key,
    course: &str,
    community: &str,
    age: AgeGroup,
) -> Result<Key, BadName> {
    Key::new(&format!("{notice}/{course}/{community}/{}", age.key()))
}

/// Which item a row of this kind and key is.
pub(super) fn item<R: Row>(key: Key) -> Result<ItemId, BadName> {
    Ok(ItemId {
        kind: Kind::new(R::KIND)?,
        key,
    })
}
