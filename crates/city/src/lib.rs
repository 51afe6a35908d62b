//! A city on disk: places, calendar, offices, registers, states and the texts of its notices.
//!
//! The one central type is [`City`], loaded whole from a folder or not at all: every fault of the folder is reported
//! with file, line and column. Reading the folder is the only I/O here; everything after is pure.

pub mod calendar;
pub mod folder;
pub mod office;
pub mod place;
pub mod register;
pub mod state;

use jiff::civil::DateTime;
use notice::{Notice, Vocabulary};

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
    /// Notices, by slug.
    pub notices: Vec<std::sync::Arc<Notice>>,
}

impl City {
    /// Loads a city folder. Returns the city with warnings, or everything that is wrong with it.
    pub fn load(
        _folder: &std::path::Path,
    ) -> Result<(City, Vec<notice::Diagnostic>), Vec<notice::Diagnostic>> {
        todo!()
    }

    /// The context in which this city's notices are read.
    pub fn context(&self) -> notice::Context<'_> {
        todo!()
    }
}
