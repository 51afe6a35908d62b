//! Which places contain or exclude which: from the tree, and from polygons, compared once when a city is loaded.

use super::{Level, Outline, Place, Relation};
use geo::indexed::PreparedGeometry;
use geo::relate::Relate;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use notice::PlaceId;

/// Relations that involve an area.
#[derive(Debug, Default)]
pub(super) struct Relations {
    places: Vec<Link>,
    ends: Vec<u32>,
    /// Places with a shape; the table has a row and a column for each.
    shaped: usize,
    table: Vec<Relation>,
}

/// What is needed to know of a place.
#[derive(Debug)]
struct Link {
    parent: Option<PlaceId>,
    level: Level,
    /// Its row in the table.
    shape: Option<usize>,
    /// For an area: the smallest division that its polygon lies in.
    home: Option<PlaceId>,
}

/// How two divisions lie to each other: one is under the other, or they have nothing in common.
pub(super) fn in_tree(ends: &[u32], a: PlaceId, b: PlaceId) -> Relation {
    let holds = |above: PlaceId, below: PlaceId| {
        let end = ends.get(above.0 as usize).copied().unwrap_or(above.0);
        (above.0..end).contains(&below.0)
    };
    match (a == b, holds(b, a), holds(a, b)) {
        (true, ..) => Relation::Same,
        (_, true, _) => Relation::Inside,
        (_, _, true) => Relation::Contains,
        _ => Relation::Disjoint,
    }
}

impl Relations {
    pub(super) fn of(places: &[Place], ends: &[u32], outlines: &[Option<Outline>]) -> Self {
        let mut links: Vec<Link> = places
            .iter()
            .map(|place| Link {
                parent: place.parent,
                level: place.level,
                shape: None,
                home: None,
            })
            .collect();
        let mut ids = Vec::new();
        let mut shapes = Vec::new();
        for ((id, outline), link) in (0..).map(PlaceId).zip(outlines).zip(&mut links) {
            if let Some(outline) = outline {
                link.shape = Some(shapes.len());
                ids.push(id);
                shapes.push(Shape::of(outline));
            }
        }
        let count = shapes.len();
        let mut relations = Self {
            places: links,
            ends: ends.to_vec(),
            shaped: count,
            table: vec![Relation::Disjoint; count * count],
        };
        let area = |id: PlaceId| {
            places
                .get(id.0 as usize)
                .is_some_and(|p| p.level == Level::Area)
        };
        for a in 0..count {
            for b in a..count {
                let relation = match (a == b, area(ids[a]) || area(ids[b])) {
                    (true, _) => Relation::Same,
                    (_, true) => shapes[a].relation(&shapes[b]),
                    (_, false) => in_tree(ends, ids[a], ids[b]),
                };
                relations.table[a * count + b] = relation;
                relations.table[b * count + a] = relation.reversed();
            }
        }
        for (at, id) in ids.iter().enumerate().filter(|(_, id)| area(**id)) {
            // Tree order puts the smaller division later.
            let home = (0..count)
                .filter(|other| !area(ids[*other]))
                .rfind(|other| relations.table[at * count + other] == Relation::Inside)
                .map(|other| ids[other]);
            if let Some(link) = relations.places.get_mut(id.0 as usize) {
                link.home = home;
            }
        }
        relations
    }

    /// How two different places lie to each other, of which one at least is an area.
    pub(super) fn between(&self, a: PlaceId, b: PlaceId) -> Relation {
        let link = |id: PlaceId| self.places.get(id.0 as usize);
        let (Some(one), Some(other)) = (link(a), link(b)) else {
            return Relation::Overlaps;
        };
        if let (Some(one), Some(other)) = (one.shape, other.shape) {
            return self.table[one * self.shaped + other];
        }
        match (one.level, other.level) {
            (Level::Area, _) => self.division_to_area(b, other, one).reversed(),
            (_, Level::Area) => self.division_to_area(a, one, other),
            _ => in_tree(&self.ends, a, b),
        }
    }

    fn division_to_area(&self, id: PlaceId, division: &Link, area: &Link) -> Relation {
        if division.level <= Level::City {
            return Relation::Contains;
        }
        if let Some(home) = area.home {
            match in_tree(&self.ends, id, home) {
                Relation::Same | Relation::Contains => return Relation::Contains,
                Relation::Disjoint => return Relation::Disjoint,
                Relation::Inside | Relation::Overlaps => {}
            }
        }
        let above =
            std::iter::successors(division.parent, |id| self.places.get(id.0 as usize)?.parent);
        let shaped = above
            .filter_map(|id| self.places.get(id.0 as usize)?.shape)
            .next();
        match (shaped, area.shape) {
            (Some(one), Some(other)) => match self.table[one * self.shaped + other] {
                // What is known of the whole holds for every part of it.
                known @ (Relation::Inside | Relation::Disjoint) => known,
                _ => Relation::Overlaps,
            },
            _ => Relation::Overlaps,
        }
    }
}

/// A polygon ready to be compared.
struct Shape {
    prepared: PreparedGeometry<'static, MultiPolygon>,
    bounds: Option<[f64; 4]>,
}

impl Shape {
    fn of(outline: &Outline) -> Self {
        let bounds = super::shape::bounds(outline.iter().flatten().flatten());
        Self {
            prepared: PreparedGeometry::from(multi_polygon(outline)),
            bounds,
        }
    }

    /// Shapes that touch in lines or points only have nothing in common.
    fn relation(&self, other: &Shape) -> Relation {
        let apart = match (self.bounds, other.bounds) {
            (Some(a), Some(b)) => a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1],
            _ => true,
        };
        if apart {
            return Relation::Disjoint;
        }
        let matrix = self.prepared.relate(&other.prepared);
        if matrix.is_equal_topo() {
            Relation::Same
        } else if matrix.is_coveredby() {
            Relation::Inside
        } else if matrix.is_covers() {
            Relation::Contains
        } else if matrix.is_disjoint() || matrix.is_touches() {
            Relation::Disjoint
        } else {
            Relation::Overlaps
        }
    }
}

/// The same shape in the terms of `geo`.
pub(super) fn multi_polygon(outline: &Outline) -> MultiPolygon {
    let ring = |points: &Vec<[f64; 2]>| -> LineString {
        points.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect()
    };
    outline
        .iter()
        .filter_map(|rings| {
            let (outer, holes) = rings.split_first()?;
            Some(Polygon::new(ring(outer), holes.iter().map(ring).collect()))
        })
        .collect()
}
