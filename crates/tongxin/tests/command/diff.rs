//! `tongxin diff`.

use crate::run::{project, tongxin};
use std::path::Path;
use std::process::Command;

#[test]
fn two_notices_differ_in_sentences_and_in_prose() {
    tongxin(["diff", "curfew.md", "curfew-later.md"]).golden("diff-notices", 0);
    tongxin(["diff", "curfew.md", "curfew-later.md", "--lang", "en"]).golden("diff-notices-en", 0);
    let json = tongxin(["diff", "curfew.md", "curfew-later.md", "--format", "json"])
        .golden("diff-notices-json", 0);
    let data: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let changes = data["changes"].as_array().unwrap();
    assert!(!changes.is_empty());
    for change in changes {
        assert_eq!(
            (&change["before"]["verdict"], &change["after"]["verdict"]),
            (&"allowed".into(), &"forbidden".into())
        );
    }
    assert!(
        data["prose"][0]["unified"]
            .as_str()
            .unwrap()
            .contains("+小店区内，中型、重型货车")
    );
}

#[test]
fn a_notice_does_not_differ_from_itself() {
    tongxin(["diff", "curfew.md", "curfew.md"]).golden("diff-same", 0);
}

#[test]
fn two_cities_differ_where_their_notices_do() {
    let scratch = tempfile::tempdir().unwrap();
    for name in ["old", "new"] {
        copy(
            &project().join("cities/taiyuan-2022"),
            &scratch.path().join(name),
        );
    }
    let order = scratch.path().join("new/notices/air-order.md");
    let text = std::fs::read_to_string(&order).unwrap();
    // Methanol trucks too, from now on.
    let wider = text.replacen(
        "燃料 属于 (汽油, 柴油, 燃气)",
        "燃料 属于 (汽油, 柴油, 燃气, 甲醇)",
        1,
    );
    assert_ne!(text, wider);
    std::fs::write(&order, wider).unwrap();
    tongxin(["diff", "old", "new"])
        .within(scratch.path())
        .golden("diff-cities", 0);

    let words = scratch.path().join("new/vocabulary.toml");
    let more =
        std::fs::read_to_string(&words).unwrap() + "\n[[kind]]\nzh = \"无人机\"\nen = \"drone\"\n";
    std::fs::write(&words, more).unwrap();
    tongxin(["diff", "old", "new"])
        .within(scratch.path())
        .golden("diff-other-words", 1);
}

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp")
        .arg("-r")
        .arg(from)
        .arg(to)
        .status()
        .unwrap();
    assert!(done.success());
}
