//! One line of `when`: days, then hours.

use super::day::{DAY_WORDS, day_range, day_word};
use super::recurrence;
use super::sink::Sink;
use super::table::Text;
use crate::condition::DaySelector;
use crate::diagnostic::DiagnosticKind;
use crate::time::{Hours, MinuteOfDay, When};
use crate::vocabulary::words::{fold, nearest};
use jiff::civil::Date;
use std::ops::Range;

/// More pieces than any line has.
const PIECES_MAX: usize = 200;
/// The longest phrase for days, with room to spare.
const DAYS_BYTES_MAX: usize = 60;
const DAY_MINUTES: u16 = 24 * 60;

/// Reads a line; recurrences count from `start`. `None` after reporting everything that is wrong with it.
pub(crate) fn read(text: &Text, start: Date, sink: &mut Sink) -> Option<When> {
    let errors = sink.errors();
    let pieces = pieces(&text.text);
    if pieces.is_empty() {
        expected(
            text,
            0..text.text.len(),
            "这里没写时间",
            "no time is given here",
            sink,
        );
    }
    if pieces.len() > PIECES_MAX {
        sink.error(
            DiagnosticKind::Limit,
            text.span.clone(),
            "这一行太长",
            "this line is too long",
        )
        .hint(
            format!("最多 {PIECES_MAX} 项"),
            format!("at most {PIECES_MAX} items"),
        );
        return None;
    }
    let mut when = When {
        days: Vec::new(),
        hours: Vec::new(),
    };
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        // Longest first: `public holidays`, `Mon to Fri`.
        let longest = (1..=3)
            .rev()
            .filter(|count| at + count <= pieces.len())
            .find(|count| {
                let end = pieces[at + count - 1].end;
                take(&text.text[piece.start..end], &mut when)
            });
        if let Some(count) = longest {
            at += count;
            continue;
        }
        let word = &text.text[piece.clone()];
        if let Some(rule) = recurrence::prefixed(word) {
            let rule = piece.end - rule.len()..piece.end;
            if let Some(recurrence) = recurrence::read(text, rule, start, sink) {
                when.days.push(DaySelector::Recurring(recurrence));
            }
        } else if !hours(text, piece.clone(), &mut when, sink) {
            expected(
                text,
                piece.clone(),
                &format!("不认识的时间“{word}”"),
                &format!("`{word}` is no time"),
                sink,
            );
        }
        at += 1;
    }
    // Every day is no restriction.
    if when.days.contains(&DaySelector::Weekdays(0b111_1111)) {
        when.days.clear();
    }
    (sink.errors() == errors).then_some(when)
}

fn expected(text: &Text, span: Range<usize>, zh: &str, en: &str, sink: &mut Sink) {
    let near = nearest(
        text.text.get(span.clone()).unwrap_or_default(),
        DAY_WORDS.iter().copied(),
    );
    sink.error(DiagnosticKind::UnknownWord, text.locate(span), zh, en)
        .hint(
            "写成“工作日 07:00-20:00”“周六 周日”“每日 22:00-06:00”或“RRULE:FREQ=MONTHLY;BYDAY=1SU”",
            "write `workdays 07:00-20:00`, `Sat Sun`, `daily 22:00-06:00` or `RRULE:FREQ=MONTHLY;BYDAY=1SU`",
        )
        .nearest(near);
}

/// Pieces between blanks and commas; the commas of a recurrence rule are its own. Days and hours may touch: `工作日7时至20时`.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut from: Option<usize> = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rule = from.is_some_and(|from| recurrence::prefixed(&text[from..at]).is_some());
        let gap =
            c.is_whitespace() || (!rule && matches!(c, ',' | '、' | '\u{ff0c}' | ';' | '\u{ff1b}'));
        let touch = !rule
            && c.is_ascii_digit()
            && !before.is_ascii()
            && from.is_some_and(|from| at - from <= DAYS_BYTES_MAX)
            && from.is_some_and(|from| {
                day_word(&text[from..at]).is_some() || split_days(&text[from..at]).is_some()
            });
        if (gap || touch)
            && let Some(start) = from.take()
        {
            pieces.push(start..at);
        }
        if !gap && from.is_none() {
            from = Some(at);
        }
        before = c;
    }
    if let Some(start) = from {
        pieces.push(start..text.len());
    }
    pieces
}

const TO: &[&str] = &[
    "至", "到", "-", "–", "—", "~", "\u{ff5e}", "\u{ff0d}", " to ",
];

fn split_days(phrase: &str) -> Option<DaySelector> {
    TO.iter()
        .find_map(|to| phrase.split_once(to))
        .and_then(|(from, to)| day_range(from, to))
}

/// Takes a phrase that means days.
fn take(phrase: &str, when: &mut When) -> bool {
    if ["全天", "all day"].contains(&fold(phrase).as_str()) {
        return true;
    }
    match day_word(phrase).or_else(|| split_days(phrase)) {
        Some(days) => {
            when.days.push(days);
            true
        }
        None => false,
    }
}

/// Takes `07:00-20:00`, `7时至20时30分`; false if it does not look like hours at all.
fn hours(text: &Text, piece: Range<usize>, when: &mut When, sink: &mut Sink) -> bool {
    let word = &text.text[piece.clone()];
    if !word.starts_with(|c: char| c.is_numeric()) {
        return false;
    }
    let Some((from, to)) = TO.iter().find_map(|to| word.split_once(to)) else {
        return false;
    };
    let to = to.strip_prefix("次日").unwrap_or(to);
    let (Some(from), Some(to)) = (minute(from), minute(to)) else {
        sink.error(
            DiagnosticKind::Type,
            text.locate(piece),
            format!("“{word}”不是一天里的时间"),
            format!("`{word}` is no time of day"),
        )
        .hint(
            "从 00:00 到 24:00，写成 07:00-20:00",
            "from 00:00 to 24:00, as in 07:00-20:00",
        );
        return true;
    };
    // Midnight as an end is the end of the day.
    let to = if to == 0 { DAY_MINUTES } else { to };
    if from == to || from == DAY_MINUTES {
        sink.error(
            DiagnosticKind::Type,
            text.locate(piece),
            format!("“{word}”里没有一分钟"),
            format!("`{word}` holds no minute"),
        )
        .hint(
            "全天就不写钟点；过半夜写成 22:00-06:00",
            "leave the hours out for all day; past midnight is 22:00-06:00",
        );
        return true;
    }
    when.hours.push(Hours {
        from: MinuteOfDay(from),
        to: MinuteOfDay(to),
    });
    true
}

/// Minutes since midnight of `07:00`, `7时`, `7时30分`, `7点半`; at most 1440.
fn minute(word: &str) -> Option<u16> {
    let word = fold(word);
    let (hour, minute) = word.split_once([':', '时', '点'])?;
    let minute = match minute.strip_suffix('分').unwrap_or(minute) {
        "" if !word.contains(':') => "0",
        "半" if !word.contains(':') => "30",
        minute => minute,
    };
    let digits = |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= DAY_MINUTES).then_some(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(line: &str) -> Result<When, Vec<crate::Diagnostic>> {
        let mut sink = Sink::new("test", line.into());
        let text = Text::whole(line.into());
        read(&text, jiff::civil::date(2022, 1, 1), &mut sink).ok_or_else(|| sink.finish())
    }

    fn hours(from: u16, to: u16) -> Vec<Hours> {
        vec![Hours {
            from: MinuteOfDay(from),
            to: MinuteOfDay(to),
        }]
    }

    #[test]
    fn the_same_line_in_many_hands() {
        let wanted = When {
            days: vec![DaySelector::Workdays],
            hours: hours(420, 1200),
        };
        for line in [
            "工作日 07:00-20:00",
            "工作日 7:00–20:00",
            "工作日7时至20时",
            "工作日 7点到20点",
            "workdays 07:00-20:00",
            "工作日07:00—20:00",
        ] {
            assert_eq!(when(line).ok().as_ref(), Some(&wanted), "{line}");
        }
    }

    #[test]
    fn nights_days_and_lists() {
        assert_eq!(
            when("每日 22:00-06:00").ok(),
            Some(When {
                days: vec![],
                hours: hours(1320, 360)
            })
        );
        assert_eq!(
            when("22:00-00:00").ok(),
            Some(When {
                days: vec![],
                hours: hours(1320, 1440)
            })
        );
        let weekend = vec![DaySelector::Weekdays(32), DaySelector::Weekdays(64)];
        assert_eq!(
            when("周六 周日").ok().map(|w| w.days),
            Some(weekend.clone())
        );
        assert_eq!(when("Sat、Sun").ok().map(|w| w.days), Some(weekend));
        assert_eq!(
            when("周一至周五").ok().map(|w| w.days),
            Some(vec![DaySelector::Weekdays(31)])
        );
        assert_eq!(
            when("Mon to Fri 07:00-09:00 17:00-19:00")
                .ok()
                .map(|w| (w.days, w.hours.len())),
            Some((vec![DaySelector::Weekdays(31)], 2))
        );
        assert_eq!(
            when("public holidays").ok().map(|w| w.days),
            Some(vec![DaySelector::StatutoryHolidays])
        );
    }

    #[test]
    fn recurrences_keep_their_commas() {
        let read = when("RRULE:FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=7,8 07:00-18:00").unwrap();
        assert_eq!(read.hours, hours(420, 1080));
        assert!(
            matches!(&read.days[..], [DaySelector::Recurring(r)] if r.rule == "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=7,8")
        );
    }

    #[test]
    fn wrong_lines_are_told() {
        for line in [
            "",
            "工作天",
            "07:00",
            "25:00-26:00",
            "07:60-08:00",
            "07:00-07:00",
            "24:00-06:00",
            "RRULE:FREQ=HOURLY",
        ] {
            assert!(when(line).is_err(), "{line}");
        }
    }
}
