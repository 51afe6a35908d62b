//! Coming and going: checking in and out, a forgotten check-out, and not coming at all.
//!
//! Each command carries the time at which it was seen, so that what a device noted without a network counts the same when
//! it is told later, in whatever order.
//!
//! Who shows their own ticket proves by it that they are there. What staff tick on their list rests on their word, and then
//! the command carries the clause by which they may.

use jiff::Timestamp;
use ledger::form::Stop;
use serde::Serialize;

use super::desk::{Desk, later, minutes};
use super::refusal::Why;
use super::rows::{Attendance, Booking, Means, Number, Status, Went};
use super::under::Act;
use crate::people::powers::{self, Citation};

/// The actor by which the clock gives its commands. No person has this name: theirs are pseudonyms.
pub const CLOCK: &str = "clock";

/// Somebody came.
#[derive(Clone, Debug, Serialize)]
pub struct CheckIn {
    /// To which booking.
    pub booking: Number,
    /// When that was seen.
    pub at: Timestamp,
    /// How it was seen.
    pub by: Means,
    /// By which clause of the powers; nothing where the person's own ticket was read and nobody vouched for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<Citation>,
}

/// Somebody went.
#[derive(Clone, Debug, Serialize)]
pub struct CheckOut {
    /// From which booking.
    pub booking: Number,
    /// When that was seen.
    pub at: Timestamp,
    /// How it was seen.
    pub by: Means,
    /// By which clause of the powers; nothing where the person's own ticket was read and nobody vouched for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<Citation>,
}

/// The session is over and somebody who came has not checked out: its end is taken, and marked as not seen. A check-out
/// that a device tells later takes its place.
#[derive(Clone, Debug, Serialize)]
pub struct AssumeCheckOut {
    /// Of which booking.
    pub booking: Number,
}

/// Somebody did not come in time.
#[derive(Clone, Debug, Serialize)]
pub struct MarkAbsent {
    /// To which booking.
    pub booking: Number,
    /// By which clause of the powers; nothing if the clock gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<Citation>,
}

impl Act for CheckIn {
    const NAME: &'static str = "check-in";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((powers::Act::CheckIn, self.under.as_ref()?))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        vouched(self.by, self.under.as_ref())?;
        let mut booking = desk.booking(&self.booking, None)?;
        match booking.status {
            Status::Booked | Status::Absent => {}
            Status::Here { .. } => return Err(Stop::Refused(Why::AlreadyIn)),
            _ => return Err(Stop::Refused(Why::NoPlace)),
        }
        seen(desk, self.at)?;
        // Whether somebody was marked absent before makes no difference: the rule is the same.
        let open = desk.offering.check_in(booking.from, booking.to);
        if self.at < open.start {
            let from = desk.offering.civil(open.start);
            return Err(Stop::Refused(Why::TooEarly { from }));
        }
        if self.at >= open.end {
            let until = desk.offering.civil(open.end);
            return Err(Stop::Refused(Why::TooLate { until }));
        }
        if booking.status == Status::Absent {
            let mut absences = desk.absences(&booking.person)?;
            absences.of.retain(|(number, _)| *number != booking.number);
            desk.draft.put(&absences)?;
        }
        let mut slot = desk.state(&booking.slot)?;
        slot.came = slot.came.saturating_add(booking.party);
        desk.draft.put(&slot)?;
        booking.status = Status::Here {
            attendance: Attendance {
                came: self.at,
                by: self.by,
                went: None,
            },
        };
        desk.draft.put(&booking)?;
        Ok(())
    }
}

impl Act for CheckOut {
    const NAME: &'static str = "check-out";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((powers::Act::CheckIn, self.under.as_ref()?))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        vouched(self.by, self.under.as_ref())?;
        let booking = desk.booking(&self.booking, None)?;
        let attendance = attendance(&booking)?;
        if attendance
            .went
            .as_ref()
            .is_some_and(|went| went.by.is_some())
        {
            return Err(Stop::Refused(Why::AlreadyOut));
        }
        seen(desk, self.at)?;
        if self.at < attendance.came {
            return Err(Stop::Refused(Why::OutBeforeIn));
        }
        went(desk, booking, attendance, self.at, Some(self.by))
    }
}

impl Act for AssumeCheckOut {
    const NAME: &'static str = "assume-check-out";
    const SHAPE: u16 = 1;

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let booking = desk.booking(&self.booking, None)?;
        let attendance = attendance(&booking)?;
        if attendance.went.is_some() {
            return Err(Stop::Refused(Why::AlreadyOut));
        }
        if desk.now() < booking.to {
            let to = desk.offering.civil(booking.to);
            return Err(Stop::Refused(Why::NotOver { to }));
        }
        let end = booking.to;
        went(desk, booking, attendance, end, None)
    }
}

impl Act for MarkAbsent {
    const NAME: &'static str = "mark-absent";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(powers::Act, &Citation)> {
        Some((powers::Act::CheckIn, self.under.as_ref()?))
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        by_clock_or(desk, self.under.as_ref())?;
        let mut booking = desk.booking(&self.booking, None)?;
        let Some(rule) = desk.offering.no_show else {
            return Err(Stop::Refused(Why::NoRule));
        };
        if booking.status != Status::Booked {
            return Err(Stop::Refused(Why::NotMissing));
        }
        let late = later(booking.from, rule.after).min(booking.to);
        if desk.now() < late {
            let until = desk.offering.civil(late);
            return Err(Stop::Refused(Why::MayStillCome { until }));
        }
        let mut absences = desk.absences(&booking.person)?;
        absences.of.push((booking.number.clone(), desk.now()));
        desk.draft.put(&absences)?;
        booking.status = Status::Absent;
        desk.draft.put(&booking)?;
        Ok(())
    }
}

/// Without a clause only the clock gives a command.
pub(super) fn by_clock_or(desk: &Desk<'_, '_>, under: Option<&Citation>) -> Result<(), Stop<Why>> {
    if under.is_none() && desk.draft.origin().actor.as_str() != CLOCK {
        return Err(Stop::Refused(Why::OtherPower));
    }
    Ok(())
}

/// What nobody's ticket shows, staff must vouch for.
fn vouched(by: Means, under: Option<&Citation>) -> Result<(), Stop<Why>> {
    match (by, under) {
        (Means::List, None) => Err(Stop::Refused(Why::OtherPower)),
        _ => Ok(()),
    }
}

/// Nothing has been seen that is yet to come.
pub(super) fn seen(desk: &Desk<'_, '_>, at: Timestamp) -> Result<(), Stop<Why>> {
    if at > desk.now() {
        return Err(Stop::Refused(Why::InFuture));
    }
    Ok(())
}

fn attendance(booking: &Booking) -> Result<Attendance, Stop<Why>> {
    match &booking.status {
        Status::Here { attendance } => Ok(attendance.clone()),
        Status::Booked | Status::Absent => Err(Stop::Refused(Why::NotIn)),
        _ => Err(Stop::Refused(Why::NoPlace)),
    }
}

/// Writes when somebody went, and counts the minutes of the session that they were there.
fn went(
    desk: &mut Desk<'_, '_>,
    mut booking: Booking,
    mut attendance: Attendance,
    at: Timestamp,
    by: Option<Means>,
) -> Result<(), Stop<Why>> {
    let counted = minutes(attendance.came.max(booking.from), at.min(booking.to));
    let before = attendance.went.as_ref().map_or(0, |went| went.minutes);
    // Granted minutes stand in for what was not seen; what was seen takes their place, so that the two never make more
    // than the session.
    let left = minutes(booking.from, booking.to).saturating_sub(counted);
    let granted = booking.granted.min(left);
    let mut hours = desk.hours(&booking.person)?;
    hours.checked = hours.checked.saturating_sub(before).saturating_add(counted);
    hours.granted = hours.granted.saturating_sub(booking.granted - granted);
    booking.granted = granted;
    attendance.went = Some(Went {
        at,
        by,
        minutes: counted,
    });
    booking.status = Status::Here { attendance };
    desk.draft.put(&booking)?;
    desk.draft.put(&hours)?;
    Ok(())
}
