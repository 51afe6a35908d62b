//! Random lives of four offers, each command answered by the ledger and by the model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use forms::booking::rows::{self, Means, Number, Status, found};
use forms::booking::{
    Accept, AssumeCheckOut, Cancel, CheckIn, CheckOut, GrantHours, MarkAbsent, MoveUp, Offering,
    Refused, Settle, SignUp, Told, Why,
};
use forms::draw::{Drawn, Entrant, Party, Secret, Terms};
use forms::people::powers::Act;
use jiff::ToSpan;
use jiff::civil::DateTime;
use ledger::given::SystemChance;
use ledger::item::{ItemId, Row};
use ledger::name::{Actor, Key, Kind, Person};
use ledger::sealed::Sealed;
use ledger::store::Read as _;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::commands::{Do, PEOPLE, any};
use crate::house::{House, OFFERS, citation, instant, on_postgres, person, slot};
use crate::model::{Booking, Model, State};

const BEGIN: &str = "2022-01-08T08:30";

struct Pair {
    house: House,
    model: Model,
    told: BTreeMap<(u8, u8), Told>,
    /// What was answered how often.
    seen: BTreeMap<String, usize>,
}

impl Pair {
    fn new() -> Self {
        let house = House::at(BEGIN);
        let mut told = BTreeMap::new();
        for (who, age) in (0..PEOPLE).flat_map(|who| [(who, 17), (who, 30)]) {
            told.insert((who, age), house.told(&person(who), age));
        }
        Self {
            house,
            model: Model::new(BEGIN.parse().unwrap()),
            told,
            seen: BTreeMap::new(),
        }
    }

    /// A booking, mostly one that the command is meant for, and the offer it is asked of, mostly its own.
    fn pick(&self, pick: usize, fits: impl Fn(&Booking) -> bool) -> (usize, Number, Person) {
        let all = &self.model.bookings;
        let fitting: Vec<_> = all.iter().filter(|b| fits(b)).collect();
        let from = if pick.is_multiple_of(8) || fitting.is_empty() {
            all.iter().collect()
        } else {
            fitting
        };
        match from.get(pick / 8 % from.len().max(1)) {
            Some(b) if pick % 50 == 1 => ((b.offer + 1) % 4, b.number.clone(), b.person.clone()),
            Some(b) => (b.offer, b.number.clone(), b.person.clone()),
            None => (0, Number::of(999).unwrap(), person(0)),
        }
    }

    fn slot_of(&self, offer: usize, at: usize) -> Key {
        let slots = &self.model.offers[offer].slots;
        // Now and then a slot of another offer.
        if at == 13 {
            slot("library#volunteers@2022-01-15T09:00/12:00")
        } else {
            slots[at % slots.len()].0.clone()
        }
    }

    fn step(&mut self, what: &Do) {
        let next = || Number::of(self.house.store.head().unwrap().size).unwrap();
        match what.clone() {
            Do::Pass { minutes } => {
                self.model.now += minutes.minutes();
                self.house.set(self.model.now);
            }
            Do::SignUp {
                who,
                offer,
                slot,
                age,
                party,
            } => {
                let (slot, number) = (self.slot_of(offer, slot), next());
                let offering = &OFFERS[offer].1;
                let told = age.map(|age| self.told[&(who, age)].clone());
                let answer = self.house.give(
                    offering,
                    SignUp::new(offering, slot.clone(), person(who), told).for_party(party),
                );
                let who = person(who);
                let expected = self.model.sign_up(offer, &slot, &who, age, party, number);
                self.same("sign-up", answer, expected, offering, Some(&slot));
            }
            Do::Cancel { pick, other } => {
                let (offer, booking, mut who) =
                    self.pick(pick, |b| !matches!(b.state, State::Cancelled));
                if other {
                    who = person("somebody-else");
                }
                let expected = self.model.cancel(offer, &booking, &who);
                let act = Cancel {
                    booking: booking.clone(),
                    person: who,
                };
                let answer = self.house.give(&OFFERS[offer].1, act);
                self.same(
                    "cancel",
                    answer,
                    expected,
                    &OFFERS[offer].1,
                    self.of(&booking).as_ref(),
                );
            }
            Do::Accept { pick, other } => {
                let (offer, booking, mut who) =
                    self.pick(pick, |b| matches!(b.state, State::Offered(_)));
                if other {
                    who = person("somebody-else");
                }
                let expected = self.model.accept(offer, &booking, &who);
                let act = Accept {
                    booking: booking.clone(),
                    person: who,
                };
                let answer = self.house.give(&OFFERS[offer].1, act);
                self.same(
                    "accept",
                    answer,
                    expected,
                    &OFFERS[offer].1,
                    self.of(&booking).as_ref(),
                );
            }
            Do::MoveUp { pick } => {
                let (offer, booking, _) = self.pick(pick, |b| matches!(b.state, State::Offered(_)));
                let slot = self.of(&booking).unwrap_or_else(|| slot("none"));
                let expected = self.model.move_up(offer, &slot);
                let answer = self
                    .house
                    .give(&OFFERS[offer].1, MoveUp { slot: slot.clone() });
                self.same("move-up", answer, expected, &OFFERS[offer].1, Some(&slot));
            }
            Do::CheckIn { pick, ago } => {
                let at = self.model.now - ago.minutes();
                let now = self.model.now;
                let near = |b: &Booking| {
                    b.has_place() && b.from - 2.hours() < now && now < b.to + 4.hours()
                };
                let (offer, booking, _) = self.pick(pick, near);
                let expected = self.model.check_in(offer, &booking, at);
                let act = CheckIn {
                    booking: booking.clone(),
                    at: instant(at),
                    by: Means::Qr,
                    under: None,
                };
                let answer = self.house.give(&OFFERS[offer].1, act);
                self.same(
                    "check-in",
                    answer,
                    expected,
                    &OFFERS[offer].1,
                    self.of(&booking).as_ref(),
                );
            }
            Do::CheckOut { pick, ago } => {
                let at = self.model.now - ago.minutes();
                let (offer, booking, _) =
                    self.pick(pick, |b| matches!(b.state, State::Here { .. }));
                let expected = self.model.check_out(offer, &booking, Some(at));
                let act = CheckOut {
                    booking: booking.clone(),
                    at: instant(at),
                    by: Means::Code,
                    under: None,
                };
                let answer = self.house.give(&OFFERS[offer].1, act);
                self.same(
                    "check-out",
                    answer,
                    expected,
                    &OFFERS[offer].1,
                    self.of(&booking).as_ref(),
                );
            }
            Do::Assume { pick } => {
                let (offer, booking, _) =
                    self.pick(pick, |b| matches!(b.state, State::Here { .. }));
                let expected = self.model.check_out(offer, &booking, None);
                let answer = self.house.give(
                    &OFFERS[offer].1,
                    AssumeCheckOut {
                        booking: booking.clone(),
                    },
                );
                self.same(
                    "assume",
                    answer,
                    expected,
                    &OFFERS[offer].1,
                    self.of(&booking).as_ref(),
                );
            }
            Do::Absent { pick } => {
                let (offer, booking, _) = self.pick(pick, |b| b.state == State::Booked);
                let expected = self.model.mark_absent(offer, &booking);
                let answer = self.house.give(
                    &OFFERS[offer].1,
                    MarkAbsent {
                        booking: booking.clone(),
                        under: Some(citation(Act::CheckIn)),
                    },
                );
                self.same(
                    "absent",
                    answer,
                    expected,
                    &OFFERS[offer].1,
                    self.of(&booking).as_ref(),
                );
            }
            Do::Grant { pick, minutes } => {
                let (offer, booking, who) = self.pick(pick, Booking::has_place);
                self.house.give_key(&who);
                let reason = Sealed::seal(
                    &self.house.store,
                    &mut SystemChance,
                    &who,
                    "reason",
                    &"forgot",
                );
                let act = GrantHours {
                    booking: booking.clone(),
                    minutes,
                    reason: reason.unwrap(),
                    under: citation(Act::GrantHours),
                };
                let expected = self.model.grant(offer, &booking, minutes);
                let answer = self.house.give(&OFFERS[offer].1, act);
                self.same(
                    "grant",
                    answer,
                    expected,
                    &OFFERS[offer].1,
                    self.of(&booking).as_ref(),
                );
            }
            Do::Settle { offer, slot, list } => self.settle(offer, slot, list),
        }
        self.slots();
    }

    fn settle(&mut self, offer: usize, slot: usize, list: u8) {
        let slot = self.slot_of(offer, slot);
        let mut entrants = self.model.entrants(&slot);
        match list {
            // One too few, or a number that nobody has.
            0 => drop(entrants.pop()),
            1 => entrants.push(Number::of(777_777).unwrap()),
            _ => {}
        }
        let Some(text) = self.model.slot(offer, &slot) else {
            return;
        };
        let close = OFFERS[offer].0.offers[0]
            .sign_up
            .until
            .unwrap_or(text.session.from);
        let close = close.min(text.session.from);
        let settled = self.house.store.item(&id::<rows::Slot>(&slot)).unwrap();
        let settled = settled.and_then(|item| item.read::<rows::Slot>().unwrap().settled);
        if entrants.is_empty() || settled.is_some() {
            return;
        }
        let drawn = draw(&OFFERS[offer].1, &slot, text.capacity, close, &entrants);
        let ranks: Vec<_> = drawn
            .ranks()
            .map(|e| Key::new(e.as_str()).unwrap().into())
            .collect();
        let answer = self.house.give(
            &OFFERS[offer].1,
            Settle::new(drawn, 0, citation(Act::HoldDraw)),
        );
        let expected = match OFFERS[offer].0.offers[0].give {
            notice::offer::Give::Draw => self.model.settle(offer, &slot, &ranks),
            notice::offer::Give::FirstCome => Err(Why::NotByDraw),
        };
        self.same("settle", answer, expected, &OFFERS[offer].1, Some(&slot));
    }

    fn of(&self, booking: &Number) -> Option<Key> {
        let found = self.model.bookings.iter().find(|b| b.number == *booking);
        found.map(|b| b.slot.clone())
    }

    /// The two answers are the same, reason, figures and clause.
    fn same(
        &mut self,
        what: &str,
        answer: Result<Number, Refused>,
        expected: Result<(), Why>,
        offering: &Offering,
        slot: Option<&Key>,
    ) {
        let about = slot
            .filter(|slot| offering.slot(slot).is_some())
            .and_then(|slot| slot.as_str().split('@').next());
        let offer = offering.clause().to_string();
        let clause = match &expected {
            Err(Why::NoSuchBooking) => offer,
            _ => about.map_or(offer, str::to_owned),
        };
        let kind = format!(
            "{what}: {}",
            expected.as_ref().map_or_else(kind, |()| "done".to_owned())
        );
        *self.seen.entry(kind).or_default() += 1;
        let answer = answer
            .map(drop)
            .map_err(|refused| (refused.why, refused.clause.to_string()));
        assert_eq!(answer, expected.map_err(|why| (why, clause)), "{what}");
    }

    /// The counts of each slot are those of the model, and no slot is oversold.
    fn slots(&self) {
        for (at, rules) in self.model.offers.iter().enumerate() {
            for (key, text) in &rules.slots {
                let row = self.house.store.item(&id::<rows::Slot>(key)).unwrap();
                let row = row.map(|item| item.read::<rows::Slot>().unwrap());
                let came = row.as_ref().map_or(0, |row| row.came);
                assert_eq!(came as usize, self.model.came(key), "{at} {key}");
                let row = row.map_or((0, 0, 0), |row| (row.taken, row.kept, row.waiting));
                let (taken, kept, queue) = (
                    self.model.taken(key),
                    self.model.kept(key),
                    self.model.queue(key).len(),
                );
                assert_eq!(row, (taken as u32, kept as u32, queue as u32), "{at} {key}");
                assert!(row.0 + row.1 <= text.capacity, "{key} is oversold: {row:?}");
            }
        }
    }

    /// All that the ledger holds is what the model holds.
    fn whole(&self) {
        let mut days: BTreeMap<Person, BTreeSet<Number>> = BTreeMap::new();
        for booking in &self.model.bookings {
            let item = self
                .house
                .store
                .item(&id::<rows::Booking>(booking.number.key()))
                .unwrap();
            let row: rows::Booking = item.unwrap().read().unwrap();
            assert!(
                stands(&row.status, &booking.state),
                "{row:?} is {:?}",
                booking.state
            );
            assert_eq!((row.granted, row.party), (booking.granted, booking.party));
            if booking.has_place() {
                days.entry(booking.person.clone())
                    .or_default()
                    .insert(booking.number.clone());
            }
        }
        let mut held: BTreeMap<Person, BTreeSet<Number>> = BTreeMap::new();
        for item in self.house.state().items.values() {
            if item.kind.as_str() == "day" {
                let day: rows::Day = item.read().unwrap();
                assert!(!day.held.is_empty());
                let who = Person::new(day.key.as_str().split('/').next().unwrap()).unwrap();
                held.entry(who)
                    .or_default()
                    .extend(day.held.into_iter().map(|held| held.booking));
            }
            if item.kind.as_str() == "absences" {
                let row: rows::Absences = item.read().unwrap();
                assert_eq!(row.of, self.model.absences(row.key.as_str()));
            }
            if item.kind.as_str() == "hours" {
                let row: rows::Hours = item.read().unwrap();
                let mine =
                    self.model.bookings.iter().filter(|b| {
                        b.person == row.person && OFFERS[b.offer].1.key() == &row.offer
                    });
                let (checked, granted) =
                    mine.fold((0, 0), |(c, g), b| (c + b.checked(), g + b.granted));
                assert_eq!((row.checked, row.granted), (checked, granted));
            }
        }
        assert_eq!(held, days);
        crate::views::same(&self.house, &self.model);
        for (key, _) in self.model.offers.iter().flat_map(|rules| &rules.slots) {
            let by = found("waiting.slot", key.as_str()).unwrap();
            let turns = self.house.store.find(&by, None, 1_000).unwrap();
            let turns = turns
                .iter()
                .map(|item| item.read::<rows::Turn>().unwrap().booking);
            assert_eq!(turns.collect::<Vec<_>>(), self.model.queue(key));
        }
    }
}

fn stands(status: &Status, state: &State) -> bool {
    match (status, state) {
        (Status::Offered { until }, State::Offered(expected)) => *until == instant(*expected),
        (Status::Here { attendance }, State::Here { came, went }) => {
            let seen = attendance
                .went
                .as_ref()
                .map(|went| (went.at, went.by.is_some()));
            attendance.came == instant(*came) && seen == went.map(|(at, seen)| (instant(at), seen))
        }
        (Status::PassedOver { clash }, State::PassedOver(expected)) => clash == expected,
        (Status::Entered, State::Entered)
        | (Status::Waiting { .. }, State::Waiting(_))
        | (Status::Booked, State::Booked)
        | (Status::Absent, State::Absent(..))
        | (Status::Cancelled, State::Cancelled | State::LeftDraw { .. })
        | (Status::Lapsed, State::Lapsed)
        | (Status::NotDrawn, State::NotDrawn) => true,
        _ => false,
    }
}

fn kind(why: &Why) -> String {
    word(&format!("{why:?}"))
}

/// The name of a variant.
fn word(text: &str) -> String {
    let end = text
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(text.len());
    text[..end].to_owned()
}

pub fn id<R: Row>(key: &Key) -> ItemId {
    ItemId {
        kind: Kind::new(R::KIND).unwrap(),
        key: key.clone(),
    }
}

/// A draw by two parties over these bookings.
pub fn draw(
    offering: &Offering,
    slot: &Key,
    places: u32,
    close: DateTime,
    entrants: &[Number],
) -> Arc<Drawn> {
    let secrets = [Secret([1; 32]), Secret([2; 32])];
    let parties = ["office", "notary"]
        .into_iter()
        .zip(&secrets)
        .map(|(by, secret)| {
            let by = Actor::new(by).unwrap();
            Party {
                commitment: secret.commit(slot, &by),
                by,
            }
        });
    let terms = Terms {
        draw: slot.clone(),
        notice: offering.notice().clone(),
        text: offering.text(),
        places,
        closes: instant(close),
        parties: parties.collect(),
        beacon: None,
    };
    let entrants = entrants
        .iter()
        .map(|n| Entrant::new(n.key().as_str()).unwrap());
    let closed = terms.open().unwrap().close(entrants.collect()).unwrap();
    Arc::new(closed.reveal(secrets.to_vec(), None).unwrap())
}

/// One run of random commands; what was seen is counted.
fn run_at_random(seen: &mut BTreeMap<String, usize>) {
    let shared = std::cell::RefCell::new(seen);
    let mut runner = TestRunner::new(Config {
        cases: std::env::var("PROPTEST_CASES")
            .ok()
            .and_then(|n| n.parse().ok())
            .unwrap_or(24),
        max_shrink_iters: 400,
        failure_persistence: None,
        ..Config::default()
    });
    let run = runner.run(&prop::collection::vec(any(), 600..700), |commands| {
        let mut pair = Pair::new();
        for (at, command) in commands.iter().enumerate() {
            pair.step(command);
            if at % 25 == 0 {
                pair.whole();
            }
        }
        pair.whole();
        for booking in &pair.model.bookings {
            let state = word(&format!("{:?}", booking.state));
            *pair.seen.entry(format!("now: {state}")).or_default() += 1;
        }
        for (kind, count) in pair.seen {
            *shared.borrow_mut().entry(kind).or_default() += count;
        }
        Ok(())
    });
    run.unwrap();
}

#[test]
fn the_ledger_answers_as_a_plain_list_of_bookings_would() {
    let mut seen = BTreeMap::new();
    run_at_random(&mut seen);
    // What the runs come to is the generator's doing and seen over the quick store; over a database there are a few runs only.
    if on_postgres().is_some() {
        return;
    }
    // Runs that never came to these would prove little. Some are rare, so chance gets a few runs more.
    let often = [
        (
            "sign-up",
            "done NotYetOpen Closed NoSuchSlot NotEligible FactMissing PartySize Barred Already OneProject Clash Limit Full WaitingFull",
        ),
        (
            "cancel",
            "done NoSuchBooking TooLateToCancel NothingToCancel",
        ),
        ("accept", "done NoSuchBooking NothingOffered OfferLapsed"),
        ("move-up", "done NoSuchSlot NothingToMoveUp"),
        (
            "check-in",
            "done NoSuchBooking NoPlace AlreadyIn InFuture TooEarly TooLate",
        ),
        (
            "check-out",
            "done NoSuchBooking NoPlace NotIn AlreadyOut OutBeforeIn",
        ),
        ("assume", "done NoSuchBooking NoPlace NotIn AlreadyOut"),
        (
            "absent",
            "done NoSuchBooking NoRule NotMissing MayStillCome",
        ),
        ("grant", "done NoSuchBooking NoPlace NotBegun GrantMinutes"),
        ("settle", "done NotByDraw StillOpen DrawList"),
        (
            "now",
            "Entered LeftDraw Waiting Booked Here Absent Cancelled Lapsed NotDrawn",
        ),
    ];
    let missing = |seen: &BTreeMap<String, usize>| -> Vec<String> {
        often
            .iter()
            .flat_map(|(what, kinds)| kinds.split(' ').map(move |kind| format!("{what}: {kind}")))
            .filter(|kind| !seen.contains_key(kind))
            .collect()
    };
    for _ in 0..8 {
        if missing(&seen).is_empty() {
            break;
        }
        run_at_random(&mut seen);
    }
    assert!(
        missing(&seen).is_empty(),
        "never seen: {:?} in {seen:#?}",
        missing(&seen)
    );
}
