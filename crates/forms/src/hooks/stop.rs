//! What the house itself does about a subscription that cannot be told.

use ledger::Draft;
use ledger::form::{Form, Stop};
use serde::Serialize;

use super::refusal::Refused;
use super::rows::{Hook, Standing};
use crate::booking::rows::Number;

/// The actor of these commands. It is nobody's pseudonym: those are random, or a demo city's.
pub const HOUSE: &str = "outbox";

/// The house stops telling a program.
#[derive(Clone, Copy, Debug, Default)]
pub struct StopHook;

/// What [`StopHook`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Stopping {
    /// Which subscription.
    pub hook: Number,
    /// Why.
    pub why: Why,
}

/// Why a subscription is told no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Why {
    /// Its receiver said that it is gone: it is over for good.
    Gone,
    /// It failed so often in a row: it rests until its office has looked after it.
    Failing {
        /// How often.
        tries: u32,
    },
}

impl Form for StopHook {
    type Command = Stopping;
    type Refusal = Refused;
    const NAME: &'static str = "stop-hook";
    const SHAPE: u16 = 1;

    fn decide(&self, stopping: &Stopping, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        if draft.origin().actor.as_str() != HOUSE {
            return Err(Stop::Refused(Refused::OtherPower));
        }
        let hook: Option<Hook> = draft.get(stopping.hook.key())?;
        let hook = hook.ok_or(Stop::Refused(Refused::NoSuchHook))?;
        // Its office was quicker: then its word stands.
        if !matches!(hook.standing, Standing::Told) {
            return Err(Stop::Refused(Refused::NotTold));
        }
        draft.put(&Hook {
            standing: stopping.why.standing(draft.now()),
            ..hook
        })?;
        Ok(())
    }
}
