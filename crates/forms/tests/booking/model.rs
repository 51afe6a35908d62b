//! Booking, slow and obvious: a plain list of bookings, everything else found by looking through it. Civil times only.

use city::slot::Slot;
use forms::booking::Why;
use forms::booking::rows::Number;
use jiff::civil::DateTime;
use jiff::{Timestamp, ToSpan};
use ledger::name::{Key, Person};
use notice::offer::{Give, Minutes, Offer};

use crate::house::{CITY, instant};

#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Entered,
    /// Left a draw, before or after its list was closed.
    LeftDraw {
        listed: bool,
    },
    /// By the order of coming to the list.
    Waiting(u32),
    Offered(DateTime),
    Booked,
    Here {
        came: DateTime,
        /// When, and whether it was seen.
        went: Option<(DateTime, bool)>,
    },
    /// By the order of being found, and when.
    Absent(usize, DateTime),
    Cancelled,
    Lapsed,
    NotDrawn,
    PassedOver(Option<Number>),
}

#[derive(Clone, Debug)]
pub struct Booking {
    pub number: Number,
    pub offer: usize,
    pub slot: Key,
    pub person: Person,
    pub party: u32,
    pub from: DateTime,
    pub to: DateTime,
    pub state: State,
    pub granted: u32,
}

impl Booking {
    pub fn has_place(&self) -> bool {
        matches!(
            self.state,
            State::Booked | State::Here { .. } | State::Absent(..)
        )
    }

    fn is_alive(&self) -> bool {
        self.has_place()
            || matches!(
                self.state,
                State::Entered | State::Waiting(_) | State::Offered(_)
            )
    }

    pub fn checked(&self) -> u32 {
        match self.state {
            State::Here {
                came,
                went: Some((went, _)),
            } => between(came.max(self.from), went.min(self.to)),
            _ => 0,
        }
    }
}

#[derive(Clone)]
pub struct Rules {
    pub offer: Offer,
    pub slots: Vec<(Key, Slot)>,
}

#[derive(Clone)]
pub struct Model {
    pub now: DateTime,
    pub offers: Vec<Rules>,
    pub bookings: Vec<Booking>,
    events: usize,
    /// Slots whose draw has been carried out.
    pub settled: Vec<Key>,
}

fn after(at: DateTime, by: Minutes) -> DateTime {
    at + i64::from(by.0).minutes()
}

fn between(from: DateTime, to: DateTime) -> u32 {
    (to.duration_since(from).as_secs().max(0) / 60) as u32
}

impl Model {
    pub fn new(now: DateTime) -> Self {
        let offers = crate::house::OFFERS.iter().map(|(notice, _)| {
            let offer = notice.offers[0].clone();
            let named = |slot: Slot| {
                let project = slot
                    .project
                    .map(|at| format!("/{}", offer.projects[at].name));
                let project = project.unwrap_or_default();
                let name = format!("{}#{}{project}@{}", notice.slug, offer.name, slot.session);
                (Key::new(&name).unwrap(), slot)
            };
            let slots = CITY
                .slots(notice, &offer)
                .slots
                .into_iter()
                .map(named)
                .collect();
            Rules { offer, slots }
        });
        Self {
            now,
            offers: offers.collect(),
            bookings: Vec::new(),
            events: 0,
            settled: Vec::new(),
        }
    }

    pub fn slot(&self, offer: usize, slot: &Key) -> Option<&Slot> {
        let mut slots = self.offers[offer].slots.iter();
        slots.find(|(key, _)| key == slot).map(|(_, slot)| slot)
    }

    /// When one can no longer sign up.
    fn close(&self, offer: usize, from: DateTime) -> DateTime {
        self.offers[offer]
            .offer
            .sign_up
            .until
            .unwrap_or(from)
            .min(from)
    }

    pub fn of_slot<'a>(&'a self, slot: &'a Key) -> impl Iterator<Item = &'a Booking> {
        self.bookings
            .iter()
            .filter(move |booking| booking.slot == *slot)
    }

    /// Persons who have a place.
    pub fn taken(&self, slot: &Key) -> usize {
        let booked = self.of_slot(slot).filter(|booking| booking.has_place());
        booked.map(|booking| booking.party as usize).sum()
    }

    /// Places to which somebody came.
    pub fn came(&self, slot: &Key) -> usize {
        let here = |b: &&Booking| matches!(b.state, State::Here { .. });
        let came = self.of_slot(slot).filter(here);
        came.map(|b| b.party as usize).sum()
    }

    /// Persons for whom one is kept.
    pub fn kept(&self, slot: &Key) -> usize {
        let offered = self.of_slot(slot);
        let offered = offered.filter(|booking| matches!(booking.state, State::Offered(_)));
        offered.map(|booking| booking.party as usize).sum()
    }

    /// Who waits, the first first.
    pub fn queue(&self, slot: &Key) -> Vec<Number> {
        let mut queue: Vec<_> = self
            .of_slot(slot)
            .filter_map(|booking| match booking.state {
                State::Waiting(order) => Some((order, booking.number.clone())),
                _ => None,
            })
            .collect();
        queue.sort();
        queue.into_iter().map(|(_, number)| number).collect()
    }

    /// Who a draw's list must hold.
    pub fn entrants(&self, slot: &Key) -> Vec<Number> {
        let listed =
            |state: &State| matches!(state, State::Entered | State::LeftDraw { listed: true });
        let entrants = self.of_slot(slot).filter(|booking| listed(&booking.state));
        entrants.map(|booking| booking.number.clone()).collect()
    }

    pub fn find(&mut self, offer: usize, number: &Number) -> Result<&mut Booking, Why> {
        let found = self
            .bookings
            .iter_mut()
            .find(|b| b.number == *number && b.offer == offer);
        found.ok_or(Why::NoSuchBooking)
    }

    fn clash(&self, person: &Person, from: DateTime, to: DateTime) -> Option<&Booking> {
        let mine = self
            .bookings
            .iter()
            .filter(|b| b.person == *person && b.has_place());
        mine.filter(|b| b.from < to && from < b.to)
            .min_by_key(|b| b.from)
    }

    fn no_clash(&self, person: &Person, from: DateTime, to: DateTime) -> Result<(), Why> {
        self.clash(person, from, to).map_or(Ok(()), |b| {
            Err(Why::Clash {
                slot: b.slot.clone(),
                from: b.from,
                to: b.to,
            })
        })
    }

    fn below_limit(&self, offer: usize, person: &Person) -> Result<(), Why> {
        let held = self.bookings.iter().filter(|b| {
            b.offer == offer && b.person == *person && b.has_place() && b.to > self.now
        });
        match self.offers[offer].offer.limit {
            Some(limit) if held.count() >= limit as usize => Err(Why::Limit { limit }),
            _ => Ok(()),
        }
    }

    /// Offers free places to the first who wait.
    fn pass_on(&mut self, offer: usize, slot: &Key) -> usize {
        let mut offered = 0;
        let (Some(text), Some(rule)) = (
            self.slot(offer, slot).cloned(),
            self.offers[offer].offer.waiting,
        ) else {
            return 0;
        };
        while self.now < text.session.from {
            let Some(first) = self.queue(slot).into_iter().next() else {
                break;
            };
            let party = self
                .of_slot(slot)
                .find(|b| b.number == first)
                .unwrap()
                .party;
            if self.taken(slot) + self.kept(slot) + party as usize > text.capacity as usize {
                break;
            }
            let until = after(self.now, rule.offer).min(text.session.from);
            let first = self
                .bookings
                .iter_mut()
                .find(|b| b.number == first)
                .unwrap();
            first.state = State::Offered(until);
            offered += 1;
        }
        offered
    }

    /// The absences of a person in an offer (`person/offer`), in the order in which they were found.
    pub fn absences(&self, key: &str) -> Vec<(Number, Timestamp)> {
        let mine = self.bookings.iter().filter(|b| {
            let offer = b.slot.as_str().split(['/', '@']).next().unwrap();
            format!("{}/{offer}", b.person) == key
        });
        let absent = mine.filter_map(|b| match b.state {
            State::Absent(order, at) => Some((order, b.number.clone(), instant(at))),
            _ => None,
        });
        let mut absent: Vec<_> = absent.collect();
        absent.sort();
        absent
            .into_iter()
            .map(|(_, number, at)| (number, at))
            .collect()
    }

    fn next_event(&mut self) -> usize {
        self.events += 1;
        self.events
    }

    pub fn sign_up(
        &mut self,
        offer: usize,
        slot: &Key,
        person: &Person,
        age: Option<u8>,
        party: u32,
        number: Number,
    ) -> Result<(), Why> {
        let rules = self.offers[offer].offer.clone();
        let text = self.slot(offer, slot).cloned().ok_or(Why::NoSuchSlot)?;
        let session = text.session;
        if self.now < rules.sign_up.from {
            let opens = rules.sign_up.from;
            return Err(Why::NotYetOpen { opens });
        }
        let closed = self.close(offer, session.from);
        if self.now >= closed {
            return Err(Why::Closed { closed });
        }
        if offer == 0 {
            match age {
                Some(18..) => {}
                Some(_) => return Err(Why::NotEligible),
                None => {
                    return Err(Why::FactMissing(notice::Label::new(
                        "主体类别",
                        "kind of subject",
                    )));
                }
            }
        }
        if party == 0 || party > rules.party.min(text.capacity) {
            let most = rules.party.min(text.capacity);
            return Err(Why::PartySize { most });
        }
        if let Some((times, bar)) = rules.no_show.and_then(|rule| rule.bar) {
            let mut found: Vec<_> = self
                .bookings
                .iter()
                .filter(|b| b.offer == offer && b.person == *person)
                .filter_map(|b| match b.state {
                    State::Absent(order, at) => Some((order, at)),
                    _ => None,
                })
                .collect();
            found.sort();
            let whole = found.len() / times as usize * times as usize;
            if let Some((_, last)) = found[..whole].last()
                && self.now < after(*last, bar)
            {
                let until = after(*last, bar);
                return Err(Why::Barred { until });
            }
        }
        let mine = self
            .bookings
            .iter()
            .filter(|b| b.person == *person && b.offer == offer);
        for booking in mine.filter(|b| b.is_alive()) {
            if booking.slot == *slot {
                let booking = booking.number.clone();
                return Err(Why::Already { booking });
            }
            if rules.one_project_per_slot
                && (booking.from, booking.to) == (session.from, session.to)
            {
                let slot = booking.slot.clone();
                return Err(Why::OneProject { slot });
            }
        }
        self.no_clash(person, session.from, session.to)?;
        self.below_limit(offer, person)?;
        let held = self.taken(slot) + self.kept(slot);
        let free = held + party as usize <= text.capacity as usize;
        let queue = self.queue(slot).len();
        let state = match (rules.give, rules.waiting) {
            (Give::Draw, _) => State::Entered,
            (Give::FirstCome, _) if free && queue == 0 => State::Booked,
            (Give::FirstCome, None) => return Err(Why::Full),
            (Give::FirstCome, Some(rule)) if queue >= rule.places as usize => {
                let places = rule.places;
                return Err(Why::WaitingFull { places });
            }
            (Give::FirstCome, Some(_)) => State::Waiting(self.next_event() as u32),
        };
        self.bookings.push(Booking {
            number,
            offer,
            slot: slot.clone(),
            person: person.clone(),
            party,
            from: session.from,
            to: session.to,
            state,
            granted: 0,
        });
        self.pass_on(offer, slot);
        Ok(())
    }

    pub fn cancel(&mut self, offer: usize, number: &Number, person: &Person) -> Result<(), Why> {
        let (now, cancel_by) = (self.now, self.offers[offer].offer.cancel_by);
        let from = self.find(offer, number)?.from;
        let close = self.close(offer, from);
        let booking = self.find(offer, number)?;
        if booking.person != *person {
            return Err(Why::NoSuchBooking);
        }
        let until = from - i64::from(cancel_by.0).minutes();
        booking.state = match booking.state {
            State::Entered => State::LeftDraw {
                listed: now >= close,
            },
            State::Waiting(_) | State::Offered(_) => State::Cancelled,
            State::Booked if now < until => State::Cancelled,
            State::Booked => return Err(Why::TooLateToCancel { until }),
            _ => return Err(Why::NothingToCancel),
        };
        let slot = booking.slot.clone();
        self.pass_on(offer, &slot);
        Ok(())
    }

    pub fn accept(&mut self, offer: usize, number: &Number, person: &Person) -> Result<(), Why> {
        let booking = self.find(offer, number)?.clone();
        if booking.person != *person {
            return Err(Why::NoSuchBooking);
        }
        match booking.state {
            State::Offered(until) if self.now < until => {}
            State::Offered(_) | State::Lapsed => return Err(Why::OfferLapsed),
            _ => return Err(Why::NothingOffered),
        }
        self.no_clash(person, booking.from, booking.to)?;
        self.below_limit(offer, person)?;
        self.find(offer, number)?.state = State::Booked;
        Ok(())
    }

    pub fn move_up(&mut self, offer: usize, slot: &Key) -> Result<(), Why> {
        self.slot(offer, slot).ok_or(Why::NoSuchSlot)?;
        let now = self.now;
        let mut ended = 0;
        for booking in self.bookings.iter_mut().filter(|b| b.slot == *slot) {
            if matches!(booking.state, State::Offered(until) if until <= now) {
                booking.state = State::Lapsed;
                ended += 1;
            }
        }
        if self.pass_on(offer, slot) + ended == 0 {
            return Err(Why::NothingToMoveUp);
        }
        Ok(())
    }

    pub fn check_in(&mut self, offer: usize, number: &Number, at: DateTime) -> Result<(), Why> {
        let now = self.now;
        let rules = &self.offers[offer].offer;
        let (no_show, entry) = (rules.no_show, rules.every.is_some());
        let booking = self.find(offer, number)?;
        match booking.state {
            State::Booked | State::Absent(..) => {}
            State::Here { .. } => return Err(Why::AlreadyIn),
            _ => return Err(Why::NoPlace),
        }
        if at > now {
            return Err(Why::InFuture);
        }
        let early = if entry { 0 } else { 60 };
        let begins = booking.from - early.minutes();
        if at < begins {
            return Err(Why::TooEarly { from: begins });
        }
        let until = no_show.map_or(booking.to, |rule| after(booking.from, rule.after));
        if at >= until {
            return Err(Why::TooLate { until });
        }
        booking.state = State::Here {
            came: at,
            went: None,
        };
        Ok(())
    }

    pub fn check_out(
        &mut self,
        offer: usize,
        number: &Number,
        at: Option<DateTime>,
    ) -> Result<(), Why> {
        let now = self.now;
        let booking = self.find(offer, number)?;
        let to = booking.to;
        let State::Here { came, went } = &mut booking.state else {
            return Err(if booking.has_place() {
                Why::NotIn
            } else {
                Why::NoPlace
            });
        };
        match (at, &went) {
            (Some(_), Some((_, true))) | (None, Some(_)) => return Err(Why::AlreadyOut),
            (Some(at), _) if at > now => return Err(Why::InFuture),
            (Some(at), _) if at < *came => return Err(Why::OutBeforeIn),
            (Some(at), _) => *went = Some((at, true)),
            (None, None) if now < to => return Err(Why::NotOver { to }),
            (None, None) => *went = Some((to, false)),
        }
        let left = between(booking.from, booking.to) - booking.checked();
        booking.granted = booking.granted.min(left);
        Ok(())
    }

    pub fn mark_absent(&mut self, offer: usize, number: &Number) -> Result<(), Why> {
        let now = self.now;
        let no_show = self.offers[offer].offer.no_show;
        let order = self.next_event();
        let booking = self.find(offer, number)?;
        let rule = no_show.ok_or(Why::NoRule)?;
        if booking.state != State::Booked {
            return Err(Why::NotMissing);
        }
        let until = after(booking.from, rule.after);
        if now < until {
            return Err(Why::MayStillCome { until });
        }
        booking.state = State::Absent(order, now);
        Ok(())
    }

    pub fn grant(&mut self, offer: usize, number: &Number, minutes: u32) -> Result<(), Why> {
        let now = self.now;
        let booking = self.find(offer, number)?;
        if !booking.has_place() {
            return Err(Why::NoPlace);
        }
        if now < booking.from {
            return Err(Why::NotBegun { from: booking.from });
        }
        let left = between(booking.from, booking.to) - booking.checked() - booking.granted;
        if left == 0 {
            return Err(Why::HoursFull);
        }
        if !(1..=left).contains(&minutes) {
            return Err(Why::GrantMinutes { left });
        }
        booking.granted += minutes;
        Ok(())
    }

    /// Carries out all ranks at once.
    pub fn settle(&mut self, offer: usize, slot: &Key, ranks: &[Number]) -> Result<(), Why> {
        let text = self.slot(offer, slot).cloned().ok_or(Why::NoSuchSlot)?;
        let closes = self.close(offer, text.session.from);
        if self.now < closes {
            return Err(Why::StillOpen { closes });
        }
        if self.settled.contains(slot) {
            return Err(Why::AllSettled);
        }
        let mut expected = self.entrants(slot);
        let mut listed = ranks.to_vec();
        expected.sort();
        listed.sort();
        if expected != listed {
            return Err(Why::DrawList);
        }
        let places = self.offers[offer]
            .offer
            .waiting
            .map_or(0, |rule| rule.places as usize);
        for number in ranks {
            let booking = self.find(offer, number)?.clone();
            if booking.state != State::Entered {
                continue;
            }
            let queue = self.queue(slot).len();
            let state = if self.taken(slot) < text.capacity as usize && queue == 0 {
                match self.clash(&booking.person, booking.from, booking.to) {
                    Some(other) => State::PassedOver(Some(other.number.clone())),
                    None if self.below_limit(offer, &booking.person).is_err() => {
                        State::PassedOver(None)
                    }
                    None => State::Booked,
                }
            } else if queue < places {
                State::Waiting(self.next_event() as u32)
            } else {
                State::NotDrawn
            };
            self.find(offer, number)?.state = state;
        }
        self.settled.push(slot.clone());
        self.pass_on(offer, slot);
        Ok(())
    }
}
