//! Sets of cases out of a diagram: listed up to a bound, counted beyond it, joined where they differ in one thing only.

use crate::diagram::{Arena, Arm, Level, Ref};
use crate::variable::Layout;
use notice::ValueSet;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// What a set of cases fixes, variable by variable, in the order of variables.
pub(crate) type Values = Vec<(Level, ValueSet)>;

/// A set of cases with the leaf they reach.
pub(super) type Way = (Values, u32);

/// Where a node's arms lead, with the values that lead there: arms with one target are taken together.
fn targets(arms: &[Arm]) -> Vec<(Ref, Vec<Range<u32>>)> {
    let mut targets: Vec<(Ref, Vec<Range<u32>>)> = Vec::new();
    let mut from = 0;
    for Arm { end, to } in arms {
        match targets.iter_mut().find(|(target, _)| target == to) {
            Some((_, ranges)) => ranges.push(from..*end),
            None => targets.push((*to, std::iter::once(from..*end).collect())),
        }
        from = *end;
    }
    targets
}

/// The ways to leaves other than 0, at most `most` of them; and how many there are beyond.
pub(super) fn ways(arena: &Arena, f: Ref, most: usize) -> (Vec<Way>, u64) {
    let mut found = Vec::new();
    walk(arena, f, &mut Vec::new(), &mut found, most);
    let left = if found.len() < most {
        0
    } else {
        count(arena, f, &mut FxHashMap::default()) - found.len() as u64
    };
    (found, left)
}

fn walk(arena: &Arena, f: Ref, way: &mut Values, found: &mut Vec<Way>, most: usize) {
    if found.len() >= most {
        return;
    }
    if let Some(leaf) = f.as_leaf() {
        if leaf != 0 {
            found.push((way.clone(), leaf));
        }
        return;
    }
    let Some((level, arms)) = arena.node(f) else {
        return;
    };
    for (to, ranges) in targets(arms) {
        way.push((level, ValueSet::from_ranges(ranges)));
        walk(arena, to, way, found, most);
        way.pop();
    }
}

/// How many ways lead to leaves other than 0; at most `u64::MAX`.
fn count(arena: &Arena, f: Ref, memo: &mut FxHashMap<Ref, u64>) -> u64 {
    if let Some(leaf) = f.as_leaf() {
        return u64::from(leaf != 0);
    }
    if let Some(&known) = memo.get(&f) {
        return known;
    }
    let arms = arena.node(f).map_or(&[][..], |(_, arms)| arms);
    let sum = targets(arms).into_iter().fold(0u64, |sum, (to, _)| {
        sum.saturating_add(count(arena, to, memo))
    });
    memo.insert(f, sum);
    sum
}

/// Joins sets that differ in one variable only, until none do. They stay disjoint and come to the same cases; a variable
/// that is left with its whole domain is left out.
pub(super) fn join(layout: &Layout, ways: Vec<Way>) -> Vec<Way> {
    let mut ways: Vec<Option<Way>> = ways.into_iter().map(Some).collect();
    loop {
        let before = ways.len();
        let mut levels: Vec<Level> = ways
            .iter()
            .flatten()
            .flat_map(|(values, _)| values.iter().map(|(level, _)| *level))
            .collect();
        levels.sort_unstable();
        levels.dedup();
        // From the last variable up: neighbours in the diagram meet first.
        for level in levels.into_iter().rev() {
            join_at(layout, level, &mut ways);
        }
        ways.retain(Option::is_some);
        if ways.len() == before {
            return ways.into_iter().flatten().collect();
        }
    }
}

/// Joins sets that differ at `level` only.
fn join_at(layout: &Layout, level: Level, ways: &mut [Option<Way>]) {
    let mut alike: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for i in 0..ways.len() {
        let Some((values, leaf)) = &ways[i] else {
            continue;
        };
        let Ok(at) = values.binary_search_by_key(&level, |(level, _)| *level) else {
            continue;
        };
        let mut hasher = FxHasher::default();
        leaf.hash(&mut hasher);
        values[..at].hash(&mut hasher);
        values[at + 1..].hash(&mut hasher);
        let candidates = alike.entry(hasher.finish()).or_default();
        let same = candidates.iter().copied().find(|j| {
            matches!(&ways[*j], Some((others, other))
                if other == leaf
                    && others.len() == values.len()
                    && others.get(at).is_some_and(|(other, _)| *other == level)
                    && others[..at] == values[..at]
                    && others[at + 1..] == values[at + 1..])
        });
        match same {
            None => candidates.push(i),
            Some(j) => {
                let more = ways[i]
                    .take()
                    .map(|(mut values, _)| values.swap_remove(at).1);
                if let (Some((values, _)), Some(more)) = (&mut ways[j], more) {
                    let both = values[at].1.ranges().iter().chain(more.ranges()).cloned();
                    values[at].1 = ValueSet::from_ranges(both);
                }
            }
        }
    }
    for (values, _) in ways.iter_mut().flatten() {
        values.retain(|(at, set)| *at != level || set.len() < layout.size(level));
    }
}
