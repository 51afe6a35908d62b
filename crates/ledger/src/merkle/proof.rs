//! Inclusion and consistency proofs: made from tiles (RFC 6962 sections 2.1.1 and 2.1.2), checked without them
//! (RFC 9162 sections 2.1.3.2 and 2.1.4.2).

use super::tree::perfect;
use super::{Hash, Tile, Tiles};

/// A proof does not prove what it is shown for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenProof {
    /// The leaf's index is not below the tree's size.
    #[error("leaf {index} cannot be in a tree of {size} leaves")]
    OutOfTree {
        /// Index of the leaf, from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// A tree cannot be consistent with a smaller one that comes later.
    #[error("a tree of {old} leaves cannot have grown into one of {new}")]
    Shrunk {
        /// Leaves before.
        old: u64,
        /// Leaves after.
        new: u64,
    },
    /// The proof has too many or too few hashes for these sizes.
    #[error("the proof has {0} hashes, which is not the number that these sizes require")]
    Length(usize),
    /// The hashes lead to another root.
    #[error("the proof leads to another root: something was changed, or it belongs to another log")]
    Root,
}

/// The root of the first `size` leaves.
///
/// # Errors
/// What reading the tiles fails with.
pub fn root<T: Tiles + ?Sized>(tiles: &T, size: u64) -> Result<Hash, T::Error> {
    if size == 0 {
        Ok(Hash::empty_root())
    } else {
        range(tiles, size, 0, size)
    }
}

/// The proof that leaf `index` is in the tree of `size` leaves, from the leaf's sibling upwards. About log2(size) hashes
/// from as many tiles at most. Empty if the leaf is not in that tree; such a proof proves nothing.
///
/// # Errors
/// What reading the tiles fails with.
pub fn inclusion<T: Tiles + ?Sized>(
    tiles: &T,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, T::Error> {
    let mut proof = Vec::new();
    let (mut low, mut high) = (0, size);
    // From the root down to the leaf; the proof is read the other way.
    while index < size && high - low > 1 {
        let split = low + left_part(high - low);
        if index < split {
            proof.push(range(tiles, size, split, high)?);
            high = split;
        } else {
            proof.push(range(tiles, size, low, split)?);
            low = split;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `new` leaves begins with the tree of `old` leaves. Empty for `old` of 0 or `old` not below
/// `new`.
///
/// # Errors
/// What reading the tiles fails with.
pub fn consistency<T: Tiles + ?Sized>(
    tiles: &T,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, T::Error> {
    let mut proof = Vec::new();
    let (mut low, mut high) = (0, new);
    if old == 0 || old >= new {
        return Ok(proof);
    }
    while old != high {
        let split = low + left_part(high - low);
        if old <= split {
            proof.push(range(tiles, new, split, high)?);
            high = split;
        } else {
            proof.push(range(tiles, new, low, split)?);
            low = split;
        }
    }
    // The old tree's own root needs no saying if it is a whole subtree from the left.
    if low > 0 {
        proof.push(range(tiles, new, low, high)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that a leaf with this hash is leaf `index` of the tree with this root.
///
/// # Errors
/// [`BrokenProof`] when it is not, or the proof does not show it.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), BrokenProof> {
    if index >= size {
        return Err(BrokenProof::OutOfTree { index, size });
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for &sibling in proof {
        if last == 0 {
            return Err(BrokenProof::Length(proof.len()));
        }
        if node & 1 == 1 || node == last {
            hash = Hash::node(sibling, hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = Hash::node(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(BrokenProof::Length(proof.len()));
    }
    if hash == root {
        Ok(())
    } else {
        Err(BrokenProof::Root)
    }
}

/// Checks that the tree of `new` leaves with `new_root` begins with the tree of `old` leaves with `old_root`.
///
/// # Errors
/// [`BrokenProof`] when it does not, or the proof does not show it.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: Hash,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), BrokenProof> {
    if old > new {
        return Err(BrokenProof::Shrunk { old, new });
    }
    if old == new || old == 0 {
        let same = if old == 0 {
            old_root == Hash::empty_root()
        } else {
            old_root == new_root
        };
        return match (proof.is_empty(), same) {
            (false, _) => Err(BrokenProof::Length(proof.len())),
            (_, false) => Err(BrokenProof::Root),
            (true, true) => Ok(()),
        };
    }
    // A whole subtree from the left is its own first hash.
    let whole = old.is_power_of_two();
    let mut rest = proof.iter().copied();
    let first = if whole { Some(old_root) } else { rest.next() };
    let Some(first) = first else {
        return Err(BrokenProof::Length(proof.len()));
    };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut from_old, mut from_new) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(BrokenProof::Length(proof.len()));
        }
        if node & 1 == 1 || node == last {
            from_old = Hash::node(sibling, from_old);
            from_new = Hash::node(sibling, from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = Hash::node(from_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(BrokenProof::Length(proof.len()));
    }
    if from_old == old_root && from_new == new_root {
        Ok(())
    } else {
        Err(BrokenProof::Root)
    }
}

/// The largest power of two below `n`, for `n` of 2 or more.
pub(super) const fn left_part(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// The hash over leaves `low..high`, as the recursion of RFC 6962 cuts them: a part that is a power of two long begins at
/// a multiple of its length.
pub(super) fn range<T: Tiles + ?Sized>(
    tiles: &T,
    size: u64,
    low: u64,
    high: u64,
) -> Result<Hash, T::Error> {
    let length = high - low;
    if length.is_power_of_two() {
        return subtree(tiles, size, length.trailing_zeros(), low);
    }
    let split = low + left_part(length);
    let left = range(tiles, size, low, split)?;
    Ok(Hash::node(left, range(tiles, size, split, high)?))
}

/// The root of the perfect subtree of this height that begins at leaf `low`: part of one tile.
fn subtree<T: Tiles + ?Sized>(
    tiles: &T,
    size: u64,
    height: u32,
    low: u64,
) -> Result<Hash, T::Error> {
    let level = height / 8;
    let first = low >> (8 * level);
    let (index, start) = (first / 256, (first % 256) as usize);
    let width = (size >> (8 * level)).saturating_sub(index * 256).min(256);
    let hashes = tiles.tile(Tile {
        level: level as u8,
        index,
        width: width as u16,
    })?;
    let count = 1 << (height % 8);
    // A source that breaks its word and gives too few hashes makes a proof that does not verify, not a panic.
    Ok(hashes
        .get(start..start + count)
        .map_or_else(Hash::empty_root, perfect))
}
