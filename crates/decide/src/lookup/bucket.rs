//! The rules of one action in one place, with a bit for each of them.

use super::Case;
use super::moment::Moment;
use super::plain::{kinds_left, plain};
use super::slots::{Slot, Slots, UNSAID};
use super::test::Force;
use crate::rules::{RuleId, Rules, days_of, each_atom};
use crate::sheet::day_set;
use crate::variable::{Day, DayFact, MINUTES, Variable, of_attribute};
use notice::{ActionId, Condition, Rule, ValueSet};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Variables that an action's rules are sorted by at most; more would cost more than the rules they keep out.
pub(super) const VARIABLES_MAX: usize = 16;
/// Words a bucket's bit sets may take.
const WORDS_MAX: usize = 1 << 22;
const BITS: usize = u64::BITS as usize;

/// The variables that an action's rules look at: a column of each bucket. The last two cells of each are "unknown",
/// which admits every lane, and "lacking", which admits those that do not look at the variable.
pub(super) struct Plan {
    columns: Vec<Slot>,
    /// First values of each column's cells.
    starts: Vec<Vec<u32>>,
    /// Where each column's cells begin in a bucket's table.
    offsets: Vec<u32>,
    cells: usize,
    states: usize,
}

/// A case's places in the tables of an action's buckets.
pub(super) struct Row {
    cells: [u32; VARIABLES_MAX],
    /// Columns whose value is not known.
    unknown: u16,
}

impl Plan {
    pub(super) fn of(rules: &Rules, slots: &Slots, action: ActionId) -> Plan {
        let mut count: BTreeMap<Slot, usize> = BTreeMap::new();
        for id in rules.about(action) {
            let rule = rules.rule(*id);
            let exceptions = (0..rule.exceptions.len())
                .map(|i| Needs::of_exception(rules, slots, action, rule, i));
            for needs in
                std::iter::once(Needs::of_rule(rules, slots, action, *id)).chain(exceptions)
            {
                needs
                    .sets
                    .into_keys()
                    .for_each(|slot| *count.entry(slot).or_default() += 1);
            }
        }
        // The variables that most rules look at.
        let mut columns: Vec<(usize, Slot)> = count
            .into_iter()
            .map(|(slot, count)| (count, slot))
            .collect();
        columns.sort_by_key(|(count, slot)| (std::cmp::Reverse(*count), *slot));
        columns.truncate(VARIABLES_MAX);
        let columns: Vec<Slot> = columns.into_iter().map(|(_, slot)| slot).collect();
        let starts: Vec<Vec<u32>> = columns.iter().map(|slot| slots.starts(*slot)).collect();
        let mut offsets = Vec::with_capacity(columns.len());
        let mut cells = 0;
        for starts in &starts {
            offsets.push(cells as u32);
            cells += starts.len() + 2;
        }
        Plan {
            columns,
            starts,
            offsets,
            cells,
            states: slots.states().len(),
        }
    }

    /// Where a case stands.
    pub(super) fn row(&self, case: &Case, moment: &Moment) -> Row {
        let mut row = Row {
            cells: [0; VARIABLES_MAX],
            unknown: 0,
        };
        for (i, slot) in self.columns.iter().enumerate() {
            let cell = match *slot {
                Slot::Case(i) => case.cells[i as usize],
                Slot::State(said, of_moment) => match case.cells[said as usize] {
                    UNSAID => moment.state_cells[of_moment as usize],
                    said => said,
                },
                Slot::Day(i) => moment.values[self.states + i as usize],
                Slot::Minute => moment.minute_cell,
                Slot::Era => moment.era,
            };
            row.unknown |= u16::from(cell as usize == self.starts[i].len()) << i;
            row.cells[i] = self.offsets[i] + cell;
        }
        row
    }
}

/// Rules of one action and place. Every rule and every exception has a lane: a bit in each row.
pub(super) struct Bucket {
    rules: Box<[Lane]>,
    /// Words of rules' lanes; those of exceptions follow.
    rule_words: usize,
    words: usize,
    /// Columns that some lane looks at.
    uses: u16,
    /// The row of each cell of the plan's columns.
    table: Box<[u16]>,
    rows: Box<[u64]>,
    /// Lanes that the columns decide entirely.
    exact: Box<[u64]>,
}

/// A rule's lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lane {
    pub(super) rule: RuleId,
    pub(super) force: Force,
    /// It outranks rules, or rules outrank it.
    pub(super) ranked: bool,
    /// It stands in other buckets of the action too.
    pub(super) several: bool,
    /// Lanes of its exceptions, from the first one on.
    first: u32,
    pub(super) exceptions: u16,
}

/// What one lane admits of each variable, and whether that is all it looks at.
struct Needs {
    sets: BTreeMap<Slot, ValueSet>,
    exact: bool,
}

impl Needs {
    fn nothing() -> Needs {
        Needs {
            sets: BTreeMap::new(),
            exact: true,
        }
    }

    fn of_rule(rules: &Rules, slots: &Slots, action: ActionId, id: RuleId) -> Needs {
        let rule = rules.rule(id);
        let mut needs = Needs::nothing();
        needs.narrow(slots, Variable::Kind, rules.actors(action));
        needs
            .sets
            .insert(Slot::Era, slots.eras(rules.notice(id).in_force));
        needs.when(rules, slots, rule, two_days(rule));
        let who = plain(rules, &rule.who, &rules.actors(action));
        needs.condition(rules, slots, &who, two_days(rule));
        needs
    }

    fn of_exception(
        rules: &Rules,
        slots: &Slots,
        action: ActionId,
        rule: &Rule,
        exception: usize,
    ) -> Needs {
        let mut needs = Needs::nothing();
        if let Some(exception) = rule.exceptions.get(exception) {
            let kinds = kinds_left(rules, &rule.who, rules.actors(action));
            needs.condition(
                rules,
                slots,
                &plain(rules, &exception.condition, &kinds),
                two_days(rule),
            );
        }
        needs
    }

    fn narrow(&mut self, slots: &Slots, variable: Variable, set: ValueSet) {
        match slots.slot(variable) {
            Some(slot) => {
                let both = self
                    .sets
                    .get(&slot)
                    .map(|known| known.intersect(&set))
                    .unwrap_or(set);
                self.sets.insert(slot, both);
            }
            None => self.exact = false,
        }
    }

    fn condition(&mut self, rules: &Rules, slots: &Slots, condition: &Condition, two_days: bool) {
        match condition {
            Condition::Always => {}
            Condition::All(parts) => parts
                .iter()
                .for_each(|part| self.condition(rules, slots, part, two_days)),
            Condition::Kind(kind) => self.narrow(slots, Variable::Kind, rules.kinds(&[*kind])),
            Condition::Is(attribute, set) => match of_attribute(&rules.city, *attribute, None) {
                Some(variable) => self.narrow(slots, variable, set.clone()),
                None => self.exact = false,
            },
            Condition::Has(attribute, value) => {
                match of_attribute(&rules.city, *attribute, Some(*value)) {
                    Some(variable) => self.narrow(slots, variable, ValueSet::one(1)),
                    None => self.exact = false,
                }
            }
            Condition::Day(selector) if !two_days => match day_set(rules, selector) {
                Some((fact, set)) => self.narrow(slots, Variable::Calendar(Day::Today, fact), set),
                None => self.exact = false,
            },
            // Never: no value is admitted.
            Condition::Any(parts) if parts.is_empty() => {
                self.narrow(slots, Variable::Kind, ValueSet::default());
            }
            Condition::Day(_) | Condition::In(_) | Condition::Any(_) | Condition::Not(_) => {
                self.exact = false;
            }
        }
    }

    fn when(&mut self, rules: &Rules, slots: &Slots, rule: &Rule, two_days: bool) {
        if rule.when.is_empty() {
            return;
        }
        let whole = std::iter::once(0..MINUTES);
        let minutes = rule.when.iter().flat_map(|when| {
            let hours = when.hours.iter().flat_map(|h| {
                let (from, to) = (u32::from(h.from.0), u32::from(h.to.0));
                if from > to {
                    [from..MINUTES, 0..to]
                } else {
                    [from..to, 0..0]
                }
            });
            hours.chain(whole.clone().filter(|_| when.hours.is_empty()))
        });
        self.narrow(slots, Variable::Minute, ValueSet::from_ranges(minutes));
        // Exactly days times hours: one line, or lines that differ in hours alone.
        let same_days = rule
            .when
            .windows(2)
            .all(|pair| days_of(&pair[0]) == days_of(&pair[1]));
        let facts: Option<Vec<(DayFact, ValueSet)>> = rule
            .when
            .iter()
            .filter_map(days_of)
            .flatten()
            .map(|day| day_set(rules, day))
            .collect();
        let some_any_day = rule.when.iter().any(|when| days_of(when).is_none());
        self.exact &= !two_days && same_days && facts.is_some();
        let facts = facts.unwrap_or_default();
        let Some((fact, _)) = facts.first().cloned() else {
            return;
        };
        if some_any_day || two_days || facts.iter().any(|(other, _)| *other != fact) {
            self.exact = false;
            return;
        }
        let days = facts.iter().flat_map(|(_, set)| set.ranges().to_vec());
        self.narrow(
            slots,
            Variable::Calendar(Day::Today, fact),
            ValueSet::from_ranges(days),
        );
    }
}

/// Hours past midnight look at two days; if the rule looks at days at all, it is left to the full reading.
fn two_days(rule: &Rule) -> bool {
    let mut looks = rule.when.iter().any(|when| days_of(when).is_some());
    for condition in std::iter::once(&rule.who).chain(rule.exceptions.iter().map(|e| &e.condition))
    {
        each_atom(condition, &mut |atom| {
            looks |= matches!(atom, Condition::Day(_))
        });
    }
    looks
        && rule
            .when
            .iter()
            .flat_map(|w| &w.hours)
            .any(|h| h.from > h.to)
}

impl Bucket {
    pub(super) fn of(
        rules: &Rules,
        slots: &Slots,
        plan: &Plan,
        action: ActionId,
        ids: &[RuleId],
    ) -> Bucket {
        let rule_words = ids.len().div_ceil(BITS);
        let mut needs: Vec<Needs> = ids
            .iter()
            .map(|id| Needs::of_rule(rules, slots, action, *id))
            .collect();
        needs.resize_with(rule_words * BITS, Needs::nothing);
        let mut lanes = Vec::with_capacity(ids.len());
        for id in ids {
            let rule = rules.rule(*id);
            let bound = rules.bound(*id);
            lanes.push(Lane {
                rule: *id,
                force: Force::of(&rule.effect),
                ranked: !(bound.over.is_empty() && bound.under.is_empty()),
                several: rule.places.len() > 1,
                first: needs.len() as u32,
                exceptions: rule.exceptions.len().min(usize::from(u16::MAX)) as u16,
            });
            needs.extend(
                (0..rule.exceptions.len())
                    .map(|i| Needs::of_exception(rules, slots, action, rule, i)),
            );
        }
        let words = needs.len().div_ceil(BITS);
        let mut admits: BTreeMap<Slot, Vec<Option<&ValueSet>>> = BTreeMap::new();
        for (i, lane) in needs.iter().enumerate() {
            for (slot, set) in &lane.sets {
                admits
                    .entry(*slot)
                    .or_insert_with(|| vec![None; needs.len()])[i] = Some(set);
            }
        }
        let mut exact = vec![0; words];
        for (i, lane) in needs.iter().enumerate() {
            exact[i / BITS] |= u64::from(lane.exact) << (i % BITS);
        }
        let (mut table, mut rows, mut uses) = (vec![0; plan.cells], Vec::new(), 0);
        let mut known: FxHashMap<Vec<u64>, u16> = FxHashMap::default();
        for (column, slot) in plan.columns.iter().enumerate() {
            let Some(sets) = admits.remove(slot) else {
                continue;
            };
            let cells = plan.starts[column].len() + 2;
            if rows.len() + cells * words > WORDS_MAX || known.len() + cells > usize::from(u16::MAX)
            {
                admits.insert(*slot, sets);
                continue;
            }
            uses |= 1 << column;
            let mut row = |admits: &dyn Fn(Option<&ValueSet>) -> bool| {
                let row = row_of(words, &sets, admits);
                *known.entry(row).or_insert_with_key(|row| {
                    rows.extend_from_slice(row);
                    (rows.len() / words) as u16 - 1
                })
            };
            let table = &mut table[plan.offsets[column] as usize..];
            for (cell, value) in plan.starts[column].iter().enumerate() {
                table[cell] = row(&|set| set.is_none_or(|set| set.contains(*value)));
            }
            table[cells - 2] = row(&|_| true);
            table[cells - 1] = row(&|set| set.is_none());
        }
        // What is left has no column: its lanes are read in full.
        for sets in admits.values() {
            let looking = sets.iter().enumerate().filter(|(_, set)| set.is_some());
            looking.for_each(|(i, _)| exact[i / BITS] &= !(1 << (i % BITS)));
        }
        Bucket {
            rules: lanes.into(),
            rule_words,
            words,
            uses,
            table: table.into(),
            rows: rows.into(),
            exact: exact.into(),
        }
    }

    /// Words of rules' lanes.
    pub(super) fn rule_words(&self) -> usize {
        self.rule_words
    }

    /// The case's row in each column, as a place in `rows`, and whether every value is known.
    pub(super) fn rows(&self, row: &Row, found: &mut [u32; VARIABLES_MAX]) -> (usize, bool) {
        let (mut left, mut count) = (self.uses, 0);
        while left != 0 {
            let column = left.trailing_zeros() as usize;
            left &= left - 1;
            found[count] = u32::from(self.table[row.cells[column] as usize]) * self.words as u32;
            count += 1;
        }
        (count, row.unknown & self.uses == 0)
    }

    /// The lanes of a word that admit every value.
    pub(super) fn admitted(&self, word: usize, rows: &[u32]) -> u64 {
        rows.iter()
            .fold(u64::MAX, |left, row| left & self.rows[*row as usize + word])
    }

    pub(super) fn lane(&self, word: usize, bit: u32) -> Option<&Lane> {
        self.rules.get(word * BITS + bit as usize)
    }

    /// Whether the columns decide a rule's `who`, `when` and period entirely.
    pub(super) fn is_exact(&self, word: usize, bit: u32) -> bool {
        self.exact[word] >> bit & 1 == 1
    }

    /// Whether an exception holds; `None` if the columns do not decide it.
    pub(super) fn excepts(&self, lane: &Lane, exception: u16, rows: &[u32]) -> Option<bool> {
        let at = lane.first as usize + usize::from(exception);
        let admitted = self.admitted(at / BITS, rows) >> (at % BITS) & 1 == 1;
        let exact = self.exact[at / BITS] >> (at % BITS) & 1 == 1;
        if admitted {
            exact.then_some(true)
        } else {
            Some(false)
        }
    }
}

fn row_of(
    words: usize,
    sets: &[Option<&ValueSet>],
    admits: &dyn Fn(Option<&ValueSet>) -> bool,
) -> Vec<u64> {
    let mut row = vec![0; words];
    for (i, set) in sets.iter().enumerate() {
        if admits(*set) {
            row[i / BITS] |= 1 << (i % BITS);
        }
    }
    row
}
