//! Offices in a tree, with the places they govern, and roles.

use notice::{Label, PlaceId};

/// Offices and roles of a city.
#[derive(Debug, Clone, Default)]
pub struct Offices {
    /// Offices, parents before children.
    pub offices: Vec<Office>,
    /// Roles people have in an office or place.
    pub roles: Vec<Role>,
}

/// An office.
#[derive(Debug, Clone)]
pub struct Office {
    /// Stable id (`air-office`).
    pub id: String,
    /// Its name.
    pub name: Label,
    /// Id of the office above.
    pub parent: Option<String>,
    /// Places it governs.
    pub governs: Vec<PlaceId>,
}

/// A role (`community-grid`).
#[derive(Debug, Clone)]
pub struct Role {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub name: Label,
}
