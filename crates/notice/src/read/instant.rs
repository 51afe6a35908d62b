//! Moments and periods: `24:00` is midnight's end, an offset is converted to the city's time.

use super::Context;
use super::sink::Sink;
use super::table::Text;
use crate::diagnostic::DiagnosticKind;
use crate::time::Period;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use std::ops::Range;

/// A calendar day: `2022-01-06`.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let digits = text.bytes().enumerate().all(|(at, b)| {
        if at == 4 || at == 7 {
            b == b'-'
        } else {
            b.is_ascii_digit()
        }
    });
    if text.len() != 10 || !digits {
        return None;
    }
    Date::new(
        text[..4].parse().ok()?,
        text[5..7].parse().ok()?,
        text[8..].parse().ok()?,
    )
    .ok()
}

/// A moment in the city's civil time: `2022-01-06T10:00`, with seconds, an offset or `Z` if wanted, or `2022-01-09T24:00`.
pub(crate) fn moment(text: &str, context: Context<'_>) -> Option<DateTime> {
    let text = text.trim();
    if !text.is_ascii() || text.len() < 16 {
        return None;
    }
    let date = day(&text[..10])?;
    if !matches!(text.as_bytes()[10], b'T' | b't' | b' ') {
        return None;
    }
    let rest = &text[11..];
    let end = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(end);
    let civil = at_time(date, time)?;
    let seconds = match offset {
        "" => return Some(civil),
        "Z" | "z" => 0,
        offset => {
            let sign = if offset.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = offset[1..].split_once(':')?;
            sign * (two(hours, 23)? * 3600 + two(minutes, 59)? * 60)
        }
    };
    let offset = Offset::from_seconds(seconds).ok()?;
    let timestamp = offset.to_timestamp(civil).ok()?;
    Some(context.zone.to_datetime(timestamp))
}

fn two(text: &str, most: i32) -> Option<i32> {
    let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| digits && *n <= most)
}

fn at_time(date: Date, time: &str) -> Option<DateTime> {
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = time.split(':');
    let hour = two(parts.next()?, 24)?;
    let minute = two(parts.next()?, 59)?;
    let second = parts.next().map_or(Some(0), |s| two(s, 59))?;
    if parts.next().is_some() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    if hour == 24 {
        let midnight = minute == 0 && second == 0 && fraction.trim_end_matches('0').is_empty();
        return date
            .tomorrow()
            .ok()
            .filter(|_| midnight)
            .map(|next| DateTime::from_parts(next, Time::midnight()));
    }
    let (hour, minute, second) = (
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
    );
    Time::new(hour, minute, second, 0)
        .ok()
        .map(|time| DateTime::from_parts(date, time))
}

/// Reads a moment; `None` after reporting why not.
pub(crate) fn read_moment(text: &Text, context: Context<'_>, sink: &mut Sink) -> Option<DateTime> {
    let read = moment(&text.text, context);
    if read.is_none() {
        report(&text.text, text.span.clone(), sink);
    }
    read
}

fn report(seen: &str, span: Range<usize>, sink: &mut Sink) {
    sink.error(
        DiagnosticKind::Type,
        span,
        format!("“{seen}”不是时间"),
        format!("`{seen}` is no moment"),
    )
    .hint(
        "写成 2022-01-06T10:00；要写时区就加 +08:00，半夜可以写 24:00",
        "write 2022-01-06T10:00, with +08:00 for an offset; 24:00 is midnight's end",
    );
}

/// Reads `FROM/UNTIL` or `FROM/`; `None` after reporting why not.
pub(crate) fn read_period(text: &Text, context: Context<'_>, sink: &mut Sink) -> Option<Period> {
    let Some(slash) = text.text.find('/') else {
        sink.error(
            DiagnosticKind::Type,
            text.span.clone(),
            format!("“{}”不是一段时间", text.text),
            format!("`{}` is no period", text.text),
        )
        .hint(
            "写成“起/止”，没有期限就写“起/”：2022-01-04T20:00/2022-01-09T24:00",
            "write FROM/UNTIL, or FROM/ without an end: 2022-01-04T20:00/2022-01-09T24:00",
        );
        return None;
    };
    let mut end = |span: Range<usize>| {
        let part = text.text.get(span.clone()).unwrap_or_default();
        let read = moment(part, context);
        if read.is_none() {
            report(part, text.locate(span), sink);
        }
        read
    };
    let from = end(0..slash);
    let until = match text.text[slash + 1..].trim() {
        "" => None,
        _ => Some(end(slash + 1..text.text.len())?),
    };
    let from = from?;
    if until.is_some_and(|until| until <= from) {
        sink.error(
            DiagnosticKind::Type,
            text.span.clone(),
            "这段时间还没开始就结束了",
            "this period ends before it begins",
        )
        .hint("“止”要在“起”之后", "UNTIL must be after FROM");
        return None;
    }
    Some(Period { from, until })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vocabulary;
    use crate::testing::Places;
    use jiff::civil::datetime;

    fn read(text: &str) -> Option<DateTime> {
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
        let context = Context {
            vocabulary: &Vocabulary::default(),
            gazetteer: &Places,
            zone: &zone,
        };
        moment(text, context)
    }

    #[test]
    fn moments_of_every_form() {
        let ten = Some(datetime(2022, 1, 6, 10, 0, 0, 0));
        for text in [
            "2022-01-06T10:00",
            "2022-01-06 10:00:00",
            "2022-01-06T10:00:00.000+08:00",
            "2022-01-06T02:00Z",
            "2022-01-05T24:00-02:00",
        ] {
            assert_eq!(read(text), ten, "{text}");
        }
        assert_eq!(
            read("2022-02-28T24:00"),
            Some(datetime(2022, 3, 1, 0, 0, 0, 0))
        );
        for text in [
            "2022-02-29T10:00",
            "2022-01-06T24:01",
            "2022-01-06",
            "10:00",
            "2022-01-06T10:00+8",
            "9999-12-31T24:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
