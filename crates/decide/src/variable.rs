//! What an answer can depend on, in the order in which diagrams look at it.

use crate::diagram::Level;
use city::City;
use notice::vocabulary::{Domain, Holder};
use notice::{AttributeId, PlaceId};
use std::collections::BTreeSet;

/// The day a day fact is about: hours past midnight belong to the day they began on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Day {
    /// The day of the instant.
    Today,
    /// The day before.
    Yesterday,
}

/// A fact of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum DayFact {
    /// Monday is 0.
    Weekday,
    /// 0 workday, 1 rest day, 2 statutory holiday.
    Kind,
    /// Picked by this recurrence (position in the book's list): 0 no, 1 yes.
    Recurring(u32),
}

/// Something with finitely many values. Their order is the order of variables: what tells most apart comes first, time last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Variable {
    /// The act is in this place: 0 no, 1 yes.
    Place(PlaceId),
    /// The subject's kind, by position in the vocabulary.
    Kind,
    /// An attribute of the subject; of a list, whether it holds this value.
    Attribute(AttributeId, Option<u32>),
    /// A state of the city.
    State(AttributeId, Option<u32>),
    /// A fact of today or of yesterday.
    Calendar(Day, DayFact),
    /// Minutes since midnight.
    Minute,
}

/// Minutes of a day.
pub(crate) const MINUTES: u32 = 1440;

/// The variables that a set of rules speaks of, with their domains' sizes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    variables: Vec<Variable>,
    sizes: Vec<u32>,
}

impl Layout {
    pub(crate) fn new(city: &City, variables: BTreeSet<Variable>) -> Layout {
        // A level is 16 bits wide; a city's vocabulary and places are far smaller.
        let variables: Vec<_> = variables
            .into_iter()
            .take(usize::from(Level::MAX))
            .collect();
        let sizes = variables.iter().map(|v| size(city, *v)).collect();
        Layout { variables, sizes }
    }

    pub(crate) fn level(&self, variable: Variable) -> Option<Level> {
        self.variables
            .binary_search(&variable)
            .ok()
            .map(|i| i as Level)
    }

    pub(crate) fn variable(&self, level: Level) -> Variable {
        self.variables[usize::from(level)]
    }

    pub(crate) fn size(&self, level: Level) -> u32 {
        self.sizes[usize::from(level)]
    }

    pub(crate) fn len(&self) -> usize {
        self.variables.len()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Level, Variable)> + '_ {
        self.variables
            .iter()
            .enumerate()
            .map(|(i, v)| (i as Level, *v))
    }
}

/// The variable of an attribute (of a list: of one of its values).
pub(crate) fn of_attribute(
    city: &City,
    attribute: AttributeId,
    member: Option<u32>,
) -> Option<Variable> {
    let known = city.vocabulary.attributes.get(usize::from(attribute.0))?;
    Some(match known.holder {
        Holder::Kinds(_) => Variable::Attribute(attribute, member),
        Holder::City { .. } => Variable::State(attribute, member),
    })
}

fn size(city: &City, variable: Variable) -> u32 {
    match variable {
        Variable::Place(_) | Variable::Calendar(_, DayFact::Recurring(_)) => 2,
        Variable::Kind => city.vocabulary.kinds.len() as u32,
        Variable::Attribute(_, Some(_)) | Variable::State(_, Some(_)) => 2,
        Variable::Attribute(attribute, None) | Variable::State(attribute, None) => {
            domain_size(city, attribute)
        }
        Variable::Calendar(_, DayFact::Weekday) => 7,
        Variable::Calendar(_, DayFact::Kind) => 3,
        Variable::Minute => MINUTES,
    }
}

/// How many positions an attribute has.
pub(crate) fn domain_size(city: &City, attribute: AttributeId) -> u32 {
    let Some(known) = city.vocabulary.attributes.get(usize::from(attribute.0)) else {
        return 1;
    };
    let size = match &known.domain {
        Domain::Choice { values, .. } | Domain::List { values } => values.len() as u32,
        Domain::Boolean { .. } => 2,
        Domain::Number(grid) => {
            u32::try_from((grid.max - grid.min) / grid.step.max(1) + 1).unwrap_or(u32::MAX)
        }
        Domain::Place => city.places.all().len() as u32,
    };
    size.max(1)
}
