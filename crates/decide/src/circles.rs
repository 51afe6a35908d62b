//! Rules that outrank each other in a circle.
//!
//! Who outranks whom is a graph; rules that reach each other in it form a knot, and no `over` inside a knot is followed.
//! What a book means so does not depend on the order of its notices.

use crate::rules::RuleId;
use std::collections::{BTreeSet, VecDeque};

/// For every rule the number of its knot; two rules have the same one exactly if each outranks the other, directly or
/// through others. `over[i]` are the rules that rule `i` outranks, as written.
///
/// Tarjan's algorithm, without recursion: chains of rules may be long.
pub(crate) fn knots(over: &[Vec<RuleId>]) -> Vec<u32> {
    const UNSEEN: u32 = u32::MAX;
    let mut seen = vec![UNSEEN; over.len()];
    let mut lowest = vec![UNSEEN; over.len()];
    let mut knot = vec![UNSEEN; over.len()];
    let (mut open, mut count, mut knots) = (Vec::new(), 0, 0);
    for root in 0..over.len() {
        if seen[root] != UNSEEN {
            continue;
        }
        let mut path = vec![(root, 0)];
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            if *next == 0 {
                (seen[at], lowest[at]) = (count, count);
                count += 1;
                open.push(at);
            }
            if let Some(below) = over[at].get(*next) {
                *next += 1;
                let below = below.0 as usize;
                if seen[below] == UNSEEN {
                    path.push((below, 0));
                } else if knot[below] == UNSEEN {
                    lowest[at] = lowest[at].min(seen[below]);
                }
                continue;
            }
            // A rule that outranks nobody comes here once, one that does after its last.
            if lowest[at] == seen[at] {
                while let Some(member) = open.pop() {
                    knot[member] = knots;
                    if member == at {
                        break;
                    }
                }
                knots += 1;
            }
            path.pop();
            if let Some((above, _)) = path.last() {
                lowest[*above] = lowest[*above].min(lowest[at]);
            }
        }
    }
    knot
}

/// Shortest circles through the rules of `mine` that are in one, beginning with such a rule; a rule already told of in a
/// circle is not told of again. `over` holds only what stays inside a knot.
pub(crate) fn circles(over: &[Vec<RuleId>], mine: &[RuleId]) -> Vec<Vec<RuleId>> {
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for &start in mine {
        if told.contains(&start) || over[start.0 as usize].is_empty() {
            continue;
        }
        let circle = shortest(over, start);
        told.extend(circle.iter().copied());
        if !circle.is_empty() {
            found.push(circle);
        }
    }
    found
}

/// The shortest way from a rule back to itself; empty if there is none.
fn shortest(over: &[Vec<RuleId>], start: RuleId) -> Vec<RuleId> {
    let mut above = vec![None; over.len()];
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for &below in &over[at.0 as usize] {
            if below == start {
                let mut circle = vec![at];
                let mut last = at;
                while let (true, Some(before)) = (last != start, above[last.0 as usize]) {
                    circle.push(before);
                    last = before;
                }
                circle.reverse();
                return circle;
            }
            if above[below.0 as usize].is_none() {
                above[below.0 as usize] = Some(at);
                open.push_back(below);
            }
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn graph(edges: &[(u32, u32)], size: usize) -> Vec<Vec<RuleId>> {
        let mut over = vec![Vec::new(); size];
        for (above, below) in edges {
            over[*above as usize].push(RuleId(*below));
        }
        over
    }

    /// Whether one or more steps lead from a rule to another: obvious and slow.
    fn reaches(edges: &[(u32, u32)], from: u32, to: u32) -> bool {
        let mut seen = BTreeSet::from([from]);
        loop {
            let next: BTreeSet<u32> = edges
                .iter()
                .filter(|(a, _)| seen.contains(a))
                .map(|(_, b)| *b)
                .collect();
            if next.contains(&to) {
                return true;
            }
            let before = seen.len();
            seen.extend(next);
            if seen.len() == before {
                return false;
            }
        }
    }

    proptest! {
        #[test]
        fn knots_are_rules_that_reach_each_other(edges in prop::collection::vec((0..8u32, 0..8u32), 0..16)) {
            let over = graph(&edges, 8);
            let knot = knots(&over);
            let both = |a: u32, b: u32| reaches(&edges, a, b) && reaches(&edges, b, a);
            for a in 0..8u32 {
                for b in (0..8u32).filter(|b| *b != a) {
                    prop_assert_eq!(knot[a as usize] == knot[b as usize], both(a, b), "{} {}", a, b);
                }
            }
            let inside: Vec<Vec<RuleId>> = over
                .iter()
                .enumerate()
                .map(|(a, over)| over.iter().copied().filter(|b| knot[a] == knot[b.0 as usize]).collect())
                .collect();
            let all: Vec<RuleId> = (0..8).map(RuleId).collect();
            let found = circles(&inside, &all);
            for circle in &found {
                for (i, above) in circle.iter().enumerate() {
                    let below = circle[(i + 1) % circle.len()];
                    prop_assert!(edges.contains(&(above.0, below.0)), "{:?}", circle);
                }
                prop_assert_eq!(circle.iter().collect::<BTreeSet<_>>().len(), circle.len());
            }
            // Every rule in a circle is told of, no other is.
            let told: BTreeSet<u32> = found.iter().flatten().map(|id| id.0).collect();
            let in_one: BTreeSet<u32> = (0..8).filter(|a| reaches(&edges, *a, *a)).collect();
            prop_assert_eq!(told, in_one);
        }
    }

    #[test]
    fn long_chains_and_circles_take_no_stack() {
        let size = 200_000;
        let chain: Vec<(u32, u32)> = (1..size).map(|i| (i, i - 1)).collect();
        let knot = knots(&graph(&chain, size as usize));
        assert_eq!(knot.iter().collect::<BTreeSet<_>>().len(), size as usize);
        let mut circle = chain;
        circle.push((0, size - 1));
        let over = graph(&circle, size as usize);
        assert!(knots(&over).iter().all(|k| *k == 0));
        let all: Vec<RuleId> = (0..size).map(RuleId).collect();
        assert_eq!(circles(&over, &all)[0].len(), size as usize);
    }
}
