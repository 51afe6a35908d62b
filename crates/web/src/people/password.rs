//! Passwords: hashed and compared with argon2id, off the threads that answer requests, and a few at a time.

use crate::failure::Failure;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use forms::people::PasswordHash;
use ledger::given::{Chance as _, SystemChance};
use notice::Label;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// OWASP's first choice among the cheapest that are safe: 19 MiB, two passes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// Each takes 19 MiB while it lasts; whoever comes later waits.
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
    _permit: OwnedSemaphorePermit,
}

/// Gives leave to hash.
pub struct Hashing(Arc<Semaphore>);

impl Default for Hashing {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Hashing {
    /// Waits for one's turn.
    pub async fn leave(&self) -> Result<Leave, Failure> {
        let permit = self.0.clone().acquire_owned().await;
        let _permit = permit.map_err(ours)?;
        Ok(Leave { _permit })
    }
}

impl Leave {
    /// The hash of a password under new salt.
    pub async fn hash(self, password: Password) -> Result<PasswordHash, Failure> {
        let salt = SystemChance.bytes().ok_or_else(no_chance)?;
        let work = move || {
            // Held until the memory is free, even if whoever asked has gone away.
            let _leave = self;
            let hash = argon2()?
                .hash_password_with_salt(password.0.as_bytes(), &salt[..16])
                .map_err(|error| error.to_string())?;
            PasswordHash::new(&hash.to_string()).map_err(|error| error.to_string())
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(ours)?
            .map_err(Failure::Ours)
    }

    /// Whether a password is the one of this hash; without a hash it never is, and that takes as long.
    pub async fn fits(
        self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, Failure> {
        let work = move || {
            let _leave = self;
            let known = hash.as_ref().map_or(NOBODYS, PasswordHash::as_str);
            let same = argon2()?.verify_password(password.0.as_bytes(), known);
            Ok(same.is_ok() && hash.is_some())
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(ours)?
            .map_err(Failure::Ours)
    }
}

fn argon2() -> Result<Argon2<'static>, String> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| error.to_string())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
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

    async fn leave() -> Leave {
        Hashing::default().leave().await.unwrap()
    }

    #[tokio::test]
    async fn only_the_same_password_fits() {
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
        let nobody = leave().await.fits(Password::typed("x"), None).await;
        assert!(!nobody.unwrap());
        // What stands in for no account is a hash that costs as much, not one that is refused at once.
        assert!(PasswordHash::new(NOBODYS).is_ok());
        assert!(argon2::password_hash::phc::PasswordHash::new(NOBODYS).is_ok());
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
