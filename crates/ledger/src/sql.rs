//! What both SQL stores need: their integers are signed, and tiles are filed under one number.

use crate::item::{Found, Item};
use crate::merkle::Hash;
use crate::name::{Key, Kind};
use crate::store::StoreError;

pub(crate) fn int(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Damaged(format!("{number} is too large")))
}

pub(crate) fn uint(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Damaged(format!("{number} is below zero")))
}

/// A limit that is larger than any table is none.
pub(crate) fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Where a full tile is filed.
pub(crate) fn position(level: u8, index: u64) -> Result<i64, StoreError> {
    if index >> 56 != 0 || level > 63 {
        return Err(StoreError::Damaged(format!(
            "no tile can be number {index} of level {level}"
        )));
    }
    int(u64::from(level) << 56 | index)
}

/// The hashes of a tile as it is filed.
pub(crate) fn hashes(bytes: &[u8]) -> Result<Vec<Hash>, StoreError> {
    Hash::split(bytes).ok_or_else(|| StoreError::Damaged("a tile is not made of hashes".to_owned()))
}

/// An item from the columns of its row.
pub(crate) fn item(
    kind: &str,
    key: &str,
    version: i64,
    shape: u16,
    row: String,
    found_by: Option<&str>,
) -> Result<Item, StoreError> {
    let damaged = |e: &dyn std::fmt::Display| {
        StoreError::Damaged(format!("item {kind} {key} cannot be read: {e}"))
    };
    Ok(Item {
        kind: Kind::new(kind).map_err(|e| damaged(&e))?,
        key: Key::new(key).map_err(|e| damaged(&e))?,
        version: uint(version)?,
        shape,
        row: serde_json::value::RawValue::from_string(row).map_err(|e| damaged(&e))?,
        found_by: match found_by {
            Some(json) => serde_json::from_str(json).map_err(|e| damaged(&e))?,
            None => Vec::new(),
        },
    })
}

/// What an item is found by, for its row; nothing if by nothing.
pub(crate) fn found_by(item: &Item) -> Result<Option<String>, StoreError> {
    if item.found_by.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&item.found_by)
        .map(Some)
        .map_err(|e| StoreError::Damaged(e.to_string()))
}

/// By what an item was and is no longer found, and by what it is and was not.
pub(crate) fn refound<'a>(
    before: Option<&'a Item>,
    after: Option<&'a Item>,
) -> (Vec<&'a Found>, Vec<&'a Found>) {
    let before = before.map_or(&[][..], |item| &item.found_by);
    let after = after.map_or(&[][..], |item| &item.found_by);
    let gone = before
        .iter()
        .filter(|found| !after.contains(found))
        .collect();
    let mut new: Vec<_> = after
        .iter()
        .filter(|found| !before.contains(found))
        .collect();
    // A row that names the same twice is found by it once.
    new.sort();
    new.dedup();
    (gone, new)
}
