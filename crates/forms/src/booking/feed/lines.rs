//! Content lines of RFC 5545 (§3.1): escaped, folded, ended by CRLF.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, tz::Offset};

/// Bytes a line may have without its end.
const LINE_BYTES_MAX: usize = 75;

#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    /// A line whose value is written as it is. Control characters, which no value may have, are left out.
    pub(super) fn put(&mut self, name: &str, value: &str) {
        let characters = name.chars().chain([':']).chain(value.chars());
        let mut bytes = 0;
        for character in characters.filter(|c| *c == '\t' || !c.is_control()) {
            if bytes + character.len_utf8() > LINE_BYTES_MAX {
                self.0.push_str("\r\n ");
                // The space counts.
                bytes = 1;
            }
            self.0.push(character);
            bytes += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A line whose value is text (§3.3.11).
    pub(super) fn text(&mut self, name: &str, text: &str) {
        let mut escaped = String::with_capacity(text.len());
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' | ';' | ',' => escaped.extend(['\\', character]),
                '\r' if characters.peek() == Some(&'\n') => {}
                '\n' | '\r' => escaped.push_str("\\n"),
                other => escaped.push(other),
            }
        }
        self.put(name, &escaped);
    }

    pub(super) fn written(self) -> String {
        self.0
    }
}

/// `20220115T090000`.
pub(super) fn local(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

/// `20220115T010000Z`.
pub(super) fn utc(at: Timestamp) -> String {
    format!("{}Z", local(TimeZone::UTC.to_datetime(at)))
}

/// `+0800`; seconds only if there are any.
pub(super) fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let all = seconds.unsigned_abs();
    let (hours, minutes, rest) = (all / 3_600, all / 60 % 60, all % 60);
    let seconds = if rest == 0 {
        String::new()
    } else {
        format!("{rest:02}")
    };
    format!("{sign}{hours:02}{minutes:02}{seconds}")
}
