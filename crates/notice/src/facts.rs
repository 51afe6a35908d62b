//! What is known of one case. What is not said is unknown, never false.

use crate::condition::ValueSet;
use crate::gazetteer::PlaceId;
use crate::vocabulary::{AttributeId, KindId};
use std::collections::BTreeMap;

/// Known facts of a subject, an act and the city. Partial by nature.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The kind said; the subject is of this kind or one under it.
    pub kind: Option<KindId>,
    /// The kind itself is meant and none of those under it, written `其他货车`; says nothing without a kind.
    pub kind_alone: bool,
    /// Positions still possible, for attributes of which anything is known (states of the city too: an explicit fact
    /// outranks the city's own state).
    pub attributes: BTreeMap<AttributeId, ValueSet>,
    /// Members of list attributes known to be (`true`) or not to be (`false`) in the list.
    pub members: BTreeMap<(AttributeId, u32), bool>,
    /// Places the act is known to be in (`true`) or outside of (`false`).
    pub places: BTreeMap<PlaceId, bool>,
}

impl Facts {
    /// What both say together: the narrower of each. `other` wins where they contradict each other.
    pub fn and(mut self, other: Facts) -> Facts {
        if other.kind.is_some() {
            self.kind = other.kind;
            self.kind_alone = other.kind_alone;
        }
        for (attribute, values) in other.attributes {
            let known = self
                .attributes
                .get(&attribute)
                .map(|known| known.intersect(&values));
            let narrower = known.filter(|known| !known.is_empty()).unwrap_or(values);
            self.attributes.insert(attribute, narrower);
        }
        self.members.extend(other.members);
        self.places.extend(other.places);
        self
    }
}
