//! Where the values of a case and of a moment stand, and which of them rules tell apart.

use super::Case;
use super::moment::{Moment, seconds};
use crate::known::possible_kinds;
use crate::rules::{Rules, each_atom};
use crate::variable::{DayFact, MINUTES, Variable, domain_size, of_attribute};
use notice::{AttributeId, Condition, Facts, Period, ValueSet};
use std::collections::{BTreeMap, BTreeSet};

/// Of a case: the kind cannot have the attribute, so every test of it fails.
pub(super) const LACKING: u32 = u32::MAX - 1;
/// Nothing, or not enough, is known.
pub(super) const UNKNOWN: u32 = u32::MAX;
/// Of a state: nothing was said, the city's own holds.
pub(super) const UNSAID: u32 = u32::MAX - 2;

/// Where each variable's value stands. Slots of a case come first: kind, attributes, states said. Slots of a moment
/// (states, facts of today, facts of yesterday) are numbered on their own.
pub(super) struct Slots {
    /// Variables of a case, in order; a state said in the question outranks the city's.
    case: Vec<Variable>,
    states: Vec<AttributeId>,
    days: Vec<DayFact>,
    /// First value of each cell but the first, by slot of a case: values of a cell are alike to every rule.
    cuts: Vec<Vec<u32>>,
    /// The same of minutes, and each minute's cell.
    minute_cuts: Vec<u32>,
    minute_cells: Vec<u32>,
    /// Seconds at which a rule comes into force or ends, ascending.
    turns: Vec<i64>,
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
    /// The minute of the day.
    Minute,
    /// The stretch of time in which the same rules are in force.
    Era,
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
        let periods = rules.notices.iter().map(|notice| notice.in_force);
        let mut turns: Vec<i64> = periods
            .flat_map(|p| std::iter::once(p.from).chain(p.until))
            .map(seconds)
            .collect();
        turns.sort_unstable();
        turns.dedup();
        let mut slots = Slots {
            turns,
            cuts: Vec::new(),
            minute_cuts: Vec::new(),
            minute_cells: Vec::new(),
            case,
            states,
            days: days.into_iter().collect(),
        };
        let mut cuts: BTreeMap<Variable, BTreeSet<u32>> = BTreeMap::new();
        let mut minutes = BTreeSet::new();
        for (id, bound) in rules.ids() {
            let rule = rules.rule(id);
            let hours = rule.when.iter().flat_map(|when| &when.hours);
            minutes.extend(hours.flat_map(|h| [u32::from(h.from.0), u32::from(h.to.0)]));
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
        let above_zero = |cuts: BTreeSet<u32>| cuts.into_iter().filter(|cut| *cut > 0).collect();
        let of_lists = |variable: &Variable| match variable {
            Variable::Attribute(_, Some(_)) | Variable::State(_, Some(_)) => BTreeSet::from([1]),
            _ => BTreeSet::new(),
        };
        let of = |variable| above_zero(cuts.remove(variable).unwrap_or_else(|| of_lists(variable)));
        slots.cuts = slots.case.iter().map(of).collect();
        slots.minute_cuts = minutes
            .into_iter()
            .filter(|m| (1..MINUTES).contains(m))
            .collect();
        slots.minute_cells = (0..MINUTES).map(|m| cell(&slots.minute_cuts, m)).collect();
        slots
    }

    /// A value's cell; beyond the last one are the cells "unknown" and "lacking".
    fn cell(&self, slot: usize, value: u32) -> u32 {
        let unknown = self.cuts[slot].len() as u32 + 1;
        match value {
            UNSAID => UNSAID,
            UNKNOWN => unknown,
            LACKING => unknown + 1,
            value => cell(&self.cuts[slot], value),
        }
    }

    /// The cells of a case's values.
    pub(super) fn cells(&self, values: &[u32]) -> Box<[u32]> {
        values
            .iter()
            .enumerate()
            .map(|(slot, value)| self.cell(slot, *value))
            .collect()
    }

    /// The cells of the city's states.
    pub(super) fn state_cells<'a>(&'a self, values: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        let slot = |state| {
            self.case
                .binary_search(&Variable::State(state, None))
                .unwrap_or(0)
        };
        self.states
            .iter()
            .zip(values)
            .map(move |(state, value)| self.cell(slot(*state), *value))
    }

    pub(super) fn minute_cell(&self, minute: u32) -> u32 {
        self.minute_cells.get(minute as usize).copied().unwrap_or(0)
    }

    /// The first value of every cell of a slot.
    pub(super) fn starts(&self, slot: Slot) -> Vec<u32> {
        let from_zero = |cuts: &[u32]| std::iter::once(0).chain(cuts.iter().copied()).collect();
        match slot {
            Slot::Case(i) | Slot::State(i, _) => from_zero(&self.cuts[i as usize]),
            Slot::Minute => from_zero(&self.minute_cuts),
            Slot::Era => (0..=self.turns.len() as u32).collect(),
            Slot::Day(i) => match self.days[i as usize] {
                DayFact::Weekday => (0..7).collect(),
                DayFact::Kind => (0..3).collect(),
                DayFact::Recurring(_) => (0..2).collect(),
            },
        }
    }

    /// The era of an instant: how many turns lie at or before it.
    pub(super) fn era(&self, second: i64) -> u32 {
        self.turns.partition_point(|turn| *turn <= second) as u32
    }

    /// The eras of a period.
    pub(super) fn eras(&self, period: Period) -> ValueSet {
        let end = period
            .until
            .map_or(u32::MAX, |until| self.era(seconds(until)));
        ValueSet::from_ranges(std::iter::once(self.era(seconds(period.from))..end))
    }

    /// The first second of the era after this one.
    pub(super) fn next_turn(&self, era: u32) -> i64 {
        self.turns.get(era as usize).copied().unwrap_or(i64::MAX)
    }

    pub(super) fn states(&self) -> &[AttributeId] {
        &self.states
    }

    pub(super) fn days(&self) -> &[DayFact] {
        &self.days
    }

    pub(super) fn slot(&self, variable: Variable) -> Option<Slot> {
        match variable {
            Variable::Minute => Some(Slot::Minute),
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
        let apart = self.cuts[slot]
            .iter()
            .any(|cut| (first.start + 1..last.end).contains(cut));
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
                    None if matches!(self.case[slot], Variable::State(..)) => UNSAID,
                    None => self.value(slot, &all),
                }
            }
        }
    }
}

fn cell(cuts: &[u32], value: u32) -> u32 {
    cuts.partition_point(|cut| *cut <= value) as u32
}

fn cut(cuts: &mut BTreeMap<Variable, BTreeSet<u32>>, variable: Variable, set: &ValueSet) {
    cuts.entry(variable)
        .or_default()
        .extend(set.ranges().iter().flat_map(|r| [r.start, r.end]));
}

/// A slot's value; `UNKNOWN` if it is not known. Day facts are read from position `day` of the moment's values on.
pub(super) fn value(slot: Slot, case: &Case, moment: &Moment, day: usize) -> u32 {
    match slot {
        Slot::Case(i) => case.values[i as usize],
        Slot::State(said, of_moment) => match case.values[said as usize] {
            UNSAID => moment.values[of_moment as usize],
            said => said,
        },
        Slot::Day(i) => moment.values[day + i as usize],
        Slot::Minute => moment.minute,
        Slot::Era => moment.era,
    }
}
