//! From wishes to a timetable and from it to the notice: the city's menu, the orders and the times in question make the
//! problem; what was found becomes answers to those who wished, and `offer` blocks for the notice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use city::City;
use city::slot::Session;
use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};
use ledger::name::Key;
use notice::{PlaceId, When};

use super::rows::{Answer, Order, Why};
use super::timetable::{self, Problem, Score, Solution, TooLarge, Unmet};

/// Days that one timetable covers at most.
const DAYS_MAX: i32 = 400;

/// By what a timetable is made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The first day.
    pub from: Date,
    /// The last.
    pub until: Date,
    /// At which times sessions can be: lines as in a notice, each of whose hours is one.
    pub times: Vec<When>,
    /// How many must wish for a course in a community for it to be given.
    pub needed: u32,
    /// The same seed gives the same timetable.
    pub seed: u64,
    /// Steps that each part of the search may take.
    pub steps: u64,
}

/// A proposed timetable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timetable {
    /// What is given, by session.
    pub given: Vec<Given>,
    /// What is not, by order.
    pub not_given: Vec<NotGiven>,
    /// How many wishes it meets, and how many clashes it has.
    pub score: Score,
    /// How many wishes there are.
    pub wishes: u64,
    /// Whether it is certain that none is better.
    pub is_best: bool,
}

/// An order that is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Which.
    pub order: Key,
    /// Position of the course in the menu.
    pub course: usize,
    /// Position of the teacher in the menu.
    pub teacher: usize,
    /// Position of the room in the menu.
    pub room: usize,
    /// When.
    pub session: Session,
    /// How many wished it.
    pub people: u32,
}

/// An order that is not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotGiven {
    /// Which.
    pub order: Key,
    /// Why.
    pub why: Why,
    /// A session of the same course elsewhere that has places left: its position in what is given.
    pub elsewhere: Option<usize>,
}

/// A timetable cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPlanned {
    /// Two of the times overlap.
    #[error("{0} and {1} overlap: give times that follow one another")]
    Overlap(Session, Session),
    /// More days than a timetable covers, or none.
    #[error("a timetable covers 1 to {DAYS_MAX} days: choose other days")]
    Days,
    /// Too much at once.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// Proposes a timetable for orders. An order for something that the menu no longer has is not given.
///
/// # Errors
/// [`NotPlanned`].
pub fn propose(city: &City, orders: &[Order], wanted: &Wanted) -> Result<Timetable, NotPlanned> {
    let sessions = sessions(city, wanted)?;
    let menu = &city.menu;
    let communities = menu.communities();
    let free = |free: &[When]| -> BTreeSet<usize> {
        let times = sessions.iter().enumerate();
        let times = times.filter(|(_, session)| city.has_time(free, session));
        times.map(|(at, _)| at).collect()
    };
    let known = |order: &Order| {
        let place = city.places.by_code(&order.community);
        let community = place.and_then(|place| communities.iter().position(|c| *c == place));
        Some((menu.course(&order.course)?, community?))
    };
    let (mut problem, mut asked, mut not_given) = (Problem::default(), Vec::new(), Vec::new());
    for order in orders {
        let refused = |why| NotGiven {
            order: order.key.clone(),
            why,
            elsewhere: None,
        };
        match known(order) {
            _ if order.people < wanted.needed => {
                let needed = wanted.needed;
                not_given.push((order, refused(Why::TooFew { needed })));
            }
            None => not_given.push((order, refused(Why::NoTeacher))),
            Some((course, community)) => {
                problem.orders.push(timetable::Order {
                    people: order.people,
                    course,
                    community,
                    age: order.age,
                });
                asked.push(order);
            }
        }
    }
    problem.teachers = menu
        .teachers
        .iter()
        .map(|teacher| timetable::Teacher {
            courses: teacher.courses.iter().copied().collect(),
            free: free(&teacher.free),
            most: teacher.most,
        })
        .collect();
    let position = |place: PlaceId| communities.iter().position(|c| *c == place);
    problem.rooms = menu
        .rooms
        .iter()
        .map(|room| timetable::Room {
            community: position(room.place).unwrap_or_default(),
            places: room.places,
            free: free(&room.free),
        })
        .collect();
    let solution = timetable::solve(&problem, wanted.seed, wanted.steps)?;
    let reasons = timetable::unmet(&problem, &solution)?;
    let given = given(&problem, &solution, &asked, &sessions);
    not_given.extend(reasons.into_iter().filter_map(|(at, unmet)| {
        let order = *asked.get(at)?;
        let refused = NotGiven {
            order: order.key.clone(),
            why: why(unmet, &asked),
            elsewhere: None,
        };
        Some((order, refused))
    }));
    not_given.sort_by(|(a, _), (b, _)| a.key.cmp(&b.key));
    let not_given = not_given.into_iter().map(|(order, mut refused)| {
        refused.elsewhere = given.iter().position(|session| {
            let places = menu.rooms.get(session.room).map_or(0, |room| room.places);
            menu.course(&order.course) == Some(session.course) && session.people < places
        });
        refused
    });
    Ok(Timetable {
        not_given: not_given.collect(),
        given,
        score: solution.score,
        wishes: orders.iter().map(|order| u64::from(order.people)).sum(),
        is_best: solution.is_best,
    })
}

fn given(
    problem: &Problem,
    solution: &Solution,
    asked: &[&Order],
    sessions: &[Session],
) -> Vec<Given> {
    let all = solution.given.iter().zip(&problem.orders).zip(asked);
    let mut given: Vec<Given> = all
        .filter_map(|((choice, order), asked)| {
            let choice = (*choice)?;
            Some(Given {
                order: asked.key.clone(),
                course: order.course,
                teacher: choice.teacher,
                room: choice.room,
                session: *sessions.get(choice.time)?,
                people: order.people,
            })
        })
        .collect();
    given.sort_by(|a, b| (a.session, &a.order).cmp(&(b.session, &b.order)));
    given
}

fn why(unmet: Unmet, asked: &[&Order]) -> Why {
    match unmet {
        Unmet::NoTeacher => Why::NoTeacher,
        Unmet::NoRoom => Why::NoRoom,
        Unmet::NoTime => Why::NoTime,
        Unmet::Taken { by } => {
            // The largest says the most.
            let taken = by.iter().filter_map(|at| asked.get(*at));
            match taken.max_by_key(|order| (order.people, &order.key)) {
                Some(order) => Why::Taken {
                    course: order.course.clone(),
                    community: order.community.clone(),
                },
                None => Why::TeachersFull,
            }
        }
    }
}

/// The times in question, one after the other.
fn sessions(city: &City, wanted: &Wanted) -> Result<Vec<Session>, NotPlanned> {
    let days = wanted.until.since(wanted.from).map(|span| span.get_days());
    if !days.is_ok_and(|days| (0..DAYS_MAX).contains(&days)) {
        return Err(NotPlanned::Days);
    }
    let mut sessions = BTreeSet::new();
    for day in wanted.from.series(Span::new().days(1)) {
        if day > wanted.until {
            break;
        }
        let midnight = day.at(0, 0, 0, 0);
        let at = |minute: u16| midnight.checked_add(i64::from(minute).minutes());
        for line in &wanted.times {
            for hours in &line.hours {
                let night = if hours.to < hours.from { 24 * 60 } else { 0 };
                if let (Ok(from), Ok(to)) = (at(hours.from.0), at(hours.to.0 + night)) {
                    let session = Session { from, to };
                    if city.has_time(std::slice::from_ref(line), &session) {
                        sessions.insert(session);
                    }
                }
            }
        }
    }
    let sessions: Vec<Session> = sessions.into_iter().collect();
    let beside = sessions.iter().zip(sessions.iter().skip(1));
    for (one, next) in beside {
        if one.overlaps(next) {
            return Err(NotPlanned::Overlap(*one, *next));
        }
    }
    Ok(sessions)
}

impl Timetable {
    /// The answers to all orders, as [`super::AnswerWishes`] gives them.
    #[must_use]
    pub fn answers(&self) -> Vec<(Key, Answer)> {
        let given = self.given.iter().map(|given| {
            let session = given.session.to_string();
            (given.order.clone(), Answer::Given { session })
        });
        let not_given = self.not_given.iter().map(|refused| {
            let why = refused.why.clone();
            (refused.order.clone(), Answer::NotGiven { why })
        });
        given.chain(not_given).collect()
    }

    /// The sessions as `offer` blocks, one for each community: the text that makes them bookable once the notice has it.
    /// Residents sign up from `opens` until a session begins.
    #[must_use]
    pub fn blocks(&self, city: &City, opens: DateTime) -> String {
        let menu = &city.menu;
        let mut by_place: BTreeMap<PlaceId, Vec<&Given>> = BTreeMap::new();
        for given in &self.given {
            if let Some(room) = menu.rooms.get(given.room) {
                by_place.entry(room.place).or_default().push(given);
            }
        }
        let mut text = String::new();
        for (place, sessions) in by_place {
            let code = city
                .places
                .get(place)
                .map_or("", |place| place.code.as_str());
            let largest = sessions
                .iter()
                .filter_map(|given| menu.rooms.get(given.room));
            let largest = largest.map(|room| room.places).max().unwrap_or(1);
            if !text.is_empty() {
                text.push('\n');
            }
            let _ = writeln!(text, "{}：\n", city.places.path(place));
            let _ = writeln!(
                text,
                "```offer at-{code}\nwhere    = {code:?}\ndates    = ["
            );
            for given in &sessions {
                let (Some(course), Some(room)) =
                    (menu.courses.get(given.course), menu.rooms.get(given.room))
                else {
                    continue;
                };
                let (day, from) = (given.session.from.date(), given.session.from);
                let to = given.session.to;
                let _ = writeln!(
                    text,
                    "    {{ on = {day}, hours = \"{}-{}\", projects = [{:?}], room = {:?}, capacity = {} }},",
                    from.strftime("%H:%M"),
                    to.strftime("%H:%M"),
                    course.id,
                    room.name,
                    room.places,
                );
            }
            let opens = opens.strftime("%Y-%m-%dT%H:%M");
            let _ = writeln!(
                text,
                "]\ncapacity = {largest}\nsign_up  = \"{opens}/\"\ndemo     = true\n\n[projects]"
            );
            let courses: BTreeSet<usize> = sessions.iter().map(|given| given.course).collect();
            for course in courses.iter().filter_map(|at| menu.courses.get(*at)) {
                let (from, to) = course.ages;
                let who = match (from, to) {
                    (0, 120) => String::new(),
                    (0, to) => format!(", who = \"个人 且 年龄 <= {to} 岁\""),
                    (from, 120) => format!(", who = \"个人 且 年龄 >= {from} 岁\""),
                    (from, to) => format!(", who = \"个人 且 年龄 介于 {from} 岁 与 {to} 岁\""),
                };
                let (zh, en) = (&course.name.zh, &course.name.en);
                let _ = writeln!(text, "{} = {{ zh = {zh:?}, en = {en:?}{who} }}", course.id);
            }
            text.push_str("```\n");
        }
        text
    }
}
