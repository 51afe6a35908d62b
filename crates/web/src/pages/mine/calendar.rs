//! The calendar of a person's bookings: a file, or an address that only they know and that calendars fetch again and again.

use crate::app::App;
use crate::bookings::mine::{One, Own, slot};
use crate::failure::Failure;
use crate::pages::offers::words;
use crate::people::{Asked, People, Visitor, ours, scheme, to};
use crate::reader::Reader;
use crate::wording::title;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use forms::booking::feed::{About, Calendar};
use ledger::store::Read as _;
use maud::{Markup, html};
use std::sync::Arc;

/// `GET /calendar/{secret}.ics`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let people = app.people.clone().ok_or(Failure::NotFound)?;
    let secret = file.strip_suffix(".ics").ok_or(Failure::NotFound)?;
    let person = people.calendar_of(secret).await?.ok_or(Failure::NotFound)?;
    let (house, now) = (app.clone(), app.clock.now());
    let read = people
        .bookings
        .read(move |reader| Own::read(&house, reader, &person, now));
    let (own, _) = read.await?;
    let all: Vec<One> = own
        .into_iter()
        .flat_map(|own| {
            let subject = own.subject;
            let one = move |seen| One {
                subject: subject.clone(),
                seen,
                answers: Vec::new(),
                feedback: None,
            };
            own.bookings.into_iter().map(one)
        })
        .collect();
    let text = written(&app, &reader, &people, &all, &headers).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, text).into_response())
}

/// `POST /me/calendar`: a new address, or none any more.
pub async fn change(Asked { visitor, fields }: Asked) -> Result<Response, Failure> {
    let person = visitor.session.person.clone();
    match fields.get("do") {
        Some("close") => {
            visitor.people.close_calendar(person).await?;
            Ok(to("/me/bookings?done=closed"))
        }
        _ => {
            visitor.people.open_calendar(person).await?;
            Ok(to("/me/bookings?done=address"))
        }
    }
}

/// Bookings as iCalendar.
pub async fn written(
    app: &App,
    reader: &Reader,
    people: &People,
    bookings: &[One],
    headers: &HeaderMap,
) -> Result<String, Failure> {
    let as_of = people
        .bookings
        .read(|reader| reader.head().map_err(ours))
        .await?
        .at;
    let first = bookings.iter().map(|one| &one.subject.person);
    let several = first
        .clone()
        .any(|person| Some(person) != first.clone().next());
    let events: Vec<_> = bookings
        .iter()
        .map(|one| (one.seen.clone(), about(app, reader, one, several)))
        .collect();
    let host = host(headers);
    let calendar = Calendar {
        name: reader.say("同心：我的预约", "Tongxin: my bookings"),
        zone: &app.city().zone,
        host: host.split(':').next().unwrap_or_default(),
        as_of,
    };
    Ok(calendar.of_bookings(&events))
}

fn about(app: &App, reader: &Reader, one: &One, several: bool) -> About {
    let (_, stands) = words::stands(app, reader, &one.seen);
    let stands = stands.get(reader.lang).to_owned();
    let Some((ready, slot)) = slot(&app.offers, &one.seen) else {
        return About {
            summary: one.seen.booking.offer.to_string(),
            description: Some(stands),
            ..About::default()
        };
    };
    let what = words::what_text(reader, ready, slot);
    let whose = one.subject.name.as_ref().filter(|_| several);
    let notice = title(reader, &ready.notice).text;
    About {
        summary: match whose {
            Some(name) => format!("{what}（{name}）"),
            None => what,
        },
        location: words::place(app, reader, slot),
        description: Some(format!("{notice}\n{stands}")),
        url: None,
    }
}

/// The host that was asked, as far as it can stand in an address.
fn host(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let plain = |host: &&str| {
        host.len() <= 253
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    host.filter(plain).unwrap_or("tongxin.invalid").to_owned()
}

/// The part of the page about the address.
pub fn section(
    reader: &Reader,
    visitor: &Visitor,
    secret: Option<&str>,
    headers: &HeaderMap,
) -> Markup {
    let lang = reader.say("zh", "en");
    html! {
        section .calendar aria-labelledby="calendar" {
            h2 #calendar .rubric { (reader.say("日历订阅", "Calendar")) }
            @match secret {
                Some(secret) => {
                    p { (reader.say("把这个地址填进手机或电脑的日历，预约的变动会自己跟上。", "Give this address to the calendar of your phone or computer, and it follows every change by itself.")) }
                    p { code .secret { (scheme(headers)) "://" (host(headers)) "/calendar/" (secret) ".ics?lang=" (lang) } }
                    p .fine { (reader.say("谁有这个地址，谁就看得到您的预约；泄露了就换一个，旧的立刻失效。", "Whoever has the address sees your bookings. If it got out, change it: the old one stops at once.")) }
                },
                None => p { (reader.say("可以让日历自己取您的预约。地址只有您知道，随时可以更换或停用。", "Your calendar can fetch your bookings by itself, from an address that only you know and can change or close at any time.")) },
            }
            form action="/me/calendar" method="post" .error-ways {
                input type="hidden" name="csrf" value=(visitor.csrf());
                button .quiet-button type="submit" name="do" value="new" { @if secret.is_some() { (reader.say("更换地址", "Change the address")) } @else { (reader.say("开通日历订阅", "Open a calendar address")) } }
                @if secret.is_some() { button .quiet-button type="submit" name="do" value="close" { (reader.say("停用", "Close it")) } }
            }
        }
    }
}
