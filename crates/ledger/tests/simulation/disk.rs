//! A disk that crashes, tears and fills up, and a store that lives on it.

use std::sync::{Arc, Mutex, MutexGuard};

use ledger::form::LooksAt;
use ledger::item::{Found, Item, ItemId};
use ledger::memory::Memory;
use ledger::merkle::Hash;
use ledger::name::{Claim, Notice, Person, RequestId, TextVersion};
use ledger::store::{Batch, Head, PersonKey, Read, Store, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::chance::Dice;

const SECTOR: usize = 512;

/// One file. What was written but not synchronised may be lost in a crash, sector by sector, in any order.
pub struct Disk {
    durable: Vec<u8>,
    pending: Vec<u8>,
    dice: Dice,
    /// Writes and synchronisations so far.
    pub operations: u64,
    /// The operation at which the machine stops.
    pub crash_at: u64,
    /// One write in so many finds no room; 0 for never.
    pub full_one_in: u64,
    /// Milliseconds that the last operations took; the world adds them to its clock.
    pub slowness_ms: i64,
}

/// Why an operation did not happen.
enum Trouble {
    Crashed,
    Full,
}

impl Disk {
    pub fn new(seed: u64, crash_at: u64) -> Self {
        Self {
            durable: Vec::new(),
            pending: Vec::new(),
            dice: Dice::new(seed),
            operations: 0,
            crash_at,
            full_one_in: 0,
            slowness_ms: 0,
        }
    }

    fn operation(&mut self) -> Result<(), Trouble> {
        self.operations += 1;
        // Mostly quick, sometimes half a minute.
        self.slowness_ms += if self.dice.one_in(50) {
            30_000
        } else {
            self.dice.below(3) as i64
        };
        if self.operations >= self.crash_at {
            Err(Trouble::Crashed)
        } else {
            Ok(())
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        if self.full_one_in > 0 && self.dice.one_in(self.full_one_in) {
            return Err(Trouble::Full);
        }
        // A write that the crash interrupts may still have reached the disk in part.
        self.pending.extend_from_slice(bytes);
        self.operation()
    }

    fn sync(&mut self) -> Result<(), Trouble> {
        self.operation()?;
        self.durable.append(&mut self.pending);
        Ok(())
    }

    /// The machine starts again after a crash: what is on the disk then.
    pub fn restart(&mut self) -> Vec<u8> {
        let pending = std::mem::take(&mut self.pending);
        let reached = self.dice.below(pending.len() as u64 + 1) as usize;
        for sector in pending[..reached].chunks(SECTOR) {
            match self.dice.below(8) {
                // Never reached the platter: the file has grown, its new part is empty.
                0 => self.durable.resize(self.durable.len() + sector.len(), 0),
                1 => {
                    let garbage: Vec<u8> =
                        sector.iter().map(|_| self.dice.below(256) as u8).collect();
                    self.durable.extend(garbage);
                }
                _ => self.durable.extend_from_slice(sector),
            }
        }
        self.durable.clone()
    }

    fn cut(&mut self, length: usize) {
        self.durable.truncate(length);
    }
}

/// One commit as it stands in the file, after its length and before its checksum.
#[derive(Serialize, Deserialize)]
struct Frame {
    leaves: Vec<String>,
    keys: Vec<(Person, [u8; 32])>,
    checkpoint: Option<String>,
}

/// A store whose file is on the disk. Clones share both.
#[derive(Clone)]
pub struct Simulated {
    memory: Memory,
    disk: Arc<Mutex<Disk>>,
}

impl Simulated {
    pub fn new(disk: Disk) -> Self {
        Self {
            memory: Memory::new(),
            disk: Arc::new(Mutex::new(disk)),
        }
    }

    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }

    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The store after the machine has started again: all whole frames from the beginning, and nothing after the first
    /// that is not whole.
    pub fn restarted(self) -> Self {
        let bytes = self.disk().restart();
        let (mut at, mut leaves, mut keys, mut checkpoint) =
            (0, Vec::new(), Vec::new(), String::new());
        while let Some((frame, end)) = frame(&bytes, at) {
            leaves.extend(frame.leaves.into_iter().map(String::into_bytes));
            keys.extend(frame.keys);
            checkpoint = frame.checkpoint.unwrap_or(checkpoint);
            at = end;
        }
        self.disk().cut(at);
        let memory = Memory::replay(leaves, checkpoint)
            .expect("what was committed does not contradict itself");
        for (person, key) in keys {
            memory.give_key(person, key);
        }
        Self {
            memory,
            disk: self.disk,
        }
    }

    fn append(&self, bytes: &[u8]) -> Result<(), Trouble> {
        let mut disk = self.disk();
        let before = disk.pending.len();
        let written = (|| {
            let mut rest = bytes;
            while !rest.is_empty() {
                let (part, after) =
                    rest.split_at((1 + disk.dice.below(2_000) as usize).min(rest.len()));
                disk.write(part)?;
                rest = after;
            }
            disk.sync()
        })();
        if matches!(written, Err(Trouble::Full)) {
            disk.pending.truncate(before);
        }
        written
    }
}

/// The frame at this place and where it ends, if it is whole.
fn frame(bytes: &[u8], at: usize) -> Option<(Frame, usize)> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    let (body, rest) = rest.split_at_checked(length)?;
    (length > 0 && rest.get(..32)? == Sha256::digest(body).as_slice())
        .then(|| (serde_json::from_slice(body).unwrap(), at + 4 + length + 32))
}

impl Store for Simulated {
    fn begin(&mut self) -> Result<Head, StoreError> {
        self.memory.begin()
    }

    fn prefetch(&mut self, requests: &[RequestId], looks_at: &LooksAt) -> Result<(), StoreError> {
        self.memory.prefetch(requests, looks_at)
    }

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        let frame = Frame {
            leaves: batch
                .entries
                .iter()
                .map(|entry| String::from_utf8(entry.leaf.clone()).unwrap())
                .collect(),
            keys: batch.keys.clone(),
            checkpoint: batch.head.as_ref().map(|head| head.checkpoint.clone()),
        };
        let body = serde_json::to_vec(&frame).unwrap();
        let length = (body.len() as u32).to_be_bytes();
        match self.append(&[&length[..], &body, &Sha256::digest(&body)].concat()) {
            Ok(()) => self.memory.commit(batch),
            Err(Trouble::Full) => Err(StoreError::Later("no room".to_owned())),
            Err(Trouble::Crashed) => Err(StoreError::Lost("the machine has stopped".to_owned())),
        }
    }

    fn abandon(&mut self) -> Result<(), StoreError> {
        self.memory.abandon()
    }
}

impl Read for Simulated {
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
