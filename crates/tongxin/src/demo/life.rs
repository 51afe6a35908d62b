//! What people do with the offers, in the order of time: they sign up, give back, take places that came free, come and go.

use super::Counts;
use super::draws;
use super::house::{House, unusable};
use super::menu::Menu;
use super::people::{self, Somebody, actor, broken, clock};
use super::season::Story;
use crate::fault::Fault;
use city::City;
use decide::Book;
use forms::booking::rows::{Booking, Means, Number, Status, found};
use forms::booking::{
    self, Accept, AssumeCheckOut, Cancel, CheckIn, CheckOut, GrantHours, MarkAbsent, MoveUp,
    Offering, SignUp, Told, views,
};
use forms::people::BlindKey;
use forms::people::powers::{self, Matter, Post, Powers, Standing};
use jiff::{SignedDuration, Timestamp};
use ledger::item::{ItemId, Row as _};
use ledger::name::{Key, Kind, Notice, Person, TextVersion};
use ledger::sealed::Sealed;
use ledger::store::Read as _;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// People open accounts in so many portions.
const PORTIONS: usize = 48;
/// Events of the same ten minutes happen in one go.
const STEP: i64 = 600;
/// A notice with more offers than this has small ones.
const SMALL: usize = 4;

/// Something that is to happen.
pub enum Event {
    /// These people open accounts.
    Enter {
        people: Range<usize>,
    },
    /// Somebody signs up for the slot of this position in an offering.
    SignUp {
        who: usize,
        offer: usize,
        slot: usize,
    },
    Cancel {
        booking: Number,
        offer: usize,
    },
    CheckIn {
        booking: Number,
        offer: usize,
        at: Timestamp,
    },
    CheckOut {
        booking: Number,
        offer: usize,
        at: Timestamp,
    },
    /// What the clock does after a session: forgotten check-outs, absences, and what staff grant.
    Over {
        booking: Number,
        offer: usize,
    },
    /// Somebody wishes for courses of the menu.
    Wish {
        who: usize,
    },
    /// Places that came free are taken or lapse.
    Evening {
        offer: usize,
    },
    /// Something happens to the draw over the slot of this position.
    Draw {
        offer: usize,
        slot: usize,
        step: draws::Step,
    },
}

/// The story as it goes on.
pub struct Life<'a> {
    pub city: &'a City,
    pub book: &'a Book,
    pub people: &'a [Somebody],
    pub offers: &'a [Arc<Offering>],
    pub until: Timestamp,
    /// Under which text accounts are opened.
    pub accounts: (Notice, TextVersion),
    pub blind: BlindKey,
    /// The city's menu, if it has one.
    pub menu: Option<Menu>,
    pub events: Events,
    pub seasons: Vec<Story>,
    pub secrets: draws::Secrets,
}

/// What is to happen, by ten minutes.
#[derive(Default)]
pub struct Events(BTreeMap<i64, Vec<Event>>);

impl Life<'_> {
    pub fn plan(&mut self, at: Timestamp, event: Event) {
        if at <= self.until {
            let step = at.as_second().div_euclid(STEP);
            self.events.0.entry(step).or_default().push(event);
        }
    }

    /// Plans when everybody opens an account: from then on, most before the offers close.
    pub fn arrivals(&mut self, from: Timestamp) {
        let closes = self.offers.iter().filter_map(|offering| {
            let last = offering.slots().last()?;
            Some(offering.closes(last))
        });
        let to = closes.max().unwrap_or(self.until).min(self.until);
        let span = to.as_second().saturating_sub(from.as_second()).max(0) * 3 / 5;
        let each = self.people.len().div_ceil(PORTIONS).max(1);
        for first in (0..self.people.len()).step_by(each) {
            let people = first..(first + each).min(self.people.len());
            let after = span / self.people.len() as i64 * first as i64;
            self.plan(
                from + SignedDuration::from_secs(after),
                Event::Enter { people },
            );
        }
    }

    fn enter(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        people: Range<usize>,
    ) -> Result<(), Fault> {
        let some: Vec<&Somebody> = self.people[people.clone()].iter().collect();
        let (notice, text) = &self.accounts;
        people::introduce(house, (notice, *text), &self.blind, &some)?;
        counts.people += some.len() as u64;
        for who in people {
            self.wishes(house, who, house.now());
            self.wish_list(house, who, house.now());
        }
        Ok(())
    }

    /// The offers that somebody cares for: of about every second notice, and of a notice with many of them, one or two.
    fn cares_for(&self, house: &mut House) -> Vec<usize> {
        let mut notices: Vec<(&str, Vec<usize>)> = Vec::new();
        for (offer, offering) in self.offers.iter().enumerate() {
            let slot = offering.slots().first().map(|slot| slot.key.as_str());
            let of = slot.and_then(|key| key.split('#').next()).unwrap_or("");
            match notices.iter_mut().find(|(notice, _)| *notice == of) {
                Some((_, offers)) => offers.push(offer),
                None => notices.push((of, vec![offer])),
            }
        }
        let percent = if notices.len() == 1 { 90 } else { 55 };
        let mut cared = Vec::new();
        for (_, mut offers) in notices {
            if !house.dice.percent(percent) {
                continue;
            }
            // Of many small offers, each in a community of its own, somebody goes to several.
            let several = offers.len() / SMALL;
            let most = 1 + several + house.dice.below(2) as usize;
            while offers.len() > most {
                offers.swap_remove(house.dice.below(offers.len() as u64) as usize);
            }
            cared.extend(offers);
        }
        cared
    }

    /// Plans when somebody, whose account is opened then, signs up for what.
    fn wishes(&mut self, house: &mut House, who: usize, opened: Timestamp) {
        for offer in self.cares_for(house) {
            let offering = &self.offers[offer];
            let slots = offering.slots();
            // Everybody has a project they like; a few slots of it, or of any.
            // The first projects and the first weekends are liked best, so there are waiting lists.
            let many = offering.projects().len() as u64;
            let throws = [(); 4].map(|()| house.dice.below(many));
            let likes = throws.into_iter().min().unwrap_or(0) as usize;
            let liked: Vec<usize> = (0..slots.len())
                .filter(|&at| slots[at].project.is_none_or(|project| project == likes))
                .collect();
            let wanted = 1 + house.dice.below(3) + house.dice.below(4);
            let mut chosen = BTreeSet::new();
            for _ in 0..wanted {
                let from = if house.dice.percent(85) {
                    &liked[..]
                } else {
                    &[][..]
                };
                let slot = match house.dice.pick(from) {
                    Some(&slot) if house.dice.percent(45) => slot,
                    Some(_) => liked[house.dice.below((liked.len() as u64).min(3)) as usize],
                    None => house.dice.below(slots.len() as u64) as usize,
                };
                let Some(text) = slots.get(slot) else {
                    continue;
                };
                if slots.len() <= SMALL && !chosen.insert(slot) {
                    continue;
                }
                let from = offering.opens().max(opened).as_second() + 60;
                let to = offering.closes(text).min(self.until).as_second() - 60;
                if from < to {
                    // Most come early.
                    let first = house.dice.between(from, to);
                    let at = first.min(house.dice.between(from, to));
                    let at = Timestamp::from_second(at).unwrap_or(opened);
                    self.plan(at, Event::SignUp { who, offer, slot });
                }
            }
        }
    }

    /// Plans an evening for each day.
    pub fn evenings(&mut self, from: Timestamp) {
        let mut at = from;
        let mut evenings = Vec::new();
        while at <= self.until {
            // Before an offer opens and after its last session there is nothing to take or to pass on.
            for (offer, offering) in self.offers.iter().enumerate() {
                let last = offering.slots().last().map(|slot| slot.from);
                if offering.opens() <= at && last.is_some_and(|last| at < last) {
                    evenings.push((at, offer));
                }
            }
            at += SignedDuration::from_hours(12);
        }
        for (at, offer) in evenings {
            self.plan(at, Event::Evening { offer });
        }
    }

    /// Lets it all happen, telling after each step up to when.
    pub fn happen(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        mut told: impl FnMut(Timestamp),
    ) -> Result<(), Fault> {
        while let Some((step, events)) = self.events.0.pop_first() {
            let at = Timestamp::from_second(step.saturating_add(1).saturating_mul(STEP));
            let now = at.unwrap_or(self.until).min(self.until).max(house.now());
            house.set(now);
            for event in &events {
                if let Event::Enter { people } = event {
                    self.enter(house, counts, people.clone())?;
                }
            }
            let wishing = events.iter().filter_map(|event| match event {
                Event::Wish { who } => Some(*who),
                _ => None,
            });
            self.wish(house, counts, &wishing.collect::<Vec<_>>())?;
            for offer in 0..self.offers.len() {
                self.step(house, counts, offer, &events)?;
            }
            for event in &events {
                if let Event::Draw { offer, slot, step } = event {
                    self.draw(house, (*offer, *slot), *step)?;
                }
            }
            for story in &mut self.seasons {
                story.happen(house, counts, self.book)?;
            }
            told(now);
        }
        Ok(())
    }

    fn step(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        offer: usize,
        events: &[Event],
    ) -> Result<(), Fault> {
        let offering = self.offers[offer].clone();
        let offering = &offering;
        let (mut sign_ups, mut cancels) = (Vec::new(), Vec::new());
        let (mut ins, mut outs, mut over) = (Vec::new(), Vec::new(), Vec::new());
        for event in events {
            match event {
                Event::SignUp {
                    who,
                    offer: of,
                    slot,
                } if *of == offer => sign_ups.push((*who, *slot)),
                Event::Cancel { booking, offer: of } if *of == offer => {
                    cancels.push(booking.clone())
                }
                Event::CheckIn {
                    booking,
                    offer: of,
                    at,
                } if *of == offer => ins.push((booking.clone(), *at)),
                Event::CheckOut {
                    booking,
                    offer: of,
                    at,
                } if *of == offer => outs.push((booking.clone(), *at)),
                Event::Over { booking, offer: of } if *of == offer => over.push(booking.clone()),
                Event::Evening { offer: of } if *of == offer => {
                    self.evening(house, counts, offer)?
                }
                _ => {}
            }
        }
        self.sign_up(house, counts, offer, &sign_ups)?;
        let mut acts = Vec::new();
        for booking in cancels {
            let person = row(house, &booking)?.person;
            acts.push((actor(&person)?, Cancel { booking, person }));
        }
        counts.given_back += done(&give(house, offering, acts)?);
        let mut acts = Vec::new();
        for (booking, at) in ins {
            let person = row(house, &booking)?.person;
            // Most show their own ticket; some are ticked on the list by staff who may.
            let staff = match house.dice.below(10) {
                0..=6 => None,
                _ => self.may(powers::Act::CheckIn, offering, house.now()),
            };
            let (by, from, under) = match staff {
                Some((staff, under)) => (Means::List, staff, Some(under)),
                None => (Means::Qr, person, None),
            };
            let act = CheckIn {
                booking,
                at,
                by,
                under,
            };
            acts.push((actor(&from)?, act));
        }
        counts.came += done(&give(house, offering, acts)?);
        let mut acts = Vec::new();
        for (booking, at) in outs {
            let person = row(house, &booking)?.person;
            let by = Means::Qr;
            acts.push((
                actor(&person)?,
                CheckOut {
                    booking,
                    at,
                    by,
                    under: None,
                },
            ));
        }
        give(house, offering, acts)?;
        self.after(house, counts, offering, &over)?;
        self.say(house, counts, offering, &over)
    }

    fn sign_up(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        offer: usize,
        wanted: &[(usize, usize)],
    ) -> Result<(), Fault> {
        let offering = self.offers[offer].clone();
        let mut acts = Vec::new();
        for &(who, slot) in wanted {
            let person = &self.people[who].person;
            let told = Told::seal(self.city, &house.reader, &mut house.dice, person, &["个人"]);
            let slot = offering.slots()[slot].key.clone();
            let act = SignUp::new(&offering, slot, person.clone(), Some(told.map_err(broken)?));
            acts.push((actor(person)?, act));
        }
        for entry in give(house, &offering, acts)? {
            let Some(entry) = entry else {
                counts.refused += 1;
                continue;
            };
            counts.signed_up += 1;
            let number = Number::of(entry).map_err(broken)?;
            let booking = row(house, &number)?;
            let now = house.now();
            let cancel_until = offering.cancel_until(booking.from).min(self.until);
            if house.dice.percent(9) && now < cancel_until {
                let at = house
                    .dice
                    .between(now.as_second() + STEP, cancel_until.as_second());
                let at = Timestamp::from_second(at).unwrap_or(now);
                self.plan(
                    at,
                    Event::Cancel {
                        booking: number,
                        offer,
                    },
                );
            } else {
                self.plan_visit(house, offer, &offering, &booking);
            }
        }
        Ok(())
    }

    /// Plans how somebody comes and goes, if they have a place by then.
    fn plan_visit(
        &mut self,
        house: &mut House,
        offer: usize,
        offering: &Offering,
        booking: &Booking,
    ) {
        let minutes = SignedDuration::from_mins;
        let number = || booking.number.clone();
        if house.dice.percent(93) {
            let open = offering.check_in(booking.from, booking.to);
            let came = booking.from + minutes(house.dice.between(-18, 9));
            let came = came.max(open.start).min(open.end - minutes(1));
            self.plan(
                came,
                Event::CheckIn {
                    booking: number(),
                    offer,
                    at: came,
                },
            );
            if house.dice.percent(94) {
                let went = booking.to + minutes(house.dice.between(-12, 9));
                self.plan(
                    went,
                    Event::CheckOut {
                        booking: number(),
                        offer,
                        at: went,
                    },
                );
            }
        }
        let over = booking.to + minutes(90);
        self.plan(
            over,
            Event::Over {
                booking: number(),
                offer,
            },
        );
    }

    /// Places that are kept for somebody are taken, most of them; those that lapsed move on.
    fn evening(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        offer: usize,
    ) -> Result<(), Fault> {
        let offering = self.offers[offer].clone();
        let now = house.now();
        let (mut accepts, mut moves) = (Vec::new(), Vec::new());
        for slot in offering.slots().iter().filter(|slot| slot.from > now) {
            let shown = views::slot(&house.reader, &offering, &slot.key, now).map_err(broken)?;
            let Some(shown) = shown.filter(|shown| shown.kept > 0 || shown.waiting > 0) else {
                continue;
            };
            if shown.kept > 0
                && let Some(by) = found("booking.offered", slot.key.as_str())
            {
                for item in house.reader.find(&by, None, 64).map_err(unusable)? {
                    let booking: Booking = item.read().map_err(broken)?;
                    let open = matches!(booking.status, Status::Offered { until } if now < until);
                    if open && house.dice.percent(75) {
                        let person = booking.person.clone();
                        let act = Accept {
                            booking: booking.number.clone(),
                            person: person.clone(),
                        };
                        accepts.push((actor(&person)?, act));
                        self.plan_visit(house, offer, &offering, &booking);
                    }
                }
            }
            let slot = slot.key.clone();
            moves.push((clock()?, MoveUp { slot }));
        }
        counts.moved_up += done(&give(house, &offering, accepts)?);
        give(house, &offering, moves)?;
        Ok(())
    }

    /// After sessions: forgotten check-outs end with them, absences are marked, and staff grant what was not seen.
    fn after(
        &mut self,
        house: &mut House,
        counts: &mut Counts,
        offering: &Arc<Offering>,
        over: &[Number],
    ) -> Result<(), Fault> {
        let (mut assumed, mut absent, mut grants) = (Vec::new(), Vec::new(), Vec::new());
        for number in over {
            let booking = row(house, number)?;
            match &booking.status {
                Status::Here { attendance } if attendance.went.is_none() => {
                    let booking = number.clone();
                    assumed.push((clock()?, AssumeCheckOut { booking }));
                }
                Status::Booked => {
                    absent.push((
                        clock()?,
                        MarkAbsent {
                            booking: number.clone(),
                            under: None,
                        },
                    ));
                    if house.dice.percent(15) {
                        grants.push(booking);
                    }
                }
                _ => {}
            }
        }
        give(house, offering, assumed)?;
        let mut acts = Vec::new();
        for booking in grants {
            if let Some((staff, under)) = self.may(powers::Act::GrantHours, offering, house.now()) {
                let said = "签到机未联网，项目负责人核实到场（演示）";
                let reason = Sealed::seal(
                    &house.reader,
                    &mut house.dice,
                    &booking.person,
                    "reason",
                    &said,
                );
                let minutes = booking.to.duration_since(booking.from).as_mins() / 2;
                let act = GrantHours {
                    booking: booking.number,
                    minutes: u32::try_from(minutes).unwrap_or(0),
                    reason: reason.map_err(broken)?,
                    under,
                };
                acts.push((actor(&staff)?, act));
            }
        }
        counts.granted += done(&give(house, offering, acts)?);
        counts.absent += done(&give(house, offering, absent)?);
        Ok(())
    }

    /// One of the city's staff who may do this about an offer, with the clause that says so.
    pub fn may(
        &self,
        act: powers::Act,
        offering: &Offering,
        now: Timestamp,
    ) -> Option<(Person, powers::Citation)> {
        let matter = Matter::of(offering.issuer());
        let at = self.city.zone.to_datetime(now);
        self.city.people.iter().find_map(|staff| {
            let post = staff.post.as_ref()?;
            let standing = Standing {
                person: Person::new(&staff.id).ok()?,
                post: Some(Post {
                    office: post.office.clone(),
                    role: post.role.clone(),
                }),
            };
            let may = Powers::of(self.book).may(&standing, act, &matter, at);
            Some((standing.person, may.ok()?))
        })
    }
}

pub fn give<A: booking::Act>(
    house: &mut House,
    offering: &Arc<Offering>,
    acts: Vec<(ledger::name::Actor, A)>,
) -> Result<Vec<Option<u64>>, Fault> {
    let under = (offering.notice(), offering.text());
    house.give(under, || offering.form::<A>(), acts)
}

fn done(answers: &[Option<u64>]) -> u64 {
    answers.iter().flatten().count() as u64
}

pub fn row(house: &House, number: &Number) -> Result<Booking, Fault> {
    let kind = Kind::new(Booking::KIND).map_err(broken)?;
    let key: Key = number.key().clone();
    let item = house.reader.item(&ItemId { kind, key }).map_err(unusable)?;
    let item = item.ok_or_else(|| broken(format!("booking {number} is missing")))?;
    item.read().map_err(broken)
}
