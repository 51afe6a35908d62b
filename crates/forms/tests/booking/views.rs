//! What pages show, against the model; and that it costs what it shows.

use std::collections::BTreeSet;

use city::slot::Slot;
use forms::booking::views::{
    self, Account, Count, Line, NotShown, Open, Page, Seen, SlotNow, Stage, Standing, Wanted,
};
use forms::booking::{Cancel, Offering, SignUp, Why};
use forms::people::powers::Act;
use jiff::Timestamp;
use ledger::name::{Key, Person};
use notice::PlaceId;

use crate::commands::PEOPLE;
use crate::counting::Counting;
use crate::house::{CITY, House, OFFERS, citation, instant, offerings, person, slot};
use crate::model::{Booking, Model, State};
use forms::booking::rows::Number;

/// Every view says what looking through the model's list says.
pub fn same(house: &House, model: &Model) {
    for at in 0..OFFERS.len() {
        slots_same(house, model, at);
        figures_same(house, model, at);
    }
    let now = instant(model.now);
    for who in 0..PEOPLE {
        let who = person(who);
        let shown = all(|after| views::mine(&house.store, &who, now, after, 4).unwrap());
        let mine = model.bookings.iter().filter(|b| b.person == who);
        seen_same(model, &shown, mine.collect());
        for (at, (_, offering)) in OFFERS.iter().enumerate() {
            let mine = || {
                model
                    .bookings
                    .iter()
                    .filter(|b| b.offer == at && b.person == who)
            };
            let expected = Account {
                checked: mine().map(Booking::checked).sum(),
                granted: mine().map(|b| b.granted).sum(),
                promised: None,
            };
            let account = views::account(&house.store, offering, &who).unwrap();
            assert_eq!(account, expected);
        }
    }
    let staff = Person::new("somebody").unwrap();
    let under = citation(Act::SeeBookings);
    let offers = OFFERS.iter().zip(&model.offers);
    let slots = offers
        .flat_map(|((_, offering), rules)| rules.slots.iter().map(move |(key, _)| (offering, key)));
    for (offering, key) in slots {
        let shown = all(|after| {
            let by = (&under, &staff);
            views::attendance(&house.store, offering, by, key, now, after, 3).unwrap()
        });
        seen_same(model, &shown, model.of_slot(key).collect());
    }
}

/// All pages of a list.
fn all<T>(page: impl Fn(Option<&Key>) -> Page<T>) -> Vec<T> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let next = page(after.as_ref());
        rows.extend(next.rows);
        match next.next {
            Some(key) => after = Some(key),
            None => return rows,
        }
    }
}

fn seen_same(model: &Model, shown: &[Seen], mut expected: Vec<&Booking>) {
    expected.sort_by(|a, b| a.number.cmp(&b.number));
    let numbers = |all: &[&Booking]| all.iter().map(|b| b.number.clone()).collect::<Vec<_>>();
    let shown_numbers: Vec<_> = shown
        .iter()
        .map(|seen| seen.booking.number.clone())
        .collect();
    assert_eq!(shown_numbers, numbers(&expected));
    for (seen, booking) in shown.iter().zip(expected) {
        assert_eq!(seen.stands, stands(model, booking), "{booking:?}");
        assert_eq!(seen.booking.granted, booking.granted);
        assert_eq!(seen.stands.has_place(), booking.has_place());
    }
}

fn stands(model: &Model, booking: &Booking) -> Standing {
    let begun = booking.from <= model.now;
    match &booking.state {
        State::Entered => Standing::InDraw,
        State::LeftDraw { .. } | State::Cancelled => Standing::Cancelled,
        State::Waiting(_) if begun => Standing::WaitedInVain,
        State::Waiting(_) => {
            let queue = model.queue(&booking.slot);
            let at = queue.iter().position(|number| *number == booking.number);
            Standing::Waiting(Line::Nth(at.unwrap() + 1))
        }
        State::Offered(until) if *until <= model.now => Standing::Lapsed,
        State::Offered(until) => Standing::Offered {
            until: instant(*until),
        },
        State::Booked if booking.to <= model.now => Standing::Untold,
        State::Booked if begun => Standing::Expected,
        State::Booked => Standing::Coming,
        State::Here { came, went: None } => Standing::Here {
            since: instant(*came),
        },
        State::Here {
            went: Some((_, seen)),
            ..
        } => Standing::Been {
            checked: booking.checked(),
            seen: *seen,
        },
        State::Absent(..) => Standing::Absent,
        State::Lapsed => Standing::Lapsed,
        State::NotDrawn => Standing::NotDrawn,
        State::PassedOver(_) => Standing::PassedOver,
    }
}

fn slots_same(house: &House, model: &Model, at: usize) {
    let offering = &OFFERS[at].1;
    let now = instant(model.now);
    let ask = |wanted: &Wanted<'_>| {
        all(|after| views::slots(&house.store, offering, now, wanted, after, 3).unwrap())
    };
    let shown = ask(&Wanted::default());
    let keys = |slots: &[SlotNow<'_>]| -> Vec<Key> {
        slots.iter().map(|slot| slot.slot.key.clone()).collect()
    };
    let text = &model.offers[at].slots;
    assert_eq!(
        keys(&shown),
        text.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>()
    );
    for (slot, (key, text)) in shown.iter().zip(text) {
        let counts = (slot.taken, slot.kept, slot.waiting);
        let (taken, kept) = (model.taken(key) as u32, model.kept(key) as u32);
        assert_eq!(counts, (taken, kept, model.queue(key).len() as u32));
        if !model.settled.contains(key) {
            assert_eq!(slot.entered as usize, model.entrants(key).len());
        }
        assert_eq!(slot.stage, stage(model, at, key, text), "{key}");
        let one = views::slot(&house.store, offering, key, now).unwrap();
        assert_eq!(one.as_ref(), Some(slot));
    }
    let free = Wanted {
        free: true,
        ..Wanted::default()
    };
    let can = shown.iter().filter(|slot| slot.can_be_had());
    let can: Vec<Key> = can.map(|slot| slot.slot.key.clone()).collect();
    assert_eq!(keys(&ask(&free)), can);
    let days: BTreeSet<_> = text.iter().map(|(_, s)| s.session.from.date()).collect();
    for day in days {
        let wanted = Wanted {
            from: Some(day),
            until: Some(day),
            project: Some("reading"),
            ..Wanted::default()
        };
        let fits = |(key, slot): &&(Key, Slot)| {
            slot.session.from.date() == day && key.as_str().contains("/reading@")
        };
        let expected: Vec<_> = text
            .iter()
            .filter(fits)
            .map(|(key, _)| key.clone())
            .collect();
        assert_eq!(keys(&ask(&wanted)), expected);
    }
}

/// What somebody would come to who signed up now.
fn stage(model: &Model, at: usize, key: &Key, text: &Slot) -> Stage {
    let now = model.now;
    if text.session.to <= now {
        return Stage::Past;
    }
    if text.session.from <= now {
        return Stage::Begun;
    }
    let stranger = person("stranger");
    let mut tried = model.clone();
    let number = Number::of(888_888).unwrap();
    let answer = tried.sign_up(at, key, &stranger, Some(30), 1, number);
    let rules = &model.offers[at].offer;
    let held = (model.taken(key) + model.kept(key)) as u32;
    let places = rules.waiting.map_or(0, |rule| rule.places) as usize;
    let open = match answer {
        Err(Why::NotYetOpen { opens }) => {
            let opens = instant(opens);
            return Stage::NotYetOpen { opens };
        }
        Err(Why::Closed { .. }) => return Stage::Closed,
        Err(Why::Full | Why::WaitingFull { .. }) => Open::Full,
        Err(why) => panic!("{why:?}"),
        Ok(()) => match tried.bookings.last().unwrap().state {
            State::Entered => Open::Draw,
            State::Booked => Open::Free {
                places: text.capacity - held,
            },
            _ => Open::Waiting {
                places: (places - model.queue(key).len()) as u32,
            },
        },
    };
    let closes = rules.sign_up.until.unwrap_or(text.session.from);
    let closes = instant(closes.min(text.session.from));
    Stage::Open { open, closes }
}

fn figures_same(house: &House, model: &Model, at: usize) {
    let offering = &OFFERS[at].1;
    let figures = views::figures(&house.store, offering, instant(model.now)).unwrap();
    let text = &model.offers[at].slots;
    let count = |fits: &dyn Fn(&Slot) -> bool, entered: u64| {
        let slots: Vec<_> = text.iter().filter(|(_, slot)| fits(slot)).collect();
        let sessions: BTreeSet<_> = slots.iter().map(|(_, slot)| slot.session).collect();
        let over = sessions.iter().filter(|s| s.to <= model.now).count();
        let sum = |of: &dyn Fn(&Key) -> usize| slots.iter().map(|(key, _)| of(key) as u64).sum();
        Count {
            sessions: sessions.len() as u32,
            over: over as u32,
            slots: slots.len() as u32,
            places: slots.iter().map(|(_, slot)| u64::from(slot.capacity)).sum(),
            taken: sum(&|key| model.taken(key)),
            came: sum(&|key| model.came(key)),
            kept: sum(&|key| model.kept(key)),
            waiting: sum(&|key| model.queue(key).len()),
            // A carried-out draw keeps its list's length, which the model does not.
            entered,
        }
    };
    assert_eq!(figures.all, count(&|_| true, figures.all.entered));
    let projects = &model.offers[at].offer.projects;
    let names: Vec<_> = projects
        .iter()
        .map(|project| project.name.as_str())
        .collect();
    let shown: Vec<_> = figures.projects.iter().map(|(name, _)| *name).collect();
    assert_eq!(shown, names);
    for (position, (_, shown)) in figures.projects.iter().enumerate() {
        assert_eq!(*shown, count(&|slot| slot.project == Some(position), 0));
    }
    if model.settled.is_empty() {
        let entered = text.iter().map(|(key, _)| model.entrants(key).len() as u64);
        assert_eq!(figures.all.entered, entered.sum::<u64>());
    }
}

/// Two districts, a hundred sessions, 42 hours, a long waiting list.
const BIG: &str = r#"+++
title    = "义务讲解"
issuer   = "shanxi-library"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

两个区的讲解。

```offer guides
where     = "小店区"
projects  = { south = { zh = "小店", en = "Xiaodian" }, north = { zh = "尖草坪", en = "Jiancaoping", where = "尖草坪区" } }
sessions  = ["周一 周二 周三 周四 09:00-10:00"]
capacity  = 20
sign_up   = "2022-01-04T09:00/"
waiting   = { offer = "24 h", places = 400 }
hours     = "42 h"
```
"#;

const FIRST: &str = "big#guides/south@2022-01-10T09:00/10:00";

fn big() -> (House, std::sync::Arc<Offering>, Timestamp) {
    let (_, offering) = offerings(&[("big", BIG.to_owned())]).remove(0);
    let mut house = House::at("2022-01-06T08:00");
    for n in 0..300 {
        let sign_up = SignUp::new(&offering, slot(FIRST), person(n), None);
        house.give(&offering, sign_up).unwrap();
    }
    let now = instant("2022-01-06T08:00".parse().unwrap());
    (house, offering, now)
}

#[test]
fn a_view_reads_what_it_shows_however_many_have_booked() {
    let (house, offering, now) = big();
    let store = Counting::new(&house.store);
    let wanted = Wanted {
        from: Some("2022-01-11".parse().unwrap()),
        ..Wanted::default()
    };
    let page = views::slots(&store, &offering, now, &wanted, None, 5).unwrap();
    assert_eq!((page.rows.len(), store.taken()), (5, 5));
    assert_eq!(
        page.rows[0].stage_is_open(),
        Some(Open::Free { places: 20 })
    );
    let first = views::slot(&store, &offering, &slot(FIRST), now)
        .unwrap()
        .unwrap();
    assert_eq!((first.taken, first.waiting, store.taken()), (20, 280, 1));
    assert_eq!(first.stage_is_open(), Some(Open::Waiting { places: 120 }));

    let figures = views::figures(&store, &offering, now).unwrap();
    assert_eq!(store.taken(), offering.slots().len());
    assert_eq!((figures.all.taken, figures.all.waiting), (20, 280));
    assert_eq!(figures.all.slots, 2 * figures.all.sessions);
    assert_eq!(figures.projects[1].1.taken, 0);

    let account = views::account(&store, &offering, &person(3)).unwrap();
    assert_eq!((account.missing(), store.taken()), (Some(42 * 60), 1));

    // The one with a place: one booking. The twentieth who waits: the booking and the first step of the line.
    let mine = views::mine(&store, &person(3), now, None, 20).unwrap();
    assert_eq!(
        (&mine.rows[0].stands, store.taken()),
        (&Standing::Coming, 1)
    );
    let mine = views::mine(&store, &person(39), now, None, 20).unwrap();
    assert_eq!(mine.rows[0].stands, Standing::Waiting(Line::Nth(20)));
    assert_eq!(store.taken(), 1 + 64);

    let (under, staff) = (citation(Act::SeeBookings), Person::new("somebody").unwrap());
    let (by, first) = ((&under, &staff), slot(FIRST));
    let list = views::attendance(&store, &offering, by, &first, now, None, 10).unwrap();
    // One more tells that the list goes on.
    assert_eq!((list.rows.len(), store.taken()), (10, 11));
    assert!(list.next.is_some());
}

#[test]
fn room_that_a_correction_makes_is_for_those_who_wait() {
    let (house, _, now) = big();
    let text = BIG.replace("capacity  = 20", "capacity  = 30");
    let (_, corrected) = offerings(&[("big", text)]).remove(0);
    let first = views::slot(&house.store, &corrected, &slot(FIRST), now)
        .unwrap()
        .unwrap();
    assert_eq!((first.taken, first.slot.capacity), (20, 30));
    assert_eq!(first.stage_is_open(), Some(Open::Waiting { places: 120 }));
    assert!(!first.can_be_had());
}

#[test]
fn what_has_ended_is_shown_as_ended_from_its_very_instant_on() {
    let (mut house, offering, now) = big();
    let one = views::mine(&house.store, &person(0), now, None, 1).unwrap();
    let cancel = Cancel {
        booking: one.rows[0].booking.number.clone(),
        person: person(0),
    };
    house.give(&offering, cancel).unwrap();
    let stands = |who: u16, civil: &str| {
        let at = instant(civil.parse().unwrap());
        let mine = views::mine(&house.store, &person(who), at, None, 1).unwrap();
        mine.rows.into_iter().next().unwrap().stands
    };
    // The first who waits is offered the place for a day.
    let until = instant("2022-01-07T08:00".parse().unwrap());
    assert_eq!(
        stands(20, "2022-01-07T07:59:59"),
        Standing::Offered { until }
    );
    assert_eq!(stands(20, "2022-01-07T08:00"), Standing::Lapsed);
    assert_eq!(stands(0, "2022-01-07T08:00"), Standing::Cancelled);
    assert_eq!(stands(1, "2022-01-10T08:59:59"), Standing::Coming);
    assert_eq!(stands(1, "2022-01-10T09:00"), Standing::Expected);
    assert_eq!(stands(1, "2022-01-10T10:00"), Standing::Untold);
    let first = Standing::Waiting(Line::Nth(1));
    assert_eq!(stands(21, "2022-01-10T08:59:59"), first);
    assert_eq!(stands(21, "2022-01-10T09:00"), Standing::WaitedInVain);
    let stage = |civil: &str| {
        let at = instant(civil.parse().unwrap());
        let shown = views::slot(&house.store, &offering, &slot(FIRST), at).unwrap();
        shown.unwrap().stage
    };
    assert!(matches!(stage("2022-01-10T08:59:59"), Stage::Open { .. }));
    assert_eq!(stage("2022-01-10T09:00"), Stage::Begun);
    assert_eq!(stage("2022-01-10T10:00"), Stage::Past);
}

#[test]
fn slots_are_found_by_place_project_and_day() {
    let (house, offering, now) = big();
    let place = |word: &str| match CITY.places.look_up(word) {
        notice::PlaceLookup::One(place) => place,
        other => panic!("{other:?}"),
    };
    let count = |place: PlaceId, project: Option<&str>| {
        let wanted = Wanted {
            place: Some((&CITY.places, place)),
            project,
            ..Wanted::default()
        };
        let ask = |after: Option<&Key>| {
            views::slots(&house.store, &offering, now, &wanted, after, 7).unwrap()
        };
        all(ask).len()
    };
    let half = offering.slots().len() / 2;
    assert_eq!(count(place("小店区"), None), half);
    assert_eq!(count(place("尖草坪区"), None), half);
    assert_eq!(count(place("尖草坪区"), Some("south")), 0);
    assert_eq!(count(CITY.places.city(), None), 2 * half);
    assert_eq!(count(CITY.places.city(), Some("north")), half);
    // A slot in a district is not in a part of the district for sure.
    assert_eq!(count(place("小店区/平阳路街道"), None), 0);

    // What is free leaves out the one that is full, and goes on from page to page.
    let free = Wanted {
        free: true,
        until: Some("2022-01-11".parse().unwrap()),
        ..Wanted::default()
    };
    let shown = all(|after| views::slots(&house.store, &offering, now, &free, after, 2).unwrap());
    let days = shown
        .iter()
        .map(|slot| slot.slot.key.as_str())
        .collect::<Vec<_>>();
    assert!(!days.contains(&FIRST) && days.len() >= 3, "{days:?}");
}

#[test]
fn a_list_is_shown_only_by_the_clause_for_it_and_to_whom_it_was_given() {
    let (house, offering, now) = big();
    let ask = |offering: &Offering, act: Act, reader: &str, key: &str| {
        let (reader, under) = (Person::new(reader).unwrap(), citation(act));
        let by = (&under, &reader);
        views::attendance(&house.store, offering, by, &slot(key), now, None, 10)
    };
    let list = ask(&offering, Act::SeeBookings, "somebody", FIRST);
    assert_eq!(list.unwrap().rows.len(), 10);
    // The clause was asked about the library's matters only.
    let text = BIG.replace("shanxi-library", "jiancaoping-culture");
    let (_, another) = offerings(&[("big", text)]).remove(0);
    let other_offer = "big#guides2/south@2022-01-10T09:00/10:00";
    for (offering, act, reader, key) in [
        (&offering, Act::GrantHours, "somebody", FIRST),
        (&offering, Act::SeeBookings, "another", FIRST),
        (&offering, Act::SeeBookings, "somebody", other_offer),
        (&another, Act::SeeBookings, "somebody", FIRST),
    ] {
        let answer = ask(offering, act, reader, key);
        assert!(matches!(answer, Err(NotShown::OtherPower)));
    }
}

trait Opened {
    fn stage_is_open(&self) -> Option<Open>;
}

impl Opened for SlotNow<'_> {
    fn stage_is_open(&self) -> Option<Open> {
        match self.stage {
            Stage::Open { open, .. } => Some(open),
            _ => None,
        }
    }
}
