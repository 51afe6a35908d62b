//! A public notice: from Markdown text to typed rules, and back to sentences.
//!
//! The one central type is [`Notice`]: front matter, clauses (a paragraph and the blocks under it), typed [`Rule`]s and
//! [`Ask`]s, every part knowing where in the text it stands. Reading a text never fails half-way: it returns the notice
//! or every [`Diagnostic`] found in one run.
//!
//! This crate has no clock, no randomness and no I/O, and does not know what a rule decides: that is `decide`.

#[cfg(test)]
extern crate self as notice;

pub mod ask;
pub mod condition;
pub mod diagnostic;
pub mod facts;
pub mod gazetteer;
pub mod label;
mod read;
pub mod rule;
pub mod say;
#[cfg(test)]
#[path = "../tests/support/places.rs"]
mod testing;
pub mod text;
pub mod time;
pub mod vocabulary;

pub use ask::Ask;
pub use condition::{Condition, DaySelector, ValueSet};
pub use diagnostic::{Diagnostic, DiagnosticKind, Severity};
pub use facts::Facts;
pub use gazetteer::{Gazetteer, PlaceId, PlaceLookup};
pub use label::{Label, Lang};
pub use read::{Context, Reading, read_condition, read_facts, read_moment, read_notice, read_when};
pub use rule::{ClauseAddress, Effect, Rule};
pub use text::{Notice, Slug};
pub use time::{Hours, MinuteOfDay, Period, When};
pub use vocabulary::{ActionId, AttributeId, KindId, MeasureId, Vocabulary};
