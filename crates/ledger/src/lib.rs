//! Everything that happens, so that it cannot be edited unnoticed.
//!
//! An [`entry::Entry`] is one thing that happened; its bytes are a leaf of a Merkle log. A [`receipt::Receipt`] proves to
//! anybody, offline, that an entry is in the log.
//!
//! ```
//! use ledger::merkle::{Hash, Tree};
//! let mut tree = Tree::new();
//! tree.append(Hash::leaf(b"the first thing that happened"), &mut Vec::new());
//! assert_eq!(tree.root(), Hash::leaf(b"the first thing that happened"));
//! ```

pub mod checkpoint;
pub mod entry;
pub mod item;
pub mod merkle;
pub mod name;
pub mod note;
pub mod receipt;
