//! Of which sort a matter is, answered by the same diagrams as rules.

use crate::answer::{Need, Whereabouts};
use crate::conditions::{Asked, Conditions};
use city::City;
use jiff::civil::DateTime;
use notice::ask::Verdict;
use notice::rule::ClauseAddress;
use notice::{Condition, Facts, Label, Notice, Steps};
use std::ops::Range;
use std::sync::Arc;

/// The sorts of matters of a set of notices, ready to say of which one a matter is.
#[derive(Debug)]
pub struct Sorting(pub(crate) Conditions);

/// Of which sort a matter is.
#[derive(Debug, Clone, PartialEq)]
pub enum Sorted {
    /// Of this one, by its position in [`Steps::sorts`].
    Sort(usize),
    /// It turns on what is not known yet.
    Depends(Box<Need>),
    /// Of none: it does not go this way.
    None,
}

impl Sorting {
    /// Makes ready the steps of `notices`.
    #[must_use]
    pub fn of(city: &City, notices: &[Arc<Notice>]) -> Sorting {
        let asked = |notice: &Notice| {
            let steps = notice.steps.iter();
            let asked = steps.flat_map(|steps| {
                subjects(notice, steps)
                    .into_iter()
                    .map(|(address, who, span)| Asked {
                        address,
                        who,
                        demo: steps.demo,
                        clause: steps.clause,
                        block: steps.spans.block.clone(),
                        span,
                    })
            });
            asked.collect()
        };
        let label = Label::new("归类", "be of a sort");
        Sorting(Conditions::of(city, notices, &label, asked))
    }

    /// Of which sort a matter is of which `facts` are known, that comes in `at`.
    #[must_use]
    pub fn sort(
        &self,
        notice: &Notice,
        steps: &Steps,
        facts: &Facts,
        place: &Whereabouts,
        at: DateTime,
    ) -> Sorted {
        let mut depends = None;
        for position in 0..steps.sorts.len() {
            let address = address(notice, steps, Some(position));
            let answer = self.0.answer(&address, facts.clone(), place.clone(), at);
            match answer {
                Some(answer) if answer.verdict == Verdict::Allowed => {
                    return Sorted::Sort(position);
                }
                Some(answer) if answer.verdict == Verdict::Depends => {
                    depends = depends.or(answer.needs);
                }
                _ => {}
            }
        }
        depends.map_or(Sorted::None, |need| Sorted::Depends(Box::new(need)))
    }
}

/// `grid#concern`, or `grid#concern/hazard` for a sort by its position.
#[must_use]
pub fn address(notice: &Notice, steps: &Steps, sort: Option<usize>) -> ClauseAddress {
    let sort = sort.and_then(|at| steps.sorts.get(at));
    ClauseAddress {
        notice: notice.slug.clone(),
        rule: steps.name.clone(),
        exception: sort.map(|sort| sort.name.clone()),
    }
}

/// Each sort's address and what is of it: what its condition says and no earlier one. Last, under the address of the
/// steps themselves, what is of none.
fn subjects(notice: &Notice, steps: &Steps) -> Vec<(ClauseAddress, Condition, Range<usize>)> {
    let mut before: Vec<Condition> = Vec::new();
    let mut subjects = Vec::new();
    let of = |own: Option<&Condition>, before: &[Condition]| {
        let earlier = before.iter();
        let mut parts = vec![steps.who.clone()];
        parts.extend(own.cloned());
        parts.extend(earlier.map(|one| Condition::Not(Box::new(one.clone()))));
        parts.retain(|part| *part != Condition::Always);
        match parts.len() {
            0 => Condition::Always,
            1 => parts.swap_remove(0),
            _ => Condition::All(parts),
        }
    };
    for (position, sort) in steps.sorts.iter().enumerate() {
        let address = address(notice, steps, Some(position));
        subjects.push((address, of(Some(&sort.when), &before), sort.span.clone()));
        before.push(sort.when.clone());
    }
    let rest = of(None, &before);
    subjects.push((
        address(notice, steps, None),
        rest,
        steps.spans.sorts.clone(),
    ));
    subjects
}
