//! A person's bookings, and those of the children in their care.

use super::subject::{Family, Subject};
use super::{Bookings, Offers, Ready};
use crate::app::App;
use crate::failure::Failure;
use crate::people::ours;
use forms::booking::rows::Number;
use forms::booking::views::{self, Account, Said, Seen};
use forms::booking::{Answer, Offered};
use jiff::Timestamp;
use ledger::name::{Key, Person};
use ledger::store::AnyReader;

/// Bookings of one person that are shown; more are not looked for.
const BOOKINGS_MAX: usize = 4_096;
/// Bookings that are read at once.
const PAGE: usize = 256;

/// Bookings of one person.
#[derive(Debug, Clone)]
pub struct Own {
    /// Whose.
    pub subject: Subject,
    /// All of them, in the order of signing up.
    pub bookings: Vec<Seen>,
    /// Hours in the offers that promise or ask for some: the offer's key, and what is counted.
    pub accounts: Vec<(Key, Account)>,
}

/// One booking with whose it is.
#[derive(Debug, Clone)]
pub struct One {
    /// Whose.
    pub subject: Subject,
    /// The booking.
    pub seen: Seen,
    /// What was answered for it.
    pub answers: Vec<Answer>,
    /// What was said of the session afterwards.
    pub feedback: Option<Said>,
}

impl Own {
    /// Reads the bookings of a person and of the children in their care.
    pub fn read(
        app: &App,
        reader: &AnyReader,
        person: &Person,
        now: Timestamp,
    ) -> Result<(Vec<Own>, Family), Failure> {
        let family = Family::read(app, reader, person)?;
        let own = family.all.iter().map(|subject| {
            let bookings = all(reader, &subject.person, now)?;
            let mut booked: Vec<&Key> = bookings.iter().map(|seen| &seen.booking.offer).collect();
            booked.sort();
            booked.dedup();
            let mut accounts = Vec::new();
            for offer in booked {
                let promising = app.offers.by_key(offer).map(|ready| &ready.offering);
                let promising = promising.filter(|offering| offering.promised().is_some());
                if let Some(offering) = promising {
                    let account = views::account(reader, offering, &subject.person);
                    accounts.push((offer.clone(), account.map_err(ours)?));
                }
            }
            Ok(Own {
                subject: subject.clone(),
                bookings,
                accounts,
            })
        });
        Ok((own.collect::<Result<_, Failure>>()?, family))
    }
}

impl One {
    /// A booking by its number, if it is the person's or that of a child in their care. Whether there is another's of that
    /// number, nobody learns.
    pub fn read(
        app: &App,
        reader: &AnyReader,
        person: &Person,
        number: &Number,
        now: Timestamp,
    ) -> Result<Option<One>, Failure> {
        let Some(booking) = Bookings::booking(reader, number)? else {
            return Ok(None);
        };
        let family = Family::read(app, reader, person)?;
        let Some(subject) = family.find(Some(booking.person.as_str())) else {
            return Ok(None);
        };
        let bookings = all(reader, &subject.person, now)?;
        let mut bookings = bookings.into_iter();
        let seen = bookings.find(|seen| seen.booking.number == *number);
        let Some(seen) = seen else {
            return Ok(None);
        };
        // What was sealed cannot be read any more once its person is forgotten.
        let answers = views::own_answers(reader, &subject.person, &seen.booking);
        let feedback = views::own_feedback(reader, &subject.person, &seen.booking);
        Ok(Some(One {
            feedback: feedback.map_err(ours)?,
            subject: subject.clone(),
            seen,
            answers: answers.map_err(ours)?,
        }))
    }
}

/// The slot of a booking, if a text in the book still has it.
pub fn slot<'a>(offers: &'a Offers, seen: &Seen) -> Option<(&'a Ready, &'a Offered)> {
    offers.at(offers.spot(&seen.booking.slot)?)
}

fn all(reader: &AnyReader, person: &Person, now: Timestamp) -> Result<Vec<Seen>, Failure> {
    let mut bookings: Vec<Seen> = Vec::new();
    let mut after: Option<Key> = None;
    while bookings.len() < BOOKINGS_MAX {
        let page = views::mine(reader, person, now, after.as_ref(), PAGE).map_err(ours)?;
        bookings.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(bookings)
}
