//! `city.toml`: what a city is called, which files it is made of, its areas, offices, roles, states and registers.

use notice::Label;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) name: Words,
    /// Code of the city among its divisions.
    pub(crate) code: Spanned<String>,
    /// Name of the time zone (`Asia/Shanghai`).
    pub(crate) zone: Spanned<String>,
    /// Languages of its pages, first the one shown first.
    pub(crate) locales: Vec<Spanned<String>>,
    /// Where a demo city's clock starts.
    pub(crate) clock: Option<Spanned<toml::value::Datetime>>,
    pub(crate) files: Files,
    /// Topics of notices in English, by their word in Chinese.
    #[serde(default)]
    pub(crate) topics: BTreeMap<String, String>,
    #[serde(default, rename = "place")]
    pub(crate) places: Vec<PlaceWords>,
    #[serde(default, rename = "area")]
    pub(crate) areas: Vec<AreaSetting>,
    #[serde(default, rename = "office")]
    pub(crate) offices: Vec<OfficeSetting>,
    #[serde(default, rename = "role")]
    pub(crate) roles: Vec<RoleSetting>,
    #[serde(default, rename = "state")]
    pub(crate) states: Vec<StateLine>,
    #[serde(default, rename = "register")]
    pub(crate) registers: Vec<RegisterSetting>,
    pub(crate) menu: Option<MenuSetting>,
}

/// The tables of the menu of courses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MenuSetting {
    /// The notice by whose rules courses are ordered, by its short name.
    pub(crate) notice: Spanned<String>,
    pub(crate) courses: Spanned<String>,
    pub(crate) teachers: Spanned<String>,
    pub(crate) rooms: Spanned<String>,
}

/// Paths inside the folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    pub(crate) vocabulary: Spanned<String>,
    pub(crate) divisions: Spanned<String>,
    #[serde(default)]
    pub(crate) shapes: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) lines: Vec<Spanned<String>>,
    pub(crate) calendar: Option<Spanned<String>>,
    /// A folder: every `*.md` in it is a notice.
    pub(crate) notices: Option<Spanned<String>>,
    /// The demo city's people.
    pub(crate) people: Option<Spanned<String>>,
}

/// A name in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl Words {
    pub(crate) fn label(&self) -> Label {
        Label::new(self.zh.as_str(), self.en.as_str())
    }
}

/// More words for a division.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceWords {
    pub(crate) code: Spanned<String>,
    pub(crate) en: String,
    #[serde(default)]
    pub(crate) also: Vec<String>,
}

/// An area; its shape is the feature with its code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AreaSetting {
    pub(crate) code: Spanned<String>,
    pub(crate) name: Words,
    #[serde(default)]
    pub(crate) also: Vec<String>,
    #[serde(default)]
    pub(crate) demo: bool,
}

/// An office.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfficeSetting {
    pub(crate) id: Spanned<String>,
    pub(crate) name: Words,
    /// Id of the office above, which stands before it.
    pub(crate) under: Option<Spanned<String>>,
    /// Codes or names of the places it governs.
    #[serde(default)]
    pub(crate) governs: Vec<Spanned<String>>,
}

/// A role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleSetting {
    pub(crate) id: Spanned<String>,
    pub(crate) name: Words,
}

/// A state of the city, set for a time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StateLine {
    /// The attribute.
    pub(crate) state: Spanned<String>,
    /// Its value.
    pub(crate) value: Spanned<String>,
    /// `2022-01-06T00:00/2022-01-08T24:00`, half-open.
    pub(crate) during: Spanned<String>,
}

/// A register: a CSV file whose columns are attributes of the vocabulary.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterSetting {
    pub(crate) name: Spanned<String>,
    pub(crate) file: Spanned<String>,
    /// The kind its rows are of.
    pub(crate) kind: Spanned<String>,
    /// Column → attribute of that kind.
    pub(crate) columns: BTreeMap<Spanned<String>, Spanned<String>>,
}
