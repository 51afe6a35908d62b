//! What was answered when people signed up for a session: for whoever prepares it. Opened when the page is made, for those whom
//! the powers let see who has booked; it is in no file to take away.

use super::{Officer, by_clause, crumbs, session_path, what, words};
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::roll::{self, Line};
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::offers::words::answered;
use crate::reader::Reader;
use crate::wording::{self, Said};
use axum::response::Response;
use forms::booking::Offered;
use forms::booking::answers::Answer;
use forms::people::powers::Citation;
use ledger::name::Key;
use maud::{Markup, html};
use notice::offer::{Question, Wanted};
use std::sync::Arc;

/// `GET /desk/bookings/{notice}/{offer}/{slot}?as=answers`
pub async fn page(
    app: &Arc<App>,
    reader: &Reader,
    officer: &Officer,
    ready: &Ready,
    slot: &Offered,
    see: Citation,
) -> Result<Response, Failure> {
    let roll = super::session::roll(app, officer, &slot.key, see.clone()).await?;
    let mut lines = roll.lines;
    lines.retain(|line| line.seen.stands.has_place() || line.seen.stands.is_ahead());
    let given = given(app, officer, &slot.key, &see, lines.clone()).await?;
    let title = format!("{} {}", what(reader, ready, slot).text, words::span(slot));
    let all: Vec<_> = lines.iter().zip(&given).collect();
    let body = html! {
        (crumbs(reader, &[(session_path(ready, &slot.key), html! { (words::span(slot)) })]))
        h1 { (reader.say("报名时的回答", "What was answered")) }
        p .lede {
            (what(reader, ready, slot)) " · " (wording::title(reader, &ready.notice)) " · "
            (moments::full_day(slot.session.from.date(), reader.lang)) " " (words::span(slot))
            @if app.is_demo() { " " span .demo { (reader.say("演示", "demo")) } }
        }
        @if all.is_empty() { p { (reader.say("还没有人报名。", "Nobody has signed up.")) } }
        @else {
            (counts(reader, ready, &given))
            section aria-labelledby="each" {
                h2 #each .rubric { (reader.say("每个人的回答", "From each")) }
                ul .answers { @for (line, answers) in &all { li { (one(reader, ready, line, answers)) } } }
            }
        }
        @if roll.more { p .fine { (reader.say("名单太长，后面的没有显示。", "The list is too long; the rest is not shown.")) } }
        p .fine { (reader.say("这些回答只为办好这一场，用完不要留底；打印出来的请销毁。", "These answers are for this session alone: keep no copy, and destroy what was printed.")) }
        (by_clause(app, reader, &see))
    };
    Ok(layout::personal(app, reader, &title, body))
}

async fn given(
    app: &Arc<App>,
    officer: &Officer,
    slot: &Key,
    see: &Citation,
    lines: Vec<Line>,
) -> Result<Vec<Vec<Answer>>, Failure> {
    let (house, slot, see) = (app.clone(), slot.clone(), see.clone());
    let who = officer.visitor.session.person.clone();
    let bookings = &officer.visitor.people.bookings;
    bookings
        .read(move |ledger| {
            let spot = house.offers.spot(&slot);
            let found = spot.and_then(|spot| house.offers.at(spot));
            let (ready, _) = found.ok_or(Failure::NotFound)?;
            roll::answers(ledger, ready, &lines, (&see, &who))
        })
        .await
}

/// How often each answer that can be chosen was given, so that what is needed can be counted out.
fn counts(reader: &Reader, ready: &Ready, given: &[Vec<Answer>]) -> Markup {
    let chosen = |question: &Question| -> Vec<(String, usize)> {
        let choices: Vec<String> = match &question.wanted {
            Wanted::Choice(choices) => choices.iter().map(|choice| choice.name.clone()).collect(),
            Wanted::YesNo => vec!["yes".to_owned(), "no".to_owned()],
            Wanted::Consent | Wanted::Text => Vec::new(),
        };
        let count = |said: &String| {
            let all = given.iter().flatten();
            all.filter(|answer| answer.question == question.name && answer.said == *said)
                .count()
        };
        let counted = choices.iter().map(|said| {
            let answer = Answer {
                question: question.name.clone(),
                said: said.clone(),
            };
            let words = answered(reader, ready, std::slice::from_ref(&answer));
            let words = words.first().map_or("", |(_, said)| said).to_owned();
            (words, count(said))
        });
        counted.collect()
    };
    let asked = ready.offering.questions().iter();
    let counted: Vec<_> = asked
        .map(|question| (question, chosen(question)))
        .filter(|(_, counted)| !counted.is_empty())
        .collect();
    html! {
        @if !counted.is_empty() {
            section aria-labelledby="counts" {
                h2 #counts .rubric { (reader.say("合计", "Taken together")) }
                dl .about {
                    @for (question, counted) in &counted {
                        dt { (Said::name(reader, question.label.get(reader.lang))) }
                        dd { @for (at, (said, count)) in counted.iter().enumerate() { @if at > 0 { (reader.say("，", ", ")) } (Said::name(reader, said)) " " strong { (count) } } }
                    }
                }
            }
        }
    }
}

fn one(reader: &Reader, ready: &Ready, line: &Line, answers: &[Answer]) -> Markup {
    let number = line.seen.booking.number.to_string();
    html! {
        h3 .answers-who {
            a href={ "/desk/booking/" (number) } {
                @match &line.name { Some(name) => (Said::name(reader, name)), None => (reader.say("未写姓名", "no name given")) }
            }
            " " span .fine { "№ " (number.trim_start_matches('0')) }
        }
        @if answers.is_empty() { p .fine { (reader.say("没有可以看的回答。", "There is nothing to read.")) } }
        dl .about { (listed(reader, ready, answers)) }
    }
}

/// Answers under what was asked, as parts of a list.
pub fn listed(reader: &Reader, ready: &Ready, answers: &[Answer]) -> Markup {
    html! {
        @for (asked, said) in answered(reader, ready, answers) {
            dt { (Said::name(reader, asked)) } dd { (Said::name(reader, said)) }
        }
    }
}
