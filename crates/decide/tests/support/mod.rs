//! What tests of proofs share: the demo city, notices of a folder, and findings word for word.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, dead_code)]

use city::City;
use notice::{Diagnostic, Notice, Severity};
use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// The demo city without its notices.
pub static CITY: LazyLock<Arc<City>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
    let (city, _) = City::load(&folder).expect("the demo city loads");
    Arc::new(city.with_notices(Vec::new()))
});

/// The notice `tests/FOLDER/NAME.md`.
pub fn read(folder: &str, name: &str) -> Arc<Notice> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder)
        .join(name)
        .with_extension("md");
    let reading = notice::read_notice(
        CITY.context(),
        &format!("{name}.md"),
        &std::fs::read(path).unwrap(),
    );
    Arc::new(
        reading
            .notice
            .unwrap_or_else(|| panic!("{name}: {:#?}", reading.diagnostics)),
    )
}

/// Findings, word for word; each refuses publication.
pub fn said(found: &[Diagnostic]) -> String {
    let mut text = String::new();
    for d in found {
        assert_eq!(d.severity, Severity::Error, "it refuses publication");
        let (line, column) = d.place.line_column();
        let at = &d.place.text[d.place.span.clone()];
        let at = at.lines().next().unwrap_or_default();
        writeln!(text, "{} {}:{line}:{column} `{at}`", d.kind, d.place.file).unwrap();
        told(&mut text, d);
    }
    text
}

/// What a finding says, below the line that says where: message, hint, other places, clauses and the example.
pub fn told(text: &mut String, d: &Diagnostic) {
    writeln!(text, "  {}\n  {}", d.message.zh, d.message.en).unwrap();
    if let Some(hint) = &d.hint {
        writeln!(text, "  → {}\n  → {}", hint.zh, hint.en).unwrap();
    }
    for (source, label) in &d.related {
        let (line, column) = source.line_column();
        writeln!(
            text,
            "  {}:{line}:{column} {} / {}",
            source.file, label.zh, label.en
        )
        .unwrap();
    }
    let clauses: Vec<String> = d.clauses.iter().map(|c| c.to_string()).collect();
    let example = d
        .example
        .as_ref()
        .map(notice::diagnostic::Example::by_key)
        .unwrap_or_default();
    writeln!(text, "  {} {example:?}", clauses.join(" ")).unwrap();
}
