//! A working sheet: conditions and rules as diagrams over what is still unknown.
//!
//! What is known decides an atom at once, so a rule that cannot meet the case costs nothing further. Of a variable that is
//! partly known, impossible values behave as the nearest possible one below, in every atom alike: two functions that agree
//! wherever the case is possible are then one diagram.

use crate::budget::{Budget, TooLarge};
use crate::diagram::{Arena, Arm, Level, Operation, Ref};
use crate::known::Known;
use crate::outcome::{Interned, Outcome, Ruling};
use crate::rules::{RuleId, Rules, days_of};
use crate::variable::{Day, DayFact, MINUTES, Variable, of_attribute};
use city::place::Relation;
use jiff::civil::DateTime;
use notice::vocabulary::Default as ByDefault;
use notice::{ActionId, Condition, DaySelector, Period, PlaceId, Rule, ValueSet};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// The leaf of cases that cannot be.
pub(crate) const IMPOSSIBLE: u32 = u32::MAX >> 2;

/// A rule, or one of its exceptions, imagined away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Omission {
    pub(crate) rule: RuleId,
    pub(crate) exception: Option<usize>,
}

/// A rule with its day facts bound to one day: where it would apply, and where each exception holds.
struct Binding {
    base: Ref,
    exceptions: Vec<Ref>,
}

/// Diagrams of rules for one state of knowledge.
pub(crate) struct Sheet<'b> {
    pub(crate) rules: &'b Rules,
    pub(crate) known: Known,
    pub(crate) arena: Arena,
    bindings: FxHashMap<RuleId, Rc<Vec<Binding>>>,
    effective: FxHashMap<(RuleId, ActionId, Option<Omission>), Ref>,
    /// Only rules in force at this instant act.
    moment: Option<DateTime>,
    /// Real times of a period, by the levels of time that are looked at.
    pub(crate) real_times: FxHashMap<(Vec<Level>, Period), Ref>,
    /// Possible combinations of places.
    combinations: FxHashMap<Vec<PlaceId>, Ref>,
    outcomes: Interned<Outcome>,
    pub(crate) rulings: Interned<Ruling>,
}

struct Join<'o>(&'o mut Interned<Outcome>);
impl Operation for Join<'_> {
    const CODE: u8 = 3;
    const SYMMETRIC: bool = true;
    fn short(&mut self, f: Ref, g: Ref) -> Option<Ref> {
        if f == g {
            return Some(f);
        }
        let (a, b) = (self.0.get(f.as_leaf()?)?, self.0.get(g.as_leaf()?)?);
        let both = a.join(b);
        Some(Ref::leaf(self.0.number(both)))
    }
}

impl<'b> Sheet<'b> {
    pub(crate) fn new(rules: &'b Rules, known: Known, budget: &Budget) -> Sheet<'b> {
        let mut outcomes = Interned::default();
        outcomes.number(Outcome::default());
        Sheet {
            rules,
            known,
            arena: Arena::new(budget.clone()),
            bindings: FxHashMap::default(),
            effective: FxHashMap::default(),
            moment: None,
            real_times: FxHashMap::default(),
            combinations: FxHashMap::default(),
            outcomes,
            rulings: Interned::default(),
        }
    }

    /// From here on only the rules in force at `at` act.
    pub(crate) fn turn_to(&mut self, at: DateTime) {
        if self.moment != Some(at) {
            self.moment = Some(at);
            self.effective.clear();
        }
    }

    fn acts(&self, id: RuleId) -> bool {
        self.moment
            .is_none_or(|at| self.rules.notice(id).in_force.contains(at))
    }

    /// The variable's value is in the set.
    pub(crate) fn literal(&mut self, variable: Variable, set: &ValueSet) -> Result<Ref, TooLarge> {
        let Some(level) = self.rules.layout.level(variable) else {
            return Ok(Ref::NO);
        };
        let size = self.rules.layout.size(level);
        let whole = ValueSet::from_ranges(std::iter::once(0..size));
        let possible = self.known.possible(level).unwrap_or(&whole);
        let mut pieces: Vec<(u32, bool)> = Vec::with_capacity(4);
        for range in possible.ranges() {
            let mut next = range.start;
            for inside in set
                .ranges()
                .iter()
                .filter(|r| r.start < range.end && r.end > range.start)
            {
                let (from, to) = (inside.start.max(range.start), inside.end.min(range.end));
                if next < from {
                    pieces.push((next, false));
                }
                pieces.push((from, true));
                next = to;
            }
            if next < range.end {
                pieces.push((next, false));
            }
        }
        if pieces.is_empty() {
            return Ok(Ref::NO);
        }
        self.arena.budget().take(pieces.len())?;
        let mut arms: Vec<Arm> = pieces
            .iter()
            .enumerate()
            .map(|(i, (_, holds))| Arm {
                end: pieces.get(i + 1).map_or(size, |(start, _)| *start),
                to: if *holds { Ref::YES } else { Ref::NO },
            })
            .collect();
        self.arena.make(level, &mut arms)
    }

    fn yes(&mut self, variable: Variable) -> Result<Ref, TooLarge> {
        self.literal(variable, &ValueSet::one(1))
    }

    /// The act is in one of these places.
    pub(crate) fn in_any(&mut self, places: &[PlaceId]) -> Result<Ref, TooLarge> {
        let mut sorted = places.to_vec();
        sorted.sort_unstable();
        let mut any = Ref::NO;
        // From the last to the first, so that each step adds one node on top.
        for place in sorted.into_iter().rev() {
            let here = self.yes(Variable::Place(place))?;
            any = self.arena.or(here, any)?;
        }
        Ok(any)
    }

    /// The kinds that can do an action.
    pub(crate) fn actor(&mut self, action: ActionId) -> Result<Ref, TooLarge> {
        let actors = self.rules.actors(action);
        self.literal(Variable::Kind, &actors)
    }

    /// A condition, its day facts being those of `day`.
    pub(crate) fn condition(&mut self, condition: &Condition, day: Day) -> Result<Ref, TooLarge> {
        match condition {
            Condition::Always => Ok(Ref::YES),
            Condition::Kind(kind) => {
                let kinds = self.rules.kinds(&[*kind]);
                self.literal(Variable::Kind, &kinds)
            }
            Condition::Is(attribute, set) => {
                let Some(variable) = of_attribute(&self.rules.city, *attribute, None) else {
                    return Ok(Ref::NO);
                };
                let is = self.literal(variable, set)?;
                self.held(variable, *attribute, is)
            }
            Condition::Has(attribute, value) => {
                let Some(variable) = of_attribute(&self.rules.city, *attribute, Some(*value))
                else {
                    return Ok(Ref::NO);
                };
                let has = self.yes(variable)?;
                self.held(variable, *attribute, has)
            }
            Condition::In(place) => self.yes(Variable::Place(*place)),
            Condition::Day(selector) => self.day(selector, day),
            Condition::All(parts) => {
                let mut all = Ref::YES;
                for part in parts {
                    if all == Ref::NO {
                        break;
                    }
                    let part = self.condition(part, day)?;
                    all = self.arena.and(all, part)?;
                }
                Ok(all)
            }
            Condition::Any(parts) => {
                let mut any = Ref::NO;
                for part in parts {
                    let part = self.condition(part, day)?;
                    any = self.arena.or(any, part)?;
                }
                Ok(any)
            }
            Condition::Not(inner) => {
                let inner = self.condition(inner, day)?;
                self.arena.not(inner)
            }
        }
    }

    /// An attribute's atom holds only of subjects that have the attribute, so that nobody is asked for what they lack.
    fn held(
        &mut self,
        variable: Variable,
        attribute: notice::AttributeId,
        atom: Ref,
    ) -> Result<Ref, TooLarge> {
        if atom == Ref::NO || matches!(variable, Variable::State(..)) {
            return Ok(atom);
        }
        let holders = self.rules.holders(attribute);
        let holder = self.literal(Variable::Kind, &holders)?;
        self.arena.and(holder, atom)
    }

    fn day(&mut self, selector: &DaySelector, day: Day) -> Result<Ref, TooLarge> {
        let Some((fact, set)) = day_set(self.rules, selector) else {
            return Ok(Ref::NO);
        };
        self.literal(Variable::Calendar(day, fact), &set)
    }

    /// The part of `when` that belongs to today, or the part carried over from yesterday.
    pub(crate) fn time(&mut self, rule: &Rule, day: Day) -> Result<Ref, TooLarge> {
        if rule.when.is_empty() {
            return Ok(if day == Day::Today { Ref::YES } else { Ref::NO });
        }
        let mut any = Ref::NO;
        for when in &rule.when {
            let ranges: Vec<_> = match day {
                Day::Today if when.hours.is_empty() => std::iter::once(0..MINUTES).collect(),
                Day::Today => when
                    .hours
                    .iter()
                    .map(|h| {
                        u32::from(h.from.0)..if h.from > h.to {
                            MINUTES
                        } else {
                            u32::from(h.to.0)
                        }
                    })
                    .collect(),
                Day::Yesterday => when
                    .hours
                    .iter()
                    .filter(|h| h.from > h.to)
                    .map(|h| 0..u32::from(h.to.0))
                    .collect(),
            };
            let hours = self.literal(Variable::Minute, &ValueSet::from_ranges(ranges))?;
            if hours == Ref::NO {
                continue;
            }
            let mut days = if days_of(when).is_none() {
                Ref::YES
            } else {
                Ref::NO
            };
            for selector in days_of(when).into_iter().flatten() {
                let one = self.day(selector, day)?;
                days = self.arena.or(days, one)?;
            }
            let both = self.arena.and(days, hours)?;
            any = self.arena.or(any, both)?;
        }
        Ok(any)
    }

    fn bind(&mut self, id: RuleId) -> Result<Rc<Vec<Binding>>, TooLarge> {
        if let Some(known) = self.bindings.get(&id) {
            return Ok(known.clone());
        }
        let rule = self.rules.rule(id);
        let mut bindings = Vec::new();
        let place = self.in_any(&self.rules.places(id))?;
        for day in [Day::Today, Day::Yesterday] {
            if place == Ref::NO {
                break;
            }
            let time = self.time(rule, day)?;
            if time == Ref::NO {
                continue;
            }
            let who = self.condition(&rule.who, day)?;
            let base = self.arena.and(who, time)?;
            let base = self.arena.and(place, base)?;
            if base == Ref::NO {
                continue;
            }
            let mut exceptions = Vec::with_capacity(rule.exceptions.len());
            for exception in &rule.exceptions {
                exceptions.push(self.condition(&exception.condition, day)?);
            }
            bindings.push(Binding { base, exceptions });
        }
        let bindings = Rc::new(bindings);
        self.bindings.insert(id, bindings.clone());
        Ok(bindings)
    }

    /// Where a rule would apply were there no exceptions.
    pub(crate) fn base(&mut self, id: RuleId, action: ActionId) -> Result<Ref, TooLarge> {
        let mut any = Ref::NO;
        for binding in self.bind(id)?.iter() {
            any = self.arena.or(any, binding.base)?;
        }
        if any == Ref::NO {
            return Ok(any);
        }
        let actor = self.actor(action)?;
        self.arena.and(actor, any)
    }

    /// Where a rule applies, if nothing or one exception of it is imagined away.
    pub(crate) fn applies(
        &mut self,
        id: RuleId,
        action: ActionId,
        omit: Option<Omission>,
    ) -> Result<Ref, TooLarge> {
        let without = match omit {
            Some(Omission {
                rule,
                exception: None,
            }) if rule == id => return Ok(Ref::NO),
            Some(Omission { rule, exception }) if rule == id => exception,
            _ => None,
        };
        let mut any = Ref::NO;
        for binding in self.bind(id)?.iter() {
            let mut here = binding.base;
            for (i, exception) in binding.exceptions.iter().enumerate() {
                if Some(i) != without {
                    here = self.arena.and_not(here, *exception)?;
                }
            }
            any = self.arena.or(any, here)?;
        }
        if any == Ref::NO {
            return Ok(any);
        }
        let actor = self.actor(action)?;
        self.arena.and(actor, any)
    }

    /// Where an exception frees from its rule.
    pub(crate) fn frees(
        &mut self,
        id: RuleId,
        action: ActionId,
        exception: usize,
    ) -> Result<Ref, TooLarge> {
        let mut any = Ref::NO;
        for binding in self.bind(id)?.iter() {
            if let Some(condition) = binding.exceptions.get(exception) {
                let here = self.arena.and(binding.base, *condition)?;
                any = self.arena.or(any, here)?;
            }
        }
        if any == Ref::NO {
            return Ok(any);
        }
        let actor = self.actor(action)?;
        let any = self.arena.and(actor, any)?;
        let applies = self.applies(id, action, None)?;
        self.arena.and_not(any, applies)
    }

    /// Where a rule applies and no effective rule outranks it.
    pub(crate) fn effective(
        &mut self,
        id: RuleId,
        action: ActionId,
        omit: Option<Omission>,
    ) -> Result<Ref, TooLarge> {
        if !self.acts(id) {
            return Ok(Ref::NO);
        }
        if let Some(&known) = self.effective.get(&(id, action, omit)) {
            return Ok(known);
        }
        let mut result = self.applies(id, action, omit)?;
        let rules = self.rules;
        for above in &rules.bound(id).under {
            if result == Ref::NO {
                break;
            }
            if rules.bound(*above).actions.contains(&action) {
                let outranked = self.effective(*above, action, omit)?;
                result = self.arena.and_not(result, outranked)?;
            }
        }
        self.effective.insert((id, action, omit), result);
        Ok(result)
    }

    /// The ruling on an action, case by case: leaves are numbers of [`Sheet::rulings`].
    pub(crate) fn ruling(
        &mut self,
        action: ActionId,
        among: &[RuleId],
        omit: Option<Omission>,
    ) -> Result<Ref, TooLarge> {
        self.ruling_in(action, among, omit, Ref::YES)
    }

    /// The ruling inside a region; outside of it, as if no rule spoke.
    pub(crate) fn ruling_in(
        &mut self,
        action: ActionId,
        among: &[RuleId],
        omit: Option<Omission>,
        region: Ref,
    ) -> Result<Ref, TooLarge> {
        let mut parts = Vec::new();
        for id in among {
            let effective = self.effective(*id, action, omit)?;
            let effective = self.arena.and(effective, region)?;
            if effective != Ref::NO {
                let outcome = self
                    .outcomes
                    .number(Outcome::of(&self.rules.rule(*id).effect));
                parts.push(
                    self.arena
                        .map(effective, &mut |yes| if yes == 1 { outcome } else { 0 })?,
                );
            }
        }
        // Joined in pairs, so that large functions meet late.
        while parts.len() > 1 {
            let mut joined = Vec::with_capacity(parts.len().div_ceil(2));
            for pair in parts.chunks(2) {
                joined.push(match pair {
                    [a, b] => self.arena.combine(&mut Join(&mut self.outcomes), *a, *b)?,
                    rest => rest[0],
                });
            }
            parts = joined;
        }
        let joined = parts.first().copied().unwrap_or(Ref::leaf(0));
        let default = self
            .rules
            .city
            .vocabulary
            .actions
            .get(usize::from(action.0))
            .map_or(ByDefault::Allowed, |a| a.default);
        let (outcomes, rulings) = (&self.outcomes, &mut self.rulings);
        self.arena.map(joined, &mut |leaf| {
            outcomes.get(leaf).map_or(IMPOSSIBLE, |outcome| {
                rulings.number(outcome.ruling(default))
            })
        })
    }

    /// Combinations of the places in question that containment and disjointness leave possible.
    pub(crate) fn possible_places(&mut self, among: &[RuleId]) -> Result<Ref, TooLarge> {
        let mut places: Vec<PlaceId> = Vec::new();
        for id in among {
            places.extend(self.rules.places(*id));
            let rule = self.rules.rule(*id);
            let conditions =
                std::iter::once(&rule.who).chain(rule.exceptions.iter().map(|e| &e.condition));
            for condition in conditions {
                crate::rules::each_atom(condition, &mut |atom| {
                    if let Condition::In(place) = atom {
                        places.push(*place);
                    }
                });
            }
        }
        self.possible_combinations(places)
    }

    /// Combinations of these places that are possible.
    pub(crate) fn possible_combinations(
        &mut self,
        mut places: Vec<PlaceId>,
    ) -> Result<Ref, TooLarge> {
        places.sort_unstable();
        places.dedup();
        let layout = &self.rules.layout;
        places.retain(|p| {
            layout
                .level(Variable::Place(*p))
                .is_some_and(|level| self.known.value(level).is_none())
        });
        let mut possible = Ref::YES;
        // From the last place to the first: each adds what its being there, or not, says of those after it.
        for (i, place) in places.iter().enumerate().rev() {
            self.arena.budget().take(places.len() - i)?;
            let (mut there, mut elsewhere) = (Ref::YES, Ref::YES);
            for other in places[i + 1..].iter().rev() {
                let relation = self.rules.city.places.relation(*place, *other);
                if !matches!(
                    relation,
                    Relation::Disjoint | Relation::Inside | Relation::Contains
                ) {
                    continue;
                }
                let yes = self.yes(Variable::Place(*other))?;
                match relation {
                    Relation::Disjoint => there = self.arena.and_not(there, yes)?,
                    Relation::Inside => there = self.arena.and(there, yes)?,
                    _ => elsewhere = self.arena.and_not(elsewhere, yes)?,
                }
            }
            let there = self.arena.and(possible, there)?;
            let elsewhere = self.arena.and(possible, elsewhere)?;
            let Some(level) = self.rules.layout.level(Variable::Place(*place)) else {
                continue;
            };
            possible = self.arena.make(
                level,
                &mut vec![
                    Arm {
                        end: 1,
                        to: elsewhere,
                    },
                    Arm { end: 2, to: there },
                ],
            )?;
        }
        Ok(possible)
    }

    /// `f` where the case is possible.
    pub(crate) fn within(&mut self, f: Ref, possible: Ref) -> Result<Ref, TooLarge> {
        if possible == Ref::NO {
            Ok(f)
        } else {
            self.arena.within(f, possible, IMPOSSIBLE)
        }
    }

    /// `f` where the case is possible, as far as the places that `f` looks at tell: what the others do never makes a
    /// combination of these impossible.
    pub(crate) fn where_possible(&mut self, f: Ref) -> Result<Ref, TooLarge> {
        let layout = &self.rules.layout;
        let levels = self.arena.support(f).into_keys();
        let places: Vec<PlaceId> = levels
            .filter_map(|level| match layout.variable(level) {
                Variable::Place(place) => Some(place),
                _ => None,
            })
            .collect();
        let possible = match self.combinations.get(&places) {
            Some(known) => *known,
            None => {
                let possible = self.possible_combinations(places.clone())?;
                self.combinations.insert(places, possible);
                possible
            }
        };
        self.within(f, possible)
    }

    /// The one leaf that every possible case reaches.
    pub(crate) fn settled(&self, f: Ref) -> Option<u32> {
        if let Some(leaf) = f.as_leaf() {
            return Some(leaf);
        }
        let leaves = self.arena.leaves(f);
        let mut possible = leaves.iter().filter(|leaf| **leaf != IMPOSSIBLE);
        match (possible.next(), possible.next()) {
            (Some(only), None) => Some(*only),
            _ => None,
        }
    }
}

/// The fact that a selector looks at, and the values it picks.
pub(crate) fn day_set(rules: &Rules, selector: &DaySelector) -> Option<(DayFact, ValueSet)> {
    Some(match selector {
        DaySelector::Weekdays(bits) => {
            let days = (0..7).filter(|d| bits & (1 << d) != 0).map(|d| d..d + 1);
            (DayFact::Weekday, ValueSet::from_ranges(days))
        }
        DaySelector::Workdays => (DayFact::Kind, ValueSet::one(0)),
        DaySelector::Holidays => (DayFact::Kind, ValueSet::from_ranges(std::iter::once(1..3))),
        DaySelector::StatutoryHolidays => (DayFact::Kind, ValueSet::one(2)),
        DaySelector::Recurring(_) => (
            DayFact::Recurring(rules.recurrence(selector)?),
            ValueSet::one(1),
        ),
    })
}
