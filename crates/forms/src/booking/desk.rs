//! What the decisions share: looking a slot, a booking or a person's day up, and what follows when a place comes free.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ledger::Draft;
use ledger::form::{Fault, Stop};
use ledger::name::{Key, Person};
use notice::Minutes;

use super::offering::{Offered, Offering};
use super::refusal::Why;
use super::rows::{
    Absences, Booking, Day, Held, Hours, Number, Slot, Status, Turn, day_key, found, person_key,
    turn_key,
};

/// Places that one decision offers on, so that its entry stays within the ledger's bound.
pub(super) const STEP: usize = 32;
/// Rows that are read at once.
const PAGE: usize = 256;

/// A decision being made: the text's rules, and the state.
pub struct Desk<'a, 'd> {
    pub(super) offering: &'a Arc<Offering>,
    pub(super) draft: &'a mut Draft<'d>,
    /// The slot that the command is about, as far as is known: a refusal cites its clause.
    pub(super) about: Option<&'a Offered>,
}

impl<'a> Desk<'a, '_> {
    pub(super) const fn now(&self) -> Timestamp {
        self.draft.now()
    }

    /// The slot of that name in the text.
    pub(super) fn slot(&mut self, key: &Key) -> Result<&'a Offered, Stop<Why>> {
        let slot = self.offering.slot(key);
        self.about = slot;
        slot.ok_or(Stop::Refused(Why::NoSuchSlot))
    }

    /// How full a slot is.
    pub(super) fn state(&mut self, slot: &Key) -> Result<Slot, Fault> {
        let state = self.draft.get(slot)?;
        Ok(state.unwrap_or_else(|| Slot::empty(slot.clone())))
    }

    /// A booking of this offer; of this person, if one is given. Whose it is, others do not learn.
    pub(super) fn booking(
        &mut self,
        number: &Number,
        person: Option<&Person>,
    ) -> Result<Booking, Stop<Why>> {
        let booking = self.draft.get::<Booking>(number.key())?;
        let fits = |booking: &Booking| {
            booking.offer == self.offering.key && person.is_none_or(|p| *p == booking.person)
        };
        let booking = booking
            .filter(fits)
            .ok_or(Stop::Refused(Why::NoSuchBooking))?;
        self.about = self.offering.slot(&booking.slot);
        Ok(booking)
    }

    /// What the person has given this stretch of time to, in whatever notice; the earliest if there is more.
    pub(super) fn clash(
        &mut self,
        person: &Person,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Held>, Fault> {
        let mut clash: Option<Held> = None;
        for day in self.offering.days(from, to) {
            let day: Option<Day> = self.draft.get(&day_key(person, day)?)?;
            let held = day.into_iter().flat_map(|day| day.held);
            let overlapping = held.filter(|held| held.from < to && from < held.to);
            clash = clash
                .into_iter()
                .chain(overlapping)
                .min_by_key(|held| held.from);
        }
        Ok(clash)
    }

    /// Refuses what overlaps with a booking that the person has, and names it.
    pub(super) fn no_clash(
        &mut self,
        person: &Person,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(), Stop<Why>> {
        match self.clash(person, from, to)? {
            None => Ok(()),
            Some(held) => Err(Stop::Refused(Why::Clash {
                from: self.offering.civil(held.from),
                to: self.offering.civil(held.to),
                slot: held.slot,
            })),
        }
    }

    /// Whether the person holds as many slots of the offer, not yet over, as the text allows.
    pub(super) fn at_limit(&mut self, person: &Person) -> Result<Option<u32>, Fault> {
        let Some(limit) = self.offering.limit else {
            return Ok(None);
        };
        let now = self.now();
        let mut holds = 0;
        let mut after: Option<Key> = None;
        while let Some(by) = found("booking.person", person.as_str()) {
            let page: Vec<Booking> = self.draft.find(&by, after.as_ref(), PAGE)?;
            let held = |booking: &&Booking| {
                booking.offer == self.offering.key && booking.holds_place() && booking.to > now
            };
            holds += page.iter().filter(held).count();
            after = page.last().map(|booking| booking.number.key().clone());
            if page.len() < PAGE {
                break;
            }
        }
        Ok((holds >= limit as usize).then_some(limit))
    }

    /// Gives the booking's time away on the person's days.
    pub(super) fn hold(&mut self, booking: &Booking) -> Result<(), Fault> {
        for day in self.offering.days(booking.from, booking.to) {
            let key = day_key(&booking.person, day)?;
            let mut day: Day = self.draft.get(&key)?.unwrap_or(Day {
                key,
                held: Vec::new(),
            });
            day.held.push(Held {
                booking: booking.number.clone(),
                slot: booking.slot.clone(),
                from: booking.from,
                to: booking.to,
            });
            self.draft.put(&day)?;
        }
        Ok(())
    }

    /// Gives the booking's time back to the person.
    pub(super) fn unhold(&mut self, booking: &Booking) -> Result<(), Fault> {
        for day in self.offering.days(booking.from, booking.to) {
            let key = day_key(&booking.person, day)?;
            if let Some(mut day) = self.draft.get::<Day>(&key)? {
                day.held.retain(|held| held.booking != booking.number);
                if day.held.is_empty() {
                    self.draft.remove::<Day>(&key)?;
                } else {
                    self.draft.put(&day)?;
                }
            }
        }
        Ok(())
    }

    /// Puts a booking at the end of its slot's waiting list.
    pub(super) fn wait(&mut self, slot: &mut Slot, booking: &mut Booking) -> Result<(), Fault> {
        let position = slot.next;
        slot.next += 1;
        slot.waiting += 1;
        booking.status = Status::Waiting { position };
        self.draft.put(&Turn {
            key: turn_key(&slot.slot, position)?,
            slot: slot.slot.clone(),
            booking: booking.number.clone(),
        })
    }

    /// Takes a booking off the waiting list.
    pub(super) fn unwait(&mut self, slot: &mut Slot, position: u32) -> Result<(), Fault> {
        slot.waiting = slot.waiting.saturating_sub(1);
        self.draft.remove::<Turn>(&turn_key(&slot.slot, position)?)
    }

    /// Offers free places to those who wait, the first first, and writes the slot. Gives how many have left the list.
    pub(super) fn move_up(&mut self, slot: &mut Slot) -> Result<usize, Fault> {
        let now = self.now();
        let mut offered = 0;
        if let (Some(text), Some(rule)) = (self.offering.slot(&slot.slot), self.offering.waiting)
            && let Some(by) = found("waiting.slot", slot.slot.as_str())
        {
            while slot.has_room(text.capacity, 1)
                && slot.waiting > 0
                && now < text.from
                && offered < STEP
            {
                let Some(turn) = self.draft.find::<Turn>(&by, None, 1)?.pop() else {
                    break;
                };
                let booking = self.draft.get::<Booking>(turn.booking.key())?;
                // Whoever is first and comes with others waits until there is room for all of them. Who comes after does
                // not overtake, or a large party would never get in.
                let party = booking.as_ref().map_or(1, |first| first.party);
                if party <= text.capacity && !slot.has_room(text.capacity, party) {
                    break;
                }
                self.draft.remove::<Turn>(&turn.key)?;
                slot.waiting -= 1;
                let Some(mut booking) = booking else {
                    continue;
                };
                offered += 1;
                // A correction has left fewer places than they are.
                if party > text.capacity {
                    booking.status = Status::Lapsed;
                    self.draft.put(&booking)?;
                    self.draft.release(booking.claim)?;
                    continue;
                }
                slot.kept += booking.party;
                let until = later(now, rule.offer).min(text.from);
                booking.status = Status::Offered { until };
                self.draft.put(&booking)?;
            }
        }
        self.draft.put(slot)?;
        Ok(offered)
    }

    /// The row in which the person's absences are counted, to be written back.
    pub(super) fn absences(&mut self, person: &Person) -> Result<Absences, Fault> {
        let key = person_key(person, &self.offering.key)?;
        let absences = self.draft.get(&key)?;
        Ok(absences.unwrap_or(Absences {
            key,
            of: Vec::new(),
        }))
    }

    /// Until when the person may not sign up because of not having come.
    pub(super) fn barred(&mut self, person: &Person) -> Result<Option<Timestamp>, Fault> {
        let Some((times, bar)) = self.offering.no_show.and_then(|rule| rule.bar) else {
            return Ok(None);
        };
        let absences = self.absences(person)?;
        // Every so many absences bar once, from when the last of them was found.
        let found = absences.of.chunks_exact(times.max(1) as usize);
        let until = found
            .filter_map(|some| some.last())
            .map(|(_, at)| later(*at, bar))
            .max();
        Ok(until.filter(|until| self.now() < *until))
    }

    /// The row in which the person's hours are counted, to be written back.
    pub(super) fn hours(&mut self, person: &Person) -> Result<Hours, Fault> {
        let key = person_key(person, &self.offering.key)?;
        let hours = self.draft.get(&key)?;
        Ok(hours.unwrap_or_else(|| Hours {
            key,
            person: person.clone(),
            offer: self.offering.key.clone(),
            checked: 0,
            granted: 0,
        }))
    }
}

impl Slot {
    /// A slot that nobody has signed up for.
    pub(super) const fn empty(slot: Key) -> Self {
        Self {
            slot,
            taken: 0,
            came: 0,
            kept: 0,
            waiting: 0,
            entered: 0,
            next: 0,
            settled: None,
        }
    }

    /// How many places are free.
    pub(super) const fn free(&self, capacity: u32) -> u32 {
        capacity.saturating_sub(self.taken.saturating_add(self.kept))
    }

    /// Whether so many can have a place.
    pub(super) const fn has_room(&self, capacity: u32, party: u32) -> bool {
        party <= self.free(capacity)
    }
}

impl Booking {
    /// Whether the person has, or had, a place.
    #[must_use]
    pub const fn holds_place(&self) -> bool {
        matches!(
            self.status,
            Status::Booked | Status::Here { .. } | Status::Absent
        )
    }
}

/// An instant so much later; the last one there is, rather than none.
pub(super) fn later(at: Timestamp, by: Minutes) -> Timestamp {
    at.checked_add(SignedDuration::from_mins(i64::from(by.0)))
        .unwrap_or(Timestamp::MAX)
}

/// An instant so much earlier; the first one there is, rather than none.
pub(super) fn earlier(at: Timestamp, by: Minutes) -> Timestamp {
    at.checked_sub(SignedDuration::from_mins(i64::from(by.0)))
        .unwrap_or(Timestamp::MIN)
}

/// Whole minutes from one instant to another; none if it is not later.
pub(super) fn minutes(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.duration_since(from).as_mins()).unwrap_or(0)
}
