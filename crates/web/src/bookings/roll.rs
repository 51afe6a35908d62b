//! A slot's list with names, opened for staff at the moment they look at it, and counts of who came without any.

use super::{Bookings, Ready};
use crate::failure::Failure;
use crate::people::ours;
use forms::booking::Offered;
use forms::booking::answers::Answer;
use forms::booking::rows::{Booking, Status, found};
use forms::booking::views::{self, NotShown, Seen};
use forms::people::Identity;
use forms::people::powers::Citation;
use jiff::Timestamp;
use ledger::item::{ItemId, Row};
use ledger::name::{Key, Kind, Person};
use ledger::store::{AnyReader, Read as _};
use std::collections::BTreeSet;

/// Bookings of a slot that a list shows.
const LINES_MAX: usize = 2_048;
/// Bookings that are read at once.
const PAGE: usize = 256;

/// One line of a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// The booking.
    pub seen: Seen,
    /// The name, if it is known and its person was not forgotten.
    pub name: Option<String>,
}

/// A slot's list, in the order of signing up.
#[derive(Debug, Clone, Default)]
pub struct Roll {
    /// Its lines.
    pub lines: Vec<Line>,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// What came of some slots' bookings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// People who signed up, whatever came of it.
    pub people: u64,
    /// Places that somebody came to.
    pub came: u64,
    /// Places that somebody did not come to.
    pub absent: u64,
    /// Minutes that were checked.
    pub checked: u64,
    /// Minutes that staff granted.
    pub granted: u64,
}

impl Roll {
    /// Reads a slot's list for the one to whom the clause was given.
    pub fn read(
        reader: &AnyReader,
        ready: &Ready,
        slot: &Offered,
        (under, who): (&Citation, &Person),
        now: Timestamp,
    ) -> Result<Roll, Failure> {
        let mut roll = Roll::default();
        let mut after: Option<Key> = None;
        loop {
            let page = views::attendance(
                reader,
                &ready.offering,
                (under, who),
                &slot.key,
                now,
                after.as_ref(),
                PAGE,
            );
            let page = page.map_err(|not: NotShown| ours(not))?;
            for seen in page.rows {
                let name = name(reader, &seen.booking.person)?;
                roll.lines.push(Line { seen, name });
            }
            after = page.next;
            if after.is_none() {
                return Ok(roll);
            }
            if roll.lines.len() >= LINES_MAX {
                roll.more = true;
                return Ok(roll);
            }
        }
    }
}

/// What was answered for each line's booking, for the one to whom the clause was given. Of a person who was forgotten nothing
/// is left.
pub fn answers(
    reader: &AnyReader,
    ready: &Ready,
    lines: &[Line],
    (under, who): (&Citation, &Person),
) -> Result<Vec<Vec<Answer>>, Failure> {
    let opened = lines.iter().map(|line| {
        let booking = &line.seen.booking;
        match views::answers(reader, &ready.offering, (under, who), booking) {
            Err(NotShown::Gone(_)) => Ok(Vec::new()),
            other => other.map_err(ours),
        }
    });
    opened.collect()
}

impl Tally {
    /// Counts over the bookings of some slots. Reads all of them.
    pub fn read<'a>(
        reader: &AnyReader,
        slots: impl Iterator<Item = &'a Offered>,
    ) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        let mut people = BTreeSet::new();
        for slot in slots {
            let mut after: Option<ItemId> = None;
            while let Some(by) = found("booking.slot", slot.key.as_str()) {
                let page = reader.find(&by, after.as_ref(), PAGE).map_err(ours)?;
                for item in &page {
                    let booking: Booking = item.read().map_err(ours)?;
                    tally.add(&booking);
                    people.insert(booking.person);
                }
                if page.len() < PAGE {
                    break;
                }
                after = page.last().map(|item| ItemId {
                    kind: item.kind.clone(),
                    key: item.key.clone(),
                });
            }
        }
        tally.people = people.len() as u64;
        Ok(tally)
    }

    fn add(&mut self, booking: &Booking) {
        match &booking.status {
            Status::Here { attendance } => {
                self.came += 1;
                let went = attendance.went.as_ref();
                self.checked += u64::from(went.map_or(0, |went| went.minutes));
            }
            Status::Absent => self.absent += 1,
            _ => {}
        }
        self.granted += u64::from(booking.granted);
    }
}

/// A person's name. Nothing if they gave none, or were forgotten.
pub fn name(reader: &AnyReader, person: &Person) -> Result<Option<String>, Failure> {
    let kind = Kind::new(Identity::KIND).map_err(ours)?;
    let key = Key::from(person.clone());
    let item = reader.item(&ItemId { kind, key }).map_err(ours)?;
    let identity: Option<Identity> = item.map(|item| item.read().map_err(ours)).transpose()?;
    // A key that is gone between the two reads leaves no name either.
    let name = identity.and_then(|identity| identity.name.open(reader).ok());
    Ok(name.map(|name| name.as_str().to_owned()))
}

impl Bookings {
    /// A booking with how it stands, whoever's it is.
    pub fn seen(
        reader: &AnyReader,
        booking: &Booking,
        now: Timestamp,
    ) -> Result<Option<Seen>, Failure> {
        let mut after: Option<Key> = None;
        loop {
            let person = &booking.person;
            let page = views::mine(reader, person, now, after.as_ref(), PAGE).map_err(ours)?;
            let mut rows = page.rows.into_iter();
            if let Some(seen) = rows.find(|seen| seen.booking.number == booking.number) {
                return Ok(Some(seen));
            }
            after = page.next;
            if after.is_none() {
                return Ok(None);
            }
        }
    }
}
