//! Readers of the ledger, each on a thread of its own that does one piece of reading after the other.
//!
//! A press of a button is a few dozen microseconds of reading. A thread that is at it goes on with whatever has come
//! meanwhile, so hundreds at once cost a handful of wake-ups instead of one, or two, for each.

use crate::failure::Failure;
use crate::people::locked;
use ledger::store::AnyReader;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Some readers. What comes when all are at work waits.
pub struct Readers {
    desk: Arc<Desk>,
}

type Work = Box<dyn FnOnce(&AnyReader) + Send>;

/// Where work lies until a reader takes it.
#[derive(Default)]
struct Desk {
    lying: Mutex<Lying>,
    more: Condvar,
}

#[derive(Default)]
struct Lying {
    work: VecDeque<Work>,
    /// Readers that sleep until there is work.
    idle: usize,
    /// Nothing more will come.
    closed: bool,
}

impl Readers {
    /// Starts a thread for each.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(readers: Vec<AnyReader>) -> std::io::Result<Readers> {
        let started = Readers {
            desk: Arc::default(),
        };
        for reader in readers {
            let desk = started.desk.clone();
            std::thread::Builder::new()
                .name("reader".to_owned())
                .spawn(move || desk.serve(&reader))?;
        }
        Ok(started)
    }

    /// Does something with a reader, on a thread where waiting for the disk holds nobody up.
    pub async fn lend<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AnyReader) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (reply, answer) = oneshot::channel();
        self.desk.lay(Box::new(move |reader: &AnyReader| {
            // Whoever has stopped waiting meanwhile needs nothing read.
            if !reply.is_closed() {
                let _ = reply.send(work(reader));
            }
        }));
        let broken = |_| Failure::Ours("what was to be read ended in a fault".to_owned());
        answer.await.map_err(broken)?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        locked(&self.desk.lying).closed = true;
        self.desk.more.notify_all();
    }
}

impl Desk {
    fn lay(&self, work: Work) {
        let mut lying = locked(&self.lying);
        lying.work.push_back(work);
        let sleeps = lying.idle > 0;
        drop(lying);
        if sleeps {
            self.more.notify_one();
        }
    }

    /// Does what lies here, until the last was done and nothing more will come.
    fn serve(&self, reader: &AnyReader) {
        while let Some(work) = self.next() {
            // A fault was written down by the hook of panics; whoever waits is told, and the reader goes on.
            let _ = catch_unwind(AssertUnwindSafe(|| work(reader)));
        }
    }

    fn next(&self) -> Option<Work> {
        let mut lying = locked(&self.lying);
        loop {
            if let Some(work) = lying.work.pop_front() {
                return Some(work);
            }
            if lying.closed {
                return None;
            }
            lying.idle += 1;
            let woken = self.more.wait(lying);
            lying = woken.unwrap_or_else(PoisonError::into_inner);
            lying.idle -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::memory::Memory;
    use ledger::store::Read as _;
    use std::sync::mpsc;

    fn readers(count: usize) -> Readers {
        let readers = (0..count).map(|_| AnyReader::of(Memory::default()));
        Readers::start(readers.collect()).unwrap()
    }

    #[tokio::test]
    async fn everybody_is_answered_though_there_are_few_readers() {
        let readers = readers(2);
        let all = (0..500_u64).map(|n| {
            let readers = &readers;
            async move {
                let read = readers.lend(move |reader| Ok(reader.head().unwrap().size + n));
                assert_eq!(read.await.unwrap(), n);
            }
        });
        for one in all {
            one.await;
        }
        let (tell, told) = mpsc::channel();
        for n in 0..500_u64 {
            let tell = tell.clone();
            readers.desk.lay(Box::new(move |_| tell.send(n).unwrap()));
        }
        // What still lies there is done before the readers go.
        drop((readers, tell));
        let mut done: Vec<u64> = told.iter().collect();
        done.sort_unstable();
        assert_eq!(done, (0..500).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_fault_is_told_and_takes_no_reader_away() {
        let readers = readers(1);
        for _ in 0..3 {
            let broken = readers.lend(|_| -> Result<(), Failure> { panic!("a fault on purpose") });
            assert!(matches!(broken.await, Err(Failure::Ours(_))));
            let next = readers.lend(|reader| Ok(reader.head().unwrap().size));
            assert_eq!(next.await.unwrap(), 0);
        }
    }

    #[tokio::test]
    async fn nothing_is_read_for_who_has_gone() {
        let readers = readers(1);
        let (go_on, wait) = mpsc::channel::<()>();
        let first = readers.lend(move |_| {
            wait.recv().unwrap();
            Ok(())
        });
        let (tell, told) = mpsc::channel();
        let second = readers.lend(move |_| {
            tell.send(()).unwrap();
            Ok(())
        });
        let mut first = std::pin::pin!(first);
        {
            let mut second = std::pin::pin!(second);
            // Both lie there; then the second one's request is given up.
            let nobody = tokio::time::timeout(std::time::Duration::from_millis(20), async {
                // In this order, or the second might be read before the first holds the reader.
                tokio::select! { biased; _ = &mut first => (), _ = &mut second => () }
            });
            assert!(nobody.await.is_err());
        }
        go_on.send(()).unwrap();
        first.await.unwrap();
        readers.lend(|_| Ok(())).await.unwrap();
        assert!(told.try_recv().is_err());
    }
}
