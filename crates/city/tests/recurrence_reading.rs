//! Days of recurrence rules, held against a slow reading of RFC 5545 that is written apart from ours: period by period it
//! collects what each part names and takes what all of them name. Mixtures (`1SU,MO`) are what the `rrule` crate reads otherwise.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use city::calendar::Calendar;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use notice::DaySelector;
use notice::condition::Recurrence;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

fn weekday(word: &str) -> Weekday {
    let at = DAYS.iter().position(|day| *day == word).unwrap();
    Weekday::from_monday_zero_offset(at as i8).unwrap()
}

fn each_day(from: Date, until: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day < until)
}

/// The `n`th of a list, from the end if negative.
fn nth(list: &[Date], n: i64) -> Option<Date> {
    let at = if n > 0 { n - 1 } else { list.len() as i64 + n };
    usize::try_from(at)
        .ok()
        .and_then(|at| list.get(at))
        .copied()
}

fn numbers(text: &str) -> Vec<i64> {
    text.split(',').map(|n| n.parse().unwrap()).collect()
}

/// The days a year's `BYWEEKNO` names: week 1 is the first that has four days of the year.
fn weeks(year: i16, starting: Weekday) -> Vec<Vec<Date>> {
    let around = each_day(date(year - 1, 12, 20), date(year + 1, 1, 12));
    let starts: Vec<Date> = around.filter(|day| day.weekday() == starting).collect();
    let week =
        |first: &Date| each_day(*first, first.checked_add(7.days()).unwrap()).collect::<Vec<_>>();
    let mostly = |week: &Vec<Date>| week.iter().filter(|day| day.year() == year).count() >= 4;
    starts.iter().map(week).filter(mostly).collect()
}

/// The days from `start` until `until` that the rule picks.
fn reading(rule: &str, start: Date, until: Date) -> Vec<Date> {
    let parts: BTreeMap<&str, &str> = rule
        .split(';')
        .map(|part| part.split_once('=').unwrap())
        .collect();
    let every = parts["FREQ"];
    let week_start = parts
        .get("WKST")
        .map_or(Weekday::Monday, |word| weekday(word));
    let interval = parts.get("INTERVAL").map_or(1, |n| n.parse().unwrap());
    let first = match every {
        "DAILY" => start,
        "WEEKLY" => each_day(
            start.checked_sub(6.days()).unwrap(),
            start.tomorrow().unwrap(),
        )
        .find(|day| day.weekday() == week_start)
        .unwrap(),
        "MONTHLY" => start.first_of_month(),
        _ => start.first_of_year(),
    };
    let step = |n: i64| match every {
        "DAILY" => n.days(),
        "WEEKLY" => n.weeks(),
        "MONTHLY" => n.months(),
        _ => n.years(),
    };
    let mut picked = Vec::new();
    for n in (0..).map(|n: i64| n * interval) {
        let from = first.checked_add(step(n)).unwrap();
        if from >= until {
            break;
        }
        let period: Vec<Date> = each_day(from, first.checked_add(step(n + 1)).unwrap()).collect();
        let mut days: BTreeSet<Date> = period.iter().copied().collect();
        let mut keep = |named: BTreeSet<Date>| days = days.intersection(&named).copied().collect();
        let months = parts.get("BYMONTH").map(|text| numbers(text));
        if let Some(months) = &months {
            keep(
                period
                    .iter()
                    .copied()
                    .filter(|day| months.contains(&i64::from(day.month())))
                    .collect(),
            );
        }
        // Days of a month and of a year are counted in the months and years that the period touches.
        let enclosing = |whole: &dyn Fn(Date) -> (Date, Date)| -> BTreeSet<(Date, Date)> {
            period.iter().map(|day| whole(*day)).collect()
        };
        let of_months = enclosing(&|day| {
            (
                day.first_of_month(),
                day.last_of_month().tomorrow().unwrap(),
            )
        });
        let of_years =
            enclosing(&|day| (day.first_of_year(), day.last_of_year().tomorrow().unwrap()));
        let counted = |units: &BTreeSet<(Date, Date)>, text: &str| -> BTreeSet<Date> {
            let in_each = units.iter().flat_map(|(from, until)| {
                let all: Vec<Date> = each_day(*from, *until).collect();
                numbers(text)
                    .into_iter()
                    .filter_map(move |n| nth(&all, n))
                    .collect::<Vec<_>>()
            });
            in_each.collect()
        };
        if let Some(text) = parts.get("BYMONTHDAY") {
            keep(counted(&of_months, text));
        }
        if let Some(text) = parts.get("BYYEARDAY") {
            keep(counted(&of_years, text));
        }
        if let Some(text) = parts.get("BYWEEKNO") {
            let mut named = BTreeSet::new();
            for year in from.year() - 1..=from.year() + 1 {
                let weeks = weeks(year, week_start);
                for n in numbers(text) {
                    let at = if n > 0 { n - 1 } else { weeks.len() as i64 + n };
                    named.extend(
                        usize::try_from(at)
                            .ok()
                            .and_then(|at| weeks.get(at))
                            .into_iter()
                            .flatten(),
                    );
                }
            }
            keep(named);
        }
        if let Some(text) = parts.get("BYDAY") {
            // Each entry names days by itself, with a number or without; any of them will do.
            let units = if every == "YEARLY" && months.is_none() {
                &of_years
            } else {
                &of_months
            };
            let mut named = BTreeSet::new();
            for entry in text.split(',') {
                let (number, word) = entry.split_at(entry.len() - 2);
                let is = |day: &Date| day.weekday() == weekday(word);
                if number.is_empty() {
                    named.extend(period.iter().copied().filter(is));
                } else {
                    for (from, until) in units {
                        let all: Vec<Date> = each_day(*from, *until).filter(is).collect();
                        named.extend(nth(&all, number.parse().unwrap()));
                    }
                }
            }
            keep(named);
        }
        // What is left open is taken from the start.
        let named = ["BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"]
            .iter()
            .any(|name| parts.contains_key(name));
        match every {
            "WEEKLY" if !parts.contains_key("BYDAY") => {
                days.retain(|day| day.weekday() == start.weekday())
            }
            "MONTHLY" if !named => days.retain(|day| day.day() == start.day()),
            "YEARLY" if !named => {
                let month = |day: &Date| months.is_some() || day.month() == start.month();
                days.retain(|day| day.day() == start.day() && month(day));
            }
            _ => {}
        }
        let mut days: Vec<Date> = days.into_iter().collect();
        if let Some(text) = parts.get("BYSETPOS") {
            let kept: BTreeSet<Date> = numbers(text)
                .into_iter()
                .filter_map(|n| nth(&days, n))
                .collect();
            days = kept.into_iter().collect();
        }
        picked.extend(days);
    }
    if let Some(last) = parts.get("UNTIL") {
        let last: Date = last[..8].parse().unwrap();
        picked.retain(|day| *day <= last);
    }
    picked.retain(|day| *day >= start);
    picked.truncate(
        parts
            .get("COUNT")
            .map_or(usize::MAX, |n| n.parse().unwrap()),
    );
    picked.retain(|day| *day < until);
    picked
}

fn ours(rule: &str, start: Date, from: Date, until: Date) -> Vec<Date> {
    let recurrence = Recurrence {
        rule: rule.to_owned(),
        start,
    };
    Calendar::default().recurring(&recurrence, from, until)
}

fn days(list: &[&str]) -> Vec<Date> {
    list.iter().map(|day| day.parse().unwrap()).collect()
}

#[test]
fn mixtures_by_hand() {
    // January 2022 begins on a Saturday: its Mondays are the 3rd, 10th, 17th, 24th and 31st, its first Sunday the 2nd.
    let (start, until) = (date(2022, 1, 1), date(2022, 2, 1));
    for (rule, expected) in [
        (
            "FREQ=MONTHLY;BYDAY=1SU,MO",
            &[
                "2022-01-02",
                "2022-01-03",
                "2022-01-10",
                "2022-01-17",
                "2022-01-24",
                "2022-01-31",
            ][..],
        ),
        (
            "FREQ=MONTHLY;BYDAY=1MO,MO",
            &[
                "2022-01-03",
                "2022-01-10",
                "2022-01-17",
                "2022-01-24",
                "2022-01-31",
            ],
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR,1SA", &["2022-01-01", "2022-01-28"]),
        (
            "FREQ=MONTHLY;BYDAY=1SU,MO;BYSETPOS=1,-1",
            &["2022-01-02", "2022-01-31"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=2TU,FR;BYMONTHDAY=7,11,14",
            &["2022-01-07", "2022-01-11", "2022-01-14"],
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20220127", &[]),
        (
            "FREQ=MONTHLY;BYDAY=1SU,MO;COUNT=2",
            &["2022-01-02", "2022-01-03"],
        ),
    ] {
        assert_eq!(reading(rule, start, until), days(expected), "{rule}");
        assert_eq!(ours(rule, start, start, until), days(expected), "{rule}");
    }
}

fn list(numbers: std::ops::RangeInclusive<i16>) -> impl Strategy<Value = String> {
    let number = (numbers, any::<bool>()).prop_map(|(n, back)| if back { -n } else { n });
    let numbers = prop::collection::btree_set(number, 1..4);
    numbers.prop_map(|set| set.iter().map(i16::to_string).collect::<Vec<_>>().join(","))
}

/// Weekdays, each with a number or without.
fn mixture(most: i16) -> impl Strategy<Value = String> {
    let day = (0..=most, any::<bool>(), prop::sample::select(DAYS.to_vec()));
    prop::collection::btree_set(day, 1..5).prop_map(|days| {
        let days = days.into_iter().map(|(n, back, day)| match (n, back) {
            (0, _) => day.to_owned(),
            (n, true) => format!("-{n}{day}"),
            (n, false) => format!("{n}{day}"),
        });
        days.collect::<Vec<_>>().join(",")
    })
}

/// Rules as the reader of notices lets them through.
fn rule() -> impl Strategy<Value = String> {
    let every = prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
    every.prop_flat_map(|every| {
        let part = |name: &'static str, weight: f64, values: BoxedStrategy<String>| {
            let part = prop::option::weighted(weight.max(0.1), values);
            part.prop_map(move |v| v.filter(|_| weight > 0.0).map(|v| format!(";{name}={v}")))
        };
        let yearly = if every == "YEARLY" { 0.15 } else { 0.0 };
        let most = match every {
            "MONTHLY" => 5,
            "YEARLY" => 53,
            _ => 0,
        };
        let until = (2019..2023i32, 1..13u8, 1..29u8)
            .prop_map(|(y, m, d)| format!("UNTIL={y}{m:02}{d:02}"));
        let end = prop_oneof![
            4 => Just(String::new()),
            1 => (1..60u16).prop_map(|n| format!(";COUNT={n}")),
            1 => until.prop_map(|until| format!(";{until}")),
        ];
        (
            1..5u8,
            part(
                "BYMONTH",
                0.3,
                prop::collection::btree_set(1..=12u8, 1..4)
                    .prop_map(|set| set.iter().map(u8::to_string).collect::<Vec<_>>().join(","))
                    .boxed(),
            ),
            part(
                "BYMONTHDAY",
                if every == "WEEKLY" { 0.0 } else { 0.3 },
                list(1..=31).boxed(),
            ),
            part("BYYEARDAY", yearly, list(1..=366).boxed()),
            part("BYWEEKNO", yearly, list(1..=53).boxed()),
            part("BYDAY", 0.6, mixture(most).boxed()),
            part("BYSETPOS", 0.3, list(1..=5).boxed()),
            part(
                "WKST",
                0.3,
                prop::sample::select(DAYS.to_vec())
                    .prop_map(str::to_owned)
                    .boxed(),
            ),
            end,
        )
            .prop_map(
                move |(
                    interval,
                    month,
                    month_day,
                    year_day,
                    week,
                    day,
                    position,
                    week_start,
                    end,
                )| {
                    let numbered =
                        |day: &String| day["BYDAY=".len()..].contains(|c: char| c.is_ascii_digit());
                    let day = day.filter(|day| week.is_none() || !numbered(day));
                    let by = [&month, &month_day, &year_day, &week, &day]
                        .iter()
                        .any(|part| part.is_some());
                    let position = position.filter(|_| by);
                    let parts = [month, month_day, year_day, week, day, position, week_start];
                    let parts: String = parts.into_iter().flatten().collect();
                    format!("FREQ={every};INTERVAL={interval}{parts}{end}")
                },
            )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rule_picks_the_days_of_the_slow_reading(rule in rule(), day in 0..1500i64, from in 0..900i64) {
        let start = date(2019, 1, 1).checked_add(day.days()).unwrap();
        let until = start.checked_add(1100.days()).unwrap();
        let expected = reading(&rule, start, until);
        prop_assert_eq!(&ours(&rule, start, start, until), &expected, "{} from {}", rule, start);
        let from = start.checked_add(from.days()).unwrap();
        let later: Vec<Date> = expected.iter().copied().filter(|d| *d >= from).collect();
        prop_assert_eq!(&ours(&rule, start, from, until), &later);
        let selector = DaySelector::Recurring(Recurrence { rule: rule.clone(), start });
        for probe in each_day(from, until).step_by(11) {
            prop_assert_eq!(Calendar::default().picks(&selector, probe), expected.contains(&probe), "{} {}", rule, probe);
        }
    }
}
