//! Commands of a season, given to the ledger like bookings.

use super::{Bookings, request};
use crate::failure::Failure;
use crate::people::{ours, taken};
use forms::season::{Asked, Refused, Season};
use jiff::Timestamp;
use ledger::Declined;
use ledger::entry::Origin;
use ledger::name::{Actor, Person};
use std::sync::Arc;

/// Why a command has come to nothing.
#[derive(Debug)]
pub enum Unentered {
    /// It is refused; the reason says what to do next.
    Refused(Refused),
    /// It could not be decided.
    Failure(Failure),
}

impl From<Failure> for Unentered {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Bookings {
    /// Gives a command of a season in the name of one of the office's staff, and waits until it is durable or refused. Gives the
    /// number of its entry.
    pub async fn enter<C: Asked>(
        &self,
        season: &Arc<Season>,
        person: &Person,
        now: Timestamp,
        command: C,
    ) -> Result<u64, Unentered> {
        let origin = Origin {
            request: request(now)?,
            actor: Actor::new(person.as_str()).map_err(ours)?,
            notice: season.notice().clone(),
            text: season.text(),
        };
        let form = season.form::<C>();
        let pending = self.ledger.submit(origin, form, command).map_err(taken)?;
        match pending.await {
            Ok(done) => {
                self.written.notify_one();
                Ok(done.sequence)
            }
            Err(Declined::Refused(refused)) => Err(Unentered::Refused(refused)),
            Err(declined) => Err(Unentered::Failure(ours(declined))),
        }
    }
}
