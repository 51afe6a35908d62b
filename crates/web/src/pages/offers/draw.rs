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
use forms::booking::rows::{Number, Slot};
use forms::booking::views;
use forms::draw::{Draw, Entrant, Round};
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

/// Where the line of a number is shown in it.
pub fn line_path(ready: &Ready, slot: &Key, number: &Number) -> String {
    let fields = [("at", ready.short(slot)), ("number", number.key().as_str())];
    params::link(&format!("{}/draw", words::page(ready)), &fields) + "#find"
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
            p .lede role="status" { (stands(&app, &reader, slot, ready, &drawing)) }
            (others(&reader, ready, slot))
            (how(&reader, drawing.held.as_ref()))
            (find(&reader, ready, slot, &drawing, params.get("number")))
            (terms(&app, &reader, ready, slot, &drawing))
            (list(&app, &reader, &drawing, params.get("number")))
            (outcome(&reader, ready, &drawing, params.get("number")))
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

/// How far the draw is, in a sentence.
fn stands(app: &App, reader: &Reader, slot: &Offered, ready: &Ready, drawing: &Drawing) -> String {
    let hour = |at| words::hour(app, reader, at);
    let held = drawing.held.as_ref();
    let closes = held.map_or_else(|| ready.offering.closes(slot), |held| held.closes);
    let now = app.clock.now();
    match (&drawing.draw, held) {
        (Some(Draw::Drawn(drawn)), _) => {
            let (all, places) = (drawn.ranks().len(), drawn.closed().opened().terms().places);
            reader.say(
                format!("已经抽出：{all}人，{places}个名额。"),
                format!("Drawn: {all} entrants, {places} places."),
            )
        }
        _ if now < closes => reader.say(
            format!("还在报名，{}截止。", hour(closes)),
            format!("Sign-up is open until {}.", hour(closes)),
        ),
        (_, Some(held)) if held.list.is_some() && held.is_vain(now) => reader.say(
            "这一轮没有抽成，要重新抽签。".to_owned(),
            "This round came to nothing: it is drawn anew.".to_owned(),
        ),
        (_, Some(held))
            if held.list.is_some() && held.unheard().is_some() && held.missing().is_empty() =>
        {
            reader.say(
                "名单已经定下，秘密都已公开，等约定的公共随机数。".to_owned(),
                "The list is fixed and the secrets are revealed: the public randomness is awaited."
                    .to_owned(),
            )
        }
        (_, Some(held)) if held.list.is_some() => reader.say(
            format!(
                "名单已经定下，{}以前公开秘密、抽出名次。",
                hour(held.reveal_by)
            ),
            format!(
                "The list is fixed. The secrets are revealed, and the ranks drawn, before {}.",
                hour(held.reveal_by)
            ),
        ),
        _ if drawing.entered == 0 => reader.say(
            "没有人报名，不用抽签。".to_owned(),
            "Nobody has entered: there is nothing to draw.".to_owned(),
        ),
        _ => reader.say(
            "已经截止，马上定名单。".to_owned(),
            "Sign-up has closed: the list is about to be fixed.".to_owned(),
        ),
    }
}

/// What is said where a round of public randomness is not had yet.
pub fn waits_for(app: &App, reader: &Reader, round: Round) -> String {
    let (number, at) = (round.round, published(app, reader, round));
    reader.say(
        format!("还要等公共随机数 drand quicknet 第{number}轮（{at}公布）；系统自己去取，核对签名以后算出名次。"),
        format!("Public randomness decides, too: round {number} of drand quicknet, published {at}. It is fetched by itself, and the ranks follow once its signature is checked."),
    )
}

/// When a round is published, to the second: rounds come every few seconds.
fn published(app: &App, reader: &Reader, round: Round) -> String {
    let Some(at) = round.published() else {
        return String::new();
    };
    let at = app.city().zone.to_datetime(at);
    let written = reader.say("%Y年%-m月%-d日 %H:%M:%S", "%-d %B %Y, %H:%M:%S");
    at.strftime(written).to_string()
}

/// The draw in four sentences, and one more where public randomness decides, too.
fn how(reader: &Reader, held: Option<&HeldDraw>) -> Markup {
    let beacon = held.and_then(HeldDraw::named_beacon).is_some();
    html! {
        section aria-labelledby="how" {
            h2 #how .rubric { (reader.say("怎么抽", "How it is drawn")) }
            ol .draw-steps {
                li { (reader.say(
                    "截止以前，主持人和见证人各定一个秘密数，只公布它的指纹，以后换不了。",
                    "Before sign-up closes, a holder and a witness each choose a secret number and publish only its fingerprint, so that neither can change it later.",
                )) }
                li { (reader.say(
                    "一到截止时间，系统自己把名单定下来公布，名单上只有报名号，没有姓名。",
                    "When sign-up closes, the list is fixed and published by itself, with booking numbers and no names.",
                )) }
                li { (reader.say(
                    "名单定了，两个人才公开秘密数；少了哪一个都算不出名次，所以谁也不能一个人定结果。",
                    "Only then do the two reveal their numbers; the ranks need both, so nobody can decide alone.",
                )) }
                @if beacon { li { (reader.say(
                    "还有一个数是截止以后才公布的公共随机数，承诺的时候谁也不知道；所以就是两个人串通，也定不了结果；最多让这一轮作废，那会写明在这里。",
                    "One more number is public randomness published after the close. Nobody knows it when the two promise, so even both together cannot decide: at most they spoil the round, which is said here.",
                )) } }
                li { (reader.say(
                    "名次由这些数和名单算出来，谁都可以在自己的电脑上再抽一遍，改动过的地方会指出来。",
                    "The ranks follow from these numbers and the list: anybody can draw again on their own computer, and whatever was changed is named.",
                )) }
            }
        }
    }
}

/// A number as bookings have it: with the zeros that people leave out.
fn whole(typed: &str) -> String {
    format!("{typed:0>12}")
}

fn numbered(entrant: &Entrant, sought: Option<&str>) -> Markup {
    let own = sought.is_some_and(|typed| whole(typed) == entrant.as_str());
    html! { @if own { mark { code { (entrant) } } } @else { code { (entrant) } } }
}

/// Where anybody finds the line of a number they hold.
fn find(
    reader: &Reader,
    ready: &Ready,
    slot: &Offered,
    drawing: &Drawing,
    sought: Option<&str>,
) -> Markup {
    html! {
        section aria-labelledby="find" {
            h2 #find .rubric { (reader.say("找自己的一行", "Find your own line")) }
            form .entry action={ (words::page(ready)) "/draw#find" } method="get" {
                input type="hidden" name="at" value=(ready.short(&slot.key));
                div .field {
                    label for="number" { (reader.say("您的报名号", "Your booking number")) }
                    input id="number" name="number" value=[sought] required inputmode="numeric" maxlength="12" autocomplete="off" aria-describedby="number-hint";
                    p #number-hint .fine { (reader.say("报名号在“我的预约”里，开头的0可以不写。", "It stands under “My bookings”; zeros at the front can be left out.")) }
                }
                button .button type="submit" { (reader.say("找", "Find")) }
            }
            @if let Some(sought) = sought {
                div .notice-line role="status" { p { (line(reader, ready, drawing, &whole(sought))) } }
            }
        }
    }
}

/// What the draw says about a number.
fn line(reader: &Reader, ready: &Ready, drawing: &Drawing, number: &str) -> String {
    let Some(closed) = drawing.draw.as_ref().and_then(Draw::closed) else {
        return reader.say(
            "名单和双方的承诺还没有齐，请在抽出以后再来找。".to_owned(),
            "The list and both promises are not complete yet: come back when it is drawn."
                .to_owned(),
        );
    };
    let all = closed.entrants().len();
    let Some(at) = closed
        .entrants()
        .iter()
        .position(|one| one.as_str() == number)
    else {
        return reader.say(
            format!("名单里没有 {number}。请照“我的预约”再核对一遍；确实报了这一课、截止时没有退出而这里没有的，请找发布机构。"),
            format!("{number} is not in the list. Compare it with “My bookings”; if you had entered this draw and not left it by its close, ask the office."),
        );
    };
    let listed = reader.say(
        format!("{number} 在名单里，是{all}个中的第{}个。", at + 1),
        format!("{number} is in the list, number {} of {all}.", at + 1),
    );
    let Some(Draw::Drawn(drawn)) = &drawing.draw else {
        return format!(
            "{listed}{}",
            reader.say("名次还没有抽出。", " The ranks are not drawn yet.")
        );
    };
    let rank = drawn
        .ranks()
        .position(|one| one.as_str() == number)
        .map_or(0, |at| at + 1);
    let places = drawn.closed().opened().terms().places as usize;
    let waits = ready.offer().waiting.map_or(0, |rule| rule.places as usize);
    let given = if rank <= places {
        reader.say("，在名额以内。", ": within the places.")
    } else if rank <= places.saturating_add(waits) {
        reader.say("，在候补以内。", ": within the waiting list.")
    } else {
        reader.say("，不在名额以内。", ": not within the places.")
    };
    let last = reader.say(
        "前面有人退出或者时间冲突的，后面的往前补；最后得没得到，以“我的预约”为准。",
        " Where somebody before has left or has no time, the next move up: “My bookings” says what you got in the end.",
    );
    reader.say(
        format!("{listed}抽得第{rank}名{given}{last}"),
        format!("{listed} It drew rank {rank}{given}{last}"),
    )
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
                    "主持人和见证人是两个不同的人；名单定下以后、截止后24小时以内，双方都要公开自己的秘密。",
                    "The holder and the witness are two different people. Once the list is fixed both reveal their secrets, within 24 hours of the close.",
                )) }
                li { (reader.say(
                    "有一方没有按时承诺，或者没有按时公开，就没有结果：这里写明是哪一方，永远留着；同一份名单由双方另作承诺，重新抽签，名额不会给出去，也没有别的办法给。",
                    "If a side has not promised or has not revealed in time, there is no result: it is named here for good, and the same list is drawn anew with new promises of both. Until then no place is given, and there is no other way to give one.",
                )) }
                @if let Some((held, beacon)) = held.and_then(|held| Some((held, held.named_beacon()?))) {
                    li {
                        (reader.say(
                            format!("公共随机数和双方的秘密一起决定：drand quicknet 第{}轮，{}公布。这一轮由截止（重新抽签时由最后一个承诺）的时间定下，谁也挑不了，而且只有一个签名。", beacon.round.round, published(app, reader, beacon.round)),
                            format!("Public randomness decides together with both secrets: round {} of drand quicknet, published {}. It follows from the time of the close (in a later round of the draw, of the last promise), so nobody chooses it, and a round has one signature only.", beacon.round.round, published(app, reader, beacon.round)),
                        ))
                        @if !app.clock.is_real() { " " (reader.say(
                            "（这个城市的时钟不是真的时间：这一轮早已公布，这里只演示做法。）",
                            "(The clock of this city is not the real time: the round was published long ago, and only the way is shown.)",
                        )) }
                    }
                    li { (reader.say(
                        format!("{}以前取不到这一轮，就没有结果：写明在这里，同一份名单重新抽签，由双方另作承诺，另定一轮。不会少了它只用两个秘密来抽，不然谁能拦住它，谁就能在两个结果里挑。谁都可以凭轮次号到 drand 查这一轮公布了没有。", hour(held.reveal_by)),
                        format!("If the round is not had by {}, there is no result: that is said here, and the same list is drawn anew with new promises and another round. It is never drawn with the secrets alone, or whoever can keep the round away could choose between two results. Anybody can look up at drand, by its number, whether the round was published.", hour(held.reveal_by)),
                    )) }
                }
            }
            @if let Some(held) = held {
                @for vain in &held.vain {
                    div .notice-line role="status" { p {
                        @let missing = vain.missing.iter().map(|one| side(reader, *one)).collect::<Vec<_>>().join(reader.say("、", ", "));
                        @if let Some(round) = vain.unheard {
                            (reader.say(format!("第{}轮没有抽成：公共随机数 drand quicknet 第{}轮没有按时取到（{}）。", vain.round, round.round, hour(vain.at)), format!("Round {} came to nothing: round {} of drand quicknet was not had in time ({}).", vain.round, round.round, hour(vain.at))))
                            @if !vain.missing.is_empty() { (reader.say(format!("{missing}也没有按时公开。"), format!(" {missing} did not reveal in time either."))) }
                        } @else if vain.missing.is_empty() {
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
                @if let Some(beacon) = held.and_then(HeldDraw::named_beacon) {
                    dt { (reader.say("公共随机数", "Public randomness")) }
                    dd {
                        "drand quicknet " (reader.say(format!("第{}轮", beacon.round.round), format!("round {}", beacon.round.round)))
                        " " span .fine { (published(app, reader, beacon.round)) }
                        br;
                        code .hash { (beacon.round.chain.hash()) }
                    }
                    dt { (reader.say("这一轮的签名", "Signature of that round")) }
                    dd {
                        @match &beacon.signature {
                            Some(signature) => { code .hash { (signature) } }
                            None => { (reader.say("还没有", "not yet had")) }
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

fn list(app: &App, reader: &Reader, drawing: &Drawing, sought: Option<&str>) -> Markup {
    let fixed = drawing.held.as_ref().and_then(|held| held.list.as_ref());
    let closed = drawing.draw.as_ref().and_then(Draw::closed);
    html! {
        section aria-labelledby="list" {
            h2 #list .rubric { (reader.say("名单", "List")) }
            @match fixed {
                None => p { (reader.say(
                    format!("名单还没有定；现在有{}人参加。一到截止时间就自己定下、公布，不用谁来按。", drawing.entered),
                    format!("The list is not fixed yet. In the draw now: {}. It is fixed and published by itself when sign-up closes; nobody has to press anything.", drawing.entered),
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
                            p .fine { @for entrant in closed.entrants().iter().take(SHOWN) { (numbered(entrant, sought)) " " } }
                            @if closed.entrants().len() > SHOWN { p { (reader.say("其余的在文件里。", "The file has the others.")) } }
                        }
                    }
                }
            }
        }
    }
}

fn outcome(reader: &Reader, ready: &Ready, drawing: &Drawing, sought: Option<&str>) -> Markup {
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
                    ol .ranks { @for (at, entrant) in drawn.ranks().take(SHOWN).enumerate() {
                        li .won[at < places] { (numbered(entrant, sought)) }
                    } }
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
