//! `/places/{code}`: what is in force at a place.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::reader::Reader;
use crate::standing::{self, Standing};
use crate::wording;
use crate::{drawing, params};
use axum::extract::{Path, State};
use axum::response::Response;
use city::place::{Level, Place, Relation};
use maud::{Markup, html};
use notice::{Notice, PlaceId, Rule};
use std::sync::Arc;

/// How far a rule reaches at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Everywhere in it.
    All,
    /// In a part of it, or it is not known.
    Part,
}

/// Rules that are not over and reach this place.
pub fn rules_here(app: &App, place: PlaceId) -> Vec<(&Arc<Notice>, &Rule, Reach)> {
    let now = app.now();
    let places = &app.city().places;
    app.rules()
        .filter(|(notice, _)| notice.in_force.until.is_none_or(|until| now < until))
        .filter_map(|(notice, rule)| {
            let reach = if rule.places.is_empty() {
                Some(Reach::All)
            } else {
                let relations = rule
                    .places
                    .iter()
                    .map(|named| places.relation(place, *named));
                relations.fold(None, |reach, relation| match relation {
                    Relation::Same | Relation::Inside => Some(Reach::All),
                    Relation::Contains | Relation::Overlaps => reach.or(Some(Reach::Part)),
                    Relation::Disjoint => reach,
                })
            };
            reach.map(|reach| (notice, rule, reach))
        })
        .collect()
}

/// `GET /places/{code}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let all = app.city().places.all();
    let (id, place) = app.place(&code).ok_or(Failure::NotFound)?;
    let rules = rules_here(&app, id);
    let speaker = app.speaker(reader.lang);
    let name = place.name.get(reader.lang);
    let (here, wide): (Vec<_>, Vec<_>) = rules
        .into_iter()
        .partition(|(_, rule, _)| !rule.places.is_empty());
    let list = |rules: &[(&Arc<Notice>, &Rule, Reach)]| {
        html! {
            ol .today-list {
                @for (notice, rule, reach) in rules {
                    li {
                        a .today-where href={ "/notices/" (notice.slug) "#" (rule.name) } {
                            (wording::citation(&reader, notice.clauses.get(usize::from(rule.clause.0))))
                        }
                        p {
                            (speaker.clause(rule)) (reader.say("。", "."))
                            @if *reach == Reach::Part { " " span .fine { (reader.say("（只在其中一部分）", "(in a part of it)")) } }
                        }
                        @let now = standing::of_rule(app.city(), notice, rule, reader.now);
                        @if now != Standing::Acting { (standing::badge(&reader, now)) }
                    }
                }
            }
        }
    };
    let drawn = has_outline(&app, id).or_else(|| {
        place
            .parent
            .filter(|_| place.level > Level::District)
            .and_then(|p| has_outline(&app, p))
    });
    let body = html! {
        div .place-page {
            (path_above(&reader, all, place))
            h1 { (name) @if place.demo { " " (crate::pages::notice::demo(&reader)) } }
            p .fine { (level(&reader, place.level)) " · " code { (place.code) } }
            p { a .button href=(params::link("/ask", &[("where", &place.code)])) { (reader.say(format!("在{name}，我能不能…？"), format!("May I … in {name}?"))) } }
            div .place-grid {
                div {
                    section aria-labelledby="here" {
                        h2 #here .rubric { (reader.say("专门针对这里的规定", "Rules for this place")) " " span .count { (here.len()) } }
                        @if here.is_empty() { p { (reader.say("没有只针对这里的规定。", "No rule names this place.")) } } @else { (list(&here)) }
                    }
                    section aria-labelledby="wide" {
                        h2 #wide .rubric { (reader.say("全市有效、这里也适用的规定", "Rules of the whole city, here too")) " " span .count { (wide.len()) } }
                        (list(&wide))
                    }
                }
                aside {
                    @if let Some(drawn) = drawn {
                        figure { (drawing::map(&app, &reader, &[drawn], false, name)) }
                    }
                    (below(&app, &reader, id, place))
                }
            }
        }
    };
    Ok(layout::page(&app, &reader, name, body))
}

fn has_outline(app: &App, id: PlaceId) -> Option<PlaceId> {
    app.city().places.outline(id).map(|_| id)
}

fn level(reader: &Reader, level: Level) -> &'static str {
    match level {
        Level::Province => reader.say("省", "province"),
        Level::City => reader.say("市", "city"),
        Level::District => reader.say("区县", "district"),
        Level::Street => reader.say("街道、乡镇", "street or township"),
        Level::Community => reader.say("社区、村", "community or village"),
        Level::Area => reader.say("划定的区域", "designated area"),
    }
}

fn path_above(reader: &Reader, all: &[Place], place: &Place) -> Markup {
    let mut above = Vec::new();
    let mut next = place.parent;
    // Ten levels are more than any tree of divisions has.
    while let Some(parent) = next
        .and_then(|id| all.get(id.0 as usize))
        .filter(|_| above.len() < 10)
    {
        above.push(parent);
        next = parent.parent;
    }
    html! {
        @if !above.is_empty() {
            nav .crumbs aria-label=(reader.say("上级地方", "Places above")) {
                ol { @for parent in above.iter().rev() { li { a href={ "/places/" (parent.code) } { (parent.name.get(reader.lang)) } } } }
            }
        }
    }
}

fn below(app: &App, reader: &Reader, id: PlaceId, place: &Place) -> Markup {
    let all = app.city().places.all();
    let children: Vec<&Place> = all.iter().filter(|p| p.parent == Some(id)).collect();
    let enterprises = app
        .city()
        .registers
        .iter()
        .flat_map(|r| &r.rows)
        .filter(|row| row.district == place.code)
        .count();
    html! {
        @if enterprises > 0 {
            p {
                a href=(params::link("/registers/enterprises", &[("district", &place.code)])) {
                    (reader.say(format!("这里的企业：{enterprises}家"), format!("{enterprises} enterprises here")))
                }
            }
        }
        @if !children.is_empty() {
            section aria-labelledby="below" {
                h2 #below .small-rubric { (reader.say("下辖", "Places in it")) " " span .count { (children.len()) } }
                ul .place-list { @for child in children { li { a href={ "/places/" (child.code) } { (child.name.get(reader.lang)) } } } }
            }
        }
    }
}
