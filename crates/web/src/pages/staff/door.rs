//! `/desk/bookings/mark`: somebody comes, goes or is missing. The page's forms and its script, which may have kept what was
//! tapped while there was no network, send the same.

use super::{Officer, denied, led_to, session, session_path};
use crate::app::App;
use crate::bookings::{self, Bookings, Ready, Stopped, roll};
use crate::failure::Failure;
use crate::params::Params;
use crate::people::{Asked, ours};
use crate::reader::Reader;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use forms::booking::rows::{Means, Number};
use forms::booking::ticket::{Mark, NotAdmitted};
use forms::booking::{CheckIn, CheckOut, MarkAbsent, Offered, Why};
use forms::people::powers::{Act, Citation, Denied};
use jiff::{SignedDuration, Timestamp};
use ledger::name::{Actor, Key, RequestId};
use notice::Label;
use std::sync::Arc;

/// A device's clock may be ahead by so much before its times are refused.
const AHEAD: SignedDuration = SignedDuration::from_mins(2);

/// What was seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Came,
    Went,
    Missing,
}

/// Whom it is about, and how that was seen.
#[derive(Clone)]
struct Whom {
    number: Number,
    by: Means,
}

/// Why nothing was done.
enum Not {
    Denied(Box<Denied>),
    Said(Label),
    Failure(Failure),
}

impl From<Failure> for Not {
    fn from(failure: Failure) -> Self {
        Not::Failure(failure)
    }
}

impl From<Box<Denied>> for Not {
    fn from(denied: Box<Denied>) -> Self {
        Not::Denied(denied)
    }
}

/// `POST /desk/bookings/mark`
pub async fn mark(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    headers: HeaderMap,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let officer = Officer::of(&app, visitor);
    let key = fields.get("slot").and_then(|key| Key::new(key).ok());
    let found = key
        .and_then(|key| app.offers.spot(&key))
        .and_then(|spot| app.offers.at(spot));
    let (ready, slot) = found.ok_or(Failure::NotFound)?;
    let script = headers
        .get(header::ACCEPT)
        .is_some_and(|kinds| kinds.as_bytes().starts_with(b"application/json"));
    let marked = carry_out(&app, &reader, &officer, (ready, slot), &fields).await;
    let path = session_path(ready, &slot.key);
    match marked {
        Ok(said) if script => Ok(told(StatusCode::OK, &said)),
        Ok(_) => Ok(led_to(&path)),
        Err(Not::Failure(failure)) => Err(failure),
        Err(Not::Denied(why)) if script => {
            let why = why.label(app.city());
            Ok(told(StatusCode::FORBIDDEN, why.get(reader.lang)))
        }
        Err(Not::Denied(why)) => Ok(denied(&app, &reader, &why)),
        Err(Not::Said(why)) if script => Ok(told(StatusCode::CONFLICT, why.get(reader.lang))),
        Err(Not::Said(why)) => {
            reader.here = path;
            let wrong = Some((StatusCode::CONFLICT, &why));
            session::page(&app, &reader, &officer, ready, slot, wrong).await
        }
    }
}

/// Does it; gives what a script says of it.
async fn carry_out(
    app: &Arc<App>,
    reader: &Reader,
    officer: &Officer,
    (ready, slot): (&Ready, &Offered),
    fields: &Params,
) -> Result<String, Not> {
    let issuer = ready.offering.issuer();
    let under = officer.may(app, Act::CheckIn, issuer, false)?;
    let sees = officer.may(app, Act::SeeBookings, issuer, false);
    let seen = match fields.typed("what") {
        "in" => Seen::Came,
        "out" => Seen::Went,
        "absent" => Seen::Missing,
        _ => return Err(Not::Failure(Failure::NotFound)),
    };
    let now = app.clock.now();
    let at = time(fields, now)?;
    let whom = whom(
        app,
        officer,
        slot,
        fields,
        sees.as_ref().err().map(|why| &**why),
        (seen, at),
    )?;
    let (number, key) = (whom.number.clone(), slot.key.clone());
    let names = sees.is_ok();
    let bookings = &officer.visitor.people.bookings;
    let found = bookings.read(move |ledger| {
        let booking = Bookings::booking(ledger, &number)?.filter(|booking| booking.slot == key);
        match booking {
            Some(booking) if names => Ok(Some(roll::name(ledger, &booking.person)?)),
            Some(_) => Ok(Some(None)),
            None => Ok(None),
        }
    });
    let Some(name) = found.await? else {
        return Err(Not::Said(Why::NoSuchBooking.label()));
    };
    let request = match fields.get("request") {
        Some(id) => id.parse().map_err(|_| unreadable())?,
        None => bookings::request(now)?,
    };
    give(officer, ready, request, (seen, at), whom.clone(), under).await?;
    let number = whom.number.to_string();
    let who = name.unwrap_or_else(|| format!("№ {}", number.trim_start_matches('0')));
    let (zh, en) = match seen {
        Seen::Came => ("已签到", "checked in"),
        Seen::Went => ("已签退", "checked out"),
        Seen::Missing => ("已记未到", "marked absent"),
    };
    Ok(reader.say(format!("{who} {zh}"), format!("{who}: {en}")))
}

async fn give(
    officer: &Officer,
    ready: &Ready,
    request: RequestId,
    (seen, at): (Seen, Timestamp),
    whom: Whom,
    under: Citation,
) -> Result<(), Not> {
    let actor = Actor::new(officer.visitor.session.person.as_str()).map_err(ours)?;
    let bookings = &officer.visitor.people.bookings;
    let offering = &ready.offering;
    let (booking, by, under) = (whom.number, whom.by, Some(under));
    let given = match seen {
        Seen::Came => {
            let act = CheckIn {
                booking,
                at,
                by,
                under,
            };
            bookings.give_once(offering, actor, request, act).await
        }
        Seen::Went => {
            let act = CheckOut {
                booking,
                at,
                by,
                under,
            };
            bookings.give_once(offering, actor, request, act).await
        }
        Seen::Missing => {
            let act = MarkAbsent { booking, under };
            bookings.give_once(offering, actor, request, act).await
        }
    };
    match given {
        Ok(_) => Ok(()),
        Err(Stopped::Refused(refused)) => Err(Not::Said(refused.label())),
        Err(Stopped::Failure(failure)) => Err(Not::Failure(failure)),
    }
}

/// When it was seen: now, or at the time that a device kept, in the server's own time.
fn time(fields: &Params, now: Timestamp) -> Result<Timestamp, Not> {
    let Some(text) = fields.get("at") else {
        return Ok(now);
    };
    let at: Timestamp = text.parse().map_err(|_| unreadable())?;
    // A device that is a little ahead means this moment; one that is far ahead is told to set its clock.
    let ahead = at.duration_since(now);
    Ok(match ahead > SignedDuration::ZERO && ahead <= AHEAD {
        true => now,
        false => at,
    })
}

fn unreadable() -> Not {
    Not::Failure(Failure::BadInput(Label::new(
        "记录的时间或编号看不懂，请重新打开名单。",
        "The time or the id of what was noted cannot be read: open the list again.",
    )))
}

/// Whom it is about: a row of the list, a number from it, or a ticket. The list is for those who may see it; others read tickets.
fn whom(
    app: &App,
    officer: &Officer,
    slot: &Offered,
    fields: &Params,
    unseen: Option<&Denied>,
    (seen, at): (Seen, Timestamp),
) -> Result<Whom, Not> {
    let typed = fields.get("code").unwrap_or_default();
    let row = fields.get("booking");
    if let Some(number) = row.or((typed.len() <= 20).then_some(typed)) {
        let number: u64 = number.parse().map_err(|_| no_ticket())?;
        if let Some(why) = unseen {
            return Err(Not::Denied(Box::new(why.clone())));
        }
        return Ok(Whom {
            number: Number::of(number).map_err(ours)?,
            by: Means::List,
        });
    }
    let tickets = officer.visitor.people.bookings.tickets.reader();
    let ticket = tickets
        .read(typed)
        .map_err(|not| said(NotAdmitted::NoTicket(not)))?;
    if ticket.slot != Mark::of(&slot.key) {
        return Err(said(NotAdmitted::OtherSlot));
    }
    if seen == Seen::Came && at >= ticket.until {
        let until = app.city().zone.to_datetime(ticket.until);
        return Err(said(NotAdmitted::Expired { until }));
    }
    Ok(Whom {
        number: ticket.booking,
        by: match fields.typed("by") {
            "qr" => Means::Qr,
            _ => Means::Code,
        },
    })
}

fn no_ticket() -> Not {
    said(NotAdmitted::NoTicket(
        forms::booking::ticket::NoTicket::Unreadable,
    ))
}

fn said(not: NotAdmitted) -> Not {
    Not::Said(not.label())
}

/// An answer to the script.
fn told(status: StatusCode, said: &str) -> Response {
    let body = serde_json::json!({ "said": said }).to_string();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    let kept = HeaderValue::from_static("private, no-store");
    headers.insert(header::CACHE_CONTROL, kept);
    response.extensions_mut().insert(crate::failure::Faced);
    response
}
