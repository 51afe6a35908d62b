//! Places: the tree of divisions, areas with polygons, and which contains or excludes which.

use notice::{Label, PlaceId};

/// All places of a city. Divisions come first, in tree order (a division, then everything under it), then areas.
#[derive(Debug, Clone)]
pub struct Places {
    // private: list of Place, name index, containment and disjointness, R-tree with interval-tree polygons
}

/// One place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Statistical division code (`140105`) or the area's own code (`area-middle-ring`).
    pub code: String,
    /// Its name.
    pub name: Label,
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

impl Places {
    /// All places; a [`PlaceId`] is a position in it.
    pub fn all(&self) -> &[Place] {
        todo!()
    }

    /// How `a` lies to `b`: from the tree, else from polygons, else inherited from divisions above; `Overlaps` if unknown.
    pub fn relation(&self, _a: PlaceId, _b: PlaceId) -> Relation {
        todo!()
    }

    /// Every place with a shape that the point (WGS-84 degrees) lies in, ascending, with the divisions above them.
    /// A point on a border lies in one side only. Appends to `found`, which is cleared first.
    pub fn at(&self, _lon: f64, _lat: f64, _found: &mut Vec<PlaceId>) {
        todo!()
    }

    /// The shape of a place, for maps.
    pub fn outline(&self, _place: PlaceId) -> Option<&Outline> {
        todo!()
    }
}

/// A shape as GeoJSON's `MultiPolygon` has it: polygons of rings (the outer one first) of `[lon, lat]`, WGS-84 degrees.
pub type Outline = Vec<Vec<Vec<[f64; 2]>>>;

/// A road or river that a map draws under everything else (`places/main-roads.geojson`); rules never speak of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is, as the file says (`trunk`, `primary`, `secondary`, `trunk_link`, `primary_link`, `river`).
    pub class: String,
    /// Its name, if it has one.
    pub name: String,
    /// Its course, `[lon, lat]`, WGS-84 degrees.
    pub points: Vec<[f64; 2]>,
}
