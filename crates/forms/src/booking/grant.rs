//! Hours that staff grant: where check-in or check-out is missing, and never mixed with hours that were checked.

use ledger::form::Stop;
use ledger::sealed::Sealed;
use serde::Serialize;

use super::desk::{Desk, minutes};
use super::refusal::Why;
use super::rows::{self, Number, Status};
use super::under::Act;
use crate::people::powers::{self, Citation};

/// Staff grant minutes for a session.
#[derive(Clone, Debug, Serialize)]
pub struct GrantHours {
    /// To which booking.
    pub booking: Number,
    /// How many minutes.
    pub minutes: u32,
    /// Why, sealed under the key of the person whose booking it is.
    pub reason: Sealed,
    /// By which clause of the powers.
    pub under: Citation,
}

impl Act for GrantHours {
    const NAME: &'static str = "grant-hours";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((powers::Act::GrantHours, &self.under))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let mut booking = desk.booking(&self.booking, None)?;
        if self.reason.person != booking.person {
            return Err(Stop::Refused(Why::OtherPerson));
        }
        let checked = match &booking.status {
            Status::Here { attendance } => attendance.went.as_ref().map_or(0, |went| went.minutes),
            Status::Booked | Status::Absent => 0,
            _ => return Err(Stop::Refused(Why::NoPlace)),
        };
        if desk.now() < booking.from {
            let from = desk.offering.civil(booking.from);
            return Err(Stop::Refused(Why::NotBegun { from }));
        }
        let session = minutes(booking.from, booking.to);
        let left = session
            .saturating_sub(checked)
            .saturating_sub(booking.granted);
        if left == 0 {
            return Err(Stop::Refused(Why::HoursFull));
        }
        if self.minutes == 0 || self.minutes > left {
            return Err(Stop::Refused(Why::GrantMinutes { left }));
        }
        let mut hours = desk.hours(&booking.person)?;
        hours.granted = hours.granted.saturating_add(self.minutes);
        booking.granted += self.minutes;
        let grant = rows::Grant {
            number: Number::of(desk.draft.sequence())?,
            booking: booking.number.clone(),
            person: booking.person.clone(),
            offer: booking.offer.clone(),
            minutes: self.minutes,
            by: desk.draft.origin().actor.clone(),
            reason: self.reason.clone(),
        };
        desk.draft.put(&grant)?;
        desk.draft.put(&booking)?;
        desk.draft.put(&hours)?;
        Ok(())
    }
}
