//! What pages show of bookings: reads over the ledger's state, pure but for the store, each as long as what it shows.
//!
//! Nothing here looks through all bookings. A slot's counts are one row, a person's bookings are found by the person, a
//! slot's list by the slot, an account is one row.

mod account;
mod answers;
mod drawing;
mod feedback;
mod figures;
mod people;
mod slots;

use ledger::form::Fault;
use ledger::item::{Found, ItemId, Row};
use ledger::name::{Key, Kind};
use ledger::store::Read;

pub use account::{Account, account};
pub use answers::{answers, own_answers};
pub use drawing::{drawing, entrants};
pub use feedback::{Heard, Said, heard, own_feedback, ratings};
pub use figures::{Count, Figures, figures};
pub use people::{Line, NotShown, Seen, Standing, attendance, mine};
pub use slots::{Open, SlotNow, Stage, Wanted, came, slot, slots};

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// After which row to go on; `None` when the list is at its end.
    pub next: Option<Key>,
}

fn get<R: Row>(store: &impl Read, key: Key) -> Result<Option<R>, Fault> {
    let item = store.item(&super::rows::item::<R>(key)?)?;
    Ok(item.map(|item| item.read()).transpose()?)
}

/// Rows found by this, after `after`, at most `limit`, each with how many entries have written it.
fn find<R: Row>(
    store: &impl Read,
    by: &Found,
    after: Option<&Key>,
    limit: usize,
) -> Result<Vec<(R, u64)>, Fault> {
    let kind = Kind::new(R::KIND)?;
    let after = after.cloned().map(|key| ItemId { kind, key });
    let items = store.find(by, after.as_ref(), limit)?;
    let read = |item: &ledger::item::Item| Ok((item.read()?, item.version));
    items.iter().map(read).collect()
}
