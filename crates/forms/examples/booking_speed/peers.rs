//! Two ways in which others take bookings: PostgreSQL with the slot's row locked, and SQLite with a transaction for each
//! request. Both do less than the ledger: a count and a booking, no entry, no log, no proof, no eligibility.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use crate::Run;

const TABLES: &str = "
DROP TABLE IF EXISTS bookings; DROP TABLE IF EXISTS slots;
CREATE TABLE slots (id INTEGER PRIMARY KEY, capacity INTEGER NOT NULL, taken INTEGER NOT NULL);
CREATE TABLE bookings (slot INTEGER NOT NULL, person BIGINT NOT NULL, PRIMARY KEY (slot, person));";

/// One booking: lock the slot, look, write both, commit.
const SCRIPT: &str = "
\\set slot random(1, :slots)
\\set person random(1, 1000000000000)
BEGIN;
SELECT capacity - taken FROM slots WHERE id = :slot FOR UPDATE;
INSERT INTO bookings (slot, person) VALUES (:slot, :person);
UPDATE slots SET taken = taken + 1 WHERE id = :slot;
COMMIT;
";

/// The server that `scripts/postgres.sh` has started.
pub struct Postgres {
    host: String,
    user: String,
    database: String,
    /// As pgbench names it.
    pub version: String,
}

impl Postgres {
    pub fn new() -> Self {
        let address =
            std::env::var("TONGXIN_POSTGRES").expect("--peers goes beside scripts/postgres.sh");
        let value = |name: &str| {
            let pair = address.split(' ').find_map(|pair| pair.strip_prefix(name));
            pair.unwrap_or_else(|| panic!("{address} has no {name}"))
                .to_owned()
        };
        let mut postgres = Self {
            host: value("host="),
            user: value("user="),
            database: value("dbname="),
            version: String::new(),
        };
        let said = postgres.say("SHOW server_version");
        postgres.version = said.split_whitespace().next().unwrap_or("?").to_owned();
        postgres
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(["-h", &self.host, "-U", &self.user]);
        command
    }

    fn say(&self, sql: &str) -> String {
        let mut command = self.command("psql");
        command.args(["-d", &self.database, "-v", "ON_ERROR_STOP=1", "-Atqc", sql]);
        let done = command.output().expect("psql is installed with the server");
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Runs pgbench, prepared, and reads how long each booking took from its log.
    pub fn run(&self, slots: usize, clients: u64, seconds: f64) -> Run {
        self.say(&format!(
            "{TABLES} INSERT INTO slots SELECT n, 1000000000, 0 FROM generate_series(1, {slots}) AS n; ANALYZE slots; CHECKPOINT"
        ));
        let scratch = tempfile::tempdir().unwrap();
        std::fs::write(scratch.path().join("book.sql"), SCRIPT).unwrap();
        let mut command = self.command("pgbench");
        command.current_dir(scratch.path());
        command.args([
            "--no-vacuum",
            "--protocol",
            "prepared",
            "--log",
            "--file",
            "book.sql",
        ]);
        let clients = clients.to_string();
        command.args([
            "--client",
            &clients,
            "--jobs",
            if clients == "1" { "1" } else { "2" },
        ]);
        command.args(["--define", &format!("slots={slots}")]);
        command.args([
            "--time",
            &format!("{:.0}", seconds.max(1.0)),
            &self.database,
        ]);
        let began = Instant::now();
        let done = command
            .output()
            .expect("pgbench is installed with the server");
        let seconds = began.elapsed().as_secs_f64();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(
            done.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&done.stderr)
        );
        let mut waits = Vec::new();
        for file in std::fs::read_dir(scratch.path()).unwrap() {
            let path = file.unwrap().path();
            if path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("pgbench_log"))
            {
                let text = std::fs::read_to_string(path).unwrap();
                let wait =
                    |line: &str| Some(Duration::from_micros(line.split(' ').nth(2)?.parse().ok()?));
                waits.extend(text.lines().filter_map(wait));
            }
        }
        let mut run = Run::new(waits, seconds);
        // Its own figure, without the time that its connections took to be made.
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = "));
        run.rate = tps
            .and_then(|tps| tps.split(' ').next()?.parse().ok())
            .unwrap_or_else(|| panic!("{said}"));
        run
    }
}

/// SQLite as it is often used: a transaction for each request, durable; who comes meanwhile waits.
pub fn sqlite(folder: &Path, slots: usize, clients: u64, seconds: f64) -> Run {
    let folder = tempfile::tempdir_in(folder).unwrap();
    let connection = Connection::open(folder.path().join("plain.db")).unwrap();
    connection
        .pragma_update(None, "journal_mode", "wal")
        .unwrap();
    connection
        .pragma_update(None, "synchronous", "full")
        .unwrap();
    connection.execute_batch(TABLES).unwrap();
    for slot in 1..=slots {
        let sql = "INSERT INTO slots VALUES (?1, 1000000000, 0)";
        if slot == 1 {
            connection.execute_batch("BEGIN").unwrap();
        }
        connection.execute(sql, params![slot as i64]).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    let connection = Mutex::new(connection);
    let (began, until) = (
        Instant::now(),
        Instant::now() + Duration::from_secs_f64(seconds),
    );
    let client = |client: u64| {
        let mut waits = Vec::new();
        let mut at = client.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        while Instant::now() < until {
            at = at
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let slot = 1 + ((at >> 33) as usize % slots) as i64;
            let person = (client << 40 | waits.len() as u64) as i64;
            let asked = Instant::now();
            let connection = connection.lock().unwrap();
            let book = || -> rusqlite::Result<()> {
                connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
                let free: i64 = connection
                    .prepare_cached("SELECT capacity - taken FROM slots WHERE id = ?1")?
                    .query_row([slot], |row| row.get(0))?;
                assert!(free > 0);
                connection
                    .prepare_cached("INSERT INTO bookings (slot, person) VALUES (?1, ?2)")?
                    .execute([slot, person])?;
                connection
                    .prepare_cached("UPDATE slots SET taken = taken + 1 WHERE id = ?1")?
                    .execute([slot])?;
                connection.prepare_cached("COMMIT")?.execute([])?;
                Ok(())
            };
            book().unwrap();
            drop(connection);
            waits.push(asked.elapsed());
        }
        waits
    };
    let waits = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|n| scope.spawn(move || client(n)))
            .collect();
        let waits = threads.into_iter().map(|thread| thread.join().unwrap());
        waits.flatten().collect()
    });
    Run::new(waits, began.elapsed().as_secs_f64())
}
