//! Days of recurrence rules, held against the `rrule` crate.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use city::calendar::Calendar;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use notice::DaySelector;
use notice::condition::Recurrence;
use proptest::prelude::*;

/// The days from `start` until `until` that the reference picks.
fn reference(rule: &str, start: Date, until: Date) -> Result<Vec<Date>, String> {
    // The reference wants UNTIL as exact as the start.
    let rule = rule.replace("UNTIL=20240601", "UNTIL=20240601T000000Z");
    let text = format!("DTSTART:{}T000000Z\nRRULE:{rule}", start.strftime("%Y%m%d"));
    let set: rrule::RRuleSet = text.parse().map_err(|e| format!("{text}: {e}"))?;
    let days = set.into_iter().map(|at| {
        let day = at.format("%Y-%m-%d").to_string();
        day.parse::<Date>().map_err(|e| e.to_string())
    });
    days.take_while(|day| day.as_ref().is_ok_and(|day| *day < until))
        .collect()
}

fn ours(rule: &str, start: Date, from: Date, until: Date) -> Vec<Date> {
    let recurrence = Recurrence {
        rule: rule.to_owned(),
        start,
    };
    Calendar::default().recurring(&recurrence, from, until)
}

#[track_caller]
fn same(rule: &str, start: Date, days: i64) {
    let until = start.checked_add(days.days()).unwrap();
    let reference = reference(rule, start, until).unwrap();
    assert_eq!(
        ours(rule, start, start, until),
        reference,
        "{rule} from {start}"
    );
}

#[test]
fn rules_people_write() {
    let start = date(2022, 1, 5);
    for rule in [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=10",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=MO",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYDAY=1SU",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=18",
        "FREQ=MONTHLY;BYMONTHDAY=-1,15",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=7,8",
        "FREQ=YEARLY;BYDAY=20MO",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;UNTIL=20240601",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "FREQ=YEARLY;BYYEARDAY=1,100,-1",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=YEARLY;BYWEEKNO=1,53",
    ] {
        same(rule, start, 366 * 5);
    }
}

fn weekday() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
}

fn list(numbers: std::ops::RangeInclusive<i16>) -> impl Strategy<Value = String> {
    let number = (numbers, any::<bool>()).prop_map(|(n, back)| if back { -n } else { n });
    let numbers = prop::collection::btree_set(number, 1..4);
    numbers.prop_map(|set| set.iter().map(i16::to_string).collect::<Vec<_>>().join(","))
}

/// Weekdays, all with a number or none: for `1MO,MO` the reference takes both to be needed, where RFC 5545 takes either
/// (mixtures are tested in `recurrence_reading.rs`).
fn days(may_number: bool) -> impl Strategy<Value = String> {
    let day = (1..=5i16, any::<bool>(), weekday());
    let days = prop::collection::btree_set(day, 1..4);
    (days, any::<bool>()).prop_map(move |(days, number)| {
        let days = days
            .into_iter()
            .map(|(n, back, day)| match number && may_number {
                true => format!("{}{day}", if back { -n } else { n }),
                false => day.to_owned(),
            });
        days.collect::<Vec<_>>().join(",")
    })
}

/// Rules as the notice reader lets them through.
fn rule() -> impl Strategy<Value = String> {
    let every = prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
    every.prop_flat_map(|every| {
        let months = prop::collection::btree_set(1..=12u8, 1..4)
            .prop_map(|set| set.iter().map(u8::to_string).collect::<Vec<_>>().join(","));
        let numbered = every == "MONTHLY" || every == "YEARLY";
        let part = |name: &'static str, values: BoxedStrategy<String>, may: bool| {
            let part = prop::option::weighted(0.35, values);
            part.prop_map(move |v| v.filter(|_| may).map(|v| format!(";{name}={v}")))
        };
        (
            1..5u8,
            part("BYMONTH", months.boxed(), true),
            part("BYMONTHDAY", list(1..=31).boxed(), every != "WEEKLY"),
            part("BYDAY", days(numbered).boxed(), true),
            part("BYSETPOS", list(1..=4).boxed(), numbered),
            part("WKST", weekday().prop_map(str::to_owned).boxed(), true),
            part("COUNT", (1..40u8).prop_map(|n| n.to_string()).boxed(), true),
        )
            .prop_map(
                move |(interval, month, month_day, day, position, week, count)| {
                    let by = [&month, &month_day, &day].iter().any(|part| part.is_some());
                    let position = position.filter(|_| by);
                    let parts = [month, month_day, day, position, week, count];
                    let parts: String = parts.into_iter().flatten().collect();
                    format!("FREQ={every};INTERVAL={interval}{parts}")
                },
            )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rule_picks_the_days_of_the_reference(rule in rule(), day in 0..1500i64, from in 0..900i64) {
        let start = date(2019, 1, 1).checked_add(day.days()).unwrap();
        let until = start.checked_add(1100.days()).unwrap();
        let expected = match reference(&rule, start, until) {
            Ok(days) => days,
            // The reference refuses some combinations, as the notice reader does.
            Err(_) => return Ok(()),
        };
        prop_assert_eq!(&ours(&rule, start, start, until), &expected, "{} from {}", rule, start);
        // Asked from later on, and day by day, the same days come out.
        let from = start.checked_add(from.days()).unwrap();
        let later: Vec<Date> = expected.iter().copied().filter(|d| *d >= from).collect();
        prop_assert_eq!(&ours(&rule, start, from, until), &later);
        let selector = DaySelector::Recurring(Recurrence { rule: rule.clone(), start });
        let probes = std::iter::successors(Some(from), |d| d.checked_add(7.days()).ok());
        for probe in probes.take_while(|d| *d < until).take(40) {
            prop_assert_eq!(Calendar::default().picks(&selector, probe), expected.contains(&probe));
        }
    }

    #[test]
    fn no_text_is_too_strange(rule in "(FREQ=(DAILY|YEARLY|X);)?([A-Z]{2,9}=[-0-9A-Z,é]{0,8};?){0,4}") {
        let start = date(9990, 12, 30);
        let found = ours(&rule, start, Date::MIN, Date::MAX);
        prop_assert!(found.len() < 36_700);
    }
}

#[test]
fn hostile_rules_cost_no_more_than_a_century() {
    let rule = "FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=30;COUNT=10000";
    let began = std::time::Instant::now();
    assert_eq!(ours(rule, date(1, 1, 1), Date::MIN, Date::MAX), []);
    let everything = (1..=366)
        .map(|n| n.to_string())
        .collect::<Vec<_>>()
        .join(",");
    let rule = format!("FREQ=YEARLY;BYYEARDAY={everything};BYSETPOS={everything}");
    let found = ours(&rule, date(2000, 1, 1), Date::MIN, date(2100, 1, 1));
    assert_eq!(found.len(), 36_525);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
