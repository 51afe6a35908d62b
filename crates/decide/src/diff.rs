//! What changes for whom between two sets of rules.

use crate::answer::LimitHeld;
use crate::book::Book;
use crate::case::{clock, speaker};
use crate::diagram::{Arena, Arm, Level, Operation, Ref, TooLarge};
use crate::known::Known;
use crate::outcome::{Interned, Ruling};
use crate::real_time::in_real_time;
use crate::rules::{RuleId, Rules};
use crate::sheet::Sheet;
use crate::variable::{Day, DayFact, Variable};
use jiff::civil::DateTime;
use notice::ask::Verdict;
use notice::say::Speaker;
use notice::{ActionId, Condition, Label, Lang, Notice, Period, PlaceId, Rule, ValueSet};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

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

/// Nodes one action's difference may take.
const NODES_MAX: usize = 1 << 20;
/// Most sets of cases that are listed of one action and stretch; people read no more.
const CASES_MAX: usize = 2000;

/// The exact, disjoint set of cases whose answer differs. Both books must share the vocabulary; places, calendar and
/// states are those of the later city, and states of the city may take any value.
///
/// Only cases that a changed rule speaks of are looked at: a rule that stands unchanged in both changes nothing.
/// A difference that outgrows its budget is told for each changed rule as "depends" from before to after.
pub fn diff(before: &Book, after: &Book) -> Vec<Change> {
    let rules = side_by_side(before, after);
    let mut all = Vec::new();
    for (action, changed) in by_action(&rules) {
        match of_action(&rules, action, &changed) {
            Ok(found) => all.extend(found.into_iter().map(|found| change(&rules, found))),
            Err(TooLarge { .. }) => all.extend(coarse(&rules, action, &changed)),
        }
    }
    all
}

/// The sets of cases themselves, with the rules whose layout numbers their variables.
#[cfg(test)]
pub(crate) fn found(before: &Book, after: &Book) -> (Rules, Vec<Found>) {
    let rules = side_by_side(before, after);
    let found = by_action(&rules)
        .into_iter()
        .flat_map(|(action, changed)| of_action(&rules, action, &changed).unwrap())
        .collect();
    (rules, found)
}

/// A set of cases as a diagram's path, with both rulings.
pub(crate) struct Found {
    pub(crate) action: ActionId,
    pub(crate) case: Values,
    pub(crate) during: Period,
    pub(crate) before: Ruling,
    pub(crate) after: Ruling,
}

fn side_by_side(before: &Book, after: &Book) -> Rules {
    let mut notices = before.notices().to_vec();
    let first_after = notices.len();
    notices.extend_from_slice(after.notices());
    Rules::bind_sides(after.city().clone(), notices, first_after)
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
        left.entry(content(rules.notice(id), rules.rule(id)))
            .or_default()
            .push(id);
    }
    for (id, _) in rules.ids().filter(|(id, _)| rules.is_after(*id)) {
        let same = left.get_mut(&content(rules.notice(id), rules.rule(id)));
        if same.and_then(Vec::pop).is_none() {
            changed.push(id);
        }
    }
    changed.extend(left.into_values().flatten());
    changed.sort_unstable();
    changed
}

/// Everything in a rule that an answer's verdict depends on.
fn content(notice: &Notice, rule: &Rule) -> String {
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
            &rule.over
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

fn of_action(rules: &Rules, action: ActionId, changed: &[RuleId]) -> Result<Vec<Found>, TooLarge> {
    let mut sheet = Sheet::new(rules, Known::nothing(rules), NODES_MAX);
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
    let mut found = Vec::new();
    for (during, differs) in stretches {
        let mut cases = Vec::new();
        paths(&sheet.arena, differs, &mut Vec::new(), &mut cases);
        for (case, leaf) in cases {
            let Some(Some((before, after))) = pairs.get(leaf).copied() else {
                continue;
            };
            let (Some(before), Some(after)) = (
                sheet.rulings.get(before).cloned(),
                sheet.rulings.get(after).cloned(),
            ) else {
                continue;
            };
            let mut cube = possible;
            for (level, values) in case.iter().rev() {
                let is = sheet.literal(rules.layout.variable(*level), values)?;
                cube = sheet.arena.and(is, cube)?;
            }
            if in_real_time(&mut sheet, cube, during)? != Ref::NO {
                found.push(Found {
                    action,
                    case,
                    during,
                    before,
                    after,
                });
            }
        }
    }
    Ok(found)
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

pub(crate) type Values = Vec<(Level, ValueSet)>;

/// Every way to a leaf other than 0; arms of a node with one target are taken together.
fn paths(arena: &Arena, f: Ref, way: &mut Values, found: &mut Vec<(Values, u32)>) {
    if found.len() >= CASES_MAX {
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
    let mut targets: Vec<(Ref, Vec<std::ops::Range<u32>>)> = Vec::new();
    let mut from = 0;
    for Arm { end, to } in arms {
        match targets.iter_mut().find(|(target, _)| target == to) {
            Some((_, ranges)) => ranges.push(from..*end),
            None => targets.push((*to, std::iter::once(from..*end).collect())),
        }
        from = *end;
    }
    for (to, ranges) in targets {
        way.push((level, ValueSet::from_ranges(ranges)));
        paths(arena, to, way, found);
        way.pop();
    }
}

fn change(rules: &Rules, found: Found) -> Change {
    let Found {
        action,
        case,
        during,
        before,
        after,
    } = found;
    let say = |lang: Lang| {
        let speaker = speaker(&rules.city, lang);
        let words = words(rules, &speaker, &case);
        let said: Vec<String> = words
            .iter()
            .map(|(name, value)| match lang {
                Lang::Zh => format!("{name}：{value}"),
                Lang::En => format!("{name}: {value}"),
            })
            .collect();
        let deed = rules
            .city
            .vocabulary
            .actions
            .get(usize::from(action.0))
            .map_or("", |a| a.label.get(lang));
        let (was, is) = (ruling(&speaker, &before), ruling(&speaker, &after));
        let when = speaker.period(&during);
        match lang {
            Lang::Zh if said.is_empty() => format!("{when}，{deed}：原来{was}，现在{is}。"),
            Lang::Zh => format!(
                "{when}，{deed}（{}）：原来{was}，现在{is}。",
                said.join("；")
            ),
            Lang::En if said.is_empty() => format!("{deed}, {when}: it was {was}, it is {is}."),
            Lang::En => format!(
                "{deed} ({}), {when}: it was {was}, it is {is}.",
                said.join("; ")
            ),
        }
    };
    Change {
        action,
        case: words(rules, &speaker(&rules.city, Lang::Zh), &case)
            .into_iter()
            .collect(),
        during,
        before: (before.verdict, rules.held(&before.limits)),
        after: (after.verdict, rules.held(&after.limits)),
        sentence: Label::new(say(Lang::Zh), say(Lang::En)),
    }
}

/// A verdict with its limits.
fn ruling(speaker: &Speaker<'_>, ruling: &Ruling) -> String {
    let mut said = speaker.verdict(ruling.verdict).to_owned();
    let limits: Vec<String> = ruling
        .limits
        .iter()
        .map(|b| speaker.bounds(b.measure, b.at_most, b.at_least))
        .collect();
    if !limits.is_empty() {
        said = match speaker.lang {
            Lang::Zh => format!("{said}（{}）", limits.join("，")),
            Lang::En => format!("{said} ({})", limits.join(", ")),
        };
    }
    said
}

/// A set of cases as names and values, in the order of variables.
fn words(rules: &Rules, speaker: &Speaker<'_>, case: &Values) -> Vec<(String, String)> {
    let zh = speaker.lang == Lang::Zh;
    let pick = |a: &str, b: &str| if zh { a.to_owned() } else { b.to_owned() };
    let yes_no = |yes: bool| {
        if yes {
            pick("是", "yes")
        } else {
            pick("否", "no")
        }
    };
    let vocabulary = &rules.city.vocabulary;
    let mut words = Vec::new();
    let mut places: (Vec<PlaceId>, Vec<PlaceId>) = (Vec::new(), Vec::new());
    for (level, values) in case {
        let variable = rules.layout.variable(*level);
        match variable {
            Variable::Place(place) if values.contains(1) => places.0.push(place),
            Variable::Place(place) => places.1.push(place),
            Variable::Kind => {
                words.push((pick("主体类别", "kind"), kinds(rules, values, speaker.lang)))
            }
            Variable::Attribute(attribute, None) | Variable::State(attribute, None) => {
                if let Some(known) = vocabulary.attributes.get(usize::from(attribute.0)) {
                    words.push((
                        known.label.get(speaker.lang).to_owned(),
                        speaker.value(attribute, values),
                    ));
                }
            }
            Variable::Attribute(attribute, Some(value))
            | Variable::State(attribute, Some(value)) => {
                if let Some(known) = vocabulary.attributes.get(usize::from(attribute.0)) {
                    let member = speaker.value(attribute, &ValueSet::one(value));
                    let name = format!(
                        "{} {} {member}",
                        known.label.get(speaker.lang),
                        pick("包含", "has")
                    );
                    words.push((name, yes_no(values.contains(1))));
                }
            }
            Variable::Calendar(day, fact) => {
                let of = match day {
                    Day::Today => "",
                    Day::Yesterday => {
                        if zh {
                            "前一日"
                        } else {
                            "day before: "
                        }
                    }
                };
                let (name, value) = day_words(rules, fact, values, speaker.lang);
                words.push((format!("{of}{name}"), value));
            }
            Variable::Minute => {
                let ranges: Vec<String> = values.ranges().iter().map(clock).collect();
                words.push((pick("时间", "time"), ranges.join(&pick("、", ", "))));
            }
        }
    }
    words.extend(place_words(rules, places, speaker.lang));
    words
}

/// Where: the places it is in, and those it is not in unless the others already say so.
fn place_words(
    rules: &Rules,
    places: (Vec<PlaceId>, Vec<PlaceId>),
    lang: Lang,
) -> Vec<(String, String)> {
    use city::place::Relation;
    let (inside, outside) = places;
    let relation = |a: &PlaceId, b: &PlaceId| rules.city.places.relation(*a, *b);
    let name = |place: &PlaceId| rules.city.context().gazetteer.place_name(*place, lang);
    let smallest = |place: &&PlaceId| {
        !inside
            .iter()
            .any(|other| relation(other, place) == Relation::Inside)
    };
    let told = |place: &&PlaceId| {
        inside
            .iter()
            .any(|other| relation(other, place) == Relation::Disjoint)
    };
    let join = if lang == Lang::Zh { "、" } else { ", " };
    let list = |places: Vec<&PlaceId>| places.into_iter().map(name).collect::<Vec<_>>().join(join);
    let inside: String = list(inside.iter().filter(smallest).collect());
    let outside: String = list(outside.iter().filter(|place| !told(place)).collect());
    let mut words = Vec::new();
    if !inside.is_empty() {
        words.push((
            if lang == Lang::Zh { "地点" } else { "in" }.to_owned(),
            inside,
        ));
    }
    if !outside.is_empty() {
        words.push((
            if lang == Lang::Zh { "不在" } else { "not in" }.to_owned(),
            outside,
        ));
    }
    words
}

/// Kinds by the highest ones that make up the set.
fn kinds(rules: &Rules, values: &ValueSet, lang: Lang) -> String {
    let all = &rules.city.vocabulary.kinds;
    let mut names: Vec<String> = Vec::new();
    for range in values.ranges() {
        let mut next = range.start;
        while next < range.end {
            let Some(kind) = all.get(next as usize) else {
                break;
            };
            let whole = u32::from(kind.end) <= range.end;
            let name = kind.label.get(lang);
            let alone = !whole && u32::from(kind.end) > next + 1;
            names.push(match (alone, lang) {
                (true, Lang::Zh) => format!("其他{name}"),
                (true, Lang::En) => format!("other {name}"),
                _ => name.to_owned(),
            });
            next = if whole {
                u32::from(kind.end).max(next + 1)
            } else {
                next + 1
            };
        }
    }
    names.join(if lang == Lang::Zh { "、" } else { ", " })
}

fn day_words(rules: &Rules, fact: DayFact, values: &ValueSet, lang: Lang) -> (String, String) {
    let zh = lang == Lang::Zh;
    let name = |a: &str, b: &str| (if zh { a } else { b }).to_owned();
    let list = |words: &[&str]| {
        let picked: Vec<&str> = values
            .iter()
            .filter_map(|v| words.get(v as usize).copied())
            .collect();
        picked.join(if zh { "、" } else { ", " })
    };
    match (fact, zh) {
        (DayFact::Weekday, true) => (
            name("星期", ""),
            list(&["周一", "周二", "周三", "周四", "周五", "周六", "周日"]),
        ),
        (DayFact::Weekday, false) => (
            name("", "weekday"),
            list(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
        ),
        (DayFact::Kind, true) => (name("日子", ""), list(&["工作日", "休息日", "法定节假日"])),
        (DayFact::Kind, false) => (
            name("", "day"),
            list(&["workday", "day off", "statutory holiday"]),
        ),
        (DayFact::Recurring(i), _) => {
            let holds = if values.contains(1) {
                name("是", "yes")
            } else {
                name("否", "no")
            };
            (rules.recurrence_text(i).to_owned(), holds)
        }
    }
}

/// What is told when the exact difference is too large.
fn coarse(rules: &Rules, action: ActionId, changed: &[RuleId]) -> Vec<Change> {
    let deed = |lang| {
        rules
            .city
            .vocabulary
            .actions
            .get(usize::from(action.0))
            .map_or("", |a| a.label.get(lang))
    };
    changed
        .iter()
        .map(|id| {
            let address = rules.address(*id, None);
            Change {
                action,
                case: BTreeMap::new(),
                during: rules.notice(*id).in_force,
                before: (Verdict::Depends, Vec::new()),
                after: (Verdict::Depends, Vec::new()),
                sentence: Label::new(
                    format!(
                        "{address} 改变了“{}”的答案；涉及的情形太多，无法一一列出。",
                        deed(Lang::Zh)
                    ),
                    format!(
                        "{address} changes answers about “{}”; too many cases to list.",
                        deed(Lang::En)
                    ),
                ),
            }
        })
        .collect()
}
