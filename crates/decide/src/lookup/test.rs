//! Rules as tests on numbered slots.

use super::Case;
use super::moment::{Moment, seconds};
use crate::known::possible_kinds;
use crate::rules::{RuleId, Rules, each_atom};
use crate::variable::{DayFact, MINUTES, Variable, domain_size, of_attribute};
use notice::{ActionId, AttributeId, Condition, DaySelector, Facts, PlaceId, ValueSet};
use std::collections::{BTreeMap, BTreeSet};

/// Of a case: the kind cannot have the attribute, so every test of it fails.
const LACKING: u32 = u32::MAX - 1;
/// Nothing, or not enough, is known.
const UNKNOWN: u32 = u32::MAX;

/// Where each variable's value stands. Slots of a case come first: kind, attributes, states said. Slots of a moment
/// (states, facts of today, facts of yesterday) are numbered on their own.
pub(super) struct Slots {
    /// Variables of a case, in order; a state said in the question outranks the city's.
    case: Vec<Variable>,
    states: Vec<AttributeId>,
    days: Vec<DayFact>,
    /// Bounds between values that rules tell apart, by slot of a case.
    cells: Vec<BTreeSet<u32>>,
}

/// A value's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Slot {
    /// Of the case.
    Case(u32),
    /// A state of the city: said of the case (first), else that of the moment.
    State(u32, u32),
    /// A fact of the day that the rule's hours belong to.
    Day(u32),
}

impl Slots {
    pub(super) fn of(rules: &Rules) -> Slots {
        let (mut case, mut states, mut days) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (_, variable) in rules.layout.all() {
            match variable {
                Variable::Kind | Variable::Attribute(..) => case.push(variable),
                Variable::State(state, member) => {
                    case.push(variable);
                    if member.is_none() {
                        states.push(state);
                    }
                }
                Variable::Calendar(_, fact) => {
                    days.insert(fact);
                }
                Variable::Place(_) | Variable::Minute => {}
            }
        }
        let mut slots = Slots {
            cells: vec![BTreeSet::new(); case.len()],
            case,
            states,
            days: days.into_iter().collect(),
        };
        let mut cuts: BTreeMap<Variable, BTreeSet<u32>> = BTreeMap::new();
        for (id, bound) in rules.ids() {
            let rule = rules.rule(id);
            for action in &bound.actions {
                cut(&mut cuts, Variable::Kind, &rules.actors(*action));
            }
            for condition in
                std::iter::once(&rule.who).chain(rule.exceptions.iter().map(|e| &e.condition))
            {
                each_atom(condition, &mut |atom| match atom {
                    Condition::Kind(kind) => cut(&mut cuts, Variable::Kind, &rules.kinds(&[*kind])),
                    Condition::Is(attribute, set) => {
                        cut(&mut cuts, Variable::Kind, &rules.holders(*attribute));
                        if let Some(variable) = of_attribute(&rules.city, *attribute, None) {
                            cut(&mut cuts, variable, set);
                        }
                    }
                    Condition::Has(attribute, _) => {
                        cut(&mut cuts, Variable::Kind, &rules.holders(*attribute))
                    }
                    _ => {}
                });
            }
        }
        for (slot, variable) in slots.case.iter().enumerate() {
            slots.cells[slot] = cuts.remove(variable).unwrap_or_default();
        }
        slots
    }

    pub(super) fn states(&self) -> &[AttributeId] {
        &self.states
    }

    pub(super) fn days(&self) -> &[DayFact] {
        &self.days
    }

    pub(super) fn slot(&self, variable: Variable) -> Option<Slot> {
        match variable {
            Variable::Calendar(_, fact) => self
                .days
                .binary_search(&fact)
                .ok()
                .map(|i| Slot::Day(i as u32)),
            _ => {
                let case = self.case.binary_search(&variable).ok()? as u32;
                match variable {
                    Variable::State(state, None) => {
                        let of_moment =
                            self.states.iter().position(|known| *known == state)? as u32;
                        Some(Slot::State(case, of_moment))
                    }
                    _ => Some(Slot::Case(case)),
                }
            }
        }
    }

    /// A value that stands for all that is possible, if no rule tells those apart.
    fn value(&self, slot: usize, possible: &ValueSet) -> u32 {
        let (Some(first), Some(last)) = (possible.ranges().first(), possible.ranges().last())
        else {
            return UNKNOWN;
        };
        let apart = self.cells[slot]
            .range(first.start + 1..last.end)
            .next()
            .is_some();
        if apart { UNKNOWN } else { first.start }
    }

    pub(super) fn values(&self, rules: &Rules, facts: &Facts) -> Box<[u32]> {
        let kinds = possible_kinds(rules, facts).unwrap_or_default();
        let value = |(slot, variable): (usize, &Variable)| match variable {
            Variable::Kind => self.value(slot, &kinds),
            Variable::Attribute(attribute, member) => {
                let holders = rules.holders(*attribute);
                let having = kinds.intersect(&holders);
                if having.is_empty() {
                    LACKING
                } else if having != kinds {
                    UNKNOWN
                } else {
                    self.said(rules, slot, *attribute, *member, facts)
                }
            }
            Variable::State(attribute, member) => {
                self.said(rules, slot, *attribute, *member, facts)
            }
            _ => UNKNOWN,
        };
        self.case.iter().enumerate().map(value).collect()
    }

    fn said(
        &self,
        rules: &Rules,
        slot: usize,
        attribute: AttributeId,
        member: Option<u32>,
        facts: &Facts,
    ) -> u32 {
        match member {
            Some(value) => facts
                .members
                .get(&(attribute, value))
                .map_or(UNKNOWN, |yes| u32::from(*yes)),
            None => {
                let all =
                    ValueSet::from_ranges(std::iter::once(0..domain_size(&rules.city, attribute)));
                let known = facts
                    .attributes
                    .get(&attribute)
                    .filter(|set| !set.is_empty());
                match known {
                    Some(set) => self.value(slot, set),
                    None if matches!(self.case[slot], Variable::State(..)) => UNKNOWN,
                    None => self.value(slot, &all),
                }
            }
        }
    }
}

fn cut(cuts: &mut BTreeMap<Variable, BTreeSet<u32>>, variable: Variable, set: &ValueSet) {
    cuts.entry(variable)
        .or_default()
        .extend(set.ranges().iter().flat_map(|r| [r.start, r.end]));
}

/// A slot's value; `UNKNOWN` if it is not known.
pub(super) fn value(slot: Slot, case: &Case, moment: &Moment, states: usize, shift: usize) -> u32 {
    match slot {
        Slot::Case(i) => case.values[i as usize],
        Slot::State(said, of_moment) => match case.values[said as usize] {
            UNKNOWN => moment.values[of_moment as usize],
            said => said,
        },
        Slot::Day(i) => moment.values[states + shift + i as usize],
    }
}

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

    fn holds(&self, at: &View<'_>) -> Truth {
        let test = |slot: Slot, is: &dyn Fn(u32) -> bool| match value(
            slot, at.case, at.moment, at.states, at.shift,
        ) {
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
                    match part.holds(at) {
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
                    match part.holds(at) {
                        Truth::Yes => return Truth::Yes,
                        Truth::Unknown => any = Truth::Unknown,
                        Truth::No => {}
                    }
                }
                any
            }
            Test::Not(inner) => match inner.holds(at) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                Truth::Unknown => Truth::Unknown,
            },
        }
    }
}

struct View<'a> {
    case: &'a Case,
    places: &'a [PlaceId],
    moment: &'a Moment,
    states: usize,
    shift: usize,
}

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
        self.0.holds(&View {
            case,
            places: &[],
            moment,
            states: 0,
            shift: 0,
        })
    }
}

/// A line of `when`, as it belongs to one day.
#[derive(Debug, Clone)]
struct Line {
    days: Test,
    from: u32,
    until: u32,
}

/// A rule's times that belong to today (shift 0) or to yesterday.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    /// `None`: always.
    lines: Option<Box<[Line]>>,
    states: usize,
    shift: usize,
}

impl Binding {
    /// The moment is in the rule's hours of this day.
    pub(super) fn time(&self, moment: &Moment) -> bool {
        let Some(lines) = &self.lines else {
            return true;
        };
        let nobody = Case {
            values: Box::default(),
        };
        let at = View {
            case: &nobody,
            places: &[],
            moment,
            states: self.states,
            shift: self.shift,
        };
        lines
            .iter()
            .any(|l| (l.from..l.until).contains(&moment.minute) && l.days.holds(&at) == Truth::Yes)
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
                states,
                shift: 0,
            });
        } else {
            let (mut today, mut yesterday) = (Vec::new(), Vec::new());
            for when in &rule.when {
                let days = match when.days.as_slice() {
                    [] => Test::Always,
                    days => Test::Any(days.iter().map(|d| Test::day(rules, slots, d)).collect()),
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
                states,
                shift: 0,
            });
            if !yesterday.is_empty() {
                bindings.push(Binding {
                    lines: Some(yesterday.into()),
                    states,
                    shift: width,
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

    pub(super) fn who(
        &self,
        case: &Case,
        places: &[PlaceId],
        moment: &Moment,
        day: &Binding,
    ) -> Truth {
        self.who.holds(&View {
            case,
            places,
            moment,
            states: day.states,
            shift: day.shift,
        })
    }

    pub(super) fn exception(
        &self,
        exception: usize,
        case: &Case,
        places: &[PlaceId],
        moment: &Moment,
        day: &Binding,
    ) -> Truth {
        self.exceptions[exception].holds(&View {
            case,
            places,
            moment,
            states: day.states,
            shift: day.shift,
        })
    }
}
