//! Passkeys: keys on a person's own devices by which they sign in. Kept here is the public half of each.
//!
//! Whether an answer was signed by one is verified at the edge: a decider has no challenge to hold it against.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::item::{Found, Row};
use ledger::name::{BadName, Index, Key, Person};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

use super::account::{account, only_themselves, owned_by};
use super::blind::Blind;
use super::key_of;
use super::private::{PasskeyName, PersonalData, Private};
use super::refusal::Refusal;

/// Passkeys one person has at most.
pub const PASSKEYS_MAX: usize = 10;
/// Bytes a credential's id has at most (WebAuthn Level 3, 5.8.3).
const ID_BYTES_MAX: usize = 1023;
/// Bytes of a point on P-256 that is written whole: 4, then both coordinates.
const POINT_BYTES: usize = 65;
/// Bytes of a modulus of RSA: 2048 to 4096 bits.
const MODULUS_BYTES: RangeInclusive<usize> = 256..=512;

/// What an authenticator calls a passkey: its bytes mean nothing to anybody else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CredentialId(Vec<u8>);

/// The public half of a passkey.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(Algorithm, Vec<u8>);

/// What a passkey signs by, and so what the bytes of its public half are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: a point, uncompressed.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, which is all that the chip of many a Windows computer can do: a modulus whose exponent
    /// is 65537.
    Rs256,
}

/// These bytes are no passkey's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPasskey {
    /// No credential has such an id.
    #[error("a credential's id has 1 to {ID_BYTES_MAX} bytes: make the passkey again")]
    Id,
    /// Of no kind of key that is taken.
    #[error(
        "a public key is a point of 65 bytes or a modulus of 256 to 512: make the passkey again"
    )]
    Key,
}

impl CredentialId {
    /// Takes the bytes of one.
    ///
    /// # Errors
    /// [`BadPasskey::Id`].
    pub fn new(bytes: &[u8]) -> Result<Self, BadPasskey> {
        match bytes.len() {
            1..=ID_BYTES_MAX => Ok(Self(bytes.to_vec())),
            _ => Err(BadPasskey::Id),
        }
    }

    /// As browsers and forms write it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }
}

impl PublicKey {
    /// Takes the bytes of one, whose length tells which kind it is.
    ///
    /// # Errors
    /// [`BadPasskey::Key`].
    pub fn new(bytes: &[u8]) -> Result<Self, BadPasskey> {
        let algorithm = match (bytes.first(), bytes.len()) {
            (Some(4), POINT_BYTES) => Algorithm::Es256,
            (Some(1..), length) if MODULUS_BYTES.contains(&length) => Algorithm::Rs256,
            _ => return Err(BadPasskey::Key),
        };
        Ok(Self(algorithm, bytes.to_vec()))
    }

    /// What it signs by.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.0
    }

    /// The point or the modulus.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.1
    }
}

impl TryFrom<String> for CredentialId {
    type Error = BadPasskey;

    fn try_from(text: String) -> Result<Self, BadPasskey> {
        Self::new(&URL_SAFE_NO_PAD.decode(text).map_err(|_| BadPasskey::Id)?)
    }
}

impl From<CredentialId> for String {
    fn from(id: CredentialId) -> Self {
        id.to_base64()
    }
}

impl TryFrom<String> for PublicKey {
    type Error = BadPasskey;

    fn try_from(text: String) -> Result<Self, BadPasskey> {
        let bytes = URL_SAFE_NO_PAD.decode(text);
        Self::new(&bytes.map_err(|_| BadPasskey::Key)?)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        URL_SAFE_NO_PAD.encode(key.1)
    }
}

impl std::fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CredentialId(…)")
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PublicKey(…)")
    }
}

/// What is sealed of a passkey. The public key too: whoever has one can tell which accounts elsewhere it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyData {
    /// What its person calls it.
    pub name: PasskeyName,
    /// What its authenticator calls it.
    pub credential: CredentialId,
    /// What its signatures are verified with.
    pub public_key: PublicKey,
}

impl PersonalData for PasskeyData {
    const WHAT: &'static str = "passkey";
}

/// One passkey of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passkey {
    /// Index of the credential's id, by which it is found when somebody signs in.
    pub index: Blind,
    /// Whose.
    pub person: Person,
    /// Name, id and public key.
    pub data: Private<PasskeyData>,
    /// Since when.
    pub added: Timestamp,
}

impl Passkey {
    /// The key of a passkey's row.
    ///
    /// # Errors
    /// Never for an index, whose digits are a name.
    pub fn key_of(index: &Blind) -> Result<Key, BadName> {
        Key::new(&index.to_string())
    }

    /// How all passkeys of a person are found.
    ///
    /// # Errors
    /// Never: the index's name is one.
    pub fn of(person: &Person) -> Result<Found, BadName> {
        Ok(Found(Index::new("passkey.person")?, key_of(person)))
    }
}

impl Row for Passkey {
    const KIND: &'static str = "passkey";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        Self::key_of(&self.index).unwrap_or_else(|_| key_of(&self.person))
    }

    fn found_by(&self) -> Vec<Found> {
        Self::of(&self.person).into_iter().collect()
    }
}

/// Keeps a passkey. The edge has verified that it was made just now, for this site and by this person.
#[derive(Clone, Copy, Debug, Default)]
pub struct AddPasskey;

/// What [`AddPasskey`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Adding {
    /// Whose.
    pub person: Person,
    /// Index of the credential's id.
    pub index: Blind,
    /// Name, id and public key.
    pub data: Private<PasskeyData>,
}

impl Form for AddPasskey {
    type Command = Adding;
    type Refusal = Refusal;
    const NAME: &'static str = "add-passkey";
    const SHAPE: u16 = 1;

    fn decide(&self, adding: &Adding, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Adding {
            person,
            index,
            data,
        } = adding;
        only_themselves(draft, person)?;
        owned_by(person, data)?;
        if account(draft, person)?.is_childs() {
            return Err(Stop::Refused(Refusal::ChildsAccount));
        }
        // Whose it is, is not told: an id that two people claim is a fault of a device, or somebody's try.
        if draft.get::<Passkey>(&Passkey::key_of(index)?)?.is_some() {
            return Err(Stop::Refused(Refusal::PasskeyKept));
        }
        let kept = draft.find::<Passkey>(&Passkey::of(person)?, None, PASSKEYS_MAX)?;
        if kept.len() >= PASSKEYS_MAX {
            return Err(Stop::Refused(Refusal::TooManyPasskeys));
        }
        let added = draft.now();
        Ok(draft.put(&Passkey {
            index: *index,
            person: person.clone(),
            data: data.clone(),
            added,
        })?)
    }
}

/// Removes a passkey: it signs in nobody any more. Sessions that it began stay until they are ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct RemovePasskey;

/// What [`RemovePasskey`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Removing {
    /// Whose.
    pub person: Person,
    /// Which.
    pub index: Blind,
}

impl Form for RemovePasskey {
    type Command = Removing;
    type Refusal = Refusal;
    const NAME: &'static str = "remove-passkey";
    const SHAPE: u16 = 1;

    fn decide(&self, removing: &Removing, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        only_themselves(draft, &removing.person)?;
        let key = Passkey::key_of(&removing.index)?;
        match draft.get::<Passkey>(&key)? {
            Some(passkey) if passkey.person == removing.person => {
                Ok(draft.remove::<Passkey>(&key)?)
            }
            _ => Err(Stop::Refused(Refusal::NoPasskey)),
        }
    }
}
