//! `/certificates/{serial}/replace`: staff issue another certificate in the place of one that is void, if the powers let them.

use super::void::{found, may};
use super::{alert, both, hours, told};
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::records::NotDone;
use crate::failure::Failure;
use crate::layout;
use crate::pages::denied;
use crate::pages::sign_in::faced;
use crate::pages::staff::by_clause;
use crate::people::{Asked, Visitor, led};
use crate::reader::Reader;
use crate::wording::mixed;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::people::powers::{Act, Citation};
use forms::record::{Certificate, Why};
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// `GET /certificates/{serial}/replace`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path(serial): Path<String>,
) -> Result<Response, Failure> {
    let certificate = found(&visitor, &serial).await?;
    match may(&app, &visitor, &certificate, Act::IssueCertificate) {
        Ok(under) => page(&app, &reader, &visitor, &certificate, &under, None).await,
        Err(why) => Ok(denied::page(&app, &reader, title(&reader), &why)),
    }
}

/// `POST /certificates/{serial}/replace`
pub async fn make(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(serial): Path<String>,
    Asked { visitor, .. }: Asked,
) -> Result<Response, Failure> {
    let certificate = found(&visitor, &serial).await?;
    reader.here = format!("/certificates/{}/replace", certificate.serial);
    let under = match may(&app, &visitor, &certificate, Act::IssueCertificate) {
        Ok(under) => under,
        Err(why) => return Ok(denied::page(&app, &reader, title(&reader), &why)),
    };
    let ready = offer(&app, &certificate)?;
    let (person, now) = (&visitor.session.person, app.clock.now());
    let bookings = &visitor.people.bookings;
    let done = bookings.replace(ready, &certificate, person, under.clone(), now);
    match done.await {
        Ok(()) => Ok(led(&format!("/certificates/{}", certificate.serial))),
        Err(stopped) => {
            let (status, why) = said(&reader, stopped)?;
            let shown = page(&app, &reader, &visitor, &certificate, &under, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

fn title(reader: &Reader) -> &'static str {
    reader.say("换发证明", "Issue another certificate")
}

fn offer<'a>(app: &'a App, certificate: &Certificate) -> Result<&'a Ready, Failure> {
    let found = app.offers.by_key(&certificate.offer);
    found.ok_or(Failure::NotFound)
}

/// What it has come to, said to staff and not to the holder.
fn said(reader: &Reader, stopped: NotDone) -> Result<(StatusCode, Label), Failure> {
    let label = match &stopped {
        NotDone::NoName => Label::new(
            "证明上要写姓名，本人还没有填写；请本人先填写。",
            "A certificate bears a name, and its person has not stated one: ask them to do so first.",
        ),
        NotDone::Refused(refused) => match refused.why {
            Why::Missing { counted, .. } => short(reader, counted),
            _ => return told(stopped),
        },
        NotDone::Failure(_) => return told(stopped),
    };
    Ok((StatusCode::CONFLICT, label))
}

fn short(reader: &Reader, counted: u32) -> Label {
    let counted = hours(reader, counted);
    Label::new(
        format!("本人现在一共有{counted}，还不满公告约定的时长，不能换发；记录有误的，请先更正。"),
        format!(
            "Its person has {counted} in all now, less than the notice promises it for. If the record is wrong, correct it first."
        ),
    )
}

async fn page(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    certificate: &Certificate,
    under: &Citation,
    why: Option<&Label>,
) -> Result<Response, Failure> {
    let ready = offer(app, certificate)?;
    let bookings = &visitor.people.bookings;
    let account = bookings.counted(ready, &certificate.person).await?;
    let serial = certificate.serial.as_str();
    let title = title(reader);
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href={ "/certificates/" (serial) } { (serial) } } } }
            h1 { (title) }
            (alert(reader, why))
            @match &certificate.revoked {
                None => p .lede {
                    (reader.say("这份证明还有效。", "This certificate still holds. "))
                    a href={ "/certificates/" (serial) "/void" } { (reader.say("先把它作废", "Make it void first")) } (reader.say("，再换发。", ", then issue another."))
                },
                Some(revoked) => @match &revoked.replaced_by {
                    Some(by) => p .lede {
                        (reader.say("已经换发：", "Another was issued: ")) a href={ "/certificates/" (by) } { (by) } (reader.say("。", "."))
                    },
                    None => {
                        p .lede { (mixed(reader, &reader.say(
                            format!("证明 {serial} 已作废：{}。", revoked.reason.label().zh),
                            format!("Certificate {serial} is void: {}.", revoked.reason.label().en),
                        ))) }
                        (form(reader, visitor, serial, account.checked, account.granted, account.missing() == Some(0)))
                    },
                },
            }
            (by_clause(app, reader, under))
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

fn form(
    reader: &Reader,
    visitor: &Visitor,
    serial: &str,
    checked: u32,
    granted: u32,
    met: bool,
) -> Markup {
    html! {
        h2 .rubric { (reader.say("新证明上会写", "What the new one will say")) }
        (both(reader, checked, granted))
        @if met {
            p { (reader.say(
                "时长照现在的记录写，姓名用本人现在填写的。新证明写明代替哪一份，旧编号也会写明由哪一份代替。",
                "The hours are those of the record now, the name is the one its person has stated by now. The new one says which it replaces, and the old number tells which has taken its place.",
            )) }
            form .entry action={ "/certificates/" (serial) "/replace" } method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                div .error-ways {
                    button .button type="submit" { (reader.say("换发", "Issue it")) }
                    a .button .quiet href={ "/certificates/" (serial) } { (reader.say("不换发", "Leave it")) }
                }
            }
        } @else {
            div .notice-line { p { (mixed(reader, short(reader, checked.saturating_add(granted)).get(reader.lang))) } }
        }
    }
}
