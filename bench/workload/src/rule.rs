//! Rules in a plain form from which every side's text is written.

use crate::place::Places;
use crate::random::Random;
use crate::words::{ALERT, Attribute, FUEL, GRADE, INDUSTRY, Kind, PASS, PLATE, SIZE, STAGE, USE};

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `slug#name`, what all sides cite.
    pub id: String,
    /// What it does.
    pub effect: Effect,
    /// Whom it concerns.
    pub kind: Kind,
    /// All must hold.
    pub tests: Vec<Test>,
    /// The place (a position in [`Places`]) it holds in.
    pub place: usize,
    /// Any of these; none means always.
    pub hours: Vec<Hours>,
    /// Named exceptions.
    pub exceptions: Vec<(&'static str, Test)>,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The kind's action is forbidden.
    Forbid,
    /// An enterprise's capacity load may be so many per cent at most.
    AtMost(u8),
}

/// An attribute has one of these values (positions in [`Attribute::values`]).
#[derive(Debug, Clone)]
pub struct Test {
    /// The attribute.
    pub attribute: &'static Attribute,
    /// Ascending.
    pub values: Vec<usize>,
    /// How a notice writes it.
    pub writing: Writing,
}

/// How a notice writes a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// `属于 (…)`
    In,
    /// `<= …`
    UpTo,
    /// `>= …`
    From,
    /// The word alone, a boolean that holds.
    Word,
}

/// Hours of some days.
#[derive(Debug, Clone, Copy)]
pub struct Hours {
    /// Which days.
    pub days: Days,
    /// First minute of the day inside.
    pub from: u16,
    /// First minute after; smaller than `from` runs past midnight (only of [`Days::Every`]).
    pub to: u16,
}

/// Which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// 每日
    Every,
    /// 工作日
    Workdays,
    /// A day of the week, Monday is 0.
    Weekday(u8),
}

fn values_in(attribute: &'static Attribute, values: Vec<usize>) -> Test {
    Test {
        attribute,
        values,
        writing: Writing::In,
    }
}

fn up_to(attribute: &'static Attribute, last: usize) -> Test {
    Test {
        attribute,
        values: (0..=last).collect(),
        writing: Writing::UpTo,
    }
}

fn from(attribute: &'static Attribute, first: usize) -> Test {
    Test {
        attribute,
        values: (first..attribute.values.len()).collect(),
        writing: Writing::From,
    }
}

/// The ten rules of one notice: four low-emission zones, two tail-number days, three limits on industry, one stop of production.
pub(crate) fn notice_rules(random: &mut Random, slug: &str, places: &Places) -> Vec<Rule> {
    (0..crate::RULES_PER_NOTICE)
        .map(|number| {
            let place = random.below(places.all().len());
            let mut rule = match number {
                0..4 => low_emission_zone(random),
                4..6 => tail_numbers(random),
                6..9 => industry_limit(random),
                _ => industry_stop(random),
            };
            rule.id = format!("{slug}#r{number}");
            rule.place = place;
            rule
        })
        .collect()
}

fn hours(random: &mut Random) -> Hours {
    match random.below(3) {
        0 => Hours {
            days: Days::Every,
            from: 22 * 60,
            to: 6 * 60,
        },
        1 => Hours {
            days: Days::Every,
            from: (5 + random.below(4)) as u16 * 60,
            to: (17 + random.below(4)) as u16 * 60,
        },
        _ => Hours {
            days: Days::Workdays,
            from: (6 + random.below(4)) as u16 * 60,
            to: (18 + random.below(4)) as u16 * 60,
        },
    }
}

fn low_emission_zone(random: &mut Random) -> Rule {
    let (size_count, fuel_count) = (1 + random.below(3), 1 + random.below(3));
    let sizes = random.choose(&[0, 1, 2, 3], size_count);
    let fuels = random.choose(&[0, 1, 2, 3], fuel_count);
    let mut exceptions = vec![("rescue", values_in(&USE, vec![0]))];
    if random.once_in(2) {
        exceptions.push((
            "pass",
            Test {
                attribute: &PASS,
                values: vec![1],
                writing: Writing::Word,
            },
        ));
    }
    if random.once_in(3) {
        exceptions.push(("supply", values_in(&USE, vec![1, 2])));
    }
    Rule {
        id: String::new(),
        effect: Effect::Forbid,
        kind: Kind::Truck,
        tests: vec![
            values_in(&SIZE, sizes),
            values_in(&FUEL, fuels),
            up_to(&STAGE, 2 + random.below(4)),
        ],
        place: 0,
        hours: vec![hours(random)],
        exceptions,
    }
}

fn tail_numbers(random: &mut Random) -> Rule {
    let digit = random.below(5);
    let day = random.below(5) as u8;
    let mut exceptions = vec![("bus", values_in(&USE, vec![6]))];
    if random.once_in(2) {
        exceptions.push(("clean", values_in(&FUEL, vec![5, 6])));
    }
    Rule {
        id: String::new(),
        effect: Effect::Forbid,
        kind: Kind::Car,
        tests: vec![values_in(&PLATE, vec![digit, digit + 5])],
        place: 0,
        hours: vec![
            Hours {
                days: Days::Weekday(day),
                from: 7 * 60,
                to: 9 * 60,
            },
            Hours {
                days: Days::Weekday(day),
                from: 17 * 60,
                to: (19 + random.below(3)) as u16 * 60,
            },
        ],
        exceptions,
    }
}

fn industry_limit(random: &mut Random) -> Rule {
    let grade_count = 1 + random.below(3);
    let grades = random.choose(&[0, 1, 2, 3], grade_count);
    let industry_count = 2 + random.below(4);
    let industries = random.choose(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], industry_count);
    Rule {
        id: String::new(),
        effect: Effect::AtMost((30 + 5 * random.below(13)) as u8),
        kind: Kind::Enterprise,
        tests: vec![
            values_in(&GRADE, grades),
            from(&ALERT, 2 + random.below(3)),
            values_in(&INDUSTRY, industries),
        ],
        place: 0,
        hours: Vec::new(),
        exceptions: Vec::new(),
    }
}

fn industry_stop(random: &mut Random) -> Rule {
    let industry_count = 1 + random.below(2);
    let industries = random.choose(&[0, 1, 2, 3, 4, 5, 6, 7, 8], industry_count);
    Rule {
        id: String::new(),
        effect: Effect::Forbid,
        kind: Kind::Enterprise,
        tests: vec![values_in(&INDUSTRY, industries), from(&ALERT, 4)],
        place: 0,
        hours: vec![Hours {
            days: Days::Every,
            from: 8 * 60,
            to: 20 * 60,
        }],
        exceptions: vec![("leading", from(&GRADE, 3))],
    }
}
