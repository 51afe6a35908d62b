//! Rules by the places they hold in: of thousands in force, a question that says where looks at those of its places only.

use crate::diagram::Level;
use crate::known::Known;
use crate::rules::{RuleId, Rules};
use crate::variable::Variable;
use notice::ActionId;
use std::collections::BTreeMap;

/// For each action, the places that rules about it hold in (as variables), with those rules in the order of the book.
#[derive(Debug, Default)]
pub(crate) struct Candidates(Vec<Vec<(Level, Vec<RuleId>)>>);

impl Candidates {
    pub(crate) fn of(rules: &Rules) -> Candidates {
        let of_action = |action: ActionId| {
            let mut by_place: BTreeMap<Level, Vec<RuleId>> = BTreeMap::new();
            for &id in rules.about(action) {
                for place in rules.places(id) {
                    if let Some(level) = rules.layout.level(Variable::Place(place)) {
                        by_place.entry(level).or_default().push(id);
                    }
                }
            }
            by_place.into_iter().collect()
        };
        Candidates(rules.actions().map(of_action).collect())
    }

    /// The rules about an action in whose places the act may be, in the order of the book.
    pub(crate) fn possible(&self, action: ActionId, known: &Known) -> Vec<RuleId> {
        let by_place = self.0.get(usize::from(action.0));
        let mut found: Vec<RuleId> = by_place
            .into_iter()
            .flatten()
            .filter(|(level, _)| known.possible(*level).is_none_or(|there| there.contains(1)))
            .flat_map(|(_, ids)| ids.iter().copied())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
