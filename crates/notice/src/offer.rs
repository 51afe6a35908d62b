//! Offers: places at certain times, given out to those who may come.

use crate::condition::Condition;
use crate::gazetteer::PlaceId;
use crate::label::Label;
use crate::text::ClauseIndex;
use crate::time::{Hours, Period, When};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Projects that one offer may have.
pub const PROJECTS_MAX: usize = 64;
/// Lines of `sessions`, and tables of `dates`, that one offer may have.
pub const LINES_MAX: usize = 1_000;
/// Questions that one offer may ask.
pub const QUESTIONS_MAX: usize = 20;
/// What one question may let people choose between.
pub const CHOICES_MAX: usize = 50;
/// Persons that one booking may be for.
pub const PARTY_MAX: u32 = 100;
/// Places that one slot may have.
pub const CAPACITY_MAX: u32 = 1_000_000;

/// One `offer` block.
///
/// What is booked is a *slot*: one session, of one project if there are projects.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The word after `offer`, unique among the rules and offers of its notice.
    pub name: String,
    /// Who may sign up.
    pub who: Condition,
    /// Of what is known of a person only that counts which an office has confirmed.
    pub confirmed: bool,
    /// Who is shown the slots.
    pub seen_by: SeenBy,
    /// Where it takes place; `None` is somewhere in the city.
    pub place: Option<PlaceId>,
    /// The room there. Two slots cannot have one room of one place at once.
    pub room: Option<String>,
    /// What one chooses between; empty if only one thing is offered.
    pub projects: Vec<Project>,
    /// Recurring sessions: each line has days and hours, and each of its hours is a session of each day.
    pub sessions: Vec<When>,
    /// Recurring sessions lie in this part of the notice's term; `None` is all of it.
    pub during: Option<Period>,
    /// Sessions of certain days.
    pub dates: Vec<Dated>,
    /// Each of the hours is cut into sessions so long, in which people may enter; whoever has entered may stay.
    pub every: Option<Minutes>,
    /// How many may be inside at once.
    pub ground: Option<Ground>,
    /// Places in a slot, unless its project or date says otherwise.
    pub capacity: u32,
    /// Persons that one booking may be for; each takes a place.
    pub party: u32,
    /// What is asked of whoever signs up, in the order of the text.
    pub questions: Vec<Question>,
    /// When one may sign up: half-open.
    pub sign_up: Period,
    /// How places are given.
    pub give: Give,
    /// A person takes one project only in one session (`one = "project per slot"`).
    pub one_project_per_slot: bool,
    /// Slots that one person may hold at once.
    pub limit: Option<u32>,
    /// What happens when a slot is full; `None` has no waiting list.
    pub waiting: Option<Waiting>,
    /// How long before a session one can still cancel; without it, until it begins.
    pub cancel_by: Minutes,
    /// What follows from not coming.
    pub no_show: Option<NoShow>,
    /// The hours that a person can collect, as the offer promises or demands.
    pub hours: Option<Minutes>,
    /// The source gives no figure: a demo value, shown as such.
    pub demo: bool,
    /// The clause it stands under.
    pub clause: ClauseIndex,
    /// Where its parts stand in the text.
    pub spans: OfferSpans,
}

/// A length of time in whole minutes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct Minutes(pub u32);

/// One of the things that an offer lets people choose between.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its key: `offer/project` is its address.
    pub name: String,
    /// As it is shown.
    pub label: Label,
    /// Who may sign up for it, beside what the offer asks.
    pub who: Condition,
    /// Its own place.
    pub place: Option<PlaceId>,
    /// Its own room.
    pub room: Option<String>,
    /// Its own number of places in a slot.
    pub capacity: Option<u32>,
    /// Where it stands in the text (bytes).
    pub span: Range<usize>,
}

/// Sessions of one day.
#[derive(Debug, Clone)]
pub struct Dated {
    /// The day they begin on.
    pub on: Date,
    /// Each is a session.
    pub hours: Vec<Hours>,
    /// Positions of the projects that take place; empty is all of them.
    pub projects: Vec<usize>,
    /// The room for these sessions.
    pub room: Option<String>,
    /// Places in each of these slots.
    pub capacity: Option<u32>,
    /// Where it stands in the text (bytes).
    pub span: Range<usize>,
}

/// Who is shown the slots of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeenBy {
    /// Everybody.
    All,
    /// Those only who may sign up, their guardians, and staff whom the powers let see bookings.
    Eligible,
}

/// How many may be inside at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// How many.
    pub places: u32,
    /// How long after entering somebody is counted as inside.
    pub stay: Minutes,
}

/// One thing that is asked of whoever signs up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its key.
    pub name: String,
    /// As it is asked.
    pub label: Label,
    /// What answers it.
    pub wanted: Wanted,
    /// One may leave it unanswered.
    pub optional: bool,
    /// Where it stands in the text (bytes).
    pub span: Range<usize>,
}

/// What answers a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A yes, which an accepted guardian must give.
    Consent,
    /// Yes or no.
    YesNo,
    /// One of these.
    Choice(Vec<Choice>),
    /// A few words of one's own.
    Text,
}

/// One of the answers that a question lets people choose between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its key.
    pub name: String,
    /// As it is shown.
    pub label: Label,
}

/// How places are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Give {
    /// In the order of signing up.
    FirstCome,
    /// By a draw among all who signed up in time.
    Draw,
}

/// A waiting list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How long an offered place is kept for whoever it is offered to.
    pub offer: Minutes,
    /// How many may wait for one slot.
    pub places: u32,
}

/// What follows from not coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoShow {
    /// How long after the beginning somebody who has not checked in counts as not having come.
    pub after: Minutes,
    /// After how many times, and for how long, a person may not sign up; `None` only counts.
    pub bar: Option<(u32, Minutes)>,
}

/// Where the parts of an offer stand in the text (bytes); empty if absent.
#[derive(Debug, Clone, Default)]
pub struct OfferSpans {
    /// The whole fenced block.
    pub block: Range<usize>,
    /// The name after `offer`.
    pub name: Range<usize>,
    /// The value of `who`.
    pub who: Range<usize>,
    /// The value of `where`.
    pub place: Range<usize>,
    /// The value of `room`.
    pub room: Range<usize>,
    /// The value of `sessions`.
    pub sessions: Range<usize>,
    /// The value of `during`.
    pub during: Range<usize>,
    /// The value of `ground`.
    pub ground: Range<usize>,
    /// The value of `sign_up`.
    pub sign_up: Range<usize>,
    /// The value of `one`.
    pub one: Range<usize>,
    /// The value of `limit`.
    pub limit: Range<usize>,
    /// The value of `hours`.
    pub hours: Range<usize>,
}
