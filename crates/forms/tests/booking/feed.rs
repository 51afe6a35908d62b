//! Calendars, read by a library that did not write them.

use calcard::Entry;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarStatus,
    ICalendarTransparency,
};
use forms::booking::feed::{About, Calendar};
use forms::booking::views::{self, Seen};
use forms::booking::{Cancel, SignUp};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::house::{CITY, House, OFFERS, instant, person, slot};

const MORNING: &str = "library#volunteers/reading@2022-01-15T09:00/12:00";
const NIGHT: &str = "library#volunteers/reading@2022-01-16T22:00/2022-01-17T02:00";

fn calendar(zone: &TimeZone) -> Calendar<'_> {
    Calendar {
        name: "我的预约",
        zone,
        host: "taiyuan.example",
        as_of: instant("2022-01-08T10:00".parse().unwrap()),
    }
}

/// Reads a calendar; every line must end as it should and have at most 75 bytes.
fn read(text: &str) -> ICalendar {
    for line in text.split_inclusive('\n') {
        assert!(line.ends_with("\r\n") && line.len() <= 77, "{line:?}");
        assert!(!line[..line.len() - 2].contains(['\r', '\n']));
    }
    // The library's strict mode takes no component in another, so what it would let pass is held here.
    let mut open = Vec::new();
    for line in text.lines() {
        if let Some(component) = line.strip_prefix("BEGIN:") {
            open.push(component);
        } else if let Some(component) = line.strip_prefix("END:") {
            assert_eq!(open.pop(), Some(component));
        }
    }
    assert!(open.is_empty());
    let calendar = match calcard::Parser::new(text).entry() {
        Entry::ICalendar(calendar) => calendar,
        other => panic!("{other:?}\n{text}"),
    };
    let entries = calendar.components.iter().flat_map(|c| &c.entries);
    for entry in entries {
        let known = match &entry.name {
            ICalendarProperty::Other(name) => name.starts_with("X-WR-"),
            _ => true,
        };
        assert!(known, "{entry:?}");
    }
    calendar
}

fn events(calendar: &ICalendar) -> Vec<&ICalendarComponent> {
    let all = calendar.components.iter();
    all.filter(|c| c.component_type == ICalendarComponentType::VEvent)
        .collect()
}

fn text(component: &ICalendarComponent, name: &ICalendarProperty) -> String {
    let entry = component.property(name).unwrap();
    entry.values[0].as_text().unwrap().to_owned()
}

/// Begin and end of each event, in seconds since 1970.
fn times(calendar: &ICalendar) -> Vec<(i64, i64)> {
    let expanded = calendar.expand_dates(Tz::UTC, 100);
    assert!(expanded.errors.is_empty(), "{:?}", expanded.errors);
    let times = expanded.events.iter().map(|event| event.timestamps());
    times.collect()
}

fn told(seen: Seen) -> (Seen, About) {
    let about = About {
        summary: "读书会；文化志愿者, 第一季度".to_owned(),
        location: Some("省图书馆\\一层; 大厅".to_owned()),
        description: Some("请提前15分钟到。\n来不了的，请在24小时前退出，把位置让给别人；退出以后，候补的人会按先后递补。".to_owned()),
        url: Some("https://taiyuan.example/notices/library#volunteers".to_owned()),
    };
    (seen, about)
}

fn mine(house: &House, now: Timestamp) -> Vec<(Seen, About)> {
    let page = views::mine(&house.store, &person(1), now, None, 50).unwrap();
    page.rows.into_iter().map(told).collect()
}

#[test]
fn bookings_keep_their_uid_and_are_sent_as_cancelled_with_a_higher_sequence() {
    let mut house = House::at("2022-01-08T10:00");
    let now = instant("2022-01-08T10:00".parse().unwrap());
    let offering = &OFFERS[0].1;
    let all = [MORNING, NIGHT].map(|at| {
        let facts = house.told(&person(1), 30);
        let sign_up = SignUp::new(offering, slot(at), person(1), Some(facts));
        house.give(offering, sign_up).unwrap()
    });
    let before = calendar(&CITY.zone).of_bookings(&mine(&house, now));
    let parsed = read(&before);
    assert_eq!(
        text(&parsed.components[0], &ICalendarProperty::Name),
        "我的预约"
    );
    let span = |a: &str, b: &str| {
        let second = |civil: &str| instant(civil.parse().unwrap()).as_second();
        (second(a), second(b))
    };
    assert_eq!(
        times(&parsed),
        [
            span("2022-01-15T09:00", "2022-01-15T12:00"),
            span("2022-01-16T22:00", "2022-01-17T02:00")
        ]
    );
    let about = told(mine(&house, now).remove(0).0).1;
    for (event, number) in events(&parsed).into_iter().zip(&all) {
        let uid = format!("booking-{number}@taiyuan.example");
        assert_eq!(text(event, &ICalendarProperty::Uid), uid);
        assert_eq!(text(event, &ICalendarProperty::Summary), about.summary);
        let (location, description) = (about.location.clone(), about.description.clone());
        assert_eq!(text(event, &ICalendarProperty::Location), location.unwrap());
        assert_eq!(
            text(event, &ICalendarProperty::Description),
            description.unwrap()
        );
        assert_eq!(event.status(), Some(&ICalendarStatus::Confirmed));
        assert_eq!(event.transparency(), Some(&ICalendarTransparency::Opaque));
        assert_eq!(sequence(event), 0);
    }

    let cancel = Cancel {
        booking: all[0].clone(),
        person: person(1),
    };
    house.give(offering, cancel).unwrap();
    let after = calendar(&CITY.zone).of_bookings(&mine(&house, now));
    let parsed = read(&after);
    let events = events(&parsed);
    let status = |n: usize| (events[n].status(), sequence(events[n]));
    assert_eq!(status(0), (Some(&ICalendarStatus::Cancelled), 1));
    assert_eq!(status(1), (Some(&ICalendarStatus::Confirmed), 0));
    let uid = format!("booking-{}@taiyuan.example", all[0]);
    assert_eq!(text(events[0], &ICalendarProperty::Uid), uid);
    assert_eq!(
        events[0].transparency(),
        Some(&ICalendarTransparency::Transparent)
    );
    // The same state makes the same bytes.
    assert_eq!(after, calendar(&CITY.zone).of_bookings(&mine(&house, now)));
}

fn sequence(event: &ICalendarComponent) -> i64 {
    let entry = event.property(&ICalendarProperty::Sequence).unwrap();
    entry.values[0].as_integer().unwrap()
}

#[test]
fn waiting_is_tentative_and_takes_no_time() {
    let mut house = House::at("2022-01-08T10:00");
    let now = instant("2022-01-08T10:00".parse().unwrap());
    let offering = &OFFERS[0].1;
    for who in [2, 3, 1] {
        let facts = house.told(&person(who), 30);
        let sign_up = SignUp::new(offering, slot(MORNING), person(who), Some(facts));
        house.give(offering, sign_up).unwrap();
    }
    let parsed = read(&calendar(&CITY.zone).of_bookings(&mine(&house, now)));
    let event = events(&parsed)[0];
    assert_eq!(event.status(), Some(&ICalendarStatus::Tentative));
    let free = Some(&ICalendarTransparency::Transparent);
    assert_eq!(event.transparency(), free);
}

#[test]
fn an_offers_sessions_are_one_event_for_each_slot() {
    let offering = &OFFERS[0].1;
    let slots: Vec<_> = offering
        .slots()
        .iter()
        .map(|slot| {
            let project = &offering.projects()[slot.project.unwrap()].1;
            let summary = project.zh.clone();
            let about = About {
                summary,
                ..About::default()
            };
            (slot, about)
        })
        .collect();
    let written = calendar(&CITY.zone).of_slots(&slots, 2);
    let parsed = read(&written);
    let seconds = slots
        .iter()
        .map(|(slot, _)| (slot.from.as_second(), slot.to.as_second()));
    assert_eq!(times(&parsed), seconds.collect::<Vec<_>>());
    for (event, (slot, about)) in events(&parsed).into_iter().zip(&slots) {
        let uid = format!("{}@taiyuan.example", slot.key);
        assert_eq!(text(event, &ICalendarProperty::Uid), uid);
        assert_eq!(text(event, &ICalendarProperty::Summary), about.summary);
        assert_eq!(sequence(event), 2);
    }
    insta::assert_snapshot!(written.lines().take(34).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_calendar_without_events_is_one_and_another_zone_has_its_changes() {
    let parsed = read(&calendar(&CITY.zone).of_bookings(&[]));
    let zones: Vec<_> = parsed.timezones().collect();
    assert_eq!(zones.len(), 1);
    assert_eq!(text(zones[0], &ICalendarProperty::Tzid), "Asia/Shanghai");

    // Summer time ends in the night of 30 October 2022, and begins on 26 March 2023.
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let mut slots = OFFERS[0].1.slots().to_vec();
    slots.truncate(2);
    slots[0].from = "2022-10-29T10:00:00Z".parse().unwrap();
    slots[0].to = "2022-10-29T12:00:00Z".parse().unwrap();
    slots[1].from = "2023-03-26T10:00:00Z".parse().unwrap();
    slots[1].to = "2023-03-26T12:00:00Z".parse().unwrap();
    let slots: Vec<_> = slots.iter().map(|slot| (slot, About::default())).collect();
    let written = calendar(&berlin).of_slots(&slots, 0);
    let expected = slots
        .iter()
        .map(|(slot, _)| (slot.from.as_second(), slot.to.as_second()));
    assert_eq!(times(&read(&written)), expected.collect::<Vec<_>>());
    let zone = written.split("TZID:Europe/Berlin").nth(1).unwrap();
    insta::assert_snapshot!(
        zone.split("END:VTIMEZONE")
            .next()
            .unwrap()
            .replace('\r', "")
    );

    // A zone without a name is written as universal time.
    let fixed = TimeZone::fixed(jiff::tz::offset(8));
    let written = calendar(&fixed).of_slots(&slots, 0);
    assert!(written.contains("DTSTART:20221029T100000Z\r\n") && !written.contains("VTIMEZONE"));
    read(&written);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_is_read_back(said in "\\PC{0,90}", rest in "[,;\\\\\n\r\u{7}a文🏮 \t]{0,120}") {
        let said = format!("{said}{rest}");
        let slot = &OFFERS[0].1.slots()[0];
        let about = About { summary: said.clone(), ..About::default() };
        let parsed = read(&calendar(&CITY.zone).of_slots(&[(slot, about)], 0));
        let kept = said.replace("\r\n", "\n").replace('\r', "\n");
        let kept: String = kept.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
        let event = events(&parsed)[0];
        let back = event.property(&ICalendarProperty::Summary).and_then(|e| e.values.first()?.as_text());
        prop_assert_eq!(back.unwrap_or_default(), kept);
    }
}
