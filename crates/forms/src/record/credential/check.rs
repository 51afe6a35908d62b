//! Checking a credential without asking anybody: its form, its proof, and what it says of itself.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::canonical::Plain;
use super::proof::{self, PublicKey};
use super::{CHECKED, CREDENTIALS, FILE_BYTES_MAX, GRANTED, REPLACES};
use crate::record::holder;

/// What a credential says, once its proof is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The key that signed it.
    pub key: PublicKey,
    /// Who issued it, as it says.
    pub issuer: String,
    /// Its id, by which a list of void ones names it.
    pub id: String,
    /// Its number.
    pub serial: String,
    /// For what.
    pub achievement: String,
    /// Since when it holds.
    pub from: Timestamp,
    /// Minutes between checking in and out.
    pub checked: u32,
    /// Minutes granted by staff.
    pub granted: u32,
    /// Where one can see whether it was made void; nothing if it names no page.
    pub status: Option<String>,
    /// The number of the void certificate whose place it takes.
    pub replaces: Option<String>,
    /// It is of a demo.
    pub description: Option<String>,
    identity: String,
    salt: String,
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// More bytes than this program takes.
    #[error("a credential has at most {FILE_BYTES_MAX} bytes, this file has more")]
    Large,
    /// Not JSON, or JSON that programs read in different ways.
    #[error("line {line}, column {column}: not JSON that can be signed: {reason}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Why.
        reason: String,
    },
    /// A field is missing, or is not as Open Badges 3.0 has it.
    #[error("{expected} is expected here")]
    Field {
        /// Its JSON pointer.
        field: &'static str,
        /// What should be there.
        expected: &'static str,
    },
    /// Another suite, or no Data Integrity proof.
    #[error("the proof is of a kind that this program does not know: it checks eddsa-jcs-2022")]
    Suite,
    /// The proof does not name a key.
    #[error("no public key: did:key:z6Mk…#z6Mk… is expected")]
    Key,
    /// The proof was made by a key that is not the issuer's.
    #[error("signed with a key that is not its issuer's")]
    OtherKey,
    /// The signature does not fit.
    #[error("the signature does not fit: the content, the proof or the key was changed")]
    Signature,
}

impl Flaw {
    /// The field that it is about.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Large | Self::Json { .. } => None,
            Self::Field { field, .. } => Some(field),
            Self::Suite => Some("/proof/0/cryptosuite"),
            Self::Key => Some("/proof/0/verificationMethod"),
            Self::OtherKey => Some("/issuer/id"),
            Self::Signature => Some("/proof/0/proofValue"),
        }
    }

    /// What is wrong, in both languages.
    #[must_use]
    pub fn label(&self) -> notice::Label {
        let zh = match self {
            Self::Large => format!("证明文件最多 {FILE_BYTES_MAX} 字节，这个文件更大"),
            Self::Json { line, column, .. } => {
                format!(
                    "第 {line} 行第 {column} 列：不是可以签名的 JSON（写法不对、同名两次，或者有不是整数的数）"
                )
            }
            Self::Field { expected, .. } => format!("这里应为 {expected}"),
            Self::Suite => "签名的种类本程序不认识：只核对 eddsa-jcs-2022".to_owned(),
            Self::Key => "不是公钥：应为 did:key:z6Mk…#z6Mk…".to_owned(),
            Self::OtherKey => "签名的公钥不是发证方的公钥".to_owned(),
            Self::Signature => "签名对不上：内容、签名或公钥被改过".to_owned(),
        };
        notice::Label::new(zh, self.to_string())
    }
}

impl Told {
    /// Whether it was issued to somebody of this name.
    #[must_use]
    pub fn is_of(&self, name: &str) -> bool {
        holder::hash(name, &self.salt) == self.identity
    }
}

/// Checks a credential's file.
///
/// # Errors
/// The first [`Flaw`].
pub fn check(file: &[u8]) -> Result<Told, Flaw> {
    if file.len() > FILE_BYTES_MAX {
        return Err(Flaw::Large);
    }
    let Plain(mut credential) = serde_json::from_slice(file).map_err(|error| Flaw::Json {
        line: error.line(),
        column: error.column(),
        reason: error.to_string(),
    })?;
    let proof = credential
        .as_object_mut()
        .and_then(|all| all.remove("proof"));
    let proof = match proof {
        Some(Value::Array(all)) => <[Value; 1]>::try_from(all).ok().map(|[proof]| proof),
        other => other,
    };
    let Some(Value::Object(proof)) = proof else {
        return Err(expected("/proof", "one DataIntegrityProof"));
    };
    let key = key(&credential, &proof)?;
    // The context of a proof is a beginning of the credential's; ours is all of it.
    if proof.get("@context") != credential.get("@context") {
        return Err(expected(
            "/proof/0/@context",
            "the credential's own @context",
        ));
    }
    if !key.fits(&proof, &credential) {
        return Err(Flaw::Signature);
    }
    told(key, &credential)
}

const fn expected(field: &'static str, expected: &'static str) -> Flaw {
    Flaw::Field { field, expected }
}

fn key(credential: &Value, proof: &Map<String, Value>) -> Result<PublicKey, Flaw> {
    let says = |name: &str| proof.get(name).and_then(Value::as_str);
    if says("type") != Some(proof::TYPE) || says("cryptosuite") != Some(proof::SUITE) {
        return Err(Flaw::Suite);
    }
    if says("proofPurpose") != Some(proof::PURPOSE) {
        return Err(expected("/proof/0/proofPurpose", "assertionMethod"));
    }
    let method = says("verificationMethod").unwrap_or_default();
    let key: PublicKey = method.parse().map_err(|_| Flaw::Key)?;
    if method != key.method() {
        return Err(Flaw::Key);
    }
    let issuer = credential.pointer("/issuer/id").and_then(Value::as_str);
    if issuer != Some(&key.did()) {
        return Err(Flaw::OtherKey);
    }
    Ok(key)
}

fn told(key: PublicKey, credential: &Value) -> Result<Told, Flaw> {
    let text = |field: &'static str, what: &'static str| {
        let found = credential.pointer(field).and_then(Value::as_str);
        found
            .map(str::to_owned)
            .ok_or_else(|| expected(field, what))
    };
    let has = |field: &'static str, what: &'static str| {
        let all = credential.pointer(field).and_then(Value::as_array);
        let found = all.is_some_and(|all| all.iter().any(|one| one == what));
        found.then_some(()).ok_or_else(|| expected(field, what))
    };
    has("/@context", CREDENTIALS)?;
    has("/type", "VerifiableCredential")?;
    has("/type", "OpenBadgeCredential")?;
    let from = text("/validFrom", "the time since which it holds")?;
    Ok(Told {
        key,
        id: text("/id", "its id")?,
        issuer: text("/issuer/name", "the issuer's name")?,
        serial: text(
            "/credentialSubject/licenseNumber",
            "the certificate's number",
        )?,
        achievement: text("/credentialSubject/achievement/name", "what it is for")?,
        from: from
            .parse()
            .map_err(|_| expected("/validFrom", "a time such as 2022-04-01T01:00:00Z"))?,
        checked: minutes(credential, CHECKED)
            .ok_or_else(|| expected("/credentialSubject/result", "the minutes checked"))?,
        granted: minutes(credential, GRANTED)
            .ok_or_else(|| expected("/credentialSubject/result", "the minutes granted"))?,
        status: credential
            .pointer("/credentialStatus/id")
            .and_then(Value::as_str)
            .map(str::to_owned),
        replaces: credential
            .pointer("/evidence/0")
            .filter(|one| one.get("genre").is_some_and(|genre| genre == REPLACES))
            .and_then(|one| one.get("name")?.as_str())
            .map(str::to_owned),
        description: credential
            .pointer("/description")
            .and_then(Value::as_str)
            .map(str::to_owned),
        identity: text(
            "/credentialSubject/identifier/0/identityHash",
            "the salted hash of the holder's name",
        )?,
        salt: text("/credentialSubject/identifier/0/salt", "the salt")?,
    })
}

fn minutes(credential: &Value, name: &str) -> Option<u32> {
    let all = credential
        .pointer("/credentialSubject/result")?
        .as_array()?;
    let found = all.iter().find(|result| {
        let id = result.get("resultDescription").and_then(Value::as_str);
        id.is_some_and(|id| id.rsplit('#').next() == Some(name))
    })?;
    found.get("value")?.as_str()?.parse().ok()
}
