//! Point → place: ours beside GEOS (shapely 2) and plain `geo`, over the city's polygons.

use crate::measure::median;
use crate::table::Table;
use anyhow::{Context, Result, bail, ensure};
use city::City;
use geo::{BoundingRect, Contains, Coord, LineString, MultiPolygon, Point, Polygon, Rect};
use notice::PlaceId;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use workload::random::Random;

const POINTS: usize = 1_000_000;
/// Points on which sides may differ: those that lie within the rounding of a border.
const DIFFERING_MAX: usize = POINTS / 100_000;

/// A shape of the city and the place it belongs to.
struct Shape {
    place: PlaceId,
    polygons: MultiPolygon,
}

/// Measures and prints.
pub fn measure(city: &City, folder: &Path, python: Option<&Path>, scratch: &Path) -> Result<Table> {
    let shapes = read_shapes(city, folder)?;
    ensure!(
        !shapes.is_empty() && shapes.len() <= 32,
        "{} shapes; the comparison holds 1 to 32",
        shapes.len()
    );
    let bounds = bounds(&shapes)?;
    let mut random = Random::new(41);
    let points: Vec<(f64, f64)> = (0..POINTS)
        .map(|_| {
            let (across, up) = (random.unit(), random.unit());
            (
                bounds.min().x + across * bounds.width(),
                bounds.min().y + up * bounds.height(),
            )
        })
        .collect();

    let mut ours = Vec::new();
    let our_time = median(3, || ours = find_ours(city, &shapes, &points)).as_secs_f64();
    let mut plain = Vec::new();
    let plain_time = median(3, || plain = find_plain(&shapes, &points)).as_secs_f64();
    agree("plain geo", &ours, &plain)?;

    let rate = |seconds: f64| format!("{:.2} M", POINTS as f64 / seconds / 1e6);
    let mut table = Table::new(
        &format!(
            "Point → place, {POINTS} random points, {} shapes, one core",
            shapes.len()
        ),
        &["who", "points/s", "ours is faster by", "goal"],
    );
    table.row(&["tongxin", &rate(our_time), "", ""]);
    if let Some(python) = python {
        let (geos, seconds) = find_geos(python, &shapes, &points, scratch, &ours)?;
        table.row(&[
            &geos,
            &rate(seconds),
            &format!("{:.1}×", seconds / our_time),
            "≥ 3×",
        ]);
    } else {
        table.row(&[
            "shapely 2 (GEOS)",
            "not measured: no Python with shapely",
            "",
            "≥ 3×",
        ]);
    }
    table.row(&[
        "geo 0.33.1, plain",
        &rate(plain_time),
        &format!("{:.1}×", plain_time / our_time),
        "",
    ]);
    Ok(table)
}

fn find_ours(city: &City, shapes: &[Shape], points: &[(f64, f64)]) -> Vec<u32> {
    let mut found = Vec::new();
    let mut bit = vec![0u32; city.places.all().len()];
    for (index, shape) in shapes.iter().enumerate() {
        bit[shape.place.0 as usize] |= 1 << index;
    }
    points
        .iter()
        .map(|(lon, lat)| {
            city.places.at(*lon, *lat, &mut found);
            found
                .iter()
                .fold(0, |bits, place| bits | bit[place.0 as usize])
        })
        .collect()
}

fn find_plain(shapes: &[Shape], points: &[(f64, f64)]) -> Vec<u32> {
    let boxed: Vec<_> = shapes
        .iter()
        .map(|s| (s.polygons.bounding_rect(), &s.polygons))
        .collect();
    points
        .iter()
        .map(|(lon, lat)| {
            let point = Point::new(*lon, *lat);
            let mut bits = 0;
            for (index, (rect, polygons)) in boxed.iter().enumerate() {
                let near = rect.is_some_and(|r: Rect| r.contains(&point));
                if near && polygons.contains(&point) {
                    bits |= 1 << index;
                }
            }
            bits
        })
        .collect()
}

fn find_geos(
    python: &Path,
    shapes: &[Shape],
    points: &[(f64, f64)],
    scratch: &Path,
    ours: &[u32],
) -> Result<(String, f64)> {
    let (shapes_file, points_file, found_file) = (
        scratch.join("shapes.geojson"),
        scratch.join("points.f64"),
        scratch.join("found.u32"),
    );
    let ring = |line: &LineString| line.coords().map(|c| json!([c.x, c.y])).collect::<Vec<_>>();
    let features: Vec<_> = shapes
        .iter()
        .map(|shape| {
            let polygons: Vec<Value> = shape
                .polygons
                .iter()
                .map(|p| {
                    Value::from(
                        std::iter::once(p.exterior())
                            .chain(p.interiors())
                            .map(|r| Value::from(ring(r)))
                            .collect::<Vec<_>>(),
                    )
                })
                .collect();
            json!({"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": polygons}})
        })
        .collect();
    std::fs::write(
        &shapes_file,
        json!({"type": "FeatureCollection", "features": features}).to_string(),
    )?;
    let bytes: Vec<u8> = points
        .iter()
        .flat_map(|(x, y)| [x.to_le_bytes(), y.to_le_bytes()].concat())
        .collect();
    std::fs::write(&points_file, bytes)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/peers/geos.py");
    let run = Command::new(python)
        .arg(script)
        .args([&shapes_file, &points_file, &found_file])
        .output()?;
    ensure!(
        run.status.success(),
        "shapely: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    let said: Value = serde_json::from_slice(&run.stdout)?;
    let found: Vec<u32> = std::fs::read(&found_file)?
        .chunks_exact(4)
        .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    agree("shapely", ours, &found)?;
    let seconds = |way: &str| {
        said["seconds"][way]
            .as_f64()
            .context("shapely printed no time")
    };
    let (tree, prepared) = (seconds("strtree")?, seconds("prepared")?);
    let (way, best) = if tree < prepared {
        ("STRtree", tree)
    } else {
        ("prepared", prepared)
    };
    let version = |key: &str| said[key].as_str().unwrap_or("?").to_owned();
    Ok((
        format!(
            "shapely {} (GEOS {}), {way}",
            version("shapely"),
            version("geos")
        ),
        best,
    ))
}

fn agree(peer: &str, ours: &[u32], theirs: &[u32]) -> Result<()> {
    let differing =
        ours.iter().zip(theirs).filter(|(a, b)| a != b).count() + ours.len().abs_diff(theirs.len());
    if differing > DIFFERING_MAX {
        bail!(
            "{peer} places {differing} of {} points otherwise than we do",
            ours.len()
        );
    }
    Ok(())
}

fn bounds(shapes: &[Shape]) -> Result<Rect> {
    let all: MultiPolygon = shapes
        .iter()
        .flat_map(|s| s.polygons.iter().cloned())
        .collect();
    all.bounding_rect().context("the city's shapes are empty")
}

/// Every feature of the city's GeoJSON files that names a place by code.
fn read_shapes(city: &City, folder: &Path) -> Result<Vec<Shape>> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder.join("places"))?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    let mut shapes = Vec::new();
    for file in files
        .iter()
        .map(std::fs::DirEntry::path)
        .filter(|p| p.extension().is_some_and(|e| e == "geojson"))
    {
        let read: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
        for feature in read["features"].as_array().into_iter().flatten() {
            let code = match &feature["properties"]["code"] {
                Value::String(code) => code.clone(),
                Value::Number(code) => code.to_string(),
                _ => continue,
            };
            let geometry = &feature["geometry"];
            let polygons: MultiPolygon = match geometry["type"].as_str() {
                Some("Polygon") => std::iter::once(polygon(&geometry["coordinates"])?).collect(),
                Some("MultiPolygon") => {
                    let list = geometry["coordinates"]
                        .as_array()
                        .context("no coordinates")?;
                    list.iter().map(polygon).collect::<Result<_>>()?
                }
                _ => continue,
            };
            if let Some(position) = city
                .places
                .all()
                .iter()
                .position(|p| p.code == code && p.has_shape)
            {
                shapes.push(Shape {
                    place: PlaceId(position as u32),
                    polygons,
                });
            }
        }
    }
    Ok(shapes)
}

fn polygon(rings: &Value) -> Result<Polygon> {
    let ring = |value: &Value| -> Result<LineString> {
        let points = value.as_array().context("a ring is no list")?;
        points
            .iter()
            .map(|p| {
                let part = |i: usize| p[i].as_f64().context("a coordinate is no number");
                Ok(Coord {
                    x: part(0)?,
                    y: part(1)?,
                })
            })
            .collect()
    };
    let rings = rings.as_array().context("a polygon is no list of rings")?;
    let (outer, holes) = rings.split_first().context("a polygon has no ring")?;
    Ok(Polygon::new(
        ring(outer)?,
        holes.iter().map(ring).collect::<Result<_>>()?,
    ))
}
