//! Writing: one transaction a turn, one statement a table.

use postgres::types::ToSql;

use super::read::{column, head, item};
use super::{Fetched, Postgres, PostgresReader, said};
use crate::form::LooksAt;
use crate::item::{Found, Item, ItemId};
use crate::merkle::Hash;
use crate::name::{Claim, RequestId};
use crate::sql::{found_by, int, position, refound, uint};
use crate::store::{Batch, ClaimWrite, Head, ItemWrite, NewEntry, Read as _, Store, StoreError};

impl Store for Postgres {
    fn begin(&mut self) -> Result<Head, StoreError> {
        let connection = &self.reader.connection;
        connection.begin()?;
        let locked = connection
            .query("SELECT size, at, checkpoint FROM head FOR UPDATE", &[])
            .and_then(|rows| {
                head(
                    rows.first()
                        .ok_or_else(|| StoreError::Damaged("the head is missing".to_owned()))?,
                )
            });
        locked.or_else(|error| self.abandon().and(Err(error)))
    }

    fn prefetch(&mut self, requests: &[RequestId], looks_at: &LooksAt) -> Result<(), StoreError> {
        let ids: Vec<&[u8]> = requests.iter().map(|id| &id.0[..]).collect();
        self.fetched.requests = requests.iter().map(|&id| (id, None)).collect();
        for row in self.reader.connection.query(
            "SELECT id, sequence FROM requests WHERE id = ANY ($1)",
            &[&ids],
        )? {
            let id = column::<&[u8]>(&row, 0)?
                .try_into()
                .map_err(|_| StoreError::Damaged("a request id is not 16 bytes".to_owned()))?;
            self.fetched
                .requests
                .insert(RequestId(id), Some(uint(column(&row, 1)?)?));
        }
        self.fetched.items = looks_at.items.iter().map(|id| (id.clone(), None)).collect();
        let (kinds, keys): (Vec<_>, Vec<_>) = self
            .fetched
            .items
            .keys()
            .map(|id| (id.kind.to_string(), id.key.to_string()))
            .unzip();
        if !kinds.is_empty() {
            let sql = "SELECT version, shape, row, found_by, kind, key FROM items JOIN unnest($1::text[], $2::text[]) AS wanted (kind, key) USING (kind, key)";
            for row in self.reader.connection.query(sql, &[&kinds, &keys])? {
                let item = item(&row)?;
                self.fetched.items.insert(item.id(), Some(item));
            }
        }
        self.fetched.claims = looks_at
            .claims
            .iter()
            .map(|claim| (claim.clone(), None))
            .collect();
        let claims: Vec<_> = self
            .fetched
            .claims
            .keys()
            .map(ToString::to_string)
            .collect();
        if !claims.is_empty() {
            for row in self.reader.connection.query(
                "SELECT claim, sequence FROM claims WHERE claim = ANY ($1)",
                &[&claims],
            )? {
                let claim =
                    Claim::new(column(&row, 0)?).map_err(|e| StoreError::Damaged(e.to_string()))?;
                self.fetched
                    .claims
                    .insert(claim, Some(uint(column(&row, 1)?)?));
            }
        }
        Ok(())
    }

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.fetched = Fetched::default();
        if let Err(error) = self.reader.write(&batch) {
            self.abandon()?;
            return Err(error);
        }
        let committed = self.reader.connection.end("COMMIT");
        committed.or_else(|error| match error.as_db_error() {
            // An error that the server reports is a transaction that it rolled back.
            Some(_) => Err(StoreError::Later(said(&error))),
            None => self.was_committed(&batch, &said(&error)),
        })
    }

    fn abandon(&mut self) -> Result<(), StoreError> {
        self.fetched = Fetched::default();
        // A connection that is gone has taken its transaction with it; the next turn connects anew.
        match self.reader.connection.end("ROLLBACK") {
            Err(error) if !self.reader.connection.has_gone() => {
                Err(StoreError::Lost(error.to_string()))
            }
            _ => Ok(()),
        }
    }
}

impl Postgres {
    /// The connection was lost while the server was told to commit. A new one waits for the old transaction to end, and
    /// looks whether it has written; only if that cannot be done, nobody knows.
    fn was_committed(&self, batch: &Batch, why: &str) -> Result<(), StoreError> {
        let lost = |error: StoreError| StoreError::Lost(format!("{why}; then {error}"));
        let connection = &self.reader.connection;
        connection.begin().map_err(lost)?;
        let locked = connection.query("SELECT size FROM head FOR UPDATE", &[]);
        let seen = locked.and_then(|_| match batch.entries.first() {
            Some(entry) => self.reader.request(entry.request),
            // Keys and texts are given again without harm.
            None => Ok(None),
        });
        let ended = connection.end("ROLLBACK");
        let seen = seen.map_err(lost)?;
        ended.map_err(|error| lost(StoreError::Later(said(&error))))?;
        match (seen, batch.entries.first()) {
            (Some(sequence), Some(entry)) if sequence == entry.sequence => Ok(()),
            _ => Err(StoreError::Later(why.to_owned())),
        }
    }
}

impl PostgresReader {
    /// Executes a statement that must touch so many rows.
    fn exactly(
        &self,
        rows: usize,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<(), StoreError> {
        if rows == 0 {
            return Ok(());
        }
        let written = self.connection.execute(sql, values)?;
        if written == rows as u64 {
            Ok(())
        } else {
            Err(StoreError::Damaged(format!(
                "{written} of {rows} rows were as the turn had read them"
            )))
        }
    }

    fn write(&self, batch: &Batch) -> Result<(), StoreError> {
        self.write_entries(&batch.entries)?;
        self.write_items(&batch.items)?;
        self.write_claims(&batch.claims)?;
        for full in &batch.tiles {
            let sql = "INSERT INTO tiles (position, root, hashes) VALUES ($1, $2, $3)";
            let at = position(full.tile.level, full.tile.index)?;
            self.exactly(
                1,
                sql,
                &[&at, &&full.root.as_bytes()[..], &Hash::join(&full.hashes)],
            )?;
        }
        for (person, key) in &batch.keys {
            self.exactly(
                1,
                "INSERT INTO person_keys (person, key) VALUES ($1, $2)",
                &[&person.as_str(), &&key[..]],
            )?;
        }
        for person in &batch.forget {
            let sql = "INSERT INTO person_keys (person, key) VALUES ($1, NULL) ON CONFLICT (person) DO UPDATE SET key = NULL";
            self.exactly(1, sql, &[&person.as_str()])?;
        }
        for (version, text) in &batch.texts {
            let sql = "INSERT INTO texts (version, text) VALUES ($1, $2)";
            self.exactly(1, sql, &[&&version.0[..], text])?;
        }
        if let Some(head) = &batch.head {
            let values: [&(dyn ToSql + Sync); 3] = [
                &int(head.size)?,
                &head.at.as_millisecond(),
                &head.checkpoint,
            ];
            self.exactly(
                1,
                "UPDATE head SET size = $1, at = $2, checkpoint = $3",
                &values,
            )?;
        }
        Ok(())
    }

    fn write_entries(&self, entries: &[NewEntry]) -> Result<(), StoreError> {
        let sequences = entries
            .iter()
            .map(|entry| int(entry.sequence))
            .collect::<Result<Vec<_>, _>>()?;
        let notices: Vec<_> = entries.iter().map(|entry| entry.notice.as_str()).collect();
        let leaves: Vec<_> = entries.iter().map(|entry| entry.leaf.as_slice()).collect();
        let requests: Vec<_> = entries.iter().map(|entry| &entry.request.0[..]).collect();
        let sql = "INSERT INTO entries (sequence, notice, leaf) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])";
        self.exactly(entries.len(), sql, &[&sequences, &notices, &leaves])?;
        let sql =
            "INSERT INTO requests (id, sequence) SELECT * FROM unnest($1::bytea[], $2::bigint[])";
        self.exactly(entries.len(), sql, &[&requests, &sequences])
    }

    fn write_items(&self, writes: &[ItemWrite]) -> Result<(), StoreError> {
        let (mut new, mut changed, mut gone) = (Rows::default(), Rows::default(), Rows::default());
        let (mut found_new, mut found_gone) = (FoundRows::default(), FoundRows::default());
        for write in writes {
            match (&write.before, &write.after) {
                (None, Some(item)) => new.push(&write.id, 0, Some(item))?,
                (Some(before), Some(item)) => {
                    changed.push(&write.id, before.version, Some(item))?
                }
                (Some(before), None) => gone.push(&write.id, before.version, None)?,
                (None, None) => {}
            }
            let (no_longer, newly) = refound(write.before.as_ref(), write.after.as_ref());
            no_longer
                .into_iter()
                .for_each(|found| found_gone.push(found, &write.id));
            newly
                .into_iter()
                .for_each(|found| found_new.push(found, &write.id));
        }
        let sql = "DELETE FROM items USING unnest($1::text[], $2::text[], $3::bigint[]) AS w (kind, key, before)
            WHERE items.kind = w.kind AND items.key = w.key AND items.version = w.before";
        self.exactly(
            gone.kinds.len(),
            sql,
            &[&gone.kinds, &gone.keys, &gone.before],
        )?;
        let sql = "UPDATE items SET version = w.version, shape = w.shape, row = w.row, found_by = w.found_by
            FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::integer[], $6::text[], $7::text[]) AS w (kind, key, before, version, shape, row, found_by)
            WHERE items.kind = w.kind AND items.key = w.key AND items.version = w.before";
        self.exactly(
            changed.kinds.len(),
            sql,
            &[
                &changed.kinds,
                &changed.keys,
                &changed.before,
                &changed.versions,
                &changed.shapes,
                &changed.rows,
                &changed.found_by,
            ],
        )?;
        let sql = "INSERT INTO items (kind, key, version, shape, row, found_by)
            SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[], $5::text[], $6::text[])";
        self.exactly(
            new.kinds.len(),
            sql,
            &[
                &new.kinds,
                &new.keys,
                &new.versions,
                &new.shapes,
                &new.rows,
                &new.found_by,
            ],
        )?;
        let sql = "DELETE FROM found USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (name, value, kind, key)
            WHERE found.name = w.name AND found.value = w.value AND found.kind = w.kind AND found.key = w.key";
        self.exactly(
            found_gone.names.len(),
            sql,
            &[
                &found_gone.names,
                &found_gone.values,
                &found_gone.kinds,
                &found_gone.keys,
            ],
        )?;
        let sql = "INSERT INTO found (name, value, kind, key) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])";
        self.exactly(
            found_new.names.len(),
            sql,
            &[
                &found_new.names,
                &found_new.values,
                &found_new.kinds,
                &found_new.keys,
            ],
        )
    }

    fn write_claims(&self, claims: &[ClaimWrite]) -> Result<(), StoreError> {
        let rows = |since: fn(&ClaimWrite) -> Option<u64>| {
            let rows = claims
                .iter()
                .filter_map(|write| Some((write.claim.as_str(), since(write)?)));
            let (names, since): (Vec<_>, Vec<_>) = rows.unzip();
            Ok::<_, StoreError>((
                names,
                since.into_iter().map(int).collect::<Result<Vec<_>, _>>()?,
            ))
        };
        let (names, since) = rows(|write| write.before)?;
        let sql = "DELETE FROM claims USING unnest($1::text[], $2::bigint[]) AS w (claim, sequence) WHERE claims.claim = w.claim AND claims.sequence = w.sequence";
        self.exactly(names.len(), sql, &[&names, &since])?;
        let (names, since) = rows(|write| write.after)?;
        self.exactly(
            names.len(),
            "INSERT INTO claims (claim, sequence) SELECT * FROM unnest($1::text[], $2::bigint[])",
            &[&names, &since],
        )
    }
}

/// Items column by column, as `unnest` takes them.
#[derive(Default)]
struct Rows<'a> {
    kinds: Vec<&'a str>,
    keys: Vec<&'a str>,
    before: Vec<i64>,
    versions: Vec<i64>,
    shapes: Vec<i32>,
    rows: Vec<&'a str>,
    found_by: Vec<Option<String>>,
}

impl<'a> Rows<'a> {
    fn push(
        &mut self,
        id: &'a ItemId,
        before: u64,
        after: Option<&'a Item>,
    ) -> Result<(), StoreError> {
        self.kinds.push(id.kind.as_str());
        self.keys.push(id.key.as_str());
        self.before.push(int(before)?);
        if let Some(item) = after {
            self.versions.push(int(item.version)?);
            self.shapes.push(i32::from(item.shape));
            self.rows.push(item.row.get());
            self.found_by.push(found_by(item)?);
        }
        Ok(())
    }
}

/// By what items are found, column by column.
#[derive(Default)]
struct FoundRows<'a> {
    names: Vec<&'a str>,
    values: Vec<&'a str>,
    kinds: Vec<&'a str>,
    keys: Vec<&'a str>,
}

impl<'a> FoundRows<'a> {
    fn push(&mut self, found: &'a Found, id: &'a ItemId) {
        self.names.push(found.0.as_str());
        self.values.push(found.1.as_str());
        self.kinds.push(id.kind.as_str());
        self.keys.push(id.key.as_str());
    }
}
