//! Personal data, readable only as long as its person's key is kept.
//!
//! Entries stay for ever, so personal data stands in them encrypted: XChaCha20-Poly1305 under a key of the person's own,
//! bound to the person and to what it is. To forget somebody is to destroy the key; every entry keeps its bytes and its
//! place in the log, and nobody can read what it said of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::given::Chance;
use crate::name::Person;
use crate::store::{PersonKey, Read, StoreError};

const NONCE_BYTES: usize = 24;

/// Personal data, encrypted. Its JSON is the person and base64; it can stand in commands, entries and items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Whose it is.
    pub person: Person,
    /// What it is, so that an address cannot be put where a name belongs: `name`.
    pub what: String,
    /// Nonce and ciphertext in base64.
    sealed: String,
}

/// Personal data could not be encrypted or read.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no key yet.
    #[error("{0} has no key: ask the ledger for one first")]
    NoKey(Person),
    /// There is no key any more.
    #[error("{0} was forgotten")]
    Forgotten(Person),
    /// It is not what was encrypted.
    #[error("the {what} of {person} was changed, or is another's")]
    Broken {
        /// Whose.
        person: Person,
        /// What.
        what: String,
    },
    /// The machine gives no random numbers.
    #[error("the system gives no random numbers: try again")]
    Chance,
    /// It is not of the type asked for.
    #[error("personal data of another type: {0}")]
    Json(#[from] serde_json::Error),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Sealed {
    /// Encrypts a value under the person's key.
    ///
    /// # Errors
    /// [`SealError`] when there is no key, or never will be again.
    pub fn seal<T: Serialize>(
        store: &impl Read,
        chance: &mut dyn Chance,
        person: &Person,
        what: &str,
        value: &T,
    ) -> Result<Self, SealError> {
        let cipher = cipher(store, person)?;
        let plain = Zeroizing::new(serde_json::to_vec(value)?);
        let chance = chance.bytes().ok_or(SealError::Chance)?;
        let nonce: [u8; NONCE_BYTES] = *chance.first_chunk().ok_or(SealError::Chance)?;
        let bound = bound(person, what);
        let sealed = cipher.encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: &plain,
                aad: &bound,
            },
        );
        // Encryption fails only for more bytes than memory holds.
        let sealed = sealed.map_err(|_| SealError::Broken {
            person: person.clone(),
            what: what.to_owned(),
        })?;
        let sealed = STANDARD.encode([&nonce[..], &sealed].concat());
        Ok(Self {
            person: person.clone(),
            what: what.to_owned(),
            sealed,
        })
    }

    /// Reads the value.
    ///
    /// # Errors
    /// [`SealError::Forgotten`] when its person was forgotten; others when it was changed.
    pub fn open<T: DeserializeOwned>(&self, store: &impl Read) -> Result<T, SealError> {
        let cipher = cipher(store, &self.person)?;
        let broken = || SealError::Broken {
            person: self.person.clone(),
            what: self.what.clone(),
        };
        let bytes = STANDARD.decode(&self.sealed).map_err(|_| broken())?;
        let (nonce, sealed) = bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or_else(broken)?;
        let bound = bound(&self.person, &self.what);
        let plain = cipher
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: &bound,
                },
            )
            .map_err(|_| broken())?;
        Ok(serde_json::from_slice(&Zeroizing::new(plain))?)
    }
}

fn cipher(store: &impl Read, person: &Person) -> Result<XChaCha20Poly1305, SealError> {
    match store.person_key(person)? {
        PersonKey::Kept(key) => Ok(XChaCha20Poly1305::new(
            &Zeroizing::new(key)
                .as_slice()
                .try_into()
                .map_err(|_| SealError::NoKey(person.clone()))?,
        )),
        PersonKey::None => Err(SealError::NoKey(person.clone())),
        PersonKey::Destroyed => Err(SealError::Forgotten(person.clone())),
    }
}

/// What the ciphertext is bound to. A name has no control character, so the line break parts the two.
fn bound(person: &Person, what: &str) -> Vec<u8> {
    format!("{person}\n{what}").into_bytes()
}
