//! What is wrong with the files of a city folder, gathered so that one run reports everything.

use notice::{Diagnostic, DiagnosticKind, Label, Severity, diagnostic::Source};
use std::ops::Range;
use std::sync::Arc;

/// More findings than anybody reads in one run.
const FINDINGS_MAX: usize = 200;

/// A file of the folder, as messages show it.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Its path inside the folder, with `/`.
    pub(crate) name: Arc<str>,
    /// Its whole text.
    pub(crate) text: Arc<str>,
}

impl File {
    #[cfg(test)]
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    pub(crate) fn source(&self, span: Range<usize>) -> Source {
        Source {
            file: self.name.clone(),
            text: self.text.clone(),
            span,
        }
    }
}

/// Collects diagnostics.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: Vec<Diagnostic>,
    errors: usize,
}

impl Findings {
    /// An error at `span` (bytes) of `file`.
    pub(crate) fn error(
        &mut self,
        file: &File,
        span: Range<usize>,
        kind: DiagnosticKind,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Said<'_> {
        self.errors += 1;
        if self.found.len() >= FINDINGS_MAX {
            return Said(None);
        }
        self.found.push(Diagnostic {
            kind,
            severity: Severity::Error,
            place: file.source(span),
            message: Label::new(zh, en),
            hint: None,
            related: Vec::new(),
            clauses: Vec::new(),
            example: None,
        });
        Said(self.found.last_mut())
    }

    /// Takes over what another reader found.
    pub(crate) fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            let error = diagnostic.severity == Severity::Error;
            self.errors += usize::from(error);
            if self.found.len() < FINDINGS_MAX {
                self.found.push(diagnostic);
            }
        }
    }

    /// Errors so far, even those past the number that is kept.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// Everything found, file by file in the order of reading, in text order.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        let mut files: Vec<Arc<str>> = Vec::new();
        for found in &self.found {
            if !files.contains(&found.place.file) {
                files.push(found.place.file.clone());
            }
        }
        self.found.sort_by_key(|found| {
            let file = files.iter().position(|file| *file == found.place.file);
            (file, found.place.span.start)
        });
        self.found
    }
}

/// The finding just made, to say what to do about it.
pub(crate) struct Said<'a>(Option<&'a mut Diagnostic>);

impl Said<'_> {
    /// What was expected, or what to do next.
    pub(crate) fn hint(self, zh: impl Into<String>, en: impl Into<String>) {
        if let Said(Some(found)) = self {
            found.hint = Some(Label::new(zh, en));
        }
    }

    /// The nearest known word, if one is near.
    pub(crate) fn nearest(self, nearest: Option<&str>) {
        if let Some(word) = nearest {
            self.hint(
                format!("是不是“{word}”？"),
                format!("did you mean `{word}`?"),
            );
        }
    }
}
