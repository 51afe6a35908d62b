//! Reading.

use jiff::Timestamp;
use postgres::Row;

use super::{Postgres, PostgresReader, fault};
use crate::item::{Found, Item, ItemId};
use crate::merkle::Hash;
use crate::name::{Claim, Notice, Person, RequestId, TextVersion};
use crate::sql::{self, at_most, int, position, uint};
use crate::store::{Head, PersonKey, Read, StoreError};

/// A column of a row.
pub(super) fn column<'a, T: postgres::types::FromSql<'a>>(
    row: &'a Row,
    at: usize,
) -> Result<T, StoreError> {
    row.try_get(at).map_err(fault)
}

/// A sequence in the first column of the first row.
fn sequence(rows: &[Row]) -> Result<Option<u64>, StoreError> {
    rows.first()
        .map(|row| column::<i64>(row, 0).and_then(uint))
        .transpose()
}

pub(super) fn head(row: &Row) -> Result<Head, StoreError> {
    let at = Timestamp::from_millisecond(column(row, 1)?)
        .map_err(|e| StoreError::Damaged(e.to_string()))?;
    Ok(Head {
        size: uint(column(row, 0)?)?,
        at,
        checkpoint: column(row, 2)?,
    })
}

/// An item from version, shape, row, found_by, kind, key.
pub(super) fn item(row: &Row) -> Result<Item, StoreError> {
    let shape =
        u16::try_from(column::<i32>(row, 1)?).map_err(|e| StoreError::Damaged(e.to_string()))?;
    sql::item(
        column(row, 4)?,
        column(row, 5)?,
        column(row, 0)?,
        shape,
        column(row, 2)?,
        column(row, 3)?,
    )
}

impl Read for PostgresReader {
    fn head(&self) -> Result<Head, StoreError> {
        let rows = self
            .connection
            .query("SELECT size, at, checkpoint FROM head", &[])?;
        head(
            rows.first()
                .ok_or_else(|| StoreError::Damaged("the head is missing".to_owned()))?,
        )
    }

    fn leaf(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.connection.query(
            "SELECT leaf FROM entries WHERE sequence = $1",
            &[&int(sequence)?],
        )?;
        rows.first().map(|row| column(row, 0)).transpose()
    }

    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let sql = "SELECT leaf FROM entries WHERE sequence >= $1 ORDER BY sequence LIMIT $2";
        self.connection
            .query(sql, &[&int(from)?, &at_most(limit)])?
            .iter()
            .map(|row| column(row, 0))
            .collect()
    }

    fn of_notice(
        &self,
        notice: &Notice,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let sql = "SELECT sequence, leaf FROM entries WHERE notice = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";
        let rows = self
            .connection
            .query(sql, &[&notice.as_str(), &int(from)?, &at_most(limit)])?;
        rows.iter()
            .map(|row| Ok((uint(column(row, 0)?)?, column(row, 1)?)))
            .collect()
    }

    fn request(&self, id: RequestId) -> Result<Option<u64>, StoreError> {
        sequence(
            &self
                .connection
                .query("SELECT sequence FROM requests WHERE id = $1", &[&&id.0[..]])?,
        )
    }

    fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError> {
        let sql = "SELECT version, shape, row, found_by, kind, key FROM items WHERE kind = $1 AND key = $2";
        self.connection
            .query(sql, &[&id.kind.as_str(), &id.key.as_str()])?
            .first()
            .map(item)
            .transpose()
    }

    fn find(
        &self,
        found: &Found,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let sql = "SELECT i.version, i.shape, i.row, i.found_by, i.kind, i.key FROM found AS f JOIN items AS i ON i.kind = f.kind AND i.key = f.key
            WHERE f.name = $1 AND f.value = $2 AND (f.kind, f.key) > ($3, $4) ORDER BY f.kind, f.key LIMIT $5";
        // No name is empty, so the empty ones come before all.
        let (kind, key) = after.map_or(("", ""), |id| (id.kind.as_str(), id.key.as_str()));
        let rows = self.connection.query(
            sql,
            &[
                &found.0.as_str(),
                &found.1.as_str(),
                &kind,
                &key,
                &at_most(limit),
            ],
        )?;
        rows.iter().map(item).collect()
    }

    fn claimed(&self, claim: &Claim) -> Result<Option<u64>, StoreError> {
        sequence(&self.connection.query(
            "SELECT sequence FROM claims WHERE claim = $1",
            &[&claim.as_str()],
        )?)
    }

    fn full_tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        let rows = self.connection.query(
            "SELECT hashes FROM tiles WHERE position = $1",
            &[&position(level, index)?],
        )?;
        rows.first()
            .map(|row| sql::hashes(column(row, 0)?))
            .transpose()
    }

    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Result<Vec<Hash>, StoreError> {
        let first = position(level, from)?;
        let sql = "SELECT root FROM tiles WHERE position >= $1 AND position < $2 ORDER BY position";
        let rows = self
            .connection
            .query(sql, &[&first, &first.saturating_add(at_most(count))])?;
        rows.iter()
            .map(|row| sql::hashes(column(row, 0)?))
            .try_fold(Vec::new(), |mut all, root| {
                all.extend(root?);
                Ok(all)
            })
    }

    fn person_key(&self, person: &Person) -> Result<PersonKey, StoreError> {
        let rows = self.connection.query(
            "SELECT key FROM person_keys WHERE person = $1",
            &[&person.as_str()],
        )?;
        let Some(row) = rows.first() else {
            return Ok(PersonKey::None);
        };
        let Some(key) = column::<Option<&[u8]>>(row, 0)? else {
            return Ok(PersonKey::Destroyed);
        };
        let key = key
            .try_into()
            .map_err(|_| StoreError::Damaged(format!("the key of {person} is not 32 bytes")))?;
        Ok(PersonKey::Kept(key))
    }

    fn text(&self, version: TextVersion) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.connection.query(
            "SELECT text FROM texts WHERE version = $1",
            &[&&version.0[..]],
        )?;
        rows.first().map(|row| column(row, 0)).transpose()
    }
}

impl Read for Postgres {
    fn head(&self) -> Result<Head, StoreError> {
        self.reader.head()
    }

    fn leaf(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader.leaf(sequence)
    }

    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.reader.leaves(from, limit)
    }

    fn of_notice(
        &self,
        notice: &Notice,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.reader.of_notice(notice, from, limit)
    }

    fn request(&self, id: RequestId) -> Result<Option<u64>, StoreError> {
        self.fetched
            .requests
            .get(&id)
            .map_or_else(|| self.reader.request(id), |fetched| Ok(*fetched))
    }

    fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError> {
        self.fetched
            .items
            .get(id)
            .map_or_else(|| self.reader.item(id), |fetched| Ok(fetched.clone()))
    }

    fn find(
        &self,
        found: &Found,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        self.reader.find(found, after, limit)
    }

    fn claimed(&self, claim: &Claim) -> Result<Option<u64>, StoreError> {
        self.fetched
            .claims
            .get(claim)
            .map_or_else(|| self.reader.claimed(claim), |fetched| Ok(*fetched))
    }

    fn full_tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        self.reader.full_tile(level, index)
    }

    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Result<Vec<Hash>, StoreError> {
        self.reader.tile_roots(level, from, count)
    }

    fn person_key(&self, person: &Person) -> Result<PersonKey, StoreError> {
        self.reader.person_key(person)
    }

    fn text(&self, version: TextVersion) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader.text(version)
    }
}
