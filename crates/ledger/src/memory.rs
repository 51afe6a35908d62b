//! A store in memory, for simulation and for tests. It keeps nothing but what entries say, and checks that the writer
//! writes nothing else.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;

use crate::entry::Entry;
use crate::item::{Found, Item, ItemId};
use crate::merkle::{FullTile, Hash, Tree};
use crate::name::{Claim, Notice, Person, RequestId, TextVersion};
use crate::state::State;
use crate::store::{Batch, Head, PersonKey, Read, Store, StoreError};

/// A store whose clones share what they hold.
#[derive(Clone, Default)]
pub struct Memory(Arc<RwLock<Kept>>);

#[derive(Default)]
struct Kept {
    leaves: Vec<Vec<u8>>,
    notices: Vec<Notice>,
    requests: HashMap<RequestId, u64>,
    state: State,
    tiles: HashMap<(u8, u64), FullTile>,
    keys: HashMap<Person, PersonKey>,
    texts: HashMap<TextVersion, Vec<u8>>,
    head: Option<Head>,
}

impl Memory {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The store that these entries make, from the first on, with the checkpoint of the last. Keys of persons are not in
    /// entries, but that they were destroyed is.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when they contradict each other.
    pub fn replay(
        leaves: impl IntoIterator<Item = Vec<u8>>,
        checkpoint: String,
    ) -> Result<Self, StoreError> {
        let damaged = |e: &dyn std::fmt::Display| StoreError::Damaged(e.to_string());
        let (mut kept, mut tree, mut full, mut at) = (
            Kept::default(),
            Tree::new(),
            Vec::new(),
            Timestamp::UNIX_EPOCH,
        );
        for leaf in leaves {
            let entry = Entry::from_leaf(&leaf).map_err(|e| damaged(&e))?;
            if entry.sequence != tree.size() || entry.at < at {
                return Err(damaged(&format!(
                    "entry {} stands at {}",
                    entry.sequence,
                    tree.size()
                )));
            }
            if let Some(earlier) = kept.requests.insert(entry.request, entry.sequence) {
                return Err(damaged(&format!(
                    "entry {} repeats entry {earlier}",
                    entry.sequence
                )));
            }
            kept.state.apply(&entry).map_err(|e| damaged(&e))?;
            tree.append(Hash::leaf(&leaf), &mut full);
            at = entry.at;
            kept.leaves.push(leaf);
            kept.notices.push(entry.notice);
        }
        kept.keys = kept
            .state
            .forgotten
            .iter()
            .map(|person| (person.clone(), PersonKey::Destroyed))
            .collect();
        kept.tiles = full
            .into_iter()
            .map(|full| ((full.tile.level, full.tile.index), full))
            .collect();
        kept.head = (tree.size() > 0).then(|| Head {
            size: tree.size(),
            at,
            checkpoint,
        });
        Ok(Self(Arc::new(RwLock::new(kept))))
    }

    /// Gives a person this key, as when a store is read back. Those who were forgotten stay so.
    pub fn give_key(&self, person: Person, key: [u8; 32]) {
        self.kept_mut()
            .keys
            .entry(person)
            .or_insert(PersonKey::Kept(key));
    }

    fn kept(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept_mut(&self) -> RwLockWriteGuard<'_, Kept> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state that its entries make.
    #[must_use]
    pub fn state(&self) -> State {
        self.kept().state.clone()
    }
}

impl Kept {
    fn write(&mut self, batch: Batch) -> Result<(), String> {
        let mut state = self.state.clone();
        for new in &batch.entries {
            let entry = Entry::from_leaf(&new.leaf).map_err(|e| e.to_string())?;
            if entry.sequence != self.leaves.len() as u64
                || entry.request != new.request
                || entry.notice != new.notice
            {
                return Err(format!(
                    "entry {} does not come next, or is filed under another name",
                    entry.sequence
                ));
            }
            if let Some(earlier) = self.requests.insert(entry.request, entry.sequence) {
                return Err(format!("entry {} repeats entry {earlier}", entry.sequence));
            }
            state.apply(&entry).map_err(|e| e.to_string())?;
            self.leaves.push(new.leaf.clone());
            self.notices.push(entry.notice);
        }
        // What the batch says of items and claims must be what its entries say.
        for write in &batch.items {
            if write.before.as_ref() != self.state.items.get(&write.id)
                || write.after.as_ref() != state.items.get(&write.id)
            {
                return Err(format!(
                    "{} {} is not what the entries make of it",
                    write.id.kind, write.id.key
                ));
            }
        }
        for write in &batch.claims {
            if self.state.claims.get(&write.claim) != write.before.as_ref()
                || state.claims.get(&write.claim) != write.after.as_ref()
            {
                return Err(format!(
                    "{} is not what the entries make of it",
                    write.claim
                ));
            }
        }
        let items = |id: &ItemId| batch.items.iter().any(|write| write.id == *id);
        let unsaid = state
            .items
            .iter()
            .find(|&(id, item)| self.state.items.get(id) != Some(item) && !items(id));
        if let Some((id, _)) = unsaid {
            return Err(format!(
                "{} {} has changed, which the batch does not say",
                id.kind, id.key
            ));
        }
        self.state = state;
        self.keys.extend(
            batch
                .keys
                .into_iter()
                .map(|(person, key)| (person, PersonKey::Kept(key))),
        );
        self.keys.extend(
            batch
                .forget
                .into_iter()
                .map(|person| (person, PersonKey::Destroyed)),
        );
        self.texts.extend(batch.texts);
        self.tiles.extend(
            batch
                .tiles
                .into_iter()
                .map(|full| ((full.tile.level, full.tile.index), full)),
        );
        self.head = batch.head.or(self.head.take());
        Ok(())
    }
}

impl Read for Memory {
    fn head(&self) -> Result<Head, StoreError> {
        let none = Head {
            size: 0,
            at: Timestamp::UNIX_EPOCH,
            checkpoint: String::new(),
        };
        Ok(self.kept().head.clone().unwrap_or(none))
    }

    fn leaf(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(usize::try_from(sequence)
            .ok()
            .and_then(|at| self.kept().leaves.get(at).cloned()))
    }

    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self
            .kept()
            .leaves
            .iter()
            .skip(from)
            .take(limit)
            .cloned()
            .collect())
    }

    fn of_notice(
        &self,
        notice: &Notice,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let kept = self.kept();
        let all = (0..)
            .zip(kept.notices.iter().zip(&kept.leaves))
            .filter(|&(sequence, (of, _))| sequence >= from && of == notice);
        Ok(all
            .take(limit)
            .map(|(sequence, (_, leaf))| (sequence, leaf.clone()))
            .collect())
    }

    fn request(&self, id: RequestId) -> Result<Option<u64>, StoreError> {
        Ok(self.kept().requests.get(&id).copied())
    }

    fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError> {
        Ok(self.kept().state.items.get(id).cloned())
    }

    fn find(
        &self,
        found: &Found,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        Ok(self
            .kept()
            .state
            .find(found, after)
            .take(limit)
            .cloned()
            .collect())
    }

    fn claimed(&self, claim: &Claim) -> Result<Option<u64>, StoreError> {
        Ok(self.kept().state.claims.get(claim).copied())
    }

    fn full_tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        Ok(self
            .kept()
            .tiles
            .get(&(level, index))
            .map(|full| full.hashes.clone()))
    }

    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Result<Vec<Hash>, StoreError> {
        let kept = self.kept();
        Ok((from..)
            .take(count)
            .map_while(|index| kept.tiles.get(&(level, index)).map(|full| full.root))
            .collect())
    }

    fn person_key(&self, person: &Person) -> Result<PersonKey, StoreError> {
        Ok(self
            .kept()
            .keys
            .get(person)
            .cloned()
            .unwrap_or(PersonKey::None))
    }

    fn text(&self, version: TextVersion) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.kept().texts.get(&version).cloned())
    }
}

impl Store for Memory {
    fn begin(&mut self) -> Result<Head, StoreError> {
        self.head()
    }

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.kept_mut().write(batch).map_err(StoreError::Damaged)
    }

    fn abandon(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}
