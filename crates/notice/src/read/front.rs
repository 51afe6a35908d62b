//! Front matter: the TOML between the two `+++` lines at the top.

use super::instant::{day, read_moment, read_period};
use super::scope::{Scope, report_value};
use super::sink::Sink;
use super::table::{Table, parse};
use super::value::positions;
use crate::diagnostic::DiagnosticKind;
use crate::label::Label;
use crate::read::lex::Relation;
use crate::text::{English, ForecastDay};
use crate::time::Period;
use crate::vocabulary::{AttributeId, Holder};
use jiff::civil::DateTime;
use std::ops::Range;

const FENCE: &str = "+++";
/// A year and more of forecasts is a mistake.
const FORECAST_MAX: usize = 400;

/// What the front matter says; a part that is wrong is left out and was reported.
#[derive(Debug, Default)]
pub(crate) struct Front {
    pub(crate) title: String,
    pub(crate) english: English,
    pub(crate) issuer: String,
    pub(crate) issued: Option<DateTime>,
    pub(crate) in_force: Option<Period>,
    pub(crate) topics: Vec<String>,
    pub(crate) sets: Vec<(AttributeId, u32)>,
    pub(crate) forecast: Vec<ForecastDay>,
    pub(crate) demo: bool,
}

/// Finds the front matter's TOML and the body; `None` after reporting that it is missing.
pub(crate) fn split(text: &str, sink: &mut Sink) -> Option<(Range<usize>, Range<usize>)> {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut at = start;
    let mut from = None;
    for line in text[start..].split_inclusive('\n') {
        let end = at + line.len();
        let fence = line.trim_end() == FENCE;
        match from {
            None if !fence => break,
            None => from = Some(end),
            Some(from) if fence => return Some((from..at, end..text.len())),
            Some(_) => {}
        }
        at = end;
    }
    let (zh, en) = match from {
        None => (
            "文件要从 +++ 开始，写明标题和日期",
            "a notice begins with front matter between +++ lines",
        ),
        Some(_) => (
            "开头的 +++ 没有配上第二个 +++",
            "the front matter does not end",
        ),
    };
    sink.error(
        DiagnosticKind::Syntax,
        start..(start + 3).min(text.len()),
        zh,
        en,
    )
    .hint(
        "第一行写 +++，然后是 title、issuer、issued、in_force，再写一行 +++",
        "write a line +++, then title, issuer, issued and in_force, then a line +++",
    );
    None
}

/// Reads the front matter at `range` of the file.
pub(crate) fn read(scope: &Scope<'_>, text: &str, range: Range<usize>, sink: &mut Sink) -> Front {
    let base = range.start;
    let source = text.get(range.clone()).unwrap_or_default();
    let Some(parsed) = parse(source, base, sink) else {
        return Front::default();
    };
    // What is missing is reported at the fence above.
    let table = Table::new(&parsed, base).with_span(base.saturating_sub(4)..base);
    table.only(
        &[
            "title",
            "title_en",
            "summary_en",
            "issuer",
            "issued",
            "in_force",
            "topics",
            "sets",
            "forecast",
            "demo",
        ],
        sink,
    );
    let title = table.required_text("title", sink);
    if let Some(title) = title.as_ref().filter(|t| t.text.trim().is_empty()) {
        sink.error(
            DiagnosticKind::Type,
            title.span.clone(),
            "标题是空的",
            "the title is empty",
        );
    }
    let issuer = table.required_text("issuer", sink);
    if let Some(issuer) = &issuer {
        scope.office(&issuer.text, issuer.span.clone(), sink);
    }
    for key in ["issued", "in_force"] {
        if !table.has(key) {
            table.missing(key, sink);
        }
    }
    Front {
        title: title.map(|t| t.text.trim().to_owned()).unwrap_or_default(),
        english: English {
            title: table.filled_text("title_en", sink),
            summary: table.filled_text("summary_en", sink),
        },
        issuer: issuer.map(|t| t.text.to_string()).unwrap_or_default(),
        issued: table
            .written("issued", sink)
            .and_then(|t| read_moment(&t, scope.context, sink)),
        in_force: table
            .written("in_force", sink)
            .and_then(|t| read_period(&t, scope.context, sink)),
        topics: table
            .texts("topics", sink)
            .into_iter()
            .map(|t| t.text.to_string())
            .collect(),
        sets: table
            .table("sets", sink)
            .map(|sets| states(scope, &sets, sink))
            .unwrap_or_default(),
        forecast: forecast(&table, sink),
        demo: table.flag("demo", sink),
    }
}

/// States of the city that the notice sets while it is in force.
fn states(scope: &Scope<'_>, sets: &Table<'_>, sink: &mut Sink) -> Vec<(AttributeId, u32)> {
    let mut read: Vec<(AttributeId, u32)> = Vec::new();
    for (name, span) in sets.keys() {
        let Some((id, attribute)) = scope
            .attributes(name, span.clone(), sink)
            .into_iter()
            .next()
        else {
            continue;
        };
        if !matches!(attribute.holder, Holder::City { .. }) {
            sink.error(
                DiagnosticKind::Type,
                span,
                format!("“{name}”不是全市的状态，不能由公告设定"),
                format!("`{name}` is no state of the city and cannot be set"),
            )
            .hint(
                "词汇表里写了 city 的属性才可以",
                "an attribute that has `city` in the vocabulary can",
            );
            continue;
        }
        if read.iter().any(|(before, _)| *before == id) {
            sink.error(
                DiagnosticKind::Duplicate,
                span,
                format!("“{name}”设了两次"),
                format!("`{name}` is set twice"),
            );
            continue;
        }
        let Some(value) = sets.written(name, sink) else {
            continue;
        };
        match positions(scope, attribute, Relation::Equal, &value.text) {
            Ok(set) => read.extend(set.single().map(|position| (id, position))),
            Err(fault) => report_value(fault, &value.text, &attribute.label, value.span, sink),
        }
    }
    read
}

fn forecast(table: &Table<'_>, sink: &mut Sink) -> Vec<ForecastDay> {
    let tables = table.tables("forecast", sink);
    if let Some(beyond) = tables.get(FORECAST_MAX) {
        sink.error(
            DiagnosticKind::Limit,
            beyond.span(),
            "预报的日子太多",
            "too many days of forecast",
        )
        .hint(
            format!("最多 {FORECAST_MAX} 天"),
            format!("at most {FORECAST_MAX} days"),
        );
    }
    tables
        .iter()
        .take(FORECAST_MAX)
        .filter_map(|table| forecast_day(table, sink))
        .collect()
}

fn forecast_day(table: &Table<'_>, sink: &mut Sink) -> Option<ForecastDay> {
    table.only(&["date", "levels", "briefly", "note"], sink);
    let errors = sink.errors();
    let level = |written: &str, span: Range<usize>, sink: &mut Sink| {
        let level = written.parse::<u8>().ok().filter(|n| (1..=6).contains(n));
        if level.is_none() {
            sink.error(
                DiagnosticKind::Type,
                span,
                format!("没有第 {written} 级空气质量"),
                format!("there is no air-quality level {written}"),
            )
            .hint("1 优 到 6 严重污染", "1 to 6, by HJ 633");
        }
        level
    };
    let date = match table.written("date", sink) {
        Some(text) => {
            let read = day(&text.text);
            if read.is_none() {
                sink.error(
                    DiagnosticKind::Type,
                    text.span,
                    format!("“{}”不是日期", text.text),
                    format!("`{}` is no date", text.text),
                )
                .hint("写成 2022-01-06", "write 2022-01-06");
            }
            read
        }
        None => {
            if !table.has("date") {
                table.missing("date", sink);
            }
            None
        }
    };
    let mut levels: Vec<u8> = table
        .numbers("levels", sink)
        .into_iter()
        .filter_map(|(written, span)| level(&written, span, sink))
        .collect();
    levels.sort_unstable();
    levels.dedup();
    if levels.is_empty() && sink.errors() == errors {
        table.missing("levels", sink);
    }
    let briefly = table
        .written("briefly", sink)
        .and_then(|text| level(&text.text, text.span.clone(), sink));
    let note = table.table("note", sink).map(|note| {
        note.only(&["zh", "en"], sink);
        let mut form = |key| {
            note.text(key, sink)
                .map(|t| t.text.to_string())
                .unwrap_or_default()
        };
        Label::new(form("zh"), form("en"))
    });
    (sink.errors() == errors).then_some(ForecastDay {
        date: date?,
        levels,
        briefly,
        note: note.unwrap_or_default(),
    })
}
