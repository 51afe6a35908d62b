//! A workload as Cedar policies, and its cases as Cedar entities and contexts.
//!
//! A forbidden act is a `forbid`. Cedar has no limits, so a limit forbids to produce at a load above it; a case states its load.

use crate::case::Case;
use crate::place::Places;
use crate::rule::{Days, Effect, Rule, Test};
use crate::words::ALERT;
use std::fmt::Write;

/// One policy, annotated with the rule's id.
pub fn policy(rule: &Rule, places: &Places) -> String {
    let mut conditions: Vec<String> = Vec::new();
    for part in &rule.tests {
        conditions.push(test(part));
    }
    if !rule.hours.is_empty() {
        let any: Vec<_> = rule
            .hours
            .iter()
            .map(|hours| {
                let (from, to) = (hours.from, hours.to);
                let clock = if from < to {
                    format!("context.minute >= {from} && context.minute < {to}")
                } else {
                    format!("(context.minute >= {from} || context.minute < {to})")
                };
                match hours.days {
                    Days::Every => format!("({clock})"),
                    Days::Workdays => format!("(context.workday && {clock})"),
                    Days::Weekday(day) => format!("(context.weekday == {day} && {clock})"),
                }
            })
            .collect();
        conditions.push(format!("({})", any.join(" || ")));
    }
    if let Effect::AtMost(percent) = rule.effect {
        conditions.push(format!("context.load > {percent}"));
    }
    let mut text = format!(
        "@id(\"{}\")\nforbid(principal is {}, action == Action::\"{}\", resource in Place::\"{}\")\nwhen {{ {} }}",
        rule.id,
        rule.kind.name(),
        rule.kind.action().1,
        places.all()[rule.place].code,
        conditions.join(" && ")
    );
    for (_, exception) in &rule.exceptions {
        let _ = write!(text, "\nunless {{ {} }}", test(exception));
    }
    text.push_str(";\n");
    text
}

/// The policy by which everything is allowed that nothing forbids.
pub const DEFAULT: &str = "@id(\"default\")\npermit(principal, action, resource);\n";

fn test(test: &Test) -> String {
    let holder = if test.attribute == &ALERT {
        "context"
    } else {
        "principal"
    };
    let name = test.attribute.name;
    match test.values.as_slice() {
        [one] => format!("{holder}.{name} == \"{}\"", test.attribute.values[*one]),
        several => {
            let values: Vec<_> = several
                .iter()
                .map(|v| format!("\"{}\"", test.attribute.values[*v]))
                .collect();
            format!("[{}].contains({holder}.{name})", values.join(", "))
        }
    }
}

/// The entities of a case as Cedar JSON: the subject with its attributes and the tree of places.
pub fn entities(case: &Case, places: &Places) -> String {
    let attributes: Vec<_> = case
        .values
        .iter()
        .filter(|(attribute, _)| *attribute != &ALERT)
        .map(|(attribute, value)| {
            format!("\"{}\": \"{}\"", attribute.name, attribute.values[*value])
        })
        .collect();
    let mut entities = vec![format!(
        "{{\"uid\": {{\"type\": \"{}\", \"id\": \"s\"}}, \"attrs\": {{{}}}, \"parents\": []}}",
        case.kind.name(),
        attributes.join(", ")
    )];
    for place in places.chain(case.place) {
        let place = &places.all()[place];
        let parents = place.parent.map_or(String::new(), |p| {
            format!(
                "{{\"type\": \"Place\", \"id\": \"{}\"}}",
                places.all()[p].code
            )
        });
        entities.push(format!(
            "{{\"uid\": {{\"type\": \"Place\", \"id\": \"{}\"}}, \"attrs\": {{}}, \"parents\": [{parents}]}}",
            place.code
        ));
    }
    format!("[{}]", entities.join(", "))
}

/// The context of a case as Cedar JSON.
pub fn context(case: &Case) -> String {
    format!(
        "{{\"minute\": {}, \"weekday\": {}, \"workday\": {}, \"load\": {}, \"alert\": \"{}\"}}",
        case.minute,
        case.weekday(),
        case.workday(),
        case.load,
        case.value(&ALERT)
    )
}
