//! Commands of a season, given to the ledger like bookings, and its check-ins, counted for pages.

use super::{Bookings, request};
use crate::app::App;
use crate::failure::Failure;
use crate::people::{ours, taken};
use forms::season::events::counted;
use forms::season::{Asked, Counted, Refused, Season};
use jiff::Timestamp;
use ledger::Declined;
use ledger::entry::Origin;
use ledger::name::{Actor, Key, Person};
use ledger::store::Read as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Counting that took less is done at every look.
const QUICK: Duration = Duration::from_millis(50);
/// What took long is counted again after so many times as long.
const REST: u32 = 20;

/// Who came to each event, by the events' names.
pub type Came = Arc<BTreeMap<Key, Counted>>;

/// The check-ins of seasons as they were counted last, by notice.
#[derive(Debug, Default)]
pub struct Tallies(Mutex<BTreeMap<String, Tally>>);

#[derive(Debug)]
struct Tally {
    came: Came,
    /// Entries of the ledger then.
    size: u64,
    at: Instant,
    took: Duration,
}

impl Tally {
    /// Nothing has happened since, or it was so long a work that it is not done again yet.
    fn stands(&self, size: u64) -> bool {
        self.size == size || (self.took > QUICK && self.at.elapsed() < self.took * REST)
    }
}

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

    /// Who came to the events of a notice by check-in. One counts at a time, so that many who look cost one reading.
    pub async fn came(&self, app: &Arc<App>, slug: &str) -> Result<Came, Failure> {
        let mut tallies = self.tallies.0.lock().await;
        let size = self
            .read(|reader| Ok(reader.head().map_err(ours)?.size))
            .await?;
        if let Some(tally) = tallies.get(slug).filter(|tally| tally.stands(size)) {
            return Ok(tally.came.clone());
        }
        let (house, now, of) = (app.clone(), app.clock.now(), slug.to_owned());
        let begun = Instant::now();
        let came = self.read(move |reader| {
            let mut all = BTreeMap::new();
            let offers = house.offers.all().iter();
            for ready in offers.filter(|ready| *ready.notice.slug.0 == *of) {
                all.append(&mut counted(reader, &ready.offering, now).map_err(ours)?);
            }
            Ok(Arc::new(all))
        });
        let came = came.await?;
        let tally = Tally {
            came: came.clone(),
            size,
            at: begun,
            took: begun.elapsed(),
        };
        tallies.insert(slug.to_owned(), tally);
        Ok(came)
    }
}
