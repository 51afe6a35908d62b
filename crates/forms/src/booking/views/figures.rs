//! Figures of an offer.

use jiff::Timestamp;
use ledger::form::Fault;
use ledger::store::Read;

use super::slots::counts;
use crate::booking::offering::Offering;

/// What an offer comes to, in all and by project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures<'a> {
    /// In all. A session is counted once, however many projects it has.
    pub all: Count,
    /// Of each project, by its key, in the order of the text.
    pub projects: Vec<(&'a str, Count)>,
}

/// Counts over some slots, as they stand now. Who has cancelled is in none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Sessions.
    pub sessions: u32,
    /// Sessions that are over.
    pub over: u32,
    /// Slots.
    pub slots: u32,
    /// Places in them.
    pub places: u64,
    /// Places that somebody has or had, whether they came or not.
    pub taken: u64,
    /// Places to which somebody came, by check-in.
    pub came: u64,
    /// Places kept for those they were offered to.
    pub kept: u64,
    /// How often somebody waits.
    pub waiting: u64,
    /// Numbers in draws; once a draw's list is closed, those on the list.
    pub entered: u64,
}

/// The figures of an offer. Reads one row for each of its slots and no booking.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn figures<'a>(
    store: &impl Read,
    offering: &'a Offering,
    now: Timestamp,
) -> Result<Figures<'a>, Fault> {
    let mut all = Count::default();
    let mut projects: Vec<(&str, Count)> = offering
        .projects()
        .iter()
        .map(|(name, _)| (name.as_str(), Count::default()))
        .collect();
    let mut session = None;
    for slot in offering.slots() {
        let row = counts(store, slot)?;
        // A slot's session is one of its own project; slots are by session, so the same one is beside.
        let another = session != Some(slot.session);
        session = Some(slot.session);
        let over = slot.to <= now;
        let project = slot.project.and_then(|at| projects.get_mut(at));
        let own = project.map(|(_, count)| (count, true));
        for (count, new) in own.into_iter().chain([(&mut all, another)]) {
            count.sessions += u32::from(new);
            count.over += u32::from(new && over);
            count.slots += 1;
            count.places += u64::from(slot.capacity);
            count.taken += u64::from(row.taken);
            count.came += u64::from(row.came);
            count.kept += u64::from(row.kept);
            count.waiting += u64::from(row.waiting);
            count.entered += u64::from(row.entered);
        }
    }
    Ok(Figures { all, projects })
}
