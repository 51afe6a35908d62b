//! A concrete case out of a diagram, and cases as words.

use crate::diagram::{Arm, Level, Ref};
use crate::real_time::instant;
use crate::sheet::Sheet;
use crate::variable::{MINUTES, Variable};
use city::City;
use jiff::civil::DateTime;
use notice::diagnostic::Example;
use notice::say::Speaker;
use notice::{ActionId, Facts, KindId, Label, Lang, Period, PlaceId, ValueSet};
use std::collections::BTreeMap;
use std::ops::Range;

/// One case: who, where, when.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) facts: Facts,
    /// Places it is in.
    pub(crate) places: Vec<PlaceId>,
    pub(crate) at: DateTime,
}

/// A way through the diagram: what it fixes of each variable.
pub(crate) type Path = Vec<(Level, Range<u32>)>;

/// The first way to a leaf other than no: of places, "not there" is tried first.
pub(crate) fn first_path(sheet: &Sheet<'_>, f: Ref) -> Option<Path> {
    let mut path = Vec::new();
    let mut next = f;
    while let Some((level, arms)) = sheet.arena.node(next) {
        let i = arms.iter().position(|arm| arm.to != Ref::NO)?;
        let from = if i == 0 { 0 } else { arms[i - 1].end };
        let Arm { end, to } = arms[i];
        path.push((level, from..end));
        next = to;
    }
    (next != Ref::NO).then_some(path)
}

/// A real case in which `f` holds; `f` already holds only at real times of the period.
pub(crate) fn example(sheet: &Sheet<'_>, f: Ref, period: Period) -> Option<Case> {
    let path = first_path(sheet, f)?;
    let (mut facts, mut places) = (Facts::default(), Vec::new());
    let (mut calendar, mut minutes) = (BTreeMap::new(), None);
    for (level, range) in path {
        match sheet.rules.layout.variable(level) {
            Variable::Place(place) => {
                if range.start == 1 {
                    places.push(place);
                }
            }
            Variable::Kind => facts.kind = Some(KindId(range.start as u16)),
            Variable::Attribute(attribute, None) | Variable::State(attribute, None) => {
                facts
                    .attributes
                    .insert(attribute, ValueSet::one(range.start));
            }
            Variable::Attribute(attribute, Some(value))
            | Variable::State(attribute, Some(value)) => {
                facts.members.insert((attribute, value), range.start == 1);
            }
            variable @ Variable::Calendar(..) => {
                calendar.insert(variable, range);
            }
            Variable::Minute => minutes = Some(range),
        }
    }
    let fits = |variable: Variable, value: u32| {
        calendar
            .get(&variable)
            .is_none_or(|range| range.contains(&value))
    };
    let variables: Vec<Variable> = calendar.keys().copied().collect();
    let at = instant(sheet.rules, period, &fits, &variables, minutes)?;
    Some(Case { facts, places, at })
}

/// `2022年1月6日10时，在中环以内的重型货车`.
pub(crate) fn say(city: &City, case: &Case, lang: Lang) -> String {
    let speaker = speaker(city, lang);
    let mut facts = case.facts.clone();
    let everywhere = crate::rules::whole_city(city);
    facts.places = narrowest(city, &case.places)
        .into_iter()
        .filter(|p| *p != everywhere)
        .map(|p| (p, true))
        .collect();
    let (who, at) = (speaker.facts(&facts), speaker.instant(case.at));
    match lang {
        Lang::Zh => format!("{at}，{who}"),
        Lang::En => format!("{who} at {at}"),
    }
}

/// The case as an `ask` would write it.
pub(crate) fn words(city: &City, action: ActionId, case: &Case) -> Example {
    let (zh, en) = (speaker(city, Lang::Zh), speaker(city, Lang::En));
    let key = |key: &str| Label::new(key, key);
    let mut words = Example::default();
    if let Some(kind) = case
        .facts
        .kind
        .and_then(|kind| city.vocabulary.kinds.get(usize::from(kind.0)))
    {
        let name = Label::new("主体类别", "kind of subject");
        words.add("主体类别", name, kind.label.clone());
    }
    for (attribute, set) in &case.facts.attributes {
        if let Some(known) = city.vocabulary.attributes.get(usize::from(attribute.0)) {
            let value = Label::new(zh.value(*attribute, set), en.value(*attribute, set));
            words.add(known.label.zh.clone(), known.label.clone(), value);
        }
    }
    for ((attribute, value), yes) in &case.facts.members {
        if let Some(known) = city.vocabulary.attributes.get(usize::from(attribute.0)) {
            let value = ValueSet::one(*value);
            let name = Label::new(
                format!("{} 包含 {}", known.label.zh, zh.value(*attribute, &value)),
                format!("{} has {}", known.label.en, en.value(*attribute, &value)),
            );
            let holds = match yes {
                true => Label::new("是", "yes"),
                false => Label::new("否", "no"),
            };
            words.add(name.zh.clone(), name, holds);
        }
    }
    let places = narrowest(city, &case.places);
    let named = |lang| -> Vec<String> {
        let name = |place: &PlaceId| city.context().gazetteer.place_name(*place, lang);
        places.iter().map(name).collect()
    };
    if !places.is_empty() {
        let names = Label::new(named(Lang::Zh).join("、"), named(Lang::En).join(", "));
        words.add("where", key("where"), names);
    }
    if let Some(known) = city.vocabulary.actions.get(usize::from(action.0)) {
        words.add("do", key("do"), known.label.clone());
    }
    let at = case.at.strftime("%Y-%m-%dT%H:%M").to_string();
    words.add_plain("at", key("at"), &at);
    words
}

/// The places that contain no other of them: the rest follows.
fn narrowest(city: &City, places: &[PlaceId]) -> Vec<PlaceId> {
    use city::place::Relation;
    let contains_none = |place: &PlaceId| {
        !places
            .iter()
            .any(|other| city.places.relation(*other, *place) == Relation::Inside)
    };
    places.iter().copied().filter(contains_none).collect()
}

pub(crate) fn speaker(city: &City, lang: Lang) -> Speaker<'_> {
    Speaker {
        vocabulary: &city.vocabulary,
        gazetteer: city.context().gazetteer,
        lang,
    }
}

/// Minutes of a day as `07:00-09:00`.
pub(crate) fn clock(range: &Range<u32>) -> String {
    let time = |m: u32| format!("{:02}:{:02}", m / 60, m % 60);
    format!("{}-{}", time(range.start), time(range.end.min(MINUTES)))
}
