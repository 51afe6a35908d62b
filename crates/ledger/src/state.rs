//! The state that entries make: nothing but their changes, in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::Entry;
use crate::item::{Change, Found, Item, ItemId};
use crate::name::{Claim, Person};

/// All items and claims after some entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Items by id.
    pub items: BTreeMap<ItemId, Item>,
    /// Claims, with the entry that took them.
    pub claims: BTreeMap<Claim, u64>,
    /// Whose key has been destroyed.
    pub forgotten: BTreeSet<Person>,
    found: BTreeMap<Found, BTreeSet<ItemId>>,
}

/// An entry says what cannot be after the entries before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence} contradicts the entries before it: {what}")]
pub struct Contradiction {
    /// The entry.
    pub sequence: u64,
    /// What is wrong.
    pub what: String,
}

impl State {
    /// Makes the entry's changes. After an error the state is of no use.
    ///
    /// # Errors
    /// [`Contradiction`] when they cannot be made.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Contradiction> {
        let wrong = |what: String| Contradiction {
            sequence: entry.sequence,
            what,
        };
        for change in &entry.changes {
            match change {
                Change::Put(item) => {
                    let id = item.id();
                    let next = self.items.get(&id).map_or(1, |before| before.version + 1);
                    if item.version != next {
                        return Err(wrong(format!(
                            "{} {} would be version {next}, not {}",
                            id.kind, id.key, item.version
                        )));
                    }
                    self.unfind(&id);
                    for by in &item.found_by {
                        self.found.entry(by.clone()).or_default().insert(id.clone());
                    }
                    self.items.insert(id, item.clone());
                }
                Change::Remove(id) => {
                    self.unfind(id);
                    if self.items.remove(id).is_none() {
                        return Err(wrong(format!("{} {} does not exist", id.kind, id.key)));
                    }
                }
                Change::Claim(claim) => {
                    if let Some(since) = self.claims.insert(claim.clone(), entry.sequence) {
                        return Err(wrong(format!("{claim} is taken since entry {since}")));
                    }
                }
                Change::Release(claim) => {
                    if self.claims.remove(claim).is_none() {
                        return Err(wrong(format!("{claim} is not taken")));
                    }
                }
                Change::Forget(person) => {
                    self.forgotten.insert(person.clone());
                }
            }
        }
        Ok(())
    }

    fn unfind(&mut self, id: &ItemId) {
        for by in self.items.get(id).map_or(&[][..], |item| &item.found_by) {
            if let Some(ids) = self.found.get_mut(by) {
                ids.remove(id);
                if ids.is_empty() {
                    self.found.remove(by);
                }
            }
        }
    }

    /// The items found by this, by id, from the first after `after` on.
    pub fn find<'a>(
        &'a self,
        by: &Found,
        after: Option<&'a ItemId>,
    ) -> impl Iterator<Item = &'a Item> {
        let ids = self.found.get(by).into_iter().flatten();
        ids.filter(move |id| after.is_none_or(|a| *id > a))
            .filter_map(|id| self.items.get(id))
    }
}
