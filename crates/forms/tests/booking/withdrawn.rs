//! A notice that was withdrawn: the clock calls off what is still to come under it, and nobody else does.

use forms::booking::rows::{self, Number, Slot, Status};
use forms::booking::{CLOCK, CallOff, Cancel, Why};
use forms::publish::Published;
use ledger::name::Notice;

use crate::house::{House, OFFERS, person, slot};
use crate::stories::{MORNING, row, sign_up};

fn published(stands: bool, last: u32) -> Published {
    Published {
        slug: Notice::new("library").unwrap(),
        office: "shanxi-library".to_owned(),
        founding: None,
        last,
        stands,
    }
}

fn call_off(house: &mut House, by: &str, booking: &Number) -> Result<(), Why> {
    let booking = booking.clone();
    let given = house.give_as(by, &OFFERS[0].1, CallOff { booking });
    given.map(|_| ()).map_err(|refused| refused.why)
}

#[test]
fn what_is_to_come_is_called_off_by_the_clock_once_the_notice_is_withdrawn() {
    let mut house = House::at("2022-01-08T10:00");
    let library = &OFFERS[0].1;
    let all: Vec<Number> = (0..4)
        .map(|n| sign_up(&mut house, library, MORNING, &person(n)).unwrap())
        .collect();
    let kept = |house: &House, booking: &Number| row::<rows::Booking>(house, booking.key());
    assert_eq!(kept(&house, &all[0]).status, Status::Booked);
    assert!(matches!(
        kept(&house, &all[3]).status,
        Status::Waiting { .. }
    ));
    // Whoever was called up holds an offered place.
    let cancel = Cancel {
        booking: all[1].clone(),
        person: person(1),
    };
    house.give(library, cancel).unwrap();
    assert!(matches!(
        kept(&house, &all[2]).status,
        Status::Offered { .. }
    ));

    // Nothing was published here, or the last edition is a text: it stands.
    assert_eq!(call_off(&mut house, CLOCK, &all[0]), Err(Why::NotWithdrawn));
    house.keep(published(true, 2));
    assert_eq!(call_off(&mut house, CLOCK, &all[0]), Err(Why::NotWithdrawn));
    house.keep(published(false, 3));
    for by in ["p0", "somebody"] {
        assert_eq!(call_off(&mut house, by, &all[0]), Err(Why::OtherPower));
    }
    for n in [0, 2, 3] {
        call_off(&mut house, CLOCK, &all[n]).unwrap();
        let booking = kept(&house, &all[n]);
        assert_eq!(booking.status, Status::Cancelled, "{n}");
        assert_eq!(booking.called_off, Some(3), "{n}");
    }
    // Once; and what its person gave back was not called off.
    for n in [0, 1] {
        let again = call_off(&mut house, CLOCK, &all[n]);
        assert_eq!(again, Err(Why::NothingToCancel));
    }
    assert_eq!(kept(&house, &all[1]).called_off, None);
    let empty: Slot = row(&house, &slot(MORNING));
    assert_eq!((empty.taken, empty.kept, empty.waiting), (0, 0, 0));
    // Their time and their claims are free again: should the notice come back, they sign up like anybody.
    let again = sign_up(&mut house, library, MORNING, &person(0)).unwrap();
    assert_eq!(kept(&house, &again).status, Status::Booked);
    // What is over is left as it was.
    house.set("2022-01-15T12:00".parse().unwrap());
    let over = call_off(&mut house, CLOCK, &again);
    assert_eq!(over, Err(Why::NothingToCancel));
    assert_eq!(kept(&house, &again).status, Status::Booked);
}
