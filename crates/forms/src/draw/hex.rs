//! Fixed numbers of bytes, each a type of its own, written as hexadecimal digits in lower case.

/// A text is not the bytes it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {what} is {digits} hexadecimal digits in lower case; copy the whole of it")]
pub struct NotHex {
    /// Which kind of bytes.
    what: &'static str,
    /// Digits it should have.
    digits: usize,
}

/// Reads exactly `N` bytes.
fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |d: u8| match d {
        b'0'..=b'9' => Some(d - b'0'),
        b'a'..=b'f' => Some(d - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

/// Writes them.
fn write(bytes: &[u8], f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

macro_rules! bytes {
    ($($(#[$doc:meta])* $name:ident, $bytes:literal, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub [u8; $bytes]);

        impl std::str::FromStr for $name {
            type Err = NotHex;
            fn from_str(text: &str) -> Result<Self, NotHex> {
                read(text).map(Self).ok_or(NotHex { what: $what, digits: 2 * $bytes })
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotHex;
            fn try_from(text: String) -> Result<Self, NotHex> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(bytes: $name) -> Self {
                bytes.to_string()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write(&self.0, f)
            }
        }
    )*};
}

use serde::{Deserialize, Serialize};

bytes! {
    /// What a party to a draw keeps to itself until the list is closed: 32 random bytes. Printing it is publishing it.
    Secret, 32, "secret";
    /// A party's word, given before the close, which secret it will reveal: [`Secret::commit`].
    Commitment, 32, "commitment";
    /// SHA-256 of what was agreed: [`super::Terms::digest`].
    TermsDigest, 32, "digest of the terms";
    /// A beacon's signature of one round: a compressed point of BLS12-381 G1.
    Signature, 48, "beacon's signature";
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

macro_rules! shown {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    )*};
}

shown! { Commitment TermsDigest Signature }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lower_case_hexadecimal_is_read() {
        let text = "0f".repeat(32);
        assert_eq!(text.parse(), Ok(Commitment([15; 32])));
        assert_eq!(Commitment([15; 32]).to_string(), text);
        for wrong in [
            "",
            &"0F".repeat(32),
            &"0f".repeat(31),
            &"0f".repeat(33),
            &format!("{}0", "0f".repeat(31)),
            &format!("{}é", "0f".repeat(31)),
            &format!("+f{}", "0f".repeat(31)),
        ] {
            assert!(wrong.parse::<Commitment>().is_err(), "{wrong}");
        }
        assert_eq!("0f".repeat(48).parse(), Ok(Signature([15; 48])));
    }

    #[test]
    fn a_secret_is_not_printed_by_chance() {
        assert_eq!(format!("{:?}", Secret([15; 32])), "Secret(…)");
    }
}
