//! `/offers`: what one can sign up for, found by place, day, age and what is free, as a list or a calendar.

pub mod book;
mod calendar;
mod confirm;
pub mod draw;
pub mod hidden;
pub mod offer;
mod press;
pub mod rated;
pub mod words;

use crate::app::App;
use crate::bookings::{Fill, Ready, Spot, subject};
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::params::{Params, link_with};
use crate::reader::Reader;
use crate::wording::{Said, mixed, title};
use axum::extract::State;
use axum::response::Response;
use city::place::{Level, Relation};
use forms::booking::views::{Open, Stage};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::ask::Verdict;
use notice::{Facts, PlaceId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Slots on one page.
const ROWS: usize = 40;
/// Slots whose counts one page reads.
const READ_MAX: usize = 1_000;
/// Ages to choose from: the word in addresses, the years, what they are called.
const AGES: [(&str, i64, i64, &str, &str); 4] = [
    ("child", 0, 13, "儿童（14岁以下）", "children under 14"),
    ("teen", 14, 17, "14至17岁", "14 to 17"),
    ("adult", 18, 59, "18至59岁", "18 to 59"),
    ("senior", 60, 120, "60岁及以上", "60 and over"),
];

/// What somebody looks for.
struct Wanted {
    place: Option<PlaceId>,
    day: Option<Date>,
    age: Option<Facts>,
    free: bool,
}

impl Wanted {
    fn read(app: &App, params: &Params) -> Wanted {
        let city = app.city();
        let age = params.get("age").and_then(|word| {
            let (_, from, to, ..) = AGES.iter().find(|age| age.0 == word)?;
            subject::of_age(city, *from, *to)
        });
        Wanted {
            place: params
                .get("where")
                .and_then(|code| city.places.by_code(code)),
            day: params.get("day").and_then(|day| day.parse().ok()),
            age,
            free: params.get("free").is_some(),
        }
    }

    /// Slots of notices in force that are not over and fit, by time; whether one is free is not looked at.
    fn spots(&self, app: &App, reader: &Reader) -> Vec<Spot> {
        let now = app.clock.now();
        let places = &app.city().places;
        let mut spots = Vec::new();
        // Who may come is the same for all slots of a project in a place, as far as a list needs to know.
        let mut may: BTreeMap<(usize, Option<usize>, Option<PlaceId>), bool> = BTreeMap::new();
        let open = app.offers.in_force(reader.now);
        for (offer, ready) in open.filter(|(_, ready)| ready.offering.is_seen_by_all()) {
            for (slot, offered) in ready.offering.slots().iter().enumerate() {
                let fits = offered.to > now
                    && self
                        .day
                        .is_none_or(|day| offered.session.from.date() == day)
                    && self.place.is_none_or(|wanted| {
                        let place = offered.place.unwrap_or_else(|| places.city());
                        matches!(
                            places.relation(place, wanted),
                            Relation::Same | Relation::Inside
                        )
                    })
                    && self.age.as_ref().is_none_or(|facts| {
                        let key = (offer, offered.project, offered.place);
                        *may.entry(key).or_insert_with(|| {
                            let answer = ready.offering.eligible(&offered.key, facts.clone());
                            answer.is_none_or(|answer| answer.verdict != Verdict::Forbidden)
                        })
                    });
                if fits {
                    spots.push((offered.from, offered.to, Spot { offer, slot }));
                }
            }
        }
        spots.sort_unstable();
        spots.into_iter().map(|(.., spot)| spot).collect()
    }
}

/// A slot with how full it is; where nothing is kept, nothing is known of that.
type Row = (Spot, Option<Fill>);

/// Slots that were found.
struct Found {
    rows: Vec<Row>,
    /// Where in the list to go on.
    next: Option<usize>,
}

/// Reads how full slots are, from the `from`th on, until a page is full.
async fn read(
    app: &Arc<App>,
    spots: Arc<Vec<Spot>>,
    from: usize,
    free: bool,
    rows_max: usize,
) -> Result<Found, Failure> {
    let Some(people) = &app.people else {
        let rows = spots.iter().skip(from).take(rows_max);
        let rows: Vec<_> = rows.map(|spot| (*spot, None)).collect();
        let end = from + rows.len();
        let next = (end < spots.len()).then_some(end);
        return Ok(Found { rows, next });
    };
    let (house, now) = (app.clone(), app.clock.now());
    people
        .bookings
        .read(move |reader| {
            let mut rows = Vec::new();
            let mut at = from;
            while let Some(spot) = spots.get(at) {
                if rows.len() >= rows_max || at - from >= READ_MAX {
                    break;
                }
                at += 1;
                let Some((ready, slot)) = house.offers.at(*spot) else {
                    continue;
                };
                let fill = Fill::read(reader, &ready.offering, &slot.key, now)?;
                if !free || fill.as_ref().is_some_and(can_be_had) {
                    rows.push((*spot, fill));
                }
            }
            let next = (at < spots.len()).then_some(at);
            Ok(Found { rows, next })
        })
        .await
}

/// Whether one can have a place, or enter the draw, now.
fn can_be_had(fill: &Fill) -> bool {
    matches!(
        fill.stage,
        Stage::Open {
            open: Open::Free { .. } | Open::Draw,
            ..
        }
    )
}

/// `GET /offers`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    params: Params,
) -> Result<Response, Failure> {
    let wanted = Wanted::read(&app, &params);
    let spots = Arc::new(wanted.spots(&app, &reader));
    let calendar = params.get("view") == Some("calendar");
    let from = params.get("from").and_then(|from| from.parse().ok());
    let from = from.unwrap_or(0_usize).min(spots.len());
    let shown = match calendar {
        true => calendar::show(&app, &reader, &params, spots.clone(), wanted.free).await?,
        false => {
            let found = read(&app, spots.clone(), from, wanted.free, ROWS).await?;
            list(&app, &reader, &params, &found, from, true)
        }
    };
    let heading = reader.say("报名", "Take part");
    let view = |word: &str| {
        link_with(
            "/offers",
            &params,
            &[("view", word), ("from", ""), ("day", "")],
        )
    };
    let body = html! {
        h1 { (heading) }
        p .lede { (reader.say("各项公告给出的名额：选一个时段，看清条件，点一下就约好。", "What the notices offer: choose a slot, see what it asks, and one more press books it.")) }
        (open_offers(&app, &reader))
        (filters(&app, &reader, &params))
        nav .views aria-label=(reader.say("显示方式", "View")) {
            a href=(view("")) aria-current=[(!calendar).then_some("true")] { (reader.say("列表", "List")) }
            a href=(view("calendar")) aria-current=[calendar.then_some("true")] { (reader.say("月历", "Calendar")) }
        }
        (shown)
    };
    let frame = Frame {
        way: "/offers",
        about: Some(reader.say(
            "按地点、日期、年龄和空位找可以报名的活动。",
            "Find what to take part in by place, day, age and what is free.",
        )),
        ..Frame::default()
    };
    Ok(layout::framed(&app, &reader, heading, &frame, body))
}

/// The offers themselves, one card for each notice that makes them.
fn open_offers(app: &App, reader: &Reader) -> Markup {
    let open = app.offers.in_force(reader.now);
    let mut notices: Vec<Vec<&Ready>> = Vec::new();
    // Slots that not everybody is shown are found from their notice.
    for (_, ready) in open.filter(|(_, ready)| ready.offering.is_seen_by_all()) {
        let same = |offers: &&mut Vec<&Ready>| {
            let first = offers.first();
            first.is_some_and(|first| first.notice.slug == ready.notice.slug)
        };
        match notices.iter_mut().find(same) {
            Some(offers) => offers.push(ready),
            None => notices.push(vec![ready]),
        }
    }
    html! {
        @if !notices.is_empty() {
            ul .offer-cards aria-label=(reader.say("现有的报名", "Offers in force")) {
                @for offers in &notices { li { (card(app, reader, offers)) } }
            }
        }
    }
}

/// What one notice offers: by itself, or each of several with its own name, and when one can sign up where that is not the
/// same for all.
fn card(app: &App, reader: &Reader, offers: &[&Ready]) -> Markup {
    let Some(first) = offers.first() else {
        return html! {};
    };
    let sign_up = |ready: &Ready| crate::standing::sign_up(reader, ready.offer());
    let shared = sign_up(first);
    let alike = |ready: &&Ready| sign_up(ready).into_string() == shared.0;
    let all_alike = offers.iter().all(alike);
    let issuer = app.office_name(&first.notice.issuer, reader.lang);
    let demo = html! { " " (crate::pages::notice::demo(reader)) };
    html! {
        @if offers.len() == 1 {
            a href=(words::page(first)) { (title(reader, &first.notice)) @if first.notice.offers.len() > 1 { " · " (which(app, reader, first)) } }
            p .fine { (issuer) " · " (shared) @if first.offer().demo { (demo) } }
        } @else {
            a href={ "/notices/" (first.notice.slug) } { (title(reader, &first.notice)) }
            p .fine { (issuer) @if all_alike { " · " (shared) } @if offers.iter().all(|ready| ready.offer().demo) { (demo) } }
            details .offer-parts {
                summary { (reader.say(format!("{}项报名", offers.len()), format!("{} to sign up for", offers.len()))) }
                ul {
                    @for ready in offers {
                        li { a href=(words::page(ready)) { (which(app, reader, ready)) } @if !all_alike { " " span .fine { (sign_up(ready)) } } }
                    }
                }
            }
        }
    }
}

/// Which of its notice's offers it is: by its place, or where it stands.
fn which(app: &App, reader: &Reader, ready: &Ready) -> Markup {
    let offer = ready.offer();
    let place = offer.place.and_then(|place| app.city().places.get(place));
    match place {
        Some(place) => html! { (Said::name(reader, place.name.get(reader.lang))) },
        None => {
            let clause = ready.notice.clauses.get(usize::from(offer.clause.0));
            crate::wording::citation(reader, clause)
        }
    }
}

fn filters(app: &App, reader: &Reader, params: &Params) -> Markup {
    let places = &app.city().places;
    // Districts, and whatever else an offer names.
    let mut named: Vec<PlaceId> = app
        .offers
        .in_force(reader.now)
        .flat_map(|(_, ready)| crate::offer::places(ready.offer()))
        .collect();
    named.extend(
        (0..)
            .map(PlaceId)
            .zip(places.all())
            .filter(|(_, p)| p.level == Level::District)
            .map(|(id, _)| id),
    );
    named.sort();
    named.dedup();
    html! {
        form .filters .finding action="/offers" method="get" {
            @if let Some(view) = params.get("view") { input type="hidden" name="view" value=(view); }
            div .field {
                label for="where" { (reader.say("地点", "Place")) }
                select #where name="where" {
                    option value="" { (reader.say("全市", "the whole city")) }
                    @for place in named.iter().filter_map(|id| places.get(*id)) {
                        option value=(place.code) selected[params.get("where") == Some(&place.code)] { (place.name.get(reader.lang)) }
                    }
                }
            }
            div .field {
                label for="day" { (reader.say("哪一天", "Day")) }
                input #day type="date" name="day" value=[params.get("day")];
            }
            @if subject::of_age(app.city(), 0, 0).is_some() {
                div .field {
                    label for="age" { (reader.say("谁来（年龄）", "Who comes (age)")) }
                    select #age name="age" {
                        option value="" { (reader.say("不限", "anybody")) }
                        @for (word, _, _, zh, en) in AGES {
                            option value=(word) selected[params.get("age") == Some(word)] { (reader.say(zh, en)) }
                        }
                    }
                }
            }
            label .tick { input type="checkbox" name="free" value="1" checked[params.get("free").is_some()]; span { (reader.say("只看有空位的", "only what is free")) } }
            div .field-go {
                button .quiet-button type="submit" { (reader.say("查找", "Find")) }
                @if ["where", "day", "age", "free"].iter().any(|name| params.get(name).is_some()) { a href="/offers" { (reader.say("清除", "Clear")) } }
            }
        }
    }
}

fn list(
    app: &App,
    reader: &Reader,
    params: &Params,
    found: &Found,
    from: usize,
    of: bool,
) -> Markup {
    let mut days: Vec<(Date, Vec<&Row>)> = Vec::new();
    for row in &found.rows {
        let Some((_, slot)) = app.offers.at(row.0) else {
            continue;
        };
        let day = slot.session.from.date();
        match days.last_mut() {
            Some((last, rows)) if *last == day => rows.push(row),
            _ => days.push((day, vec![row])),
        }
    }
    html! {
        @if days.is_empty() {
            div .notice-line role="status" {
                p { (match found.next {
                    Some(_) => reader.say("看过的时段都没有空位，可以往后翻。", "No slot looked at so far is free; look further on."),
                    None => reader.say("没有符合的时段。换一个地点、日期或年龄，或者去掉“只看有空位的”。", "No slot fits. Choose another place, day or age, or look at those without a free place too."),
                }) }
            }
        }
        @for (day, rows) in &days {
            section .slot-day {
                h2 .small-rubric { (words::day(reader, *day)) }
                ul .slots {
                    @for (spot, fill) in rows { (row(app, reader, *spot, fill.as_ref(), of)) }
                }
            }
        }
        @if from > 0 || found.next.is_some() {
            nav .pager aria-label=(reader.say("翻页", "Pages")) {
                @if from > 0 { a href=(link_with(&reader_path(reader), params, &[("from", "")])) { (reader.say("从头看", "From the start")) } } @else { span {} }
                span {}
                @if let Some(next) = found.next { a href=(link_with(&reader_path(reader), params, &[("from", &next.to_string())])) { (reader.say("后面的", "Further on")) } } @else { span {} }
            }
        }
    }
}

/// The page that is read, without its query.
fn reader_path(reader: &Reader) -> String {
    reader.here.split('?').next().unwrap_or_default().to_owned()
}

/// One slot: when, what, where, how full, and the way to it.
pub fn row(app: &App, reader: &Reader, spot: Spot, fill: Option<&Fill>, of: bool) -> Markup {
    let Some((ready, slot)) = app.offers.at(spot) else {
        return html! {};
    };
    let project = ready.project(slot).is_some();
    html! {
        li .slot {
            p .slot-when { (words::hours(reader, slot.session)) }
            div .slot-what {
                @if project || of { p .slot-name { (words::what(reader, ready, slot)) } }
                @if let Some(place) = words::place(app, reader, slot) { p .fine { (mixed(reader, &place)) } }
                @if of && project { p .fine { a href=(words::page(ready)) { (title(reader, &ready.notice)) } } }
            }
            @if let Some(fill) = fill {
                @let (class, text) = words::fill(app, reader, fill);
                p .slot-fill { span .standing .(class) data-slot=(slot.key) { (text) } }
                p .slot-go {
                    @if let Some(verb) = words::verb(reader, fill) {
                        a .button .quiet href=(words::book(ready, &slot.key)) {
                            (verb)
                            span .sr { (reader.say("：", ": ")) (words::what(reader, ready, slot)) " " (words::day(reader, slot.session.from.date())) " " (words::hours(reader, slot.session)) }
                        }
                    }
                }
            }
        }
    }
}
