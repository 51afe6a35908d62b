//! What events brought in, as an office enters it.

use ledger::Draft;
use ledger::form::Stop;
use ledger::name::Key;
use serde::Serialize;

use super::ask::Asked;
use super::events::Event;
use super::money::Fen;
use super::refusal::Refused;
use super::rows::{Brought, EventResult, Reason, Traced};
use super::sales::{correct, entered};
use super::terms::Season;
use crate::people::powers::{Act, Citation};

/// Visitors that an event can have at most.
pub const VISITORS_MAX: u32 = 1_000_000;

/// An office enters what an event brought in, once it is over.
#[derive(Clone, Debug, Serialize)]
pub struct EnterResult {
    /// Which event.
    pub event: Event,
    /// How many people came, however they were counted: booked or not.
    pub visitors: u32,
    /// What was sold there.
    pub sales: Fen,
    /// By which clause.
    pub under: Citation,
}

/// Somebody else of the office corrects it; what stood before stays to be read.
#[derive(Clone, Debug, Serialize)]
pub struct CorrectResult {
    /// Which event.
    pub event: Key,
    /// How many people it was.
    pub visitors: u32,
    /// What was sold.
    pub sales: Fen,
    /// Why.
    pub why: Reason,
    /// By which clause.
    pub under: Citation,
}

impl Asked for EnterResult {
    const NAME: &'static str = "enter-result";
    const SHAPE: u16 = 1;
    const ACT: Act = Act::EnterResults;

    fn under(&self) -> &Citation {
        &self.under
    }

    fn decide(&self, season: &Season, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let event = &self.event;
        // Of another notice, or of a text that has changed since.
        if event.text() != season.text {
            return Err(Stop::Refused(Refused::OtherText));
        }
        if draft.now() < event.over() {
            let ends = event.over_civil();
            return Err(Stop::Refused(Refused::EventNotOver { ends }));
        }
        if draft.get::<EventResult>(event.key())?.is_some() {
            return Err(Stop::Refused(Refused::EnteredAlready));
        }
        let brought = brought(self.visitors, self.sales)?;
        draft.put(&EventResult {
            event: event.key().clone(),
            notice: season.key.clone(),
            offer: event.offer().clone(),
            project: event.project().map(str::to_owned),
            day: event.day(),
            brought: Traced::first(entered(draft, brought, &self.under, None)?),
        })?;
        Ok(())
    }
}

impl Asked for CorrectResult {
    const NAME: &'static str = "correct-result";
    const SHAPE: u16 = 1;
    const ACT: Act = Act::CorrectResults;

    fn under(&self) -> &Citation {
        &self.under
    }

    fn decide(&self, season: &Season, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let found = draft.get::<EventResult>(&self.event)?;
        let found = found.filter(|result| result.notice == season.key);
        let mut result = found.ok_or(Stop::Refused(Refused::NotEntered))?;
        let brought = brought(self.visitors, self.sales)?;
        let entered = entered(draft, brought, &self.under, Some(self.why))?;
        correct(&mut result.brought, entered)?;
        draft.put(&result)?;
        Ok(())
    }
}

const fn brought(visitors: u32, sales: Fen) -> Result<Brought, Stop<Refused>> {
    match visitors <= VISITORS_MAX {
        true => Ok(Brought { visitors, sales }),
        false => Err(Stop::Refused(Refused::TooManyVisitors {
            most: VISITORS_MAX,
        })),
    }
}
