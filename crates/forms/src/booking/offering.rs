//! An offer made ready to take commands: its slots by name, its times as instants, its rules in numbers.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use city::City;
use city::slot::Session;
use decide::eligibility::address;
use decide::{Answer, Eligibility, Whereabouts};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ledger::name::{self, Key, Person, TextVersion};
use notice::offer::{Give, Minutes, NoShow, Offer, Question, SeenBy, Waiting};
use notice::rule::ClauseAddress;
use notice::{Facts, Label, Notice, PlaceId};

use super::desk::{earlier, later};
use super::sign_up::{Judged, judge};
use super::told::Told;
use super::under::{Act, Under};

/// Bytes a slot's name may have, so that names made of it and a person still fit the ledger.
const SLOT_BYTES_MAX: usize = 160;
/// How long before a session one can check in. The minutes before it do not count.
const EARLY: SignedDuration = SignedDuration::from_mins(60);

/// One offer of one version of a notice's text, ready to decide commands by.
///
/// It holds what the text says and nothing that happens: who has which place is in the ledger.
#[derive(Debug)]
pub struct Offering {
    pub(super) notice: name::Notice,
    pub(super) text: TextVersion,
    issuer: String,
    /// `library-volunteers#volunteers`.
    pub(super) key: Key,
    pub(super) clause: ClauseAddress,
    pub(super) zone: TimeZone,
    pub(super) opens: Timestamp,
    /// Without it one can sign up until a session begins.
    pub(super) closes: Option<Timestamp>,
    pub(super) give: Give,
    pub(super) party: u32,
    pub(super) questions: Vec<Question>,
    pub(super) confirmed: bool,
    seen_by: SeenBy,
    /// Sessions are for coming in: nobody does before they begin.
    entry: bool,
    pub(super) one: bool,
    pub(super) limit: Option<u32>,
    pub(super) waiting: Option<Waiting>,
    pub(super) cancel_by: Minutes,
    pub(super) no_show: Option<NoShow>,
    pub(super) hours: Option<Minutes>,
    pub(super) eligibility: Arc<Eligibility>,
    projects: Vec<(String, Label)>,
    /// By session, then project.
    slots: Vec<Offered>,
    positions: HashMap<Key, usize>,
}

/// A slot as the text has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its name: `library-volunteers#volunteers/reading@2022-01-15T09:00/12:00`. It stays the same in every version of the text.
    pub key: Key,
    /// The offer's clause, or its project's.
    pub clause: ClauseAddress,
    /// Position of its project in [`Offering::projects`]; `None` if the offer has none.
    pub project: Option<usize>,
    /// When, in the city's civil time.
    pub session: Session,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// Where; `None` is somewhere in the city.
    pub place: Option<PlaceId>,
    /// In which room there.
    pub room: Option<String>,
    /// How many places it has.
    pub capacity: u32,
}

/// Why an offer cannot take commands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOffering {
    /// The notice has no such offer.
    #[error("{0} has no offer `{1}`")]
    NoOffer(String, String),
    /// Its names are too long together.
    #[error(
        "`{0}` is too long for the name of a slot (at most {SLOT_BYTES_MAX} bytes): shorten the names of the offer and its projects"
    )]
    Name(String),
    /// A time lies outside what can be computed with.
    #[error("{0} is no instant that can be computed with")]
    Time(DateTime),
    /// Its sessions recur without end, or are too many.
    #[error("the sessions of {0} are not all known: let the notice end, or give them fewer days")]
    Slots(String),
}

impl Offering {
    /// Makes an offer ready. `eligibility` is of the same city and holds the notice.
    ///
    /// # Errors
    /// [`BadOffering`]. A notice that was proved before it was published gives none of them but [`BadOffering::Name`].
    pub fn new(
        city: &City,
        eligibility: Arc<Eligibility>,
        notice: &Notice,
        offer: &str,
    ) -> Result<Arc<Self>, BadOffering> {
        let found = notice.offers.iter().find(|found| found.name == offer);
        let offer: &Offer =
            found.ok_or_else(|| BadOffering::NoOffer(notice.slug.to_string(), offer.to_owned()))?;
        let clause = address(notice, offer, None);
        let known = city.slots(notice, offer);
        if known.fault.is_some() {
            return Err(BadOffering::Slots(clause.to_string()));
        }
        let instant = |at: DateTime| {
            city.zone
                .to_timestamp(at)
                .map_err(|_| BadOffering::Time(at))
        };
        let mut slots = Vec::with_capacity(known.slots.len());
        let mut positions = HashMap::with_capacity(known.slots.len());
        for slot in known.slots {
            let clause = address(notice, offer, slot.project);
            let key = named(&format!("{clause}@{}", slot.session))?;
            let offered = Offered {
                key: key.clone(),
                clause,
                project: slot.project,
                session: slot.session,
                from: instant(slot.session.from)?,
                to: instant(slot.session.to)?,
                place: slot.place,
                room: slot.room,
                capacity: slot.capacity,
            };
            positions.insert(key, slots.len());
            slots.push(offered);
        }
        let slug = notice.slug.to_string();
        Ok(Arc::new(Self {
            notice: name::Notice::new(&slug).map_err(|_| BadOffering::Name(slug))?,
            text: TextVersion(notice.text_version.0),
            issuer: notice.issuer.clone(),
            key: named(&clause.to_string())?,
            clause,
            zone: city.zone.clone(),
            opens: instant(offer.sign_up.from)?,
            closes: offer.sign_up.until.map(instant).transpose()?,
            give: offer.give,
            party: offer.party,
            questions: offer.questions.clone(),
            confirmed: offer.confirmed,
            seen_by: offer.seen_by,
            entry: offer.every.is_some(),
            one: offer.one_project_per_slot,
            limit: offer.limit,
            waiting: offer.waiting,
            cancel_by: offer.cancel_by,
            no_show: offer.no_show,
            hours: offer.hours,
            eligibility,
            projects: offer
                .projects
                .iter()
                .map(|project| (project.name.clone(), project.label.clone()))
                .collect(),
            slots,
            positions,
        }))
    }

    /// The form that decides commands of a sort by this offer.
    #[must_use]
    pub fn form<A: Act>(self: &Arc<Self>) -> Under<A> {
        Under::new(self.clone())
    }

    /// The offer's address.
    #[must_use]
    pub const fn clause(&self) -> &ClauseAddress {
        &self.clause
    }

    /// The offer's name in items.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// The notice, as commands give it in their origin.
    #[must_use]
    pub const fn notice(&self) -> &name::Notice {
        &self.notice
    }

    /// The version of the notice's text, as commands give it in their origin.
    #[must_use]
    pub const fn text(&self) -> TextVersion {
        self.text
    }

    /// Id of the office that issued the notice.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its slots, by session, then project.
    #[must_use]
    pub fn slots(&self) -> &[Offered] {
        &self.slots
    }

    /// A slot by its name.
    #[must_use]
    pub fn slot(&self, key: &Key) -> Option<&Offered> {
        self.slots.get(self.position(key)?)
    }

    /// Where a slot stands in [`Offering::slots`].
    pub(super) fn position(&self, key: &Key) -> Option<usize> {
        self.positions.get(key).copied()
    }

    /// What people choose between, with the key and the label of each; empty if one thing only is offered.
    #[must_use]
    pub fn projects(&self) -> &[(String, Label)] {
        &self.projects
    }

    /// The hours that the offer promises or asks for, if it does.
    #[must_use]
    pub const fn promised(&self) -> Option<Minutes> {
        self.hours
    }

    /// Persons that one booking may be for.
    #[must_use]
    pub const fn party(&self) -> u32 {
        self.party
    }

    /// Whether only what an office has confirmed counts for the conditions.
    #[must_use]
    pub const fn is_by_confirmed(&self) -> bool {
        self.confirmed
    }

    /// What is asked of whoever signs up, in the order of the text.
    #[must_use]
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Whether places are given by a draw.
    #[must_use]
    pub const fn is_drawn(&self) -> bool {
        matches!(self.give, Give::Draw)
    }

    /// Whether anybody may be shown the slots, even who has not signed in.
    #[must_use]
    pub fn is_seen_by_all(&self) -> bool {
        self.seen_by == SeenBy::All
    }

    /// Whether the slots may be shown to a person, or for a child to an accepted guardian: always, unless the notice shows
    /// them to those only who may sign up for one of them at least.
    #[must_use]
    pub fn is_seen_by(&self, person: &Person, told: Option<&Told>) -> bool {
        if self.is_seen_by_all() {
            return true;
        }
        let mut judged = BTreeSet::new();
        self.slots.iter().any(|slot| {
            let case = (&slot.clause, slot.place, slot.session.from.date());
            judged.insert(case) && matches!(judge(self, &slot.key, person, told), Judged::May)
        })
    }

    /// When one can no longer sign up for a slot.
    #[must_use]
    pub fn closes(&self, slot: &Offered) -> Timestamp {
        self.closes
            .map_or(slot.from, |closes| closes.min(slot.from))
    }

    /// Whether its sessions are for coming in, so that nobody is seen to go.
    #[must_use]
    pub const fn is_entry(&self) -> bool {
        self.entry
    }

    /// When one can first sign up.
    #[must_use]
    pub const fn opens(&self) -> Timestamp {
        self.opens
    }

    /// Whether somebody of whom these facts are known may sign up for a slot, and what to ask next if that depends on more:
    /// what [`super::SignUp`] is decided by. `None` if there is no such slot.
    #[must_use]
    pub fn eligible(&self, slot: &Key, facts: Facts) -> Option<Answer> {
        let slot = self.slot(slot)?;
        let place = slot.place.map_or(Whereabouts::Unsaid, Whereabouts::Within);
        self.eligibility
            .answer(&slot.clause, facts, place, slot.session.from)
    }

    /// Until when a place in a session that begins then can be given back.
    #[must_use]
    pub fn cancel_until(&self, from: Timestamp) -> Timestamp {
        earlier(from, self.cancel_by)
    }

    /// From when, and until when, one can check in to a session of these times: from an hour before it, or from its
    /// beginning if it is for coming in, until not having come in time counts as an absence.
    #[must_use]
    pub fn check_in(&self, from: Timestamp, to: Timestamp) -> Range<Timestamp> {
        let early = if self.entry {
            SignedDuration::ZERO
        } else {
            EARLY
        };
        let begins = from.checked_sub(early).unwrap_or(Timestamp::MIN);
        begins
            ..self
                .no_show
                .map_or(to, |rule| later(from, rule.after).min(to))
    }

    /// The city's civil time of an instant.
    pub(super) fn civil(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }

    /// The city's days that a stretch of time touches: one or two, for a session lasts less than a day.
    pub(super) fn days(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = Date> + use<> {
        let first = self.civil(from).date();
        let end = self.civil(to);
        // A session that ends at midnight does not touch the day that begins then.
        let touches = end.date() > first && end.time() > jiff::civil::Time::midnight();
        std::iter::once(first).chain(touches.then(|| end.date()))
    }
}

fn named(text: &str) -> Result<Key, BadOffering> {
    let key = Key::new(text).ok().filter(|_| text.len() <= SLOT_BYTES_MAX);
    key.ok_or_else(|| BadOffering::Name(text.to_owned()))
}
