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
        let effect = if n.is_multiple_of(2) {
            "forbid"
        } else {
            "require"
        };
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

/// The block of a rule by its number.
type RuleOf = fn(usize) -> String;

/// Scatters numbers, the same ones every time.
fn scattered(n: usize) -> usize {
    n.wrapping_mul(2_654_435_761) % 4_294_967_291
}

/// Even rules forbid what odd ones require.
fn block(n: usize, rest: &str) -> String {
    let effect = if n.is_multiple_of(2) {
        "forbid"
    } else {
        "require"
    };
    format!("段。\n\n```rule r{n}\n{effect} = \"驶入\"\n{rest}\n```\n\n")
}

fn hours(n: usize) -> String {
    let (from, h) = (n / 60 % 20, scattered(n));
    format!("每日 {from:02}:{:02}-{:02}:{:02}", n % 60, from + 2, h % 60)
}

/// Every two of them overlap in one thing and are parted in another.
fn half_against_half(n: usize) -> String {
    let sign = if n.is_multiple_of(2) { ">" } else { "<=" };
    let when = hours(scattered(n));
    block(
        n,
        &format!("who = \"货车 且 总质量 {sign} 30 t\"\nwhen = \"{when}\""),
    )
}

/// Sets of single values, even ones against odd ones, each at hours of its own.
fn scattered_values(n: usize) -> String {
    let values: Vec<String> = (1..9)
        .map(|k| scattered(n) / k % 300 * 2 + n % 2)
        .map(|tenths| format!("{}.{} t", tenths / 10, tenths % 10))
        .collect();
    let (values, when) = (values.join(", "), hours(scattered(n)));
    block(
        n,
        &format!("who = \"货车 且 总质量 属于 ({values})\"\nwhen = \"{when}\""),
    )
}

/// Days that recur, no two rules alike.
fn recurring_days(n: usize) -> String {
    let sign = if n.is_multiple_of(2) { "=" } else { "!=" };
    let (days, date, months) = (n % 900 + 2, n % 28 + 1, n % 11 + 1);
    let when = hours(n);
    block(
        n,
        &format!(
            "who = \"货车 且 车型 {sign} 重型\"\nwhen = [\"RRULE:FREQ=DAILY;INTERVAL={days}\", \
             \"RRULE:FREQ=MONTHLY;BYMONTHDAY={date};INTERVAL={months}\", \"{when}\"]"
        ),
    )
}

/// Each outranks the one before it.
fn chained(n: usize) -> String {
    let over = match n {
        0 => String::new(),
        n => format!("over = [\"hostile#r{}\"]", n - 1),
    };
    let (t, tenth) = (n % 60, n % 10);
    block(
        n,
        &format!("who = \"货车 且 总质量 >= {t}.{tenth} t\"\n{over}"),
    )
}

/// Exceptions as many as a rule may have.
fn full_of_exceptions(n: usize) -> String {
    let sign = if n.is_multiple_of(2) { ">" } else { "<=" };
    let exceptions: String = (0..190)
        .map(|k| {
            let h = scattered(n * 200 + k);
            let fuel = ["汽油", "柴油", "电动"][h / 600 % 3];
            let (t, tenth) = (h % 60, h / 60 % 10);
            format!("e{k} = \"总质量 = {t}.{tenth} t 且 燃料 = {fuel}\"\n")
        })
        .collect();
    block(
        n,
        &format!("who = \"货车 且 总质量 {sign} 30 t\"\n[except]\n{exceptions}"),
    )
}

/// Notices made to be much work: so many rules by their numbers. In release, 4,000 rules of each kind end within seconds as
/// well; there, the bounded count of steps ends most of the proofs.
#[test]
fn rules_that_overlap_in_every_way() {
    let kinds: [(&str, usize, RuleOf); 5] = [
        ("half against half", 240, half_against_half),
        ("scattered values", 240, scattered_values),
        ("recurring days", 60, recurring_days),
        ("chained", 240, chained),
        ("full of exceptions", 6, full_of_exceptions),
    ];
    for (name, count, rule) in kinds {
        let (rules_read, found) = through(name, &rules(count, &rule));
        assert_eq!(rules_read, count, "{name}: {found:?}");
        assert!(
            found
                .iter()
                .all(|one| one.severity == notice::Severity::Warning),
            "{name}: {found:?}"
        );
    }
}
