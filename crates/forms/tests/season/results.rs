//! What events brought in, and who came to them by check-in.

use std::collections::BTreeMap;

use forms::booking::rows::Means;
use forms::booking::{CheckIn, CheckOut, SignUp};
use forms::people::powers::Act;
use forms::season::events::counted;
use forms::season::{
    CorrectResult, Counted, EnterResult, Event, Reason, Refused, VISITORS_MAX, views,
};
use jiff::civil::date;
use ledger::name::{Key, Person};
use proptest::prelude::*;

use crate::house::{CUSTOMS, House, LANTERNS, SEASON, clerk, fen, gate, head, may};

fn event(key: &str) -> Event {
    let all = Event::all(&LANTERNS)
        .into_iter()
        .chain(Event::all(&CUSTOMS));
    let mut all = all.filter(|event| event.key().as_str() == key);
    all.next().unwrap_or_else(|| panic!("no event {key}"))
}

fn enter(event: Event, visitors: u32, sales: u64) -> EnterResult {
    EnterResult {
        event,
        visitors,
        sales: fen(sales),
        under: clerk(Act::EnterResults),
    }
}

fn correct(event: &str, visitors: u32, sales: u64) -> CorrectResult {
    CorrectResult {
        event: Key::new(event).unwrap(),
        visitors,
        sales: fen(sales),
        why: Reason::CountedAgain,
        under: head(Act::CorrectResults),
    }
}

#[test]
fn events_are_the_days_and_projects_of_offers() {
    let lanterns = Event::all(&LANTERNS);
    assert_eq!(lanterns.len(), 25);
    assert_eq!(
        lanterns[0].key().as_str(),
        "theme-season#lanterns@2022-01-25"
    );
    assert_eq!(lanterns[24].day(), date(2022, 2, 18));
    // The last quarter of an hour ends at nine.
    assert_eq!(lanterns[0].over().to_string(), "2022-01-25T13:00:00Z");
    // Three projects on each Saturday and Sunday.
    let customs = Event::all(&CUSTOMS);
    assert_eq!(customs.len() % 3, 0);
    let first: Vec<_> = customs
        .iter()
        .take(3)
        .map(|event| event.key().to_string())
        .collect();
    assert_eq!(
        first,
        ["paper-cutting", "dough", "lantern"]
            .map(|project| format!("theme-season#customs/{project}@2022-01-29"))
    );
    assert_eq!(customs[0].over().to_string(), "2022-01-29T08:40:00Z");
}

#[test]
fn a_result_is_entered_once_when_the_event_is_over_and_corrected_by_another() {
    let key = "theme-season#lanterns@2022-01-25";
    let mut house = House::at("2022-01-25T20:59");
    let ends = "2022-01-25T21:00".parse().unwrap();
    assert_eq!(
        house.give("clerk", enter(event(key), 4_000, 0)),
        Err(Refused::EventNotOver { ends })
    );
    house.set("2022-01-25T21:00");
    let most = VISITORS_MAX;
    assert_eq!(
        house.give("clerk", enter(event(key), most + 1, 0)),
        Err(Refused::TooManyVisitors { most })
    );
    assert_eq!(
        house.give("head", correct(key, 1, 1)),
        Err(Refused::NotEntered)
    );
    house
        .give("clerk", enter(event(key), 4_000, 1_250_050))
        .unwrap();
    assert_eq!(
        house.give("clerk", enter(event(key), 4_000, 0)),
        Err(Refused::EnteredAlready)
    );
    assert_eq!(
        house.give("head", correct(key, 4_000, 1_250_050)),
        Err(Refused::CorrectsNothing)
    );
    house.give("head", correct(key, 4_123, 1_250_050)).unwrap();
    assert_eq!(
        house.give("head", correct(key, 4_124, 0)),
        Err(Refused::OwnFigure)
    );
    let results = views::results(&house.store, &SEASON).unwrap();
    assert_eq!(results.len(), 1);
    let brought = &results[0].brought;
    assert_eq!(
        (results[0].day, results[0].project.as_deref()),
        (date(2022, 1, 25), None)
    );
    assert_eq!(
        (brought.now.value.visitors, brought.before[0].value.visitors),
        (4_123, 4_000)
    );
    assert_eq!(brought.now.why, Some(Reason::CountedAgain));
    // Another notice's event is none of this season's.
    let other = crate::house::others_event();
    assert_eq!(
        house.give("clerk", enter(other, 1, 0)),
        Err(Refused::OtherText)
    );
}

#[test]
fn only_whom_the_powers_let() {
    let key = "theme-season#customs/dough@2022-01-29";
    let mut house = House::at("2022-02-19T10:00");
    let (mut entered, mut corrected) = (Vec::new(), Vec::new());
    for person in &crate::house::CITY.people {
        let post = person
            .post
            .as_ref()
            .map(|post| (post.office.as_str(), post.role.as_str()));
        for act in Act::ALL {
            let Ok(under) = may(&person.id, post, *act) else {
                continue;
            };
            let stolen = EnterResult {
                under: under.clone(),
                ..enter(event(key), 9, 0)
            };
            assert_eq!(
                house.give("somebody-else", stolen.clone()),
                Err(Refused::OtherPower)
            );
            match house.give(&person.id, stolen) {
                Ok(_) => entered.push((person.id.as_str(), *act)),
                Err(refused) => assert_eq!(refused, Refused::OtherPower),
            }
            match house.give(
                &person.id,
                CorrectResult {
                    under,
                    ..correct("none", 9, 0)
                },
            ) {
                Err(Refused::NotEntered) => corrected.push((person.id.as_str(), *act)),
                other => assert_eq!(other, Err(Refused::OtherPower)),
            }
        }
    }
    assert_eq!(entered, [("county-clerk", Act::EnterResults)]);
    assert_eq!(corrected, [("county-head", Act::CorrectResults)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Some sign up for some slots with some friends; some of them come, some of those are seen to go.
    #[test]
    fn check_ins_are_counted_as_on_paper(
        people in prop::collection::vec((0..24_usize, 1..=3_u32, any::<bool>(), prop::option::of(1..=60_i64)), 1..40),
    ) {
        let mut house = House::at("2022-01-12T10:00");
        let mut paper: BTreeMap<Key, Counted> = BTreeMap::new();
        let mut coming = Vec::new();
        for (number, (slot, party, comes, stays)) in people.into_iter().enumerate() {
            let slot = &CUSTOMS.slots()[slot];
            let person = Person::new(&format!("p{number}")).unwrap();
            let act = SignUp::new(&CUSTOMS, slot.key.clone(), person.clone(), None).for_party(party);
            if let Some(booking) = house.book(&CUSTOMS, person.as_str(), act)
                && comes
            {
                coming.push((slot, booking, party, stays));
            }
        }
        coming.sort_by_key(|(slot, ..)| slot.from);
        for (slot, booking, party, stays) in coming {
            house.set_instant(slot.from);
            let came = CheckIn { booking: booking.clone(), at: slot.from, by: Means::List, under: Some(gate()) };
            prop_assert!(house.book(&CUSTOMS, "somebody", came).is_some());
            let mut minutes = 0;
            if let Some(stays) = stays {
                let at = slot.from + jiff::SignedDuration::from_mins(stays);
                house.set_instant(at);
                let went = CheckOut { booking, at, by: Means::List, under: Some(gate()) };
                prop_assert!(house.book(&CUSTOMS, "somebody", went).is_some());
                // No more than the session has.
                minutes = u64::try_from(stays.min(40)).unwrap();
            }
            let project = &CUSTOMS.projects()[slot.project.unwrap()].0;
            let key = format!("theme-season#customs/{project}@{}", slot.session.from.date());
            let sum = paper.entry(Key::new(&key).unwrap()).or_default();
            *sum = sum.and(Counted { people: party.into(), minutes: minutes * u64::from(party) });
        }
        let end = CUSTOMS.slots().last().unwrap().to;
        let counted = counted(&house.store, &CUSTOMS, end).unwrap();
        prop_assert_eq!(counted.len(), Event::all(&CUSTOMS).len());
        for (key, sum) in counted {
            prop_assert_eq!(sum, paper.remove(&key).unwrap_or_default(), "{}", key);
        }
        prop_assert!(paper.is_empty());
    }
}
