//! What pages show of wishes: reads over the ledger's state, as long as what they show.

use std::collections::BTreeMap;

use ledger::form::Fault;
use ledger::item::{ItemId, Row};
use ledger::name::{Key, Kind, Person};
use ledger::store::Read;

use super::AgeGroup;
use super::ordering::Ordering;
use super::rows::{Order, Wish, found, item};
use super::wish::WISHES_MAX;

/// Rows that are read at once.
const PAGE: usize = 256;
/// Orders that a notice's menu can have at most are looked at; more are not shown.
pub const ORDERS_MAX: usize = 20_000;

/// A person's wish, with the order that it is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mine {
    /// The wish.
    pub wish: Wish,
    /// What it is part of: the course, how many wish it, and what the desk has answered.
    pub order: Order,
}

/// How many wish for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// In all.
    pub people: u64,
    /// By id of the course.
    pub courses: BTreeMap<String, u64>,
    /// By code of the community.
    pub communities: BTreeMap<String, u64>,
    /// By age group.
    pub ages: BTreeMap<AgeGroup, u64>,
}

/// A person's wishes, in the order in which they were made. Reads two rows for each.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn mine(store: &impl Read, person: &Person) -> Result<Vec<Mine>, Fault> {
    let Some(by) = found("wish.person", person.as_str()) else {
        return Ok(Vec::new());
    };
    let mut mine = Vec::new();
    for kept in store.find(&by, None, WISHES_MAX)? {
        let wish: Wish = kept.read()?;
        if let Some(order) = store.item(&item::<Order>(wish.order.clone())?)? {
            let order = order.read()?;
            mine.push(Mine { wish, order });
        }
    }
    Ok(mine)
}

/// All orders of the menu, by course, community and age group: for the desk and for residents alike, for it tells of nobody.
/// Reads each, and no wish.
///
/// # Errors
/// [`Fault`] when the store cannot be read.
pub fn orders(store: &impl Read, ordering: &Ordering) -> Result<Vec<Order>, Fault> {
    let Some(by) = found("order.notice", ordering.key.as_str()) else {
        return Ok(Vec::new());
    };
    let kind = Kind::new(Order::KIND)?;
    let mut orders: Vec<Order> = Vec::new();
    let mut after: Option<Key> = None;
    while orders.len() < ORDERS_MAX {
        let last = after.take().map(|key| ItemId {
            kind: kind.clone(),
            key,
        });
        let page = store.find(&by, last.as_ref(), PAGE)?;
        for kept in &page {
            orders.push(kept.read()?);
        }
        after = orders.last().map(|order| order.key.clone());
        if page.len() < PAGE {
            break;
        }
    }
    Ok(orders)
}

/// What orders come to, in all and by each of their sides.
#[must_use]
pub fn demand(orders: &[Order]) -> Demand {
    let mut demand = Demand::default();
    for order in orders {
        let people = u64::from(order.people);
        demand.people += people;
        *demand.courses.entry(order.course.clone()).or_default() += people;
        *demand
            .communities
            .entry(order.community.clone())
            .or_default() += people;
        *demand.ages.entry(order.age).or_default() += people;
    }
    demand
}
