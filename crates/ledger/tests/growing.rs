//! What starting a writer and proving an entry read of logs that are very long: the same of ten billion entries as of ten
//! thousand, but for a hash or two.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::cell::Cell;

use ledger::Writer;
use ledger::checkpoint::Checkpoint;
use ledger::given::{SystemChance, SystemClock};
use ledger::item::{Found, Item, ItemId};
use ledger::log::Log;
use ledger::merkle::{Hash, root, verify_inclusion};
use ledger::name::{Claim, Notice, Person, RequestId, TextVersion};
use ledger::note::Signer;
use ledger::store::{Batch, Head, PersonKey, Read, Store, StoreError};

/// A log of so many entries that are all alike: it need not be written to be read anywhere. It counts what is read.
struct Alike {
    size: u64,
    checkpoint: String,
    /// By level, the hash over a full tile's worth of leaves.
    hashes: Vec<Hash>,
    read: Cell<usize>,
}

const LEAF: &[u8] = b"an entry like all others";

impl Alike {
    fn new(size: u64) -> Self {
        let mut hashes = vec![Hash::leaf(LEAF)];
        for _ in 0..8 {
            let mut hash = hashes[hashes.len() - 1];
            (0..8).for_each(|_| hash = Hash::node(hash, hash));
            hashes.push(hash);
        }
        let mut log = Self {
            size,
            checkpoint: String::new(),
            hashes,
            read: Cell::new(0),
        };
        let signer = signer();
        log.checkpoint = Checkpoint {
            origin: signer.verifier().name().to_owned(),
            size,
            root: root(&Log(&log), size).unwrap(),
        }
        .sign(&signer);
        log.read.set(0);
        log
    }

    /// Hashes and entries read since this was last asked.
    fn taken(&self) -> usize {
        self.read.take()
    }

    fn count(&self, read: usize) {
        self.read.set(self.read.get() + read);
    }
}

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

type Answer<T> = Result<T, StoreError>;

impl Read for Alike {
    fn head(&self) -> Answer<Head> {
        Ok(Head {
            size: self.size,
            at: jiff::Timestamp::UNIX_EPOCH,
            checkpoint: self.checkpoint.clone(),
        })
    }

    fn leaf(&self, sequence: u64) -> Answer<Option<Vec<u8>>> {
        self.count(1);
        Ok((sequence < self.size).then(|| LEAF.to_vec()))
    }

    fn leaves(&self, from: u64, limit: usize) -> Answer<Vec<Vec<u8>>> {
        let many = limit.min(usize::try_from(self.size.saturating_sub(from)).unwrap());
        self.count(many);
        Ok(vec![LEAF.to_vec(); many])
    }

    fn full_tile(&self, level: u8, index: u64) -> Answer<Option<Vec<Hash>>> {
        let full = (self.size >> (8 * u32::from(level))) / 256 > index;
        self.count(if full { 256 } else { 0 });
        Ok(full.then(|| vec![self.hashes[usize::from(level)]; 256]))
    }

    fn tile_roots(&self, level: u8, from: u64, count: usize) -> Answer<Vec<Hash>> {
        let tiles = self.size >> (8 * (u32::from(level) + 1));
        let many = count.min(usize::try_from(tiles.saturating_sub(from)).unwrap());
        self.count(many);
        Ok(vec![self.hashes[usize::from(level) + 1]; many])
    }

    fn of_notice(&self, _: &Notice, _: u64, _: usize) -> Answer<Vec<(u64, Vec<u8>)>> {
        panic!("nothing else is read")
    }

    fn request(&self, _: RequestId) -> Answer<Option<u64>> {
        panic!("nothing else is read")
    }

    fn item(&self, _: &ItemId) -> Answer<Option<Item>> {
        panic!("nothing else is read")
    }

    fn find(&self, _: &Found, _: Option<&ItemId>, _: usize) -> Answer<Vec<Item>> {
        panic!("nothing else is read")
    }

    fn claimed(&self, _: &Claim) -> Answer<Option<u64>> {
        panic!("nothing else is read")
    }

    fn person_key(&self, _: &Person) -> Answer<PersonKey> {
        panic!("nothing else is read")
    }

    fn text(&self, _: TextVersion) -> Answer<Option<Vec<u8>>> {
        panic!("nothing else is read")
    }
}

impl Store for Alike {
    fn begin(&mut self) -> Answer<Head> {
        self.head()
    }

    fn commit(&mut self, _: Batch) -> Answer<()> {
        panic!("nothing is written")
    }

    fn abandon(&mut self) -> Answer<()> {
        Ok(())
    }
}

const SIZES: [u64; 7] = [
    1,
    255,
    10_000,
    65_535,
    10_000_000,
    10_123_457,
    10_000_000_000,
];

#[test]
fn a_writer_starts_by_reading_the_right_edge_alone() {
    for size in SIZES {
        let writer = Writer::new(Alike::new(size), SystemClock, SystemChance, signer()).unwrap();
        let read = writer.store().taken();
        let levels = 1 + (size.max(1).ilog2() / 8) as usize;
        assert!(read <= 255 * levels, "{read} of {size}");
    }
    // What it starts from is compared with what was signed.
    let mut other = Alike::new(10_000_000);
    other.checkpoint = Alike::new(9_999_999).checkpoint;
    assert!(Writer::new(other, SystemClock, SystemChance, signer()).is_err());
}

#[test]
fn a_proof_has_a_hash_for_each_halving_and_reads_a_few_tiles() {
    for size in SIZES {
        let log = Alike::new(size);
        let top = root(&Log(&log), size).unwrap();
        log.taken();
        for index in [0, size / 3, size / 2, size - 1] {
            let receipt = Log(&log).receipt(index).unwrap().unwrap();
            let read = log.taken();
            let halvings = size.next_power_of_two().ilog2() as usize;
            assert!(
                receipt.proof.len() <= halvings,
                "{} of {size}",
                receipt.proof.len()
            );
            // Each of its hashes is made of one tile at most.
            assert!(
                read <= 1 + 256 * 2 * halvings,
                "{read} read for {index} of {size}"
            );
            verify_inclusion(Hash::leaf(LEAF), index, size, top, &receipt.proof).unwrap();
        }
    }
}
