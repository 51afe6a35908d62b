//! `tongxin serve --database`: several servers over one PostgreSQL. `scripts/test.sh` runs these beside a server; what needs
//! none runs always.

use crate::run::{Run, tongxin};
use crate::serve::Server;
use ledger::postgres::{Connection, PostgresReader};
use ledger::store::Read as _;
use std::path::Path;

/// The address of an empty schema in the server that `scripts/postgres.sh` starts.
fn fresh(schema: &str) -> String {
    let server = std::env::var("TONGXIN_POSTGRES").expect(
        "scripts/postgres.sh cargo test --package tongxin --test command -- --ignored database",
    );
    let schema = format!("{schema}_{}", std::process::id());
    let made = Connection::open(&server)
        .unwrap()
        .migrate(&schema, &[&format!("CREATE SCHEMA {schema}")]);
    made.unwrap();
    format!("{server} options='-c search_path={schema}'")
}

fn serve(data: &Path, database: &str) -> Run {
    let words = ["serve", "--listen", "127.0.0.1:0", "--lang", "en"];
    let named = ["--data", data.to_str().unwrap(), "--database", database];
    tongxin(words.into_iter().chain(named))
}

fn copy(from: &Path, to: &Path, names: &[&str]) {
    std::fs::create_dir_all(to).unwrap();
    for name in names {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

#[test]
#[ignore = "needs a PostgreSQL: scripts/postgres.sh"]
fn two_servers_on_one_database_serve_the_same_people() {
    let address = fresh("servers");
    let scratch = tempfile::tempdir().unwrap();
    let (a, b) = (scratch.path().join("a"), scratch.path().join("b"));
    let mut first = Server::start(serve(&a, &address), 4);
    assert!(
        first.hello.contains("Storage: PostgreSQL "),
        "{}",
        first.hello
    );
    assert!(!a.join("ledger.db").exists() && !a.join("sessions.db").exists());
    let cookie = first.enter("resident-li");

    // A server with keys of its own is none of this city's, and neither is one that lacks the key of addresses.
    let other = serve(&b, &address).done();
    assert_eq!((other.code, b.join("ledger.key").exists()), (1, false));
    assert!(
        other.err.contains(
            "put ledger.key, ledger.pub, blind.key, ticket.key, certificate.key and push.key"
        ),
        "{}",
        other.err
    );
    copy(
        &a,
        &b,
        &[
            "ledger.key",
            "ledger.pub",
            "ticket.key",
            "certificate.key",
            "push.key",
        ],
    );
    let keyless = serve(&b, &address).done();
    assert_eq!((keyless.code, b.join("blind.key").exists()), (1, false));
    assert!(keyless.err.contains("put ledger.key"), "{}", keyless.err);
    std::fs::write(b.join("blind.key"), format!("{}\n", "5".repeat(64))).unwrap();
    assert_eq!(serve(&b, &address).done().code, 1);
    copy(&a, &b, &["blind.key"]);

    let mut second = Server::start(serve(&b, &address), 4);
    assert!(second.get_as("/me", &cookie).contains("李晓晨"));
    // What one has written, the other goes on from: entries of both stand in one log.
    let teacher = second.enter("resident-zhao");
    assert!(first.get_as("/me", &teacher).starts_with("HTTP/1.1 200 "));
    // One is killed in the middle of its life; the other serves on, and the one comes back.
    first.process.kill().unwrap();
    first.process.wait().unwrap();
    assert!(second.get_as("/me", &cookie).contains("李晓晨"));
    let mut again = Server::start(serve(&a, &address), 4);
    assert!(again.get_as("/me", &teacher).starts_with("HTTP/1.1 200 "));
    // The server of the database ends all connections, as when it is started again: nobody notices.
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tongxin' AND pid <> pg_backend_pid()";
    Connection::open(&address).unwrap().query(sql, &[]).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(again.get_as("/me", &cookie).contains("李晓晨"));
    again.enter("resident-wang");
    assert_eq!(
        (again.stop("-TERM"), second.stop("-TERM")),
        (Some(0), Some(0))
    );

    // What they have written together is one log that holds.
    let reader = PostgresReader::open(&address).unwrap();
    let head = reader.head().unwrap();
    let leaves = reader.leaves(0, usize::MAX).unwrap();
    assert_eq!(leaves.len() as u64, head.size);
    ledger::memory::Memory::replay(leaves, head.checkpoint).unwrap();
}

#[test]
fn a_database_that_cannot_be_used_is_said_to_be_without_its_password() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    for address in [
        "postgres://city:secret-word@127.0.0.1:1/city?connect_timeout=1",
        "postgres://city:secret-word@127.0.0.1:port/city",
    ] {
        let refused = serve(&data, address).done();
        assert_eq!(refused.code, 1, "{}", refused.err);
        assert!(
            refused.err.contains("the database cannot be used"),
            "{}",
            refused.err
        );
        assert!(!refused.err.contains("secret-word"), "{}", refused.err);
        assert!(!data.exists());
    }
}

#[test]
fn keys_of_a_database_have_a_directory_of_their_own() {
    let unnamed = tongxin(["serve", "--database", "postgres://127.0.0.1:1/city"]).done();
    assert_eq!((unnamed.code, unnamed.out.as_str()), (2, ""));
    assert!(unnamed.err.contains("--data"), "{}", unnamed.err);
    let scratch = tempfile::tempdir().unwrap();
    crate::ledgers::fill(&scratch.path().join("data"));
    let two = serve(&scratch.path().join("data"), "postgres://127.0.0.1:1/city").done();
    assert_eq!(two.code, 2);
    assert!(
        two.err.contains("an embedded ledger already"),
        "{}",
        two.err
    );
}
