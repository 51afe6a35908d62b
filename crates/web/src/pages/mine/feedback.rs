//! How a session was: said by who was there, from the booking's page; changed until a stated time, and taken back.

use super::booking::{self, done_at, find, wrong};
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::mine::One;
use crate::failure::Failure;
use crate::pages::offers::rated::LEAST;
use crate::pages::offers::words;
use crate::people::{Asked, Visitor, ours};
use crate::reader::Reader;
use crate::wording::Said;
use axum::extract::{Path, State};
use axum::response::Response;
use forms::booking::feedback::{Rating, WORDS_MAX, Words, until};
use forms::booking::rows::{Booking, Status};
use forms::booking::{GiveFeedback, TakeBackFeedback};
use forms::people::Private;
use ledger::given::SystemChance;
use maud::{Markup, html};
use std::sync::Arc;

/// `POST /me/bookings/{number}/feedback`
pub async fn give(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(number): Path<String>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let one = find(&app, &visitor, &number).await?;
    let Some(rating) = Rating::of_key(fields.typed("rating")) else {
        let why = reader.say(
            "还没有选评分，请选一个再提交。",
            "No rating is chosen: choose one and send this again.",
        );
        return Ok(wrong(&app, &mut reader, &visitor, &one, why));
    };
    let typed = fields.typed("words");
    let words = match typed.trim() {
        "" => None,
        _ => match Words::new(typed) {
            Ok(words) => Some(words),
            Err(bad) => {
                let why = bad.label();
                let why = why.get(reader.lang).to_owned();
                return Ok(wrong(&app, &mut reader, &visitor, &one, &why));
            }
        },
    };
    let bookings = &visitor.people.bookings;
    let person = one.subject.person.clone();
    let sealed = match words {
        None => None,
        Some(words) => {
            let whose = person.clone();
            let seal = bookings.read(move |reader| {
                Private::seal(reader, &mut SystemChance, &whose, &words).map_err(ours)
            });
            Some(seal.await?)
        }
    };
    let command = GiveFeedback {
        booking: one.seen.booking.number.clone(),
        person,
        rating,
        words: sealed,
    };
    let page = done_at(&one, "said");
    booking::give(&app, &mut reader, &visitor, &one, command, &page).await
}

/// `POST /me/bookings/{number}/feedback/withdraw`
pub async fn withdraw(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(number): Path<String>,
    Asked { visitor, .. }: Asked,
) -> Result<Response, Failure> {
    let one = find(&app, &visitor, &number).await?;
    let command = TakeBackFeedback {
        booking: one.seen.booking.number.clone(),
        person: one.subject.person.clone(),
    };
    let page = done_at(&one, "unsaid");
    booking::give(&app, &mut reader, &visitor, &one, command, &page).await
}

/// Whether one can say now how it was.
pub fn is_open(app: &App, booking: &Booking) -> bool {
    let now = app.clock.now();
    let there = matches!(booking.status, Status::Here { .. });
    there && booking.to <= now && now < until(booking.to)
}

/// What the booking's page shows of it: nothing until the session is over, or to who was not there.
pub fn section(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    ready: Option<&Ready>,
    one: &One,
) -> Markup {
    let booking = &one.seen.booking;
    let until = until(booking.to);
    let open = is_open(app, booking);
    let said = one.feedback.as_ref();
    let Some(ready) = ready.filter(|_| open || said.is_some()) else {
        return html! {};
    };
    let path = format!("{}/feedback", words::booking(&booking.number));
    let office = app.office_name(&ready.notice.issuer, reader.lang);
    html! {
        section .feedback aria-labelledby="feedback" {
            h2 #feedback .rubric { (reader.say("这一场怎么样", "How it was")) }
            @if let Some(said) = said {
                dl .about {
                    dt { (reader.say("评分", "Rating")) } dd { (said.rating.label().get(reader.lang)) }
                    @if let Some(words) = &said.words { dt { (reader.say("留言", "In words")) } dd .said { (Said::name(reader, words)) } }
                }
            }
            @if open {
                @if said.is_some() {
                    details {
                        summary { (reader.say("改一改", "Change it")) }
                        (form(reader, visitor, &path, one))
                    }
                } @else {
                    (form(reader, visitor, &path, one))
                }
                p .fine { (reader.say(
                    format!("{}以前可以写、可以改，随时可以撤回。留言只给{office}看预约名单的工作人员看，不带姓名；来的人很少时，他们也许猜得出是谁写的。评分满{}个才公开合计。", words::hour(app, reader, until), LEAST),
                    format!("It can be said and changed until {}, and taken back at any time. The words are read by the staff of {office} who may see bookings, without a name, though where few came they may guess whose they are; ratings are shown to everybody only as counts, from {} on.", words::hour(app, reader, until), LEAST),
                )) }
            } @else {
                p .fine { (reader.say(format!("{}起不能再改，仍可以撤回。", words::hour(app, reader, until)), format!("Since {} it cannot be changed any more, only taken back.", words::hour(app, reader, until)))) }
            }
            @if said.is_some() {
                form action={ (path) "/withdraw" } method="post" data-online="" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    button .quiet-button type="submit" { (reader.say("撤回评价", "Take it back")) }
                }
            }
        }
    }
}

fn form(reader: &Reader, visitor: &Visitor, path: &str, one: &One) -> Markup {
    let said = one.feedback.as_ref();
    let chosen = said.map(|said| said.rating);
    let words = said.and_then(|said| said.words.as_deref()).unwrap_or("");
    html! {
        form .entry action=(path) method="post" data-online="" {
            input type="hidden" name="csrf" value=(visitor.csrf());
            fieldset .rating {
                legend { (reader.say("评分", "Rating")) }
                @for rating in Rating::ALL {
                    label .sure { input type="radio" name="rating" value=(rating.key()) required checked[chosen == Some(rating)]; span { (rating.label().get(reader.lang)) } }
                }
            }
            div .field {
                label for="words" { (reader.say("想说的话（可以不写）", "In your words (optional)")) }
                textarea #words name="words" rows="3" maxlength=(WORDS_MAX) { (words) }
            }
            button .button type="submit" { (reader.say("提交", "Send")) }
        }
    }
}
