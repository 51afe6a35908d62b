//! The schema and its history. A migration, once released, is never changed; the next one is added.

use rusqlite::Connection;

const MIGRATIONS: [&str; 1] = [include_str!("0001.sql")];

/// The schema that this program writes.
pub(super) const NEWEST: usize = MIGRATIONS.len();

/// Brings the file to the newest schema, each step in a transaction. Gives the schema it has, which is higher than
/// [`NEWEST`] if a newer program has made it.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<usize> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut version: usize =
        transaction.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    while let Some(sql) = MIGRATIONS.get(version) {
        transaction.execute_batch(sql)?;
        version += 1;
        transaction.pragma_update(None, "user_version", version as u32)?;
    }
    transaction.commit()?;
    Ok(version)
}
