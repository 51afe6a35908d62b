//! Places: the tree of divisions, areas with polygons, and which contains or excludes which.

mod locate;
mod names;
mod read;
mod relate;
mod shape;

use notice::{Label, PlaceId, PlaceLookup};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use read::{PlaceFiles, read};
pub use shape::{Line, Outline};

/// All places of a city. Divisions come first, in tree order (a division, then everything under it), then areas.
#[derive(Debug, Clone)]
pub struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    places: Vec<Place>,
    /// One past the last place under each.
    ends: Vec<u32>,
    outlines: Vec<Option<Outline>>,
    codes: HashMap<String, PlaceId>,
    names: names::Names,
    city: PlaceId,
    divisions: u32,
    relations: relate::Relations,
    grid: locate::Grid,
}

/// One place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Statistical division code (`140105`) or the area's own code (`area-middle-ring`).
    pub code: String,
    /// Its name.
    pub name: Label,
    /// Other words for it.
    pub also: Vec<String>,
    /// What it is.
    pub level: Level,
    /// The division above it, for divisions.
    pub parent: Option<PlaceId>,
    /// Its shape is known.
    pub has_shape: bool,
    /// A demo place that the sources do not give.
    pub demo: bool,
}

/// Levels of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 省
    Province,
    /// 市
    City,
    /// 区县
    District,
    /// 街道、乡镇
    Street,
    /// 社区、村
    Community,
    /// An area that is no division: a ring, a zone.
    Area,
}

/// How two places lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The same place.
    Same,
    /// Everything in the first is in the second.
    Inside,
    /// Everything in the second is in the first.
    Contains,
    /// Nothing is in both.
    Disjoint,
    /// Some is in both, or it is not known.
    Overlaps,
}

impl Relation {
    /// The same seen from the other place.
    pub fn reversed(self) -> Self {
        match self {
            Relation::Inside => Relation::Contains,
            Relation::Contains => Relation::Inside,
            other => other,
        }
    }
}

impl Places {
    /// Puts places together: `places` with divisions in tree order, then areas; `outlines` beside them; `city` among them.
    fn new(places: Vec<Place>, outlines: Vec<Option<Outline>>, city: PlaceId) -> Self {
        let divisions = places
            .iter()
            .take_while(|place| place.level != Level::Area)
            .count() as u32;
        let ends = ends(&places);
        let relations = relate::Relations::of(&places, &ends, &outlines);
        let grid = locate::Grid::of(&places, &outlines, city);
        let codes = (0..)
            .map(PlaceId)
            .zip(&places)
            .map(|(id, place)| (place.code.clone(), id))
            .collect();
        let names = names::Names::of(&places);
        Self(Arc::new(Inner {
            places,
            ends,
            outlines,
            codes,
            names,
            city,
            divisions,
            relations,
            grid,
        }))
    }

    /// All places; a [`PlaceId`] is a position in it.
    pub fn all(&self) -> &[Place] {
        &self.0.places
    }

    /// One place; `None` for an id of another city.
    pub fn get(&self, place: PlaceId) -> Option<&Place> {
        self.0.places.get(place.0 as usize)
    }

    /// The whole city.
    pub fn city(&self) -> PlaceId {
        self.0.city
    }

    /// The place with this code.
    pub fn by_code(&self, code: &str) -> Option<PlaceId> {
        self.0.codes.get(code).copied()
    }

    /// The place called `word`: a name, a short or an English name, a code or a path, with or without slashes.
    pub fn look_up(&self, word: &str) -> PlaceLookup {
        self.0.names.look_up(&self.0.places, word)
    }

    /// The consecutive ids of a division and everything under it; just itself for an area.
    pub fn span(&self, place: PlaceId) -> Range<u32> {
        let end = self.0.ends.get(place.0 as usize);
        place.0..end.copied().unwrap_or(place.0)
    }

    /// The divisions right under one, in order.
    pub fn children(&self, place: PlaceId) -> impl Iterator<Item = PlaceId> + '_ {
        self.span(place)
            .skip(1)
            .map(PlaceId)
            .filter(move |child| self.get(*child).and_then(|c| c.parent) == Some(place))
    }

    /// The divisions above a place, nearest first. Areas lie in the city, whatever divisions they touch.
    pub fn ancestors(&self, place: PlaceId) -> impl Iterator<Item = PlaceId> + '_ {
        let above = match self.get(place) {
            Some(area) if area.level == Level::Area => Some(self.0.city),
            Some(division) => division.parent,
            None => None,
        };
        std::iter::successors(above, |id| self.get(*id)?.parent)
    }

    /// The place's names from the district down, as `小店区/平阳路街道/南环社区`.
    pub fn path(&self, place: PlaceId) -> String {
        names::path(&self.0.places, place)
    }

    /// How `a` lies to `b`: from the tree, else from polygons, else inherited from divisions above; `Overlaps` if unknown.
    pub fn relation(&self, a: PlaceId, b: PlaceId) -> Relation {
        if a == b {
            return Relation::Same;
        }
        let inner = &*self.0;
        match (a.0 < inner.divisions, b.0 < inner.divisions) {
            (true, true) => relate::in_tree(&inner.ends, a, b),
            _ => inner.relations.between(a, b),
        }
    }

    /// Every place with a shape that the point (WGS-84 degrees) lies in, ascending, with the divisions above them.
    /// A point on a border lies in one side only. Appends to `found`, which is cleared first.
    pub fn at(&self, lon: f64, lat: f64, found: &mut Vec<PlaceId>) {
        self.0.grid.at(lon, lat, found);
    }

    /// The shape of a place, for maps.
    pub fn outline(&self, place: PlaceId) -> Option<&Outline> {
        self.0.outlines.get(place.0 as usize)?.as_ref()
    }

    /// West, south, east and north end of everything that has a shape; `None` if nothing has.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let shapes = self.0.outlines.iter().flatten();
        shape::bounds(shapes.flatten().flatten().flatten())
    }
}

/// One past the last place under each, from parents alone.
fn ends(places: &[Place]) -> Vec<u32> {
    let mut ends: Vec<u32> = (1..=places.len() as u32).collect();
    for at in (0..places.len()).rev() {
        if let Some(parent) = places[at].parent {
            let end = ends[at];
            if let Some(above) = ends.get_mut(parent.0 as usize) {
                *above = end.max(*above);
            }
        }
    }
    ends
}
