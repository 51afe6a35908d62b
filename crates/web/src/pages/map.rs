//! `/map`: the city as a map; a drawing without scripts, MapLibre with them. All data is served from here.

use crate::app::App;
use crate::layout::{self, Frame};
use crate::reader::Reader;
use crate::{assets, drawing};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use city::place::Level;
use maud::html;
use notice::PlaceId;
use std::fmt::Write;
use std::sync::Arc;

/// `GET /map`
pub async fn show(State(app): State<Arc<App>>, reader: Reader) -> Response {
    let all = app.city().places.all();
    let areas: Vec<PlaceId> = (0..)
        .map(PlaceId)
        .zip(all)
        .filter(|(_, p)| p.level == Level::Area && p.has_shape)
        .map(|(id, _)| id)
        .collect();
    let caption = reader.say(
        "区县和公告划定的区域",
        "Districts and the areas that notices name",
    );
    let body = html! {
        div .map-page {
            h1 { (reader.say("地图", "Map")) }
            p .lede {
                (reader.say("每个区域里现在有哪些规定，地图下面列着。", "Which rules hold in each area: see the list below the map."))
            }
            div .map-frame data-island="map" data-lang=(reader.say("zh", "en"))
                data-places="/map/places.geojson" data-lines="/map/lines.geojson" data-enterprises="/map/enterprises.geojson"
                data-worker=[assets::address("map-worker.js")]
                data-words=(words(&reader)) {
                (drawing::map(&app, &reader, &areas, false, caption))
            }
            div .map-below {
                section aria-labelledby="areas" {
                    h2 #areas .small-rubric { (reader.say("公告划定的区域", "Areas that notices name")) }
                    ul .place-list {
                        @for area in areas.iter().filter_map(|id| all.get(id.0 as usize)) {
                            li { a href={ "/places/" (area.code) } { (area.name.get(reader.lang)) } @if area.demo { " " (crate::pages::notice::demo(&reader)) } }
                        }
                    }
                }
                section aria-labelledby="districts" {
                    h2 #districts .small-rubric { (reader.say("区县", "Districts")) }
                    ul .place-list {
                        @for place in all.iter().filter(|p| p.level == Level::District) {
                            li { a href={ "/places/" (place.code) } { (place.name.get(reader.lang)) } }
                        }
                    }
                }
            }
        }
    };
    let frame = Frame {
        map: true,
        way: "/map",
        ..Frame::default()
    };
    layout::framed(&app, &reader, reader.say("地图", "Map"), &frame, body)
}

/// Words of the map's script, so that it holds none of its own.
fn words(reader: &Reader) -> String {
    serde_json::json!({
        "rules": reader.say("条规定适用", "rules hold here"),
        "hint": reader.say("点任意一处，问在那里能不能做一件事", "Choose any point to ask about it"),
        "open": reader.say("看这里的规定", "See the rules here"),
        "duties": reader.say("看它有哪些义务", "See what it must do"),
        "ask": reader.say("问这里能不能…", "Ask: may I … here?"),
        "enterprises": reader.say("企业", "Enterprises"),
        "roads": reader.say("道路", "Roads"),
        "demo": reader.say("演示数据", "demo data"),
        "label": reader.say("城市地图，可用方向键移动、加减号缩放", "Map of the city; move with the arrow keys, zoom with plus and minus"),
        "zoom_in": reader.say("放大", "Zoom in"),
        "zoom_out": reader.say("缩小", "Zoom out"),
        "compass": reader.say("回正", "Reset bearing"),
    })
    .to_string()
}

/// `GET /map/places.geojson`
pub async fn places(State(app): State<Arc<App>>) -> Response {
    geojson(drawing::places_geojson(&app))
}

/// `GET /map/lines.geojson`
pub async fn lines(State(app): State<Arc<App>>) -> Response {
    geojson(app.lines_geojson.clone())
}

/// `GET /map/enterprises.geojson`
pub async fn enterprises(State(app): State<Arc<App>>) -> Response {
    let mut out = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    let rows = app.city().registers.iter().flat_map(|r| &r.rows);
    for (count, row) in rows.enumerate() {
        let properties = serde_json::json!({ "id": row.id, "name": row.name, "demo": row.demo });
        let comma = if count == 0 { "" } else { "," };
        let _ = write!(
            out,
            "{comma}{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{},{}]}}}}",
            row.point.0, row.point.1
        );
    }
    out.push_str("]}");
    geojson(out)
}

fn geojson(body: impl Into<axum::body::Bytes>) -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/geo+json"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        body.into(),
    )
        .into_response()
}
