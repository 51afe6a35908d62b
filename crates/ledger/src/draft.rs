//! What a decider sees, and what it says.

use std::sync::Arc;

use jiff::Timestamp;

use crate::entry::Origin;
use crate::form::Fault;
use crate::item::{Change, Found, Item, ItemId, Row};
use crate::name::{Claim, Key, Kind, Person, Seed};
use crate::overlay::Overlay;
use crate::store::Read;

/// The state as the commands before this one have left it, the time, and the changes that the decider makes. What it has
/// written, it reads back.
pub struct Draft<'a> {
    pub(crate) store: &'a dyn Read,
    pub(crate) overlay: &'a mut Overlay,
    pub(crate) origin: &'a Origin,
    pub(crate) now: Timestamp,
    pub(crate) sequence: u64,
    pub(crate) chance: &'a dyn Fn(u64) -> Option<Seed>,
    pub(crate) seed: Option<Seed>,
    pub(crate) changes: Vec<Change>,
}

impl Draft<'_> {
    /// The time of the decision, to the millisecond.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The number that the entry will have.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Who commands, and under which notice.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        self.origin
    }

    /// Chance for this decision. It is recorded with the entry, and the same however often it is asked for.
    ///
    /// # Errors
    /// [`Fault::Chance`] when the machine has none to give.
    pub fn seed(&mut self) -> Result<Seed, Fault> {
        match self.seed {
            Some(seed) => Ok(seed),
            None => Ok(*self
                .seed
                .insert((self.chance)(self.sequence).ok_or(Fault::Chance)?)),
        }
    }

    /// A row, if there is one.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be read.
    pub fn get<R: Row>(&mut self, key: &Key) -> Result<Option<R>, Fault> {
        let item = self.overlay.item(self.store, &id::<R>(key)?)?;
        Ok(item.map(|item| item.read()).transpose()?)
    }

    /// The rows found by this, by key, from the first after `after` on, at most `limit`.
    ///
    /// # Errors
    /// [`Fault`] when they cannot be read.
    pub fn find<R: Row>(
        &mut self,
        by: &Found,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<R>, Fault> {
        let kind = Kind::new(R::KIND)?;
        let after = after.map(|key| ItemId {
            kind: kind.clone(),
            key: key.clone(),
        });
        let items = self.overlay.find(self.store, by, after.as_ref(), limit)?;
        items
            .iter()
            .filter(|item| item.kind == kind)
            .map(|item| Ok(item.read()?))
            .collect()
    }

    /// The entry since which something is claimed; nothing if it is free.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be read.
    pub fn claimed(&mut self, claim: &Claim) -> Result<Option<u64>, Fault> {
        Ok(self.overlay.claimed(self.store, claim)?)
    }

    /// Makes or replaces a row.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be an item.
    pub fn put<R: Row>(&mut self, row: &R) -> Result<(), Fault> {
        let id = id::<R>(&row.key())?;
        let written = self.changes.iter_mut().find(|change| matches!(change, Change::Put(item) if (&item.kind, &item.key) == (&id.kind, &id.key)));
        if let Some(Change::Put(item)) = written {
            // An entry writes each item once, however often the decider does.
            *item = Item::of(row, item.version)?;
            let item = Arc::new(item.clone());
            self.overlay.write(id, Some(item));
            return Ok(());
        }
        let version = self
            .overlay
            .item(self.store, &id)?
            .map_or(1, |item| item.version + 1);
        let item = Item::of(row, version)?;
        self.changes.push(Change::Put(item.clone()));
        self.overlay.write(id, Some(Arc::new(item)));
        Ok(())
    }

    /// Removes a row.
    ///
    /// # Errors
    /// [`Fault::Missing`] when there is none.
    pub fn remove<R: Row>(&mut self, key: &Key) -> Result<(), Fault> {
        let id = id::<R>(key)?;
        if self.overlay.item(self.store, &id)?.is_none() {
            return Err(Fault::Missing(format!("{} {}", id.kind, id.key)));
        }
        self.overlay.write(id.clone(), None);
        self.changes.push(Change::Remove(id));
        Ok(())
    }

    /// Takes what only one may have.
    ///
    /// # Errors
    /// [`Fault::Claimed`] when somebody has it. Ask [`Draft::claimed`] first to refuse in the form's own words.
    pub fn claim(&mut self, claim: Claim) -> Result<(), Fault> {
        if let Some(since) = self.overlay.claimed(self.store, &claim)? {
            return Err(Fault::Claimed { claim, since });
        }
        self.overlay.write_claim(&claim, Some(self.sequence));
        self.changes.push(Change::Claim(claim));
        Ok(())
    }

    /// Gives back what was claimed.
    ///
    /// # Errors
    /// [`Fault::Missing`] when nobody has it.
    pub fn release(&mut self, claim: Claim) -> Result<(), Fault> {
        if self.overlay.claimed(self.store, &claim)?.is_none() {
            return Err(Fault::Missing(format!("claim {claim}")));
        }
        self.overlay.write_claim(&claim, None);
        self.changes.push(Change::Release(claim));
        Ok(())
    }

    /// Destroys a person's key, so that nothing encrypted under it can be read again. Rows that hold only that should be
    /// removed in the same decision.
    pub fn forget(&mut self, person: Person) {
        self.changes.push(Change::Forget(person));
    }
}

fn id<R: Row>(key: &Key) -> Result<ItemId, Fault> {
    Ok(ItemId {
        kind: Kind::new(R::KIND)?,
        key: key.clone(),
    })
}
