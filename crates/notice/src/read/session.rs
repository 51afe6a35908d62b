//! Sessions of an offer: recurring lines, and tables of dates.

use super::offer_block::{capacity, room};
use super::sink::Sink;
use super::table::{Table, Text};
use super::{instant, when};
use crate::diagnostic::DiagnosticKind;
use crate::offer::{Dated, LINES_MAX, Minutes, Project};
use crate::time::{Hours, When};
use crate::vocabulary::words::nearest;
use jiff::civil::Date;
use std::ops::Range;

/// Hours of one line: more than a day holds.
const HOURS_MAX: usize = 100;

/// `sessions`: lines as in `when`, each with hours.
pub(super) fn lines(table: &Table<'_>, start: Date, sink: &mut Sink) -> Vec<When> {
    let texts = table.texts("sessions", sink);
    too_many(texts.len(), "sessions", table.span_of("sessions"), sink);
    let mut read = Vec::new();
    for text in texts.iter().take(LINES_MAX) {
        let Some(line) = when::read(text, start, sink) else {
            continue;
        };
        has_hours(text, line.hours.len(), sink);
        read.push(line);
    }
    read
}

/// `dates`: tables `{ on = 2022-01-15, hours = "09:00-12:00" }`.
pub(super) fn dates(table: &Table<'_>, projects: &[Project], sink: &mut Sink) -> Vec<Dated> {
    let tables = table.tables("dates", sink);
    too_many(tables.len(), "dates", table.span_of("dates"), sink);
    tables
        .iter()
        .take(LINES_MAX)
        .filter_map(|table| dated(table, projects, sink))
        .collect()
}

fn dated(table: &Table<'_>, projects: &[Project], sink: &mut Sink) -> Option<Dated> {
    table.only(&["on", "hours", "projects", "room", "capacity"], sink);
    for key in ["on", "hours"] {
        if !table.has(key) {
            table.missing(key, sink);
        }
    }
    let on = table.written("on", sink).and_then(|text| {
        let day = instant::day(&text.text);
        if day.is_none() {
            sink.error(
                DiagnosticKind::Type,
                text.span,
                format!("“{}”不是日期", text.text),
                format!("`{}` is no date", text.text),
            )
            .hint("写成 2022-01-15", "write 2022-01-15");
        }
        day
    });
    let mut hours = Vec::new();
    let texts = table.texts("hours", sink);
    for text in &texts {
        let Some(line) = when::read(text, on.unwrap_or(Date::ZERO), sink) else {
            continue;
        };
        if !line.days.is_empty() {
            sink.error(
                DiagnosticKind::Type,
                text.span.clone(),
                "日子写在 on 里，这里只写钟点",
                "the day is in `on`: only hours stand here",
            )
            .hint("写成 09:00-12:00", "write 09:00-12:00");
        }
        has_hours(text, line.hours.len(), sink);
        hours.extend(line.hours);
    }
    if hours.len() > HOURS_MAX {
        sink.error(
            DiagnosticKind::Limit,
            table.span_of("hours"),
            "一天里的场次太多",
            "too many sessions in a day",
        )
        .hint(
            format!("最多 {HOURS_MAX} 场"),
            format!("at most {HOURS_MAX}"),
        );
        hours.truncate(HOURS_MAX);
    }
    let mut chosen = Vec::new();
    for text in table.texts("projects", sink) {
        match projects.iter().position(|known| known.name == *text.text) {
            Some(at) if chosen.contains(&at) => {
                sink.error(
                    DiagnosticKind::Duplicate,
                    text.span.clone(),
                    format!("“{}”写了两次", text.text),
                    format!("`{}` is given twice", text.text),
                );
            }
            Some(at) => chosen.push(at),
            None => {
                sink.error(
                    DiagnosticKind::UnknownWord,
                    text.span.clone(),
                    format!("projects 里没有“{}”", text.text),
                    format!("`projects` has no `{}`", text.text),
                )
                .nearest(nearest(
                    &text.text,
                    projects.iter().map(|known| known.name.as_str()),
                ));
            }
        }
    }
    Some(Dated {
        on: on?,
        hours,
        projects: chosen,
        room: room(table, sink),
        capacity: capacity(table, sink),
        span: table.span(),
    })
}

/// Reports hours that cannot be cut into whole sessions of the length `every`.
pub(super) fn whole(
    table: &Table<'_>,
    sessions: &[When],
    dates: &[Dated],
    every: Minutes,
    sink: &mut Sink,
) {
    let recurring = sessions.iter().flat_map(|line| &line.hours);
    let dated = dates.iter().flat_map(|dated| &dated.hours);
    let broken = |hours: &&Hours| every.0 == 0 || !length(hours).is_multiple_of(every.0);
    let Some(hours) = recurring.chain(dated).find(broken) else {
        return;
    };
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let hours = format!("{}-{}", clock(hours.from.0), clock(hours.to.0));
    sink.error(
        DiagnosticKind::Type,
        table.span_of("every"),
        format!("{hours} 不能按这个长度分成整数场"),
        format!("{hours} is no whole number of these"),
    )
    .hint(
        "换一个长度，或者改钟点，让每一段都正好分完",
        "take another length or other hours, so that nothing is left over",
    );
}

/// How many minutes hours last, past midnight too.
fn length(hours: &Hours) -> u32 {
    let (from, to) = (u32::from(hours.from.0), u32::from(hours.to.0));
    if to < from {
        to + 24 * 60 - from
    } else {
        to - from
    }
}

fn has_hours(text: &Text, hours: usize, sink: &mut Sink) {
    if hours == 0 {
        sink.error(
            DiagnosticKind::MissingKey,
            text.span.clone(),
            "这一场没说几点到几点",
            "this session has no hours",
        )
        .hint("写成“周六 09:00-12:00”", "write `Sat 09:00-12:00`");
    }
}

fn too_many(count: usize, key: &str, span: Range<usize>, sink: &mut Sink) {
    if count > LINES_MAX {
        sink.error(
            DiagnosticKind::Limit,
            span,
            format!("{key} 有 {count} 行，太多了"),
            format!("`{key}` has too many lines: {count}"),
        )
        .hint(
            format!("最多 {LINES_MAX} 行；每周、每月的写成一条 RRULE"),
            format!("at most {LINES_MAX}; write what recurs as one RRULE"),
        );
    }
}
