//! Commands under a season's text, and the form that decides them.

use std::marker::PhantomData;
use std::sync::Arc;

use ledger::Draft;
use ledger::form::{Form, LooksAt, Stop};

use super::refusal::Refused;
use super::terms::Season;
use crate::people::given::{Unfit, fits};
use crate::people::powers::{Act, Citation};

/// A sort of command of a season. Each is an office's, and cites the clause of the powers by which it is given.
pub trait Asked: serde::Serialize + Send + Sync + 'static {
    /// Its name in entries.
    const NAME: &'static str;
    /// The version of its JSON.
    const SHAPE: u16;
    /// Which of the powers it needs.
    const ACT: Act;

    /// By which clause it is given.
    fn under(&self) -> &Citation;

    /// What of the state the decision will surely look at.
    fn looks_at(&self, season: &Season) -> LooksAt {
        let _ = season;
        LooksAt::default()
    }

    /// Decides it.
    ///
    /// # Errors
    /// [`Stop::Refused`] with the reason when it is not to be carried out.
    #[doc(hidden)]
    fn decide(&self, season: &Season, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>>;
}

/// The form that decides commands `C` by one version of the notice's text.
#[derive(Debug)]
pub struct Under<C> {
    season: Arc<Season>,
    sort: PhantomData<fn(C)>,
}

impl<C> Under<C> {
    pub(super) const fn new(season: Arc<Season>) -> Self {
        Self {
            season,
            sort: PhantomData,
        }
    }
}

impl<C: Asked> Form for Under<C> {
    type Command = C;
    type Refusal = Refused;
    const NAME: &'static str = C::NAME;
    const SHAPE: u16 = C::SHAPE;

    fn looks_at(&self, command: &C) -> LooksAt {
        command.looks_at(&self.season)
    }

    fn decide(&self, command: &C, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let season = &self.season;
        let fits = fits(
            draft,
            (&season.notice, season.text),
            season.issuer(),
            None,
            Some((C::ACT, command.under())),
        );
        fits.map_err(|stop| match stop {
            Stop::Refused(Unfit::OtherText) => Stop::Refused(Refused::OtherText),
            Stop::Refused(Unfit::OtherPower | Unfit::NotYours) => {
                Stop::Refused(Refused::OtherPower)
            }
            Stop::Failed(fault) => Stop::Failed(fault),
        })?;
        command.decide(season, draft)
    }
}
