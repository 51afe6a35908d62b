//! Another program, in another language, draws the same.

use std::path::Path;
use std::process::Command;

use forms::draw::Draw;

use crate::sample;

fn redo(file: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("draw.json");
    std::fs::write(&path, file).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/draw/redo.mjs");
    let output = Command::new("node")
        .args([&script, &path])
        .output()
        .expect("node, which the tests need, is installed");
    let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), told)
}

#[test]
fn a_script_of_another_language_agrees() {
    for count in [1, 2, 3, 7, 8, 9, 255, 256, 257, 1_000, 3_000] {
        for drawn in [sample::by_parties(count), sample::by_beacon(count)] {
            let (agrees, told) = redo(&Draw::Drawn(drawn).to_json());
            assert!(agrees, "{count} entrants: {told}");
            assert_eq!(told, format!("{count} ranks drawn again, all the same\n"));
        }
    }
}

#[test]
fn the_script_finds_what_was_changed() {
    let file = Draw::Drawn(sample::by_beacon(20)).to_json();
    for (from, to, told) in [
        ("\"places\": 3", "\"places\": 4", "terms_digest is"),
        (
            "\"01010101",
            "\"02010101",
            "commitment of culture-office is",
        ),
        ("\"b44679b9", "\"b44679ba", "rank 1 is"),
    ] {
        let (agrees, said) = redo(&file.replacen(from, to, 1));
        assert!(!agrees && said.contains(told), "{from}: {said}");
    }
}

/// The first format. Never change this file: it stands for draws that were published.
#[test]
fn the_first_format_is_read_and_written_as_ever() {
    let file = include_str!("first.json");
    let draw = Draw::read(file.as_bytes()).unwrap();
    assert_eq!(draw.to_json(), file);
    assert_eq!(draw, Draw::Drawn(sample::by_beacon(5)));
    let (agrees, told) = redo(file);
    assert!(agrees, "{told}");
}
