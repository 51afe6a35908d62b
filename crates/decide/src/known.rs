//! What is possible of a case, from what was said of it.

use crate::answer::Whereabouts;
use crate::diagram::Level;
use crate::rules::{Rules, whole_city};
use crate::variable::{Day, DayFact, Variable};
use city::calendar::DayKind;
use city::place::Relation;
use jiff::civil::{Date, DateTime};
use notice::vocabulary::Domain;
use notice::{Facts, PlaceId, ValueSet};

/// Values still possible, variable by variable; `None` is all of them.
#[derive(Debug, Clone)]
pub(crate) struct Known(Vec<Option<ValueSet>>);

impl Known {
    /// Nothing is known: every case is possible.
    pub(crate) fn nothing(rules: &Rules) -> Known {
        Known(vec![None; rules.layout.len()])
    }

    /// What facts and whereabouts say. States of the city and time stay open unless said.
    pub(crate) fn of(rules: &Rules, facts: &Facts, place: &Whereabouts) -> Known {
        let mut known = Known::nothing(rules);
        for (level, variable) in rules.layout.all() {
            known.0[usize::from(level)] = match variable {
                Variable::Place(p) => {
                    lies_in(rules, facts, place, p).map(|yes| ValueSet::one(u32::from(yes)))
                }
                Variable::Kind => possible_kinds(rules, facts),
                Variable::Attribute(attribute, None) | Variable::State(attribute, None) => facts
                    .attributes
                    .get(&attribute)
                    .filter(|set| !set.is_empty())
                    .cloned(),
                Variable::Attribute(attribute, Some(value))
                | Variable::State(attribute, Some(value)) => facts
                    .members
                    .get(&(attribute, value))
                    .map(|yes| ValueSet::one(u32::from(*yes))),
                Variable::Calendar(..) | Variable::Minute => None,
            };
        }
        known
    }

    /// Fixes what an instant tells: minute, facts of the day and of the day before, and every state nothing was said of.
    pub(crate) fn at(mut self, rules: &Rules, at: DateTime) -> Known {
        for (level, variable) in rules.layout.all() {
            if let Variable::State(attribute, None) = variable
                && self.0[usize::from(level)].is_none()
            {
                self.0[usize::from(level)] = Some(ValueSet::one(rules.state(attribute, at)));
            }
        }
        self.on(rules, at)
    }

    /// The same, but states stay open.
    pub(crate) fn on(mut self, rules: &Rules, at: DateTime) -> Known {
        for (level, variable) in rules.layout.all() {
            let value = match variable {
                Variable::Calendar(day, fact) => day_value(rules, at.date(), day, fact),
                Variable::Minute => minute(at),
                _ => continue,
            };
            self.0[usize::from(level)] = Some(ValueSet::one(value));
        }
        self
    }

    /// Values still possible of a variable.
    pub(crate) fn possible(&self, level: Level) -> Option<&ValueSet> {
        self.0[usize::from(level)].as_ref()
    }

    /// The one value possible.
    pub(crate) fn value(&self, level: Level) -> Option<u32> {
        self.possible(level).and_then(ValueSet::single)
    }

    pub(crate) fn set(&mut self, level: Level, values: ValueSet) {
        self.0[usize::from(level)] = Some(values);
    }
}

/// Minutes since midnight.
pub(crate) fn minute(at: DateTime) -> u32 {
    u32::from(at.hour().unsigned_abs()) * 60 + u32::from(at.minute().unsigned_abs())
}

/// The value of a day fact, `date` being today.
pub(crate) fn day_value(rules: &Rules, date: Date, day: Day, fact: DayFact) -> u32 {
    let date = match day {
        Day::Today => date,
        Day::Yesterday => date.yesterday().unwrap_or(date),
    };
    match fact {
        DayFact::Weekday => date.weekday().to_monday_zero_offset().unsigned_abs().into(),
        DayFact::Kind => match rules.city.calendar.kind(date) {
            DayKind::Workday => 0,
            DayKind::RestDay => 1,
            DayKind::StatutoryHoliday => 2,
        },
        DayFact::Recurring(i) => u32::from(rules.picks(i, date)),
    }
}

/// The kinds a subject may be of: the said one or one under it, which has every attribute that was said of it.
pub(crate) fn possible_kinds(rules: &Rules, facts: &Facts) -> Option<ValueSet> {
    let all = ValueSet::from_ranges(std::iter::once(0..rules.city.vocabulary.kinds.len() as u32));
    let mut possible = match facts.kind {
        Some(kind) if facts.kind_alone => ValueSet::one(u32::from(kind.0)),
        Some(kind) => rules.kinds(&[kind]),
        None => all,
    };
    let mut narrow = |set: ValueSet| {
        let both = possible.intersect(&set);
        // A fact that no such subject can have tells nothing of the kind.
        if !set.is_empty() && !both.is_empty() {
            possible = both;
        }
    };
    for (attribute, set) in &facts.attributes {
        let domain = rules
            .city
            .vocabulary
            .attributes
            .get(usize::from(attribute.0))
            .map(|a| &a.domain);
        // "No" may also be said of a subject that cannot have it.
        if !(matches!(domain, Some(Domain::Boolean { .. })) && set.contains(0)) {
            narrow(rules.holders(*attribute));
        }
    }
    for ((attribute, _), yes) in &facts.members {
        if *yes {
            narrow(rules.holders(*attribute));
        }
    }
    Some(possible)
}

/// Whether the act is in `place`, as far as what was said tells.
fn lies_in(rules: &Rules, facts: &Facts, said: &Whereabouts, place: PlaceId) -> Option<bool> {
    let places = &rules.city.places;
    let within = match said {
        Whereabouts::Point(all) => return Some(all.contains(&place)),
        Whereabouts::Within(within) => *within,
        Whereabouts::Unsaid => whole_city(&rules.city),
    };
    let inside =
        std::iter::once((within, true)).chain(facts.places.iter().map(|(p, yes)| (*p, *yes)));
    let mut told = None;
    for (other, yes) in inside {
        match (places.relation(other, place), yes) {
            (Relation::Same, yes) => return Some(yes),
            (Relation::Inside, true) => told = Some(true),
            (Relation::Disjoint, true) => told = told.or(Some(false)),
            (Relation::Contains, false) => told = told.or(Some(false)),
            _ => {}
        }
    }
    told
}
