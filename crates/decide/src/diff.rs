//! What changes for whom between two sets of rules.

mod cases;
mod places;
mod words;

use crate::answer::LimitHeld;
use crate::book::Book;
use crate::budget::{Budget, TooLarge};
use crate::diagram::{Operation, Ref};
use crate::known::Known;
use crate::outcome::{Interned, Ruling};
use crate::real_time::in_real_time;
use crate::rules::{RuleId, Rules};
use crate::sheet::Sheet;
use crate::variable::Variable;
pub(crate) use cases::Values;
use jiff::civil::DateTime;
use notice::ask::Verdict;
use notice::rule::ClauseAddress;
use notice::{ActionId, Condition, Label, Period};
pub use places::{PlaceChange, PlaceChanged};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// What changes between two books.
#[derive(Debug, Clone, Default)]
pub struct Differences {
    /// The cases whose answer changed.
    pub changes: Vec<Change>,
    /// What could not be listed in full; empty if `changes` is all there is.
    pub left_out: Vec<LeftOut>,
    /// Places that rules name and that changed between the two cities.
    pub places: Vec<PlaceChange>,
}

/// A set of cases whose answer changed. The sets of one difference are disjoint.
#[derive(Debug, Clone)]
pub struct Change {
    /// What they do.
    pub action: ActionId,
    /// The cases, attribute by attribute, as words (`车型` → `中型, 重型`).
    pub case: BTreeMap<String, String>,
    /// When (in force in both or either).
    pub during: Period,
    /// What the answer was, with its limits as words.
    pub before: (Verdict, Vec<LimitHeld>),
    /// What it is now.
    pub after: (Verdict, Vec<LimitHeld>),
    /// The same said as a sentence.
    pub sentence: Label,
}

/// Changed cases that are not listed.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// What they do.
    pub action: ActionId,
    /// When.
    pub during: Period,
    /// How many sets of cases at most; `None` if they are too many to count.
    pub count: Option<u64>,
    /// The changed rules that they come from.
    pub clauses: Vec<ClauseAddress>,
    /// The same said as a sentence.
    pub sentence: Label,
}

/// Why two books cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Their cities' words differ.
    #[error("the vocabularies of the two cities differ; give both the same vocabulary.toml")]
    Vocabularies,
    /// A rule of the earlier city names a place that the later one does not have.
    #[error(transparent)]
    PlaceGone(Box<PlaceGone>),
}

/// A place that only the earlier of two cities has, and a rule that names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{clause} names the place {} ({code}), which the later city does not have; keep the place in the later city, or take the rule out of the earlier one",
    .name.en
)]
pub struct PlaceGone {
    /// Its name.
    pub name: Label,
    /// Its code.
    pub code: String,
    /// The rule.
    pub clause: ClauseAddress,
}

/// Nodes one action's difference may take.
const NODES_MAX: usize = 1 << 20;
/// Steps it may take.
const STEPS_MAX: u64 = 1 << 26;
/// Most sets of cases that are read out of one action's and stretch's difference, before they are joined.
const WAYS_MAX: usize = 20_000;
/// Most sets of cases that are listed of one action and stretch; people read no more.
const CASES_MAX: usize = 2_000;

/// The exact, disjoint set of cases whose answer differs. Places, calendar and zone are those of the later city (what
/// became of the places that rules name is told beside), and states of the city may take any value.
///
/// Only cases that a changed rule speaks of are looked at: a rule that stands unchanged in both changes nothing.
/// What is too much to list is counted, or at least named, in [`Differences::left_out`].
///
/// # Errors
/// The two cities cannot be compared.
pub fn diff(before: &Book, after: &Book) -> Result<Differences, Refusal> {
    let rules = side_by_side(before, after)?;
    let mut all = Differences {
        places: places::changed(before.city(), after.city(), &rules.notices),
        ..Differences::default()
    };
    for (action, changed) in by_action(&rules) {
        match of_action(&rules, action, &changed) {
            Ok((found, left)) => {
                let found = found.into_iter();
                all.changes
                    .extend(found.map(|found| words::change(&rules, found)));
                let left = left.into_iter();
                all.left_out.extend(left.map(|(during, count)| {
                    words::left_out(&rules, action, during, Some(count), &changed)
                }));
            }
            Err(TooLarge) => {
                let during = changed.iter().map(|id| rules.notice(*id).in_force);
                let during = during.reduce(words::hull);
                all.left_out.extend(
                    during.map(|during| words::left_out(&rules, action, during, None, &changed)),
                );
            }
        }
    }
    Ok(all)
}

/// The sets of cases themselves, with the rules whose layout numbers their variables.
#[cfg(test)]
pub(crate) fn found(before: &Book, after: &Book) -> (Rules, Vec<Found>) {
    let rules = side_by_side(before, after).unwrap();
    let found = by_action(&rules)
        .into_iter()
        .flat_map(|(action, changed)| of_action(&rules, action, &changed).unwrap().0)
        .collect();
    (rules, found)
}

/// A set of cases by variables, with both rulings.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) action: ActionId,
    pub(crate) case: Values,
    pub(crate) during: Period,
    pub(crate) before: Ruling,
    pub(crate) after: Ruling,
}

fn side_by_side(before: &Book, after: &Book) -> Result<Rules, Refusal> {
    let (old, new) = (before.city(), after.city());
    if old.vocabulary != new.vocabulary {
        return Err(Refusal::Vocabularies);
    }
    let mut notices = places::renumbered(old, new, before.notices())?;
    let first_after = notices.len();
    notices.extend_from_slice(after.notices());
    Ok(Rules::bind_sides(new.clone(), notices, first_after))
}

/// Changed rules by the actions that they are about.
fn by_action(rules: &Rules) -> Vec<(ActionId, Vec<RuleId>)> {
    let changed = changed(rules);
    let about = |action: ActionId| -> Vec<RuleId> {
        changed
            .iter()
            .copied()
            .filter(|id| rules.bound(*id).actions.contains(&action))
            .collect()
    };
    rules
        .actions()
        .map(|action| (action, about(action)))
        .filter(|(_, changed)| !changed.is_empty())
        .collect()
}

/// Rules of either side that the other side does not have.
fn changed(rules: &Rules) -> Vec<RuleId> {
    let mut changed = Vec::new();
    let mut left: FxHashMap<String, Vec<RuleId>> = FxHashMap::default();
    for (id, _) in rules.ids().filter(|(id, _)| !rules.is_after(*id)) {
        left.entry(content(rules, id)).or_default().push(id);
    }
    for (id, _) in rules.ids().filter(|(id, _)| rules.is_after(*id)) {
        let same = left.get_mut(&content(rules, id));
        if same.and_then(Vec::pop).is_none() {
            changed.push(id);
        }
    }
    changed.extend(left.into_values().flatten());
    changed.sort_unstable();
    changed
}

/// Everything in a rule that an answer's verdict depends on. An `over` in a circle is not followed, so another rule may change
/// what this one outranks.
fn content(rules: &Rules, id: RuleId) -> String {
    let (notice, rule) = (rules.notice(id), rules.rule(id));
    let cut = rules.circular[id.0 as usize].iter();
    let cut: Vec<ClauseAddress> = cut.map(|below| rules.address(*below, None)).collect();
    let exceptions: Vec<&Condition> = rule.exceptions.iter().map(|e| &e.condition).collect();
    format!(
        "{:?}",
        (
            &rule.effect,
            &rule.who,
            &rule.places,
            &rule.when,
            exceptions,
            notice.in_force,
            &notice.slug,
            &rule.name,
            &rule.over,
            cut
        )
    )
}

/// Pairs of rulings that differ; 0 is "no difference".
struct Pair<'p>(&'p mut Interned<Option<(u32, u32)>>);
impl Operation for Pair<'_> {
    const CODE: u8 = 5;
    fn short(&mut self, f: Ref, g: Ref) -> Option<Ref> {
        if f == g {
            return Some(Ref::leaf(0));
        }
        let pair = Some((f.as_leaf()?, g.as_leaf()?));
        Some(Ref::leaf(self.0.number(pair)))
    }
}

/// The sets of cases of an action, and for each stretch how many more there may be.
type Listed = (Vec<Found>, Vec<(Period, u64)>);

fn of_action(rules: &Rules, action: ActionId, changed: &[RuleId]) -> Result<Listed, TooLarge> {
    let mut sheet = Sheet::new(
        rules,
        Known::nothing(rules),
        &Budget::new(NODES_MAX, STEPS_MAX),
    );
    let mut region = Ref::NO;
    for id in changed {
        let base = sheet.base(*id, action)?;
        region = sheet.arena.or(region, base)?;
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for &id in rules.about(action) {
        let base = sheet.base(id, action)?;
        if sheet.arena.and(base, region)? != Ref::NO {
            if rules.is_after(id) {
                new.push(id)
            } else {
                old.push(id)
            }
        }
    }
    let all: Vec<RuleId> = old.iter().chain(&new).copied().collect();
    let possible = sheet.possible_places(&all)?;
    region = sheet.arena.and(region, possible)?;
    let mut pairs = Interned::default();
    pairs.number(None);
    // Neighbouring stretches with the same difference are told as one.
    let mut stretches: Vec<(Period, Ref)> = Vec::new();
    for period in periods(rules, changed, &all) {
        sheet.turn_to(period.from);
        let before = sheet.ruling_in(action, &old, None, region)?;
        let after = sheet.ruling_in(action, &new, None, region)?;
        let differs = sheet.arena.combine(&mut Pair(&mut pairs), before, after)?;
        match stretches.last_mut() {
            Some((last, same)) if *same == differs && last.until == Some(period.from) => {
                last.until = period.until
            }
            _ => stretches.push((period, differs)),
        }
    }
    let (mut found, mut left) = (Vec::new(), Vec::new());
    for (during, differs) in stretches {
        let (mut ways, beyond) = cases::ways(&sheet.arena, differs, WAYS_MAX);
        only_real(&mut sheet, during, &mut ways)?;
        let mut ways = cases::join(&rules.layout, ways);
        let more = ways.len().saturating_sub(CASES_MAX) as u64 + beyond;
        ways.truncate(CASES_MAX);
        if more > 0 {
            left.push((during, more));
        }
        for (case, leaf) in ways {
            let Some(Some((before, after))) = pairs.get(leaf).copied() else {
                continue;
            };
            let (Some(before), Some(after)) = (
                sheet.rulings.get(before).cloned(),
                sheet.rulings.get(after).cloned(),
            ) else {
                continue;
            };
            found.push(Found {
                action,
                case,
                during,
                before,
                after,
            });
        }
    }
    Ok((in_one_stretch(found), left))
}

/// Keeps the sets that some real time of the period belongs to.
fn only_real(
    sheet: &mut Sheet<'_>,
    during: Period,
    ways: &mut Vec<cases::Way>,
) -> Result<(), TooLarge> {
    let layout = &sheet.rules.layout;
    let of_time = |level: &u16| {
        matches!(
            layout.variable(*level),
            Variable::Calendar(..) | Variable::Minute
        )
    };
    let mut known: FxHashMap<Values, bool> = FxHashMap::default();
    let mut kept = Vec::with_capacity(ways.len());
    for way in ways.drain(..) {
        let time: Values = way
            .0
            .iter()
            .filter(|(level, _)| of_time(level))
            .cloned()
            .collect();
        let real = match known.get(&time) {
            Some(real) => *real,
            None => {
                let mut cube = Ref::YES;
                for (level, values) in time.iter().rev() {
                    let is = sheet.literal(layout.variable(*level), values)?;
                    cube = sheet.arena.and(is, cube)?;
                }
                let real = in_real_time(sheet, cube, during)? != Ref::NO;
                known.insert(time, real);
                real
            }
        };
        if real {
            kept.push(way);
        }
    }
    *ways = kept;
    Ok(())
}

/// One set for what is the same in stretches that follow each other.
fn in_one_stretch(found: Vec<Found>) -> Vec<Found> {
    let mut joined: Vec<Found> = Vec::with_capacity(found.len());
    let mut last: FxHashMap<(Values, Ruling, Ruling), usize> = FxHashMap::default();
    for one in found {
        let key = (one.case.clone(), one.before.clone(), one.after.clone());
        match last.get(&key).copied() {
            Some(i) if joined[i].during.until == Some(one.during.from) => {
                joined[i].during.until = one.during.until;
            }
            _ => {
                last.insert(key, joined.len());
                joined.push(one);
            }
        }
    }
    joined
}

/// Stretches in which the same rules are in force, as far as a changed rule is.
fn periods(rules: &Rules, changed: &[RuleId], all: &[RuleId]) -> Vec<Period> {
    let period = |id: &RuleId| rules.notice(*id).in_force;
    let cuts: BTreeSet<DateTime> = all
        .iter()
        .map(period)
        .flat_map(|p| std::iter::once(p.from).chain(p.until))
        .collect();
    let cuts: Vec<DateTime> = cuts.into_iter().collect();
    cuts.iter()
        .enumerate()
        .map(|(i, from)| Period {
            from: *from,
            until: cuts.get(i + 1).copied(),
        })
        .filter(|stretch| changed.iter().any(|id| period(id).contains(stretch.from)))
        .collect()
}
