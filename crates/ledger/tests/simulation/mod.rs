//! A whole life of a ledger under a seed: people command, repeat themselves and overtake each other; the clock jumps; the
//! disk is slow, full, torn; the machine stops at any write. Every answer is compared with the model's, every restart with
//! what had been acknowledged.

#![allow(dead_code, reason = "each program takes what it needs of this")]

mod chance;
mod disk;
pub mod killing;
mod model;
pub mod tearing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use ledger::checkpoint::Checkpoint;
use ledger::entry::Entry;
use ledger::form::Fault;
use ledger::given::Clock;
use ledger::item::Change;
use ledger::log::Log;
use ledger::merkle::verify_consistency;
use ledger::name::{Claim, Key, Person, RequestId};
use ledger::note::{Signer, Verifier};
use ledger::store::{PersonKey, Read};
use ledger::{Declined, Done, Turn, Writer};

pub use self::chance::Dice;
use self::disk::{Disk, Simulated};
use self::model::{Expected, Model};
use crate::places::{Booking, Command, Places, Refusal, Slot, claim, item, key, of_slot, origin};

/// When the machine stops.
#[derive(Clone, Copy, Debug)]
pub enum Crashes {
    /// Once, at this write or synchronisation.
    At(u64),
    /// Again and again, at random.
    Often,
}

/// What a life came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    pub entries: u64,
    pub crashes: u32,
    /// Writes and synchronisations while the disk made trouble.
    pub operations: u64,
    /// The last checkpoint; two lives under one seed end in the same.
    pub checkpoint: String,
}

/// Lives so many turns under a seed.
///
/// # Panics
/// When an answer or what a restart finds is not what it must be.
pub fn live(seed: u64, turns: u32, crashes: Crashes) -> Life {
    let mut world = World::new(seed, crashes);
    for _ in 0..turns {
        world.wish();
        world.turn();
    }
    // Everybody asks once more after what they do not know.
    let operations = world.disk_trouble_ends();
    while !world.waiting.is_empty() {
        world.turn();
    }
    world.verify(true);
    let head = world.writer.store().head().unwrap();
    Life {
        entries: head.size,
        crashes: world.crashed,
        operations,
        checkpoint: head.checkpoint,
    }
}

#[derive(Clone)]
struct Jumping(Arc<AtomicI64>);

impl Clock for Jumping {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

struct World {
    dice: Dice,
    clock: Jumping,
    writer: Writer<Simulated>,
    crashes: Crashes,
    crashed: u32,
    model: Model,
    requests: u128,
    /// All that was ever commanded.
    sent: Vec<(u128, Command)>,
    /// What waits for its answer.
    waiting: Vec<(u128, Command)>,
    /// Keys that were acknowledged; nothing once their person was forgotten.
    keys: BTreeMap<Person, Option<[u8; 32]>>,
    /// The newest checkpoint that was given out.
    checkpoint: Option<String>,
}

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

fn known() -> [Verifier; 1] {
    [signer().verifier().clone()]
}

impl World {
    fn new(seed: u64, crashes: Crashes) -> Self {
        let mut dice = Dice::new(seed);
        let crash_at = match crashes {
            Crashes::At(operation) => operation,
            Crashes::Often => 1 + dice.below(100),
        };
        let mut disk = Disk::new(dice.next(), crash_at);
        disk.full_one_in = [0, 0, 60][dice.below(3) as usize];
        let clock = Jumping(Arc::new(AtomicI64::new(1_641_686_400_000)));
        let writer = Writer::new(
            Simulated::new(disk),
            clock.clone(),
            Dice::new(dice.next()),
            signer(),
        )
        .unwrap();
        let (sent, waiting, keys) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self {
            dice,
            clock,
            writer,
            crashes,
            crashed: 0,
            model: Model::default(),
            requests: 0,
            sent,
            waiting,
            keys,
            checkpoint: None,
        }
    }

    /// People command something, some of it again, some of it in another order.
    fn wish(&mut self) {
        for _ in 0..self.dice.below(12) {
            let again = self
                .dice
                .one_in(6)
                .then(|| self.dice.pick(&self.sent).cloned())
                .flatten();
            let wish = again.unwrap_or_else(|| {
                self.requests += 1;
                // Now and then somebody takes an id that was somebody else's.
                let request = if self.dice.one_in(60) {
                    1 + u128::from(self.dice.below(self.requests as u64))
                } else {
                    self.requests
                };
                (request, self.command())
            });
            self.sent.push(wish.clone());
            self.waiting.push(wish);
        }
        self.dice.shuffle(&mut self.waiting);
    }

    fn command(&mut self) -> Command {
        let slot = key(&format!("s{}", self.dice.below(6)));
        let who = format!("p{}", self.dice.below(20));
        match self.dice.below(100) {
            0..12 => Command::Open {
                slot,
                places: self.dice.below(8) as u32,
            },
            12..65 => Command::Book {
                slot,
                person: key(&who),
            },
            65..85 => Command::Cancel {
                slot,
                person: key(&who),
            },
            85..90 => Command::Draw { slot, among: 20 },
            90..93 => Command::Forget {
                person: Person::new(&who).unwrap(),
            },
            93..97 => Command::Grab {
                claim: Claim::new(&format!("grab/{}", self.dice.below(30))).unwrap(),
            },
            97..99 => Command::Bloat { bytes: 70_000 },
            _ => Command::Panic { slot },
        }
    }

    /// One turn of some of what waits, and what follows from it.
    fn turn(&mut self) {
        let take = (1 + self.dice.below(20) as usize).min(self.waiting.len());
        let commands: Vec<_> = self.waiting.drain(..take).collect();
        self.clock
            .0
            .fetch_add(self.dice.below(60_000) as i64 - 5_000, Ordering::Relaxed);
        let mut turn = Turn::new();
        let pending: Vec<_> = commands
            .iter()
            .map(|(request, command)| {
                turn.command(origin(*request, "p"), Places, command.clone())
                    .unwrap()
            })
            .collect();
        let person = Person::new(&format!("p{}", self.dice.below(20))).unwrap();
        let key_wanted = self.dice.one_in(3).then(|| turn.key(person.clone()));
        let ended = self.writer.turn(turn);
        let answers: Vec<_> = pending
            .into_iter()
            .map(|mut pending| pending.try_now().expect("a turn answers all"))
            .collect();
        let slowness = std::mem::take(&mut self.writer.store().disk().slowness_ms);
        self.clock.0.fetch_add(slowness, Ordering::Relaxed);

        if ended.is_err() {
            assert!(
                answers
                    .iter()
                    .all(|answer| matches!(answer, Err(Declined::Unknown(_)))),
                "{answers:?}"
            );
            return self.restart(commands);
        }
        if !answers.is_empty()
            && answers
                .iter()
                .all(|answer| matches!(answer, Err(Declined::Later(_))))
        {
            // Nothing was written; they ask again.
            self.waiting.extend(commands);
            return self.verify(false);
        }
        for ((request, command), answer) in commands.iter().zip(&answers) {
            self.compare(*request, command, answer);
        }
        self.forgotten(&commands);
        if let Some(mut key) = key_wanted
            && let Ok(answer) = key.try_recv().expect("a turn answers all")
        {
            self.compare_key(person, &answer);
        }
        assert_eq!(self.writer.store().head().unwrap().size, self.model.size);
        self.hand_out();
    }

    /// Holds one answer to the model's.
    fn compare(
        &mut self,
        request: u128,
        command: &Command,
        answer: &Result<Done, Declined<Refusal>>,
    ) {
        let expected = self.model.command(request, command);
        let as_expected = match (&expected, answer) {
            (
                Expected::Done(at),
                Ok(Done {
                    sequence,
                    repeated: false,
                }),
            ) => at == sequence,
            (
                Expected::Repeated(at),
                Ok(Done {
                    sequence,
                    repeated: true,
                }),
            ) => at == sequence,
            (Expected::Reused(at), Err(Declined::Reused { sequence, .. })) => at == sequence,
            (Expected::Refused(refusal), Err(Declined::Refused(answer))) => refusal == answer,
            (Expected::Claimed(at), Err(Declined::Failed(Fault::Claimed { since, .. }))) => {
                at == since
            }
            (Expected::Failed, Err(Declined::Failed(Fault::Panicked(_)) | Declined::Entry(_))) => {
                true
            }
            (Expected::Drawn, Err(Declined::Failed(Fault::Chance) | Declined::Refused(_))) => true,
            (
                Expected::Drawn,
                Ok(Done {
                    sequence,
                    repeated: false,
                }),
            ) => self.drawn(request, command, *sequence),
            _ => false,
        };
        assert!(
            as_expected,
            "{command:?} under {request} should be {expected:?} but is {answer:?}"
        );
    }

    /// Whether the entry of a draw gives a place that could be given.
    fn drawn(&mut self, request: u128, command: &Command, sequence: u64) -> bool {
        let entry =
            Entry::from_leaf(&self.writer.store().leaf(sequence).unwrap().unwrap()).unwrap();
        let booked = entry.changes.iter().find_map(|change| match change {
            Change::Put(item) => item.read::<Booking>().ok(),
            _ => None,
        });
        let Some(Booking { slot, person, .. }) = booked else {
            return false;
        };
        entry.seed.is_some()
            && sequence == self.model.size
            && self.model.drawn(request, command, &slot, &person).is_ok()
    }

    /// Those whom the commands that were carried out have forgotten have no key any more.
    fn forgotten(&mut self, commands: &[(u128, Command)]) {
        for (request, command) in commands {
            let carried_out = self
                .model
                .requests
                .get(request)
                .is_some_and(|(done, _)| done == command);
            if let (true, Command::Forget { person }) = (carried_out, command) {
                self.keys.insert(person.clone(), None);
            }
        }
    }

    fn compare_key(&mut self, person: Person, answer: &PersonKey) {
        match (self.keys.get(&person), answer) {
            (Some(Some(known)), PersonKey::Kept(key)) => {
                assert_eq!(known, key, "{person} was given a second key")
            }
            (None, PersonKey::Kept(key)) => _ = self.keys.insert(person, Some(*key)),
            (Some(None), PersonKey::Destroyed) => {}
            other => panic!("{person}: {other:?}"),
        }
    }

    /// Somebody takes a receipt, and everybody sees the checkpoint.
    fn hand_out(&mut self) {
        let store = self.writer.store();
        if self.model.size > 0 {
            let sequence = self.dice.below(self.model.size);
            let receipt = Log(store).receipt(sequence).unwrap().unwrap();
            assert_eq!(receipt.verify(&known()).unwrap().0.sequence, sequence);
            self.checkpoint = Some(receipt.checkpoint);
        }
    }

    /// The machine starts again. The turn was written whole or not at all.
    fn restart(&mut self, commands: Vec<(u128, Command)>) {
        self.crashed += 1;
        let disk_before = self.writer.store().clone();
        let store = disk_before.restarted();
        {
            let mut disk = store.disk();
            disk.crash_at = match self.crashes {
                Crashes::At(_) => u64::MAX,
                Crashes::Often => disk.operations + 1 + self.dice.below(150),
            };
        }
        let chance = Dice::new(self.dice.next());
        self.writer = Writer::new(store, self.clock.clone(), chance, signer()).unwrap();
        let size = self.writer.store().head().unwrap().size;
        if size != self.model.size {
            for (request, command) in &commands {
                let sequence = self
                    .writer
                    .store()
                    .request(RequestId(request.to_be_bytes()))
                    .unwrap();
                let expected = self.model.command(*request, command);
                if let (Expected::Drawn, Some(sequence)) = (expected, sequence) {
                    assert!(self.drawn(*request, command, sequence), "{command:?}");
                }
            }
            assert_eq!(size, self.model.size, "a turn was written in part");
            self.forgotten(&commands);
        }
        self.verify(false);
        // They do not know, and ask again; some give up.
        let again: Vec<_> = commands
            .into_iter()
            .filter(|_| !self.dice.one_in(5))
            .collect();
        self.waiting.extend(again);
    }

    fn disk_trouble_ends(&mut self) -> u64 {
        let mut disk = self.writer.store().disk();
        (disk.crash_at, disk.full_one_in) = (u64::MAX, 0);
        disk.operations
    }

    /// The store holds what was acknowledged and nothing else.
    fn verify(&self, thoroughly: bool) {
        let store = self.writer.store();
        let head = store.head().unwrap();
        assert_eq!(head.size, self.model.size);
        for (request, (_, sequence)) in &self.model.requests {
            assert_eq!(
                store.request(RequestId(request.to_be_bytes())).unwrap(),
                Some(*sequence),
                "request {request}"
            );
        }
        for (slot, kept) in &self.model.slots {
            self.verify_slot(slot, kept);
        }
        for (person, key) in &self.keys {
            let expected = key.map_or(PersonKey::Destroyed, PersonKey::Kept);
            assert_eq!(store.person_key(person).unwrap(), expected, "{person}");
        }
        if let Some(checkpoint) = &self.checkpoint {
            let (old, new) = (
                Checkpoint::open(&known(), checkpoint).unwrap(),
                Checkpoint::open(&known(), &head.checkpoint).unwrap(),
            );
            let proof = Log(store)
                .consistency(old.size, new.size)
                .unwrap()
                .expect("the log never shrinks");
            assert_eq!(
                verify_consistency(old.size, new.size, old.root, new.root, &proof),
                Ok(())
            );
        }
        if thoroughly {
            for sequence in 0..head.size {
                let (entry, _) = Log(store)
                    .receipt(sequence)
                    .unwrap()
                    .unwrap()
                    .verify(&known())
                    .unwrap();
                let (command, at) = &self.model.requests[&u128::from_be_bytes(entry.request.0)];
                assert_eq!(
                    (
                        serde_json::from_str::<Command>(entry.body.get()).unwrap(),
                        sequence
                    ),
                    (command.clone(), *at)
                );
            }
            let replayed = ledger::memory::Memory::replay(
                store.leaves(0, usize::MAX).unwrap(),
                head.checkpoint,
            )
            .unwrap();
            assert!(
                replayed.state() == store.memory().state(),
                "the entries do not make the state"
            );
        }
    }

    fn verify_slot(&self, slot: &Key, kept: &model::Kept) {
        let store = self.writer.store();
        let row: Slot = store
            .item(&item::<Slot>(slot))
            .unwrap()
            .unwrap()
            .read()
            .unwrap();
        assert_eq!(
            (row.places, row.taken as usize),
            (kept.places, kept.people.len()),
            "{slot}"
        );
        let bookings = store.find(&of_slot(slot), None, usize::MAX).unwrap();
        let people: BTreeMap<_, _> = bookings
            .iter()
            .map(|item| item.read::<Booking>().unwrap())
            .map(|b| (b.person, b.entry))
            .collect();
        assert_eq!(people, kept.people, "{slot}");
        for (person, since) in &kept.people {
            assert_eq!(
                store.claimed(&claim(slot, person)).unwrap(),
                Some(*since),
                "{slot} {person}"
            );
        }
    }
}
