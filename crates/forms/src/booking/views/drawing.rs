//! A slot's draw, as everybody may see it.

use ledger::form::Fault;
use ledger::name::Key;
use ledger::store::Read;

use super::super::held::{self, HeldDraw, Left};
use super::super::rows::{Booking, found};
use super::{find, get};
use crate::draw::Entrant;

/// Rows that are read at once.
const PAGE: usize = 1_024;

/// How far the draw over a slot has gone; nothing if nobody has promised anything for it. One row.
///
/// # Errors
/// Those of the store.
pub fn drawing(store: &impl Read, slot: &Key) -> Result<Option<HeldDraw>, Fault> {
    get(store, slot.clone())
}

/// Who was in a slot's draw at its close, in the order of their numbers. Reads the slot's bookings.
///
/// # Errors
/// Those of the store.
pub fn entrants(store: &impl Read, slot: &Key) -> Result<Vec<Entrant>, Fault> {
    let mut entrants = Vec::new();
    let mut after: Option<Key> = None;
    while let Some(by) = found("booking.slot", slot.as_str()) {
        let page = find::<Booking>(store, &by, after.as_ref(), PAGE)?;
        let page: Vec<Booking> = page.into_iter().map(|(booking, _)| booking).collect();
        entrants.extend(held::entrants(&page, |number| {
            Ok(get::<Left>(store, number.key().clone())?.is_some())
        })?);
        if page.len() < PAGE {
            break;
        }
        after = page.last().map(|booking| booking.number.key().clone());
    }
    Ok(entrants)
}
