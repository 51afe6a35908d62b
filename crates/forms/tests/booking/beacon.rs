//! A draw held at the desk in which public randomness decides, too: which round, when its signature is taken, and what
//! follows when it never comes.

use forms::booking::held::{HeldDraw, Side};
use forms::booking::rows::{Booking, Number, Status};
use forms::booking::{DrawAnew, FixList, Offering, Promise, PutBeacon, Reveal, Settle, Why, views};
use forms::draw::{Chain, Draw, Secret, Signature};
use ledger::name::{Actor, Key};
use std::sync::Arc;

use crate::house::{House, citation, offerings, person, slot, to_person};
use crate::stories::{row, sign_up};
use forms::people::powers::Act;

/// The day before the chain began, so that its first round decides in the first round of the draw.
const TEXT: &str = r#"+++
title    = "中元灯会"
issuer   = "shanxi-library"
issued   = 2023-08-14T09:00:00+08:00
in_force = "2023-08-14T09:00/2023-09-30T24:00"
+++

名额抽签给出。

```offer lanterns
dates    = [{ on = 2023-08-26, hours = "11:00-13:00" }]
capacity = 2
sign_up  = "2023-08-15T09:00/2023-08-22T23:45"
give     = "draw"
```
"#;
const SLOT: &str = "mid#lanterns@2023-08-26T11:00/13:00";
/// The League of Entropy's signature of round 1000 of quicknet, published on 23 August 2023 at 15:59:24 UTC.
const ROUND_1000: &str = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";

fn mid() -> Arc<Offering> {
    offerings(&[("mid", TEXT.to_owned())]).remove(0).1
}

fn under(side: Side) -> (&'static str, forms::people::powers::Citation) {
    let (who, role) = match side {
        Side::Holder => ("p-head", "head"),
        Side::Witness => ("p-archivist", "archivist"),
    };
    (who, to_person(who, "shanxi-library", role, side.act()))
}

fn secret(side: Side, round: u8) -> Secret {
    Secret([side as u8 * 16 + round; 32])
}

fn promise(house: &mut House, side: Side, round: u8, beacon: Option<Chain>) {
    let name = match round {
        1 => slot(SLOT),
        _ => Key::new(&format!("{SLOT}~{round}")).unwrap(),
    };
    let by: Actor = side.by("shanxi-library").unwrap();
    let (who, under) = under(side);
    let act = Promise {
        slot: slot(SLOT),
        side,
        commitment: secret(side, round).commit(&name, &by),
        beacon,
        under,
    };
    house.give_as(who, &mid(), act).unwrap();
}

fn reveal(house: &mut House, round: u8) {
    for side in Side::ALL {
        let (who, under) = under(side);
        let act = Reveal {
            slot: slot(SLOT),
            side,
            secret: secret(side, round),
            under,
        };
        house.give_as(who, &mid(), act).unwrap();
    }
}

fn put(house: &mut House, who: &str, signature: &Signature) -> Result<Number, Why> {
    let act = PutBeacon {
        slot: slot(SLOT),
        signature: signature.clone(),
    };
    house
        .give_as(who, &mid(), act)
        .map_err(|refused| refused.why)
}

fn fix(house: &mut House) {
    let act = FixList {
        slot: slot(SLOT),
        under: None,
    };
    house.give_as("clock", &mid(), act).unwrap();
}

fn anew(house: &mut House) -> Result<Number, Why> {
    let act = DrawAnew {
        slot: slot(SLOT),
        under: citation(Act::HoldDraw),
    };
    house.give(&mid(), act).map_err(|refused| refused.why)
}

fn shown(house: &House) -> (HeldDraw, Option<Draw>) {
    let held = views::drawing(&house.store, &slot(SLOT)).unwrap().unwrap();
    let entrants = views::entrants(&house.store, &slot(SLOT)).unwrap();
    let draw = held.draw(mid().notice(), entrants);
    (held, draw)
}

fn at(house: &House, civil: &str) {
    house.set(civil.parse().unwrap());
}

fn round_of(house: &House) -> Option<u64> {
    shown(house).0.beacon.map(|beacon| beacon.round.round)
}

/// Times here are of Taiyuan, eight hours before UTC.
#[test]
fn a_round_that_never_comes_is_named_and_the_next_decides_with_both_secrets() {
    let signature: Signature = ROUND_1000.parse().unwrap();
    let mut house = House::at("2023-08-20T10:00");
    let mid = mid();
    let all: Vec<Number> = (0..5)
        .map(|n| sign_up(&mut house, &mid, SLOT, &person(n)).unwrap())
        .collect();
    // Whichever side's promise names a chain, the terms have it.
    promise(&mut house, Side::Holder, 1, None);
    assert_eq!(round_of(&house), None);
    promise(&mut house, Side::Witness, 1, Some(Chain::Quicknet));
    assert_eq!(round_of(&house), Some(1));
    let opened = shown(&house).1.unwrap();
    let named = opened.opened().terms().beacon.unwrap();
    assert_eq!(named.round, 1);
    assert!(named.published().unwrap() > opened.opened().terms().closes);
    assert_eq!(put(&mut house, "clock", &signature), Err(Why::ListNotFixed));

    at(&house, "2023-08-22T23:45");
    fix(&mut house);
    reveal(&mut house, 1);
    // The secrets alone decide nothing, neither now nor when it is too late for the round.
    assert!(matches!(shown(&house).1, Some(Draw::Closed(_))));
    let to_come = Why::BeaconToCome {
        at: "2023-08-23T23:09:27".parse().unwrap(),
    };
    assert_eq!(put(&mut house, "clock", &signature), Err(to_come));
    at(&house, "2023-08-23T23:44:59");
    // Signed by the chain, but another round.
    let other = Why::OtherSignature { round: 1 };
    assert_eq!(put(&mut house, "clock", &signature), Err(other));
    assert_eq!(anew(&mut house), Err(Why::NothingWithheld));
    at(&house, "2023-08-23T23:45");
    assert!(
        shown(&house)
            .0
            .is_vain(mid.closes(&mid.slots()[0]) + jiff::SignedDuration::from_hours(24))
    );
    anew(&mut house).unwrap();
    let (held, draw) = shown(&house);
    assert_eq!((held.round, draw, held.unheard()), (2, None, None));
    assert_eq!(held.vain[0].missing, []);
    assert_eq!(held.vain[0].unheard.map(|round| round.round), Some(1));
    assert_eq!(put(&mut house, "clock", &signature), Err(Why::NotPromised));

    // Nobody goes back to secrets alone; the round is the first that comes ten minutes after the last promise.
    at(&house, "2023-08-23T23:46");
    promise(&mut house, Side::Witness, 2, None);
    at(&house, "2023-08-23T23:49:22");
    promise(&mut house, Side::Holder, 2, None);
    assert_eq!(round_of(&house), Some(1_000));
    reveal(&mut house, 2);
    let closed = shown(&house).1.unwrap();
    assert!(matches!(closed, Draw::Closed(_)));
    at(&house, "2023-08-23T23:59:23");
    assert!(matches!(
        put(&mut house, "clock", &signature),
        Err(Why::BeaconToCome { .. })
    ));
    at(&house, "2023-08-23T23:59:24");
    // The clock alone gives it, and only what the chain has signed.
    assert_eq!(put(&mut house, "p-head", &signature), Err(Why::OtherPower));
    let mut changed = signature.clone();
    changed.0[7] ^= 1;
    let other = Why::OtherSignature { round: 1_000 };
    assert_eq!(put(&mut house, "clock", &changed), Err(other));
    put(&mut house, "clock", &signature).unwrap();
    assert_eq!(put(&mut house, "clock", &signature), Err(Why::BeaconIn));
    let file = shown(&house).1.unwrap();
    file.continues(&closed).unwrap();
    let Draw::Drawn(drawn) = file.clone() else {
        panic!("not drawn: {file:?}")
    };
    assert_eq!(drawn.signature(), Some(&signature));
    // What everybody takes from the page is drawn again to the same ranks; without the signature it is no draw.
    let json = file.to_json();
    assert_eq!(Draw::read(json.as_bytes()).unwrap(), file);
    let without = json.replace(&format!("\"{ROUND_1000}\""), "null");
    assert!(Draw::read(without.as_bytes()).is_err());

    at(&house, "2023-08-25T23:59");
    assert_eq!(anew(&mut house), Err(Why::NothingWithheld));
    let drawn = Arc::new(drawn);
    let settle = Settle::over(slot(SLOT), drawn.clone(), 0, None);
    house.give_as("clock", &mid, settle).unwrap();
    for (rank, entrant) in drawn.ranks().enumerate() {
        let number: Number = Key::new(entrant.as_str()).unwrap().into();
        assert!(all.contains(&number));
        let status = row::<Booking>(&house, number.key()).status;
        assert_eq!(status == Status::Booked, rank < 2, "{status:?}");
    }
}

#[test]
fn without_a_chain_named_nothing_is_put_in_and_before_it_runs_none_is_named() {
    let signature: Signature = ROUND_1000.parse().unwrap();
    let mut house = House::at("2023-08-20T10:00");
    sign_up(&mut house, &mid(), SLOT, &person(1)).unwrap();
    promise(&mut house, Side::Holder, 1, None);
    promise(&mut house, Side::Witness, 1, None);
    at(&house, "2023-08-24T00:00");
    fix(&mut house);
    assert_eq!(put(&mut house, "clock", &signature), Err(Why::NoBeacon));
    reveal(&mut house, 1);
    assert!(matches!(shown(&house).1, Some(Draw::Drawn(_))));

    // A day before, and the chain's first round would come when the time to reveal is over.
    let text = TEXT.replace("08-22T23:45", "08-21T23:45");
    let before = offerings(&[("mid", text)]).remove(0).1;
    let mut house = House::at("2023-08-20T10:00");
    for side in Side::ALL {
        let (who, under) = under(side);
        let by = side.by("shanxi-library").unwrap();
        let act = Promise {
            slot: slot(SLOT),
            side,
            commitment: secret(side, 1).commit(&slot(SLOT), &by),
            beacon: Some(Chain::Quicknet),
            under,
        };
        house.give_as(who, &before, act).unwrap();
    }
    assert_eq!(round_of(&house), None);
}
