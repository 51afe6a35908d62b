//! A book run over columns of cases, for millions of rows a second.
//!
//! Two rows that no rule can tell apart have the same answer. So every column is reduced to *classes*: values that every
//! condition of the rules at a place treats alike, and stretches of time in which the same rules act. The answer of a
//! combination of classes is the book's own, asked once and kept in a table; a row costs a few look-ups and no allocation.
//! Each set of places has its own small table made from the rules that hold there, so thousands of zones do not multiply.
//!
//! The one central type is [`Batch`]. It belongs to one thread; several may share a book.

mod classes;
mod rules;
mod table;
mod times;

pub use classes::{Column, Feature};
pub use table::Outcome;

use crate::answer::{Question, Whereabouts};
use crate::book::Book;
use crate::known::possible_kinds;
use crate::lookup::{Case, Found, Lookup, Moment};
use notice::rule::ClauseAddress;
use notice::{ActionId, Facts, KindId, ValueSet};
use rules::Rules;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use table::Tables;
use times::{NO_SLOT, Slots};

/// Rows decided in one go; their indexes stay in the nearest cache.
const CHUNK_ROWS: usize = 2048;

/// Subjects kept laid out at most.
const CASES_MAX: usize = 1 << 16;

/// The outcome of a row whose instant is missing or out of range: no question was asked.
pub const NO_OUTCOME: u32 = 0;
/// An instant that is not known.
pub const NO_TIME: i64 = i64::MIN;

/// A book's rules on one action, run over columns.
pub struct Batch<'b> {
    book: &'b Book,
    action: ActionId,
    /// What is known of every row alike.
    facts: Facts,
    columns: Vec<Column>,
    rules: Rules<'b>,
    slots: Slots,
    tables: Tables,
    /// Answers complete cases quickly; the others are the book's.
    lookup: Lookup<'b>,
    found: Found,
    moment: Moment,
    /// Subjects laid out for quick answers, by their codes.
    cases: FxHashMap<Box<[usize]>, Case>,
    scratch: Scratch,
}

/// Columns of equal length.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// One for each of the batch's columns, in their order.
    pub columns: &'a [Values<'a>],
    /// Where.
    pub places: Places<'a>,
    /// When.
    pub times: Times<'a>,
}

/// The values of one column.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    /// Codes of the column's dictionary.
    Bytes(&'a [u8]),
    /// Codes of the column's dictionary.
    Shorts(&'a [u16]),
    /// Plain numbers, for [`Column::number`].
    Numbers(&'a [f64]),
}

/// Where the acts of some rows are, as numbers given by [`Batch::place`].
#[derive(Debug, Clone, Copy)]
pub enum Places<'a> {
    /// All of them there.
    All(u32),
    /// Row by row.
    Each(&'a [u32]),
}

/// When the acts of some rows are, in seconds since 1970-01-01T00:00Z; [`NO_TIME`] is unknown.
#[derive(Debug, Clone, Copy)]
pub enum Times<'a> {
    /// All of them then.
    All(i64),
    /// Row by row.
    Each(&'a [i64]),
}

/// Columns that do not fit the batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// As many columns as the batch has must be given.
    #[error("the batch has {expected} columns, {given} were given")]
    Columns {
        /// The batch's.
        expected: usize,
        /// Those given.
        given: usize,
    },
    /// Every column, and the place for outcomes, must be equally long.
    #[error(
        "column {column} has {rows} rows, {expected} were expected; cut all columns to one length"
    )]
    Length {
        /// Which column; the batch's own come first, then places, then times.
        column: usize,
        /// Its rows.
        rows: usize,
        /// Room for outcomes.
        expected: usize,
    },
    /// Numbers for a column of codes, or codes for one of numbers.
    #[error("column {0} has codes where numbers are expected, or the other way round")]
    Kind(usize),
    /// A number that [`Batch::place`] never gave.
    #[error("place {0} is unknown; use the numbers that Batch::place gives")]
    Place(u32),
}

/// Room used again and again.
#[derive(Default)]
struct Scratch {
    slots: Vec<u32>,
    index: Vec<u32>,
    numbers: Vec<Vec<u32>>,
    codes: Vec<usize>,
    key: Vec<u32>,
}

impl<'b> Batch<'b> {
    /// Prepares `book` for rows that all ask about `action`. `facts` hold for every row; a column outranks them.
    pub fn new(book: &'b Book, action: ActionId, facts: Facts, mut columns: Vec<Column>) -> Self {
        // Only what is said of the kind itself: attributes may narrow it otherwise together with those of a row.
        let mut said = Facts::default();
        if columns.iter().all(|column| column.feature != Feature::Kind) {
            (said.kind, said.kind_alone) = (facts.kind, facts.kind_alone);
        }
        let kinds = possible_kinds(&book.rules, &said).unwrap_or_default();
        let rules = Rules::of(book, action, &kinds);
        for column in &mut columns {
            column.cut(&rules.all);
        }
        let scratch = Scratch {
            numbers: vec![Vec::new(); columns.len()],
            ..Scratch::default()
        };
        Batch {
            slots: Slots::new(book.city().zone.clone(), rules::boundaries(&rules, book)),
            tables: Tables::new(&columns),
            lookup: Lookup::new(book),
            found: Found::default(),
            moment: Moment::default(),
            cases: FxHashMap::default(),
            book,
            action,
            facts,
            columns,
            rules,
            scratch,
        }
    }

    /// The book it runs.
    pub fn book(&self) -> &'b Book {
        self.book
    }

    /// The number of a place, for [`Places`]. Places that no rule tells apart share a number.
    pub fn place(&mut self, place: &Whereabouts) -> u32 {
        self.tables
            .of_place(place, &self.rules, self.book, &self.columns)
    }

    /// Outcomes met so far; the nth has number n + 1.
    pub fn outcomes(&self) -> &[Outcome] {
        self.tables.outcomes()
    }

    /// Decides every row: writes the number of its outcome, [`NO_OUTCOME`] where no instant is known.
    pub fn run(&mut self, rows: &Rows<'_>, outcomes: &mut [u32]) -> Result<(), Misfit> {
        self.fits(rows, outcomes.len())?;
        for (chunk, outcomes) in outcomes.chunks_mut(CHUNK_ROWS).enumerate() {
            self.tables.make_room();
            self.chunk(rows, chunk * CHUNK_ROWS, outcomes);
        }
        Ok(())
    }

    fn fits(&self, rows: &Rows<'_>, expected: usize) -> Result<(), Misfit> {
        if rows.columns.len() != self.columns.len() {
            return Err(Misfit::Columns {
                expected: self.columns.len(),
                given: rows.columns.len(),
            });
        }
        let mut lengths: Vec<usize> = Vec::with_capacity(rows.columns.len() + 2);
        for (number, (values, column)) in rows.columns.iter().zip(&self.columns).enumerate() {
            let (length, numeric) = match values {
                Values::Bytes(codes) => (codes.len(), false),
                Values::Shorts(codes) => (codes.len(), false),
                Values::Numbers(numbers) => (numbers.len(), true),
            };
            if numeric != column.numbers.is_some() {
                return Err(Misfit::Kind(number));
            }
            lengths.push(length);
        }
        let known = self.tables.count() as u32;
        match rows.places {
            Places::All(place) if place >= known => return Err(Misfit::Place(place)),
            Places::All(_) => lengths.push(expected),
            Places::Each(places) => {
                let last = places.iter().copied().max().unwrap_or(0);
                if last >= known && !places.is_empty() {
                    return Err(Misfit::Place(last));
                }
                lengths.push(places.len());
            }
        }
        if let Times::Each(times) = rows.times {
            lengths.push(times.len());
        }
        match lengths.iter().position(|length| *length != expected) {
            Some(column) => Err(Misfit::Length {
                column,
                rows: lengths.get(column).copied().unwrap_or_default(),
                expected,
            }),
            None => Ok(()),
        }
    }

    fn chunk(&mut self, rows: &Rows<'_>, start: usize, outcomes: &mut [u32]) {
        let count = outcomes.len();
        let mut scratch = std::mem::take(&mut self.scratch);
        let index = &mut scratch.index;
        index.clear();
        self.bases(rows, start, count, &mut scratch.slots, index);
        let single = single_place(rows, start, count);
        for ((values, column), (strides, numbers)) in rows
            .columns
            .iter()
            .zip(&self.columns)
            .zip(self.tables.strides.iter().zip(&mut scratch.numbers))
        {
            let places = match (single, rows.places) {
                (None, Places::Each(places)) => &places[start..start + count],
                _ => &[],
            };
            match values {
                Values::Bytes(codes) => {
                    add(index, &codes[start..start + count], strides, single, places);
                }
                Values::Shorts(codes) => {
                    add(index, &codes[start..start + count], strides, single, places);
                }
                Values::Numbers(values) => {
                    let Some(grid) = &column.numbers else {
                        continue;
                    };
                    numbers.clear();
                    numbers.extend(
                        values[start..start + count]
                            .iter()
                            .map(|value| grid.code(*value)),
                    );
                    add(index, numbers, strides, single, places);
                }
            }
        }
        let mut unsettled = false;
        for (outcome, index) in outcomes.iter_mut().zip(index.iter()) {
            *outcome = self.tables.cells.get(*index as usize).copied().unwrap_or(0);
            unsettled |= *outcome == 0;
        }
        self.scratch = scratch;
        if unsettled {
            for (row, outcome) in outcomes.iter_mut().enumerate() {
                if *outcome == 0 {
                    *outcome = self.settle(rows, start, row);
                }
            }
        }
    }

    /// Writes the start of every row's block: the place and the stretch of time.
    fn bases(
        &mut self,
        rows: &Rows<'_>,
        start: usize,
        count: usize,
        slots: &mut Vec<u32>,
        bases: &mut Vec<u32>,
    ) {
        slots.clear();
        match rows.times {
            Times::All(time) => {
                let slot = self.slots.slot(time);
                slots.resize(count, slot);
            }
            Times::Each(times) => {
                slots.extend(
                    times[start..start + count]
                        .iter()
                        .map(|time| self.slots.slot(*time)),
                );
            }
        }
        let place_of = |row: usize| match rows.places {
            Places::All(place) => place,
            Places::Each(places) => places[start + row],
        };
        if let Some(place) = single_place(rows, start, count) {
            let known = self.tables.slots(place);
            bases.extend(
                slots
                    .iter()
                    .map(|slot| known.get(*slot as usize).copied().unwrap_or(u32::MAX)),
            );
        } else {
            bases.extend(
                slots
                    .iter()
                    .enumerate()
                    .map(|(row, slot)| self.tables.base(place_of(row), *slot).unwrap_or(u32::MAX)),
            );
        }
        // Nearly always all are met, which is quickly seen.
        if !bases.contains(&u32::MAX) {
            return;
        }
        for row in 0..count {
            if bases[row] != u32::MAX || slots[row] == NO_SLOT {
                continue;
            }
            let time = time_of(rows, start + row);
            bases[row] = match (
                self.tables.base(place_of(row), slots[row]),
                self.slots.civil(time),
            ) {
                (Some(base), _) => base,
                (None, Some(at)) => {
                    self.tables
                        .open(place_of(row), slots[row], at, &self.rules, self.book)
                }
                (None, None) => u32::MAX,
            };
        }
        // Such a row gets no outcome; its index must lie outside the cells whatever is added to it.
        for base in bases.iter_mut().filter(|base| **base == u32::MAX) {
            *base = 1 << 31;
        }
    }

    /// The outcome of a row whose cell was empty: asks the book.
    fn settle(&mut self, rows: &Rows<'_>, start: usize, row: usize) -> u32 {
        if self.scratch.slots[row] == NO_SLOT {
            return NO_OUTCOME;
        }
        let index = self.scratch.index[row];
        if let Some(known) = self.tables.cells.get(index as usize).copied()
            && known != 0
        {
            return known;
        }
        let place = match rows.places {
            Places::All(place) => place,
            Places::Each(places) => places[start + row],
        };
        let mut codes = std::mem::take(&mut self.scratch.codes);
        let mut key = std::mem::take(&mut self.scratch.key);
        codes.clear();
        codes.extend(
            rows.columns
                .iter()
                .zip(&self.scratch.numbers)
                .map(|(values, numbers)| match values {
                    Values::Bytes(codes) => usize::from(codes[start + row]),
                    Values::Shorts(codes) => usize::from(codes[start + row]),
                    Values::Numbers(_) => numbers[row] as usize,
                }),
        );
        let known = if self.tables.cells.len() <= index as usize {
            self.tables.keyed(place, index, &codes, &mut key)
        } else {
            None
        };
        let outcome = match known {
            Some(outcome) => outcome,
            None => match self.ask(place, &codes, time_of(rows, start + row)) {
                Some(outcome) => {
                    self.tables.keep(index, &key, outcome);
                    outcome
                }
                None => NO_OUTCOME,
            },
        };
        self.scratch.codes = codes;
        self.scratch.key = key;
        outcome
    }

    /// The number of the outcome of one row: the quick answer's, else the book's.
    fn ask(&mut self, place: u32, codes: &[usize], time: i64) -> Option<u32> {
        let at = self.slots.civil(time)?;
        if let Whereabouts::Point(places) = self.tables.place(place)? {
            if !self.cases.contains_key(codes) {
                if self.cases.len() >= CASES_MAX {
                    self.cases.clear();
                }
                let case = self.lookup.case(&self.facts(codes));
                self.cases.insert(codes.into(), case);
            }
            self.lookup.turn(&mut self.moment, at);
            let (lookup, found) = (&self.lookup, &mut self.found);
            let case = self.cases.get(codes)?;
            if let Some(verdict) = lookup.answer(self.action, case, places, &self.moment, found) {
                let outcome = || Outcome {
                    verdict,
                    clauses: lookup
                        .addresses(found)
                        .into_iter()
                        .map(|(address, _)| address)
                        .collect(),
                };
                return Some(self.tables.number_cited(verdict, found, outcome));
            }
        }
        let answer = self.book.answer(&Question {
            action: Some(self.action),
            facts: self.facts(codes),
            place: self.tables.place(place)?.clone(),
            at,
        });
        let clauses = answer.because.into_iter().map(|because| ClauseAddress {
            notice: notice::Slug(Arc::from(because.notice)),
            rule: because.rule,
            exception: because.exception,
        });
        Some(self.tables.number(Outcome {
            verdict: answer.verdict,
            clauses: clauses.collect(),
        }))
    }

    /// What the codes of a row say, with what is known of all rows.
    fn facts(&self, codes: &[usize]) -> Facts {
        let mut facts = self.facts.clone();
        for (column, code) in self.columns.iter().zip(codes) {
            let position = column.codes.get(*code).copied().flatten();
            match (column.feature, position) {
                (Feature::Kind, Some(kind)) => facts.kind = u16::try_from(kind).ok().map(KindId),
                (Feature::Attribute(attribute), Some(position)) => {
                    facts.attributes.insert(attribute, ValueSet::one(position));
                }
                (Feature::Member(attribute, value), Some(holds)) => {
                    facts.members.insert((attribute, value), holds != 0);
                }
                (_, None) => {}
            }
        }
        facts
    }
}

fn time_of(rows: &Rows<'_>, row: usize) -> i64 {
    match rows.times {
        Times::All(time) => time,
        Times::Each(times) => times[row],
    }
}

/// The place of all rows of a chunk, if it is one.
fn single_place(rows: &Rows<'_>, start: usize, count: usize) -> Option<u32> {
    match rows.places {
        Places::All(place) => Some(place),
        Places::Each(places) => {
            let places = &places[start..start + count];
            let first = *places.first()?;
            places.iter().all(|place| *place == first).then_some(first)
        }
    }
}

/// A code as an index.
trait Code: Copy {
    fn index(self) -> usize;
}
impl Code for u8 {
    fn index(self) -> usize {
        usize::from(self)
    }
}
impl Code for u16 {
    fn index(self) -> usize {
        usize::from(self)
    }
}
impl Code for u32 {
    fn index(self) -> usize {
        self as usize
    }
}

/// Adds one column's part to the index of every row's cell.
fn add<C: Code>(
    index: &mut [u32],
    codes: &[C],
    strides: &table::Strides,
    single: Option<u32>,
    places: &[u32],
) {
    let (width, all) = (strides.width, &strides.by_table);
    // Codes beyond the dictionary are unknown, like its last.
    let last = width - 1;
    match single {
        Some(place) => {
            let start = place as usize * width;
            let here = &all[start..start + width];
            if here.iter().all(|stride| *stride == 0) {
                return;
            }
            for (index, code) in index.iter_mut().zip(codes) {
                *index += here[code.index().min(last)];
            }
        }
        None => {
            for ((index, code), place) in index.iter_mut().zip(codes).zip(places) {
                *index += all[*place as usize * width + code.index().min(last)];
            }
        }
    }
}
