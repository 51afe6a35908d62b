//! Ten thousand people at once for one place, through the real ledger and its threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use forms::booking::rows::{self, Status, found};
use forms::booking::{Offering, SignUp, Why};
use jiff::Timestamp;
use ledger::given::{Clock, SystemChance};
use ledger::memory::Memory;
use ledger::note::Signer;
use ledger::sqlite::{Sqlite, SqliteReader};
use ledger::store::{Read, Store};
use ledger::{Declined, Ledger, Limits, Writer};

use crate::house::{OFFERS, instant, offerings, origin, person, slot};

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
