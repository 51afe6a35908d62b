//! Relations and points of the demo city, held against each other and against plain `geo`.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use city::City;
use city::place::{Level, Relation};
use geo::{Contains, Coord, LineString, MultiPolygon, Point, Polygon};
use notice::PlaceId;
use proptest::prelude::*;
use std::sync::OnceLock;

fn city() -> &'static City {
    static CITY: OnceLock<City> = OnceLock::new();
    CITY.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
        City::load(folder.as_ref()).unwrap().0
    })
}

/// Shapes of the city's places as plain polygons.
fn shapes() -> &'static [(PlaceId, MultiPolygon)] {
    static SHAPES: OnceLock<Vec<(PlaceId, MultiPolygon)>> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let places = &city().places;
        let ring = |points: &Vec<[f64; 2]>| -> LineString {
            points.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect()
        };
        (0..places.all().len() as u32)
            .map(PlaceId)
            .filter_map(|id| {
                let polygons = places.outline(id)?.iter().map(|rings| {
                    Polygon::new(ring(&rings[0]), rings[1..].iter().map(ring).collect())
                });
                Some((id, polygons.collect()))
            })
            .collect()
    })
}

fn place() -> impl Strategy<Value = PlaceId> {
    let all = city().places.all().len() as u32;
    // Places with shapes and areas are few; half of the draws are theirs.
    let shaped: Vec<PlaceId> = shapes().iter().map(|(id, _)| *id).collect();
    prop_oneof![(0..all).prop_map(PlaceId), prop::sample::select(shaped)]
}

fn point() -> impl Strategy<Value = (f64, f64)> {
    let [west, south, east, north] = city().places.bounds().unwrap();
    (west - 0.05..east + 0.05, south - 0.05..north + 0.05)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn relations_agree_among_themselves(a in place(), b in place(), c in place()) {
        let relation = |a, b| city().places.relation(a, b);
        prop_assert_eq!(relation(a, b), relation(b, a).reversed());
        prop_assert_eq!(relation(a, b) == Relation::Same, a == b);
        if relation(a, b) == Relation::Inside {
            match relation(b, c) {
                Relation::Inside => prop_assert_eq!(relation(a, c), Relation::Inside),
                Relation::Disjoint => prop_assert_eq!(relation(a, c), Relation::Disjoint),
                _ => {}
            }
        }
    }

    #[test]
    fn points_lie_where_plain_geometry_puts_them((lon, lat) in point()) {
        let mut found = Vec::new();
        city().places.at(lon, lat, &mut found);
        let shaped: Vec<PlaceId> = shapes()
            .iter()
            .filter(|(_, shape)| shape.contains(&Point::new(lon, lat)))
            .map(|(id, _)| *id)
            .collect();
        let ours: Vec<PlaceId> = found
            .iter()
            .copied()
            .filter(|id| city().places.get(*id).is_some_and(|p| p.has_shape))
            .collect();
        prop_assert_eq!(&ours, &shaped);
        for id in &found {
            for above in city().places.ancestors(*id) {
                prop_assert!(found.contains(&above));
            }
        }
        // What a point lies in agrees with how places lie to each other.
        for (id, _) in shapes() {
            for other in &found {
                match city().places.relation(*other, *id) {
                    Relation::Inside => prop_assert!(found.contains(id)),
                    Relation::Disjoint => prop_assert!(!found.contains(id)),
                    _ => {}
                }
            }
        }
    }
}

/// Every corner of every border, and points along the edges: one district at most holds each, ring and fringe never both.
#[test]
fn a_point_on_a_border_lies_on_one_side() {
    let places = &city().places;
    let named = |code: &str| places.by_code(code).unwrap();
    let (ring, fringe) = (named("area-middle-ring"), named("area-urban-fringe"));
    let mut found = Vec::new();
    for (id, shape) in shapes() {
        for line in shape
            .iter()
            .flat_map(|p| p.exterior().lines().collect::<Vec<_>>())
        {
            for part in [0.0, 0.25, 0.5] {
                let at = line.start + (line.end - line.start) * part;
                places.at(at.x, at.y, &mut found);
                let district = |p: &&PlaceId| places.get(**p).unwrap().level == Level::District;
                assert!(found.iter().filter(district).count() <= 1, "{at:?}");
                assert!(
                    !(found.contains(&ring) && found.contains(&fringe)),
                    "{at:?}"
                );
                // On the ring's border: either it or the fringe around it.
                if *id == ring && part == 0.0 {
                    assert!(found.contains(&ring) || found.contains(&fringe), "{at:?}");
                }
            }
        }
    }
}
