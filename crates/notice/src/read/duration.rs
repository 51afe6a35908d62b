//! Lengths of time: `24 h`, `15 分钟`, `30 天`.

use super::number::{conversion, scaled, split_unit};
use super::sink::Sink;
use super::table::Table;
use crate::diagnostic::DiagnosticKind;
use crate::offer::Minutes;
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
}
