//! Giving back: a place, an offered place, a position in the waiting list, or a number in the draw.

use ledger::form::Stop;
use ledger::name::Person;
use notice::offer::Give;
use serde::Serialize;

use super::answers::Answered;
use super::desk::Desk;
use super::held::Left;
use super::refusal::Why;
use super::rows::{Number, Status};
use super::under::Act;

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
        let mut booking = desk.booking(&self.booking, Some(&self.person))?;
        let now = desk.now();
        let mut slot = desk.state(&booking.slot)?;
        match booking.status {
            Status::Entered => {
                // Once the list is closed it stays as it was published; the draw passes over who has left.
                if desk
                    .about
                    .is_some_and(|text| now < desk.offering.closes(text))
                {
                    slot.entered = slot.entered.saturating_sub(1);
                }
            }
            Status::Waiting { position } => desk.unwait(&mut slot, position)?,
            Status::Offered { .. } => slot.kept = slot.kept.saturating_sub(booking.party),
            Status::Booked => {
                let until = desk.offering.cancel_until(booking.from);
                if now >= until {
                    let until = desk.offering.civil(until);
                    return Err(Stop::Refused(Why::TooLateToCancel { until }));
                }
                slot.taken = slot.taken.saturating_sub(booking.party);
                desk.unhold(&booking)?;
            }
            _ => return Err(Stop::Refused(Why::NothingToCancel)),
        }
        booking.status = Status::Cancelled;
        desk.draft.put(&booking)?;
        let closed = desk
            .about
            .is_some_and(|text| now >= desk.offering.closes(text));
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
        desk.move_up(&mut slot)?;
        Ok(())
    }
}
