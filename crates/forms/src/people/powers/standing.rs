//! Who somebody is in the city's offices, as facts in the vocabulary's words.

use ledger::name::Person;
use notice::vocabulary::words::value_position;
use notice::vocabulary::{Attribute, Domain};
use notice::{AttributeId, Facts, KindId, ValueSet, Vocabulary};

use serde::{Deserialize, Serialize};

use super::Matter;

/// The words of the vocabulary that powers rest on. A word that a vocabulary lacks stays unsaid, and what is unsaid gives
/// nobody a power.
const STAFF: &str = "工作人员";
const OFFICE: &str = "机构";
const OTHER_OFFICE: &str = "其他机构";
const ROLE: &str = "岗位";
const OTHER_ROLE: &str = "其他岗位";
const OWN_OFFICE: &str = "办理本机构事务";
const INTEREST: &str = "有利害关系";
const CONFIRMED: &str = "核实内容";
const OTHER_CONFIRMED: &str = "其他情况";

/// A person, and the post they hold if they are staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub person: Person,
    /// Their post; nothing for residents.
    pub post: Option<Post>,
}

/// A post: an office and a role in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Id of the office in `city.toml`.
    pub office: String,
    /// Id of the role in `city.toml`.
    pub role: String,
}

/// What is known when the holder of a post asks about a matter. Offices and roles are found by their ids, what is to be
/// confirmed by the attribute's word.
pub(super) fn facts(post: &Post, matter: &Matter<'_>, vocabulary: &Vocabulary) -> Facts {
    let mut kinds = (0..).map(KindId).zip(&vocabulary.kinds);
    let mut facts = Facts {
        kind: kinds
            .find(|(_, kind)| kind.label.zh == STAFF)
            .map(|(id, _)| id),
        ..Facts::default()
    };
    let mut say = |word: &str, position: &dyn Fn(&Attribute) -> Option<u32>| {
        let mut attributes = (0..).map(AttributeId).zip(&vocabulary.attributes);
        let found = attributes.find(|(_, attribute)| attribute.label.zh == word);
        if let Some((id, attribute)) = found
            && let Some(position) = position(attribute)
        {
            facts.attributes.insert(id, ValueSet::one(position));
        }
    };
    say(OFFICE, &|attribute| {
        choice(attribute, &post.office, OTHER_OFFICE)
    });
    say(ROLE, &|attribute| choice(attribute, &post.role, OTHER_ROLE));
    say(OWN_OFFICE, &|_| {
        Some(u32::from(post.office == matter.office))
    });
    say(INTEREST, &|_| Some(u32::from(matter.interest)));
    if let Some(word) = matter.attribute {
        say(CONFIRMED, &|attribute| {
            choice(attribute, word, OTHER_CONFIRMED)
        });
    }
    facts
}

fn choice(attribute: &Attribute, id: &str, otherwise: &str) -> Option<u32> {
    match &attribute.domain {
        Domain::Choice { values, .. } => {
            value_position(values, id).or_else(|| value_position(values, otherwise))
        }
        _ => None,
    }
}
