//! States of the city over time (`预警级别 = 橙色`), set in `city.toml` or by a notice while it is in force.

use notice::{AttributeId, Period};

/// A state set for a time. Where several overlap, the one issued last holds; `city.toml` counts as issued first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateSetting {
    /// The state.
    pub attribute: AttributeId,
    /// Its position while set.
    pub position: u32,
    /// For how long.
    pub during: Period,
}
