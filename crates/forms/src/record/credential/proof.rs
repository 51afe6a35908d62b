//! `eddsa-jcs-2022`: making the proof and checking it (W3C VC-DI-EDDSA §3.3).

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::canonical::canonical;
use super::{base58, instant};

/// What Ed25519 public keys begin with as a multikey.
const ED25519: [u8; 2] = [0xed, 0x01];
pub(super) const TYPE: &str = "DataIntegrityProof";
pub(super) const SUITE: &str = "eddsa-jcs-2022";
pub(super) const PURPOSE: &str = "assertionMethod";

/// Signs credentials. Whoever has its key can make them.
pub struct Issuer(SigningKey);

/// A public key that credentials are checked with. As text: `z6Mk…`, or `did:key:z6Mk…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A text is no such key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the key of certificates: did:key:z6Mk… is expected; copy the whole of it")]
pub struct NotAKey;

impl Issuer {
    /// The issuer with this secret seed (RFC 8032).
    #[must_use]
    pub fn new(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// What checks its credentials.
    #[must_use]
    pub fn key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The credential with its proof.
    pub(super) fn sign(&self, mut credential: Value, at: Timestamp) -> Value {
        let mut proof = json!({
            "type": TYPE,
            "cryptosuite": SUITE,
            "created": instant(at),
            "verificationMethod": self.key().method(),
            "proofPurpose": PURPOSE,
        });
        proof["@context"] = credential["@context"].clone();
        let signature = self.0.sign(&digest(&proof, &credential));
        let signature = base58::write(&signature.to_bytes());
        proof["proofValue"] = format!("z{signature}").into();
        // The schema of Open Badges 3.0 wants a list, even of one.
        credential["proof"] = json!([proof]);
        credential
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer(…)")
    }
}

impl PublicKey {
    /// `did:key:z6Mk…`.
    #[must_use]
    pub fn did(&self) -> String {
        format!("did:key:{self}")
    }

    /// `did:key:z6Mk…#z6Mk…`.
    pub(super) fn method(&self) -> String {
        format!("{}#{self}", self.did())
    }

    /// Whether a proof is this key's over a credential without it.
    pub(super) fn fits(&self, proof: &Map<String, Value>, credential: &Value) -> bool {
        let mut options = proof.clone();
        let Some(Value::String(value)) = options.remove("proofValue") else {
            return false;
        };
        let Some(bytes) = value.strip_prefix('z').and_then(base58::read) else {
            return false;
        };
        let Ok(signature) = Signature::from_slice(&bytes) else {
            return false;
        };
        let signed = digest(&Value::Object(options), credential);
        self.0.verify_strict(&signed, &signature).is_ok()
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&ED25519[..], &self.0.to_bytes()[..]].concat();
        write!(f, "z{}", base58::write(&bytes))
    }
}

impl std::str::FromStr for PublicKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim();
        let text = text.strip_prefix("did:key:").unwrap_or(text);
        // A verification method names the key twice.
        let text = match text.split_once('#') {
            Some((key, again)) if key == again => key,
            Some(_) => return Err(NotAKey),
            None => text,
        };
        let bytes = text.strip_prefix('z').and_then(base58::read);
        let bytes = bytes.ok_or(NotAKey)?;
        let key = bytes.strip_prefix(&ED25519).ok_or(NotAKey)?;
        let key: &[u8; 32] = key.try_into().map_err(|_| NotAKey)?;
        VerifyingKey::from_bytes(key).map(Self).map_err(|_| NotAKey)
    }
}

/// The 64 bytes that are signed: the digest of the proof without its value, and that of the credential without its proof.
fn digest(options: &Value, credential: &Value) -> Vec<u8> {
    let sha = |value: &Value| Sha256::digest(canonical(value));
    [sha(options), sha(credential)].concat()
}
