//! What was said of sessions: one's own for oneself, words without names for staff, and counts for everybody.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::form::Fault;
use ledger::name::{Key, Person};
use ledger::sealed::SealError;
use ledger::store::Read;

use super::people::NotShown;
use super::{find, get};
use crate::booking::feedback::{Counts, Feedback, Rating, Ratings, until};
use crate::booking::offering::Offering;
use crate::booking::rows::{Booking, found};
use crate::people::powers::{Act, Citation};

/// Rows that are read at once.
const PAGE: usize = 256;

/// What a person has said of a session.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    /// How it was.
    pub rating: Rating,
    /// In their own words.
    pub words: Option<String>,
    /// When they last said it.
    pub at: Timestamp,
}

/// What was said of a slot, without anybody's name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// How many found it how.
    pub counts: Counts,
    /// The words with their ratings, in an order that tells nothing of who booked when.
    pub words: Vec<(Rating, String)>,
    /// Whether there are more than were read.
    pub more: bool,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Said({:?}, …)", self.rating)
    }
}

impl std::fmt::Debug for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Heard({:?}, {} …)", self.counts, self.words.len())
    }
}

/// What was said for a person's own booking, for the person or an accepted guardian. Reads one row.
///
/// # Errors
/// [`NotShown::OtherPower`] if it is another's booking; [`NotShown::Gone`] if the person was forgotten; [`NotShown::Fault`] when
/// the store cannot be read.
pub fn own_feedback(
    store: &impl Read,
    person: &Person,
    booking: &Booking,
) -> Result<Option<Said>, NotShown> {
    if booking.person != *person {
        return Err(NotShown::OtherPower);
    }
    let Some(row) = get::<Feedback>(store, booking.number.key().clone())? else {
        return Ok(None);
    };
    let words = row.words.map(|words| words.open(store)).transpose()?;
    Ok(Some(Said {
        rating: row.rating,
        words: words.map(String::from),
        at: row.at,
    }))
}

/// What was said of a slot of the offer, at most so much of it: for the staff member to whom the clause was given by which staff
/// see bookings of the office that issued the notice. Of who was forgotten the words are gone, and the rating stays counted.
///
/// # Errors
/// [`NotShown::OtherPower`] if the clause is not good for that, or the slot is another offer's; [`NotShown::Fault`] when the
/// store cannot be read.
pub fn heard(
    store: &impl Read,
    offering: &Offering,
    (under, reader): (&Citation, &Person),
    slot: &Key,
    most: usize,
) -> Result<Heard, NotShown> {
    let given = under.gives(Act::SeeBookings, reader, offering.issuer());
    if !given || offering.slot(slot).is_none() {
        return Err(NotShown::OtherPower);
    }
    let mut heard = Heard::default();
    if let Some(ratings) = get::<Ratings>(store, slot.clone())? {
        heard.counts = ratings.counts;
    }
    let mut after: Option<Key> = None;
    let mut read = 0;
    while let Some(by) = found("feedback.slot", slot.as_str()) {
        let rows: Vec<(Feedback, u64)> = find(store, &by, after.as_ref(), PAGE)?;
        for (row, _) in &rows {
            match row.words.as_ref().map(|words| words.open(store)) {
                Some(Ok(words)) => heard.words.push((row.rating, words.into())),
                None | Some(Err(SealError::Forgotten(_))) => {}
                Some(Err(error)) => return Err(error.into()),
            }
        }
        read += rows.len();
        after = rows.last().map(|(row, _)| row.booking.key().clone());
        if rows.len() < PAGE {
            break;
        }
        if read >= most {
            heard.more = true;
            break;
        }
    }
    heard.words.sort();
    Ok(heard)
}

/// How the sessions of an offer were found, by slot: those of which nobody can say it anew any more, so that nobody sees the
/// counts change by one. Reads a row for each slot of which anything was said.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn ratings(
    store: &impl Read,
    offering: &Offering,
    now: Timestamp,
) -> Result<BTreeMap<Key, Counts>, Fault> {
    let mut all = BTreeMap::new();
    let mut after: Option<Key> = None;
    while let Some(by) = found("ratings.offer", offering.key().as_str()) {
        let rows: Vec<(Ratings, u64)> = find(store, &by, after.as_ref(), PAGE)?;
        after = rows.last().map(|(row, _)| row.slot.clone());
        let many = rows.len();
        let closed = rows.into_iter().filter(|(row, _)| until(row.to) <= now);
        all.extend(closed.map(|(row, _)| (row.slot, row.counts)));
        if many < PAGE {
            break;
        }
    }
    Ok(all)
}
