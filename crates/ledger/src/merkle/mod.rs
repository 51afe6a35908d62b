//! The Merkle log: RFC 6962 hashing, tiles of 256 hashes (C2SP tlog-tiles), and proofs made from them.
//!
//! Nothing here reads or writes: [`Tree`] is the growing right edge, [`Tiles`] is whoever can hand out tiles.

mod hash;
mod parts;
mod proof;
#[cfg(test)]
mod tests;
mod tile;
mod tree;

pub use hash::Hash;
pub use parts::{Part, WrongParts, parts, root_of_parts};
pub use proof::{BrokenProof, consistency, inclusion, root, verify_consistency, verify_inclusion};
pub use tile::{BadTilePath, Tile, TileKind, Tiles};
pub use tree::{FullTile, Tree, WrongEdge};
