//! Who may sign up for an offer, answered by the same diagrams as rules.
//!
//! To sign up for a slot is an act that only those may do whom the offer's `who`, and its project's, permits.

use crate::answer::{Answer, Question, Whereabouts};
use crate::book::Book;
use crate::budget::{Budget, TooLarge};
use crate::diagram::Ref;
use crate::known::Known;
use crate::rules::{RuleId, Rules, each_atom};
use crate::sheet::Sheet;
use city::City;
use jiff::civil::DateTime;
use notice::offer::Offer;
use notice::rule::{ClauseAddress, Effect, RuleSpans};
use notice::vocabulary::{Action, Default as ByDefault};
use notice::{ActionId, Condition, Facts, Label, Notice, Rule};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Nodes that a question about an offer may take.
const NODES_MAX: usize = 1 << 18;
/// Steps that it may take.
const STEPS_MAX: u64 = 1 << 20;

/// The offers of a set of notices, ready to say who may sign up.
#[derive(Debug)]
pub struct Eligibility {
    book: Book,
    /// By the offer's address; a project's is `notice#offer/project`.
    actions: BTreeMap<ClauseAddress, ActionId>,
}

impl Eligibility {
    /// Makes ready the offers of `notices`.
    #[must_use]
    pub fn of(city: &City, notices: &[Arc<Notice>]) -> Eligibility {
        let mut actions = BTreeMap::new();
        let mut city = city.with_notices(Vec::new());
        let offering = notices.iter().filter(|notice| !notice.offers.is_empty());
        let permits = offering.map(|notice| {
            let mut rules = Vec::new();
            for offer in &notice.offers {
                for (address, who) in subjects(notice, offer) {
                    let Ok(id) = u16::try_from(city.vocabulary.actions.len()) else {
                        continue;
                    };
                    let action = ActionId(id);
                    city.vocabulary.actions.push(sign_up());
                    rules.push(permit(offer, action, who));
                    actions.insert(address, action);
                }
            }
            Arc::new(Notice {
                rules,
                asks: Vec::new(),
                ..(**notice).clone()
            })
        });
        let permits = permits.collect();
        Eligibility {
            book: Book::compile(Arc::new(city), permits),
            actions,
        }
    }

    /// Whether somebody of whom `facts` are known may sign up for a slot at `place` that begins `at`: allowed, forbidden,
    /// or depends, and then what to ask next. `None` if there is no such offer or project.
    #[must_use]
    pub fn answer(
        &self,
        offer: &ClauseAddress,
        facts: Facts,
        place: Whereabouts,
        at: DateTime,
    ) -> Option<Answer> {
        let action = Some(*self.actions.get(offer)?);
        Some(self.book.answer(&Question {
            action,
            facts,
            place,
            at,
        }))
    }

    /// Whether it is certain that nobody may sign up for a slot at `place` that begins `at`, whatever the states of the city.
    pub(crate) fn nobody(&self, offer: &ClauseAddress, place: &Whereabouts, at: DateTime) -> bool {
        self.actions.get(offer).is_some_and(|action| {
            let rules = &self.book.rules;
            let rule = rules
                .ids()
                .find(|(_, bound)| bound.actions.contains(action))
                .map(|(id, _)| id);
            rule.is_some_and(|id| {
                self.possible(id, *action, place, at)
                    .is_ok_and(|anybody| anybody == Ref::NO)
            })
        })
    }

    fn possible(
        &self,
        id: RuleId,
        action: ActionId,
        place: &Whereabouts,
        at: DateTime,
    ) -> Result<Ref, TooLarge> {
        let rules: &Rules = &self.book.rules;
        let known = Known::of(rules, &Facts::default(), place).on(rules, at);
        let mut sheet = Sheet::new(rules, known, &Budget::new(NODES_MAX, STEPS_MAX));
        let base = sheet.base(id, action)?;
        let possible = sheet.possible_places(&[id])?;
        sheet.arena.and(base, possible)
    }
}

/// An offer's subjects: the address of each project (or of the offer, without projects) and who may sign up for it.
pub(crate) fn subjects(notice: &Notice, offer: &Offer) -> Vec<(ClauseAddress, Condition)> {
    if offer.projects.is_empty() {
        return vec![(address(notice, offer, None), offer.who.clone())];
    }
    (0..offer.projects.len())
        .zip(&offer.projects)
        .map(|(at, project)| {
            let who = match (&offer.who, &project.who) {
                (who, Condition::Always) | (Condition::Always, who) => who.clone(),
                (all, own) => Condition::All(vec![all.clone(), own.clone()]),
            };
            (address(notice, offer, Some(at)), who)
        })
        .collect()
}

/// `library#volunteers`, or `library#volunteers/reading` for a project by its position.
#[must_use]
pub fn address(notice: &Notice, offer: &Offer, project: Option<usize>) -> ClauseAddress {
    let project = project.and_then(|at| offer.projects.get(at));
    ClauseAddress {
        notice: notice.slug.clone(),
        rule: offer.name.clone(),
        exception: project.map(|project| project.name.clone()),
    }
}

/// Whether a condition looks at the day.
pub(crate) fn looks_at_day(condition: &Condition) -> bool {
    let mut looks = false;
    each_atom(condition, &mut |atom| {
        looks |= matches!(atom, Condition::Day(_));
    });
    looks
}

fn sign_up() -> Action {
    Action {
        label: Label::new("报名", "sign up"),
        also: Vec::new(),
        actors: Vec::new(),
        default: ByDefault::Forbidden,
        standard: None,
    }
}

fn permit(offer: &Offer, action: ActionId, who: Condition) -> Rule {
    Rule {
        name: offer.name.clone(),
        effect: Effect::Permit(vec![action]),
        who,
        places: Vec::new(),
        when: Vec::new(),
        exceptions: Vec::new(),
        by: None,
        checks: None,
        over: Vec::new(),
        demo: offer.demo,
        clause: offer.clause,
        spans: RuleSpans {
            block: offer.spans.block.clone(),
            name: offer.spans.name.clone(),
            who: offer.spans.who.clone(),
            ..RuleSpans::default()
        },
    }
}
