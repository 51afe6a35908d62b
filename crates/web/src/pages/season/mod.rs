//! A season's pages: licences and results that everybody sees, and the desk at which its office grants licences and enters what
//! they and the events brought in.

mod desk;
mod field;
mod grant;
mod licence;
mod public;
mod result;
mod results;
mod words;

use crate::app::App;
use crate::bookings::season::Unentered;
use crate::failure::Failure;
use crate::people::{People, Visitor};
use crate::reader::Reader;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use field::Wrong;
use forms::people::powers::{Act, Citation, Denied, Matter, Powers, Standing};
use forms::season::{Asked, Season};
use notice::Notice;
use std::sync::Arc;

pub use public::{own, way};

/// Every page and command of a season: method, address, and what answers. A test tries each with every role.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/notices/{slug}/licences", get(public::list))
        .route("/notices/{slug}/licences/{number}", get(public::one))
        .route("/notices/{slug}/results", get(results::show))
        .route("/desk/season/{slug}", get(desk::show))
        .route("/desk/season/{slug}/results", get(result::list))
        .route("/desk/season/{slug}/result", get(result::show))
        .route("/desk/season/{slug}/result", post(result::enter))
        .route("/desk/season/{slug}/result/correct", post(result::correct))
        .route("/desk/season/{slug}/grant", get(grant::show))
        .route("/desk/season/{slug}/grant", post(grant::grant))
        .route("/desk/season/{slug}/licences/{number}", get(licence::show))
        .route(
            "/desk/season/{slug}/licences/{number}/end",
            post(licence::end),
        )
        .route(
            "/desk/season/{slug}/licences/{number}/sales",
            post(licence::enter),
        )
        .route(
            "/desk/season/{slug}/licences/{number}/correct",
            post(licence::correct),
        )
}

/// The acts that bring somebody to the desk of a season.
const ACTS: [Act; 3] = [Act::GrantLicence, Act::EnterResults, Act::CorrectResults];

/// A notice in force that licenses products, with the people who can.
pub struct Of<'a> {
    notice: &'a Arc<Notice>,
    season: Arc<Season>,
    people: &'a Arc<People>,
}

/// The season of a notice.
fn of<'a>(app: &'a App, slug: &str) -> Result<Of<'a>, Failure> {
    let people = app.people.as_ref().ok_or(Failure::NotFound)?;
    let notice = app.notice(slug).ok_or(Failure::NotFound)?;
    let season = Season::new(app.city(), notice).ok_or(Failure::NotFound)?;
    Ok(Of {
        notice,
        season,
        people,
    })
}

/// Whether somebody may do something about a season; `interest` if they have one of their own in it.
fn may(
    app: &App,
    who: &Standing,
    act: Act,
    season: &Season,
    interest: bool,
) -> Result<Citation, Box<Denied>> {
    let matter = Matter {
        interest,
        ..Matter::of(season.issuer())
    };
    let asked = Powers::of(&app.book).may(who, act, &matter, app.now());
    asked.map_err(Box::new)
}

/// Whether somebody has anything to do with a season; otherwise why not.
fn has_to_do_with(app: &App, who: &Standing, season: &Season) -> Result<(), Box<Denied>> {
    let mut asked = ACTS.iter().map(|act| may(app, who, *act, season, false));
    let first = asked.next().map(|first| first.map(drop));
    match asked.any(|may| may.is_ok()) {
        true => Ok(()),
        false => first.unwrap_or(Ok(())),
    }
}

/// The seasons at whose desk somebody works.
pub fn desks<'a>(app: &'a App, who: &Standing) -> Vec<&'a Arc<Notice>> {
    if app.people.is_none() || who.post.is_none() {
        return Vec::new();
    }
    let notices = app.book.notices().iter();
    notices
        .filter(|notice| {
            let season = Season::new(app.city(), notice);
            season.is_some_and(|season| has_to_do_with(app, who, &season).is_ok())
        })
        .collect()
}

/// Gives a command as it was read from a form, and says what was wrong with it.
async fn give<C: Asked>(
    app: &App,
    of: &Of<'_>,
    visitor: &Visitor,
    read: Result<C, Wrong>,
) -> Result<u64, Wrong> {
    let command = read?;
    let (now, person) = (app.clock.now(), &visitor.session.person);
    let given = of.people.bookings.enter(&of.season, person, now, command);
    given.await.map_err(|not| match not {
        Unentered::Refused(refused) => Wrong::said(refused.label()),
        Unentered::Failure(failure) => Wrong::Failure(failure),
    })
}

/// What somebody is told who may not, under the season's title.
fn denied(app: &App, reader: &Reader, notice: &Notice, denied: &Denied) -> Response {
    let title = notice.title_in(reader.lang).0;
    super::denied::page(app, reader, title, denied)
}
