//! The rules of one action in one place, with a bit for each of them.

use super::Case;
use super::moment::Moment;
use super::test::{Slot, Slots, value};
use crate::rules::{RuleId, Rules};
use crate::variable::{Variable, of_attribute};
use notice::{ActionId, Condition, ValueSet};
use std::collections::BTreeMap;

/// Variables that a bucket tests at most; more would cost more than the rules they keep out.
pub(super) const VARIABLES_MAX: usize = 16;
/// Words a variable's bit sets may take.
const WORDS_MAX: usize = 1 << 20;
const BITS: usize = u64::BITS as usize;

/// Rules of one action and place.
pub(super) struct Bucket {
    rules: Box<[RuleId]>,
    words: usize,
    columns: Box<[Column]>,
    /// Bit sets of all columns, row after row.
    bits: Box<[u64]>,
    states: usize,
}

/// A variable: its values' cells, and where each cell's bit set begins.
struct Column {
    slot: Slot,
    /// First value of each cell after the first.
    cuts: Box<[u32]>,
    /// Row of the first cell; the row after the last cell's admits every rule (the value is not known), the one after
    /// that only rules that do not look at the variable (the subject lacks it).
    first: u32,
}

impl Bucket {
    pub(super) fn of(rules: &Rules, slots: &Slots, action: ActionId, ids: &[RuleId]) -> Bucket {
        let words = ids.len().div_ceil(BITS);
        let mut admits: BTreeMap<Slot, Vec<Option<ValueSet>>> = BTreeMap::new();
        for (i, id) in ids.iter().enumerate() {
            let rule = rules.rule(*id);
            let mut kinds = rules.actors(action);
            let mut note = |variable: Variable, set: &ValueSet| {
                if let Some(slot) = slots.slot(variable) {
                    let column = admits.entry(slot).or_insert_with(|| vec![None; ids.len()]);
                    column[i] = Some(
                        column[i]
                            .as_ref()
                            .map_or_else(|| set.clone(), |known| known.intersect(set)),
                    );
                }
            };
            each_needed(&rule.who, &mut |atom| match atom {
                Condition::Kind(kind) => kinds = kinds.intersect(&rules.kinds(&[*kind])),
                Condition::Is(attribute, set) => {
                    if let Some(variable) = of_attribute(&rules.city, *attribute, None) {
                        note(variable, set);
                    }
                }
                Condition::Has(attribute, value) => {
                    if let Some(variable) = of_attribute(&rules.city, *attribute, Some(*value)) {
                        note(variable, &ValueSet::one(1));
                    }
                }
                _ => {}
            });
            note(Variable::Kind, &kinds);
        }
        // The variables that keep out most rules are looked at.
        let mut chosen: Vec<(Slot, Vec<Option<ValueSet>>)> = admits.into_iter().collect();
        chosen.sort_by_key(|(_, sets)| std::cmp::Reverse(sets.iter().flatten().count()));
        chosen.truncate(VARIABLES_MAX);
        let (mut columns, mut bits) = (Vec::new(), Vec::new());
        for (slot, sets) in chosen {
            let mut cuts: Vec<u32> = sets
                .iter()
                .flatten()
                .flat_map(ValueSet::ranges)
                .flat_map(|r| [r.start, r.end])
                .collect();
            cuts.retain(|cut| *cut > 0);
            cuts.sort_unstable();
            cuts.dedup();
            if (cuts.len() + 3) * words > WORDS_MAX {
                continue;
            }
            let first = (bits.len() / words.max(1)) as u32;
            for cell in std::iter::once(0).chain(cuts.iter().copied()) {
                push_row(&mut bits, words, &sets, |set| {
                    set.as_ref().is_none_or(|set| set.contains(cell))
                });
            }
            push_row(&mut bits, words, &sets, |_| true);
            push_row(&mut bits, words, &sets, Option::is_none);
            columns.push(Column {
                slot,
                cuts: cuts.into(),
                first,
            });
        }
        Bucket {
            rules: ids.into(),
            words,
            columns: columns.into(),
            bits: bits.into(),
            states: slots.states().len(),
        }
    }

    pub(super) fn words(&self) -> usize {
        self.words
    }

    /// Each column's row for the case; says how many there are.
    pub(super) fn rows(
        &self,
        case: &Case,
        moment: &Moment,
        rows: &mut [u32; VARIABLES_MAX],
    ) -> usize {
        for (row, column) in rows.iter_mut().zip(&self.columns) {
            let cells = column.cuts.len() as u32 + 1;
            // Values beyond every domain: unknown is the greatest number, lacking the one before.
            let cell = match value(column.slot, case, moment, self.states, 0) {
                u32::MAX => cells,
                value if value == u32::MAX - 1 => cells + 1,
                value => column.cuts.partition_point(|cut| *cut <= value) as u32,
            };
            *row = column.first + cell;
        }
        self.columns.len()
    }

    /// The rules of a word that admit every value.
    pub(super) fn admitted(&self, word: usize, rows: &[u32]) -> u64 {
        let last = (self.rules.len() - word * BITS).min(BITS);
        let all = if last == BITS {
            u64::MAX
        } else {
            (1 << last) - 1
        };
        rows.iter().fold(all, |left, row| {
            left & self.bits[*row as usize * self.words + word]
        })
    }

    pub(super) fn rule(&self, word: usize, bit: u32) -> RuleId {
        self.rules[word * BITS + bit as usize]
    }
}

fn push_row(
    bits: &mut Vec<u64>,
    words: usize,
    sets: &[Option<ValueSet>],
    admits: impl Fn(&Option<ValueSet>) -> bool,
) {
    let start = bits.len();
    bits.resize(start + words, 0);
    for (i, set) in sets.iter().enumerate() {
        if admits(set) {
            bits[start + i / BITS] |= 1 << (i % BITS);
        }
    }
}

/// Atoms that must hold for the condition to hold.
fn each_needed(condition: &Condition, each: &mut dyn FnMut(&Condition)) {
    match condition {
        Condition::All(parts) => parts.iter().for_each(|part| each_needed(part, each)),
        Condition::Any(_) | Condition::Not(_) => {}
        atom => each(atom),
    }
}
