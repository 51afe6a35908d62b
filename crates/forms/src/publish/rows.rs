//! What publishing keeps: the rows of the ledger's state, and by what they are found.

use jiff::Timestamp;
use ledger::item::{Found, Row};
use ledger::name::{BadName, Index, Key, Notice, Person, TextVersion};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Names exactly the texts that are published: every publication and withdrawal makes another one of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(pub TextVersion);

impl Seen {
    /// Before anything was published here.
    pub const NOTHING: Seen = Seen(TextVersion([0; 32]));

    /// After this edition too.
    #[must_use]
    pub fn and(self, edition: &Edition) -> Seen {
        let what = match &edition.holds {
            Holds::Text(version) => version.to_string(),
            Holds::Withdrawn { .. } => "withdrawn".to_owned(),
        };
        let line = format!(
            "{} {} {what} {}",
            edition.slug, edition.number, edition.from
        );
        Seen(TextVersion(
            Sha256::new()
                .chain_update(self.0.0)
                .chain_update(line)
                .finalize()
                .into(),
        ))
    }
}

/// A text that is being written. Each notice has one at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftText {
    /// Short name of the notice.
    pub slug: Notice,
    /// Id of the office whose notice it is to be.
    pub office: String,
    /// The text as last saved.
    pub text: TextVersion,
    /// From when on it is to stand; nothing is from its publication on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Everybody who has saved it, the last one last. None of them signs it.
    pub hands: Vec<Person>,
    /// When it was last saved.
    pub saved: Timestamp,
    /// The second officer's signature under exactly this text, for exactly this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signature>,
}

/// Who has read a text a second time and stands by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Who.
    pub by: Person,
    /// When.
    pub at: Timestamp,
}

/// A notice of which something was published here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Its short name.
    pub slug: Notice,
    /// Id of the office whose notice it is.
    pub office: String,
    /// The text with which the city folder began, edition 1; nothing if the notice began here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub founding: Option<TextVersion>,
    /// The number of the last edition.
    pub last: u32,
    /// Whether the last edition is a text: nothing is left to withdraw otherwise.
    pub stands: bool,
}

/// One step in a notice's life: a text that came into force, or its withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Short name of the notice.
    pub slug: Notice,
    /// Which one, from 1; the founding text counts.
    pub number: u32,
    /// What it is.
    pub holds: Holds,
    /// From when on.
    pub from: Timestamp,
    /// When it was decided.
    pub decided: Timestamp,
    /// The entry that decided it.
    pub entry: u64,
    /// The officer who decided it.
    pub by: Person,
    /// The second officer; withdrawals have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Person>,
}

/// What an edition is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// A text.
    Text(TextVersion),
    /// Nothing more: the notice was withdrawn.
    Withdrawn {
        /// Why, for everybody to read.
        reason: String,
    },
}

/// The one row that every publication writes, so that none is decided over texts that have changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Its key: there is one.
    pub key: Key,
    /// What is published.
    pub seen: Seen,
    /// How many editions that are.
    pub editions: u64,
}

impl Texts {
    /// Its key: there is one.
    ///
    /// # Errors
    /// Never: it is a key.
    pub fn the_key() -> Result<Key, BadName> {
        Key::new("city")
    }
}

impl Edition {
    /// How all editions are found, in the order of notices and numbers.
    ///
    /// # Errors
    /// Never: the index's name is one.
    pub fn all() -> Result<Found, BadName> {
        Ok(Found(Index::new("edition.city")?, Texts::the_key()?))
    }
}

impl Published {
    /// How all of them are found.
    ///
    /// # Errors
    /// Never: the index's name is one.
    pub fn all() -> Result<Found, BadName> {
        Ok(Found(
            Index::new("published-notice.city")?,
            Texts::the_key()?,
        ))
    }
}

impl DraftText {
    /// How all drafts are found.
    ///
    /// # Errors
    /// Never: the index's name is one.
    pub fn all() -> Result<Found, BadName> {
        Ok(Found(Index::new("draft-text.city")?, Texts::the_key()?))
    }
}

impl Row for DraftText {
    const KIND: &'static str = "draft-text";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        Key::from(self.slug.clone())
    }

    fn found_by(&self) -> Vec<Found> {
        Self::all().into_iter().collect()
    }
}

impl Row for Published {
    const KIND: &'static str = "published-notice";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        Key::from(self.slug.clone())
    }

    fn found_by(&self) -> Vec<Found> {
        Self::all().into_iter().collect()
    }
}

impl Row for Edition {
    const KIND: &'static str = "edition";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        // Slugs are 64 characters at most, so this is always a key.
        Key::new(&format!("{}/{:06}", self.slug, self.number))
            .unwrap_or_else(|_| Key::from(self.slug.clone()))
    }

    fn found_by(&self) -> Vec<Found> {
        Self::all().into_iter().collect()
    }
}

impl Row for Texts {
    const KIND: &'static str = "texts";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.key.clone()
    }
}
