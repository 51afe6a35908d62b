//! What a browser says of a passkey, verified as WebAuthn Level 3 asks (7.1 and 7.2), for those that are taken: keys for ES256 or
//! RS256, of somebody whom the device has recognised. Statements about the make of a device are not read.
//!
//! Pure: the challenge is handed out for the caller to judge, and all bytes come from outside.

pub mod challenge;
mod site;
#[cfg(test)]
mod vectors;

pub use site::{At, Nowhere, Site};

use forms::people::passkey::{Algorithm, CredentialId, PublicKey};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// No client data are longer (bytes); browsers write some 150.
const CLIENT_BYTES_MAX: usize = 4096;
/// No authenticator data are longer (bytes): an id of 1023 bytes, a key, and what extensions add.
const AUTHENTICATOR_BYTES_MAX: usize = 4096;
/// Hash of the site's id, flags, counter.
const HEAD_BYTES: usize = 37;
/// How a key is written in CBOR: one way only, as CTAP2 prescribes and WebAuthn demands (6.5.1.1). For ES256 a map of five: kty =
/// EC2, alg = ES256, crv = P-256, then x and y of 32 bytes each.
const POINT_BEFORE_X: [u8; 10] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const POINT_BEFORE_Y: [u8; 3] = [0x22, 0x58, 0x20];
const COORDINATE_BYTES: usize = 32;
/// For RS256 a map of four: kty = RSA, alg = RS256, then the modulus after its length in two bytes, and 65537.
const MODULUS_BEFORE: [u8; 9] = [0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59];
const MODULUS_AFTER: [u8; 5] = [0x21, 0x43, 0x01, 0x00, 0x01];

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const MAY_BE_COPIED: u8 = 1 << 3;
const IS_COPIED: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// What was done with a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// It was made.
    Create,
    /// Its person signed in.
    Get,
}

/// A passkey that was made.
#[derive(Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub credential: CredentialId,
    /// Its public half.
    pub public_key: PublicKey,
}

/// Why an answer is not taken. Its person is told only that it was not: the reasons are those of a fault or an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The client data are not the JSON that browsers write.
    #[error("the client data cannot be read")]
    ClientData,
    /// It answers another question.
    #[error("this answers another ceremony")]
    Ceremony,
    /// It was given at another site.
    #[error("this was made at another origin")]
    Origin,
    /// It was given inside a page of another site.
    #[error("this was made within another site's page")]
    CrossOrigin,
    /// The authenticator data cannot be read.
    #[error("the authenticator data cannot be read")]
    AuthenticatorData,
    /// The passkey is another site's.
    #[error("this is another site's passkey")]
    OtherSite,
    /// Nobody touched the device.
    #[error("nobody was present")]
    NotPresent,
    /// The device has not looked who it was.
    #[error("the device did not verify its user")]
    NotVerified,
    /// The key is of a kind that is not taken.
    #[error("the key is for neither ES256 nor RS256")]
    Key,
    /// The signature is not the passkey's.
    #[error("the signature does not fit")]
    Signature,
    /// It answers no question of ours, or one that was answered, or one of too long ago.
    #[error("the challenge is not ours, or no longer good")]
    Challenge,
}

/// The client data, as far as they matter. Browsers may add fields.
#[derive(Deserialize)]
struct Client {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<String>,
}

/// Reads client data of this ceremony at this site. Gives the challenge, as it was sent to the browser.
pub fn challenge(json: &[u8], ceremony: Ceremony, site: &Site) -> Result<String, Wrong> {
    if json.len() > CLIENT_BYTES_MAX {
        return Err(Wrong::ClientData);
    }
    let client: Client = serde_json::from_slice(json).map_err(|_| Wrong::ClientData)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if client.kind != kind {
        return Err(Wrong::Ceremony);
    }
    if client.origin != site.origin {
        return Err(Wrong::Origin);
    }
    // No page of the house may be framed, so none of its answers comes from within another's.
    if client.cross_origin || client.top_origin.is_some() {
        return Err(Wrong::CrossOrigin);
    }
    Ok(client.challenge)
}

/// The passkey that authenticator data say was made for this site.
pub fn made(authenticator: &[u8], site: &Site) -> Result<Made, Wrong> {
    let (flags, rest) = head(authenticator, site)?;
    if flags & HAS_CREDENTIAL == 0 {
        return Err(Wrong::AuthenticatorData);
    }
    // The kind of device (16 bytes) is nobody's business.
    let rest = rest.get(16..).ok_or(Wrong::AuthenticatorData)?;
    let (length, rest) = rest.split_first_chunk().ok_or(Wrong::AuthenticatorData)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (id, rest) = rest
        .split_at_checked(length)
        .ok_or(Wrong::AuthenticatorData)?;
    let (public_key, rest) = key(rest)?;
    // What extensions add was not asked for and is passed over; else nothing may follow.
    if (flags & HAS_EXTENSIONS == 0) != rest.is_empty() {
        return Err(Wrong::AuthenticatorData);
    }
    Ok(Made {
        credential: CredentialId::new(id).map_err(|_| Wrong::AuthenticatorData)?,
        public_key,
    })
}

/// Whether the answer of a passkey for this site was signed with it.
pub fn signed(
    key: &PublicKey,
    authenticator: &[u8],
    json: &[u8],
    signature: &[u8],
    site: &Site,
) -> Result<(), Wrong> {
    let mut message = authenticator.to_vec();
    message.extend(Sha256::digest(json));
    let verified = match key.algorithm() {
        Algorithm::Es256 => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.bytes()).verify(&message, signature)
        }
        Algorithm::Rs256 => RsaPublicKeyComponents {
            n: key.bytes(),
            e: &[1, 0, 1],
        }
        .verify(&RSA_PKCS1_2048_8192_SHA256, &message, signature),
    };
    verified.map_err(|_| Wrong::Signature)?;
    head(authenticator, site).map(|_| ())
}

/// Flags, and what follows the head.
fn head<'a>(authenticator: &'a [u8], site: &Site) -> Result<(u8, &'a [u8]), Wrong> {
    if authenticator.len() > AUTHENTICATOR_BYTES_MAX {
        return Err(Wrong::AuthenticatorData);
    }
    // The counter says something of single devices only and is passed over (decisions/0025).
    let (head, rest) = authenticator
        .split_first_chunk::<HEAD_BYTES>()
        .ok_or(Wrong::AuthenticatorData)?;
    let [id_hash @ .., flags, _, _, _, _] = head;
    if Sha256::digest(site.id.as_bytes()).as_slice() != id_hash {
        return Err(Wrong::OtherSite);
    }
    if flags & PRESENT == 0 {
        return Err(Wrong::NotPresent);
    }
    if flags & IS_COPIED != 0 && flags & MAY_BE_COPIED == 0 {
        return Err(Wrong::AuthenticatorData);
    }
    if flags & VERIFIED == 0 {
        return Err(Wrong::NotVerified);
    }
    Ok((*flags, rest))
}

/// The key at the beginning of these bytes, and what follows it.
fn key(bytes: &[u8]) -> Result<(PublicKey, &[u8]), Wrong> {
    let (key, rest) = point(bytes).or_else(|| modulus(bytes)).ok_or(Wrong::Key)?;
    Ok((PublicKey::new(&key).map_err(|_| Wrong::Key)?, rest))
}

fn point(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let rest = bytes.strip_prefix(&POINT_BEFORE_X)?;
    let (x, rest) = rest.split_at_checked(COORDINATE_BYTES)?;
    let rest = rest.strip_prefix(&POINT_BEFORE_Y)?;
    let (y, rest) = rest.split_at_checked(COORDINATE_BYTES)?;
    Some(([&[4], x, y].concat(), rest))
}

fn modulus(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let rest = bytes.strip_prefix(&MODULUS_BEFORE)?;
    let (length, rest) = rest.split_first_chunk()?;
    let (n, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    Some((n.to_vec(), rest.strip_prefix(&MODULUS_AFTER)?))
}
