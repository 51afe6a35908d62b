//! `/offers/{notice}/{offer}/book`: one slot, for oneself or a child: what it asks, then the booking.
//!
//! What people say of themselves is sent by POST from step to step and stands in no address. What is asked is what the
//! offer's own diagram still depends on, and nothing else.

use super::hidden::{self, Lack};
use super::press::{Outcome, Press, Stop};
use super::{confirm, words};
use crate::app::App;
use crate::bookings::subject::{self, Family, Known, Subject};
use crate::bookings::{Bookings, Fill, Ready};
use crate::failure::Failure;
use crate::pages::sign_in::faced;
use crate::params::Params;
use crate::people::{self, Asked, Sent, Visitor, led, ours};
use crate::reader::Reader;
use crate::state;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use decide::Answer;
use forms::booking::rows::{Booking, Status, found};
use forms::booking::{Offered, Why};
use ledger::name::{Key, Person};
use ledger::store::{AnyReader, Read as _};
use notice::Facts;
use notice::offer::Give;
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
    sent: Sent,
) -> Result<Response, Response> {
    let failed = Failure::into_response;
    let pressed = Press::of(&app, &reader, (&slug, &name), &sent);
    let (asked, stopped) = match pressed {
        None => (sent.asked(&app).await?, None),
        Some(press) => {
            let given = press.give(&app, sent).await?;
            match given.outcome {
                Outcome::Booked(number) => {
                    given.keep(&app).await.map_err(failed)?;
                    return Ok(led(&format!("/me/bookings/{number:012}?done=booked")));
                }
                // A second press of the same button leads to the booking that the first one made.
                Outcome::Stopped(Stop::Refused(Why::Already { booking })) => {
                    return Ok(led(&format!("{}?done=already", words::booking(&booking))));
                }
                Outcome::Stopped(stop) => (given.asked, Some(stop)),
            }
        }
    };
    let (ready, slot) = named(&app, &slug, &name, &asked.fields).map_err(failed)?;
    // A change of language comes back to the slot, but not to what was said.
    reader.here = words::book(ready, &slot.key);
    let shown = shown(&app, &reader, (ready, slot), &asked, stopped).await;
    shown.map_err(failed)
}

/// The page after a step that has led to no booking, with why.
async fn shown(
    app: &Arc<App>,
    reader: &Reader,
    (ready, slot): (&Ready, &Offered),
    Asked { visitor, fields }: &Asked,
    stopped: Option<Stop>,
) -> Result<Response, Failure> {
    let whom = fields.get("for");
    if let Some(attribute) = fields.get("drop") {
        let family = family(app, visitor).await?;
        let subject = family.find(whom).ok_or(Failure::NotFound)?;
        let actor = &visitor.session.person;
        let people = &visitor.people;
        let back = people.take_fact_back(actor, &subject.person, attribute, app.clock.now());
        match back.await {
            // What is not there any more, or an office's word, stays as the page then shows it.
            Ok(()) | Err(people::Stopped::Refused(_)) => {}
            Err(people::Stopped::Failure(failure)) => return Err(failure),
            Err(_) => {}
        }
    }
    let answers = answers(app, fields);
    // Somebody may have been quicker since the page was shown: beside a refusal stand the figures of now.
    let found = find(app, visitor, slot, whom, &answers).await?;
    if !found.is_seen {
        return Ok(hidden::page(app, reader, ready, Lack::of(&found.family)));
    }
    let step = Step {
        app,
        reader,
        visitor,
        ready,
        slot,
        found,
        answers,
        given: given(fields),
        party: party(fields),
    };
    Ok(match stopped {
        Some(Stop::Refused(why)) => faced(confirm::page(&step, Some(&why)), StatusCode::CONFLICT),
        Some(Stop::Wrong(wrong)) => {
            let shown = confirm::asked_again(&step, &wrong);
            faced(shown, StatusCode::UNPROCESSABLE_ENTITY)
        }
        None if fields.get("book").is_some() => {
            faced(confirm::page(&step, None), StatusCode::CONFLICT)
        }
        Some(Stop::Unseen) | None => confirm::page(&step, None),
    })
}

/// What was answered on the pages before.
pub fn answers(app: &App, fields: &Params) -> Facts {
    let token = fields.get("s");
    let answers = token.and_then(|token| state::read(app.fingerprint, app.city(), token));
    answers.unwrap_or_default()
}

/// What was typed for the offer's own questions, by their keys.
pub fn given(fields: &Params) -> BTreeMap<String, String> {
    let typed = fields.iter().filter_map(|(key, value)| {
        let key = key.strip_prefix("q-")?;
        Some((key.to_owned(), value.trim().to_owned()))
    });
    typed.collect()
}

/// For how many.
pub fn party(fields: &Params) -> u32 {
    let party = fields.get("party").and_then(|n| n.parse().ok());
    party.unwrap_or(1)
}

/// The offer and the slot that are meant.
pub fn named<'a>(
    app: &'a App,
    slug: &str,
    name: &str,
    params: &Params,
) -> Result<(&'a Ready, &'a Offered), Failure> {
    let (_, ready) = app.offers.find(slug, name).ok_or(Failure::NotFound)?;
    let slot = params.get("at").and_then(|short| ready.slot(short));
    Ok((ready, slot.ok_or(Failure::NotFound)?))
}

/// A slot with its offer, by its name.
pub fn at<'a>(app: &'a App, slot: &Key) -> Result<(&'a Ready, &'a Offered), Failure> {
    let spot = app.offers.spot(slot).and_then(|spot| app.offers.at(spot));
    spot.ok_or(Failure::NotFound)
}

/// Who is meant. Somebody for whom they may not act is nobody here. Who names nobody means the first to whom the slots are
/// shown: a class's lessons are not the parent's.
pub fn meant<'a>(
    family: &'a Family,
    seeing: &'a [Subject],
    whom: Option<&str>,
) -> Result<&'a Subject, Failure> {
    let subject = match whom {
        None => seeing.first().or(family.find(None)),
        named => family.find(named),
    };
    subject.ok_or(Failure::NotFound)
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
            let (ready, slot) = at(&house, &key)?;
            let mut family = Family::read(&house, reader, &person)?;
            let seeing = hidden::seeing(&house, reader, ready, &family)?;
            let subject = meant(&family, &seeing, whom.as_deref())?.clone();
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
