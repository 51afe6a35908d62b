//! A timetable for the demo city: it can be held, says why for the rest, and its blocks make a notice that is proved.

use std::sync::Arc;

use decide::Book;
use forms::menu::AgeGroup;
use forms::menu::plan::{NotPlanned, Wanted, propose};
use forms::menu::rows::{Answer, Order, Why, order_key};
use ledger::name::Key;

use crate::house::{CITY, notice};

fn wanted(times: &[&str]) -> Wanted {
    let day = "2022-01-11".parse().unwrap();
    let line = |text: &&str| notice::read_when(CITY.context(), "", (**text).into(), day).unwrap();
    Wanted {
        from: day,
        until: "2022-01-24".parse().unwrap(),
        times: times.iter().map(line).collect(),
        needed: 10,
        seed: 2022,
        steps: 20_000,
    }
}

const TIMES: [&str; 4] = [
    "每日 09:30-11:00",
    "每日 14:30-16:00",
    "每日 16:10-17:30",
    "每日 18:30-20:00",
];

/// Orders that look like a district's: every community wishes for some courses, some of them too few.
fn orders() -> Vec<Order> {
    let menu = &CITY.menu;
    let key = Key::new("culture-menu").unwrap();
    let mut orders = Vec::new();
    for (n, place) in menu.communities().into_iter().enumerate() {
        let community = CITY.places.get(place).unwrap().code.clone();
        for k in 0..4 {
            let course = &menu.courses[(n * 11 + k * 17) % menu.courses.len()];
            let fits = |age: &&AgeGroup| {
                let (youngest, oldest) = age.ages();
                course.ages.0 <= oldest && youngest <= course.ages.1
            };
            let age = *AgeGroup::ALL.iter().rev().find(fits).unwrap();
            orders.push(Order {
                key: order_key(&key, &course.id, &community, age).unwrap(),
                notice: key.clone(),
                course: course.id.clone(),
                community: community.clone(),
                age,
                people: ((n * 7 + k * 5) % 24 + 4) as u32,
                answer: None,
            });
        }
    }
    orders
}

#[test]
fn a_districts_wishes_become_sessions_that_a_notice_can_offer() {
    let orders = orders();
    let table = propose(&CITY, &orders, &wanted(&TIMES)).unwrap();
    assert_eq!(propose(&CITY, &orders, &wanted(&TIMES)).unwrap(), table);
    assert_eq!(table.given.len() + table.not_given.len(), orders.len());
    assert_eq!(table.answers().len(), orders.len());
    let few = orders.iter().filter(|order| order.people < 10).count();
    let too_few = table
        .not_given
        .iter()
        .filter(|refused| refused.why == Why::TooFew { needed: 10 });
    assert_eq!(too_few.count(), few);
    // With two weeks, most of what enough people wish for can be given.
    let enough: u64 = orders
        .iter()
        .filter(|o| o.people >= 10)
        .map(|o| u64::from(o.people))
        .sum();
    assert!(
        table.score.met * 10 >= enough * 8,
        "{:?} of {enough}",
        table.score
    );
    for refused in &table.not_given {
        let Some(at) = refused.elsewhere else {
            continue;
        };
        let (there, menu) = (&table.given[at], &CITY.menu);
        assert!(
            refused
                .order
                .as_str()
                .contains(&menu.courses[there.course].id)
        );
        assert!(there.people < menu.rooms[there.room].places);
    }
    let given = table
        .answers()
        .into_iter()
        .filter(|(_, answer)| matches!(answer, Answer::Given { .. }));
    assert_eq!(given.count(), table.given.len());

    // The blocks stand in a notice: it reads, nothing can be said against it, and every session is a slot of its own.
    let blocks = table.blocks(&CITY, "2022-01-08T09:00".parse().unwrap());
    let source = notice().source.to_string();
    let front = source.split("\n```offer").next().unwrap();
    let text = format!("{front}\n\n{blocks}");
    let reading = CITY.read_notice("culture-menu.md", text.as_bytes());
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    let read = Arc::new(reading.notice.unwrap());
    let slots: usize = read
        .offers
        .iter()
        .map(|offer| CITY.slots(&read, offer).slots.len())
        .sum();
    assert_eq!(slots, table.given.len());
    let others = CITY
        .notices
        .iter()
        .filter(|other| other.slug != read.slug)
        .cloned();
    let book = Book::compile(CITY.clone(), others.chain([read.clone()]).collect());
    let found = decide::prove::prove(&book, Some(std::slice::from_ref(&read.slug)));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn times_follow_one_another_and_days_are_few() {
    let overlap = propose(
        &CITY,
        &[],
        &wanted(&["每日 09:00-11:00", "周六 10:00-12:00"]),
    );
    assert!(matches!(overlap, Err(NotPlanned::Overlap(..))));
    let mut long = wanted(&TIMES);
    long.until = "2023-12-31".parse().unwrap();
    assert_eq!(propose(&CITY, &[], &long), Err(NotPlanned::Days));
    long.until = "2022-01-10".parse().unwrap();
    assert_eq!(propose(&CITY, &[], &long), Err(NotPlanned::Days));
}
