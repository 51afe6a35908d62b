//! What was answered for a booking, for its person and for staff whom the powers let see bookings.

use ledger::name::Person;
use ledger::store::Read;

use super::get;
use super::people::NotShown;
use crate::booking::answers::{Answer, Answered};
use crate::booking::offering::Offering;
use crate::booking::rows::Booking;
use crate::people::powers::{Act, Citation};

/// What was answered for a booking of the offer, in the order of the questions: for the staff member to whom the clause was
/// given by which staff see bookings of the office that issued the notice. Nothing if nothing was asked, or it was given back.
///
/// # Errors
/// [`NotShown::OtherPower`] if the clause is not good for that, or the booking is another offer's; [`NotShown::Gone`] if the
/// person was forgotten; [`NotShown::Fault`] when the store cannot be read.
pub fn answers(
    store: &impl Read,
    offering: &Offering,
    (under, reader): (&Citation, &Person),
    booking: &Booking,
) -> Result<Vec<Answer>, NotShown> {
    let given = under.gives(Act::SeeBookings, reader, offering.issuer());
    if !given || booking.offer != *offering.key() {
        return Err(NotShown::OtherPower);
    }
    open(store, booking)
}

/// What was answered for a person's own booking, for the person or an accepted guardian.
///
/// # Errors
/// [`NotShown::OtherPower`] if it is another's booking; others as for [`answers`].
pub fn own_answers(
    store: &impl Read,
    person: &Person,
    booking: &Booking,
) -> Result<Vec<Answer>, NotShown> {
    if booking.person != *person {
        return Err(NotShown::OtherPower);
    }
    open(store, booking)
}

fn open(store: &impl Read, booking: &Booking) -> Result<Vec<Answer>, NotShown> {
    let row: Option<Answered> = get(store, booking.number.key().clone())?;
    row.map_or(Ok(Vec::new()), |row| Ok(row.answers.open(store)?))
}
