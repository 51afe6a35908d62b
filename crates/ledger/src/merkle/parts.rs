//! A whole log in parts: the leaves that somebody has, one by one, and the hashes over all others. It proves any number of
//! leaves at once, with far fewer hashes than a proof for each.

use super::proof::{left_part, range};
use super::{Hash, Tiles};

/// Leaves that follow each other in the log, and the hash over them as the tree cuts it: a single leaf, or the whole of a
/// subtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The first of them, from 0.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// The hash over them; of a single leaf, the leaf's own.
    pub hash: Hash,
}

/// Parts that are not those of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongParts {
    /// A part is not where the tree has one.
    #[error("part {0} does not fit the parts of a tree of this size")]
    Cut(usize),
    /// Parts are missing at the end, or too many.
    #[error("{0} parts are not those of a tree of this size")]
    Count(usize),
}

/// The parts of the log of `size` leaves in which each of `alone` stands by itself and all else is summed up as far as the
/// tree allows. `alone` must be in order; what is not below `size` is left out.
///
/// # Errors
/// What reading the tiles fails with.
pub fn parts<T: Tiles + ?Sized>(
    tiles: &T,
    alone: &[u64],
    size: u64,
) -> Result<Vec<Part>, T::Error> {
    let alone = &alone[..alone.partition_point(|&leaf| leaf < size)];
    let mut all = Vec::new();
    if size > 0 {
        cut(tiles, alone, size, (0, size), &mut all)?;
    }
    Ok(all)
}

fn cut<T: Tiles + ?Sized>(
    tiles: &T,
    alone: &[u64],
    size: u64,
    (low, high): (u64, u64),
    all: &mut Vec<Part>,
) -> Result<(), T::Error> {
    let count = high - low;
    if alone.is_empty() || count == 1 {
        all.push(Part {
            first: low,
            count,
            hash: range(tiles, size, low, high)?,
        });
        return Ok(());
    }
    let middle = low + left_part(count);
    let (left, right) = alone.split_at(alone.partition_point(|&leaf| leaf < middle));
    cut(tiles, left, size, (low, middle), all)?;
    cut(tiles, right, size, (middle, high), all)
}

/// The root of the tree of `size` leaves that is made of these parts.
///
/// # Errors
/// [`WrongParts`] when they are not the parts of such a tree.
pub fn root_of_parts(parts: &[Part], size: u64) -> Result<Hash, WrongParts> {
    if size == 0 {
        return match parts {
            [] => Ok(Hash::empty_root()),
            _ => Err(WrongParts::Count(parts.len())),
        };
    }
    let mut at = 0;
    let root = join(parts, &mut at, 0, size)?;
    if at == parts.len() {
        Ok(root)
    } else {
        Err(WrongParts::Count(parts.len()))
    }
}

/// Parts cut the log finer with every level, at most 64 of them, so this goes no deeper than that.
fn join(parts: &[Part], at: &mut usize, low: u64, high: u64) -> Result<Hash, WrongParts> {
    let part = parts.get(*at).ok_or(WrongParts::Count(parts.len()))?;
    if part.first != low || part.count == 0 || part.count > high - low {
        return Err(WrongParts::Cut(*at));
    }
    if part.count == high - low {
        *at += 1;
        return Ok(part.hash);
    }
    let middle = low + left_part(high - low);
    let left = join(parts, at, low, middle)?;
    Ok(Hash::node(left, join(parts, at, middle, high)?))
}
