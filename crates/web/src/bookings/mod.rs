//! Bookings at the edge: the offers of the notices made ready, commands given to the ledger, and views read from it.
//!
//! [`Offers`] is what the texts say, built once from the book. [`Bookings`] is what happens: it gives any command of
//! `forms::booking` in somebody's name, and lends readers of the ledger to whoever shows something. The clock's own commands
//! are given by [`clockwork`], and pages hear of changes through [`live`]. Rules are decided in `forms` alone.

pub mod beacon;
pub mod clockwork;
pub mod live;
pub mod mine;
pub mod ordering;
mod readers;
pub mod records;
pub mod roll;
pub mod season;
pub mod subject;
pub mod trace;
pub mod withdrawn;

use crate::failure::Failure;
use crate::people::{Unkept, ours, taken};
use beacon::Beacon;
use city::City;
use decide::{Book, Eligibility};
use forms::booking::rows::{Booking, Number};
use forms::booking::ticket::Issuer;
use forms::booking::views::{self, SlotNow, Stage};
use forms::booking::{self, Offered, Offering, Refused};
use jiff::Timestamp;
use jiff::civil::DateTime;
use ledger::entry::Origin;
use ledger::given::{Chance as _, SystemChance};
use ledger::item::{ItemId, Row};
use ledger::log::Log;
use ledger::name::{Actor, Key, Kind, Person, RequestId};
use ledger::note::Verifier;
use ledger::store::{AnyReader, Read as _};
use ledger::{Declined, Ledger};
use notice::offer::Project;
use notice::{Effect, Notice, Offer, Rule};
use readers::Readers;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore, broadcast, watch};

/// Changes that a page which listens may be behind before it is told only to look again.
const CHANGES_KEPT: usize = 1_024;

/// The offers of all notices, ready to decide by.
#[derive(Debug, Default)]
pub struct Offers {
    all: Vec<Ready>,
    slots: HashMap<Key, Spot>,
}

/// Where a slot stands: the position of its offer in [`Offers::all`], and its own in [`Offering::slots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    /// Of the offer.
    pub offer: usize,
    /// Of the slot in it.
    pub slot: usize,
}

/// One offer of a notice at its present text.
#[derive(Debug)]
pub struct Ready {
    /// The notice.
    pub notice: Arc<Notice>,
    /// What decides.
    pub offering: Arc<Offering>,
    at: usize,
}

/// How full a slot is, and what one can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// Places that it has.
    pub capacity: u32,
    /// Places that somebody has, or that are kept for somebody.
    pub held: u32,
    /// How many wait.
    pub waiting: u32,
    /// How many are in the draw.
    pub entered: u32,
    /// What one can do.
    pub stage: Stage,
}

/// What a command has come to.
#[derive(Debug)]
pub enum Stopped {
    /// Its form refuses it; the reason says what to do next.
    Refused(Box<Refused>),
    /// It could not be decided.
    Failure(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Offers {
    /// Makes every offer of the book's notices ready. One that cannot be is left out, and said so to the server's log.
    pub fn of(book: &Book) -> Offers {
        let city: &City = book.city();
        let eligibility = Arc::new(Eligibility::of(city, book.notices()));
        let mut offers = Offers::default();
        for notice in book.notices() {
            for (at, offer) in notice.offers.iter().enumerate() {
                match Offering::new(city, eligibility.clone(), notice, &offer.name) {
                    Ok(offering) => offers.add(notice.clone(), at, offering),
                    Err(bad) => eprintln!("{}#{}: {bad}", notice.slug, offer.name),
                }
            }
        }
        offers
    }

    fn add(&mut self, notice: Arc<Notice>, at: usize, offering: Arc<Offering>) {
        let offer = self.all.len();
        for (slot, offered) in offering.slots().iter().enumerate() {
            self.slots.insert(offered.key.clone(), Spot { offer, slot });
        }
        self.all.push(Ready {
            notice,
            offering,
            at,
        });
    }

    /// All of them, whether their notices are in force or not.
    pub fn all(&self) -> &[Ready] {
        &self.all
    }

    /// Those of notices that are in force at `now`, each with its position.
    pub fn in_force(&self, now: DateTime) -> impl Iterator<Item = (usize, &Ready)> {
        let all = self.all.iter().enumerate();
        all.filter(move |(_, ready)| ready.notice.in_force.contains(now))
    }

    /// An offer by its notice's short name and its own.
    pub fn find(&self, slug: &str, name: &str) -> Option<(usize, &Ready)> {
        let mut all = self.all.iter().enumerate();
        all.find(|(_, ready)| &*ready.notice.slug.0 == slug && ready.offer().name == name)
    }

    /// The offer that a booking is of, by its key.
    pub fn by_key(&self, offer: &Key) -> Option<&Ready> {
        self.all.iter().find(|ready| ready.offering.key() == offer)
    }

    /// Where a slot stands, by its name.
    pub fn spot(&self, slot: &Key) -> Option<Spot> {
        self.slots.get(slot).copied()
    }

    /// A slot with its offer.
    pub fn at(&self, spot: Spot) -> Option<(&Ready, &Offered)> {
        let ready = self.all.get(spot.offer)?;
        Some((ready, ready.offering.slots().get(spot.slot)?))
    }
}

impl Ready {
    /// The offer as the text has it.
    pub fn offer(&self) -> &Offer {
        &self.notice.offers[self.at]
    }

    /// The project of a slot, if the offer has projects.
    pub fn project(&self, slot: &Offered) -> Option<&Project> {
        self.offer().projects.get(slot.project?)
    }

    /// A slot's name without its offer's: `/reading@2022-01-15T09:00/12:00`, as it stands in addresses.
    pub fn short<'a>(&self, slot: &'a Key) -> &'a str {
        let offer = self.offering.key().as_str();
        slot.as_str().strip_prefix(offer).unwrap_or_default()
    }

    /// The slot of such a short name.
    pub fn slot(&self, short: &str) -> Option<&Offered> {
        let key = Key::new(&format!("{}{short}", self.offering.key())).ok()?;
        self.offering.slot(&key)
    }
}

impl Fill {
    /// What a view says of a slot.
    fn of(now: &SlotNow<'_>) -> Fill {
        Fill {
            capacity: now.slot.capacity,
            held: now.taken.saturating_add(now.kept),
            waiting: now.waiting,
            entered: now.entered,
            stage: now.stage,
        }
    }

    /// Reads how full a slot is.
    pub fn read(
        reader: &AnyReader,
        offering: &Offering,
        slot: &Key,
        now: Timestamp,
    ) -> Result<Option<Fill>, Failure> {
        let found = views::slot(reader, offering, slot, now).map_err(ours)?;
        Ok(found.as_ref().map(Fill::of))
    }
}

/// What bookings need of what a server keeps.
pub struct Kept {
    /// The ledger.
    pub ledger: Ledger,
    /// The same, for reading: lent to one page each at a time.
    pub readers: Vec<AnyReader>,
    /// The ledger's public key, which receipts come with.
    pub key: Verifier,
    /// The secret seed under which tickets are signed.
    pub tickets: [u8; 32],
    /// Where public randomness for draws is asked for, if anywhere.
    pub beacon: Option<Beacon>,
}

/// Bookings over a ledger that runs.
pub struct Bookings {
    ledger: Ledger,
    readers: Readers,
    /// Makes tickets.
    pub tickets: Issuer,
    key: Verifier,
    /// Something was just written: whoever follows the ledger looks at once.
    written: Notify,
    changes: broadcast::Sender<live::Changed>,
    /// Pages that may still begin to listen.
    listeners: Arc<Semaphore>,
    /// The server is stopping.
    stopping: watch::Sender<bool>,
    /// How often other texts have come to stand: whoever holds offers of the old ones begins anew.
    texts: watch::Sender<u64>,
    /// Check-ins of seasons.
    tallies: season::Tallies,
    /// Where public randomness for draws is asked for, if anywhere.
    pub beacon: Option<Arc<Beacon>>,
}

impl Bookings {
    /// Takes bookings over a ledger that runs. The texts of notices with offers, or with a limit that licences could rest on,
    /// are kept before anything does.
    pub async fn start(kept: Kept, notices: &[Arc<Notice>]) -> Result<Bookings, Unkept> {
        let limits = |rule: &Rule| matches!(rule.effect, Effect::Limit { .. });
        let rested = |notice: &Notice| !notice.offers.is_empty() || notice.rules.iter().any(limits);
        for notice in notices.iter().filter(|notice| rested(notice)) {
            kept.ledger.text(notice.source.as_bytes().to_vec())?.await?;
        }
        Ok(Bookings {
            ledger: kept.ledger,
            readers: Readers::start(kept.readers)?,
            tickets: Issuer::new(&kept.tickets),
            key: kept.key,
            written: Notify::new(),
            changes: broadcast::Sender::new(CHANGES_KEPT),
            listeners: Arc::new(Semaphore::new(live::LISTENERS_MAX)),
            stopping: watch::Sender::new(false),
            texts: watch::Sender::new(0),
            tallies: season::Tallies::default(),
            beacon: kept.beacon.map(Arc::new),
        })
    }

    /// Reads what is durable, on a thread where waiting for the disk holds nobody up.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AnyReader) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.readers.lend(work).await
    }

    /// Gives a command by an offering in somebody's name, and waits until it is durable or refused. Gives the number of its entry.
    pub async fn give<A: booking::Act>(
        &self,
        offering: &Arc<Offering>,
        actor: Actor,
        now: Timestamp,
        act: A,
    ) -> Result<u64, Stopped> {
        self.give_once(offering, actor, request(now)?, act).await
    }

    /// The same under a request id that whoever sends it has chosen: sent again, it is not carried out again.
    pub async fn give_once<A: booking::Act>(
        &self,
        offering: &Arc<Offering>,
        actor: Actor,
        request: RequestId,
        act: A,
    ) -> Result<u64, Stopped> {
        let origin = Origin {
            request,
            actor,
            notice: offering.notice().clone(),
            text: offering.text(),
        };
        let form = offering.form::<A>();
        let pending = self.ledger.submit(origin, form, act).map_err(taken)?;
        let answer = pending.await;
        match answer {
            Ok(done) => {
                self.written.notify_one();
                Ok(done.sequence)
            }
            Err(Declined::Refused(refused)) => Err(Stopped::Refused(Box::new(refused))),
            Err(declined) => Err(Stopped::Failure(ours(declined))),
        }
    }

    /// Gives a command in a person's own name.
    pub async fn ask<A: booking::Act>(
        &self,
        offering: &Arc<Offering>,
        person: &Person,
        now: Timestamp,
        act: A,
    ) -> Result<u64, Stopped> {
        let actor = Actor::new(person.as_str()).map_err(ours)?;
        self.give(offering, actor, now, act).await
    }

    /// A booking by its number, whoever's it is.
    pub fn booking(reader: &AnyReader, number: &Number) -> Result<Option<Booking>, Failure> {
        let kind = Kind::new(Booking::KIND).map_err(ours)?;
        let key = number.key().clone();
        let item = reader.item(&ItemId { kind, key }).map_err(ours)?;
        item.map(|item| item.read().map_err(ours)).transpose()
    }

    /// The receipt of an entry, as `tongxin verify` reads it.
    pub async fn receipt(&self, sequence: u64) -> Result<Option<String>, Failure> {
        let key = self.key.to_string();
        self.read(move |reader| {
            let receipt = Log(reader).receipt(sequence).map_err(ours)?;
            Ok(receipt.map(|receipt| {
                let file = serde_json::json!({
                    "format": "tongxin/receipt/v1",
                    "key": key,
                    "proof": receipt.to_string(),
                });
                format!("{file:#}\n")
            }))
        })
        .await
    }

    /// Tells those who hold offers of texts that stood until now.
    pub(crate) fn texts_changed(&self) {
        self.texts.send_modify(|times| *times += 1);
    }

    /// Ends what listens and the clock's work, so that a server can stop in order.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
        if let Some(beacon) = &self.beacon {
            beacon.stop();
        }
    }
}

/// A request id of our own.
pub fn request(now: Timestamp) -> Result<RequestId, Failure> {
    let chance = SystemChance.bytes();
    let chance = chance.as_ref().and_then(|bytes| bytes.first_chunk());
    let no_chance = || Failure::Ours("the system gives no random numbers".to_owned());
    Ok(RequestId::new(now, *chance.ok_or_else(no_chance)?))
}
