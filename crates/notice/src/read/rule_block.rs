//! A `rule` block, from its TOML to a typed rule.

use super::address::{self, Mention, block_name, check_name};
use super::body::Block;
use super::condition;
use super::scope::{Scope, report_value};
use super::sink::Sink;
use super::subject::possible;
use super::table::{Table, Text, parse};
use super::value::exact_amount;
use super::when;
use crate::condition::Condition;
use crate::diagnostic::DiagnosticKind;
use crate::gazetteer::{PlaceId, PlaceLookup};
use crate::read::number::{conversion, scaled, split_unit};
use crate::rule::{Checks, Effect, Exception, Rule, RuleSpans};
use crate::text::Slug;
use crate::vocabulary::words::{Meaning, fold};
use crate::vocabulary::{ActionId, Grid, MeasureId};
use jiff::civil::Date;

const KEYS: &[&str] = &[
    "forbid", "require", "limit", "permit", "at_most", "at_least", "who", "where", "when",
    "except", "by", "checks", "over", "demo",
];
const EFFECTS: [&str; 4] = ["forbid", "require", "limit", "permit"];

/// A rule and the addresses it mentions, to be checked once all rules are known.
pub(crate) struct ReadRule {
    pub(crate) rule: Rule,
    pub(crate) mentions: Vec<Mention>,
}

/// Reads the block; `None` after reporting everything that is wrong with it. Recurrences count from `start`.
pub(crate) fn read(
    scope: &Scope<'_>,
    own: &Slug,
    block: &Block,
    start: Date,
    sink: &mut Sink,
) -> Option<ReadRule> {
    let file = sink.text().clone();
    let errors = sink.errors();
    let name = block_name(&file, block, "规则", sink);
    let source = file.get(block.content.clone()).unwrap_or_default();
    let parsed = parse(source, block.content.start, sink)?;
    let table = Table::new(&parsed, block.content.start).with_span(block.form.clone());
    table.only(KEYS, sink);
    let effect_key = effect_key(&table, sink);
    let effect = effect_key.and_then(|key| effect(scope, &table, key, sink));
    let who = match table.text("who", sink) {
        None => Condition::Always,
        Some(text) => condition::read(scope, &text, sink).unwrap_or(Condition::Always),
    };
    let places = places(scope, &table, sink);
    let lines = table.texts("when", sink);
    let when: Vec<_> = lines
        .iter()
        .filter_map(|line| when::read(line, start, sink))
        .collect();
    let exceptions = exceptions(scope, &table, sink);
    let by = table.text("by", sink).map(|text| {
        scope.office(&text.text, text.span.clone(), sink);
        text.text.to_string()
    });
    let checks = table
        .table("checks", sink)
        .and_then(|checks| inspections(scope, &checks, sink));
    let mentions: Vec<_> = table
        .texts("over", sink)
        .iter()
        .filter_map(|text| address::read(text, own, false, sink))
        .collect();
    let demo = table.flag("demo", sink);
    let effect = effect?;
    if sink.errors() > errors {
        return None;
    }
    let spans = RuleSpans {
        block: block.span.clone(),
        name: block.name.clone(),
        effect: effect_key.map(|key| table.span_of(key)).unwrap_or_default(),
        who: table.span_of("who"),
        places: table.span_of("where"),
        when: table.span_of("when"),
        over: table.span_of("over"),
    };
    doable(scope, &effect, &who, &spans, sink);
    Some(ReadRule {
        rule: Rule {
            name: name.to_owned(),
            effect,
            who,
            places,
            when,
            exceptions,
            by,
            checks,
            over: mentions.iter().map(|m| m.address.clone()).collect(),
            demo,
            clause: block.clause,
            spans,
        },
        mentions,
    })
}

/// The one key that says what the rule does.
fn effect_key(table: &Table<'_>, sink: &mut Sink) -> Option<&'static str> {
    let given: Vec<_> = EFFECTS.into_iter().filter(|key| table.has(key)).collect();
    match given[..] {
        [] => {
            sink.error(
                DiagnosticKind::MissingKey,
                table.span(),
                "规则没说做什么",
                "the rule does not say what it does",
            )
            .hint(
                "写 forbid（不得）、require（必须）、limit（限量）或 permit（可以）中的一个",
                "write one of forbid, require, limit, permit",
            );
            None
        }
        [key] => Some(key),
        [first, second, ..] => {
            sink.error(
                DiagnosticKind::MissingKey,
                table.span_of(second),
                format!("{first} 和 {second} 不能写在一条规则里"),
                format!("{first} and {second} exclude each other"),
            )
            .hint("分成两条规则", "write two rules")
            .related(
                table.span_of(first),
                format!("{first} 在这里"),
                format!("{first} is here"),
            );
            None
        }
    }
}

fn effect(scope: &Scope<'_>, table: &Table<'_>, key: &str, sink: &mut Sink) -> Option<Effect> {
    if key == "limit" {
        return limit(scope, table, sink);
    }
    for bound in ["at_most", "at_least"] {
        if table.has(bound) {
            sink.error(
                DiagnosticKind::UnknownKey,
                table.span_of(bound),
                format!("{bound} 只和 limit 一起用"),
                format!("{bound} goes with limit only"),
            );
        }
    }
    let texts = table.texts(key, sink);
    let mut actions: Vec<ActionId> = Vec::with_capacity(texts.len());
    for text in &texts {
        let Some(action) = scope.action(&text.text, text.span.clone(), sink) else {
            continue;
        };
        if actions.contains(&action) {
            sink.error(
                DiagnosticKind::Duplicate,
                text.span.clone(),
                format!("“{}”写了两次", text.text),
                format!("`{}` is given twice", text.text),
            );
        }
        actions.push(action);
    }
    if actions.is_empty() {
        if texts.is_empty() {
            sink.error(
                DiagnosticKind::MissingKey,
                table.span_of(key),
                format!("{key} 后面没写行为"),
                format!("{key} names no action"),
            );
        }
        return None;
    }
    Some(match key {
        "forbid" => Effect::Forbid(actions),
        "require" => Effect::Require(actions),
        _ => Effect::Permit(actions),
    })
}

fn limit(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Option<Effect> {
    let text = table.text("limit", sink)?;
    let found = scope
        .words
        .meanings(&text.text)
        .iter()
        .find_map(|m| match m {
            Meaning::Measure(measure) => Some(*measure),
            _ => None,
        });
    let known = found.and_then(|id| {
        let measure = scope.context.vocabulary.measures.get(usize::from(id.0))?;
        Some((id, measure))
    });
    let Some((id, measure)) = known else {
        let near = scope
            .words
            .nearest(&text.text, |meaning| matches!(meaning, Meaning::Measure(_)));
        sink.error(
            DiagnosticKind::UnknownWord,
            text.span.clone(),
            format!("没有叫“{}”的指标", text.text),
            format!("there is no measure `{}`", text.text),
        )
        .hint(
            "词汇表 [[measure]] 里的词",
            "a word of [[measure]] in the vocabulary",
        )
        .nearest(near);
        return None;
    };
    let at_most = bound(table, "at_most", &measure.grid, &measure.label, sink);
    let at_least = bound(table, "at_least", &measure.grid, &measure.label, sink);
    if !table.has("at_most") && !table.has("at_least") {
        sink.error(
            DiagnosticKind::MissingKey,
            text.span,
            format!("“{}”没说多少", measure.label.zh),
            format!("`{}` is limited to nothing", measure.label.en),
        )
        .hint(
            format!(
                "加一行 at_most = \"… {0}\" 或 at_least = \"… {0}\"",
                measure.grid.unit
            ),
            format!(
                "add at_most = \"… {0}\" or at_least = \"… {0}\"",
                measure.grid.unit
            ),
        );
        return None;
    }
    if let (Some(most), Some(least)) = (at_most, at_least)
        && least > most
    {
        sink.error(
            DiagnosticKind::Type,
            table.span_of("at_least"),
            "at_least 比 at_most 还大",
            "at_least is above at_most",
        )
        .hint("没有数能同时满足", "no amount satisfies both");
    }
    Some(Effect::Limit {
        measure: MeasureId(id.0),
        at_most,
        at_least,
    })
}

fn bound(
    table: &Table<'_>,
    key: &str,
    grid: &Grid,
    name: &crate::Label,
    sink: &mut Sink,
) -> Option<i64> {
    let text = table.written(key, sink)?;
    match exact_amount(grid, &text.text, name) {
        Ok(amount) => Some(amount),
        Err(fault) => {
            report_value(fault, &text.text, name, text.span, sink);
            None
        }
    }
}

fn places(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Vec<PlaceId> {
    let texts = table.texts("where", sink);
    if texts.is_empty() && table.has("where") && table.span_of("where").len() <= 2 {
        sink.error(
            DiagnosticKind::MissingKey,
            table.span_of("where"),
            "where 里没有地点",
            "where names no place",
        )
        .hint("全市都适用就去掉这一行", "leave it out for the whole city");
    }
    let mut places: Vec<PlaceId> = texts
        .iter()
        .filter_map(|text| scope.place(&text.text, text.span.clone(), sink))
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// More than any rule has; each costs a proof that it excepts something.
const EXCEPTIONS_MAX: usize = 200;

fn exceptions(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Vec<Exception> {
    let Some(except) = table.table("except", sink) else {
        return Vec::new();
    };
    let mut exceptions = Vec::new();
    if except.keys().len() > EXCEPTIONS_MAX {
        sink.error(
            DiagnosticKind::Limit,
            except.span(),
            format!("除外太多：一条规则最多 {EXCEPTIONS_MAX} 个"),
            format!("too many exceptions: a rule has at most {EXCEPTIONS_MAX}"),
        )
        .hint(
            "用“或”“属于”把除外并成几个，或者把规则拆开",
            "join exceptions by `or` or `in`, or split the rule",
        );
        return exceptions;
    }
    for (name, span) in except.keys() {
        check_name(name, span, sink);
        let Some(text) = except.text(name, sink) else {
            continue;
        };
        if let Some(condition) = condition::read(scope, &text, sink) {
            exceptions.push(Exception {
                name: name.to_owned(),
                condition,
                span: text.span,
            });
        }
    }
    exceptions
}

/// `checks = { target, every, by, first }`.
fn inspections(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Option<Checks> {
    table.only(&["target", "every", "by", "first"], sink);
    let target = table.required_text("target", sink);
    let by = table.required_text("by", sink);
    let every = match table.has("every") {
        true => table.written("every", sink),
        false => {
            table.missing("every", sink);
            None
        }
    };
    let first = table.text("first", sink);
    for word in target.iter().chain(&first) {
        checked(scope, word, sink);
    }
    if let Some(by) = &by {
        scope.office(&by.text, by.span.clone(), sink);
    }
    let every = every?;
    let every_days = days(&every.text);
    if every_days.is_none() {
        sink.error(
            DiagnosticKind::Type,
            every.span.clone(),
            format!("“{}”不是多少天", every.text),
            format!("`{}` is no number of days", every.text),
        )
        .hint("写成 1 天、2 周", "write `1 day`, `2 weeks`");
    }
    Some(Checks {
        target: target?.text.to_string(),
        every_days: every_days?,
        by: by?.text.to_string(),
        first: first.map(|t| t.text.to_string()),
    })
}

/// Whole days, from `1 天`, `2 周`, `48 h`.
fn days(text: &str) -> Option<u16> {
    let folded = fold(text);
    let (number, unit) = split_unit(&folded);
    let (n, d) = conversion(unit, "天")?;
    let amount = scaled(number, 0)?.checked_mul(n)?;
    let days = (amount % d == 0).then_some(amount / d)?;
    u16::try_from(days).ok().filter(|days| *days > 0)
}

/// What is checked is a place, a kind, or a list that the vocabulary knows.
fn checked(scope: &Scope<'_>, word: &Text, sink: &mut Sink) {
    let meanings = scope.words.meanings(&word.text);
    if meanings.iter().any(|m| matches!(m, Meaning::Kind(_)))
        || scope.attribute_of_value(&word.text).is_some()
    {
        return;
    }
    match scope.context.gazetteer.place(&word.text) {
        PlaceLookup::One(_) => {}
        PlaceLookup::Several(_) => {
            scope.place(&word.text, word.span.clone(), sink);
        }
        PlaceLookup::None { nearest } => {
            let near = scope
                .words
                .nearest(&word.text, |m| matches!(m, Meaning::Kind(_)))
                .map(str::to_owned)
                .or(nearest);
            sink.error(
                DiagnosticKind::UnknownWord,
                word.span.clone(),
                format!("不认识“{}”", word.text),
                format!("`{}` is not known", word.text),
            )
            .hint("应为地点、名单或种类", "expected a place, a list or a kind")
            .nearest(near.as_deref());
        }
    }
}

/// Reports an action that nobody whom the rule concerns can do.
fn doable(scope: &Scope<'_>, effect: &Effect, who: &Condition, spans: &RuleSpans, sink: &mut Sink) {
    let vocabulary = scope.context.vocabulary;
    let actions = match effect {
        Effect::Forbid(actions) | Effect::Require(actions) | Effect::Permit(actions) => {
            actions.clone()
        }
        Effect::Limit { measure, .. } => vocabulary
            .measures
            .get(usize::from(measure.0))
            .map(|measure| measure.action)
            .into_iter()
            .collect(),
    };
    let kinds = possible(vocabulary, who);
    if kinds.is_empty() {
        return; // nobody at all: the proof says so
    }
    for action in actions {
        let Some(action) = vocabulary.actions.get(usize::from(action.0)) else {
            continue;
        };
        let can = action.actors.is_empty()
            || kinds.iter().any(|kind| {
                action
                    .actors
                    .iter()
                    .any(|actor| vocabulary.kinds_under(*actor).contains(&kind.0))
            });
        if !can {
            let form = |get: fn(&crate::Label) -> &str, between: &str| {
                let names: Vec<_> = action
                    .actors
                    .iter()
                    .filter_map(|actor| vocabulary.kinds.get(usize::from(actor.0)))
                    .map(|kind| get(&kind.label))
                    .collect();
                names.join(between)
            };
            sink.error(
                DiagnosticKind::Type,
                spans.who.clone(),
                format!("这里说的谁都不能“{}”", action.label.zh),
                format!("nobody named here can {}", action.label.en),
            )
            .hint(
                format!("能“{}”的是：{}", action.label.zh, form(|l| &l.zh, "、")),
                format!("it is done by: {}", form(|l| &l.en, ", ")),
            )
            .related(spans.effect.clone(), "行为在这里", "the action is here");
        }
    }
}
