//! `/offers/{notice}/{offer}/book`: one slot, for oneself or a child: what it asks, then the booking.
//!
//! What people say of themselves is sent by POST from step to step and stands in no address. What is asked is what the
//! offer's own diagram still depends on, and nothing else.

use super::hidden::{self, Lack};
use super::{confirm, words};
use crate::app::App;
use crate::bookings::subject::{self, Family, Known, Subject};
use crate::bookings::{Bookings, Fill, Ready, Stopped};
use crate::failure::Failure;
use crate::pages::sign_in::faced;
use crate::params::Params;
use crate::people::{self, Asked, Visitor, led, ours};
use crate::reader::Reader;
use crate::state;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use decide::Answer;
use forms::booking::rows::{Booking, Status, found};
use forms::booking::{Answers, Offered, Refused, SignUp, Told, Why};
use ledger::given::SystemChance;
use ledger::name::Person;
use ledger::store::{AnyReader, Read as _};
use notice::offer::Give;
use notice::{Facts, Label};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bookings of a person that are looked through for the slot at hand.
const LOOKED_AT_MAX: usize = 500;

/// What the page is made from.
pub struct Step<'a> {
    pub app: &'a App,
    pub reader: &'a Reader,
    pub visitor: &'a Visitor,
    pub ready: &'a Ready,
    pub slot: &'a Offered,
    pub found: Found,
    /// What was answered on these pages.
    pub answers: Facts,
    /// What was typed for the offer's own questions, by their keys.
    pub given: BTreeMap<String, String>,
    /// For how many.
    pub party: u32,
}

/// What the ledger has about it.
pub struct Found {
    pub family: Family,
    pub subject: Subject,
    pub known: Known,
    pub fill: Option<Fill>,
    /// Their bookings, whatever has become of them.
    pub standing: Vec<Booking>,
    pub answer: Option<Answer>,
    /// Whether the slot is shown to them at all.
    pub is_seen: bool,
}

/// `GET /offers/{notice}/{offer}/book`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, name)): Path<(String, String)>,
    params: Params,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (ready, slot) = named(&app, &slug, &name, &params)?;
    let answers = Facts::default();
    let found = find(&app, &visitor, slot, params.get("for"), &answers).await?;
    if !found.is_seen {
        return Ok(hidden::page(&app, &reader, ready, Lack::of(&found.family)));
    }
    let step = Step {
        app: &app,
        reader: &reader,
        visitor: &visitor,
        ready,
        slot,
        found,
        answers,
        given: BTreeMap::new(),
        party: 1,
    };
    Ok(confirm::page(&step, None))
}

/// `POST /offers/{notice}/{offer}/book`: one more answer, one fact taken back, or the booking itself.
pub async fn step(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Path((slug, name)): Path<(String, String)>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let (ready, slot) = named(&app, &slug, &name, &fields)?;
    // A change of language comes back to the slot, but not to what was said.
    reader.here = words::book(ready, &slot.key);
    let answers = fields
        .get("s")
        .and_then(|token| state::read(app.fingerprint, app.city(), token));
    let answers = answers.unwrap_or_default();
    let whom = fields.get("for");
    let now = app.clock.now();
    if let Some(attribute) = fields.get("drop") {
        let family = family(&app, &visitor).await?;
        let subject = family.find(whom).ok_or(Failure::NotFound)?;
        let actor = &visitor.session.person;
        let back = visitor
            .people
            .take_fact_back(actor, &subject.person, attribute, now);
        match back.await {
            // What is not there any more, or an office's word, stays as the page then shows it.
            Ok(()) | Err(people::Stopped::Refused(_)) => {}
            Err(people::Stopped::Failure(failure)) => return Err(failure),
            Err(_) => {}
        }
    }
    let found = find(&app, &visitor, slot, whom, &answers).await?;
    if !found.is_seen {
        return Ok(hidden::page(&app, &reader, ready, Lack::of(&found.family)));
    }
    let typed = fields.iter().filter_map(|(key, value)| {
        let key = key.strip_prefix("q-")?;
        Some((key.to_owned(), value.trim().to_owned()))
    });
    let mut step = Step {
        app: &app,
        reader: &reader,
        visitor: &visitor,
        ready,
        slot,
        found,
        answers,
        given: typed.collect(),
        party: fields
            .get("party")
            .and_then(|n| n.parse().ok())
            .unwrap_or(1),
    };
    if fields.get("book").is_none() {
        return Ok(confirm::page(&step, None));
    }
    if !ready.notice.in_force.contains(reader.now) {
        return Ok(faced(confirm::page(&step, None), StatusCode::CONFLICT));
    }
    let person = step.found.subject.person.clone();
    let told: Told = step.found.known.told.clone();
    let mut command = SignUp::new(
        &ready.offering,
        slot.key.clone(),
        person.clone(),
        Some(told),
    )
    .for_party(step.party);
    if !ready.offering.questions().is_empty() {
        match answered(&step).await? {
            Ok(answers) => command = command.answering(answers),
            Err(wrong) => {
                let shown = confirm::asked_again(&step, &wrong);
                return Ok(faced(shown, StatusCode::UNPROCESSABLE_ENTITY));
            }
        }
    }
    let bookings = &visitor.people.bookings;
    let actor = &visitor.session.person;
    match bookings.ask(&ready.offering, actor, now, command).await {
        Ok(number) => {
            if fields.get("keep").is_some() {
                keep(&app, &visitor, &person, &step.answers).await?;
            }
            Ok(led(&format!("/me/bookings/{number:012}?done=booked")))
        }
        Err(Stopped::Refused(refused)) => {
            // Somebody may have been quicker since the page's figures were read: beside the refusal stand those of now.
            step.found = find(&app, &visitor, slot, whom, &step.answers).await?;
            Ok(refuse(&step, *refused))
        }
        Err(Stopped::Failure(failure)) => Err(failure),
    }
}

/// Checks and seals what was typed for the offer's own questions; or says what is wrong with it.
async fn answered(step: &Step<'_>) -> Result<Result<Answers, Label>, Failure> {
    let (offering, given) = (step.ready.offering.clone(), step.given.clone());
    let person = step.found.subject.person.clone();
    let bookings = &step.visitor.people.bookings;
    bookings
        .read(move |reader| {
            let sealed = Answers::seal(&offering, reader, &mut SystemChance, &person, &given);
            match sealed {
                Ok(answers) => Ok(Ok(answers)),
                // What failed may hold what was answered, and the server's log tells nothing of anybody.
                Err(wrong) => wrong
                    .label()
                    .map(Err)
                    .ok_or_else(|| Failure::Ours("what was answered cannot be sealed".to_owned())),
            }
        })
        .await
}

/// Says why not, where the person is; a second press of the same button leads to the booking that the first one made.
fn refuse(step: &Step<'_>, refused: Refused) -> Response {
    match refused.why {
        Why::Already { booking } => led(&format!("{}?done=already", words::booking(&booking))),
        why => faced(confirm::page(step, Some(&why)), StatusCode::CONFLICT),
    }
}

/// The offer and the slot that are meant.
fn named<'a>(
    app: &'a App,
    slug: &str,
    name: &str,
    params: &Params,
) -> Result<(&'a Ready, &'a Offered), Failure> {
    let (_, ready) = app.offers.find(slug, name).ok_or(Failure::NotFound)?;
    let slot = params.get("at").and_then(|short| ready.slot(short));
    Ok((ready, slot.ok_or(Failure::NotFound)?))
}

async fn family(app: &Arc<App>, visitor: &Visitor) -> Result<Family, Failure> {
    let house = app.clone();
    let person = visitor.session.person.clone();
    let bookings = &visitor.people.bookings;
    bookings
        .read(move |reader| Family::read(&house, reader, &person))
        .await
}

async fn find(
    app: &Arc<App>,
    visitor: &Visitor,
    slot: &Offered,
    whom: Option<&str>,
    answers: &Facts,
) -> Result<Found, Failure> {
    let (house, now, answers) = (app.clone(), app.clock.now(), answers.clone());
    let (key, person) = (slot.key.clone(), visitor.session.person.clone());
    let whom = whom.map(str::to_owned);
    let bookings: &Arc<Bookings> = &visitor.people.bookings;
    bookings
        .read(move |reader| {
            let spot = house
                .offers
                .spot(&key)
                .and_then(|spot| house.offers.at(spot));
            let (ready, slot) = spot.ok_or(Failure::NotFound)?;
            let mut family = Family::read(&house, reader, &person)?;
            let seeing = hidden::seeing(&house, reader, ready, &family)?;
            // Somebody for whom they may not act is nobody here. Who names nobody means the first to whom the slots are
            // shown: a class's lessons are not the parent's.
            let subject = match &whom {
                None => seeing.first().or(family.find(None)),
                named => family.find(named.as_deref()),
            };
            let subject = subject.cloned().ok_or(Failure::NotFound)?;
            let day = slot.session.from.date();
            let known = Known::read(&house, reader, &subject.person, day, &answers)?;
            let counted = known.told.counted_by(&ready.offering).clone();
            let answer = ready.offering.eligible(&key, counted);
            let is_seen = ready
                .offering
                .is_seen_by(&subject.person, Some(&known.told));
            if is_seen {
                family.all = seeing;
            }
            Ok(Found {
                is_seen,
                fill: Fill::read(reader, &ready.offering, &key, now)?,
                standing: standing(reader, &subject.person)?,
                family,
                subject,
                known,
                answer,
            })
        })
        .await
}

/// A person's bookings.
fn standing(reader: &AnyReader, person: &Person) -> Result<Vec<Booking>, Failure> {
    let Some(by) = found("booking.person", person.as_str()) else {
        return Ok(Vec::new());
    };
    let items = reader.find(&by, None, LOOKED_AT_MAX).map_err(ours)?;
    let bookings = items
        .iter()
        .map(|item| item.read::<Booking>().map_err(ours));
    bookings.collect()
}

/// Keeps what was answered for the next time, as far as it does not change with time.
async fn keep(
    app: &App,
    visitor: &Visitor,
    person: &Person,
    answers: &Facts,
) -> Result<(), Failure> {
    let actor = &visitor.session.person;
    for said in people::said(answers, &app.city().vocabulary) {
        let kept = visitor
            .people
            .state_fact(actor, person, said, app.clock.now());
        if let Err(people::Stopped::Failure(failure)) = kept.await {
            return Err(failure);
        }
    }
    Ok(())
}

impl Step<'_> {
    /// What a choice says beyond what is kept: the answers so far, and this one.
    pub fn with(&self, choice: &Facts) -> String {
        let base = self.found.known.told.facts();
        let new = subject::beyond(base, choice);
        state::write(self.app.fingerprint, &self.answers.clone().and(new))
    }

    /// Why nothing can be had now, before anything is asked.
    pub fn closed(&self) -> Option<Why> {
        let fill = self.found.fill.as_ref()?;
        words::closed(self.app, self.ready, self.slot, fill)
    }

    /// A booking of theirs that stands in the way, said before they press: the ledger would refuse it for the same reason.
    pub fn in_the_way(&self) -> Option<Why> {
        let (slot, offering) = (self.slot, &self.ready.offering);
        let others = || self.found.standing.iter().filter(|b| b.slot != slot.key);
        let same_session = |booking: &&Booking| {
            is_alive(booking)
                && booking.offer == *offering.key()
                && (booking.from, booking.to) == (slot.from, slot.to)
        };
        let one = self.ready.offer().one_project_per_slot;
        if let Some(other) = others().find(same_session).filter(|_| one) {
            let slot = other.slot.clone();
            return Some(Why::OneProject { slot });
        }
        let overlaps = |booking: &&Booking| {
            booking.holds_place() && booking.from < slot.to && slot.from < booking.to
        };
        let other = others().find(overlaps)?;
        let civil = |at| self.app.city().zone.to_datetime(at);
        Some(Why::Clash {
            slot: other.slot.clone(),
            from: civil(other.from),
            to: civil(other.to),
        })
    }

    /// A booking of the slot that the person has.
    pub fn has(&self) -> Option<&Booking> {
        let mut all = self.found.standing.iter();
        all.find(|booking| booking.slot == self.slot.key && is_alive(booking))
    }

    /// Whether places are drawn.
    pub fn is_drawn(&self) -> bool {
        self.ready.offer().give == Give::Draw
    }
}

/// Whether a booking is, or can still become, a place.
fn is_alive(booking: &Booking) -> bool {
    matches!(
        booking.status,
        Status::Entered
            | Status::Waiting { .. }
            | Status::Offered { .. }
            | Status::Booked
            | Status::Here { .. }
    )
}
