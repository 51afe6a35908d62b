//! Publishing: drafts, a second officer's signature, texts that come into force now or at a time, corrections, withdrawals.
//!
//! The city folder is how a city begins. From then on every text is an entry's: the commands here decide who may change what
//! is in force and when, the [`Shelf`] holds every edition of every notice and tells which stands at an instant, and a
//! [`Proof`] says what speaks against a text *before* it is published. The proof is made outside the ledger's writer, which
//! must not wait for it; the command then bears the digest of the texts that it was made against ([`Seen`]), and is refused
//! when others are in force by then. `docs/publishing.md` tells the whole.
//!
//! ```
//! use std::{path::Path, sync::Arc};
//!
//! use forms::publish::{Proposal, Shelf, prove};
//! use notice::Slug;
//!
//! let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
//! let (city, _) = city::City::load(&folder).map_err(|found| format!("{found:?}"))?;
//! let shelf = Shelf::founding(Arc::new(city));
//! let slug = Slug("quiet-hours".into());
//! let text = "no front matter, so nothing to publish";
//! let from = "2022-01-06T08:00:00+08:00".parse()?;
//! let proof = prove(&shelf, &Proposal { slug: &slug, text: Some(text.as_bytes()), from, office: "air-office" });
//! assert!(proof.refuses());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod commands;
mod concerning;
mod guard;
mod proof;
mod refusal;
mod rows;
mod shelf;

pub use commands::{
    DropDraft, Dropping, Publish, Publishing, SaveDraft, Saving, Sign, Signing, Withdraw,
    Withdrawing,
};
pub use concerning::Concerning;
pub use proof::{Moments, Proof, Proposal, between, changes, prove};
pub use refusal::Refusal;
pub use rows::{DraftText, Edition, Holds, Published, Seen, Signature, Texts};
pub use shelf::{Aside, Bound, Paper, Shelf};

/// The notice that says what staff may do; no other notice's rules may speak of that.
pub const POWERS: &str = "powers";
/// Bytes a text may have that is published here: ten times the longest that anybody wrote for a city.
pub const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Characters a withdrawal's reason may have.
pub const REASON_CHARS_MAX: usize = 500;
/// Days ahead for which a text may be planned.
pub const DAYS_AHEAD_MAX: i64 = 731;

/// Whether a text may be published under this short name: `night-noise`.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=64).contains(&text.len())
        && text.chars().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
        // These are pages of the desk, and the name that entries about accounts bear.
        && !matches!(text, "new" | "edit" | "accounts")
}
