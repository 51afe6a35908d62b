//! What changes for whom between two sets of rules.

use crate::book::Book;
use notice::ask::Verdict;
use notice::{ActionId, Label, Period};
use std::collections::BTreeMap;

/// A set of cases whose answer changed. The sets of one difference are disjoint.
#[derive(Debug, Clone)]
pub struct Change {
    /// What they do.
    pub action: ActionId,
    /// The cases, attribute by attribute, as words (`车型` → `中型, 重型`).
    pub case: BTreeMap<String, String>,
    /// When (in force in both or either).
    pub during: Period,
    /// What the answer was, with its limits as words.
    pub before: (Verdict, Vec<crate::LimitHeld>),
    /// What it is now.
    pub after: (Verdict, Vec<crate::LimitHeld>),
    /// The same said as a sentence.
    pub sentence: Label,
}

/// The exact, disjoint set of cases whose answer differs. Both books must share the vocabulary.
pub fn diff(_before: &Book, _after: &Book) -> Vec<Change> {
    todo!()
}
