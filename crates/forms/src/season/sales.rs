//! What licences sold, by month, and the royalty that makes due.

use ledger::Draft;
use ledger::form::{Fault, Stop};
use ledger::name::Key;
use serde::Serialize;

use super::ask::Asked;
use super::grant::licence;
use super::money::Fen;
use super::refusal::Refused;
use super::rows::{Entered, Licence, Reason, Sales, Sold, Traced};
use super::terms::Season;
use super::typed::Month;
use crate::booking::rows::Number;
use crate::people::powers::{Act, Citation};
use crate::record::rows::Authority;

/// Pieces that a month can have at most.
pub const PIECES_MAX: u32 = 10_000_000;
/// How often one figure can be corrected.
pub const CORRECTIONS_MAX: usize = 32;

/// An office enters what a licence sold in a month that is over.
#[derive(Clone, Debug, Serialize)]
pub struct EnterSales {
    /// Which licence.
    pub licence: Number,
    /// Which month.
    pub month: Month,
    /// How many pieces.
    pub pieces: u32,
    /// For how much.
    pub sales: Fen,
    /// By which clause.
    pub under: Citation,
}

/// Somebody else of the office corrects it; what stood before stays to be read.
#[derive(Clone, Debug, Serialize)]
pub struct CorrectSales {
    /// Which licence.
    pub licence: Number,
    /// Which month.
    pub month: Month,
    /// How many pieces it was.
    pub pieces: u32,
    /// For how much.
    pub sales: Fen,
    /// Why.
    pub why: Reason,
    /// By which clause.
    pub under: Citation,
}

impl Asked for EnterSales {
    const NAME: &'static str = "enter-sales";
    const SHAPE: u16 = 1;
    const ACT: Act = Act::EnterResults;

    fn under(&self) -> &Citation {
        &self.under
    }

    fn decide(&self, season: &Season, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let licence = licence(season, draft, self.licence.key())?;
        if !licence.meets(self.month.first(), self.month.end()) {
            return Err(Stop::Refused(Refused::NotInTerm {
                from: licence.from,
                until: licence.held_until(),
            }));
        }
        // The month is over, or the licence within it.
        let over = self.month.end().min(licence.held_until());
        if season.day(draft.now()) < over {
            return Err(Stop::Refused(Refused::NotOver { over }));
        }
        let key = Sales::key_of(&self.licence, self.month).map_err(Fault::from)?;
        if draft.get::<Sales>(&key)?.is_some() {
            return Err(Stop::Refused(Refused::EnteredAlready));
        }
        let sold = sold(&licence, self.pieces, self.sales)?;
        draft.put(&Sales {
            licence: self.licence.clone(),
            notice: season.key.clone(),
            month: self.month,
            sold: Traced::first(entered(draft, sold, &self.under, None)?),
        })?;
        Ok(())
    }
}

impl Asked for CorrectSales {
    const NAME: &'static str = "correct-sales";
    const SHAPE: u16 = 1;
    const ACT: Act = Act::CorrectResults;

    fn under(&self) -> &Citation {
        &self.under
    }

    fn decide(&self, season: &Season, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let licence = licence(season, draft, self.licence.key())?;
        let key = Sales::key_of(&self.licence, self.month).map_err(Fault::from)?;
        let found = draft.get::<Sales>(&key)?;
        let mut sales = found.ok_or(Stop::Refused(Refused::NotEntered))?;
        let sold = sold(&licence, self.pieces, self.sales)?;
        let entered = entered(draft, sold, &self.under, Some(self.why))?;
        correct(&mut sales.sold, entered)?;
        draft.put(&sales)?;
        Ok(())
    }
}

/// What was sold, with what is due for it.
fn sold(licence: &Licence, pieces: u32, sales: Fen) -> Result<Sold, Stop<Refused>> {
    if pieces > PIECES_MAX {
        return Err(Stop::Refused(Refused::TooManyPieces { most: PIECES_MAX }));
    }
    if (pieces == 0) != (sales == Fen::default()) {
        return Err(Stop::Refused(Refused::OneIsMissing));
    }
    let due = licence.royalty.due(pieces, sales);
    let due = due.ok_or(Stop::Refused(Refused::TooMuch { most: Fen::MAX }))?;
    Ok(Sold { pieces, sales, due })
}

/// A figure as the one who gives the command has entered it now.
pub(super) fn entered<T>(
    draft: &Draft<'_>,
    value: T,
    under: &Citation,
    why: Option<Reason>,
) -> Result<Entered<T>, Fault> {
    Ok(Entered {
        value,
        at: draft.now(),
        under: Authority::of(under),
        by: Key::new(draft.origin().actor.as_str())?,
        why,
    })
}

/// Puts a figure in another's place. Nobody corrects what they entered themselves.
pub(super) fn correct<T: PartialEq>(
    traced: &mut Traced<T>,
    entered: Entered<T>,
) -> Result<(), Stop<Refused>> {
    if traced.now.by == entered.by {
        return Err(Stop::Refused(Refused::OwnFigure));
    }
    if traced.now.value == entered.value {
        return Err(Stop::Refused(Refused::CorrectsNothing));
    }
    if traced.before.len() >= CORRECTIONS_MAX {
        let most = CORRECTIONS_MAX;
        return Err(Stop::Refused(Refused::TooManyCorrections { most }));
    }
    traced.replace(entered);
    Ok(())
}
