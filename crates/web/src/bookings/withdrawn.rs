//! What is booked under a notice that was withdrawn: the clock calls it off, whatever text of the notice it was booked under.

use super::{Bookings, Stopped};
use crate::app::App;
use crate::failure::Failure;
use crate::people::ours;
use decide::Eligibility;
use forms::booking::rows::{Booking, Number, found};
use forms::booking::{CLOCK, CallOff, Offering};
use forms::publish::Bound;
use jiff::Timestamp;
use ledger::item::ItemId;
use ledger::name::{Actor, Key};
use ledger::store::{AnyReader, Read as _};
use notice::Notice;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows that are read at once.
const PAGE: usize = 256;

/// A notice that does not stand any more.
pub struct Gone<'a> {
    /// Its last text.
    pub notice: &'a Arc<Notice>,
    /// Its withdrawal.
    pub withdrawal: &'a Bound,
}

impl App {
    /// The notice of this short name, if it was withdrawn and nothing stands in its place.
    pub(crate) fn gone(&self, slug: &str) -> Option<Gone<'_>> {
        let paper = self.editions.shelf.paper(slug)?;
        let withdrawal = paper.at(self.clock.now())?;
        withdrawal.reason()?;
        Some(Gone {
            notice: paper.last_text()?,
            withdrawal,
        })
    }

    /// The offers of every text that a notice has had, the last first: also those that it does not have any more.
    pub(crate) fn offered_ever(&self, slug: &str) -> Vec<Arc<Offering>> {
        let city = self.city();
        let paper = self.editions.shelf.paper(slug);
        let editions = paper.iter().flat_map(|paper| paper.editions.iter().rev());
        let mut all = Vec::new();
        for notice in editions.filter_map(|bound| bound.notice.as_ref()) {
            let eligibility = Arc::new(Eligibility::of(city, std::slice::from_ref(notice)));
            // One that cannot be made ready has taken no bookings either.
            let ready = notice.offers.iter().filter_map(|offer| {
                Offering::new(city, eligibility.clone(), notice, &offer.name).ok()
            });
            all.extend(ready);
        }
        all
    }
}

/// Calls off what is still to come under the notices that do not stand any more. What was called off before is found so, and left.
pub async fn call_off(app: &Arc<App>, bookings: &Bookings) -> Result<(), Failure> {
    let actor = Actor::new(CLOCK).map_err(ours)?;
    for paper in app.editions.shelf.papers() {
        if app.gone(&paper.slug.0).is_none() {
            continue;
        }
        let mut seen = BTreeSet::new();
        for offering in app.offered_ever(&paper.slug.0) {
            let now = app.clock.now();
            let ahead = offering.slots().iter().filter(|slot| slot.to > now);
            let slots: Vec<Key> = ahead
                .map(|slot| slot.key.clone())
                .filter(|slot| seen.insert(slot.clone()))
                .collect();
            let booked = bookings.read(move |reader| {
                let mut all = Vec::new();
                for slot in &slots {
                    under(reader, slot, now, &mut all)?;
                }
                Ok(all)
            });
            for booking in booked.await? {
                let command = CallOff { booking };
                let given = bookings.give(&offering, actor.clone(), now, command).await;
                match given {
                    // Given back meanwhile, or the notice stands again.
                    Ok(_) | Err(Stopped::Refused(_)) => {}
                    Err(Stopped::Failure(failure)) => return Err(failure),
                }
            }
        }
    }
    Ok(())
}

/// The bookings of a slot that have not come to an end.
fn under(
    reader: &AnyReader,
    slot: &Key,
    now: Timestamp,
    all: &mut Vec<Number>,
) -> Result<(), Failure> {
    use forms::booking::rows::Status;
    let Some(by) = found("booking.slot", slot.as_str()) else {
        return Ok(());
    };
    let mut after: Option<ItemId> = None;
    loop {
        let page = reader.find(&by, after.as_ref(), PAGE).map_err(ours)?;
        for item in &page {
            let booking: Booking = item.read().map_err(ours)?;
            let waits = matches!(
                booking.status,
                Status::Booked | Status::Waiting { .. } | Status::Offered { .. } | Status::Entered
            );
            if waits && booking.to > now {
                all.push(booking.number);
            }
        }
        if page.len() < PAGE {
            return Ok(());
        }
        after = page.last().map(ledger::item::Item::id);
    }
}
