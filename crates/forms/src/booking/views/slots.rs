//! The slots of an offer with what is free now.

use city::place::{Places, Relation};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::form::Fault;
use ledger::name::Key;
use ledger::store::Read;
use notice::PlaceId;
use notice::offer::Give;

use super::{Page, get};
use crate::booking::offering::{Offered, Offering};
use crate::booking::rows;

/// Slots whose counts one page reads; it may end before it is full, and says where to go on.
const LOOKED_AT_MAX: usize = 1_000;

/// Which slots to show. Without anything said, all of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Sessions that begin on this day or later.
    pub from: Option<Date>,
    /// Sessions that begin on this day or earlier.
    pub until: Option<Date>,
    /// In this place, or in one that lies in it.
    pub place: Option<(&'a Places, PlaceId)>,
    /// Of this project, by its key.
    pub project: Option<&'a str>,
    /// Only where one can have a place, or enter the draw, now.
    pub free: bool,
}

/// A slot and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotNow<'a> {
    /// The slot as the text has it.
    pub slot: &'a Offered,
    /// Places that somebody has.
    pub taken: u32,
    /// Places kept for those they were offered to.
    pub kept: u32,
    /// How many wait.
    pub waiting: u32,
    /// How many are in the draw; once its list is closed, how many are on the list.
    pub entered: u32,
    /// What one can do now.
    pub stage: Stage,
}

/// Where a slot is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Sign-up has not begun.
    NotYetOpen {
        /// When it begins.
        opens: Timestamp,
    },
    /// One can sign up.
    Open {
        /// For what.
        open: Open,
        /// Until when.
        closes: Timestamp,
    },
    /// Sign-up has ended, the session has not begun.
    Closed,
    /// The session has begun.
    Begun,
    /// The session is over.
    Past,
}

/// What signing up gives now to somebody who may come and has nothing else at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// A place.
    Free {
        /// How many there are.
        places: u32,
    },
    /// A position at the end of the waiting list.
    Waiting {
        /// How many there are.
        places: u32,
    },
    /// Nothing: there is neither a place nor a position in the waiting list.
    Full,
    /// A number in the draw.
    Draw,
}

/// The slots that are wanted, by session, then project, from the first after `after` on.
///
/// Reads one row for each slot shown; with [`Wanted::free`], for each slot it passes too.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn slots<'a>(
    store: &impl Read,
    offering: &'a Offering,
    now: Timestamp,
    wanted: &Wanted<'_>,
    after: Option<&Key>,
    limit: usize,
) -> Result<Page<SlotNow<'a>>, Fault> {
    let all = offering.slots();
    let day = |slot: &Offered| slot.session.from.date();
    let first = wanted
        .from
        .map_or(0, |from| all.partition_point(|slot| day(slot) < from));
    let end = wanted.until.map_or(all.len(), |until| {
        all.partition_point(|slot| day(slot) <= until)
    });
    let start = after
        .and_then(|key| offering.position(key))
        .map_or(first, |at| first.max(at + 1));
    let span = all.get(start..end).unwrap_or_default();
    let mut fitting = span
        .iter()
        .filter(|slot| wanted.fits(offering, slot))
        .peekable();
    let mut rows = Vec::new();
    let mut last = None;
    for _ in 0..LOOKED_AT_MAX {
        if rows.len() >= limit {
            break;
        }
        let Some(slot) = fitting.next() else { break };
        last = Some(&slot.key);
        let now = of(store, offering, slot, now)?;
        if !wanted.free || now.can_be_had() {
            rows.push(now);
        }
    }
    let more = fitting.peek().is_some();
    let next = if more { last.or(after).cloned() } else { None };
    Ok(Page { rows, next })
}

/// One slot; `None` if the text has no such slot.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn slot<'a>(
    store: &impl Read,
    offering: &'a Offering,
    key: &Key,
    now: Timestamp,
) -> Result<Option<SlotNow<'a>>, Fault> {
    let slot = offering.slot(key);
    slot.map(|slot| of(store, offering, slot, now)).transpose()
}

/// To how many places of a slot somebody came, by check-in. Reads one row.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn came(store: &impl Read, slot: &Offered) -> Result<u32, Fault> {
    Ok(counts(store, slot)?.came)
}

pub(super) fn counts(store: &impl Read, slot: &Offered) -> Result<rows::Slot, Fault> {
    let row = get(store, slot.key.clone())?;
    Ok(row.unwrap_or_else(|| rows::Slot::empty(slot.key.clone())))
}

fn of<'a>(
    store: &impl Read,
    offering: &Offering,
    slot: &'a Offered,
    now: Timestamp,
) -> Result<SlotNow<'a>, Fault> {
    let row = counts(store, slot)?;
    Ok(SlotNow {
        slot,
        taken: row.taken,
        kept: row.kept,
        waiting: row.waiting,
        entered: row.entered,
        stage: stage(offering, slot, &row, now),
    })
}

fn stage(offering: &Offering, slot: &Offered, row: &rows::Slot, now: Timestamp) -> Stage {
    let closes = offering.closes(slot);
    if slot.to <= now {
        Stage::Past
    } else if slot.from <= now {
        Stage::Begun
    } else if now < offering.opens {
        Stage::NotYetOpen {
            opens: offering.opens,
        }
    } else if closes <= now {
        Stage::Closed
    } else {
        let open = open(offering, slot, row);
        Stage::Open { open, closes }
    }
}

fn open(offering: &Offering, slot: &Offered, row: &rows::Slot) -> Open {
    let held = row.taken.saturating_add(row.kept);
    let free = slot.capacity.saturating_sub(held);
    let waiting = offering.waiting.map_or(0, |rule| rule.places);
    match offering.give {
        Give::Draw => Open::Draw,
        // Nobody overtakes those who wait.
        Give::FirstCome if free > 0 && row.waiting == 0 => Open::Free { places: free },
        Give::FirstCome if row.waiting < waiting => Open::Waiting {
            places: waiting - row.waiting,
        },
        Give::FirstCome => Open::Full,
    }
}

impl SlotNow<'_> {
    /// Whether one can have a place, or enter the draw, now.
    #[must_use]
    pub const fn can_be_had(&self) -> bool {
        matches!(
            self.stage,
            Stage::Open {
                open: Open::Free { .. } | Open::Draw,
                ..
            }
        )
    }
}

impl Wanted<'_> {
    fn fits(&self, offering: &Offering, slot: &Offered) -> bool {
        let project = slot.project.and_then(|at| offering.projects().get(at));
        let name = project.map(|(name, _)| name.as_str());
        self.project.is_none_or(|wanted| name == Some(wanted))
            && self.place.is_none_or(|(places, wanted)| {
                // A slot that is somewhere in the city is in no smaller place for sure.
                let place = slot.place.unwrap_or_else(|| places.city());
                matches!(
                    places.relation(place, wanted),
                    Relation::Same | Relation::Inside
                )
            })
    }
}
