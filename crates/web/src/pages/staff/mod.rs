//! Staff's pages for bookings: the offers of their own office, a session's list at the door, and a booking's record. Who sees
//! and does what is asked of the powers each time; a refusal cites its clause.

mod answers;
pub mod door;
pub mod draw;
pub mod facts;
pub mod guardians;
mod heard;
pub mod list;
pub mod offer;
mod paper;
pub mod record;
pub mod session;
mod words;

use crate::app::App;
use crate::bookings::Ready;
use crate::headers::Camera;
use crate::layout::{self, Frame};
use crate::people::Visitor;
use crate::reader::Reader;
use crate::wording::{self, Said, mixed};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use forms::booking::Offered;
use forms::people::powers::{Act, Citation, Denied, Matter, Powers, Standing};
use ledger::name::Key;
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// Every page and command of this desk: method, address, and what answers. A test tries each with every role.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/desk/bookings", get(list::show))
        .route("/desk/bookings/mark", post(door::mark))
        .route("/desk/bookings/{notice}/{offer}", get(offer::show))
        .route(
            "/desk/bookings/{notice}/{offer}/{*slot}",
            get(session::show),
        )
        .route("/desk/draws/{notice}/{offer}/{*slot}", get(draw::show))
        .route("/desk/draws/{notice}/{offer}/{*slot}", post(draw::step))
        .route("/desk/booking/{number}", get(record::show))
        .route("/desk/booking/{number}/grant", post(record::grant))
        .route("/desk/booking/{number}/correct", post(record::correct))
        .route("/desk/facts", get(facts::show))
        .route("/desk/facts/find", post(facts::find))
        .route("/desk/facts/answer", post(facts::answer))
        .route("/desk/facts/identity", post(facts::identity))
        .route("/desk/guardians", get(guardians::show))
        .route("/desk/guardians/answer", post(guardians::answer))
}

/// The acts that bring somebody to these pages.
const ACTS: [Act; 7] = [
    Act::SeeBookings,
    Act::CheckIn,
    Act::GrantHours,
    Act::CorrectRecord,
    Act::Export,
    Act::HoldDraw,
    Act::WitnessDraw,
];

/// Somebody who is signed in, with the post they hold. What they may do, each page asks.
pub struct Officer {
    /// Their session.
    pub visitor: Visitor,
    standing: Standing,
}

impl Officer {
    /// A visitor with their post.
    pub fn of(app: &App, visitor: Visitor) -> Officer {
        let standing = visitor.standing(app);
        Officer { visitor, standing }
    }

    /// Whether they may do something about a matter of an office; `interest` if it is about themselves.
    fn may(
        &self,
        app: &App,
        act: Act,
        office: &str,
        interest: bool,
    ) -> Result<Citation, Box<Denied>> {
        let matter = Matter {
            interest,
            ..Matter::of(office)
        };
        let asked = Powers::of(&app.book).may(&self.standing, act, &matter, app.now());
        asked.map_err(Box::new)
    }

    /// Whether they have anything to do with the bookings of an offer.
    fn has_to_do_with(&self, app: &App, ready: &Ready) -> bool {
        let issuer = ready.offering.issuer();
        ACTS.iter()
            .any(|act| self.may(app, *act, issuer, false).is_ok())
    }
}

impl FromRequestParts<Arc<App>> for Officer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        Ok(Officer::of(app, visitor))
    }
}

/// Whether somebody's post has to do with bookings of their own office at all.
pub fn is_for(app: &App, standing: &Standing) -> bool {
    let Some(post) = &standing.post else {
        return false;
    };
    let matter = Matter::of(&post.office);
    let powers = Powers::of(&app.book);
    let may = |act: &Act| powers.may(standing, *act, &matter, app.now()).is_ok();
    ACTS.iter().any(may)
}

/// Where a session's list is.
fn session_path(ready: &Ready, slot: &Key) -> String {
    let short = ready.short(slot);
    let rest = short.strip_prefix('/').unwrap_or(short);
    format!("{}/{rest}", offer_path(ready))
}

/// Where an offer's sessions are.
fn offer_path(ready: &Ready) -> String {
    format!(
        "/desk/bookings/{}/{}",
        ready.notice.slug,
        ready.offer().name
    )
}

/// The slot that a path's end names.
fn slot_of<'a>(ready: &'a Ready, rest: &str) -> Option<&'a Offered> {
    match rest.starts_with('@') {
        true => ready.slot(rest),
        false => ready.slot(&format!("/{rest}")),
    }
}

/// Leads on to a page that somebody was on.
fn led_to(path: &str) -> Response {
    let Ok(place) = HeaderValue::from_str(path) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let kept = HeaderValue::from_static("private, no-store");
    let headers = [(header::LOCATION, place), (header::CACHE_CONTROL, kept)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// What somebody is told who may not: why, by which clause, and whom to ask.
fn denied(app: &App, reader: &Reader, denied: &Denied) -> Response {
    let title = reader.say("这不归您办理", "This is not yours to do");
    crate::pages::denied::page(app, reader, title, denied)
}

/// Why somebody may not, with links to the clauses.
pub(super) fn refusal(app: &App, reader: &Reader, denied: &Denied) -> Markup {
    let why = denied.label(app.city());
    html! {
        p .lede { (mixed(reader, why.get(reader.lang))) (reader.say("。", ".")) }
        (crate::pages::denied::clauses(app, reader, denied))
    }
}

/// By which clause somebody does something, beside the form for it.
pub(crate) fn by_clause(app: &App, reader: &Reader, citation: &Citation) -> Markup {
    html! {
        p .fine {
            (reader.say("依据权责清单：", "By the powers: "))
            @for because in citation.because() {
                a href={ "/notices/" (because.notice) "#" (because.rule) } { (wording::cited(app, reader, because)) } " "
            }
        }
    }
}

/// What was not done, before everything else.
fn alert(reader: &Reader, why: Option<&Label>) -> Markup {
    html! {
        @if let Some(why) = why { div .notice-line role="alert" { p { (mixed(reader, why.get(reader.lang))) } } }
    }
}

/// The way back, from the desk on.
fn crumbs(reader: &Reader, ways: &[(String, Markup)]) -> Markup {
    html! {
        nav .crumbs aria-label=(reader.say("上级页面", "Pages above")) {
            ol {
                li { a href="/desk/bookings" { (reader.say("预约工作台", "Bookings desk")) } }
                @for (address, name) in ways { li { a href=(address) { (name) } } }
            }
        }
    }
}

/// A page at which people are checked in: it has the script for that, and may ask for the camera.
fn door_page(app: &App, reader: &Reader, title: &str, body: Markup) -> Response {
    let frame = Frame {
        way: "/me",
        script: Some("door.js"),
        ..Frame::default()
    };
    let mut response = layout::personal_framed(app, reader, title, &frame, body);
    response.extensions_mut().insert(Camera);
    response
}

/// What an offer or one of its projects is called.
fn what<'a>(reader: &Reader, ready: &'a Ready, slot: &Offered) -> Said<'a> {
    match ready.project(slot) {
        Some(project) => Said::name(reader, project.label.get(reader.lang)),
        None => wording::title(reader, &ready.notice),
    }
}
