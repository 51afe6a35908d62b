//! The smallest form that can go wrong: so many places a slot, one for each person. Used by tests, the simulation and the
//! measurements; the real one is booking.

#![allow(dead_code, reason = "each test takes what it needs of this")]

#[cfg(feature = "postgres")]
pub mod database;

use ledger::Draft;
use ledger::entry::Origin;
use ledger::form::{Form, LooksAt, Stop};
use ledger::item::{Found, ItemId, Row};
use ledger::name::{Actor, Claim, Index, Key, Kind, Notice, Person, RequestId, TextVersion};
use serde::{Deserialize, Serialize};

/// A slot and how many of its places are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub key: Key,
    pub places: u32,
    pub taken: u32,
}

/// A person's place in a slot. Its key is the entry that made it, so that bookings stand in the store in the order in
/// which they came; the claim of person and slot leads to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub slot: Key,
    pub person: Key,
    pub entry: u64,
}

impl Row for Slot {
    const KIND: &'static str = "slot";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.key.clone()
    }
}

impl Row for Booking {
    const KIND: &'static str = "booking";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        booking_key(&self.slot, self.entry)
    }

    fn found_by(&self) -> Vec<Found> {
        vec![of_slot(&self.slot), of_person(&self.person)]
    }
}

pub fn booking_key(slot: &Key, entry: u64) -> Key {
    Key::new(&format!("{slot}/{entry:012}")).unwrap()
}

pub fn claim(slot: &Key, person: &Key) -> Claim {
    Claim::new(&format!("{slot}/{person}")).unwrap()
}

pub fn of_slot(slot: &Key) -> Found {
    Found(Index::new("booking.slot").unwrap(), slot.clone())
}

pub fn of_person(person: &Key) -> Found {
    Found(Index::new("booking.person").unwrap(), person.clone())
}

pub fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

pub fn item<R: Row>(key: &Key) -> ItemId {
    ItemId {
        kind: Kind::new(R::KIND).unwrap(),
        key: key.clone(),
    }
}

/// A command by an actor, under a request id made of a number.
pub fn origin(request: u128, actor: &str) -> Origin {
    Origin {
        request: RequestId(request.to_be_bytes()),
        actor: Actor::new(actor).unwrap(),
        notice: Notice::new("library-volunteers").unwrap(),
        text: TextVersion([7; 32]),
    }
}

/// What can be commanded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    Open {
        slot: Key,
        places: u32,
    },
    Book {
        slot: Key,
        person: Key,
    },
    Cancel {
        slot: Key,
        person: Key,
    },
    /// Gives the first place to somebody by chance.
    Draw {
        slot: Key,
        among: u32,
    },
    Forget {
        person: Person,
    },
    /// Claims without looking, as a form should not.
    Grab {
        claim: Claim,
    },
    /// Writes, then panics.
    Panic {
        slot: Key,
    },
    /// More than an entry can hold.
    Bloat {
        bytes: usize,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoSuchSlot,
    AlreadyOpen,
    Full,
    Already { since: u64 },
    NotBooked,
}

/// The form.
#[derive(Clone, Copy, Debug)]
pub struct Places;

impl Form for Places {
    type Command = Command;
    type Refusal = Refusal;
    const NAME: &'static str = "places";
    const SHAPE: u16 = 1;

    fn looks_at(&self, command: &Command) -> LooksAt {
        match command {
            Command::Book { slot, person } | Command::Cancel { slot, person } => LooksAt {
                items: vec![item::<Slot>(slot)],
                claims: vec![claim(slot, person)],
            },
            _ => LooksAt::default(),
        }
    }

    fn decide(&self, command: &Command, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        match command {
            Command::Open { slot, places } => {
                if draft.get::<Slot>(slot)?.is_some() {
                    return Err(Stop::Refused(Refusal::AlreadyOpen));
                }
                draft.put(&Slot {
                    key: slot.clone(),
                    places: *places,
                    taken: 0,
                })?;
            }
            Command::Book { slot, person } => book(slot, person, draft)?,
            Command::Cancel { slot, person } => {
                let Some(mut open) = draft.get::<Slot>(slot)? else {
                    return Err(Stop::Refused(Refusal::NoSuchSlot));
                };
                let Some(since) = draft.claimed(&claim(slot, person))? else {
                    return Err(Stop::Refused(Refusal::NotBooked));
                };
                open.taken -= 1;
                draft.put(&open)?;
                draft.remove::<Booking>(&booking_key(slot, since))?;
                draft.release(claim(slot, person))?;
            }
            Command::Draw { slot, among } => {
                let drawn = u32::from_be_bytes([
                    draft.seed()?.0[0],
                    draft.seed()?.0[1],
                    draft.seed()?.0[2],
                    draft.seed()?.0[3],
                ]) % among;
                book(slot, &key(&format!("p{drawn}")), draft)?;
            }
            Command::Forget { person } => {
                let found = of_person(&key(person.as_str()));
                for booking in draft.find::<Booking>(&found, None, 1000)? {
                    draft.remove::<Booking>(&booking.key())?;
                    draft.release(claim(&booking.slot, &booking.person))?;
                    if let Some(mut open) = draft.get::<Slot>(&booking.slot)? {
                        open.taken -= 1;
                        draft.put(&open)?;
                    }
                }
                draft.forget(person.clone());
            }
            Command::Grab { claim } => draft.claim(claim.clone())?,
            Command::Panic { slot } => {
                draft.put(&Slot {
                    key: slot.clone(),
                    places: 1,
                    taken: 1,
                })?;
                // Unwinds like a panic, without the noise of one.
                std::panic::resume_unwind(Box::new("as commanded"));
            }
            Command::Bloat { bytes } => draft
                .put(&Slot {
                    key: key("bloat"),
                    places: 0,
                    taken: 0,
                })
                .and_then(|()| {
                    (0..bytes / 200)
                        .try_for_each(|n| draft.claim(Claim::new(&format!("{n:0>200}")).unwrap()))
                })?,
        }
        Ok(())
    }
}

fn book(slot: &Key, person: &Key, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
    let Some(mut open) = draft.get::<Slot>(slot)? else {
        return Err(Stop::Refused(Refusal::NoSuchSlot));
    };
    let claim = claim(slot, person);
    if let Some(since) = draft.claimed(&claim)? {
        return Err(Stop::Refused(Refusal::Already { since }));
    }
    // Written before the place is known to be there, so that a refusal has something to undo.
    draft.put(&Booking {
        slot: slot.clone(),
        person: person.clone(),
        entry: draft.sequence(),
    })?;
    draft.claim(claim)?;
    if open.taken == open.places {
        return Err(Stop::Refused(Refusal::Full));
    }
    open.taken += 1;
    draft.put(&open).map_err(Stop::from)
}
