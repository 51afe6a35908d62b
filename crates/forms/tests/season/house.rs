//! A ledger in memory over the demo city's theme season, with a clock that tests set.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use city::City;
use decide::{Book, Eligibility};
use forms::booking::rows::Number;
use forms::booking::{self, Offering};
use forms::people::powers::{Act, Citation, Denied, Matter, Post, Powers, Standing};
use forms::season::{
    Asked, BasisPoints, Event, Fen, GrantLicence, Refused, Royalty, Season, Title,
};
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

pub fn notice() -> &'static Arc<Notice> {
    CITY.notice("theme-season").unwrap()
}

pub static SEASON: LazyLock<Arc<Season>> = LazyLock::new(|| Season::new(&CITY, notice()).unwrap());

fn offering(notice: &Notice, offer: &str) -> Arc<Offering> {
    let eligibility = Arc::new(Eligibility::of(&CITY, &CITY.notices));
    Offering::new(&CITY, eligibility, notice, offer).unwrap()
}

/// The lantern fair.
pub static LANTERNS: LazyLock<Arc<Offering>> = LazyLock::new(|| offering(notice(), "lanterns"));

/// The workshops, three projects at once.
pub static CUSTOMS: LazyLock<Arc<Offering>> = LazyLock::new(|| offering(notice(), "customs"));

/// An event of another notice.
pub fn others_event() -> Event {
    let library = CITY.notice("library-volunteers").unwrap();
    let offering = offering(library, &library.offers[0].name);
    Event::all(&offering).swap_remove(0)
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let powers = CITY.notice("powers").unwrap().clone();
    Book::compile(CITY.clone(), vec![powers])
});

/// Whether somebody with a post may do something in the county town's matters.
pub fn may(person: &str, post: Option<(&str, &str)>, act: Act) -> Result<Citation, Denied> {
    let who = Standing {
        person: Person::new(person).unwrap(),
        post: post.map(|(office, role)| Post {
            office: office.to_owned(),
            role: role.to_owned(),
        }),
    };
    let matter = Matter::of("ancient-county");
    let at = "2022-01-06T10:00".parse().unwrap();
    Powers::of(&BOOK).may(&who, act, &matter, at)
}

/// The clause by which the head of the county town does something.
pub fn head(act: Act) -> Citation {
    may("head", Some(("ancient-county", "head")), act).unwrap()
}

/// The clause by which its clerk does something.
pub fn clerk(act: Act) -> Citation {
    may("clerk", Some(("ancient-county", "clerk")), act).unwrap()
}

/// The clause by which its gatekeeper checks people in.
pub fn gate() -> Citation {
    may(
        "somebody",
        Some(("ancient-county", "gatekeeper")),
        Act::CheckIn,
    )
    .unwrap()
}

pub fn title(text: &str) -> Title {
    Title::read(text).unwrap()
}

pub fn fen(fen: u64) -> Fen {
    Fen::new(fen).unwrap()
}

pub fn percent(points: u64) -> Royalty {
    Royalty::Share(BasisPoints::new(points).unwrap())
}

/// A licence of lanterns for a shop, from February to April.
pub fn lanterns() -> GrantLicence {
    GrantLicence {
        partner: title("演示灯笼铺"),
        product: title("好运灯笼"),
        from: "2022-02-01".parse().unwrap(),
        until: "2022-05-01".parse().unwrap(),
        royalty: percent(850),
        exclusive: false,
        under: head(Act::GrantLicence),
    }
}

#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
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
        self.hand.0.store(at.as_second(), Ordering::SeqCst);
    }

    /// Sets the clock to an instant.
    pub fn set_instant(&self, at: Timestamp) {
        self.hand.0.store(at.as_second(), Ordering::SeqCst);
    }

    /// Gives one command of an offer; nothing if it is refused.
    pub fn book<A: booking::Act>(
        &mut self,
        offering: &Arc<Offering>,
        actor: &str,
        act: A,
    ) -> Option<Number> {
        self.requests += 1;
        let mut turn = Turn::new();
        let origin = Origin {
            request: RequestId(self.requests.to_be_bytes()),
            actor: Actor::new(actor).unwrap(),
            notice: offering.notice().clone(),
            text: offering.text(),
        };
        let pending = turn.command(origin, offering.form::<A>(), act).unwrap();
        self.writer.turn(turn).unwrap();
        match pending.wait() {
            Ok(done) => Some(Number::of(done.sequence).unwrap()),
            Err(Declined::Refused(_)) => None,
            Err(other) => panic!("{other}"),
        }
    }

    /// Gives one command as this account.
    pub fn give<C: Asked>(&mut self, actor: &str, command: C) -> Result<Number, Refused> {
        self.requests += 1;
        let mut turn = Turn::new();
        let origin = Origin {
            request: RequestId(self.requests.to_be_bytes()),
            actor: Actor::new(actor).unwrap(),
            notice: SEASON.notice().clone(),
            text: SEASON.text(),
        };
        let pending = turn.command(origin, SEASON.form::<C>(), command).unwrap();
        self.writer.turn(turn).unwrap();
        match pending.wait() {
            Ok(done) => Ok(Number::of(done.sequence).unwrap()),
            Err(Declined::Refused(refused)) => Err(refused),
            Err(other) => panic!("{other}"),
        }
    }
}
