//! How those who were there found something: counts for everybody, from so many on that nobody is recognised.
//!
//! They are told of one thing only, of an offer as a whole or, for courses of the menu, of a course wherever it was given: from
//! sums of the same ratings along two ways one could work out what few people said.

use crate::app::App;
use crate::bookings::Ready;
use crate::failure::Failure;
use crate::people::ours;
use crate::reader::Reader;
use forms::booking::feedback::{Counts, Rating};
use forms::booking::views;
use forms::menu::figures::is_of_menu;
use jiff::Timestamp;
use maud::{Markup, html};
use std::sync::Arc;

/// Fewer ratings are not shown.
pub const LEAST: u32 = 5;

/// What was said of the sessions of an offer; nothing where nobody said anything yet, or where it is shown by course.
pub async fn read(app: &Arc<App>, at: usize, now: Timestamp) -> Result<Counts, Failure> {
    let of_menu = |ready: &Ready| is_of_menu(app.city(), &ready.offering);
    let Some(people) = &app.people else {
        return Ok(Counts::default());
    };
    if app.offers.all().get(at).is_none_or(of_menu) {
        return Ok(Counts::default());
    }
    let house = app.clone();
    let read = people.bookings.read(move |ledger| {
        let ready = house.offers.all().get(at).ok_or(Failure::NotFound)?;
        let rated = views::ratings(ledger, &ready.offering, now).map_err(ours)?;
        Ok(rated.into_values().fold(Counts::default(), Counts::and))
    });
    read.await
}

/// The part of an offer's page.
pub fn section(app: &App, reader: &Reader, ready: &Ready, counts: Counts) -> Markup {
    html! {
        @if app.people.is_some() && is_of_menu(app.city(), &ready.offering) {
            p { a href="/menu/figures" { (reader.say("看开过多少课、多少人来、评价怎样", "How many sessions were held, how many came, and how they found it")) } }
        } @else if counts.all() > 0 {
            section aria-labelledby="rated" {
                h2 #rated .rubric { (reader.say("参加过的人的评价", "How those who came found it")) }
                (bars(reader, counts))
                @if app.is_demo() { p .fine { span .demo { (reader.say("演示数据", "demo data")) } } }
            }
        }
    }
}

/// Counts by rating, as bars; that there are too few, if there are.
pub fn bars(reader: &Reader, counts: Counts) -> Markup {
    let all = counts.all();
    html! {
        @if all < LEAST {
            span .fine { (reader.say(format!("评价不满{LEAST}个，不公开"), format!("fewer than {LEAST} ratings, not shown"))) }
        } @else {
            ul .rated {
                @for rating in Rating::ALL {
                    li {
                        span .rated-what { (rating.label().get(reader.lang)) }
                        meter min="0" max=(all) value=(counts.of(rating)) aria-hidden="true" {}
                        span .rated-count { (counts.of(rating)) }
                    }
                }
            }
        }
    }
}
