//! A ledger in memory over the demo city, with a clock that tests set and one offer that promises nine hours.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use city::City;
use decide::{Book, Eligibility};
use forms::booking::rows::{Means, Number};
use forms::booking::{CheckIn, CheckOut, GrantHours, MarkAbsent, Offering, SignUp};
use forms::people::powers::{Act, Citation, Matter, Post, Powers, Standing};
use forms::people::{PersonName, Private};
use forms::record::{Certificate, Holder, Issue, IssueCertificate, Refused, Serial};
use jiff::Timestamp;
use jiff::civil::DateTime;
use ledger::entry::Origin;
use ledger::form::Form;
use ledger::given::{Chance, Clock};
use ledger::item::{ItemId, Row};
use ledger::memory::Memory;
use ledger::name::{Actor, Key, Kind, Person, RequestId};
use ledger::note::Signer;
use ledger::sealed::Sealed;
use ledger::store::Read as _;
use ledger::{Declined, Turn, Writer};
use notice::Notice;

pub static CITY: LazyLock<Arc<City>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
    let (city, _) = City::load(&folder).expect("the demo city loads");
    Arc::new(city.with_notices(Vec::new()))
});

pub fn read(name: &str, text: &str) -> Arc<Notice> {
    let reading = CITY.read_notice(&format!("{name}.md"), text.as_bytes());
    let found = &reading.diagnostics;
    Arc::new(reading.notice.unwrap_or_else(|| panic!("{found:#?}")))
}

pub static LIBRARY: LazyLock<(Arc<Notice>, Arc<Offering>)> = LazyLock::new(|| {
    let notice = read("library", include_str!("library.md"));
    let eligibility = Arc::new(Eligibility::of(&CITY, std::slice::from_ref(&notice)));
    let offering = Offering::new(&CITY, eligibility, &notice, "volunteers").unwrap();
    (notice, offering)
});

/// The library's notice alone, compiled.
pub static BOOK: LazyLock<Book> =
    LazyLock::new(|| Book::compile(CITY.clone(), vec![LIBRARY.0.clone()]));

static POWERS: LazyLock<Book> = LazyLock::new(|| {
    let text = include_str!("../../../../cities/taiyuan-2022/notices/powers.md");
    Book::compile(CITY.clone(), vec![read("powers", text)])
});

/// The clause by which somebody in a role of an office may do this.
pub fn citation(person: &str, office: &str, role: &str, act: Act) -> Citation {
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

#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&mut self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Chance that is the same each time, and never twice the same.
pub struct Count(pub u64);

impl Chance for Count {
    fn bytes(&mut self) -> Option<[u8; 32]> {
        self.0 += 1;
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&self.0.to_be_bytes());
        Some(bytes)
    }
}

pub struct House {
    pub store: Memory,
    writer: Writer<Memory>,
    hand: Hand,
    requests: u128,
}

impl House {
    pub fn new() -> Self {
        let store = Memory::new();
        let hand = Hand(Arc::new(AtomicI64::new(0)));
        let signer = Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap();
        let writer = Writer::new(store.clone(), hand.clone(), Count(0), signer).unwrap();
        let house = Self {
            store,
            writer,
            hand,
            requests: 0,
        };
        house.set("2022-01-05T09:00");
        house
    }

    pub fn set(&self, civil: &str) {
        let at = instant(civil);
        self.hand.0.store(at.as_second(), Ordering::SeqCst);
    }

    pub fn give<F: Form>(
        &mut self,
        actor: &str,
        form: F,
        command: F::Command,
    ) -> Result<u64, F::Refusal> {
        self.requests += 1;
        let (_, offering) = &*LIBRARY;
        let origin = Origin {
            request: RequestId(self.requests.to_be_bytes()),
            actor: Actor::new(actor).unwrap(),
            notice: offering.notice().clone(),
            text: offering.text(),
        };
        let mut turn = Turn::new();
        let pending = turn.command(origin, form, command).unwrap();
        self.writer.turn(turn).unwrap();
        match pending.wait() {
            Ok(done) => Ok(done.sequence),
            Err(Declined::Refused(refused)) => Err(refused),
            Err(other) => panic!("{other}"),
        }
    }

    /// Somebody signs up for a morning and is there for so many minutes; none is not to come at all. Days only go on.
    pub fn serve(&mut self, who: &Person, project: &str, day: &str, minutes: u32) -> Number {
        let (_, offering) = &*LIBRARY;
        let slot = format!("library#volunteers/{project}@{day}T09:00/12:00");
        let act = SignUp::new(offering, Key::new(&slot).unwrap(), who.clone(), None);
        let entry = self.give(who.as_str(), offering.form(), act).unwrap();
        let booking = Number::of(entry).unwrap();
        let from = instant(&format!("{day}T09:00"));
        self.set(&format!("{day}T23:00"));
        if minutes == 0 {
            let act = MarkAbsent {
                booking: booking.clone(),
                under: None,
            };
            self.give("clock", offering.form(), act).unwrap();
            return booking;
        }
        let by = Means::Qr;
        let came = CheckIn {
            booking: booking.clone(),
            at: from,
            by,
            under: None,
        };
        self.give("gate", offering.form(), came).unwrap();
        let at = from + jiff::SignedDuration::from_mins(minutes.into());
        let went = CheckOut {
            booking: booking.clone(),
            at,
            by,
            under: None,
        };
        self.give("gate", offering.form(), went).unwrap();
        booking
    }

    /// Staff grant minutes for a session.
    pub fn grant(&mut self, who: &Person, booking: &Number, minutes: u32) {
        let (_, offering) = &*LIBRARY;
        self.key(who);
        let reason = Sealed::seal(&self.store, &mut Count(0), who, "reason", &"忘记签退").unwrap();
        let act = GrantHours {
            booking: booking.clone(),
            minutes,
            reason,
            under: citation("lead", "shanxi-library", "project-lead", Act::GrantHours),
        };
        self.give("lead", offering.form(), act).unwrap();
    }

    pub fn key(&self, who: &Person) {
        self.store.give_key(who.clone(), [9; 32]);
    }

    pub fn holder(&self, who: &Person, name: &str) -> Private<Holder> {
        self.key(who);
        let holder = Holder::new(PersonName::new(name).unwrap(), &mut Count(40)).unwrap();
        Private::seal(&self.store, &mut Count(90), who, &holder).unwrap()
    }

    /// Somebody asks for their certificate.
    pub fn ask(&mut self, who: &Person, name: &str) -> Result<Certificate, Refused> {
        let command = IssueCertificate {
            person: who.clone(),
            holder: self.holder(who, name),
            replaces: None,
            under: None,
        };
        self.issue(who.as_str(), command)
    }

    pub fn issue(
        &mut self,
        actor: &str,
        command: IssueCertificate,
    ) -> Result<Certificate, Refused> {
        let (notice, offering) = &*LIBRARY;
        let whose = command.person.clone();
        self.give(actor, Issue::new(offering, notice), command)?;
        let by = Certificate::of_person(&whose).unwrap();
        let all = self.store.find(&by, None, 100).unwrap();
        let read = |item: &ledger::item::Item| item.read::<Certificate>().unwrap();
        let mut newest = all.iter().map(read).rev();
        Ok(newest.find(|c| c.revoked.is_none()).unwrap())
    }

    pub fn certificate(&self, serial: &Serial) -> Certificate {
        self.row(serial.key()).unwrap()
    }

    pub fn row<R: Row>(&self, key: &Key) -> Option<R> {
        let id = ItemId {
            kind: Kind::new(R::KIND).unwrap(),
            key: key.clone(),
        };
        let item = self.store.item(&id).unwrap()?;
        Some(item.read().unwrap())
    }
}

pub fn person(name: impl std::fmt::Display) -> Person {
    Person::new(&format!("p{name}")).unwrap()
}

pub fn instant(civil: &str) -> Timestamp {
    let civil: DateTime = civil.parse().unwrap();
    CITY.zone.to_timestamp(civil).unwrap()
}

/// Somebody with ten hours and a half: nine checked, an hour and a half granted.
pub fn volunteer(house: &mut House, n: u32) -> Person {
    let who = person(n);
    house.serve(&who, "reading", "2022-01-08", 180);
    house.serve(&who, "reading", "2022-01-15", 180);
    house.serve(&who, "children", "2022-01-16", 180);
    let short = house.serve(&who, "children", "2022-01-22", 90);
    house.grant(&who, &short, 60);
    let missed = house.serve(&who, "reading", "2022-01-23", 0);
    house.grant(&who, &missed, 30);
    who
}
