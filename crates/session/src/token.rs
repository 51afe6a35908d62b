//! Tokens: what a browser shows to be let in again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use ledger::given::Chance;
use sha2::{Digest, Sha256};

/// 256 random bits in a cookie. Whoever has them is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

/// What the store has instead of the token. A plain hash is enough: nobody guesses 256 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// A cookie is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session's cookie was cut off or changed: sign in again")]
pub struct NotToken;

impl Token {
    /// A new one; nothing when there is no chance to be had.
    pub fn new(chance: &mut dyn Chance) -> Option<Self> {
        chance.bytes().map(Self)
    }

    /// Its hash.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    /// As it stands in the cookie: 43 letters, digits, `-` and `_`.
    #[must_use]
    pub fn to_cookie(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads a cookie.
    ///
    /// # Errors
    /// [`NotToken`].
    pub fn of_cookie(text: &str) -> Result<Self, NotToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotToken)?;
        bytes.try_into().map(Self).map_err(|_| NotToken)
    }

    /// What each form of this session's pages carries, so that no other site can send one: HMAC-SHA256 under the token. It
    /// tells nothing of the token and is another one for each session.
    #[must_use]
    pub fn csrf(&self) -> String {
        self.mac().map_or_else(String::new, |mac| {
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        })
    }

    /// Whether a form carries what this session's pages gave it. Takes the same time however much is right.
    #[must_use]
    pub fn accepts(&self, csrf: &str) -> bool {
        match (self.mac(), URL_SAFE_NO_PAD.decode(csrf)) {
            (Some(mac), Ok(bytes)) => mac.verify_slice(&bytes).is_ok(),
            _ => false,
        }
    }

    /// A key of 32 bytes always fits, so there always is one.
    fn mac(&self) -> Option<Hmac<Sha256>> {
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).ok()?;
        Some(mac.chain_update(b"tongxin/csrf/v1"))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}
