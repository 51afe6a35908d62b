//! What is wrong with a text, where, and what to do about it: in Chinese and in English.

use crate::label::Label;
use crate::rule::ClauseAddress;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

mod example;
mod render;
pub use example::Example;
pub use render::{render, render_all};

/// One thing found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// What it is.
    pub kind: DiagnosticKind,
    /// Errors refuse publication.
    pub severity: Severity,
    /// Where.
    pub place: Source,
    /// What is wrong, with the value seen.
    pub message: Label,
    /// What was expected or what to do next.
    pub hint: Option<Label>,
    /// Other places that belong to it, each with a word on why.
    pub related: Vec<(Source, Label)>,
    /// The clauses involved: both, for a conflict.
    pub clauses: Vec<ClauseAddress>,
    /// A concrete case.
    pub example: Option<Example>,
}

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path or name of the file.
    pub file: Arc<str>,
    /// The file's whole text.
    pub text: Arc<str>,
    /// Bytes.
    pub span: Range<usize>,
}

impl Source {
    /// Line and column of its start, both from 1; columns count characters.
    pub fn line_column(&self) -> (usize, usize) {
        let mut start = self.span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &self.text[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |s| s.chars().count()) + 1;
        (line, column)
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Publication is refused.
    Error,
    /// Worth a look.
    Warning,
}

/// What a diagnostic is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiagnosticKind {
    /// The text is not TOML, Markdown or a condition of the language.
    Syntax,
    /// The text is too large, too deep or not UTF-8.
    Limit,
    /// A key that this block does not know.
    UnknownKey,
    /// A required key is missing, or two exclude each other.
    MissingKey,
    /// A word that neither the vocabulary nor the city knows.
    UnknownWord,
    /// A word with several meanings here.
    AmbiguousWord,
    /// A value of the wrong type, unit or range.
    Type,
    /// A name given twice.
    Duplicate,
    /// `over` names rules in a circle.
    OverCycle,
    /// Two clauses contradict each other in a case.
    Conflict,
    /// A rule that changes no answer.
    DeadRule,
    /// An exception that excepts nothing.
    EmptyException,
    /// A condition or a time that never holds.
    NeverTrue,
    /// An `ask` whose answer does not come out.
    FailedAsk,
    /// An offer without a session that anybody could book, or whose sessions cannot all be known.
    NoSession,
    /// A session that is not in the notice's term.
    OutsideTerm,
    /// A slot that nobody may sign up for.
    NobodyEligible,
    /// Promised hours that the slots cannot give.
    OutOfReach,
    /// Sessions of which one takes one project overlap by halves.
    SlotsOverlap,
    /// Two slots in one room at once.
    RoomTwice,
    /// More people inside at once than the ground holds.
    Overfull,
    /// A stage that no matter can reach, or from which none can come to its end.
    StrayStage,
    /// Stages that a matter goes round without anybody deciding it.
    Loop,
    /// A sort that no matter is of.
    IdleSort,
    /// A matter of no sort.
    NoSort,
    /// A promise that the deadlines of the stages do not keep.
    BrokenPromise,
    /// Somebody who is to act and is not there.
    NobodyActs,
    /// A rule about what staff may do, outside the powers notice.
    Powers,
    /// A text that names another office than the one whose notice it is.
    Issuer,
    /// Something of the city folder itself.
    City,
}

impl fmt::Display for DiagnosticKind {
    /// The word of the command's JSON: `unknown-word`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "syntax",
            Self::Limit => "limit",
            Self::UnknownKey => "unknown-key",
            Self::MissingKey => "missing-key",
            Self::UnknownWord => "unknown-word",
            Self::AmbiguousWord => "ambiguous-word",
            Self::Type => "type",
            Self::Duplicate => "duplicate",
            Self::OverCycle => "over-cycle",
            Self::Conflict => "conflict",
            Self::DeadRule => "dead-rule",
            Self::EmptyException => "empty-exception",
            Self::NeverTrue => "never-true",
            Self::FailedAsk => "failed-ask",
            Self::NoSession => "no-session",
            Self::OutsideTerm => "outside-term",
            Self::NobodyEligible => "nobody-eligible",
            Self::OutOfReach => "out-of-reach",
            Self::SlotsOverlap => "slots-overlap",
            Self::RoomTwice => "room-twice",
            Self::Overfull => "overfull",
            Self::StrayStage => "stray-stage",
            Self::Loop => "loop",
            Self::IdleSort => "idle-sort",
            Self::NoSort => "no-sort",
            Self::BrokenPromise => "broken-promise",
            Self::NobodyActs => "nobody-acts",
            Self::Powers => "powers",
            Self::Issuer => "issuer",
            Self::City => "city",
        })
    }
}
