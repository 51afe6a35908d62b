//! Tickets at doors that have no network, and their picture as another library reads it.

use std::sync::Arc;

use forms::booking::rows::{self, Number, Status};
use forms::booking::ticket::{
    Gate, Issuer, NoTicket, NotAdmitted, NotIssued, Reader, Twice, Visits, svg,
};
use forms::booking::{Cancel, Offering, SignUp};
use jiff::{Timestamp, ToSpan};
use ledger::store::Read as _;
use proptest::prelude::*;

use crate::house::{House, OFFERS, instant, person, slot};
use crate::random::id;

const MORNING: &str = "library#volunteers/reading@2022-01-15T09:00/12:00";
const BESIDE: &str = "library#volunteers/children@2022-01-15T09:00/12:00";
const OTHER_DAY: &str = "library#volunteers/reading@2022-01-12T14:00/16:00";

fn at(civil: &str) -> Timestamp {
    instant(civil.parse().unwrap())
}

fn booked(house: &mut House, who: u8, at: &str) -> rows::Booking {
    let (offering, who) = (&OFFERS[0].1, person(who));
    let told = house.told(&who, 30);
    let sign_up = SignUp::new(offering, slot(at), who, Some(told));
    let number = house.give(offering, sign_up).unwrap();
    row(house, &number)
}

fn row(house: &House, number: &Number) -> rows::Booking {
    let item = house
        .store
        .item(&id::<rows::Booking>(number.key()))
        .unwrap();
    item.unwrap().read().unwrap()
}

fn issuer() -> Issuer {
    Issuer::new(&[5; 32])
}

/// A door of the morning's reading circle that knows the public key only.
fn door() -> Gate {
    door_of(MORNING)
}

fn door_of(key: &str) -> Gate {
    let offering: &Arc<Offering> = &OFFERS[0].1;
    let reader = Reader::new(&issuer().reader().key()).unwrap();
    let slot = offering.slot(&slot(key)).unwrap();
    Gate::new(reader, offering, slot, None, Visits::default())
}

fn ticket(booking: &rows::Booking) -> String {
    issuer().ticket(&OFFERS[0].1, booking).unwrap()
}

#[test]
fn a_ticket_admits_once_in_its_slot_and_its_time() {
    let mut house = House::at("2022-01-08T10:00");
    let booking = booked(&mut house, 1, MORNING);
    let shown = ticket(&booking);
    assert_eq!(shown.len(), 120);
    let read = issuer().reader().read(&format!(" {shown}\n")).unwrap();
    assert_eq!(
        (&read.booking, read.until, read.party),
        (&booking.number, at("2022-01-15T09:30"), 1)
    );

    let mut gate = door();
    let early = gate.admit(&shown, at("2022-01-15T07:59")).unwrap_err();
    let from = "2022-01-15T08:00".parse().unwrap();
    assert_eq!(early, NotAdmitted::TooEarly { from });
    let punctual = gate.clone().admit(&shown, at("2022-01-15T08:00"));
    assert_eq!(punctual, Ok(read));
    let until = "2022-01-15T09:30".parse().unwrap();
    for late in ["2022-01-15T09:30", "2022-01-16T09:00"] {
        assert_eq!(
            gate.admit(&shown, at(late)),
            Err(NotAdmitted::Expired { until })
        );
    }
    for other in [BESIDE, OTHER_DAY] {
        let answer = door_of(other).admit(&shown, at("2022-01-15T09:00"));
        assert_eq!(answer, Err(NotAdmitted::OtherSlot));
    }
    // Nothing of that was noted.
    assert_eq!(gate.visits(), &Visits::default());
    assert_eq!(
        gate.admit(&shown, at("2022-01-15T09:29"))
            .map(|ticket| ticket.booking),
        Ok(booking.number.clone())
    );
    let again = gate.admit(&shown, at("2022-01-15T09:29")).unwrap_err();
    let noted = "2022-01-15T09:29".parse().unwrap();
    assert_eq!(again, NotAdmitted::Already { at: noted });
    assert_eq!(
        gate.leave(&shown, at("2022-01-15T12:00")),
        Ok(booking.number.clone())
    );
    let gone = gate.leave(&shown, at("2022-01-15T12:01")).unwrap_err();
    assert!(matches!(gone, NotAdmitted::Gone { .. }));
}

/// The script of the gate page reads tickets too: `islands/test/ticket.test.mjs` reads this one.
#[test]
fn a_ticket_is_what_the_gate_page_is_tested_with() {
    let mut house = House::at("2022-01-08T10:00");
    let booking = booked(&mut house, 1, MORNING);
    let text = ticket(&booking);
    let read = issuer().reader().read(&text).unwrap();
    let fixture = format!(
        "{{\n  \"key\": \"{}\",\n  \"mark\": \"{}\",\n  \"ticket\": \"{text}\",\n  \"booking\": \"{}\",\n  \"until\": \"{}\",\n  \"party\": {}\n}}\n",
        issuer().reader().text(),
        read.slot,
        read.booking,
        read.until,
        read.party,
    );
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../islands/test/ticket.json"
    );
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(path, &fixture).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        fixture,
        "UPDATE_EXPECTED=1 writes it anew"
    );
}

#[test]
fn one_flipped_bit_is_no_ticket_and_neither_is_another_issuers() {
    let mut house = House::at("2022-01-08T10:00");
    let booking = booked(&mut house, 1, MORNING);
    let shown = ticket(&booking);
    let mut gate = door();
    for byte in 0..shown.len() {
        for bit in 0..8 {
            let mut bytes = shown.clone().into_bytes();
            bytes[byte] ^= 1 << bit;
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            // White space around a ticket does not matter; one less character does.
            let answer = gate.admit(&text, at("2022-01-15T09:00"));
            assert!(
                matches!(answer, Err(NotAdmitted::NoTicket(_))),
                "{byte} {bit}"
            );
        }
    }
    let other = Issuer::new(&[6; 32])
        .ticket(&OFFERS[0].1, &booking)
        .unwrap();
    let answer = gate.admit(&other, at("2022-01-15T09:00"));
    assert_eq!(answer, Err(NotAdmitted::NoTicket(NoTicket::Forged)));
    for text in ["", "A", &shown[1..], &format!("{shown}A"), "订座"] {
        let answer = gate.admit(text, at("2022-01-15T09:00"));
        assert_eq!(answer, Err(NotAdmitted::NoTicket(NoTicket::Unreadable)));
    }
    assert_eq!(gate.visits(), &Visits::default());
}

#[test]
fn only_a_place_has_a_ticket_and_one_given_back_is_not_on_the_list() {
    let mut house = House::at("2022-01-08T10:00");
    let all: Vec<_> = (1..4).map(|n| booked(&mut house, n, MORNING)).collect();
    let refused = issuer().ticket(&OFFERS[0].1, &all[2]).unwrap_err();
    assert_eq!(refused, NotIssued::NoPlace(all[2].number.clone()));
    let shown = ticket(&all[0]);
    let cancel = Cancel {
        booking: all[0].number.clone(),
        person: person(1),
    };
    house.give(&OFFERS[0].1, cancel).unwrap();
    let offering = &OFFERS[0].1;
    let place = offering.slot(&slot(MORNING)).unwrap();
    let list = [all[1].number.clone()].into_iter().collect();
    let reader = issuer().reader();
    let mut gate = Gate::new(reader, offering, place, Some(list), Visits::default());
    let nine = at("2022-01-15T09:00");
    assert_eq!(gate.admit(&shown, nine), Err(NotAdmitted::NotListed));
    assert_eq!(
        gate.admit(&ticket(&all[1]), nine)
            .map(|ticket| ticket.booking),
        Ok(all[1].number.clone())
    );
    // A door that could not load the list lets it in, and the ledger says so when it is told.
    let mut blind = door();
    blind.admit(&shown, nine).unwrap();
    house.set("2022-01-15T13:00".parse().unwrap());
    let told = blind.visits().check_ins().next().unwrap();
    assert!(house.give(offering, told).is_err());
}

#[test]
fn two_doors_without_a_network_are_told_later_and_who_used_both_is_named() {
    let mut house = House::at("2022-01-08T10:00");
    let all: Vec<_> = (1..3).map(|n| booked(&mut house, n, MORNING)).collect();
    let (mut left, mut right) = (door(), door());
    left.admit(&ticket(&all[0]), at("2022-01-15T08:55"))
        .unwrap();
    right
        .admit(&ticket(&all[0]), at("2022-01-15T08:50"))
        .unwrap();
    right
        .admit(&ticket(&all[1]), at("2022-01-15T09:05"))
        .unwrap();
    left.leave(&ticket(&all[1]), at("2022-01-15T11:35"))
        .unwrap();
    // Each device keeps what it noted as JSON.
    let kept = serde_json::to_string(left.visits()).unwrap();
    let mut visits: Visits = serde_json::from_str(&kept).unwrap();
    let twice = visits.merge(right.visits());
    let expected = Twice {
        booking: all[0].number.clone(),
        first: at("2022-01-15T08:50"),
        again: at("2022-01-15T08:55"),
    };
    assert_eq!(twice, [expected]);
    assert!(visits.merge(right.visits()).is_empty());
    house.set("2022-01-15T18:00".parse().unwrap());
    for told in visits.check_ins() {
        house.give(&OFFERS[0].1, told).unwrap();
    }
    for told in visits.check_outs() {
        house.give(&OFFERS[0].1, told).unwrap();
    }
    let came = |n: usize| match row(&house, &all[n].number).status {
        Status::Here { attendance } => attendance,
        other => panic!("{other:?}"),
    };
    assert_eq!(came(0).came, at("2022-01-15T08:50"));
    assert_eq!(came(1).went.unwrap().minutes, 150);
}

/// What one door notes: who, coming or going, when.
fn notes() -> impl Strategy<Value = Visits> {
    prop::collection::vec((0..5_u64, any::<bool>(), 0..200_i64), 0..12).prop_map(|notes| {
        let mut visits = serde_json::Map::new();
        for (who, comes, minute) in notes {
            let key = Number::of(who).unwrap().to_string();
            let noted = at("2022-01-15T08:30") + minute.minutes();
            let field = if comes { "came" } else { "went" };
            let visit = visits.entry(key).or_insert(serde_json::json!({}));
            visit[field] = serde_json::to_value(noted).unwrap();
        }
        serde_json::from_value(visits.into()).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn doors_can_be_merged_in_any_order_and_as_often_as_one_likes(
        a in notes(), b in notes(), c in notes()
    ) {
        let merged = |parts: &[&Visits]| {
            let mut all = Visits::default();
            for part in parts {
                all.merge(part);
            }
            all
        };
        let all = merged(&[&a, &b, &c]);
        prop_assert_eq!(&merged(&[&c, &b, &a, &b]), &all);
        prop_assert_eq!(&merged(&[&a, &merged(&[&b, &c])]), &all);
        prop_assert_eq!(&merged(&[&all, &a]), &all);
    }
}

#[test]
fn the_picture_is_read_by_another_library() {
    let mut house = House::at("2022-01-08T10:00");
    let shown = ticket(&booked(&mut house, 1, MORNING));
    let picture = svg(&shown, "签到码 <1>").unwrap();
    assert!(picture.contains("<title>签到码 &lt;1&gt;</title>"));
    assert_eq!(read(&picture), shown);
    assert!(svg(&"x".repeat(2_332), "").is_none());
    assert!(svg(&"x".repeat(2_331), "").is_some());
}

/// Paints the picture, eight dots a module, and reads it.
fn read(picture: &str) -> String {
    let between = |from: &str, to: &str| {
        let rest = &picture[picture.find(from).unwrap() + from.len()..];
        rest[..rest.find(to).unwrap()].to_owned()
    };
    let side: usize = between("viewBox=\"0 0 ", " ").parse().unwrap();
    let mut dark = vec![false; side * side];
    for run in between("fill=\"#000\" d=\"", "\"").split('M').skip(1) {
        let (x, rest) = run.split_once(' ').unwrap();
        let (y, rest) = rest.split_once('h').unwrap();
        let (length, _) = rest.split_once('v').unwrap();
        let [x, y, length]: [usize; 3] = [x, y, length].map(|n| n.parse().unwrap());
        dark[y * side + x..][..length].fill(true);
    }
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(8 * side, 8 * side, |x, y| {
        if dark[y / 8 * side + x / 8] { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[test]
fn a_door_says_what_it_is_and_what_to_do_next() {
    let time = "2022-01-15T09:00".parse().unwrap();
    let midnight = "2022-01-16T00:00".parse().unwrap();
    let all = [
        NotAdmitted::NoTicket(NoTicket::Forged),
        NotAdmitted::OtherSlot,
        NotAdmitted::TooEarly { from: time },
        NotAdmitted::Expired { until: midnight },
        NotAdmitted::NotListed,
        NotAdmitted::Already { at: time },
        NotAdmitted::Gone { at: time },
    ];
    let said = all.map(|refusal| format!("{}\n{}\n", refusal.label().zh, refusal.label().en));
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn one_ticket_lets_a_party_in_at_once_and_only_once() {
    let gates = &OFFERS[3].1;
    let mut house = House::at("2022-01-08T10:00");
    let key = slot("gates#entry@2022-01-15T13:30/13:45");
    let sign_up = SignUp::new(gates, key.clone(), person(1), None).for_party(3);
    let number = house.give(gates, sign_up).unwrap();
    let booking = row(&house, &number);
    let shown = issuer().ticket(gates, &booking).unwrap();
    let door = gates.slot(&key).unwrap();
    let mut gate = Gate::new(issuer().reader(), gates, door, None, Visits::default());
    // Entry is in the quarter of an hour and neither before nor after it.
    let from = "2022-01-15T13:30".parse().unwrap();
    let early = gate.admit(&shown, at("2022-01-15T13:29")).unwrap_err();
    assert_eq!(early, NotAdmitted::TooEarly { from });
    let until = "2022-01-15T13:45".parse().unwrap();
    let late = gate.admit(&shown, at("2022-01-15T13:45")).unwrap_err();
    assert_eq!(late, NotAdmitted::Expired { until });
    let admitted = gate.admit(&shown, at("2022-01-15T13:44")).unwrap();
    assert_eq!((admitted.booking, admitted.party), (number.clone(), 3));
    assert!(gate.admit(&shown, at("2022-01-15T13:44")).is_err());
    house.set("2022-01-15T13:50".parse().unwrap());
    for told in gate.visits().check_ins().collect::<Vec<_>>() {
        house.give(gates, told).unwrap();
    }
    assert!(matches!(
        row(&house, &number).status,
        rows::Status::Here { .. }
    ));
}
