//! Bookings as people see them: a person's own, in all notices, and a slot's list, for staff.

use std::collections::HashMap;

use jiff::Timestamp;
use ledger::form::Fault;
use ledger::name::{BadName, Key, Person};
use ledger::sealed::SealError;
use ledger::store::{Read, StoreError};

use super::{Page, find};
use crate::booking::offering::Offering;
use crate::booking::rows::{Attendance, Booking, Number, Status, Turn, found};
use crate::people::powers::{Act, Citation};

/// How far a place in line is counted.
const LINE_MAX: usize = 1_024;
/// Positions that are read at once.
const LINE_STEP: usize = 64;

/// A booking, and what it comes to now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The booking as it is kept. Its granted minutes are another number than those that were checked.
    pub booking: Booking,
    /// How it stands.
    pub stands: Standing,
    /// How many entries have written it.
    pub written: u64,
}

/// How a booking stands at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In the draw.
    InDraw,
    /// On the waiting list.
    Waiting(Line),
    /// It waited until the session began.
    WaitedInVain,
    /// A place is kept for the person.
    Offered {
        /// Until when.
        until: Timestamp,
    },
    /// The place was not taken in time.
    Lapsed,
    /// The person has a place in a session to come.
    Coming,
    /// The session has begun, and the person has not checked in.
    Expected,
    /// The session is over, and nothing says whether the person came.
    Untold,
    /// The person came and has not gone.
    Here {
        /// When they came.
        since: Timestamp,
    },
    /// The person came and went.
    Been {
        /// Minutes that were checked.
        checked: u32,
        /// Whether going was seen; otherwise the session's end is taken.
        seen: bool,
    },
    /// The person did not come.
    Absent,
    /// Given back.
    Cancelled,
    /// The draw gave nothing.
    NotDrawn,
    /// Drawn, but the person could not take it.
    PassedOver,
}

/// A place in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The first is 1.
    Nth(usize),
    /// There are at least so many before.
    Beyond(usize),
}

/// A list is not shown.
#[derive(Debug, thiserror::Error)]
pub enum NotShown {
    /// The clause is for something else, or was given to somebody else.
    #[error(
        "the power that was cited is for something else or not yours: start again from your own desk"
    )]
    OtherPower,
    /// What was sealed cannot be opened, mostly because its person was forgotten.
    #[error(transparent)]
    Gone(#[from] SealError),
    /// The store could not be read.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for NotShown {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<BadName> for NotShown {
    fn from(error: BadName) -> Self {
        Self::Fault(error.into())
    }
}

/// A person's bookings in all notices, in the order of signing up, from the first after `after` on.
///
/// Reads those bookings and, for each that waits, the line before it, as far as that is counted.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn mine(
    store: &impl Read,
    person: &Person,
    now: Timestamp,
    after: Option<&Key>,
    limit: usize,
) -> Result<Page<Seen>, Fault> {
    page(store, "booking.person", person.as_str(), now, after, limit)
}

/// Who has signed up for a slot of the offer, in that order, from the first after `after` on, with those who have left: for
/// the staff member to whom the clause was given by which staff see bookings of the office that issued the notice, or take
/// them out.
///
/// # Errors
/// [`NotShown::OtherPower`] if the clause is not good for that, or the slot is another offer's; [`NotShown::Fault`] when the store cannot be read.
pub fn attendance(
    store: &impl Read,
    offering: &Offering,
    (under, reader): (&Citation, &Person),
    slot: &Key,
    now: Timestamp,
    after: Option<&Key>,
    limit: usize,
) -> Result<Page<Seen>, NotShown> {
    let offer = offering.key().as_str();
    let rest = slot.as_str().strip_prefix(offer).unwrap_or_default();
    let gives = |act: &Act| under.gives(*act, reader, offering.issuer());
    let given = [Act::SeeBookings, Act::Export].iter().any(gives);
    if !given || !rest.starts_with(['/', '@']) {
        return Err(NotShown::OtherPower);
    }
    Ok(page(
        store,
        "booking.slot",
        slot.as_str(),
        now,
        after,
        limit,
    )?)
}

fn page(
    store: &impl Read,
    index: &str,
    key: &str,
    now: Timestamp,
    after: Option<&Key>,
    limit: usize,
) -> Result<Page<Seen>, Fault> {
    let mut bookings: Vec<(Booking, u64)> = match found(index, key) {
        // One more tells whether the list goes on.
        Some(by) => find(store, &by, after, limit.saturating_add(1))?,
        None => Vec::new(),
    };
    let more = bookings.len() > limit;
    bookings.truncate(limit);
    let mut lines = HashMap::new();
    let mut rows = Vec::with_capacity(bookings.len());
    for (booking, written) in bookings {
        let stands = stands(store, &booking, now, &mut lines)?;
        rows.push(Seen {
            booking,
            stands,
            written,
        });
    }
    let last = rows.last().map(|seen| seen.booking.number.key().clone());
    Ok(Page {
        next: last.filter(|_| more),
        rows,
    })
}

/// Who waits for each slot, as far as it has been read.
type Lines = HashMap<Key, Queue>;

#[derive(Default)]
struct Queue {
    /// Who is in which place, the first being 1.
    places: HashMap<Number, usize>,
    last: Option<Key>,
    ended: bool,
}

fn stands(
    store: &impl Read,
    booking: &Booking,
    now: Timestamp,
    lines: &mut Lines,
) -> Result<Standing, Fault> {
    Ok(match &booking.status {
        Status::Entered => Standing::InDraw,
        Status::Waiting { .. } if booking.from <= now => Standing::WaitedInVain,
        Status::Waiting { .. } => Standing::Waiting(line(store, booking, lines)?),
        Status::Offered { until } if *until <= now => Standing::Lapsed,
        Status::Offered { until } => Standing::Offered { until: *until },
        Status::Booked if booking.to <= now => Standing::Untold,
        Status::Booked if booking.from <= now => Standing::Expected,
        Status::Booked => Standing::Coming,
        Status::Here { attendance } => been(attendance),
        Status::Absent => Standing::Absent,
        Status::Cancelled => Standing::Cancelled,
        Status::Lapsed => Standing::Lapsed,
        Status::NotDrawn => Standing::NotDrawn,
        Status::PassedOver { .. } => Standing::PassedOver,
    })
}

fn been(attendance: &Attendance) -> Standing {
    match &attendance.went {
        None => Standing::Here {
            since: attendance.came,
        },
        Some(went) => Standing::Been {
            checked: went.minutes,
            seen: went.by.is_some(),
        },
    }
}

/// Reads the line as far as the booking, some at a time.
fn line(store: &impl Read, booking: &Booking, lines: &mut Lines) -> Result<Line, Fault> {
    let queue = lines.entry(booking.slot.clone()).or_default();
    loop {
        if let Some(place) = queue.places.get(&booking.number) {
            return Ok(Line::Nth(*place));
        }
        let by = found("waiting.slot", booking.slot.as_str());
        let Some(by) = by.filter(|_| !queue.ended && queue.places.len() < LINE_MAX) else {
            return Ok(Line::Beyond(queue.places.len()));
        };
        let turns: Vec<(Turn, u64)> = find(store, &by, queue.last.as_ref(), LINE_STEP)?;
        queue.ended = turns.len() < LINE_STEP;
        for (turn, _) in turns {
            let place = queue.places.len() + 1;
            queue.places.insert(turn.booking, place);
            queue.last = Some(turn.key);
        }
    }
}

impl Standing {
    /// Whether the person has a place, in a session to come or one that was.
    #[must_use]
    pub const fn has_place(&self) -> bool {
        matches!(
            self,
            Self::Coming
                | Self::Expected
                | Self::Untold
                | Self::Here { .. }
                | Self::Been { .. }
                | Self::Absent
        )
    }

    /// Whether it can still become, or is, a place in a session that is not over.
    #[must_use]
    pub const fn is_ahead(&self) -> bool {
        matches!(
            self,
            Self::InDraw
                | Self::Waiting(_)
                | Self::Offered { .. }
                | Self::Coming
                | Self::Expected
                | Self::Here { .. }
        )
    }
}
