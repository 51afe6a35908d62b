//! The right edge of a growing tree: enough to append, to complete tiles and to tell the root.

use super::{Hash, Tile};

/// A Merkle tree that is appended to. It keeps the partial tiles and the roots of its perfect subtrees: under 66 KB at
/// any size.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Tree {
    size: u64,
    /// The partial tile of each level, lowest first; each under 256 hashes.
    edge: Vec<Vec<Hash>>,
    /// The perfect subtrees from the left, one for each set bit of `size`.
    frontier: Vec<Hash>,
}

/// A tile that has become full and never changes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullTile {
    /// Where it is.
    pub tile: Tile,
    /// Its 256 hashes.
    pub hashes: Vec<Hash>,
    /// The hash over all of them, which is one hash of the level above.
    pub root: Hash,
}

/// Partial tiles that do not belong to a tree of the size given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a tree of {size} leaves has {expected} hashes in its partial tile of level {level}, not {found}: the store is damaged; restore a backup"
)]
pub struct WrongEdge {
    /// Leaves in the tree.
    pub size: u64,
    /// Level of the tile.
    pub level: u8,
    /// Hashes it must have.
    pub expected: usize,
    /// Hashes it was given with.
    pub found: usize,
}

impl Tree {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree of `size` leaves whose partial tiles are `edge`, lowest level first. Levels that have no partial tile may
    /// be empty or, at the top, missing.
    ///
    /// # Errors
    /// [`WrongEdge`] when a partial tile has not the width that the size requires.
    pub fn resume(size: u64, edge: Vec<Vec<Hash>>) -> Result<Self, WrongEdge> {
        let mut frontier = Vec::new();
        for level in (0..8_u8).rev() {
            let expected = usize::from((size >> (8 * level)).to_le_bytes()[0]);
            let tile = edge.get(usize::from(level)).map_or(&[][..], Vec::as_slice);
            if tile.len() != expected {
                return Err(WrongEdge {
                    size,
                    level,
                    expected,
                    found: tile.len(),
                });
            }
            let mut rest = tile;
            for height in (0..8).rev().filter(|h| expected >> h & 1 == 1) {
                let (run, after) = rest.split_at(1 << height);
                frontier.push(perfect(run));
                rest = after;
            }
        }
        Ok(Self {
            size,
            edge,
            frontier,
        })
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; tiles that become full by it are pushed to `full`.
    pub fn append(&mut self, leaf: Hash, full: &mut Vec<FullTile>) {
        let mut hash = leaf;
        self.push_to_level(0, hash);
        let merges = self.size.trailing_ones();
        self.size += 1;
        for height in 1..=merges {
            // The invariant of `frontier` gives a left sibling for every merge; without one the loop ends early.
            let Some(left) = self.frontier.pop() else {
                break;
            };
            hash = Hash::node(left, hash);
            if height % 8 == 0 {
                let level = (height / 8) as usize;
                let hashes = std::mem::take(&mut self.edge[level - 1]);
                let below = (level - 1) as u8;
                let index = (self.size >> (8 * level)) - 1;
                full.push(FullTile {
                    tile: Tile {
                        level: below,
                        index,
                        width: Tile::FULL,
                    },
                    hashes,
                    root: hash,
                });
                self.push_to_level(level, hash);
            }
        }
        self.frontier.push(hash);
    }

    fn push_to_level(&mut self, level: usize, hash: Hash) {
        if self.edge.len() <= level {
            self.edge.resize_with(level + 1, Vec::new);
        }
        self.edge[level].push(hash);
    }

    /// The root hash over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut subtrees = self.frontier.iter().rev().copied();
        subtrees.next().map_or_else(Hash::empty_root, |last| {
            subtrees.fold(last, |right, left| Hash::node(left, right))
        })
    }

    #[cfg(test)]
    pub(super) fn frontier_for_test(&self) -> &[Hash] {
        &self.frontier
    }

    /// The partial tile of a level; empty when there is none.
    #[must_use]
    pub fn partial(&self, level: u8) -> &[Hash] {
        self.edge.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }
}

/// The hash over a power of two of hashes.
pub(super) fn perfect(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Hash::empty_root(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            Hash::node(perfect(left), perfect(right))
        }
    }
}
