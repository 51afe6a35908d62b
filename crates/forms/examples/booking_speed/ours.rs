//! Our side: bookings by the real form over the ledger in SQLite.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use city::City;
use decide::Eligibility;
use forms::booking::{Offering, SignUp, Told};
use jiff::Timestamp;
use ledger::entry::Origin;
use ledger::given::{Chance as _, Clock, SystemChance};
use ledger::memory::Memory;
use ledger::name::{Actor, Key, Person, RequestId};
use ledger::note::Signer;
use ledger::sqlite::Sqlite;
use ledger::{Ledger, Limits, Writer};

use crate::Run;

/// The clock of the demo city, which goes on as the machine's does.
struct DemoClock(Instant);

impl Clock for DemoClock {
    fn now(&mut self) -> Timestamp {
        let began: Timestamp = "2022-01-06T08:00:00+08:00".parse().unwrap();
        began + self.0.elapsed()
    }
}

/// What is measured: an offer and the slots of it.
pub struct Ours {
    bench: Arc<Bench>,
    slots: Vec<Key>,
}

impl Ours {
    /// With `told`, the offer asks for an age, and each command is judged by what was told and seals it.
    pub fn new(told: bool) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
        let (city, _) = City::load(&folder).expect("the demo city loads");
        let city = city.with_notices(Vec::new());
        let offering = offering(&city, told);
        let all = offering.slots().iter();
        let mut slots: Vec<Key> = all.map(|slot| slot.key.clone()).collect();
        slots.sort();
        let bench = Bench {
            city,
            offering,
            told,
        };
        Self {
            bench: Arc::new(bench),
            slots,
        }
    }

    /// What making one command takes a client.
    pub fn making(&self) -> Duration {
        self.bench.making(&self.slots[0])
    }

    /// Runs so many clients over so many slots, in a new ledger in this folder. Gives how it went, and the bytes of an entry.
    pub fn run(&self, folder: &Path, slots: usize, clients: u64, seconds: f64) -> (Run, usize) {
        let folder = tempfile::tempdir_in(folder).unwrap();
        let path = folder.path().join("ledger.db");
        let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
        let store = Sqlite::open(&path).unwrap();
        let writer = Writer::new(store, DemoClock(Instant::now()), SystemChance, signer).unwrap();
        let (ledger, running) = Ledger::start(writer, Limits::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let load = load(&self.bench, &ledger, &self.slots[..slots], clients, seconds);
        let (waits, seconds) = runtime.block_on(load);
        running.stop().unwrap();
        (Run::new(waits, seconds), entry_bytes(&path))
    }
}

/// An offer of a thousand slots: ten a day for a hundred days.
fn offering(city: &City, told: bool) -> Arc<Offering> {
    let who = if told {
        "who = \"个人 且 年龄 >= 18 岁\""
    } else {
        ""
    };
    let hours: Vec<String> = (8..18)
        .map(|hour| format!("{hour:02}:00-{:02}:00", hour + 1))
        .collect();
    let text = format!(
        "+++\ntitle = \"一千个时段\"\nissuer = \"shanxi-library\"\nissued = 2022-01-04T09:00:00+08:00\n\
         in_force = \"2022-02-01T00:00/2022-05-11T24:00\"\n+++\n\n先到先得。\n\n```offer many\n{who}\n\
         sessions = [\"每日 {}\"]\ncapacity = 1000000\nsign_up = \"2022-01-05T09:00/\"\n```\n",
        hours.join(" ")
    );
    let reading = city.read_notice("many.md", text.as_bytes());
    let notice = Arc::new(
        reading
            .notice
            .unwrap_or_else(|| panic!("{:#?}", reading.diagnostics)),
    );
    let eligibility = Arc::new(Eligibility::of(city, std::slice::from_ref(&notice)));
    Offering::new(city, eligibility, &notice, "many").unwrap()
}

struct Bench {
    city: City,
    offering: Arc<Offering>,
    told: bool,
}

impl Bench {
    /// A new person's command to sign up.
    fn sign_up(&self, slot: &Key, person: &str) -> SignUp {
        let person = Person::new(person).unwrap();
        let told = self.told.then(|| {
            // Where the key is kept does not matter here: this one is asked for nothing else.
            let keys = Memory::new();
            keys.give_key(person.clone(), [9; 32]);
            let states = ["个人", "年龄 = 30 岁"];
            Told::seal(&self.city, &keys, &mut SystemChance, &person, &states).unwrap()
        });
        SignUp::new(&self.offering, slot.clone(), person, told)
    }

    /// What making a command costs, which is not the ledger's thread's to do.
    fn making(&self, slot: &Key) -> Duration {
        let began = Instant::now();
        let count = 2_000;
        for n in 0..count {
            std::hint::black_box(self.sign_up(slot, &format!("p{n}")));
        }
        began.elapsed() / count
    }
}

/// Runs the clients for so long and gives how long each command waited, and how long it took in all.
async fn load(
    bench: &Arc<Bench>,
    ledger: &Ledger,
    slots: &[Key],
    clients: u64,
    seconds: f64,
) -> (Vec<Duration>, f64) {
    let started = Instant::now();
    let until = started + Duration::from_secs_f64(seconds);
    let tasks = tokio::task::LocalSet::new();
    let clients: Vec<_> = (0..clients)
        .map(|client| {
            let (bench, ledger, slots) = (bench.clone(), ledger.clone(), slots.to_vec());
            tasks.spawn_local(async move {
                let mut waits = Vec::new();
                // A different order of slots for each client, the same in each run.
                let mut at = client.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                while Instant::now() < until {
                    at = at
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let slot = &slots[(at >> 33) as usize % slots.len()];
                    let person = format!("p{client}-{}", waits.len());
                    let chance = SystemChance.bytes().unwrap();
                    let origin = Origin {
                        request: RequestId::new(Timestamp::now(), *chance.first_chunk().unwrap()),
                        actor: Actor::new(&person).unwrap(),
                        notice: bench.offering.notice().clone(),
                        text: bench.offering.text(),
                    };
                    let command = bench.sign_up(slot, &person);
                    let began = Instant::now();
                    let pending = ledger
                        .submit(origin, bench.offering.form(), command)
                        .unwrap();
                    pending.await.unwrap();
                    waits.push(began.elapsed());
                }
                waits
            })
        })
        .collect();
    tasks.await;
    let mut all = Vec::new();
    for client in clients {
        all.extend(client.await.unwrap());
    }
    (all, started.elapsed().as_secs_f64())
}

/// Bytes of the newest entry.
fn entry_bytes(path: &Path) -> usize {
    use ledger::store::Read as _;
    let reader = ledger::sqlite::SqliteReader::open(path).unwrap();
    let last = reader.head().unwrap().size - 1;
    reader.leaf(last).unwrap().map_or(0, |leaf| leaf.len())
}
