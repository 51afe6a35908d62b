//! Holding a draw: both sides promise, the list is fixed at the close, both reveal, public randomness comes in if the terms
//! name some; where a part is missing, it is made anew.

use jiff::Timestamp;
use ledger::form::Stop;
use ledger::name::Key;
use notice::offer::Give;
use serde::Serialize;

use super::attend::by_clock_or;
use super::desk::Desk;
use super::held::{self, HeldDraw, Left, List, Pledge, Side, Vain};
use super::offering::Offered;
use super::refusal::Why;
use super::rows::{Booking, Number, found};
use super::under::Act;
use crate::draw::{Chain, Commitment, Entrant, Secret, Signature, root};
use crate::people::powers::{self, Citation};

/// Rows that are read at once.
const PAGE: usize = 1_024;

/// A side promises its secret, before the list closes. Its second gives the draw its terms.
#[derive(Clone, Debug, Serialize)]
pub struct Promise {
    /// Over which slot.
    pub slot: Key,
    /// For which side.
    pub side: Side,
    /// To which secret.
    pub commitment: Commitment,
    /// The chain of public randomness that is to decide, too. Once one is named for a draw, every later promise is to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beacon: Option<Chain>,
    /// By which clause.
    pub under: Citation,
}

/// Fixes the list of those who are in a draw at its close. It follows from the ledger, so nobody has a choice in it, and the
/// clock gives it by itself.
#[derive(Clone, Debug, Serialize)]
pub struct FixList {
    /// Of which slot.
    pub slot: Key,
    /// By which clause; the clock needs none.
    pub under: Option<Citation>,
}

/// A side reveals what it promised, once the list is fixed.
#[derive(Clone, Debug, Serialize)]
pub struct Reveal {
    /// Over which slot.
    pub slot: Key,
    /// For which side.
    pub side: Side,
    /// What was promised.
    pub secret: Secret,
    /// By which clause.
    pub under: Citation,
}

/// Puts in the signature of the round of public randomness that the terms name. A round has one signature only, so nobody has
/// a choice in it; the clock alone gives it.
#[derive(Clone, Debug, Serialize)]
pub struct PutBeacon {
    /// Over which slot.
    pub slot: Key,
    /// Of the round that the terms name.
    pub signature: Signature,
}

/// Asks for new promises over the same list, where one was not given in time, a secret is withheld or the public
/// randomness was not had.
#[derive(Clone, Debug, Serialize)]
pub struct DrawAnew {
    /// Over which slot.
    pub slot: Key,
    /// By which clause.
    pub under: Citation,
}

/// A slot that is given by a draw, with the draw as far as it has gone.
fn by_draw<'a>(desk: &mut Desk<'a, '_>, slot: &Key) -> Result<(&'a Offered, HeldDraw), Stop<Why>> {
    let text = desk.slot(slot)?;
    if desk.offering.give != Give::Draw {
        return Err(Stop::Refused(Why::NotByDraw));
    }
    let held = desk.draft.get(slot)?;
    Ok((
        text,
        held.unwrap_or_else(|| HeldDraw::begun(desk.offering, text)),
    ))
}

fn is_closed(desk: &Desk<'_, '_>, closes: Timestamp) -> Result<(), Stop<Why>> {
    if desk.now() < closes {
        let closes = desk.offering.civil(closes);
        return Err(Stop::Refused(Why::StillOpen { closes }));
    }
    Ok(())
}

impl Act for Promise {
    const NAME: &'static str = "promise-secret";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((self.side.act(), &self.under))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let (text, mut draw) = by_draw(desk, &self.slot)?;
        if draw.pledge(self.side).is_some() {
            return Err(Stop::Refused(Why::PromisedAlready));
        }
        let closes = desk.offering.closes(text);
        let now = desk.now();
        if draw.round == 1 && now >= closes {
            let closes = desk.offering.civil(closes);
            return Err(Stop::Refused(Why::TooLateToPromise { closes }));
        }
        let actor = desk.draft.origin().actor.clone();
        if draw.pledges.iter().any(|pledge| pledge.actor == actor) {
            return Err(Stop::Refused(Why::BothSides));
        }
        // A commitment binds the side and the draw; places and times are those of the text when the terms become fixed.
        draw.text = desk.offering.text();
        draw.places = text.capacity;
        draw.closes = closes;
        let from = if draw.round == 1 { closes } else { now };
        draw.reveal_by = held::reveal_by(from);
        // Who runs the server cannot go back to secrets alone when a result is not liked.
        let named = draw.beacon.as_ref().map(|beacon| beacon.round.chain);
        let chain = named.or(self.beacon);
        draw.beacon = chain.and_then(|chain| held::beacon(chain, from));
        draw.pledges.push(Pledge {
            side: self.side,
            by: self
                .side
                .by(desk.offering.issuer())
                .map_err(ledger::form::Fault::from)?,
            actor,
            at: now,
            commitment: self.commitment.clone(),
            secret: None,
        });
        draw.pledges.sort_by_key(|pledge| pledge.side);
        desk.draft.put(&draw)?;
        Ok(())
    }
}

impl Act for FixList {
    const NAME: &'static str = "fix-list";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((powers::Act::HoldDraw, self.under.as_ref()?))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        by_clock_or(desk, self.under.as_ref())?;
        let (text, mut draw) = by_draw(desk, &self.slot)?;
        is_closed(desk, desk.offering.closes(text))?;
        if draw.list.is_some() {
            return Err(Stop::Refused(Why::ListFixed));
        }
        let entrants = entrants(desk, &self.slot)?;
        if entrants.is_empty() {
            return Err(Stop::Refused(Why::NobodyEntered));
        }
        draw.list = Some(List {
            root: root(&entrants).to_string(),
            entrants: u32::try_from(entrants.len()).unwrap_or(u32::MAX),
            at: desk.now(),
        });
        desk.draft.put(&draw)?;
        Ok(())
    }
}

impl Act for Reveal {
    const NAME: &'static str = "reveal-secret";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((self.side.act(), &self.under))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let (_, mut draw) = by_draw(desk, &self.slot)?;
        if draw.list.is_none() {
            return Err(Stop::Refused(Why::ListNotFixed));
        }
        if !draw.is_promised() {
            return Err(Stop::Refused(Why::NotPromised));
        }
        let name = draw.name().map_err(ledger::form::Fault::from)?;
        let Some(pledge) = draw.pledges.iter_mut().find(|one| one.side == self.side) else {
            return Err(Stop::Refused(Why::NotPromised));
        };
        if pledge.secret.is_some() {
            return Err(Stop::Refused(Why::RevealedAlready));
        }
        if self.secret.commit(&name, &pledge.by) != pledge.commitment {
            return Err(Stop::Refused(Why::OtherSecret));
        }
        pledge.secret = Some(self.secret.clone());
        desk.draft.put(&draw)?;
        Ok(())
    }
}

impl Act for PutBeacon {
    const NAME: &'static str = "put-beacon";
    const SHAPE: u16 = 1;

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        by_clock_or(desk, None)?;
        let (_, mut draw) = by_draw(desk, &self.slot)?;
        if draw.list.is_none() {
            return Err(Stop::Refused(Why::ListNotFixed));
        }
        if !draw.is_promised() {
            return Err(Stop::Refused(Why::NotPromised));
        }
        let Some(beacon) = &mut draw.beacon else {
            return Err(Stop::Refused(Why::NoBeacon));
        };
        if beacon.signature.is_some() {
            return Err(Stop::Refused(Why::BeaconIn));
        }
        let published = beacon.round.published().unwrap_or(Timestamp::MAX);
        if desk.now() < published {
            let at = desk.offering.civil(published);
            return Err(Stop::Refused(Why::BeaconToCome { at }));
        }
        if beacon.round.randomness(&self.signature).is_none() {
            return Err(Stop::Refused(Why::OtherSignature {
                round: beacon.round.round,
            }));
        }
        beacon.signature = Some(self.signature.clone());
        desk.draft.put(&draw)?;
        Ok(())
    }
}

impl Act for DrawAnew {
    const NAME: &'static str = "draw-anew";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((powers::Act::HoldDraw, &self.under))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let (text, mut draw) = by_draw(desk, &self.slot)?;
        if draw.list.is_none() {
            return Err(Stop::Refused(Why::ListNotFixed));
        }
        let now = desk.now();
        // A correction of the text may have changed what the terms were fixed to.
        let fit = draw.places == text.capacity && draw.closes == desk.offering.closes(text);
        let settled = desk.state(&self.slot)?.settled.is_some();
        if settled || (fit && !draw.is_vain(now)) {
            return Err(Stop::Refused(Why::NothingWithheld));
        }
        draw.vain.push(Vain {
            round: draw.round,
            missing: draw.missing(),
            unheard: draw.unheard().filter(|_| now >= draw.reveal_by),
            at: now,
        });
        draw.round += 1;
        draw.pledges.clear();
        // The chain stays named; its round is another with the next promise.
        if let Some(beacon) = &mut draw.beacon {
            beacon.signature = None;
        }
        desk.draft.put(&draw)?;
        Ok(())
    }
}

/// Who was in the draw at its close, in the order of their numbers.
fn entrants(desk: &mut Desk<'_, '_>, slot: &Key) -> Result<Vec<Entrant>, Stop<Why>> {
    let mut entrants = Vec::new();
    let mut after = None::<Number>;
    while let Some(by) = found("booking.slot", slot.as_str()) {
        let after_key = after.as_ref().map(Number::key);
        let page: Vec<Booking> = desk.draft.find(&by, after_key, PAGE)?;
        entrants.extend(held::entrants(&page, |number| {
            Ok(desk.draft.get::<Left>(number.key())?.is_some())
        })?);
        if page.len() < PAGE {
            break;
        }
        after = page.last().map(|booking| booking.number.clone());
    }
    Ok(entrants)
}
