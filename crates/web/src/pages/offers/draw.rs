//! `/offers/{notice}/{offer}/draw?at=SLOT`: the draw over a slot for everybody: its terms, promises, list, secrets, result,
//! and the file by which to do it again.

use super::words;
use crate::app::App;
use crate::bookings::Ready;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::params::{self, Params};
use crate::people::ours;
use crate::reader::Reader;
use crate::wording::title;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use forms::booking::Offered;
use forms::booking::held::{HeldDraw, Side};
use forms::booking::rows::Slot;
use forms::booking::views;
use forms::draw::Draw;
use ledger::item::{ItemId, Row as _};
use ledger::name::{Key, Kind};
use ledger::store::{AnyReader, Read as _};
use maud::{Markup, html};
use notice::offer::Give;
use std::sync::Arc;

/// Ranks, and entrants of a list, on the page; the file has all of them.
const SHOWN: usize = 500;

/// A draw as far as it has gone.
pub struct Drawing {
    /// What is kept of it; nothing before the first promise.
    pub held: Option<HeldDraw>,
    /// The draw made of that; nothing before the terms are fixed.
    pub draw: Option<Draw>,
    /// Ranks carried out.
    pub settled: u32,
    /// How many are in it now, before its list is fixed.
    pub entered: u32,
}

impl Drawing {
    /// Reads the draw over a slot.
    pub fn read(ledger: &AnyReader, ready: &Ready, slot: &Key) -> Result<Drawing, Failure> {
        let held = views::drawing(ledger, slot).map_err(ours)?;
        let draw = match &held {
            Some(held) if held.list.is_some() => {
                let entrants = views::entrants(ledger, slot).map_err(ours)?;
                held.draw(ready.offering.notice(), entrants)
            }
            Some(held) => held.draw(ready.offering.notice(), Vec::new()),
            None => None,
        };
        let id = ItemId {
            kind: Kind::new(Slot::KIND).map_err(ours)?,
            key: slot.clone(),
        };
        let row = ledger.item(&id).map_err(ours)?;
        let row: Option<Slot> = row.map(|item| item.read().map_err(ours)).transpose()?;
        let settled = row.as_ref().and_then(|row| row.settled.as_ref());
        Ok(Drawing {
            settled: settled.map_or(0, |settled| settled.ranks),
            entered: row.map_or(0, |row| row.entered),
            held,
            draw,
        })
    }
}

/// Where the draw over a slot is shown.
pub fn path(ready: &Ready, slot: &Key) -> String {
    params::link(
        &format!("{}/draw", words::page(ready)),
        &[("at", ready.short(slot))],
    )
}

/// What a side is called.
pub const fn side(reader: &Reader, side: Side) -> &'static str {
    match (side, reader.lang) {
        (Side::Holder, notice::Lang::Zh) => "主持人",
        (Side::Witness, notice::Lang::Zh) => "见证人",
        (Side::Holder, notice::Lang::En) => "the holder",
        (Side::Witness, notice::Lang::En) => "the witness",
    }
}

/// What is wanted, if everybody may see it: the offer's position, and the slot.
fn wanted<'a>(
    app: &'a App,
    slug: &str,
    name: &str,
    params: &Params,
) -> Result<(usize, &'a Ready, &'a Offered), Failure> {
    let (at, ready) = app.offers.find(slug, name).ok_or(Failure::NotFound)?;
    if !ready.offering.is_seen_by_all() || ready.offer().give != Give::Draw {
        return Err(Failure::NotFound);
    }
    let slot = match params.get("at") {
        Some(short) => ready.slot(short),
        None => ready.offering.slots().first(),
    };
    Ok((at, ready, slot.ok_or(Failure::NotFound)?))
}

async fn drawing(app: &Arc<App>, at: usize, slot: &Offered) -> Result<Drawing, Failure> {
    let people = app.people.as_ref().ok_or(Failure::NotFound)?;
    let (house, key) = (app.clone(), slot.key.clone());
    let read = people.bookings.read(move |ledger| {
        let ready = house.offers.all().get(at).ok_or(Failure::NotFound)?;
        Drawing::read(ledger, ready, &key)
    });
    read.await
}

/// `GET /offers/{notice}/{offer}/draw`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, name)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Failure> {
    let (at, ready, slot) = wanted(&app, &slug, &name, &params)?;
    let drawing = drawing(&app, at, slot).await?;
    let heading = reader.say("抽签", "The draw");
    let file = params::link(
        &format!("{}/draw.json", words::page(ready)),
        &[("at", ready.short(&slot.key))],
    );
    let body = html! {
        article .offer {
            header .notice-head {
                nav .crumbs aria-label=(reader.say("上级页面", "Pages above")) { ol {
                    li { a href="/offers" { (reader.say("报名", "Take part")) } }
                    li { a href=(words::page(ready)) { (title(&reader, &ready.notice)) } }
                } }
                h1 { (heading) }
                p .kicker {
                    (words::what(&reader, ready, slot)) " · " (words::day(&reader, slot.session.from.date())) " " (words::hours(&reader, slot.session))
                    @if ready.offer().demo { " " (crate::pages::notice::demo(&reader)) }
                }
                p { (reader.say("依据 ", "By ")) (words::clause(&reader, ready)) }
            }
            (others(&reader, ready, slot))
            (terms(&app, &reader, ready, slot, &drawing))
            (list(&app, &reader, &drawing))
            (outcome(&reader, ready, &drawing))
            @if drawing.draw.is_some() { (again(&reader, &file)) }
        }
    };
    let frame = Frame {
        way: "/offers",
        ..Frame::default()
    };
    Ok(layout::framed(&app, &reader, heading, &frame, body))
}

/// `GET /offers/{notice}/{offer}/draw.json`: the draw's file as far as it has gone.
pub async fn file(
    State(app): State<Arc<App>>,
    Path((slug, name)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Failure> {
    let (at, _, slot) = wanted(&app, &slug, &name, &params)?;
    let drawing = drawing(&app, at, slot).await?;
    let draw = drawing.draw.ok_or(Failure::NotFound)?;
    let json = HeaderValue::from_static("application/json");
    let named = HeaderValue::from_static("attachment; filename=\"draw.json\"");
    let fresh = HeaderValue::from_static("no-cache");
    let headers = [
        (header::CONTENT_TYPE, json),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, fresh),
    ];
    Ok((headers, draw.to_json()).into_response())
}

/// The draws over the offer's other slots.
fn others(reader: &Reader, ready: &Ready, slot: &Offered) -> Markup {
    let slots = ready.offering.slots();
    html! {
        @if slots.len() > 1 {
            details .offer-terms {
                summary { (reader.say("别的时段的抽签", "Draws over other slots")) }
                ul .plain {
                    @for other in slots.iter().filter(|other| other.key != slot.key).take(SHOWN) {
                        li { a href=(path(ready, &other.key)) { (words::what(reader, ready, other)) " " (words::day(reader, other.session.from.date())) " " (words::hours(reader, other.session)) } }
                    }
                }
            }
        }
    }
}

fn terms(app: &App, reader: &Reader, ready: &Ready, slot: &Offered, drawing: &Drawing) -> Markup {
    let hour = |at| words::hour(app, reader, at);
    let held = drawing.held.as_ref();
    let places = held.map_or(slot.capacity, |held| held.places);
    let closes = held.map_or_else(|| ready.offering.closes(slot), |held| held.closes);
    html! {
        section aria-labelledby="terms" {
            h2 #terms .rubric { (reader.say("约定", "Terms")) }
            ul .terms {
                li { (reader.say(format!("{places}个名额，{}截止。", hour(closes)), format!("Places: {places}. The list closes {}.", hour(closes)))) }
                li { (reader.say(
                    "主持人和见证人是两个不同的人，截止以前各承诺一个秘密，只公布指纹。",
                    "The holder and the witness are two different people. Before the close each promises a secret and publishes its fingerprint only.",
                )) }
                li { (reader.say(
                    "截止以后先定名单、公布名单的根，再公开两个秘密；名次由两个秘密、名单和这些约定算出，谁也不能一个人定结果。",
                    "After the close the list is fixed and its root published, then both secrets are revealed. The ranks follow from both secrets, the list and these terms: nobody decides alone.",
                )) }
                li { (reader.say(
                    "截止后24小时内应当公开秘密。没有按时承诺或者公开的，在这里写明是哪一方；同一份名单由双方另作承诺，重新抽签。",
                    "The secrets are to be revealed within 24 hours of the close. Who did not promise or reveal in time is named here, and the same list is drawn anew with new promises of both.",
                )) }
            }
            @if let Some(held) = held {
                @for vain in &held.vain {
                    div .notice-line role="status" { p {
                        @let missing = vain.missing.iter().map(|one| side(reader, *one)).collect::<Vec<_>>().join(reader.say("、", ", "));
                        @if vain.missing.is_empty() {
                            (reader.say(format!("第{}轮因公告更正作废（{}）。", vain.round, hour(vain.at)), format!("Round {} ended because the notice was corrected ({}).", vain.round, hour(vain.at))))
                        } @else {
                            (reader.say(format!("第{}轮没有抽成：{missing}没有按时承诺或者公开（{}）。", vain.round, hour(vain.at)), format!("Round {} came to nothing: {missing} did not promise or reveal in time ({}).", vain.round, hour(vain.at))))
                        }
                    } }
                }
                @if held.round > 1 { p { (reader.say(format!("现在是第{}轮。", held.round), format!("This is round {}.", held.round))) } }
            }
            dl .about {
                @for one in Side::ALL {
                    @let pledge = held.and_then(|held| held.pledge(one));
                    dt { (side(reader, one)) (reader.say("的承诺", "’s promise")) }
                    dd {
                        @match pledge {
                            Some(pledge) => { code .hash { (pledge.commitment) } " " span .fine { (hour(pledge.at)) } }
                            None => { (reader.say("还没有", "not yet given")) }
                        }
                    }
                }
                @if let Some(draw) = &drawing.draw {
                    dt { (reader.say("约定的指纹", "Fingerprint of the terms")) }
                    dd { code .hash { (draw.opened().digest()) } }
                    dt { (reader.say("公告文本", "Text of the notice")) }
                    dd { code .hash { (draw.opened().terms().text) } }
                }
            }
        }
    }
}

fn list(app: &App, reader: &Reader, drawing: &Drawing) -> Markup {
    let fixed = drawing.held.as_ref().and_then(|held| held.list.as_ref());
    let closed = drawing.draw.as_ref().and_then(Draw::closed);
    html! {
        section aria-labelledby="list" {
            h2 #list .rubric { (reader.say("名单", "List")) }
            @match fixed {
                None => p { (reader.say(
                    format!("名单还没有定；现在有{}人参加。", drawing.entered),
                    format!("The list is not fixed yet. In the draw now: {}.", drawing.entered),
                )) },
                Some(fixed) => {
                    p { (reader.say(
                        format!("{}个编号，{}定下。编号就是预约号，只有本人在“我的预约”里看得到是自己的；名单里没有姓名。", fixed.entrants, words::hour(app, reader, fixed.at)),
                        format!("{} numbers, fixed {}. A number is that of a booking: only its owner sees under “My bookings” whose it is. No name is in the list.", fixed.entrants, words::hour(app, reader, fixed.at)),
                    )) }
                    dl .about { dt { (reader.say("名单的根", "Root of the list")) } dd { code .hash { (fixed.root) } } }
                    @if let Some(closed) = closed {
                        details .offer-terms {
                            summary { (reader.say("看名单", "See the list")) }
                            p .fine { @for entrant in closed.entrants().iter().take(SHOWN) { code { (entrant) } " " } }
                            @if closed.entrants().len() > SHOWN { p { (reader.say("其余的在文件里。", "The file has the others.")) } }
                        }
                    }
                }
            }
        }
    }
}

fn outcome(reader: &Reader, ready: &Ready, drawing: &Drawing) -> Markup {
    let pledges = drawing.held.iter().flat_map(|held| &held.pledges);
    let revealed: Vec<_> = pledges
        .filter_map(|pledge| Some((pledge.side, pledge.secret.as_ref()?)))
        .collect();
    html! {
        section aria-labelledby="outcome" {
            h2 #outcome .rubric { (reader.say("结果", "Result")) }
            @if !revealed.is_empty() {
                dl .about { @for (one, secret) in &revealed {
                    dt { (side(reader, *one)) (reader.say("的秘密", "’s secret")) }
                    dd { code .hash { (secret) } }
                } }
            }
            @match &drawing.draw {
                Some(Draw::Drawn(drawn)) => {
                    @let places = drawn.closed().opened().terms().places as usize;
                    @let all = drawn.ranks().len();
                    p {
                        (reader.say(
                            format!("共{all}个名次，前{}名依次得到名额", places.min(all)),
                            format!("{all} ranks. Places go in this order, {} of them", places.min(all)),
                        ))
                        // Who gets none waits only where the notice has a waiting list, and as far as that goes.
                        @match ready.offer().waiting {
                            Some(rule) => (reader.say(format!("，其后{}名依次候补", rule.places), format!("; the next {} wait in this order", rule.places))),
                            None => (reader.say("，公告不设候补", "; the notice has no waiting list")),
                        }
                        (reader.say("；抽签后才退出的、时间冲突的跳过。", ". Who has left since, or has no time, is passed over."))
                        " "
                        @if drawing.settled as usize == all { (reader.say("已经全部执行。", "All have been carried out.")) }
                        @else { (reader.say(format!("已经执行到第{}名。", drawing.settled), format!("Carried out: {}.", drawing.settled))) }
                    }
                    ol .ranks { @for entrant in drawn.ranks().take(SHOWN) { li { code { (entrant) } } } }
                    @if all > SHOWN { p { (reader.say("其余的名次在文件里。", "The file has the other ranks.")) } }
                }
                _ => p { (reader.say("还没有结果。", "There is no result yet.")) },
            }
        }
    }
}

fn again(reader: &Reader, file: &str) -> Markup {
    html! {
        section aria-labelledby="again" {
            h2 #again .rubric { (reader.say("自己再抽一遍", "Draw it again yourself")) }
            p { (reader.say(
                "下载文件，在任何一台电脑上不用联网就能重算；改动过的地方会指出来。",
                "Take the file: any computer draws it again without a network, and whatever was changed is named.",
            )) }
            p { a .button .quiet href=(file) download="draw.json" { (reader.say("下载 draw.json", "Download draw.json")) } }
            p { code { "tongxin verify draw.json" } }
        }
    }
}
