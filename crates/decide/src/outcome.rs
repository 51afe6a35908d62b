//! What rules come to for one action: the effects that meet in a case, and the verdict they give.

use notice::ask::Verdict;
use notice::vocabulary::Default as ByDefault;
use notice::{Effect, MeasureId};
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Bounds of one measure, inclusive, in its grid units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Bounds {
    pub(crate) measure: MeasureId,
    pub(crate) at_most: Option<i64>,
    pub(crate) at_least: Option<i64>,
}

impl Bounds {
    /// Nothing is within them.
    pub(crate) fn contradict(&self) -> bool {
        matches!((self.at_most, self.at_least), (Some(most), Some(least)) if least > most)
    }

    /// Sorts the strictest first.
    pub(crate) fn strictness(&self) -> (i64, i64) {
        (
            self.at_most.unwrap_or(i64::MAX),
            self.at_least.map_or(0, i64::wrapping_neg),
        )
    }

    fn stricter(&self, other: &Bounds) -> Bounds {
        let tighter = |a: Option<i64>, b: Option<i64>, pick: fn(i64, i64) -> i64| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (a, b) => a.or(b),
        };
        Bounds {
            measure: self.measure,
            at_most: tighter(self.at_most, other.at_most, i64::min),
            at_least: tighter(self.at_least, other.at_least, i64::max),
        }
    }
}

/// Effects of all effective rules, joined: which rules they came from no longer matters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Outcome {
    pub(crate) forbids: bool,
    pub(crate) requires: bool,
    pub(crate) permits: bool,
    /// The strictest bounds, by measure.
    pub(crate) bounds: Vec<Bounds>,
}

impl Outcome {
    /// What one rule does.
    pub(crate) fn of(effect: &Effect) -> Outcome {
        let mut outcome = Outcome::default();
        outcome.take(effect);
        outcome
    }

    /// Takes in what one more rule does.
    pub(crate) fn take(&mut self, effect: &Effect) {
        match effect {
            Effect::Forbid(_) => self.forbids = true,
            Effect::Require(_) => self.requires = true,
            Effect::Permit(_) => self.permits = true,
            Effect::Limit {
                measure,
                at_most,
                at_least,
            } => {
                self.narrow(&Bounds {
                    measure: *measure,
                    at_most: *at_most,
                    at_least: *at_least,
                });
            }
        }
    }

    /// Takes in one more limit.
    pub(crate) fn narrow(&mut self, bounds: &Bounds) {
        match self
            .bounds
            .binary_search_by_key(&bounds.measure, |ours| ours.measure)
        {
            Ok(i) => self.bounds[i] = self.bounds[i].stricter(bounds),
            Err(i) => self.bounds.insert(i, *bounds),
        }
    }

    /// Both together.
    pub(crate) fn join(&self, other: &Outcome) -> Outcome {
        let mut both = self.clone();
        both.forbids |= other.forbids;
        both.requires |= other.requires;
        both.permits |= other.permits;
        other.bounds.iter().for_each(|bounds| both.narrow(bounds));
        both
    }

    /// The verdict on an action with this default.
    pub(crate) fn verdict(&self, default: ByDefault) -> Verdict {
        let clash = (self.forbids && self.requires) || self.bounds.iter().any(Bounds::contradict);
        if clash {
            Verdict::Conflict
        } else if self.forbids {
            Verdict::Forbidden
        } else if self.requires {
            Verdict::Required
        } else if default == ByDefault::Forbidden && !self.permits {
            Verdict::Forbidden
        } else if !self.bounds.is_empty() {
            Verdict::Limited
        } else {
            Verdict::Allowed
        }
    }

    /// The verdict with the limits that hold.
    pub(crate) fn ruling(&self, default: ByDefault) -> Ruling {
        let verdict = self.verdict(default);
        let limits = match verdict {
            Verdict::Required | Verdict::Limited => self.bounds.clone(),
            _ => Vec::new(),
        };
        Ruling { verdict, limits }
    }
}

/// A verdict with the limits that hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Ruling {
    pub(crate) verdict: Verdict,
    pub(crate) limits: Vec<Bounds>,
}

/// Values numbered, so that they can be leaves.
#[derive(Debug)]
pub(crate) struct Interned<T> {
    all: Vec<T>,
    numbers: FxHashMap<T, u32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Interned {
            all: Vec::new(),
            numbers: FxHashMap::default(),
        }
    }
}

impl<T: Clone + Eq + Hash> Interned<T> {
    pub(crate) fn number(&mut self, value: T) -> u32 {
        if let Some(&known) = self.numbers.get(&value) {
            return known;
        }
        let number = self.all.len() as u32;
        self.all.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.all.get(number as usize)
    }
}
