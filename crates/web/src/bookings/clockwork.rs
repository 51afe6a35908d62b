//! What the clock itself does to bookings: ends offered places that were not taken, offers what is free to the next, marks who
//! did not come, takes the end of the session for a forgotten check-out, fixes the list of a draw at its close, puts in
//! the public randomness that its terms name, and gives the places once it is drawn; and calls off what was booked under a notice that was withdrawn.
//!
//! An agenda has the instants at which something falls due, slot by slot. It is filled by looking at every slot once at the
//! start, so that nothing is lost while the server was down, and then by following the ledger's entries, whoever gave them.
//! Commands are decided like all others: what is not due any more is refused, and that does no harm.

use super::beacon;
use super::live::Changed;
use super::{Bookings, Fill, Offers, Ready, Spot, Stopped, withdrawn};
use crate::app::App;
use crate::failure::Failure;
use crate::people::ours;
use forms::booking::held::HeldDraw;
use forms::booking::rows::{Booking, Number, Slot, Status, found};
use forms::booking::{
    AssumeCheckOut, FixList, MarkAbsent, MoveUp, Offered, PutBeacon, Settle, views,
};
use forms::draw::{Draw, Drawn, Round};
use jiff::{SignedDuration, Timestamp};
use ledger::entry::Entry;
use ledger::item::{Change, Item, ItemId, Row};
use ledger::name::{Actor, Key, Kind};
use ledger::store::{AnyReader, Read as _};
use notice::offer::Give;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Who gives these commands.
const ACTOR: &str = forms::booking::CLOCK;
/// How often the agenda and the ledger are looked at; this process's own entries are followed at once.
const TICK: Duration = Duration::from_secs(1);
/// After this, what failed is tried again.
const AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// Rows and entries that are read at once.
const PAGE: usize = 256;
/// Commands of one look at a slot; the rest is due at once.
const COMMANDS_MAX: usize = 256;

/// One of the clock's commands.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    MoveUp,
    Absent(Number),
    CheckOut(Number),
    /// The list of a draw.
    List,
    /// The public randomness of a draw.
    Beacon(Round),
    /// The ranks of a draw from this one on.
    Ranks(Arc<Drawn>, u32),
}

/// What is due at a slot, and when to look again.
#[derive(Debug, Default)]
struct Look {
    due: Vec<Due>,
    next: Option<Timestamp>,
}

/// When to look where.
#[derive(Debug, Default)]
struct Agenda {
    at: BTreeSet<(Timestamp, Spot)>,
    /// How many entries have been followed.
    followed: u64,
}

/// Does on time what the clock does, until the server stops: its commands about bookings, and other texts when they come to
/// stand.
pub async fn keep_time(app: Arc<App>) {
    let Some(people) = app.people.clone() else {
        return;
    };
    let bookings = &people.bookings;
    let mut stopping = bookings.stopping.subscribe();
    let texts = async {
        match app.house() {
            Some(house) => house.follow().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = work(&app, bookings) => {}
        () = texts => {}
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
}

/// Gives the clock's commands, by the offers of the texts that stand.
async fn work(app: &Arc<App>, bookings: &Bookings) {
    let mut texts = bookings.texts.subscribe();
    loop {
        texts.mark_unchanged();
        let of_now = app.house().map_or_else(|| app.clone(), |house| house.app());
        let mut agenda = Agenda::begin(&of_now, bookings).await;
        // Texts that do not stand any more; what fails is tried again.
        let mut gone = true;
        loop {
            if gone {
                match withdrawn::call_off(&of_now, bookings).await {
                    Ok(()) => gone = false,
                    Err(failure) => eprintln!("clock: {failure}"),
                }
            }
            if let Err(failure) = agenda.tick(&of_now, bookings).await {
                eprintln!("clock: {failure}");
            }
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                () = bookings.written.notified() => {}
                // Slots stand elsewhere now.
                _ = texts.changed() => break,
            }
        }
    }
}

impl Agenda {
    /// Every slot is looked at once, from the first entry that is still to be followed on.
    async fn begin(app: &App, bookings: &Bookings) -> Agenda {
        let head = bookings.read(|reader| reader.head().map_err(ours)).await;
        let mut agenda = Agenda {
            // If it cannot be read now, all entries are followed, which finds the same.
            followed: head.map_or(0, |head| head.size),
            ..Agenda::default()
        };
        for (offer, ready) in app.offers.all().iter().enumerate() {
            for slot in 0..ready.offering.slots().len() {
                agenda.at.insert((Timestamp::MIN, Spot { offer, slot }));
            }
        }
        agenda
    }

    async fn tick(&mut self, app: &Arc<App>, bookings: &Bookings) -> Result<(), Failure> {
        self.follow(app, bookings).await?;
        let now = app.clock.now();
        while let Some((at, spot)) = self.at.first().copied().filter(|(at, _)| *at <= now) {
            self.at.remove(&(at, spot));
            let again = match attend(app, bookings, spot, now).await {
                Ok(next) => next,
                // One that fails does not stop the others.
                Err(failure) => {
                    if let Some((_, slot)) = app.offers.at(spot) {
                        eprintln!("clock: {}: {failure}", slot.key);
                    }
                    Some(now.saturating_add(AGAIN).unwrap_or(Timestamp::MAX))
                }
            };
            self.at.extend(again.map(|at| (at, spot)));
        }
        Ok(())
    }

    /// Reads the entries that have come: what they change falls due some time, and pages that listen hear of it.
    async fn follow(&mut self, app: &Arc<App>, bookings: &Bookings) -> Result<(), Failure> {
        loop {
            let (from, house, now) = (self.followed, app.clone(), app.clock.now());
            let read = bookings.read(move |reader| {
                let leaves = reader.leaves(from, PAGE).map_err(ours)?;
                let mut heard = Heard::default();
                for leaf in &leaves {
                    let entry = Entry::from_leaf(leaf).map_err(ours)?;
                    heard.entry(&house.offers, &entry);
                }
                heard.read(&house.offers, reader, now)?;
                Ok((leaves.len(), heard))
            });
            let (count, heard) = read.await?;
            self.followed += count as u64;
            self.at.extend(heard.due);
            for (spot, fill) in heard.slots {
                if let Some(fill) = fill {
                    // Nobody may be listening.
                    let _ = bookings.changes.send(Changed { spot, fill });
                }
            }
            if count < PAGE {
                return Ok(());
            }
        }
    }
}

/// What some entries tell.
#[derive(Default)]
struct Heard {
    due: Vec<(Timestamp, Spot)>,
    /// Slots that have changed, as they are now.
    slots: BTreeMap<Spot, Option<Fill>>,
}

impl Heard {
    fn entry(&mut self, offers: &Offers, entry: &Entry) {
        for change in &entry.changes {
            let Change::Put(item) = change else { continue };
            match item.kind.as_str() {
                Slot::KIND => {
                    let spot = offers.spot(&item.key);
                    self.slots.extend(spot.map(|spot| (spot, None)));
                }
                Booking::KIND => self.due.extend(falls_due(offers, item)),
                HeldDraw::KIND => {
                    let spot = offers.spot(&item.key);
                    self.due.extend(spot.map(|spot| (Timestamp::MIN, spot)));
                }
                _ => {}
            }
        }
    }

    fn read(&mut self, offers: &Offers, reader: &AnyReader, now: Timestamp) -> Result<(), Failure> {
        for (spot, fill) in &mut self.slots {
            if let Some((ready, slot)) = offers.at(*spot) {
                *fill = Fill::read(reader, &ready.offering, &slot.key, now)?;
            }
        }
        Ok(())
    }
}

/// When something falls due at the slot of a booking as it was just written.
fn falls_due(offers: &Offers, item: &Item) -> Option<(Timestamp, Spot)> {
    let booking: Booking = item.read().ok()?;
    let spot = offers.spot(&booking.slot)?;
    let (ready, slot) = offers.at(spot)?;
    Some((due_at(ready, slot, &booking.status)?, spot))
}

/// From when on the clock has something to do about a booking that stands so.
fn due_at(ready: &Ready, slot: &Offered, status: &Status) -> Option<Timestamp> {
    match status {
        Status::Offered { until } => Some(*until),
        Status::Booked if ready.offer().no_show.is_some() => {
            Some(ready.offering.check_in(slot.from, slot.to).end)
        }
        Status::Here { attendance } if attendance.went.is_none() => Some(slot.to),
        Status::Entered => Some(ready.offering.closes(slot)),
        _ => None,
    }
}

/// Does what is due at a slot; gives when to look again.
async fn attend(
    app: &Arc<App>,
    bookings: &Bookings,
    spot: Spot,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let house = app.clone();
    let read = bookings.read(move |reader| match house.offers.at(spot) {
        Some((ready, slot)) => look(reader, ready, slot, now),
        None => Ok(Look::default()),
    });
    let Look { due, next } = read.await?;
    let Some((ready, slot)) = app.offers.at(spot) else {
        return Ok(None);
    };
    let actor = Actor::new(ACTOR).map_err(ours)?;
    let (mut tried, mut done, mut failed) = (false, false, None);
    let mut next = next;
    for due in due {
        let offering = &ready.offering;
        let actor = actor.clone();
        tried |= !matches!(due, Due::Beacon(_));
        let given = match due {
            Due::MoveUp => {
                let slot = slot.key.clone();
                let command = MoveUp { slot };
                bookings.give(offering, actor, now, command).await
            }
            Due::Absent(booking) => {
                let command = MarkAbsent {
                    booking,
                    under: None,
                };
                bookings.give(offering, actor, now, command).await
            }
            Due::CheckOut(booking) => {
                let command = AssumeCheckOut { booking };
                bookings.give(offering, actor, now, command).await
            }
            Due::List => {
                let slot = slot.key.clone();
                let command = FixList { slot, under: None };
                bookings.give(offering, actor, now, command).await
            }
            Due::Beacon(round) => {
                // A server that asks nobody leaves it to another, or to the day when it does.
                let Some(beacon) = &bookings.beacon else {
                    continue;
                };
                let Some(signature) = beacon.signature(round) else {
                    let again = beacon::again(round, now)?;
                    next = next.into_iter().chain([again]).min();
                    continue;
                };
                let slot = slot.key.clone();
                let command = PutBeacon { slot, signature };
                tried = true;
                bookings.give(offering, actor, now, command).await
            }
            Due::Ranks(drawn, from) => {
                let command = Settle::over(slot.key.clone(), drawn, from, None);
                bookings.give(offering, actor, now, command).await
            }
        };
        match given {
            Ok(_) => done = true,
            // Somebody else was quicker, or the time is not yet come by the ledger's clock.
            Err(Stopped::Refused(_)) => {}
            Err(Stopped::Failure(failure)) => failed = Some(failure),
        }
    }
    let after = |by| Some(now.saturating_add(by).unwrap_or(Timestamp::MAX));
    match failed {
        Some(failure) => Err(failure),
        // There may be more than one look's commands, and what was done may make something due.
        None if done => Ok(after(SignedDuration::from_secs(1))),
        None if tried => Ok(after(AGAIN)),
        None => Ok(next),
    }
}

fn look(
    reader: &AnyReader,
    ready: &Ready,
    slot: &Offered,
    now: Timestamp,
) -> Result<Look, Failure> {
    let kind = Kind::new(Slot::KIND).map_err(ours)?;
    let key = slot.key.clone();
    let row = reader.item(&ItemId { kind, key }).map_err(ours)?;
    // Nobody has ever signed up.
    let Some(row) = row else {
        return Ok(Look::default());
    };
    let row: Slot = row.read().map_err(ours)?;
    let mut look = Look::default();
    if ready.offer().give == Give::Draw {
        draw(reader, ready, slot, &row, now, &mut look)?;
    }
    // A correction of the text may have made room for those who wait.
    let room = row.taken.saturating_add(row.kept) < slot.capacity;
    let waits = row.waiting > 0 && ready.offer().waiting.is_some();
    let mut move_up = room && waits && now < slot.from;
    let mut after: Option<Key> = None;
    while let Some(by) = found("booking.slot", slot.key.as_str()) {
        let last = after.take().map(|key| {
            Ok::<_, Failure>(ItemId {
                kind: Kind::new(Booking::KIND).map_err(ours)?,
                key,
            })
        });
        let last = last.transpose()?;
        let page = reader.find(&by, last.as_ref(), PAGE).map_err(ours)?;
        for item in &page {
            let booking: Booking = item.read().map_err(ours)?;
            // A draw falls due as a whole.
            if booking.status == Status::Entered {
                continue;
            }
            let Some(at) = due_at(ready, slot, &booking.status) else {
                continue;
            };
            if at > now {
                look.next = look.next.into_iter().chain([at]).min();
                continue;
            }
            match booking.status {
                Status::Offered { .. } => move_up = true,
                Status::Booked => look.due.push(Due::Absent(booking.number)),
                _ => look.due.push(Due::CheckOut(booking.number)),
            }
        }
        after = page.last().map(|item| item.key.clone());
        if page.len() < PAGE || look.due.len() >= COMMANDS_MAX {
            break;
        }
    }
    if move_up {
        look.due.push(Due::MoveUp);
    }
    Ok(look)
}

/// What is due about the draw over a slot: its list from the close on, its places as soon as it is drawn.
fn draw(
    reader: &AnyReader,
    ready: &Ready,
    slot: &Offered,
    row: &Slot,
    now: Timestamp,
    look: &mut Look,
) -> Result<(), Failure> {
    let closes = ready.offering.closes(slot);
    if now < closes {
        look.next = Some(closes);
        return Ok(());
    }
    let held = views::drawing(reader, &slot.key).map_err(ours)?;
    let Some(held) = held.filter(|held| held.list.is_some()) else {
        // A draw that was held elsewhere and is carried out already needs no list here.
        if row.entered > 0 && row.settled.is_none() {
            look.due.push(Due::List);
        }
        return Ok(());
    };
    if let Some(round) = held.unheard() {
        match round.published().filter(|at| *at > now) {
            Some(at) => look.next = look.next.into_iter().chain([at]).min(),
            None => look.due.push(Due::Beacon(round)),
        }
    }
    let from = row.settled.as_ref().map_or(0, |settled| settled.ranks);
    let all = held.list.as_ref().map_or(0, |list| list.entrants);
    if held.missing().is_empty() && from < all {
        let entrants = views::entrants(reader, &slot.key).map_err(ours)?;
        if let Some(Draw::Drawn(drawn)) = held.draw(ready.offering.notice(), entrants) {
            look.due.push(Due::Ranks(Arc::new(drawn), from));
        }
    }
    Ok(())
}
