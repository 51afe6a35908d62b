//! Conditions without the parts that the kinds in question rule out.
//!
//! A word may name attributes of several kinds (`燃料` of vehicles and of enterprises) and is then read as either. Once
//! the rule says of which kind it speaks, one of them is left, and the condition is a plain list of tests.

use crate::rules::Rules;
use notice::{Condition, ValueSet};

/// The kinds that `condition` leaves of `kinds`, as far as its list of requirements says so.
pub(super) fn kinds_left(rules: &Rules, condition: &Condition, kinds: ValueSet) -> ValueSet {
    match condition {
        Condition::Kind(kind) => kinds.intersect(&rules.kinds(&[*kind])),
        Condition::All(parts) => parts
            .iter()
            .fold(kinds, |kinds, part| kinds_left(rules, part, kinds)),
        _ => kinds,
    }
}

/// The same condition for subjects of `kinds`.
pub(super) fn plain(rules: &Rules, condition: &Condition, kinds: &ValueSet) -> Condition {
    let never = || Condition::Any(Vec::new());
    let is_never = |c: &Condition| matches!(c, Condition::Any(parts) if parts.is_empty());
    let of = |holders: ValueSet| {
        if holders.intersect(kinds).is_empty() {
            never()
        } else {
            condition.clone()
        }
    };
    match condition {
        Condition::Is(attribute, _) | Condition::Has(attribute, _) => {
            let city = rules
                .city
                .vocabulary
                .attributes
                .get(usize::from(attribute.0));
            match city.map(|a| &a.holder) {
                Some(notice::vocabulary::Holder::City { .. }) => condition.clone(),
                _ => of(rules.holders(*attribute)),
            }
        }
        Condition::Kind(kind) => of(rules.kinds(&[*kind])),
        Condition::All(parts) => {
            let kinds = kinds_left(rules, condition, kinds.clone());
            let mut parts: Vec<Condition> = parts
                .iter()
                .map(|part| plain(rules, part, &kinds))
                .collect();
            if parts.iter().any(is_never) {
                return never();
            }
            parts.retain(|part| *part != Condition::Always);
            Condition::All(parts)
        }
        Condition::Any(parts) => {
            let mut parts: Vec<Condition> =
                parts.iter().map(|part| plain(rules, part, kinds)).collect();
            parts.retain(|part| !is_never(part));
            match (parts.pop(), parts.is_empty()) {
                (Some(only), true) => only,
                (Some(last), false) => {
                    parts.push(last);
                    Condition::Any(parts)
                }
                (None, _) => never(),
            }
        }
        Condition::Not(inner) => match plain(rules, inner, kinds) {
            Condition::Always => never(),
            inner if is_never(&inner) => Condition::Always,
            inner => Condition::Not(Box::new(inner)),
        },
        Condition::Always | Condition::In(_) | Condition::Day(_) => condition.clone(),
    }
}
