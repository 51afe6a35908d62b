//! Lengths of time: `24 h`, `15 分钟`, `30 天`.

use super::number::{conversion, scaled, split_unit};
use super::sink::Sink;
use super::table::Table;
use crate::diagnostic::DiagnosticKind;
use crate::offer::Minutes;
use crate::steps::{Deadline, WORKDAYS_MAX};
use crate::vocabulary::words::fold;

/// Ten years: longer than anything a notice promises.
const MINUTES_MAX: i64 = 10 * 366 * 24 * 60;

/// Whole minutes, from `42 h`, `1.5 小时`.
fn minutes(text: &str) -> Option<Minutes> {
    let folded = fold(text);
    let (number, unit) = split_unit(&folded);
    let (n, d) = conversion(unit, "min")?;
    let amount = scaled(number, 2)?.checked_mul(n)?;
    let d = d.checked_mul(100)?;
    let minutes = (amount % d == 0).then_some(amount / d)?;
    (0..=MINUTES_MAX)
        .contains(&minutes)
        .then(|| u32::try_from(minutes).ok().map(Minutes))
        .flatten()
}

/// The length of time at `key`, if there is one; anything else is reported.
pub(crate) fn read(table: &Table<'_>, key: &str, sink: &mut Sink) -> Option<Minutes> {
    let text = table.written(key, sink)?;
    let read = minutes(&text.text);
    if read.is_none() {
        sink.error(
            DiagnosticKind::Type,
            text.span,
            format!("“{}”不是一段时间", text.text),
            format!("`{}` is no length of time", text.text),
        )
        .hint(
            "写成 30 分钟、24 h 或 2 天，最多十年",
            "write `30 min`, `24 h` or `2 days`, ten years at most",
        );
    }
    read
}

/// The deadline at `key`, longer than nothing, if there is one; anything else is reported.
pub(crate) fn deadline(table: &Table<'_>, key: &str, sink: &mut Sink) -> Option<Deadline> {
    let text = table.written(key, sink)?;
    let read = workdays(&text.text).or_else(|| {
        minutes(&text.text)
            .filter(|minutes| minutes.0 > 0)
            .map(Deadline::Minutes)
    });
    if read.is_none() {
        sink.error(
            DiagnosticKind::Type,
            text.span,
            format!("“{}”不是一个期限", text.text),
            format!("`{}` is no deadline", text.text),
        )
        .hint(
            format!("写成 2 小时、3 天或 5 个工作日，最多 {WORKDAYS_MAX} 个工作日"),
            format!("write `2 h`, `3 days` or `5 workdays`, {WORKDAYS_MAX} workdays at most"),
        );
    }
    read
}

/// Whole workdays, from `5 个工作日`, `1 workday`.
fn workdays(text: &str) -> Option<Deadline> {
    let folded = fold(text);
    let number = ["个工作日", "工作日", "workdays", "workday"]
        .iter()
        .find_map(|unit| folded.strip_suffix(unit))?;
    let count = number.trim().parse::<u16>().ok()?;
    (1..=WORKDAYS_MAX)
        .contains(&count)
        .then_some(Deadline::Workdays(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_every_form() {
        for (text, wanted) in [
            ("42 h", 42 * 60),
            ("1.5小时", 90),
            ("15 分钟", 15),
            ("２ 天", 2 * 1440),
            ("0 min", 0),
        ] {
            assert_eq!(minutes(text), Some(Minutes(wanted)), "{text}");
        }
        for text in [
            "",
            "42",
            "h",
            "-1 h",
            "0.001 h",
            "1 kg",
            "9999999 天",
            "90 s",
        ] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }

    #[test]
    fn workdays_of_every_form() {
        for (text, wanted) in [
            ("5 个工作日", 5),
            ("１工作日", 1),
            ("10 Workdays", 10),
            ("1 workday", 1),
        ] {
            assert_eq!(workdays(text), Some(Deadline::Workdays(wanted)), "{text}");
        }
        for text in [
            "工作日",
            "0 工作日",
            "1.5 工作日",
            "367 工作日",
            "5 天",
            "-1 workdays",
        ] {
            assert_eq!(workdays(text), None, "{text}");
        }
    }
}
