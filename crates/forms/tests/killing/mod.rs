//! kill -9 on a process that takes real bookings over SQLite, in the middle of its work.
//!
//! A round starts a child that signs people up and gives bookings back from several threads, and prints each answer. The
//! parent kills it at a moment of chance, opens what is left and holds it to all that was ever acknowledged.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::time::Duration;

use city::City;
use decide::Eligibility;
use forms::booking::rows::{self, Number, Status};
use forms::booking::{Cancel, Offering, SignUp, views};
use jiff::Timestamp;
use ledger::entry::Origin;
use ledger::given::{Clock, SystemChance};
use ledger::item::{ItemId, Row as _};
use ledger::log::Log;
use ledger::memory::Memory;
use ledger::name::{Actor, Key, Kind, Person, RequestId};
use ledger::note::Signer;
use ledger::sqlite::Sqlite;
use ledger::store::Read as _;
use ledger::{Ledger, Limits, Writer};

/// Threads that command; a child of many is a crowd.
const CLIENTS: u64 = 16;
/// People of a round; many come for several sessions, which overlap in part.
const PEOPLE: u64 = 400;
/// Commands of the round before that each client gives again, as people do who had no answer.
const AGAIN: u64 = 20;
const CAPACITY: u32 = 7;

/// Ten days of sessions that overlap, with a waiting list.
const TEXT: &str = "+++
title = \"抢课\"
issuer = \"shanxi-library\"
issued = 2022-01-04T09:00:00+08:00
in_force = \"2022-01-10T00:00/2022-01-19T24:00\"
+++

先到先得，每场七人，满了可以候补。

```offer course
dates    = [{ on = 2022-01-10, hours = [\"09:00-11:00\", \"10:00-12:00\", \"11:00-12:00\", \"14:00-16:00\", \"15:00-17:00\"] },
            { on = 2022-01-11, hours = [\"09:00-11:00\", \"10:00-12:00\", \"11:00-12:00\", \"14:00-16:00\", \"15:00-17:00\"] }]
projects = { a = { zh = \"甲班\", en = \"class a\" }, b = { zh = \"乙班\", en = \"class b\" }, c = { zh = \"丙班\", en = \"class c\" } }
capacity = 7
sign_up  = \"2022-01-05T09:00/\"
waiting  = { offer = \"2 h\", places = 5 }
```
";

/// Morning of the sixth, for ever.
struct Still;

impl Clock for Still {
    fn now(&mut self) -> Timestamp {
        "2022-01-06T08:00:00+08:00".parse().unwrap()
    }
}

/// SplitMix64: the same seed, the same throws.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

fn offering() -> Arc<Offering> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
    let (city, _) = City::load(&folder).expect("the demo city loads");
    let city = city.with_notices(Vec::new());
    let reading = city.read_notice("course.md", TEXT.as_bytes());
    let notice = Arc::new(reading.notice.expect("the offer reads"));
    let eligibility = Arc::new(Eligibility::of(&city, std::slice::from_ref(&notice)));
    Offering::new(&city, eligibility, &notice, "course").unwrap()
}

/// What client `client` commands as its `n`th in a round, the same whenever it is asked for: who, and which slot.
fn wish(seed: u64, round: u64, client: u64, n: u64, slots: u64) -> (u128, u64, u64) {
    let request = (u128::from(round) << 64) | (u128::from(client) << 32) | u128::from(n);
    let mut dice = Dice(seed ^ (round << 40) ^ (client << 20) ^ n);
    (request, dice.below(PEOPLE), dice.below(slots))
}

fn origin(offering: &Offering, request: u128, person: &str) -> Origin {
    Origin {
        request: RequestId(request.to_be_bytes()),
        actor: Actor::new(person).unwrap(),
        notice: offering.notice().clone(),
        text: offering.text(),
    }
}

/// One write for each line, so that a kill cannot mix two.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// The child: commands and prints what is acknowledged, until it is killed.
pub fn child(folder: &Path, seed: u64, round: u64) -> ! {
    let offering = offering();
    let slots: Vec<Key> = offering
        .slots()
        .iter()
        .map(|slot| slot.key.clone())
        .collect();
    let store = Sqlite::open(&folder.join("ledger.db")).unwrap();
    let writer = Writer::new(store, Still, SystemChance, signer()).unwrap();
    let (ledger, _running) = Ledger::start(writer, Limits::default()).unwrap();
    tell("ready");
    let clients = (0..CLIENTS).map(|client| {
        let (ledger, offering, slots) = (ledger.clone(), offering.clone(), slots.clone());
        std::thread::spawn(move || {
            let many = slots.len() as u64;
            let earlier = (0..if round > 0 { AGAIN } else { 0 })
                .map(|n| (round - 1, wish(seed, round - 1, client, n, many)));
            let mine = (0..).map(|n| (round, wish(seed, round, client, n, many)));
            for (of, (request, who, slot)) in earlier.chain(mine) {
                // People of each round are others, so slots of a round fill, and everything is refused in the end:
                // then places are given back, and the waiting list moves.
                let person = Person::new(&format!("p{of}-{who}")).unwrap();
                let act = SignUp::new(
                    &offering,
                    slots[slot as usize].clone(),
                    person.clone(),
                    None,
                );
                let origin_ = origin(&offering, request, person.as_str());
                let Ok(done) = ledger.submit(origin_, offering.form(), act).unwrap().wait() else {
                    continue;
                };
                tell(&format!("signed-up {request} {} {person}", done.sequence));
                if request % 3 != 0 {
                    let act = Cancel {
                        booking: Number::of(done.sequence).unwrap(),
                        person: person.clone(),
                    };
                    let request = request | 1 << 120;
                    tell(&format!("gives-back {request} {} {person}", done.sequence));
                    let origin_ = origin(&offering, request, person.as_str());
                    if let Ok(gone) = ledger.submit(origin_, offering.form(), act).unwrap().wait() {
                        tell(&format!("gave-back {request} {} {person}", gone.sequence));
                    }
                }
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    clients
        .into_iter()
        .for_each(|client| client.join().unwrap());
    std::process::exit(0)
}

/// What children have said.
#[derive(Default)]
struct Told {
    /// Acknowledged: request, entry.
    acknowledged: HashMap<u128, u64>,
    /// Bookings by their entry: whose, and whether giving it back was asked for.
    bookings: HashMap<u64, (String, bool)>,
}

impl Told {
    fn line(&mut self, line: &str) {
        let mut words = line.split(' ');
        let (Some(what), Some(request), Some(sequence), Some(person)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return;
        };
        let (Ok(request), Ok(sequence)) = (request.parse::<u128>(), sequence.parse::<u64>()) else {
            return;
        };
        match what {
            "gives-back" => {
                if let Some(booking) = self.bookings.get_mut(&sequence) {
                    booking.1 = true;
                }
                return;
            }
            "signed-up" => {
                self.bookings
                    .entry(sequence)
                    .or_insert((person.to_owned(), false));
            }
            _ => {}
        }
        let before = self.acknowledged.insert(request, sequence);
        assert!(
            before.is_none_or(|before| before == sequence),
            "request {request} was answered twice, as {before:?} and {sequence}"
        );
    }
}

/// Rounds of a child that is killed at a moment of chance, all over one ledger. Gives how many commands were acknowledged.
///
/// # Panics
/// When an acknowledged booking is missing, one stands twice, or a slot is oversold.
pub fn kill(seed: u64, rounds: u64, start: impl Fn(&Path, u64, u64) -> Process) -> usize {
    let mut dice = Dice(seed);
    let offering = offering();
    let folder = tempfile::tempdir().unwrap();
    let mut told = Told::default();
    for round in 0..rounds {
        let mut child = start(folder.path(), seed, round)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        assert!(
            lines.any(|line| line.ends_with("ready")),
            "seed {seed}, round {round}: it did not start"
        );
        let reader = std::thread::spawn(move || lines.collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(20 + dice.below(200)));
        child.kill().unwrap();
        child.wait().unwrap();
        reader
            .join()
            .unwrap()
            .iter()
            .for_each(|line| told.line(line));
        check(folder.path(), &offering, &told);
    }
    told.acknowledged.len()
}

/// All that was acknowledged is there, once; no slot is oversold; nobody is in two places; every receipt verifies.
fn check(folder: &Path, offering: &Offering, told: &Told) {
    let store = Sqlite::open(&folder.join("ledger.db")).unwrap();
    let writer = Writer::new(store, Still, SystemChance, signer()).unwrap();
    let store = writer.store();
    let head = store.head().unwrap();
    for (request, sequence) in &told.acknowledged {
        assert_eq!(
            store.request(RequestId(request.to_be_bytes())).unwrap(),
            Some(*sequence),
            "request {request} was acknowledged"
        );
    }
    // Replaying refuses a request that comes twice, and whatever the entries do not say.
    let leaves = store.leaves(0, usize::MAX).unwrap();
    let replayed = Memory::replay(leaves, head.checkpoint.clone()).unwrap();
    for (id, item) in &replayed.state().items {
        assert_eq!(store.item(id).unwrap().as_ref(), Some(item));
    }
    for (sequence, (person, given_back)) in &told.bookings {
        let key = Number::of(*sequence).unwrap().key().clone();
        let kind = Kind::new(rows::Booking::KIND).unwrap();
        let item = store.item(&ItemId { kind, key }).unwrap();
        let booking: rows::Booking = item.expect("the booking stands").read().unwrap();
        assert_eq!(booking.person.as_str(), person);
        let stands = matches!(
            booking.status,
            Status::Booked | Status::Waiting { .. } | Status::Offered { .. }
        );
        assert!(
            stands || *given_back,
            "booking {sequence} was acknowledged and is {:?}",
            booking.status
        );
    }
    let mut held: BTreeMap<Person, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
    for slot in offering.slots() {
        let by = rows::found("booking.slot", slot.key.as_str()).unwrap();
        let bookings = store.find(&by, None, usize::MAX).unwrap();
        let bookings: Vec<rows::Booking> =
            bookings.iter().map(|item| item.read().unwrap()).collect();
        let of =
            |wanted: fn(&Status) -> bool| bookings.iter().filter(|b| wanted(&b.status)).count();
        let booked = of(|status| matches!(status, Status::Booked));
        let offered = of(|status| matches!(status, Status::Offered { .. }));
        let now = views::slot(store, offering, &slot.key, Still.now())
            .unwrap()
            .unwrap();
        assert_eq!(
            (now.taken as usize, now.kept as usize),
            (booked, offered),
            "{}",
            slot.key
        );
        assert!(
            booked + offered <= CAPACITY as usize,
            "{} is oversold",
            slot.key
        );
        for booking in bookings
            .iter()
            .filter(|b| matches!(b.status, Status::Booked | Status::Offered { .. }))
        {
            if booking.status == Status::Booked {
                held.entry(booking.person.clone())
                    .or_default()
                    .push((booking.from, booking.to));
            }
        }
    }
    for (person, mut times) in held {
        times.sort();
        assert!(
            times.windows(2).all(|pair| pair[0].1 <= pair[1].0),
            "{person} is in two places"
        );
    }
    for sequence in (0..head.size).step_by(97) {
        let receipt = Log(store).receipt(sequence).unwrap().unwrap();
        receipt.verify(&[signer().verifier().clone()]).unwrap();
    }
}
