//! Which kinds a condition can speak of, to find rules whose subject cannot do the act.

use crate::condition::Condition;
use crate::vocabulary::{AttributeId, Holder, KindId, Vocabulary};

/// What a condition is for a subject of which only the kind is known.
#[derive(Clone, Copy, PartialEq)]
enum Truth {
    No,
    Open,
    Yes,
}

/// The kinds for which the condition can hold.
pub(crate) fn possible(vocabulary: &Vocabulary, condition: &Condition) -> Vec<KindId> {
    (0u16..)
        .zip(&vocabulary.kinds)
        .map(|(at, _)| KindId(at))
        .filter(|kind| truth(vocabulary, *kind, condition) != Truth::No)
        .collect()
}

fn truth(vocabulary: &Vocabulary, kind: KindId, condition: &Condition) -> Truth {
    let has = |attribute: AttributeId| {
        let holder = vocabulary
            .attributes
            .get(usize::from(attribute.0))
            .map(|known| &known.holder);
        let held = match holder {
            Some(Holder::Kinds(kinds)) => kinds
                .iter()
                .any(|holder| vocabulary.kinds_under(*holder).contains(&kind.0)),
            Some(Holder::City { .. }) => true,
            None => false,
        };
        if held { Truth::Open } else { Truth::No }
    };
    match condition {
        Condition::Always => Truth::Yes,
        Condition::Kind(of) if vocabulary.kinds_under(*of).contains(&kind.0) => Truth::Yes,
        Condition::Kind(_) => Truth::No,
        Condition::Is(_, set) if set.is_empty() => Truth::No,
        Condition::Is(attribute, _) | Condition::Has(attribute, _) => has(*attribute),
        Condition::In(_) | Condition::Day(_) => Truth::Open,
        Condition::All(parts) => {
            parts
                .iter()
                .map(|part| truth(vocabulary, kind, part))
                .fold(Truth::Yes, |all, part| match (all, part) {
                    (Truth::No, _) | (_, Truth::No) => Truth::No,
                    (Truth::Yes, Truth::Yes) => Truth::Yes,
                    _ => Truth::Open,
                })
        }
        Condition::Any(parts) => {
            parts
                .iter()
                .map(|part| truth(vocabulary, kind, part))
                .fold(Truth::No, |any, part| match (any, part) {
                    (Truth::Yes, _) | (_, Truth::Yes) => Truth::Yes,
                    (Truth::No, Truth::No) => Truth::No,
                    _ => Truth::Open,
                })
        }
        Condition::Not(inner) => match truth(vocabulary, kind, inner) {
            Truth::No => Truth::Yes,
            Truth::Open => Truth::Open,
            Truth::Yes => Truth::No,
        },
    }
}
