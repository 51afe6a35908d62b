//! What the language needs to know of places and offices, without knowing how a city stores them.

use serde::{Deserialize, Serialize};

/// A place of the city, by its position in the city's own list (tree order: what a place contains follows it directly).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlaceId(pub u32);

/// What a word says of places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceLookup {
    /// Exactly one place has this name, code or path.
    One(PlaceId),
    /// Several places share the name; each is given as a path that would be unambiguous.
    Several(Vec<String>),
    /// No such place; the nearest known name, if one is near.
    None {
        /// The nearest known name.
        nearest: Option<String>,
    },
}

/// The names a notice may use that are not in the vocabulary. `city::City` implements it.
pub trait Gazetteer {
    /// The place called `word`: a name (`小店区`, `中环以内`), a code (`140105`) or a path (`小店区/平阳路街道/南环社区`).
    fn place(&self, word: &str) -> PlaceLookup;
    /// A place's name in `lang` (Chinese where no English name is known).
    fn place_name(&self, place: PlaceId, lang: crate::Lang) -> String;
    /// The whole city.
    fn whole_city(&self) -> PlaceId;
    /// The consecutive ids of a division and everything under it in the tree of divisions; just itself for an area.
    fn place_span(&self, place: PlaceId) -> std::ops::Range<u32>;
    /// How many places there are; ids run from 0 to one less.
    fn place_count(&self) -> u32;
    /// Whether an office or a role with this id exists; if not, the nearest id.
    fn office(&self, id: &str) -> Result<(), Option<String>>;
    /// The display name of an office or role.
    fn office_name(&self, id: &str, lang: crate::Lang) -> Option<String>;
    /// The notice `slug` is known to the city (in force or not) and, if so, whether it has the rule `rule`.
    fn has_rule(&self, slug: &str, rule: &str) -> Option<bool>;
}
