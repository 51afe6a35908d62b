//! `/desk/timetable`: what is wished for, the timetable that is proposed for it, and answering by it.

use crate::app::App;
use crate::bookings::ordering::{Unordered, ordering};
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::menu::{community, course_name, reason};
use crate::pages::sign_in::faced;
use crate::params::Params;
use crate::people::{Asked, Visitor, ours, to};
use crate::reader::Reader;
use crate::wording::{Said, mixed};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use city::City;
use forms::menu::plan::{NotPlanned, Timetable, Wanted, propose};
use forms::menu::rows::Order;
use forms::menu::{AnswerWishes, NotOrdered, Ordering, STEP, views};
use forms::people::powers::{Act, Citation, Denied, Matter, Powers, Standing};
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use std::sync::Arc;

/// When sessions can be, unless a menu's desk says otherwise.
const TIMES: [&str; 4] = [
    "每日 09:30-11:00",
    "每日 14:30-16:00",
    "每日 16:10-17:30",
    "每日 18:30-20:00",
];
/// Steps of each of the two searches.
const STEPS: u64 = 50_000;

/// What the desk asks for.
#[derive(Clone)]
struct Plan {
    from: Date,
    until: Date,
    needed: u32,
}

/// `GET /desk/timetable`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    params: Params,
) -> Result<Response, Failure> {
    let (ordering, _) = ordering(&app).ok_or(Failure::NotFound)?;
    if let Err(denied) = may(&app, &ordering, &visitor.standing(&app)) {
        return Ok(refused(&app, &reader, &denied));
    }
    page(&app, &reader, &visitor, &Plan::of(&app, &params), None).await
}

/// `POST /desk/timetable`: answers all wishes by the timetable that these days make.
pub async fn answer(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let (ordering, _) = ordering(&app).ok_or(Failure::NotFound)?;
    "/desk/timetable".clone_into(&mut reader.here);
    let person = &visitor.session.person;
    let under = match may(&app, &ordering, &visitor.standing(&app)) {
        Ok(under) => under,
        Err(denied) => return Ok(refused(&app, &reader, &denied)),
    };
    let plan = Plan::of(&app, &fields);
    let (_, table) = proposed(&app, &visitor, &ordering, &plan).await?;
    if let Ok(table) = table {
        for some in table.answers().chunks(STEP) {
            let command = AnswerWishes {
                answers: some.to_vec(),
                under: under.clone(),
            };
            let now = app.clock.now();
            let bookings = &visitor.people.bookings;
            match bookings.order(&ordering, person, now, command).await {
                Ok(_) => {}
                Err(Unordered::Refused(why)) => {
                    let shown = page(&app, &reader, &visitor, &plan, Some(&why)).await?;
                    return Ok(faced(shown, StatusCode::CONFLICT));
                }
                Err(Unordered::Failure(failure)) => return Err(failure),
            }
        }
    }
    Ok(to("/menu"))
}

impl Plan {
    /// The days typed; without them, two weeks from the next Monday but one. What cannot be read counts as not typed.
    fn of(app: &App, params: &Params) -> Plan {
        let today = app.now().date();
        let days = 14 - i64::from(today.weekday().to_monday_zero_offset());
        let next = today.checked_add(days.days()).unwrap_or(today);
        let day = |name: &str| params.get(name).and_then(|text| text.parse::<Date>().ok());
        let from = day("from").unwrap_or(next);
        let until = day("until");
        let needed = params.get("needed").and_then(|text| text.parse().ok());
        Plan {
            from,
            until: until.unwrap_or_else(|| from.checked_add(13.days()).unwrap_or(from)),
            needed: needed.unwrap_or(10),
        }
    }

    fn wanted(&self, city: &City) -> Wanted {
        let read = |line: &str| notice::read_when(city.context(), "", line.into(), self.from).ok();
        Wanted {
            from: self.from,
            until: self.until,
            times: TIMES.into_iter().filter_map(read).collect(),
            needed: self.needed,
            seed: 1,
            steps: STEPS,
        }
    }
}

/// By which clause a person may draw up the menu's timetable.
fn may(app: &App, ordering: &Ordering, who: &Standing) -> Result<Citation, Denied> {
    let matter = Matter::of(ordering.issuer());
    Powers::of(&app.book).may(who, Act::DrawUpTimetable, &matter, app.now())
}

fn refused(app: &App, reader: &Reader, denied: &Denied) -> Response {
    let title = reader.say("排课表", "Timetable");
    super::denied::page(app, reader, title, denied)
}

/// The orders there are, and the timetable proposed for them.
async fn proposed(
    app: &Arc<App>,
    visitor: &Visitor,
    ordering: &Arc<Ordering>,
    plan: &Plan,
) -> Result<(Vec<Order>, Result<Timetable, NotPlanned>), Failure> {
    let (app, ordering, plan) = (app.clone(), ordering.clone(), plan.clone());
    // Searching takes long enough to keep others waiting: it is done where reading is, beside them.
    let bookings = &visitor.people.bookings;
    bookings
        .read(move |store| {
            let orders = views::orders(store, &ordering).map_err(ours)?;
            let table = propose(app.city(), &orders, &plan.wanted(app.city()));
            Ok((orders, table))
        })
        .await
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    visitor: &Visitor,
    plan: &Plan,
    why: Option<&NotOrdered>,
) -> Result<Response, Failure> {
    let (ordering, notice) = ordering(app).ok_or(Failure::NotFound)?;
    let (orders, table) = proposed(app, visitor, &ordering, plan).await?;
    let title = reader.say("排课表", "Timetable");
    let people: u64 = orders.iter().map(|order| u64::from(order.people)).sum();
    let body = html! {
        article {
            p .kicker { a href="/menu" { (reader.say("课程菜单", "The menu of courses")) } " " span .demo { (reader.say("演示数据", "demo data")) } }
            h1 { (title) }
            @if let Some(why) = why { div .notice-line role="alert" { p { (mixed(reader, why.label().get(reader.lang))) } } }
            p .lede { (reader.say(
                format!("居民点了{}门次，共{people}个心愿。选好日子，看看排得出什么。", orders.len()),
                format!("Orders: {}; wishes: {people}. Choose the days and see what can be given.", orders.len()),
            )) }
            form .filters method="get" action="/desk/timetable" {
                div .field { label for="from" { (reader.say("从", "From")) } input #from type="date" name="from" value=(plan.from); }
                div .field { label for="until" { (reader.say("到", "To")) } input #until type="date" name="until" value=(plan.until); }
                div .field { label for="needed" { (reader.say("满几人开课", "People needed")) } input #needed type="number" name="needed" min="1" max="1000" value=(plan.needed); }
                div .field-go { button .button type="submit" { (reader.say("重排", "Propose")) } }
            }
            @match &table {
                Err(wrong) => div .notice-line role="alert" { p { (mixed(reader, &not_planned(reader, wrong))) } },
                Ok(_) if orders.is_empty() => div .notice-line { p { (reader.say("还没有人点课，没有可排的。等居民点了课再来。", "Nobody has wished for a course yet, so there is nothing to plan. Come back when residents have.")) } },
                Ok(table) => {
                    (summary(reader, table))
                    (given(app, reader, table))
                    (not_given(app, reader, &orders, table))
                    @if !orders.is_empty() {
                        form .entry action="/desk/timetable" method="post" {
                            input type="hidden" name="csrf" value=(visitor.csrf());
                            input type="hidden" name="from" value=(plan.from);
                            input type="hidden" name="until" value=(plan.until);
                            input type="hidden" name="needed" value=(plan.needed);
                            p .fine { (reader.say("答复以后，点课的人在“我点的课”里看得到；要能报名，再把下面的文字写进公告发布。", "Those who wished read the answer under My wishes; for places to be booked, put the text below into the notice and publish it.")) }
                            button .button type="submit" { (reader.say("按这张课表答复", "Answer by this timetable")) }
                        }
                    }
                    @if !table.given.is_empty() {
                        details {
                            summary { (reader.say("写进公告的文字", "The text for the notice")) " · " (notice.slug) ".md" }
                            pre lang="zh-CN" tabindex="0" { (table.blocks(app.city(), app.now())) }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

fn not_planned(reader: &Reader, wrong: &NotPlanned) -> String {
    match wrong {
        NotPlanned::Days => reader.say(
            "一张课表排 1 至 400 天，请另选日子。".to_owned(),
            "A timetable covers 1 to 400 days: choose other days.".to_owned(),
        ),
        NotPlanned::Overlap(one, two) => reader.say(
            format!("{one} 与 {two} 重叠，请让各场前后相接。"),
            format!("{one} and {two} overlap: let sessions follow one another."),
        ),
        NotPlanned::TooLarge(_) => reader.say(
            "一次排的太多，请少排几周。".to_owned(),
            "That is too much at once: plan fewer weeks.".to_owned(),
        ),
    }
}

fn summary(reader: &Reader, table: &Timetable) -> Markup {
    let (met, clashes) = (table.score.met, table.score.clashes);
    html! {
        p {
            (reader.say(
                format!("排出{}场，满足{met}个心愿（共{}个），同社区同年龄段撞时间{clashes}处。", table.given.len(), table.wishes),
                format!("Sessions: {}; wishes met: {met} of {}; clashes within a community and age group: {clashes}.", table.given.len(), table.wishes),
            ))
            " "
            @if table.is_best { (reader.say("已证明没有更好的排法。", "No timetable is better: that is proved.")) }
            @else { (reader.say("也许还有更好的排法。", "There may be a better one.")) }
        }
    }
}

fn given(app: &App, reader: &Reader, table: &Timetable) -> Markup {
    let menu = &app.city().menu;
    html! {
        @if !table.given.is_empty() {
            section aria-labelledby="given" {
                h2 #given .rubric { (reader.say("排上的", "Given")) }
                div .table-wrap .timetable tabindex="0" role="region" aria-labelledby="given" {
                    table {
                        thead { tr {
                            th scope="col" { (reader.say("时间", "When")) }
                            th scope="col" { (reader.say("课程", "Course")) }
                            th scope="col" { (reader.say("社区", "Community")) }
                            th scope="col" { (reader.say("老师", "Teacher")) }
                            th scope="col" { (reader.say("心愿", "Wishes")) }
                        } }
                        tbody {
                            @for one in &table.given {
                                @if let (Some(course), Some(teacher), Some(room)) = (menu.courses.get(one.course), menu.teachers.get(one.teacher), menu.rooms.get(one.room)) {
                                    tr {
                                        td { (moments::day(one.session.from.date(), reader.lang)) " " (one.session.from.strftime("%H:%M")) "–" (one.session.to.strftime("%H:%M")) }
                                        th scope="row" { (Said::name(reader, course.name.get(reader.lang))) }
                                        td { (community(app, reader, app.city().places.get(room.place).map_or("", |place| place.code.as_str()))) }
                                        td { (Said::name(reader, teacher.name.get(reader.lang))) }
                                        td { (one.people) " / " (room.places) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn not_given(app: &App, reader: &Reader, orders: &[Order], table: &Timetable) -> Markup {
    let found = |key| orders.iter().find(|order| &order.key == key);
    html! {
        @if !table.not_given.is_empty() {
            section aria-labelledby="not-given" {
                h2 #not-given .rubric { (reader.say("没排上的", "Not given")) }
                dl .about {
                    @for refused in &table.not_given {
                        @if let Some(order) = found(&refused.order) {
                            dt { (course_name(app, reader, &order.course)) }
                            dd {
                                (community(app, reader, &order.community)) " · " (order.age.label().get(reader.lang)) " · "
                                (reader.say(format!("{}人", order.people), format!("{} people", order.people))) " · " (reason(app, reader, &refused.why))
                                @if let Some(there) = refused.elsewhere.and_then(|at| table.given.get(at)) {
                                    (reader.say("；同一门课还有空位：", "; the same course has places left on ")) (moments::day(there.session.from.date(), reader.lang)) " " (there.session.from.strftime("%H:%M"))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
