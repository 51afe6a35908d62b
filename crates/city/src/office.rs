//! Offices in a tree, with the places they govern, and roles.

use crate::findings::{File, Findings};
use crate::place::Places;
use crate::settings::{OfficeSetting, RoleSetting};
use notice::vocabulary::words::nearest;
use notice::{DiagnosticKind, Label, PlaceId, PlaceLookup};
use std::collections::BTreeSet;

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

impl Offices {
    /// The name of the office or role with this id.
    pub fn name(&self, id: &str) -> Option<&Label> {
        let office = self.offices.iter().find(|office| office.id == id);
        let role = || self.roles.iter().find(|role| role.id == id);
        office
            .map(|office| &office.name)
            .or_else(|| role().map(|role| &role.name))
    }

    /// Ids of all offices and roles.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let offices = self.offices.iter().map(|office| office.id.as_str());
        offices.chain(self.roles.iter().map(|role| role.id.as_str()))
    }
}

/// Reads the offices and roles of `city.toml`, reporting what is wrong.
pub(crate) fn read(
    file: &File,
    offices: &[OfficeSetting],
    roles: &[RoleSetting],
    places: &Places,
    findings: &mut Findings,
) -> Offices {
    let mut read = Offices::default();
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    let all = offices
        .iter()
        .map(|o| &o.id)
        .chain(roles.iter().map(|r| &r.id));
    for id in all {
        let word = id.get_ref();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if word.is_empty() || !word.chars().all(plain) {
            findings
                .error(
                    file,
                    id.span(),
                    DiagnosticKind::Type,
                    format!("“{word}”不能作机构或岗位的代号"),
                    format!("`{word}` cannot be the id of an office or role"),
                )
                .hint(
                    "用小写字母、数字和连字符",
                    "use lower-case letters, digits and hyphens",
                );
        }
        if !ids.insert(word) {
            findings.error(
                file,
                id.span(),
                DiagnosticKind::Duplicate,
                format!("代号“{word}”用了两次"),
                format!("the id `{word}` is used twice"),
            );
        }
    }
    for office in offices {
        if let Some(under) = &office.under {
            let word = under.get_ref();
            if !read.offices.iter().any(|known| known.id == *word) {
                let ids = offices.iter().map(|o| o.id.get_ref().as_str());
                findings
                    .error(
                        file,
                        under.span(),
                        DiagnosticKind::UnknownWord,
                        format!("前面没有代号为“{word}”的机构"),
                        format!("no office `{word}` stands before this one"),
                    )
                    .nearest(nearest(word, ids).filter(|near| near != word));
            }
        }
        let governs = office
            .governs
            .iter()
            .filter_map(|word| place(file, word, places, findings))
            .collect();
        read.offices.push(Office {
            id: office.id.get_ref().clone(),
            name: office.name.label(),
            parent: office.under.as_ref().map(|under| under.get_ref().clone()),
            governs,
        });
    }
    read.roles.extend(roles.iter().map(|role| Role {
        id: role.id.get_ref().clone(),
        name: role.name.label(),
    }));
    read
}

fn place(
    file: &File,
    word: &toml::Spanned<String>,
    places: &Places,
    findings: &mut Findings,
) -> Option<PlaceId> {
    let name = word.get_ref();
    match places.look_up(name) {
        PlaceLookup::One(place) => Some(place),
        PlaceLookup::Several(paths) => {
            let (zh, en) = (paths.join("、"), paths.join(", "));
            findings
                .error(
                    file,
                    word.span(),
                    DiagnosticKind::AmbiguousWord,
                    format!("有好几个地方叫“{name}”"),
                    format!("several places are called `{name}`"),
                )
                .hint(format!("写成其中之一：{zh}"), format!("write one of: {en}"));
            None
        }
        PlaceLookup::None { nearest } => {
            findings
                .error(
                    file,
                    word.span(),
                    DiagnosticKind::UnknownWord,
                    format!("没有叫“{name}”的地方"),
                    format!("no place is called `{name}`"),
                )
                .nearest(nearest.as_deref());
            None
        }
    }
}
