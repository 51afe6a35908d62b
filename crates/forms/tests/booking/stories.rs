//! What random commands come to too rarely: each told once.

use forms::booking::rows::{self, Absences, Hours, Means, Number, Slot, Status};
use forms::booking::{
    Accept, AssumeCheckOut, Basis, Cancel, CheckIn, CheckOut, GrantHours, MarkAbsent, MoveUp,
    Offering, Settle, SignUp, Told, Why,
};
use forms::people;
use forms::people::powers::Act;
use ledger::given::SystemChance;
use ledger::item::Row;
use ledger::name::{Key, Person};
use ledger::sealed::Sealed;
use ledger::store::Read as _;
use std::sync::Arc;

use crate::house::{CITY, House, OFFERS, citation, instant, offerings, person, slot};
use crate::random::{draw, id};

pub const MORNING: &str = "library#volunteers/reading@2022-01-15T09:00/12:00";

pub fn row<R: Row>(house: &House, key: &Key) -> R {
    house
        .store
        .item(&id::<R>(key))
        .unwrap()
        .unwrap()
        .read()
        .unwrap()
}

fn status(house: &House, booking: &Number) -> Status {
    row::<rows::Booking>(house, booking.key()).status
}

pub fn sign_up(
    house: &mut House,
    offering: &Arc<Offering>,
    at: &str,
    who: &Person,
) -> Result<Number, Why> {
    let told = house.told(who, 30);
    let act = SignUp::new(offering, slot(at), who.clone(), Some(told));
    house.give(offering, act).map_err(|refused| refused.why)
}

pub fn reason(house: &House, who: &Person) -> Sealed {
    house.give_key(who);
    Sealed::seal(&house.store, &mut SystemChance, who, "reason", &"忘记签退").unwrap()
}

#[test]
fn who_comes_first_waits_first_and_nobody_overtakes() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let all: Vec<_> = (0..5)
        .map(|n| sign_up(&mut house, library, MORNING, &person(n)).unwrap())
        .collect();
    assert_eq!(
        sign_up(&mut house, library, MORNING, &person(5)),
        Err(Why::WaitingFull { places: 3 })
    );
    let cancel = Cancel {
        booking: all[1].clone(),
        person: person(1),
    };
    house.give(library, cancel).unwrap();
    let until = instant("2022-01-09T10:00".parse().unwrap());
    assert_eq!(status(&house, &all[2]), Status::Offered { until });
    // The place is kept: a newcomer waits behind those who wait.
    let late = sign_up(&mut house, library, MORNING, &person(6)).unwrap();
    assert!(matches!(
        status(&house, &late),
        Status::Waiting { position: 3 }
    ));
    // It is not taken in time, and goes to the next without anybody asking for it again.
    house.set("2022-01-09T10:00".parse().unwrap());
    let accept = |n: usize| Accept {
        booking: all[n].clone(),
        person: person(n),
    };
    assert_eq!(
        house.give(library, accept(2)).unwrap_err().why,
        Why::OfferLapsed
    );
    house
        .give(
            library,
            MoveUp {
                slot: slot(MORNING),
            },
        )
        .unwrap();
    assert_eq!(status(&house, &all[2]), Status::Lapsed);
    house.give(library, accept(3)).unwrap();
    assert_eq!(status(&house, &all[3]), Status::Booked);
    // Whoever let it lapse may sign up again, at the end.
    let again = sign_up(&mut house, library, MORNING, &person(2)).unwrap();
    assert!(matches!(
        status(&house, &again),
        Status::Waiting { position: 4 }
    ));
}

#[test]
fn room_made_by_a_correction_goes_to_those_who_wait_not_to_a_newcomer() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let all: Vec<_> = (0..4)
        .map(|n| sign_up(&mut house, library, MORNING, &person(n)).unwrap())
        .collect();
    let larger = include_str!("library.md").replace("capacity  = 2", "capacity  = 4");
    let [(_, larger)] = &offerings(&[("library", larger)])[..] else {
        panic!()
    };
    let late = sign_up(&mut house, larger, MORNING, &person(4)).unwrap();
    assert!(matches!(status(&house, &late), Status::Waiting { .. }));
    for waiting in &all[2..] {
        assert!(matches!(status(&house, waiting), Status::Offered { .. }));
    }
    // With less room than was given, nobody loses a place, and nobody gets one.
    let smaller = include_str!("library.md").replace("capacity  = 2", "capacity  = 1");
    let [(_, smaller)] = &offerings(&[("library", smaller)])[..] else {
        panic!()
    };
    let (booking, person) = (all[0].clone(), person(0));
    house.give(smaller, Cancel { booking, person }).unwrap();
    assert_eq!(status(&house, &all[1]), Status::Booked);
    assert!(matches!(status(&house, &late), Status::Waiting { .. }));
}

#[test]
fn an_offered_place_is_not_taken_over_a_clash_or_a_limit() {
    let mut house = House::at("2022-01-08T10:00");
    let (library, class) = (&OFFERS[0].1, &OFFERS[2].1);
    let first: Vec<_> = (0..4)
        .map(|n| sign_up(&mut house, library, MORNING, &person(n)).unwrap())
        .collect();
    // Both who wait take something else meanwhile.
    let prints = "class#prints@2022-01-15T08:00/10:00";
    let clash = sign_up(&mut house, class, prints, &person(2)).unwrap();
    for other in [
        "2022-01-12T14:00/16:00",
        "2022-01-12T19:00/20:00",
        "2022-01-18T09:00/10:00",
    ] {
        let other = format!("library#volunteers/children@{other}");
        sign_up(&mut house, library, &other, &person(3)).unwrap();
    }
    for (n, booking) in first.iter().take(2).enumerate() {
        let (booking, person) = (booking.clone(), person(n));
        house.give(library, Cancel { booking, person }).unwrap();
    }
    let accept = |n: usize| Accept {
        booking: first[n].clone(),
        person: person(n),
    };
    let refused = house.give(library, accept(2)).unwrap_err();
    assert_eq!(refused.clause.to_string(), "library#volunteers/reading");
    let (from, to) = (
        "2022-01-15T08:00".parse().unwrap(),
        "2022-01-15T10:00".parse().unwrap(),
    );
    assert_eq!(
        refused.why,
        Why::Clash {
            slot: slot(prints),
            from,
            to
        }
    );
    assert_eq!(
        house.give(library, accept(3)).unwrap_err().why,
        Why::Limit { limit: 3 }
    );
    // Once the clash is given back, the place that is still kept can be taken.
    house
        .give(
            class,
            Cancel {
                booking: clash,
                person: person(2),
            },
        )
        .unwrap();
    house.give(library, accept(2)).unwrap();
}

#[test]
fn a_forgotten_check_out_ends_with_the_session_until_a_device_tells_better() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let booking = sign_up(&mut house, library, MORNING, &person(1)).unwrap();
    house.set("2022-01-15T08:40".parse().unwrap());
    let at = |time: &str| instant(format!("2022-01-15T{time}").parse().unwrap());
    let check_in = CheckIn {
        booking: booking.clone(),
        at: at("08:40"),
        by: Means::List,
        under: Some(citation(Act::CheckIn)),
    };
    house.give(library, check_in).unwrap();
    house.set("2022-01-15T12:00".parse().unwrap());
    house
        .give(
            library,
            AssumeCheckOut {
                booking: booking.clone(),
            },
        )
        .unwrap();
    let key = slot(&format!("p1/{}", library.key()));
    let hours = |house: &House| {
        let hours: Hours = row(house, &key);
        (hours.checked, hours.granted)
    };
    // The minutes before the session do not count.
    assert_eq!(hours(&house), (180, 0));
    // A phone that had no network tells that the person went at 10:30:59.
    house.set("2022-01-15T18:00".parse().unwrap());
    let check_out = CheckOut {
        booking: booking.clone(),
        at: at("10:30:59"),
        by: Means::Qr,
        under: None,
    };
    house.give(library, check_out.clone()).unwrap();
    assert_eq!(hours(&house), (90, 0));
    assert_eq!(
        house.give(library, check_out).unwrap_err().why,
        Why::AlreadyOut
    );
    // What staff grant beside it stays another number, and both never make more than the session.
    let grant = |house: &House, minutes| GrantHours {
        booking: booking.clone(),
        minutes,
        reason: reason(house, &person(1)),
        under: citation(Act::GrantHours),
    };
    let too_much = grant(&house, 91);
    assert_eq!(
        house.give(library, too_much).unwrap_err().why,
        Why::GrantMinutes { left: 90 }
    );
    let fine = grant(&house, 90);
    let granted = house.give(library, fine).unwrap();
    assert_eq!(hours(&house), (90, 90));
    let grant: rows::Grant = row(&house, granted.key());
    assert_eq!((grant.minutes, grant.by.as_str()), (90, "somebody"));
}

#[test]
fn what_was_checked_takes_the_place_of_what_was_granted() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let booking = sign_up(&mut house, library, MORNING, &person(1)).unwrap();
    let at = |time: &str| instant(format!("2022-01-15T{time}").parse().unwrap());
    house.set("2022-01-15T13:00".parse().unwrap());
    // Marked absent and granted two hours; then the gate's phone tells that the person was there for two and a half.
    house
        .give(
            library,
            MarkAbsent {
                booking: booking.clone(),
                under: Some(citation(Act::CheckIn)),
            },
        )
        .unwrap();
    let absences = slot(&format!("p1/{}", library.key()));
    assert_eq!(row::<Absences>(&house, &absences).of.len(), 1);
    let grant = GrantHours {
        booking: booking.clone(),
        minutes: 120,
        reason: reason(&house, &person(1)),
        under: citation(Act::GrantHours),
    };
    house.give(library, grant).unwrap();
    house
        .give(
            library,
            CheckIn {
                booking: booking.clone(),
                at: at("09:00"),
                by: Means::Qr,
                under: None,
            },
        )
        .unwrap();
    assert_eq!(row::<Absences>(&house, &absences).of.len(), 0);
    house
        .give(
            library,
            CheckOut {
                booking: booking.clone(),
                at: at("11:30"),
                by: Means::Qr,
                under: None,
            },
        )
        .unwrap();
    let hours: Hours = row(&house, &absences);
    assert_eq!((hours.checked, hours.granted), (150, 30));
}

#[test]
fn a_draw_of_many_is_carried_out_step_by_step_and_only_as_it_was_drawn() {
    let text = include_str!("fair.md")
        .replace("capacity = 2", "capacity = 40")
        .replace("places = 2", "places = 30");
    let [(_, fair)] = &offerings(&[("fair", text)])[..] else {
        panic!()
    };
    let at = "fair#lanterns@2022-01-15T11:00/13:00";
    let mut house = House::at("2022-01-08T10:00");
    let mut all: Vec<_> = (0..100)
        .map(|n| sign_up(&mut house, fair, at, &person(n)).unwrap())
        .collect();
    // One leaves before the close, one after it.
    house
        .give(
            fair,
            Cancel {
                booking: all[7].clone(),
                person: person(7),
            },
        )
        .unwrap();
    house.set("2022-01-12T12:00".parse().unwrap());
    let left = all[50].clone();
    house
        .give(
            fair,
            Cancel {
                booking: left.clone(),
                person: person(50),
            },
        )
        .unwrap();
    all.remove(7);
    let close = "2022-01-12T12:00".parse().unwrap();
    let drawn = draw(fair, &slot(at), 40, close, &all);
    let refused = |house: &mut House, act: Settle| house.give(fair, act).unwrap_err().why;
    // Not with other terms, nor with a list that lacks somebody, whoever that is.
    assert_eq!(
        refused(
            &mut house,
            Settle::new(
                draw(fair, &slot(at), 41, close, &all),
                0,
                citation(Act::HoldDraw)
            )
        ),
        Why::DrawTerms
    );
    let early = "2022-01-12T11:59".parse().unwrap();
    assert_eq!(
        refused(
            &mut house,
            Settle::new(
                draw(fair, &slot(at), 40, early, &all),
                0,
                citation(Act::HoldDraw)
            )
        ),
        Why::DrawTerms
    );
    for lacks in [0, 49] {
        let mut list = all.clone();
        list.remove(lacks);
        list.push(Number::of(999).unwrap());
        assert_eq!(
            refused(
                &mut house,
                Settle::new(
                    draw(fair, &slot(at), 40, close, &list),
                    0,
                    citation(Act::HoldDraw)
                )
            ),
            Why::DrawList
        );
    }
    assert_eq!(
        refused(
            &mut house,
            Settle::new(drawn.clone(), 32, citation(Act::HoldDraw))
        ),
        Why::OtherRank { next: 1 }
    );
    house
        .give(fair, Settle::new(drawn.clone(), 0, citation(Act::HoldDraw)))
        .unwrap();
    assert_eq!(
        refused(
            &mut house,
            Settle::new(drawn.clone(), 0, citation(Act::HoldDraw))
        ),
        Why::OtherRank { next: 33 }
    );
    let other = draw(fair, &slot(at), 40, close, &all[1..]);
    assert_eq!(
        refused(&mut house, Settle::new(other, 32, citation(Act::HoldDraw))),
        Why::OtherDraw
    );
    for from in [32, 64, 96] {
        house
            .give(
                fair,
                Settle::new(drawn.clone(), from, citation(Act::HoldDraw)),
            )
            .unwrap();
    }
    assert_eq!(
        refused(
            &mut house,
            Settle::new(drawn.clone(), 99, citation(Act::HoldDraw))
        ),
        Why::AllSettled
    );
    // Places and waiting list are in the order drawn.
    let mut expected: Vec<Number> = drawn
        .ranks()
        .map(|e| Key::new(e.as_str()).unwrap().into())
        .collect();
    expected.retain(|number| *number != left);
    for (rank, number) in expected.iter().enumerate() {
        let status = status(&house, number);
        match rank {
            0..40 => assert_eq!(status, Status::Booked, "{rank}"),
            40..70 => assert_eq!(
                status,
                Status::Waiting {
                    position: rank as u32 - 40
                },
                "{rank}"
            ),
            _ => assert_eq!(status, Status::NotDrawn, "{rank}"),
        }
    }
    let slot: Slot = row(&house, &slot(at));
    assert_eq!(
        (slot.taken, slot.waiting, slot.settled.unwrap().ranks),
        (40, 30, 99)
    );
}

#[test]
fn a_draw_passes_over_whoever_has_no_time_or_has_enough() {
    let (library, fair) = (&OFFERS[0].1, &OFFERS[1].1);
    let (noon, later) = (
        "fair#lanterns@2022-01-15T11:00/13:00",
        "fair#lanterns@2022-01-15T14:00/14:30",
    );
    let mut house = House::at("2022-01-08T10:00");
    let clashes = sign_up(&mut house, fair, noon, &person(1)).unwrap();
    let morning = sign_up(&mut house, library, MORNING, &person(1)).unwrap();
    let wins = sign_up(&mut house, fair, noon, &person(2)).unwrap();
    let enough = sign_up(&mut house, fair, later, &person(2)).unwrap();
    house.set("2022-01-12T12:00".parse().unwrap());
    let close = "2022-01-12T12:00".parse().unwrap();
    let settle = |at, list: &[Number]| {
        Settle::new(
            draw(fair, &slot(at), 2, close, list),
            0,
            citation(Act::HoldDraw),
        )
    };
    house
        .give(fair, settle(noon, &[clashes.clone(), wins.clone()]))
        .unwrap();
    house
        .give(fair, settle(later, std::slice::from_ref(&enough)))
        .unwrap();
    assert_eq!(
        status(&house, &clashes),
        Status::PassedOver {
            clash: Some(morning)
        }
    );
    assert_eq!(status(&house, &wins), Status::Booked);
    assert_eq!(status(&house, &enough), Status::PassedOver { clash: None });
}

#[test]
fn commands_are_bound_to_the_text_the_person_and_the_facts() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let corrected = include_str!("library.md").replace("年龄 >= 18 岁", "年龄 >= 60 岁");
    let [(_, strict)] = &offerings(&[("library", corrected)])[..] else {
        panic!()
    };
    // Made by the old text, decided by the new: judged again.
    let told = house.told(&person(1), 30);
    let act = SignUp::new(library, slot(MORNING), person(1), Some(told.clone()));
    assert_eq!(
        house.give(strict, act.clone()).unwrap_err().why,
        Why::NotEligible
    );
    // Given under the old text when the new one is in force.
    let mut turn = ledger::Turn::new();
    let origin = crate::house::origin(library, 77, "p1");
    let pending = turn.command(origin, strict.form::<SignUp>(), act).unwrap();
    house.writer.turn(turn).unwrap();
    match pending.wait() {
        Err(ledger::Declined::Refused(refused)) => assert_eq!(refused.why, Why::OtherText),
        other => panic!("{other:?}"),
    }
    let others = SignUp::new(library, slot(MORNING), person(2), Some(told));
    assert_eq!(
        house.give(library, others).unwrap_err().why,
        Why::OtherPerson
    );
    let booking = sign_up(&mut house, library, MORNING, &person(1)).unwrap();
    let grant = GrantHours {
        booking,
        minutes: 1,
        reason: reason(&house, &person(2)),
        under: citation(Act::GrantHours),
    };
    assert_eq!(
        house.give(library, grant).unwrap_err().why,
        Why::OtherPerson
    );
}

fn keep(house: &mut House, attribute: &str, value: &str, basis: people::Basis) {
    house.keep_fact(&person(1), attribute, value, basis);
}

#[test]
fn facts_stand_in_the_ledger_only_sealed_and_an_offices_word_outweighs_ones_own() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    house.give_key(&person(1));
    let at = instant("2022-01-08T10:00".parse().unwrap());
    let office = "police-office".to_owned();
    let tell = |house: &House, states: &[&str]| {
        Told::seal(&CITY, &house.store, &mut SystemChance, &person(1), states)
    };
    assert!(tell(&house, &["年龄 = 三十"]).is_err());
    assert_eq!(tell(&house, &[]).unwrap().basis(), Basis::Nothing);
    let confirmed = people::Basis::Confirmed { office, at };
    keep(&mut house, "年龄", "17 岁", confirmed.clone());
    assert_eq!(tell(&house, &[]).unwrap().basis(), Basis::Confirmed);
    // Whoever is seventeen by an office's word is not eighteen by their own.
    let older = tell(&house, &["个人", "年龄 = 18 岁"]).unwrap();
    let act = SignUp::new(library, slot(MORNING), person(1), Some(older));
    assert_eq!(house.give(library, act).unwrap_err().why, Why::NotEligible);
    keep(&mut house, "年龄", "18 岁", confirmed);
    let told = tell(&house, &["个人"]).unwrap();
    assert_eq!(told.basis(), Basis::Stated);
    let act = SignUp::new(library, slot(MORNING), person(1), Some(told));
    let json = serde_json::to_value(&act).unwrap();
    let entry = house.store.head().unwrap().size;
    let booking = house.give(library, act).unwrap();
    let booked: rows::Booking = row(&house, booking.key());
    assert_eq!(
        (booked.status, booked.basis),
        (Status::Booked, Basis::Stated)
    );
    let leaf = String::from_utf8(house.store.leaf(entry).unwrap().unwrap()).unwrap();
    assert!(
        leaf.contains("sign-up") && !leaf.contains("年龄") && !leaf.contains("18 岁"),
        "{leaf}"
    );
    // Whoever has the key opens what was told, to decide again.
    let sealed: Sealed = serde_json::from_value(json["told"]["facts"].clone()).unwrap();
    assert_eq!(
        Told::open(&CITY, &house.store, sealed).unwrap().basis(),
        Basis::Stated
    );
}

#[test]
fn a_power_is_good_for_what_it_was_given_for_only() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let booking = sign_up(&mut house, library, MORNING, &person(1)).unwrap();
    house.set("2022-01-15T12:00".parse().unwrap());
    let mut grant = GrantHours {
        booking,
        minutes: 60,
        reason: reason(&house, &person(1)),
        under: citation(Act::HoldDraw),
    };
    let refused = house.give(library, grant.clone()).unwrap_err();
    assert_eq!(refused.why, Why::OtherPower);
    grant.under = citation(Act::GrantHours);
    house.give(library, grant).unwrap();
}

#[test]
fn nobody_books_for_another() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let act = SignUp::new(
        library,
        slot(MORNING),
        person(1),
        Some(house.told(&person(1), 30)),
    );
    let mut turn = ledger::Turn::new();
    let origin = crate::house::origin(library, 77, "p2");
    let pending = turn.command(origin, library.form::<SignUp>(), act).unwrap();
    house.writer.turn(turn).unwrap();
    match pending.wait() {
        Err(ledger::Declined::Refused(refused)) => assert_eq!(refused.why, Why::NotYours),
        other => panic!("{other:?}"),
    }
}
