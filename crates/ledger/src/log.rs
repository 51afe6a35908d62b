//! The log as others read it: tiles, proofs and receipts, from what a store keeps.

use crate::merkle::{Hash, Tile, TileKind, Tiles, consistency, inclusion};
use crate::receipt::Receipt;
use crate::store::{Read, StoreError};

/// The log in a store. Stores keep full tiles; partial ones are made of entries and of the hashes over full tiles.
pub struct Log<'a, R: ?Sized>(pub &'a R);

impl<R: Read + ?Sized> Tiles for Log<'_, R> {
    type Error = StoreError;

    fn tile(&self, tile: Tile) -> Result<Vec<Hash>, StoreError> {
        let width = usize::from(tile.width);
        let first = tile.index.saturating_mul(u64::from(Tile::FULL));
        let mut hashes = match (self.0.full_tile(tile.level, tile.index)?, tile.level) {
            (Some(hashes), _) => hashes,
            (None, 0) => self
                .0
                .leaves(first, width)?
                .iter()
                .map(|leaf| Hash::leaf(leaf))
                .collect(),
            (None, level) => self.0.tile_roots(level - 1, first, width)?,
        };
        if hashes.len() < width {
            let Tile { level, index, .. } = tile;
            return Err(StoreError::Damaged(format!(
                "tile {index} of level {level} has {} of {width} hashes",
                hashes.len()
            )));
        }
        hashes.truncate(width);
        Ok(hashes)
    }
}

impl<R: Read + ?Sized> Log<'_, R> {
    /// The receipt of an entry under the newest checkpoint; nothing if there is no such entry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn receipt(&self, sequence: u64) -> Result<Option<Receipt>, StoreError> {
        let head = self.0.head()?;
        if sequence >= head.size {
            return Ok(None);
        }
        let missing = || StoreError::Damaged(format!("entry {sequence} is missing"));
        let leaf = self.0.leaf(sequence)?.ok_or_else(missing)?;
        let proof = inclusion(self, sequence, head.size)?;
        Ok(Some(Receipt {
            leaf,
            index: sequence,
            proof,
            checkpoint: head.checkpoint,
        }))
    }

    /// The proof that the log only grew between two sizes; nothing if it was never that large.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        if old > new || new > self.0.head()?.size {
            return Ok(None);
        }
        consistency(self, old, new).map(Some)
    }

    /// What the log serves at a path of C2SP tlog-tiles: `checkpoint`, a tile of hashes or a bundle of entries; nothing at
    /// all other paths, and for tiles wider than the log has come.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let head = self.0.head()?;
        if path == "checkpoint" {
            return Ok((head.size > 0).then(|| head.checkpoint.into_bytes()));
        }
        let Ok((tile, kind)) = Tile::parse(path) else {
            return Ok(None);
        };
        if Tile::of(head.size, tile.level, tile.index).is_none_or(|whole| whole.width < tile.width)
        {
            return Ok(None);
        }
        Ok(Some(match kind {
            TileKind::Hashes => Hash::join(&self.tile(tile)?),
            TileKind::Entries => bundle(
                &self
                    .0
                    .leaves(tile.index * u64::from(Tile::FULL), usize::from(tile.width))?,
            )?,
        }))
    }
}

/// Entries one after the other, each after its length.
fn bundle(leaves: &[Vec<u8>]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(leaves.iter().map(|leaf| leaf.len() + 2).sum());
    for leaf in leaves {
        let length = u16::try_from(leaf.len())
            .map_err(|_| StoreError::Damaged("an entry is too long".to_owned()))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(leaf);
    }
    Ok(bytes)
}
