//! `/enterprises/{id}`: what the register knows of an enterprise, and what binds it now.

use crate::app::App;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::reader::Reader;
use crate::wording::Said;
use crate::{known, moments, params, state, verdict};
use axum::extract::{Path, State};
use axum::response::Response;
use city::register::Entry;
use decide::{Answer, Question, Whereabouts};
use maud::html;
use std::sync::Arc;

/// Everything that binds an enterprise at the reader's moment.
pub fn duties(app: &App, row: &Entry, at: jiff::civil::DateTime) -> Answer {
    let mut found = Vec::new();
    app.city().places.at(row.point.0, row.point.1, &mut found);
    app.answer(
        None,
        &Question {
            action: None,
            facts: row.facts.clone(),
            place: Whereabouts::Point(found),
            at,
        },
    )
}

/// `GET /enterprises/{id}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let rows = app.city().registers.iter().flat_map(|r| &r.rows);
    let row = rows
        .into_iter()
        .find(|row| row.id == id)
        .ok_or(Failure::NotFound)?;
    let answer = duties(&app, row, reader.now);
    let district = app.place(&row.district).map(|(_, place)| place);
    let facts = state::write(app.fingerprint, &row.facts);
    let mut listed: Vec<(String, Vec<String>)> = Vec::new();
    for fact in known::facts(&app, &row.facts, reader.lang) {
        // Lists the enterprise is not in are no news.
        if row.facts.members.values().any(|holds| !holds)
            && fact.value.starts_with(reader.say("不在", "not "))
        {
            continue;
        }
        // Said above as its district.
        if district.is_some_and(|d| fact.value == d.name.get(reader.lang)) {
            continue;
        }
        match listed.iter_mut().find(|(about, _)| *about == fact.about) {
            Some((_, values)) => values.push(fact.value),
            None => listed.push((fact.about, vec![fact.value])),
        }
    }
    let body = html! {
        div .enterprise {
            p .kicker { a href="/registers/enterprises" { (reader.say("企业名录", "Register of enterprises")) } @if row.demo { " " (crate::pages::notice::demo(&reader)) } }
            h1 { (Said::chinese(&reader, &row.name)) }
            dl .facts-line {
                div { dt { (reader.say("统一社会信用代码", "Credit code")) } dd { code { (row.id) } } }
                @if let Some(district) = district {
                    div { dt { (reader.say("区县", "District")) } dd { a href={ "/places/" (district.code) } { (district.name.get(reader.lang)) } } }
                }
                @for (about, values) in &listed {
                    div { dt { (about) } dd { (values.join(reader.say("、", ", "))) } }
                }
            }
            section .why aria-labelledby="duties" {
                h2 #duties .rubric {
                    (reader.say("现在有哪些规定管着它", "What binds it now")) " " span .count { (answer.duties.len()) }
                }
                p .fine { (reader.say("按", "As of ")) (moments::hour_seen_from(reader.now, reader.now, reader.lang)) (reader.say("的情形", "")) }
                (verdict::limits(&reader, &app, &answer))
                @if answer.duties.is_empty() {
                    p { (reader.say("没有一条现行规定限制它。", "No rule in force binds it.")) }
                } @else {
                    (verdict::clauses(&app, &reader, &answer.duties))
                }
                (verdict::until(&app, &reader, &answer))
            }
            p { a .button href=(params::link("/ask", &[("s", &facts), ("where", &row.district)])) { (reader.say("替它问一件事", "Ask something for it")) } }
        }
    };
    let frame = Frame {
        way: "/registers/enterprises",
        ..Frame::default()
    };
    Ok(layout::framed(&app, &reader, &row.name, &frame, body))
}
