//! What to ask where the rules are too many for one diagram.
//!
//! Two complete cases that are answered differently need no diagram, only rules read for each. Going from the one to the
//! other one thing at a time, the answer changes at some step: that thing, then, can change the answer, and is asked for.

use crate::answer::{Need, Question};
use crate::budget::{Budget, TooLarge};
use crate::diagram::{Level, Ref};
use crate::interview::{ask_about, can_be_asked};
use crate::known::Known;
use crate::outcome::Ruling;
use crate::rules::{RuleId, Rules};
use crate::sheet::Sheet;
use crate::variable::Variable;
use city::place::Relation;
use notice::ValueSet;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Rules that are each met by a case of their own, to find one that is answered differently.
const CASES_MAX: usize = 24;
/// Nodes that one rule, or all rules of one complete case, may take.
const NODES_MAX: usize = 1 << 14;
/// Steps of the whole search.
const STEPS_MAX: u64 = 1 << 20;

/// What a complete case comes to: the ruling on the action or, without one, all that binds.
type Said = (Vec<Ruling>, Vec<RuleId>);

/// What to ask; `None` if no two cases were found that are answered differently.
pub(crate) fn need(rules: &Rules, question: &Question) -> Option<Need> {
    let known = Known::of(rules, &question.facts, &question.place).at(rules, question.at);
    let mut search = Search {
        rules,
        budget: Budget::new(NODES_MAX, STEPS_MAX),
        question,
        known: &known,
        said: FxHashMap::default(),
    };
    let base = search.complete(&BTreeMap::new());
    let usual = search.said(&base)?;
    let all = search.candidates();
    let step = all.len().div_ceil(CASES_MAX).max(1);
    let mut votes: BTreeMap<Level, usize> = BTreeMap::new();
    for &id in all.iter().step_by(step) {
        let Some(case) = search.meeting(id) else {
            continue;
        };
        if search.said(&case).is_some_and(|said| said != usual)
            && let Some(level) = search.step_that_matters(&base, &case, &usual)
        {
            *votes.entry(level).or_default() += 1;
        }
    }
    // The kind tells most, and decides what else can be asked; else what matters to most, then the order of variables.
    let kind = rules
        .layout
        .level(Variable::Kind)
        .filter(|kind| votes.contains_key(kind));
    let most = votes
        .iter()
        .max_by_key(|(level, count)| (**count, std::cmp::Reverse(**level)));
    let level = kind.or(most.map(|(level, _)| *level))?;
    let (_, bounds) = rules.looked_at(question, &known).remove(&level)?;
    let sheet = Sheet::new(rules, known.clone(), &search.budget);
    ask_about(&sheet, level, &bounds, &question.facts)
}

struct Search<'s> {
    rules: &'s Rules,
    budget: Budget,
    question: &'s Question,
    known: &'s Known,
    said: FxHashMap<Vec<u32>, Option<Said>>,
}

impl Search<'_> {
    fn candidates(&self) -> Vec<RuleId> {
        let actions = self.rules.actions();
        let asked = actions.filter(|action| self.question.action.is_none_or(|one| one == *action));
        let mut all: Vec<RuleId> = asked
            .flat_map(|action| self.rules.candidates.possible(action, self.known))
            .filter(|id| self.rules.notice(*id).in_force.contains(self.question.at))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The complete case with these values, where they are possible, and the first possible ones elsewhere; in no place
    /// that it need not be in.
    fn complete(&self, wish: &BTreeMap<Level, u32>) -> Vec<u32> {
        let layout = &self.rules.layout;
        let value = |(level, _): (Level, Variable)| {
            let possible = self.known.possible(level);
            let wished = wish.get(&level).copied();
            let wished = wished.filter(|value| possible.is_none_or(|set| set.contains(*value)));
            let first = || {
                possible
                    .and_then(|set| set.ranges().first())
                    .map_or(0, |r| r.start)
            };
            wished.unwrap_or_else(first)
        };
        layout.all().map(value).collect()
    }

    /// A case that meets a rule, everything else as usual.
    fn meeting(&self, id: RuleId) -> Option<Vec<u32>> {
        let rules = self.rules;
        let mut sheet = Sheet::new(rules, self.known.clone(), &self.budget);
        let found = |sheet: &mut Sheet<'_>| -> Result<Ref, TooLarge> {
            let possible = sheet.possible_places(&[id])?;
            let mut any = Ref::NO;
            for &action in &rules.bound(id).actions {
                let applies = sheet.applies(id, action, None)?;
                any = sheet.arena.or(any, applies)?;
            }
            sheet.arena.and(any, possible)
        };
        let applies = found(&mut sheet).ok()?;
        let mut wish: BTreeMap<Level, u32> = crate::case::first_path(&sheet, applies)?
            .into_iter()
            .map(|(level, range)| (level, range.start))
            .collect();
        let inside: Vec<_> = wish
            .iter()
            .filter(|(_, value)| **value == 1)
            .filter_map(|(level, _)| self.place(*level))
            .collect();
        // What contains these contains the act as well.
        for (level, variable) in rules.layout.all() {
            if let Variable::Place(place) = variable
                && inside
                    .iter()
                    .any(|other| rules.city.places.relation(*other, place) == Relation::Inside)
            {
                wish.insert(level, 1);
            }
        }
        Some(self.complete(&wish))
    }

    fn place(&self, level: Level) -> Option<notice::PlaceId> {
        match self.rules.layout.variable(level) {
            Variable::Place(place) => Some(place),
            _ => None,
        }
    }

    /// What a complete case comes to; `None` if even that is too large.
    fn said(&mut self, case: &[u32]) -> Option<Said> {
        if let Some(said) = self.said.get(case) {
            return said.clone();
        }
        let said = self.work_out(case).ok();
        self.said.insert(case.to_vec(), said.clone());
        said
    }

    fn work_out(&self, case: &[u32]) -> Result<Said, TooLarge> {
        let rules = self.rules;
        let mut known = self.known.clone();
        for (level, value) in (0..).zip(case) {
            known.set(level, ValueSet::one(*value));
        }
        let mut sheet = Sheet::new(rules, known, &self.budget);
        sheet.turn_to(self.question.at);
        let (mut rulings, mut binding) = (Vec::new(), Vec::new());
        for action in rules.actions() {
            if self.question.action.is_some_and(|one| one != action) {
                continue;
            }
            let among = rules.candidates.possible(action, &sheet.known);
            self.budget.take(among.len() + 1)?;
            if self.question.action.is_some() {
                let ruling = sheet.ruling(action, &among, None)?;
                rulings.extend(
                    sheet
                        .settled(ruling)
                        .and_then(|leaf| sheet.rulings.get(leaf))
                        .cloned(),
                );
                continue;
            }
            for id in among {
                if crate::cite::binding(rules, id).is_some()
                    && sheet.effective(id, action, None)? == Ref::YES
                {
                    binding.push(id);
                }
            }
        }
        Ok((rulings, binding))
    }

    /// The first thing that changes the answer on the way from one case to the other. Every case on the way is possible:
    /// the kind changes first, then places are left from within, then entered from without, then the rest.
    fn step_that_matters(&mut self, from: &[u32], to: &[u32], usual: &Said) -> Option<Level> {
        let mut differing: Vec<Level> = (0..)
            .zip(from.iter().zip(to))
            .filter(|(_, (a, b))| a != b)
            .map(|(level, _)| level)
            .collect();
        let within = |level: Level| {
            let place = self.place(level)?;
            let holds = |other: &Level| {
                self.place(*other).is_some_and(|other| {
                    self.rules.city.places.relation(place, other) == Relation::Inside
                })
            };
            Some(differing.iter().filter(|other| holds(other)).count())
        };
        // How many of the differing places contain it: the more, the further within.
        let key = |level: Level| match self.rules.layout.variable(level) {
            Variable::Kind => (0, 0),
            Variable::Place(_) if to[usize::from(level)] == 0 => {
                (1, usize::MAX - within(level).unwrap_or(0))
            }
            Variable::Place(_) => (2, within(level).unwrap_or(0)),
            _ => (3, 0),
        };
        let mut ordered: Vec<_> = differing
            .iter()
            .map(|level| (key(*level), *level))
            .collect();
        ordered.sort_unstable();
        differing = ordered.into_iter().map(|(_, level)| level).collect();
        let mut case = from.to_vec();
        for level in differing {
            case[usize::from(level)] = to[usize::from(level)];
            if self.said(&case)? != *usual {
                let sheet = Sheet::new(self.rules, self.known.clone(), &self.budget);
                // It matters to some kinds and not to those that lack it: the kind matters, too.
                let kind = || self.rules.layout.level(Variable::Kind);
                return if can_be_asked(&sheet, level) {
                    Some(level)
                } else {
                    kind()
                };
            }
        }
        None
    }
}
