//! What the ledger says of one booking, entry by entry: how a record came about, for staff.

use super::Ready;
use crate::failure::Failure;
use crate::people::ours;
use forms::booking::rows::{Booking, Grant, Number, Status, found};
use forms::people::powers::Post;
use jiff::Timestamp;
use ledger::entry::Entry;
use ledger::item::{Change, Row};
use ledger::name::{Actor, Notice};
use ledger::sealed::Sealed;
use ledger::store::{AnyReader, Read as _};

/// Entries of the notice that are looked through; who books in a very busy notice and is corrected much later sees that the
/// account is not whole.
const ENTRIES_MAX: usize = 100_000;
/// Entries that are read at once.
const PAGE: usize = 512;
/// Grants of one booking: each is a minute at least.
const GRANTS_MAX: usize = 1_024;

/// One entry that has written a booking.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its place in the log.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// The post in whose name they did it; nothing for what needs none.
    pub post: Option<Post>,
    /// The command's name.
    pub command: String,
    /// Why, if it says so.
    pub reason: Option<String>,
    /// How the booking stood after it.
    pub status: Status,
    /// Minutes granted after it.
    pub granted: u32,
}

/// The entries of a booking, in order.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// Them.
    pub steps: Vec<Step>,
    /// Whether all of them were found.
    pub whole: bool,
}

impl Trace {
    /// Reads the entries that have written a booking, `written` of them.
    pub fn read(
        reader: &AnyReader,
        ready: &Ready,
        number: &Number,
        written: u64,
    ) -> Result<Trace, Failure> {
        let notice: &Notice = ready.offering.notice();
        let mut trace = Trace::default();
        // A booking has the number of the entry that made it.
        let mut from: u64 = number.to_string().parse().map_err(ours)?;
        let mut left = ENTRIES_MAX;
        loop {
            let page = reader.of_notice(notice, from, PAGE).map_err(ours)?;
            for (sequence, leaf) in &page {
                let entry = Entry::from_leaf(leaf).map_err(ours)?;
                if let Some(step) = step(reader, &entry, *sequence, number) {
                    trace.steps.push(step);
                }
                if trace.steps.len() as u64 >= written {
                    trace.whole = true;
                    return Ok(trace);
                }
                from = sequence + 1;
            }
            left = left.saturating_sub(page.len());
            if page.len() < PAGE || left == 0 {
                return Ok(trace);
            }
        }
    }
}

fn step(reader: &AnyReader, entry: &Entry, sequence: u64, number: &Number) -> Option<Step> {
    let written = entry.changes.iter().find_map(|change| match change {
        Change::Put(item) if item.kind.as_str() == Booking::KIND && item.key == *number.key() => {
            item.read::<Booking>().ok()
        }
        _ => None,
    })?;
    let body: serde_json::Value = serde_json::from_str(entry.body.get()).ok()?;
    // A command about another booking, of which this one is a consequence, has a reason of its own.
    let about = body.get("booking").and_then(|of| of.as_str());
    let reason = body
        .get("reason")
        .filter(|_| about == Some(number.key().as_str()));
    let reason = reason.and_then(|sealed| serde_json::from_value::<Sealed>(sealed.clone()).ok());
    Some(Step {
        sequence,
        at: entry.at,
        actor: entry.actor.clone(),
        post: post(&body),
        command: entry.command.clone(),
        reason: reason.and_then(|sealed| sealed.open::<String>(reader).ok()),
        status: written.status,
        granted: written.granted,
    })
}

/// The post that the command cites. It stands in the entry, so it stays true when its holder has another one.
fn post(body: &serde_json::Value) -> Option<Post> {
    let said = |what| Some(body.get("under")?.get(what)?.as_str()?.to_owned());
    Some(Post {
        office: said("office")?,
        role: said("role")?,
    })
}

/// Hours that staff granted for a booking, in order, each with its reason if that can still be read.
pub fn grants(
    reader: &AnyReader,
    number: &Number,
) -> Result<Vec<(Grant, Option<String>)>, Failure> {
    let Some(by) = found("grant.booking", number.key().as_str()) else {
        return Ok(Vec::new());
    };
    let items = reader.find(&by, None, GRANTS_MAX).map_err(ours)?;
    let read = |item: &ledger::item::Item| {
        let grant: Grant = item.read().map_err(ours)?;
        let reason = grant.reason.open::<String>(reader).ok();
        Ok((grant, reason))
    };
    items.iter().map(read).collect()
}
