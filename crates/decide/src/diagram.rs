//! Reduced, ordered, multi-valued decision diagrams.
//!
//! Every variable has a finite domain `0..n`. A node is a variable and a list of arms, each reaching up to an exclusive
//! bound; neighbouring arms with one target are merged and equal nodes are shared, so two functions are equal exactly if
//! their [`Ref`]s are. Booleans, enumerations, numbers and places are all the same to it. Leaves are plain numbers whose
//! meaning belongs to the caller; as a truth value, 0 is no and 1 is yes.
//!
//! Work is bounded: an arena refuses to grow or to go on beyond its [`Budget`], and a diagram beyond [`DEPTH_MAX`] variables,
//! with [`TooLarge`] instead of taking all memory, time or stack.

use crate::budget::{Budget, TooLarge};
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

/// Most variables on one path; keeps the recursion of [`Arena::combine`] within a small thread's stack.
pub(crate) const DEPTH_MAX: u32 = 1500;

/// Most results of combining that are remembered at once; forgetting them costs time only.
const MEMO_MAX: usize = 1_800_000;

/// A variable's place in the order.
pub(crate) type Level = u16;

/// A function: a leaf, or a node of an [`Arena`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ref(u32);

const LEAF: u32 = 1 << 31;

impl Ref {
    pub(crate) const NO: Ref = Ref::leaf(0);
    pub(crate) const YES: Ref = Ref::leaf(1);

    /// The constant `value`, below 2^31.
    pub(crate) const fn leaf(value: u32) -> Ref {
        Ref(value | LEAF)
    }

    /// The value of a constant.
    pub(crate) const fn as_leaf(self) -> Option<u32> {
        if self.0 & LEAF != 0 {
            Some(self.0 & !LEAF)
        } else {
            None
        }
    }
}

/// One arm of a node: values from the previous arm's bound up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Arm {
    /// First value that is no longer in this arm.
    pub(crate) end: u32,
    /// Where it leads.
    pub(crate) to: Ref,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    level: Level,
    first: u32,
    count: u32,
}

/// A way to combine two functions point by point.
pub(crate) trait Operation {
    /// Tells operations apart in the memo.
    const CODE: u8;
    /// The result where it is known without descending; must be known for two leaves.
    fn short(&mut self, f: Ref, g: Ref) -> Option<Ref>;
    /// Whether the order of operands does not matter.
    const SYMMETRIC: bool = false;
}

struct And;
impl Operation for And {
    const CODE: u8 = 0;
    const SYMMETRIC: bool = true;
    fn short(&mut self, f: Ref, g: Ref) -> Option<Ref> {
        if f == Ref::NO || g == Ref::NO {
            Some(Ref::NO)
        } else if f == Ref::YES || f == g {
            Some(g)
        } else if g == Ref::YES {
            Some(f)
        } else {
            None
        }
    }
}

struct Or;
impl Operation for Or {
    const CODE: u8 = 1;
    const SYMMETRIC: bool = true;
    fn short(&mut self, f: Ref, g: Ref) -> Option<Ref> {
        if f == Ref::YES || g == Ref::YES {
            Some(Ref::YES)
        } else if f == Ref::NO || f == g {
            Some(g)
        } else if g == Ref::NO {
            Some(f)
        } else {
            None
        }
    }
}

/// `f` where `g`, the leaf `self.0` elsewhere.
struct Where(u32);
impl Operation for Where {
    const CODE: u8 = 2;
    fn short(&mut self, f: Ref, g: Ref) -> Option<Ref> {
        if g == Ref::YES {
            Some(f)
        } else if g == Ref::NO || f == Ref::leaf(self.0) {
            Some(Ref::leaf(self.0))
        } else {
            None
        }
    }
}

/// Where two functions differ, leaving out cases that either marks with the leaf `ignore`.
pub(crate) struct Differ {
    pub(crate) ignore: u32,
}
impl Operation for Differ {
    const CODE: u8 = 4;
    const SYMMETRIC: bool = true;
    fn short(&mut self, f: Ref, g: Ref) -> Option<Ref> {
        let ignored = Ref::leaf(self.ignore);
        if f == g || f == ignored || g == ignored {
            Some(Ref::NO)
        } else if f.as_leaf().is_some() && g.as_leaf().is_some() {
            Some(Ref::YES)
        } else {
            None
        }
    }
}

/// Owner of nodes.
pub(crate) struct Arena {
    nodes: Vec<Node>,
    arms: Vec<Arm>,
    unique: HashTable<u32>,
    memo: FxHashMap<(u8, Ref, Ref), Ref>,
    budget: Budget,
}

impl Arena {
    /// An empty arena that keeps to a budget.
    pub(crate) fn new(budget: Budget) -> Arena {
        Arena {
            nodes: Vec::new(),
            arms: Vec::new(),
            unique: HashTable::new(),
            memo: FxHashMap::default(),
            budget,
        }
    }

    /// What it may still do; work for it elsewhere is counted here as well.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// A node's level and arms; `None` for a leaf.
    pub(crate) fn node(&self, f: Ref) -> Option<(Level, &[Arm])> {
        if f.as_leaf().is_some() {
            return None;
        }
        let node = self.nodes.get(f.0 as usize)?;
        let first = node.first as usize;
        Some((node.level, &self.arms[first..first + node.count as usize]))
    }

    fn level(&self, f: Ref) -> u32 {
        if f.as_leaf().is_some() {
            u32::MAX
        } else {
            u32::from(self.nodes[f.0 as usize].level)
        }
    }

    /// The node with these arms (ascending, the last reaching the domain's end), reduced and shared.
    pub(crate) fn make(&mut self, level: Level, arms: &mut Vec<Arm>) -> Result<Ref, TooLarge> {
        // Neighbours that lead to the same place are one arm.
        let mut kept = 0;
        for i in 0..arms.len() {
            if kept > 0 && arms[kept - 1].to == arms[i].to {
                arms[kept - 1].end = arms[i].end;
            } else {
                arms[kept] = arms[i];
                kept += 1;
            }
        }
        arms.truncate(kept);
        if let [only] = arms.as_slice() {
            return Ok(only.to);
        }
        let hash = hash(level, arms);
        let (nodes, pool) = (&self.nodes, &self.arms);
        let slice = |id: u32| {
            let node = nodes[id as usize];
            (
                node.level,
                &pool[node.first as usize..(node.first + node.count) as usize],
            )
        };
        if let Some(&id) = self
            .unique
            .find(hash, |&id| slice(id) == (level, arms.as_slice()))
        {
            return Ok(Ref(id));
        }
        let nodes_max = self.budget.nodes();
        if self.nodes.len() >= nodes_max
            || self.arms.len() + arms.len() > nodes_max.saturating_mul(16)
        {
            return Err(TooLarge);
        }
        let id = self.nodes.len() as u32;
        self.nodes.push(Node {
            level,
            first: self.arms.len() as u32,
            count: arms.len() as u32,
        });
        self.arms.extend_from_slice(arms);
        let (nodes, pool) = (&self.nodes, &self.arms);
        self.unique.insert_unique(hash, id, |&id| {
            let node = nodes[id as usize];
            self::hash(
                node.level,
                &pool[node.first as usize..(node.first + node.count) as usize],
            )
        });
        Ok(Ref(id))
    }

    /// `f op g`, point by point.
    pub(crate) fn combine<O: Operation>(
        &mut self,
        op: &mut O,
        f: Ref,
        g: Ref,
    ) -> Result<Ref, TooLarge> {
        self.descend(op, f, g, 0)
    }

    fn descend<O: Operation>(
        &mut self,
        op: &mut O,
        f: Ref,
        g: Ref,
        depth: u32,
    ) -> Result<Ref, TooLarge> {
        if let Some(known) = op.short(f, g) {
            return Ok(known);
        }
        let key = if O::SYMMETRIC && g < f {
            (O::CODE, g, f)
        } else {
            (O::CODE, f, g)
        };
        if let Some(&known) = self.memo.get(&key) {
            return Ok(known);
        }
        if depth > DEPTH_MAX {
            return Err(TooLarge);
        }
        let (level_f, level_g) = (self.level(f), self.level(g));
        let level = level_f.min(level_g);
        let (mut i, mut j) = (0, 0);
        let mut arms = Vec::new();
        loop {
            let a = if level_f == level {
                self.arm(f, i)
            } else {
                Arm {
                    end: u32::MAX,
                    to: f,
                }
            };
            let b = if level_g == level {
                self.arm(g, j)
            } else {
                Arm {
                    end: u32::MAX,
                    to: g,
                }
            };
            let to = self.descend(op, a.to, b.to, depth + 1)?;
            let end = a.end.min(b.end);
            arms.push(Arm { end, to });
            i += usize::from(a.end == end);
            j += usize::from(b.end == end);
            let done_f = level_f != level || i == self.count(f);
            let done_g = level_g != level || j == self.count(g);
            if done_f && done_g {
                break;
            }
        }
        self.budget.take(arms.len())?;
        let result = self.make(level as Level, &mut arms)?;
        if self.memo.len() >= MEMO_MAX {
            self.memo.clear();
        }
        self.memo.insert(key, result);
        Ok(result)
    }

    fn arm(&self, f: Ref, i: usize) -> Arm {
        self.arms[self.nodes[f.0 as usize].first as usize + i]
    }

    fn count(&self, f: Ref) -> usize {
        self.nodes[f.0 as usize].count as usize
    }

    /// Both.
    pub(crate) fn and(&mut self, f: Ref, g: Ref) -> Result<Ref, TooLarge> {
        self.combine(&mut And, f, g)
    }

    /// Either.
    pub(crate) fn or(&mut self, f: Ref, g: Ref) -> Result<Ref, TooLarge> {
        self.combine(&mut Or, f, g)
    }

    /// `f` but not `g`.
    pub(crate) fn and_not(&mut self, f: Ref, g: Ref) -> Result<Ref, TooLarge> {
        let not = self.not(g)?;
        self.and(f, not)
    }

    /// The opposite of a truth value.
    pub(crate) fn not(&mut self, f: Ref) -> Result<Ref, TooLarge> {
        self.map(f, &mut |leaf| u32::from(leaf == 0))
    }

    /// `f` where `region` holds, `elsewhere` where it does not. One `elsewhere` an arena.
    pub(crate) fn within(&mut self, f: Ref, region: Ref, elsewhere: u32) -> Result<Ref, TooLarge> {
        self.combine(&mut Where(elsewhere), f, region)
    }

    /// The same function with every leaf replaced.
    pub(crate) fn map(
        &mut self,
        f: Ref,
        leaf: &mut dyn FnMut(u32) -> u32,
    ) -> Result<Ref, TooLarge> {
        let mut memo = FxHashMap::default();
        self.rewrite(
            f,
            &mut |arena, f| {
                Ok(match f.as_leaf() {
                    Some(value) => Step::Done(Ref::leaf(leaf(value))),
                    None => {
                        let _ = arena;
                        Step::Descend
                    }
                })
            },
            &mut memo,
        )
    }

    /// The function that remains once some variables have a value.
    pub(crate) fn restrict(
        &mut self,
        f: Ref,
        value: &dyn Fn(Level) -> Option<u32>,
    ) -> Result<Ref, TooLarge> {
        let mut memo = FxHashMap::default();
        self.rewrite(
            f,
            &mut |arena, f| {
                Ok(match arena.node(f) {
                    None => Step::Done(f),
                    Some((level, arms)) => match value(level) {
                        None => Step::Descend,
                        Some(value) => Step::Follow(arm_of(arms, value)),
                    },
                })
            },
            &mut memo,
        )
    }

    fn rewrite(
        &mut self,
        f: Ref,
        step: &mut dyn FnMut(&Arena, Ref) -> Result<Step, TooLarge>,
        memo: &mut FxHashMap<Ref, Ref>,
    ) -> Result<Ref, TooLarge> {
        if let Some(&known) = memo.get(&f) {
            return Ok(known);
        }
        let result = match step(self, f)? {
            Step::Done(result) => result,
            Step::Follow(to) => self.rewrite(to, step, memo)?,
            Step::Descend => {
                self.budget.take(self.count(f))?;
                let mut arms = Vec::with_capacity(self.count(f));
                for i in 0..self.count(f) {
                    let Arm { end, to } = self.arm(f, i);
                    arms.push(Arm {
                        end,
                        to: self.rewrite(to, step, memo)?,
                    });
                }
                let level = self.nodes[f.0 as usize].level;
                self.make(level, &mut arms)?
            }
        };
        memo.insert(f, result);
        Ok(result)
    }

    /// Levels that `f` depends on, with every bound between cells (the domain's end included).
    pub(crate) fn support(&self, f: Ref) -> std::collections::BTreeMap<Level, BTreeSet<u32>> {
        let mut found: std::collections::BTreeMap<Level, BTreeSet<u32>> = Default::default();
        self.visit(f, &mut |level, arms| {
            found
                .entry(level)
                .or_default()
                .extend(arms.iter().map(|arm| arm.end));
        });
        found
    }

    /// Every leaf that `f` can reach, ascending.
    pub(crate) fn leaves(&self, f: Ref) -> BTreeSet<u32> {
        let mut found: BTreeSet<u32> = f.as_leaf().into_iter().collect();
        self.visit(f, &mut |_, arms| {
            found.extend(arms.iter().filter_map(|arm| arm.to.as_leaf()))
        });
        found
    }

    /// Calls `each` once for every node under `f`.
    pub(crate) fn visit(&self, f: Ref, each: &mut dyn FnMut(Level, &[Arm])) {
        let mut seen = rustc_hash::FxHashSet::default();
        let mut open = vec![f];
        while let Some(f) = open.pop() {
            let Some((level, arms)) = self.node(f) else {
                continue;
            };
            if seen.insert(f) {
                self.budget.count(arms.len());
                each(level, arms);
                open.extend(arms.iter().map(|arm| arm.to));
            }
        }
    }

    /// How many nodes it holds.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }
}

/// The target of the arm that `value` is in.
pub(crate) fn arm_of(arms: &[Arm], value: u32) -> Ref {
    let i = arms
        .partition_point(|arm| arm.end <= value)
        .min(arms.len() - 1);
    arms[i].to
}

enum Step {
    Done(Ref),
    Follow(Ref),
    Descend,
}

fn hash(level: Level, arms: &[Arm]) -> u64 {
    let mut hasher = FxHasher::default();
    level.hash(&mut hasher);
    arms.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `level < bound` over a domain of 10.
    fn below(arena: &mut Arena, level: Level, bound: u32) -> Ref {
        arena
            .make(
                level,
                &mut vec![
                    Arm {
                        end: bound,
                        to: Ref::YES,
                    },
                    Arm {
                        end: 10,
                        to: Ref::NO,
                    },
                ],
            )
            .unwrap()
    }

    #[test]
    fn equal_functions_are_one_node() {
        let mut arena = Arena::new(Budget::new(1000, u64::MAX));
        let (a, b) = (below(&mut arena, 0, 3), below(&mut arena, 1, 7));
        let both = arena.and(a, b).unwrap();
        let (na, nb) = (arena.not(a).unwrap(), arena.not(b).unwrap());
        let neither = arena.or(na, nb).unwrap();
        assert_eq!(arena.not(neither).unwrap(), both);
        assert_eq!(arena.or(a, na).unwrap(), Ref::YES);
        assert_eq!(arena.and_not(a, a).unwrap(), Ref::NO);
    }

    #[test]
    fn a_value_chooses_its_arm() {
        let mut arena = Arena::new(Budget::new(1000, u64::MAX));
        let (a, b) = (below(&mut arena, 0, 3), below(&mut arena, 1, 7));
        let both = arena.and(a, b).unwrap();
        let at = |arena: &mut Arena, x, y| {
            arena
                .restrict(both, &|level| Some(if level == 0 { x } else { y }))
                .unwrap()
        };
        assert_eq!(at(&mut arena, 2, 6), Ref::YES);
        assert_eq!(at(&mut arena, 3, 6), Ref::NO);
        assert_eq!(at(&mut arena, 2, 7), Ref::NO);
        assert_eq!(arena.support(both).len(), 2);
    }

    #[test]
    fn a_budget_is_kept() {
        let mut arena = Arena::new(Budget::new(50, u64::MAX));
        let mut sum = Ref::NO;
        let mut failed = false;
        for level in 0..60 {
            let (a, b) = (
                below(&mut arena, level, 3),
                below(&mut arena, level + 100, 4),
            );
            match arena.and(a, b).and_then(|both| arena.or(sum, both)) {
                Ok(next) => sum = next,
                Err(TooLarge) => {
                    failed = true;
                    break;
                }
            }
            if arena.len() >= 48 {
                failed = arena
                    .make(
                        999,
                        &mut vec![
                            Arm {
                                end: 1,
                                to: Ref::YES,
                            },
                            Arm { end: 10, to: sum },
                        ],
                    )
                    .is_err();
            }
        }
        assert!(failed && arena.len() <= 50);
    }
}
