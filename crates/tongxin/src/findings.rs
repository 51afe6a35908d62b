//! Diagnostics as text for people and as the documented JSON.

use notice::diagnostic::Example;
use notice::{Diagnostic, DiagnosticKind, Lang, Severity};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Findings<'a> {
    findings: Vec<Finding<'a>>,
}

/// One entry of the documented JSON.
#[derive(Serialize)]
struct Finding<'a> {
    kind: DiagnosticKind,
    severity: Severity,
    file: &'a str,
    line: usize,
    column: usize,
    clauses: Vec<String>,
    example: Option<BTreeMap<&'a str, &'a str>>,
    message: &'a str,
}

/// The documented JSON of `check`.
pub fn json(found: &[Diagnostic], lang: Lang) -> String {
    let findings = found
        .iter()
        .map(|one| {
            let (line, column) = one.place.line_column();
            Finding {
                kind: one.kind,
                severity: one.severity,
                file: &one.place.file,
                line,
                column,
                clauses: one.clauses.iter().map(ToString::to_string).collect(),
                example: one.example.as_ref().map(Example::by_key),
                message: one.message.get(lang),
            }
        })
        .collect();
    // Serialising plain strings and numbers to memory cannot fail.
    serde_json::to_string_pretty(&Findings { findings }).unwrap_or_default()
}

/// Every diagnostic with its source lines.
pub fn text(found: &[Diagnostic], lang: Lang) -> String {
    notice::diagnostic::render_all(found, lang)
}

/// The closing line of `check`.
pub fn count(found: &[Diagnostic], lang: Lang) -> String {
    let errors = found
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .count();
    let warnings = found.len() - errors;
    match (lang, errors, warnings) {
        (Lang::Zh, 0, 0) => "没有发现问题".into(),
        (Lang::Zh, ..) => format!("{errors} 个错误，{warnings} 个警告"),
        (Lang::En, 0, 0) => "nothing found".into(),
        (Lang::En, ..) => format!("errors: {errors}, warnings: {warnings}"),
    }
}
