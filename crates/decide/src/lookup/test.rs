//! Rules as tests on numbered slots.

use super::Case;
use super::moment::{Moment, seconds};
use super::slots::{LACKING, Slot, Slots, UNKNOWN, value};
use crate::outcome::Bounds;
use crate::rules::{RuleId, Rules, days_of};
use crate::variable::{MINUTES, Variable, of_attribute};
use notice::{ActionId, Condition, DaySelector, Effect, PlaceId, ValueSet};

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    Unknown,
}

/// A condition on slots.
#[derive(Debug, Clone)]
enum Test {
    Always,
    /// The value, below 64, is among these bits.
    Bits(Slot, u64),
    /// The value is in a range.
    Range(Slot, u32, u32),
    Set(Slot, ValueSet),
    In(PlaceId),
    Never,
    All(Box<[Test]>),
    Any(Box<[Test]>),
    Not(Box<Test>),
}

impl Test {
    fn of(rules: &Rules, slots: &Slots, condition: &Condition) -> Test {
        let list = |parts: &[Condition]| {
            parts
                .iter()
                .map(|part| Test::of(rules, slots, part))
                .collect()
        };
        match condition {
            Condition::Always => Test::Always,
            Condition::Kind(kind) => Test::set(slots, Variable::Kind, rules.kinds(&[*kind])),
            Condition::Is(attribute, set) => match of_attribute(&rules.city, *attribute, None) {
                Some(variable) => Test::set(slots, variable, set.clone()),
                None => Test::Never,
            },
            Condition::Has(attribute, value) => {
                match of_attribute(&rules.city, *attribute, Some(*value)) {
                    Some(variable) => Test::set(slots, variable, ValueSet::one(1)),
                    None => Test::Never,
                }
            }
            Condition::In(place) => Test::In(*place),
            Condition::Day(selector) => Test::day(rules, slots, selector),
            Condition::All(parts) => Test::All(list(parts)),
            Condition::Any(parts) => Test::Any(list(parts)),
            Condition::Not(inner) => Test::Not(Box::new(Test::of(rules, slots, inner))),
        }
    }

    fn day(rules: &Rules, slots: &Slots, selector: &DaySelector) -> Test {
        match crate::sheet::day_set(rules, selector) {
            Some((fact, set)) => Test::set(
                slots,
                Variable::Calendar(crate::variable::Day::Today, fact),
                set,
            ),
            None => Test::Never,
        }
    }

    fn set(slots: &Slots, variable: Variable, set: ValueSet) -> Test {
        let Some(slot) = slots.slot(variable) else {
            return Test::Never;
        };
        match set.ranges() {
            [] => Test::Never,
            [one] => Test::Range(slot, one.start, one.end),
            ranges if ranges.iter().all(|r| r.end <= 64) => {
                Test::Bits(slot, set.iter().fold(0, |bits, value| bits | 1 << value))
            }
            _ => Test::Set(slot, set),
        }
    }

    fn holds(&self, at: &View<'_>, day: Base) -> Truth {
        let test = |slot: Slot, is: &dyn Fn(u32) -> bool| match value(slot, at.case, at.moment, day)
        {
            UNKNOWN => Truth::Unknown,
            LACKING => Truth::No,
            value if is(value) => Truth::Yes,
            _ => Truth::No,
        };
        match self {
            Test::Always => Truth::Yes,
            Test::Never => Truth::No,
            Test::Bits(slot, bits) => test(*slot, &|v| v < 64 && bits >> v & 1 == 1),
            Test::Range(slot, from, end) => test(*slot, &|v| (*from..*end).contains(&v)),
            Test::Set(slot, set) => test(*slot, &|v| set.contains(v)),
            Test::In(place) => {
                if at.places.contains(place) {
                    Truth::Yes
                } else {
                    Truth::No
                }
            }
            Test::All(parts) => {
                let mut all = Truth::Yes;
                for part in parts {
                    match part.holds(at, day) {
                        Truth::No => return Truth::No,
                        Truth::Unknown => all = Truth::Unknown,
                        Truth::Yes => {}
                    }
                }
                all
            }
            Test::Any(parts) => {
                let mut any = Truth::No;
                for part in parts {
                    match part.holds(at, day) {
                        Truth::Yes => return Truth::Yes,
                        Truth::Unknown => any = Truth::Unknown,
                        Truth::No => {}
                    }
                }
                any
            }
            Test::Not(inner) => match inner.holds(at, day) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                Truth::Unknown => Truth::Unknown,
            },
        }
    }
}

/// A case at a place and time.
pub(super) struct View<'a> {
    pub(super) case: &'a Case,
    pub(super) places: &'a [PlaceId],
    pub(super) moment: &'a Moment,
}

/// Where the facts of the day that hours belong to begin among a moment's values.
type Base = usize;

/// Who can do an action.
pub(super) struct Actors(Test);

impl Actors {
    pub(super) fn of(rules: &Rules, slots: &Slots, action: ActionId) -> Actors {
        let actors = rules.actors(action);
        let everybody = actors.len() as usize == rules.city.vocabulary.kinds.len();
        Actors(if everybody {
            Test::Always
        } else {
            Test::set(slots, Variable::Kind, actors)
        })
    }

    pub(super) fn can(&self, case: &Case, moment: &Moment) -> Truth {
        self.0.holds(
            &View {
                case,
                places: &[],
                moment,
            },
            0,
        )
    }
}

/// A line of `when`, as it belongs to one day.
#[derive(Debug, Clone)]
struct Line {
    days: Test,
    from: u32,
    until: u32,
}

/// A rule's times that belong to today or to yesterday.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    /// `None`: always.
    lines: Option<Box<[Line]>>,
    day: Base,
}

impl Binding {
    /// The moment is in the rule's hours of this day.
    pub(super) fn time(&self, moment: &Moment) -> bool {
        let Some(lines) = &self.lines else {
            return true;
        };
        let nobody = Case::default();
        let at = View {
            case: &nobody,
            places: &[],
            moment,
        };
        lines.iter().any(|l| {
            (l.from..l.until).contains(&moment.minute) && l.days.holds(&at, self.day) == Truth::Yes
        })
    }
}

/// What a rule does, on whatever action it is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Force {
    Forbids,
    Requires,
    Permits,
    Limits(Bounds),
}

impl Force {
    pub(super) fn of(effect: &Effect) -> Force {
        match effect {
            Effect::Forbid(_) => Force::Forbids,
            Effect::Require(_) => Force::Requires,
            Effect::Permit(_) => Force::Permits,
            Effect::Limit {
                measure,
                at_most,
                at_least,
            } => Force::Limits(Bounds {
                measure: *measure,
                at_most: *at_most,
                at_least: *at_least,
            }),
        }
    }
}

/// One rule, ready to be read.
pub(super) struct Fast {
    from: i64,
    until: i64,
    who: Test,
    exceptions: Box<[Test]>,
    bindings: Box<[Binding]>,
}

impl Fast {
    pub(super) fn of(rules: &Rules, slots: &Slots, id: RuleId) -> Fast {
        let rule = rules.rule(id);
        let period = rules.notice(id).in_force;
        let (states, width) = (slots.states().len(), slots.days().len());
        let mut bindings = Vec::new();
        if rule.when.is_empty() {
            bindings.push(Binding {
                lines: None,
                day: states,
            });
        } else {
            let (mut today, mut yesterday) = (Vec::new(), Vec::new());
            for when in &rule.when {
                let days = match days_of(when) {
                    None => Test::Always,
                    Some(days) => {
                        Test::Any(days.iter().map(|d| Test::day(rules, slots, d)).collect())
                    }
                };
                if when.hours.is_empty() {
                    today.push(Line {
                        days: days.clone(),
                        from: 0,
                        until: MINUTES,
                    });
                }
                for hours in &when.hours {
                    let (from, to) = (u32::from(hours.from.0), u32::from(hours.to.0));
                    let past_midnight = hours.from > hours.to;
                    today.push(Line {
                        days: days.clone(),
                        from,
                        until: if past_midnight { MINUTES } else { to },
                    });
                    if past_midnight && to > 0 {
                        yesterday.push(Line {
                            days: days.clone(),
                            from: 0,
                            until: to,
                        });
                    }
                }
            }
            bindings.push(Binding {
                lines: Some(today.into()),
                day: states,
            });
            if !yesterday.is_empty() {
                bindings.push(Binding {
                    lines: Some(yesterday.into()),
                    day: states + width,
                });
            }
        }
        Fast {
            from: seconds(period.from),
            until: period.until.map_or(i64::MAX, seconds),
            who: Test::of(rules, slots, &rule.who),
            exceptions: rule
                .exceptions
                .iter()
                .map(|e| Test::of(rules, slots, &e.condition))
                .collect(),
            bindings: bindings.into(),
        }
    }

    pub(super) fn in_force(&self, moment: &Moment) -> bool {
        self.from <= moment.second && moment.second < self.until
    }

    pub(super) fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    pub(super) fn exceptions(&self) -> usize {
        self.exceptions.len()
    }

    pub(super) fn who(&self, at: &View<'_>, binding: &Binding) -> Truth {
        self.who.holds(at, binding.day)
    }

    pub(super) fn exception(&self, exception: usize, at: &View<'_>, binding: &Binding) -> Truth {
        self.exceptions
            .get(exception)
            .map_or(Truth::No, |test| test.holds(at, binding.day))
    }
}
