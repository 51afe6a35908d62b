//! A city on disk: places, calendar, offices, registers, states and the texts of its notices.
//!
//! The one central type is [`City`], loaded whole from a folder or not at all: every fault of the folder is reported
//! with file, line and column. Reading the folder is the only I/O here; everything after is pure.
//!
//! ```
//! use city::City;
//! use city::place::Relation;
//! use notice::{Gazetteer, PlaceLookup};
//!
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/taiyuan-2022");
//! // let folder = "cities/taiyuan-2022";
//! let (city, _warnings) = City::load(folder.as_ref()).map_err(|found| format!("{found:?}"))?;
//! let (PlaceLookup::One(ring), PlaceLookup::One(gujiao)) = (city.place("中环以内"), city.place("古交市")) else {
//!     return Err("both are places of the demo city".into());
//! };
//! assert_eq!(city.places.relation(ring, gujiao), Relation::Disjoint);
//!
//! let mut found = Vec::new();
//! city.places.at(112.55, 37.86, &mut found);
//! assert!(found.contains(&ring));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod calendar;
mod findings;
mod folder;
mod gazetteer;
pub mod menu;
pub mod office;
pub mod people;
pub mod place;
pub mod register;
mod settings;
mod sheet;
pub mod slot;
pub mod state;
mod together;

use jiff::civil::DateTime;
use notice::{Notice, Reading, Vocabulary};
use std::sync::Arc;

/// A loaded city.
#[derive(Debug, Clone)]
pub struct City {
    /// Its name, in both languages.
    pub name: notice::Label,
    /// Its time zone.
    pub zone: jiff::tz::TimeZone,
    /// Where the demo city's clock starts; `None` follows the real time.
    pub clock: Option<DateTime>,
    /// Its words.
    pub vocabulary: Vocabulary,
    /// Its places.
    pub places: place::Places,
    /// Roads and rivers a map draws under the places; may be empty.
    pub lines: Vec<place::Line>,
    /// Workdays and holidays.
    pub calendar: calendar::Calendar,
    /// Offices and roles.
    pub offices: office::Offices,
    /// States set in `city.toml`.
    pub states: Vec<state::StateSetting>,
    /// Registers, by name of their file's stem.
    pub registers: Vec<register::Register>,
    /// Topics of notices in English, by their word in Chinese.
    pub topics: std::collections::BTreeMap<String, String>,
    /// The courses that residents can order, and who gives them where; empty if the city has none.
    pub menu: menu::Menu,
    /// The demo city's people; none in a real city, where people open accounts.
    pub people: Vec<people::Person>,
    /// Notices, by slug.
    pub notices: Vec<Arc<Notice>>,
}

impl City {
    /// Loads a city folder. Returns the city with warnings.
    ///
    /// # Errors
    /// Everything that is wrong with the folder; nothing is half-loaded.
    pub fn load(
        folder: &std::path::Path,
    ) -> Result<(City, Vec<notice::Diagnostic>), Vec<notice::Diagnostic>> {
        folder::load(folder)
    }

    /// The context in which this city's notices are read.
    pub fn context(&self) -> notice::Context<'_> {
        notice::Context {
            vocabulary: &self.vocabulary,
            gazetteer: self,
            zone: &self.zone,
        }
    }

    /// The notice with this slug.
    pub fn notice(&self, slug: &str) -> Option<&Arc<Notice>> {
        self.notices.iter().find(|notice| &*notice.slug.0 == slug)
    }

    /// The register with this name.
    pub fn register(&self, name: &str) -> Option<&register::Register> {
        self.registers.iter().find(|register| register.name == name)
    }

    /// Reads one more notice against the city. The slug is the file's stem.
    pub fn read_notice(&self, file: &str, bytes: &[u8]) -> Reading {
        notice::read_notice(self.context(), file, bytes)
    }

    /// Reads more notices (file name, bytes) together: each may name rules of the others, and of the city's, in `over`.
    pub fn read_notices(&self, files: &[(String, Vec<u8>)]) -> Vec<Reading> {
        together::read(self, files)
    }

    /// The same city with other notices.
    pub fn with_notices(&self, notices: Vec<Arc<Notice>>) -> City {
        City {
            notices,
            ..self.clone()
        }
    }

    /// The states of the city over time: those of `city.toml` and those its notices set.
    pub fn timeline(&self) -> state::Timeline {
        state::Timeline::of(&self.states, &self.notices)
    }
}
