//! Columns of facts, and the classes of values that no condition tells apart.

use super::rules::Acting;
use crate::rules::each_atom;
use notice::vocabulary::{Grid, Holder};
use notice::{ActionId, AttributeId, Condition, KindId, ValueSet, Vocabulary};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// What a column tells of its rows' subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// Their kind.
    Kind,
    /// The value of an attribute.
    Attribute(AttributeId),
    /// Whether they are on this list (attribute and index of its value).
    Member(AttributeId, u32),
}

/// One column: what each of its codes stands for.
#[derive(Debug, Clone)]
pub struct Column {
    pub(super) feature: Feature,
    /// Position in the feature's domain by code; `None` is unknown. Codes beyond the end are unknown too.
    pub(super) codes: Vec<Option<u32>>,
    /// Where numbers turn into codes.
    pub(super) numbers: Option<Numbers>,
}

impl Column {
    /// Codes of kinds.
    pub fn kinds(codes: impl IntoIterator<Item = Option<KindId>>) -> Self {
        let codes = codes
            .into_iter()
            .map(|kind| kind.map(|kind| u32::from(kind.0)));
        Self::coded(Feature::Kind, codes)
    }

    /// Codes of an attribute's positions (a choice's value index, a number's step, 0 and 1 of a boolean, a place).
    pub fn values(attribute: AttributeId, codes: impl IntoIterator<Item = Option<u32>>) -> Self {
        Self::coded(Feature::Attribute(attribute), codes)
    }

    /// Code 0: not on the list; code 1: on it; any other: unknown.
    pub fn member(attribute: AttributeId, value: u32) -> Self {
        Self::coded(Feature::Member(attribute, value), [Some(0), Some(1)])
    }

    /// Plain numbers in the attribute's unit, rounded to its grid; NaN or out of its range is unknown.
    pub fn number(attribute: AttributeId, grid: &Grid) -> Self {
        Column {
            numbers: Some(Numbers::of(grid)),
            ..Self::coded(Feature::Attribute(attribute), [])
        }
    }

    fn coded(feature: Feature, codes: impl IntoIterator<Item = Option<u32>>) -> Self {
        Column {
            feature,
            codes: codes.into_iter().collect(),
            numbers: None,
        }
    }

    /// Fixes the codes of a number: the stretches between the thresholds of all conditions on it.
    pub(super) fn cut(&mut self, rules: &[Acting<'_>]) {
        let (Some(numbers), Feature::Attribute(attribute)) = (&mut self.numbers, self.feature)
        else {
            return;
        };
        let mut edges = BTreeSet::new();
        for_each_set(rules.iter(), attribute, |set| {
            edges.extend(
                set.ranges()
                    .iter()
                    .flat_map(|range| [range.start, range.end]),
            );
        });
        let size = numbers.size();
        let edges: Vec<u32> = edges
            .into_iter()
            .filter(|edge| (1..size).contains(edge))
            .collect();
        self.codes = std::iter::once(0)
            .chain(edges.iter().copied())
            .map(Some)
            .collect();
        numbers.cuts = edges.iter().map(|edge| numbers.below(*edge)).collect();
    }

    /// Classes of this column's codes under some rules: the class of every code, the unknown one last, and how many
    /// classes there are.
    pub(super) fn classes<'r, 'b: 'r>(
        &self,
        rules: impl Iterator<Item = &'r Acting<'b>> + Clone,
        vocabulary: &Vocabulary,
        action: ActionId,
    ) -> (Vec<u32>, u32) {
        let marks: Vec<Vec<u8>> = match self.feature {
            Feature::Kind => {
                let spans = kind_spans(rules, vocabulary, action);
                let mark = |code: &Option<u32>| kind_marks(*code, &spans, vocabulary);
                self.codes.iter().map(mark).collect()
            }
            Feature::Attribute(attribute) => {
                let mut marks = vec![Vec::new(); self.codes.len()];
                for_each_set(rules, attribute, |set| {
                    for (mark, position) in marks.iter_mut().zip(&self.codes) {
                        mark.push(position.map_or(2, |position| u8::from(set.contains(position))));
                    }
                });
                marks
            }
            Feature::Member(attribute, value) => {
                let mut named = false;
                for condition in rules.flat_map(|rule| rule.conditions()) {
                    each_atom(condition, &mut |atom| {
                        named |= *atom == Condition::Has(attribute, value)
                    });
                }
                let mark = |position: &Option<u32>| match position {
                    Some(position) if named => vec![*position as u8],
                    _ => vec![2; usize::from(named)],
                };
                self.codes.iter().map(mark).collect()
            }
        };
        // The unknown class has the marks of a code that stands for nothing.
        let unknown: Vec<u8> = match self.feature {
            Feature::Kind => vec![],
            _ => vec![2; marks.first().map_or(0, Vec::len)],
        };
        let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
        let classes = marks
            .into_iter()
            .chain(std::iter::once(unknown))
            .map(|mark| {
                let next = known.len() as u32;
                *known.entry(mark).or_insert(next)
            })
            .collect();
        (classes, known.len() as u32)
    }
}

/// The kinds that the rules tell apart, as runs of kinds: those named, those that have an attribute named, those that can
/// do the action.
fn kind_spans<'r, 'b: 'r>(
    rules: impl Iterator<Item = &'r Acting<'b>>,
    vocabulary: &Vocabulary,
    action: ActionId,
) -> Vec<Range<u32>> {
    let mut named = BTreeSet::new();
    for condition in rules.flat_map(|rule| rule.conditions()) {
        each_atom(condition, &mut |atom| match atom {
            Condition::Kind(kind) => {
                named.insert(*kind);
            }
            Condition::Is(id, _) | Condition::Has(id, _) => {
                let holder = vocabulary
                    .attributes
                    .get(usize::from(id.0))
                    .map(|one| &one.holder);
                if let Some(Holder::Kinds(kinds)) = holder {
                    named.extend(kinds);
                }
            }
            _ => {}
        });
    }
    let actors = vocabulary
        .actions
        .get(usize::from(action.0))
        .map(|one| &one.actors);
    named.extend(actors.into_iter().flatten());
    named
        .into_iter()
        .map(|kind| span(kind, vocabulary))
        .collect()
}

/// A kind and everything under it.
fn span(kind: KindId, vocabulary: &Vocabulary) -> Range<u32> {
    let end = vocabulary
        .kinds
        .get(usize::from(kind.0))
        .map_or(kind.0 + 1, |one| one.end);
    u32::from(kind.0)..u32::from(end)
}

fn kind_marks(kind: Option<u32>, spans: &[Range<u32>], vocabulary: &Vocabulary) -> Vec<u8> {
    let Some(kind) = kind else {
        return vec![];
    };
    let own = span(KindId(u16::try_from(kind).unwrap_or(u16::MAX)), vocabulary);
    let splits = |named: &&Range<u32>| own.start < named.start && named.start < own.end;
    match spans.iter().find(splits) {
        // Some of what is under it is named apart: the subject may be either, so this kind is like no other.
        Some(_) => kind.to_le_bytes().into_iter().chain([2]).collect(),
        None => spans
            .iter()
            .map(|named| u8::from(named.contains(&kind)))
            .chain([3])
            .collect(),
    }
}

fn for_each_set<'r, 'b: 'r>(
    rules: impl Iterator<Item = &'r Acting<'b>>,
    attribute: AttributeId,
    mut visit: impl FnMut(&'b ValueSet),
) {
    for condition in rules.flat_map(|rule| rule.conditions()) {
        each_atom(condition, &mut |atom| match atom {
            Condition::Is(id, set) if *id == attribute => visit(set),
            _ => {}
        });
    }
}

/// How plain numbers become codes.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    /// Least and greatest value, and the distance between neighbours, in the unit.
    min: f64,
    max: f64,
    step: f64,
    /// Numbers at or above the nth cut have a code above n.
    cuts: Vec<f64>,
}

impl Numbers {
    fn of(grid: &Grid) -> Self {
        let scale = 10_f64.powi(i32::from(grid.decimals));
        Numbers {
            min: grid.min as f64 / scale,
            max: grid.max as f64 / scale,
            step: grid.step as f64 / scale,
            cuts: Vec::new(),
        }
    }

    fn size(&self) -> u32 {
        ((self.max - self.min) / self.step).round() as u32 + 1
    }

    /// Half a step below a position: what is nearer to it than to the one before.
    fn below(&self, position: u32) -> f64 {
        self.min + (f64::from(position) - 0.5) * self.step
    }

    /// The code of a number; the one after the last if it is unknown.
    pub fn code(&self, value: f64) -> u32 {
        let half = self.step / 2.0;
        if !(self.min - half..self.max + half).contains(&value) {
            return self.cuts.len() as u32 + 1;
        }
        if self.cuts.len() <= 16 {
            self.cuts.iter().map(|cut| u32::from(*cut <= value)).sum()
        } else {
            self.cuts.partition_point(|cut| *cut <= value) as u32
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_the_grid_before_they_are_compared() {
        // 0.0 t to 100.0 t in tenths; thresholds at 4.5 (position 45) and above it (46).
        let grid = Grid {
            min: 0,
            max: 1000,
            step: 1,
            decimals: 1,
            unit: "t".into(),
        };
        let mut numbers = Numbers::of(&grid);
        numbers.cuts = vec![numbers.below(45), numbers.below(46)];
        assert_eq!(numbers.size(), 1001);
        let codes = [0.0, 4.4, 4.449, 4.46, 4.5, 4.54, 4.56, 4.6, 100.0].map(|v| numbers.code(v));
        assert_eq!(codes, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
        for unknown in [f64::NAN, f64::INFINITY, -0.06, 100.06] {
            assert_eq!(numbers.code(unknown), 3, "{unknown}");
        }
    }
}
