//! `/desk/booking/{number}`: a booking's record: how it stands, how that came about, hours granted, and correcting what is wrong.

use super::{
    Officer, alert, by_clause, crumbs, denied, led_to, offer_path, refusal, session_path, what,
    words,
};
use crate::app::App;
use crate::bookings::trace::{Step, Trace, grants};
use crate::bookings::{Bookings, Ready, Stopped, roll};
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::faced;
use crate::params::Params;
use crate::people::Asked;
use crate::reader::Reader;
use crate::wording::{self, Said, mixed};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::booking::answers::Answer;
use forms::booking::rows::{Booking, Grant, Number, Status};
use forms::booking::views::Seen;
use forms::booking::{CLOCK, Correct, GrantHours, Offered, Stay};
use forms::people::powers::{Act, Citation, Denied};
use jiff::Timestamp;
use jiff::civil::Time;
use ledger::given::SystemChance;
use ledger::name::Actor;
use ledger::sealed::Sealed;
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// Characters of a reason.
const REASON_MAX: usize = 200;
/// Under which name a reason is sealed.
const WHAT: &str = "reason";

/// A booking with everything that its record shows.
struct Record {
    seen: Seen,
    name: Option<String>,
    trace: Trace,
    grants: Vec<(Grant, Option<String>)>,
    /// What was answered for it; nothing for whoever may not see that.
    answers: Vec<Answer>,
}

/// What the officer may do about a booking, or why not.
struct Rights {
    see: Result<Citation, Box<Denied>>,
    grant: Result<Citation, Box<Denied>>,
    correct: Result<Citation, Box<Denied>>,
}

/// `GET /desk/booking/{number}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    officer: Officer,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let booking = find(&officer, &number).await?;
    let ready = app.offers.by_key(&booking.offer).ok_or(Failure::NotFound)?;
    page(&app, &reader, &officer, ready, &booking, None).await
}

/// `POST /desk/booking/{number}/grant`
pub async fn grant(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(number): Path<String>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let officer = Officer::of(&app, visitor);
    let booking = find(&officer, &number).await?;
    let ready = app.offers.by_key(&booking.offer).ok_or(Failure::NotFound)?;
    let under = match rights(&app, &officer, ready, &booking).grant {
        Ok(under) => under,
        Err(why) => return Ok(denied(&app, &reader, &why)),
    };
    let done = async {
        let minutes = fields.get("minutes").and_then(|text| text.parse().ok());
        let act = GrantHours {
            booking: booking.number.clone(),
            minutes: minutes.ok_or_else(|| said("请填整数分钟。", "Give whole minutes."))?,
            reason: reason(&officer, &booking, &fields).await?,
            under,
        };
        give(&app, &officer, ready, act).await
    };
    let done = done.await;
    after(&app, &mut reader, &officer, ready, &booking, done).await
}

/// `POST /desk/booking/{number}/correct`
pub async fn correct(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path(number): Path<String>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let officer = Officer::of(&app, visitor);
    let booking = find(&officer, &number).await?;
    let ready = app.offers.by_key(&booking.offer).ok_or(Failure::NotFound)?;
    let under = match rights(&app, &officer, ready, &booking).correct {
        Ok(under) => under,
        Err(why) => return Ok(denied(&app, &reader, &why)),
    };
    let done = async {
        let granted = match fields.get("granted") {
            None => booking.granted,
            Some(text) => text
                .parse()
                .map_err(|_| said("请填整数分钟。", "Give whole minutes."))?,
        };
        let act = Correct {
            booking: booking.number.clone(),
            stay: stay(&app, &booking, &fields)?,
            granted,
            reason: reason(&officer, &booking, &fields).await?,
            under,
        };
        give(&app, &officer, ready, act).await
    };
    let done = done.await;
    after(&app, &mut reader, &officer, ready, &booking, done).await
}

fn said(zh: &str, en: &str) -> Stop {
    Stop::Said(Label::new(zh, en))
}

/// Why something was not done.
enum Stop {
    Said(Label),
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failure(failure)
    }
}

async fn give<A: forms::booking::Act>(
    app: &App,
    officer: &Officer,
    ready: &Ready,
    act: A,
) -> Result<(), Stop> {
    let bookings = &officer.visitor.people.bookings;
    let (now, person) = (app.clock.now(), &officer.visitor.session.person);
    match bookings.ask(&ready.offering, person, now, act).await {
        Ok(_) => Ok(()),
        Err(Stopped::Refused(refused)) => Err(Stop::Said(refused.label())),
        Err(Stopped::Failure(failure)) => Err(Stop::Failure(failure)),
    }
}

/// The record again: as it is now, or with what was not done.
async fn after(
    app: &Arc<App>,
    reader: &mut Reader,
    officer: &Officer,
    ready: &Ready,
    booking: &Booking,
    done: Result<(), Stop>,
) -> Result<Response, Failure> {
    let path = format!("/desk/booking/{}", booking.number);
    match done {
        Ok(()) => Ok(led_to(&path)),
        Err(Stop::Failure(failure)) => Err(failure),
        Err(Stop::Said(why)) => {
            reader.here = path;
            let shown = page(app, reader, officer, ready, booking, Some(&why)).await?;
            // Who may not look at a record is told so with a status of its own.
            Ok(match shown.status() {
                StatusCode::OK => faced(shown, StatusCode::CONFLICT),
                _ => shown,
            })
        }
    }
}

/// A booking by its number in an address.
async fn find(officer: &Officer, number: &str) -> Result<Booking, Failure> {
    let number: u64 = number.parse().map_err(|_| Failure::NotFound)?;
    let number = Number::of(number).map_err(|_| Failure::NotFound)?;
    let bookings = &officer.visitor.people.bookings;
    let found = bookings.read(move |ledger| Bookings::booking(ledger, &number));
    found.await?.ok_or(Failure::NotFound)
}

fn rights(app: &App, officer: &Officer, ready: &Ready, booking: &Booking) -> Rights {
    let interest = booking.person == officer.visitor.session.person;
    let may = |act| officer.may(app, act, ready.offering.issuer(), interest);
    Rights {
        see: may(Act::SeeBookings),
        grant: may(Act::GrantHours),
        correct: may(Act::CorrectRecord),
    }
}

/// The reason typed, sealed under the key of the person whose booking it is.
async fn reason(officer: &Officer, booking: &Booking, fields: &Params) -> Result<Sealed, Stop> {
    let text = fields.get("reason").unwrap_or_default().to_owned();
    let length = text.chars().count();
    if length == 0 || length > REASON_MAX {
        return Err(said(
            "请写明原因，200字以内。",
            "Say why, in at most 200 characters.",
        ));
    }
    let person = booking.person.clone();
    let bookings = &officer.visitor.people.bookings;
    let sealed = bookings.read(move |ledger| {
        // What failed names the person, by a pseudonym only, and the log of the server names nobody.
        Sealed::seal(ledger, &mut SystemChance, &person, WHAT, &text)
            .map_err(|_| Failure::Ours("a reason could not be sealed".to_owned()))
    });
    Ok(sealed.await?)
}

/// From when to when they were there, by the hours typed; they are of the session's day.
fn stay(app: &App, booking: &Booking, fields: &Params) -> Result<Option<Stay>, Stop> {
    let Status::Here { attendance } = &booking.status else {
        return Ok(None);
    };
    if fields.get("nobody").is_some() {
        return Ok(None);
    }
    let zone = &app.city().zone;
    // An hour that was not changed stays to the second.
    let read = |name: &str, before: Timestamp| -> Result<Timestamp, Stop> {
        let before_civil = zone.to_datetime(before);
        let Some(typed) = fields.get(name) else {
            return Ok(before);
        };
        if typed == before_civil.strftime("%H:%M").to_string() {
            return Ok(before);
        }
        let wrong = || {
            said(
                "时间看不懂，请按 09:30 的样子填。",
                "That is no time of day: give it as 09:30.",
            )
        };
        let time: Time = typed.parse().map_err(|_| wrong())?;
        zone.to_timestamp(before_civil.date().to_datetime(time))
            .map_err(|_| wrong())
    };
    let came = read("came", attendance.came)?;
    let went = match &attendance.went {
        Some(went) => Some(read("went", went.at)?),
        None => match fields.get("went") {
            Some(_) => Some(read("went", came)?),
            None => None,
        },
    };
    Ok(Some(Stay { came, went }))
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    officer: &Officer,
    ready: &Ready,
    booking: &Booking,
    why: Option<&Label>,
) -> Result<Response, Failure> {
    let rights = rights(app, officer, ready, booking);
    let any = [&rights.see, &rights.grant, &rights.correct];
    if let (true, Err(why)) = (any.iter().all(|right| right.is_err()), &rights.see) {
        return Ok(denied(app, reader, why));
    }
    let names = rights.see.is_ok() || rights.grant.is_ok();
    let (house, now, of) = (app.clone(), app.clock.now(), booking.clone());
    let (see, who) = (
        rights.see.clone().ok(),
        officer.visitor.session.person.clone(),
    );
    let read = officer.visitor.people.bookings.read(move |ledger| {
        let ready = house.offers.by_key(&of.offer).ok_or(Failure::NotFound)?;
        let seen = Bookings::seen(ledger, &of, now)?.ok_or(Failure::NotFound)?;
        Ok(Record {
            name: match names {
                true => roll::name(ledger, &of.person)?,
                false => None,
            },
            answers: match &see {
                Some(see) => {
                    let line = roll::Line {
                        seen: seen.clone(),
                        name: None,
                    };
                    roll::answers(ledger, ready, &[line], (see, &who))?
                        .pop()
                        .unwrap_or_default()
                }
                None => Vec::new(),
            },
            trace: Trace::read(ledger, ready, &of.number, seen.written)?,
            grants: grants(ledger, &of.number)?,
            seen,
        })
    });
    let record = read.await?;
    let number = booking.number.to_string();
    let short = number.trim_start_matches('0');
    let slot = ready.offering.slot(&booking.slot);
    let title = reader.say(format!("预约 {short}"), format!("Booking {short}"));
    let mut ways = vec![(
        offer_path(ready),
        html! { (wording::title(reader, &ready.notice)) },
    )];
    if let Some(slot) = slot {
        let day = moments::day(slot.session.from.date(), reader.lang);
        ways.push((
            session_path(ready, &slot.key),
            html! { (day) " " (words::span(slot)) },
        ));
    }
    let body = html! {
        div .narrow {
            (crumbs(reader, &ways))
            h1 { @match &record.name { Some(name) => (Said::name(reader, name)), None => (title) } }
            (alert(reader, why))
            (stands(app, reader, ready, slot, &record))
            (hours(app, reader, &record))
            (trace(app, reader, &record))
            (grant_form(app, reader, officer, &record, &rights.grant))
            (correct_form(app, reader, officer, &record, &rights.correct))
        }
    };
    Ok(layout::personal(app, reader, &title, body))
}

fn stands(
    app: &App,
    reader: &Reader,
    ready: &Ready,
    slot: Option<&Offered>,
    record: &Record,
) -> Markup {
    let booking = &record.seen.booking;
    let (said, class) = words::standing(app, reader, &record.seen.stands);
    html! {
        dl .about {
            dt { (reader.say("编号", "Number")) } dd { (booking.number) }
            @if let Some(slot) = slot {
                dt { (reader.say("项目", "Project")) } dd { (what(reader, ready, slot)) }
                dt { (reader.say("场次", "Session")) } dd { (moments::day(slot.session.from.date(), reader.lang)) " " (words::span(slot)) }
            }
            dt { (reader.say("情况", "Stands")) }
            dd {
                span class={ "badge " (class) } { (said) }
                @if let Status::Here { attendance } = &booking.status { " " (words::stay(app, reader, attendance)) }
            }
            (super::answers::listed(reader, ready, &record.answers))
        }
    }
}

/// Minutes checked and minutes granted: two numbers for ever.
fn hours(app: &App, reader: &Reader, record: &Record) -> Markup {
    let booking = &record.seen.booking;
    let checked = match &booking.status {
        Status::Here { attendance } => attendance.went.as_ref().map_or(0, |went| went.minutes),
        _ => 0,
    };
    html! {
        section aria-labelledby="hours" {
            h2 #hours .rubric { (reader.say("时长", "Hours")) }
            dl .about {
                dt { (reader.say("签到时长", "Checked")) } dd { (words::hours(reader, u64::from(checked))) }
                dt { (reader.say("补记时长", "Granted")) } dd { (words::hours(reader, u64::from(booking.granted))) }
            }
            @if !record.grants.is_empty() {
                ul .plain {
                    @for (grant, reason) in &record.grants {
                        li {
                            (reader.say(format!("补记 {} 分钟：", grant.minutes), format!("{} min granted: ", grant.minutes)))
                            @match reason { Some(reason) => (mixed(reader, reason)), None => (reader.say("原因已不可读", "the reason can no longer be read")) }
                            " " span .fine { (by(app, reader, &grant.by, record)) }
                        }
                    }
                }
            }
        }
    }
}

/// The entries that have written the booking, in order.
fn trace(app: &App, reader: &Reader, record: &Record) -> Markup {
    let row = |step: &Step| {
        html! {
            li {
                strong { (words::command(reader, &step.command)) }
                " " span .fine { (words::moment(app, reader, step.at)) " · " (by(app, reader, &step.actor, record)) " · " (reader.say("条目 ", "entry ")) (step.sequence) }
                br;
                (words::status(app, reader, &step.status))
                @if step.granted > 0 { (reader.say(format!("；补记 {} 分钟", step.granted), format!("; {} min granted", step.granted))) }
                @if let Some(reason) = &step.reason { br; (reader.say("原因：", "Why: ")) (mixed(reader, reason)) }
            }
        }
    };
    html! {
        section aria-labelledby="trace" {
            h2 #trace .rubric { (reader.say("来龙去脉", "How it came about")) }
            ol .trace { @for step in &record.trace.steps { (row(step)) } }
            @if !record.trace.whole { p .fine { (reader.say("条目太多，后面的没有找全；完整的记录在账本里。", "There are too many entries to find all of them here; the ledger has the whole account.")) } }
        }
    }
}

/// By whom something was done, as far as staff need to know.
fn by(app: &App, reader: &Reader, actor: &Actor, record: &Record) -> Markup {
    if actor.as_str() == CLOCK {
        return html! { (reader.say("到时自动", "the clock")) };
    }
    if actor.as_str() == record.seen.booking.person.as_str() {
        return html! { (reader.say("本人", "themselves")) };
    }
    let mut theirs = record
        .trace
        .steps
        .iter()
        .filter(|step| step.actor == *actor);
    match theirs.find_map(|step| step.post.as_ref()) {
        Some(post) => mixed(
            reader,
            &crate::pages::sign_in::post(app, reader, &post.office, &post.role),
        ),
        None => html! { (reader.say("他人", "somebody else")) },
    }
}

fn grant_form(
    app: &App,
    reader: &Reader,
    officer: &Officer,
    record: &Record,
    may: &Result<Citation, Box<Denied>>,
) -> Markup {
    let booking = &record.seen.booking;
    let open = booking.holds_place() && booking.from <= app.clock.now();
    html! {
        section aria-labelledby="grant" {
            h2 #grant .rubric { (reader.say("补记时长", "Grant hours")) }
            @match may {
                Err(why) => (refusal(app, reader, why)),
                Ok(_) if !open => p { (reader.say("有名额、开始以后才能补记。", "Hours can be granted for a place, once the session has begun.")) },
                Ok(citation) => {
                    form .entry action={ "/desk/booking/" (booking.number) "/grant" } method="post" {
                        input type="hidden" name="csrf" value=(officer.visitor.csrf());
                        div .field {
                            label for="minutes" { (reader.say("分钟", "Minutes")) }
                            input #minutes type="number" name="minutes" min="1" max="1440" required inputmode="numeric";
                        }
                        (reason_field(reader, "grant-reason"))
                        button .button type="submit" { (reader.say("补记", "Grant")) }
                    }
                    p .fine { (reader.say("补记的时长永远和签到时长分开显示。", "Granted hours are shown apart from checked ones for ever.")) }
                    (by_clause(app, reader, citation))
                }
            }
        }
    }
}

fn correct_form(
    app: &App,
    reader: &Reader,
    officer: &Officer,
    record: &Record,
    may: &Result<Citation, Box<Denied>>,
) -> Markup {
    let booking = &record.seen.booking;
    let here = match &booking.status {
        Status::Here { attendance } => Some(attendance),
        _ => None,
    };
    html! {
        section aria-labelledby="correct" {
            h2 #correct .rubric { (reader.say("更正记录", "Correct the record")) }
            @match may {
                Err(why) => (refusal(app, reader, why)),
                Ok(_) if here.is_none() && booking.granted == 0 => p { (reader.say("没有可以更正的记录。", "There is nothing on record to correct.")) },
                Ok(citation) => {
                    form .entry action={ "/desk/booking/" (booking.number) "/correct" } method="post" {
                        input type="hidden" name="csrf" value=(officer.visitor.csrf());
                        @if let Some(here) = here {
                            div .field {
                                label for="came" { (reader.say("到（不早于原记录）", "Came (not before what is on record)")) }
                                input #came type="time" name="came" value=(words::clock(app, here.came));
                            }
                            div .field {
                                label for="went" { (reader.say("离开（不晚于原记录）", "Went (not after what is on record)")) }
                                input #went type="time" name="went" value=[here.went.as_ref().map(|went| words::clock(app, went.at))];
                            }
                            label .sure { input type="checkbox" name="nobody" value="yes"; (reader.say("其实没有来", "Nobody came, in fact")) }
                        }
                        @if booking.granted > 0 {
                            div .field {
                                label for="granted" { (reader.say("补记的分钟（只能减少）", "Minutes granted (only fewer)")) }
                                input #granted type="number" name="granted" min="0" max=(booking.granted) value=(booking.granted) inputmode="numeric";
                            }
                        }
                        (reason_field(reader, "correct-reason"))
                        button .button type="submit" { (reader.say("更正", "Correct")) }
                    }
                    p .fine { (reader.say("更正只会减少，原来的条目都还在；少记了的请补记时长。", "A correction only takes away, and the earlier entries stay; what is missing is granted.")) }
                    (by_clause(app, reader, citation))
                }
            }
        }
    }
}

fn reason_field(reader: &Reader, id: &str) -> Markup {
    html! {
        div .field {
            label for=(id) { (reader.say("原因（加密保存，本人和有权的工作人员可以看）", "Why (kept encrypted; the person and staff with the power can read it)")) }
            input id=(id) type="text" name="reason" maxlength=(REASON_MAX) required autocomplete="off";
        }
    }
}
