//! What every stage of one reading shares: the context and the words, and the messages about words.

use super::Context;
use super::sink::Sink;
use super::value::ValueFault;
use crate::diagnostic::DiagnosticKind;
use crate::gazetteer::{PlaceId, PlaceLookup};
use crate::vocabulary::ActionId;
use crate::vocabulary::words::{Meaning, Words};
use std::ops::Range;

/// The context of one reading.
pub(crate) struct Scope<'a> {
    pub(crate) context: Context<'a>,
    pub(crate) words: &'a Words,
}

impl Scope<'_> {
    /// Whether a word stands in the vocabulary, as a value too.
    pub(crate) fn knows(&self, word: &str) -> bool {
        !self.words.meanings(word).is_empty() || self.attribute_of_value(word).is_some()
    }

    /// The name of an attribute that has `word` as a value.
    pub(crate) fn attribute_of_value(&self, word: &str) -> Option<&crate::Label> {
        let id = self.words.attribute_of_value(word)?;
        self.attribute(id).map(|attribute| &attribute.label)
    }

    /// The place called `word`; reports if there is none or more than one.
    pub(crate) fn place(&self, word: &str, span: Range<usize>, sink: &mut Sink) -> Option<PlaceId> {
        match self.context.gazetteer.place(word.trim()) {
            PlaceLookup::One(place) => Some(place),
            PlaceLookup::Several(paths) => {
                report_ambiguous(word, &paths, span, sink);
                None
            }
            PlaceLookup::None { nearest } => {
                sink.error(
                    DiagnosticKind::UnknownWord,
                    span,
                    format!("没有叫“{word}”的地点"),
                    format!("there is no place `{word}`"),
                )
                .hint(
                    "写地名、代码，或者“小店区/平阳路街道”这样的路径",
                    "write a name, a code, or a path such as `小店区/平阳路街道`",
                )
                .nearest(nearest.as_deref());
                None
            }
        }
    }

    /// The action called `word`; reports if there is none.
    pub(crate) fn action(
        &self,
        word: &str,
        span: Range<usize>,
        sink: &mut Sink,
    ) -> Option<ActionId> {
        let found = self
            .words
            .meanings(word)
            .iter()
            .find_map(|meaning| match meaning {
                Meaning::Action(action) => Some(*action),
                _ => None,
            });
        if found.is_none() {
            let near = self
                .words
                .nearest(word, |meaning| matches!(meaning, Meaning::Action(_)));
            sink.error(
                DiagnosticKind::UnknownWord,
                span,
                format!("没有叫“{word}”的行为"),
                format!("there is no action `{word}`"),
            )
            .hint(
                "词汇表 [[action]] 里的词",
                "a word of [[action]] in the vocabulary",
            )
            .nearest(near);
        }
        found
    }

    /// Reports an office or role that the city does not have.
    pub(crate) fn office(&self, id: &str, span: Range<usize>, sink: &mut Sink) {
        if let Err(nearest) = self.context.gazetteer.office(id) {
            sink.error(
                DiagnosticKind::UnknownWord,
                span,
                format!("没有“{id}”这个机构或岗位"),
                format!("there is no office or role `{id}`"),
            )
            .hint("city.toml 里的代号", "an id of city.toml")
            .nearest(nearest.as_deref());
        }
    }
}

fn report_ambiguous(word: &str, paths: &[String], span: Range<usize>, sink: &mut Sink) {
    let shown: Vec<&str> = paths.iter().take(5).map(String::as_str).collect();
    sink.error(
        DiagnosticKind::AmbiguousWord,
        span,
        format!("叫“{word}”的地点有 {} 个", paths.len()),
        format!("{} places are called `{word}`", paths.len()),
    )
    .hint(
        format!("写全路径：{}", shown.join("、")),
        format!("write the path: {}", shown.join(", ")),
    );
}

/// Reports a value that cannot be understood. `attribute` is its attribute's name.
pub(crate) fn report_value(
    fault: ValueFault,
    word: &str,
    attribute: &crate::Label,
    span: Range<usize>,
    sink: &mut Sink,
) {
    match fault {
        ValueFault::Unknown { nearest, hint } => {
            let handle = sink.error(
                DiagnosticKind::UnknownWord,
                span,
                format!("“{}”没有“{word}”这个值", attribute.zh),
                format!("`{}` has no value `{word}`", attribute.en),
            );
            match hint {
                Some(hint) => handle.hint(hint.zh, hint.en),
                None => handle,
            }
            .nearest(nearest.as_deref());
        }
        ValueFault::Ambiguous(paths) => report_ambiguous(word, &paths, span, sink),
        ValueFault::Wrong { message, hint } => {
            sink.error(DiagnosticKind::Type, span, message.zh, message.en)
                .hint(hint.zh, hint.en);
        }
    }
}
