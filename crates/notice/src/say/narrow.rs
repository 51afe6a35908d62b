//! Leaving out what cannot concern the subject spoken of.
//!
//! Two attributes may share a name: `用途 = 应急抢险` alone speaks of vehicles *or* of machines. Beside `货车` only the vehicle's
//! remains worth saying.

use super::Speaker;
use crate::condition::Condition;
use crate::vocabulary::{AttributeId, Holder, KindId};

impl Speaker<'_> {
    /// The condition as it reads of a subject of one of these kinds (of any kind, if there are none).
    pub(super) fn narrowed(&self, condition: &Condition, kinds: &[KindId]) -> Condition {
        match condition {
            Condition::All(inner) => {
                let own: Vec<KindId> = inner.iter().flat_map(kinds_said).collect();
                let kinds = if own.is_empty() { kinds } else { &own };
                Condition::All(inner.iter().map(|one| self.narrowed(one, kinds)).collect())
            }
            Condition::Any(inner) => {
                let mut kept: Vec<Condition> = Vec::new();
                for one in inner {
                    let spoken_of = attribute(one);
                    let concerns =
                        spoken_of.is_none_or(|attribute| self.concerns(attribute, kinds));
                    let said_before = spoken_of.is_some_and(|attribute| {
                        kept.iter()
                            .any(|before| self.same_words(before, one, attribute))
                    });
                    if concerns && !said_before {
                        kept.push(self.narrowed(one, kinds));
                    }
                }
                match kept.len() {
                    // Nothing of it can hold of them: say it as it stands rather than nothing.
                    0 => condition.clone(),
                    1 => kept.remove(0),
                    _ => Condition::Any(kept),
                }
            }
            Condition::Not(inner) => Condition::Not(Box::new(self.narrowed(inner, kinds))),
            other => other.clone(),
        }
    }

    fn concerns(&self, attribute: AttributeId, kinds: &[KindId]) -> bool {
        kinds.is_empty()
            || self
                .attribute(attribute)
                .is_some_and(|known| match &known.holder {
                    Holder::City { .. } => true,
                    Holder::Kinds(_) => kinds
                        .iter()
                        .any(|kind| self.vocabulary.can_have(*kind, attribute)),
                })
    }

    /// Two attributes of one name with the same values read alike; once is enough.
    fn same_words(&self, before: &Condition, one: &Condition, spoken_of: AttributeId) -> bool {
        let (Some(other), Some(known)) = (attribute(before), self.attribute(spoken_of)) else {
            return false;
        };
        other != spoken_of
            && self
                .attribute(other)
                .is_some_and(|other| other.label == known.label)
            && self.condition(before) == self.condition(one)
    }
}

/// The kinds that a part of an `且` allows, if that is all it says.
pub(super) fn kinds_said(condition: &Condition) -> Vec<KindId> {
    match condition {
        Condition::Kind(kind) => vec![*kind],
        Condition::Any(inner) => {
            let kinds: Vec<KindId> = inner.iter().flat_map(kinds_said).collect();
            if kinds.len() == inner.len() {
                kinds
            } else {
                Vec::new()
            }
        }
        Condition::All(inner) => inner.iter().flat_map(kinds_said).collect(),
        _ => Vec::new(),
    }
}

fn attribute(condition: &Condition) -> Option<AttributeId> {
    match condition {
        Condition::Is(attribute, _) | Condition::Has(attribute, _) => Some(*attribute),
        Condition::Not(inner) => attribute(inner),
        _ => None,
    }
}
