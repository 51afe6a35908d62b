//! Signing up: a place, a position in the waiting list, or a number in the draw.

use std::sync::Arc;

use ledger::form::{LooksAt, Stop};
use ledger::name::{BadName, Claim, Key, Person};
use notice::Label;
use notice::ask::Verdict;
use notice::offer::{Give, Wanted};
use serde::Serialize;

use super::answers::{Answered, Answers};
use super::desk::Desk;
use super::offering::{Offered, Offering};
use super::refusal::Why;
use super::rows::{Absences, Booking, Day, Number, Slot, Status, day_key, item, person_key};
use super::told::{Basis, Told};
use super::under::Act;

/// A person signs up for a slot.
///
/// Whether they may is found when the command is made, outside the ledger's queue, from the very facts that are sealed
/// into it; there is no other way to make one.
#[derive(Clone, Debug, Serialize)]
pub struct SignUp {
    slot: Key,
    person: Person,
    told: Option<Told>,
    #[serde(skip_serializing_if = "one")]
    party: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<Answers>,
    #[serde(skip)]
    judged: Judged,
    #[serde(skip)]
    by: Arc<Offering>,
}

/// Whether somebody may sign up for a slot, by the offer's conditions and what they told.
#[derive(Clone, Debug)]
pub(super) enum Judged {
    May,
    MayNot,
    /// This attribute decides and was not told.
    Missing(Label),
    /// What was told does not settle it.
    Unclear,
    /// The text has no such slot.
    NoSlot,
    /// The facts are of somebody else.
    Another,
}

impl SignUp {
    /// A person's command to sign up, with what was told of them.
    #[must_use]
    pub fn new(offering: &Arc<Offering>, slot: Key, person: Person, told: Option<Told>) -> Self {
        let judged = judge(offering, &slot, &person, told.as_ref());
        Self {
            slot,
            person,
            told,
            party: 1,
            answers: None,
            judged,
            by: offering.clone(),
        }
    }

    /// For so many persons, the one who signs up among them.
    #[must_use]
    pub const fn for_party(mut self, persons: u32) -> Self {
        self.party = persons;
        self
    }

    /// With answers to what the offer asks.
    #[must_use]
    pub fn answering(mut self, answers: Answers) -> Self {
        self.answers = Some(answers);
        self
    }

    /// Refuses what does not answer the offer's questions, and a consent that no guardian gives.
    fn answered(&self, desk: &Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let offering = desk.offering;
        let answered = self.answers.as_ref();
        if answered.is_some_and(|answers| answers.person() != &self.person) {
            return Err(Stop::Refused(Why::OtherPerson));
        }
        let asked = &offering.questions;
        if asked.is_empty() {
            return Ok(());
        }
        if !answered.is_some_and(|answers| answers.answer(offering)) {
            return Err(Stop::Refused(Why::Unanswered));
        }
        let consent = asked.iter().any(|q| q.wanted == Wanted::Consent);
        let themselves = desk.draft.origin().actor.as_str() == self.person.as_str();
        if consent && themselves {
            return Err(Stop::Refused(Why::GuardianConsent));
        }
        Ok(())
    }

    fn allowed(judged: &Judged) -> Result<(), Stop<Why>> {
        Err(Stop::Refused(match judged {
            Judged::May => return Ok(()),
            Judged::MayNot => Why::NotEligible,
            Judged::Missing(attribute) => Why::FactMissing(attribute.clone()),
            Judged::Unclear => Why::Unclear,
            Judged::NoSlot => Why::NoSuchSlot,
            Judged::Another => Why::OtherPerson,
        }))
    }
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn one(party: &u32) -> bool {
    *party == 1
}

pub(super) fn judge(
    offering: &Offering,
    slot: &Key,
    person: &Person,
    told: Option<&Told>,
) -> Judged {
    if offering.slot(slot).is_none() {
        return Judged::NoSlot;
    }
    if told.is_some_and(|told| told.person() != person) {
        return Judged::Another;
    }
    let facts = told
        .map(|told| told.counted_by(offering).clone())
        .unwrap_or_default();
    let answer = offering.eligible(slot, facts);
    match answer.map(|answer| (answer.verdict, answer.needs)) {
        Some((Verdict::Allowed, _)) => Judged::May,
        Some((Verdict::Forbidden, _)) => Judged::MayNot,
        Some((_, Some(need))) => Judged::Missing(need.name),
        Some((_, None)) | None => Judged::Unclear,
    }
}

/// What keeps a person from signing up twice: for the same slot or, if one may take one project only, for the same session.
fn claim(offering: &Offering, slot: &Offered, person: &Person) -> Result<Claim, BadName> {
    if offering.one {
        Claim::new(&format!("{}@{}/{person}", offering.key, slot.session))
    } else {
        Claim::new(&format!("{}/{person}", slot.key))
    }
}

impl Act for SignUp {
    const NAME: &'static str = "sign-up";
    const SHAPE: u16 = 1;

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn looks_at(&self, offering: &Offering) -> LooksAt {
        let Some(slot) = offering.slot(&self.slot) else {
            return LooksAt::default();
        };
        let barring = offering.no_show.is_some_and(|rule| rule.bar.is_some());
        let absences = barring.then(|| person_key(&self.person, &offering.key));
        let days = offering
            .days(slot.from, slot.to)
            .map(|day| day_key(&self.person, day));
        // What cannot be a name is found again, and said, when it is decided.
        let items = std::iter::once(item::<Slot>(slot.key.clone()))
            .chain(days.map(|day| day.and_then(item::<Day>)))
            .chain(absences.map(|key| key.and_then(item::<Absences>)));
        LooksAt {
            items: items.filter_map(Result::ok).collect(),
            claims: claim(offering, slot, &self.person).into_iter().collect(),
        }
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let offering = desk.offering;
        let text = desk.slot(&self.slot)?;
        let now = desk.now();
        if now < offering.opens {
            let opens = offering.civil(offering.opens);
            return Err(Stop::Refused(Why::NotYetOpen { opens }));
        }
        let closes = offering.closes(text);
        if now >= closes {
            let closed = offering.civil(closes);
            return Err(Stop::Refused(Why::Closed { closed }));
        }
        if Arc::ptr_eq(&self.by, offering) {
            Self::allowed(&self.judged)?;
        } else {
            Self::allowed(&judge(
                offering,
                &self.slot,
                &self.person,
                self.told.as_ref(),
            ))?;
        }
        self.answered(desk)?;
        // More than a slot has would wait for ever.
        let most = offering.party.min(text.capacity);
        if !(1..=most).contains(&self.party) {
            return Err(Stop::Refused(Why::PartySize { most }));
        }
        if let Some(until) = desk.barred(&self.person)? {
            let until = offering.civil(until);
            return Err(Stop::Refused(Why::Barred { until }));
        }
        let claim = claim(offering, text, &self.person)?;
        if let Some(since) = desk.draft.claimed(&claim)? {
            let booking = Number::of(since)?;
            let earlier: Option<Booking> = desk.draft.get(booking.key())?;
            let other = earlier
                .map(|booking| booking.slot)
                .filter(|slot| *slot != self.slot);
            return Err(Stop::Refused(match other {
                Some(slot) => Why::OneProject { slot },
                None => Why::Already { booking },
            }));
        }
        desk.no_clash(&self.person, text.from, text.to)?;
        if let Some(limit) = desk.at_limit(&self.person)? {
            return Err(Stop::Refused(Why::Limit { limit }));
        }
        let mut slot = desk.state(&self.slot)?;
        let mut booking = Booking {
            number: Number::of(desk.draft.sequence())?,
            offer: offering.key.clone(),
            slot: self.slot.clone(),
            person: self.person.clone(),
            from: text.from,
            to: text.to,
            basis: self.told.as_ref().map_or(Basis::Nothing, Told::basis),
            claim: claim.clone(),
            party: self.party,
            status: Status::Entered,
            granted: 0,
            called_off: None,
        };
        match offering.give {
            Give::Draw => slot.entered += 1,
            // Nobody overtakes those who wait, even if a correction of the text has just made room.
            Give::FirstCome if slot.has_room(text.capacity, self.party) && slot.waiting == 0 => {
                slot.taken += self.party;
                booking.status = Status::Booked;
                desk.hold(&booking)?;
            }
            Give::FirstCome => {
                let Some(rule) = offering.waiting else {
                    return Err(Stop::Refused(match slot.free(text.capacity) {
                        0 => Why::Full,
                        left => Why::TooFewLeft { left },
                    }));
                };
                if slot.waiting >= rule.places {
                    let places = rule.places;
                    return Err(Stop::Refused(Why::WaitingFull { places }));
                }
                desk.wait(&mut slot, &mut booking)?;
            }
        }
        desk.draft.claim(claim)?;
        desk.draft.put(&booking)?;
        if let Some(answers) = &self.answers {
            let booking = booking.number.clone();
            desk.draft.put(&Answered::of(booking, answers))?;
        }
        desk.move_up(&mut slot)?;
        Ok(())
    }
}
