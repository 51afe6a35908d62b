//! A draw held at the desk: promises, the list, what is revealed, and the draw made of them; what is refused on the way.

use forms::booking::held::{HeldDraw, Side};
use forms::booking::rows::{Booking, Number, Slot, Status};
use forms::booking::{Cancel, DrawAnew, FixList, Offering, Promise, Reveal, Settle, Why, views};
use forms::draw::{Draw, Drawn, Secret};
use forms::hooks::events;
use forms::people::powers::Act;
use ledger::entry::Entry;
use ledger::name::Key;
use ledger::store::Read as _;
use std::sync::Arc;

use crate::house::{House, citation, instant, offerings, person, slot, to_person};
use crate::random::draw;
use crate::stories::{row, sign_up};

const SLOT: &str = "fair#lanterns@2022-01-15T11:00/13:00";
/// Who promises for which side.
const HEAD: (&str, Side) = ("p-head", Side::Holder);
const ARCHIVIST: (&str, Side) = ("p-archivist", Side::Witness);

fn fair() -> Arc<Offering> {
    offerings(&[("fair", include_str!("fair.md").to_owned())])
        .remove(0)
        .1
}

fn secret(side: Side, round: u8) -> Secret {
    Secret([side as u8 * 16 + round; 32])
}

fn under(who: &str, side: Side) -> forms::people::powers::Citation {
    let role = match side {
        Side::Holder => "head",
        Side::Witness => "archivist",
    };
    to_person(who, "shanxi-library", role, side.act())
}

fn promise(house: &mut House, (who, side): (&str, Side), round: u8) -> Result<Number, Why> {
    let fair = fair();
    let name = match round {
        1 => slot(SLOT),
        _ => Key::new(&format!("{SLOT}~{round}")).unwrap(),
    };
    let by = side.by("shanxi-library").unwrap();
    let act = Promise {
        slot: slot(SLOT),
        side,
        commitment: secret(side, round).commit(&name, &by),
        beacon: None,
        under: under(who, side),
    };
    house
        .give_as(who, &fair, act)
        .map_err(|refused| refused.why)
}

fn reveal(house: &mut House, (who, side): (&str, Side), secret: Secret) -> Result<Number, Why> {
    let act = Reveal {
        slot: slot(SLOT),
        side,
        secret,
        under: under(who, side),
    };
    house
        .give_as(who, &fair(), act)
        .map_err(|refused| refused.why)
}

fn fix(house: &mut House) -> Result<Number, Why> {
    let act = FixList {
        slot: slot(SLOT),
        under: Some(citation(Act::HoldDraw)),
    };
    house.give(&fair(), act).map_err(|refused| refused.why)
}

fn anew(house: &mut House) -> Result<Number, Why> {
    let act = DrawAnew {
        slot: slot(SLOT),
        under: citation(Act::HoldDraw),
    };
    house.give(&fair(), act).map_err(|refused| refused.why)
}

fn settle(house: &mut House, drawn: &Arc<Drawn>) -> Result<Number, Why> {
    let act = Settle::over(slot(SLOT), drawn.clone(), 0, Some(citation(Act::HoldDraw)));
    house.give(&fair(), act).map_err(|refused| refused.why)
}

/// Programs outside hear that the draw was carried out, and how full the slot is: never who entered or who was drawn.
fn told_outside(house: &House, entry: &Number) {
    let sequence: u64 = entry.to_string().parse().unwrap();
    let leaf = house.store.leaf(sequence).unwrap().unwrap();
    let events = events::of(&Entry::from_leaf(&leaf).unwrap()).unwrap();
    let whats: Vec<String> = events.iter().map(|event| event.what()).collect();
    let whats: Vec<&str> = whats
        .iter()
        .map(|what| what.split('/').next().unwrap())
        .collect();
    assert_eq!(whats, ["draw.settled", "slot.changed"]);
    let (fair, slot) = (fair(), slot(SLOT));
    let places = fair.slot(&slot).unwrap().capacity;
    let row: Slot = row(house, &slot);
    for event in &events {
        assert_eq!(event.body(None), None, "without its text nothing is said");
        let body = event.body(Some(&fair)).unwrap();
        let told: serde_json::Value = serde_json::from_str(&body).unwrap();
        let data = told["data"].as_object().unwrap();
        assert_eq!(data["places"], places);
        assert_eq!(data["taken"], row.taken + row.kept);
        assert_eq!(data["free"], places - row.taken - row.kept);
        assert_eq!(data["waiting"], row.waiting);
        let drawn = if told["type"] == "draw.settled" {
            "drawn"
        } else {
            "in_draw"
        };
        assert_eq!(data[drawn], row.entered);
        assert_eq!(data.len(), 11, "nothing else is told: {body}");
        assert!(
            !body.contains("p-") && !body.contains(entry.key().as_str()),
            "{body}"
        );
    }
}

/// What the public page shows.
fn shown(house: &House) -> (HeldDraw, Option<Draw>) {
    let held = views::drawing(&house.store, &slot(SLOT)).unwrap().unwrap();
    let entrants = views::entrants(&house.store, &slot(SLOT)).unwrap();
    let draw = held.draw(fair().notice(), entrants);
    (held, draw)
}

fn drawn(house: &House) -> Arc<Drawn> {
    match shown(house).1 {
        Some(Draw::Drawn(drawn)) => Arc::new(drawn),
        other => panic!("{other:?}"),
    }
}

/// Six enter, one leaves before the close.
fn entered() -> (House, Vec<Number>) {
    let mut house = House::at("2022-01-08T10:00");
    let fair = fair();
    let mut all: Vec<Number> = (0..6)
        .map(|n| sign_up(&mut house, &fair, SLOT, &person(n)).unwrap())
        .collect();
    leave(&mut house, &all[2], 2);
    all.remove(2);
    (house, all)
}

fn leave(house: &mut House, booking: &Number, who: u32) {
    let act = Cancel {
        booking: booking.clone(),
        person: person(who),
    };
    house.give(&fair(), act).unwrap();
}

fn at(house: &House, civil: &str) {
    house.set(civil.parse().unwrap());
}

#[test]
fn a_draw_goes_from_two_promises_to_places_that_its_file_gives_again() {
    let (mut house, all) = entered();
    promise(&mut house, HEAD, 1).unwrap();
    assert!(shown(&house).1.is_none(), "one promise gives no terms");
    assert_eq!(promise(&mut house, HEAD, 1), Err(Why::PromisedAlready));
    // Nobody sits on both sides, whatever posts they have.
    let both = ("p-head", Side::Witness);
    assert_eq!(promise(&mut house, both, 1), Err(Why::BothSides));
    promise(&mut house, ARCHIVIST, 1).unwrap();
    let opened = shown(&house).1.unwrap();
    assert!(matches!(opened, Draw::Opened(_)));
    // Nothing is revealed or listed while people may still enter.
    let closes = "2022-01-12T12:00".parse().unwrap();
    assert_eq!(fix(&mut house), Err(Why::StillOpen { closes }));
    let early = reveal(&mut house, HEAD, secret(Side::Holder, 1));
    assert_eq!(early, Err(Why::ListNotFixed));
    assert_eq!(anew(&mut house), Err(Why::ListNotFixed));

    at(&house, "2022-01-12T12:00");
    // Who leaves between the close and the fixing of the list stays in it, and so does who leaves after.
    leave(&mut house, &all[0], 0);
    fix(&mut house).unwrap();
    assert_eq!(fix(&mut house), Err(Why::ListFixed));
    leave(&mut house, &all[4], 5);
    let closed = shown(&house).1.unwrap();
    closed.continues(&opened).unwrap();
    let listed: Vec<&str> = closed
        .closed()
        .unwrap()
        .entrants()
        .iter()
        .map(|one| one.as_str())
        .collect();
    let expected: Vec<&str> = all.iter().map(|number| number.key().as_str()).collect();
    assert_eq!(listed, expected);

    let wrong = reveal(&mut house, HEAD, secret(Side::Witness, 1));
    assert_eq!(wrong, Err(Why::OtherSecret));
    reveal(&mut house, HEAD, secret(Side::Holder, 1)).unwrap();
    let again = reveal(&mut house, HEAD, secret(Side::Holder, 1));
    assert_eq!(again, Err(Why::RevealedAlready));
    assert_eq!(anew(&mut house), Err(Why::NothingWithheld));
    reveal(&mut house, ARCHIVIST, secret(Side::Witness, 1)).unwrap();

    // Another draw over the same list is refused, though its own terms would fit.
    let other = draw(&fair(), &slot(SLOT), 2, closes, &all);
    assert_eq!(settle(&mut house, &other), Err(Why::OtherDraw));
    let drawn = drawn(&house);
    let entry = settle(&mut house, &drawn).unwrap();
    assert_eq!(settle(&mut house, &drawn), Err(Why::AllSettled));
    told_outside(&house, &entry);
    assert_eq!(anew(&mut house), Err(Why::NothingWithheld));
    let gone = [&all[0], &all[4]];
    let in_order: Vec<Number> = drawn
        .ranks()
        .map(|one| Key::new(one.as_str()).unwrap().into())
        .filter(|number| !gone.contains(&number))
        .collect();
    for (rank, number) in in_order.iter().enumerate() {
        let status = row::<Booking>(&house, number.key()).status;
        match rank {
            0 | 1 => assert_eq!(status, Status::Booked),
            _ => assert!(matches!(status, Status::Waiting { .. }), "{status:?}"),
        }
    }
    // The file of the public page, after places have been given and given back.
    leave(&mut house, &in_order[0], {
        let of = all
            .iter()
            .position(|number| *number == in_order[0])
            .unwrap();
        [0, 1, 3, 4, 5][of]
    });
    let file = shown(&house).1.unwrap();
    file.continues(&closed).unwrap();
    assert_eq!(Draw::read(file.to_json().as_bytes()).unwrap(), file);
}

#[test]
fn a_withheld_secret_is_named_and_the_same_list_drawn_anew() {
    let (mut house, all) = entered();
    promise(&mut house, HEAD, 1).unwrap();
    promise(&mut house, ARCHIVIST, 1).unwrap();
    at(&house, "2022-01-12T12:30");
    fix(&mut house).unwrap();
    reveal(&mut house, HEAD, secret(Side::Holder, 1)).unwrap();
    at(&house, "2022-01-13T11:59");
    assert_eq!(anew(&mut house), Err(Why::NothingWithheld));
    at(&house, "2022-01-13T12:00");
    anew(&mut house).unwrap();
    let (held, draw) = shown(&house);
    assert_eq!((held.round, draw), (2, None));
    assert_eq!(held.vain[0].missing, [Side::Witness]);
    // Secrets of the first round open nothing in the second: a promise binds the round.
    promise(&mut house, HEAD, 2).unwrap();
    let alone = reveal(&mut house, HEAD, secret(Side::Holder, 2));
    assert_eq!(alone, Err(Why::NotPromised));
    promise(&mut house, ARCHIVIST, 2).unwrap();
    let old = reveal(&mut house, HEAD, secret(Side::Holder, 1));
    assert_eq!(old, Err(Why::OtherSecret));
    assert_eq!(
        shown(&house).0.reveal_by,
        instant("2022-01-14T12:00".parse().unwrap())
    );
    reveal(&mut house, HEAD, secret(Side::Holder, 2)).unwrap();
    reveal(&mut house, ARCHIVIST, secret(Side::Witness, 2)).unwrap();
    let drawn = drawn(&house);
    assert_eq!(drawn.ranks().len(), all.len());
    settle(&mut house, &drawn).unwrap();
}

#[test]
fn who_promises_too_late_promises_anew() {
    let (mut house, _) = entered();
    promise(&mut house, HEAD, 1).unwrap();
    at(&house, "2022-01-12T12:00");
    let closes = "2022-01-12T12:00".parse().unwrap();
    assert_eq!(
        promise(&mut house, ARCHIVIST, 1),
        Err(Why::TooLateToPromise { closes })
    );
    fix(&mut house).unwrap();
    let alone = reveal(&mut house, HEAD, secret(Side::Holder, 1));
    assert_eq!(alone, Err(Why::NotPromised));
    anew(&mut house).unwrap();
    assert_eq!(shown(&house).0.vain[0].missing, [Side::Witness]);
    promise(&mut house, ARCHIVIST, 2).unwrap();
    promise(&mut house, HEAD, 2).unwrap();
    assert!(matches!(shown(&house).1, Some(Draw::Closed(_))));
}

/// The clock fixes the list and gives the places without a clause; nobody else does anything without one.
#[test]
fn the_clock_needs_no_clause_and_everybody_else_does() {
    let (mut house, all) = entered();
    promise(&mut house, HEAD, 1).unwrap();
    promise(&mut house, ARCHIVIST, 1).unwrap();
    at(&house, "2022-01-12T12:00");
    let list = || FixList {
        slot: slot(SLOT),
        under: None,
    };
    let bare = house.give_as("p-head", &fair(), list()).unwrap_err();
    assert_eq!(bare.why, Why::OtherPower);
    house.give_as("clock", &fair(), list()).unwrap();
    let twice = house.give_as("clock", &fair(), list()).unwrap_err();
    assert_eq!(twice.why, Why::ListFixed);
    reveal(&mut house, HEAD, secret(Side::Holder, 1)).unwrap();
    reveal(&mut house, ARCHIVIST, secret(Side::Witness, 1)).unwrap();
    let drawn = drawn(&house);
    let settle = || Settle::over(slot(SLOT), drawn.clone(), 0, None);
    let bare = house.give_as("p-head", &fair(), settle()).unwrap_err();
    assert_eq!(bare.why, Why::OtherPower);
    house.give_as("clock", &fair(), settle()).unwrap();
    let first: Number = Key::new(drawn.ranks().next().unwrap().as_str())
        .unwrap()
        .into();
    assert_eq!(
        row::<Booking>(&house, first.key()).status,
        Status::Booked,
        "{all:?}"
    );
}

/// A draw held elsewhere is still carried out over the list that the clock has fixed, and over no other.
#[test]
fn a_draw_held_elsewhere_is_over_the_list_of_the_clock() {
    let (mut house, all) = entered();
    let closes = "2022-01-12T12:00".parse().unwrap();
    at(&house, "2022-01-12T12:00");
    let list = FixList {
        slot: slot(SLOT),
        under: None,
    };
    house.give_as("clock", &fair(), list).unwrap();
    let short = draw(&fair(), &slot(SLOT), 2, closes, &all[1..]);
    assert_eq!(settle(&mut house, &short), Err(Why::DrawList));
    let whole = draw(&fair(), &slot(SLOT), 2, closes, &all);
    settle(&mut house, &whole).unwrap();
}

#[test]
fn an_empty_list_is_none() {
    let mut house = House::at("2022-01-12T12:00");
    assert_eq!(fix(&mut house), Err(Why::NobodyEntered));
}

#[test]
fn each_side_needs_its_own_power() {
    let (mut house, _) = entered();
    // The archivist's clause does not serve for the holder's side, nor one's clause another person.
    let by = Side::Holder.by("shanxi-library").unwrap();
    let act = |under| Promise {
        slot: slot(SLOT),
        side: Side::Holder,
        commitment: secret(Side::Holder, 1).commit(&slot(SLOT), &by),
        beacon: None,
        under,
    };
    let fair = fair();
    let other = house.give_as(
        "p-archivist",
        &fair,
        act(under("p-archivist", Side::Witness)),
    );
    assert_eq!(other.unwrap_err().why, Why::OtherPower);
    let lent = house.give_as("p-archivist", &fair, act(under("p-head", Side::Holder)));
    assert_eq!(lent.unwrap_err().why, Why::OtherPower);
}
