//! A store that counts what is read of it.

use std::cell::Cell;

use ledger::item::{Found, Item, ItemId};
use ledger::merkle::Hash;
use ledger::name::{Claim, Notice, Person, RequestId, TextVersion};
use ledger::store::{AnyReader, Head, PersonKey, Read, StoreError};

pub struct Counting<'a> {
    store: &'a AnyReader,
    rows: Cell<usize>,
}

impl<'a> Counting<'a> {
    pub fn new(store: &'a AnyReader) -> Self {
        let rows = Cell::new(0);
        Self { store, rows }
    }

    /// Rows read, or looked for and not there, since this was last asked.
    pub fn taken(&self) -> usize {
        self.rows.take()
    }
}

type Answer<T> = Result<T, StoreError>;

impl Read for Counting<'_> {
    fn item(&self, id: &ItemId) -> Answer<Option<Item>> {
        self.rows.set(self.rows.get() + 1);
        self.store.item(id)
    }

    fn find(&self, found: &Found, after: Option<&ItemId>, limit: usize) -> Answer<Vec<Item>> {
        let items = self.store.find(found, after, limit)?;
        self.rows.set(self.rows.get() + items.len());
        Ok(items)
    }

    fn head(&self) -> Answer<Head> {
        self.store.head()
    }

    fn leaf(&self, sequence: u64) -> Answer<Option<Vec<u8>>> {
        self.store.leaf(sequence)
    }

    fn leaves(&self, from: u64, limit: usize) -> Answer<Vec<Vec<u8>>> {
        self.store.leaves(from, limit)
    }

    fn of_notice(&self, notice: &Notice, from: u64, limit: usize) -> Answer<Vec<(u64, Vec<u8>)>> {
        self.store.of_notice(notice, from, limit)
    }

    fn request(&self, id: RequestId) -> Answer<Option<u64>> {
        self.store.request(id)
    }

    fn claimed(&self, claim: &Claim) -> Answer<Option<u64>> {
        self.store.claimed(claim)
    }

    fn full_tile(&self, level: u8, index: u64) -> Answer<Option<Vec<Hash>>> {
        self.store.full_tile(level, index)
    }

    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Answer<Vec<Hash>> {
        self.store.tile_roots(level, from, count)
    }

    fn person_key(&self, person: &Person) -> Answer<PersonKey> {
        self.store.person_key(person)
    }

    fn text(&self, version: TextVersion) -> Answer<Option<Vec<u8>>> {
        self.store.text(version)
    }
}
