//! Passwords: hashed and compared with argon2id, off the threads that answer requests, and a few at a time.

use super::locked;
use crate::failure::Failure;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use forms::people::PasswordHash;
use ledger::given::{Chance as _, SystemChance};
use notice::Label;
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// OWASP's first choice among the cheapest that are safe: 19 MiB, two passes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// Each takes 19 MiB, which are kept for the next: given back, they would stay with each thread that ever hashed. Whoever comes
/// later waits.
const AT_ONCE: usize = 2;
/// Characters a password has at least.
pub const CHARS_MIN: usize = 10;
/// Bytes a password has at most: more than anybody types, and not worth hashing.
const BYTES_MAX: usize = 256;
/// Compared with where there is no such account, so that the answer takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password that somebody has typed. It is never shown.
pub struct Password(String);

impl Password {
    /// One to sign in with. However it is written, it may be somebody's.
    pub fn typed(text: &str) -> Password {
        Password(text.chars().take(BYTES_MAX).collect())
    }

    /// One for a new account; what is wrong with it otherwise.
    pub fn chosen(text: &str) -> Result<Password, Label> {
        if text.chars().count() < CHARS_MIN {
            Err(Label::new(
                format!("密码至少 {CHARS_MIN} 个字符，可以是一句好记的话"),
                format!(
                    "a password has at least {CHARS_MIN} characters; a sentence that is easy to remember will do"
                ),
            ))
        } else if text.len() > BYTES_MAX {
            Err(Label::new(
                format!("密码最多 {BYTES_MAX} 个字节，请短一些"),
                format!("a password has at most {BYTES_MAX} bytes; take a shorter one"),
            ))
        } else {
            Ok(Password(text.to_owned()))
        }
    }

    /// One that nobody knows.
    pub fn unknown() -> Result<Password, Failure> {
        let bytes = SystemChance.bytes().ok_or_else(no_chance)?;
        Ok(Password(
            bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        ))
    }
}

/// Leave to hash: it is given to a few at a time.
pub struct Leave {
    memory: Memory,
    _permit: OwnedSemaphorePermit,
}

/// What hashing works in, when nobody is at it.
type Memory = Arc<Mutex<Vec<Vec<Block>>>>;

/// Gives leave to hash.
pub struct Hashing {
    turns: Arc<Semaphore>,
    memory: Memory,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            memory: Memory::default(),
        }
    }
}

impl Hashing {
    /// Waits for one's turn.
    pub async fn leave(&self) -> Result<Leave, Failure> {
        let permit = self.turns.clone().acquire_owned().await;
        Ok(Leave {
            memory: self.memory.clone(),
            _permit: permit.map_err(ours)?,
        })
    }
}

impl Leave {
    /// The hash of a password under new salt.
    pub async fn hash(self, password: Password) -> Result<PasswordHash, Failure> {
        let salt = SystemChance.bytes().ok_or_else(no_chance)?;
        let work = move || {
            // The leave lasts until this is done, even if whoever asked has gone away.
            let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(ours)?;
            let salt = Salt::new(&salt[..16]).map_err(ours)?;
            let hash = Phc {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(ours)?,
                hash: Some(self.output(&password, &salt, params)?),
                salt: Some(salt),
            };
            PasswordHash::new(&hash.to_string()).map_err(ours)
        };
        tokio::task::spawn_blocking(work).await.map_err(ours)?
    }

    /// Whether a password is the one of this hash; without a hash it never is, and that takes as long.
    pub async fn fits(
        self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, Failure> {
        let work = move || {
            let known = hash.as_ref().map_or(NOBODYS, PasswordHash::as_str);
            let known = Phc::new(known).map_err(ours)?;
            // As it was hashed then, which need not be as it is hashed now. A kept hash is argon2id of version 19 by its type.
            let params = Params::try_from(&known).map_err(ours)?;
            let (Some(salt), Some(output)) = (known.salt, known.hash) else {
                return Err(Failure::Ours("a password's hash is not whole".to_owned()));
            };
            // Compared in the same time wherever they differ.
            Ok(self.output(&password, &salt, params)? == output && hash.is_some())
        };
        tokio::task::spawn_blocking(work).await.map_err(ours)?
    }

    fn output(&self, password: &Password, salt: &Salt, params: Params) -> Result<Output, Failure> {
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        let mut blocks = locked(&self.memory).pop().unwrap_or_default();
        blocks.resize(params.block_count(), Block::default());
        let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                password.0.as_bytes(),
                salt,
                &mut out,
                blocks.as_mut_slice(),
            );
        locked(&self.memory).push(blocks);
        hashed.map_err(ours)?;
        Output::new(&out).map_err(ours)
    }
}

fn no_chance() -> Failure {
    Failure::Ours("the system gives no random numbers".to_owned())
}

fn ours(error: impl std::fmt::Display) -> Failure {
    Failure::Ours(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_password_fits() {
        // One after the other in the same memory: what was in it before must not matter.
        let hashing = Hashing::default();
        let leave = || async { hashing.leave().await.unwrap() };
        let hash = leave()
            .await
            .hash(Password::chosen("  晋祠 周柏 难老泉").unwrap_or_else(|_| panic!("chosen")))
            .await
            .unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        for (typed, fits) in [
            ("  晋祠 周柏 难老泉", true),
            ("晋祠 周柏 难老泉", false),
            ("", false),
        ] {
            let known = Some(hash.clone());
            let same = leave().await.fits(Password::typed(typed), known).await;
            assert_eq!(same.unwrap(), fits, "{typed:?}");
        }
        // The library's own reading of the same, in memory of its own.
        let alone = |typed: &str| {
            use argon2::PasswordVerifier as _;
            Argon2::default().verify_password(typed.as_bytes(), hash.as_str())
        };
        assert!(alone("  晋祠 周柏 难老泉").is_ok() && alone("晋祠").is_err());
        assert_eq!(hashing.memory.lock().unwrap().len(), 1);
        let nobody = leave().await.fits(Password::typed("x"), None).await;
        assert!(!nobody.unwrap());
        // What stands in for no account is a hash that costs as much, not one that is refused at once.
        assert!(PasswordHash::new(NOBODYS).is_ok());
        assert!(Phc::new(NOBODYS).is_ok());
    }

    #[test]
    fn a_new_password_is_neither_short_nor_endless() {
        assert!(Password::chosen("九个字符的密码啊哈").is_err());
        assert!(Password::chosen("十个字符的密码啊哈哈").is_ok());
        assert!(Password::chosen(&"a".repeat(257)).is_err());
    }

    #[tokio::test]
    async fn few_are_hashed_at_once() {
        let hashing = Hashing::default();
        let held = (
            hashing.leave().await.unwrap(),
            hashing.leave().await.unwrap(),
        );
        let third = tokio::time::timeout(std::time::Duration::from_millis(50), hashing.leave());
        assert!(third.await.is_err());
        drop(held);
        assert!(hashing.leave().await.is_ok());
    }
}
