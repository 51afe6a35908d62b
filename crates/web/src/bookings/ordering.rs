//! Wishes for courses of the menu, given to the ledger like bookings.

use super::Bookings;
use crate::app::App;
use crate::failure::Failure;
use crate::people::{ours, taken};
use forms::menu::{NotOrdered, Ordered, Ordering};
use jiff::Timestamp;
use ledger::Declined;
use ledger::entry::Origin;
use ledger::given::{Chance as _, SystemChance};
use ledger::name::{Actor, Person, RequestId};
use notice::Notice;
use std::sync::Arc;

/// What a command has come to.
#[derive(Debug)]
pub enum Unordered {
    /// It is refused; the reason says what to do next.
    Refused(NotOrdered),
    /// It could not be decided.
    Failure(Failure),
}

impl From<Failure> for Unordered {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The menu under the notice that it belongs to; nothing if the city has none.
pub fn ordering(app: &App) -> Option<(Arc<Ordering>, &Arc<Notice>)> {
    let notice = app.notice(&app.city().menu.notice)?;
    Some((Ordering::new(app.city(), notice)?, notice))
}

impl Bookings {
    /// Gives a command of the menu in a person's own name, and waits until it is durable or refused.
    pub async fn order<O: Ordered>(
        &self,
        ordering: &Arc<Ordering>,
        person: &Person,
        now: Timestamp,
        command: O,
    ) -> Result<u64, Unordered> {
        let chance = SystemChance.bytes();
        let chance = chance.as_ref().and_then(|bytes| bytes.first_chunk());
        let no_chance = || Failure::Ours("the system gives no random numbers".to_owned());
        let origin = Origin {
            request: RequestId::new(now, *chance.ok_or_else(no_chance)?),
            actor: Actor::new(person.as_str()).map_err(ours)?,
            notice: ordering.notice().clone(),
            text: ordering.text(),
        };
        let form = ordering.form::<O>();
        let pending = self.ledger.submit(origin, form, command).map_err(taken)?;
        match pending.await {
            Ok(done) => {
                self.written.notify_one();
                Ok(done.sequence)
            }
            Err(Declined::Refused(refused)) => Err(Unordered::Refused(refused)),
            Err(declined) => Err(Unordered::Failure(ours(declined))),
        }
    }
}
