//! Webhooks: programs of others that are told of entries, as the Standard Webhooks specification says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use crate::call::Caller;
use crate::deliver::Outcome;
use crate::endpoint::Endpoint;
use crate::message::Why;

/// What signs a call: secret bytes, which its receiver has as `whsec_…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// One of these bytes; as many as 24 are asked for, and 64 at most.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// As its receiver is given it.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.0))
    }

    /// The signature over a call, `v1,…`.
    #[must_use]
    pub fn sign(&self, id: &str, at: i64, body: &[u8]) -> String {
        // A key of any length fits.
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return String::new();
        };
        let mac = mac
            .chain_update(format!("{id}.{at}."))
            .chain_update(body)
            .finalize();
        format!("v1,{}", STANDARD.encode(mac.into_bytes()))
    }
}

/// The answer of an endpoint that wants to be called no more.
pub const GONE: u16 = 410;

/// Calls an endpoint. `id` is the same at every try; each secret signs.
#[must_use]
pub fn call(
    caller: &Caller,
    address: &str,
    id: &str,
    secrets: &[Secret],
    body: &[u8],
    now: Timestamp,
) -> Outcome {
    let Ok(endpoint) = Endpoint::read(address) else {
        return Outcome::Never(Why::Fault);
    };
    let at = now.as_second();
    let signatures = secrets.iter().map(|secret| secret.sign(id, at, body));
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at.to_string()),
        (
            "webhook-signature",
            signatures.collect::<Vec<_>>().join(" "),
        ),
    ];
    match caller.post(&endpoint, &headers, body) {
        Ok(200..=299) => Outcome::Sent,
        // Nobody is there any more, and it says so: nothing is to be sent here again.
        Ok(GONE) => Outcome::Never(Why::Status(GONE)),
        Ok(status) => Outcome::Later(Why::Status(status)),
        Err(why) => Outcome::Later(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_specification() {
        // The test vector that the libraries of Standard Webhooks have in common.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let secret = Secret::new(&secret);
        assert_eq!(secret.shown(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(
            secret.sign(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                br#"{"test": 2432232314}"#
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
        // Made with Python: base64(hmac.new(key, b"msg_1.1614265330." + body, "sha256")), key = bytes(range(32)).
        let secret: Vec<u8> = (0..32).collect();
        assert_eq!(
            Secret::new(&secret).sign("msg_1", 1_614_265_330, br#"{"test": 2432232314}"#),
            "v1,GWvjEzx3AphU7wha3hNZPXJnymF9Fg+ZdvPQqWPOjZ0="
        );
    }
}
