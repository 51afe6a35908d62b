//! Draws to test with.

use forms::draw::{Chain, Closed, Drawn, Entrant, Opened, Party, Round, Secret, Signature, Terms};
use ledger::name::{Actor, Key, Notice, TextVersion};

/// The League of Entropy's signature of round 1000 of quicknet, published on 23 August 2023 at 15:59:24 UTC.
const ROUND_1000: &str = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";

pub const BOTH: [&str; 2] = ["culture-office", "公证处"];

pub fn secrets(by: &[&str]) -> Vec<Secret> {
    (1..).take(by.len()).map(|n| Secret([n; 32])).collect()
}

pub fn signature() -> Signature {
    ROUND_1000.parse().unwrap()
}

pub fn terms(by: &[&str], round: Option<u64>) -> Terms {
    let draw = Key::new("元宵灯会/2023-08-23").unwrap();
    let parties = by.iter().zip(secrets(by)).map(|(by, secret)| {
        let by = Actor::new(by).unwrap();
        let commitment = secret.commit(&draw, &by);
        Party { by, commitment }
    });
    Terms {
        parties: parties.collect(),
        draw: draw.clone(),
        notice: Notice::new("lantern-fair").unwrap(),
        text: TextVersion([7; 32]),
        places: 3,
        closes: "2023-08-23T15:59:21Z".parse().unwrap(),
        beacon: round.map(|round| Round {
            chain: Chain::Quicknet,
            round,
        }),
    }
}

pub fn opened(by: &[&str], round: Option<u64>) -> Opened {
    terms(by, round).open().unwrap()
}

pub fn entrants(count: usize) -> Vec<Entrant> {
    let number = |n: usize| Entrant::new(&format!("{:05}", n * 7919 % 100_003)).unwrap();
    (1..=count).map(number).collect()
}

pub fn closed(by: &[&str], round: Option<u64>, count: usize) -> Closed {
    opened(by, round).close(entrants(count)).unwrap()
}

/// Decided by two parties.
pub fn by_parties(count: usize) -> Drawn {
    closed(&BOTH, None, count)
        .reveal(secrets(&BOTH), None)
        .unwrap()
}

/// Decided by one party and the beacon.
pub fn by_beacon(count: usize) -> Drawn {
    let by = &BOTH[..1];
    closed(by, Some(1000), count)
        .reveal(secrets(by), Some(signature()))
        .unwrap()
}
