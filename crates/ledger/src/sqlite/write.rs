//! Writing: one transaction a turn.

use std::time::Duration;

use rusqlite::params;

use super::{PATIENCE, SCRUB_PATIENCE, Sqlite, fault};
use crate::item::Found;
use crate::merkle::Hash;
use crate::sql::{found_by, int, position, refound};
use crate::store::{Batch, ClaimWrite, Head, ItemWrite, Read as _, Store, StoreError};

impl Store for Sqlite {
    fn begin(&mut self) -> Result<Head, StoreError> {
        self.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(fault)?;
        self.head().or_else(|error| self.abandon().and(Err(error)))
    }

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        let forgets = !batch.forget.is_empty();
        let written = self.write(batch).and_then(|()| {
            self.connection
                .prepare_cached("COMMIT")
                .and_then(|mut s| s.execute([]))
                .map_err(fault)
        });
        if let Err(error) = written {
            // SQLite may have rolled back by itself; if not, and we cannot, nobody knows what is there.
            if !self.connection.is_autocommit() {
                self.connection
                    .execute_batch("ROLLBACK")
                    .map_err(|e| StoreError::Lost(format!("{error}; then {e}")))?;
            }
            return Err(error);
        }
        if forgets || self.scrub_due {
            self.scrub(if forgets {
                SCRUB_PATIENCE
            } else {
                Duration::ZERO
            })?;
        }
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), StoreError> {
        self.connection
            .execute_batch("ROLLBACK")
            .map_err(|e| StoreError::Lost(e.to_string()))
    }
}

impl Sqlite {
    fn write(&self, batch: Batch) -> Result<(), StoreError> {
        let mut entry = self
            .connection
            .prepare_cached("INSERT INTO entries (sequence, notice, leaf) VALUES (?1, ?2, ?3)")
            .map_err(fault)?;
        let mut request = self
            .connection
            .prepare_cached("INSERT INTO requests (id, sequence) VALUES (?1, ?2)")
            .map_err(fault)?;
        for new in &batch.entries {
            let sequence = int(new.sequence)?;
            entry
                .execute(params![sequence, new.notice.as_str(), new.leaf])
                .map_err(fault)?;
            request
                .execute(params![new.request.0, sequence])
                .map_err(fault)?;
        }
        for write in &batch.items {
            self.write_item(write)?;
        }
        for write in &batch.claims {
            self.write_claim(write)?;
        }
        for full in &batch.tiles {
            let mut tile = self
                .connection
                .prepare_cached("INSERT INTO tiles (position, root, hashes) VALUES (?1, ?2, ?3)")
                .map_err(fault)?;
            let at = position(full.tile.level, full.tile.index)?;
            tile.execute(params![at, full.root.as_bytes(), Hash::join(&full.hashes)])
                .map_err(fault)?;
        }
        for (person, key) in &batch.keys {
            let mut insert = self
                .connection
                .prepare_cached("INSERT INTO person_keys (person, key) VALUES (?1, ?2)")
                .map_err(fault)?;
            insert
                .execute(params![person.as_str(), key])
                .map_err(fault)?;
        }
        for person in &batch.forget {
            let sql = "INSERT INTO person_keys (person, key) VALUES (?1, NULL) ON CONFLICT (person) DO UPDATE SET key = NULL";
            self.connection
                .prepare_cached(sql)
                .map_err(fault)?
                .execute([person.as_str()])
                .map_err(fault)?;
        }
        for (version, text) in &batch.texts {
            self.connection
                .prepare_cached("INSERT INTO texts (version, text) VALUES (?1, ?2)")
                .map_err(fault)?
                .execute(params![version.0, text])
                .map_err(fault)?;
        }
        if let Some(head) = &batch.head {
            let sql = "INSERT INTO head (one, size, at, checkpoint) VALUES (1, ?1, ?2, ?3)
                ON CONFLICT (one) DO UPDATE SET size = excluded.size, at = excluded.at, checkpoint = excluded.checkpoint";
            let mut write = self.connection.prepare_cached(sql).map_err(fault)?;
            write
                .execute(params![
                    int(head.size)?,
                    head.at.as_millisecond(),
                    head.checkpoint
                ])
                .map_err(fault)?;
        }
        Ok(())
    }

    fn write_claim(&self, write: &ClaimWrite) -> Result<(), StoreError> {
        let claim = write.claim.as_str();
        if let Some(before) = write.before {
            let mut free = self
                .connection
                .prepare_cached("DELETE FROM claims WHERE claim = ?1 AND sequence = ?2")
                .map_err(fault)?;
            if free.execute(params![claim, int(before)?]).map_err(fault)? != 1 {
                return Err(StoreError::Damaged(format!(
                    "{claim} was released by somebody else within a turn"
                )));
            }
        }
        if let Some(after) = write.after {
            let mut take = self
                .connection
                .prepare_cached("INSERT INTO claims (claim, sequence) VALUES (?1, ?2)")
                .map_err(fault)?;
            take.execute(params![claim, int(after)?]).map_err(fault)?;
        }
        Ok(())
    }

    fn write_item(&self, write: &ItemWrite) -> Result<(), StoreError> {
        let (kind, key) = (write.id.kind.as_str(), write.id.key.as_str());
        let written = match (&write.before, &write.after) {
            (None, None) => return Ok(()),
            (None, Some(item)) => {
                let sql = "INSERT INTO items (kind, key, version, shape, row, found_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                let mut insert = self.connection.prepare_cached(sql).map_err(fault)?;
                insert
                    .execute(params![
                        kind,
                        key,
                        int(item.version)?,
                        item.shape,
                        item.row.get(),
                        found_by(item)?
                    ])
                    .map_err(fault)?
            }
            (Some(before), Some(item)) => {
                let sql = "UPDATE items SET version = ?3, shape = ?4, row = ?5, found_by = ?6 WHERE kind = ?1 AND key = ?2 AND version = ?7";
                let mut update = self.connection.prepare_cached(sql).map_err(fault)?;
                let values = params![
                    kind,
                    key,
                    int(item.version)?,
                    item.shape,
                    item.row.get(),
                    found_by(item)?,
                    int(before.version)?
                ];
                update.execute(values).map_err(fault)?
            }
            (Some(before), None) => {
                let sql = "DELETE FROM items WHERE kind = ?1 AND key = ?2 AND version = ?3";
                let mut delete = self.connection.prepare_cached(sql).map_err(fault)?;
                delete
                    .execute(params![kind, key, int(before.version)?])
                    .map_err(fault)?
            }
        };
        if written != 1 {
            return Err(StoreError::Damaged(format!(
                "{kind} {key} was written by somebody else within a turn"
            )));
        }
        let (gone, new) = refound(write.before.as_ref(), write.after.as_ref());
        for Found(name, value) in gone {
            let mut delete = self
                .connection
                .prepare_cached(
                    "DELETE FROM found WHERE name = ?1 AND value = ?2 AND kind = ?3 AND key = ?4",
                )
                .map_err(fault)?;
            delete
                .execute([name.as_str(), value.as_str(), kind, key])
                .map_err(fault)?;
        }
        for Found(name, value) in new {
            let mut insert = self
                .connection
                .prepare_cached(
                    "INSERT INTO found (name, value, kind, key) VALUES (?1, ?2, ?3, ?4)",
                )
                .map_err(fault)?;
            insert
                .execute([name.as_str(), value.as_str(), kind, key])
                .map_err(fault)?;
        }
        Ok(())
    }

    /// Empties the write-ahead log, so that what was destroyed is in no file. If a reader keeps an old snapshot for longer
    /// than the patience, later turns try again.
    pub(super) fn scrub(&mut self, patience: Duration) -> Result<(), StoreError> {
        self.scrub_due = true;
        let emptied = self.connection.busy_timeout(patience).and_then(|()| {
            let busy: i64 =
                self.connection
                    .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            self.connection.busy_timeout(PATIENCE)?;
            Ok(busy == 0)
        });
        // What was committed stays so: a failure here must not read as "nothing was written".
        self.scrub_due = !emptied.map_err(|e| StoreError::Lost(e.to_string()))?;
        Ok(())
    }
}

impl Drop for Sqlite {
    /// Leaves all of it in the one file. SQLite does so by itself only where nobody reads any more, and whoever only reads
    /// cannot do it later.
    fn drop(&mut self) {
        // What could not be copied stays in the write-ahead log, which is durable too.
        let _ = self.scrub(Duration::ZERO);
    }
}
