//! Web push: a message to one browser, through the push service that its maker runs (RFC 8030). The service sees that there
//! is a message and how large it is; what it says is encrypted for the browser alone (RFC 8291), and the service knows the
//! house by its key (RFC 8292).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

use crate::call::Caller;
use crate::deliver::Outcome;
use crate::endpoint::Endpoint;
use crate::message::Why;

/// Bytes of a point of P-256, uncompressed.
pub const POINT: usize = 65;
/// Bytes of the secret that a browser shares with who writes to it.
pub const AUTH: usize = 16;
/// One record holds the whole message; a service takes bodies of up to 4,096 bytes.
const RECORD: u32 = 4_096;
/// Of a record, so much is no text: salt, sizes and key before it, the mark of its end and the seal behind it.
const OVERHEAD: usize = 16 + 4 + 1 + POINT + 1 + 16;
/// Bytes that a message may have.
pub const TEXT_MAX: usize = RECORD as usize - OVERHEAD;
/// A token is good for so long, in seconds; a day is the most.
const TOKEN_LIFE: i64 = 12 * 3_600;

/// A browser that takes messages: its address at the service, and the keys it gave.
#[derive(Clone, PartialEq, Eq)]
pub struct Browser {
    /// Where its service takes messages for it.
    pub endpoint: String,
    /// Its public key, a point of P-256.
    pub key: [u8; POINT],
    /// The secret it shares with us.
    pub auth: [u8; AUTH],
}

impl std::fmt::Debug for Browser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Browser(…)")
    }
}

/// What a browser said of itself cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not what a browser says when it takes messages: turn them on again from the page")]
pub struct BadBrowser;

impl Browser {
    /// Reads what a browser says of itself: an address, and two keys in base64url.
    ///
    /// # Errors
    /// [`BadBrowser`].
    pub fn read(endpoint: &str, key: &str, auth: &str) -> Result<Self, BadBrowser> {
        let bytes = |text: &str| {
            let plain = text.trim_end_matches('=');
            URL_SAFE_NO_PAD.decode(plain).map_err(|_| BadBrowser)
        };
        let key: [u8; POINT] = bytes(key)?.try_into().map_err(|_| BadBrowser)?;
        let auth = bytes(auth)?.try_into().map_err(|_| BadBrowser)?;
        Endpoint::read(endpoint).map_err(|_| BadBrowser)?;
        // Uncompressed; whether it is on the curve is seen when it is first used.
        if key[0] != 4 {
            return Err(BadBrowser);
        }
        let endpoint = endpoint.to_owned();
        Ok(Self {
            endpoint,
            key,
            auth,
        })
    }
}

/// The key by which push services know the house.
pub struct HouseKey {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl std::fmt::Debug for HouseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HouseKey(…)")
    }
}

impl HouseKey {
    /// A new one, as PKCS #8 has it; nothing if there are no random numbers.
    #[must_use]
    pub fn make() -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        made.ok().map(|made| made.as_ref().to_vec())
    }

    /// Reads one; nothing if that is none.
    #[must_use]
    pub fn read(pkcs8: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random);
        Some(Self {
            pair: pair.ok()?,
            random,
        })
    }

    /// Its public half in base64url, as browsers ask for it.
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref())
    }

    /// What a service is shown: a token for it alone, signed (RFC 8292, section 2).
    fn authorization(
        &self,
        endpoint: &Endpoint,
        house: Option<&str>,
        now: Timestamp,
    ) -> Option<String> {
        let scheme = if endpoint.secure { "https" } else { "http" };
        let mut claims = format!(
            "{{\"aud\":\"{scheme}://{}\",\"exp\":{}",
            endpoint.authority(),
            now.as_second().saturating_add(TOKEN_LIFE)
        );
        // A public address has no character that JSON escapes.
        if let Some(house) = house.filter(|house| !house.contains(['"', '\\'])) {
            claims += &format!(",\"sub\":\"{house}\"");
        }
        claims.push('}');
        let head = URL_SAFE_NO_PAD.encode(br#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = self.pair.sign(&self.random, signed.as_bytes()).ok()?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Some(format!("vapid t={signed}.{signature}, k={}", self.public()))
    }
}

/// The service does not know the browser any more: nothing is ever to be sent to it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// Sends a text to a browser, to be kept for it so long at most. `house` is where the service finds who is responsible: an
/// address of the house.
///
/// # Errors
/// [`Gone`].
pub fn send(
    caller: &Caller,
    (key, house): (&HouseKey, Option<&str>),
    browser: &Browser,
    text: &[u8],
    keep: Duration,
    now: Timestamp,
) -> Result<Outcome, Gone> {
    let Ok(endpoint) = Endpoint::read(&browser.endpoint) else {
        return Err(Gone);
    };
    let (Some(token), Some(body)) = (
        key.authorization(&endpoint, house, now),
        encrypt(browser, text),
    ) else {
        return Ok(Outcome::Never(Why::Fault));
    };
    let headers = [
        ("authorization", token),
        ("content-encoding", "aes128gcm".to_owned()),
        ("content-type", "application/octet-stream".to_owned()),
        ("ttl", keep.as_secs().to_string()),
    ];
    match caller.post(&endpoint, &headers, &body) {
        Ok(200..=299) => Ok(Outcome::Sent),
        Ok(404 | 410) => Err(Gone),
        Ok(status @ (408 | 429 | 500..=599)) => Ok(Outcome::Later(Why::Status(status))),
        Ok(status) => Ok(Outcome::Never(Why::Status(status))),
        // An address inside a network is nobody's push service.
        Err(Why::Inside) => Err(Gone),
        Err(why) => Ok(Outcome::Later(why)),
    }
}

/// The body of a message to a browser; nothing if its key is no point of the curve, or the text is too long.
fn encrypt(browser: &Browser, text: &[u8]) -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    let mut salt = [0; 16];
    random.fill(&mut salt).ok()?;
    let private = EphemeralPrivateKey::generate(&ECDH_P256, &random).ok()?;
    let ours = private.compute_public_key().ok()?;
    let ours: [u8; POINT] = ours.as_ref().try_into().ok()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, browser.key);
    let agreed = agree_ephemeral(private, &theirs, |shared| {
        seal(shared, browser, &ours, &salt, text)
    });
    agreed.ok()?
}

/// Seals a text under what both sides have agreed on (RFC 8291, section 3.4; RFC 8188).
fn seal(
    shared: &[u8],
    browser: &Browser,
    ours: &[u8; POINT],
    salt: &[u8; 16],
    text: &[u8],
) -> Option<Vec<u8>> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let Derived { key, nonce } = derive(shared, browser, ours, salt)?;
    let mut sealed = text.to_vec();
    // The mark of the last record.
    sealed.push(2);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut sealed)
        .ok()?;
    let mut body = Vec::with_capacity(sealed.len() + OVERHEAD);
    body.extend_from_slice(salt);
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.push(POINT as u8);
    body.extend_from_slice(ours);
    body.extend_from_slice(&sealed);
    Some(body)
}

/// What one message is sealed with.
#[derive(Debug, PartialEq, Eq)]
struct Derived {
    key: [u8; 16],
    nonce: [u8; NONCE_LEN],
}

fn derive(
    shared: &[u8],
    browser: &Browser,
    ours: &[u8; POINT],
    salt: &[u8; 16],
) -> Option<Derived> {
    let extract = |salt: &[u8], from: &[u8]| Salt::new(HKDF_SHA256, salt).extract(from);
    let info: [&[u8]; 3] = [b"WebPush: info\0", &browser.key, ours];
    let from: [u8; 32] = expand(&extract(&browser.auth, shared), &info)?;
    let from = extract(salt, &from);
    Some(Derived {
        key: expand(&from, &[b"Content-Encoding: aes128gcm\0"])?,
        nonce: expand(&from, &[b"Content-Encoding: nonce\0"])?,
    })
}

struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(from: &Prk, info: &[&[u8]]) -> Option<[u8; N]> {
    let mut out = [0; N];
    from.expand(info, Bytes(N)).ok()?.fill(&mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifying};

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// The browser of RFC 8291, appendix A.
    fn browser() -> Browser {
        Browser::read(
            "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
        .unwrap()
    }

    const OURS: &str =
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    const SHARED: &str = "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";

    #[test]
    fn the_published_message_comes_out() {
        let (shared, ours, salt) = (bytes::<32>(SHARED), bytes(OURS), bytes(SALT));
        let derived = derive(&shared, &browser(), &ours, &salt).unwrap();
        let expected = Derived {
            key: bytes("oIhVW04MRdy2XN9CiKLxTg"),
            nonce: bytes("4h_95klXJ5E_qnoN"),
        };
        assert_eq!(derived, expected);
        let text = b"When I grow up, I want to be a watermelon";
        let body = seal(&shared, &browser(), &ours, &salt, text).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn each_message_has_a_key_of_its_own_and_fits_one_record() {
        let long = vec![b'x'; TEXT_MAX];
        let one = encrypt(&browser(), &long).unwrap();
        let other = encrypt(&browser(), &long).unwrap();
        assert_eq!(one.len(), RECORD as usize);
        assert_ne!(one[..16], other[..16]);
        assert_ne!(one[21..21 + POINT], other[21..21 + POINT]);
        assert_eq!(encrypt(&browser(), &vec![b'x'; TEXT_MAX + 1]), None);
        // A point that is on no curve.
        let off = Browser {
            key: [4; POINT],
            ..browser()
        };
        assert_eq!(encrypt(&off, b"x"), None);
    }

    #[test]
    fn what_no_browser_says_is_refused() {
        let right = browser();
        let key = URL_SAFE_NO_PAD.encode(right.key);
        let auth = URL_SAFE_NO_PAD.encode(right.auth);
        let at = "https://push.example.net/x";
        assert!(Browser::read(at, &key, &auth).is_ok());
        assert!(Browser::read(at, &key, &format!("{auth}==")).is_ok());
        for (endpoint, key, auth) in [
            ("push.example.net/x", &*key, &*auth),
            ("ftp://push.example.net/x", &key, &auth),
            (at, &key[1..], &auth),
            (at, "A", &auth),
            (at, &key.replacen('B', "A", 1), &auth),
            (at, &key, &auth[2..]),
            (at, &key, "ä"),
        ] {
            assert_eq!(Browser::read(endpoint, key, auth), Err(BadBrowser));
        }
    }

    #[test]
    fn a_token_is_for_one_service_and_signed() {
        let house = HouseKey::read(&HouseKey::make().unwrap()).unwrap();
        assert!(HouseKey::read(b"no key").is_none());
        let endpoint = Endpoint::read("https://push.example.net:8443/x?y").unwrap();
        let now = Timestamp::from_second(1_641_427_200).unwrap();
        let at = Some("https://city.example");
        let shown = house.authorization(&endpoint, at, now).unwrap();
        let (token, key) = shown
            .strip_prefix("vapid t=")
            .unwrap()
            .split_once(", k=")
            .unwrap();
        assert_eq!(key, house.public());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = URL_SAFE_NO_PAD.decode(key).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        Verifying::new(&ECDSA_P256_SHA256_FIXED, public)
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let claims = URL_SAFE_NO_PAD
            .decode(signed.split_once('.').unwrap().1)
            .unwrap();
        assert_eq!(
            String::from_utf8(claims).unwrap(),
            "{\"aud\":\"https://push.example.net:8443\",\"exp\":1641470400,\"sub\":\"https://city.example\"}"
        );
    }
}
