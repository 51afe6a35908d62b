//! A ledger in memory over the demo city's menu, with a clock that tests set.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering as Order};
use std::sync::{Arc, LazyLock};

use city::City;
use decide::Book;
use forms::booking::rows::Number;
use forms::menu::{NotOrdered, Ordered, Ordering};
use forms::people::powers::{Act, Citation, Matter, Post, Powers, Standing};
use jiff::Timestamp;
use ledger::entry::Origin;
use ledger::given::{Clock, SystemChance};
use ledger::memory::Memory;
use ledger::name::{Actor, Person, RequestId};
use ledger::note::Signer;
use ledger::{Declined, Turn, Writer};
use notice::Notice;

pub static CITY: LazyLock<Arc<City>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
    let (city, _) = City::load(&folder).expect("the demo city loads");
    Arc::new(city)
});

/// The notice whose menu it is.
pub fn notice() -> &'static Arc<Notice> {
    CITY.notice("culture-menu").unwrap()
}

pub static MENU: LazyLock<Arc<Ordering>> =
    LazyLock::new(|| Ordering::new(&CITY, notice()).unwrap());

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let powers = CITY.notice("powers").unwrap().clone();
    Book::compile(CITY.clone(), vec![powers])
});

/// The clause by which the district's clerk draws up timetables, or does something else.
pub fn citation(role: &str, act: Act) -> Citation {
    of_office("jiancaoping-culture", role, act)
}

/// The clause by which somebody does it in the matters of their own office.
pub fn of_office(office: &str, role: &str, act: Act) -> Citation {
    let who = Standing {
        person: Person::new("somebody").unwrap(),
        post: Some(Post {
            office: office.to_owned(),
            role: role.to_owned(),
        }),
    };
    let matter = Matter::of(office);
    let at = "2022-01-06T10:00".parse().unwrap();
    Powers::of(&BOOK).may(&who, act, &matter, at).unwrap()
}

#[derive(Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_second(self.0.load(Order::SeqCst)).unwrap()
    }
}

pub struct House {
    pub store: Memory,
    writer: Writer<Memory>,
    hand: Hand,
    requests: u128,
}

impl House {
    pub fn at(civil: &str) -> Self {
        let store = Memory::new();
        let hand = Hand(Arc::new(AtomicI64::new(0)));
        let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
        let writer = Writer::new(store.clone(), hand.clone(), SystemChance, signer).unwrap();
        let house = Self {
            store,
            writer,
            hand,
            requests: 0,
        };
        house.set(civil);
        house
    }

    /// Sets the clock to a civil time of the city.
    pub fn set(&self, civil: &str) {
        let at = CITY.zone.to_timestamp(civil.parse().unwrap()).unwrap();
        self.hand.0.store(at.as_second(), Order::SeqCst);
    }

    /// Gives one command as this account.
    pub fn give<O: Ordered>(&mut self, actor: &str, command: O) -> Result<Number, NotOrdered> {
        self.requests += 1;
        let mut turn = Turn::new();
        let origin = Origin {
            request: RequestId(self.requests.to_be_bytes()),
            actor: Actor::new(actor).unwrap(),
            notice: MENU.notice().clone(),
            text: MENU.text(),
        };
        let pending = turn.command(origin, MENU.form::<O>(), command).unwrap();
        self.writer.turn(turn).unwrap();
        match pending.wait() {
            Ok(done) => Ok(Number::of(done.sequence).unwrap()),
            Err(Declined::Refused(refused)) => Err(refused),
            Err(other) => panic!("{other}"),
        }
    }
}
