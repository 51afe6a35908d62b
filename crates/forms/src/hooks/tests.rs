//! Setting subscriptions, through a whole ledger in memory, beside a plain list of them.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use ledger::entry::Origin;
use ledger::form::Form;
use ledger::given::{Clock, SystemChance};
use ledger::memory::Memory;
use ledger::name::{Actor, Notice, Person, RequestId, TextVersion};
use ledger::note::Signer;
use ledger::{Declined, Turn, Writer};
use proptest::prelude::*;

use super::*;
use crate::booking::rows::Number;
use crate::people::BlindKey;
use crate::people::powers::{Act, Citation};

#[derive(Clone)]
struct At(Arc<Mutex<Timestamp>>);

impl Clock for At {
    fn now(&mut self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct World {
    writer: Writer<Memory>,
    store: Memory,
    clock: At,
    requests: u64,
}

impl World {
    fn new() -> Self {
        let begin = "2022-01-06T00:00:00Z".parse().unwrap();
        let clock = At(Arc::new(Mutex::new(begin)));
        let signer = Signer::new("ledger.example/hooks", &[1; 32]).unwrap();
        let store = Memory::new();
        let writer = Writer::new(store.clone(), clock.clone(), SystemChance, signer).unwrap();
        Self {
            writer,
            store,
            clock,
            requests: 0,
        }
    }

    fn now(&self) -> Timestamp {
        *self.clock.0.lock().unwrap()
    }

    fn later(&self, by: SignedDuration) {
        *self.clock.0.lock().unwrap() += by;
    }

    fn give<F>(&mut self, actor: &str, form: F, command: F::Command) -> Result<Number, Refused>
    where
        F: Form<Refusal = Refused>,
    {
        self.requests += 1;
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&self.requests.to_be_bytes());
        let origin = Origin {
            request: RequestId::new(self.now(), chance),
            actor: Actor::new(actor).unwrap(),
            notice: Notice::new("people").unwrap(),
            text: TextVersion([0; 32]),
        };
        let mut turn = Turn::new();
        let pending = turn.command(origin, form, command).unwrap();
        self.writer.turn(turn).unwrap();
        match pending.wait() {
            Ok(done) => Ok(Number::of(done.sequence).unwrap()),
            Err(Declined::Refused(refused)) => Err(refused),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn set(&mut self, office: &str, order: Order) -> Result<Number, Refused> {
        self.give("head", SetHook, setting(office, order))
    }

    fn stop(&mut self, hook: &Number, why: Why) -> Result<Number, Refused> {
        let hook = hook.clone();
        self.give(HOUSE, StopHook, Stopping { hook, why })
    }

    fn one(&self, office: &str) -> Hook {
        let all = hooks_of(&self.store, office).unwrap();
        all.into_iter().next().unwrap()
    }
}

fn setting(office: &str, order: Order) -> Setting {
    let head = Person::new("head").unwrap();
    let under = Citation::of_test(&head, office, Act::TellPrograms);
    Setting { order, under }
}

fn address(number: u8) -> Address {
    Address::new(&format!("https://hooks.example.cn/{number}")).unwrap()
}

fn make(number: u8) -> Order {
    Order::Make {
        address: address(number),
        kinds: vec![Kind::Withdrawn, Kind::Slot, Kind::Slot],
    }
}

/// What happens: who, to which of those made so far, and with which address.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Make(u8),
    Change(u8),
    Pause,
    Resume,
    Renew,
    End,
    Gone,
    Failing,
}

fn happens() -> impl Strategy<Value = (Happens, bool, usize)> {
    use Happens::*;
    let what = prop_oneof![
        4 => (0..6_u8).prop_map(Make),
        2 => (0..6_u8).prop_map(Change),
        2 => Just(Pause),
        2 => Just(Resume),
        1 => Just(Renew),
        1 => Just(End),
        1 => Just(Gone),
        1 => Just(Failing),
    ];
    (what, any::<bool>(), 0..6_usize)
}

/// One on the plain list: office, address, told or not, over, generation.
#[derive(Clone, Debug, PartialEq)]
struct Plain {
    office: &'static str,
    address: u8,
    told: bool,
    over: bool,
    generation: u32,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn subscriptions_are_as_on_a_plain_list(story in prop::collection::vec(happens(), 1..40)) {
        let mut world = World::new();
        let mut list: Vec<(Number, Plain)> = Vec::new();
        for (what, first, which) in story {
            let office = if first { "air-office" } else { "shanxi-library" };
            world.later(SignedDuration::from_secs(1));
            let taken = |list: &[(Number, Plain)], address, but: Option<usize>| {
                list.iter().enumerate().any(|(at, (_, p))| {
                    p.office == office && !p.over && p.address == address && Some(at) != but
                })
            };
            if let Happens::Make(number) = what {
                let expected = taken(&list, number, None);
                let made = world.set(office, make(number));
                prop_assert_eq!(made.as_ref().err(), expected.then_some(&Refused::AddressTaken));
                if let Ok(made) = made {
                    list.push((made, Plain { office, address: number, told: true, over: false, generation: 1 }));
                }
                continue;
            }
            let number = list.get(which).map_or(Number::of(99_999).unwrap(), |(number, _)| number.clone());
            let plain = list.get(which).map(|(_, plain)| plain.clone());
            let house = matches!(what, Happens::Gone | Happens::Failing);
            let own = plain.clone().filter(|plain| house || plain.office == office);
            let hook = number.clone();
            let done = match what {
                Happens::Make(_) => unreachable!(),
                Happens::Change(to) => world.set(office, Order::Change { hook, address: address(to), kinds: vec![Kind::Slot, Kind::Withdrawn] }),
                Happens::Pause => world.set(office, Order::Pause { hook }),
                Happens::Resume => world.set(office, Order::Resume { hook }),
                Happens::Renew => world.set(office, Order::Renew { hook, generation: plain.as_ref().map_or(1, |p| p.generation) }),
                Happens::End => world.set(office, Order::End { hook }),
                Happens::Gone => world.stop(&number, Why::Gone),
                Happens::Failing => world.stop(&number, Why::Failing { tries: 12 }),
            };
            let (expected, after) = match (own, what) {
                (None, _) => (Some(Refused::NoSuchHook), None),
                (Some(p), Happens::Gone) if p.told && !p.over => (None, Some(Plain { over: true, told: false, ..p })),
                (Some(p), Happens::Failing) if p.told && !p.over => (None, Some(Plain { told: false, ..p })),
                (Some(_), Happens::Gone | Happens::Failing) => (Some(Refused::NotTold), None),
                (Some(p), _) if p.over => (Some(Refused::Ended), None),
                (Some(p), Happens::Change(to)) if p.address == to => (Some(Refused::ChangesNothing), None),
                (Some(_), Happens::Change(to)) if taken(&list, to, Some(which)) => (Some(Refused::AddressTaken), None),
                (Some(p), Happens::Change(to)) => (None, Some(Plain { address: to, ..p })),
                (Some(p), Happens::Pause) if p.told => (None, Some(Plain { told: false, ..p })),
                (Some(_), Happens::Pause) => (Some(Refused::NotTold), None),
                (Some(p), Happens::Resume) if p.told => { let _ = p; (Some(Refused::Told), None) }
                (Some(p), Happens::Resume) => (None, Some(Plain { told: true, ..p })),
                (Some(p), Happens::Renew) => (None, Some(Plain { generation: p.generation + 1, ..p })),
                (Some(p), Happens::End | Happens::Make(_)) => (None, Some(Plain { over: true, told: false, ..p })),
            };
            prop_assert_eq!(done.err(), expected, "{:?}", what);
            if let Some(after) = after {
                list[which].1 = after;
            }
        }
        let mut kept: Vec<(Number, Plain)> = Vec::new();
        for office in ["air-office", "shanxi-library"] {
            for hook in hooks_of(&world.store, office).unwrap() {
                prop_assert_eq!(&hook.kinds, &[Kind::Slot, Kind::Withdrawn]);
                let number = hook.address.as_str().rsplit('/').next().unwrap().parse().unwrap();
                kept.push((hook.number.clone(), Plain {
                    office,
                    address: number,
                    told: hook.standing == Standing::Told,
                    over: !hook.is_live(),
                    generation: hook.generation,
                }));
            }
        }
        kept.sort_by(|a, b| a.0.cmp(&b.0));
        prop_assert_eq!(live(&world.store).unwrap().len(), list.iter().filter(|(_, p)| !p.over).count());
        prop_assert_eq!(kept, list);
    }
}

#[test]
fn only_the_office_and_the_house_itself_set_a_subscription() {
    let mut world = World::new();
    let number = world.set("air-office", make(1)).unwrap();
    // Another's clause, another act, somebody else's name.
    let end = || Order::End {
        hook: number.clone(),
    };
    let other = world.set("shanxi-library", end());
    assert_eq!(other, Err(Refused::NoSuchHook));
    let stranger = world.give("stranger", SetHook, setting("air-office", end()));
    assert_eq!(stranger, Err(Refused::OtherPower));
    let head = Person::new("head").unwrap();
    let under = Citation::of_test(&head, "air-office", Act::SeeOutbox);
    let order = end();
    assert_eq!(
        world.give("head", SetHook, Setting { order, under }),
        Err(Refused::OtherPower)
    );
    let stopping = Stopping {
        hook: number.clone(),
        why: Why::Gone,
    };
    assert_eq!(
        world.give("head", StopHook, stopping),
        Err(Refused::OtherPower)
    );
    assert_eq!(world.one("air-office").standing, Standing::Told);
    assert_eq!(world.one("air-office").under.office, "air-office");

    let order = Order::Make {
        address: address(2),
        kinds: Vec::new(),
    };
    assert_eq!(world.set("air-office", order), Err(Refused::NoKinds));
    for number in 2..=20 {
        world.set("air-office", make(number)).unwrap();
    }
    assert_eq!(world.set("air-office", make(21)), Err(Refused::TooMany));
    world.set("shanxi-library", make(21)).unwrap();
    world.set("air-office", end()).unwrap();
    world.set("air-office", make(21)).unwrap();
}

#[test]
fn a_renewed_secret_signs_beside_the_one_before_it_for_a_day() {
    let key = BlindKey([1; 32]);
    let mut world = World::new();
    let number = world.set("air-office", make(1)).unwrap();
    let secret = |generation| key.hook(&number, generation);
    let signing = |world: &World| world.one("air-office").secrets(&key, world.now());
    assert_eq!(signing(&world), [secret(1)]);
    let renew = |generation| Order::Renew {
        hook: number.clone(),
        generation,
    };
    world.set("air-office", renew(1)).unwrap();
    // A form that is sent twice renews once.
    let again = world.set("air-office", renew(1));
    assert_eq!(again, Err(Refused::OtherSecret));
    assert_eq!(signing(&world), [secret(2), secret(1)]);
    world.later(SignedDuration::from_hours(24) - SignedDuration::from_millis(1));
    assert_eq!(signing(&world), [secret(2), secret(1)]);
    world.later(SignedDuration::from_millis(1));
    assert_eq!(signing(&world), [secret(2)]);
    world.set("air-office", renew(2)).unwrap();
    assert_eq!(signing(&world), [secret(3), secret(2)]);
    assert_ne!(secret(1), secret(2));
    assert_ne!(secret(1), key.hook(&Number::of(9).unwrap(), 1));
    assert_ne!(secret(1), BlindKey([2; 32]).hook(&number, 1));
}

#[test]
fn secrets_are_hkdf_of_the_key() {
    // Made with Python, RFC 5869 by hand: extract with the salt, expand with "000000000007/2", SHA-256, 32 bytes.
    let secret = BlindKey([1; 32]).hook(&Number::of(7).unwrap(), 2);
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "ad9747c8bd04f02e0280028d31592f7ddf01b0960022a2ed354a3c125bdfcf43"
    );
}

#[test]
fn addresses_are_lines_of_text() {
    for fine in ["https://a.example.cn/", "http://127.0.0.1:9/x?y=1"] {
        assert_eq!(Address::new(fine).unwrap().as_str(), fine);
    }
    let long = format!("https://{}", "a".repeat(500));
    for wrong in [
        "",
        "a.example.cn",
        "ftp://a/",
        "https://a b/",
        "https://同心/",
        &long,
    ] {
        assert_eq!(Address::new(wrong), Err(BadAddress), "{wrong}");
    }
}
