//! Records: what was done, certified for the one who did it, and commended by a published rule.
//!
//! A [`Certificate`] is issued over a person's hours in an offer, once what the offer promises is met: [`Issue`] decides,
//! [`Revoke`] ends. What was checked and what staff granted stay two numbers in it for ever. Its holder takes it away as a
//! [`paper`] (PDF) or as a [`credential`] (Open Badges 3.0, signed), and anybody looks its number up. Who is commended
//! follows from the ledger and a rule of the notice alone ([`commend`]), so that anybody can redo the list.
//! `docs/certificates.md` tells the whole.

pub mod commend;
mod consent;
pub mod credential;
mod holder;
mod issue;
pub mod paper;
mod refusal;
mod revoke;
pub mod rows;
mod sum;

pub use consent::{Agree, ShowName};
pub use holder::{BadHolder, Holder, SALT_BYTES};
pub use issue::{Issue, IssueCertificate};
pub use refusal::{Refused, Why};
pub use revoke::{Revoke, RevokeCertificate};
pub use rows::{Certificate, Serial};

/// Minutes as people say them: `41小时30分`, `41 h 30 min`.
#[must_use]
pub fn hours(minutes: u32) -> notice::Label {
    notice::Label::new(refusal::chinese(minutes), refusal::english(minutes))
}
