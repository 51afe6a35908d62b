//! Readers of the ledger, lent to one piece of work each at a time.

use crate::failure::Failure;
use crate::people::{locked, ours};
use ledger::store::AnyReader;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// Some readers. Who comes when all are lent waits.
pub struct Readers {
    idle: Mutex<Vec<AnyReader>>,
    free: Arc<Semaphore>,
}

impl Readers {
    pub fn of(readers: Vec<AnyReader>) -> Readers {
        Readers {
            free: Arc::new(Semaphore::new(readers.len())),
            idle: Mutex::new(readers),
        }
    }

    /// Does something with a reader, on a thread where waiting for the disk holds nobody up.
    pub async fn lend<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&AnyReader) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let permit = self.free.clone().acquire_owned().await.map_err(ours)?;
        let readers = self.clone();
        let work = move || {
            let reader = locked(&readers.idle).pop();
            let reader = reader.ok_or_else(|| Failure::Ours("no reader is left".to_owned()))?;
            let lent = Lent {
                reader: Some(reader),
                of: readers,
            };
            let done = lent.reader.as_ref().map(work);
            // Back before the next one is let in.
            drop(lent);
            drop(permit);
            done.ok_or_else(|| Failure::Ours("no reader is left".to_owned()))?
        };
        tokio::task::spawn_blocking(work).await.map_err(ours)?
    }
}

/// A reader that comes back, also when its borrower panics.
struct Lent {
    reader: Option<AnyReader>,
    of: Arc<Readers>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        locked(&self.of.idle).extend(self.reader.take());
    }
}
