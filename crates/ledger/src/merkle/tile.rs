//! Tiles: runs of up to 256 hashes at every eighth height, named by the paths of C2SP tlog-tiles.

use super::Hash;

/// Whoever can hand out tiles: a store, a folder of files, a web client.
pub trait Tiles {
    /// What reading can fail with.
    type Error;

    /// The first `tile.width` hashes of the tile. A source that has the tile with more of them gives the first ones.
    ///
    /// # Errors
    /// When the tile cannot be read.
    fn tile(&self, tile: Tile) -> Result<Vec<Hash>, Self::Error>;
}

/// What a tile path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileKind {
    /// Hashes of the tree.
    Hashes,
    /// The entries themselves, each after its length as two bytes, big-endian.
    Entries,
}

/// The coordinates of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// 0 for leaf hashes; at level `l` each hash stands for `256^l` leaves.
    pub level: u8,
    /// Which tile of that level, from the left.
    pub index: u64,
    /// How many hashes, 1 to 256; under 256 the tile is partial.
    pub width: u16,
}

/// A text is not a tile's path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a tile path: write tile/<level>/<index> or tile/entries/<index>, the index in groups of three digits (x001/x234/067), and .p/<width> when partial"
)]
pub struct BadTilePath(pub String);

impl Tile {
    /// Hashes in a full tile.
    pub const FULL: u16 = 256;

    /// The tile at `level` and `index` as a tree of `size` leaves has it; nothing if that tree has no such hash yet.
    #[must_use]
    pub fn of(size: u64, level: u8, index: u64) -> Option<Self> {
        let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let before = index.checked_mul(u64::from(Self::FULL))?;
        let width = hashes
            .checked_sub(before)
            .filter(|&w| w > 0)?
            .min(u64::from(Self::FULL));
        Some(Self {
            level,
            index,
            width: u16::try_from(width).ok()?,
        })
    }

    /// Its path under the log's prefix.
    #[must_use]
    pub fn path(self, kind: TileKind) -> String {
        let mut path = match kind {
            TileKind::Hashes => format!("tile/{}", self.level),
            TileKind::Entries => "tile/entries".to_owned(),
        };
        let digits = self.index.to_string();
        let padded = format!("{digits:0>width$}", width = digits.len().div_ceil(3) * 3);
        let groups = padded.len() / 3;
        for i in 0..groups {
            path.push_str(if i + 1 < groups { "/x" } else { "/" });
            path.push_str(&padded[3 * i..3 * i + 3]);
        }
        if self.width < Self::FULL {
            path.push_str(&format!(".p/{}", self.width));
        }
        path
    }

    /// Reads a path as [`Tile::path`] writes it: one way only to write each tile.
    ///
    /// # Errors
    /// [`BadTilePath`] for everything else.
    pub fn parse(path: &str) -> Result<(Self, TileKind), BadTilePath> {
        let parsed = (|| {
            let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
            let (level, kind) = match level {
                "entries" => (0, TileKind::Entries),
                number => (
                    number.parse::<u8>().ok().filter(|&l| l < 64)?,
                    TileKind::Hashes,
                ),
            };
            let (index, width) = match rest.split_once(".p/") {
                Some((index, width)) => (
                    index,
                    width
                        .parse::<u16>()
                        .ok()
                        .filter(|w| (1..Self::FULL).contains(w))?,
                ),
                None => (rest, Self::FULL),
            };
            let digits: String = index
                .split('/')
                .map(|group| group.strip_prefix('x').unwrap_or(group))
                .collect();
            let tile = Self {
                level,
                index: digits.parse().ok()?,
                width,
            };
            (tile.path(kind) == path).then_some((tile, kind))
        })();
        parsed.ok_or_else(|| BadTilePath(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = Tile {
            level: 0,
            index: 1_234_067,
            width: 256,
        };
        assert_eq!(tile.path(TileKind::Hashes), "tile/0/x001/x234/067");
        assert_eq!(
            Tile { width: 112, ..tile }.path(TileKind::Entries),
            "tile/entries/x001/x234/067.p/112"
        );
        assert_eq!(
            Tile {
                level: 63,
                index: 0,
                width: 1
            }
            .path(TileKind::Hashes),
            "tile/63/000.p/1"
        );
        assert_eq!(
            Tile {
                level: 1,
                index: 1000,
                width: 256
            }
            .path(TileKind::Hashes),
            "tile/1/x001/000"
        );
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_that_the_specification_counts() {
        assert_eq!(Tile::of(70_000, 0, 272).map(|t| t.width), Some(256));
        assert_eq!(Tile::of(70_000, 0, 273).map(|t| t.width), Some(112));
        assert_eq!(Tile::of(70_000, 0, 274), None);
        assert_eq!(Tile::of(70_000, 1, 0).map(|t| t.width), Some(256));
        assert_eq!(Tile::of(70_000, 1, 1).map(|t| t.width), Some(17));
        assert_eq!(Tile::of(70_000, 2, 0).map(|t| t.width), Some(1));
        assert_eq!(Tile::of(70_000, 3, 0), None);
        assert_eq!(Tile::of(256, 1, 0).map(|t| t.width), Some(1));
        assert_eq!(Tile::of(u64::MAX, 63, 0), None);
    }

    #[test]
    fn paths_are_read_back_and_no_other_spelling_is() {
        for tile in [
            Tile {
                level: 3,
                index: 5,
                width: 7,
            },
            Tile {
                level: 0,
                index: u64::MAX,
                width: 256,
            },
        ] {
            for kind in [TileKind::Hashes, TileKind::Entries] {
                let tile = if kind == TileKind::Entries {
                    Tile { level: 0, ..tile }
                } else {
                    tile
                };
                assert_eq!(Tile::parse(&tile.path(kind)), Ok((tile, kind)));
            }
        }
        for wrong in [
            "",
            "tile",
            "tile/0",
            "tile/0/5",
            "tile/00/005",
            "tile/0/x005",
            "tile/64/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/x000/001",
            "tile/0/1234",
            "tile/-1/000",
            "tile/0/+01",
            "tile/entries/000/",
            "tile/0/００１",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(
                Tile::parse(wrong),
                Err(BadTilePath(wrong.to_owned())),
                "{wrong}"
            );
        }
    }
}
