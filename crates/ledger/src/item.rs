//! Items: the rows of the present state, and the changes that entries make to them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::name::{Claim, Index, Key, Kind, Person};

/// A type whose values are kept as items.
pub trait Row: Serialize + DeserializeOwned {
    /// The kind of its items.
    const KIND: &'static str;
    /// The version of its JSON. Raise it with every change that old values do not fit, and teach [`Row::upgrade`] the old one.
    const SHAPE: u16;

    /// Which one of its kind it is.
    fn key(&self) -> Key;

    /// By what else it is found.
    fn found_by(&self) -> Vec<Found> {
        Vec::new()
    }

    /// Reads a value that was written in an older shape.
    ///
    /// # Errors
    /// When the shape is unknown or the value does not fit it.
    fn upgrade(shape: u16, row: &RawValue) -> Result<Self, BadRow> {
        let _ = row;
        Err(BadRow::Shape {
            kind: Self::KIND,
            shape,
            newest: Self::SHAPE,
        })
    }
}

/// An item does not hold what its kind should.
#[derive(Debug, thiserror::Error)]
pub enum BadRow {
    /// Written in a shape that nobody can read.
    #[error(
        "a {kind} was written in shape {shape}; this program reads up to {newest}: use the program that wrote it, or a newer one"
    )]
    Shape {
        /// Kind of the item.
        kind: &'static str,
        /// Shape that it has.
        shape: u16,
        /// Newest shape that is known.
        newest: u16,
    },
    /// The JSON does not fit.
    #[error("a {kind} cannot be read: {error}")]
    Json {
        /// Kind of the item.
        kind: &'static str,
        /// Why not.
        error: serde_json::Error,
    },
}

/// One way to find an item: `booking.person` = `p7`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Found(pub Index, pub Key);

/// Which item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemId {
    /// What it is.
    pub kind: Kind,
    /// Which one of its kind.
    pub key: Key,
}

/// A row of the present state.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Which one of its kind.
    pub key: Key,
    /// How many entries have written it, this one included.
    pub version: u64,
    /// Version of the JSON in `row`.
    pub shape: u16,
    /// Its value.
    pub row: Box<RawValue>,
    /// By what it is found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found_by: Vec<Found>,
}

impl Item {
    /// The item that holds this row, written for the `version`th time.
    ///
    /// # Errors
    /// When the row cannot be JSON.
    pub fn of<R: Row>(row: &R, version: u64) -> Result<Self, BadRow> {
        let json = |error| BadRow::Json {
            kind: R::KIND,
            error,
        };
        Ok(Self {
            kind: Kind::new(R::KIND).map_err(|e| json(serde::ser::Error::custom(e)))?,
            key: row.key(),
            version,
            shape: R::SHAPE,
            row: serde_json::value::to_raw_value(row).map_err(json)?,
            found_by: row.found_by(),
        })
    }

    /// The row it holds.
    ///
    /// # Errors
    /// [`BadRow`] when it cannot be read as this type.
    pub fn read<R: Row>(&self) -> Result<R, BadRow> {
        if self.shape == R::SHAPE {
            serde_json::from_str(self.row.get()).map_err(|error| BadRow::Json {
                kind: R::KIND,
                error,
            })
        } else {
            R::upgrade(self.shape, &self.row)
        }
    }

    /// Which item it is.
    #[must_use]
    pub fn id(&self) -> ItemId {
        ItemId {
            kind: self.kind.clone(),
            key: self.key.clone(),
        }
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        (
            &self.kind,
            &self.key,
            self.version,
            self.shape,
            self.row.get(),
            &self.found_by,
        ) == (
            &other.kind,
            &other.key,
            other.version,
            other.shape,
            other.row.get(),
            &other.found_by,
        )
    }
}

/// What an entry does to the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The item is now this.
    Put(Item),
    /// The item is gone.
    Remove(ItemId),
    /// Nobody else may have this until it is released.
    Claim(Claim),
    /// Others may have it again.
    Release(Claim),
    /// This person's key is destroyed; what was encrypted under it can never be read again.
    Forget(Person),
}
