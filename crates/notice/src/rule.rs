//! Rules: who must, must not, or may only so much; where, when, except whom.

use crate::condition::Condition;
use crate::gazetteer::PlaceId;
use crate::text::{ClauseIndex, Slug};
use crate::time::When;
use crate::vocabulary::{ActionId, MeasureId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// One `rule` block.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The word after `rule`, unique in its notice.
    pub name: String,
    /// What it does.
    pub effect: Effect,
    /// Whom it concerns.
    pub who: Condition,
    /// Any of these places; empty means the whole city.
    pub places: Vec<PlaceId>,
    /// Any of these times; empty means all the time the notice is in force.
    pub when: Vec<When>,
    /// Who is excepted, in the order written.
    pub exceptions: Vec<Exception>,
    /// Office that enforces it.
    pub by: Option<String>,
    /// How it becomes inspections.
    pub checks: Option<Checks>,
    /// Rules it outranks (for a permit: the rules it frees from).
    pub over: Vec<ClauseAddress>,
    /// The source gives no figure: a demo value, shown as such.
    pub demo: bool,
    /// The clause it stands under.
    pub clause: ClauseIndex,
    /// Byte ranges in the notice's text of its parts.
    pub spans: RuleSpans,
}

/// Where the parts of a rule stand in the text (bytes).
#[derive(Debug, Clone, Default)]
pub struct RuleSpans {
    /// The whole fenced block.
    pub block: Range<usize>,
    /// The name after `rule`.
    pub name: Range<usize>,
    /// The value of `forbid`, `require`, `permit` or `limit`.
    pub effect: Range<usize>,
    /// The value of `who`; empty if absent.
    pub who: Range<usize>,
    /// The value of `where`; empty if absent.
    pub places: Range<usize>,
    /// The value of `when`; empty if absent.
    pub when: Range<usize>,
    /// The value of `over`; empty if absent.
    pub over: Range<usize>,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Must not do any of these.
    Forbid(Vec<ActionId>),
    /// Must do these.
    Require(Vec<ActionId>),
    /// May do these: grants what is forbidden unless permitted, and frees from the rules named in `over`.
    Permit(Vec<ActionId>),
    /// May do so much only. Amounts are in the measure's grid units (`10^-decimals` of its unit).
    Limit {
        /// What is limited.
        measure: MeasureId,
        /// Upper bound, inclusive.
        at_most: Option<i64>,
        /// Lower bound, inclusive.
        at_least: Option<i64>,
    },
}

/// One named exception of a rule.
#[derive(Debug, Clone)]
pub struct Exception {
    /// Its key in `except`.
    pub name: String,
    /// Who is free of the rule.
    pub condition: Condition,
    /// Byte range of the condition in the text.
    pub span: Range<usize>,
}

/// How a rule becomes inspections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checks {
    /// Place, list or kind to be checked, as written.
    pub target: String,
    /// Days between two checks of one target.
    pub every_days: u16,
    /// Office or role that checks.
    pub by: String,
    /// What is checked first, as written.
    pub first: Option<String>,
}

/// The stable address of a rule or of one of its exceptions: `air-order#trucks/food`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClauseAddress {
    /// The notice.
    pub notice: Slug,
    /// The rule's name.
    pub rule: String,
    /// The exception's name.
    pub exception: Option<String>,
}

impl fmt::Display for ClauseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.notice, self.rule)?;
        match &self.exception {
            Some(exception) => write!(f, "/{exception}"),
            None => Ok(()),
        }
    }
}
