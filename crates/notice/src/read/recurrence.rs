//! Recurrence rules of whole days (RFC 5545, section 3.3.10), checked; the city's calendar expands them.

use super::sink::Sink;
use super::table::Text;
use crate::condition::Recurrence;
use crate::diagnostic::DiagnosticKind;
use crate::vocabulary::words::nearest;
use jiff::civil::Date;
use std::ops::Range;

/// Bounds that keep expansion cheap: no notice repeats more rarely than every 1,000 units or names more than 10,000 days.
const INTERVAL_MAX: u32 = 1_000;
const COUNT_MAX: u32 = 10_000;
const PARTS: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYDAY",
    "BYMONTH",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYSETPOS",
    "WKST",
];
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// What follows `RRULE:`.
pub(crate) fn prefixed(word: &str) -> Option<&str> {
    word.get(..6)
        .filter(|prefix| prefix.eq_ignore_ascii_case("RRULE:"))
        .map(|_| &word[6..])
}

/// Checks the rule at `span` of the text (without its prefix).
pub(crate) fn read(
    text: &Text,
    span: Range<usize>,
    start: Date,
    sink: &mut Sink,
) -> Option<Recurrence> {
    let rule = text.text.get(span.clone())?.to_ascii_uppercase();
    let errors = sink.errors();
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let mut at = span.start;
    for part in rule.split(';') {
        let place = text.locate(at..at + part.len());
        at += part.len() + 1;
        if part.is_empty() {
            continue;
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        if !PARTS.contains(&name) {
            let sub_day = ["BYHOUR", "BYMINUTE", "BYSECOND"].contains(&name);
            let (zh, en) = if sub_day {
                (
                    "重复规则只说日子，钟点写在后面",
                    "a recurrence is of whole days; write hours after it",
                )
            } else {
                (
                    "可以写的部分见 RFC 5545 第 3.3.10 节",
                    "its parts are those of RFC 5545, section 3.3.10",
                )
            };
            sink.error(
                DiagnosticKind::UnknownWord,
                place,
                format!("重复规则里没有“{name}”"),
                format!("`{name}` is no part of a recurrence here"),
            )
            .hint(zh, en)
            .nearest(nearest(name, PARTS.into_iter()).filter(|_| !sub_day));
            continue;
        }
        if seen.iter().any(|(before, _)| *before == name) {
            sink.error(
                DiagnosticKind::Duplicate,
                place,
                format!("“{name}”写了两次"),
                format!("`{name}` is given twice"),
            );
            continue;
        }
        seen.push((name, value));
        if !valid(name, value) {
            sink.error(
                DiagnosticKind::Type,
                place,
                format!("“{name}”不能是“{value}”"),
                format!("`{name}` cannot be `{value}`"),
            )
            .hint(expected(name), expected(name));
        }
    }
    if sink.errors() == errors {
        together(&seen, text.locate(span), sink);
    }
    (sink.errors() == errors).then_some(Recurrence { rule, start })
}

fn integer(value: &str, least: u32, most: u32, signed: bool) -> bool {
    let digits = match value.strip_prefix(['-', '+']) {
        Some(rest) if signed => rest,
        Some(_) => return false,
        None => value,
    };
    digits.len() <= 5
        && digits.bytes().all(|b| b.is_ascii_digit())
        && digits
            .parse::<u32>()
            .is_ok_and(|n| (least..=most).contains(&n))
}

fn valid(name: &str, value: &str) -> bool {
    let each = |valid: &dyn Fn(&str) -> bool| {
        value.split(',').count() <= 400 && value.split(',').all(valid)
    };
    match name {
        "FREQ" => ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].contains(&value),
        "INTERVAL" => integer(value, 1, INTERVAL_MAX, false),
        "COUNT" => integer(value, 1, COUNT_MAX, false),
        "UNTIL" => until(value),
        "WKST" => DAYS.contains(&value),
        "BYMONTH" => each(&|v| integer(v, 1, 12, false)),
        "BYMONTHDAY" => each(&|v| integer(v, 1, 31, true)),
        "BYYEARDAY" | "BYSETPOS" => each(&|v| integer(v, 1, 366, true)),
        "BYWEEKNO" => each(&|v| integer(v, 1, 53, true)),
        "BYDAY" => each(&|v| {
            v.len() >= 2
                && v.is_char_boundary(v.len() - 2)
                && DAYS.contains(&&v[v.len() - 2..])
                && (v.len() == 2 || integer(&v[..v.len() - 2], 1, 53, true))
        }),
        _ => false,
    }
}

fn expected(name: &str) -> String {
    match name {
        "FREQ" => "DAILY, WEEKLY, MONTHLY, YEARLY".to_owned(),
        "INTERVAL" => format!("1 … {INTERVAL_MAX}"),
        "COUNT" => format!("1 … {COUNT_MAX}"),
        "UNTIL" => "20220630".to_owned(),
        "BYMONTH" => "1 … 12".to_owned(),
        "BYMONTHDAY" => "1 … 31, -1 … -31".to_owned(),
        "BYWEEKNO" => "1 … 53, -1 … -53".to_owned(),
        "BYDAY" => "MO, TU, WE, TH, FR, SA, SU, 1SU, -1FR".to_owned(),
        "WKST" => "MO, TU, WE, TH, FR, SA, SU".to_owned(),
        _ => "1 … 366, -1 … -366".to_owned(),
    }
}

/// `20220630`, with or without a time of day.
fn until(value: &str) -> bool {
    let (day, time) = value.split_once('T').unwrap_or((value, "000000"));
    let time = time.strip_suffix('Z').unwrap_or(time);
    let digits = |s: &str, long| s.len() == long && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(day, 8) || !digits(time, 6) {
        return false;
    }
    let number = |s: &str| s.parse::<i16>().ok();
    let (Some(year), Some(month), Some(day)) =
        (number(&day[..4]), number(&day[4..6]), number(&day[6..]))
    else {
        return false;
    };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return false;
    };
    Date::new(year, month, day).is_ok()
}

/// What parts forbid each other.
fn together(parts: &[(&str, &str)], span: Range<usize>, sink: &mut Sink) {
    let value = |name: &str| parts.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    let mut wrong = |zh: &str, en: &str| {
        sink.error(DiagnosticKind::Type, span.clone(), zh, en)
            .hint("见 RFC 5545 第 3.3.10 节", "see RFC 5545, section 3.3.10");
    };
    let Some(every) = value("FREQ") else {
        wrong("重复规则缺少 FREQ", "the recurrence has no FREQ");
        return;
    };
    if value("COUNT").is_some() && value("UNTIL").is_some() {
        wrong("COUNT 和 UNTIL 只能写一个", "give COUNT or UNTIL, not both");
    }
    if value("BYWEEKNO").is_some() && every != "YEARLY" {
        wrong("BYWEEKNO 只用于 YEARLY", "BYWEEKNO goes with YEARLY only");
    }
    if value("BYYEARDAY").is_some() && every != "YEARLY" {
        wrong("BYYEARDAY 只用于 YEARLY", "BYYEARDAY goes with YEARLY only");
    }
    if value("BYMONTHDAY").is_some() && every == "WEEKLY" {
        wrong(
            "BYMONTHDAY 不用于 WEEKLY",
            "BYMONTHDAY does not go with WEEKLY",
        );
    }
    let numbered = value("BYDAY").is_some_and(|days| days.contains(|c: char| c.is_ascii_digit()));
    if numbered && !(every == "MONTHLY" || every == "YEARLY") {
        wrong(
            "“第几个星期几”只用于 MONTHLY 和 YEARLY",
            "numbered weekdays go with MONTHLY and YEARLY only",
        );
    }
    if numbered && value("BYWEEKNO").is_some() {
        wrong(
            "有 BYWEEKNO 就不能写“第几个星期几”",
            "numbered weekdays do not go with BYWEEKNO",
        );
    }
    // A month has no sixth Sunday; counted in the year there may be fifty.
    let of_month = every == "MONTHLY" || (every == "YEARLY" && value("BYMONTH").is_some());
    let beyond = |day: &&str| {
        let number = day.trim_start_matches(['+', '-']);
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().is_ok_and(|n| n > 5)
    };
    if of_month && let Some(day) = value("BYDAY").and_then(|days| days.split(',').find(beyond)) {
        wrong(
            &format!(
                "BYDAY 的“{day}”：一个月里没有这么多；要按年数，就写 FREQ=YEARLY、不写 BYMONTH"
            ),
            &format!(
                "`{day}` of BYDAY: no month has so many; to count in the year, write FREQ=YEARLY without BYMONTH"
            ),
        );
    }
    let others = ["BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"];
    if value("BYSETPOS").is_some() && !others.iter().any(|name| value(name).is_some()) {
        wrong(
            "BYSETPOS 要和别的 BY… 一起写",
            "BYSETPOS needs another BY… part",
        );
    }
}
