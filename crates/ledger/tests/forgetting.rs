//! A forgotten person's data cannot be read, from no entry, no item and no byte of any file; the log still verifies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod places;

use std::collections::HashSet;
use std::path::Path;

use ledger::given::{SystemChance, SystemClock};
use ledger::log::Log;
use ledger::name::Person;
use ledger::note::Signer;
use ledger::sealed::{SealError, Sealed};
use ledger::sqlite::{Sqlite, SqliteReader};
use ledger::store::{PersonKey, Read as _};
use ledger::{Turn, Writer};
use places::{Command, Places, origin};

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

fn writer(folder: &Path) -> Writer<Sqlite> {
    Writer::new(
        Sqlite::open(&folder.join("ledger.db")).unwrap(),
        SystemClock,
        SystemChance,
        signer(),
    )
    .unwrap()
}

fn person(n: usize) -> Person {
    Person::new(&format!("person-{n:04}")).unwrap()
}

fn keys(writer: &mut Writer<Sqlite>, people: impl Iterator<Item = usize>) -> Vec<[u8; 32]> {
    let mut turn = Turn::new();
    let made: Vec<_> = people.map(|n| turn.key(person(n))).collect();
    writer.turn(turn).unwrap();
    let made = made
        .into_iter()
        .map(|mut key| match key.try_recv().unwrap().unwrap() {
            PersonKey::Kept(key) => key,
            other => panic!("{other:?}"),
        });
    made.collect()
}

/// Every run of 16 bytes in the files of the folder.
fn runs(folder: &Path) -> HashSet<[u8; 16]> {
    let files = std::fs::read_dir(folder).unwrap();
    let files: Vec<_> = files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    files
        .iter()
        .flat_map(|file| file.windows(16))
        .map(|run| run.try_into().unwrap())
        .collect()
}

/// Some part of a key. Whoever has half of it still has to guess the other half, but let nothing be left.
fn parts(key: &[u8; 32]) -> [[u8; 16]; 3] {
    [0, 8, 16].map(|from| key[from..from + 16].try_into().unwrap())
}

#[test]
fn sealed_data_is_read_until_its_person_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    let (wang, li) = (person(1), person(2));
    let seal =
        |store: &Sqlite, who, what| Sealed::seal(store, &mut SystemChance, who, what, &"王小明");
    assert!(matches!(
        seal(writer.store(), &wang, "name"),
        Err(SealError::NoKey(_))
    ));
    keys(&mut writer, [1, 2].into_iter());
    let sealed = seal(writer.store(), &wang, "name").unwrap();
    assert_eq!(sealed.open::<String>(writer.store()).unwrap(), "王小明");
    assert_ne!(
        seal(writer.store(), &wang, "name").unwrap(),
        sealed,
        "a nonce was used twice"
    );

    // What is read from JSON is the same; under another's name, as something else, or with a bit changed it is not read.
    let json = serde_json::to_string(&sealed).unwrap();
    let read = |json: &str| {
        serde_json::from_str::<Sealed>(json)
            .unwrap()
            .open::<String>(writer.store())
    };
    assert_eq!(read(&json).unwrap(), "王小明");
    assert!(matches!(
        read(&json.replace(wang.as_str(), li.as_str())),
        Err(SealError::Broken { .. })
    ));
    assert!(matches!(
        read(&json.replace("\"name\"", "\"address\"")),
        Err(SealError::Broken { .. })
    ));
    let mut bytes = json.clone().into_bytes();
    let at = bytes.len() - 20;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    assert!(matches!(
        read(&String::from_utf8(bytes).unwrap()),
        Err(SealError::Broken { .. })
    ));
    assert!(matches!(
        sealed.open::<u32>(writer.store()),
        Err(SealError::Json(_))
    ));

    let mut turn = Turn::new();
    let mut forgotten = turn
        .command(
            origin(1, "p"),
            Places,
            Command::Forget {
                person: wang.clone(),
            },
        )
        .unwrap();
    writer.turn(turn).unwrap();
    forgotten.try_now().unwrap().unwrap();
    assert!(matches!(
        sealed.open::<String>(writer.store()),
        Err(SealError::Forgotten(_))
    ));
    assert!(matches!(
        seal(writer.store(), &wang, "name"),
        Err(SealError::Forgotten(_))
    ));
    assert!(seal(writer.store(), &li, "name").is_ok());
    let (entry, _) = Log(writer.store())
        .receipt(0)
        .unwrap()
        .unwrap()
        .verify(&[signer().verifier().clone()])
        .unwrap();
    assert_eq!(entry.command, "places");
}

#[test]
fn no_byte_of_a_destroyed_key_is_left_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    // So many that pages split and keys would be left in the old halves, in several turns.
    let mut all = Vec::new();
    for start in (0..900).step_by(90) {
        all.extend(keys(&mut writer, start..start + 90));
    }
    let before = runs(folder.path());
    for (n, key) in all.iter().enumerate() {
        assert!(
            parts(key).iter().all(|part| before.contains(part)),
            "key {n} should be in a file before"
        );
    }
    for start in (0..900).step_by(100) {
        let mut turn = Turn::new();
        for n in (start..start + 100).filter(|n| n % 3 != 0) {
            drop(
                turn.command(
                    origin(n as u128, "p"),
                    Places,
                    Command::Forget { person: person(n) },
                )
                .unwrap(),
            );
        }
        writer.turn(turn).unwrap();
    }
    let after = runs(folder.path());
    for (n, key) in all.iter().enumerate() {
        let found = parts(key).map(|part| after.contains(&part));
        assert_eq!(found, [n % 3 == 0; 3], "key {n}");
    }
    let Ok(reader) = SqliteReader::open(&folder.path().join("ledger.db")) else {
        panic!("no reader")
    };
    assert_eq!(
        reader.person_key(&person(3)).unwrap(),
        PersonKey::Kept(all[3])
    );
    assert_eq!(reader.person_key(&person(4)).unwrap(), PersonKey::Destroyed);
}

#[test]
fn a_reader_with_an_old_snapshot_delays_the_scrubbing_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut writer = writer(folder.path());
    let key = keys(&mut writer, 0..1)[0];
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM person_keys")
        .unwrap();
    let mut turn = Turn::new();
    let mut forgotten = turn
        .command(
            origin(1, "p"),
            Places,
            Command::Forget { person: person(0) },
        )
        .unwrap();
    writer.turn(turn).unwrap();
    assert!(
        forgotten.try_now().unwrap().is_ok(),
        "what is committed is acknowledged"
    );
    assert!(
        runs(folder.path()).contains(&parts(&key)[1]),
        "the reader was to keep it"
    );
    reader.execute_batch("COMMIT").unwrap();
    keys(&mut writer, 1..2);
    let after = runs(folder.path());
    assert!(parts(&key).iter().all(|part| !after.contains(part)));
}

#[test]
fn a_writer_that_ends_leaves_all_in_one_file_though_others_have_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    let key = keys(&mut writer, 0..1)[0];
    let reader = SqliteReader::open(&folder.path().join("ledger.db")).unwrap();
    assert_eq!(reader.head().unwrap().size, 0);
    let log = || std::fs::metadata(folder.path().join("ledger.db-wal")).map_or(0, |log| log.len());
    assert!(log() > 0);
    drop(writer);
    assert_eq!(log(), 0);
    assert_eq!(reader.person_key(&person(0)).unwrap(), PersonKey::Kept(key));
}
