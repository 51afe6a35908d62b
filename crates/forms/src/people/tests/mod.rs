//! The deciders, through a whole ledger in memory.

mod accounts;
mod forgetting;
mod guardians;
mod known;
mod labels;
mod messages;
mod passkeys;
mod posts;

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use ledger::entry::{Entry, Origin};
use ledger::form::Form;
use ledger::given::{Chance, Clock};
use ledger::item::{Found, Item, ItemId, Row};
use ledger::memory::Memory;
use ledger::name::{Actor, Key, Kind, Notice, Person, RequestId, TextVersion};
use ledger::note::Signer;
use ledger::state::State;
use ledger::store::Read;
use ledger::{Declined, Turn, Writer};

use super::account::{Open, Opening};
use super::fact::{CheckedFact, Uncheckable};
use super::powers::{Act, Citation};
use super::*;

/// The server's key in these tests.
pub(super) const KEY: BlindKey = BlindKey([9; 32]);

#[derive(Clone)]
struct At(Arc<Mutex<Timestamp>>);

impl Clock for At {
    fn now(&mut self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Different bytes each time, the same in every run.
pub(super) struct Counting(u64);

impl Chance for Counting {
    fn bytes(&mut self) -> Option<[u8; 32]> {
        self.0 += 1;
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.0.to_be_bytes());
        Some(bytes)
    }
}

/// A ledger with a clock that is set by hand.
pub(super) struct World {
    writer: Writer<Memory>,
    store: Memory,
    clock: At,
    chance: Counting,
    requests: u64,
}

impl World {
    pub(super) fn new() -> Self {
        let clock = At(Arc::new(Mutex::new(
            "2022-01-06T00:00:00Z".parse().unwrap(),
        )));
        let signer = Signer::new("ledger.example/people", &[1; 32]).unwrap();
        let store = Memory::new();
        let writer = Writer::new(store.clone(), clock.clone(), Counting(1 << 32), signer).unwrap();
        Self {
            writer,
            store,
            clock,
            chance: Counting(0),
            requests: 0,
        }
    }

    pub(super) fn later(&mut self, by: SignedDuration) {
        let mut now = self.clock.0.lock().unwrap();
        *now += by;
    }

    pub(super) fn now(&self) -> Timestamp {
        *self.clock.0.lock().unwrap()
    }

    /// Gives a command; tells the number of the entry, or the refusal.
    pub(super) fn give<F>(
        &mut self,
        actor: &Person,
        form: F,
        command: F::Command,
    ) -> Result<u64, Refusal>
    where
        F: Form<Refusal = Refusal>,
    {
        self.requests += 1;
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&self.requests.to_be_bytes());
        let origin = Origin {
            request: RequestId::new(self.now(), chance),
            actor: Actor::new(actor.as_str()).unwrap(),
            notice: Notice::new("people").unwrap(),
            text: TextVersion([0; 32]),
        };
        let mut turn = Turn::new();
        let pending = turn.command(origin, form, command).unwrap();
        self.writer.turn(turn).unwrap();
        match pending.wait() {
            Ok(done) => Ok(done.sequence),
            Err(Declined::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// A person with a key.
    pub(super) fn person(&mut self, name: &str) -> Person {
        let person = Person::new(name).unwrap();
        let mut turn = Turn::new();
        let key = turn.key(person.clone());
        self.writer.turn(turn).unwrap();
        key.blocking_recv().unwrap().unwrap();
        person
    }

    pub(super) fn seal<T: PersonalData>(&mut self, person: &Person, value: &T) -> Private<T> {
        Private::seal(&self.store, &mut self.chance, person, value).unwrap()
    }

    /// What an office says of a person's fact.
    pub(super) fn checked(
        &mut self,
        person: &Person,
        said: &SaidFact,
        check: Check,
        under: Citation,
    ) -> Result<CheckedFact, Uncheckable> {
        let given = (&self.store, &mut self.chance as &mut dyn Chance);
        CheckedFact::new(given, &KEY, person.clone(), said, check, under)
    }

    /// What opening an account with `<name>@example.cn` says.
    pub(super) fn opening(&mut self, person: &Person, mail: &str) -> Opening {
        let mail = MailAddress::new(mail).unwrap();
        Opening {
            person: person.clone(),
            login: KEY.login(&mail),
            password: self.seal(person, &password('h')),
            mail: self.seal(person, &mail),
        }
    }

    /// A person with an account.
    pub(super) fn resident(&mut self, name: &str) -> Person {
        let person = self.person(name);
        let opening = self.opening(&person, &format!("{name}@example.cn"));
        self.give(&person, Open, opening).unwrap();
        person
    }

    pub(super) fn row<R: Row>(&self, key: &Key) -> Option<R> {
        let id = ItemId {
            kind: Kind::new(R::KIND).unwrap(),
            key: key.clone(),
        };
        self.store
            .item(&id)
            .unwrap()
            .map(|item| item.read().unwrap())
    }

    pub(super) fn account(&self, person: &Person) -> Option<Account> {
        self.row(&key_of(person))
    }

    pub(super) fn find(&self, by: &Found) -> Vec<Item> {
        self.store.find(by, None, 1000).unwrap()
    }

    /// All entries, as the log keeps them.
    pub(super) fn leaves(&self) -> Vec<Vec<u8>> {
        self.store.leaves(0, 10_000).unwrap()
    }

    /// The state that the entries make.
    pub(super) fn replayed(&self) -> State {
        let mut state = State::default();
        for leaf in self.leaves() {
            state.apply(&Entry::from_leaf(&leaf).unwrap()).unwrap();
        }
        state
    }
}

pub(super) fn password(c: char) -> PasswordHash {
    let hash = c.to_string().repeat(43);
    PasswordHash::new(&format!(
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA${hash}"
    ))
    .unwrap()
}

/// Staff of an office, with leave to do something.
pub(super) fn leave(staff: &Person, office: &str, act: Act) -> Citation {
    Citation::of_test(staff, office, act)
}
