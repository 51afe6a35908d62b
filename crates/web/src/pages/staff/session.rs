//! `/desk/bookings/{notice}/{offer}/{slot}`: a session's list, made for a phone at the door; the same on paper and as files.

use super::{
    Officer, alert, by_clause, crumbs, denied, door_page, heard, offer_path, refusal, session_path,
    slot_of, what, words,
};
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::roll::{Line, Roll, Tally};
use crate::failure::Failure;
use crate::moments;
use crate::pages::sign_in::faced;
use crate::params::Params;
use crate::people::ours;
use crate::reader::Reader;
use crate::sheet::{self, Kind};
use crate::wording::{self, Said};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::booking::Offered;
use forms::booking::rows::Status;
use forms::booking::ticket::{Mark, NoTicket, NotAdmitted};
use forms::booking::views::{self, Standing};
use forms::people::powers::{Act, Citation, Denied};
use ledger::name::Key;
use maud::{Markup, html};
use notice::Label;
use notice::offer::Give;
use std::sync::Arc;

/// `GET /desk/bookings/{notice}/{offer}/{slot}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    officer: Officer,
    Path((slug, name, rest)): Path<(String, String, String)>,
    params: Params,
) -> Result<Response, Failure> {
    let (_, ready) = app.offers.find(&slug, &name).ok_or(Failure::NotFound)?;
    let slot = slot_of(ready, &rest).ok_or(Failure::NotFound)?;
    match params.get("as") {
        None => page(&app, &reader, &officer, ready, slot, None).await,
        Some("paper") => match rights(&app, &officer, ready).see {
            Ok(see) => {
                let roll = roll(&app, &officer, &slot.key, see).await?;
                Ok(super::paper::page(
                    &app, &reader, &officer, ready, slot, &roll,
                ))
            }
            Err(why) => Ok(denied(&app, &reader, &why)),
        },
        Some("answers") => match rights(&app, &officer, ready).see {
            Ok(see) => super::answers::page(&app, &reader, &officer, ready, slot, see).await,
            Err(why) => Ok(denied(&app, &reader, &why)),
        },
        Some(kind) => {
            let kind = Kind::of(kind).ok_or(Failure::NotFound)?;
            export(&app, &reader, &officer, ready, slot, kind).await
        }
    }
}

/// What the officer may do here, or why not.
struct Rights {
    see: Result<Citation, Box<Denied>>,
    check: Result<Citation, Box<Denied>>,
    export: Result<Citation, Box<Denied>>,
}

fn rights(app: &App, officer: &Officer, ready: &Ready) -> Rights {
    let may = |act| officer.may(app, act, ready.offering.issuer(), false);
    Rights {
        see: may(Act::SeeBookings),
        check: may(Act::CheckIn),
        export: may(Act::Export),
    }
}

/// A session's list, opened for the one to whom the clause was given.
pub async fn roll(
    app: &Arc<App>,
    officer: &Officer,
    slot: &Key,
    under: Citation,
) -> Result<Roll, Failure> {
    let (house, now, slot) = (app.clone(), app.clock.now(), slot.clone());
    let who = officer.visitor.session.person.clone();
    let bookings = &officer.visitor.people.bookings;
    let read = bookings.read(move |ledger| {
        let spot = house
            .offers
            .spot(&slot)
            .and_then(|spot| house.offers.at(spot));
        let (ready, slot) = spot.ok_or(Failure::NotFound)?;
        Roll::read(ledger, ready, slot, (&under, &who), now)
    });
    read.await
}

/// The list's page, with what was not done if something was not.
pub async fn page(
    app: &Arc<App>,
    reader: &Reader,
    officer: &Officer,
    ready: &Ready,
    slot: &Offered,
    why: Option<(StatusCode, &Label)>,
) -> Result<Response, Failure> {
    let rights = rights(app, officer, ready);
    if !officer.has_to_do_with(app, ready) {
        return match rights.see {
            Err(why) => Ok(denied(app, reader, &why)),
            Ok(_) => Err(Failure::NotFound),
        };
    }
    let roll = match rights.see.clone() {
        Ok(see) => Some(roll(app, officer, &slot.key, see).await?),
        Err(_) => None,
    };
    let (house, now, key) = (app.clone(), app.clock.now(), slot.key.clone());
    let (see, who) = (
        rights.see.clone().ok(),
        officer.visitor.session.person.clone(),
    );
    let read = officer.visitor.people.bookings.read(move |ledger| {
        let spot = house
            .offers
            .spot(&key)
            .and_then(|spot| house.offers.at(spot));
        let (ready, slot) = spot.ok_or(Failure::NotFound)?;
        let fill = views::slot(ledger, &ready.offering, &key, now).map_err(ours)?;
        let fill = fill.map(|now| (now.taken, now.waiting, now.entered));
        let tally = Tally::read(ledger, std::iter::once(slot))?;
        let heard = see
            .map(|see| heard::read(ledger, ready, &key, (&see, &who)))
            .transpose()?;
        Ok((fill.unwrap_or_default(), tally, heard))
    });
    let ((taken, waiting, entered), tally, heard) = read.await?;
    let path = session_path(ready, &slot.key);
    let door = Door {
        app,
        reader,
        ready,
        slot,
        csrf: &officer.visitor.csrf(),
        may: rights.check.is_ok(),
        tickets: &officer.visitor.people.bookings.tickets.reader().text(),
    };
    let shown = format!("{} {}", what(reader, ready, slot).text, words::span(slot));
    let body = html! {
        (crumbs(reader, &[(offer_path(ready), html! { (wording::title(reader, &ready.notice)) })]))
        h1 .door-title { (what(reader, ready, slot)) }
        p .lede {
            (moments::day(slot.session.from.date(), reader.lang)) " " (moments::weekday(slot.session.from.date(), reader.lang)) " " (words::span(slot))
            @if let Some(place) = slot.place.and_then(|place| app.city().places.get(place)) { " · " (Said::name(reader, place.name.get(reader.lang))) }
        }
        (alert(reader, why.map(|(_, why)| why)))
        // What the script says of itself: what waits to be sent, what was refused.
        div #door-state .door-state role="status" hidden {}
        div #door-roll data-whole[roll.as_ref().is_some_and(|roll| !roll.more)] {
            p .door-count {
                strong { (tally.came) } (reader.say(" 到", " came")) " · "
                (words::filled(reader, taken, slot.capacity, waiting, entered))
            }
            @if let Some(roll) = &roll { (list(&door, roll)) }
        }
        @if ready.offer().give == Give::Draw {
            p { a href=(super::draw::path(ready, slot)) { (reader.say("主持抽签", "Hold the draw")) } }
        }
        @match &rights.check {
            Ok(citation) => {
                (code_box(&door))
                (by_clause(app, reader, citation))
            }
            Err(why) => (refusal(app, reader, why)),
        }
        @if let Err(why) = &rights.see { (refusal(app, reader, why)) }
        @if let Some(heard) = &heard { (heard::section(reader, heard)) }
        p .downloads {
            @if rights.see.is_ok() && !ready.offering.questions().is_empty() { a href={ (path) "?as=answers" } { (reader.say("报名时的回答", "What was answered")) } " " }
            @if rights.see.is_ok() { a href={ (path) "?as=paper" } { (reader.say("打印纸质名单", "Paper list")) } " " }
            @if rights.export.is_ok() {
                a href={ (path) "?as=csv" } { (reader.say("导出 CSV", "Export CSV")) } " "
                a href={ (path) "?as=xlsx" } { (reader.say("导出 XLSX", "Export XLSX")) }
            }
        }
    };
    let response = door_page(app, reader, &shown, body);
    Ok(match why {
        Some((status, _)) => faced(response, status),
        None => response,
    })
}

/// What the parts of the list share.
struct Door<'a> {
    app: &'a App,
    reader: &'a Reader,
    ready: &'a Ready,
    slot: &'a Offered,
    csrf: &'a str,
    may: bool,
    /// The public key of the tickets, for a script that has no network.
    tickets: &'a str,
}

fn list(door: &Door<'_>, roll: &Roll) -> Markup {
    let reader = door.reader;
    let (place, others): (Vec<&Line>, Vec<&Line>) = roll
        .lines
        .iter()
        .partition(|line| line.seen.stands.has_place());
    let (ahead, left): (Vec<&Line>, Vec<&Line>) = others
        .into_iter()
        .partition(|line| line.seen.stands.is_ahead());
    html! {
        @if roll.lines.is_empty() { p .lede { (reader.say("还没有人报名。", "Nobody has signed up.")) } }
        ul .door-list data-holds aria-label=(reader.say("有名额的人", "Who has a place")) { @for line in &place { (row(door, line)) } }
        @if !ahead.is_empty() {
            h2 .small-rubric { (reader.say("候补和等抽签的", "Waiting and in the draw")) }
            ul .door-list { @for line in &ahead { (row(door, line)) } }
        }
        @if !left.is_empty() {
            details {
                summary { (reader.say(format!("已退出或没有补上的（{}）", left.len()), format!("Left, or got no place ({})", left.len()))) }
                ul .door-list { @for line in &left { (row(door, line)) } }
            }
        }
        @if roll.more { p .fine { (reader.say("名单太长，后面的没有显示。", "The list is too long; the rest is not shown.")) } }
    }
}

fn row(door: &Door<'_>, line: &Line) -> Markup {
    let (reader, booking) = (door.reader, &line.seen.booking);
    let number = booking.number.to_string();
    let short = number.trim_start_matches('0');
    let (said, class) = words::standing(door.app, reader, &line.seen.stands);
    let comes = door.may
        && matches!(
            line.seen.stands,
            Standing::Coming | Standing::Expected | Standing::Untold | Standing::Absent
        );
    let goes = door.may
        && matches!(
            line.seen.stands,
            Standing::Here { .. } | Standing::Been { seen: false, .. }
        );
    // The script tells by it that a ticket was used already.
    let came = match &booking.status {
        Status::Here { attendance } => Some(attendance.came.to_string()),
        _ => None,
    };
    let missing = door.may
        && door.ready.offer().no_show.is_some()
        && matches!(line.seen.stands, Standing::Expected | Standing::Untold);
    html! {
        li id={ "b" (number) } data-number=(number) data-came=[came] {
            div .door-who {
                a href={ "/desk/booking/" (number) } {
                    @match &line.name { Some(name) => (Said::name(reader, name)), None => (reader.say("未写姓名", "no name given")) }
                }
                " " span .fine { "№ " (short) }
                br;
                span class={ "badge " (class) } data-standing { (said) }
                @if booking.granted > 0 { " " span .badge .granted { (reader.say("另补记", "granted ")) (words::hours(reader, u64::from(booking.granted))) } }
            }
            @if comes || goes {
                form action="/desk/bookings/mark" method="post" data-door {
                    input type="hidden" name="csrf" value=(door.csrf);
                    input type="hidden" name="slot" value=(door.slot.key);
                    input type="hidden" name="booking" value=(number);
                    @if comes { button .button type="submit" name="what" value="in" { (reader.say("签到", "In")) } }
                    @if goes { button .button .quiet type="submit" name="what" value="out" { (reader.say("签退", "Out")) } }
                    @if missing { " " button .link-button type="submit" name="what" value="absent" { (reader.say("未到", "absent")) } }
                }
            }
        }
    }
}

/// A code that somebody shows, or the number they tell.
fn code_box(door: &Door<'_>) -> Markup {
    let reader = door.reader;
    let open = door.ready.offering.check_in(door.slot.from, door.slot.to);
    let no = |not: NotAdmitted| not.label().get(reader.lang).to_owned();
    html! {
        form .code-box action="/desk/bookings/mark" method="post" data-door
            data-now=(door.app.clock.now().to_string())
            data-zone=[door.app.city().zone.iana_name()]
            data-marked=(reader.say("已记下，联网后发送", "noted, sent when there is a network"))
            data-waits=(reader.say("条等待发送，先不要关掉这一页", " wait to be sent; keep this page open"))
            data-sent=(reader.say("都已发送", "All is sent"))
            data-lost=(reader.say("没有网络：照常点，记在这台设备上", "No network: go on, it is kept on this device"))
            data-again=(reader.say("请重新登录，记下的还在这台设备上", "Sign in again; what was noted is still on this device"))
            data-key=(door.tickets)
            data-mark=(Mark::of(&door.slot.key).to_string())
            data-from=(open.start.to_string())
            data-unreadable=(no(NotAdmitted::NoTicket(NoTicket::Unreadable)))
            data-forged=(no(NotAdmitted::NoTicket(NoTicket::Forged)))
            data-other=(no(NotAdmitted::OtherSlot))
            data-unlisted=(no(NotAdmitted::NotListed))
            data-early=(no(NotAdmitted::TooEarly { from: door.app.city().zone.to_datetime(open.start) }))
            data-expired=(reader.say("这张签到码 {} 起不能再用；人确实到了的，可由工作人员补记时长。", "This code could be used until {}: if the person was there, staff can grant the hours."))
            data-already=(reader.say("这张签到码 {} 已经用过，一次有效；请核对名单上的姓名。", "This code was used at {} and admits once: look at the name on the list."))
            data-party=(reader.say("{} 人", "admits {}"))
            data-unchecked=(reader.say("这台设备不能核对签名，发送时由服务器核对", "this device cannot check the signature, the server does when it is sent"))
            data-drop=(reader.say("知道了", "Noted"))
            data-stop=(reader.say("停止扫码", "Stop"))
        {
            input type="hidden" name="csrf" value=(door.csrf);
            input type="hidden" name="slot" value=(door.slot.key);
            div .field {
                label for="code" { (reader.say("签到码，或者名单上的编号", "Code, or a number from the list")) }
                input #code type="text" name="code" maxlength="200" required autocomplete="off" autocapitalize="off" spellcheck="false";
            }
            div .code-go {
                button .button type="submit" name="what" value="in" { (reader.say("签到", "In")) }
                button .button .quiet type="submit" name="what" value="out" { (reader.say("签退", "Out")) }
                button .button .quiet type="button" data-camera hidden { (reader.say("扫码", "Scan")) }
            }
            video .camera data-video hidden muted playsinline {}
        }
    }
}

/// The list as a file, for those who may take it out.
async fn export(
    app: &Arc<App>,
    reader: &Reader,
    officer: &Officer,
    ready: &Ready,
    slot: &Offered,
    kind: Kind,
) -> Result<Response, Failure> {
    let under = match rights(app, officer, ready).export {
        Ok(under) => under,
        Err(why) => return Ok(denied(app, reader, &why)),
    };
    let _turn = app.downloads.try_acquire().map_err(|_| Failure::TooMany)?;
    let roll = roll(app, officer, &slot.key, under).await?;
    let head = [
        ("编号", "number"),
        ("姓名", "name"),
        ("情况", "standing"),
        ("到", "came"),
        ("离开", "went"),
        ("签到时长（分钟）", "minutes checked"),
        ("补记时长（分钟）", "minutes granted"),
        ("演示数据", "demo"),
    ];
    let mut lines = vec![head.map(|(zh, en)| reader.say(zh, en).to_owned()).to_vec()];
    let demo = match app.is_demo() {
        true => reader.say("是", "yes"),
        false => reader.say("否", "no"),
    };
    for line in &roll.lines {
        let booking = &line.seen.booking;
        let here = match &booking.status {
            Status::Here { attendance } => Some(attendance),
            _ => None,
        };
        let went = here.and_then(|here| here.went.as_ref());
        let at = |at| {
            app.city()
                .zone
                .to_datetime(at)
                .strftime("%Y-%m-%d %H:%M")
                .to_string()
        };
        lines.push(vec![
            booking.number.to_string(),
            line.name.clone().unwrap_or_default(),
            words::standing(app, reader, &line.seen.stands).0,
            here.map(|here| at(here.came)).unwrap_or_default(),
            went.map(|went| at(went.at)).unwrap_or_default(),
            went.map_or(0, |went| went.minutes).to_string(),
            booking.granted.to_string(),
            demo.to_owned(),
        ]);
    }
    let day = slot.session.from.strftime("%Y%m%d-%H%M");
    let stem = format!("{}-{}-{day}", ready.notice.slug, ready.offer().name);
    super::offer::private(sheet::file(lines, kind, &stem).await?)
}
