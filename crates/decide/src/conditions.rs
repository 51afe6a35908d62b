//! Conditions that are asked by themselves, answered by the same diagrams as rules.
//!
//! Each becomes an act that is forbidden to all but those for whom it holds.

use crate::answer::{Answer, Question, Whereabouts};
use crate::book::Book;
use crate::rules::RuleId;
use city::City;
use jiff::civil::DateTime;
use notice::rule::{ClauseAddress, Effect, RuleSpans};
use notice::text::ClauseIndex;
use notice::vocabulary::{Action, Default as ByDefault};
use notice::{ActionId, Condition, Facts, Label, Notice, Rule};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// One condition of a block.
pub(crate) struct Asked {
    /// Under which address.
    pub(crate) address: ClauseAddress,
    /// It.
    pub(crate) who: Condition,
    /// The block holds demo values.
    pub(crate) demo: bool,
    /// The clause that the block stands under.
    pub(crate) clause: ClauseIndex,
    /// The whole block in the text (bytes).
    pub(crate) block: Range<usize>,
    /// The condition in the text (bytes).
    pub(crate) span: Range<usize>,
}

/// The conditions of a set of notices, ready to be asked.
#[derive(Debug)]
pub(crate) struct Conditions {
    pub(crate) book: Book,
    actions: BTreeMap<ClauseAddress, ActionId>,
}

impl Conditions {
    /// Makes ready what `asked` takes from each of `notices`. `label` is what the act is called.
    pub(crate) fn of(
        city: &City,
        notices: &[Arc<Notice>],
        label: &Label,
        asked: impl Fn(&Notice) -> Vec<Asked>,
    ) -> Self {
        let mut actions = BTreeMap::new();
        let mut city = city.with_notices(Vec::new());
        let mut permits = Vec::new();
        for notice in notices {
            let mut rules = Vec::new();
            for one in asked(notice) {
                let Ok(id) = u16::try_from(city.vocabulary.actions.len()) else {
                    continue;
                };
                let action = ActionId(id);
                city.vocabulary.actions.push(Action {
                    label: label.clone(),
                    also: Vec::new(),
                    actors: Vec::new(),
                    default: ByDefault::Forbidden,
                    standard: None,
                });
                actions.insert(one.address.clone(), action);
                rules.push(permit(one, action));
            }
            if !rules.is_empty() {
                permits.push(Arc::new(Notice {
                    rules,
                    asks: Vec::new(),
                    ..(**notice).clone()
                }));
            }
        }
        Self {
            book: Book::compile(Arc::new(city), permits),
            actions,
        }
    }

    /// Whether a condition holds: allowed, forbidden, or depends, and then what to ask next. `None` if there is no such.
    pub(crate) fn answer(
        &self,
        address: &ClauseAddress,
        facts: Facts,
        place: Whereabouts,
        at: DateTime,
    ) -> Option<Answer> {
        let action = Some(*self.actions.get(address)?);
        Some(self.book.answer(&Question {
            action,
            facts,
            place,
            at,
        }))
    }

    /// The rule that a condition has become, and its act.
    pub(crate) fn rule(&self, address: &ClauseAddress) -> Option<(RuleId, ActionId)> {
        let action = *self.actions.get(address)?;
        let mut ids = self.book.rules.ids();
        ids.find(|(_, bound)| bound.actions.contains(&action))
            .map(|(id, _)| (id, action))
    }
}

fn permit(one: Asked, action: ActionId) -> Rule {
    Rule {
        name: one.address.rule,
        effect: Effect::Permit(vec![action]),
        who: one.who,
        places: Vec::new(),
        when: Vec::new(),
        exceptions: Vec::new(),
        by: None,
        checks: None,
        over: Vec::new(),
        demo: one.demo,
        clause: one.clause,
        spans: RuleSpans {
            block: one.block,
            who: one.span,
            ..RuleSpans::default()
        },
    }
}
