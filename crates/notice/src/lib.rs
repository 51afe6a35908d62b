//! A public notice: from Markdown text to typed rules, and back to sentences.
//!
//! The one central type is [`Notice`]: front matter, clauses (a paragraph and the blocks under it), typed [`Rule`]s,
//! [`Offer`]s, [`Steps`] and [`Ask`]s, every part knowing where in the text it stands. Reading a text never fails half-way: it returns the notice
//! or every [`Diagnostic`] found in one run.
//!
//! ````
//! # mod places { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/places.rs")); }
//! # let gazetteer = places::Places; // a city of a few places
//! use notice::{Context, Vocabulary, read_notice};
//!
//! let vocabulary = Vocabulary::read("vocabulary.toml", r#"
//!     [[kind]]
//!     zh = "货车"
//!     en = "truck"
//!     [[action]]
//!     zh = "驶入"
//!     en = "drive"
//!     by = ["货车"]
//! "#).map_err(|found| notice::diagnostic::render_all(&found, notice::Lang::En))?;
//! let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
//! let context = Context { vocabulary: &vocabulary, gazetteer: &gazetteer, zone: &zone };
//!
//! let reading = read_notice(context, "notices/ring.md", r#"+++
//! title    = "货车限行通告"
//! issuer   = "traffic-police"
//! issued   = 2022-01-04T19:00
//! in_force = "2022-01-05T00:00/"
//! +++
//!
//! 白天,货车不得驶入中环以内。
//!
//! ```rule ring
//! forbid = "驶入"
//! who    = "货车"
//! where  = "中环以内"
//! when   = "每日 07:00-20:00"
//! ```
//! "#.as_bytes());
//! let notice = reading.notice.ok_or("it has errors")?;
//! assert_eq!(notice.rules[0].name, "ring");
//! assert_eq!(notice.clauses[0].citation(), "第1款");
//! # Ok::<(), String>(())
//! ````
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
pub mod offer;
mod read;
pub mod rule;
pub mod say;
pub mod steps;
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
pub use offer::{Minutes, Offer};
pub use read::{Context, Reading, read_condition, read_facts, read_moment, read_notice, read_when};
pub use rule::{ClauseAddress, Effect, Rule};
pub use steps::Steps;
pub use text::{Notice, Slug};
pub use time::{Hours, MinuteOfDay, Period, When};
pub use vocabulary::{ActionId, AttributeId, KindId, MeasureId, Vocabulary};
