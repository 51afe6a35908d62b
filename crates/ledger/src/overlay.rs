//! The state as the turn's earlier commands have left it, over what is durable.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::item::{Found, Item, ItemId};
use crate::name::{Claim, RequestId};
use crate::store::{ClaimWrite, ItemWrite, Read, StoreError};

/// One value, durable and now.
#[derive(Clone, Debug)]
struct Seen<T> {
    before: T,
    now: T,
    /// Whether some command of this turn has written it.
    written: bool,
}

/// What to put back when a command is refused.
enum Undo {
    Item(ItemId, Option<Arc<Item>>, bool),
    Claim(Claim, Option<u64>, bool),
}

/// Reads through to the store once, and keeps what the turn's commands write until the turn is committed.
#[derive(Default)]
pub(crate) struct Overlay {
    items: HashMap<ItemId, Seen<Option<Arc<Item>>>>,
    claims: HashMap<Claim, Seen<Option<u64>>>,
    /// Written items by what they are or were found by; may name some that no longer are.
    found: HashMap<Found, BTreeSet<ItemId>>,
    /// Requests that this turn has answered with an entry.
    pub(crate) requests: HashMap<RequestId, u64>,
    undo: Vec<Undo>,
}

impl Overlay {
    pub(crate) fn item(
        &mut self,
        store: &dyn Read,
        id: &ItemId,
    ) -> Result<Option<Arc<Item>>, StoreError> {
        if let Some(seen) = self.items.get(id) {
            return Ok(seen.now.clone());
        }
        let item = store.item(id)?.map(Arc::new);
        self.items.insert(
            id.clone(),
            Seen {
                before: item.clone(),
                now: item.clone(),
                written: false,
            },
        );
        Ok(item)
    }

    pub(crate) fn claimed(
        &mut self,
        store: &dyn Read,
        claim: &Claim,
    ) -> Result<Option<u64>, StoreError> {
        if let Some(seen) = self.claims.get(claim) {
            return Ok(seen.now);
        }
        let since = store.claimed(claim)?;
        self.claims.insert(
            claim.clone(),
            Seen {
                before: since,
                now: since,
                written: false,
            },
        );
        Ok(since)
    }

    /// Items found by this, in the order of their ids, after `after`, at most `limit`.
    pub(crate) fn find(
        &mut self,
        store: &dyn Read,
        by: &Found,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Arc<Item>>, StoreError> {
        let written = self.found.get(by);
        // Some of the store's may have changed in this turn: ask for so many more.
        let durable = store.find(
            by,
            after,
            limit.saturating_add(written.map_or(0, BTreeSet::len)),
        )?;
        let mut all: Vec<Arc<Item>> = Vec::with_capacity(durable.len());
        for item in durable {
            let id = item.id();
            match self.items.get(&id) {
                Some(seen) if seen.written => {}
                Some(seen) => all.extend(seen.now.clone()),
                None => {
                    let item = Arc::new(item);
                    self.items.insert(
                        id,
                        Seen {
                            before: Some(item.clone()),
                            now: Some(item.clone()),
                            written: false,
                        },
                    );
                    all.push(item);
                }
            }
        }
        for id in written
            .into_iter()
            .flatten()
            .filter(|&id| after.is_none_or(|a| id > a))
        {
            let now = self
                .items
                .get(id)
                .filter(|seen| seen.written)
                .and_then(|seen| seen.now.clone());
            all.extend(now.filter(|item| item.found_by.contains(by)));
        }
        all.sort_by(|a, b| (&a.kind, &a.key).cmp(&(&b.kind, &b.key)));
        all.truncate(limit);
        Ok(all)
    }

    /// Writes an item that [`Overlay::item`] has been asked for.
    pub(crate) fn write(&mut self, id: ItemId, now: Option<Arc<Item>>) {
        let Some(seen) = self.items.get_mut(&id) else {
            return;
        };
        self.undo
            .push(Undo::Item(id.clone(), seen.now.clone(), seen.written));
        for found in [&seen.before, &now]
            .into_iter()
            .flatten()
            .flat_map(|item| &item.found_by)
        {
            self.found
                .entry(found.clone())
                .or_default()
                .insert(id.clone());
        }
        seen.now = now;
        seen.written = true;
    }

    /// Writes a claim that [`Overlay::claimed`] has been asked for.
    pub(crate) fn write_claim(&mut self, claim: &Claim, now: Option<u64>) {
        let Some(seen) = self.claims.get_mut(claim) else {
            return;
        };
        self.undo
            .push(Undo::Claim(claim.clone(), seen.now, seen.written));
        seen.now = now;
        seen.written = true;
    }

    /// The command is accepted: what it wrote stays.
    pub(crate) fn keep(&mut self) {
        self.undo.clear();
    }

    /// The command is not accepted: what it wrote goes.
    pub(crate) fn undo(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Item(id, now, written) => {
                    if let Some(seen) = self.items.get_mut(&id) {
                        (seen.now, seen.written) = (now, written);
                    }
                }
                Undo::Claim(claim, now, written) => {
                    if let Some(seen) = self.claims.get_mut(&claim) {
                        (seen.now, seen.written) = (now, written);
                    }
                }
            }
        }
    }

    /// What the turn has written, each item and claim once. In order, so that equal turns write equally.
    pub(crate) fn into_writes(self) -> (Vec<ItemWrite>, Vec<ClaimWrite>) {
        let own = |item: Option<Arc<Item>>| item.map(Arc::unwrap_or_clone);
        let written = self.items.into_iter().filter(|(_, seen)| seen.written);
        let mut items: Vec<_> = written
            .map(|(id, seen)| ItemWrite {
                id,
                before: own(seen.before),
                after: own(seen.now),
            })
            .collect();
        items.retain(|write| write.before.is_some() || write.after.is_some());
        items.sort_by(|a, b| a.id.cmp(&b.id));
        let written = self
            .claims
            .into_iter()
            .filter(|(_, seen)| seen.written && seen.before != seen.now);
        let mut claims: Vec<_> = written
            .map(|(claim, seen)| ClaimWrite {
                claim,
                before: seen.before,
                after: seen.now,
            })
            .collect();
        claims.sort();
        (items, claims)
    }
}
