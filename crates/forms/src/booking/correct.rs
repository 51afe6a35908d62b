//! Correcting a record: taking away what was written by mistake. Nothing is ever added by it, so that hours which were checked
//! stay what somebody saw; what is missing is granted, and shown apart.

use jiff::Timestamp;
use ledger::form::Stop;
use ledger::sealed::Sealed;
use serde::Serialize;

use super::attend::seen;
use super::desk::{Desk, minutes};
use super::feedback;
use super::refusal::Why;
use super::rows::{Attendance, Number, Status, Went};
use super::under::Act;
use crate::people::powers::{self, Citation};

/// From when to when somebody was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stay {
    /// When they came.
    pub came: Timestamp,
    /// When they went; nothing while that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub went: Option<Timestamp>,
}

/// The record of a booking is wrong. The entries that said so stay readable; this one says what holds instead.
#[derive(Clone, Debug, Serialize)]
pub struct Correct {
    /// Of which booking.
    pub booking: Number,
    /// When the person was there: within what was recorded; nothing if they were not.
    pub stay: Option<Stay>,
    /// Minutes granted: as many as there are, or fewer.
    pub granted: u32,
    /// Why, sealed under the key of the person whose booking it is.
    pub reason: Sealed,
    /// By which clause of the powers.
    pub under: Citation,
}

impl Act for Correct {
    const NAME: &'static str = "correct-record";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((powers::Act::CorrectRecord, &self.under))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let mut booking = desk.booking(&self.booking, None)?;
        if self.reason.person != booking.person {
            return Err(Stop::Refused(Why::OtherPerson));
        }
        if !booking.holds_place() {
            return Err(Stop::Refused(Why::NoPlace));
        }
        let before = match &booking.status {
            Status::Here { attendance } => Some(attendance.clone()),
            _ => None,
        };
        let status = match (&before, self.stay) {
            (_, None) if before.is_some() => Status::Booked,
            (_, None) => booking.status.clone(),
            (None, Some(_)) => return Err(Stop::Refused(Why::CorrectsMore)),
            (Some(before), Some(stay)) => {
                seen(desk, stay.went.unwrap_or(stay.came))?;
                Status::Here {
                    attendance: narrowed(before, stay, booking.from, booking.to)?,
                }
            }
        };
        if self.granted > booking.granted {
            return Err(Stop::Refused(Why::CorrectsMore));
        }
        if status == booking.status && self.granted == booking.granted {
            return Err(Stop::Refused(Why::CorrectsNothing));
        }
        let checked = |status: &Status| match status {
            Status::Here { attendance } => attendance.went.as_ref().map_or(0, |went| went.minutes),
            _ => 0,
        };
        let mut hours = desk.hours(&booking.person)?;
        hours.checked = hours
            .checked
            .saturating_sub(checked(&booking.status))
            .saturating_add(checked(&status));
        hours.granted = hours.granted.saturating_sub(booking.granted - self.granted);
        if before.is_some() && self.stay.is_none() {
            // Who was not there has not come, and has nothing to say of it.
            let mut slot = desk.state(&booking.slot)?;
            slot.came = slot.came.saturating_sub(booking.party);
            desk.draft.put(&slot)?;
            feedback::take_away(desk, &booking)?;
        }
        booking.status = status;
        booking.granted = self.granted;
        desk.draft.put(&booking)?;
        desk.draft.put(&hours)?;
        Ok(())
    }
}

/// The stay within what was recorded, counted anew.
fn narrowed(
    before: &Attendance,
    stay: Stay,
    from: Timestamp,
    to: Timestamp,
) -> Result<Attendance, Stop<Why>> {
    let recorded = before.went.as_ref();
    let later = match (recorded, stay.went) {
        (Some(recorded), Some(went)) => went > recorded.at,
        // That somebody went was seen, or the end of the session was taken: forgetting it would count the whole session.
        (Some(_), None) => true,
        (None, _) => false,
    };
    if stay.came < before.came || later {
        return Err(Stop::Refused(Why::CorrectsMore));
    }
    if stay.went.is_some_and(|went| went < stay.came) {
        return Err(Stop::Refused(Why::OutBeforeIn));
    }
    let went = stay.went.map(|at| Went {
        at,
        // How the first record was seen; a time that was taken, and now told, was told by staff.
        by: recorded.map_or(Some(super::rows::Means::List), |went| went.by),
        minutes: minutes(stay.came.max(from), at.min(to)),
    });
    Ok(Attendance {
        came: stay.came,
        by: before.by,
        went,
    })
}
