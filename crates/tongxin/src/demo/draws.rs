//! Draws of the demo city: two of the office's own people promise, the list is fixed at the close, both reveal.

use super::house::House;
use super::life::{Event, Life, give};
use super::people::{actor, broken, clock};
use crate::fault::Fault;
use forms::booking::held::Side;
use forms::booking::{FixList, Offering, Promise, Reveal, Settle, views};
use forms::draw::{Draw, Secret};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The promises are given so long before the close.
const BEFORE: SignedDuration = SignedDuration::from_hours(6);
/// Both have revealed, and the places are given, so long after the close.
const AFTER: SignedDuration = SignedDuration::from_mins(40);

/// What happens to a draw.
#[derive(Clone, Copy)]
pub enum Step {
    /// Both sides promise.
    Promise,
    /// The clock fixes the list.
    List,
    /// Both sides reveal.
    Reveal,
    /// The clock gives the places.
    Places,
}

/// What the sides keep to themselves until they reveal it, by offer and slot.
pub type Secrets = BTreeMap<(usize, usize, Side), Secret>;

impl Life<'_> {
    /// Plans the draws that come to their end in time. Of the others nothing is promised yet: who looks at the demo promises,
    /// for nobody would know these secrets any more.
    pub fn draws(&mut self) {
        let mut planned = Vec::new();
        for (offer, offering) in self.offers.iter().enumerate() {
            if !offering.is_drawn() {
                continue;
            }
            for (slot, text) in offering.slots().iter().enumerate() {
                let closes = offering.closes(text);
                if closes + AFTER >= self.until {
                    continue;
                }
                // A step's events are decided at its end: the list at the close itself.
                let on_time = closes - SignedDuration::from_secs(1);
                planned.extend([
                    (closes - BEFORE, offer, slot, Step::Promise),
                    (on_time, offer, slot, Step::List),
                    (on_time + AFTER / 2, offer, slot, Step::Reveal),
                    (on_time + AFTER, offer, slot, Step::Places),
                ]);
            }
        }
        for (at, offer, slot, step) in planned {
            self.plan(at, Event::Draw { offer, slot, step });
        }
    }

    /// Takes a step of the draw over a slot.
    pub fn draw(
        &mut self,
        house: &mut House,
        (offer, slot): (usize, usize),
        step: Step,
    ) -> Result<(), Fault> {
        let offering = self.offers[offer].clone();
        let key = offering.slots()[slot].key.clone();
        match step {
            Step::Promise => {
                for side in Side::ALL {
                    let secret = Secret(house.dice.bytes());
                    let by = side.by(offering.issuer()).map_err(broken)?;
                    let Some((staff, under)) = self.may(side.act(), &offering, house.now()) else {
                        continue;
                    };
                    let act = Promise {
                        slot: key.clone(),
                        side,
                        commitment: secret.commit(&key, &by),
                        beacon: None,
                        under,
                    };
                    self.secrets.insert((offer, slot, side), secret);
                    give(house, &offering, vec![(actor(&staff)?, act)])?;
                }
            }
            Step::List => {
                let act = FixList {
                    slot: key,
                    under: None,
                };
                give(house, &offering, vec![(clock()?, act)])?;
            }
            Step::Reveal => {
                for side in Side::ALL {
                    let Some(secret) = self.secrets.remove(&(offer, slot, side)) else {
                        continue;
                    };
                    let Some((staff, under)) = self.may(side.act(), &offering, house.now()) else {
                        continue;
                    };
                    let act = Reveal {
                        slot: key.clone(),
                        side,
                        secret,
                        under,
                    };
                    give(house, &offering, vec![(actor(&staff)?, act)])?;
                }
            }
            Step::Places => places(house, &offering, slot)?,
        }
        Ok(())
    }
}

/// Gives the places in the order drawn, as the server's clock does.
fn places(house: &mut House, offering: &Arc<Offering>, slot: usize) -> Result<(), Fault> {
    let key = offering.slots()[slot].key.clone();
    let held = views::drawing(&house.reader, &key).map_err(broken)?;
    let entrants = views::entrants(&house.reader, &key).map_err(broken)?;
    let drawn = held.and_then(|held| held.draw(offering.notice(), entrants));
    let Some(Draw::Drawn(drawn)) = drawn else {
        return Ok(());
    };
    let (drawn, all) = (Arc::new(drawn.clone()), drawn.ranks().len());
    let all = u32::try_from(all).unwrap_or(u32::MAX);
    let mut from = 0;
    while from < all {
        let act = Settle::over(key.clone(), drawn.clone(), from, None);
        give(house, offering, vec![(clock()?, act)])?;
        from = from.saturating_add(Settle::RANKS);
    }
    Ok(())
}
