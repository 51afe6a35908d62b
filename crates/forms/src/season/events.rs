//! Events: a project of an offer on a day, and who came to them by check-in.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use ledger::form::Fault;
use ledger::item::{Item, ItemId};
use ledger::name::{Key, TextVersion};
use ledger::store::Read;
use serde::Serialize;

use crate::booking::rows::{Booking, Status, found};
use crate::booking::{Offered, Offering};

/// Bookings that are read at once.
const PAGE: usize = 256;

/// A project of an offer on one day, with all its sessions then. Only an offering makes one, so there is none that the
/// notice does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Which: `theme-season#customs/dough@2022-01-29`.
    key: Key,
    /// The offer: `theme-season#customs`.
    offer: Key,
    /// The project, if the offer has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    /// The day on which its sessions begin.
    day: Date,
    /// When its last session ends.
    #[serde(skip)]
    over: Timestamp,
    #[serde(skip)]
    over_civil: DateTime,
    #[serde(skip)]
    text: TextVersion,
}

/// Who came to an event by check-in. What an office enters is another number for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Persons: a booking counts for all whom it is for.
    pub people: u64,
    /// Minutes between check-in and check-out, each person's.
    pub minutes: u64,
}

impl Event {
    /// The events of an offer, by day and project.
    #[must_use]
    pub fn all(offering: &Offering) -> Vec<Self> {
        let mut events: BTreeMap<(Date, Option<usize>), Self> = BTreeMap::new();
        for slot in offering.slots() {
            let Some(event) = Self::of(offering, slot) else {
                continue;
            };
            let known = events.entry((event.day, slot.project)).or_insert(event);
            if known.over < slot.to {
                (known.over, known.over_civil) = (slot.to, slot.session.to);
            }
        }
        events.into_values().collect()
    }

    /// The event that a slot is part of, as if it had no other.
    fn of(offering: &Offering, slot: &Offered) -> Option<Self> {
        let project = slot.project.and_then(|at| offering.projects().get(at));
        let project = project.map(|(name, _)| name.clone());
        let day = slot.session.from.date();
        Some(Self {
            key: key(offering, project.as_deref(), day)?,
            offer: offering.key().clone(),
            project,
            day,
            over: slot.to,
            over_civil: slot.session.to,
            text: offering.text(),
        })
    }

    /// Its name, the same in every version of the text.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// The offer's name.
    #[must_use]
    pub const fn offer(&self) -> &Key {
        &self.offer
    }

    /// The project's name, if the offer has any.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }

    /// The day on which its sessions begin.
    #[must_use]
    pub const fn day(&self) -> Date {
        self.day
    }

    /// When its last session ends.
    #[must_use]
    pub const fn over(&self) -> Timestamp {
        self.over
    }

    /// The same in the city's civil time.
    pub(super) const fn over_civil(&self) -> DateTime {
        self.over_civil
    }

    /// The version of the text that has it.
    pub(super) const fn text(&self) -> TextVersion {
        self.text
    }
}

/// Who came to each event of an offer that has begun by now, by the events' names. Reads every booking of their slots.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn counted(
    store: &impl Read,
    offering: &Offering,
    now: Timestamp,
) -> Result<BTreeMap<Key, Counted>, Fault> {
    let mut all: BTreeMap<Key, Counted> = BTreeMap::new();
    for slot in offering.slots().iter().filter(|slot| slot.from <= now) {
        if let Some(event) = Event::of(offering, slot) {
            all.entry(event.key).or_default().add(store, slot)?;
        }
    }
    Ok(all)
}

/// Who came to one event. Reads every booking of its slots.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn came(store: &impl Read, offering: &Offering, event: &Event) -> Result<Counted, Fault> {
    let mut counted = Counted::default();
    for slot in offering.slots() {
        if Event::of(offering, slot).is_some_and(|of| of.key == event.key) {
            counted.add(store, slot)?;
        }
    }
    Ok(counted)
}

impl Counted {
    /// Adds who came to a slot.
    fn add(&mut self, store: &impl Read, slot: &Offered) -> Result<(), Fault> {
        let mut after: Option<ItemId> = None;
        while let Some(by) = found("booking.slot", slot.key.as_str()) {
            let page = store.find(&by, after.as_ref(), PAGE)?;
            for item in &page {
                let booking: Booking = item.read()?;
                if let Status::Here { attendance } = &booking.status {
                    let party = u64::from(booking.party);
                    let minutes = attendance.went.as_ref().map_or(0, |went| went.minutes);
                    self.people += party;
                    self.minutes += party * u64::from(minutes);
                }
            }
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(Item::id);
        }
        Ok(())
    }

    /// Two together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            people: self.people + other.people,
            minutes: self.minutes + other.minutes,
        }
    }
}

fn key(offering: &Offering, project: Option<&str>, day: Date) -> Option<Key> {
    let offer = offering.key();
    let name = match project {
        Some(project) => format!("{offer}/{project}@{day}"),
        None => format!("{offer}@{day}"),
    };
    Key::new(&name).ok()
}
