//! `/me/bookings/{number}`: one booking: how it stands, its ticket, its receipt, its calendar entry; giving it back.

use super::{decide, done, feedback};
use crate::app::App;
use crate::bookings::mine::{One, slot};
use crate::bookings::withdrawn::Gone;
use crate::bookings::{Ready, Stopped};
use crate::failure::Failure;
use crate::layout;
use crate::pages::mine::calendar;
use crate::pages::offers::words;
use crate::pages::sign_in::faced;
use crate::params::Params;
use crate::people::{Asked, Visitor, led};
use crate::reader::Reader;
use crate::wording::{Said, mixed, title};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use forms::booking::rows::Number;
use forms::booking::ticket::svg;
use forms::booking::views::{Seen, Standing};
use forms::booking::{Accept, Act, Cancel, Offered};
use maud::{Markup, PreEscaped, html};
use std::sync::Arc;

/// `GET /me/bookings/{number}`, and its `receipt.json` and `booking.ics` below it
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path(number): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let one = find(&app, &visitor, &number).await?;
    Ok(page(
        &app,
        &reader,
        &visitor,
        &one,
        params.get("done"),
        None,
    ))
}

/// `GET /me/bookings/{number}/receipt.json`
pub async fn receipt(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let one = find(&app, &visitor, &number).await?;
    let sequence = one.seen.booking.number.to_string().parse();
    let sequence = sequence.map_err(|_| Failure::NotFound)?;
    let receipt = visitor.people.bookings.receipt(sequence).await?;
    let name = format!("receipt-{number}.json");
    Ok(file(
        "application/json",
        &name,
        receipt.ok_or(Failure::NotFound)?,
    ))
}

/// `GET /me/bookings/{number}/booking.ics`
pub async fn event(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let one = find(&app, &visitor, &number).await?;
    let text = calendar::written(&app, &reader, &visitor.people, &[one], &headers).await?;
    Ok(file(
        "text/calendar; charset=utf-8",
        &format!("booking-{number}.ics"),
        text,
    ))
}

/// `POST /me/bookings/{number}/cancel`
pub async fn cancel(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(number): Path<String>,
    Asked { visitor, .. }: Asked,
) -> Result<Response, Failure> {
    let one = find(&app, &visitor, &number).await?;
    let command = Cancel {
        booking: one.seen.booking.number.clone(),
        person: one.subject.person.clone(),
    };
    let list = "/me/bookings?done=cancelled";
    give(&app, &mut reader, &visitor, &one, command, list).await
}

/// `POST /me/bookings/{number}/accept`
pub async fn accept(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(number): Path<String>,
    Asked { visitor, .. }: Asked,
) -> Result<Response, Failure> {
    let one = find(&app, &visitor, &number).await?;
    let command = Accept {
        booking: one.seen.booking.number.clone(),
        person: one.subject.person.clone(),
    };
    let page = done_at(&one, "accepted");
    give(&app, &mut reader, &visitor, &one, command, &page).await
}

/// The booking's page, which says that this was done.
pub(super) fn done_at(one: &One, done: &str) -> String {
    format!("{}?done={done}", words::booking(&one.seen.booking.number))
}

/// Gives a command about one of the visitor's bookings, and leads to where it is said that it was done; else the page again.
pub(super) async fn give<A: Act>(
    app: &App,
    reader: &mut Reader,
    visitor: &Visitor,
    one: &One,
    command: A,
    done: &str,
) -> Result<Response, Failure> {
    let ready = app.offers.by_key(&one.seen.booking.offer);
    let ready = ready.ok_or(Failure::NotFound)?;
    let actor = &visitor.session.person;
    let bookings = &visitor.people.bookings;
    let given = bookings.ask(&ready.offering, actor, app.clock.now(), command);
    match given.await {
        Ok(_) => Ok(led(done)),
        Err(stopped) => refused(app, reader, visitor, one, stopped),
    }
}

/// The page again, with why something was not done.
fn refused(
    app: &App,
    reader: &mut Reader,
    visitor: &Visitor,
    one: &One,
    stopped: Stopped,
) -> Result<Response, Failure> {
    match stopped {
        Stopped::Failure(failure) => Err(failure),
        Stopped::Refused(refused) => {
            reader.here = words::booking(&one.seen.booking.number);
            let why = words::reason(app, reader, &refused.why);
            let shown = page(app, reader, visitor, one, None, Some(&why));
            Ok(faced(shown, StatusCode::CONFLICT))
        }
    }
}

/// The page again, with what is wrong in what was typed.
pub(super) fn wrong(
    app: &App,
    reader: &mut Reader,
    visitor: &Visitor,
    one: &One,
    why: &str,
) -> Response {
    reader.here = words::booking(&one.seen.booking.number);
    let shown = page(app, reader, visitor, one, None, Some(why));
    faced(shown, StatusCode::UNPROCESSABLE_ENTITY)
}

/// The booking, if it is the visitor's or that of a child in their care; otherwise there is no such page.
pub(super) async fn find(app: &Arc<App>, visitor: &Visitor, number: &str) -> Result<One, Failure> {
    let plain = number.len() <= 20 && number.bytes().all(|byte| byte.is_ascii_digit());
    let sequence: u64 = number.parse().map_err(|_| Failure::NotFound)?;
    let number = Number::of(sequence).map_err(|_| Failure::NotFound)?;
    let (person, now) = (visitor.session.person.clone(), app.clock.now());
    let house = app.clone();
    let bookings = &visitor.people.bookings;
    let found = bookings.read(move |reader| One::read(&house, reader, &person, &number, now));
    found.await?.filter(|_| plain).ok_or(Failure::NotFound)
}

/// A file to keep, that nobody else keeps.
pub fn file(kind: &'static str, name: &str, text: String) -> Response {
    let attached = format!("attachment; filename=\"{name}\"");
    let attached = HeaderValue::from_str(&attached);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
        (
            header::CONTENT_DISPOSITION,
            attached.unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    (headers, text).into_response()
}

fn page(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    one: &One,
    said: Option<&str>,
    why: Option<&str>,
) -> Response {
    let seen = &one.seen;
    let heading = reader.say("预约", "Booking");
    let known = slot(&app.offers, seen);
    let (class, stands) = words::stands(app, reader, seen);
    let number = &seen.booking.number;
    let child = one.subject.person != visitor.session.person;
    let answers = known.map_or_else(Vec::new, |(ready, _)| {
        words::answered(reader, ready, &one.answers)
    });
    let body = html! {
        div .narrow .booking {
            nav .crumbs aria-label=(reader.say("上级页面", "Pages above")) { ol {
                li { a href="/me" { (reader.say("我的", "My page")) } }
                li { a href="/me/bookings" { (reader.say("我的预约", "My bookings")) } }
            } }
            h1 { @match known { Some((ready, slot)) => (words::what(reader, ready, slot)), None => (named(app, reader, seen)) } }
            @if let Some((_, slot)) = known { p .lede { (words::day(reader, slot.session.from.date())) " " (words::hours(reader, slot.session)) } }
            (done(reader, said))
            @if let Some(gone) = app.gone(notice_of(seen)).filter(|_| known.is_none()) { (withdrawn(app, reader, seen, &gone)) }
            @if let Some(why) = why { div .notice-line role="alert" { p { strong { (mixed(reader, why)) } } } }
            p { span .badge .(class) { (stands.get(reader.lang)) } }
            @if matches!(seen.stands, Standing::Offered { .. }) { (decide(reader, visitor, seen)) }
            @if let Some((ready, slot)) = known { (ticket(reader, visitor, ready, slot, seen)) }
            (feedback::section(app, reader, visitor, known.map(|(ready, _)| ready), one))
            dl .about {
                @if child { dt { (reader.say("为谁", "For")) } dd { @if let Some(name) = &one.subject.name { (Said::name(reader, name)) } @else { (reader.say("孩子", "a child")) } } }
                @if let Some((ready, slot)) = known {
                    @if let Some(place) = words::place(app, reader, slot) { dt { (reader.say("地点", "Where")) } dd { (mixed(reader, &place)) } }
                    dt { (reader.say("公告", "Notice")) } dd { a href=(words::page(ready)) { (title(reader, &ready.notice)) } }
                    dt { (reader.say("依据", "By")) } dd { (words::clause(reader, ready)) }
                    @if ready.offer().give == notice::offer::Give::Draw {
                        dt { (reader.say("抽签", "Draw")) }
                        dd {
                            (reader.say(format!("您的报名号是 {number}。"), format!("Your number is {number}. ")))
                            @if ready.offering.is_seen_by_all() {
                                a href=(crate::pages::offers::draw::line_path(ready, &seen.booking.slot, number)) { (reader.say("看抽签的名单和结果，找自己的一行", "See the draw’s list and result, and your own line")) }
                            }
                        }
                    }
                }
                @if seen.booking.party > 1 { dt { (reader.say("人数", "People")) } dd { (reader.say(format!("{}人，凭一张签到码一起进", seen.booking.party), format!("{}, all let in by one ticket", seen.booking.party))) } }
                @for (asked, said) in &answers { dt { (Said::name(reader, asked)) } dd { (Said::name(reader, said)) } }
                dt { (reader.say("编号", "Number")) } dd { code { (number) } }
                dt { (reader.say("判断依据", "Rests on")) } dd { (words::basis(reader, seen.booking.basis)) }
                @if seen.booking.granted > 0 { dt { (reader.say("补记时长", "Granted")) } dd { (words::length(notice::offer::Minutes(seen.booking.granted), reader.lang)) } }
            }
            ul .plain {
                li { a href={ (words::booking(number)) "/receipt.json" } { (reader.say("下载回执", "Download the receipt")) } " " span .fine { (reader.say("证明这个预约在账本里；任何人都可以用 tongxin verify 核对", "proves that the booking is in the ledger; anybody can check it with tongxin verify")) } }
                li { a href={ (words::booking(number)) "/booking.ics" } { (reader.say("加到日历（.ics）", "Add to a calendar (.ics)")) } }
            }
            (giving_back(app, reader, visitor, known, seen))
            p .offline role="alert" hidden { (reader.say("现在没有网络，没有提交；连上网以后再点一次。", "There is no network now: nothing was sent. Press again once you are back online.")) }
        }
    };
    layout::personal(app, reader, heading, body)
}

/// The notice's short name.
fn notice_of(seen: &Seen) -> &str {
    let offer = seen.booking.offer.as_str();
    offer.split('#').next().unwrap_or_default()
}

/// What a booking is called whose slot stands in no text any more: its notice's last title.
pub(super) fn named(app: &App, reader: &Reader, seen: &Seen) -> Markup {
    html! {
        @match app.gone(notice_of(seen)) {
            Some(gone) => (title(reader, gone.notice)),
            None => (seen.booking.offer),
        }
    }
}

/// That the notice was withdrawn, why, and what has become of the booking.
fn withdrawn(app: &App, reader: &Reader, seen: &Seen, gone: &Gone<'_>) -> Markup {
    let office = app.office_name(&gone.notice.issuer, reader.lang);
    let when = words::hour(app, reader, seen.booking.from);
    html! {
        p .lede { (when) }
        div .notice-line role="status" {
            p { strong { (mixed(reader, &reader.say(format!("{office}撤回了这份公告。"), format!("{office} has withdrawn the notice.")))) } }
            @if let Some(reason) = gone.withdrawal.reason() { p { (reader.say("原因：", "Why: ")) (Said::name(reader, reason)) } }
            @if seen.booking.called_off.is_some() {
                p { (reader.say("这一场不再举行，您的预约已取消，不用您再办什么；签到码也不再有效。", "This session is not held. Your booking is cancelled, you need not do anything, and its ticket is no longer good.")) }
            }
            p { a href={ "/notices/" (gone.notice.slug) "/versions" } { (reader.say("看公告的各个版本", "The notice’s versions")) } }
        }
    }
}

/// The code that a gate reads, while it can still be used.
fn ticket(
    reader: &Reader,
    visitor: &Visitor,
    ready: &Ready,
    slot: &Offered,
    seen: &Seen,
) -> Markup {
    let used = matches!(seen.stands, Standing::Coming | Standing::Expected);
    let text = visitor
        .people
        .bookings
        .tickets
        .ticket(&ready.offering, &seen.booking);
    let Some(text) = text.ok().filter(|_| used) else {
        return html! {};
    };
    let label = reader.say("签到码", "Ticket");
    let image = svg(&text, label).unwrap_or_default();
    html! {
        figure .ticket {
            // Written by the product itself, from 120 characters of base64url.
            (PreEscaped(image))
            figcaption {
                strong { (label) } " "
                (reader.say("到场出示，手机上或者打印都可以。", "Show it at the door, on a phone or on paper.")) " "
                (words::what(reader, ready, slot)) " " (words::day(reader, slot.session.from.date())) " " (words::hours(reader, slot.session))
                details { summary { (reader.say("扫不出来？报这串字", "Does not scan? Read this out")) } code .ticket-text { (text) } }
            }
        }
    }
}

fn giving_back(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    known: Option<(&Ready, &Offered)>,
    seen: &Seen,
) -> Markup {
    let Some((ready, slot)) = known else {
        return html! {};
    };
    let place = matches!(seen.stands, Standing::Coming);
    let line = matches!(seen.stands, Standing::Waiting(_) | Standing::InDraw);
    let until = ready.offering.cancel_until(slot.from);
    let late = place && until <= app.clock.now();
    html! {
        @if late {
            p .fine { (reader.say(
                format!("退出的时间已于{}截止；来不了的，请告诉{}。", words::hour(app, reader, until), app.office_name(&ready.notice.issuer, reader.lang)),
                format!("It could be given back until {}; tell {} if you cannot come.", words::hour(app, reader, until), app.office_name(&ready.notice.issuer, reader.lang)),
            )) }
        } @else if place || line {
            form .giving-back action={ (words::booking(&seen.booking.number)) "/cancel" } method="post" data-online="" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                button .quiet-button type="submit" {
                    (match (place, matches!(seen.stands, Standing::InDraw)) {
                        (true, _) => reader.say("来不了，退出", "I cannot come: give it back"),
                        (false, true) => reader.say("退出抽签", "Leave the draw"),
                        (false, false) => reader.say("不再候补", "Leave the waiting list"),
                    })
                }
                @if place { p .fine { (reader.say(format!("{}以前可以退出，名额会让给别人。", words::hour(app, reader, until)), format!("Possible until {}; the place goes to others.", words::hour(app, reader, until)))) } }
            }
        }
    }
}
