//! `/me/bookings`: what one has booked, waits for and was offered; hours; the calendar to subscribe to.

pub mod booking;
pub mod calendar;
pub mod feedback;

use crate::app::App;
use crate::bookings::mine::{Own, slot};
use crate::failure::Failure;
use crate::layout;
use crate::pages::offers::words;
use crate::params::Params;
use crate::people::Visitor;
use crate::reader::Reader;
use crate::wording::{Said, mixed, title};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use forms::booking::views::{Account, Seen, Standing};
use maud::{Markup, html};
use notice::offer::Minutes;
use std::sync::Arc;

/// Bookings that are over, shown on the page.
const PAST_MAX: usize = 50;

/// `GET /me/bookings`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (house, now) = (app.clone(), app.clock.now());
    let person = visitor.session.person.clone();
    let bookings = &visitor.people.bookings;
    let whose = person.clone();
    let read = bookings.read(move |reader| Own::read(&house, reader, &person, now));
    let (own, _) = read.await?;
    let secret = visitor.people.calendar(whose.clone()).await?;
    let heading = reader.say("我的预约", "My bookings");
    let none = own.iter().all(|own| own.bookings.is_empty());
    let body = html! {
        nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
        h1 { (heading) }
        (done(&reader, params.get("done")))
        @if none {
            p .lede { (reader.say("还没有预约。", "Nothing is booked yet.")) }
            p { a .button href="/offers" { (reader.say("看看能报名什么", "See what to take part in")) } }
        }
        @for one in own.iter().filter(|one| !one.bookings.is_empty()) {
            @if one.subject.person != whose {
                h2 .rubric { @if let Some(name) = &one.subject.name { (Said::name(&reader, name)) } @else { (reader.say("孩子", "A child")) } }
            }
            (groups(&app, &reader, &visitor, one))
        }
        (calendar::section(&reader, &visitor, secret.as_deref(), &headers))
    };
    Ok(layout::personal(&app, &reader, heading, body))
}

/// What was just done.
pub fn done(reader: &Reader, word: Option<&str>) -> Markup {
    let said = match word {
        Some("booked") => reader.say("办好了，已经记在账本上。", "Done: it is in the ledger."),
        Some("already") => reader.say(
            "这个时段您已经报过了，就是这一个预约。",
            "You had signed up for this slot already: this is the booking.",
        ),
        Some("cancelled") => reader.say(
            "已退出，名额让给了别人。",
            "Given back; others can have the place.",
        ),
        Some("accepted") => reader.say("名额是您的了。", "The place is yours."),
        Some("address") => reader.say(
            "日历的地址在下面，以前的已经失效。",
            "The calendar's address stands below; one from before works no more.",
        ),
        Some("said") => reader.say("谢谢，记下了。", "Thank you, it is noted."),
        Some("unsaid") => reader.say("评价撤回了。", "It is taken back."),
        Some("closed") => reader.say("日历订阅已停用。", "The calendar is no longer served."),
        _ => return html! {},
    };
    html! { div .notice-line role="status" { p { (said) } } }
}

fn groups(app: &App, reader: &Reader, visitor: &Visitor, own: &Own) -> Markup {
    let mut offered = Vec::new();
    let mut coming = Vec::new();
    let mut waiting = Vec::new();
    let mut past = Vec::new();
    for seen in &own.bookings {
        match &seen.stands {
            Standing::Offered { .. } => offered.push(seen),
            Standing::Coming | Standing::Expected | Standing::Here { .. } => coming.push(seen),
            Standing::Waiting(_) | Standing::InDraw => waiting.push(seen),
            _ => past.push(seen),
        }
    }
    for group in [&mut offered, &mut coming, &mut waiting] {
        group.sort_by_key(|seen| seen.booking.from);
    }
    past.sort_by_key(|seen| std::cmp::Reverse(seen.booking.from));
    let left_out = past.len().saturating_sub(PAST_MAX);
    past.truncate(PAST_MAX);
    let group = |heading: &str, rows: &[&Seen]| {
        html! {
            @if !rows.is_empty() {
                section .mine {
                    h3 .small-rubric { (heading) }
                    ul .slots { @for seen in rows { (row(app, reader, visitor, seen)) } }
                }
            }
        }
    };
    html! {
        (group(reader.say("有名额等您决定", "A place waits for your word"), &offered))
        (group(reader.say("将要参加", "To come"), &coming))
        (group(reader.say("候补和抽签", "Waiting, and draws"), &waiting))
        (accounts(app, reader, &own.accounts))
        (group(reader.say("以往", "Past"), &past))
        @if left_out > 0 { p .fine { (reader.say(format!("更早的{left_out}个没有列出。"), format!("{left_out} earlier ones are not listed."))) } }
    }
}

fn row(app: &App, reader: &Reader, visitor: &Visitor, seen: &Seen) -> Markup {
    let (class, stands) = words::stands(app, reader, seen);
    let known = slot(&app.offers, seen);
    html! {
        li .slot .slot-own {
            p .slot-when {
                @match known {
                    Some((_, slot)) => { (words::day(reader, slot.session.from.date())) br; (words::hours(reader, slot.session)) },
                    None => (words::hour(app, reader, seen.booking.from)),
                }
            }
            div .slot-what {
                p .slot-name { a href=(words::booking(&seen.booking.number)) {
                    @match known {
                        Some((ready, slot)) => (words::what(reader, ready, slot)),
                        None => (booking::named(app, reader, seen)),
                    }
                } }
                @if let Some((ready, slot)) = known {
                    @if ready.project(slot).is_some() { p .fine { (title(reader, &ready.notice)) } }
                    @if let Some(place) = words::place(app, reader, slot) { p .fine { (mixed(reader, &place)) } }
                    @if feedback::is_open(app, &seen.booking) { p .fine { a href={ (words::booking(&seen.booking.number)) "#feedback" } { (reader.say("说说这一场怎么样", "Say how it was")) } } }
                }
            }
            p .slot-fill { span .badge .(class) { (stands.get(reader.lang)) } }
            @if matches!(seen.stands, Standing::Offered { .. }) { (decide(reader, visitor, seen)) }
        }
    }
}

/// Taking a place that is kept, or letting it go.
pub fn decide(reader: &Reader, visitor: &Visitor, seen: &Seen) -> Markup {
    let page = words::booking(&seen.booking.number);
    html! {
        div .slot-go {
            form action={ (page) "/accept" } method="post" data-online="" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                button .button type="submit" { (reader.say("接受名额", "Take it")) }
            }
            form action={ (page) "/cancel" } method="post" data-online="" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                button .quiet-button type="submit" { (reader.say("不要了", "Let it go")) }
            }
        }
    }
}

fn accounts(app: &App, reader: &Reader, accounts: &[(ledger::name::Key, Account)]) -> Markup {
    let length = |minutes: u32| words::length(Minutes(minutes), reader.lang);
    html! {
        @for (offer, account) in accounts {
            @if let Some(ready) = app.offers.by_key(offer) {
                section .hours aria-label=(reader.say("时长账", "Hours")) {
                    h3 .small-rubric { (reader.say("时长账：", "Hours: ")) (title(reader, &ready.notice)) }
                    dl .facts-line {
                        div { dt { (reader.say("签到记录", "checked")) } dd { (length(account.checked)) } }
                        div { dt { (reader.say("工作人员补记", "granted by staff")) } dd { (length(account.granted)) } }
                        @if let Some(promised) = account.promised {
                            div { dt { (reader.say("要求", "asked for")) } dd { (length(promised)) } }
                            div { dt { (reader.say("还差", "still missing")) } dd { (length(account.missing().unwrap_or(0))) } }
                        }
                    }
                    @if let Some(promised) = account.promised {
                        meter min="0" max=(promised) value=(account.counted().min(promised)) { (length(account.counted())) }
                    }
                }
            }
        }
    }
}
