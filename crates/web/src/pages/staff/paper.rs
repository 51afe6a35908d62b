//! A session's list on paper: names, numbers and codes, with room to write when somebody came and went.

use super::{Officer, by_clause, crumbs, session_path, what, words};
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::roll::Roll;
use crate::layout;
use crate::moments;
use crate::reader::Reader;
use crate::wording::{self, Said};
use axum::response::Response;
use forms::booking::Offered;
use forms::booking::ticket;
use forms::people::powers::Act;
use maud::{Markup, PreEscaped, html};

/// Codes drawn on one list; a longer list has numbers only, so that a page stays small enough for a phone.
const CODES_MAX: usize = 60;

/// `GET /desk/bookings/{notice}/{offer}/{slot}?as=paper`
pub fn page(
    app: &App,
    reader: &Reader,
    officer: &Officer,
    ready: &Ready,
    slot: &Offered,
    roll: &Roll,
) -> Response {
    let place: Vec<_> = roll
        .lines
        .iter()
        .filter(|line| line.seen.stands.has_place())
        .collect();
    let codes = place.len() <= CODES_MAX;
    let tickets = &officer.visitor.people.bookings.tickets;
    let code = |line: &crate::bookings::roll::Line| -> Markup {
        let booking = &line.seen.booking;
        let text = tickets.ticket(&ready.offering, booking).ok();
        let label = reader.say("签到码", "Code");
        let svg = text.and_then(|text| ticket::svg(&text, label));
        html! { @if let Some(svg) = svg { (PreEscaped(svg)) } }
    };
    let title = format!("{} {}", what(reader, ready, slot).text, words::span(slot));
    let issuer = ready.offering.issuer();
    let body = html! {
        (crumbs(reader, &[(session_path(ready, &slot.key), html! { (words::span(slot)) })]))
        h1 { (what(reader, ready, slot)) }
        p .lede {
            (wording::title(reader, &ready.notice)) " · "
            (moments::full_day(slot.session.from.date(), reader.lang)) " " (moments::weekday(slot.session.from.date(), reader.lang)) " " (words::span(slot))
            @if app.is_demo() { " " span .demo { (reader.say("演示", "demo")) } }
        }
        div .table-wrap {
            table .paper {
                thead { tr {
                    th scope="col" .paper-number { (reader.say("编号", "No.")) }
                    th scope="col" { (reader.say("姓名", "Name")) }
                    th scope="col" { (reader.say("到（时间）", "Came (time)")) }
                    th scope="col" { (reader.say("离开（时间）", "Went (time)")) }
                    th scope="col" { (reader.say("签名", "Signature")) }
                    @if codes { th scope="col" .paper-code { (reader.say("签到码", "Code")) } }
                } }
                tbody {
                    @for line in &place {
                        tr {
                            td { (line.seen.booking.number.to_string().trim_start_matches('0')) }
                            th scope="row" { @match &line.name { Some(name) => (Said::name(reader, name)), None => (reader.say("未写姓名", "no name given")) } }
                            td {} td {} td {}
                            @if codes { td { (code(line)) } }
                        }
                    }
                }
            }
        }
        p .fine { (reader.say("纸上记的时间，过后在名单页按编号补签；纸质名单有姓名，用完请收好或销毁。", "Enter the times written here on the list's page later, by number. This paper has names on it: keep it safe, or destroy it after use.")) }
        @if let Ok(citation) = officer.may(app, Act::SeeBookings, issuer, false) { (by_clause(app, reader, &citation)) }
    };
    layout::personal(app, reader, &title, body)
}
