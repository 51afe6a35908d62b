//! Hostile texts give a clear error quickly, and never a panic.

mod support;

use notice::{Context, DiagnosticKind, Reading, read_condition, read_facts, read_notice};
use std::time::{Duration, Instant};

const FRONT: &str = "+++\ntitle = \"题\"\nissuer = \"air-office\"\nissued = 2022-01-01T00:00\nin_force = \"2022-01-01T00:00/\"\n+++\n";

/// Generous for a debug build on a busy machine; what is quadratic takes minutes.
const PATIENCE: Duration = Duration::from_secs(5);

fn with<T>(run: impl FnOnce(Context<'_>) -> T) -> T {
    support::with(|context| {
        let began = Instant::now();
        let result = run(context);
        assert!(began.elapsed() < PATIENCE, "took {:?}", began.elapsed());
        result
    })
}

fn read(text: &str) -> Reading {
    with(|context| read_notice(context, "hostile.md", text.as_bytes()))
}

fn kinds(reading: &Reading) -> Vec<DiagnosticKind> {
    reading.diagnostics.iter().map(|d| d.kind).collect()
}

/// `unit` repeated to just under the limit of a notice.
fn filled(unit: &str) -> String {
    unit.repeat((1024 * 1024 - 1000) / unit.len())
}

#[test]
fn ten_megabytes_are_refused() {
    let reading = read(&"长".repeat(10 << 20));
    assert_eq!(kinds(&reading), [DiagnosticKind::Limit]);
}

#[test]
fn broken_utf8_names_its_line() {
    let mut bytes = FRONT.as_bytes().to_vec();
    bytes.extend(b"\xff\xfe");
    let reading = with(|context| read_notice(context, "hostile.md", &bytes));
    assert_eq!(kinds(&reading), [DiagnosticKind::Limit]);
    assert_eq!(reading.diagnostics[0].place.line_column(), (7, 1));
}

#[test]
fn ten_thousand_brackets() {
    for text in [
        "(".repeat(10_000),
        "非 ".repeat(10_000),
        format!("{}货车{}", "(".repeat(10_000), ")".repeat(10_000)),
    ] {
        let found = with(|context| read_condition(context, "test", text.into())).unwrap_err();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, DiagnosticKind::Limit);
    }
    assert!(with(|context| read_facts(context, "test", "非 ".repeat(10_000).into())).is_err());
    let long = vec!["货车"; 20_000].join(" 或 ");
    assert!(with(|context| read_condition(context, "test", long.into())).is_err());
}

#[test]
fn toml_deep_and_endless() {
    for inside in [
        filled("a."),
        format!("{}a = 1", "a.".repeat(300_000)),
        format!("{}a = 1", "a = {b.".repeat(100_000)),
        format!("[{}a]", "a.".repeat(300_000)),
        format!("a = {}", filled("[")),
        format!("a = {}", filled("{a=")),
        format!("a = [{}]", filled("1,")),
        filled("[[forecast]]\n"),
        filled("a=1\n"),
        (0..60_000).map(|n| format!("k{n} = {n}\n")).collect(),
        (0..60_000).map(|n| format!("[t{n}]\n")).collect(),
        (0..900)
            .map(|n| format!("[a{}]\n", format!(".b{n}").repeat(100)))
            .collect(),
        format!("a = \"\"\"{}", filled("x")),
        format!("who = \"{}\"", "货车货车且".repeat(4_000)),
        format!("who = \"{}\"", "货车 或 车型 = 重形 或 ".repeat(1_500)),
        format!("who = \"车型 属于 ({})\"", "重型,".repeat(6_000)),
        format!("when = \"{}\"", "周一至".repeat(6_000)),
        format!("when = \"{}\"", "周1".repeat(6_000)),
    ] {
        let front = format!("+++\n{inside}\n+++\n");
        assert!(read(&front).notice.is_none());
        let rule = format!("{FRONT}\n段。\n\n```rule a\n{inside}\n```\n");
        let reading = read(&rule);
        assert!(reading.notice.is_none());
        assert!(reading.diagnostics.len() <= 101);
    }
}

#[test]
fn markdown_deep_and_endless() {
    let wide = format!(
        "{}\n{}\n{}",
        "|a".repeat(3_000),
        "|-".repeat(3_000),
        filled("|\n")
    );
    let wide = wide[..900_000].to_owned();
    let many_rules: String = (0..5_000)
        .map(|n| format!("```rule r{n}\nforbid = \"驶入\"\n```\n"))
        .collect();
    for (text, fails) in [
        (filled("> "), false),
        (filled("["), false),
        (filled("*a_"), false),
        (filled("`"), false),
        (filled("- "), false),
        (filled("<a "), false),
        (filled("![a]("), false),
        (filled("[a](b"), false),
        (filled("段\n\n"), true),
        (filled("# 题\n"), false),
        (wide, false),
        (many_rules, true),
        (filled("```ask\n```\n"), true),
    ] {
        let reading = read(&format!("{FRONT}\n{text}"));
        let start: String = text.chars().take(12).collect();
        assert_eq!(
            reading.notice.is_none(),
            fails,
            "{start}: {:?}",
            kinds(&reading)
        );
    }
}
