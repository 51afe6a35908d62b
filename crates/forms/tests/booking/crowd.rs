//! Ten thousand people at once for one place, through the real ledger and its threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use forms::booking::rows::{self, Status, found};
use forms::booking::{Offering, SignUp, Why};
use jiff::Timestamp;
use ledger::given::{Clock, SystemChance};
use ledger::memory::Memory;
use ledger::note::Signer;
use ledger::postgres::{Postgres, PostgresReader};
use ledger::sqlite::{Sqlite, SqliteReader};
use ledger::store::{Read, Store};
use ledger::{Declined, Ledger, Limits, Writer};

use crate::house::{OFFERS, fresh, instant, offerings, on_postgres, origin, person, slot};

const PEOPLE: u32 = 10_000;
const THREADS: u32 = 8;
const PLACE: &str = "class#prints@2022-01-15T08:00/10:00";

/// The tenth of January, all day.
struct Still;

impl Clock for Still {
    fn now(&mut self) -> Timestamp {
        instant("2022-01-10T09:00".parse().unwrap())
    }
}

/// What each person was answered, by the reason; the number of the entry of those who were let in.
fn crowd(
    store: impl Store + 'static,
    offering: &Arc<Offering>,
) -> (Vec<u64>, BTreeMap<String, usize>) {
    let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
    let writer = Writer::new(store, Still, SystemChance, signer).unwrap();
    let (ledger, running) = Ledger::start(writer, Limits::default()).unwrap();
    let start = Arc::new(std::sync::Barrier::new(THREADS as usize));
    let threads = (0..THREADS).map(|thread| {
        let (ledger, offering, start) = (ledger.clone(), offering.clone(), start.clone());
        std::thread::spawn(move || {
            start.wait();
            let mine = (0..PEOPLE).filter(|n| n % THREADS == thread);
            let pending = mine.map(|n| {
                let act = SignUp::new(&offering, slot(PLACE), person(n), None);
                ledger
                    .submit(
                        origin(&offering, u128::from(n), person(n).as_str()),
                        offering.form(),
                        act,
                    )
                    .unwrap()
            });
            let pending: Vec<_> = pending.collect();
            pending
                .into_iter()
                .map(|pending| pending.wait())
                .collect::<Vec<_>>()
        })
    });
    let threads: Vec<_> = threads.collect();
    let (mut done, mut refused) = (Vec::new(), BTreeMap::new());
    for answer in threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap())
    {
        match answer {
            Ok(answer) => done.push(answer.sequence),
            Err(Declined::Refused(why)) => *refused.entry(why.to_string()).or_default() += 1,
            Err(other) => panic!("no clear answer: {other}"),
        }
    }
    running.stop().unwrap();
    done.sort_unstable();
    (done, refused)
}

fn full() -> BTreeMap<String, usize> {
    [(format!("{} (class#prints)", Why::Full), PEOPLE as usize - 1)].into()
}

#[test]
fn of_ten_thousand_for_one_place_exactly_one_gets_it_and_all_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let offering = &OFFERS[2].1;
    assert_eq!(
        crowd(Sqlite::open(&path).unwrap(), offering),
        (vec![0], full())
    );
    let reader = SqliteReader::open(&path).unwrap();
    assert_eq!(reader.head().unwrap().size, 1);
    let store = Memory::new();
    assert_eq!(crowd(store.clone(), offering), (vec![0], full()));
    assert_eq!(store.head().unwrap().size, 1);
    if let Some(server) = on_postgres() {
        let address = fresh(&server);
        let store = Postgres::open(&address).unwrap();
        assert_eq!(crowd(store, offering), (vec![0], full()));
        let reader = PostgresReader::open(&address).unwrap();
        assert_eq!(reader.head().unwrap().size, 1);
    }
}

#[test]
fn of_ten_thousand_the_first_hundred_after_the_one_wait_in_the_order_they_came() {
    let text = include_str!("class.md").replace(
        "sign_up",
        "waiting = { offer = \"2 h\", places = 100 }\nsign_up",
    );
    let [(_, offering)] = &offerings(&[("class", text)])[..] else {
        panic!()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (done, refused) = crowd(Sqlite::open(&path).unwrap(), offering);
    assert_eq!(done, (0..101).collect::<Vec<_>>());
    let why = Why::WaitingFull { places: 100 };
    assert_eq!(
        refused,
        [(format!("{why} (class#prints)"), PEOPLE as usize - 101)].into()
    );
    let reader = SqliteReader::open(&path).unwrap();
    let of_slot = |index| {
        reader
            .find(&found(index, PLACE).unwrap(), None, 1_000)
            .unwrap()
    };
    let bookings: Vec<rows::Booking> = of_slot("booking.slot")
        .iter()
        .map(|item| item.read().unwrap())
        .collect();
    let places = bookings
        .iter()
        .filter(|booking| booking.status == Status::Booked)
        .count();
    assert_eq!((places, bookings.len()), (1, 101));
    // Bookings and turns are each in the order of entries.
    let turns = of_slot("waiting.slot");
    let turns = turns
        .iter()
        .map(|item| item.read::<rows::Turn>().unwrap().booking);
    assert!(turns.eq(bookings[1..].iter().map(|booking| booking.number.clone())));
}

/// Two nodes on one database: what one has given away, the other does not give again.
#[test]
fn two_nodes_on_one_database_give_each_place_once() {
    let Some(server) = on_postgres() else {
        return; // the step `the booking form on PostgreSQL` of scripts/test.sh has one
    };
    let text = include_str!("class.md").replace("capacity = 1", "capacity = 70");
    let [(_, offering)] = &offerings(&[("class", text)])[..] else {
        panic!()
    };
    let address = fresh(&server);
    // One node has made the tables before the others come.
    drop(Postgres::open(&address).unwrap());
    let nodes = (0..2_u32).map(|node| {
        let (address, offering) = (address.clone(), offering.clone());
        std::thread::spawn(move || {
            let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
            let store = Postgres::open(&address).unwrap();
            let writer = Writer::new(store, Still, SystemChance, signer).unwrap();
            let (ledger, running) = Ledger::start(writer, Limits::default()).unwrap();
            // Everybody asks both nodes, half of them with the request id that they have given the other.
            let pending = (0..200_u32).map(|n| {
                let act = SignUp::new(&offering, slot(PLACE), person(n), None);
                let request = u128::from(if n % 2 == 0 {
                    n
                } else {
                    n + 1_000 * (node + 1)
                });
                let origin = origin(&offering, request, person(n).as_str());
                (n, ledger.submit(origin, offering.form(), act).unwrap())
            });
            let pending: Vec<_> = pending.collect();
            let answers: Vec<_> = pending.into_iter().map(|(n, p)| (n, p.wait())).collect();
            running.stop().unwrap();
            answers
        })
    });
    let nodes: Vec<_> = nodes.collect();
    let (mut places, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for (n, answer) in nodes.into_iter().flat_map(|node| node.join().unwrap()) {
        match answer {
            Ok(done) => assert_eq!(
                *places.entry(n).or_insert(done.sequence),
                done.sequence,
                "person {n} has two places"
            ),
            Err(Declined::Refused(why)) => *refused.entry(why.why.to_string()).or_insert(0) += 1,
            Err(other) => panic!("no clear answer: {other}"),
        }
    }
    assert_eq!(places.len(), 70);
    // 130 people were told by both nodes that it is full; whoever has a place under two requests was told so once.
    let full = Why::Full.to_string();
    assert_eq!(refused.get(&full), Some(&260), "{refused:?}");
    let reader = PostgresReader::open(&address).unwrap();
    assert_eq!(reader.head().unwrap().size, 70);
}
