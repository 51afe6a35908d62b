//! What staff do to bookings: only for their own office, only what the clause is for, and never more than was seen.

use forms::booking::rows::{self, Hours, Means, Number};
use forms::booking::{
    CheckIn, CheckOut, Correct, GrantHours, MarkAbsent, Refused, Settle, Stay, Why,
};
use forms::people::powers::Act;

use crate::house::{CITY, House, OFFERS, citation, instant, of_office, person, slot};
use crate::random::draw;
use crate::stories::{MORNING, reason, row, sign_up};

#[test]
fn what_another_office_may_do_it_may_not_do_here() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let booking = sign_up(&mut house, library, MORNING, &person(1)).unwrap();
    house.set("2022-01-15T09:00".parse().unwrap());
    let at = instant("2022-01-15T09:00".parse().unwrap());
    let why = |refused: Result<Number, Refused>| refused.unwrap_err().why;
    // The culture office's teacher and the county's gatekeeper have the power, each for the matters of their own office.
    let teacher = |act| of_office("jiancaoping-culture", "teacher", act);
    let gate = of_office("ancient-county", "gatekeeper", Act::CheckIn);
    let came = |by, under| CheckIn {
        booking: booking.clone(),
        at,
        by,
        under,
    };
    for (by, under) in [
        (Means::List, Some(teacher(Act::CheckIn))),
        (Means::List, Some(gate.clone())),
        (Means::Qr, Some(gate)),
        // The right office, but for something else.
        (Means::List, Some(citation(Act::SeeBookings))),
        // A tick on a list rests on somebody's word, and on whose it may be.
        (Means::List, None),
    ] {
        assert_eq!(why(house.give(library, came(by, under))), Why::OtherPower);
    }
    house
        .give(library, came(Means::List, Some(citation(Act::CheckIn))))
        .unwrap();
    let went = |by, under| CheckOut {
        booking: booking.clone(),
        at,
        by,
        under,
    };
    for (by, under) in [
        (Means::List, Some(teacher(Act::CheckIn))),
        (Means::List, None),
    ] {
        assert_eq!(why(house.give(library, went(by, under))), Why::OtherPower);
    }
    // Their own ticket needs nobody's word.
    house.give(library, went(Means::Qr, None)).unwrap();
    for under in [Some(teacher(Act::CheckIn)), None] {
        let booking = booking.clone();
        let absent = house.give(library, MarkAbsent { booking, under });
        assert_eq!(why(absent), Why::OtherPower);
    }
    let grant = GrantHours {
        booking: booking.clone(),
        minutes: 60,
        reason: reason(&house, &person(1)),
        under: teacher(Act::GrantHours),
    };
    assert_eq!(why(house.give(library, grant)), Why::OtherPower);
    let mut correct = Correct {
        booking: booking.clone(),
        stay: None,
        granted: 0,
        reason: reason(&house, &person(1)),
        under: citation(Act::GrantHours),
    };
    assert_eq!(why(house.give(library, correct.clone())), Why::OtherPower);
    correct.under = citation(Act::CorrectRecord);
    house.give(library, correct).unwrap();

    let mut house = House::at("2022-01-08T10:00");
    let fair = &OFFERS[1].1;
    let at = slot("fair#lanterns@2022-01-15T11:00/13:00");
    let number = sign_up(&mut house, fair, at.as_str(), &person(1)).unwrap();
    let text = fair.slot(&at).unwrap();
    let close = CITY.zone.to_datetime(fair.closes(text));
    house.set("2022-01-13T12:00".parse().unwrap());
    let drawn = draw(fair, &at, text.capacity, close, &[number]);
    let head = of_office("jiancaoping-culture", "head", Act::HoldDraw);
    let settled = house.give(fair, Settle::new(drawn.clone(), 0, head));
    assert_eq!(why(settled), Why::OtherPower);
    house
        .give(fair, Settle::new(drawn, 0, citation(Act::HoldDraw)))
        .unwrap();
}

#[test]
fn a_correction_takes_away_and_never_adds() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let booking = sign_up(&mut house, library, MORNING, &person(1)).unwrap();
    let at = |time: &str| instant(format!("2022-01-15T{time}").parse().unwrap());
    house.set("2022-01-15T13:00".parse().unwrap());
    let correct = |house: &mut House, stay: Option<(&str, Option<&str>)>, granted| {
        let act = Correct {
            booking: booking.clone(),
            stay: stay.map(|(came, went)| Stay {
                came: at(came),
                went: went.map(at),
            }),
            granted,
            reason: reason(house, &person(1)),
            under: citation(Act::CorrectRecord),
        };
        house.give(library, act).map_err(|refused| refused.why)
    };
    let key = slot(&format!("p1/{}", library.key()));
    let hours = |house: &House| {
        let hours: Hours = row(house, &key);
        (hours.checked, hours.granted)
    };
    // Nobody came, so nothing can be taken away, and nothing is put in its place.
    let nobody = correct(&mut house, Some(("09:00", None)), 0);
    assert_eq!(nobody, Err(Why::CorrectsMore));
    assert_eq!(correct(&mut house, None, 0), Err(Why::CorrectsNothing));
    // The wrong name was tapped at 9:00 and 11:00, and an hour granted by a slip for half an hour.
    let (booking, under) = (booking.clone(), Some(citation(Act::CheckIn)));
    let came = CheckIn {
        booking: booking.clone(),
        at: at("09:00"),
        by: Means::List,
        under: under.clone(),
    };
    let went = CheckOut {
        booking: booking.clone(),
        at: at("11:00"),
        by: Means::List,
        under,
    };
    let grant = GrantHours {
        booking: booking.clone(),
        minutes: 60,
        reason: reason(&house, &person(1)),
        under: citation(Act::GrantHours),
    };
    house.give(library, came.clone()).unwrap();
    house.give(library, went).unwrap();
    house.give(library, grant).unwrap();
    assert_eq!(hours(&house), (120, 60));
    for (stay, granted) in [
        (Some(("08:59", Some("11:00"))), 60),
        (Some(("09:00", Some("11:01"))), 60),
        // Without its end the whole session would be counted.
        (Some(("09:00", None)), 60),
        (Some(("09:00", Some("11:00"))), 61),
    ] {
        let more = correct(&mut house, stay, granted);
        assert_eq!(more, Err(Why::CorrectsMore), "{stay:?}, {granted}");
    }
    let backwards = correct(&mut house, Some(("10:30", Some("10:00"))), 60);
    assert_eq!(backwards, Err(Why::OutBeforeIn));
    correct(&mut house, Some(("09:30", Some("10:30"))), 30).unwrap();
    assert_eq!(hours(&house), (60, 30));
    // Nobody was there at all: the place is as if nobody had come, and the right check-in can be told again.
    correct(&mut house, None, 0).unwrap();
    assert_eq!(hours(&house), (0, 0));
    let now: rows::Booking = row(&house, booking.key());
    assert_eq!(now.status, rows::Status::Booked);
    house.give(library, came).unwrap();
}
