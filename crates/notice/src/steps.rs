//! Steps: the way a matter goes, from its coming in to its end.

use crate::condition::Condition;
use crate::gazetteer::PlaceId;
use crate::label::Label;
use crate::offer::Minutes;
use crate::text::ClauseIndex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;

/// Stages that one way of steps may have.
pub const STAGES_MAX: usize = 64;
/// Sorts of matters that it may tell apart.
pub const SORTS_MAX: usize = 64;
/// Reasons for a pause that it may allow.
pub const PAUSES_MAX: usize = 20;
/// Workdays that a deadline may have.
pub const WORKDAYS_MAX: u16 = 366;

/// One `steps` block.
///
/// A matter begins at the stage of its sort, goes forward by `next`, and back only where a person sends it.
#[derive(Debug, Clone)]
pub struct Steps {
    /// The word after `steps`, unique among the blocks of its notice.
    pub name: String,
    /// What such a matter is called: `居民诉求`.
    pub label: Label,
    /// What it must be to go this way.
    pub who: Condition,
    /// Where its matters arise; `None` is anywhere in the city.
    pub place: Option<PlaceId>,
    /// Sorts of matters, in the order of the text: a matter is of the first whose condition holds. At least one.
    pub sorts: Vec<Sort>,
    /// Its stages, in the order of the text. At least one.
    pub stages: Vec<Stage>,
    /// What the public is promised.
    pub promises: Vec<Promise>,
    /// For which reasons a matter may rest.
    pub pauses: Vec<Pause>,
    /// What brings a settled matter back; `None` has no such rule.
    pub reopen: Option<Reopen>,
    /// Of a hundred settled matters, in how many whoever brought them is asked whether it is true; 0 asks nobody.
    pub callback: u8,
    /// The source gives no figure: a demo value, shown as such.
    pub demo: bool,
    /// The clause it stands under.
    pub clause: ClauseIndex,
    /// Where its parts stand in the text.
    pub spans: StepsSpans,
}

impl Steps {
    /// The stage at this position.
    #[must_use]
    pub fn stage(&self, at: StageIndex) -> Option<&Stage> {
        self.stages.get(usize::from(at.0))
    }

    /// The stages so that each comes before those it leads to; of several that could be next, the earlier in the text.
    /// Those of a circle, and those behind one, are left out: steps that were published have none.
    #[must_use]
    pub fn in_order(&self) -> Vec<StageIndex> {
        let mut before = vec![0_usize; self.stages.len()];
        let ways = self.stages.iter().flat_map(|stage| &stage.next);
        for to in ways.filter_map(|way| way.stage()) {
            if let Some(count) = before.get_mut(usize::from(to.0)) {
                *count += 1;
            }
        }
        let mut order = Vec::with_capacity(self.stages.len());
        let indices = 0..u8::try_from(self.stages.len()).unwrap_or(u8::MAX);
        let mut open: BTreeSet<StageIndex> = indices
            .map(StageIndex)
            .filter(|at| before.get(usize::from(at.0)) == Some(&0))
            .collect();
        while let Some(at) = open.pop_first() {
            order.push(at);
            let ways = self.stage(at).into_iter().flat_map(|stage| &stage.next);
            for to in ways.filter_map(|way| way.stage()) {
                if let Some(count) = before.get_mut(usize::from(to.0)) {
                    *count -= 1;
                    if *count == 0 {
                        open.insert(to);
                    }
                }
            }
        }
        order
    }
}

/// A stage's position in [`Steps::stages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StageIndex(pub u8);

/// A sort of matters.
#[derive(Debug, Clone)]
pub struct Sort {
    /// Its key: `steps/sort` is its address.
    pub name: String,
    /// As it is shown.
    pub label: Label,
    /// A matter is of it where this holds and no earlier sort's does.
    pub when: Condition,
    /// Where it begins.
    pub first: StageIndex,
    /// Where it stands in the text (bytes).
    pub span: Range<usize>,
}

/// One stage of the way.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Its key.
    pub name: String,
    /// As it is shown.
    pub label: Label,
    /// Who acts.
    pub by: Doer,
    /// How long it may take, from when the matter reaches it.
    pub within: Deadline,
    /// What must be there before the matter can leave it forward; empty if nothing need be.
    pub needs: Vec<Evidence>,
    /// Where it may go; at least one.
    pub next: Vec<Way>,
    /// Where whoever acts may send it back to, with a reason.
    pub back: Vec<StageIndex>,
    /// What follows by itself when the time is over; `None` only shows that it is late.
    pub late: Option<Late>,
    /// A word of guidance for whoever acts.
    pub guide: Option<Label>,
    /// Where it stands in the text (bytes).
    pub span: Range<usize>,
    /// Where its parts stand in the text.
    pub spans: StageSpans,
}

/// Who acts at a stage, or is told of something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Doer {
    /// An office, or whoever has a role where the matter arose: its id.
    One(String),
    /// Who has a role in an office.
    RoleIn {
        /// The office's id.
        office: String,
        /// The role's id.
        role: String,
    },
}

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Deadline {
    /// So long by the clock.
    Minutes(Minutes),
    /// To the end of the so-many-th workday after the day it began on.
    Workdays(u16),
}

/// What must be there before a stage is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// A few words on what was done.
    Note,
    /// A photograph.
    Photo,
    /// An agreement that both sides have signed.
    Agreement,
    /// The word of whoever brought the matter that it is settled.
    Word,
}

/// Where a stage leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Way {
    /// To another stage.
    Stage(StageIndex),
    /// The matter is settled.
    End,
}

impl Way {
    /// The stage it leads to; `None` is the end.
    #[must_use]
    pub const fn stage(self) -> Option<StageIndex> {
        match self {
            Self::Stage(at) => Some(at),
            Self::End => None,
        }
    }
}

/// What follows when a stage's time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// The stage that the matter goes to by itself; `None` leaves it where it is.
    pub to: Option<StageIndex>,
    /// Who is told.
    pub tell: Vec<Doer>,
}

/// What the public is promised.
#[derive(Debug, Clone)]
pub struct Promise {
    /// What is done by then: a stage, or the whole matter.
    pub done: Way,
    /// Counted from the matter's coming in.
    pub within: Deadline,
    /// Where it stands in the text (bytes).
    pub span: Range<usize>,
}

/// A reason for which a matter may rest.
#[derive(Debug, Clone)]
pub struct Pause {
    /// Its key.
    pub name: String,
    /// As it is shown.
    pub label: Label,
    /// How long at most.
    pub most: Deadline,
    /// Where it stands in the text (bytes).
    pub span: Range<usize>,
}

/// What brings a settled matter back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reopen {
    /// One of the same sort at the same place, or the word that it is not settled, so soon after the end.
    pub within: Deadline,
    /// Where it goes on.
    pub to: StageIndex,
}

/// Where the parts of a stage stand in the text (bytes); empty if absent.
#[derive(Debug, Clone, Default)]
pub struct StageSpans {
    /// The value of `by`.
    pub by: Range<usize>,
    /// The value of `within`.
    pub within: Range<usize>,
    /// The value of `next`.
    pub next: Range<usize>,
    /// The value of `late`.
    pub late: Range<usize>,
}

/// Where the parts of steps stand in the text (bytes); empty if absent.
#[derive(Debug, Clone, Default)]
pub struct StepsSpans {
    /// The whole fenced block.
    pub block: Range<usize>,
    /// The name after `steps`.
    pub name: Range<usize>,
    /// The value of `who`.
    pub who: Range<usize>,
    /// The value of `sorts`.
    pub sorts: Range<usize>,
}
