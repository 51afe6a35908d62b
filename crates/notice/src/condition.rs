//! Conditions, typed: every atom is membership of a finite set, so every question about them is decidable.

use crate::gazetteer::PlaceId;
use crate::vocabulary::{AttributeId, KindId};
use std::ops::Range;

/// A set of domain positions as sorted, disjoint, non-adjacent half-open ranges.
///
/// Positions: a choice's value index; 0 (no) and 1 (yes) of a boolean; a number's step index, `(value - min) / step`;
/// a [`PlaceId`] for attributes that hold a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ValueSet(Vec<Range<u32>>);

impl ValueSet {
    /// From any ranges: sorts, drops empty ones, merges.
    pub fn from_ranges(ranges: impl IntoIterator<Item = Range<u32>>) -> Self {
        let mut ranges: Vec<_> = ranges.into_iter().filter(|r| r.start < r.end).collect();
        ranges.sort_by_key(|r| r.start);
        let mut merged: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        Self(merged)
    }

    /// Just one position.
    pub fn one(position: u32) -> Self {
        Self(std::iter::once(position..position + 1).collect())
    }

    /// The ranges, sorted and disjoint.
    pub fn ranges(&self) -> &[Range<u32>] {
        &self.0
    }

    /// Nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `position` is in it.
    pub fn contains(&self, position: u32) -> bool {
        self.0.iter().any(|r| r.contains(&position))
    }

    /// How many positions are in it.
    pub fn len(&self) -> u32 {
        self.0.iter().map(|r| r.end - r.start).sum()
    }

    /// The only position, if there is exactly one.
    pub fn single(&self) -> Option<u32> {
        (self.len() == 1)
            .then(|| self.0.first().map(|r| r.start))
            .flatten()
    }

    /// Every position, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().flat_map(Clone::clone)
    }

    /// Positions in both.
    pub fn intersect(&self, other: &ValueSet) -> ValueSet {
        Self::from_ranges(self.0.iter().flat_map(|a| {
            other
                .0
                .iter()
                .map(move |b| a.start.max(b.start)..a.end.min(b.end))
        }))
    }

    /// Positions of `0..size` that are not in it.
    pub fn complement(&self, size: u32) -> ValueSet {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for range in &self.0 {
            out.push(next..range.start.min(size));
            next = range.end;
        }
        out.push(next..size);
        Self::from_ranges(out)
    }
}

/// A condition over one case: a subject with its attributes, the place, the day and the state of the city.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Holds for everybody.
    Always,
    /// The subject is of this kind or of one under it.
    Kind(KindId),
    /// The attribute's position is in the set. False for a subject that does not have the attribute.
    Is(AttributeId, ValueSet),
    /// The list-valued attribute contains this value (index). False for a subject that does not have the attribute.
    Has(AttributeId, u32),
    /// The act takes place in this place.
    In(PlaceId),
    /// A fact of the day (`节假日`).
    Day(DaySelector),
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

/// A set of days.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DaySelector {
    /// Days of the week, a bit each, Monday is bit 0.
    Weekdays(u8),
    /// `工作日`: a day people work, make-up days included.
    Workdays,
    /// `节假日`: every other day, weekends included.
    Holidays,
    /// `法定节假日`: the statutory holidays and the days off joined to them.
    StatutoryHolidays,
    /// Days of an RFC 5545 recurrence rule, counted from the day the notice comes into force.
    Recurring(Recurrence),
}

/// A recurrence rule of whole days: DAILY, WEEKLY, MONTHLY or YEARLY.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Recurrence {
    /// As written, without the `RRULE:` prefix.
    pub rule: String,
    /// The first day it counts from.
    pub start: jiff::civil::Date,
}
