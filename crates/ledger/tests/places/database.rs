//! A fresh schema for each test, in the server that `scripts/postgres.sh` starts.

use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, NoTls};

/// The address of an empty schema.
pub fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let address = std::env::var("TONGXIN_POSTGRES").expect("these tests need a server: scripts/postgres.sh cargo test --package tongxin-ledger --features postgres -- --include-ignored");
    let schema = format!(
        "test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    Client::connect(&address, NoTls)
        .unwrap()
        .batch_execute(&format!("CREATE SCHEMA {schema}"))
        .unwrap();
    format!("{address} options='-c search_path={schema}'")
}
