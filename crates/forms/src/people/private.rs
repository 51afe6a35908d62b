//! Personal data by type, checked before it is sealed and sealed before it stands in a command.

use std::marker::PhantomData;

use ledger::given::Chance;
use ledger::name::Person;
use ledger::sealed::{SealError, Sealed};
use ledger::store::Read;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Characters a name may have.
const NAME_CHARS_MAX: usize = 64;
/// Characters a reason may have.
const REASON_CHARS_MAX: usize = 300;
/// Bytes a mail address may have (RFC 5321).
const MAIL_BYTES_MAX: usize = 254;
/// Bytes of a password's hash: far more than any argon2id hash has.
const HASH_BYTES_MAX: usize = 512;
/// The least that a password's hash must cost: OWASP's least for argon2id, 19 MiB and two passes.
const MEMORY_KIB_MIN: u32 = 19_456;
const PASSES_MIN: u32 = 2;

/// A type of personal data.
pub trait PersonalData: Serialize + DeserializeOwned {
    /// What it is, bound into the ciphertext: a sealed name cannot be put where an address belongs.
    const WHAT: &'static str;
}

/// Personal data of one type, readable only while its person's key is kept.
pub struct Private<T> {
    sealed: Sealed,
    of: PhantomData<fn() -> T>,
}

impl<T: PersonalData> Private<T> {
    /// Seals it under the person's own key.
    ///
    /// # Errors
    /// [`SealError`] when the person has no key yet, or was forgotten.
    pub fn seal(
        store: &impl Read,
        chance: &mut dyn Chance,
        person: &Person,
        value: &T,
    ) -> Result<Self, SealError> {
        let sealed = Sealed::seal(store, chance, person, T::WHAT, value)?;
        Ok(Self {
            sealed,
            of: PhantomData,
        })
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`SealError::Forgotten`] when its person was forgotten.
    pub fn open(&self, store: &impl Read) -> Result<T, SealError> {
        self.sealed.open(store)
    }

    /// Whose it is.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.sealed.person
    }
}

impl<T> Clone for Private<T> {
    fn clone(&self) -> Self {
        Self {
            sealed: self.sealed.clone(),
            of: PhantomData,
        }
    }
}

impl<T> PartialEq for Private<T> {
    fn eq(&self, other: &Self) -> bool {
        self.sealed == other.sealed
    }
}

impl<T> Eq for Private<T> {}

impl<T: PersonalData> std::fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Private({} of {})", T::WHAT, self.sealed.person)
    }
}

impl<T> Serialize for Private<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sealed.serialize(serializer)
    }
}

impl<'de, T: PersonalData> Deserialize<'de> for Private<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sealed = Sealed::deserialize(deserializer)?;
        if sealed.what == T::WHAT {
            Ok(Self {
                sealed,
                of: PhantomData,
            })
        } else {
            let (found, expected) = (&sealed.what, T::WHAT);
            Err(serde::de::Error::custom(format!(
                "this is a sealed {found}, not a sealed {expected}"
            )))
        }
    }
}

/// What is wrong with something that a person has typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadInput {
    /// Not a mail address.
    #[error("this is not a mail address: write it like name@example.cn")]
    Mail,
    /// Not a name.
    #[error("a name has 1 to 64 characters and no line break: write it as on the identity card")]
    Name,
    /// No reason, or a long one.
    #[error("a reason has 1 to {REASON_CHARS_MAX} characters: write why, and what to do next")]
    Reason,
    /// No name for a passkey.
    #[error("a passkey's name has 1 to 64 characters and no line break: call it by its device")]
    PasskeyName,
    /// Not an argon2id hash, or one that costs too little.
    #[error(
        "not an argon2id hash of at least m=19456, t=2: hash the password with argon2id before it is handed in"
    )]
    PasswordHash,
}

impl BadInput {
    /// What is wrong and what to do, in both languages.
    #[must_use]
    pub fn label(&self) -> notice::Label {
        let zh = match self {
            Self::Mail => "这不是邮箱地址，请写成 name@example.cn 的样子",
            Self::Name => "姓名应为 1 至 64 个字，不能换行，请按身份证上的写",
            Self::Reason => "理由应为 1 至 300 个字，请写明为什么、接着怎么办",
            Self::PasskeyName => "通行密钥的名字应为 1 至 64 个字，不能换行，可以用设备来称呼",
            Self::PasswordHash => {
                "密码没有按规定用 argon2id 处理（m 不小于 19456，t 不小于 2），请报告管理员"
            }
        };
        notice::Label::new(zh, self.to_string())
    }
}

macro_rules! personal {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl PersonalData for $name {
            const WHAT: &'static str = $what;
        }

        impl TryFrom<String> for $name {
            type Error = BadInput;
            fn try_from(text: String) -> Result<Self, BadInput> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

personal! {
    /// The mail address a person signs in with, in lower case.
    MailAddress, "mail";
    /// A person's real name.
    PersonName, "name";
    /// Why an office has refused something, in a few sentences to the person.
    Reason, "reason";
    /// What a person calls a passkey.
    PasskeyName, "passkey-name";
    /// A password's argon2id hash as a PHC string. It is sealed too: a hash in a public log would be there to be tried for ever.
    PasswordHash, "password";
}

impl MailAddress {
    /// Takes an address. Upper and lower case are one address here, as they are for every provider people use.
    ///
    /// # Errors
    /// [`BadInput::Mail`].
    pub fn new(text: &str) -> Result<Self, BadInput> {
        let text = text.trim().to_lowercase();
        let fine = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && !part.ends_with('.')
                && !part.contains("..")
                && !part.contains(|c: char| {
                    c.is_whitespace() || c.is_control() || "\"(),:;<>@[]\\".contains(c)
                })
        };
        match text.rsplit_once('@') {
            Some((local, host))
                if text.len() <= MAIL_BYTES_MAX
                    && fine(local)
                    && fine(host)
                    && host.contains('.') =>
            {
                Ok(Self(text))
            }
            _ => Err(BadInput::Mail),
        }
    }
}

impl PersonName {
    /// Takes a name.
    ///
    /// # Errors
    /// [`BadInput::Name`].
    pub fn new(text: &str) -> Result<Self, BadInput> {
        named(text).map(Self).ok_or(BadInput::Name)
    }
}

impl Reason {
    /// Takes a reason; lines may break.
    ///
    /// # Errors
    /// [`BadInput::Reason`].
    pub fn new(text: &str) -> Result<Self, BadInput> {
        let text = text.trim().replace("\r\n", "\n");
        let fine = !text.is_empty()
            && text.chars().count() <= REASON_CHARS_MAX
            && !text.contains(|c: char| c.is_control() && c != '\n');
        fine.then_some(Self(text)).ok_or(BadInput::Reason)
    }
}

impl PasskeyName {
    /// Takes a name.
    ///
    /// # Errors
    /// [`BadInput::PasskeyName`].
    pub fn new(text: &str) -> Result<Self, BadInput> {
        named(text).map(Self).ok_or(BadInput::PasskeyName)
    }
}

/// A short text on one line, if it is one.
fn named(text: &str) -> Option<String> {
    let text = text.trim();
    let fine = !text.is_empty()
        && text.chars().count() <= NAME_CHARS_MAX
        && !text.contains(char::is_control);
    fine.then(|| text.to_owned())
}

impl PasswordHash {
    /// Takes the hash that the edge has made: `$argon2id$v=19$m=19456,t=2,p=1$…$…`.
    ///
    /// # Errors
    /// [`BadInput::PasswordHash`] when it is something else, such as the password itself, or costs too little to try.
    pub fn new(text: &str) -> Result<Self, BadInput> {
        let costs = |parameters: &str| {
            let value = |name: &str| {
                let mut all = parameters.split(',');
                all.find_map(|p| p.strip_prefix(name)?.strip_prefix('=')?.parse::<u32>().ok())
            };
            value("m").is_some_and(|m| m >= MEMORY_KIB_MIN)
                && value("t").is_some_and(|t| t >= PASSES_MIN)
                && value("p").is_some_and(|p| p >= 1)
        };
        let base64 = |part: &str, least: usize| {
            part.len() >= least
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
        };
        let parts: Vec<&str> = text.split('$').collect();
        match parts.as_slice() {
            // 16 bytes of salt and 32 of hash, in base64 without padding.
            ["", "argon2id", "v=19", parameters, salt, hash]
                if text.len() <= HASH_BYTES_MAX
                    && costs(parameters)
                    && base64(salt, 22)
                    && base64(hash, 43) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(BadInput::PasswordHash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_in_any_case_and_wrong_ones_are_refused() {
        let address = MailAddress::new(" Li.Ming@Example.CN ").unwrap();
        assert_eq!(address.as_str(), "li.ming@example.cn");
        for wrong in [
            "",
            "li",
            "@example.cn",
            "li@",
            "li@cn",
            "li@@example.cn",
            "l i@example.cn",
            "li@example.cn\n.evil.cn",
            ".li@example.cn",
            "li@.cn",
            "a..b@example.cn",
            "<li@example.cn>",
        ] {
            assert_eq!(MailAddress::new(wrong), Err(BadInput::Mail), "{wrong:?}");
        }
        assert!(MailAddress::new(&format!("{}@example.cn", "a".repeat(250))).is_err());
    }

    #[test]
    fn names_are_short_and_on_one_line() {
        assert_eq!(
            PersonName::new(" 阿依古丽·买买提 ").unwrap().as_str(),
            "阿依古丽·买买提"
        );
        for wrong in ["", "  ", "李\n明", &"李".repeat(65)] {
            assert_eq!(PersonName::new(wrong), Err(BadInput::Name), "{wrong:?}");
            assert_eq!(PasskeyName::new(wrong), Err(BadInput::PasskeyName));
        }
    }

    #[test]
    fn reasons_say_something_and_end() {
        assert_eq!(
            Reason::new(" 户口簿上没有孩子。\r\n请带出生证明。 ")
                .unwrap()
                .as_str(),
            "户口簿上没有孩子。\n请带出生证明。"
        );
        for wrong in ["", " \n ", "带\u{7}证明", &"证".repeat(301)] {
            assert_eq!(Reason::new(wrong), Err(BadInput::Reason), "{wrong:?}");
        }
    }

    #[test]
    fn only_an_argon2id_hash_that_costs_enough_is_a_hash() {
        let hash = |parameters: &str| {
            format!(
                "$argon2id$v=19${parameters}${}${}",
                "c".repeat(22),
                "h".repeat(43)
            )
        };
        assert!(PasswordHash::new(&hash("m=19456,t=2,p=1")).is_ok());
        for wrong in [
            "correct horse battery staple".to_owned(),
            hash("m=19455,t=2,p=1"),
            hash("m=19456,t=1,p=1"),
            hash("m=19456,t=2,p=0"),
            hash("m=19456"),
            hash("m=19456,t=2,p=1").replace("argon2id", "argon2i"),
            hash("m=19456,t=2,p=1").replace("h", ""),
            hash("m=19456,t=2,p=1") + "$",
        ] {
            assert_eq!(
                PasswordHash::new(&wrong),
                Err(BadInput::PasswordHash),
                "{wrong}"
            );
        }
        let shown = format!("{:?}", PasswordHash::new(&hash("m=65536,t=3,p=4")).unwrap());
        assert_eq!(shown, "PasswordHash(…)");
    }
}
