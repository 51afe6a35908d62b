//! The waiting list: taking an offered place, and moving up when an offer was not taken in time.

use ledger::form::Stop;
use ledger::name::{Key, Person};
use serde::Serialize;

use super::desk::{Desk, STEP};
use super::refusal::Why;
use super::rows::{Booking, Number, Status, found};
use super::under::Act;

/// A person takes the place that is kept for them.
#[derive(Clone, Debug, Serialize)]
pub struct Accept {
    /// Of which booking.
    pub booking: Number,
    /// Whose it is.
    pub person: Person,
}

/// Ends the offers of a slot that were not taken in time, and offers what is free to the next. Given when an offer ends;
/// late or twice does no harm, for an offer that has ended cannot be taken anyhow.
#[derive(Clone, Debug, Serialize)]
pub struct MoveUp {
    /// Of which slot.
    pub slot: Key,
}

impl Act for Accept {
    const NAME: &'static str = "accept-place";
    const SHAPE: u16 = 1;

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let mut booking = desk.booking(&self.booking, Some(&self.person))?;
        let until = match booking.status {
            Status::Offered { until } => until,
            Status::Lapsed => return Err(Stop::Refused(Why::OfferLapsed)),
            _ => return Err(Stop::Refused(Why::NothingOffered)),
        };
        if desk.now() >= until {
            return Err(Stop::Refused(Why::OfferLapsed));
        }
        desk.no_clash(&self.person, booking.from, booking.to)?;
        if let Some(limit) = desk.at_limit(&self.person)? {
            return Err(Stop::Refused(Why::Limit { limit }));
        }
        let mut slot = desk.state(&booking.slot)?;
        slot.kept = slot.kept.saturating_sub(booking.party);
        slot.taken += booking.party;
        booking.status = Status::Booked;
        desk.hold(&booking)?;
        desk.draft.put(&booking)?;
        desk.draft.put(&slot)?;
        Ok(())
    }
}

impl Act for MoveUp {
    const NAME: &'static str = "move-up";
    const SHAPE: u16 = 1;

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        desk.slot(&self.slot)?;
        let mut slot = desk.state(&self.slot)?;
        let lapsed = lapsed(desk, &self.slot)?;
        let ended = lapsed.len();
        for mut booking in lapsed {
            slot.kept = slot.kept.saturating_sub(booking.party);
            booking.status = Status::Lapsed;
            desk.draft.put(&booking)?;
            desk.draft.release(booking.claim)?;
        }
        if desk.move_up(&mut slot)? == 0 && ended == 0 {
            return Err(Stop::Refused(Why::NothingToMoveUp));
        }
        Ok(())
    }
}

/// Offers of the slot that have ended, at most as many as one entry holds.
fn lapsed(desk: &mut Desk<'_, '_>, slot: &Key) -> Result<Vec<Booking>, Stop<Why>> {
    let now = desk.now();
    let (mut lapsed, mut after) = (Vec::new(), None::<Number>);
    while let Some(by) = found("booking.offered", slot.as_str()) {
        let after_key = after.as_ref().map(Number::key);
        let page: Vec<Booking> = desk.draft.find(&by, after_key, 8 * STEP)?;
        let full = page.len() == 8 * STEP;
        after = page.last().map(|booking| booking.number.clone());
        let ended =
            |booking: &Booking| matches!(booking.status, Status::Offered { until } if until <= now);
        lapsed.extend(page.into_iter().filter(ended).take(STEP - lapsed.len()));
        if !full || lapsed.len() == STEP {
            break;
        }
    }
    Ok(lapsed)
}
