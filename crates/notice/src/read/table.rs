//! TOML tables with positions: typed getters that report what is wrong where it stands.

use super::sink::Sink;
use crate::diagnostic::DiagnosticKind;
use crate::vocabulary::words::nearest;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table of a file's text that begins at byte `base` of the file.
pub(crate) struct Table<'t> {
    table: &'t DeTable<'t>,
    span: Range<usize>,
    base: usize,
}

/// A string value and where its characters stand in the file.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) text: Arc<str>,
    /// Bytes of the file it stands in, quotes included.
    pub(crate) span: Range<usize>,
    /// Byte of the file at which its first character stands; `None` if escapes make a mapping impossible.
    origin: Option<usize>,
}

impl Text {
    /// A text that is a file of its own.
    pub(crate) fn whole(text: Arc<str>) -> Self {
        Self {
            span: 0..text.len(),
            text,
            origin: Some(0),
        }
    }

    /// Bytes of the file at which `part` (bytes of this text) stands.
    pub(crate) fn locate(&self, part: Range<usize>) -> Range<usize> {
        match self.origin {
            Some(origin) => origin + part.start..origin + part.end,
            None => self.span.clone(),
        }
    }
}

/// TOML wants quotes around keys such as `预警级别`; writers need not know that.
fn is_word_key(source: &str, error: &toml::de::Error) -> bool {
    let word = error.span().and_then(|span| source.get(span));
    error.message().starts_with("invalid unquoted key")
        && word.is_some_and(|word| word.chars().all(char::is_alphanumeric))
}

/// The TOML parser's commonest complaints; it speaks English only.
fn in_chinese(message: &str) -> &str {
    const SAID: &[(&str, &str)] = &[
        ("duplicate key", "同一个键写了两次"),
        ("string values must be quoted", "文字要加引号"),
        (
            "invalid basic string",
            "引号没有配对，或者引号里有不能写的字符",
        ),
        ("invalid multi-line basic string", "三个引号没有配对"),
        ("invalid literal string", "单引号没有配对"),
        ("invalid unquoted key", "这样的键要加引号"),
        ("unclosed", "括号没有配对"),
        ("missing value", "等号后面没有值"),
        ("missing assignment", "缺少等号"),
        ("key with no value", "键后面没有等号和值"),
        ("missing comma", "缺少逗号"),
        ("extra comma", "多了逗号"),
        ("unexpected", "这里多了东西"),
        ("recur", "套得太深"),
        ("limit", "套得太深"),
        ("invalid", "这样写不对"),
    ];
    SAID.iter()
        .find(|(english, _)| message.contains(english))
        .map_or(message, |(_, chinese)| chinese)
}

/// A TOML type's name in Chinese.
fn type_in_chinese(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "文字",
        DeValue::Integer(_) => "整数",
        DeValue::Float(_) => "小数",
        DeValue::Boolean(_) => "真假值",
        DeValue::Datetime(_) => "时间",
        DeValue::Array(_) => "列表",
        DeValue::Table(_) => "表",
    }
}

/// Parses TOML that begins at byte `base` of the file; reports every error. `None` if nothing can be used.
pub(crate) fn parse<'t>(
    source: &'t str,
    base: usize,
    sink: &mut Sink,
) -> Option<Spanned<DeTable<'t>>> {
    let (table, mut errors) = DeTable::parse_recoverable(source);
    errors.retain(|error| !is_word_key(source, error));
    let failed = !errors.is_empty();
    for error in errors.into_iter().take(20) {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().next().unwrap_or_default();
        sink.error(
            DiagnosticKind::Syntax,
            base + span.start..base + span.end,
            format!("TOML 写错了：{}", in_chinese(message)),
            format!("this is not TOML: {message}"),
        )
        .hint(
            "写成 键 = \"值\"，一行一个",
            "write key = \"value\", one a line",
        );
    }
    (!failed).then_some(table)
}

impl<'t> Table<'t> {
    pub(crate) fn new(table: &'t Spanned<DeTable<'t>>, base: usize) -> Self {
        let span = table.span();
        Self {
            table: table.get_ref(),
            span: base + span.start..base + span.end,
            base,
        }
    }

    pub(crate) fn with_span(mut self, span: Range<usize>) -> Self {
        self.span = span;
        self
    }

    fn shift(&self, span: Range<usize>) -> Range<usize> {
        self.base + span.start..self.base + span.end
    }

    /// Reports keys that are not among `known`.
    pub(crate) fn only(&self, known: &[&str], sink: &mut Sink) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if sink.is_full() && sink.has_errors() {
                break;
            }
            if !known.contains(&name) {
                sink.error(
                    DiagnosticKind::UnknownKey,
                    self.shift(key.span()),
                    format!("这里没有“{name}”这个键"),
                    format!("`{name}` is not a key here"),
                )
                .hint(
                    format!("可以写的键：{}", known.join("、")),
                    format!("known keys: {}", known.join(", ")),
                )
                .nearest(nearest(name, known.iter().copied()));
            }
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn get(&self, key: &str) -> Option<(&'t DeValue<'t>, Range<usize>)> {
        let value = self.table.get(key)?;
        Some((value.get_ref(), self.shift(value.span())))
    }

    /// Where the value of `key` stands; empty at 0 if absent.
    pub(crate) fn span_of(&self, key: &str) -> Range<usize> {
        self.get(key).map_or(0..0, |(_, span)| span)
    }

    /// Reports that `key` is missing.
    pub(crate) fn missing(&self, key: &str, sink: &mut Sink) {
        let at = self.span.start
            ..self
                .span
                .start
                .saturating_add(3)
                .min(self.span.end.max(self.span.start));
        sink.error(
            DiagnosticKind::MissingKey,
            at,
            format!("缺少“{key}”"),
            format!("`{key}` is missing"),
        )
        .hint(format!("加一行 {key} = …"), format!("add a line {key} = …"));
    }

    fn wrong(
        &self,
        key: &str,
        found: &DeValue<'_>,
        span: Range<usize>,
        zh: &str,
        en: &str,
        sink: &mut Sink,
    ) {
        sink.error(
            DiagnosticKind::Type,
            span,
            format!("“{key}”应为{zh}，这里是{}", type_in_chinese(found)),
            format!("`{key}` takes {en}, not a {}", found.type_str()),
        );
    }

    fn text_of(&self, value: &str, span: Range<usize>, file: &str) -> Text {
        let raw = file.get(span.clone()).unwrap_or_default();
        let quote = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
            3
        } else {
            1
        };
        let inner = raw.get(quote..raw.len().saturating_sub(quote));
        Text {
            text: value.into(),
            origin: (inner == Some(value)).then_some(span.start + quote),
            span,
        }
    }

    /// The string at `key`; a value of another type is reported.
    pub(crate) fn text(&self, key: &str, sink: &mut Sink) -> Option<Text> {
        let (value, span) = self.get(key)?;
        match value {
            DeValue::String(text) => Some(self.text_of(text, span, &sink.text().clone())),
            other => {
                self.wrong(key, other, span, "带引号的文字", "a quoted text", sink);
                None
            }
        }
    }

    /// The words at `key`, trimmed; `None` if there are none.
    pub(crate) fn filled_text(&self, key: &str, sink: &mut Sink) -> Option<String> {
        let text = self.text(key, sink)?;
        let words = text.text.trim();
        (!words.is_empty()).then(|| words.to_owned())
    }

    /// The string at `key`, which must be there.
    pub(crate) fn required_text(&self, key: &str, sink: &mut Sink) -> Option<Text> {
        if !self.has(key) {
            self.missing(key, sink);
        }
        self.text(key, sink)
    }

    /// One string or a list of strings at `key`; empty if absent.
    pub(crate) fn texts(&self, key: &str, sink: &mut Sink) -> Vec<Text> {
        let Some((value, span)) = self.get(key) else {
            return Vec::new();
        };
        let file = sink.text().clone();
        match value {
            DeValue::String(text) => vec![self.text_of(text, span, &file)],
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::String(text) => {
                        Some(self.text_of(text, self.shift(item.span()), &file))
                    }
                    other => {
                        self.wrong(
                            key,
                            other,
                            self.shift(item.span()),
                            "带引号的文字",
                            "quoted texts",
                            sink,
                        );
                        None
                    }
                })
                .collect(),
            other => {
                self.wrong(
                    key,
                    other,
                    span,
                    "文字或文字的列表",
                    "a text or a list of texts",
                    sink,
                );
                Vec::new()
            }
        }
    }

    /// The truth value at `key`; false if absent.
    pub(crate) fn flag(&self, key: &str, sink: &mut Sink) -> bool {
        match self.get(key) {
            None => false,
            Some((DeValue::Boolean(flag), _)) => *flag,
            Some((other, span)) => {
                self.wrong(key, other, span, " true 或 false", "true or false", sink);
                false
            }
        }
    }

    /// A string or any scalar at `key`, as it would be written: numbers and TOML dates unquoted.
    pub(crate) fn written(&self, key: &str, sink: &mut Sink) -> Option<Text> {
        let (value, span) = self.get(key)?;
        match value {
            DeValue::String(text) => Some(self.text_of(text, span, &sink.text().clone())),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                let raw = sink.text().get(span.clone()).unwrap_or_default().to_owned();
                Some(Text {
                    text: raw.into(),
                    origin: Some(span.start),
                    span,
                })
            }
            other => {
                self.wrong(
                    key,
                    other,
                    span,
                    "文字、数或时间",
                    "a text, a number or a time",
                    sink,
                );
                None
            }
        }
    }

    /// The numbers at `key`, each as written; empty if absent.
    pub(crate) fn numbers(&self, key: &str, sink: &mut Sink) -> Vec<(String, Range<usize>)> {
        let file = sink.text().clone();
        self.list(
            key,
            ("数的列表", "a list of numbers"),
            sink,
            |item, span| {
                matches!(item, DeValue::Integer(_) | DeValue::Float(_)).then(|| {
                    let written = file.get(span.clone()).unwrap_or_default().to_owned();
                    (written, span)
                })
            },
        )
    }

    /// The list at `key`, each item as `take` takes it; one that it does not take is reported as not being what was expected.
    fn list<T>(
        &self,
        key: &str,
        expected: (&str, &str),
        sink: &mut Sink,
        take: impl Fn(&'t DeValue<'t>, Range<usize>) -> Option<T>,
    ) -> Vec<T> {
        let (zh, en) = expected;
        let items = match self.get(key) {
            None => return Vec::new(),
            Some((DeValue::Array(items), _)) => items,
            Some((other, span)) => {
                self.wrong(key, other, span, zh, en, sink);
                return Vec::new();
            }
        };
        let mut all = Vec::with_capacity(items.len());
        for item in items.iter() {
            let span = self.shift(item.span());
            match take(item.get_ref(), span.clone()) {
                Some(taken) => all.push(taken),
                None => self.wrong(key, item.get_ref(), span, zh, en, sink),
            }
        }
        all
    }

    /// The table at `key`.
    pub(crate) fn table(&self, key: &str, sink: &mut Sink) -> Option<Table<'t>> {
        match self.get(key)? {
            (DeValue::Table(table), span) => Some(Table {
                table,
                span,
                base: self.base,
            }),
            (other, span) => {
                self.wrong(key, other, span, "表 { … }", "a table { … }", sink);
                None
            }
        }
    }

    /// The array of tables at `key`; empty if absent.
    pub(crate) fn tables(&self, key: &str, sink: &mut Sink) -> Vec<Table<'t>> {
        self.list(
            key,
            ("表的列表", "a list of tables"),
            sink,
            |item, span| match item {
                DeValue::Table(table) => Some(Table {
                    table,
                    span,
                    base: self.base,
                }),
                _ => None,
            },
        )
    }

    /// Keys in the order written, each with its span.
    pub(crate) fn keys(&self) -> Vec<(&'t str, Range<usize>)> {
        self.table
            .keys()
            .map(|key| (key.get_ref().as_ref(), self.shift(key.span())))
            .collect()
    }

    /// The whole table.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}
