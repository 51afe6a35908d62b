//! What pages show of a season: reads over the ledger's state, as long as what they show.

use ledger::form::Fault;
use ledger::item::{Found, ItemId, Row};
use ledger::name::Key;
use ledger::store::Read;

use super::money::Fen;
use super::rows::{EventResult, Licence, Sales, item};
use super::terms::Season;

/// Rows that are read at once.
const PAGE: usize = 256;
/// Rows of one sort that are looked at; what goes beyond is said to be left out.
pub const ROWS_MAX: usize = 5_000;

/// What licences sold, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Pieces.
    pub pieces: u64,
    /// For how much.
    pub sales: Fen,
    /// The royalty of all months, each rounded for itself.
    pub due: Fen,
}

impl Total {
    /// Adds a month.
    pub const fn add(&mut self, sales: &Sales) {
        let sold = &sales.sold.now.value;
        self.pieces = self.pieces.saturating_add(sold.pieces as u64);
        self.sales = self.sales.and(sold.sales);
        self.due = self.due.and(sold.due);
    }

    /// Months added up.
    #[must_use]
    pub fn of<'a>(months: impl Iterator<Item = &'a Sales>) -> Self {
        let mut total = Self::default();
        for sales in months {
            total.add(sales);
        }
        total
    }
}

/// A season's licences in the order in which they were granted, at most [`ROWS_MAX`].
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn licences(store: &impl Read, season: &Season) -> Result<Vec<Licence>, Fault> {
    rows(store, &Licence::of_notice(&season.key)?)
}

/// A licence of this season by its number.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn licence(store: &impl Read, season: &Season, number: &Key) -> Result<Option<Licence>, Fault> {
    let found = store.item(&item::<Licence>(number.clone())?)?;
    let licence: Option<Licence> = found.map(|item| item.read()).transpose()?;
    Ok(licence.filter(|licence| licence.notice == season.key))
}

/// What a season's licences sold, by licence and month, at most [`ROWS_MAX`] rows.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn sales(store: &impl Read, season: &Season) -> Result<Vec<Sales>, Fault> {
    rows(store, &Sales::of_notice(&season.key)?)
}

/// What a licence sold, by month.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn sales_of(store: &impl Read, licence: &Licence) -> Result<Vec<Sales>, Fault> {
    rows(store, &Sales::of_licence(&licence.number)?)
}

/// What a season's events brought in, by offer, project and day, at most [`ROWS_MAX`] rows.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn results(store: &impl Read, season: &Season) -> Result<Vec<EventResult>, Fault> {
    rows(store, &EventResult::of_notice(&season.key)?)
}

fn rows<R: Row>(store: &impl Read, by: &Found) -> Result<Vec<R>, Fault> {
    let mut all: Vec<R> = Vec::new();
    let mut after: Option<ItemId> = None;
    while all.len() < ROWS_MAX {
        let page = store.find(by, after.as_ref(), PAGE.min(ROWS_MAX - all.len()))?;
        for kept in &page {
            all.push(kept.read()?);
        }
        after = page.last().map(ledger::item::Item::id);
        if page.len() < PAGE {
            break;
        }
    }
    Ok(all)
}
