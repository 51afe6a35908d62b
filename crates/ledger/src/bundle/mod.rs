//! Bundles: all that happened under one notice, in one file that anybody can check offline.
//!
//! A bundle is a tar file, compressed with zstd, and the SHA-256 of that in a skippable frame of zstd at the end:
//!
//! | file | holds |
//! |---|---|
//! | `bundle.txt` | three lines: this format, the notice, and the ledger's public key as `name+id+key` |
//! | `checkpoint` | the signed checkpoint (C2SP) of the log as it was |
//! | `entries.jsonl` | the notice's entries, one a line, byte for byte the leaves of the log |
//! | `proof.txt` | the whole log in [`crate::merkle::Part`]s, one a line: first leaf, count, hash; each entry is a part of its own |
//! | `state.jsonl` | what the entries have made, one change a line: items, then claims, then who was forgotten |
//! | `texts/<sha-256>.md` | the versions of the notice's text on which the entries rest |
//!
//! [`verify`] needs nothing else but, to trust it, the key from elsewhere. It proves that each entry stands in the log and
//! that the state is what the entries make. That no entry was left out it cannot prove: see [`Verified::gaps`].

mod export;
mod packing;
mod replay;
mod verify;

pub use export::{ExportError, Exported, export};
pub use packing::{FILE_BYTES_MAX, MEMBERS_MAX, UNPACKED_BYTES_MAX};
pub use verify::{Verified, verify};

use crate::checkpoint::CheckpointError;
use crate::entry::BadEntry;
use crate::merkle::WrongParts;
use crate::name::{Notice, TextVersion};

const FORMAT: &str = "tongxin/bundle/v1";
const ABOUT: &str = "bundle.txt";
const CHECKPOINT: &str = "checkpoint";
const ENTRIES: &str = "entries.jsonl";
const PROOF: &str = "proof.txt";
const STATE: &str = "state.jsonl";

fn text_file(version: TextVersion) -> String {
    format!("texts/{version}.md")
}

/// What is wrong with a bundle, and where.
#[derive(Debug, thiserror::Error)]
#[error("{}{what}", self.place())]
pub struct Flaw {
    /// The file in the bundle; nothing if it is the bundle as a whole.
    pub member: Option<String>,
    /// Line in it, from 1.
    pub line: Option<usize>,
    /// Byte in the line, from 1.
    pub column: Option<usize>,
    /// What is wrong.
    pub what: What,
}

/// What can be wrong with a bundle.
#[derive(Debug, thiserror::Error)]
pub enum What {
    /// More bytes than this program takes.
    #[error("a bundle has at most {0} bytes, this one has more")]
    Large(usize),
    /// More files than this program takes.
    #[error("a bundle has at most {0} files, this one has more")]
    Many(usize),
    /// Not the beginning of a zstd file.
    #[error("not packed with zstd: this is no bundle, or its beginning was changed")]
    NotPacked,
    /// It can be unpacked only up to here.
    #[error("damaged or cut short; it can be unpacked up to here only: {0}")]
    Torn(String),
    /// All that it holds is right, but not the digest at its end.
    #[error(
        "all that it holds is right, but its packing was changed: the digest at its end does not fit"
    )]
    Seal,
    /// What follows is not a file as tar writes it.
    #[error("what follows it is no file as tar writes it: {0}")]
    After(String),
    /// A link, a folder, a device, a sparse file.
    #[error("only plain files may be in a bundle")]
    NotAFile,
    /// The tar file ends within it.
    #[error("it ends before its size")]
    Short,
    /// Two files of one name.
    #[error("it is there twice")]
    Twice,
    /// It has no business in a bundle.
    #[error("no bundle has such a file; nothing of it was written anywhere")]
    Unknown,
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// Not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// Lines must end.
    #[error("the last line does not end")]
    NoEnd,
    /// Another format.
    #[error("the format is `{0}`; this program reads {FORMAT}")]
    Format(String),
    /// Not three lines of format, notice and key.
    #[error("the format, the notice and the ledger's key are expected, a line each")]
    About,
    /// Not the key that is trusted.
    #[error("the bundle comes with key {0}, which is not the one to trust")]
    OtherKey(String),
    /// The checkpoint is not one to trust.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Not an entry.
    #[error(transparent)]
    Entry(#[from] BadEntry),
    /// The entry was changed.
    #[error(
        "entry {sequence} was changed: it is not the one whose hash is in the log (line {proof} of proof.txt)"
    )]
    Changed {
        /// Its number.
        sequence: u64,
        /// Line of its hash in `proof.txt`.
        proof: usize,
    },
    /// The hash of an entry was changed.
    #[error("the hash of entry {0} was changed; the entry itself is in the log")]
    HashChanged(u64),
    /// Entries are not in the order of the log.
    #[error("entry {0} stands behind a later one")]
    Order(u64),
    /// Time goes back.
    #[error("entry {0} was decided before the one in front of it")]
    Time(u64),
    /// The entry belongs to another notice.
    #[error("entry {sequence} belongs to notice {notice}")]
    OtherNotice {
        /// Its number.
        sequence: u64,
        /// Its notice.
        notice: Notice,
    },
    /// No part of the log is this entry alone.
    #[error("the hash of entry {0} is missing in proof.txt")]
    Unproved(u64),
    /// The text that an entry rests on is not there.
    #[error("entry {sequence} rests on the text {text}, which is missing")]
    NoText {
        /// Its number.
        sequence: u64,
        /// The text.
        text: TextVersion,
    },
    /// Nothing happened.
    #[error("there are no entries")]
    Nothing,
    /// Not a part of a log.
    #[error("first leaf, count and hash are expected")]
    Part,
    /// The parts are not those of a log.
    #[error(transparent)]
    Parts(#[from] WrongParts),
    /// The parts are of another log.
    #[error(
        "the parts do not lead to the root that was signed: one of them was changed, or they are of another log"
    )]
    Root,
    /// The text was changed.
    #[error("the text was changed: its SHA-256 is {0}")]
    TextChanged(TextVersion),
    /// The text is of no use.
    #[error("no entry rests on this text")]
    TextUnused,
    /// The state is not what the entries make.
    #[error("the entries make something else")]
    State,
    /// Right, but not written as a bundle is.
    #[error("not written as its own contents would be: byte {0} of the tar file is another")]
    Written(usize),
}

impl From<What> for Flaw {
    fn from(what: What) -> Self {
        Self {
            member: None,
            line: None,
            column: None,
            what,
        }
    }
}

impl Flaw {
    fn of(member: &str, what: impl Into<What>) -> Self {
        Self {
            member: Some(member.to_owned()),
            ..Self::from(what.into())
        }
    }

    fn at(member: &str, line: usize, what: impl Into<What>) -> Self {
        Self {
            line: Some(line),
            ..Self::of(member, what)
        }
    }

    /// `entries.jsonl, line 3, column 7: `, as far as it is known.
    fn place(&self) -> String {
        let mut place = self.member.clone().unwrap_or_default();
        for (name, number) in [("line", self.line), ("column", self.column)] {
            if let Some(number) = number {
                place += &format!(", {name} {number}");
            }
        }
        if place.is_empty() {
            place
        } else {
            place + ": "
        }
    }
}
