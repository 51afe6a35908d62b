//! Giving back: a place, an offered place, a position in the waiting list, or a number in the draw. And calling off: the same, done
//! by the clock to whatever is still to come under a notice that was withdrawn.

use ledger::form::Stop;
use ledger::name::{Key, Person};
use notice::offer::Give;
use serde::Serialize;

use super::answers::Answered;
use super::attend::by_clock_or;
use super::desk::Desk;
use super::held::Left;
use super::refusal::Why;
use super::rows::{Booking, Number, Slot, Status};
use super::under::Act;
use crate::publish::Published;

/// A person gives back a booking.
#[derive(Clone, Debug, Serialize)]
pub struct Cancel {
    /// Which.
    pub booking: Number,
    /// Whose it is.
    pub person: Person,
}

impl Act for Cancel {
    const NAME: &'static str = "cancel";
    const SHAPE: u16 = 1;

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let booking = desk.booking(&self.booking, Some(&self.person))?;
        if booking.status == Status::Booked {
            let until = desk.offering.cancel_until(booking.from);
            if desk.now() >= until {
                let until = desk.offering.civil(until);
                return Err(Stop::Refused(Why::TooLateToCancel { until }));
            }
        }
        let mut slot = give_up(desk, booking)?;
        desk.move_up(&mut slot)?;
        Ok(())
    }
}

/// A booking under a notice that was withdrawn is no more.
#[derive(Clone, Debug, Serialize)]
pub struct CallOff {
    /// Which.
    pub booking: Number,
}

impl Act for CallOff {
    const NAME: &'static str = "call-off";
    const SHAPE: u16 = 1;

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        by_clock_or(desk, None)?;
        let slug = Key::from(desk.offering.notice.clone());
        let published = desk.draft.get::<Published>(&slug)?;
        let gone = published.filter(|published| !published.stands);
        let gone = gone.ok_or(Stop::Refused(Why::NotWithdrawn))?;
        let mut booking = desk.booking(&self.booking, None)?;
        // What is over has been held, or not, while the notice stood.
        if booking.to <= desk.now() {
            return Err(Stop::Refused(Why::NothingToCancel));
        }
        booking.called_off = Some(gone.last);
        // Nobody moves up: there is nothing to come to.
        let slot = give_up(desk, booking)?;
        Ok(desk.draft.put(&slot)?)
    }
}

/// Takes a booking out of its slot, whose row is still to be written.
fn give_up(desk: &mut Desk<'_, '_>, mut booking: Booking) -> Result<Slot, Stop<Why>> {
    let now = desk.now();
    let mut slot = desk.state(&booking.slot)?;
    let closed = desk
        .about
        .is_some_and(|text| now >= desk.offering.closes(text));
    match booking.status {
        Status::Entered => {
            // Once the list is closed it stays as it was published; the draw passes over who has left.
            if desk.about.is_some() && !closed {
                slot.entered = slot.entered.saturating_sub(1);
            }
        }
        Status::Waiting { position } => desk.unwait(&mut slot, position)?,
        Status::Offered { .. } => slot.kept = slot.kept.saturating_sub(booking.party),
        Status::Booked => {
            slot.taken = slot.taken.saturating_sub(booking.party);
            desk.unhold(&booking)?;
        }
        _ => return Err(Stop::Refused(Why::NothingToCancel)),
    }
    booking.status = Status::Cancelled;
    desk.draft.put(&booking)?;
    if desk.offering.give == Give::Draw && closed {
        desk.draft.put(&Left {
            number: booking.number.clone(),
        })?;
    }
    // What was answered for it is needed no more.
    if desk.draft.get::<Answered>(booking.number.key())?.is_some() {
        desk.draft.remove::<Answered>(booking.number.key())?;
    }
    desk.draft.release(booking.claim)?;
    Ok(slot)
}
