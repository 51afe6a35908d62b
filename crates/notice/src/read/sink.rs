//! Where a reader's findings go: bounded in number, always with a position in the whole file.

use crate::diagnostic::{Diagnostic, DiagnosticKind, Severity, Source};
use crate::label::Label;
use crate::rule::ClauseAddress;
use std::ops::Range;
use std::sync::Arc;

/// More findings than anybody reads in one run.
const FINDINGS_MAX: usize = 100;

/// Collects diagnostics about one file.
pub(crate) struct Sink {
    file: Arc<str>,
    text: Arc<str>,
    found: Vec<Diagnostic>,
    errors: usize,
}

impl Sink {
    pub(crate) fn new(file: &str, text: Arc<str>) -> Self {
        Self {
            file: file.into(),
            text,
            found: Vec::new(),
            errors: 0,
        }
    }

    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }

    pub(crate) fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Whether an error was found, even one past the number that is kept.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// Whether nothing more is kept, so that nothing more need be found out.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= FINDINGS_MAX
    }

    /// An error at `span` (bytes of the whole file).
    pub(crate) fn error(
        &mut self,
        kind: DiagnosticKind,
        span: Range<usize>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Handle<'_> {
        self.errors += 1;
        self.push(kind, Severity::Error, span, Label::new(zh, en))
    }

    /// A warning at `span` (bytes of the whole file).
    pub(crate) fn warning(
        &mut self,
        kind: DiagnosticKind,
        span: Range<usize>,
        message: Label,
    ) -> Handle<'_> {
        self.push(kind, Severity::Warning, span, message)
    }

    fn push(
        &mut self,
        kind: DiagnosticKind,
        severity: Severity,
        span: Range<usize>,
        message: Label,
    ) -> Handle<'_> {
        if self.is_full() {
            return Handle(None);
        }
        self.found.push(Diagnostic {
            kind,
            severity,
            place: Source {
                file: self.file.clone(),
                text: self.text.clone(),
                span,
            },
            message,
            hint: None,
            related: Vec::new(),
            clauses: Vec::new(),
            example: None,
        });
        Handle(self.found.last_mut())
    }

    /// Everything found, in text order.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|found| found.place.span.start);
        self.found
    }
}

/// The finding just made, to say more about it.
pub(crate) struct Handle<'a>(Option<&'a mut Diagnostic>);

impl Handle<'_> {
    /// What was expected, or what to do next.
    pub(crate) fn hint(self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        if let Handle(Some(found)) = self {
            found.hint = Some(Label::new(zh, en));
            return Handle(Some(found));
        }
        self
    }

    /// The nearest known word, if one is near; it comes before what was expected.
    pub(crate) fn nearest(self, nearest: Option<&str>) -> Self {
        let (Some(word), Handle(Some(found))) = (nearest, &self) else {
            return self;
        };
        let Label { zh, en } = found.hint.clone().unwrap_or_default();
        let zh = format!("是不是“{word}”？{zh}");
        let en = format!("did you mean `{word}`? {en}");
        self.hint(zh, en.trim_end())
    }

    /// Another stretch of the same file that belongs to it.
    pub(crate) fn related(
        self,
        span: Range<usize>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        if let Handle(Some(found)) = self {
            let place = Source {
                span,
                ..found.place.clone()
            };
            found.related.push((place, Label::new(zh, en)));
            return Handle(Some(found));
        }
        self
    }

    /// The clauses it is about.
    pub(crate) fn clauses(self, clauses: Vec<ClauseAddress>) -> Self {
        if let Handle(Some(found)) = self {
            found.clauses = clauses;
            return Handle(Some(found));
        }
        self
    }
}
