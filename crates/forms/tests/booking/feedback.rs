//! Feedback: who may give it, when, whose words staff read, and counts held against a plain list under random commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use forms::booking::feedback::{BadWords, Counts, Rating, WORDS_MAX, Words};
use forms::booking::rows::{Means, Number};
use forms::booking::views::{self, NotShown};
use forms::booking::{CheckIn, Correct, GiveFeedback, Offering, SignUp, TakeBackFeedback, Why};
use forms::people::Private;
use forms::people::guardian::{Guardianship, LinkState};
use forms::people::powers::Act;
use jiff::{Timestamp, ToSpan};
use ledger::given::SystemChance;
use ledger::name::Person;
use ledger::store::Read as _;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::house::{House, citation, instant, of_office, offerings, person, slot};
use crate::stories::reason;

const TEXT: &str = r#"+++
title    = "读报会"
issuer   = "shanxi-library"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

读报会。

```offer papers
dates    = [{ on = 2022-01-15, hours = "09:00-11:00" }, { on = 2022-01-16, hours = "09:00-11:00" }]
capacity = 20
sign_up  = "2022-01-04T09:00/"
```
"#;
const FIRST: &str = "papers#papers@2022-01-15T09:00/11:00";
const SECOND: &str = "papers#papers@2022-01-16T09:00/11:00";

fn papers() -> Arc<Offering> {
    offerings(&[("papers", TEXT.to_owned())]).remove(0).1
}

fn at(civil: &str) -> Timestamp {
    instant(civil.parse().unwrap())
}

fn signed_up(house: &mut House, offering: &Arc<Offering>, who: &Person, at: &str) -> Number {
    house.give_key(who);
    let act = SignUp::new(offering, slot(at), who.clone(), None);
    house.give(offering, act).unwrap()
}

fn check_in(house: &mut House, offering: &Arc<Offering>, booking: &Number, when: &str) {
    let act = CheckIn {
        booking: booking.clone(),
        at: at(when),
        by: Means::Qr,
        under: None,
    };
    house.give(offering, act).unwrap();
}

fn words(house: &House, who: &Person, text: &str) -> Option<Private<Words>> {
    house.give_key(who);
    let words = Words::new(text).unwrap();
    Some(Private::seal(&house.store, &mut SystemChance, who, &words).unwrap())
}

fn say(booking: &Number, who: &Person, rating: Rating) -> GiveFeedback {
    GiveFeedback {
        booking: booking.clone(),
        person: who.clone(),
        rating,
        words: None,
    }
}

#[test]
fn who_was_there_says_it_once_changes_it_and_takes_it_back() {
    let mut house = House::at("2022-01-08T10:00");
    let offering = &papers();
    let (one, two) = (person(1), person(2));
    let came = signed_up(&mut house, offering, &one, FIRST);
    let missed = signed_up(&mut house, offering, &two, FIRST);
    let ask = |house: &mut House, civil: &str, actor: &str, act| {
        house.set(civil.parse().unwrap());
        let answer = house.give_as(actor, offering, act);
        answer.map(drop).map_err(|refused| refused.why)
    };
    // Not before it was seen that they came, nor while the session lasts.
    let early = ask(
        &mut house,
        "2022-01-15T09:30",
        "p1",
        say(&came, &one, Rating::Good),
    );
    assert_eq!(early, Err(Why::WasNotThere));
    check_in(&mut house, offering, &came, "2022-01-15T09:10");
    let good = || say(&came, &one, Rating::Good);
    let to = "2022-01-15T11:00".parse().unwrap();
    let during = ask(&mut house, "2022-01-15T10:59", "p1", good());
    assert_eq!(during, Err(Why::FeedbackNotYet { to }));
    // Not by or for somebody else, nor with somebody else's words, nor who did not come.
    assert_eq!(
        ask(&mut house, "2022-01-15T11:00", "p2", good()),
        Err(Why::NotYours)
    );
    let theirs = say(&came, &two, Rating::Poor);
    assert_eq!(
        ask(&mut house, "2022-01-15T11:00", "p2", theirs),
        Err(Why::NoSuchBooking)
    );
    let missed = say(&missed, &two, Rating::Poor);
    assert_eq!(
        ask(&mut house, "2022-01-15T11:00", "p2", missed),
        Err(Why::WasNotThere)
    );
    let mut others = good();
    others.words = words(&house, &two, "别人的话");
    assert_eq!(
        ask(&mut house, "2022-01-15T11:00", "p1", others),
        Err(Why::OtherPerson)
    );

    ask(&mut house, "2022-01-15T11:00", "p1", good()).unwrap();
    let mut again = say(&came, &one, Rating::Fair);
    again.words = words(&house, &one, "讲得好，\n屋子冷。");
    // Until the last minute of the seventh day.
    ask(&mut house, "2022-01-22T10:59", "p1", again).unwrap();
    let until = "2022-01-22T11:00".parse().unwrap();
    let late = ask(&mut house, "2022-01-22T11:00", "p1", good());
    assert_eq!(late, Err(Why::FeedbackClosed { until }));

    let see = citation(Act::SeeBookings);
    let somebody = person_named("somebody");
    let staff = (&see, &somebody);
    let heard = |house: &House| views::heard(&house.store, offering, staff, &slot(FIRST), 100);
    let now = heard(&house).unwrap();
    let fair = Counts {
        fair: 1,
        ..Counts::default()
    };
    assert_eq!(now.counts, fair);
    assert_eq!(now.words, [(Rating::Fair, "讲得好，\n屋子冷。".to_owned())]);
    // The clause has to be for seeing who has booked, and of the office.
    for other in [
        citation(Act::CheckIn),
        of_office("jiancaoping-culture", "teacher", Act::SeeBookings),
    ] {
        let read = views::heard(&house.store, offering, (&other, staff.1), &slot(FIRST), 100);
        assert!(matches!(read, Err(NotShown::OtherPower)));
    }
    // No entry says the words readably.
    for leaf in house.store.leaves(0, usize::MAX).unwrap() {
        assert!(!String::from_utf8_lossy(&leaf).contains("屋子冷"));
    }

    // Taking back is never too late, and never twice.
    let back = |who: &Person| TakeBackFeedback {
        booking: came.clone(),
        person: who.clone(),
    };
    house.set("2022-02-22T11:00".parse().unwrap());
    let why = |answer: Result<Number, forms::booking::Refused>| answer.unwrap_err().why;
    assert_eq!(
        why(house.give_as("p2", offering, back(&one))),
        Why::NotYours
    );
    assert_eq!(why(house.give(offering, back(&two))), Why::NoSuchBooking);
    house.give(offering, back(&one)).unwrap();
    assert_eq!(why(house.give(offering, back(&one))), Why::NoFeedback);
    assert_eq!(heard(&house).unwrap(), views::Heard::default());
    assert!(
        !house
            .state()
            .items
            .keys()
            .any(|id| id.kind.as_str() == "ratings")
    );
}

#[test]
fn a_guardian_says_it_for_a_child_once_the_office_has_accepted() {
    let mut house = House::at("2022-01-08T10:00");
    let offering = &papers();
    let child = person("child");
    let booking = signed_up(&mut house, offering, &child, FIRST);
    house.set("2022-01-15T11:30".parse().unwrap());
    check_in(&mut house, offering, &booking, "2022-01-15T09:10");
    let said = house.give_as("mother", offering, say(&booking, &child, Rating::Good));
    assert_eq!(said.unwrap_err().why, Why::NotYours);
    house.keep(Guardianship {
        guardian: person_named("mother"),
        child: child.clone(),
        state: LinkState::Accepted {
            office: "shanxi-library".to_owned(),
            at: at("2022-01-07T09:00"),
        },
    });
    house
        .give_as("mother", offering, say(&booking, &child, Rating::Good))
        .unwrap();
}

fn person_named(name: &str) -> Person {
    Person::new(name).unwrap()
}

#[test]
fn who_was_not_there_after_all_has_said_nothing() {
    let mut house = House::at("2022-01-08T10:00");
    let offering = &papers();
    let booking = signed_up(&mut house, offering, &person(1), FIRST);
    house.set("2022-01-15T12:00".parse().unwrap());
    check_in(&mut house, offering, &booking, "2022-01-15T09:10");
    house
        .give(offering, say(&booking, &person(1), Rating::Good))
        .unwrap();
    let correct = Correct {
        booking,
        stay: None,
        granted: 0,
        reason: reason(&house, &person(1)),
        under: citation(Act::CorrectRecord),
    };
    house.give(offering, correct).unwrap();
    let items = house.state().items;
    let left = |kind: &str| items.keys().filter(|id| id.kind.as_str() == kind).count();
    assert_eq!((left("feedback"), left("ratings")), (0, 0));
    let figures = views::figures(&house.store, offering, at("2022-01-15T12:00")).unwrap();
    assert_eq!((figures.all.taken, figures.all.came), (1, 0));
}

#[test]
fn words_are_short_and_readable() {
    let most = "字".repeat(WORDS_MAX);
    assert_eq!(Words::new(&most).map(String::from), Ok(most.clone()));
    assert_eq!(Words::new(&format!("{most}字")), Err(BadWords::TooLong));
    assert_eq!(Words::new(" \r\n "), Err(BadWords::Empty));
    assert_eq!(Words::new("a\u{7}b"), Err(BadWords::Signs));
    assert_eq!(Words::new("a\r\nb ").unwrap().as_str(), "a\nb");
    assert_eq!(format!("{:?}", Words::new("屋子冷").unwrap()), "Words(…)");
}

/// Random words of eight people on two sessions against a plain list; published are only sessions that are closed.
#[test]
fn counts_are_those_of_a_plain_list() {
    let offering = &papers();
    let step = (0..8_usize, 0..2_usize, 0..5_usize, 0..900_i64);
    let mut runner = TestRunner::new(Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    });
    let run = runner.run(&prop::collection::vec(step, 60..120), |steps| {
        let mut house = House::at("2022-01-08T10:00");
        let slots = [FIRST, SECOND];
        let mut bookings = BTreeMap::new();
        for who in 0..8 {
            for (at, key) in slots.iter().enumerate() {
                let number = signed_up(&mut house, offering, &person(who), key);
                bookings.insert((who, at), number);
            }
        }
        house.set("2022-01-16T11:00".parse().unwrap());
        // The last two never came.
        for ((who, at), number) in bookings.iter().filter(|((who, _), _)| *who < 6) {
            let day = 15 + at;
            check_in(
                &mut house,
                offering,
                number,
                &format!("2022-01-{day}T09:0{who}"),
            );
        }
        let mut now: jiff::civil::DateTime = "2022-01-16T11:00".parse().unwrap();
        let mut plain: BTreeMap<(usize, usize), Rating> = BTreeMap::new();
        let ends = |at: usize| jiff::civil::date(2022, 1, 15 + at as i8).at(11, 0, 0, 0);
        for (who, at, what, pass) in steps {
            now += pass.minutes();
            house.set(now);
            let (number, key) = (&bookings[&(who, at)], (who, at));
            if let Some(rating) = Rating::ALL.get(what) {
                let done = house.give(offering, say(number, &person(who), *rating));
                let may = who < 6 && now < ends(at) + 7.days();
                assert_eq!(done.is_ok(), may);
                if may {
                    plain.insert(key, *rating);
                }
            } else {
                let act = TakeBackFeedback {
                    booking: number.clone(),
                    person: person(who),
                };
                let done = house.give(offering, act);
                assert_eq!(done.is_ok(), plain.remove(&key).is_some());
            }
            let shown = views::ratings(&house.store, offering, instant(now)).unwrap();
            for (at, name) in slots.iter().enumerate() {
                let mut counts = Counts::default();
                for (_, rating) in plain.iter().filter(|((_, of), _)| *of == at) {
                    match rating {
                        Rating::Good => counts.good += 1,
                        Rating::Fair => counts.fair += 1,
                        Rating::Poor => counts.poor += 1,
                    }
                }
                let closed = ends(at) + 7.days() <= now && counts.all() > 0;
                assert_eq!(shown.get(&slot(name)), closed.then_some(&counts));
            }
        }
        Ok(())
    });
    run.unwrap();
}
