//! Names and ids, each a type of its own so that none is taken for another.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// Bytes a name may have.
pub const NAME_BYTES_MAX: usize = 256;

/// A text cannot be a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing in it.
    #[error("a {0} cannot be empty")]
    Empty(&'static str),
    /// Longer than [`NAME_BYTES_MAX`].
    #[error("a {what} has at most {NAME_BYTES_MAX} bytes, this one has {bytes}")]
    Long {
        /// Which kind of name.
        what: &'static str,
        /// Bytes it has.
        bytes: usize,
    },
    /// A line break or another control character in it.
    #[error("a {0} cannot have control characters in it")]
    Control(&'static str),
    /// Not 32 hexadecimal digits.
    #[error("`{0}` is not a request id: 32 hexadecimal digits, with or without dashes")]
    Request(String),
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            #[doc = concat!("Takes a text as a ", $what, ".")]
            ///
            /// # Errors
            /// [`BadName`] when it is empty, longer than [`NAME_BYTES_MAX`] or has control characters.
            pub fn new(text: &str) -> Result<Self, BadName> {
                match text.len() {
                    0 => Err(BadName::Empty($what)),
                    bytes if bytes > NAME_BYTES_MAX => Err(BadName::Long { what: $what, bytes }),
                    _ if text.contains(char::is_control) => Err(BadName::Control($what)),
                    _ => Ok(Self(text.into())),
                }
            }

            /// Its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                Self::new(&text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), &*self.0)
            }
        }
    )*};
}

names! {
    /// Who gave a command: a person's pseudonym or an office, never a person's name.
    Actor, "actor";
    /// Whose personal data something is: a pseudonym that means nothing outside the ledger.
    Person, "person";
    /// A notice's slug.
    Notice, "notice";
    /// What an item is: `slot`, `booking`.
    Kind, "kind";
    /// Which one of its kind an item is.
    Key, "key";
    /// By what items are found: `booking.person`.
    Index, "index";
    /// What must be unique: `slot/lib-1/2022-02-12/person/p7`.
    Claim, "claim";
}

/// Each person has one item of many kinds: a pseudonym is a name like any other, so it can be the key.
impl From<Person> for Key {
    fn from(person: Person) -> Self {
        Self(person.0)
    }
}

/// Likewise for what each notice has one of.
impl From<Notice> for Key {
    fn from(notice: Notice) -> Self {
        Self(notice.0)
    }
}

/// Chosen by whoever gives a command, once for the command however often it is sent.
///
/// Ids that begin with the time, as [`RequestId::new`] makes them, keep the newest ones on the same pages of the store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestId(pub [u8; 16]);

impl RequestId {
    /// An id that begins with the time and goes on with chance, laid out as a UUID of version 7.
    #[must_use]
    pub fn new(at: Timestamp, chance: [u8; 10]) -> Self {
        let mut id = [0; 16];
        id[..6].copy_from_slice(&at.as_millisecond().to_be_bytes()[2..]);
        id[6..].copy_from_slice(&chance);
        id[6] = 0x70 | id[6] & 0x0f;
        id[8] = 0x80 | id[8] & 0x3f;
        Self(id)
    }
}

impl TextVersion {
    /// The version that these bytes are.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        Self(Sha256::digest(text).into())
    }
}

impl TryFrom<String> for RequestId {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl std::str::FromStr for RequestId {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let digits: String = text.chars().filter(|&c| c != '-').collect();
        let number = (digits.len() == 32 && !digits.starts_with('+'))
            .then(|| u128::from_str_radix(&digits, 16));
        match number {
            Some(Ok(number)) => Ok(Self(number.to_be_bytes())),
            _ => Err(BadName::Request(text.to_owned())),
        }
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.to_string()
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl std::fmt::Debug for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RequestId({self})")
    }
}

/// 32 bytes shown as 64 hexadecimal digits.
macro_rules! digests {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(pub [u8; 32]);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, &'static str> {
                let mut bytes = [0; 32];
                let (pairs, rest) = text.as_bytes().as_chunks::<2>();
                if pairs.len() != 32 || !rest.is_empty() {
                    return Err("expected 64 hexadecimal digits");
                }
                for (byte, pair) in bytes.iter_mut().zip(pairs) {
                    let digits = pair.map(|d| match d {
                        b'0'..=b'9' => Some(d - b'0'),
                        b'a'..=b'f' => Some(d - b'a' + 10),
                        _ => None,
                    });
                    let [Some(high), Some(low)] = digits else { return Err("expected hexadecimal digits in lower case") };
                    *byte = high << 4 | low;
                }
                Ok(Self(bytes))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // As two numbers: a call for each byte would show in the time of a commit.
                let (high, low) = self.0.split_at(16);
                let number = |half: &[u8]| half.iter().fold(0_u128, |n, &byte| n << 8 | u128::from(byte));
                write!(f, "{:032x}{:032x}", number(high), number(low))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    )*};
}

digests! {
    /// SHA-256 of a notice's bytes: which version of its text something rests on.
    TextVersion;
    /// Chance given to a decider; recorded when it was used, so that anyone can decide again.
    Seed;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_limits() {
        assert_eq!(Key::new(""), Err(BadName::Empty("key")));
        assert_eq!(
            Key::new(&"页".repeat(86)),
            Err(BadName::Long {
                what: "key",
                bytes: 258
            })
        );
        assert_eq!(Actor::new("a\nb"), Err(BadName::Control("actor")));
        assert_eq!(
            serde_json::to_string(&Key::new("图书馆/1").unwrap()).unwrap(),
            "\"图书馆/1\""
        );
        assert!(serde_json::from_str::<Key>("\"\"").is_err());
    }

    #[test]
    fn request_ids_are_read_in_both_spellings_and_begin_with_the_time() {
        let at: Timestamp = "2022-01-09T00:00:00Z".parse().unwrap();
        let id = RequestId::new(at, [0xff; 10]);
        assert_eq!(id.to_string(), "017e3c227c007fffbfffffffffffffff");
        assert_eq!("017E3C22-7c00-7fff-bfff-ffffffffffff".parse(), Ok(id));
        assert!(
            RequestId::new(at, [0xff; 10])
                < RequestId::new("2022-01-09T00:00:00.001Z".parse().unwrap(), [0; 10])
        );
        for wrong in [
            "",
            "0",
            "+17e3bf9e8007fffbfffffffffffffff",
            "017e3bf9e8007fffbffffffffffffffg",
        ] {
            assert_eq!(
                wrong.parse::<RequestId>(),
                Err(BadName::Request(wrong.to_owned()))
            );
        }
    }

    #[test]
    fn digests_are_lower_case_hex() {
        let text = format!("\"{}\"", "0f".repeat(32));
        let seed: Seed = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (seed, serde_json::to_string(&seed).unwrap()),
            (Seed([15; 32]), text)
        );
        for wrong in [
            "0F".repeat(32),
            "0f".repeat(31),
            "0f".repeat(32) + "0",
            "0é".repeat(21) + "0",
        ] {
            assert!(
                serde_json::from_str::<Seed>(&format!("\"{wrong}\"")).is_err(),
                "{wrong}"
            );
        }
    }
}
