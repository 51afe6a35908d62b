//! `/desk/bookings/{notice}/{offer}`: an offer's sessions by day, and its figures, as a page, CSV and XLSX.

use super::{Officer, crumbs, denied, offer_path, session_path, what, words};
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::roll::Tally;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::params::{Params, link_with};
use crate::people::ours;
use crate::reader::Reader;
use crate::sheet::{self, Kind};
use crate::wording::{self, Said};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use forms::booking::Offered;
use forms::booking::rows::found;
use forms::booking::views::{self, Count, SlotNow, Wanted};
use forms::people::powers::Act;
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::name::Key;
use ledger::store::{AnyReader, Read as _};
use maud::{Markup, html};
use std::sync::Arc;

/// Slots on one page.
const PAGE_SLOTS: usize = 60;

/// One slot as the page shows it.
struct Row {
    key: Key,
    taken: u32,
    waiting: u32,
    entered: u32,
    /// How many came; nothing before it begins.
    came: Option<u64>,
}

struct Shown {
    all: Count,
    rows: Vec<Row>,
    next: Option<Key>,
}

/// `GET /desk/bookings/{notice}/{offer}`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    officer: Officer,
    Path((slug, name)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Failure> {
    let (at, ready) = app.offers.find(&slug, &name).ok_or(Failure::NotFound)?;
    if !officer.has_to_do_with(&app, ready) {
        let asked = officer.may(&app, Act::SeeBookings, ready.offering.issuer(), false);
        return match asked {
            Err(why) => Ok(denied(&app, &reader, &why)),
            Ok(_) => Err(Failure::NotFound),
        };
    }
    if let Some(kind) = params.get("as").and_then(Kind::of) {
        return figures(&app, &reader, &officer, (at, ready), kind).await;
    }
    let from = day(&params, "from").or(Some(reader.now.date()));
    let project = params.get("project").map(str::to_owned);
    let after = params.get("after").and_then(|key| Key::new(key).ok());
    let (house, now) = (app.clone(), app.clock.now());
    let wanted = project.clone();
    let bookings = &officer.visitor.people.bookings;
    let shown = bookings
        .read(move |ledger| match house.offers.all().get(at) {
            Some(ready) => read(ledger, ready, from, wanted.as_deref(), after.as_ref(), now),
            None => Err(Failure::NotFound),
        })
        .await?;
    let path = offer_path(ready);
    let title = wording::title(&reader, &ready.notice);
    let body = html! {
        (crumbs(&reader, &[]))
        h1 { (title) }
        (words::counts(&reader, &shown.all))
        p .downloads {
            (reader.say("数字下载：", "Figures: "))
            a href=(link_with(&path, &params, &[("as", "csv")])) { "CSV" } " "
            a href=(link_with(&path, &params, &[("as", "xlsx")])) { "XLSX" }
        }
        (filters(&reader, ready, &path, from, project.as_deref()))
        (sessions(&reader, ready, &shown.rows))
        @if let Some(next) = &shown.next {
            p { a .more href=(link_with(&path, &params, &[("after", next.as_str())])) { (reader.say("后面的场次", "Later sessions")) } }
        }
    };
    Ok(layout::personal(&app, &reader, title.text, body))
}

fn day(params: &Params, name: &str) -> Option<Date> {
    params.get(name)?.parse().ok()
}

fn read(
    ledger: &AnyReader,
    ready: &Ready,
    from: Option<Date>,
    project: Option<&str>,
    after: Option<&Key>,
    now: Timestamp,
) -> Result<Shown, Failure> {
    let all = views::figures(ledger, &ready.offering, now)
        .map_err(ours)?
        .all;
    let wanted = Wanted {
        from,
        project,
        ..Wanted::default()
    };
    let page = views::slots(ledger, &ready.offering, now, &wanted, after, PAGE_SLOTS);
    let page = page.map_err(ours)?;
    let row = |slot: &SlotNow<'_>| {
        // Who came to what is still to come, nobody did.
        let begun = slot.slot.from <= now && slot.taken > 0;
        let came = match begun {
            true => Some(Tally::read(ledger, std::iter::once(slot.slot))?.came),
            false => None,
        };
        Ok(Row {
            key: slot.slot.key.clone(),
            taken: slot.taken,
            waiting: slot.waiting,
            entered: slot.entered,
            came,
        })
    };
    let rows: Result<Vec<Row>, Failure> = page.rows.iter().map(row).collect();
    Ok(Shown {
        all,
        rows: rows?,
        next: page.next,
    })
}

fn filters(
    reader: &Reader,
    ready: &Ready,
    path: &str,
    from: Option<Date>,
    project: Option<&str>,
) -> Markup {
    html! {
        form .filters action=(path) method="get" {
            div .field {
                label for="from" { (reader.say("从哪天起", "From")) }
                input #from type="date" name="from" value=[from.map(|day| day.to_string())];
            }
            @if !ready.offering.projects().is_empty() {
                div .field {
                    label for="project" { (reader.say("项目", "Project")) }
                    select #project name="project" {
                        option value="" { (reader.say("全部", "all")) }
                        @for (key, label) in ready.offering.projects() {
                            option value=(key) selected[project == Some(key)] { (label.get(reader.lang)) }
                        }
                    }
                }
            }
            div .field-go { button .button type="submit" { (reader.say("查看", "Show")) } }
        }
    }
}

fn sessions(reader: &Reader, ready: &Ready, rows: &[Row]) -> Markup {
    let slots = rows
        .iter()
        .filter_map(|row| Some((ready.offering.slot(&row.key)?, row)));
    let mut days: Vec<(Date, Vec<(&Offered, &Row)>)> = Vec::new();
    for (slot, row) in slots {
        let date = slot.session.from.date();
        match days.last_mut() {
            Some((day, of)) if *day == date => of.push((slot, row)),
            _ => days.push((date, vec![(slot, row)])),
        }
    }
    html! {
        @if days.is_empty() { p .lede { (reader.say("从这一天起没有场次了。", "There are no sessions from that day on.")) } }
        @for (date, of) in &days {
            h2 .small-rubric { (moments::day(*date, reader.lang)) " " (moments::weekday(*date, reader.lang)) }
            ul .desk-sessions {
                @for (slot, row) in of {
                    li {
                        a href=(session_path(ready, &slot.key)) {
                            span .desk-when { (words::span(slot)) }
                            " " span .desk-what { (what(reader, ready, slot)) }
                        }
                        span .desk-count {
                            (words::filled(reader, row.taken, slot.capacity, row.waiting, row.entered))
                            @if let Some(came) = row.came { (reader.say(format!("，{came} 到"), format!(", {came} came"))) }
                        }
                    }
                }
            }
        }
    }
}

/// The figures of an offer, in all and by project, without anybody's name. They leave the house like a list does: who may
/// look at bookings, or take lists out, has them.
async fn figures(
    app: &Arc<App>,
    reader: &Reader,
    officer: &Officer,
    (at, ready): (usize, &Ready),
    kind: Kind,
) -> Result<Response, Failure> {
    let issuer = ready.offering.issuer();
    let sees = officer.may(app, Act::SeeBookings, issuer, false);
    if let Err(why) = sees.or_else(|_| officer.may(app, Act::Export, issuer, false)) {
        return Ok(denied(app, reader, &why));
    }
    let _turn = app.downloads.try_acquire().map_err(|_| Failure::TooMany)?;
    let (house, now) = (app.clone(), app.clock.now());
    let bookings = &officer.visitor.people.bookings;
    let counted = bookings
        .read(move |ledger| {
            let ready = house.offers.all().get(at).ok_or(Failure::NotFound)?;
            let figures = views::figures(ledger, &ready.offering, now).map_err(ours)?;
            let slots = || {
                ready
                    .offering
                    .slots()
                    .iter()
                    .filter(|slot| used(ledger, slot))
            };
            let mut rows = vec![(None, figures.all, Tally::read(ledger, slots())?)];
            for (position, (key, count)) in figures.projects.iter().enumerate() {
                let own = slots().filter(|slot| slot.project == Some(position));
                let tally = Tally::read(ledger, own)?;
                rows.push((Some((*key).to_owned()), *count, tally));
            }
            Ok(rows)
        })
        .await?;
    let head = [
        ("项目", "project"),
        ("场次", "sessions"),
        ("已结束场次", "sessions over"),
        ("时段", "slots"),
        ("名额", "places"),
        ("已约", "taken"),
        ("候补", "waiting"),
        ("等抽签", "in draws"),
        ("报名人数", "people who signed up"),
        ("到场人次", "came"),
        ("未到人次", "absent"),
        ("签到时长（分钟）", "minutes checked"),
        ("补记时长（分钟）", "minutes granted"),
    ];
    let mut lines = vec![head.map(|(zh, en)| reader.say(zh, en).to_owned()).to_vec()];
    for (project, count, tally) in counted {
        let label = ready
            .offering
            .projects()
            .iter()
            .find(|(key, _)| Some(key) == project.as_ref());
        let name = match label {
            Some((_, label)) => Said::name(reader, label.get(reader.lang)).text.to_owned(),
            None => reader.say("全部", "all").to_owned(),
        };
        let numbers = [
            u64::from(count.sessions),
            u64::from(count.over),
            u64::from(count.slots),
            count.places,
            count.taken,
            count.waiting,
            count.entered,
            tally.people,
            tally.came,
            tally.absent,
            tally.checked,
            tally.granted,
        ];
        let mut line = vec![name];
        line.extend(numbers.map(|number| number.to_string()));
        lines.push(line);
    }
    let stem = format!("{}-{}-figures", ready.notice.slug, ready.offer().name);
    private(sheet::file(lines, kind, &stem).await?)
}

/// Whether anybody has ever signed up for a slot; the others need not be counted.
fn used(ledger: &AnyReader, slot: &Offered) -> bool {
    let by = found("booking.slot", slot.key.as_str());
    by.is_some_and(|by| {
        ledger
            .find(&by, None, 1)
            .is_ok_and(|found| !found.is_empty())
    })
}

/// Nobody keeps what leaves the desk on the way.
pub fn private(mut response: Response) -> Result<Response, Failure> {
    let kept = HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    Ok(response)
}
