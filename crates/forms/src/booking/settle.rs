//! Carrying out a draw: places and positions in the waiting list, in the order drawn.

use std::collections::BTreeSet;
use std::sync::Arc;

use ledger::form::{Fault, Stop};
use ledger::name::Key;
use notice::offer::Give;
use serde::Serialize;

use super::attend::by_clock_or;
use super::desk::{Desk, STEP};
use super::held::{HeldDraw, List};
use super::offering::{Offered, Offering};
use super::refusal::Why;
use super::rows::{Booking, Number, Settled, Slot, Status, found};
use super::under::Act;
use crate::draw::{Drawn, Entrant};
use crate::people::powers::{self, Citation};

/// Rows that are read at once.
const PAGE: usize = 1_024;

/// Carries out the next ranks of a slot's draw. The draw has the slot's name, and its entrants are the bookings' numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Settle {
    slot: Key,
    /// The digest of the draw's terms, and the root over its list: which draw it is.
    terms: String,
    root: String,
    /// From which rank on, the first being 0.
    from: u32,
    /// By which clause; the clock needs none.
    under: Option<Citation>,
    #[serde(skip)]
    drawn: Arc<Drawn>,
}

impl Settle {
    /// The command to carry out the ranks of a draw from this one on, the first being 0. At most [`Settle::RANKS`] are
    /// carried out at once; the slot's row says how many have been.
    #[must_use]
    pub fn new(drawn: Arc<Drawn>, from: u32, under: Citation) -> Self {
        let slot = drawn.closed().opened().terms().draw.clone();
        Self::over(slot, drawn, from, Some(under))
    }

    /// The same for a draw that has another name than the slot: a later round of one that the desk holds. The clock gives it
    /// without a clause: what a draw gives is known once it is drawn.
    #[must_use]
    pub fn over(slot: Key, drawn: Arc<Drawn>, from: u32, under: Option<Citation>) -> Self {
        let closed = drawn.closed();
        Self {
            slot,
            terms: closed.opened().digest().to_string(),
            root: closed.root().to_string(),
            from,
            under,
            drawn,
        }
    }

    /// Ranks that one command carries out.
    pub const RANKS: u32 = STEP as u32;

    /// Which draw, once so many of its ranks are carried out.
    fn settled(&self, ranks: u32) -> Settled {
        Settled {
            terms: self.terms.clone(),
            root: self.root.clone(),
            ranks,
        }
    }

    /// Refuses a draw whose terms are not those that the text gives the slot.
    fn terms_fit(&self, desk: &mut Desk<'_, '_>, text: &Offered) -> Result<(), Stop<Why>> {
        let terms = self.drawn.closed().opened().terms();
        let offering = desk.offering;
        let fit = terms.notice == offering.notice
            && terms.places == text.capacity
            && terms.closes == offering.closes(text);
        if !fit {
            return Err(Stop::Refused(Why::DrawTerms));
        }
        match desk.draft.get::<HeldDraw>(&self.slot)? {
            // Held elsewhere: it has the slot's name and is of the text in force. The clock may have fixed its list here.
            None => self.is_elsewhere(offering, None),
            Some(held) if held.round == 1 && held.pledges.is_empty() => {
                self.is_elsewhere(offering, held.list.as_ref())
            }
            // Held at the desk: the one whose terms and list were published, of the text of that time.
            Some(held) => {
                let digest = held.digest(&offering.notice).map_err(Fault::from)?;
                let is = digest.is_some_and(|digest| digest.to_string() == self.terms)
                    && held.list.is_some_and(|list| list.root == self.root);
                is.then_some(()).ok_or(Stop::Refused(Why::OtherDraw))
            }
        }
    }

    /// Refuses a draw that was not held at the desk, if it is none of the slot and the text, or over another list.
    fn is_elsewhere(&self, offering: &Offering, list: Option<&List>) -> Result<(), Stop<Why>> {
        let terms = self.drawn.closed().opened().terms();
        if terms.draw != self.slot || terms.text != offering.text {
            return Err(Stop::Refused(Why::DrawTerms));
        }
        match list {
            Some(list) if list.root != self.root => Err(Stop::Refused(Why::DrawList)),
            _ => Ok(()),
        }
    }

    /// Refuses a draw whose list is not exactly those who were in it at the close.
    fn list_fits(&self, desk: &mut Desk<'_, '_>, slot: &Slot) -> Result<(), Stop<Why>> {
        // Entered at the close is who is in it now, and who has left since; those who left before are not to be listed.
        let mut left = 0;
        let mut entered = BTreeSet::new();
        let mut after = None::<Number>;
        let entrants = self.drawn.closed().entrants();
        let listed: BTreeSet<&str> = entrants.iter().map(Entrant::as_str).collect();
        while let Some(by) = found("booking.slot", self.slot.as_str()) {
            let page: Vec<Booking> = desk
                .draft
                .find(&by, after.as_ref().map(Number::key), PAGE)?;
            for booking in &page {
                if booking.status == Status::Entered {
                    entered.insert(booking.number.key().clone());
                } else if listed.contains(booking.number.key().as_str()) {
                    left += 1;
                }
            }
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(|booking| booking.number.clone());
        }
        let all = entered
            .iter()
            .all(|number| listed.contains(number.as_str()));
        if !all || entered.len() + left != listed.len() || listed.len() != slot.entered as usize {
            return Err(Stop::Refused(Why::DrawList));
        }
        Ok(())
    }
}

fn entered(desk: &mut Desk<'_, '_>, entrant: &Entrant) -> Result<Option<Booking>, Fault> {
    desk.draft.get(&Key::new(entrant.as_str())?)
}

impl Act for Settle {
    const NAME: &'static str = "settle-draw";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((powers::Act::HoldDraw, self.under.as_ref()?))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        by_clock_or(desk, self.under.as_ref())?;
        let text = desk.slot(&self.slot)?;
        if desk.offering.give != Give::Draw {
            return Err(Stop::Refused(Why::NotByDraw));
        }
        let closes = desk.offering.closes(text);
        if desk.now() < closes {
            let closes = desk.offering.civil(closes);
            return Err(Stop::Refused(Why::StillOpen { closes }));
        }
        let mut slot = desk.state(&self.slot)?;
        match &slot.settled {
            None => {
                self.terms_fit(desk, text)?;
                self.list_fits(desk, &slot)?;
            }
            Some(settled) if *settled != self.settled(settled.ranks) => {
                return Err(Stop::Refused(Why::OtherDraw));
            }
            Some(_) => {}
        }
        let next = slot.settled.as_ref().map_or(0, |settled| settled.ranks);
        let entrants = self.drawn.ranks().len();
        if next as usize == entrants {
            return Err(Stop::Refused(Why::AllSettled));
        }
        if self.from != next {
            return Err(Stop::Refused(Why::OtherRank { next: next + 1 }));
        }
        let mut done = next;
        let drawn = self.drawn.clone();
        for entrant in drawn.ranks().skip(next as usize).take(STEP) {
            done += 1;
            let booking = entered(desk, entrant)?;
            // Who has left since the close is passed over.
            if let Some(booking) = booking.filter(|booking| booking.status == Status::Entered) {
                give(desk, text, &mut slot, booking)?;
            }
        }
        slot.settled = Some(self.settled(done));
        desk.move_up(&mut slot)?;
        Ok(())
    }
}

/// Gives the next in the order drawn a place, or a position in the waiting list, or neither.
fn give(
    desk: &mut Desk<'_, '_>,
    text: &Offered,
    slot: &mut Slot,
    mut booking: Booking,
) -> Result<(), Stop<Why>> {
    if slot.has_room(text.capacity, booking.party) && slot.waiting == 0 {
        let clash = desk.clash(&booking.person, booking.from, booking.to)?;
        if clash.is_none() && desk.at_limit(&booking.person)?.is_none() {
            slot.taken += booking.party;
            booking.status = Status::Booked;
            desk.hold(&booking)?;
        } else {
            let clash = clash.map(|held| held.booking);
            booking.status = Status::PassedOver { clash };
        }
    } else if desk
        .offering
        .waiting
        .is_some_and(|rule| slot.waiting < rule.places)
    {
        desk.wait(slot, &mut booking)?;
    } else {
        booking.status = Status::NotDrawn;
    }
    if matches!(booking.status, Status::PassedOver { .. } | Status::NotDrawn) {
        desk.draft.release(booking.claim.clone())?;
    }
    desk.draft.put(&booking)?;
    Ok(())
}
