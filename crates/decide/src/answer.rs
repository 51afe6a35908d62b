//! A question and its answer, with clauses and until when it holds.

use city::City;
use jiff::civil::DateTime;
use notice::ask::Verdict;
use notice::{ActionId, Ask, Facts, Notice, PlaceId};
use serde::Serialize;

/// What somebody wants to know.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// What they want to do; `None` asks for everything that binds them.
    pub action: Option<ActionId>,
    /// What is known of them.
    pub facts: Facts,
    /// Where it is to happen.
    pub place: Whereabouts,
    /// When, in the city's civil time.
    pub at: DateTime,
}

impl Question {
    /// The question that an `ask` of `notice` puts in `city`; without an instant, when the notice comes into force.
    pub fn of(ask: &Ask, notice: &Notice, city: &City) -> Question {
        let place = match (ask.point, ask.place) {
            (Some((lon, lat)), _) => {
                let mut found = Vec::new();
                city.places.at(lon, lat, &mut found);
                Whereabouts::Point(found)
            }
            (None, Some(place)) => Whereabouts::Within(place),
            (None, None) => Whereabouts::Unsaid,
        };
        Question {
            action: ask.action,
            facts: ask.facts.clone(),
            place,
            at: ask.at.unwrap_or(notice.in_force.from),
        }
    }
}

/// Where the act is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Whereabouts {
    /// Somewhere in the city.
    #[default]
    Unsaid,
    /// Somewhere in this place: what containment and disjointness tell is known, the rest is not.
    Within(PlaceId),
    /// At a point, which lies in exactly these places (ascending). Empty: outside the city.
    Point(Vec<PlaceId>),
}

/// The documented JSON of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// What it comes to.
    pub verdict: Verdict,
    /// Every clause that had a part in it.
    pub because: Vec<Because>,
    /// Limits that hold, the strictest of each measure.
    pub limits: Vec<LimitHeld>,
    /// Without an action: everything that surely binds the subject.
    pub duties: Vec<Because>,
    /// Without an action: what binds the subject or not, by what was not said; only while the verdict is `depends`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may_bind: Vec<Because>,
    /// The next instant at which this answer (verdict or limits) changes, RFC 3339 in the city's zone; `None`: never, as far as is known.
    pub until: Option<String>,
    /// What to ask next if the verdict is `depends`.
    pub needs: Option<Need>,
    /// The instant asked about, RFC 3339 in the city's zone.
    pub at: String,
    /// Version of the texts in force: the one notice's, or a hash over the sorted list of all.
    pub text_version: String,
}

/// A clause and its part in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// Slug.
    pub notice: String,
    /// Rule.
    pub rule: String,
    /// Exception that applied.
    pub exception: Option<String>,
    /// `四、移动源 第1款`.
    pub clause: String,
    /// The clause's paragraph.
    pub text: String,
    /// Its part.
    pub effect: Part,
}

/// The part a clause has in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// It forbids.
    Forbids,
    /// It requires.
    Requires,
    /// It limits.
    Limits,
    /// It frees: an exception, or a permit.
    Frees,
}

/// A limit that holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LimitHeld {
    /// The measure's name.
    pub measure: String,
    /// Upper bound in `unit`.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "plain")]
    pub at_most: Option<f64>,
    /// Lower bound in `unit`.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "plain")]
    pub at_least: Option<f64>,
    /// Unit.
    pub unit: String,
}

/// The attribute that decides next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// Its name; for a place, the place's name, answered by 是 or 否.
    pub attribute: String,
    /// What can be answered; for a number, one text per stretch between thresholds (`<= 4.5 t`).
    pub values: Vec<String>,
    /// The attribute's name for people.
    #[serde(skip)]
    pub name: notice::Label,
    /// How a person is asked.
    #[serde(skip)]
    pub question: notice::Label,
    /// The facts each value stands for, for an interview to continue with.
    #[serde(skip)]
    pub choices: Vec<Choice>,
}

/// One possible answer to a [`Need`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Shown words.
    pub label: notice::Label,
    /// The facts so far together with this answer.
    pub facts: Facts,
}

/// A number on a grid of `10^-decimals`.
pub(crate) fn decimal(value: i64, decimals: u8) -> f64 {
    value as f64 / 10f64.powi(i32::from(decimals))
}

/// Whole numbers are written without a fraction: `70`, not `70.0`.
fn plain<S: serde::Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
            serializer.serialize_i64(*value as i64)
        }
        Some(value) => serializer.serialize_f64(*value),
        None => serializer.serialize_none(),
    }
}
