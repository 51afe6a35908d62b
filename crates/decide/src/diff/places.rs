//! Places of two cities: rules of the earlier one are read with the later one's numbers, and what became of the places
//! they name is told.

use super::{PlaceGone, Refusal};
use city::City;
use city::place::Level;
use notice::rule::ClauseAddress;
use notice::vocabulary::Domain;
use notice::{AttributeId, Condition, Label, Notice, PlaceId, Rule, ValueSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What became of a place that rules name.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceChange {
    /// Its code.
    pub code: String,
    /// Its name in the later city.
    pub name: Label,
    /// What became of it.
    pub how: PlaceChanged,
    /// The rules that name it, in either city.
    pub clauses: Vec<ClauseAddress>,
    /// The same said as a sentence.
    pub sentence: Label,
}

/// What became of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceChanged {
    /// It has another outline, or lies under another division.
    Moved,
    /// It is new.
    New,
}

/// The notices of `before` with places numbered as in the later city.
///
/// # Errors
/// A rule names a place that the later city does not have.
pub(super) fn renumbered(
    before: &City,
    after: &City,
    notices: &[Arc<Notice>],
) -> Result<Vec<Arc<Notice>>, Refusal> {
    let same = before.places.all().len() == after.places.all().len()
        && before
            .places
            .all()
            .iter()
            .zip(after.places.all())
            .all(|(a, b)| a.code == b.code);
    if same {
        return Ok(notices.to_vec());
    }
    let mapping = Mapping { before, after };
    notices
        .iter()
        .map(|notice| mapping.notice(notice))
        .collect()
}

struct Mapping<'c> {
    before: &'c City,
    after: &'c City,
}

impl Mapping<'_> {
    fn notice(&self, notice: &Notice) -> Result<Arc<Notice>, Refusal> {
        let mut mapped = notice.clone();
        for rule in &mut mapped.rules {
            let gone = |place: PlaceId| self.gone(place, notice, &rule.name);
            let mut places = Vec::with_capacity(rule.places.len());
            for place in &rule.places {
                places.push(self.place(*place).ok_or_else(|| gone(*place))?);
            }
            let who = self.condition(&rule.who).map_err(gone)?;
            let mut exceptions = Vec::with_capacity(rule.exceptions.len());
            for exception in &rule.exceptions {
                exceptions.push(self.condition(&exception.condition).map_err(gone)?);
            }
            (rule.places, rule.who) = (places, who);
            for (exception, condition) in rule.exceptions.iter_mut().zip(exceptions) {
                exception.condition = condition;
            }
        }
        Ok(Arc::new(mapped))
    }

    fn place(&self, place: PlaceId) -> Option<PlaceId> {
        let code = &self.before.places.get(place)?.code;
        self.after.places.by_code(code)
    }

    /// `Err` is the place that is gone.
    fn condition(&self, condition: &Condition) -> Result<Condition, PlaceId> {
        let each = |parts: &[Condition]| -> Result<Vec<Condition>, PlaceId> {
            parts.iter().map(|part| self.condition(part)).collect()
        };
        Ok(match condition {
            Condition::In(place) => Condition::In(self.place(*place).ok_or(*place)?),
            Condition::Is(attribute, set) if is_place(self.before, *attribute) => {
                Condition::Is(*attribute, self.set(set)?)
            }
            Condition::All(parts) => Condition::All(each(parts)?),
            Condition::Any(parts) => Condition::Any(each(parts)?),
            Condition::Not(inner) => Condition::Not(Box::new(self.condition(inner)?)),
            other => other.clone(),
        })
    }

    /// Places with all that lies under them, by the largest ones that make up the set.
    fn set(&self, set: &ValueSet) -> Result<ValueSet, PlaceId> {
        let mut ranges = Vec::new();
        for place in largest(self.before, set) {
            let mapped = self.place(place).ok_or(place)?;
            // One that is not in the set with all its parts stands for itself.
            let whole = self.before.places.span(place).end <= end_of(set, place);
            ranges.push(if whole {
                self.after.places.span(mapped)
            } else {
                mapped.0..mapped.0 + 1
            });
        }
        Ok(ValueSet::from_ranges(ranges))
    }

    fn gone(&self, place: PlaceId, notice: &Notice, rule: &str) -> Refusal {
        let known = self.before.places.get(place);
        Refusal::PlaceGone(Box::new(PlaceGone {
            name: known.map(|place| place.name.clone()).unwrap_or_default(),
            code: known.map(|place| place.code.clone()).unwrap_or_default(),
            clause: ClauseAddress {
                notice: notice.slug.clone(),
                rule: rule.to_owned(),
                exception: None,
            },
        }))
    }
}

/// Where the range of a set that a place is in ends.
fn end_of(set: &ValueSet, place: PlaceId) -> u32 {
    let range = set.ranges().iter().find(|range| range.contains(&place.0));
    range.map_or(0, |range| range.end)
}

fn largest(city: &City, set: &ValueSet) -> Vec<PlaceId> {
    let mut all = Vec::new();
    for range in set.ranges() {
        let mut next = range.start;
        while next < range.end {
            all.push(PlaceId(next));
            let end = city.places.span(PlaceId(next)).end;
            next = if end <= range.end {
                end.max(next + 1)
            } else {
                next + 1
            };
        }
    }
    all
}

fn is_place(city: &City, attribute: AttributeId) -> bool {
    let known = city.vocabulary.attributes.get(usize::from(attribute.0));
    known.is_some_and(|known| matches!(known.domain, Domain::Place))
}

/// Places that a rule names.
fn named(city: &City, rule: &Rule) -> BTreeSet<PlaceId> {
    let mut all: BTreeSet<PlaceId> = rule.places.iter().copied().collect();
    let conditions = std::iter::once(&rule.who).chain(rule.exceptions.iter().map(|e| &e.condition));
    for condition in conditions {
        crate::rules::each_atom(condition, &mut |atom| match atom {
            Condition::In(place) => {
                all.insert(*place);
            }
            Condition::Is(attribute, set) if is_place(city, *attribute) => {
                all.extend(largest(city, set));
            }
            _ => {}
        });
    }
    all
}

/// What became of the places that rules name; `notices` of both sides, numbered as in the later city.
pub(super) fn changed(before: &City, after: &City, notices: &[Arc<Notice>]) -> Vec<PlaceChange> {
    let mut naming: BTreeMap<PlaceId, BTreeSet<ClauseAddress>> = BTreeMap::new();
    for notice in notices {
        for rule in &notice.rules {
            for place in named(after, rule) {
                naming.entry(place).or_default().insert(ClauseAddress {
                    notice: notice.slug.clone(),
                    rule: rule.name.clone(),
                    exception: None,
                });
            }
        }
    }
    naming
        .into_iter()
        .filter_map(|(place, clauses)| {
            let how = became(before, after, place)?;
            let known = after.places.get(place)?;
            let clauses: Vec<ClauseAddress> = clauses.into_iter().collect();
            Some(PlaceChange {
                sentence: sentence(&known.name, how, &clauses),
                code: known.code.clone(),
                name: known.name.clone(),
                how,
                clauses,
            })
        })
        .collect()
}

fn became(before: &City, after: &City, place: PlaceId) -> Option<PlaceChanged> {
    let now = after.places.get(place)?;
    let Some(old) = before.places.by_code(&now.code) else {
        return Some(PlaceChanged::New);
    };
    let above = |city: &City, place: PlaceId| -> Option<String> {
        let place = city.places.get(place)?;
        let parent = place.parent.filter(|_| place.level != Level::Area)?;
        city.places.get(parent).map(|parent| parent.code.clone())
    };
    let moved = before.places.outline(old) != after.places.outline(place)
        || above(before, old) != above(after, place);
    moved.then_some(PlaceChanged::Moved)
}

fn sentence(name: &Label, how: PlaceChanged, clauses: &[ClauseAddress]) -> Label {
    const SHOWN_MAX: usize = 6;
    let shown: Vec<String> = clauses
        .iter()
        .take(SHOWN_MAX)
        .map(ToString::to_string)
        .collect();
    let more = if clauses.len() > SHOWN_MAX {
        " …"
    } else {
        ""
    };
    let (zh, en) = (shown.join("、") + more, shown.join(", ") + more);
    match how {
        PlaceChanged::Moved => Label::new(
            format!(
                "地点“{}”的范围变了；提到它的规则：{zh}。下面的差异按新的范围。",
                name.zh
            ),
            format!(
                "The place “{}” has another extent; rules that name it: {en}. The differences below are for its new extent.",
                name.en
            ),
        ),
        PlaceChanged::New => Label::new(
            format!("地点“{}”是新的；提到它的规则：{zh}。", name.zh),
            format!("The place “{}” is new; rules that name it: {en}.", name.en),
        ),
    }
}
