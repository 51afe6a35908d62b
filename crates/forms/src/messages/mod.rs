//! What people are told of by itself, because of an entry: pure, and the same however often the entry is looked at.
//!
//! [`of`] reads the messages out of an entry's changes, [`notice_change`] and [`ahead_under`] whom a changed notice concerns; [`Message::text`] says one of them in a language. To whom it goes is
//! told by [`recipients`], and the address is opened only when it is sent.

mod words;

use std::collections::BTreeSet;

use jiff::Timestamp;
use ledger::entry::Entry;
use ledger::item::{BadRow, Change, Item, ItemId, Row};
use ledger::name::{BadName, Key, Kind, Notice, Person};
use ledger::store::{Read, StoreError};

use crate::booking::rows::{Booking, Status, found};
use crate::people::Account;
use crate::people::account::Access;
use crate::people::code::{Code, CodeState};
use crate::people::guardian::{GUARDIANS_MAX, Guardianship};
use crate::people::passkey::Passkey;
use crate::publish::{Edition, Holds};

pub use words::{Site, Text};

/// Something that a person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whom it is about; a child's guardians are told for it.
    pub about: Person,
    /// What it tells.
    pub tells: Tells,
    /// After this it would tell what is over.
    pub good_until: Timestamp,
}

/// What a message tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tells {
    /// A one-time code.
    Code(Code),
    /// How a booking now stands.
    Booking(Box<Booking>, Standing),
    /// The notice that the person booked under is not what it was.
    Notice(NoticeChange),
    /// An office has answered a guardian.
    Guardian(Box<Guardianship>),
    /// Since then a passkey signs in to the account: whoever did not add it themselves must know.
    Passkey(Timestamp),
}

/// A notice was corrected or withdrawn while people had bookings under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeChange {
    /// Its short name.
    pub slug: Notice,
    /// From when on.
    pub from: Timestamp,
    /// Why it was withdrawn; nothing if it was corrected.
    pub withdrawn: Option<String>,
    /// The number of the edition.
    pub edition: u32,
}

/// How a booking has come to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The person has a place.
    Booked,
    /// The person waits.
    Waiting,
    /// The person is in a draw.
    Entered,
    /// A place is kept for them until a time.
    Offered(Timestamp),
    /// They did not take it in time.
    Lapsed,
    /// Somebody else has cancelled it.
    CancelledForThem,
    /// The draw gave a place.
    Drawn,
    /// The draw gave a position in the waiting list.
    DrawnWaiting,
    /// The draw gave nothing.
    NotDrawn,
    /// The draw gave a place that they could not take.
    PassedOver,
}

/// The command that carries a draw out.
const SETTLE: &str = "settle-draw";

/// The messages that an entry gives rise to, in the order of its changes.
///
/// # Errors
/// [`BadRow`] when an item of the entry cannot be read.
pub fn of(entry: &Entry) -> Result<Vec<Message>, BadRow> {
    let mut messages = Vec::new();
    for change in &entry.changes {
        let Change::Put(item) = change else { continue };
        if item.kind.as_str() == Booking::KIND {
            messages.extend(of_booking(entry, item.read()?));
        } else if item.kind.as_str() == Code::KIND {
            messages.extend(of_code(entry, item)?);
        } else if item.kind.as_str() == Guardianship::KIND {
            messages.extend(of_guardian(entry, item)?);
        } else if item.kind.as_str() == Passkey::KIND {
            messages.push(of_passkey(item.read()?));
        }
    }
    Ok(messages)
}

/// The change of a notice that an entry decides, if it decides one: a text after the first, or a withdrawal. Whoever has a
/// booking ahead under the notice is told ([`ahead_under`]).
///
/// # Errors
/// [`BadRow`] when an item of the entry cannot be read.
pub fn notice_change(entry: &Entry) -> Result<Option<NoticeChange>, BadRow> {
    for change in &entry.changes {
        let Change::Put(item) = change else { continue };
        if item.kind.as_str() == Edition::KIND {
            let edition: Edition = item.read()?;
            let withdrawn = match edition.holds {
                Holds::Withdrawn { reason } => Some(reason),
                Holds::Text(_) if edition.number > 1 => None,
                Holds::Text(_) => return Ok(None),
            };
            return Ok(Some(NoticeChange {
                slug: edition.slug,
                from: edition.from,
                withdrawn,
                edition: edition.number,
            }));
        }
    }
    Ok(None)
}

/// Who has a place, waits for one or is in the draw, in any of these slots, or had until this edition withdrew the notice: the
/// clock calls bookings off while mail is still being made out. Reads every booking of each.
///
/// # Errors
/// [`Unknown`].
pub fn ahead_under<'a>(
    store: &impl Read,
    slots: impl Iterator<Item = &'a Key>,
    edition: u32,
) -> Result<BTreeSet<Person>, Unknown> {
    const PAGE: usize = 256;
    let mut people = BTreeSet::new();
    for slot in slots {
        let Some(by) = found("booking.slot", slot.as_str()) else {
            continue;
        };
        let mut after: Option<ItemId> = None;
        loop {
            let page = store.find(&by, after.as_ref(), PAGE)?;
            for item in &page {
                let booking: Booking = item.read()?;
                let ahead = matches!(
                    booking.status,
                    Status::Booked
                        | Status::Waiting { .. }
                        | Status::Offered { .. }
                        | Status::Entered
                );
                if ahead || booking.called_off == Some(edition) {
                    people.insert(booking.person);
                }
            }
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(|item| ItemId {
                kind: item.kind.clone(),
                key: item.key.clone(),
            });
        }
    }
    Ok(people)
}

impl NoticeChange {
    /// What it tells and of what, in a word, as [`Message::what`].
    #[must_use]
    pub fn what(&self) -> String {
        let word = match self.withdrawn {
            Some(_) => "withdrawn",
            None => "corrected",
        };
        format!("{word}/{}", self.slug)
    }

    /// The message about it for one person. It is as good later on.
    #[must_use]
    pub fn to(self, person: Person) -> Message {
        Message {
            about: person,
            tells: Tells::Notice(self),
            good_until: Timestamp::MAX,
        }
    }
}

/// Whose key an entry destroys: nothing is sent to them any more.
pub fn forgotten(entry: &Entry) -> impl Iterator<Item = &Person> {
    entry.changes.iter().filter_map(|change| match change {
        Change::Forget(person) => Some(person),
        _ => None,
    })
}

fn of_code(entry: &Entry, item: &Item) -> Result<Option<Message>, BadRow> {
    let code: Code = item.read()?;
    // A code that is typed in writes its row as well; it is sent by one command only.
    let sent = entry.command == "send-code" && matches!(code.state, CodeState::Waiting(_));
    Ok(sent.then(|| Message {
        about: code.person.clone(),
        good_until: code.until,
        tells: Tells::Code(code),
    }))
}

/// What an office has answered; the guardian knows what they have proposed themselves.
fn of_guardian(entry: &Entry, item: &Item) -> Result<Option<Message>, BadRow> {
    let answered = matches!(
        entry.command.as_str(),
        "accept-guardian" | "refuse-guardian"
    );
    if !answered {
        return Ok(None);
    }
    let link: Guardianship = item.read()?;
    Ok(Some(Message {
        about: link.guardian.clone(),
        tells: Tells::Guardian(Box::new(link)),
        good_until: Timestamp::MAX,
    }))
}

/// A passkey is written once, when it is added.
fn of_passkey(passkey: Passkey) -> Message {
    Message {
        about: passkey.person,
        tells: Tells::Passkey(passkey.added),
        good_until: Timestamp::MAX,
    }
}

fn of_booking(entry: &Entry, booking: Booking) -> Option<Message> {
    let drawn = entry.command == SETTLE;
    let theirs = entry.actor.as_str() == booking.person.as_str();
    let (standing, good_until) = match (&booking.status, drawn) {
        (Status::Booked, false) => (Standing::Booked, booking.from),
        (Status::Booked, true) => (Standing::Drawn, booking.from),
        (Status::Waiting { .. }, false) => (Standing::Waiting, booking.from),
        (Status::Waiting { .. }, true) => (Standing::DrawnWaiting, booking.from),
        (Status::Entered, _) => (Standing::Entered, booking.from),
        (Status::Offered { until }, _) => (Standing::Offered(*until), *until),
        (Status::Lapsed, _) => (Standing::Lapsed, booking.from),
        (Status::NotDrawn, _) => (Standing::NotDrawn, booking.from),
        (Status::PassedOver { .. }, _) => (Standing::PassedOver, booking.from),
        // That the notice was withdrawn tells it, once for all of somebody's bookings.
        (Status::Cancelled, _) if booking.called_off.is_some() => return None,
        (Status::Cancelled, _) if !theirs => (Standing::CancelledForThem, booking.to),
        (Status::Cancelled | Status::Here { .. } | Status::Absent, _) => return None,
    };
    // Hours that are granted write the booking too, and change nothing of how it stands.
    if matches!(standing, Standing::Booked)
        && !matches!(entry.command.as_str(), "sign-up" | "accept-place")
    {
        return None;
    }
    Some(Message {
        about: booking.person.clone(),
        tells: Tells::Booking(Box::new(booking), standing),
        good_until,
    })
}

impl Message {
    /// What it tells and of what, in a word: one message of an entry has it.
    #[must_use]
    pub fn what(&self) -> String {
        match &self.tells {
            Tells::Code(code) => format!("code-{}", code.purpose.name()),
            Tells::Booking(booking, standing) => format!("{}/{}", standing.word(), booking.number),
            Tells::Notice(change) => change.what(),
            Tells::Guardian(link) if link.accepted() => "guardian-accepted".to_owned(),
            Tells::Guardian(_) => "guardian-refused".to_owned(),
            Tells::Passkey(_) => "passkey".to_owned(),
        }
    }

    /// Whether it is a code, which somebody waits for at this moment.
    #[must_use]
    pub const fn is_code(&self) -> bool {
        matches!(self.tells, Tells::Code(_))
    }
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Waiting => "waiting",
            Self::Entered => "entered",
            Self::Offered(_) => "offered",
            Self::Lapsed => "lapsed",
            Self::CancelledForThem => "cancelled",
            Self::Drawn => "drawn",
            Self::DrawnWaiting => "drawn-waiting",
            Self::NotDrawn => "not-drawn",
            Self::PassedOver => "passed-over",
        }
    }
}

/// It cannot be told who is to be written to.
#[derive(Debug, thiserror::Error)]
pub enum Unknown {
    /// The state cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row of it cannot be.
    #[error(transparent)]
    Row(#[from] BadRow),
    /// A name cannot be one.
    #[error(transparent)]
    Name(#[from] BadName),
}

/// Who is written to about a person: themselves or, for a child, the guardians whom an office has accepted; nobody who has no
/// account any more. Whoever gave the command themselves knows how a child's booking stands.
///
/// # Errors
/// [`Unknown`].
pub fn recipients(store: &impl Read, about: &Person) -> Result<Vec<Person>, Unknown> {
    let Some(account) = row::<Account>(store, Key::from(about.clone()))? else {
        return Ok(Vec::new());
    };
    match account.access {
        Access::Own { .. } => Ok(vec![about.clone()]),
        Access::Guardians => {
            let found = store.find(&Guardianship::of_child(about)?, None, GUARDIANS_MAX)?;
            let mut all = Vec::new();
            for item in &found {
                let link: Guardianship = item.read()?;
                if link.accepted() {
                    all.push(link.guardian);
                }
            }
            Ok(all)
        }
    }
}

fn row<R: Row>(store: &impl Read, key: Key) -> Result<Option<R>, Unknown> {
    let kind = Kind::new(R::KIND)?;
    let item = store.item(&ItemId { kind, key })?;
    Ok(item.map(|item| item.read()).transpose()?)
}
