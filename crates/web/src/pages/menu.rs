//! `/menu`: the courses that residents can order and how many wish for each; `/menu/wishes`: one's own wishes.

use crate::app::App;
use crate::bookings::ordering::{Unordered, ordering};
use crate::bookings::subject::{Family, Subject};
use crate::failure::Failure;
use crate::layout;
use crate::pages::sign_in::faced;
use crate::params::{Params, link};
use crate::people::{Asked, Visitor, ours, to};
use crate::reader::Reader;
use crate::wording::{self, Said, mixed};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use city::City;
use city::menu::Course;
use forms::booking::rows::Number;
use forms::menu::rows::{Answer, Order, Why};
use forms::menu::views::{self, Mine};
use forms::menu::{AgeGroup, MakeWish, NotOrdered, WithdrawWish};
use ledger::name::{Key, Person};
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::sync::Arc;

/// `GET /menu`
pub async fn show(State(app): State<Arc<App>>, reader: Reader) -> Result<Response, Failure> {
    let (ordering, notice) = ordering(&app).ok_or(Failure::NotFound)?;
    let people = app.people.clone().ok_or(Failure::NotFound)?;
    let orders = people
        .bookings
        .read(move |store| views::orders(store, &ordering).map_err(ours))
        .await?;
    let demand = views::demand(&orders);
    let menu = &app.city().menu;
    let title = reader.say("课程菜单", "The menu of courses");
    let body = html! {
        article {
            p .kicker { a href={ "/notices/" (notice.slug) } { (wording::title(&reader, notice)) } " " span .demo { (reader.say("演示数据", "demo data")) } }
            h1 { (title) }
            p .lede { (reader.say(
                format!("{}门课，{}位老师，{}个社区有场地。点的人够了就排课；眼下有{}个心愿。", menu.courses.len(), menu.teachers.len(), menu.communities().len(), demand.people),
                format!("{} courses, {} teachers, rooms in {} communities. A course is given where enough people wish for it; there are {} wishes now.", menu.courses.len(), menu.teachers.len(), menu.communities().len(), demand.people),
            )) }
            p .take { a .button href="/menu/wishes" { (reader.say("我来点课", "Wish for a course")) } a .button .quiet href="/menu/figures" { (reader.say("开过多少课、评价怎样", "Sessions held, and how they were found")) } }
            (sides(&app, &reader, &demand))
            (answered(&app, &reader, &orders))
            section aria-labelledby="courses" {
                h2 #courses .rubric { (reader.say("全部课程", "All courses")) }
                div .table-wrap .courses tabindex="0" role="region" aria-labelledby="courses" {
                    table {
                        thead { tr {
                            th scope="col" { (reader.say("课程", "Course")) }
                            th scope="col" { (reader.say("适合年龄", "Ages")) }
                            th scope="col" { (reader.say("心愿", "Wishes")) }
                        } }
                        tbody {
                            @for course in &menu.courses {
                                tr {
                                    th scope="row" { a href=(link("/menu/wishes", &[("course", &course.id)])) { (name(&reader, course)) } }
                                    td { (ages(&reader, course)) }
                                    td { (demand.courses.get(&course.id).copied().unwrap_or(0)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::page(&app, &reader, title, body))
}

/// How many wishes by age group and by community; nothing where nobody wishes.
fn sides(app: &App, reader: &Reader, demand: &views::Demand) -> Markup {
    html! {
        @if demand.people > 0 {
            section aria-labelledby="demand" {
                h2 #demand .rubric { (reader.say("谁在点", "Who wishes")) }
                dl .about {
                    @for (age, people) in &demand.ages {
                        dt { (age.label().get(reader.lang)) } dd { (people) }
                    }
                    @for (code, people) in &demand.communities {
                        dt { (community(app, reader, code)) } dd { (people) }
                    }
                }
            }
        }
    }
}

/// What the desk has answered.
fn answered(app: &App, reader: &Reader, orders: &[Order]) -> Markup {
    let answered = orders.iter().filter(|order| order.answer.is_some());
    let answered: Vec<&Order> = answered.collect();
    html! {
        @if !answered.is_empty() {
            section aria-labelledby="answers" {
                h2 #answers .rubric { (reader.say("已经答复的", "Answered")) }
                dl .about {
                    @for order in answered {
                        dt { (course_name(app, reader, &order.course)) }
                        dd { (community(app, reader, &order.community)) " · " (order.age.label().get(reader.lang)) " · " (outcome(app, reader, order)) }
                    }
                }
            }
        }
    }
}

/// `GET /menu/wishes`
pub async fn wishes(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
    params: Params,
) -> Result<Response, Failure> {
    let chosen = params.get("course").map(str::to_owned);
    own(&app, &reader, &visitor, chosen.as_deref(), None).await
}

/// `POST /menu/wishes`
pub async fn make(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let (ordering, _) = ordering(&app).ok_or(Failure::NotFound)?;
    let person = visitor.session.person.clone();
    let subject = subject(&app, &visitor, fields.typed("for")).await?;
    let course = fields.typed("course").to_owned();
    let wish = AgeGroup::of_key(fields.typed("age")).map(|age| MakeWish {
        person: subject,
        course: course.clone(),
        community: fields.typed("community").to_owned(),
        age,
    });
    let wish = wish.ok_or(Failure::NotFound)?;
    let now = app.clock.now();
    let made = visitor.people.bookings.order(&ordering, &person, now, wish);
    let made = made.await;
    "/menu/wishes".clone_into(&mut reader.here);
    told(&app, &reader, &visitor, Some(&course), made).await
}

/// `POST /menu/wishes/withdraw`
pub async fn withdraw(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let (ordering, _) = ordering(&app).ok_or(Failure::NotFound)?;
    let person = visitor.session.person.clone();
    let wish = Key::new(fields.typed("wish")).map_err(|_| Failure::NotFound)?;
    let command = WithdrawWish {
        wish: Number::from(wish),
        person: subject(&app, &visitor, fields.typed("for")).await?,
    };
    let now = app.clock.now();
    let given = visitor
        .people
        .bookings
        .order(&ordering, &person, now, command);
    let given = given.await;
    "/menu/wishes".clone_into(&mut reader.here);
    told(&app, &reader, &visitor, None, given).await
}

/// Whom a form is about: oneself, or a child in one's care; nobody else is known here.
async fn subject(app: &Arc<App>, visitor: &Visitor, whom: &str) -> Result<Person, Failure> {
    let own = visitor.session.person.clone();
    if whom.is_empty() || whom == own.as_str() {
        return Ok(own);
    }
    let (whom, house) = (whom.to_owned(), app.clone());
    let bookings = &visitor.people.bookings;
    let found = bookings.read(move |reader| {
        let family = Family::read(&house, reader, &own)?;
        let subject = family.find(Some(&whom));
        Ok(subject.map(|subject| subject.person.clone()))
    });
    found.await?.ok_or(Failure::NotFound)
}

async fn told(
    app: &Arc<App>,
    reader: &Reader,
    visitor: &Visitor,
    chosen: Option<&str>,
    given: Result<u64, Unordered>,
) -> Result<Response, Failure> {
    match given {
        Ok(_) => Ok(to("/menu/wishes")),
        Err(Unordered::Refused(why)) => {
            let shown = own(app, reader, visitor, chosen, Some(&why)).await?;
            Ok(faced(shown, StatusCode::CONFLICT))
        }
        Err(Unordered::Failure(failure)) => Err(failure),
    }
}

async fn own(
    app: &Arc<App>,
    reader: &Reader,
    visitor: &Visitor,
    chosen: Option<&str>,
    why: Option<&NotOrdered>,
) -> Result<Response, Failure> {
    let (_, notice) = ordering(app).ok_or(Failure::NotFound)?;
    let person = visitor.session.person.clone();
    let house = app.clone();
    let bookings = &visitor.people.bookings;
    let read = bookings.read(move |store| {
        let family = Family::read(&house, store, &person)?;
        let own = family.all.into_iter().map(|subject| {
            let mine = views::mine(store, &subject.person).map_err(ours)?;
            Ok((subject, mine))
        });
        own.collect::<Result<Vec<_>, Failure>>()
    });
    let family = read.await?;
    let own = &visitor.session.person;
    let title = reader.say("我点的课", "My wishes");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/menu" { (reader.say("课程菜单", "The menu of courses")) } } } }
            h1 { (title) }
            @if let Some(why) = why { div .notice-line role="alert" { p { (mixed(reader, why.label().get(reader.lang))) } } }
            p .lede { (reader.say("替自己、替自己照看的孩子点；谁点的不公开。规矩见", "For yourself or a child in your care; who wishes is not shown. The rules: ")) a href={ "/notices/" (notice.slug) } { (wording::title(reader, notice)) } (reader.say("。", ".")) }
            @for (subject, mine) in &family {
                @if subject.person == *own { (list(app, reader, visitor, subject, mine)) }
                @else if !mine.is_empty() {
                    section .mine { h2 .rubric { (reader.say("替", "For ")) (child(reader, subject)) (reader.say("点的", "")) } (list(app, reader, visitor, subject, mine)) }
                }
            }
            section aria-labelledby="more" {
                h2 #more .rubric { (reader.say("再点一门", "One more")) }
                (form(app, reader, visitor, &family, chosen))
            }
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

/// A child's name, if it is known.
fn child(reader: &Reader, subject: &Subject) -> Markup {
    html! { @match &subject.name { Some(name) => (Said::name(reader, name)), None => (reader.say("孩子", "a child")) } }
}

fn list(app: &App, reader: &Reader, visitor: &Visitor, subject: &Subject, mine: &[Mine]) -> Markup {
    html! {
        @if mine.is_empty() {
            p { (reader.say("您还没有点课。", "You have not wished for anything yet.")) }
        } @else {
            ul .device-list {
                @for Mine { wish, order } in mine {
                    li {
                        div {
                            strong { (course_name(app, reader, &order.course)) }
                            p .fine { (community(app, reader, &order.community)) " · " (order.age.label().get(reader.lang)) " · "
                                (reader.say(format!("共{}人点", order.people), format!("wished for by {}", order.people))) }
                            p .fine { (outcome(app, reader, order)) }
                        }
                        form action="/menu/wishes/withdraw" method="post" {
                            input type="hidden" name="csrf" value=(visitor.csrf());
                            @if subject.person != visitor.session.person { input type="hidden" name="for" value=(subject.person.as_str()); }
                            input type="hidden" name="wish" value=(wish.number);
                            button .quiet-button type="submit" aria-label=(reader.say(
                                format!("撤回：{}", plain_name(app, reader, &order.course)),
                                format!("Take back: {}", plain_name(app, reader, &order.course)),
                            )) { (reader.say("撤回", "Take back")) }
                        }
                    }
                }
            }
        }
    }
}

fn form(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    family: &[(Subject, Vec<Mine>)],
    chosen: Option<&str>,
) -> Markup {
    let city = app.city();
    // Communities by street, as people look for theirs.
    let mut streets: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for place in city.menu.communities() {
        if let Some(found) = city.places.get(place) {
            let street = found.parent.and_then(|parent| city.places.get(parent));
            let street = street.map_or("", |street| street.name.get(reader.lang));
            let name = found.name.get(reader.lang).to_owned();
            let all = streets.entry(street.to_owned()).or_default();
            all.push((found.code.clone(), name));
        }
    }
    html! {
        form .entry action="/menu/wishes" method="post" {
            input type="hidden" name="csrf" value=(visitor.csrf());
            @if family.len() > 1 {
                div .field {
                    label for="for" { (reader.say("替谁点", "For whom")) }
                    select #for name="for" {
                        @for (subject, _) in family {
                            @if subject.person == visitor.session.person { option value=(subject.person.as_str()) { (reader.say("我自己", "myself")) } }
                            @else { option value=(subject.person.as_str()) { (reader.say("孩子：", "child: ")) (subject.name.as_deref().unwrap_or_else(|| reader.say("未写姓名", "no name given"))) } }
                        }
                    }
                }
            }
            div .field {
                label for="course" { (reader.say("课程", "Course")) }
                select #course name="course" required {
                    @for course in &city.menu.courses {
                        option value=(course.id) selected[chosen == Some(course.id.as_str())] { (course.name.get(reader.lang)) (reader.say("，", ", ")) (ages(reader, course)) }
                    }
                }
            }
            div .field {
                label for="community" { (reader.say("社区", "Community")) }
                select #community name="community" required {
                    option value="" { (reader.say("请选", "Choose")) }
                    @for (street, communities) in &streets {
                        optgroup label=(street) {
                            @for (code, name) in communities { option value=(code) { (name) } }
                        }
                    }
                }
            }
            div .field {
                label for="age" { (reader.say("年龄段", "Age group")) }
                select #age name="age" required {
                    option value="" { (reader.say("请选", "Choose")) }
                    @for age in AgeGroup::ALL { option value=(age.key()) { (age.label().get(reader.lang)) } }
                }
            }
            button .button type="submit" { (reader.say("点这门课", "Wish for it")) }
        }
    }
}

/// A course's name in the reader's language.
fn name<'a>(reader: &Reader, course: &'a Course) -> Said<'a> {
    Said::name(reader, course.name.get(reader.lang))
}

fn plain_name(app: &App, reader: &Reader, id: &str) -> String {
    let menu = &app.city().menu;
    let course = menu.course(id).and_then(|at| menu.courses.get(at));
    course
        .map_or(id, |course| course.name.get(reader.lang))
        .to_owned()
}

/// A course by its id; one that the menu no longer has is shown by it.
pub fn course_name(app: &App, reader: &Reader, id: &str) -> Markup {
    mixed(reader, &plain_name(app, reader, id))
}

/// `6至12岁` / `6 to 12`.
fn ages(reader: &Reader, course: &Course) -> String {
    match course.ages {
        (0, 120) => reader.say("不限", "all ages").to_owned(),
        (from, 120) => reader.say(format!("{from}岁及以上"), format!("{from} and over")),
        (0, to) => reader.say(format!("{to}岁及以下"), format!("up to {to}")),
        (from, to) => reader.say(format!("{from}至{to}岁"), format!("{from} to {to}")),
    }
}

/// A community by its code.
pub fn community(app: &App, reader: &Reader, code: &str) -> Markup {
    let city: &City = app.city();
    let found = city.places.by_code(code).and_then(|id| city.places.get(id));
    html! {
        @match found {
            Some(place) => a href={ "/places/" (place.code) } { (Said::name(reader, place.name.get(reader.lang))) },
            None => (code),
        }
    }
}

/// What an order was answered.
fn outcome(app: &App, reader: &Reader, order: &Order) -> Markup {
    match order.answer.as_ref().map(|answered| &answered.answer) {
        None => {
            html! { span .badge .depends { (reader.say("等排课", "waiting for a timetable")) } }
        }
        Some(Answer::Given { session }) => html! {
            span .badge .yes { (reader.say("排上了", "given")) } " " time { (session) }
        },
        Some(Answer::NotGiven { why }) => html! {
            span .badge .no { (reader.say("没排上", "not given")) } " " (reason(app, reader, why))
        },
    }
}

/// Why an order is not given.
pub fn reason(app: &App, reader: &Reader, why: &Why) -> Markup {
    html! {
        @match why {
            Why::TooFew { needed } => (reader.say(format!("人数不够，要满{needed}人"), format!("too few; {needed} are needed"))),
            Why::NoTeacher => (reader.say("没有教这门课的老师", "nobody teaches it")),
            Why::NoRoom => (reader.say("社区没有场地", "the community has no room")),
            Why::NoTime => (reader.say("老师和场地的空闲时间凑不到一起", "teacher and room are never free at once")),
            Why::Taken { course, community: place } => {
                (reader.say("老师或场地排给了别的课：", "teacher or room went to ")) (course_name(app, reader, course)) " · " (community(app, reader, place))
            }
            Why::TeachersFull => (reader.say("教这门课的老师已经排满", "its teachers give as many as they can")),
        }
    }
}
