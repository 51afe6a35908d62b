//! Backups taken while a writer runs, and what becomes of them when they are put back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod places;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use ledger::folder::{Folder, FolderError};
use ledger::given::{SystemChance, SystemClock};
use ledger::name::Person;
use ledger::note::Signer;
use ledger::sqlite::{Audit, AuditError, RestoreError};
use ledger::store::{PersonKey, Read as _};
use ledger::{Turn, Writer};
use places::{Command, Places, key, origin};

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

type Sqlite = Writer<ledger::sqlite::Sqlite>;

fn writer(folder: &Folder) -> Sqlite {
    Writer::new(
        folder.store().unwrap(),
        SystemClock,
        SystemChance,
        folder.signer().unwrap(),
    )
    .unwrap()
}

fn command(writer: &mut Sqlite, request: u128, command: Command) {
    let mut turn = Turn::new();
    let mut answer = turn
        .command(origin(request, "office"), Places, command)
        .unwrap();
    writer.turn(turn).unwrap();
    answer.try_now().unwrap().unwrap();
}

fn book(writer: &mut Sqlite, number: u128) {
    let (slot, person) = (key("a"), key(&format!("p{number}")));
    command(writer, number + 1, Command::Book { slot, person });
}

/// A ledger of 300 bookings, one cancelled, with a key kept and a key destroyed.
fn filled(path: &Path) -> Folder {
    let folder = Folder::create(path, &signer()).unwrap();
    let mut writer = writer(&folder);
    command(
        &mut writer,
        0,
        Command::Open {
            slot: key("a"),
            places: 100_000,
        },
    );
    (0..300).for_each(|number| book(&mut writer, number));
    let (slot, person) = (key("a"), key("p7"));
    command(&mut writer, 1_000, Command::Cancel { slot, person });
    let mut turn = Turn::new();
    for person in ["p1", "p2"] {
        drop(turn.key(Person::new(person).unwrap()));
    }
    drop(turn.text(b"# text".to_vec()));
    writer.turn(turn).unwrap();
    let person = Person::new("p2").unwrap();
    command(&mut writer, 1_001, Command::Forget { person });
    folder
}

struct Scratch {
    _folder: tempfile::TempDir,
    ledger: Folder,
    path: PathBuf,
}

fn scratch() -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let ledger = filled(&path.join("data"));
    Scratch {
        _folder: folder,
        ledger,
        path,
    }
}

#[test]
fn a_backup_is_of_one_moment_while_a_writer_runs() {
    let Scratch {
        ledger,
        path,
        _folder,
    } = scratch();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut writer = writer(&ledger);
            let mut number = 300;
            while !stop.load(Ordering::Relaxed) {
                book(&mut writer, number);
                number += 1;
            }
        });
        let mut sizes = Vec::new();
        for round in 0..5 {
            let file = path.join(format!("{round}.backup"));
            let mut last = (0, 1);
            let head = ledger.back_up(&file, |done, of| last = (done, of)).unwrap();
            assert!(last.0 == last.1 && last.1 > 10, "{last:?}");
            let (restored, audit) =
                Folder::restore(&file, &path.join(format!("restored-{round}"))).unwrap();
            assert_eq!(audit.entries, head.size);
            assert_eq!(restored.reader().unwrap().head().unwrap(), head);
            sizes.push(head.size);
        }
        stop.store(true, Ordering::Relaxed);
        assert!(
            sizes.is_sorted() && sizes[0] < sizes[4],
            "the writer went on: {sizes:?}"
        );
    });
}

#[test]
fn a_restored_ledger_holds_all_and_goes_on() {
    let Scratch {
        ledger,
        path,
        _folder,
    } = scratch();
    let file = path.join("backup");
    ledger.back_up(&file, |_, _| {}).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let again = ledger.back_up(&file, |_, _| {});
    assert!(
        matches!(again, Err(FolderError::Io { .. })),
        "a backup is never overwritten"
    );
    let target = path.join("new");
    let (restored, audit) = Folder::restore(&file, &target).unwrap();
    // The slot and 298 bookings: p7 cancelled, p2 was forgotten.
    assert_eq!(
        audit,
        Audit {
            entries: 303,
            items: 299,
            claims: 298,
            texts: 1
        }
    );
    let names = |path: &Path| {
        let mut names: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&target), ["ledger.db", "ledger.key", "ledger.pub"]);
    let reader = restored.reader().unwrap();
    let key_of = |person| reader.person_key(&Person::new(person).unwrap()).unwrap();
    assert!(matches!(key_of("p1"), PersonKey::Kept(_)));
    assert_eq!(key_of("p2"), PersonKey::Destroyed);
    assert_eq!(restored.verifier().unwrap(), *signer().verifier());
    // The signing key is in its file alone.
    let secret = signer().secret();
    let database = std::fs::read(target.join("ledger.db")).unwrap();
    assert!(
        !database
            .windows(secret.len())
            .any(|bytes| bytes == secret.as_bytes())
    );
    book(&mut writer(&restored), 2_000);
    assert_eq!(
        restored
            .reader()
            .unwrap()
            .audit(signer().verifier())
            .unwrap()
            .entries,
        304
    );
}

#[test]
fn nothing_is_overwritten_and_nothing_half_is_left() {
    let Scratch {
        ledger,
        path,
        _folder,
    } = scratch();
    let file = path.join("backup");
    ledger.back_up(&file, |_, _| {}).unwrap();
    let taken = Folder::restore(&file, &path.join("data"));
    assert!(matches!(taken, Err(FolderError::NotEmpty(_))));
    let target = path.join("new");
    for wrong in [
        &b""[..],
        b"not a database",
        &std::fs::read(&file).unwrap()[..20_000],
    ] {
        let bad = path.join("bad");
        std::fs::write(&bad, wrong).unwrap();
        let refused = Folder::restore(&bad, &target);
        assert!(
            matches!(refused, Err(FolderError::Restore(_))),
            "{refused:?}"
        );
        assert_eq!(std::fs::read_dir(&target).unwrap().count(), 0);
    }
    // A ledger itself is no backup: it has no key in it.
    let refused = Folder::restore(&path.join("data/ledger.db"), &target);
    assert!(matches!(
        refused,
        Err(FolderError::Restore(RestoreError::NotABackup))
    ));
    assert!(matches!(
        Folder::open(&target),
        Err(FolderError::NoLedger(_))
    ));
}

#[test]
fn whatever_was_changed_in_a_backup_is_named() {
    let Scratch {
        ledger,
        path,
        _folder,
    } = scratch();
    let good = path.join("backup");
    ledger.back_up(&good, |_, _| {}).unwrap();
    type Expected = fn(&RestoreError) -> bool;
    let cases: [(&str, Expected); 16] = [
        (
            "UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'p9\"', 'p8\"') AS BLOB) WHERE sequence = 10",
            |e| {
                matches!(
                    e,
                    RestoreError::Audit(AuditError::Entry(10) | AuditError::Root(_))
                )
            },
        ),
        ("DELETE FROM entries WHERE sequence = 302", |e| {
            matches!(e, RestoreError::Audit(AuditError::Entry(302)))
        }),
        ("UPDATE requests SET sequence = 3 WHERE sequence = 4", |e| {
            matches!(e, RestoreError::Audit(AuditError::Entry(4)))
        }),
        ("INSERT INTO requests VALUES (x'99', 3)", |e| {
            matches!(e, RestoreError::Audit(AuditError::Root(_)))
        }),
        (
            "UPDATE items SET row = replace(row, 'p9\"', 'p8\"') WHERE row LIKE '%p9\"%'",
            |e| matches!(e, RestoreError::Audit(AuditError::Item(_))),
        ),
        ("DELETE FROM items WHERE row LIKE '%p9\"%'", |e| {
            matches!(
                e,
                RestoreError::Audit(AuditError::Found | AuditError::Missing(1))
            )
        }),
        (
            "INSERT INTO items VALUES ('slot', 'b', 1, 1, '{}', NULL)",
            |e| matches!(e, RestoreError::Audit(AuditError::Item(_))),
        ),
        ("DELETE FROM found WHERE value = 'p9'", |e| {
            matches!(e, RestoreError::Audit(AuditError::Found))
        }),
        ("UPDATE found SET value = 'p8' WHERE value = 'p9'", |e| {
            matches!(e, RestoreError::Audit(AuditError::Found))
        }),
        ("DELETE FROM claims WHERE claim = 'a/p9'", |e| {
            matches!(e, RestoreError::Audit(AuditError::Missing(1)))
        }),
        ("UPDATE claims SET sequence = 1 WHERE claim = 'a/p9'", |e| {
            matches!(e, RestoreError::Audit(AuditError::Claim(_)))
        }),
        ("UPDATE tiles SET root = zeroblob(32)", |e| {
            matches!(
                e,
                RestoreError::Audit(AuditError::Tile { level: 0, index: 0 })
            )
        }),
        (
            "UPDATE person_keys SET key = zeroblob(32) WHERE person = 'p2'",
            |e| matches!(e, RestoreError::Audit(AuditError::Forgotten(_))),
        ),
        ("UPDATE texts SET text = x'00'", |e| {
            matches!(e, RestoreError::Audit(AuditError::Text(_)))
        }),
        (
            "UPDATE head SET checkpoint = replace(checkpoint, '303', '302')",
            |e| matches!(e, RestoreError::Audit(AuditError::Checkpoint(_))),
        ),
        (
            "CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM claims; END",
            |e| matches!(e, RestoreError::Schema),
        ),
    ];
    for (sql, expected) in cases {
        let bad = path.join("bad");
        std::fs::copy(&good, &bad).unwrap();
        rusqlite::Connection::open(&bad)
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        match Folder::restore(&bad, &path.join("new")) {
            Err(FolderError::Restore(error)) => assert!(expected(&error), "{sql}: {error:?}"),
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[test]
fn a_flipped_byte_is_refused_or_changes_nothing() {
    let Scratch {
        ledger,
        path,
        _folder,
    } = scratch();
    let good = path.join("backup");
    let head = ledger.back_up(&good, |_, _| {}).unwrap();
    let bytes = std::fs::read(&good).unwrap();
    let mut refused = 0;
    let all: Vec<usize> = (0..bytes.len()).step_by(bytes.len() / 150).collect();
    for at in &all {
        let mut changed = bytes.clone();
        changed[*at] ^= 1 << (at % 8);
        let bad = path.join("bad");
        std::fs::write(&bad, changed).unwrap();
        let target = path.join(format!("new-{at}"));
        match Folder::restore(&bad, &target) {
            Err(FolderError::Restore(_)) => refused += 1,
            Err(other) => panic!("byte {at}: {other:?}"),
            // Unused bytes of a page, a person's key: nothing that the log says.
            Ok((restored, audit)) => {
                assert_eq!(restored.reader().unwrap().head().unwrap(), head);
                assert_eq!(audit.items, 299);
            }
        }
    }
    assert!(refused > all.len() / 2, "{refused} of {}", all.len());
}
