//! Whose a certificate is: the name on it, and a salt that lets others compare a name without reading it.

use ledger::given::Chance;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::people::{PersonName, PersonalData};

/// Bytes of the salt.
pub const SALT_BYTES: usize = 16;

/// The name on a certificate. It is sealed under the holder's own key wherever it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The name, as it was when the certificate was asked for.
    name: PersonName,
    /// 32 hexadecimal digits.
    salt: String,
}

/// A holder could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHolder {
    /// No random numbers.
    #[error("the system gives no random numbers: try again")]
    Chance,
}

impl PersonalData for Holder {
    const WHAT: &'static str = "certificate-holder";
}

impl Holder {
    /// A holder of this name, with a new salt.
    ///
    /// # Errors
    /// [`BadHolder::Chance`].
    pub fn new(name: PersonName, chance: &mut dyn Chance) -> Result<Self, BadHolder> {
        let bytes = chance.bytes().ok_or(BadHolder::Chance)?;
        let salt = bytes.iter().take(SALT_BYTES);
        Ok(Self {
            name,
            salt: salt.map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// The salted hash of the name, as Open Badges writes an identity that is not to be read: `sha256$…`.
    #[must_use]
    pub fn hash(&self) -> String {
        hash(self.name.as_str(), &self.salt)
    }

    /// Whether this is the holder's name. White space does not matter.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        plain(name) == plain(self.name.as_str())
    }
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holder(…)")
    }
}

fn plain(name: &str) -> String {
    name.split_whitespace().collect()
}

/// SHA-256 over a name without its white space and a salt.
pub(super) fn hash(name: &str, salt: &str) -> String {
    let digest = Sha256::new()
        .chain_update(plain(name))
        .chain_update(salt)
        .finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256${hex}")
}
