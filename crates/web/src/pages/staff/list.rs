//! `/desk/bookings`: the offers of the officer's own office, with what is on today.

use super::{Officer, denied, offer_path, session_path, what};
use crate::app::App;
use crate::bookings::{Offers, Ready};
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::params::Params;
use crate::people::ours;
use crate::reader::Reader;
use crate::wording;
use axum::extract::State;
use axum::response::Response;
use forms::booking::rows::Number;
use forms::booking::views::{self, Count, Wanted};
use forms::people::powers::Act;
use jiff::Timestamp;
use ledger::store::AnyReader;
use maud::{Markup, html};
use std::sync::Arc;

/// Today's sessions that are shown of an offer.
const TODAY_MAX: usize = 40;

/// What is shown of one offer: its position, its figures, and today's slots with places taken and waiting.
struct Shown {
    at: usize,
    all: Count,
    today: Vec<(ledger::name::Key, u32, u32)>,
}

/// `GET /desk/bookings`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    officer: Officer,
    params: Params,
) -> Result<Response, Failure> {
    let own: Vec<usize> = app
        .offers
        .all()
        .iter()
        .enumerate()
        .filter(|(_, ready)| officer.has_to_do_with(&app, ready))
        .map(|(at, _)| at)
        .collect();
    if own.is_empty() && !super::is_for(&app, &officer.standing) {
        // An office without offers has nobody's bookings; whoever has no such post is told by which clause.
        let office = officer
            .standing
            .post
            .as_ref()
            .map(|post| post.office.clone());
        let asked = officer.may(
            &app,
            Act::SeeBookings,
            office.as_deref().unwrap_or(""),
            false,
        );
        if let Err(why) = asked {
            return Ok(denied(&app, &reader, &why));
        }
    }
    let typed: String = params
        .get("q")
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    // A booking's number leads to its record.
    if let Ok(number) = typed.parse::<u64>()
        && let Ok(number) = Number::of(number)
    {
        return Ok(super::led_to(&format!("/desk/booking/{number}")));
    }
    let found: Vec<usize> = own
        .iter()
        .copied()
        .filter(|at| {
            app.offers
                .all()
                .get(*at)
                .is_some_and(|ready| fits(&app, ready, &typed))
        })
        .collect();
    let (house, now, today) = (app.clone(), app.clock.now(), reader.now.date());
    let wanted = found.clone();
    let bookings = &officer.visitor.people.bookings;
    let shown = bookings
        .read(move |ledger| read(&house.offers, ledger, &wanted, now, today))
        .await?;
    let title = reader.say("预约工作台", "Bookings desk");
    let body = html! {
        p .kicker { (super::words::post(&app, &reader, &officer)) }
        h1 { (title) }
        form .big-search action="/desk/bookings" method="get" role="search" {
            label .sr for="q" { (reader.say("活动、项目或者预约编号", "Activity, project or booking number")) }
            input #q type="search" name="q" value=(typed) maxlength="60" placeholder=(reader.say("活动、项目或者预约编号", "activity, project or booking number"));
            button .button type="submit" { (reader.say("查找", "Find")) }
        }
        @if own.is_empty() {
            p .lede { (reader.say("本机构现在没有开放报名的活动。", "Your office has no activities to sign up for at present.")) }
        } @else if shown.is_empty() {
            p .lede { (reader.say("没有找到这样的活动；请换个词，或者清空查找。", "No such activity: try another word, or clear the search.")) }
        }
        @for one in &shown {
            @if let Some(ready) = app.offers.all().get(one.at) { (card(&app, &reader, ready, one)) }
        }
    };
    Ok(layout::personal(&app, &reader, title, body))
}

fn fits(app: &App, ready: &Ready, typed: &str) -> bool {
    let typed = typed.to_lowercase();
    let english = ready.notice.english.title.as_deref().unwrap_or_default();
    let mut all = vec![ready.notice.title.to_lowercase(), english.to_lowercase()];
    for (_, label) in ready.offering.projects() {
        all.extend([label.zh.to_lowercase(), label.en.to_lowercase()]);
    }
    for place in crate::offer::places(ready.offer()) {
        if let Some(place) = app.city().places.get(place) {
            all.push(place.name.zh.to_lowercase());
            all.push(place.name.en.to_lowercase());
        }
    }
    typed
        .split_whitespace()
        .all(|word| all.iter().any(|text| text.contains(word)))
}

fn read(
    offers: &Offers,
    ledger: &AnyReader,
    wanted: &[usize],
    now: Timestamp,
    today: jiff::civil::Date,
) -> Result<Vec<Shown>, Failure> {
    let mut shown = Vec::new();
    for at in wanted {
        let Some(ready) = offers.all().get(*at) else {
            continue;
        };
        let figures = views::figures(ledger, &ready.offering, now).map_err(ours)?;
        let day = Wanted {
            from: Some(today),
            until: Some(today),
            ..Wanted::default()
        };
        let page = views::slots(ledger, &ready.offering, now, &day, None, TODAY_MAX);
        let rows = page.map_err(ours)?.rows;
        let today = rows
            .iter()
            .map(|row| (row.slot.key.clone(), row.taken, row.waiting));
        shown.push(Shown {
            at: *at,
            all: figures.all,
            today: today.collect(),
        });
    }
    Ok(shown)
}

fn card(app: &App, reader: &Reader, ready: &Ready, one: &Shown) -> Markup {
    html! {
        section .desk-offer {
            h2 .rubric { a href=(offer_path(ready)) { (wording::title(reader, &ready.notice)) } }
            (super::words::counts(reader, &one.all))
            @if one.today.is_empty() {
                p .fine { (reader.say("今天没有场次。", "Nothing is on today.")) }
            } @else {
                h3 .small-rubric { (reader.say("今天", "Today")) " " (moments::day(reader.now.date(), reader.lang)) }
                ul .desk-sessions {
                    @for (key, taken, waiting) in &one.today {
                        @if let Some(slot) = app.offers.spot(key).and_then(|spot| app.offers.at(spot)).map(|(_, slot)| slot) {
                            li {
                                a href=(session_path(ready, key)) {
                                    span .desk-when { (super::words::span(slot)) }
                                    " " span .desk-what { (what(reader, ready, slot)) }
                                }
                                span .desk-count { (super::words::filled(reader, *taken, slot.capacity, *waiting, 0)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
