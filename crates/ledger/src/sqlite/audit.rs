//! Reading a whole file again: whether its log is the one that was signed, and all else is what its entries make.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::read::item;
use super::{Connected, fault};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::Entry;
use crate::item::{Change, Item, ItemId};
use crate::merkle::{Hash, Tree};
use crate::name::{Claim, Person, TextVersion};
use crate::note::Verifier;
use crate::sql::uint;
use crate::store::{PersonKey, Read, StoreError};

/// Entries read at once.
const PAGE: usize = 4_096;

/// What a whole ledger has been found to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Entries in its log.
    pub entries: u64,
    /// Items that they have made.
    pub items: u64,
    /// Claims that they have made.
    pub claims: u64,
    /// Versions of notices' texts.
    pub texts: u64,
}

/// A ledger is not what was signed, or contradicts itself.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its checkpoint is not one to trust.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Its entries are not those that were signed.
    #[error("its {0} entries are not those that were signed")]
    Root(u64),
    /// An entry is missing, damaged, filed wrongly, or contradicts those before it.
    #[error("entry {0} is damaged, filed wrongly or contradicts those before it")]
    Entry(u64),
    /// A tile is missing or not the one that its entries make.
    #[error("tile {index} of level {level} is not the one that the entries make")]
    Tile {
        /// Its level.
        level: u8,
        /// Its number.
        index: u64,
    },
    /// An item is not what the entries make of it.
    #[error("{kind} {key} is not what the entries make of it", kind = .0.kind, key = .0.key)]
    Item(ItemId),
    /// A claim is not what the entries make of it.
    #[error("claim {0} is not what the entries make of it")]
    Claim(Claim),
    /// There are fewer items or claims than the entries make.
    #[error("{0} items or claims that the entries make are missing")]
    Missing(usize),
    /// Items are found by something else than what they say.
    #[error("the index of items is not the one that the items make")]
    Found,
    /// A text is not what its digest says.
    #[error("the text {0} was changed")]
    Text(TextVersion),
    /// A key is still there that was destroyed.
    #[error("{0} was forgotten, and a key is there all the same")]
    Forgotten(Person),
}

/// Which item or claim, in few bytes: a city has millions.
type Name = [u8; 16];

fn short(parts: &[&[u8]]) -> Name {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut name = [0; 16];
    name.copy_from_slice(&digest[..16]);
    name
}

fn item_name(id: &ItemId) -> Name {
    short(&[
        b"item",
        id.kind.as_str().as_bytes(),
        id.key.as_str().as_bytes(),
    ])
}

fn claim_name(claim: &Claim) -> Name {
    short(&[b"claim", claim.as_str().as_bytes()])
}

fn content(item: &Item) -> Name {
    let found = item
        .found_by
        .iter()
        .flat_map(|by| [by.0.as_str().as_bytes(), by.1.as_str().as_bytes()]);
    let shape = item.shape.to_be_bytes();
    let parts: Vec<&[u8]> = [&shape[..], item.row.get().as_bytes()]
        .into_iter()
        .chain(found)
        .collect();
    short(&parts)
}

/// What entries make of items and claims: version and content of each item, the entry of each claim.
type Made = HashMap<Name, (u64, Name)>;

pub(super) fn audit<C: Connected>(store: &C, key: &Verifier) -> Result<Audit, AuditError> {
    let head = store.head()?;
    let (mut tree, mut full) = (Tree::new(), Vec::new());
    let (mut made, mut forgotten) = (Made::new(), Vec::new());
    let mut at = jiff::Timestamp::UNIX_EPOCH;
    while tree.size() < head.size {
        let page = store.leaves(tree.size(), PAGE)?;
        if page.is_empty() {
            return Err(AuditError::Entry(tree.size()));
        }
        for leaf in page {
            let sequence = tree.size();
            let wrong = AuditError::Entry(sequence);
            let Ok(entry) = Entry::from_leaf(&leaf) else {
                return Err(wrong);
            };
            let filed = store.request(entry.request)? == Some(sequence);
            if entry.sequence != sequence || entry.at < at || !filed || !make(&mut made, &entry) {
                return Err(wrong);
            }
            forgotten.extend(entry.changes.into_iter().filter_map(|change| match change {
                Change::Forget(person) => Some(person),
                _ => None,
            }));
            at = entry.at;
            tree.append(Hash::leaf(&leaf), &mut full);
            for tile in full.drain(..) {
                let (level, index) = (tile.tile.level, tile.tile.index);
                let kept = store.full_tile(level, index)?.as_ref() == Some(&tile.hashes);
                if !kept || store.tile_roots(level, index, 1)? != [tile.root] {
                    return Err(AuditError::Tile { level, index });
                }
            }
        }
    }
    if head.size > 0 {
        let checkpoint = Checkpoint::open(std::slice::from_ref(key), &head.checkpoint)?;
        if (checkpoint.size, checkpoint.root) != (tree.size(), tree.root()) || head.at < at {
            return Err(AuditError::Root(head.size));
        }
    }
    let entries: i64 = count(store, "entries")?;
    if uint(entries)? != head.size || entries != count(store, "requests")? {
        return Err(AuditError::Root(head.size));
    }
    for person in forgotten {
        if store.person_key(&person)? != PersonKey::Destroyed {
            return Err(AuditError::Forgotten(person));
        }
    }
    let items = items(store, &mut made)?;
    let claims = claims(store, &mut made)?;
    if !made.is_empty() {
        return Err(AuditError::Missing(made.len()));
    }
    let texts = texts(store)?;
    Ok(Audit {
        entries: head.size,
        items,
        claims,
        texts,
    })
}

/// Makes the entry's changes; false if they cannot be made.
fn make(made: &mut Made, entry: &Entry) -> bool {
    entry.changes.iter().all(|change| match change {
        Change::Put(item) => {
            let now = (item.version, content(item));
            let before = made.insert(item_name(&item.id()), now);
            before.map_or(1, |(version, _)| version.saturating_add(1)) == item.version
        }
        Change::Remove(id) => made.remove(&item_name(id)).is_some(),
        Change::Claim(claim) => made
            .insert(claim_name(claim), (entry.sequence, [0; 16]))
            .is_none(),
        Change::Release(claim) => made.remove(&claim_name(claim)).is_some(),
        Change::Forget(_) => true,
    })
}

fn count<C: Connected>(store: &C, table: &'static str) -> Result<i64, StoreError> {
    let sql = format!("SELECT count(*) FROM {table}");
    store
        .connection()
        .query_row(&sql, [], |row| row.get(0))
        .map_err(fault)
}

/// Every item is the one made, and found by what it says. Each is taken out of what was made.
fn items<C: Connected>(store: &C, made: &mut Made) -> Result<u64, AuditError> {
    let sql = "SELECT version, shape, row, found_by, kind, key FROM items";
    let mut query = store.connection().prepare(sql).map_err(fault)?;
    let mut rows = query.query([]).map_err(fault)?;
    let (mut items, mut found, mut sum) = (0, 0, [0; 16]);
    while let Some(row) = rows.next().map_err(fault)? {
        let item = item(row)?;
        let id = item.id();
        if made.remove(&item_name(&id)) != Some((item.version, content(&item))) {
            return Err(AuditError::Item(id));
        }
        let mut by: Vec<_> = item.found_by.iter().collect();
        by.sort();
        by.dedup();
        for by in by {
            add(
                &mut sum,
                [
                    by.0.as_str(),
                    by.1.as_str(),
                    id.kind.as_str(),
                    id.key.as_str(),
                ],
            );
            found += 1;
        }
        items += 1;
    }
    // The index has each of them, and nothing else: the sum of both is nothing.
    let sql = "SELECT name, value, kind, key FROM found";
    let mut query = store.connection().prepare(sql).map_err(fault)?;
    let mut rows = query.query([]).map_err(fault)?;
    while let Some(row) = rows.next().map_err(fault)? {
        let mut words: [String; 4] = Default::default();
        for (at, word) in words.iter_mut().enumerate() {
            *word = row.get(at).map_err(fault)?;
        }
        add(&mut sum, words.each_ref().map(String::as_str));
        found -= 1;
    }
    if (found, sum) == (0_i64, [0; 16]) {
        Ok(items)
    } else {
        Err(AuditError::Found)
    }
}

/// Adds a row of the index to a sum in which a row that comes twice is nothing.
fn add(sum: &mut Name, row: [&str; 4]) {
    let hash = short(&row.map(str::as_bytes));
    sum.iter_mut()
        .zip(hash)
        .for_each(|(sum, byte)| *sum ^= byte);
}

fn claims<C: Connected>(store: &C, made: &mut Made) -> Result<u64, AuditError> {
    let sql = "SELECT claim, sequence FROM claims";
    let mut query = store.connection().prepare(sql).map_err(fault)?;
    let mut rows = query.query([]).map_err(fault)?;
    let mut claims = 0;
    while let Some(row) = rows.next().map_err(fault)? {
        let (claim, since): (String, i64) =
            (row.get(0).map_err(fault)?, row.get(1).map_err(fault)?);
        let claim = Claim::new(&claim).map_err(|e| StoreError::Damaged(e.to_string()))?;
        if made.remove(&claim_name(&claim)) != Some((uint(since)?, [0; 16])) {
            return Err(AuditError::Claim(claim));
        }
        claims += 1;
    }
    Ok(claims)
}

fn texts<C: Connected>(store: &C) -> Result<u64, AuditError> {
    let mut query = store
        .connection()
        .prepare("SELECT version, text FROM texts")
        .map_err(fault)?;
    let mut rows = query.query([]).map_err(fault)?;
    let mut texts = 0;
    while let Some(row) = rows.next().map_err(fault)? {
        let (version, text): ([u8; 32], Vec<u8>) =
            (row.get(0).map_err(fault)?, row.get(1).map_err(fault)?);
        if TextVersion::of(&text) != TextVersion(version) {
            return Err(AuditError::Text(TextVersion(version)));
        }
        texts += 1;
    }
    Ok(texts)
}
