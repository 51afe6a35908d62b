//! `vocabulary.toml`: the city's words as a file. `cities/taiyuan-2022/vocabulary.toml` explains its keys at the top.

use super::words::{Meaning, Words, fold, value_position};
use super::*;
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::read::number::{decimals_of, scaled};
use crate::read::sink::Sink;
use crate::read::table::{Table, Text, parse};
use std::collections::HashMap;

impl Vocabulary {
    /// Reads a vocabulary file. `file` names it in messages.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in text order.
    pub fn read(file: &str, text: &str) -> Result<Vocabulary, Vec<Diagnostic>> {
        let mut sink = Sink::new(file, text.into());
        let mut vocabulary = Vocabulary::default();
        if let Some(parsed) = parse(text, 0, &mut sink) {
            let top = Table::new(&parsed, 0);
            top.only(&["kind", "attribute", "action", "measure"], &mut sink);
            read_kinds(&top, &mut vocabulary, &mut sink);
            read_attributes(&top, &mut vocabulary, &mut sink);
            read_actions(&top, &mut vocabulary, &mut sink);
            read_measures(&top, &mut vocabulary, &mut sink);
        }
        if sink.has_errors() {
            Err(sink.finish())
        } else {
            Ok(vocabulary)
        }
    }
}

fn label(table: &Table<'_>, sink: &mut Sink) -> Label {
    let zh = table
        .required_text("zh", sink)
        .map(|t| t.text.to_string())
        .unwrap_or_default();
    let en = table
        .required_text("en", sink)
        .map(|t| t.text.to_string())
        .unwrap_or_default();
    Label { zh, en }
}

fn words(table: &Table<'_>, key: &str, sink: &mut Sink) -> Vec<String> {
    table
        .texts(key, sink)
        .into_iter()
        .map(|t| t.text.to_string())
        .collect()
}

fn standard(table: &Table<'_>, sink: &mut Sink) -> Option<String> {
    table.text("standard", sink).map(|t| t.text.to_string())
}

fn unknown(what: (&str, &str), word: &Text, nearest: Option<&str>, sink: &mut Sink) {
    sink.error(
        DiagnosticKind::UnknownWord,
        word.span.clone(),
        format!("没有叫“{}”的{}", word.text, what.0),
        format!("there is no {} `{}`", what.1, word.text),
    )
    .nearest(nearest);
}

/// Kinds are stored in tree order, whatever the order in the file, so that what lies under one follows it directly.
fn read_kinds(top: &Table<'_>, vocabulary: &mut Vocabulary, sink: &mut Sink) {
    let tables = top.tables("kind", sink);
    let mut read = Vec::with_capacity(tables.len());
    let mut by_word: HashMap<String, usize> = HashMap::new();
    for table in &tables {
        table.only(&["zh", "en", "also", "under", "staff", "standard"], sink);
        let kind = Kind {
            label: label(table, sink),
            also: words(table, "also", sink),
            parent: None,
            end: 0,
            staff: table.flag("staff", sink),
            standard: standard(table, sink),
        };
        if by_word.insert(fold(&kind.label.zh), read.len()).is_some() {
            sink.error(
                DiagnosticKind::Duplicate,
                table.span_of("zh"),
                format!("“{}”写了两次", kind.label.zh),
                format!("`{}` is given twice", kind.label.zh),
            );
        }
        read.push(kind);
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); read.len()];
    let mut roots = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        match table.text("under", sink) {
            None => roots.push(at),
            Some(under) => match by_word.get(&fold(&under.text)) {
                // Parents first also rules out circles.
                Some(&parent) if parent < at => children[parent].push(at),
                Some(_) => {
                    sink.error(
                        DiagnosticKind::Type,
                        under.span,
                        "上级要写在前面".to_owned(),
                        "the kind above must come first".to_owned(),
                    );
                }
                None => unknown(
                    ("种类", "kind"),
                    &under,
                    words::nearest(&under.text, read.iter().map(|k: &Kind| k.label.zh.as_str())),
                    sink,
                ),
            },
        }
    }
    if sink.has_errors() {
        return;
    }
    // Depth first, without recursion: a hostile chain of kinds is only long, never deep.
    let mut stack: Vec<(usize, Option<KindId>)> =
        roots.into_iter().rev().map(|root| (root, None)).collect();
    while let Some((at, parent)) = stack.pop() {
        let id = KindId(u16::try_from(vocabulary.kinds.len()).unwrap_or(u16::MAX));
        vocabulary.kinds.push(Kind {
            parent,
            ..read[at].clone()
        });
        stack.extend(children[at].iter().rev().map(|&child| (child, Some(id))));
    }
    for at in (0..vocabulary.kinds.len()).rev() {
        let own = u16::try_from(at + 1).unwrap_or(u16::MAX);
        vocabulary.kinds[at].end = vocabulary.kinds[at].end.max(own);
        let end = vocabulary.kinds[at].end;
        if let Some(KindId(parent)) = vocabulary.kinds[at].parent {
            let parent = &mut vocabulary.kinds[usize::from(parent)];
            parent.end = parent.end.max(end);
        }
    }
}

fn kinds_named(
    table: &Table<'_>,
    key: &str,
    vocabulary: &Vocabulary,
    sink: &mut Sink,
) -> Vec<KindId> {
    let words = Words::of(&Vocabulary {
        kinds: vocabulary.kinds.clone(),
        ..Vocabulary::default()
    });
    let mut kinds = Vec::new();
    for word in table.texts(key, sink) {
        match words.meanings(&word.text).first() {
            Some(Meaning::Kind(kind)) => kinds.push(*kind),
            _ => unknown(
                ("种类", "kind"),
                &word,
                words.nearest(&word.text, |_| true),
                sink,
            ),
        }
    }
    kinds
}

fn values(table: &Table<'_>, sink: &mut Sink) -> Vec<Value> {
    let values: Vec<Value> = table
        .tables("values", sink)
        .iter()
        .map(|value| {
            value.only(&["zh", "en", "also"], sink);
            Value {
                label: label(value, sink),
                also: words(value, "also", sink),
            }
        })
        .collect();
    if values.is_empty() {
        table.missing("values", sink);
    }
    values
}

fn grid(table: &Table<'_>, sink: &mut Sink) -> Grid {
    let mut bounds = [0i64; 3];
    let written: Vec<Option<Text>> = ["min", "max", "step"]
        .iter()
        .map(|key| table.written(key, sink))
        .collect();
    let texts: Vec<&str> = written
        .iter()
        .map(|w| w.as_ref().map_or("", |t| &*t.text))
        .collect();
    let decimals = texts
        .iter()
        .map(|text| decimals_of(text))
        .max()
        .unwrap_or(0);
    for (at, (key, text)) in ["min", "max", "step"].iter().zip(&texts).enumerate() {
        match scaled(text, decimals) {
            Some(value) => bounds[at] = value,
            None if *key == "step" && text.is_empty() => {
                bounds[at] = 10i64.pow(u32::from(decimals))
            }
            None if text.is_empty() => table.missing(key, sink),
            None => {
                sink.error(
                    DiagnosticKind::Type,
                    table.span_of(key),
                    format!("“{key}”应为数"),
                    format!("`{key}` takes a number"),
                );
            }
        }
    }
    let [min, max, step] = bounds;
    let steps = (i128::from(max) - i128::from(min)) / i128::from(step.max(1));
    if !sink.has_errors()
        && (step <= 0 || max < min || (max - min) % step != 0 || steps > 10_000_000)
    {
        sink.error(
            DiagnosticKind::Type,
            table.span_of("max"),
            "min、max、step 应为：min ≤ max,step > 0,step 整除 max − min，且不超过一千万步"
                .to_owned(),
            "min <= max, step > 0, step divides max - min, at most ten million steps".to_owned(),
        );
        return Grid {
            min: 0,
            max: 0,
            step: 1,
            decimals: 0,
            unit: String::new(),
        };
    }
    let unit = table
        .text("unit", sink)
        .map(|t| t.text.to_string())
        .unwrap_or_default();
    Grid {
        min,
        max,
        step: step.max(1),
        decimals,
        unit,
    }
}

fn read_attributes(top: &Table<'_>, vocabulary: &mut Vocabulary, sink: &mut Sink) {
    for table in top.tables("attribute", sink) {
        table.only(
            &[
                "zh",
                "en",
                "also",
                "of",
                "city",
                "type",
                "ordered",
                "values",
                "negatives",
                "min",
                "max",
                "step",
                "unit",
                "phrase",
                "question",
                "standard",
            ],
            sink,
        );
        let Some(kind) = table.required_text("type", sink) else {
            continue;
        };
        let domain = match &*kind.text {
            "choice" => Domain::Choice {
                values: values(&table, sink),
                ordered: table.flag("ordered", sink),
            },
            "boolean" => Domain::Boolean {
                negatives: words(&table, "negatives", sink),
            },
            "number" => Domain::Number(grid(&table, sink)),
            "list" => Domain::List {
                values: values(&table, sink),
            },
            "place" => Domain::Place,
            other => {
                let known = ["choice", "boolean", "number", "list", "place"];
                sink.error(
                    DiagnosticKind::Type,
                    kind.span.clone(),
                    format!("没有“{other}”这种类型"),
                    format!("there is no type `{other}`"),
                )
                .hint(known.join("、"), known.join(", "))
                .nearest(words::nearest(other, known.into_iter()));
                continue;
            }
        };
        let holder = match table.text("city", sink) {
            Some(word) => {
                let otherwise = match &domain {
                    Domain::Choice { values, .. } => value_position(values, &word.text),
                    Domain::Boolean { .. } => ["否", "是"]
                        .iter()
                        .position(|w| fold(w) == fold(&word.text))
                        .and_then(|p| u32::try_from(p).ok()),
                    _ => None,
                };
                if otherwise.is_none() {
                    unknown(("值", "value"), &word, None, sink);
                }
                Holder::City {
                    otherwise: otherwise.unwrap_or(0),
                }
            }
            None => {
                if !table.has("of") {
                    table.missing("of", sink);
                }
                Holder::Kinds(kinds_named(&table, "of", vocabulary, sink))
            }
        };
        let question = table
            .table("question", sink)
            .map(|t| label(&t, sink))
            .unwrap_or_default();
        let phrase = table.table("phrase", sink).map(|t| label(&t, sink));
        let attribute = Attribute {
            label: label(&table, sink),
            also: words(&table, "also", sink),
            holder,
            domain,
            question,
            phrase,
            standard: standard(&table, sink),
        };
        let twin = vocabulary.attributes.iter().find(|a| {
            a.label.zh == attribute.label.zh
                && vocabulary.share_a_holder(&a.holder, &attribute.holder)
        });
        if twin.is_some() {
            sink.error(
                DiagnosticKind::Duplicate,
                table.span_of("zh"),
                format!("同一种类有两个“{}”", attribute.label.zh),
                format!("one kind has `{}` twice", attribute.label.zh),
            );
        }
        vocabulary.attributes.push(attribute);
    }
}

fn read_actions(top: &Table<'_>, vocabulary: &mut Vocabulary, sink: &mut Sink) {
    for table in top.tables("action", sink) {
        table.only(&["zh", "en", "also", "by", "default", "standard"], sink);
        let default = match table.text("default", sink) {
            None => super::Default::Allowed,
            Some(text) => match &*text.text {
                "allowed" => super::Default::Allowed,
                "forbidden" => super::Default::Forbidden,
                _ => {
                    unknown(
                        ("默认（allowed、forbidden）", "default (allowed, forbidden)"),
                        &text,
                        None,
                        sink,
                    );
                    super::Default::Allowed
                }
            },
        };
        let action = Action {
            label: label(&table, sink),
            also: words(&table, "also", sink),
            actors: kinds_named(&table, "by", vocabulary, sink),
            default,
            standard: standard(&table, sink),
        };
        vocabulary.actions.push(action);
    }
}

fn read_measures(top: &Table<'_>, vocabulary: &mut Vocabulary, sink: &mut Sink) {
    for table in top.tables("measure", sink) {
        table.only(
            &[
                "zh", "en", "also", "action", "min", "max", "step", "unit", "standard",
            ],
            sink,
        );
        let grid = grid(&table, sink);
        let action = table.required_text("action", sink);
        let words_known = Words::of(&Vocabulary {
            actions: vocabulary.actions.clone(),
            ..Vocabulary::default()
        });
        let found =
            action
                .as_ref()
                .and_then(|word| match words_known.meanings(&word.text).first() {
                    Some(Meaning::Action(action)) => Some(*action),
                    _ => {
                        unknown(
                            ("行为", "action"),
                            word,
                            words_known.nearest(&word.text, |_| true),
                            sink,
                        );
                        None
                    }
                });
        if let Some(action) = found {
            let measure = Measure {
                label: label(&table, sink),
                also: words(&table, "also", sink),
                action,
                grid,
                standard: standard(&table, sink),
            };
            vocabulary.measures.push(measure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_city_vocabulary_reads() {
        let text = include_str!("../../../../cities/taiyuan-2022/vocabulary.toml");
        let read = Vocabulary::read("vocabulary.toml", text);
        assert!(
            read.is_ok(),
            "{:?}",
            read.err().map(|f| f
                .into_iter()
                .map(|d| (d.place.line_column(), d.message.en))
                .collect::<Vec<_>>())
        );
    }
}
