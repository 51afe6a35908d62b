//! `tongxin bench`, with a small workload: that it measures all it says, not how quick an unoptimised build is.

use crate::run::tongxin;
use serde_json::Value;

const SMALL: [&str; 5] = ["bench", "--rules", "50", "--rows", "4000"];

/// The figures with their bounds, as the project states them.
const STATED: [(&str, &str, Option<f64>); 11] = [
    ("start", "at_most", Some(1e9)),
    ("server-memory", "at_most", Some(1.5e8)),
    ("answer-p50", "at_most", Some(300.0)),
    ("answer-p99", "at_most", Some(2e3)),
    ("compile", "at_most", Some(2e9)),
    ("check", "at_most", Some(2e8)),
    ("memory", "at_most", Some(5e8)),
    ("batch-order", "at_least", Some(1e8)),
    ("batch-rules", "at_least", Some(1e7)),
    ("point-place", "at_least", None),
    ("parquet", "at_least", Some(5e6)),
];

#[test]
fn every_stated_figure_is_measured_and_marked() {
    let done = tongxin(
        SMALL
            .iter()
            .copied()
            .chain(["--format", "json", "--strict"]),
    )
    .done();
    let data: Value =
        serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}\n{}", done.err));
    let figures = data["figures"].as_array().unwrap();
    assert_eq!(figures.len(), STATED.len());
    let mut missed = false;
    for (figure, (key, side, bound)) in figures.iter().zip(STATED) {
        assert_eq!(figure["figure"], key);
        let value = figure["value"].as_f64().unwrap();
        assert!(value > 0.0, "{key}: {value}");
        assert_eq!(figure[side].as_f64(), bound, "{key}");
        let met = bound.map(|bound| {
            if side == "at_most" {
                value <= bound
            } else {
                value >= bound
            }
        });
        assert_eq!(figure["met"].as_bool(), met, "{key}");
        missed |= met == Some(false);
    }
    assert_eq!(
        done.code,
        i32::from(missed),
        "--strict tells whether one is missed"
    );
}

#[test]
fn people_get_a_line_a_figure_and_no_failure() {
    let done = tongxin(SMALL).done();
    assert_eq!(done.code, 0, "{}", done.err);
    let lines: Vec<&str> = done.out.lines().collect();
    assert!(
        lines[0].starts_with("同心 ") && lines[0].contains(" 核 "),
        "{}",
        done.out
    );
    let figures = &lines[2..];
    assert_eq!(figures.len(), STATED.len(), "{}", done.out);
    for (line, (key, _, bound)) in figures.iter().zip(STATED) {
        let marked = line.starts_with("达到") || line.starts_with("未达到");
        assert_eq!(marked, bound.is_some(), "{key}: {line}");
    }
    assert!(done.out.contains("现行规则 50 条"));
}

#[test]
fn sizes_are_bounded() {
    for rules in ["0", "100001", "-1"] {
        assert_eq!(
            tongxin(["bench", &format!("--rules={rules}")]).done().code,
            2
        );
    }
}
