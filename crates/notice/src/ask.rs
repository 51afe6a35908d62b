//! A citizen's question with its answer: the notice's FAQ and its tests.

use crate::facts::Facts;
use crate::gazetteer::PlaceId;
use crate::rule::ClauseAddress;
use crate::text::ClauseIndex;
use crate::vocabulary::ActionId;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One `ask` block.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The question as a person puts it.
    pub question: String,
    /// The same for readers of English (`question_en`).
    pub question_en: Option<String>,
    /// What they say of themselves.
    pub facts: Facts,
    /// What they want to do; `None` asks for everything that binds them.
    pub action: Option<ActionId>,
    /// Where; `None` is unsaid.
    pub place: Option<PlaceId>,
    /// A point `[lon, lat]`, WGS-84 degrees, instead of a place.
    pub point: Option<(f64, f64)>,
    /// When; `None` is the moment the notice comes into force.
    pub at: Option<DateTime>,
    /// The expected verdict.
    pub answer: Verdict,
    /// Clauses that must be among those cited.
    pub because: Vec<ClauseAddress>,
    /// The attribute that must be asked next (its name), for `depends`.
    pub needs: Option<String>,
    /// The clause it stands under.
    pub clause: ClauseIndex,
    /// The whole fenced block (bytes).
    pub span: Range<usize>,
    /// The value of `answer` (bytes).
    pub answer_span: Range<usize>,
}

/// What an answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing forbids it (or, where a permit is needed, one is given).
    Allowed,
    /// It must not be done.
    Forbidden,
    /// It must be done.
    Required,
    /// It may be done within limits.
    Limited,
    /// A fact that is not known decides.
    Depends,
    /// Two clauses in force contradict each other.
    Conflict,
}
