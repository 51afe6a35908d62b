//! What every store must hold: the same tests on each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod places;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use ledger::entry::{BadEntry, Entry};
use ledger::form::Fault;
use ledger::given::{Chance, Clock};
use ledger::log::Log;
use ledger::memory::Memory;
use ledger::merkle::{Hash, Tile, TileKind, verify_consistency};
use ledger::name::{Person, TextVersion};
use ledger::note::Signer;
use ledger::sqlite::Sqlite;
use ledger::state::State;
use ledger::store::{PersonKey, Store, StoreError};
use ledger::{Declined, Done, Turn, Writer};
use places::{
    Booking, Command, Places, Refusal, Slot, claim, item, key, of_person, of_slot, origin,
};

type Answer = Result<Done, Declined<Refusal>>;

/// A clock that is set.
#[derive(Clone)]
struct Set(Arc<AtomicI64>);

impl Clock for Set {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Chance that is counted.
struct Counted(u8);

impl Chance for Counted {
    fn bytes(&mut self) -> Option<[u8; 32]> {
        self.0 = self.0.wrapping_add(1);
        Some([self.0; 32])
    }
}

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

/// A writer under a clock that is set.
struct Bench<S> {
    writer: Writer<S>,
    clock: Set,
    request: u128,
}

impl<S: Store> Bench<S> {
    fn new(store: S) -> Self {
        let clock = Set(Arc::new(AtomicI64::new(1_641_686_400_000)));
        let writer = Writer::new(store, clock.clone(), Counted(0), signer()).unwrap();
        Self {
            writer,
            clock,
            request: 0,
        }
    }

    /// One turn; a new request id for each command.
    fn turn(&mut self, commands: &[Command]) -> Vec<Answer> {
        let requests = commands.iter().map(|command| {
            self.request += 1;
            (self.request, command.clone())
        });
        let requests: Vec<_> = requests.collect();
        self.repeat(&requests)
    }

    fn repeat(&mut self, commands: &[(u128, Command)]) -> Vec<Answer> {
        let mut turn = Turn::new();
        let pending: Vec<_> = commands
            .iter()
            .map(|(request, command)| {
                turn.command(origin(*request, "p"), Places, command.clone())
                    .unwrap()
            })
            .collect();
        self.writer.turn(turn).unwrap();
        pending
            .into_iter()
            .map(|mut pending| pending.try_now().expect("a turn answers all"))
            .collect()
    }

    fn store(&self) -> &S {
        self.writer.store()
    }

    fn slot(&self, slot: &str) -> Slot {
        self.store()
            .item(&item::<Slot>(&key(slot)))
            .unwrap()
            .unwrap()
            .read()
            .unwrap()
    }

    /// The log verifies throughout and its entries make the state that the store has.
    fn check(&self, slots: &[&str]) -> State {
        let store = self.store();
        let head = store.head().unwrap();
        let known = [signer().verifier().clone()];
        let mut state = State::default();
        for sequence in 0..head.size {
            let receipt = Log(store).receipt(sequence).unwrap().unwrap();
            let (entry, checkpoint) = receipt.verify(&known).unwrap();
            assert_eq!((entry.sequence, checkpoint.size), (sequence, head.size));
            assert_eq!(store.request(entry.request).unwrap(), Some(sequence));
            state.apply(&entry).unwrap();
        }
        assert_eq!(Log(store).receipt(head.size).unwrap(), None);
        for (id, item) in &state.items {
            assert_eq!(store.item(id).unwrap().as_ref(), Some(item));
            for found in &item.found_by {
                let in_store: Vec<_> = store.find(found, None, 10_000).unwrap();
                assert_eq!(
                    in_store,
                    state.find(found, None).cloned().collect::<Vec<_>>()
                );
                assert!(in_store.contains(item));
            }
        }
        for (claim, since) in &state.claims {
            assert_eq!(store.claimed(claim).unwrap(), Some(*since));
        }
        for slot in slots {
            let booked = store
                .find(&of_slot(&key(slot)), None, 10_000)
                .unwrap()
                .len();
            assert_eq!(self.slot(slot).taken as usize, booked);
            assert!(self.slot(slot).taken <= self.slot(slot).places);
        }
        state
    }
}

fn open(slot: &str, places: u32) -> Command {
    Command::Open {
        slot: key(slot),
        places,
    }
}

fn book(slot: &str, person: &str) -> Command {
    Command::Book {
        slot: key(slot),
        person: key(person),
    }
}

fn cancel(slot: &str, person: &str) -> Command {
    Command::Cancel {
        slot: key(slot),
        person: key(person),
    }
}

#[track_caller]
fn refused(answer: &Answer, refusal: Refusal) {
    assert!(
        matches!(answer, Err(Declined::Refused(r)) if *r == refusal),
        "{answer:?}"
    );
}

#[track_caller]
fn done(answer: &Answer) -> u64 {
    match answer {
        Ok(Done {
            sequence,
            repeated: false,
        }) => *sequence,
        other => panic!("{other:?}"),
    }
}

fn ten_places_hold_ten(store: impl Store) {
    let mut bench = Bench::new(store);
    done(&bench.turn(&[open("a", 10)])[0]);
    let all: Vec<_> = (0..25).map(|n| book("a", &format!("p{n}"))).collect();
    // In one turn and over several: what the turn itself has given away is gone.
    let mut answers = bench.turn(&all[..7]);
    answers.extend(bench.turn(&all[7..]));
    answers[..10].iter().for_each(|answer| _ = done(answer));
    answers[10..]
        .iter()
        .for_each(|answer| refused(answer, Refusal::Full));
    refused(
        &bench.turn(&[book("a", "p3")])[0],
        Refusal::Already { since: 4 },
    );
    done(&bench.turn(&[cancel("a", "p3")])[0]);
    let answers = bench.turn(&[
        book("a", "p20"),
        book("a", "p21"),
        cancel("a", "p20"),
        book("a", "p21"),
    ]);
    refused(&answers[1], Refusal::Full);
    assert_eq!([0, 2, 3].map(|n| done(&answers[n])), [12, 13, 14]);
    bench.check(&["a"]);
}

fn a_refusal_leaves_nothing(store: impl Store) {
    let mut bench = Bench::new(store);
    let answers = bench.turn(&[
        open("a", 0),
        book("a", "p1"),
        book("a", "p1"),
        book("b", "p1"),
    ]);
    // Were the booking of the first refusal left behind, the second would be refused as already booked.
    refused(&answers[1], Refusal::Full);
    refused(&answers[2], Refusal::Full);
    refused(&answers[3], Refusal::NoSuchSlot);
    assert_eq!(
        bench
            .store()
            .find(&of_person(&key("p1")), None, 10)
            .unwrap(),
        []
    );
    assert_eq!(
        bench
            .store()
            .claimed(&claim(&key("a"), &key("p1")))
            .unwrap(),
        None
    );
    assert_eq!(bench.store().head().unwrap().size, 1);
    refused(&bench.turn(&[book("a", "p1")])[0], Refusal::Full);
    bench.check(&["a"]);
}

fn a_request_is_carried_out_once(store: impl Store) {
    let mut bench = Bench::new(store);
    bench.turn(&[open("a", 10)]);
    let answers = bench.repeat(&[
        (50, book("a", "p1")),
        (50, book("a", "p1")),
        (50, book("a", "p2")),
        (51, book("a", "p1")),
    ]);
    assert_eq!(done(&answers[0]), 1);
    assert!(
        matches!(
            answers[1],
            Ok(Done {
                sequence: 1,
                repeated: true
            })
        ),
        "{answers:?}"
    );
    assert!(
        matches!(answers[2], Err(Declined::Reused { sequence: 1, .. })),
        "{answers:?}"
    );
    refused(&answers[3], Refusal::Already { since: 1 });
    let answers = bench.repeat(&[(50, book("a", "p1")), (50, cancel("a", "p1"))]);
    assert!(
        matches!(
            answers[0],
            Ok(Done {
                sequence: 1,
                repeated: true
            })
        ),
        "{answers:?}"
    );
    assert!(
        matches!(answers[1], Err(Declined::Reused { sequence: 1, .. })),
        "{answers:?}"
    );
    // What was refused has not happened, and may be tried again under its id.
    done(&bench.repeat(&[(52, cancel("a", "p1"))])[0]);
    done(&bench.repeat(&[(51, book("a", "p1"))])[0]);
    bench.check(&["a"]);
}

fn claims_hold_without_the_forms_help(store: impl Store) {
    let mut bench = Bench::new(store);
    let grab = || Command::Grab {
        claim: ledger::name::Claim::new("only one").unwrap(),
    };
    let answers = bench.turn(&[grab(), grab()]);
    done(&answers[0]);
    assert!(
        matches!(
            &answers[1],
            Err(Declined::Failed(Fault::Claimed { since: 0, .. }))
        ),
        "{answers:?}"
    );
    let answers = bench.turn(&[grab()]);
    assert!(
        matches!(
            &answers[0],
            Err(Declined::Failed(Fault::Claimed { since: 0, .. }))
        ),
        "{answers:?}"
    );
}

fn what_a_turn_has_written_is_found_in_it(store: impl Store) {
    let mut bench = Bench::new(store);
    bench.turn(&[
        open("a", 9),
        open("b", 9),
        open("c", 9),
        book("a", "p1"),
        book("b", "p1"),
    ]);
    let person = Person::new("p1").unwrap();
    // One booking is gone and one is new in the turn that looks for them.
    let answers = bench.turn(&[
        cancel("a", "p1"),
        book("c", "p1"),
        Command::Forget {
            person: person.clone(),
        },
    ]);
    answers.iter().for_each(|answer| _ = done(answer));
    assert!(
        bench
            .store()
            .find(&of_person(&key("p1")), None, 10)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        bench
            .store()
            .claimed(&claim(&key("c"), &key("p1")))
            .unwrap(),
        None
    );
    assert_eq!(bench.slot("c").taken, 0);
    assert_eq!(
        bench.store().person_key(&person).unwrap(),
        PersonKey::Destroyed
    );
}

fn finding_goes_on_after_a_key_and_stops_at_a_limit(store: impl Store) {
    let mut bench = Bench::new(store);
    bench.turn(&[open("a", 100)]);
    for turn in (0..30)
        .map(|n| book("a", &format!("p{n:02}")))
        .collect::<Vec<_>>()
        .chunks(7)
    {
        bench.turn(turn);
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = bench
            .store()
            .find(&of_slot(&key("a")), after.as_ref(), 8)
            .unwrap();
        assert!(page.len() <= 8);
        let Some(last) = page.last() else { break };
        after = Some(last.id());
        seen.extend(
            page.iter()
                .map(|item| item.read::<Booking>().unwrap().person),
        );
    }
    assert_eq!(
        seen,
        (0..30)
            .map(|n| key(&format!("p{n:02}")))
            .collect::<Vec<_>>()
    );
}

fn time_never_goes_back_and_chance_is_recorded(store: impl Store) {
    let mut bench = Bench::new(store);
    bench.turn(&[open("a", 10)]);
    bench.clock.0.fetch_sub(5_000, Ordering::Relaxed);
    bench.turn(&[Command::Draw {
        slot: key("a"),
        among: 1 << 30,
    }]);
    bench.clock.0.fetch_add(10_000, Ordering::Relaxed);
    bench.turn(&[
        Command::Draw {
            slot: key("a"),
            among: 1 << 30,
        },
        Command::Draw {
            slot: key("a"),
            among: 1 << 30,
        },
        book("a", "x"),
    ]);
    let entries: Vec<_> = bench
        .store()
        .leaves(0, 10)
        .unwrap()
        .iter()
        .map(|leaf| Entry::from_leaf(leaf).unwrap())
        .collect();
    let at: Vec<_> = entries
        .iter()
        .map(|entry| entry.at.as_millisecond() - 1_641_686_400_000)
        .collect();
    assert_eq!(at, [0, 0, 5_000, 5_000, 5_000]);
    let seeds: Vec<_> = entries.iter().map(|entry| entry.seed).collect();
    assert!(seeds[0].is_none() && seeds[4].is_none());
    assert!(seeds[1].is_some() && seeds[1] != seeds[2] && seeds[2] != seeds[3]);
    bench.check(&["a"]);
}

fn a_faulty_form_harms_only_its_own_command(store: impl Store) {
    let mut bench = Bench::new(store);
    let answers = bench.turn(&[
        open("a", 3),
        Command::Panic { slot: key("b") },
        Command::Bloat { bytes: 100_000 },
        book("a", "p1"),
        book("b", "p1"),
    ]);
    assert!(
        matches!(answers[1], Err(Declined::Failed(Fault::Panicked("places")))),
        "{answers:?}"
    );
    assert!(
        matches!(answers[2], Err(Declined::Entry(BadEntry::Long(n))) if n > 65_535),
        "{answers:?}"
    );
    assert_eq!(done(&answers[3]), 1);
    refused(&answers[4], Refusal::NoSuchSlot);
    assert_eq!(
        bench.store().item(&item::<Slot>(&key("bloat"))).unwrap(),
        None
    );
    bench.check(&["a"]);
}

fn the_log_serves_tiles_and_only_grows(store: impl Store) {
    let mut bench = Bench::new(store);
    bench.turn(&[open("a", 600)]);
    let mut checkpoints = vec![bench.store().head().unwrap()];
    for turn in (0..519)
        .map(|n| book("a", &format!("p{n}")))
        .collect::<Vec<_>>()
        .chunks(100)
    {
        bench.turn(turn);
        checkpoints.push(bench.store().head().unwrap());
    }
    let store = bench.store();
    let root = |head: &ledger::store::Head| {
        ledger::checkpoint::Checkpoint::open(&[signer().verifier().clone()], &head.checkpoint)
            .unwrap()
    };
    let last = root(checkpoints.last().unwrap());
    assert_eq!(last.size, 520);
    for head in &checkpoints {
        let old = root(head);
        assert_eq!(old.size, head.size);
        let proof = Log(store)
            .consistency(old.size, last.size)
            .unwrap()
            .unwrap();
        assert_eq!(
            verify_consistency(old.size, last.size, old.root, last.root, &proof),
            Ok(())
        );
    }
    assert_eq!(Log(store).consistency(1, 521).unwrap(), None);
    assert_eq!(Log(store).consistency(2, 1).unwrap(), None);
    // Tiles and bundles hold the same: each bundled entry hashes to its place in the tile.
    for (index, width) in [(0, 256), (1, 256), (2, 8), (2, 3)] {
        let tile = Tile {
            level: 0,
            index,
            width,
        };
        let hashes = Hash::split(
            &Log(store)
                .file(&tile.path(TileKind::Hashes))
                .unwrap()
                .unwrap(),
        )
        .unwrap();
        let bundle = Log(store)
            .file(&tile.path(TileKind::Entries))
            .unwrap()
            .unwrap();
        let (mut rest, mut from_entries) = (&bundle[..], Vec::new());
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let (leaf, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
            from_entries.push(Hash::leaf(leaf));
            rest = after;
        }
        assert_eq!((hashes.len(), hashes), (usize::from(width), from_entries));
    }
    assert_eq!(
        Log(store)
            .file("tile/1/000.p/2")
            .unwrap()
            .map(|bytes| bytes.len()),
        Some(64)
    );
    assert_eq!(
        Log(store).file("checkpoint").unwrap(),
        Some(checkpoints.last().unwrap().checkpoint.clone().into_bytes())
    );
    for none in [
        "tile/0/003.p/1",
        "tile/0/002.p/9",
        "tile/0/002",
        "tile/1/000.p/3",
        "tile/2/000.p/1",
        "head",
        "",
        "tile/0/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(Log(store).file(none).unwrap(), None, "{none}");
    }
    bench.check(&["a"]);
}

fn the_writer_goes_on_where_it_ended<S: Store>(store: S) {
    let mut bench = Bench::new(store);
    bench.turn(&[open("a", 2_000)]);
    for size in [1_usize, 254, 1, 1, 255, 1, 500] {
        let from = bench.store().head().unwrap().size;
        bench.turn(
            &(0..size)
                .map(|n| book("a", &format!("p{from}-{n}")))
                .collect::<Vec<_>>(),
        );
        let (before, request) = (bench.store().head().unwrap(), bench.request);
        bench = Bench {
            request,
            ..Bench::new(bench.writer.into_store())
        };
        assert_eq!(bench.store().head().unwrap(), before);
    }
    // One entry fewer than the size says would not resume; the checkpoint guards what the size does not.
    let other = Signer::new("ledger.example/taiyuan", &[8; 32]).unwrap();
    let failed = Writer::new(
        bench.writer.into_store(),
        Set(Arc::default()),
        Counted(0),
        other,
    );
    assert!(matches!(failed.err(), Some(StoreError::Damaged(_))));
}

fn keys_are_made_once_and_destroyed_for_good(store: impl Store) {
    let mut bench = Bench::new(store);
    let person = Person::new("p1").unwrap();
    let key_of = |bench: &mut Bench<_>| {
        let mut turn = Turn::new();
        let (mut first, mut second) = (turn.key(person.clone()), turn.key(person.clone()));
        bench.writer.turn(turn).unwrap();
        let answers = [
            first.try_recv().unwrap().unwrap(),
            second.try_recv().unwrap().unwrap(),
        ];
        assert_eq!(answers[0], answers[1]);
        answers[0].clone()
    };
    assert_eq!(bench.store().person_key(&person).unwrap(), PersonKey::None);
    let made = key_of(&mut bench);
    assert!(matches!(made, PersonKey::Kept(key) if key != [0; 32]));
    assert_eq!(key_of(&mut bench), made);
    assert_eq!(bench.store().head().unwrap().size, 0);
    done(
        &bench.turn(&[Command::Forget {
            person: person.clone(),
        }])[0],
    );
    assert_eq!(key_of(&mut bench), PersonKey::Destroyed);
    // Nobody can be given a key after they were forgotten, even if they never had one.
    let stranger = Person::new("p2").unwrap();
    bench.turn(&[Command::Forget {
        person: stranger.clone(),
    }]);
    assert_eq!(
        bench.store().person_key(&stranger).unwrap(),
        PersonKey::Destroyed
    );
    bench.check(&[]);
}

fn texts_are_kept_once_under_their_digest(store: impl Store) {
    let mut bench = Bench::new(store);
    let text = "# 遛犬\n".as_bytes().to_vec();
    let version = TextVersion::of(&text);
    assert_eq!(bench.store().text(version).unwrap(), None);
    for _ in 0..2 {
        let mut turn = Turn::new();
        let mut answers = [turn.text(text.clone()), turn.text(text.clone())];
        bench.writer.turn(turn).unwrap();
        for answer in &mut answers {
            assert_eq!(answer.try_recv().unwrap(), Ok(version));
        }
        assert_eq!(bench.store().text(version).unwrap(), Some(text.clone()));
    }
    assert_eq!(bench.store().head().unwrap().size, 0);
}

fn entries_of_a_notice_are_listed(store: impl Store) {
    let mut bench = Bench::new(store);
    bench.turn(&[open("a", 10), book("a", "p1"), book("a", "p2")]);
    let notice = origin(0, "p").notice;
    let listed = |from, limit| {
        bench
            .store()
            .of_notice(&notice, from, limit)
            .unwrap()
            .into_iter()
            .map(|(sequence, _)| sequence)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (listed(0, 10), listed(1, 1), listed(3, 1)),
        (vec![0, 1, 2], vec![1], vec![])
    );
    let none = ledger::name::Notice::new("other").unwrap();
    assert!(bench.store().of_notice(&none, 0, 10).unwrap().is_empty());
}

fn a_turn_may_be_given_whole<S: Store>(store: S) {
    let mut bench = Bench::new(store);
    let open = |slot: &str, places| Command::Open {
        slot: key(slot),
        places,
    };
    let book = |person: &str| Command::Book {
        slot: key("a"),
        person: key(person),
    };
    bench.turn(&[open("a", 2)]);
    let mut whole = |first: u128, commands: &[Command]| {
        let mut turn = Turn::new();
        let commands = (first..).zip(commands);
        let pending = commands.map(|(n, c)| turn.command(origin(n, "p"), Places, c.clone()));
        let pending: Vec<_> = pending.map(Result::unwrap).collect();
        bench.writer.turn_whole(turn).unwrap();
        let answers = pending.into_iter().map(|mut p| p.try_now().unwrap());
        answers.collect::<Vec<_>>()
    };
    let refused = whole(100, &[book("p1"), book("p2"), book("p3")]);
    assert!(matches!(
        refused[..],
        [
            Err(Declined::Later(_)),
            Err(Declined::Later(_)),
            Err(Declined::Refused(Refusal::Full))
        ]
    ));
    // Nothing of it is there, and the very same requests are carried out without the one that was refused.
    let done = whole(100, &[book("p1"), book("p2")]);
    assert!(done.iter().all(Result::is_ok));
    assert_eq!(bench.store().head().unwrap().size, 3);
    bench.check(&["a"]);
}

macro_rules! on_each_store {
    ($($test:ident),* $(,)?) => {
        mod memory {
            use super::*;
            $(#[test] fn $test() { super::$test(Memory::new()); })*
        }
        mod sqlite {
            use super::*;
            $(#[test] fn $test() {
                let folder = tempfile::tempdir().unwrap();
                super::$test(Sqlite::open(&folder.path().join("ledger.db")).unwrap());
            })*
        }
        #[cfg(feature = "postgres")]
        mod postgres {
            use super::*;
            $(#[test] #[ignore = "needs a PostgreSQL: scripts/postgres.sh"] fn $test() {
                super::$test(ledger::postgres::Postgres::open(&places::database::fresh()).unwrap());
            })*
        }
    };
}

on_each_store! {
    ten_places_hold_ten,
    a_refusal_leaves_nothing,
    a_request_is_carried_out_once,
    claims_hold_without_the_forms_help,
    what_a_turn_has_written_is_found_in_it,
    finding_goes_on_after_a_key_and_stops_at_a_limit,
    time_never_goes_back_and_chance_is_recorded,
    a_faulty_form_harms_only_its_own_command,
    the_log_serves_tiles_and_only_grows,
    the_writer_goes_on_where_it_ended,
    keys_are_made_once_and_destroyed_for_good,
    texts_are_kept_once_under_their_digest,
    entries_of_a_notice_are_listed,
    a_turn_may_be_given_whole,
}
