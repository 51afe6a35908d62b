//! `/desk/draws/{notice}/{offer}/{slot}`: holding the draw over a slot: promise, fix the list, reveal, carry it out.

use super::{
    Officer, alert, by_clause, crumbs, denied, led_to, offer_path, refusal, slot_of, what, words,
};
use crate::app::App;
use crate::bookings::{Ready, Stopped};
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::offers::draw::{self as public, Drawing};
use crate::pages::offers::words::hour;
use crate::pages::sign_in::faced;
use crate::params::Params;
use crate::people::Asked;
use crate::reader::Reader;
use crate::wording;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::booking::held::{HeldDraw, Side};
use forms::booking::{DrawAnew, FixList, Offered, Promise, Reveal, Settle};
use forms::draw::{Commitment, Draw, Secret};
use forms::people::powers::{Act, Citation, Denied};
use jiff::Timestamp;
use ledger::given::{Chance as _, SystemChance};
use maud::{Markup, html};
use notice::Label;
use notice::offer::Give;
use std::sync::Arc;

/// Commands that one press gives while it carries a draw out; what is left is for the next press.
const STEPS_MAX: usize = 128;

/// Where the draw over a slot is held.
pub fn path(ready: &Ready, slot: &Offered) -> String {
    let short = ready.short(&slot.key);
    let rest = short.strip_prefix('/').unwrap_or(short);
    format!(
        "/desk/draws/{}/{}/{rest}",
        ready.notice.slug,
        ready.offer().name
    )
}

/// What the officer may do, or why not.
struct Rights {
    hold: Result<Citation, Box<Denied>>,
    witness: Result<Citation, Box<Denied>>,
}

impl Rights {
    fn of(app: &App, officer: &Officer, ready: &Ready) -> Rights {
        let may = |act| officer.may(app, act, ready.offering.issuer(), false);
        Rights {
            hold: may(Act::HoldDraw),
            witness: may(Act::WitnessDraw),
        }
    }

    const fn side(&self, side: Side) -> &Result<Citation, Box<Denied>> {
        match side {
            Side::Holder => &self.hold,
            Side::Witness => &self.witness,
        }
    }
}

/// Why something was not done.
enum Stop {
    Said(Label),
    Denied(Box<Denied>),
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failure(failure)
    }
}

impl From<Stopped> for Stop {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Refused(refused) => Stop::Said(refused.label()),
            Stopped::Failure(failure) => Stop::Failure(failure),
        }
    }
}

/// `GET /desk/draws/{notice}/{offer}/{slot}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    officer: Officer,
    Path((slug, name, rest)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let (at, ready, slot) = find(&app, &slug, &name, &rest)?;
    page(&app, &reader, &officer, (at, ready), slot, None, None).await
}

/// `POST /desk/draws/{notice}/{offer}/{slot}`: the next step.
pub async fn step(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path((slug, name, rest)): Path<(String, String, String)>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let officer = Officer::of(&app, visitor);
    let (at, ready, slot) = find(&app, &slug, &name, &rest)?;
    let path = path(ready, slot);
    let done = act(&app, &officer, (at, ready), slot, &fields).await;
    match done {
        Ok(None) => Ok(led_to(&path)),
        Ok(Some(made)) => {
            reader.here = path;
            page(&app, &reader, &officer, (at, ready), slot, None, Some(made)).await
        }
        Err(Stop::Denied(why)) => Ok(denied(&app, &reader, &why)),
        Err(Stop::Failure(failure)) => Err(failure),
        Err(Stop::Said(why)) => {
            reader.here = path;
            let shown = page(&app, &reader, &officer, (at, ready), slot, Some(&why), None).await?;
            Ok(match shown.status() {
                StatusCode::OK => faced(shown, StatusCode::CONFLICT),
                _ => shown,
            })
        }
    }
}

fn find<'a>(
    app: &'a App,
    slug: &str,
    name: &str,
    rest: &str,
) -> Result<(usize, &'a Ready, &'a Offered), Failure> {
    let (at, ready) = app.offers.find(slug, name).ok_or(Failure::NotFound)?;
    let slot = slot_of(ready, rest).ok_or(Failure::NotFound)?;
    if ready.offer().give != Give::Draw {
        return Err(Failure::NotFound);
    }
    Ok((at, ready, slot))
}

async fn read(
    app: &Arc<App>,
    officer: &Officer,
    at: usize,
    slot: &Offered,
) -> Result<Drawing, Failure> {
    let (house, key) = (app.clone(), slot.key.clone());
    let read = officer.visitor.people.bookings.read(move |ledger| {
        let ready = house.offers.all().get(at).ok_or(Failure::NotFound)?;
        Drawing::read(ledger, ready, &key)
    });
    read.await
}

/// A secret that was made just now, shown once, for a side.
struct Made {
    side: Side,
    secret: Secret,
    commitment: Commitment,
}

/// Takes a step. Gives a secret, if that is what was asked for: it is shown and nowhere kept.
async fn act(
    app: &Arc<App>,
    officer: &Officer,
    (at, ready): (usize, &Ready),
    slot: &Offered,
    fields: &Params,
) -> Result<Option<Made>, Stop> {
    let rights = Rights::of(app, officer, ready);
    let (now, person) = (app.clock.now(), &officer.visitor.session.person);
    let bookings = &officer.visitor.people.bookings;
    let key = slot.key.clone();
    let side = match fields.get("side") {
        Some("witness") => Side::Witness,
        _ => Side::Holder,
    };
    let under = rights.side(side).clone().map_err(Stop::Denied)?;
    match fields.get("step") {
        Some("make") => {
            let drawing = read(app, officer, at, slot).await?;
            return Ok(Some(made(ready, slot, side, drawing.held.as_ref())?));
        }
        Some("promise") => {
            let typed = fields
                .get("commitment")
                .unwrap_or_default()
                .trim()
                .to_lowercase();
            let commitment = typed.parse().map_err(|_| digits("承诺", "promise"))?;
            let promise = Promise {
                slot: key,
                side,
                commitment,
                beacon: bookings.beacon.as_ref().map(|beacon| beacon.chain()),
                under,
            };
            bookings.ask(&ready.offering, person, now, promise).await?;
        }
        Some("list") => {
            let fix = FixList {
                slot: key,
                under: Some(under),
            };
            bookings.ask(&ready.offering, person, now, fix).await?;
        }
        Some("reveal") => {
            let typed = fields
                .get("secret")
                .unwrap_or_default()
                .trim()
                .to_lowercase();
            let secret = typed.parse().map_err(|_| digits("秘密", "secret"))?;
            let reveal = Reveal {
                slot: key,
                side,
                secret,
                under,
            };
            bookings.ask(&ready.offering, person, now, reveal).await?;
        }
        Some("anew") => {
            let anew = DrawAnew { slot: key, under };
            bookings.ask(&ready.offering, person, now, anew).await?;
        }
        Some("settle") => settle(app, officer, (at, ready), slot, &under).await?,
        _ => return Err(Stop::Failure(Failure::NotFound)),
    }
    Ok(None)
}

fn digits(zh: &str, en: &str) -> Stop {
    Stop::Said(Label::new(
        format!("{zh}是64位十六进制数字，请整个抄上。"),
        format!("A {en} is 64 hexadecimal digits: copy the whole of it."),
    ))
}

/// Makes a secret for a side, with the promise that goes with it.
fn made(ready: &Ready, slot: &Offered, side: Side, held: Option<&HeldDraw>) -> Result<Made, Stop> {
    let ours = |what: &str| Stop::Failure(Failure::Ours(what.to_owned()));
    let secret = SystemChance.bytes().map(Secret);
    let secret = secret.ok_or_else(|| ours("no random numbers for a draw's secret"))?;
    let name = held.map_or_else(|| Ok(slot.key.clone()), HeldDraw::name);
    let name = name.map_err(|_| ours("a draw's name is too long"))?;
    let by = side.by(ready.offering.issuer());
    let by = by.map_err(|_| ours("a side's name is too long"))?;
    Ok(Made {
        side,
        commitment: secret.commit(&name, &by),
        secret,
    })
}

/// Carries the draw out, rank by rank, through the ordinary command.
async fn settle(
    app: &Arc<App>,
    officer: &Officer,
    (at, ready): (usize, &Ready),
    slot: &Offered,
    under: &Citation,
) -> Result<(), Stop> {
    let drawing = read(app, officer, at, slot).await?;
    let Some(Draw::Drawn(drawn)) = drawing.draw else {
        return Err(Stop::Said(Label::new(
            "还没有抽出名次；请先由双方公开秘密。",
            "There are no ranks yet: both sides reveal their secrets first.",
        )));
    };
    let (drawn, mut from) = (Arc::new(drawn), drawing.settled);
    let all = u32::try_from(drawn.ranks().len()).unwrap_or(u32::MAX);
    let person = &officer.visitor.session.person;
    for _ in 0..STEPS_MAX {
        let command = Settle::over(slot.key.clone(), drawn.clone(), from, Some(under.clone()));
        let bookings = &officer.visitor.people.bookings;
        bookings
            .ask(&ready.offering, person, app.clock.now(), command)
            .await?;
        from = from.saturating_add(Settle::RANKS);
        if from >= all {
            break;
        }
    }
    Ok(())
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    officer: &Officer,
    (at, ready): (usize, &Ready),
    slot: &Offered,
    why: Option<&Label>,
    made: Option<Made>,
) -> Result<Response, Failure> {
    let rights = Rights::of(app, officer, ready);
    if let (Err(why), Err(_)) = (&rights.hold, &rights.witness) {
        return Ok(denied(app, reader, why));
    }
    let drawing = read(app, officer, at, slot).await?;
    let now = app.clock.now();
    let title = reader.say("主持抽签", "Hold the draw");
    let steps = Steps {
        app,
        reader,
        path: path(ready, slot),
        csrf: officer.visitor.csrf(),
        rights: &rights,
    };
    let body = html! {
        div .narrow {
            (crumbs(reader, &[(offer_path(ready), html! { (wording::title(reader, &ready.notice)) })]))
            h1 { (title) }
            p .lede {
                (what(reader, ready, slot)) " · "
                (moments::day(slot.session.from.date(), reader.lang)) " " (moments::weekday(slot.session.from.date(), reader.lang)) " " (words::span(slot))
            }
            (alert(reader, why))
            p { a href=(public::path(ready, &slot.key)) { (reader.say("大家看到的抽签页", "The draw’s public page")) } }
            @if let Some(made) = &made { (kept(&steps, made)) }
            @else { (next(&steps, ready, slot, &drawing, now)) }
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

/// What the parts of the page share.
struct Steps<'a> {
    app: &'a App,
    reader: &'a Reader,
    path: String,
    csrf: String,
    rights: &'a Rights,
}

impl Steps<'_> {
    /// A form that takes a step for a side, or the reason why that is not the officer's.
    fn form(&self, side: Side, step: &str, fields: &Markup, button: &str) -> Markup {
        html! {
            @match self.rights.side(side) {
                Err(why) => (refusal(self.app, self.reader, why)),
                Ok(citation) => {
                    form .entry action=(self.path) method="post" {
                        input type="hidden" name="csrf" value=(self.csrf);
                        input type="hidden" name="step" value=(step);
                        input type="hidden" name="side" value=(side.word());
                        (fields)
                        button .button type="submit" { (button) }
                    }
                    (by_clause(self.app, self.reader, citation))
                }
            }
        }
    }
}

/// The secret that was made, to be written down before it is promised.
fn kept(steps: &Steps<'_>, made: &Made) -> Markup {
    let reader = steps.reader;
    let fields = html! {
        input type="hidden" name="commitment" value=(made.commitment);
        label .sure { input type="checkbox" name="kept" value="yes" required; (reader.say("我已经抄好，不给别人看", "I have copied it and show it to nobody")) }
    };
    html! {
        section aria-labelledby="kept" {
            h2 #kept .rubric { (reader.say("您的秘密", "Your secret")) }
            p { (reader.say(
                "只在这里显示一次，系统不保存。请抄好或者打印，名单定了以后凭它公开。",
                "It is shown here once and kept nowhere. Copy or print it: you reveal it once the list is fixed.",
            )) }
            p { code .hash #secret { (made.secret) } }
            (steps.form(made.side, "promise", &fields, reader.say("承诺这个秘密", "Promise this secret")))
        }
    }
}

/// What is to be done next, and by whom.
fn next(
    steps: &Steps<'_>,
    ready: &Ready,
    slot: &Offered,
    drawing: &Drawing,
    now: Timestamp,
) -> Markup {
    let reader = steps.reader;
    let hour = |at| hour(steps.app, reader, at);
    let held = drawing.held.as_ref();
    let closes = ready.offering.closes(slot);
    let fixed = held.is_some_and(|held| held.list.is_some());
    let later = held.is_some_and(|held| held.round > 1);
    let promised = held.is_some_and(HeldDraw::is_promised);
    let vain = held.is_some_and(|held| held.is_vain(now));
    html! {
        @if !promised && (now < closes || later) {
            h2 .rubric { (reader.say("一、承诺秘密", "1 Promise the secrets")) }
            @if !later { p { (reader.say(format!("双方在{}截止以前承诺。", hour(closes)), format!("Both sides promise before the list closes, {}.", hour(closes)))) } }
            @for side in Side::ALL { (promise(steps, side, held)) }
        } @else if !fixed && now < closes {
            p .lede { (reader.say(format!("双方都已承诺，现在不用做什么。{}截止，到时系统自己定名单、公布名单；然后请回来公开秘密。", hour(closes)), format!("Both sides have promised: nothing is to be done now. The list closes {}; it is then fixed and published by itself. Come back then to reveal the secrets.", hour(closes)))) }
        } @else if !fixed {
            h2 .rubric { (reader.say("二、定名单", "2 Fix the list")) }
            p { (reader.say(format!("截止时有{}人参加。系统在截止后几秒钟里自己定名单、公布名单，不用按；过了一会儿还没有定的，可以在这里定。名单定了不能再改。", drawing.entered), format!("In the draw at its close: {}. The list is fixed and published by itself within seconds of the close; if it still is not, fix it here. Once fixed, it cannot be changed.", drawing.entered))) }
            (steps.form(Side::Holder, "list", &html! {}, reader.say("定名单并公布", "Fix and publish the list")))
        } @else if vain {
            h2 .rubric { (reader.say("重新抽签", "Draw anew")) }
            p { (reader.say(
                "有一方没有按时承诺或者公开秘密，或者约定的公共随机数没有按时取到。照约定，这一轮作废，公开页写明缺的是什么，同一份名单由双方另作承诺。",
                "A side did not promise or reveal in time, or the public randomness was not had. By the terms this round is void, the public page names what is missing, and both promise anew over the same list.",
            )) }
            (steps.form(Side::Holder, "anew", &html! {}, reader.say("重新抽签", "Draw anew")))
        } @else if let (Some(held), Some(Draw::Closed(_))) = (held, &drawing.draw) {
            h2 .rubric { (reader.say("三、公开秘密", "3 Reveal the secrets")) }
            p { (reader.say(format!("请在{}以前公开；过期不公开的，这一轮作废。", hour(held.reveal_by)), format!("Reveal them before {}; if one is withheld, the round is void.", hour(held.reveal_by)))) }
            @for side in Side::ALL { (reveal(steps, side, held)) }
            @if let Some(round) = held.unheard() { p { (public::waits_for(steps.app, reader, round)) } }
        } @else if let Some(Draw::Drawn(drawn)) = &drawing.draw {
            h2 .rubric { (reader.say("四、按名次给名额", "4 Give the places by rank")) }
            @if drawing.settled as usize >= drawn.ranks().len() {
                p .lede { (reader.say("抽签已经全部执行，不用再做什么。", "The draw has been carried out: nothing is left to do.")) }
            } @else {
                p { (reader.say(format!("已执行{}名，共{}名。", drawing.settled, drawn.ranks().len()), format!("Carried out: {} of {} ranks.", drawing.settled, drawn.ranks().len()))) }
                p { (reader.say("系统自己按名次给名额，不用按；停在这里不动的，可以在这里接着执行。", "Places are given by rank by themselves; if that has stopped, carry it on here.")) }
                (steps.form(Side::Holder, "settle", &html! {}, reader.say("执行抽签结果", "Carry out the result")))
            }
        } @else {
            div .notice-line role="alert" { p { (reader.say("记录和名单对不上，请不要继续，联系系统管理员。", "What is kept does not go with the list: do not go on, and ask who runs the system.")) } }
        }
    }
}

fn promise(steps: &Steps<'_>, side: Side, held: Option<&HeldDraw>) -> Markup {
    let reader = steps.reader;
    let id = format!("commitment-{}", side.word());
    let typed = html! {
        div .field {
            label for=(id) { (reader.say("自己另做的承诺（64位十六进制）", "A promise made elsewhere (64 hexadecimal digits)")) }
            input id=(id) name="commitment" required minlength="64" maxlength="64" autocomplete="off" spellcheck="false";
        }
    };
    html! {
        h3 .small-rubric { (public::side(reader, side)) }
        @if held.is_some_and(|held| held.pledge(side).is_some()) {
            p { (reader.say("已经承诺。", "Promised.")) }
        } @else {
            (steps.form(side, "make", &html! {}, reader.say("做一个秘密", "Make a secret")))
            @if steps.rights.side(side).is_ok() {
                details .offer-terms {
                    summary { (reader.say("我有自己做的秘密", "I have a secret of my own")) }
                    (steps.form(side, "promise", &typed, reader.say("承诺", "Promise")))
                }
            }
        }
    }
}

fn reveal(steps: &Steps<'_>, side: Side, held: &HeldDraw) -> Markup {
    let reader = steps.reader;
    let id = format!("secret-{}", side.word());
    let typed = html! {
        div .field {
            label for=(id) { (reader.say("当初承诺的秘密", "The secret that was promised")) }
            input id=(id) name="secret" required minlength="64" maxlength="64" autocomplete="off" spellcheck="false";
        }
    };
    html! {
        h3 .small-rubric { (public::side(reader, side)) }
        @if held.pledge(side).is_some_and(|pledge| pledge.secret.is_some()) {
            p { (reader.say("已经公开。", "Revealed.")) }
        } @else {
            (steps.form(side, "reveal", &typed, reader.say("公开", "Reveal")))
        }
    }
}
