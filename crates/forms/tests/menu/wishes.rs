//! Wishes against a plain list of them, and every refusal.

use std::collections::BTreeMap;

use forms::booking::rows::Number;
use forms::menu::rows::{Answer, Why, order_key};
use forms::menu::{AgeGroup, AnswerWishes, MakeWish, NotOrdered, STEP, WithdrawWish, views};
use forms::people::powers::Act;
use ledger::name::{Key, Person};
use ledger::store::Read as _;
use proptest::prelude::*;

use crate::house::{House, MENU, citation, of_office};

const COURSES: [&str; 4] = [
    "paper-cutting-1",
    "calligraphy-5",
    "tea-5",
    "no-such-course",
];
const COMMUNITIES: [&str; 3] = ["140108001001", "140108001002", "140105001001"];

fn person(n: usize) -> Person {
    Person::new(&format!("p{n}")).unwrap()
}

fn wish(who: usize, course: usize, community: usize, age: usize) -> MakeWish {
    MakeWish {
        person: person(who),
        course: COURSES[course].to_owned(),
        community: COMMUNITIES[community].to_owned(),
        age: AgeGroup::ALL[age],
    }
}

#[derive(Clone, Debug)]
enum Do {
    Make(usize, usize, usize, usize),
    /// Which of those made, by whom.
    Withdraw(usize, usize),
}

/// What a plain list of wishes answers.
#[derive(Default)]
struct Plain(Vec<(Number, usize, usize, usize, usize)>);

impl Plain {
    fn make(
        &mut self,
        wish: (usize, usize, usize, usize),
        number: Number,
    ) -> Result<(), NotOrdered> {
        let (who, course, community, age) = wish;
        // `calligraphy-5` is for children, `tea-5` for older people.
        let ages = [(6, 120), (7, 17), (60, 120)];
        let Some(&(from, to)) = ages.get(course) else {
            return Err(NotOrdered::NoSuchCourse);
        };
        if community == 2 {
            return Err(NotOrdered::NoSuchCommunity);
        }
        let (youngest, oldest) = [(0, 17), (18, 59), (60, 120)][age];
        if oldest < from || to < youngest {
            return Err(NotOrdered::NotForAge { from, to });
        }
        let same = self
            .0
            .iter()
            .find(|w| (w.1, w.2, w.3) == (who, course, community));
        if let Some(same) = same {
            let wish = same.0.clone();
            return Err(NotOrdered::Already { wish });
        }
        self.0.push((number, who, course, community, age));
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn wishes_are_answered_as_a_plain_list_would(
        commands in prop::collection::vec(prop_oneof![
            3 => (0..5_usize, 0..4_usize, 0..3_usize, 0..3_usize).prop_map(|(w, c, p, a)| Do::Make(w, c, p, a)),
            1 => (0..40_usize, 0..5_usize).prop_map(|(n, who)| Do::Withdraw(n, who)),
        ], 80..120),
    ) {
        let (mut house, mut plain) = (House::at("2022-01-06T10:00"), Plain::default());
        for command in commands {
            match command {
                Do::Make(who, course, community, age) => {
                    let next = Number::of(house.store.head().unwrap().size).unwrap();
                    let expected = plain.make((who, course, community, age), next);
                    let actor = person(who).to_string();
                    let answer = house.give(&actor, wish(who, course, community, age));
                    prop_assert_eq!(answer.map(drop), expected);
                }
                Do::Withdraw(n, who) => {
                    let number = plain.0.get(n).map_or(Number::of(999).unwrap(), |w| w.0.clone());
                    let own = plain.0.get(n).is_some_and(|w| w.1 == who);
                    let command = WithdrawWish { wish: number, person: person(who) };
                    let answer = house.give(person(who).as_str(), command);
                    prop_assert_eq!(answer.map(drop), if own { Ok(()) } else { Err(NotOrdered::NoSuchWish) });
                    if own {
                        plain.0.remove(n);
                    }
                }
            }
        }
        let mut counted: BTreeMap<Key, u32> = BTreeMap::new();
        let notice = Key::new("culture-menu").unwrap();
        for (_, _, course, community, age) in &plain.0 {
            let key = order_key(&notice, COURSES[*course], COMMUNITIES[*community], AgeGroup::ALL[*age]);
            *counted.entry(key.unwrap()).or_default() += 1;
        }
        let orders = views::orders(&house.store, &MENU).unwrap();
        let kept: BTreeMap<Key, u32> = orders.iter().map(|o| (o.key.clone(), o.people)).collect();
        prop_assert_eq!(kept, counted);
        let demand = views::demand(&orders);
        prop_assert_eq!(demand.people, plain.0.len() as u64);
        for (age, people) in demand.ages {
            let same = plain.0.iter().filter(|w| AgeGroup::ALL[w.4] == age).count();
            prop_assert_eq!(people, same as u64);
        }
        for (course, people) in demand.courses {
            let same = plain.0.iter().filter(|w| COURSES[w.2] == course).count();
            prop_assert_eq!(people, same as u64);
        }
        for (community, people) in demand.communities {
            let same = plain.0.iter().filter(|w| COMMUNITIES[w.3] == community).count();
            prop_assert_eq!(people, same as u64);
        }
        for who in 0..5 {
            let mine = views::mine(&house.store, &person(who)).unwrap();
            let numbers: Vec<_> = mine.iter().map(|mine| mine.wish.number.clone()).collect();
            let own: Vec<_> = plain.0.iter().filter(|w| w.1 == who).map(|w| w.0.clone()).collect();
            prop_assert_eq!(numbers, own);
        }
    }
}

#[test]
fn the_desk_answers_and_those_who_wished_read_it() {
    let mut house = House::at("2022-01-06T10:00");
    for who in 0..3 {
        house
            .give(person(who).as_str(), wish(who, 0, 0, 2))
            .unwrap();
    }
    let notice = Key::new("culture-menu").unwrap();
    let order = order_key(&notice, COURSES[0], COMMUNITIES[0], AgeGroup::Elders).unwrap();
    let answer = Answer::NotGiven {
        why: Why::TooFew { needed: 10 },
    };
    let answers = |answers: Vec<(Key, Answer)>, under| AnswerWishes { answers, under };
    let clerk = || citation("clerk", Act::DrawUpTimetable);
    let all = vec![(order.clone(), answer.clone())];
    // Only by that power, and only by whom it was given to.
    let other = answers(all.clone(), citation("clerk", Act::SeeBookings));
    assert_eq!(house.give("somebody", other), Err(NotOrdered::OtherPower));
    let anothers = answers(all.clone(), clerk());
    assert_eq!(house.give("p1", anothers), Err(NotOrdered::OtherPower));
    // A clerk of another office draws up its own timetables, not this one's.
    let elsewhere = of_office("shanxi-library", "clerk", Act::DrawUpTimetable);
    let elsewhere = answers(all.clone(), elsewhere);
    assert_eq!(
        house.give("somebody", elsewhere),
        Err(NotOrdered::OtherPower)
    );
    house
        .give("somebody", answers(all.clone(), clerk()))
        .unwrap();
    let mine = views::mine(&house.store, &person(1)).unwrap();
    assert_eq!(mine[0].order.answer.as_ref().unwrap().answer, answer);
    assert_eq!(mine[0].order.people, 3);
    // An order that nobody has, and too many answers at once.
    let gone = order_key(&notice, COURSES[0], COMMUNITIES[0], AgeGroup::Adults).unwrap();
    let command = answers(vec![(gone.clone(), answer.clone())], clerk());
    assert_eq!(
        house.give("somebody", command),
        Err(NotOrdered::NoSuchOrder(gone.to_string()))
    );
    let many = answers(vec![all[0].clone(); STEP + 1], clerk());
    assert_eq!(
        house.give("somebody", many),
        Err(NotOrdered::Answers { most: STEP })
    );
}

#[test]
fn nobody_wishes_for_another_too_often_or_out_of_time() {
    let mut house = House::at("2022-01-05T23:59");
    let from = "2022-01-06T00:00".parse().unwrap();
    assert_eq!(
        house.give("p1", wish(1, 0, 0, 0)),
        Err(NotOrdered::NotYet { from })
    );
    house.set("2023-01-01T00:00");
    let until = "2023-01-01T00:00".parse().unwrap();
    assert_eq!(
        house.give("p1", wish(1, 0, 0, 0)),
        Err(NotOrdered::Over { until })
    );
    house.set("2022-01-06T10:00");
    assert_eq!(
        house.give("p2", wish(1, 0, 0, 0)),
        Err(NotOrdered::NotYours)
    );
    let courses = [
        "paper-cutting-1",
        "paper-cutting-2",
        "tea-1",
        "tea-2",
        "tea-3",
    ];
    for (course, community) in courses
        .iter()
        .flat_map(|c| COMMUNITIES[..2].iter().map(move |p| (c, p)))
    {
        let wish = MakeWish {
            person: person(1),
            course: (*course).to_owned(),
            community: (*community).to_owned(),
            age: AgeGroup::Adults,
        };
        house.give("p1", wish).unwrap();
    }
    let more = MakeWish {
        person: person(1),
        course: "knots-1".to_owned(),
        community: COMMUNITIES[0].to_owned(),
        age: AgeGroup::Adults,
    };
    assert_eq!(
        house.give("p1", more),
        Err(NotOrdered::TooMany { most: 10 })
    );
}
