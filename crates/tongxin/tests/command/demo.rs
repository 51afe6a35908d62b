//! `tongxin demo`: a synthetic past, by a seed, in a directory of its own.

use crate::run::{Done, tongxin};
use ledger::folder::Folder;
use ledger::memory::Memory;
use ledger::store::Read as _;
use std::path::Path;

fn demo(scratch: &Path, data: &str, more: &str) -> Done {
    let line = format!("demo --data {data} --lang en{more}");
    tongxin(line.split(' ')).within(scratch).done()
}

/// What is told of the people, without the directory.
fn people(done: &Done) -> &str {
    assert_eq!(done.code, 0, "{}", done.err);
    done.out.split_once(": ").unwrap().1.lines().next().unwrap()
}

fn number(said: &str, name: &str) -> u64 {
    let rest = said.split(&format!("{name} ")).nth(1).unwrap();
    let digits = rest.chars().take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}

#[test]
fn a_seed_makes_one_past_and_the_ledger_holds_it() {
    let scratch = tempfile::tempdir().unwrap();
    let later = " --until 2022-01-13T12:00 --scale 3";
    let first = demo(scratch.path(), "a", later);
    let said = people(&first);
    for what in [
        "people",
        "signed up",
        "given back",
        "moved up",
        "came",
        "products licensed",
        "feedback",
        "wishes",
        "entries",
    ] {
        assert!(number(said, what) > 0, "{what}: {said}");
    }
    assert!(first.out.contains("synthetic demo data"), "{}", first.out);
    assert!(
        first
            .out
            .contains("serve --data a --clock 2022-01-13T12:00"),
        "{}",
        first.out
    );
    assert_eq!(people(&demo(scratch.path(), "b", later)), said);
    let other = demo(scratch.path(), "c", " --seed 7");
    assert_ne!(people(&other), said);

    // The entries are those of the ordinary commands, and make all that is kept.
    let store = Folder::open(&scratch.path().join("a"))
        .unwrap()
        .reader()
        .unwrap();
    let head = store.head().unwrap();
    assert_eq!(head.size, number(said, "entries"));
    let replayed = Memory::replay(store.leaves(0, usize::MAX).unwrap(), head.checkpoint).unwrap();
    for (id, item) in &replayed.state().items {
        assert_eq!(store.item(id).unwrap().as_ref(), Some(item));
    }
    // Who is made up says so, and only sealed names are in the log.
    let log: Vec<u8> = store.leaves(0, usize::MAX).unwrap().concat();
    let log = String::from_utf8(log).unwrap();
    assert!(
        log.contains("demo-000001") && !log.contains("（演示）"),
        "a name is in the log"
    );

    // Nothing is ever added to a ledger in which something has happened.
    let again = demo(scratch.path(), "a", "");
    assert_eq!((again.code, again.out.as_str()), (2, ""));
    assert!(again.err.contains("has entries already"), "{}", again.err);
}
