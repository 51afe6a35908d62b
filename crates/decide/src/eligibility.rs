//! Who may sign up for an offer, answered by the same diagrams as rules.
//!
//! To sign up for a slot is an act that only those may do whom the offer's `who`, and its project's, permits.

use crate::answer::{Answer, Whereabouts};
use crate::budget::{Budget, TooLarge};
use crate::conditions::{Asked, Conditions};
use crate::diagram::Ref;
use crate::known::Known;
use crate::rules::{RuleId, Rules, each_atom};
use crate::sheet::Sheet;
use city::City;
use jiff::civil::DateTime;
use notice::offer::Offer;
use notice::rule::ClauseAddress;
use notice::{ActionId, Condition, Facts, Label, Notice};
use std::sync::Arc;

/// Nodes that a question about an offer may take.
const NODES_MAX: usize = 1 << 18;
/// Steps that it may take.
const STEPS_MAX: u64 = 1 << 20;

/// The offers of a set of notices, ready to say who may sign up. Asked by the offer's address; a project's is
/// `notice#offer/project`.
#[derive(Debug)]
pub struct Eligibility(Conditions);

impl Eligibility {
    /// Makes ready the offers of `notices`.
    #[must_use]
    pub fn of(city: &City, notices: &[Arc<Notice>]) -> Eligibility {
        let asked = |notice: &Notice| {
            let offers = notice.offers.iter();
            let asked = offers.flat_map(|offer| {
                subjects(notice, offer)
                    .into_iter()
                    .map(|(address, who)| Asked {
                        address,
                        who,
                        demo: offer.demo,
                        clause: offer.clause,
                        block: offer.spans.block.clone(),
                        span: offer.spans.who.clone(),
                    })
            });
            asked.collect()
        };
        let sign_up = Label::new("报名", "sign up");
        Eligibility(Conditions::of(city, notices, &sign_up, asked))
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
        self.0.answer(offer, facts, place, at)
    }

    /// Whether it is certain that nobody may sign up for a slot at `place` that begins `at`, whatever the states of the city.
    pub(crate) fn nobody(&self, offer: &ClauseAddress, place: &Whereabouts, at: DateTime) -> bool {
        self.0.rule(offer).is_some_and(|(id, action)| {
            self.possible(id, action, place, at)
                .is_ok_and(|anybody| anybody == Ref::NO)
        })
    }

    fn possible(
        &self,
        id: RuleId,
        action: ActionId,
        place: &Whereabouts,
        at: DateTime,
    ) -> Result<Ref, TooLarge> {
        let rules: &Rules = &self.0.book.rules;
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
