//! Tables of answers: one per place, a block of cells per stretch of time, a cell per combination of classes.

use super::classes::Column;
use super::rules::{Rules, marks};
use crate::answer::Whereabouts;
use crate::book::Book;
use crate::lookup::Found;
use jiff::civil::DateTime;
use notice::PlaceId;
use notice::ask::Verdict;
use rustc_hash::FxHashMap;
use std::collections::HashMap;

/// Cells of one block at most; combinations beyond are kept one by one, by key.
const BLOCK_CELLS_MAX: u64 = 1 << 14;
/// Cells of all blocks at most (64 MiB); when they are full, every table starts anew.
const CELLS_MAX: usize = 1 << 24;
/// Combinations kept by key at most.
const KEYED_MAX: usize = 1 << 20;
/// A base at or above this is no block: the cell is found by key.
const KEYED: u32 = 1 << 31;
/// The slot was not met yet.
const NEW: u32 = u32::MAX;

/// A verdict with the clauses cited for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// What it comes to.
    pub verdict: Verdict,
    /// Addresses of the clauses cited, in the answer's order.
    pub clauses: Vec<notice::rule::ClauseAddress>,
}

/// Where an act may be, as far as the rules of the action tell places apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum PlaceKey {
    Unsaid,
    Within(PlaceId),
    Point(Vec<PlaceId>),
}

struct Table {
    /// A place of this key, to ask with.
    place: Whereabouts,
    /// Numbers of the rules that hold there.
    rules: Vec<u32>,
    /// Start of the block of each slot met, or `KEYED` plus the stretch's number.
    slots: Vec<u32>,
    /// The same by what tells instants apart.
    stretches: HashMap<Vec<u8>, u32>,
    /// Cells in a block; 0 if there would be too many.
    block: u32,
    /// Class of every code, column by column, for keys.
    classes: Vec<Vec<u32>>,
}

/// All tables of a batch.
pub(super) struct Tables {
    tables: Vec<Table>,
    by_place: HashMap<PlaceKey, u32>,
    /// What each code of a column adds to the index of a cell: a row of `width` for every table.
    pub strides: Vec<Strides>,
    /// Outcome numbers; 0 is not known yet.
    pub cells: Vec<u32>,
    keyed: HashMap<Vec<u32>, u32>,
    outcomes: Vec<Outcome>,
    numbers: HashMap<Outcome, u32>,
    /// The same by verdict and clauses as numbers.
    by_clauses: FxHashMap<Box<[u32]>, u32>,
    /// Room for one such key.
    cited: Vec<u32>,
}

/// What the codes of one column add to the index of a cell.
pub(super) struct Strides {
    /// Codes and one more, for the unknown.
    pub width: usize,
    pub by_table: Vec<u32>,
}

impl Tables {
    pub fn new(columns: &[Column]) -> Self {
        Tables {
            tables: Vec::new(),
            by_place: HashMap::new(),
            strides: columns
                .iter()
                .map(|column| Strides {
                    width: column.codes.len() + 1,
                    by_table: Vec::new(),
                })
                .collect(),
            cells: Vec::new(),
            keyed: HashMap::new(),
            outcomes: Vec::new(),
            numbers: HashMap::new(),
            by_clauses: FxHashMap::default(),
            cited: Vec::new(),
        }
    }

    pub fn count(&self) -> usize {
        self.tables.len()
    }

    /// The table of a place.
    pub fn of_place(
        &mut self,
        place: &Whereabouts,
        rules: &Rules<'_>,
        book: &Book,
        columns: &[Column],
    ) -> u32 {
        let key = match place {
            Whereabouts::Unsaid => PlaceKey::Unsaid,
            Whereabouts::Within(place) => PlaceKey::Within(*place),
            Whereabouts::Point(places) => {
                let named = places.iter().filter(|place| rules.named.contains(place));
                PlaceKey::Point(named.copied().collect())
            }
        };
        if let Some(table) = self.by_place.get(&key) {
            return *table;
        }
        let numbers = rules.at(book.city(), place);
        let here = numbers
            .iter()
            .filter_map(|number| rules.all.get(*number as usize));
        let (mut block, mut classes) = (1_u64, Vec::with_capacity(columns.len()));
        let mut strides = Vec::with_capacity(columns.len());
        for column in columns {
            let (classes_of_codes, count) =
                column.classes(here.clone(), &book.city().vocabulary, rules.action);
            strides.push(block);
            block = block.saturating_mul(u64::from(count));
            classes.push(classes_of_codes);
        }
        let dense = block <= BLOCK_CELLS_MAX;
        for ((all, of_codes), stride) in self.strides.iter_mut().zip(&classes).zip(&strides) {
            let stride = if dense { *stride as u32 } else { 0 };
            all.by_table
                .extend(of_codes.iter().map(|class| class * stride));
        }
        let number = self.tables.len() as u32;
        self.tables.push(Table {
            place: place.clone(),
            rules: numbers,
            slots: Vec::new(),
            stretches: HashMap::new(),
            block: if dense { block as u32 } else { 0 },
            classes,
        });
        self.by_place.insert(key, number);
        number
    }

    /// A place that stands for all of this table's.
    pub fn place(&self, table: u32) -> Option<&Whereabouts> {
        self.tables.get(table as usize).map(|table| &table.place)
    }

    /// The slots of a table met so far.
    pub fn slots(&self, table: u32) -> &[u32] {
        self.tables
            .get(table as usize)
            .map_or(&[], |table| &table.slots)
    }

    /// Start of the block of a slot, if it was met.
    #[inline]
    pub fn base(&self, table: u32, slot: u32) -> Option<u32> {
        let slots = &self.tables.get(table as usize)?.slots;
        slots
            .get(slot as usize)
            .copied()
            .filter(|base| *base != NEW)
    }

    /// Meets a slot of a table, at an instant in it.
    pub fn open(
        &mut self,
        table: u32,
        slot: u32,
        at: DateTime,
        rules: &Rules<'_>,
        book: &Book,
    ) -> u32 {
        let Some(table) = self.tables.get_mut(table as usize) else {
            return KEYED;
        };
        let mut key = Vec::new();
        marks(rules, &table.rules, book, at, &mut key);
        let stretches = table.stretches.len() as u32;
        let full = self.cells.len() >= CELLS_MAX;
        let base = *table.stretches.entry(key).or_insert_with(|| {
            if table.block == 0 || full {
                return KEYED + stretches;
            }
            let start = self.cells.len();
            self.cells.resize(start + table.block as usize, 0);
            start as u32
        });
        if table.slots.len() <= slot as usize {
            table.slots.resize(slot as usize + 1, NEW);
        }
        if let Some(known) = table.slots.get_mut(slot as usize) {
            *known = base;
        }
        base
    }

    /// Starts anew when the cells are full. Only between chunks: indexes into cells are void after it.
    pub fn make_room(&mut self) {
        if self.cells.len() >= CELLS_MAX {
            self.cells.clear();
            self.keyed.clear();
            for table in &mut self.tables {
                table.slots.clear();
                table.stretches.clear();
            }
        }
    }

    /// The outcome of a combination without a cell, by key; the key is left in `key`.
    pub fn keyed(&self, table: u32, base: u32, codes: &[usize], key: &mut Vec<u32>) -> Option<u32> {
        key.clear();
        key.extend([table, base]);
        let classes = &self.tables.get(table as usize)?.classes;
        for (classes, code) in classes.iter().zip(codes) {
            key.push(classes.get(*code).or(classes.last()).copied().unwrap_or(0));
        }
        self.keyed.get(key).copied()
    }

    /// Keeps an outcome's number under the index of its cell, or under its key where there is no cell.
    pub fn keep(&mut self, index: u32, key: &[u32], number: u32) {
        match self.cells.get_mut(index as usize) {
            Some(cell) => *cell = number,
            None => {
                if self.keyed.len() >= KEYED_MAX {
                    self.keyed.clear();
                }
                self.keyed.insert(key.to_vec(), number);
            }
        }
    }

    /// The number of an outcome.
    pub fn number(&mut self, outcome: Outcome) -> u32 {
        if let Some(number) = self.numbers.get(&outcome) {
            return *number;
        }
        self.outcomes.push(outcome.clone());
        let number = self.outcomes.len() as u32;
        self.numbers.insert(outcome, number);
        number
    }

    /// The number of what a quick answer found; `outcome` says it in full, and is asked only the first time.
    pub fn number_cited(
        &mut self,
        verdict: Verdict,
        found: &Found,
        outcome: impl FnOnce() -> Outcome,
    ) -> u32 {
        let mut cited = std::mem::take(&mut self.cited);
        cited.clear();
        cited.push(verdict as u32);
        found.clause_numbers(&mut cited);
        let number = match self.by_clauses.get(cited.as_slice()) {
            Some(number) => *number,
            None => {
                let number = self.number(outcome());
                self.by_clauses.insert(cited.as_slice().into(), number);
                number
            }
        };
        self.cited = cited;
        number
    }

    /// Outcomes met so far; the nth has number n + 1.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }
}
