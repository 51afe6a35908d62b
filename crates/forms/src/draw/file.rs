//! The file of a draw: one format that grows from stage to stage, and is the same to the last byte for the same draw.

use std::fmt;

use ledger::merkle::Hash;
use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::entrant::Entrant;
use super::hex::{Secret, Signature, TermsDigest};
use super::stage::{Closed, Drawn, Opened};
use super::terms::Terms;
use super::wrong::Wrong;
use super::{ENTRANTS_MAX, FILE_BYTES_MAX, FORMAT};

/// What a file says, true or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    pub format: String,
    pub terms: Terms,
    pub terms_digest: TermsDigest,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<WrittenList>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<WrittenOutcome>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenList {
    #[serde(with = "base64")]
    pub root: Hash,
    #[serde(deserialize_with = "entrants")]
    pub entrants: Vec<Entrant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenOutcome {
    pub secrets: Vec<Secret>,
    pub signature: Option<Signature>,
    #[serde(deserialize_with = "entrants")]
    pub ranks: Vec<Entrant>,
}

impl From<&Opened> for Written {
    fn from(opened: &Opened) -> Self {
        Self {
            format: FORMAT.to_owned(),
            terms: opened.terms().clone(),
            terms_digest: opened.digest().clone(),
            list: None,
            outcome: None,
        }
    }
}

impl From<&Closed> for Written {
    fn from(closed: &Closed) -> Self {
        let list = WrittenList {
            root: closed.root(),
            entrants: closed.entrants().to_vec(),
        };
        Self {
            list: Some(list),
            ..Self::from(closed.opened())
        }
    }
}

impl From<&Drawn> for Written {
    fn from(drawn: &Drawn) -> Self {
        let outcome = WrittenOutcome {
            secrets: drawn.secrets().to_vec(),
            signature: drawn.signature().cloned(),
            ranks: drawn.ranks().cloned().collect(),
        };
        Self {
            outcome: Some(outcome),
            ..Self::from(drawn.closed())
        }
    }
}

/// The one way in which a file is written.
pub fn written(what: &impl Serialize) -> String {
    // Serialising texts and numbers to memory cannot fail.
    serde_json::to_string_pretty(what).unwrap_or_default() + "\n"
}

/// Reads JSON of bounded size into a type that takes no field it does not know, so that depth is bounded too.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Wrong> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Wrong::Large);
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let told = error.to_string();
        let end = told.rfind(" at line ").unwrap_or(told.len());
        Wrong::Json {
            line: error.line(),
            column: error.column(),
            // It may repeat what the file says, however long that is.
            reason: told[..end].chars().take(160).collect(),
        }
    })
}

/// Whether these bytes are the ones that the contents are written with; otherwise where they first differ.
pub fn laid_out(bytes: &[u8], canonical: &str) -> Result<(), Wrong> {
    if bytes == canonical.as_bytes() {
        return Ok(());
    }
    let same = bytes
        .iter()
        .zip(canonical.bytes())
        .take_while(|(a, b)| **a == *b)
        .count();
    let before = &bytes[..same];
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    let column = same
        - before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1)
        + 1;
    Err(Wrong::Layout { line, column })
}

/// Hashes in base64, as the ledger's proofs and checkpoints show them.
pub mod base64 {
    use ledger::merkle::Hash;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(hash)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        read(&String::deserialize(deserializer)?)
    }

    fn read<E: Error>(text: &str) -> Result<Hash, E> {
        Hash::from_base64(text).ok_or_else(|| E::custom("a hash is 44 characters of base64"))
    }

    /// Many of them.
    pub mod list {
        use super::{Deserialize, Deserializer, Hash, Serializer};

        pub fn serialize<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(hashes.iter().map(Hash::to_string))
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Hash>, D::Error> {
            let texts = Vec::<String>::deserialize(from)?;
            texts.iter().map(|text| super::read(text)).collect()
        }
    }
}

/// A list that ends at once when it becomes longer than a draw can be.
fn entrants<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entrant>, D::Error> {
    struct Bounded;
    impl<'de> Visitor<'de> for Bounded {
        type Value = Vec<Entrant>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {ENTRANTS_MAX} entrants' numbers")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut entrants = Vec::new();
            while let Some(entrant) = list.next_element()? {
                if entrants.len() == ENTRANTS_MAX {
                    return Err(serde::de::Error::invalid_length(ENTRANTS_MAX + 1, &self));
                }
                entrants.push(entrant);
            }
            Ok(entrants)
        }
    }
    deserializer.deserialize_seq(Bounded)
}
