//! Notices as large as the reader lets through are compiled, proved and asked about in bounded time.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use city::City;
use decide::{Book, Question, Whereabouts};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const FRONT: &str = "+++\ntitle = \"题\"\nissuer = \"air-office\"\nissued = 2022-01-01T00:00\n\
                     in_force = \"2022-01-01T00:00/\"\n+++\n# 题\n";
/// Generous for a slow machine; what grows with the square of a megabyte takes hours.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads, compiles, proves and answers; the number of rules and what is said against the notice.
fn through(name: &str, text: &str) -> (usize, Vec<notice::Diagnostic>) {
    let began = Instant::now();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/city");
    let city = Arc::new(City::load(&folder).expect("the test city loads").0);
    let reading = notice::read_notice(city.context(), "hostile.md", text.as_bytes());
    let Some(notice) = reading.notice else {
        return (0, reading.diagnostics);
    };
    let (rules, at) = (notice.rules.len(), notice.in_force.from);
    let book = Book::compile(city, vec![Arc::new(notice)]);
    let read = began.elapsed();
    let found = decide::prove::prove(&book, None);
    let proved = began.elapsed();
    for action in [None, Some(notice::ActionId(0))] {
        let question = Question {
            action,
            place: Whereabouts::Unsaid,
            at,
            ..Question::default()
        };
        book.answer(&question);
    }
    eprintln!(
        "{name}: {} bytes, {rules} rules, read {read:?}, proved {proved:?}, answered {:?}, {} findings",
        text.len(),
        began.elapsed(),
        found.len()
    );
    assert!(
        began.elapsed() < PATIENCE,
        "{name} took {:?}",
        began.elapsed()
    );
    (rules, found)
}

/// A notice of so many rules.
fn rules(count: usize, rule: &dyn Fn(usize) -> String) -> String {
    (0..count).fold(FRONT.to_owned(), |text, n| text + &rule(n))
}

#[test]
fn more_rules_than_a_notice_may_have_are_refused() {
    let text = rules(5_000, &|n| {
        format!("段。\n\n```rule r{n}\nforbid = \"驶入\"\n```\n\n")
    });
    let (rules, found) = through("too many", &text);
    assert_eq!((rules, found[0].kind), (0, notice::DiagnosticKind::Limit));
}

#[test]
fn contradictions_without_end_are_cut_and_said_so() {
    let text = rules(200, &|n| {
        let effect = if n % 2 == 0 { "forbid" } else { "require" };
        format!("段。\n\n```rule r{n}\n{effect} = \"驶入\"\nwho = \"货车\"\n```\n\n")
    });
    let (_, found) = through("contradicting", &text);
    assert_eq!(found.len(), 501);
    assert_eq!(found[500].kind, notice::DiagnosticKind::Limit);
    assert_eq!(found[500].severity, notice::Severity::Error);
}

#[test]
fn a_megabyte_of_exceptions() {
    let mut text = format!("{FRONT}段。\n\n```rule a\nforbid = \"驶入\"\n[except]\n");
    for n in 0.. {
        if text.len() > 1_000_000 {
            break;
        }
        writeln!(text, "e{n} = \"总质量 = {}.{} t\"", n / 10 % 60, n % 10).unwrap();
    }
    let (rules, found) = through("exceptions", &(text + "```\n"));
    assert_eq!((rules, found[0].kind), (0, notice::DiagnosticKind::Limit));
}

#[test]
fn as_many_ors_as_a_condition_holds() {
    let any: Vec<String> = (0..3_000)
        .map(|n| format!("总质量 = {}.{} t", n / 10 % 60, n % 10))
        .collect();
    through(
        "ors",
        &format!(
            "{FRONT}段。\n\n```rule a\nforbid = \"驶入\"\nwho = \"{}\"\n```\n",
            any.join("或")
        ),
    );
}
