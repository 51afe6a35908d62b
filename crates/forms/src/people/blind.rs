//! Blind indexes: what is personal, made findable without being readable.
//!
//! Two people may not have one address, and a code must be the one that was sent; so the ledger compares. What it compares
//! is HMAC-SHA256 under a key that the server keeps outside the ledger: without that key, nobody who reads the log can
//! try addresses, numbers or codes until one fits.

use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use ledger::name::{Person, RequestId, Seed};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::code::Purpose;
use super::id_number::IdNumber;
use super::passkey::CredentialId;
use super::private::MailAddress;
use crate::booking::rows::Number;

/// The server's key for blind indexes. It is in no entry, item or bundle; without it nobody can sign in by address.
pub struct BlindKey(pub [u8; 32]);

/// One blind index: 32 bytes that say nothing without the [`BlindKey`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Blind([u8; 32]);

impl BlindKey {
    /// The index of an address people sign in with.
    #[must_use]
    pub fn login(&self, mail: &MailAddress) -> Blind {
        self.of(&["login", mail.as_str()])
    }

    /// The index of an identity number.
    #[must_use]
    pub fn id_number(&self, number: &IdNumber) -> Blind {
        self.of(&["id-number", number.as_str()])
    }

    /// The index of a code, good for this person and purpose only.
    #[must_use]
    pub fn code(&self, person: &Person, purpose: Purpose, code: &str) -> Blind {
        self.of(&["code", person.as_str(), purpose.name(), code])
    }

    /// The six digits of the code that this request sends. Nobody keeps them: they are made again from the request's id
    /// whenever the mail has to be written, and cannot be made without this key.
    #[must_use]
    pub fn digits(&self, request: RequestId) -> String {
        let Blind(bytes) = self.of(&["digits", &request.to_string()]);
        let number = bytes
            .first_chunk()
            .map_or(0, |first| u64::from_be_bytes(*first));
        format!("{:06}", number % 1_000_000)
    }

    /// The index under which a fact about a person is kept; it does not tell which attribute it is.
    #[must_use]
    pub fn attribute(&self, person: &Person, attribute: &str) -> Blind {
        self.of(&["attribute", person.as_str(), attribute])
    }

    /// The secret of a person's calendar, for as long as this seed is kept.
    #[must_use]
    pub fn calendar(&self, person: &Person, seed: &[u8; 32]) -> Blind {
        let seed = Blind(*seed).to_string();
        self.of(&["calendar", person.as_str(), &seed])
    }

    /// The index of a passkey's credential.
    #[must_use]
    pub fn passkey(&self, credential: &CredentialId) -> Blind {
        self.of(&["passkey", &credential.to_base64()])
    }

    /// What a person's devices know them by. It is not the pseudonym: whoever looks through a device must not find its person's
    /// entries by it.
    #[must_use]
    pub fn user_handle(&self, person: &Person) -> Blind {
        self.of(&["user-handle", person.as_str()])
    }

    /// The mark by which this server, or another with the same key, knows a challenge for its own: what it is for, until when
    /// (ms) it is good and the chance in it are bound together.
    #[must_use]
    pub fn challenge(&self, what: &str, until_ms: i64, chance: &str) -> Blind {
        self.of(&["challenge", what, &until_ms.to_string(), chance])
    }

    /// The secret of a subscription, for this generation of it: HKDF-SHA256 of the key.
    #[must_use]
    pub fn hook(&self, hook: &Number, generation: u32) -> [u8; 32] {
        let mut secret = [0; 32];
        let info = format!("{hook}/{generation}");
        let derived = Hkdf::<Sha256>::new(Some(b"tongxin/webhook/v1"), &self.0);
        // 32 bytes are fewer than can be asked for, so this never fails.
        let _ = derived.expand(info.as_bytes(), &mut secret);
        secret
    }

    /// What tells one call of a subscription from all others, the same at every try. It leads to no entry without the key.
    #[must_use]
    pub fn hook_call(&self, hook: &Number, entry: u64, what: &str) -> Blind {
        let (hook, entry) = (hook.to_string(), entry.to_string());
        self.of(&["hook-call", &hook, &entry, what])
    }

    fn of(&self, parts: &[&str]) -> Blind {
        // A key of 32 bytes fits into one block, so this is never the other branch.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return Blind([0; 32]);
        };
        for part in parts {
            // The length before each part keeps ("ab", "c") and ("a", "bc") apart.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Blind(mac.finalize().into_bytes().into())
    }
}

impl Blind {
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether these are its bytes; takes the same time however many are right.
    #[must_use]
    pub fn is(&self, bytes: &[u8]) -> bool {
        let differing = self
            .0
            .iter()
            .zip(bytes)
            .fold(0, |all, (a, b)| all | (a ^ b));
        bytes.len() == self.0.len() && differing == 0
    }
}

impl std::fmt::Debug for BlindKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlindKey(…)")
    }
}

impl TryFrom<String> for Blind {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        // Written as the ledger writes all that has 32 bytes.
        Seed::try_from(text).map(|bytes| Self(bytes.0))
    }
}

impl From<Blind> for String {
    fn from(blind: Blind) -> Self {
        blind.to_string()
    }
}

impl std::fmt::Display for Blind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Blind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blind({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_hmac_sha256_over_parts_with_their_lengths() {
        // Made with Python: hmac.new(bytes([1])*32, b"".join(len(p).to_bytes(8, "big") + p for p in parts), "sha256").
        let blind = BlindKey([1; 32]).login(&MailAddress::new("li@example.cn").unwrap());
        assert_eq!(
            blind.to_string(),
            "1c0c3ac1c64e17ed5712a0b8c389f1019d911c795a5fbdf2d0bcf83171bc2115"
        );
        let again: Blind = serde_json::from_str(&serde_json::to_string(&blind).unwrap()).unwrap();
        assert_eq!(again, blind);
    }

    #[test]
    fn parts_and_purposes_are_kept_apart() {
        let key = BlindKey([1; 32]);
        let (a, ab) = (Person::new("a").unwrap(), Person::new("ab").unwrap());
        assert_ne!(key.attribute(&a, "bc"), key.attribute(&ab, "c"));
        assert_ne!(
            key.code(&a, Purpose::SignIn, "123456"),
            key.code(&a, Purpose::NewPassword, "123456")
        );
        assert_ne!(key.attribute(&a, "x"), BlindKey([2; 32]).attribute(&a, "x"));
    }
}
