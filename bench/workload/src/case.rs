//! Cases to ask about, and the obvious evaluation of rules one by one that all sides are held to.

use crate::place::Places;
use crate::random::Random;
use crate::rule::{Days, Effect, Rule, Test};
use crate::words::{Attribute, Kind, PASS};

/// A complete case.
#[derive(Debug, Clone)]
pub struct Case {
    /// Who.
    pub kind: Kind,
    /// Every attribute of the kind, with the position of its value.
    pub values: Vec<(&'static Attribute, usize)>,
    /// Where: a place with nothing under it.
    pub place: usize,
    /// Day of January 2022, `4..=28`: a stretch where workdays are Monday to Friday.
    pub day: u8,
    /// Minute of the day.
    pub minute: u16,
    /// The capacity load an enterprise wants to run at, per cent.
    pub load: u8,
}

impl Case {
    /// `count` cases from `seed`: every other one a truck, the rest cars and enterprises.
    pub fn sample(seed: u64, count: usize, places: &Places) -> Vec<Case> {
        let leaves = places.leaves();
        let mut random = Random::new(seed);
        (0..count)
            .map(|_| {
                let kind = *random.pick(&[Kind::Truck, Kind::Truck, Kind::Car, Kind::Enterprise]);
                Case {
                    kind,
                    values: kind
                        .attributes()
                        .iter()
                        .map(|a| (*a, random.below(a.values.len())))
                        .collect(),
                    place: *random.pick(&leaves),
                    day: 4 + random.below(25) as u8,
                    minute: random.below(1440) as u16,
                    load: random.below(101) as u8,
                }
            })
            .collect()
    }

    /// The day of the week, Monday is 0. (1 January 2022 was a Saturday.)
    pub fn weekday(&self) -> u8 {
        (self.day + 4) % 7
    }

    /// Whether people work on that day.
    pub fn workday(&self) -> bool {
        self.weekday() < 5
    }

    /// The word of an attribute's value; empty if the kind does not have it.
    pub fn value(&self, attribute: &Attribute) -> &'static str {
        self.values
            .iter()
            .find(|(a, _)| *a == attribute)
            .map_or("", |(a, v)| a.values[*v])
    }

    /// The case as facts in Tongxin's words.
    pub fn facts(&self) -> String {
        let mut facts = self.kind.zh().to_owned();
        for (attribute, value) in &self.values {
            let word = attribute.values[*value];
            facts.push_str(", ");
            if *attribute == &PASS {
                facts.push_str(word);
            } else {
                facts.push_str(&format!("{} = {word}", attribute.zh));
            }
        }
        facts
    }

    fn meets(&self, test: &Test) -> bool {
        self.values
            .iter()
            .any(|(a, v)| *a == test.attribute && test.values.contains(v))
    }

    /// Whether a rule applies to it (for a limit: whatever the load).
    pub fn is_under(&self, rule: &Rule, places: &Places) -> bool {
        rule.kind == self.kind
            && places.chain(self.place).contains(&rule.place)
            && rule.tests.iter().all(|test| self.meets(test))
            && (rule.hours.is_empty() || rule.hours.iter().any(|h| self.is_in(h)))
            && !rule.exceptions.iter().any(|(_, test)| self.meets(test))
    }

    fn is_in(&self, hours: &crate::rule::Hours) -> bool {
        let day = match hours.days {
            Days::Every => true,
            Days::Workdays => self.workday(),
            Days::Weekday(day) => self.weekday() == day,
        };
        let clock = if hours.from < hours.to {
            (hours.from..hours.to).contains(&self.minute)
        } else {
            self.minute >= hours.from || self.minute < hours.to
        };
        day && clock
    }

    /// The rules that forbid it at its load, sorted.
    pub fn forbidding<'a>(
        &self,
        rules: impl Iterator<Item = &'a Rule>,
        places: &Places,
    ) -> Vec<&'a str> {
        let mut ids: Vec<&str> = rules
            .filter(|rule| match rule.effect {
                Effect::Forbid => true,
                Effect::AtMost(percent) => self.load > percent,
            })
            .filter(|rule| self.is_under(rule, places))
            .map(|rule| rule.id.as_str())
            .collect();
        ids.sort_unstable();
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_of_cases_is_the_real_one() {
        let case = |day| Case {
            kind: Kind::Car,
            values: vec![],
            place: 0,
            day,
            minute: 0,
            load: 0,
        };
        assert_eq!(case(6).weekday(), 3, "6 January 2022 was a Thursday");
        assert!(!case(8).workday() && !case(9).workday() && case(10).workday());
    }
}
