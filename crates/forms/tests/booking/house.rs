//! A ledger over the demo city, with a clock that tests set and four offers: in memory, or in the PostgreSQL that
//! `scripts/postgres.sh` starts.

use std::marker::PhantomData;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use city::City;
use decide::{Book, Eligibility};
use forms::booking::rows::Number;
use forms::booking::{self, Offering, Refused, Told};
use forms::people::powers::{Act, Citation, Matter, Post, Powers, Standing};
use forms::people::{self, BlindKey, Fact, Private, SaidFact};
use jiff::Timestamp;
use jiff::civil::DateTime;
use ledger::entry::Origin;
use ledger::form::{Form, Stop};
use ledger::given::{Chance, Clock, SystemChance};
use ledger::item::Row;
use ledger::memory::Memory;
use ledger::name::{Actor, Key, Person, RequestId};
use ledger::note::Signer;
use ledger::postgres::{Connection, Postgres, PostgresReader};
use ledger::state::State;
use ledger::store::{AnyReader, AnyStore, Read as _};
use ledger::{Declined, Draft, Turn, Writer};
use notice::Notice;

pub static CITY: LazyLock<Arc<City>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
    let (city, _) = City::load(&folder).expect("the demo city loads");
    Arc::new(city.with_notices(Vec::new()))
});

/// The offers of `library.md`, `fair.md`, `class.md` and `gates.md`.
pub static OFFERS: LazyLock<Vec<(Arc<Notice>, Arc<Offering>)>> = LazyLock::new(|| {
    let texts = [
        ("library", include_str!("library.md")),
        ("fair", include_str!("fair.md")),
        ("class", include_str!("class.md")),
        ("gates", include_str!("gates.md")),
    ];
    offerings(&texts.map(|(name, text)| (name, text.to_owned())))
});

/// The demo city's powers.
static POWERS: LazyLock<Book> = LazyLock::new(|| {
    let text = include_str!("../../../../cities/taiyuan-2022/notices/powers.md");
    let reading = CITY.read_notice("powers.md", text.as_bytes());
    let notice = reading.notice.expect("the demo city's powers read");
    Book::compile(CITY.clone(), vec![Arc::new(notice)])
});

/// The clause by which somebody of the library, in the role that has this power, may do this.
pub fn citation(act: Act) -> Citation {
    let role = match act {
        Act::HoldDraw => "head",
        Act::CorrectRecord | Act::WitnessDraw => "archivist",
        _ => "project-lead",
    };
    of_office("shanxi-library", role, act)
}

/// The same for somebody of another office, about its own matters.
pub fn of_office(office: &str, role: &str, act: Act) -> Citation {
    to_person("somebody", office, role, act)
}

/// The same for this person.
pub fn to_person(person: &str, office: &str, role: &str, act: Act) -> Citation {
    let who = Standing {
        person: Person::new(person).unwrap(),
        post: Some(Post {
            office: office.to_owned(),
            role: role.to_owned(),
        }),
    };
    let matter = Matter::of(office);
    let at = "2022-01-06T10:00".parse().unwrap();
    Powers::of(&POWERS).may(&who, act, &matter, at).unwrap()
}

/// Makes the first offer of each text ready.
pub fn offerings(texts: &[(&str, String)]) -> Vec<(Arc<Notice>, Arc<Offering>)> {
    let read = |(name, text): &(&str, String)| {
        let reading = CITY.read_notice(&format!("{name}.md"), text.as_bytes());
        Arc::new(
            reading
                .notice
                .unwrap_or_else(|| panic!("{:#?}", reading.diagnostics)),
        )
    };
    let notices: Vec<_> = texts.iter().map(read).collect();
    let eligibility = Arc::new(Eligibility::of(&CITY, &notices));
    let ready = |notice: Arc<Notice>| {
        let name = &notice.offers[0].name;
        let offering = Offering::new(&CITY, eligibility.clone(), &notice, name).unwrap();
        (notice, offering)
    };
    notices.into_iter().map(ready).collect()
}

#[derive(Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Chance that is the same each time, and never twice the same.
pub struct Count(u64);

impl Chance for Count {
    fn bytes(&mut self) -> Option<[u8; 32]> {
        self.0 += 1;
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&self.0.to_be_bytes());
        Some(bytes)
    }
}

/// Keeps a row.
struct Keep<R>(PhantomData<fn(R)>);

impl<R: Row + Send + 'static> Form for Keep<R> {
    type Command = R;
    type Refusal = ();
    const NAME: &'static str = "keep";
    const SHAPE: u16 = 1;

    fn decide(&self, row: &R, draft: &mut Draft<'_>) -> Result<(), Stop<()>> {
        Ok(draft.put(row)?)
    }
}

pub struct House {
    pub store: AnyReader,
    pub writer: Writer<AnyStore>,
    keys: Keys,
    hand: Hand,
    requests: u128,
}

/// Where tests put keys of persons without a turn.
enum Keys {
    Memory(Memory),
    Postgres(Box<Connection>),
}

/// Whether these tests run on PostgreSQL.
pub fn on_postgres() -> Option<String> {
    std::env::var("TONGXIN_POSTGRES").ok()
}

/// The address of an empty schema in that server. What is tested is not whether its disk keeps its word.
pub fn fresh(server: &str) -> String {
    static NEXT: AtomicI64 = AtomicI64::new(0);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let schema = format!("booking_{}_{number}", std::process::id());
    let made = Connection::open(server)
        .unwrap()
        .migrate(&schema, &[&format!("CREATE SCHEMA {schema}")]);
    made.unwrap();
    format!("{server} options='-c search_path={schema} -c synchronous_commit=off'")
}

impl House {
    pub fn at(civil: &str) -> Self {
        let (store, writes, keys) = match on_postgres() {
            None => {
                let memory = Memory::new();
                let store = AnyStore::of(memory.clone());
                (AnyReader::of(memory.clone()), store, Keys::Memory(memory))
            }
            Some(server) => {
                let address = fresh(&server);
                let store = AnyStore::of(Postgres::open(&address).unwrap());
                let reader = AnyReader::of(PostgresReader::open(&address).unwrap());
                let keys = Keys::Postgres(Box::new(Connection::open(&address).unwrap()));
                (reader, store, keys)
            }
        };
        let hand = Hand(Arc::new(AtomicI64::new(0)));
        let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
        let writer = Writer::new(writes, hand.clone(), Count(0), signer).unwrap();
        let house = Self {
            store,
            writer,
            keys,
            hand,
            requests: 0,
        };
        house.set(civil.parse().unwrap());
        house
    }

    /// Gives a person a key.
    pub fn give_key(&self, person: &Person) {
        let key = [9; 32];
        match &self.keys {
            Keys::Memory(memory) => memory.give_key(person.clone(), key),
            Keys::Postgres(connection) => {
                let sql = "INSERT INTO person_keys (person, key) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING";
                let given = connection.execute(sql, &[&person.as_str(), &&key[..]]);
                given.unwrap();
            }
        }
    }

    /// All that holds, made again from the entries.
    pub fn state(&self) -> State {
        let head = self.store.head().unwrap();
        let leaves = self.store.leaves(0, usize::MAX).unwrap();
        let memory = Memory::replay(leaves, head.checkpoint).unwrap();
        let state = memory.state().clone();
        for (id, item) in &state.items {
            assert_eq!(self.store.item(id).unwrap().as_ref(), Some(item));
        }
        state
    }

    /// Sets the clock to a civil time of the city.
    pub fn set(&self, civil: DateTime) {
        let at = instant(civil);
        self.hand.0.store(at.as_second(), Ordering::SeqCst);
    }

    /// Gives one command and its answer: the number of its entry, or the refusal.
    pub fn give<A: booking::Act>(
        &mut self,
        offering: &Arc<Offering>,
        act: A,
    ) -> Result<Number, Refused> {
        // Whoever must give it gives it.
        let actor = act.person().map_or("somebody", Person::as_str).to_owned();
        self.give_as(&actor, offering, act)
    }

    /// The same, given by this actor.
    pub fn give_as<A: booking::Act>(
        &mut self,
        actor: &str,
        offering: &Arc<Offering>,
        act: A,
    ) -> Result<Number, Refused> {
        self.requests += 1;
        let mut turn = Turn::new();
        let origin = origin(offering, self.requests, actor);
        let pending = turn.command(origin, offering.form::<A>(), act).unwrap();
        self.writer.turn(turn).unwrap();
        match pending.wait() {
            Ok(done) => Ok(Number::of(done.sequence).unwrap()),
            Err(Declined::Refused(refused)) => Err(refused),
            Err(other) => panic!("{other}"),
        }
    }

    /// Keeps a row, as forms do after their own checks.
    pub fn keep<R: Row + Send + 'static>(&mut self, row: R) {
        self.requests += 1;
        let mut turn = Turn::new();
        let origin = origin(&OFFERS[0].1, self.requests, "somebody");
        let pending = turn.command(origin, Keep(PhantomData), row).unwrap();
        self.writer.turn(turn).unwrap();
        pending.wait().unwrap();
    }

    /// Keeps a fact about a person, on somebody's word.
    pub fn keep_fact(&mut self, of: &Person, attribute: &str, value: &str, basis: people::Basis) {
        let (attribute, value) = (attribute.to_owned(), value.to_owned());
        let index = BlindKey([5; 32]).attribute(of, &attribute);
        let said = SaidFact { attribute, value };
        let said = Private::seal(&self.store, &mut SystemChance, of, &said).unwrap();
        self.keep(Fact {
            person: of.clone(),
            index,
            said,
            basis,
        });
    }

    /// What a person tells of their age, with the key that seals it.
    pub fn told(&self, person: &Person, age: u8) -> Told {
        self.give_key(person);
        let age = format!("年龄 = {age} 岁");
        Told::seal(&CITY, &self.store, &mut Count(0), person, &["个人", &age]).unwrap()
    }
}

pub fn origin(offering: &Offering, request: u128, actor: &str) -> Origin {
    Origin {
        request: RequestId(request.to_be_bytes()),
        actor: Actor::new(actor).unwrap(),
        notice: offering.notice().clone(),
        text: offering.text(),
    }
}

pub fn person(n: impl std::fmt::Display) -> Person {
    Person::new(&format!("p{n}")).unwrap()
}

pub fn slot(name: &str) -> Key {
    Key::new(name).unwrap()
}

pub fn instant(civil: DateTime) -> Timestamp {
    CITY.zone.to_timestamp(civil).unwrap()
}
