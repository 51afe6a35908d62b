//! Reading.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Connected, empty_head, fault};
use crate::item::{Found, Item, ItemId};
use crate::merkle::Hash;
use crate::name::{Claim, Notice, Person, RequestId, TextVersion};
use crate::sql::{self, at_most, int, position, uint};
use crate::store::{Head, PersonKey, Read, StoreError};

const LEAVES: &str = "SELECT leaf FROM entries WHERE sequence >= ?1 ORDER BY sequence LIMIT ?2";
const OF_NOTICE: &str = "SELECT sequence, leaf FROM entries WHERE notice = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT ?3";
const FIND: &str = "SELECT i.version, i.shape, i.row, i.found_by, i.kind, i.key FROM found AS f JOIN items AS i ON i.kind = f.kind AND i.key = f.key
    WHERE f.name = ?1 AND f.value = ?2 AND (f.kind, f.key) > (?3, ?4) ORDER BY f.kind, f.key LIMIT ?5";

impl<C: Connected> Read for C {
    fn head(&self) -> Result<Head, StoreError> {
        let mut query = self
            .connection()
            .prepare_cached("SELECT size, at, checkpoint FROM head")
            .map_err(fault)?;
        let row = query
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()
            .map_err(fault)?;
        let Some((size, at, checkpoint)) = row else {
            return Ok(empty_head());
        };
        let at = Timestamp::from_millisecond(at).map_err(|e| StoreError::Damaged(e.to_string()))?;
        Ok(Head {
            size: uint(size)?,
            at,
            checkpoint,
        })
    }

    fn leaf(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut query = self
            .connection()
            .prepare_cached("SELECT leaf FROM entries WHERE sequence = ?1")
            .map_err(fault)?;
        query
            .query_row([int(sequence)?], |row| row.get(0))
            .optional()
            .map_err(fault)
    }

    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut query = self.connection().prepare_cached(LEAVES).map_err(fault)?;
        let rows = query
            .query_map(params![int(from)?, at_most(limit)], |row| row.get(0))
            .map_err(fault)?;
        rows.collect::<rusqlite::Result<_>>().map_err(fault)
    }

    fn of_notice(
        &self,
        notice: &Notice,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let mut query = self.connection().prepare_cached(OF_NOTICE).map_err(fault)?;
        let found = params![notice.as_str(), int(from)?, at_most(limit)];
        let rows = query
            .query_map(found, |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(fault)?;
        rows.map(|row| {
            row.map_err(fault)
                .and_then(|(sequence, leaf)| Ok((uint(sequence)?, leaf)))
        })
        .collect()
    }

    fn request(&self, id: RequestId) -> Result<Option<u64>, StoreError> {
        let mut query = self
            .connection()
            .prepare_cached("SELECT sequence FROM requests WHERE id = ?1")
            .map_err(fault)?;
        query
            .query_row([id.0], |row| row.get(0))
            .optional()
            .map_err(fault)?
            .map(uint)
            .transpose()
    }

    fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError> {
        let sql = "SELECT version, shape, row, found_by, kind, key FROM items WHERE kind = ?1 AND key = ?2";
        let mut query = self.connection().prepare_cached(sql).map_err(fault)?;
        query
            .query_row([id.kind.as_str(), id.key.as_str()], |row| Ok(item(row)))
            .optional()
            .map_err(fault)?
            .transpose()
    }

    fn find(
        &self,
        found: &Found,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let mut query = self.connection().prepare_cached(FIND).map_err(fault)?;
        // No name is empty, so the empty ones come before all.
        let (kind, key) = after.map_or(("", ""), |id| (id.kind.as_str(), id.key.as_str()));
        let rows = query
            .query_map(
                params![
                    found.0.as_str(),
                    found.1.as_str(),
                    kind,
                    key,
                    at_most(limit)
                ],
                |row| Ok(item(row)),
            )
            .map_err(fault)?;
        rows.map(|row| row.map_err(fault)?).collect()
    }

    fn claimed(&self, claim: &Claim) -> Result<Option<u64>, StoreError> {
        let mut query = self
            .connection()
            .prepare_cached("SELECT sequence FROM claims WHERE claim = ?1")
            .map_err(fault)?;
        query
            .query_row([claim.as_str()], |row| row.get(0))
            .optional()
            .map_err(fault)?
            .map(uint)
            .transpose()
    }

    fn full_tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        let mut query = self
            .connection()
            .prepare_cached("SELECT hashes FROM tiles WHERE position = ?1")
            .map_err(fault)?;
        let hashes: Option<Vec<u8>> = query
            .query_row([position(level, index)?], |row| row.get(0))
            .optional()
            .map_err(fault)?;
        hashes.map(|bytes| sql::hashes(&bytes)).transpose()
    }

    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Result<Vec<Hash>, StoreError> {
        let sql = "SELECT root FROM tiles WHERE position >= ?1 AND position < ?2 ORDER BY position";
        let mut query = self.connection().prepare_cached(sql).map_err(fault)?;
        let first = position(level, from)?;
        let rows = query
            .query_map([first, first + int(count as u64)?], |row| {
                row.get(0).map(Hash::from_bytes)
            })
            .map_err(fault)?;
        rows.collect::<rusqlite::Result<_>>().map_err(fault)
    }

    fn person_key(&self, person: &Person) -> Result<PersonKey, StoreError> {
        let mut query = self
            .connection()
            .prepare_cached("SELECT key FROM person_keys WHERE person = ?1")
            .map_err(fault)?;
        let key: Option<Option<[u8; 32]>> = query
            .query_row([person.as_str()], |row| row.get(0))
            .optional()
            .map_err(fault)?;
        Ok(match key {
            None => PersonKey::None,
            Some(None) => PersonKey::Destroyed,
            Some(Some(key)) => PersonKey::Kept(key),
        })
    }

    fn text(&self, version: TextVersion) -> Result<Option<Vec<u8>>, StoreError> {
        let mut query = self
            .connection()
            .prepare_cached("SELECT text FROM texts WHERE version = ?1")
            .map_err(fault)?;
        query
            .query_row([version.0], |row| row.get(0))
            .optional()
            .map_err(fault)
    }
}

/// An item from version, shape, row, found_by, kind, key.
pub(super) fn item(row: &Row<'_>) -> Result<Item, StoreError> {
    let found_by: Option<String> = row.get(3).map_err(fault)?;
    let (kind, key): (String, String) = (row.get(4).map_err(fault)?, row.get(5).map_err(fault)?);
    let (version, shape, json) = (
        row.get(0).map_err(fault)?,
        row.get(1).map_err(fault)?,
        row.get(2).map_err(fault)?,
    );
    sql::item(&kind, &key, version, shape, json, found_by.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{Index, Key};
    use rusqlite::StatementStatus;

    #[test]
    fn no_statement_is_prepared_twice() {
        let folder = tempfile::tempdir().unwrap();
        let store = super::super::Sqlite::open(&folder.path().join("ledger.db")).unwrap();
        let notice = Notice::new("library").unwrap();
        for limit in [1, 7, 7, 1_000] {
            store.leaves(0, limit).unwrap();
            store.of_notice(&notice, 0, limit).unwrap();
            let found = Found(Index::new("slot.session").unwrap(), Key::new("x").unwrap());
            store.find(&found, None, limit).unwrap();
        }
        for sql in [LEAVES, OF_NOTICE, FIND] {
            let statement = store.connection.prepare_cached(sql).unwrap();
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
            assert_eq!(statement.get_status(StatementStatus::Run), 4, "{sql}");
        }
    }
}
