//! The ledger in its thread: many clients, a full queue, a stop, a failing store.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod places;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use ledger::form::{Form, LooksAt, Stop};
use ledger::given::{SystemChance, SystemClock};
use ledger::item::{Found, Item, ItemId};
use ledger::memory::Memory;
use ledger::merkle::Hash;
use ledger::name::{Claim, Notice, Person, RequestId, TextVersion};
use ledger::note::Signer;
use ledger::sqlite::{Sqlite, SqliteReader};
use ledger::store::{Batch, Head, PersonKey, Read, Store, StoreError};
use ledger::{Declined, Done, Draft, Ledger, Limits, NotTaken, Writer};
use places::{Command, Places, Refusal, key, of_slot, origin};

fn start<S: Store + 'static>(store: S, limits: Limits) -> (Ledger, ledger::Running) {
    let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
    Ledger::start(
        Writer::new(store, SystemClock, SystemChance, signer).unwrap(),
        limits,
    )
    .unwrap()
}

fn open(ledger: &Ledger, slot: &str, places: u32) {
    ledger
        .submit(
            origin(1 << 100, "office"),
            Places,
            Command::Open {
                slot: key(slot),
                places,
            },
        )
        .unwrap()
        .wait()
        .unwrap();
}

#[test]
fn of_two_hundred_at_once_exactly_ten_get_a_place_and_everybody_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (ledger, running) = start(Sqlite::open(&path).unwrap(), Limits::default());
    open(&ledger, "a", 10);
    let clients: Vec<_> = (0..8_u128)
        .map(|client| {
            let ledger = ledger.clone();
            std::thread::spawn(move || {
                let pending = (0..25).map(|n| {
                    let command = Command::Book {
                        slot: key("a"),
                        person: key(&format!("p{client}-{n}")),
                    };
                    ledger
                        .submit(origin(client * 100 + n, "p"), Places, command)
                        .unwrap()
                });
                let pending: Vec<_> = pending.collect();
                pending.into_iter().map(|p| p.wait()).collect::<Vec<_>>()
            })
        })
        .collect();
    let answers: Vec<_> = clients
        .into_iter()
        .flat_map(|client| client.join().unwrap())
        .collect();
    // A reader beside the running writer sees all that was acknowledged.
    let reader = SqliteReader::open(&path).unwrap();
    assert_eq!(
        reader.find(&of_slot(&key("a")), None, 100).unwrap().len(),
        10
    );
    assert_eq!(reader.head().unwrap().size, 11);
    let mut sequences: Vec<_> = answers
        .iter()
        .filter_map(|answer| answer.as_ref().ok())
        .map(|done| done.sequence)
        .collect();
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=10).collect::<Vec<_>>());
    let full = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Declined::Refused(Refusal::Full))))
        .count();
    assert_eq!(full, 190);
    running.stop().unwrap();
}

/// Says that it has begun, then waits to be let go.
struct Hold(Sender<()>, Mutex<Receiver<()>>);

impl Form for Hold {
    type Command = ();
    type Refusal = ();
    const NAME: &'static str = "hold";
    const SHAPE: u16 = 1;

    fn decide(&self, (): &(), _: &mut Draft<'_>) -> Result<(), Stop<()>> {
        self.0.send(()).unwrap();
        self.1.lock().unwrap().recv().unwrap();
        Ok(())
    }
}

#[test]
fn a_full_queue_says_so_and_a_stop_answers_all_that_wait() {
    let limits = Limits {
        waiting_max: 3,
        turn_max: 1,
        ..Limits::default()
    };
    let (ledger, running) = start(Memory::new(), limits);
    let (begun, has_begun) = channel();
    let (go, let_go) = channel();
    let held = ledger
        .submit(origin(1, "p"), Hold(begun, Mutex::new(let_go)), ())
        .unwrap();
    has_begun.recv().unwrap();
    let open = |n: u32| {
        ledger.submit(
            origin(10 + u128::from(n), "p"),
            Places,
            Command::Open {
                slot: key(&n.to_string()),
                places: n,
            },
        )
    };
    let waiting: Vec<_> = (0..3).map(|n| open(n).unwrap()).collect();
    assert!(matches!(open(3), Err(NotTaken::Full(3))));
    let stopping = std::thread::spawn(move || running.stop());
    go.send(()).unwrap();
    assert_eq!(
        held.wait().unwrap(),
        Done {
            sequence: 0,
            repeated: false
        }
    );
    for (pending, sequence) in waiting.into_iter().zip(1..) {
        assert_eq!(pending.wait().unwrap().sequence, sequence);
    }
    stopping.join().unwrap().unwrap();
    assert!(matches!(open(4), Err(NotTaken::Stopped)));
}

#[test]
fn a_person_gets_a_key_through_the_running_ledger() {
    let (ledger, running) = start(Memory::new(), Limits::default());
    let answer = ledger.key(Person::new("p1").unwrap()).unwrap();
    running.stop().unwrap();
    // The future is there already: polling it once is enough.
    let waker = std::task::Waker::noop();
    let polled = std::pin::pin!(answer).poll(&mut std::task::Context::from_waker(waker));
    assert!(
        matches!(polled, std::task::Poll::Ready(Ok(PersonKey::Kept(_)))),
        "{polled:?}"
    );
}

/// A store whose commits fail as told.
struct Failing {
    memory: Memory,
    next: Arc<Mutex<Vec<StoreError>>>,
}

impl Read for Failing {
    fn head(&self) -> Result<Head, StoreError> {
        self.memory.head()
    }
    fn leaf(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.leaf(sequence)
    }
    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.memory.leaves(from, limit)
    }
    fn of_notice(
        &self,
        notice: &Notice,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.memory.of_notice(notice, from, limit)
    }
    fn request(&self, id: RequestId) -> Result<Option<u64>, StoreError> {
        self.memory.request(id)
    }
    fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError> {
        self.memory.item(id)
    }
    fn find(
        &self,
        found: &Found,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        self.memory.find(found, after, limit)
    }
    fn claimed(&self, claim: &Claim) -> Result<Option<u64>, StoreError> {
        self.memory.claimed(claim)
    }
    fn full_tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        self.memory.full_tile(level, index)
    }
    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Result<Vec<Hash>, StoreError> {
        self.memory.tile_roots(level, from, count)
    }
    fn person_key(&self, person: &Person) -> Result<PersonKey, StoreError> {
        self.memory.person_key(person)
    }

    fn text(&self, version: TextVersion) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.text(version)
    }
}

impl Store for Failing {
    fn begin(&mut self) -> Result<Head, StoreError> {
        self.memory.begin()
    }
    fn prefetch(&mut self, requests: &[RequestId], looks_at: &LooksAt) -> Result<(), StoreError> {
        self.memory.prefetch(requests, looks_at)
    }
    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        match self.next.lock().unwrap().pop() {
            Some(error) => Err(error),
            None => self.memory.commit(batch),
        }
    }
    fn abandon(&mut self) -> Result<(), StoreError> {
        self.memory.abandon()
    }
}

#[test]
fn a_full_disk_is_survived_and_a_failing_one_stops_the_ledger() {
    let next = Arc::new(Mutex::new(vec![StoreError::Later("disk full".to_owned())]));
    let memory = Memory::new();
    let (ledger, running) = start(
        Failing {
            memory: memory.clone(),
            next: next.clone(),
        },
        Limits::default(),
    );
    let open = || {
        ledger.submit(
            origin(1, "p"),
            Places,
            Command::Open {
                slot: key("a"),
                places: 1,
            },
        )
    };
    let answer = open().unwrap().wait();
    assert!(
        matches!(&answer, Err(Declined::Later(why)) if why == "disk full"),
        "{answer:?}"
    );
    assert_eq!(
        open().unwrap().wait().unwrap(),
        Done {
            sequence: 0,
            repeated: false
        }
    );

    next.lock()
        .unwrap()
        .push(StoreError::Lost("fsync failed".to_owned()));
    let book = Command::Book {
        slot: key("a"),
        person: key("p1"),
    };
    let answer = ledger.submit(origin(2, "p"), Places, book).unwrap().wait();
    assert!(
        matches!(answer, Err(Declined::Unknown(request)) if request == RequestId(2_u128.to_be_bytes())),
        "{answer:?}"
    );
    assert!(running.stop().is_err());
    assert!(matches!(open(), Err(NotTaken::Stopped)));
    assert_eq!(memory.head().unwrap().size, 1);
}
