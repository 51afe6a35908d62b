//! Answers for complete cases in nanoseconds, without allocation.
//!
//! The rules of each action and place stand in a bucket of their own, so thousands of zones do not multiply. In a bucket
//! every variable has, for each value, a bit set of the rules that admit it; the sets of a case's values are intersected,
//! 64 rules a word, and only the few rules left are read in full. Verdict and clauses come out of the same rules, so
//! nothing has to carry sets of clauses about. Why not one diagram: `docs/decisions/0005-complete-cases-by-bit-lanes.md`.
//!
//! What is not known of a case is noticed where a rule would need it: then there is no quick answer, and
//! [`crate::Book::answer`] is asked.

mod bucket;
mod moment;
mod plain;
mod slots;
mod test;

pub use moment::Moment;

use crate::answer::Part;
use crate::book::Book;
use crate::cite::contradict;
use crate::outcome::{Bounds, Outcome};
use crate::rules::{RuleId, Rules};
use bucket::{Bucket, Lane, Plan, Row};
use moment::Days;
use notice::ask::Verdict;
use notice::rule::ClauseAddress;
use notice::vocabulary::Default as ByDefault;
use notice::{ActionId, Facts, PlaceId};
use rustc_hash::FxHashMap;
use slots::Slots;
use test::{Actors, Fast, Force, Truth, View};

/// A book's rules laid out for quick answers.
pub struct Lookup<'b> {
    rules: &'b Rules,
    slots: Slots,
    fast: Vec<Fast>,
    /// Who can do each action.
    actors: Vec<Actors>,
    defaults: Vec<ByDefault>,
    plans: Vec<Plan>,
    days: Days,
    buckets: Vec<Bucket>,
    /// Bucket of an action in a place, by `action * places + place`; `NO_BUCKET` where no rule speaks.
    index: Vec<u32>,
    places: usize,
}

const NO_BUCKET: u32 = u32::MAX;

/// A subject as the rules see it. Made once, asked about many times.
#[derive(Debug, Clone, Default)]
pub struct Case {
    values: Box<[u32]>,
    /// The cell of each value: values of a cell are alike to every rule.
    cells: Box<[u32]>,
}

/// A clause with its place in the order of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Keyed {
    part: Part,
    strictness: (i64, i64),
    rule: RuleId,
    exception: Option<usize>,
}

/// What was found; reuse it, its buffers grow once.
#[derive(Debug, Default)]
pub struct Found {
    cited: Vec<Keyed>,
    limits: Vec<Bounds>,
    applied: Vec<Applied>,
    freed: Vec<(RuleId, usize)>,
}

#[derive(Debug, Clone, Copy)]
struct Applied {
    rule: RuleId,
    force: Force,
    ranked: bool,
    effective: bool,
}

impl Found {
    /// How many clauses had a part in the answer.
    pub fn clauses(&self) -> usize {
        self.cited.len()
    }

    /// The clauses cited as two numbers each: the rule, and the exception plus one.
    pub(crate) fn clause_numbers(&self, into: &mut Vec<u32>) {
        for clause in &self.cited {
            into.push(clause.rule.0);
            into.push(clause.exception.map_or(0, |at| at as u32 + 1));
        }
    }
}

impl<'b> Lookup<'b> {
    /// Lays out a book's rules.
    pub fn new(book: &'b Book) -> Lookup<'b> {
        let rules = &book.rules;
        let slots = Slots::of(rules);
        let fast: Vec<Fast> = rules
            .ids()
            .map(|(id, _)| Fast::of(rules, &slots, id))
            .collect();
        let actors = rules
            .actions()
            .map(|action| Actors::of(rules, &slots, action))
            .collect();
        let plans: Vec<Plan> = rules
            .actions()
            .map(|action| Plan::of(rules, &slots, action))
            .collect();
        let places = rules.city.places.all().len();
        let mut members: FxHashMap<(usize, usize), Vec<RuleId>> = FxHashMap::default();
        for action in rules.actions() {
            for &id in rules.about(action) {
                for place in rules.places(id) {
                    members
                        .entry((usize::from(action.0), place.0 as usize))
                        .or_default()
                        .push(id);
                }
            }
        }
        let mut index = vec![NO_BUCKET; rules.actions().count() * places];
        let mut buckets = Vec::with_capacity(members.len());
        let mut keys: Vec<_> = members.into_iter().collect();
        keys.sort_unstable_by_key(|(key, _)| *key);
        for ((action, place), mut ids) in keys {
            ids.dedup();
            if let Some(entry) = index
                .get_mut(action * places + place)
                .filter(|_| place < places)
            {
                *entry = buckets.len() as u32;
                buckets.push(Bucket::of(
                    rules,
                    &slots,
                    &plans[action],
                    ActionId(action as u16),
                    &ids,
                ));
            }
        }
        Lookup {
            rules,
            days: Days::of(rules, &slots),
            slots,
            fast,
            actors,
            plans,
            defaults: rules
                .city
                .vocabulary
                .actions
                .iter()
                .map(|a| a.default)
                .collect(),
            buckets,
            index,
            places,
        }
    }

    /// A subject's facts, laid out.
    pub fn case(&self, facts: &Facts) -> Case {
        let values = self.slots.values(self.rules, facts);
        Case {
            cells: self.slots.cells(&values),
            values,
        }
    }

    /// An instant, laid out.
    pub fn moment(&self, at: jiff::civil::DateTime) -> Moment {
        let mut moment = Moment::default();
        self.turn(&mut moment, at);
        moment
    }

    /// Turns a moment to another instant.
    pub fn turn(&self, moment: &mut Moment, at: jiff::civil::DateTime) {
        self.days.turn(self.rules, &self.slots, moment, at);
    }

    /// The verdict on an action at a point that lies in exactly these places, with clauses and limits in `found`.
    /// `None` if a rule would need what is not known of the case.
    pub fn answer(
        &self,
        action: ActionId,
        case: &Case,
        places: &[PlaceId],
        moment: &Moment,
        found: &mut Found,
    ) -> Option<Verdict> {
        found.cited.clear();
        found.limits.clear();
        found.applied.clear();
        found.freed.clear();
        if !self
            .actors
            .get(usize::from(action.0))?
            .can(case, moment)
            .known()?
        {
            return Some(self.conclude(action, found));
        }
        let row = self.plans.get(usize::from(action.0))?.row(case, moment);
        let first = usize::from(action.0) * self.places;
        for place in places {
            let bucket = *self.index.get(first + place.0 as usize)?;
            if let Some(bucket) = self.buckets.get(bucket as usize) {
                self.collect(
                    bucket,
                    &row,
                    &View {
                        case,
                        places,
                        moment,
                    },
                    found,
                )?;
            }
        }
        Some(self.conclude(action, found))
    }

    fn collect(&self, bucket: &Bucket, row: &Row, at: &View<'_>, found: &mut Found) -> Option<()> {
        let mut rows = [0u32; bucket::VARIABLES_MAX];
        let (count, known) = bucket.rows(row, &mut rows);
        let rows = &rows[..count];
        for word in 0..bucket.rule_words() {
            let mut left = bucket.admitted(word, rows);
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let Some(lane) = bucket.lane(word, bit) else {
                    break;
                };
                // A rule of several places may have been read already.
                let seen = |found: &Found| {
                    found.applied.iter().any(|a| a.rule == lane.rule)
                        || found.freed.iter().any(|f| f.0 == lane.rule)
                };
                if lane.several && seen(found) {
                    continue;
                }
                let exact = known && bucket.is_exact(word, bit);
                let applies = if exact {
                    self.read_exceptions(bucket, lane, rows, at, found)?
                } else {
                    self.read(lane, at, found)?
                };
                if applies {
                    let Lane {
                        rule,
                        force,
                        ranked,
                        ..
                    } = *lane;
                    found.applied.push(Applied {
                        rule,
                        force,
                        ranked,
                        effective: true,
                    });
                }
            }
        }
        Some(())
    }

    /// Whether a rule whose `who` and `when` are known to hold applies: only its exceptions are left to see.
    fn read_exceptions(
        &self,
        bucket: &Bucket,
        lane: &Lane,
        rows: &[u32],
        at: &View<'_>,
        found: &mut Found,
    ) -> Option<bool> {
        let mut applies = true;
        for exception in 0..lane.exceptions {
            let holds = match bucket.excepts(lane, exception, rows) {
                Some(holds) => holds,
                None => {
                    let fast = &self.fast[lane.rule.0 as usize];
                    fast.exception(usize::from(exception), at, fast.bindings().first()?)
                        .known()?
                }
            };
            if holds {
                applies = false;
                found.freed.push((lane.rule, usize::from(exception)));
            }
        }
        Some(applies)
    }

    /// Whether a rule applies, read in full.
    fn read(&self, lane: &Lane, at: &View<'_>, found: &mut Found) -> Option<bool> {
        let fast = &self.fast[lane.rule.0 as usize];
        if !fast.in_force(at.moment) {
            return Some(false);
        }
        let before = found.freed.len();
        let mut applies = false;
        for binding in fast.bindings() {
            if !binding.time(at.moment) || !fast.who(at, binding).known()? {
                continue;
            }
            let mut excepted = false;
            for exception in 0..fast.exceptions() {
                if fast.exception(exception, at, binding).known()? {
                    excepted = true;
                    if !found.freed[before..].contains(&(lane.rule, exception)) {
                        found.freed.push((lane.rule, exception));
                    }
                }
            }
            applies |= !excepted;
        }
        if applies {
            found.freed.truncate(before);
        }
        Some(applies)
    }

    fn conclude(&self, action: ActionId, found: &mut Found) -> Verdict {
        if found.applied.iter().any(|a| a.ranked) {
            self.rank(action, found);
        }
        let default = self
            .defaults
            .get(usize::from(action.0))
            .copied()
            .unwrap_or(ByDefault::Allowed);
        let mut outcome = Outcome {
            bounds: std::mem::take(&mut found.limits),
            ..Outcome::default()
        };
        for applied in found.applied.iter().filter(|a| a.effective) {
            match applied.force {
                Force::Forbids => outcome.forbids = true,
                Force::Requires => outcome.requires = true,
                Force::Permits => outcome.permits = true,
                Force::Limits(bounds) => outcome.narrow(&bounds),
            }
        }
        let verdict = outcome.verdict(default);
        found.limits = outcome.bounds;
        if !matches!(verdict, Verdict::Required | Verdict::Limited) {
            found.limits.clear();
        }
        self.cite(verdict, default, found);
        verdict
    }

    /// Takes away effect from rules that an effective rule outranks.
    fn rank(&self, action: ActionId, found: &mut Found) {
        let acts = |id: &RuleId| self.rules.bound(*id).actions.contains(&action);
        // `under` has no circles, so as many rounds as rules settle every chain; nearly always one does.
        for _ in 0..found.applied.len() {
            let mut changed = false;
            for i in 0..found.applied.len() {
                let under = &self.rules.bound(found.applied[i].rule).under;
                let outranked = under.iter().filter(|id| acts(id)).any(|above| {
                    found
                        .applied
                        .iter()
                        .any(|a| a.rule == *above && a.effective)
                });
                changed |= found.applied[i].effective == outranked;
                found.applied[i].effective = !outranked;
            }
            if !changed {
                break;
            }
        }
    }

    fn cite(&self, verdict: Verdict, default: ByDefault, found: &mut Found) {
        let effect = |id: RuleId| &self.rules.rule(id).effect;
        for applied in found.applied.iter().filter(|a| a.effective) {
            let (part, shown) = match applied.force {
                Force::Forbids => (Part::Forbids, verdict == Verdict::Forbidden),
                Force::Requires => (Part::Requires, verdict == Verdict::Required),
                Force::Limits(_) => (
                    Part::Limits,
                    matches!(verdict, Verdict::Required | Verdict::Limited),
                ),
                Force::Permits => (Part::Frees, default == ByDefault::Forbidden),
            };
            let clashes = || {
                let mut others = found.applied.iter().filter(|a| a.effective);
                others.any(|other| contradict(effect(applied.rule), effect(other.rule)))
            };
            let outranks = || {
                let over = &self.rules.bound(applied.rule).over;
                over.iter()
                    .any(|below| found.applied.iter().any(|a| a.rule == *below))
            };
            let part = if shown || (verdict == Verdict::Conflict && clashes()) {
                Some(part)
            } else if applied.ranked && outranks() {
                Some(Part::Frees)
            } else {
                None
            };
            found.cited.extend(part.map(|part| Keyed {
                part,
                strictness: match applied.force {
                    Force::Limits(bounds) if part == Part::Limits => bounds.strictness(),
                    _ => (0, 0),
                },
                rule: applied.rule,
                exception: None,
            }));
        }
        found
            .cited
            .extend(found.freed.iter().map(|(rule, exception)| Keyed {
                part: Part::Frees,
                strictness: (0, 0),
                rule: *rule,
                exception: Some(*exception),
            }));
        found.cited.sort_unstable();
    }

    /// The addresses of the clauses found, in the order of an answer.
    pub fn addresses(&self, found: &Found) -> Vec<(ClauseAddress, Part)> {
        found
            .cited
            .iter()
            .map(|c| (self.rules.address(c.rule, c.exception), c.part))
            .collect()
    }

    /// The limits found, as an answer has them.
    pub fn limits(&self, found: &Found) -> Vec<crate::LimitHeld> {
        self.rules.held(&found.limits)
    }
}

impl Truth {
    fn known(self) -> Option<bool> {
        match self {
            Truth::Yes => Some(true),
            Truth::No => Some(false),
            Truth::Unknown => None,
        }
    }
}
