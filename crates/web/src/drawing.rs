//! A map drawn by the server as SVG, for readers without scripts and for print.

use crate::app::App;
use crate::reader::Reader;
use city::place::{Level, Outline};
use maud::{Markup, html};
use notice::PlaceId;
use std::fmt::Write;

/// Width of the drawing in its own units; points closer than one unit fall together.
const WIDTH: f64 = 900.0;

/// What part of the world is drawn, and how large.
struct Frame {
    west: f64,
    north: f64,
    scale: f64,
    /// A degree of longitude is shorter than one of latitude by this factor.
    squeeze: f64,
    height: f64,
}

impl Frame {
    fn around(shapes: &[&Outline]) -> Option<Frame> {
        let (mut west, mut south, mut east, mut north) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
        for [lon, lat] in shapes.iter().flat_map(|s| s.iter().flatten().flatten()) {
            (west, east) = (west.min(*lon), east.max(*lon));
            (south, north) = (south.min(*lat), north.max(*lat));
        }
        if west >= east || south >= north {
            return None;
        }
        let margin = 0.03;
        let (wide, high) = (east - west, north - south);
        let squeeze = ((south + north) / 2.0).to_radians().cos();
        let scale = WIDTH / (wide * squeeze * (1.0 + 2.0 * margin));
        Some(Frame {
            west: west - wide * margin,
            north: north + high * margin,
            scale,
            squeeze,
            height: (high * (1.0 + 2.0 * margin) * scale).round(),
        })
    }

    fn place(&self, [lon, lat]: [f64; 2]) -> (i64, i64) {
        let x = (lon - self.west) * self.squeeze * self.scale;
        let y = (self.north - lat) * self.scale;
        (x.round() as i64, y.round() as i64)
    }

    fn path(&self, shape: &Outline) -> String {
        let mut out = String::new();
        for ring in shape.iter().flatten() {
            let mut last = None;
            for point in ring {
                let here = self.place(*point);
                match last {
                    None => {
                        let _ = write!(out, "M{} {}", here.0, here.1);
                    }
                    Some(before) if before == here => continue,
                    Some((x, y)) => {
                        let _ = write!(out, "l{} {}", here.0 - x, here.1 - y);
                    }
                }
                last = Some(here);
            }
            out.push('z');
        }
        out
    }

    /// The middle of the northern edge, for the name of an area: areas lie within each other.
    fn north(&self, shape: &Outline) -> Option<(i64, i64)> {
        let points = || shape.iter().flatten().flatten();
        let west = points().map(|p| p[0]).reduce(f64::min)?;
        let east = points().map(|p| p[0]).reduce(f64::max)?;
        let north = points().map(|p| p[1]).reduce(f64::max)?;
        Some(self.place([f64::midpoint(west, east), north]))
    }

    /// The middle of the largest ring, for a name.
    fn middle(&self, shape: &Outline) -> Option<(i64, i64)> {
        let ring = shape
            .iter()
            .filter_map(|p| p.first())
            .max_by_key(|r| r.len())?;
        let (mut area, mut x, mut y) = (0.0, 0.0, 0.0);
        for pair in ring.windows(2) {
            let cross = pair[0][0] * pair[1][1] - pair[1][0] * pair[0][1];
            area += cross;
            x += (pair[0][0] + pair[1][0]) * cross;
            y += (pair[0][1] + pair[1][1]) * cross;
        }
        if area.abs() < f64::EPSILON {
            return None;
        }
        Some(self.place([x / (3.0 * area), y / (3.0 * area)]))
    }
}

/// The districts of the city, with `marked` places drawn over them. `close` frames the marked places instead of the city.
pub fn map(app: &App, reader: &Reader, marked: &[PlaceId], close: bool, caption: &str) -> Markup {
    let places = &app.city().places;
    let shaped = |level: fn(Level) -> bool| -> Vec<(PlaceId, &city::place::Place, &Outline)> {
        (0..)
            .map(PlaceId)
            .zip(places.all())
            .filter(|(_, place)| level(place.level))
            .filter_map(|(id, place)| Some((id, place, places.outline(id)?)))
            .collect()
    };
    let districts = shaped(|level| level == Level::District);
    let areas = shaped(|level| level == Level::Area);
    let marked_shapes: Vec<_> = marked.iter().filter_map(|id| places.outline(*id)).collect();
    let all: Vec<_> = districts
        .iter()
        .chain(&areas)
        .map(|(_, _, shape)| *shape)
        .collect();
    let frame = match close && !marked_shapes.is_empty() {
        true => Frame::around(&marked_shapes),
        false => Frame::around(&all),
    };
    let Some(frame) = frame else {
        return html! { p .fine { (reader.say("没有可画的地图。", "There is no map to draw.")) } };
    };
    html! {
        svg .drawing viewBox={ "0 0 " (WIDTH) " " (frame.height) } role="img" aria-label=(caption) width=(WIDTH) height=(frame.height) {
            title { (caption) }
            @for (_, _, shape) in &districts { path .d-district d=(frame.path(shape)) {} }
            @for (id, _, shape) in &areas {
                @if !marked.contains(id) { path .d-area d=(frame.path(shape)) {} }
            }
            @for shape in &marked_shapes { path .d-marked d=(frame.path(shape)) {} }
            @for (_, place, shape) in &districts {
                @if let Some((x, y)) = frame.middle(shape) {
                    text .d-name x=(x) y=(y) { (place.name.get(reader.lang)) }
                }
            }
            @for id in marked {
                @if let Some(place) = places.all().get(id.0 as usize)
                    && place.level == Level::Area
                    && let Some((x, y)) = places.outline(*id).and_then(|s| frame.north(s)) {
                    text .d-name .d-name-marked x=(x) y=(y) { (place.name.get(reader.lang)) }
                }
            }
        }
    }
}

/// The shapes of districts and areas as GeoJSON, names in both languages.
pub fn places_geojson(app: &App) -> String {
    let places = &app.city().places;
    let mut out = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    let mut first = true;
    for (id, place) in (0..).map(PlaceId).zip(places.all()) {
        let Some(shape) = places
            .outline(id)
            .filter(|_| matches!(place.level, Level::District | Level::Area))
        else {
            continue;
        };
        let level = match place.level {
            Level::Area => "area",
            _ => "district",
        };
        let properties = serde_json::json!({
            "code": place.code, "zh": place.name.zh, "en": place.name.en, "level": level, "demo": place.demo,
            "rules": crate::pages::place::rules_here(app, id).len(),
        });
        let geometry = serde_json::json!({ "type": "MultiPolygon", "coordinates": rounded(shape) });
        let comma = if first { "" } else { "," };
        let _ = write!(
            out,
            "{comma}{{\"type\":\"Feature\",\"id\":{},\"properties\":{properties},\"geometry\":{geometry}}}",
            id.0
        );
        first = false;
    }
    out.push_str("]}");
    out
}

/// Roads and rivers as GeoJSON.
pub fn lines_geojson(city: &city::City) -> String {
    let features: Vec<_> = city
        .lines
        .iter()
        .map(|line| {
            let points: Vec<_> = line
                .points
                .iter()
                .map(|p| [round(p[0]), round(p[1])])
                .collect();
            serde_json::json!({
                "type": "Feature",
                "properties": { "class": line.class, "name": line.name },
                "geometry": { "type": "LineString", "coordinates": points },
            })
        })
        .collect();
    serde_json::json!({ "type": "FeatureCollection", "features": features }).to_string()
}

fn rounded(shape: &Outline) -> Outline {
    let ring = |ring: &Vec<[f64; 2]>| ring.iter().map(|p| [round(p[0]), round(p[1])]).collect();
    shape
        .iter()
        .map(|polygon| polygon.iter().map(ring).collect())
        .collect()
}

/// Five decimals: about a metre.
fn round(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}
