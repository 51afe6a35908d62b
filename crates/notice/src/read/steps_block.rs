//! A `steps` block, from its TOML to typed steps.

use super::address::{block_name, check_name};
use super::body::Block;
use super::scope::Scope;
use super::sink::Sink;
use super::stage::Names;
use super::table::{Table, Text, parse};
use super::{condition, duration, stage};
use crate::condition::Condition;
use crate::diagnostic::DiagnosticKind;
use crate::label::Label;
use crate::steps::{
    PAUSES_MAX, Pause, Promise, Reopen, SORTS_MAX, STAGES_MAX, Sort, Steps, StepsSpans,
};

const KEYS: &[&str] = &[
    "zh", "en", "who", "where", "sorts", "stages", "promise", "pause", "reopen", "callback", "demo",
];

/// Reads the block; `None` after reporting everything that is wrong with it.
pub(crate) fn read(scope: &Scope<'_>, block: &Block, sink: &mut Sink) -> Option<Steps> {
    let file = sink.text().clone();
    let errors = sink.errors();
    let name = block_name(&file, block, "steps ", sink);
    let source = file.get(block.content.clone()).unwrap_or_default();
    let parsed = parse(source, block.content.start, sink)?;
    let table = Table::new(&parsed, block.content.start).with_span(block.form.clone());
    table.only(KEYS, sink);
    let label = label(&table, sink);
    let who = who(scope, &table, "who", sink);
    let place = table
        .text("where", sink)
        .and_then(|text| scope.place(&text.text, text.span.clone(), sink));
    let named = named(&table, "stages", STAGES_MAX, true, sink);
    let names = Names::of(&named, sink);
    let stages: Vec<_> = named
        .iter()
        .filter_map(|one| stage::read(scope, one, &names, sink))
        .collect();
    let sorts: Vec<_> = self::named(&table, "sorts", SORTS_MAX, true, sink)
        .iter()
        .filter_map(|one| sort(scope, one, &names, sink))
        .collect();
    let promises = promises(&table, &names, sink);
    let pauses: Vec<_> = self::named(&table, "pause", PAUSES_MAX, false, sink)
        .iter()
        .filter_map(|one| pause(one, sink))
        .collect();
    let reopen = table
        .table("reopen", sink)
        .and_then(|table| reopen(&table, &names, sink));
    let callback = callback(&table, sink).unwrap_or(0);
    let demo = table.flag("demo", sink);
    if sink.errors() > errors {
        return None;
    }
    Some(Steps {
        name: name.to_owned(),
        label: label?,
        who,
        place,
        sorts,
        stages,
        promises,
        pauses,
        reopen,
        callback,
        demo,
        clause: block.clause,
        spans: StepsSpans {
            block: block.span.clone(),
            name: block.name.clone(),
            who: table.span_of("who"),
            sorts: table.span_of("sorts"),
        },
    })
}

/// A table with a key of its own, among others of its sort.
pub(super) struct Named<'t> {
    pub(super) name: &'t str,
    pub(super) span: std::ops::Range<usize>,
    pub(super) table: Table<'t>,
}

/// The tables under `key`, in the order of the text.
fn named<'t>(
    table: &Table<'t>,
    key: &str,
    most: usize,
    required: bool,
    sink: &mut Sink,
) -> Vec<Named<'t>> {
    if required && !table.has(key) {
        table.missing(key, sink);
    }
    let Some(all) = table.table(key, sink) else {
        return Vec::new();
    };
    let keys = all.keys();
    if keys.is_empty() || keys.len() > most {
        sink.error(
            DiagnosticKind::Limit,
            all.span(),
            format!("{key} 里有 {} 项", keys.len()),
            format!("`{key}` has {} of them", keys.len()),
        )
        .hint(
            format!("写 1 到 {most} 项"),
            format!("write 1 to {most} of them"),
        );
    }
    keys.into_iter()
        .take(most)
        .filter_map(|(name, span)| {
            check_name(name, span.clone(), sink);
            let table = all.table(name, sink)?;
            Some(Named { name, span, table })
        })
        .collect()
}

/// The words `zh` and `en` of a table.
pub(super) fn label(table: &Table<'_>, sink: &mut Sink) -> Option<Label> {
    let zh = table.required_text("zh", sink);
    let en = table.required_text("en", sink);
    let (zh, en) = (filled(zh?, sink), filled(en?, sink));
    Some(Label::new(zh?, en?))
}

fn filled(text: Text, sink: &mut Sink) -> Option<String> {
    let words = text.text.trim();
    if words.is_empty() || words.contains(char::is_control) {
        sink.error(
            DiagnosticKind::Type,
            text.span.clone(),
            "这里要有字，写在一行里",
            "this needs words, in one line",
        );
        return None;
    }
    Some(words.to_owned())
}

fn who(scope: &Scope<'_>, table: &Table<'_>, key: &str, sink: &mut Sink) -> Condition {
    table
        .text(key, sink)
        .and_then(|text| condition::read(scope, &text, sink))
        .unwrap_or(Condition::Always)
}

fn sort(scope: &Scope<'_>, one: &Named<'_>, names: &Names<'_>, sink: &mut Sink) -> Option<Sort> {
    let table = &one.table;
    table.only(&["zh", "en", "if", "first"], sink);
    let label = label(table, sink);
    let when = who(scope, table, "if", sink);
    let first = table.required_text("first", sink);
    let first = first.and_then(|text| names.stage(&text, sink));
    Some(Sort {
        name: one.name.to_owned(),
        label: label?,
        when,
        first: first?,
        span: one.span.clone(),
    })
}

/// `promise = { hear = "2 h", end = "5 workdays" }`.
fn promises(table: &Table<'_>, names: &Names<'_>, sink: &mut Sink) -> Vec<Promise> {
    let Some(all) = table.table("promise", sink) else {
        return Vec::new();
    };
    all.keys()
        .into_iter()
        .take(STAGES_MAX + 1)
        .filter_map(|(name, span)| {
            let done = names.way(name, span.clone(), sink);
            let within = duration::deadline(&all, name, sink);
            Some(Promise {
                done: done?,
                within: within?,
                span,
            })
        })
        .collect()
}

fn pause(one: &Named<'_>, sink: &mut Sink) -> Option<Pause> {
    one.table.only(&["zh", "en", "most"], sink);
    let label = label(&one.table, sink);
    if !one.table.has("most") {
        one.table.missing("most", sink);
    }
    let most = duration::deadline(&one.table, "most", sink);
    Some(Pause {
        name: one.name.to_owned(),
        label: label?,
        most: most?,
        span: one.span.clone(),
    })
}

fn reopen(table: &Table<'_>, names: &Names<'_>, sink: &mut Sink) -> Option<Reopen> {
    table.only(&["within", "to"], sink);
    if !table.has("within") {
        table.missing("within", sink);
    }
    let within = duration::deadline(table, "within", sink);
    let to = table.required_text("to", sink);
    let to = to.and_then(|text| names.stage(&text, sink));
    Some(Reopen {
        within: within?,
        to: to?,
    })
}

/// `callback = "10 %"`: whole percents.
fn callback(table: &Table<'_>, sink: &mut Sink) -> Option<u8> {
    let text = table.written("callback", sink)?;
    let folded = crate::vocabulary::words::fold(&text.text);
    let percent = folded
        .strip_suffix('%')
        .and_then(|number| number.trim().parse::<u8>().ok())
        .filter(|percent| (1..=100).contains(percent));
    if percent.is_none() {
        sink.error(
            DiagnosticKind::Type,
            text.span.clone(),
            format!("“{}”不是多大的比例", text.text),
            format!("`{}` is no share", text.text),
        )
        .hint(
            "写成 10 %，从 1 % 到 100 %；不回访就不写 callback",
            "write `10 %`, from 1 % to 100 %; leave `callback` out if nobody is asked",
        );
    }
    percent
}
