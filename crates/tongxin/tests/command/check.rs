//! `tongxin check`.

use crate::run::{project, tongxin};
use serde_json::Value;

#[test]
fn clean_notices_pass() {
    tongxin(["check"]).golden("check-city", 0);
    tongxin(["check", "curfew.md"]).golden("check-clean", 0);
    tongxin(["check", "curfew.md", "--lang", "en", "--format", "json"])
        .golden("check-clean-json", 0);
    // A language reference whose notices did not pass would teach nothing.
    let folder = project().join("docs/notices");
    let mut notices: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .filter(|path| path.ends_with(".md"))
        .collect();
    notices.sort();
    assert!(notices.len() >= 10);
    for notice in notices {
        let done = tongxin(["check", &notice]).done();
        assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    }
}

#[test]
fn a_conflict_with_the_city_names_both_clauses_and_a_case() {
    tongxin(["check", "contrary.md"]).golden("check-conflict", 1);
    tongxin(["check", "contrary.md", "--lang", "en"]).golden("check-conflict-en", 1);
    let json =
        tongxin(["check", "contrary.md", "--format", "json"]).golden("check-conflict-json", 1);
    let found: Value = serde_json::from_str(&json.out).unwrap();
    let conflict = &found["findings"][0];
    assert_eq!(conflict["kind"], "conflict");
    assert_eq!(conflict["severity"], "error");
    let clauses: Vec<&str> = conflict["clauses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c.as_str().unwrap())
        .collect();
    assert!(
        clauses.contains(&"contrary#contrary") && clauses.contains(&"air-order#trucks"),
        "{clauses:?}"
    );
    assert_eq!(conflict["example"]["车型"], "重型");
    assert!(conflict["line"].as_u64() > Some(1) && conflict["column"].as_u64() > Some(0));
    assert!(
        found["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["kind"] == "failed-ask")
    );
}

#[test]
fn warnings_do_not_fail() {
    tongxin(["check", "idle.md"]).golden("check-warnings", 0);
}

#[test]
fn every_error_of_a_text_is_told_at_once() {
    tongxin(["check", "unsound.md"]).golden("check-errors", 1);
    tongxin(["check", "unsound.md", "--lang", "en"]).golden("check-errors-en", 1);
}
