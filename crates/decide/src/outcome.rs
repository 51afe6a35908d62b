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
        match effect {
            Effect::Forbid(_) => outcome.forbids = true,
            Effect::Require(_) => outcome.requires = true,
            Effect::Permit(_) => outcome.permits = true,
            Effect::Limit {
                measure,
                at_most,
                at_least,
            } => {
                outcome.bounds.push(Bounds {
                    measure: *measure,
                    at_most: *at_most,
                    at_least: *at_least,
                });
            }
        }
        outcome
    }

    /// Both together.
    pub(crate) fn join(&self, other: &Outcome) -> Outcome {
        let mut bounds = self.bounds.clone();
        for theirs in &other.bounds {
            match bounds.binary_search_by_key(&theirs.measure, |ours| ours.measure) {
                Ok(i) => bounds[i] = bounds[i].stricter(theirs),
                Err(i) => bounds.insert(i, *theirs),
            }
        }
        Outcome {
            forbids: self.forbids || other.forbids,
            requires: self.requires || other.requires,
            permits: self.permits || other.permits,
            bounds,
        }
    }

    /// The verdict on an action with this default.
    pub(crate) fn ruling(&self, default: ByDefault) -> Ruling {
        let clash = (self.forbids && self.requires) || self.bounds.iter().any(Bounds::contradict);
        let verdict = if clash {
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
        };
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
