//! Differences as words.

use super::{Change, Found, LeftOut};
use crate::case::{clock, speaker};
use crate::diff::cases::Values;
use crate::outcome::Ruling;
use crate::rules::{RuleId, Rules};
use crate::variable::{Day, DayFact, Variable};
use notice::say::Speaker;
use notice::{ActionId, KindId, Label, Lang, Period, PlaceId, ValueSet};

pub(super) fn change(rules: &Rules, found: Found) -> Change {
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
            names.push(if alone {
                let label = rules.city.vocabulary.kind_alone(KindId(next as u16));
                label.get(lang).to_owned()
            } else {
                name.to_owned()
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

/// What is told of changed cases that are not listed.
pub(super) fn left_out(
    rules: &Rules,
    action: ActionId,
    during: Period,
    count: Option<u64>,
    changed: &[RuleId],
) -> LeftOut {
    const SHOWN_MAX: usize = 6;
    let clauses: Vec<_> = changed.iter().map(|id| rules.address(*id, None)).collect();
    let say = |lang: Lang| {
        let actions = &rules.city.vocabulary.actions;
        let deed = actions
            .get(usize::from(action.0))
            .map_or("", |a| a.label.get(lang));
        let when = speaker(&rules.city, lang).period(&during);
        let mut named: Vec<String> = clauses
            .iter()
            .take(SHOWN_MAX)
            .map(ToString::to_string)
            .collect();
        if clauses.len() > SHOWN_MAX {
            named.push("…".to_owned());
        }
        match (lang, count) {
            (Lang::Zh, Some(count)) => format!(
                "{when}，{deed}：还有至多 {count} 组情形没有列出；改动的规则：{}。",
                named.join("、")
            ),
            (Lang::Zh, None) => format!(
                "{when}，{deed}：涉及的情形太多，无法列出，也无法计数；改动的规则：{}。",
                named.join("、")
            ),
            (Lang::En, Some(count)) => format!(
                "{deed}, {when}: up to {count} more sets of cases are not listed; changed rules: {}.",
                named.join(", ")
            ),
            (Lang::En, None) => format!(
                "{deed}, {when}: too many cases to list or count; changed rules: {}.",
                named.join(", ")
            ),
        }
    };
    LeftOut {
        action,
        during,
        count,
        sentence: Label::new(say(Lang::Zh), say(Lang::En)),
        clauses,
    }
}

/// From the earlier beginning to the later end.
pub(super) fn hull(a: Period, b: Period) -> Period {
    Period {
        from: a.from.min(b.from),
        until: a.until.zip(b.until).map(|(a, b)| a.max(b)),
    }
}
