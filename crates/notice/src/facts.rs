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
    /// Positions still possible, for attributes of which anything is known (states of the city too: an explicit fact
    /// outranks the city's own state).
    pub attributes: BTreeMap<AttributeId, ValueSet>,
    /// Members of list attributes known to be (`true`) or not to be (`false`) in the list.
    pub members: BTreeMap<(AttributeId, u32), bool>,
    /// Places the act is known to be in (`true`) or outside of (`false`).
    pub places: BTreeMap<PlaceId, bool>,
}
