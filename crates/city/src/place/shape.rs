//! Shapes from GeoJSON (RFC 7946): read, checked, bounded.

use crate::findings::{File, Findings};
use notice::DiagnosticKind;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::ops::Range;

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

/// Bounds on one file: hostile shapes must not cost more than a moment.
const FEATURES_MAX: usize = 20_000;
const POINTS_MAX: usize = 500_000;

#[derive(Deserialize)]
struct Collection<'t> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    features: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Feature<'t> {
    #[serde(default)]
    properties: Properties,
    #[serde(borrow)]
    geometry: Option<&'t RawValue>,
}

#[derive(Deserialize, Default)]
struct Properties {
    #[serde(default)]
    code: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<[f64; 2]>>),
    MultiPolygon(Outline),
    LineString(Vec<[f64; 2]>),
    MultiLineString(Vec<Vec<[f64; 2]>>),
}

/// A polygon feature with its code.
pub(super) struct Shaped {
    pub(super) code: String,
    pub(super) outline: Outline,
    /// Bytes of the feature in its file.
    pub(super) span: Range<usize>,
}

/// The polygons of a file; what is wrong is reported and left out.
pub(super) fn read_shapes(file: &File, findings: &mut Findings) -> Vec<Shaped> {
    let mut shapes = Vec::new();
    each_feature(file, findings, |at, properties, geometry, findings| {
        let outline = match geometry {
            Geometry::Polygon(polygon) => std::iter::once(polygon).collect(),
            Geometry::MultiPolygon(polygons) => polygons,
            _ => {
                findings.error(
                    file,
                    at.span.clone(),
                    DiagnosticKind::Type,
                    format!("{} 不是面", at.zh),
                    format!("{} is no polygon", at.en),
                );
                return;
            }
        };
        if let Err((zh, en)) = check(&outline) {
            findings.error(
                file,
                at.span.clone(),
                DiagnosticKind::City,
                format!("{} 的形状有误：{zh}", at.zh),
                format!("the shape of {} is wrong: {en}", at.en),
            );
            return;
        }
        shapes.push(Shaped {
            code: properties.code,
            outline,
            span: at.span,
        });
    });
    shapes
}

/// The lines of a file.
pub(super) fn read_lines(file: &File, findings: &mut Findings) -> Vec<Line> {
    let mut lines = Vec::new();
    each_feature(file, findings, |at, properties, geometry, findings| {
        let parts = match geometry {
            Geometry::LineString(points) => std::iter::once(points).collect(),
            Geometry::MultiLineString(parts) => parts,
            _ => Vec::new(),
        };
        let fits = |points: &Vec<[f64; 2]>| points.len() >= 2 && points.iter().all(in_range);
        if parts.is_empty() || !parts.iter().all(fits) {
            findings.error(
                file,
                at.span,
                DiagnosticKind::Type,
                format!("{} 不是经纬度范围内的线", at.zh),
                format!("{} is no line of longitudes and latitudes", at.en),
            );
            return;
        }
        let name = properties.name.unwrap_or_default();
        lines.extend(parts.into_iter().map(|points| Line {
            class: properties.class.clone(),
            name: name.clone(),
            points,
        }));
    });
    lines
}

/// Where a feature stands, and how messages call it.
struct At {
    span: Range<usize>,
    zh: String,
    en: String,
}

fn each_feature(
    file: &File,
    findings: &mut Findings,
    mut take: impl FnMut(At, Properties, Geometry, &mut Findings),
) {
    let collection: Collection<'_> = match serde_json::from_str(&file.text) {
        Ok(collection) => collection,
        Err(error) => return syntax(file, 0, &error, findings),
    };
    if collection.kind != "FeatureCollection" || collection.features.len() > FEATURES_MAX {
        findings.error(
            file,
            0..0,
            DiagnosticKind::Syntax,
            format!("应为 FeatureCollection，不超过 {FEATURES_MAX} 个要素"),
            format!("must be a FeatureCollection of no more than {FEATURES_MAX} features"),
        );
        return;
    }
    let mut points = 0;
    for (number, raw) in (1..).zip(&collection.features) {
        let start = offset(&file.text, raw.get());
        // A feature's text is long; its beginning is enough to point at.
        let span = start
            ..start
                + raw
                    .get()
                    .chars()
                    .take(60)
                    .map(char::len_utf8)
                    .sum::<usize>();
        let feature: Feature<'_> = match serde_json::from_str(raw.get()) {
            Ok(feature) => feature,
            Err(error) => {
                syntax(file, start, &error, findings);
                continue;
            }
        };
        let called = match (&feature.properties.code, &feature.properties.name) {
            (code, _) if !code.is_empty() => format!(" {code}"),
            (_, Some(name)) if !name.is_empty() => format!(" {name}"),
            _ => String::new(),
        };
        let at = At {
            span: span.clone(),
            zh: format!("第 {number} 个要素{called}"),
            en: format!("feature {number}{called}"),
        };
        let Some(raw) = feature.geometry else {
            findings.error(
                file,
                span,
                DiagnosticKind::MissingKey,
                format!("{} 没有形状", at.zh),
                format!("{} has no geometry", at.en),
            );
            continue;
        };
        let geometry: Geometry = match serde_json::from_str(raw.get()) {
            Ok(geometry) => geometry,
            Err(error) => {
                syntax(file, offset(&file.text, raw.get()), &error, findings);
                continue;
            }
        };
        points += match &geometry {
            Geometry::Polygon(rings) => rings.iter().map(Vec::len).sum(),
            Geometry::MultiPolygon(polygons) => polygons.iter().flatten().map(Vec::len).sum(),
            Geometry::LineString(points) => points.len(),
            Geometry::MultiLineString(parts) => parts.iter().map(Vec::len).sum::<usize>(),
        };
        if points > POINTS_MAX {
            findings.error(
                file,
                span,
                DiagnosticKind::Limit,
                format!("一个文件里的点超过 {POINTS_MAX} 个"),
                format!("more than {POINTS_MAX} points in one file"),
            );
            return;
        }
        take(at, feature.properties, geometry, findings);
    }
}

/// Where a part borrowed from `text` stands in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn syntax(file: &File, start: usize, error: &serde_json::Error, findings: &mut Findings) {
    let part = file.text.get(start..).unwrap_or_default();
    let line = error.line().saturating_sub(1);
    let before: usize = part.split_inclusive('\n').take(line).map(str::len).sum();
    let mut at = (start + before + error.column().saturating_sub(1)).min(file.text.len());
    while !file.text.is_char_boundary(at) {
        at -= 1;
    }
    // The position it tells counts from the start of a part.
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    findings.error(
        file,
        at..at,
        DiagnosticKind::Syntax,
        format!("不是合乎格式的 GeoJSON：{said}"),
        format!("this is no GeoJSON: {said}"),
    );
}

fn in_range(point: &[f64; 2]) -> bool {
    point[0].is_finite()
        && point[1].is_finite()
        && point[0].abs() <= 180.0
        && point[1].abs() <= 90.0
}

/// Rings are closed, have an inside, and hold longitudes and latitudes.
fn check(outline: &Outline) -> Result<(), (String, String)> {
    if outline.is_empty() || outline.iter().any(Vec::is_empty) {
        return Err(("没有环".into(), "it has no ring".into()));
    }
    for ring in outline.iter().flatten() {
        if let Some([lon, lat]) = ring.iter().find(|point| !in_range(point)) {
            return Err((
                format!("[{lon}, {lat}] 不是经纬度"),
                format!("[{lon}, {lat}] is no longitude and latitude"),
            ));
        }
        if ring.len() < 4 {
            return Err((
                format!("一个环只有 {} 个点", ring.len()),
                format!("a ring has only {} points", ring.len()),
            ));
        }
        if ring.first() != ring.last() {
            let [lon, lat] = ring.first().copied().unwrap_or_default();
            return Err((
                format!("从 [{lon}, {lat}] 开始的环没有闭合"),
                format!("the ring that starts at [{lon}, {lat}] is not closed"),
            ));
        }
        if area(ring) == 0.0 {
            return Err(("一个环没有面积".into(), "a ring has no area".into()));
        }
    }
    Ok(())
}

/// Twice the signed area of a closed ring, relative to its first point to keep digits.
fn area(ring: &[[f64; 2]]) -> f64 {
    let [x0, y0] = ring.first().copied().unwrap_or_default();
    ring.windows(2)
        .map(|w| (w[0][0] - x0) * (w[1][1] - y0) - (w[1][0] - x0) * (w[0][1] - y0))
        .sum()
}

/// West, south, east, north.
pub(super) fn bounds<'p>(points: impl Iterator<Item = &'p [f64; 2]>) -> Option<[f64; 4]> {
    points.fold(None, |bounds, [x, y]| {
        let [west, south, east, north] = bounds.unwrap_or([*x, *y, *x, *y]);
        Some([west.min(*x), south.min(*y), east.max(*x), north.max(*y)])
    })
}
