//! An entrant's own line: that a number is in a closed list, provable without the rest of the list.

use ledger::merkle::{BrokenProof, FullTile, Hash, Tile, Tiles, Tree, inclusion, verify_inclusion};
use ledger::name::Key;
use serde::{Deserialize, Serialize};

use super::LINE_FORMAT;
use super::entrant::Entrant;
use super::file::{self, base64};
use super::hex::TermsDigest;
use super::stage::Closed;
use super::wrong::Wrong;

/// One entrant's line of a list, with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    format: String,
    /// Which draw.
    pub draw: Key,
    /// The digest of its terms.
    pub terms_digest: TermsDigest,
    /// Whose line.
    pub entrant: Entrant,
    /// Its place in the list, from 0.
    pub index: u64,
    /// How many entrants the list has.
    pub entrants: u64,
    /// The hashes that lead from it to the root, from its sibling upwards.
    #[serde(with = "base64::list")]
    pub proof: Vec<Hash>,
    /// The list's root.
    #[serde(with = "base64")]
    pub root: Hash,
}

impl Closed {
    /// The line of an entrant; nothing if they are not in the list.
    #[must_use]
    pub fn line(&self, entrant: &Entrant) -> Option<Line> {
        let index = self.entrants().binary_search(entrant).ok()? as u64;
        let entrants = self.entrants().len() as u64;
        let Ok(proof) = inclusion(&Levels::of(self.entrants()), index, entrants);
        Some(Line {
            format: LINE_FORMAT.to_owned(),
            draw: self.opened().terms().draw.clone(),
            terms_digest: self.opened().digest().clone(),
            entrant: entrant.clone(),
            index,
            entrants,
            proof,
            root: self.root(),
        })
    }
}

impl Line {
    /// Reads a line and checks its proof.
    ///
    /// # Errors
    /// [`Wrong`] with the field or the line and column that is not as it should be.
    pub fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        let line: Self = file::json(bytes)?;
        if line.format != LINE_FORMAT {
            return Err(Wrong::format(&line.format));
        }
        let leaf = Hash::leaf(line.entrant.as_str().as_bytes());
        let proved = verify_inclusion(leaf, line.index, line.entrants, line.root, &line.proof);
        match proved {
            Ok(()) => file::laid_out(bytes, &line.to_json()).map(|()| line),
            Err(BrokenProof::OutOfTree { .. } | BrokenProof::Length(_) | BrokenProof::Root) => {
                Err(Wrong::Line(line.entrant))
            }
            Err(BrokenProof::Shrunk { .. }) => Err(Wrong::Root),
        }
    }

    /// Its file.
    #[must_use]
    pub fn to_json(&self) -> String {
        file::written(self)
    }

    /// Whether it is a line of this list.
    #[must_use]
    pub fn is_of(&self, closed: &Closed) -> bool {
        self.terms_digest == *closed.opened().digest() && self.root == closed.root()
    }
}

/// The hashes of a list's tiles, level by level.
struct Levels(Vec<Vec<Hash>>);

impl Levels {
    fn of(entrants: &[Entrant]) -> Self {
        let (mut tree, mut full) = (Tree::new(), Vec::<FullTile>::new());
        let mut levels = vec![Vec::with_capacity(entrants.len())];
        for entrant in entrants {
            let leaf = Hash::leaf(entrant.as_str().as_bytes());
            levels[0].push(leaf);
            tree.append(leaf, &mut full);
            for tile in full.drain(..) {
                let above = usize::from(tile.tile.level) + 1;
                levels.resize_with(levels.len().max(above + 1), Vec::new);
                levels[above].push(tile.root);
            }
        }
        Self(levels)
    }
}

impl Tiles for Levels {
    type Error = std::convert::Infallible;

    fn tile(&self, tile: Tile) -> Result<Vec<Hash>, Self::Error> {
        let from = tile.index as usize * usize::from(Tile::FULL);
        let level = self
            .0
            .get(usize::from(tile.level))
            .map_or(&[][..], Vec::as_slice);
        let hashes = level.get(from..from + usize::from(tile.width));
        // A tile that the tree does not have is never asked for.
        Ok(hashes.unwrap_or_default().to_vec())
    }
}
