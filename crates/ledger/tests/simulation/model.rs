//! What the form should say, written down a second time in the plainest way.

use std::collections::{BTreeMap, HashMap};

use ledger::name::{Claim, Key};

use crate::places::{Command, Refusal};

/// What a command should be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Done(u64),
    Repeated(u64),
    Reused(u64),
    Refused(Refusal),
    Claimed(u64),
    /// The decider panics, or its entry is too long.
    Failed,
    /// Depends on chance.
    Drawn,
}

/// A slot as the model keeps it: its places, and who has one since which entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub places: u32,
    pub people: BTreeMap<Key, u64>,
}

/// All that has been done.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub size: u64,
    pub slots: BTreeMap<Key, Kept>,
    pub grabbed: BTreeMap<Claim, u64>,
    pub requests: HashMap<u128, (Command, u64)>,
}

impl Model {
    /// Carries a command out and says what the answer should be.
    pub fn command(&mut self, request: u128, command: &Command) -> Expected {
        if let Some((earlier, sequence)) = self.requests.get(&request) {
            return if earlier == command {
                Expected::Repeated(*sequence)
            } else {
                Expected::Reused(*sequence)
            };
        }
        let expected = match command {
            Command::Open { slot, places } => {
                if self.slots.contains_key(slot) {
                    return Expected::Refused(Refusal::AlreadyOpen);
                }
                self.slots.insert(
                    slot.clone(),
                    Kept {
                        places: *places,
                        people: BTreeMap::new(),
                    },
                );
                Expected::Done(self.size)
            }
            Command::Book { slot, person } => match self.book(slot, person) {
                Ok(()) => Expected::Done(self.size),
                Err(refusal) => return Expected::Refused(refusal),
            },
            Command::Cancel { slot, person } => {
                let Some(kept) = self.slots.get_mut(slot) else {
                    return Expected::Refused(Refusal::NoSuchSlot);
                };
                if kept.people.remove(person).is_none() {
                    return Expected::Refused(Refusal::NotBooked);
                }
                Expected::Done(self.size)
            }
            Command::Forget { person } => {
                for kept in self.slots.values_mut() {
                    kept.people
                        .retain(|booked, _| booked.as_str() != person.as_str());
                }
                Expected::Done(self.size)
            }
            Command::Grab { claim } => match self.grabbed.get(claim) {
                Some(since) => return Expected::Claimed(*since),
                None => {
                    self.grabbed.insert(claim.clone(), self.size);
                    Expected::Done(self.size)
                }
            },
            Command::Draw { .. } => return Expected::Drawn,
            Command::Panic { .. } | Command::Bloat { .. } => return Expected::Failed,
        };
        self.done(request, command);
        expected
    }

    /// A draw was carried out and has given a place to this person.
    pub fn drawn(
        &mut self,
        request: u128,
        command: &Command,
        slot: &Key,
        person: &Key,
    ) -> Result<(), Refusal> {
        self.book(slot, person)?;
        self.done(request, command);
        Ok(())
    }

    fn done(&mut self, request: u128, command: &Command) {
        self.requests.insert(request, (command.clone(), self.size));
        self.size += 1;
    }

    fn book(&mut self, slot: &Key, person: &Key) -> Result<(), Refusal> {
        let kept = self.slots.get_mut(slot).ok_or(Refusal::NoSuchSlot)?;
        if let Some(since) = kept.people.get(person) {
            return Err(Refusal::Already { since: *since });
        }
        if kept.people.len() as u32 == kept.places {
            return Err(Refusal::Full);
        }
        kept.people.insert(person.clone(), self.size);
        Ok(())
    }
}
