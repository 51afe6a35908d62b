//! How licences, terms and amounts are said.

use crate::moments;
use crate::reader::Reader;
use forms::season::{Fen, Licence, Month};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::Lang;

/// `2022年2月1日至4月30日`, from a first day and the first day after.
pub fn term(reader: &Reader, from: Date, until: Date) -> String {
    let last = until.yesterday().unwrap_or(until).max(from);
    let (from, last) = (
        moments::full_day(from, reader.lang),
        moments::full_day(last, reader.lang),
    );
    reader.say(format!("{from}至{last}"), format!("{from} to {last}"))
}

/// How a licence stands on a day, as a badge.
pub fn badge(reader: &Reader, licence: &Licence, today: Date) -> Markup {
    let held_until = licence.held_until();
    html! {
        @if held_until <= licence.from { span .badge .no { (reader.say("开始前已终止", "ended before it began")) } }
        @else if today < licence.from { span .badge .depends { (reader.say("尚未开始", "not begun")) } }
        @else if today < held_until { span .badge .yes { (reader.say("有效", "valid")) } }
        @else if licence.ended.is_some() { span .badge .no { (reader.say("已终止", "ended")) } }
        @else { span .badge .depends { (reader.say("已期满", "expired")) } }
    }
}

/// `¥1,280.50` / `1,280.50 元`
pub fn money(reader: &Reader, fen: Fen) -> String {
    reader.say(format!("{fen} 元"), format!("¥{fen}"))
}

/// `12,345`
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut said = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

/// `2022年2月` / `February 2022`
pub fn month(reader: &Reader, month: Month) -> String {
    let first = month.first();
    let format = match reader.lang {
        Lang::Zh => "%Y年%-m月",
        Lang::En => "%B %Y",
    };
    first.strftime(format).to_string()
}
