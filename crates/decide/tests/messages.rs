//! What proofs and differences say, word for word: notices of `tests/messages/<name>/`, read in the city of `tests/city`.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use city::City;
use decide::{Book, Question, Whereabouts};
use notice::{Diagnostic, Notice, Slug};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn city() -> Arc<City> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/city");
    Arc::new(City::load(&folder).expect("the test city loads").0)
}

fn read(city: &City, path: &Path) -> Arc<Notice> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let reading = notice::read_notice(city.context(), name, &std::fs::read(path).unwrap());
    Arc::new(
        reading
            .notice
            .unwrap_or_else(|| panic!("{name}: {:#?}", reading.diagnostics)),
    )
}

fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/messages")
        .join(name);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
}

fn book(name: &str) -> Book {
    let city = city();
    let notices = folder(name).iter().map(|path| read(&city, path)).collect();
    Book::compile(city, notices)
}

fn said(found: &[Diagnostic]) -> String {
    let mut text = String::new();
    for d in found {
        let (line, column) = d.place.line_column();
        let at = &d.place.text[d.place.span.clone()];
        writeln!(
            text,
            "{:?} {:?} {}:{line}:{column} `{at}`",
            d.severity, d.kind, d.place.file
        )
        .unwrap();
        support::told(&mut text, d);
    }
    text
}

#[test]
fn conflicts_name_both_clauses_and_a_case() {
    insta::assert_snapshot!(said(&decide::prove::prove(&book("conflict"), None)));
}

#[test]
fn what_no_real_day_or_place_reaches_is_no_conflict() {
    insta::assert_snapshot!(said(&decide::prove::prove(&book("apart"), None)), @"");
}

#[test]
fn rules_that_do_nothing_are_warned_of() {
    insta::assert_snapshot!(said(&decide::prove::prove(&book("idle"), None)));
}

#[test]
fn circles_name_every_clause_whichever_notice_is_new() {
    let book = book("circle");
    let all = decide::prove::prove(&book, None);
    let of_kind = |d: &&Diagnostic| d.kind == notice::DiagnosticKind::OverCycle;
    let circles: Vec<Diagnostic> = all.iter().filter(of_kind).cloned().collect();
    insta::assert_snapshot!(said(&circles));
    for (slug, circle) in [
        ("muck", &["muck#day", "muck#night", "trucks#heavy"][..]),
        ("trucks", &["muck#day", "muck#night", "trucks#heavy"]),
        ("two", &["back#light", "two#light"]),
        ("back", &["back#light", "two#light"]),
    ] {
        let found = decide::prove::prove(&book, Some(&[Slug(slug.into())]));
        let [one] = found.iter().filter(of_kind).collect::<Vec<_>>()[..] else {
            panic!("{slug}: {}", said(&found));
        };
        assert_eq!(one.severity, notice::Severity::Error);
        assert_eq!(*one.place.file, format!("{slug}.md"));
        let mut clauses: Vec<String> = one.clauses.iter().map(|c| c.to_string()).collect();
        clauses.sort();
        assert_eq!(clauses, circle);
    }
}

#[test]
fn only_new_notices_are_spoken_of() {
    let book = book("conflict");
    let of = |slug: &str| decide::prove::prove(&book, Some(&[Slug(slug.into())]));
    let (production, stop) = (of("production"), of("stop"));
    // Both conflicts from either side; the ask that fails is the one notice's alone.
    assert_eq!(
        (production.len(), stop.len()),
        (3, 2),
        "{}{}",
        said(&production),
        said(&stop)
    );
    assert!(production.iter().all(|d| &*d.place.file == "production.md"));
    assert!(stop.iter().all(|d| &*d.place.file == "stop.md"));
}

#[test]
fn differences_are_sentences() {
    let city = city();
    let files = folder("change");
    let [old, new] = files.as_slice() else {
        panic!("two notices")
    };
    let book = |path| Book::compile(city.clone(), vec![read(&city, path)]);
    let mut text = String::new();
    for change in decide::diff::diff(&book(old), &book(new)).unwrap().changes {
        writeln!(
            text,
            "{}\n{}\n{:?}\n",
            change.sentence.zh, change.sentence.en, change.case
        )
        .unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn an_answer_in_json_is_as_documented() {
    let book = book("change");
    let city = book.city().clone();
    let action = |word: &str| {
        let known = city
            .vocabulary
            .actions
            .iter()
            .position(|a| a.label.zh == word);
        known.map(|i| notice::ActionId(i as u16))
    };
    let ask = |do_what: Option<&str>, who: &str, at: &str| {
        let answer = book.answer(&Question {
            action: do_what.and_then(action),
            facts: notice::read_facts(city.context(), "", who.into()).unwrap(),
            place: Whereabouts::Unsaid,
            at: at.parse().unwrap(),
        });
        let mut json = serde_json::to_value(&answer).unwrap();
        json["text_version"] = "sha256:…".into();
        serde_json::to_string_pretty(&json).unwrap()
    };
    let all = [
        ask(Some("生产"), "企业", "2022-01-06T10:00"),
        ask(Some("驶入"), "货车, 车型 = 重型", "2022-01-06T10:00"),
        ask(None, "企业", "2022-01-06T10:00"),
    ];
    insta::assert_snapshot!(all.join("\n"));
}
