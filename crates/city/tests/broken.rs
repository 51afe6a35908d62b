//! City folders with faults, and what is said of them. Each folder of `tests/broken` lies over `tests/cities/small`;
//! its `expected.txt` holds every diagnostic. `UPDATE_EXPECTED=1` writes the files anew; read the difference.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use city::City;
use notice::Diagnostic;
use std::fs;
use std::path::Path;

fn tests() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn said(found: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| {
        let (line, column) = d.place.line_column();
        let hint = d.hint.as_ref();
        let zh = hint.map(|h| format!(" [{}]", h.zh)).unwrap_or_default();
        let en = hint.map(|h| format!(" [{}]", h.en)).unwrap_or_default();
        let place = format!("{}:{line}:{column}", d.place.file);
        format!(
            "{place} {:?}\n  {}{zh}\n  {}{en}\n",
            d.kind, d.message.zh, d.message.en
        )
    };
    found.iter().map(line).collect()
}

#[test]
fn the_small_city_is_sound() {
    let (city, warnings) = City::load(&tests().join("cities/small"))
        .unwrap_or_else(|found| panic!("{}", said(&found)));
    assert_eq!(said(&warnings), "");
    assert_eq!(city.notices.len(), 2);
    assert_eq!(city.registers[0].rows.len(), 2);
    assert_eq!(city.clock, None);
}

#[test]
fn every_fault_is_told_where_it_is() {
    let mut cases: Vec<_> = fs::read_dir(tests().join("broken"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() > 10);
    let mut wrong = Vec::new();
    for case in cases {
        let folder = tempfile::tempdir().unwrap();
        copy(&tests().join("cities/small"), folder.path());
        copy(&case, folder.path());
        let Err(found) = City::load(folder.path()) else {
            panic!("{} loads", case.display());
        };
        let seen = said(&found);
        let expected = case.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &seen).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != seen {
            wrong.push(format!("{}:\n{seen}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_missing_folder_is_told() {
    let found = City::load(&tests().join("cities/none")).unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].message.en.starts_with("cannot read `city.toml`"));
}
