//! An `ask` block, from its TOML to a typed question.

use super::address::{self, Mention};
use super::body::Block;
use super::facts;
use super::instant::read_moment;
use super::scope::Scope;
use super::sink::Sink;
use super::table::{Table, parse};
use crate::ask::{Ask, Verdict};
use crate::diagnostic::DiagnosticKind;
use crate::gazetteer::PlaceLookup;
use crate::text::Slug;
use crate::vocabulary::words::{Meaning, fold, nearest};

const KEYS: &[&str] = &[
    "question",
    "question_en",
    "who",
    "do",
    "where",
    "point",
    "at",
    "answer",
    "because",
    "needs",
];

const VERDICTS: &[(&str, &str, Verdict)] = &[
    ("allowed", "允许", Verdict::Allowed),
    ("forbidden", "禁止", Verdict::Forbidden),
    ("required", "必须", Verdict::Required),
    ("limited", "限制", Verdict::Limited),
    ("depends", "视情况", Verdict::Depends),
    ("conflict", "冲突", Verdict::Conflict),
];

/// A question and the clauses it expects, to be checked once all rules are known.
pub(crate) struct ReadAsk {
    pub(crate) ask: Ask,
    pub(crate) mentions: Vec<Mention>,
}

/// Reads the block; `None` after reporting everything that is wrong with it.
pub(crate) fn read(
    scope: &Scope<'_>,
    own: &Slug,
    block: &Block,
    sink: &mut Sink,
) -> Option<ReadAsk> {
    let file = sink.text().clone();
    let errors = sink.errors();
    let source = file.get(block.content.clone()).unwrap_or_default();
    let parsed = parse(source, block.content.start, sink)?;
    let table = Table::new(&parsed, block.content.start).with_span(block.form.clone());
    table.only(KEYS, sink);
    let question = table.required_text("question", sink);
    let facts = match table.text("who", sink) {
        None => Some(crate::Facts::default()),
        Some(text) => facts::read(scope, &text, sink),
    };
    let action = table
        .text("do", sink)
        .and_then(|text| scope.action(&text.text, text.span.clone(), sink));
    let place = table
        .text("where", sink)
        .and_then(|text| scope.place(&text.text, text.span.clone(), sink));
    let point = point(&table, sink);
    if table.has("where") && table.has("point") {
        sink.error(
            DiagnosticKind::MissingKey,
            table.span_of("point"),
            "where 和 point 只能写一个",
            "give where or point, not both",
        );
    }
    let at = table
        .written("at", sink)
        .and_then(|text| read_moment(&text, scope.context, sink));
    let answer = table
        .required_text("answer", sink)
        .and_then(|text| verdict(&text, sink));
    let mentions: Vec<_> = table
        .texts("because", sink)
        .iter()
        .filter_map(|text| address::read(text, own, true, sink))
        .collect();
    let needs = needs(scope, &table, sink);
    if needs.is_some() && answer.is_some_and(|answer| answer != Verdict::Depends) {
        sink.error(
            DiagnosticKind::Type,
            table.span_of("needs"),
            "needs 只和 answer = \"depends\" 一起用",
            "needs goes with answer = \"depends\" only",
        );
    }
    if sink.errors() > errors {
        return None;
    }
    Some(ReadAsk {
        ask: Ask {
            question: question?.text.to_string(),
            question_en: table.filled_text("question_en", sink),
            facts: facts?,
            action,
            place,
            point,
            at,
            answer: answer?,
            because: mentions.iter().map(|m| m.address.clone()).collect(),
            needs,
            clause: block.clause,
            span: block.span.clone(),
            answer_span: table.span_of("answer"),
        },
        mentions,
    })
}

fn verdict(text: &super::table::Text, sink: &mut Sink) -> Option<Verdict> {
    let said = fold(&text.text);
    let found = VERDICTS
        .iter()
        .find(|(en, zh, _)| said == *en || said == *zh)
        .map(|(.., verdict)| *verdict);
    if found.is_none() {
        let words = || VERDICTS.iter().map(|(en, ..)| *en);
        let all: Vec<_> = words().collect();
        sink.error(
            DiagnosticKind::UnknownWord,
            text.span.clone(),
            format!("“{}”不是一种答案", text.text),
            format!("`{}` is no answer", text.text),
        )
        .hint(
            format!("应为 {}", all.join("、")),
            format!("expected {}", all.join(", ")),
        )
        .nearest(nearest(&text.text, words()));
    }
    found
}

/// `point = [lon, lat]`.
fn point(table: &Table<'_>, sink: &mut Sink) -> Option<(f64, f64)> {
    if !table.has("point") {
        return None;
    }
    let errors = sink.errors();
    let numbers = table.numbers("point", sink);
    let degrees: Vec<f64> = numbers
        .iter()
        .filter_map(|(written, _)| written.replace('_', "").parse().ok())
        .collect();
    match degrees[..] {
        [lon, lat] if lon.abs() <= 180.0 && lat.abs() <= 90.0 => Some((lon, lat)),
        _ => {
            if sink.errors() == errors {
                sink.error(
                    DiagnosticKind::Type,
                    table.span_of("point"),
                    "这不是一个点",
                    "this is no point",
                )
                .hint(
                    "写成 [经度, 纬度]：[112.55, 37.87]",
                    "write [longitude, latitude]: [112.55, 37.87]",
                );
            }
            None
        }
    }
}

/// The attribute or place that must be asked next, by its Chinese name.
fn needs(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Option<String> {
    let text = table.text("needs", sink)?;
    let attribute = scope
        .words
        .meanings(&text.text)
        .iter()
        .find_map(|m| match m {
            Meaning::Attribute(id) | Meaning::Negative(id) => scope.attribute(*id),
            _ => None,
        });
    if let Some(attribute) = attribute {
        return Some(attribute.label.zh.clone());
    }
    if let PlaceLookup::One(place) = scope.context.gazetteer.place(&text.text) {
        return Some(scope.context.gazetteer.place_name(place, crate::Lang::Zh));
    }
    let near = scope
        .words
        .nearest(&text.text, |m| matches!(m, Meaning::Attribute(_)));
    sink.error(
        DiagnosticKind::UnknownWord,
        text.span,
        format!("没有叫“{}”的属性或地点", text.text),
        format!("there is no attribute or place `{}`", text.text),
    )
    .nearest(near);
    None
}
