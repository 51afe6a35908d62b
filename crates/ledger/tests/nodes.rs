//! Several nodes on one PostgreSQL.

#![cfg(feature = "postgres")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod places;

use std::collections::{HashMap, HashSet};

use ledger::given::{SystemChance, SystemClock};
use ledger::log::Log;
use ledger::memory::Memory;
use ledger::name::RequestId;
use ledger::note::Signer;
use ledger::postgres::{Postgres, PostgresReader};
use ledger::store::{Read, Store as _, StoreError};
use ledger::{Declined, Done, Turn, Writer};
use places::{Booking, Command, Places, Refusal, Slot, database, item, key, of_slot, origin};
use postgres::{Client, NoTls};

fn signer() -> Signer {
    Signer::new("ledger.example/taiyuan", &[7; 32]).unwrap()
}

fn node(address: &str) -> Writer<Postgres> {
    Writer::new(
        Postgres::open(address).unwrap(),
        SystemClock,
        SystemChance,
        signer(),
    )
    .unwrap()
}

fn turn(
    node: &mut Writer<Postgres>,
    commands: &[(u128, Command)],
) -> Vec<Result<Done, Declined<Refusal>>> {
    let mut turn = Turn::new();
    let pending: Vec<_> = commands
        .iter()
        .map(|(request, command)| {
            turn.command(origin(*request, "p"), Places, command.clone())
                .unwrap()
        })
        .collect();
    node.turn(turn).unwrap();
    pending
        .into_iter()
        .map(|mut pending| pending.try_now().unwrap())
        .collect()
}

/// Receipts verify, and the entries make what the tables hold.
fn check(store: &impl Read) {
    let head = store.head().unwrap();
    let replayed = Memory::replay(
        store.leaves(0, usize::MAX).unwrap(),
        head.checkpoint.clone(),
    )
    .unwrap();
    for (id, item) in &replayed.state().items {
        assert_eq!(store.item(id).unwrap().as_ref(), Some(item));
    }
    for sequence in (0..head.size).step_by(1 + head.size as usize / 50) {
        Log(store)
            .receipt(sequence)
            .unwrap()
            .unwrap()
            .verify(&[signer().verifier().clone()])
            .unwrap();
    }
}

#[test]
#[ignore = "needs a PostgreSQL: scripts/postgres.sh"]
fn four_nodes_give_away_each_place_once() {
    let address = database::fresh();
    turn(
        &mut node(&address),
        &[(
            1 << 64,
            Command::Open {
                slot: key("a"),
                places: 100,
            },
        )],
    );
    let nodes: Vec<_> = (0..4_u128)
        .map(|n| {
            let address = address.clone();
            std::thread::spawn(move || {
                let mut node = node(&address);
                // Each node is given the same 150 people, half of them under the same request id: who asks twice asks two nodes.
                let all: Vec<_> = (0..150_u128)
                    .map(|p| {
                        (
                            if p % 2 == 0 { p } else { p + 1000 * (n + 1) },
                            Command::Book {
                                slot: key("a"),
                                person: key(&format!("p{p}")),
                            },
                        )
                    })
                    .collect();
                all.chunks(7)
                    .flat_map(|some| turn(&mut node, some).into_iter().zip(some.to_vec()))
                    .map(|(answer, (request, _))| (request, answer))
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let answers: Vec<_> = nodes
        .into_iter()
        .flat_map(|node| node.join().unwrap())
        .collect();
    let reader = PostgresReader::open(&address).unwrap();
    check(&reader);
    let slot: Slot = reader
        .item(&item::<Slot>(&key("a")))
        .unwrap()
        .unwrap()
        .read()
        .unwrap();
    let people: HashSet<_> = reader
        .find(&of_slot(&key("a")), None, 1000)
        .unwrap()
        .iter()
        .map(|item| item.read::<Booking>().unwrap().person)
        .collect();
    assert_eq!((slot.taken, people.len()), (100, 100));
    let mut done = HashMap::new();
    for (request, answer) in answers {
        match answer {
            Ok(Done { sequence, .. }) => {
                assert_eq!(
                    *done.entry(request).or_insert(sequence),
                    sequence,
                    "request {request} was carried out twice"
                );
                assert_eq!(
                    reader.request(RequestId(request.to_be_bytes())).unwrap(),
                    Some(sequence)
                );
            }
            Err(Declined::Refused(Refusal::Full | Refusal::Already { .. })) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(done.len(), 100);
    assert_eq!(reader.head().unwrap().size, 101);
}

#[test]
#[ignore = "needs a PostgreSQL: scripts/postgres.sh"]
fn a_node_follows_what_another_has_written_near_and_far() {
    let address = database::fresh();
    let (mut here, mut there) = (node(&address), node(&address));
    let mut request = 0;
    for size in [1, 3, 300, 700, 1, 2] {
        for node in [&mut here, &mut there] {
            let commands: Vec<_> = (0..size)
                .map(|_| {
                    request += 1;
                    (
                        request,
                        Command::Open {
                            slot: key(&request.to_string()),
                            places: 1,
                        },
                    )
                })
                .collect();
            let last = turn(node, &commands).pop().unwrap().unwrap();
            assert_eq!(
                last,
                Done {
                    sequence: u64::try_from(request).unwrap() - 1,
                    repeated: false
                }
            );
        }
    }
    check(here.store());
}

#[test]
#[ignore = "needs a PostgreSQL: scripts/postgres.sh"]
fn a_lost_connection_changes_nothing_and_the_next_turn_has_another() {
    let address = database::fresh();
    let mut store = Postgres::open(&address).unwrap();
    store.begin().unwrap();
    let pid: i32 = Client::connect(&address, NoTls).unwrap().query_one("SELECT pid FROM pg_locks WHERE relation = 'head'::regclass AND pid <> pg_backend_pid() LIMIT 1", &[]).unwrap().get(0);
    Client::connect(&address, NoTls)
        .unwrap()
        .execute("SELECT pg_terminate_backend($1)", &[&pid])
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(matches!(
        store.commit(ledger::store::Batch::default()),
        Err(StoreError::Lost(_) | StoreError::Later(_))
    ));
    assert_eq!(store.begin().unwrap().size, 0);
    store.abandon().unwrap();
    let mut node = Writer::new(store, SystemClock, SystemChance, signer()).unwrap();
    let open = [(
        1,
        Command::Open {
            slot: key("a"),
            places: 1,
        },
    )];
    assert_eq!(turn(&mut node, &open)[0].as_ref().unwrap().sequence, 0);
    check(node.store());
}
