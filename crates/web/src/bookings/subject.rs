//! Who is to come, and what is known of them when it is decided whether they may.

use crate::app::App;
use crate::failure::Failure;
use crate::people::ours;
use city::City;
use forms::booking::Told;
use forms::people::fact::FACTS_MAX;
use forms::people::guardian::{CHILDREN_MAX, LinkState, comes_of_age};
use forms::people::{Basis, Fact, Guardianship, Identity, SaidFact, age};
use jiff::civil::Date;
use ledger::given::SystemChance;
use ledger::item::{Found, ItemId, Row};
use ledger::name::{BadName, Key, Kind, Person};
use ledger::store::{AnyReader, Read as _};
use notice::vocabulary::{Attribute, Domain, Grid};
use notice::{AttributeId, Facts, KindId, Lang, ValueSet};

/// The kind of whoever signs up, and what their age is called, in the words of the vocabulary.
const PERSON: &str = "个人";
const AGE: &str = "年龄";

/// Somebody for whom a person may sign up.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Who.
    pub person: Person,
    /// Their name, if it is known.
    pub name: Option<String>,
}

/// A person and the children in their care.
#[derive(Debug, Clone)]
pub struct Family {
    /// The person first, then the children that an office has accepted.
    pub all: Vec<Subject>,
    /// Children who have come of age: nobody acts for them any more.
    pub grown: usize,
    /// For how many children an office has yet to see the papers.
    pub proposed: usize,
}

impl Family {
    /// Reads it. Whoever acts for a child by any page goes through here, so a guardianship ends here too, when the child comes of
    /// age: birth dates are sealed, and no decider opens them (decisions/0024).
    pub fn read(app: &App, reader: &AnyReader, person: &Person) -> Result<Family, Failure> {
        let mut family = Family {
            all: vec![subject(reader, person.clone())?],
            grown: 0,
            proposed: 0,
        };
        let links = rows::<Guardianship>(reader, Guardianship::of_guardian(person), CHILDREN_MAX)?;
        for link in links {
            match link.state {
                LinkState::Accepted { .. } if is_grown(app, reader, &link.child)? => {
                    family.grown += 1
                }
                LinkState::Accepted { .. } => family.all.push(subject(reader, link.child)?),
                LinkState::Proposed { .. } => family.proposed += 1,
                LinkState::Refused { .. } => {}
            }
        }
        Ok(family)
    }

    /// One of them by their pseudonym; the person themselves if none is named.
    pub fn find(&self, id: Option<&str>) -> Option<&Subject> {
        match id {
            None => self.all.first(),
            Some(id) => self.all.iter().find(|one| one.person.as_str() == id),
        }
    }
}

fn subject(reader: &AnyReader, person: Person) -> Result<Subject, Failure> {
    let name = match row::<Identity>(reader, Key::from(person.clone()))? {
        Some(identity) => Some(identity.name.open(reader).map_err(|_| sealed())?),
        None => None,
    };
    Ok(Subject {
        name: name.map(|name| name.as_str().to_owned()),
        person,
    })
}

/// What is known of somebody, in words.
#[derive(Debug, Clone)]
pub struct Line {
    /// Attribute and value.
    pub said: SaidFact,
    /// On whose word; nothing if it follows from the date of birth.
    pub basis: Option<Basis>,
}

/// What counts of a person for a command, sealed for it: what is kept of them, and these answers of theirs, for a session on
/// that day.
pub fn told(
    app: &App,
    reader: &AnyReader,
    person: &Person,
    day: Date,
    answers: &Facts,
) -> Result<Told, Failure> {
    let age = age_on(app, reader, person, day)?;
    seal(
        app,
        reader,
        person,
        answers,
        age.and_then(|age| aged(app.city(), age)),
    )
}

/// Their age in the words of the city, if it has a word for that.
fn aged(city: &City, age: u8) -> Option<SaidFact> {
    let (_, attribute, _) = age_attribute(city)?;
    Some(SaidFact {
        attribute: attribute.label.zh.to_string(),
        value: format!("{age} 岁"),
    })
}

fn seal(
    app: &App,
    reader: &AnyReader,
    person: &Person,
    answers: &Facts,
    aged: Option<SaidFact>,
) -> Result<Told, Failure> {
    let city = app.city();
    let kind = person_kind(city).map(|_| PERSON.to_owned());
    let aged = aged.map(|said| format!("{} = {}", said.attribute, said.value));
    let states = kind.into_iter().chain(aged).chain(texts(city, answers));
    let states: Vec<String> = states.collect();
    let states: Vec<&str> = states.iter().map(String::as_str).collect();
    let told = Told::seal(city, reader, &mut SystemChance, person, &states);
    // What failed may hold what was told, and the server's log tells nothing of anybody.
    told.map_err(|_| Failure::Ours("what is known of a person cannot be told".to_owned()))
}

/// What is known of somebody for one slot.
pub struct Known {
    /// What is kept of them, and follows from it.
    pub lines: Vec<Line>,
    /// The same with what they say now, ready for the command.
    pub told: Told,
}

impl Known {
    /// What is kept of a person, with these answers of theirs, for a session on that day.
    pub fn read(
        app: &App,
        reader: &AnyReader,
        person: &Person,
        day: Date,
        answers: &Facts,
    ) -> Result<Known, Failure> {
        let mut lines = Vec::new();
        let age = age_on(app, reader, person, day)?;
        let aged = age.and_then(|age| aged(app.city(), age));
        lines.extend(aged.clone().map(|said| Line { said, basis: None }));
        for fact in rows::<Fact>(reader, Fact::of(person), FACTS_MAX)? {
            let said = fact.said.open(reader).map_err(|_| sealed())?;
            let basis = Some(fact.basis);
            lines.push(Line { said, basis });
        }
        lines.sort_by(|a, b| a.said.attribute.cmp(&b.said.attribute));
        let told = seal(app, reader, person, answers, aged)?;
        Ok(Known { lines, told })
    }
}

/// The day on which a child comes of age, if an office has confirmed the birth date, or the demo city's list of people has it.
/// What a guardian has only stated ends nothing, and keeps nothing up.
pub fn of_age_on(app: &App, reader: &AnyReader, child: &Person) -> Result<Option<Date>, Failure> {
    let identity = row::<Identity>(reader, Key::from(child.clone()))?;
    let confirmed = identity.filter(|known| matches!(known.basis, Basis::Confirmed { .. }));
    if let Some(number) = confirmed.and_then(|known| known.number) {
        let number = number.number.open(reader).map_err(|_| sealed())?;
        return Ok(Some(comes_of_age(number.birth())));
    }
    let mut invented = app.city().people.iter().filter(|_| app.is_demo());
    let invented = invented.find(|one| one.id == child.as_str());
    Ok(invented.map(|one| comes_of_age(one.birth)))
}

fn is_grown(app: &App, reader: &AnyReader, child: &Person) -> Result<bool, Failure> {
    let day = of_age_on(app, reader, child)?;
    Ok(day.is_some_and(|day| day <= app.now().date()))
}

/// How old somebody is on a day, if their date of birth is known: by their identity number, or in the demo city's list of
/// people, who are invented.
fn age_on(
    app: &App,
    reader: &AnyReader,
    person: &Person,
    day: Date,
) -> Result<Option<u8>, Failure> {
    let identity = row::<Identity>(reader, Key::from(person.clone()))?;
    if let Some(number) = identity.and_then(|identity| identity.number) {
        let number = number.number.open(reader).map_err(|_| sealed())?;
        return Ok(number.age(day).ok());
    }
    let mut invented = app.city().people.iter().filter(|_| app.is_demo());
    let invented = invented.find(|one| one.id == person.as_str());
    Ok(invented.and_then(|one| age(one.birth, day)))
}

/// The kind of whoever signs up.
pub fn person_kind(city: &City) -> Option<KindId> {
    let kinds = &city.vocabulary.kinds;
    let at = kinds.iter().position(|kind| kind.label.zh == PERSON)?;
    u16::try_from(at).ok().map(KindId)
}

fn age_attribute(city: &City) -> Option<(AttributeId, &Attribute, &Grid)> {
    let mut all = (0..).map(AttributeId).zip(&city.vocabulary.attributes);
    all.find_map(|(id, attribute)| match &attribute.domain {
        Domain::Number(grid) if attribute.label.zh == AGE => Some((id, attribute, grid)),
        _ => None,
    })
}

/// Somebody whose age lies in this stretch, both ends included; nothing where the city's words know no age.
pub fn of_age(city: &City, from: i64, to: i64) -> Option<Facts> {
    let (id, _, grid) = age_attribute(city)?;
    let scale = 10_i64.saturating_pow(u32::from(grid.decimals));
    let position = |age: i64| {
        let age = age.saturating_mul(scale).clamp(grid.min, grid.max) - grid.min;
        u32::try_from(age / grid.step.max(1)).ok()
    };
    let ages = position(from)?..position(to)?.saturating_add(1);
    let mut facts = Facts {
        kind: Some(person_kind(city)?),
        ..Facts::default()
    };
    let ages = ValueSet::from_ranges(std::iter::once(ages));
    facts.attributes.insert(id, ages);
    Some(facts)
}

/// What `all` says beyond `base`: the answers that were given.
pub fn beyond(base: &Facts, all: &Facts) -> Facts {
    let mut answers = all.clone();
    if answers.kind == base.kind && answers.kind_alone == base.kind_alone {
        answers.kind = None;
        answers.kind_alone = false;
    }
    answers
        .attributes
        .retain(|id, values| base.attributes.get(id) != Some(values));
    answers
        .members
        .retain(|member, holds| base.members.get(member) != Some(holds));
    answers
        .places
        .retain(|place, inside| base.places.get(place) != Some(inside));
    answers
}

/// Facts as a notice's writer would write them, one after the other.
fn texts(city: &City, facts: &Facts) -> Vec<String> {
    let words = &city.vocabulary;
    let gazetteer = city.context().gazetteer;
    let mut texts = Vec::new();
    if let Some(kind) = facts.kind {
        texts.push(match facts.kind_alone {
            true => words.kind_alone(kind).zh.clone(),
            false => words
                .kinds
                .get(usize::from(kind.0))
                .map_or_else(String::new, |kind| kind.label.zh.clone()),
        });
    }
    for (id, values) in &facts.attributes {
        if let Some(attribute) = words.attributes.get(usize::from(id.0)) {
            texts.extend(valued(city, attribute, values));
        }
    }
    for ((id, value), holds) in &facts.members {
        let attribute = words.attributes.get(usize::from(id.0));
        let Some(Domain::List { values }) = attribute.map(|a| &a.domain) else {
            continue;
        };
        if let (Some(attribute), Some(value)) = (attribute, values.get(*value as usize)) {
            let has = if *holds { "包含" } else { "不包含" };
            texts.push(format!("{} {has} {}", attribute.label.zh, value.label.zh));
        }
    }
    for (place, inside) in &facts.places {
        let not = if *inside { "" } else { "不" };
        texts.push(format!("{not}在{}", gazetteer.place_name(*place, Lang::Zh)));
    }
    texts.retain(|text| !text.is_empty());
    texts
}

fn valued(city: &City, attribute: &Attribute, values: &ValueSet) -> Vec<String> {
    let name = &attribute.label.zh;
    let (Some(first), Some(last)) = (values.ranges().first(), values.ranges().last()) else {
        return Vec::new();
    };
    let one_of = |labels: Vec<&str>| match labels.as_slice() {
        [] => Vec::new(),
        [one] => vec![format!("{name} = {one}")],
        some => vec![format!("{name} 属于 ({})", some.join("、"))],
    };
    match &attribute.domain {
        Domain::Boolean { .. } => match (values.contains(1), values.contains(0)) {
            (true, false) => vec![format!("{name} = 是")],
            (false, true) => vec![format!("{name} = 否")],
            _ => Vec::new(),
        },
        Domain::Choice { values: all, .. } | Domain::List { values: all } => one_of(
            values
                .iter()
                .filter_map(|at| all.get(at as usize))
                .map(|value| value.label.zh.as_str())
                .collect(),
        ),
        Domain::Number(grid) => {
            let amount = |position: u32| {
                let number = grid.min + i64::from(position) * grid.step;
                format!("{} {}", decimal(number, grid.decimals), grid.unit)
            };
            // A stretch; of several only what holds of all.
            vec![
                format!("{name} >= {}", amount(first.start)),
                format!("{name} <= {}", amount(last.end.saturating_sub(1))),
            ]
        }
        Domain::Place => {
            let path = |at: u32| city.places.path(notice::PlaceId(at));
            vec![format!("{name} = {}", path(first.start))]
        }
    }
}

/// A number in units of its last decimal: `45` with one decimal is `4.5`.
fn decimal(number: i64, decimals: u8) -> String {
    let scale = 10_i64.saturating_pow(u32::from(decimals));
    match decimals {
        0 => number.to_string(),
        _ => format!(
            "{}.{:0width$}",
            number / scale,
            (number % scale).abs(),
            width = usize::from(decimals)
        ),
    }
}

fn row<R: Row>(reader: &AnyReader, key: Key) -> Result<Option<R>, Failure> {
    let kind = Kind::new(R::KIND).map_err(ours)?;
    let item = reader.item(&ItemId { kind, key }).map_err(ours)?;
    item.map(|item| item.read().map_err(ours)).transpose()
}

fn rows<R: Row>(
    reader: &AnyReader,
    by: Result<Found, BadName>,
    most: usize,
) -> Result<Vec<R>, Failure> {
    let items = reader.find(&by.map_err(ours)?, None, most).map_err(ours)?;
    items.iter().map(|item| item.read().map_err(ours)).collect()
}

fn sealed() -> Failure {
    Failure::Ours("personal data could not be opened".to_owned())
}
