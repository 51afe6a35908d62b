//! `/certificates/{serial}/void`: staff make a certificate void, if the powers let them.

use super::{alert, told};
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::pages::denied;
use crate::pages::sign_in::faced;
use crate::people::{Asked, Visitor, led};
use crate::reader::Reader;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::people::powers::{Act, Citation, Denied, Matter, Powers};
use forms::record::rows::Reason;
use forms::record::{Certificate, Serial};
use maud::html;
use notice::Label;
use std::sync::Arc;

/// `GET /certificates/{serial}/void`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path(serial): Path<String>,
) -> Result<Response, Failure> {
    let certificate = found(&visitor, &serial).await?;
    match may(&app, &visitor, &certificate, Act::CorrectRecord) {
        Ok(_) => Ok(page(&app, &reader, &visitor, &certificate, None)),
        Err(denied) => Ok(denied::page(&app, &reader, title(&reader), &denied)),
    }
}

/// `POST /certificates/{serial}/void`
pub async fn make(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(serial): Path<String>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let certificate = found(&visitor, &serial).await?;
    reader.here = format!("/certificates/{}/void", certificate.serial);
    let under = match may(&app, &visitor, &certificate, Act::CorrectRecord) {
        Ok(citation) => citation,
        Err(denied) => return Ok(denied::page(&app, &reader, title(&reader), &denied)),
    };
    let reason = Reason::ALL
        .into_iter()
        .find(|reason| reason.name() == fields.typed("reason"));
    let Some(reason) = reason else {
        let why = Label::new("请选一个原因。", "Choose a reason.");
        let shown = page(&app, &reader, &visitor, &certificate, Some(&why));
        return Ok(faced(shown, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let ready = app
        .offers
        .by_key(&certificate.offer)
        .ok_or(Failure::NotFound)?;
    let (person, now) = (&visitor.session.person, app.clock.now());
    let which = (certificate.serial.clone(), reason);
    let done = visitor
        .people
        .bookings
        .revoke(ready, which, person, under, now)
        .await;
    match done {
        Ok(()) => {
            let address = format!("/certificates/{}", certificate.serial);
            Ok(led(&address))
        }
        Err(stopped) => {
            let (status, why) = told(stopped)?;
            let shown = page(&app, &reader, &visitor, &certificate, Some(&why));
            Ok(faced(shown, status))
        }
    }
}

/// A certificate whose holder was not forgotten.
pub(super) async fn found(visitor: &Visitor, serial: &str) -> Result<Certificate, Failure> {
    let serial = Serial::read(serial).ok_or(Failure::NotFound)?;
    let found = visitor.people.bookings.certificate(serial).await?;
    let found = found.filter(|(_, holder)| holder.is_some());
    found
        .map(|(certificate, _)| certificate)
        .ok_or(Failure::NotFound)
}

/// By which clause somebody does something about a certificate of their office, which is not their own.
pub(super) fn may(
    app: &App,
    visitor: &Visitor,
    certificate: &Certificate,
    act: Act,
) -> Result<Citation, Box<Denied>> {
    let who = visitor.standing(app);
    let matter = Matter {
        interest: who.person == certificate.person,
        ..Matter::of(&certificate.issuer)
    };
    let asked = Powers::of(&app.book).may(&who, act, &matter, app.now());
    asked.map_err(Box::new)
}

fn title(reader: &Reader) -> &'static str {
    reader.say("把证明作废", "Make a certificate void")
}

fn page(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    certificate: &Certificate,
    why: Option<&Label>,
) -> Response {
    let title = title(reader);
    let serial = certificate.serial.as_str();
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href={ "/certificates/" (serial) } { (serial) } } } }
            h1 { (title) }
            (alert(reader, why))
            p .lede { (reader.say("作废以后，编号仍可查到，并写明自哪天起、因何作废。新证明只能由本机构换发，换发以后，旧编号会写明由哪一份代替。", "Afterwards the number is still found, with since when and why. Only your office can issue another, and then the old number leads to it.")) }
            form .entry action={ "/certificates/" (serial) "/void" } method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                fieldset {
                    legend { (reader.say("原因（大家都看得到）", "Why (everybody sees it)")) }
                    @for reason in Reason::ALL {
                        label .sure { input type="radio" name="reason" value=(reason.name()) required; span { (reason.label().get(reader.lang)) } }
                    }
                }
                div .error-ways {
                    button .button type="submit" { (reader.say("作废", "Make it void")) }
                    a .button .quiet href={ "/certificates/" (serial) } { (reader.say("不作废", "Leave it")) }
                }
            }
        }
    };
    layout::personal(app, reader, title, body)
}
