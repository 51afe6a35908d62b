//! `/menu/figures`: what came of the menu: sessions held, how many came, by community and by for whom a course is, and how courses
//! were found. From counts that the ledger keeps; nothing that is known of a person is opened for it.

use super::menu::{community, course_name};
use super::offers::rated::{self, LEAST};
use crate::app::App;
use crate::bookings::ordering::ordering;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::params::Params;
use crate::people::ours;
use crate::reader::Reader;
use crate::sheet::{self, Kind};
use crate::wording::{self, mixed};
use axum::extract::State;
use axum::response::Response;
use city::City;
use forms::booking::feedback::{Counts, Rating};
use forms::menu::figures::{Figures, Line, figures};
use forms::menu::small::{self, Shown};
use maud::{Markup, html};
use notice::PlaceId;
use std::sync::Arc;

/// `GET /menu/figures`, and with `?as=csv` or `?as=xlsx` its tables as a file
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    params: Params,
) -> Result<Response, Failure> {
    let (_, notice) = ordering(&app).ok_or(Failure::NotFound)?;
    let people = app.people.clone().ok_or(Failure::NotFound)?;
    let (house, now) = (app.clone(), app.clock.now());
    let read = people.bookings.read(move |ledger| {
        let offers = house.offers.all().iter();
        let offers = offers.map(|ready| &*ready.offering);
        figures(ledger, house.city(), offers, now).map_err(ours)
    });
    let counted = read.await?;
    if let Some(kind) = params.get("as") {
        let kind = Kind::of(kind).ok_or(Failure::NotFound)?;
        let _turn = app.downloads.try_acquire().map_err(|_| Failure::TooMany)?;
        return sheet::file(lines(&app, &reader, &counted), kind, "menu-figures").await;
    }
    let title = reader.say("开了多少课", "What came of the menu");
    let at = moments::hour_seen_from(app.now(), reader.now, reader.lang);
    let body = html! {
        article .menu-figures {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/menu" { (reader.say("课程菜单", "The menu of courses")) } } } }
            p .kicker { a href={ "/notices/" (notice.slug) } { (wording::title(&reader, notice)) } " " @if app.is_demo() { span .demo { (reader.say("演示数据", "demo data")) } } }
            h1 { (title) }
            @if counted.sessions == 0 {
                p .lede { (reader.say("还没有开过课。", "No session has been held yet.")) }
                p { a .button href="/menu" { (reader.say("看菜单、点课", "See the menu and wish for a course")) } }
            } @else {
                dl .facts-line {
                    div { dt { (reader.say("已经开课", "sessions held")) } dd { (counted.sessions) } }
                    div { dt { (reader.say("来的人次", "visits")) } dd { (shown(&reader, counted.came)) } }
                    div { dt { (reader.say("社区", "communities")) } dd { (counted.communities.len()) } }
                }
                (table(&reader, "communities", reader.say("各社区", "By community"), reader.say("社区", "Community"), &counted.communities, |place| {
                    let code = app.city().places.get(*place).map_or("", |place| &*place.code);
                    community(&app, &reader, code)
                }))
                (table(&reader, "ages", reader.say("课程给谁开", "Whom courses are for"), reader.say("给谁", "For"), &counted.ages, |age| html! { (age.label().get(reader.lang)) }))
                (found(&app, &reader, &counted))
                p .downloads {
                    a href="/menu/figures?as=csv" { (reader.say("下载 CSV", "Download CSV")) } " "
                    a href="/menu/figures?as=xlsx" { (reader.say("下载 XLSX", "Download XLSX")) }
                }
            }
            section aria-labelledby="how" {
                h2 #how .rubric { (reader.say("怎样数的", "How it is counted")) }
                ul .terms {
                    li { (mixed(&reader, &clock(&app, &reader, &at))) }
                    li { (reader.say(
                        "“来的人次”按签到数，同一个人来三场算三次；报了名没来的不算。",
                        "Visits are check-ins: somebody who came to three sessions counts three times, and who signed up and did not come does not count.",
                    )) }
                    li { (reader.say(
                        "“给谁”看的是课程本身适合的年龄，不看来的人的年龄：个人情况是加密的，这一页一样也不打开。",
                        "“For” is the age that the course itself is for, not that of those who came: what is known of people is encrypted, and nothing of it is opened for this page.",
                    )) }
                    li { (reader.say(
                        format!("少于{}的人次不写数目；能从合计倒推出来的，也不写。", small::LEAST),
                        format!("Fewer than {} visits are not told, nor what the sum would give away.", small::LEAST),
                    )) }
                    li { (reader.say(
                        "评价在每场课后7天内写，过了这7天才计入，按课程合计，不分社区。",
                        "Ratings are given within 7 days of a session and counted after that, for a course wherever it was held.",
                    )) }
                }
            }
        }
    };
    Ok(layout::page(&app, &reader, title, body))
}

/// As of when, and by which clock.
fn clock(app: &App, reader: &Reader, at: &str) -> String {
    if app.is_demo() {
        reader.say(
            format!("数到{at}为止，按演示城市的时钟；账本里的人和课都是合成的。"),
            format!("Counted up to {at} by the demo city's clock; people and sessions in its ledger are synthetic."),
        )
    } else {
        reader.say(
            format!("数到{at}为止，按服务器的时钟。"),
            format!("Counted up to {at} by the server's clock."),
        )
    }
}

/// A table with a bar for each line.
fn table<K>(
    reader: &Reader,
    id: &str,
    heading: &str,
    what: &str,
    lines: &[Line<K>],
    name: impl Fn(&K) -> Markup,
) -> Markup {
    let most = lines.iter().filter_map(|line| match line.came {
        Shown::Count(came) => Some(came),
        _ => None,
    });
    let most = most.max().unwrap_or(0).max(1);
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) .rubric { (heading) }
            div .table-wrap .figures tabindex="0" role="region" aria-labelledby=(id) {
                table {
                    thead { tr {
                        th scope="col" { (what) }
                        th .num scope="col" { (reader.say("场次", "Sessions")) }
                        th scope="col" { (reader.say("来的人次", "Visits")) }
                    } }
                    tbody {
                        @for line in lines {
                            tr {
                                th scope="row" { (name(&line.of)) }
                                td .num { (line.sessions) }
                                td {
                                    @if let Shown::Count(came) = line.came { meter min="0" max=(most) value=(came) aria-hidden="true" {} " " }
                                    (shown(reader, line.came))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How courses were found, those with enough ratings.
fn found(app: &App, reader: &Reader, counted: &Figures) -> Markup {
    let enough = |counts: &&Counts| counts.all() >= LEAST;
    let few = counted.ratings.values().filter(|c| !enough(c)).count();
    html! {
        @if !counted.ratings.is_empty() {
            section aria-labelledby="found" {
                h2 #found .rubric { (reader.say("评价", "How courses were found")) }
                dl .about .found-by-course {
                    @for (course, counts) in counted.ratings.iter().filter(|(_, counts)| enough(counts)) {
                        dt { (course_name(app, reader, id(app, *course))) } dd { (rated::bars(reader, *counts)) }
                    }
                }
                @if few > 0 { p .fine { (reader.say(format!("另有{few}门课评价不满{LEAST}个，不公开。"), format!("{few} more courses have fewer than {LEAST} ratings, which are not shown."))) } }
            }
        }
    }
}

fn id(app: &App, course: usize) -> &str {
    let course = app.city().menu.courses.get(course);
    course.map_or("", |course| &course.id)
}

fn shown(reader: &Reader, count: Shown) -> String {
    match count {
        Shown::Count(count) => count.to_string(),
        Shown::Few => reader.say(
            format!("不到{}", small::LEAST),
            format!("fewer than {}", small::LEAST),
        ),
        Shown::Withheld => reader.say("不公开", "not shown").to_owned(),
    }
}

/// The tables as lines of a file. What the page does not show, the file does not either.
fn lines(app: &App, reader: &Reader, counted: &Figures) -> Vec<Vec<String>> {
    let city = app.city();
    let demo = match app.is_demo() {
        true => reader.say("是", "yes"),
        false => reader.say("否", "no"),
    };
    let place = |id: PlaceId| place(city, reader, id);
    let head = [
        ("表", "table"),
        ("行", "line"),
        ("场次", "sessions"),
        ("来的人次", "visits"),
        ("好", "good"),
        ("一般", "so-so"),
        ("不好", "not good"),
        ("演示数据", "demo"),
    ];
    let mut all = vec![head.map(|(zh, en)| reader.say(zh, en).to_owned()).to_vec()];
    let mut add = |table: &str, line: String, counts: [String; 5]| {
        let mut row = vec![table.to_owned(), line];
        row.extend(counts);
        row.push(demo.to_owned());
        all.push(row);
    };
    let visits = |sessions: u32, came: Shown| {
        [
            sessions.to_string(),
            shown(reader, came),
            String::new(),
            String::new(),
            String::new(),
        ]
    };
    add(
        reader.say("全部", "all"),
        String::new(),
        visits(counted.sessions, counted.came),
    );
    for line in &counted.communities {
        add(
            reader.say("社区", "community"),
            place(line.of),
            visits(line.sessions, line.came),
        );
    }
    for line in &counted.ages {
        add(
            reader.say("给谁", "for"),
            line.of.label().get(reader.lang).to_owned(),
            visits(line.sessions, line.came),
        );
    }
    for (course, counts) in &counted.ratings {
        if counts.all() >= LEAST {
            let [good, fair, poor] = Rating::ALL.map(|rating| counts.of(rating).to_string());
            let name = city.menu.courses.get(*course);
            let name = name
                .map_or("", |course| course.name.get(reader.lang))
                .to_owned();
            add(
                reader.say("评价", "ratings"),
                name,
                [String::new(), String::new(), good, fair, poor],
            );
        }
    }
    all
}

fn place(city: &City, reader: &Reader, id: PlaceId) -> String {
    let place = city.places.get(id);
    place
        .map_or("", |place| place.name.get(reader.lang))
        .to_owned()
}
