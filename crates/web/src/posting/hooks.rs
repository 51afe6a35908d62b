//! Telling programs outside: which events each subscription is owed, and calling them, each in a lane of its own.

use super::Posting;
use super::follow::{TICK, blocking};
use crate::app::App;
use crate::failure::Failure;
use crate::people::locked;
use crate::people::ours;
use decide::Eligibility;
use forms::booking::Offering;
use forms::booking::rows::Number;
use forms::hooks::{self, Event, Hook, Standing, Why};
use jiff::Timestamp;
use ledger::entry::Entry;
use ledger::item::{Change, Row as _};
use ledger::name::{Key, TextVersion};
use ledger::store::Read as _;
use outbox::hook::{GONE, Secret};
use outbox::{Draft, Endpoint, Lane, Message, Outcome, attempt, note};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Programs that are called at once; the others wait for their turn.
const CALLS_AT_ONCE: usize = 8;
/// After so many calls in a row that came to nothing, about thirteen hours, a subscription rests until its office looks after it.
const TRIES_MAX: u32 = 12;
/// What a receiver can be tried with: no entry gives rise to it.
const TEST: &str = "test/";
/// Deliveries that a page lists of one subscription.
const LISTED_MAX: usize = 8;

/// What a look at a lane has come to.
enum Called {
    /// Nothing could be done.
    Nothing,
    /// A call was made.
    Done,
    /// A call was made, and it was the last for now.
    Stop(Number, Why),
}

/// Calls whoever is owed something, until the server stops.
pub(super) async fn call_all(app: &Arc<App>, posting: &Arc<Posting>) {
    let mut calls = JoinSet::new();
    let mut busy: BTreeSet<Lane> = BTreeSet::new();
    loop {
        let due = blocking(app, posting, |_, posting| posting.due()).await;
        let due = due.unwrap_or_else(|failure| {
            eprintln!("outbox: {failure}");
            Vec::new()
        });
        let free = CALLS_AT_ONCE.saturating_sub(busy.len());
        let next: Vec<Lane> = due
            .into_iter()
            .filter(|lane| !busy.contains(lane))
            .take(free)
            .collect();
        for lane in next {
            busy.insert(lane.clone());
            let (app, posting) = (app.clone(), posting.clone());
            calls.spawn(async move {
                let called = call_next(&app, &posting, lane.clone()).await;
                if let Err(failure) = called {
                    eprintln!("outbox: {failure}");
                }
                lane
            });
        }
        tokio::select! {
            Some(done) = calls.join_next(), if !calls.is_empty() => match done {
                Ok(lane) => { busy.remove(&lane); }
                // Which one that was is not told; those still under way are found busy by the queue's own marks.
                Err(_) => busy.clear(),
            },
            () = tokio::time::sleep(TICK / 4) => {}
        }
    }
}

async fn call_next(app: &Arc<App>, posting: &Arc<Posting>, lane: Lane) -> Result<(), Failure> {
    let called = blocking(app, posting, move |app, posting| {
        posting.call_next(app, &lane)
    });
    if let Called::Stop(number, why) = called.await?
        && let Some(people) = &app.people
    {
        people.stop_hook(number, why, app.clock.now()).await?;
    }
    Ok(())
}

impl Posting {
    /// The subscriptions that have not ended; read again when the ledger has grown.
    fn hooks(&self) -> Result<Arc<Vec<Hook>>, Failure> {
        let reader = locked(&self.reader);
        let size = reader.head().map_err(ours)?.size;
        let mut known = locked(&self.known);
        match &*known {
            Some((then, hooks)) if *then == size => Ok(hooks.clone()),
            _ => {
                let hooks = Arc::new(hooks::live(&*reader).map_err(ours)?);
                *known = Some((size, hooks.clone()));
                Ok(hooks)
            }
        }
    }

    /// Takes in what an entry has programs told. One that was ended is owed nothing any more, and one that is told again gets what
    /// waited.
    pub(super) fn to_programs(
        &self,
        app: &App,
        entry: &Entry,
        drafts: &mut Vec<Draft>,
    ) -> Result<(), Failure> {
        for change in &entry.changes {
            match change {
                Change::Put(item) if item.kind.as_str() == Hook::KIND => {
                    self.settle(&item.read().map_err(ours)?, drafts)?;
                }
                _ => {}
            }
        }
        let hooks = self.hooks()?;
        let hooks = hooks.iter().filter(|hook| hook.is_before(entry.sequence));
        let hooks: Vec<&Hook> = hooks.collect();
        if hooks.is_empty() {
            return Ok(());
        }
        for event in hooks::events::of(entry).map_err(ours)? {
            let offering = event
                .slot()
                .and_then(|slot| offering(app, entry, &slot.slot));
            // What the pages do not show to everybody is not told either.
            if event.body(offering.as_deref()).is_none() {
                continue;
            }
            let Some(office) = office(app, &event, offering.as_deref()) else {
                continue;
            };
            let owed = hooks
                .iter()
                .filter(|hook| hook.office == office && hook.kinds.contains(&event.kind));
            drafts.extend(owed.map(|hook| Draft {
                lane: lane(hook),
                recipient: hook.number.to_string(),
                entry: entry.sequence,
                what: event.what(),
            }));
        }
        Ok(())
    }

    fn settle(&self, hook: &Hook, drafts: &mut Vec<Draft>) -> Result<(), Failure> {
        let (lane, now) = (lane(hook), Timestamp::now());
        let mut queue = locked(&self.queue);
        match hook.standing {
            Standing::Told => queue.resume(&lane, now),
            Standing::Ended { gone, .. } => {
                drafts.retain(|draft| draft.lane != lane);
                let why = match gone {
                    true => outbox::Why::Status(GONE),
                    false => outbox::Why::TooLate,
                };
                queue.close(&lane, now, why)
            }
            Standing::Paused { .. } | Standing::Stopped { .. } => Ok(()),
        }
        .map_err(ours)
    }

    /// The lanes in which somebody is to be called now.
    fn due(&self) -> Result<Vec<Lane>, Failure> {
        let hooks = self.hooks()?;
        let told: BTreeSet<Lane> = told(&hooks).map(lane).collect();
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let due = locked(&self.queue).due_hooks(Timestamp::now());
        let mut due = due.map_err(ours)?;
        due.retain(|lane| told.contains(lane));
        Ok(due)
    }

    fn call_next(&self, app: &App, of: &Lane) -> Result<Called, Failure> {
        let now = Timestamp::now();
        let next = locked(&self.queue).next(of, now).map_err(ours)?;
        let hooks = self.hooks()?;
        let hook = told(&hooks).find(|hook| lane(hook) == *of);
        let (Some(message), Some(hook)) = (next, hook) else {
            return Ok(Called::Nothing);
        };
        let outcome = attempt(&message, now, |message| self.call(app, hook, message));
        let failed = !matches!(outcome, Outcome::Sent);
        // A call that the house itself broke off is no failure of the receiver's.
        if failed && *self.stopping.borrow() {
            return Ok(Called::Nothing);
        }
        let gone = outcome == Outcome::Never(outbox::Why::Status(GONE));
        // It is given up when the entry is followed that ends the subscription; until then it waits.
        let noted = match gone {
            true => Outcome::Later(outbox::Why::Status(GONE)),
            false => outcome,
        };
        note(&mut locked(&self.queue), &message, now, noted).map_err(ours)?;
        let tries = message.tries.saturating_add(1);
        Ok(match outcome {
            _ if gone => Called::Stop(hook.number.clone(), Why::Gone),
            Outcome::Later(_) if tries >= TRIES_MAX => {
                Called::Stop(hook.number.clone(), Why::Failing { tries })
            }
            _ => Called::Done,
        })
    }

    fn call(&self, app: &App, hook: &Hook, message: &Message) -> Outcome {
        let Ok(body) = self.body(app, message) else {
            return Outcome::Later(outbox::Why::Fault);
        };
        let Some(body) = body else {
            return Outcome::Never(outbox::Why::Fault);
        };
        let secrets = hook.secrets(&self.blind, app.clock.now());
        let secrets: Vec<Secret> = secrets.iter().map(|bytes| Secret::new(bytes)).collect();
        let (entry, what) = (message.draft.entry, &message.draft.what);
        let id = format!("msg_{}", self.blind.hook_call(&hook.number, entry, what));
        // Receivers believe only what is of now: of their now, whatever the city's clock says.
        let now = Timestamp::now();
        let address = hook.address.as_str();
        outbox::hook::call(&self.caller, address, &id, &secrets, body.as_bytes(), now)
    }

    /// What a message says; nothing if it cannot be said.
    fn body(&self, app: &App, message: &Message) -> Result<Option<String>, Failure> {
        if message.draft.what.starts_with(TEST) {
            return Ok(Some(hooks::events::test_body(app.clock.now())));
        }
        let leaf = locked(&self.reader)
            .leaf(message.draft.entry)
            .map_err(ours)?;
        let Some(leaf) = leaf else { return Ok(None) };
        let entry = Entry::from_leaf(&leaf).map_err(ours)?;
        let events = hooks::events::of(&entry).map_err(ours)?;
        let event = events
            .into_iter()
            .find(|event| event.what() == message.draft.what);
        Ok(event.and_then(|event| {
            let offering = event
                .slot()
                .and_then(|slot| offering(app, &entry, &slot.slot));
            event.body(offering.as_deref())
        }))
    }

    /// Has a subscription called with an event that means nothing.
    pub async fn try_hook(self: &Arc<Self>, hook: &Hook) -> Result<(), Failure> {
        let now = Timestamp::now();
        let number = now.as_millisecond();
        let draft = Draft {
            lane: lane(hook),
            recipient: hook.number.to_string(),
            entry: u64::try_from(number).unwrap_or_default(),
            what: format!("{TEST}{number}"),
        };
        self.with(move |queue| queue.add(&draft, now)).await
    }

    /// The last deliveries of some subscriptions, the newest first.
    pub async fn deliveries(self: &Arc<Self>, of: &[Hook]) -> Result<Vec<Vec<Message>>, Failure> {
        let lanes: Vec<Lane> = of.iter().map(lane).collect();
        self.with(move |queue| {
            lanes
                .iter()
                .map(|lane| queue.last_of(lane, LISTED_MAX))
                .collect()
        })
        .await
    }

    /// Whether the house would call this address, as far as that shows without looking up its name.
    pub fn may_call(&self, address: &str) -> bool {
        Endpoint::read(address).is_ok_and(|endpoint| self.caller.takes(&endpoint))
    }

    /// Whether the house calls only hosts that were named when it was started.
    pub fn calls_only_named(&self) -> bool {
        self.caller.is_only()
    }
}

fn lane(hook: &Hook) -> Lane {
    Lane::Hook(hook.number.to_string())
}

fn told(hooks: &[Hook]) -> impl Iterator<Item = &Hook> {
    hooks.iter().filter(|hook| hook.standing == Standing::Told)
}

/// Whose notice an event is about.
fn office(app: &App, event: &Event, offering: Option<&Offering>) -> Option<String> {
    let issuer = offering.map(|offering| offering.issuer().to_owned());
    let paper = || app.editions.shelf.paper(&event.notice);
    let of_paper = || paper().map(|paper| paper.office.clone());
    event.office.clone().or(issuer).or_else(of_paper)
}

/// The offer of a slot, in the text by which an entry was decided: so the same is said however late it is.
fn offering(app: &App, entry: &Entry, slot: &Key) -> Option<Arc<Offering>> {
    let now = app.offers.spot(slot).and_then(|spot| app.offers.at(spot));
    if let Some((ready, _)) = now.filter(|(ready, _)| ready.offering.text() == entry.text) {
        return Some(ready.offering.clone());
    }
    let paper = app.editions.shelf.paper(entry.notice.as_str())?;
    let mut texts = paper
        .editions
        .iter()
        .filter_map(|bound| bound.notice.as_ref());
    let notice = texts.find(|notice| TextVersion(notice.text_version.0) == entry.text)?;
    let city = app.city();
    let eligibility = Arc::new(Eligibility::of(city, std::slice::from_ref(notice)));
    let offers = notice.offers.iter();
    let all = offers.map(|offer| Offering::new(city, eligibility.clone(), notice, &offer.name));
    all.flatten().find(|offering| offering.slot(slot).is_some())
}
