//! Offers whose slots are shown to those only who may sign up, and to their guardians.

use super::words;
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::subject::{Family, Known};
use crate::failure::Failure;
use crate::layout;
use crate::pages::sign_in::faced;
use crate::people::Visitor;
use crate::reader::Reader;
use crate::wording::title;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use notice::Facts;
use std::sync::Arc;

/// Whether the slots of an offer are shown to a person: for their own sake or that of a child they act for.
pub async fn is_seen(app: &Arc<App>, visitor: &Visitor, offer: usize) -> Result<bool, Failure> {
    let (house, person) = (app.clone(), visitor.session.person.clone());
    let bookings = &visitor.people.bookings;
    bookings
        .read(move |reader| {
            let ready = house.offers.all().get(offer).ok_or(Failure::NotFound)?;
            let day = house.now().date();
            for subject in Family::read(reader, &person)?.all {
                let known = Known::read(&house, reader, &subject.person, day, &Facts::default())?;
                let told = Some(&known.told);
                if ready.offering.is_seen_by(&subject.person, told) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
}

/// The page for everybody else: what is offered to whom stands in the notice, the slots do not stand here.
pub fn page(app: &App, reader: &Reader, ready: &Ready) -> Response {
    let heading = reader.say("报名", "Sign up");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/offers" { (reader.say("报名", "Take part")) } } } }
            h1 { (title(reader, &ready.notice)) }
            div .notice-line role="alert" {
                p { (reader.say(
                    "这里的时段只给可以报名的人和他们的监护人看。如果您或者您的孩子符合条件，请先到机构核实情况和监护关系。",
                    "The slots here are shown only to those who may sign up, and to their guardians. If you or your child may, have an office confirm the facts and the guardianship first.",
                )) }
            }
            p { (reader.say("依据 ", "By ")) (words::clause(reader, ready)) }
        }
    };
    faced(
        layout::personal(app, reader, heading, body),
        StatusCode::FORBIDDEN,
    )
}
