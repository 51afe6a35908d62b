//! Slots: the sessions of an offer, day by day, with their projects, rooms and places.

use crate::City;
use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, ToSpan};
use notice::offer::{Minutes, Offer};
use notice::{DaySelector, Hours, Notice, Period, PlaceId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Slots that one offer may have.
pub const SLOTS_MAX: usize = 20_000;
/// Days that one offer's recurring sessions are looked for: ten years.
const DAYS_MAX: i64 = 3_660;

/// A stretch of time at which an offer takes place, half-open, in the city's civil time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Session {
    /// When it begins.
    pub from: DateTime,
    /// When it ends.
    pub to: DateTime,
}

impl Session {
    /// Whether the two have an instant in common.
    #[must_use]
    pub fn overlaps(&self, other: &Session) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// How long it lasts, in minutes.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        let seconds = self.to.duration_since(self.from).as_secs();
        u32::try_from(seconds / 60).unwrap_or(0)
    }
}

impl fmt::Display for Session {
    /// `2022-01-15T09:00/12:00`; an end on another day is written whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = if self.from.date() == self.to.date() {
            "%H:%M"
        } else {
            "%Y-%m-%dT%H:%M"
        };
        write!(
            f,
            "{}/{}",
            self.from.strftime("%Y-%m-%dT%H:%M"),
            self.to.strftime(form)
        )
    }
}

/// What is booked: a session of an offer, of one of its projects if it has projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// When.
    pub session: Session,
    /// Position of the project in its offer.
    pub project: Option<usize>,
    /// Where; `None` is somewhere in the city.
    pub place: Option<PlaceId>,
    /// In which room there.
    pub room: Option<String>,
    /// How many places it has.
    pub capacity: u32,
}

/// The slots of an offer.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    /// By session, then project. A session of `dates` takes the place of a recurring one with the same hours.
    pub slots: Vec<Slot>,
    /// Positions in `dates` of sessions that do not lie in the notice's term. They are no slots.
    pub outside: Vec<usize>,
    /// What keeps the list from being whole.
    pub fault: Option<SlotsFault>,
}

/// Why not all slots of an offer are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotsFault {
    /// Sessions recur in a term without an end.
    NoEnd,
    /// More than [`SLOTS_MAX`] slots, or a term of more than ten years.
    TooMany,
}

impl City {
    /// The slots of one of a notice's offers.
    #[must_use]
    pub fn slots(&self, notice: &Notice, offer: &Offer) -> Slots {
        let mut found = Slots::default();
        // Keyed by session and project, so that what is said twice is one slot.
        let mut slots: BTreeMap<(Session, Option<usize>), Slot> = BTreeMap::new();
        let sessions = self.recurring(notice, offer, &mut found);
        let all: Vec<usize> = (0..offer.projects.len()).collect();
        let mut put = |session: Session, projects: &[usize], room: Option<&String>, places| {
            let chosen: Vec<Option<usize>> = match projects {
                [] => vec![None],
                some => some.iter().copied().map(Some).collect(),
            };
            for project in chosen {
                let own = project.and_then(|at| offer.projects.get(at));
                let slot = Slot {
                    session,
                    project,
                    place: own.and_then(|own| own.place).or(offer.place),
                    room: room
                        .or(own.and_then(|own| own.room.as_ref()))
                        .or(offer.room.as_ref())
                        .cloned(),
                    capacity: Option::or(places, own.and_then(|own| own.capacity))
                        .unwrap_or(offer.capacity),
                };
                slots.insert((session, project), slot);
            }
            slots.len() <= SLOTS_MAX
        };
        let mut room_left = true;
        for session in sessions {
            room_left = room_left && put(session, &all, None, None);
        }
        let term = notice.in_force;
        for (at, dated) in offer.dates.iter().enumerate() {
            let projects = if dated.projects.is_empty() {
                &all
            } else {
                &dated.projects
            };
            for hours in &dated.hours {
                let session = session(dated.on, *hours);
                match session.filter(|session| within(&term, session)) {
                    Some(session) if room_left => {
                        room_left = pieces(session, offer.every)
                            .all(|piece| put(piece, projects, dated.room.as_ref(), dated.capacity));
                    }
                    Some(_) => {}
                    None if found.outside.last() == Some(&at) => {}
                    None => found.outside.push(at),
                }
            }
        }
        if !room_left {
            found.fault = Some(SlotsFault::TooMany);
        }
        found.slots = slots.into_values().take(SLOTS_MAX).collect();
        found
    }

    /// The recurring sessions of an offer that lie in its notice's term.
    fn recurring(&self, notice: &Notice, offer: &Offer, found: &mut Slots) -> BTreeSet<Session> {
        let mut sessions = BTreeSet::new();
        if offer.sessions.is_empty() {
            return sessions;
        }
        let during = offer.during.unwrap_or(notice.in_force);
        let Some(term) = during.intersect(&notice.in_force) else {
            return sessions;
        };
        let first = term.from.date();
        let Some(until) = term.until else {
            found.fault = Some(SlotsFault::NoEnd);
            return sessions;
        };
        let last = first
            .checked_add(Span::new().days(DAYS_MAX))
            .unwrap_or(Date::MAX);
        if until.date() > last {
            found.fault = Some(SlotsFault::TooMany);
        }
        let last = last.min(until.date());
        for line in &offer.sessions {
            // Rules are worked out once, not day by day.
            let recurring: BTreeSet<Date> = line
                .days
                .iter()
                .filter_map(|selector| match selector {
                    DaySelector::Recurring(rule) => Some(rule),
                    _ => None,
                })
                .flat_map(|rule| {
                    let end = last.tomorrow().unwrap_or(last);
                    self.calendar.recurring(rule, first, end)
                })
                .collect();
            let mut day = first;
            while day <= last {
                let meant = line.days.is_empty()
                    || recurring.contains(&day)
                    || line.days.iter().any(|selector| {
                        !matches!(selector, DaySelector::Recurring(_))
                            && self.calendar.picks(selector, day)
                    });
                if meant {
                    let on_day = line.hours.iter().filter_map(|hours| session(day, *hours));
                    let on_day = on_day.flat_map(|session| pieces(session, offer.every));
                    sessions.extend(on_day.filter(|session| within(&term, session)));
                }
                if sessions.len() > SLOTS_MAX {
                    found.fault = Some(SlotsFault::TooMany);
                    return sessions;
                }
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
        sessions
    }
}

fn session(day: Date, hours: Hours) -> Option<Session> {
    let at = |minute: u16| {
        day.to_datetime(Time::midnight())
            .checked_add(i64::from(minute).minutes())
            .ok()
    };
    let night = if hours.to < hours.from { 24 * 60 } else { 0 };
    Some(Session {
        from: at(hours.from.0)?,
        to: at(hours.to.0 + night)?,
    })
}

/// A session cut into pieces of this length, one after the other; itself if there is none. Nothing is left over, for hours
/// are a whole number of pieces.
fn pieces(session: Session, every: Option<Minutes>) -> impl Iterator<Item = Session> {
    let step = every.map_or(session.minutes(), |every| every.0).max(1);
    let next = move |from: &DateTime| from.checked_add(i64::from(step).minutes()).ok();
    std::iter::successors(Some(session.from), next)
        .map_while(move |from| Some((from, next(&from)?)))
        .map(|(from, to)| Session { from, to })
        .take_while(move |piece| piece.to <= session.to)
}

fn within(term: &Period, session: &Session) -> bool {
    term.from <= session.from && term.until.is_none_or(|until| session.to <= until)
}
