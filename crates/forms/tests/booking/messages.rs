//! What people are told of their bookings, entry by entry.

use std::collections::BTreeSet;

use forms::booking::rows::{Booking, Number, Status};
use forms::booking::{Accept, Cancel, MoveUp, SignUp};
use forms::messages::{self, Message, NoticeChange, Site, Tells};
use ledger::entry::Entry;
use ledger::name::Notice;
use ledger::store::Read as _;
use notice::{Label, Lang};

use crate::house::{CITY, House, OFFERS, person, slot};

const MORNING: &str = "library#volunteers/reading@2022-01-15T09:00/12:00";

fn told(house: &House) -> Vec<(u64, Message)> {
    let leaves = house.store.leaves(0, 10_000).unwrap();
    let entries = leaves.iter().map(|leaf| Entry::from_leaf(leaf).unwrap());
    entries
        .flat_map(|entry| {
            let of = messages::of(&entry).unwrap();
            let names: BTreeSet<String> = of.iter().map(Message::what).collect();
            assert_eq!(
                names.len(),
                of.len(),
                "two messages of entry {} have one name",
                entry.sequence
            );
            of.into_iter().map(move |message| (entry.sequence, message))
        })
        .collect()
}

fn sign_up(house: &mut House, n: usize) -> Number {
    let told = house.told(&person(n), 30);
    let act = SignUp::new(&OFFERS[0].1, slot(MORNING), person(n), Some(told));
    house.give(&OFFERS[0].1, act).unwrap()
}

#[test]
fn each_turn_of_a_booking_is_told_once_with_its_deadline() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let all: Vec<_> = (0..4).map(|n| sign_up(&mut house, n)).collect();
    let cancel = |n: usize| Cancel {
        booking: all[n].clone(),
        person: person(n),
    };
    house.give(library, cancel(0)).unwrap();
    house.set("2022-01-09T10:00".parse().unwrap());
    house
        .give(
            library,
            MoveUp {
                slot: slot(MORNING),
            },
        )
        .unwrap();
    house
        .give(
            library,
            Accept {
                booking: all[3].clone(),
                person: person(3),
            },
        )
        .unwrap();
    let told = told(&house);
    let whats: Vec<String> = told
        .iter()
        .map(|(entry, m)| {
            format!(
                "{entry} {} {}",
                m.about,
                m.what().split('/').next().unwrap()
            )
        })
        .collect();
    // Whoever gives their own place back knows it.
    assert_eq!(
        whats,
        [
            "0 p0 booked",
            "1 p1 booked",
            "2 p2 waiting",
            "3 p3 waiting",
            "4 p2 offered",
            "5 p2 lapsed",
            "5 p3 offered",
            "6 p3 booked",
        ]
    );
    let offered = told.iter().find(|(entry, _)| *entry == 4).unwrap();
    let until = crate::house::instant("2022-01-09T10:00".parse().unwrap());
    assert_eq!(offered.1.good_until, until);

    let title = Label::new("省图书馆招募志愿者", "The library calls for volunteers");
    let site = Site {
        city: &CITY,
        title: Some(&title),
        address: Some("https://city.example"),
        digits: None,
    };
    let mut said = String::new();
    for (entry, message) in told
        .iter()
        .filter(|(entry, _)| [1, 2, 4, 5].contains(entry))
    {
        for lang in [Lang::Zh, Lang::En] {
            let text = message.text(lang, &site);
            said += &format!("{entry}: {}\n\n{}――\n", text.subject, text.body);
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_booking_that_somebody_else_cancels_is_told_and_every_standing_has_its_words() {
    // No command cancels for others yet; what one would write is told.
    let mut house = House::at("2022-01-08T10:00");
    sign_up(&mut house, 0);
    let leaf = house.store.leaves(0, 1).unwrap().remove(0);
    let text = String::from_utf8(leaf).unwrap();
    let mut subjects = BTreeSet::new();
    for (status, command, what) in [
        (r#"{"is":"cancelled"}"#, "cancel", "cancelled"),
        (r#"{"is":"entered"}"#, "sign-up", "entered"),
        (r#"{"is":"booked"}"#, "settle-draw", "drawn"),
        (
            r#"{"is":"waiting","position":3}"#,
            "settle-draw",
            "drawn-waiting",
        ),
        (r#"{"is":"not-drawn"}"#, "settle-draw", "not-drawn"),
        (
            r#"{"is":"passed-over","clash":null}"#,
            "settle-draw",
            "passed-over",
        ),
    ] {
        let text = text
            .replace(r#"{"is":"booked"}"#, status)
            .replace(r#""actor":"p0""#, r#""actor":"staff""#)
            .replace(
                r#""command":"sign-up""#,
                &format!(r#""command":"{command}""#),
            );
        let entry = Entry::from_leaf(text.as_bytes()).unwrap();
        let of = messages::of(&entry).unwrap();
        let [message] = &of[..] else {
            panic!("{status}: {of:?}")
        };
        assert_eq!(message.what(), format!("{what}/000000000000"));
        for lang in [Lang::Zh, Lang::En] {
            let site = Site {
                city: &CITY,
                title: None,
                address: None,
                digits: None,
            };
            let text = message.text(lang, &site);
            assert!(
                subjects.insert(text.subject.clone()),
                "{} is said twice",
                text.subject
            );
            assert!(lang == Lang::Zh || text.subject.is_ascii() || text.subject.contains('·'));
        }
    }
    // What gates and staff note is not written about.
    let text = text.replace(r#""command":"sign-up""#, r#""command":"grant-hours""#);
    let entry = Entry::from_leaf(text.as_bytes()).unwrap();
    assert_eq!(messages::of(&entry).unwrap(), []);
    assert!(matches!(entry.changes.len(), 1..));
    let booking = |m: &Message| matches!(&m.tells, Tells::Booking(b, _) if matches!(**b, Booking { status: Status::Booked, .. }));
    assert!(told(&house).iter().all(|(_, m)| booking(m)));
}

#[test]
fn a_changed_notice_is_told_in_both_languages() {
    let title = Label::new("省图书馆招募志愿者", "The library calls for volunteers");
    let site = Site {
        city: &CITY,
        title: Some(&title),
        address: Some("https://city.example"),
        digits: None,
    };
    let mut said = String::new();
    for withdrawn in [None, Some("场馆检修".to_owned())] {
        let change = NoticeChange {
            slug: Notice::new("library").unwrap(),
            from: crate::house::instant("2022-01-09T10:00".parse().unwrap()),
            withdrawn,
            edition: 2,
        };
        let message = change.to(person(0));
        assert!(!message.is_code());
        for lang in [Lang::Zh, Lang::En] {
            let text = message.text(lang, &site);
            said += &format!("{}\n\n{}――\n", text.subject, text.body);
        }
    }
    insta::assert_snapshot!(said);
}
