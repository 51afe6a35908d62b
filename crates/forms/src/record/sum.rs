//! What a person has done in an offer, summed up from their bookings.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ledger::Draft;
use ledger::form::Fault;
use ledger::name::{Key, Person};

use super::rows::Part;
use crate::booking::Offering;
use crate::booking::rows::{Booking, Status, found};

/// Rows that are read at once.
const PAGE: usize = 256;

/// What a person has done in an offer.
pub(super) struct Sum {
    /// By project, in the offer's order.
    pub parts: Vec<Part>,
    /// When the first session that counts began, and the last ended; nothing if none counts.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// Looks through a person's bookings for those of an offer that count.
pub(super) fn sum(
    draft: &mut Draft<'_>,
    offering: &Offering,
    person: &Person,
) -> Result<Sum, Fault> {
    let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
    let mut span: Option<(Timestamp, Timestamp)> = None;
    let mut after: Option<Key> = None;
    while let Some(by) = found("booking.person", person.as_str()) {
        let page = draft.find::<Booking>(&by, after.as_ref(), PAGE)?;
        for booking in page.iter().filter(|b| b.offer == *offering.key()) {
            let checked = match &booking.status {
                Status::Here { attendance } => attendance.went.as_ref().map_or(0, |w| w.minutes),
                _ => 0,
            };
            if checked == 0 && booking.granted == 0 {
                continue;
            }
            let project = project(offering, &booking.slot);
            let projects = offering.projects();
            // What the text no longer names stands last, without a name.
            let place = project.unwrap_or(projects.len());
            let part = parts.entry(place).or_insert_with(|| Part {
                project: projects.get(place).map(|(_, label)| label.clone()),
                sessions: 0,
                checked: 0,
                granted: 0,
            });
            part.sessions = part.sessions.saturating_add(1);
            part.checked = part.checked.saturating_add(checked);
            part.granted = part.granted.saturating_add(booking.granted);
            span = Some(span.map_or((booking.from, booking.to), |(from, to)| {
                (from.min(booking.from), to.max(booking.to))
            }));
        }
        if page.len() < PAGE {
            break;
        }
        after = page.last().map(|booking| booking.number.key().clone());
    }
    Ok(Sum {
        parts: parts.into_values().collect(),
        span,
    })
}

/// The project of a slot by its name: `library-volunteers#volunteers/reading@2022-01-15T09:00/12:00`.
fn project(offering: &Offering, slot: &Key) -> Option<usize> {
    let clause = slot.as_str().split('@').next()?;
    let name = clause.strip_prefix(offering.key().as_str())?;
    let name = name.strip_prefix('/')?;
    offering.projects().iter().position(|(own, _)| own == name)
}
