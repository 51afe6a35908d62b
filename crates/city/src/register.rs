//! Registers: tables of known subjects (enterprises), typed by the vocabulary.

pub mod credit_code;
mod read;

use notice::Facts;

pub(crate) use read::{Known, read};

/// A register, loaded whole or not at all.
#[derive(Debug, Clone)]
pub struct Register {
    /// Stem of its file (`enterprises`).
    pub name: String,
    /// Its rows.
    pub rows: Vec<Entry>,
}

/// One row: a subject of which everything the register knows is known.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Unified social credit code (GB 32100), checked.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Facts by the vocabulary: kind, industry, fuel, grade, membership of every list.
    pub facts: Facts,
    /// District code and point (WGS-84).
    pub district: String,
    /// Longitude, latitude.
    pub point: (f64, f64),
    /// Invented for the demo.
    pub demo: bool,
}

impl Register {
    /// The row with this id.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.rows.iter().find(|row| row.id == id)
    }
}
