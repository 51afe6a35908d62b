//! A workload as Rego: one small policy over the rules as data, held by place and kind, which is how one writes it for speed;
//! only rules of the case's places and kind are looked at.

use crate::case::Case;
use crate::place::Places;
use crate::rule::{Days, Effect, Rule, Test};
use std::collections::BTreeMap;

/// The policy. `data.tongxin.deny` is the set of rules that forbid the case.
pub const POLICY: &str = r#"package tongxin

import rego.v1

deny contains rule.id if {
    some place in input.places
    some rule in data.rules[place][input.kind]
    every test in rule.tests {
        test.values[input.facts[test.name]]
    }
    rule.at_most < input.load
    in_hours(rule)
    not excepted(rule)
}

in_hours(rule) if count(rule.hours) == 0

in_hours(rule) if {
    some hours in rule.hours
    hours.days[input.day]
    hours.from <= input.minute
    input.minute < hours.to
}

excepted(rule) if {
    some exception in rule.exceptions
    exception.values[input.facts[exception.name]]
}
"#;

/// The rules as data: place → kind → list.
pub fn data<'a>(rules: impl Iterator<Item = &'a Rule>, places: &Places) -> String {
    let mut held: BTreeMap<&str, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for rule in rules {
        let code = places.all()[rule.place].code.as_str();
        held.entry(code)
            .or_default()
            .entry(rule.kind.name())
            .or_default()
            .push(one(rule));
    }
    let places: Vec<_> = held
        .iter()
        .map(|(code, kinds)| {
            let kinds: Vec<_> = kinds
                .iter()
                .map(|(kind, rules)| format!("\"{kind}\": [{}]", rules.join(",")))
                .collect();
            format!("\"{code}\": {{{}}}", kinds.join(", "))
        })
        .collect();
    format!("{{\"rules\": {{{}}}}}", places.join(",\n"))
}

fn one(rule: &Rule) -> String {
    let at_most = match rule.effect {
        Effect::AtMost(percent) => i32::from(percent),
        // Below every load: a stop holds whatever the load.
        Effect::Forbid => -1,
    };
    let tests: Vec<_> = rule.tests.iter().map(test).collect();
    let exceptions: Vec<_> = rule.exceptions.iter().map(|(_, t)| test(t)).collect();
    let hours: Vec<_> = rule
        .hours
        .iter()
        .flat_map(|h| {
            let days = days(h.days);
            let stretch =
                |from, to| format!("{{\"days\": {{{days}}}, \"from\": {from}, \"to\": {to}}}");
            if h.from < h.to {
                vec![stretch(h.from, h.to)]
            } else {
                vec![stretch(h.from, 1440), stretch(0, h.to)]
            }
        })
        .collect();
    format!(
        "{{\"id\": \"{}\", \"at_most\": {at_most}, \"tests\": [{}], \"hours\": [{}], \"exceptions\": [{}]}}",
        rule.id,
        tests.join(","),
        hours.join(","),
        exceptions.join(",")
    )
}

/// The days as a set of `0w`…`6h`: the day of the week, and whether people work on it.
fn days(days: Days) -> String {
    let all = (0..7u8).flat_map(|d| [(d, true), (d, false)]);
    let chosen = all.filter(|(day, workday)| match days {
        Days::Every => true,
        Days::Workdays => *workday,
        Days::Weekday(only) => *day == only,
    });
    chosen
        .map(|(day, workday)| format!("\"{}\": true", key(day, workday)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn key(day: u8, workday: bool) -> String {
    format!("{day}{}", if workday { 'w' } else { 'h' })
}

fn test(test: &Test) -> String {
    let values: Vec<_> = test
        .values
        .iter()
        .map(|v| format!("\"{}\": true", test.attribute.values[*v]))
        .collect();
    format!(
        "{{\"name\": \"{}\", \"values\": {{{}}}}}",
        test.attribute.name,
        values.join(", ")
    )
}

/// A case as input.
pub fn input(case: &Case, places: &Places) -> String {
    let facts: Vec<_> = case
        .values
        .iter()
        .map(|(a, v)| format!("\"{}\": \"{}\"", a.name, a.values[*v]))
        .collect();
    let codes: Vec<_> = places
        .chain(case.place)
        .iter()
        .map(|p| format!("\"{}\"", places.all()[*p].code))
        .collect();
    format!(
        "{{\"kind\": \"{}\", \"facts\": {{{}}}, \"places\": [{}], \"day\": \"{}\", \"minute\": {}, \"load\": {}}}",
        case.kind.name(),
        facts.join(", "),
        codes.join(", "),
        key(case.weekday(), case.workday()),
        case.minute,
        case.load
    )
}
