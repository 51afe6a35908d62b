//! Proofs before publishing: conflicts, dead rules, empty exceptions, conditions that never hold, asks that fail.

use crate::book::Book;
use notice::{Diagnostic, Slug};

/// Everything there is to say against publishing the notices `new` of `book` (all its notices, if `None`).
/// Conflicts with any other notice of the book are included, each naming both clauses and a concrete case.
pub fn prove(_book: &Book, _new: Option<&[Slug]>) -> Vec<Diagnostic> {
    todo!()
}
