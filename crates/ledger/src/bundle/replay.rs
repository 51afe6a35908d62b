//! The state that the entries of one notice make.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::Entry;
use crate::item::{Change, Item, ItemId};
use crate::name::{Claim, Person};

/// Items, claims and who was forgotten, as the entries so far have left them.
#[derive(Debug, Default)]
pub(super) struct Replay {
    pub items: BTreeMap<ItemId, Item>,
    claims: BTreeSet<Claim>,
    forgotten: BTreeSet<Person>,
    /// Changes to items that other entries have changed in between.
    pub gaps: usize,
}

impl Replay {
    /// Makes the changes of the next entry. Entries of other notices may have changed the same in between, so a version
    /// need not follow the last one here.
    pub fn apply(&mut self, entry: &Entry) {
        for change in &entry.changes {
            match change {
                Change::Put(item) => {
                    let before = self.items.insert(item.id(), item.clone());
                    let follows = before.map_or(1, |before| before.version.saturating_add(1));
                    self.gaps += usize::from(item.version != follows);
                }
                Change::Remove(id) => {
                    self.gaps += usize::from(self.items.remove(id).is_none());
                }
                Change::Claim(claim) => {
                    self.gaps += usize::from(!self.claims.insert(claim.clone()));
                }
                Change::Release(claim) => {
                    self.gaps += usize::from(!self.claims.remove(claim));
                }
                Change::Forget(person) => _ = self.forgotten.insert(person.clone()),
            }
        }
    }

    /// The state as a list of changes that would make it, a line each.
    pub fn lines(&self) -> Result<Vec<String>, serde_json::Error> {
        let items = self.items.values().cloned().map(Change::Put);
        let claims = self.claims.iter().cloned().map(Change::Claim);
        let forgotten = self.forgotten.iter().cloned().map(Change::Forget);
        items
            .chain(claims)
            .chain(forgotten)
            .map(|change| serde_json::to_string(&change))
            .collect()
    }
}
