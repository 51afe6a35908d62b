//! Making a bundle.

use std::collections::BTreeMap;
use std::io;

use super::packing::{UNPACKED_BYTES_MAX, pack, seal};
use super::replay::Replay;
use super::{ABOUT, CHECKPOINT, ENTRIES, FORMAT, PROOF, STATE, text_file};
use crate::entry::Entry;
use crate::log::Log;
use crate::merkle::{Part, parts};
use crate::name::{Notice, TextVersion};
use crate::note::Verifier;
use crate::store::{Read, StoreError};

/// Entries read from the store at once.
const PAGE: usize = 1_000;

/// A bundle could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A version of the text was never kept.
    #[error("the text {text}, on which entry {entry} rests, was never kept")]
    Text {
        /// Which version.
        text: TextVersion,
        /// The first entry that names it.
        entry: u64,
    },
    /// Nothing has happened under this notice.
    #[error("nothing has happened under {0}: look at its slug")]
    Nothing(Notice),
    /// It would be larger than [`UNPACKED_BYTES_MAX`].
    #[error(
        "what happened under {0} is more than the {UNPACKED_BYTES_MAX} bytes that a bundle can have"
    )]
    Large(Notice),
    /// The tar file could not be put together.
    #[error("the bundle cannot be put together: {0}")]
    Io(#[from] io::Error),
}

/// A bundle and what is in it.
#[derive(Debug)]
pub struct Exported {
    /// The file.
    pub file: Vec<u8>,
    /// Entries in it.
    pub entries: usize,
    /// Versions of the notice's text in it.
    pub texts: usize,
    /// Entries that the log has.
    pub size: u64,
}

/// Makes the bundle of a notice, from a store whose log is signed with the key of `verifier`. A writer may go on meanwhile:
/// the bundle is of the log as it is when this begins.
///
/// # Errors
/// [`ExportError`] when something is missing.
pub fn export(
    store: &impl Read,
    verifier: &Verifier,
    notice: &Notice,
) -> Result<Exported, ExportError> {
    let damaged = |sequence: u64, what: &dyn std::fmt::Display| {
        ExportError::Store(StoreError::Damaged(format!("entry {sequence}: {what}")))
    };
    let head = store.head()?;
    let (mut entries, mut sequences, mut texts) = (String::new(), Vec::new(), BTreeMap::new());
    let (mut replay, mut from) = (Replay::default(), 0);
    loop {
        let page = store.of_notice(notice, from, PAGE)?;
        for (sequence, leaf) in page.iter().filter(|(sequence, _)| *sequence < head.size) {
            let entry = Entry::from_leaf(leaf).map_err(|e| damaged(*sequence, &e))?;
            if let std::collections::btree_map::Entry::Vacant(new) = texts.entry(entry.text) {
                let text = store.text(entry.text)?.ok_or(ExportError::Text {
                    text: entry.text,
                    entry: *sequence,
                })?;
                new.insert(text);
            }
            let line = std::str::from_utf8(leaf).map_err(|e| damaged(*sequence, &e))?;
            if line.contains('\n') {
                return Err(damaged(*sequence, &"it has more than one line"));
            }
            entries += line;
            entries.push('\n');
            sequences.push(*sequence);
            replay.apply(&entry);
        }
        if entries.len() > UNPACKED_BYTES_MAX {
            return Err(ExportError::Large(notice.clone()));
        }
        match page.last() {
            Some((last, _)) if *last < head.size => from = last + 1,
            _ => break,
        }
    }
    if sequences.is_empty() {
        return Err(ExportError::Nothing(notice.clone()));
    }
    same_in_store(store, &replay)?;
    let state = replay.lines().map_err(io::Error::other)?;
    let proof = parts(&Log(store), &sequences, head.size)?;
    let about = format!("{FORMAT}\n{notice}\n{verifier}\n");
    let (proof, state) = (proof_lines(&proof), lines(&state));
    let members = [
        (ABOUT.to_owned(), about.as_bytes()),
        (CHECKPOINT.to_owned(), head.checkpoint.as_bytes()),
        (ENTRIES.to_owned(), entries.as_bytes()),
        (PROOF.to_owned(), proof.as_bytes()),
        (STATE.to_owned(), state.as_bytes()),
    ];
    let texts = texts
        .iter()
        .map(|(version, text)| (text_file(*version), text.as_slice()));
    let members: Vec<_> = members.into_iter().chain(texts).collect();
    let packed = pack(members.iter().map(|(name, bytes)| (name.as_str(), *bytes)))?;
    if packed.len() > UNPACKED_BYTES_MAX {
        return Err(ExportError::Large(notice.clone()));
    }
    Ok(Exported {
        file: seal(&packed),
        entries: sequences.len(),
        texts: members.len() - 5,
        size: head.size,
    })
}

/// An item that nobody has written since must be in the store as the entries have left it.
fn same_in_store(store: &impl Read, replay: &Replay) -> Result<(), StoreError> {
    for (id, item) in &replay.items {
        let kept = store.item(id)?;
        if kept.is_some_and(|kept| kept.version == item.version && kept != *item) {
            return Err(StoreError::Damaged(format!(
                "{} {} is not what its entries say",
                id.kind, id.key
            )));
        }
    }
    Ok(())
}

fn lines(lines: &[String]) -> String {
    lines
        .iter()
        .flat_map(|line| [line.as_str(), "\n"])
        .collect()
}

fn proof_lines(parts: &[Part]) -> String {
    let mut lines = String::with_capacity(parts.len() * 64);
    for Part { first, count, hash } in parts {
        lines += &format!("{first} {count} {hash}\n");
    }
    lines
}
