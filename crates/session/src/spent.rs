//! What may be used once only, such as the challenge that a passkey has signed: a mark of it is kept until it is no longer good.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Failed, Sessions, Store};

impl<S: Store> Sessions<S> {
    /// Uses something up that is good until a time; tells whether it was still unused. Of several that ask at once, at whatever
    /// node, one is told so. Only the SHA-256 is kept, and what is no longer good at `now` is removed.
    ///
    /// # Errors
    /// [`Failed`]; then it may be used up.
    pub fn spend(&mut self, once: &[u8], until: Timestamp, now: Timestamp) -> Result<bool, Failed> {
        self.store.remove_spent(now)?;
        self.store.spend(&Sha256::digest(once).into(), until)
    }
}
