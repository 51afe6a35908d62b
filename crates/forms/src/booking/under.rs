//! One form for each sort of command, all deciding by an offering.

use std::marker::PhantomData;
use std::sync::Arc;

use ledger::Draft;
use ledger::form::{Form, LooksAt, Stop};
use ledger::name::Person;
use notice::rule::ClauseAddress;
use serde::Serialize;

use super::desk::Desk;
use super::offering::Offering;
use super::refusal::{Refused, Why};
use crate::people::given::{Unfit, fits};
use crate::people::powers::{self, Citation};

/// A sort of command of the form *booking*.
pub trait Act: Serialize + Send + Sync + 'static {
    /// Its name in entries.
    const NAME: &'static str;
    /// The version of its JSON.
    const SHAPE: u16;

    /// What of the state the decision will surely look at.
    fn looks_at(&self, offering: &Offering) -> LooksAt {
        let _ = offering;
        LooksAt::default()
    }

    /// Who must give it: this person or, for a child, an accepted guardian. Nobody in particular if it is for staff, a
    /// gate or the clock to give.
    fn person(&self) -> Option<&Person> {
        None
    }

    /// By which of the powers it is given, and for what; nothing if it needs none.
    fn power(&self) -> Option<(powers::Act, &Citation)> {
        None
    }

    /// Decides it.
    ///
    /// # Errors
    /// [`Stop::Refused`] with the reason when it is not to be carried out.
    #[doc(hidden)]
    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>>;
}

/// The form that decides commands `A` by one version of a notice's text.
#[derive(Debug)]
pub struct Under<A> {
    offering: Arc<Offering>,
    act: PhantomData<fn(A)>,
}

impl<A> Under<A> {
    pub(super) const fn new(offering: Arc<Offering>) -> Self {
        Self {
            offering,
            act: PhantomData,
        }
    }
}

impl<A: Act> Form for Under<A> {
    type Command = A;
    type Refusal = Refused;
    const NAME: &'static str = A::NAME;
    const SHAPE: u16 = A::SHAPE;

    fn looks_at(&self, command: &A) -> LooksAt {
        command.looks_at(&self.offering)
    }

    fn decide(&self, command: &A, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let offering = &self.offering;
        let refused = |why, clause: &ClauseAddress| {
            let clause = clause.clone();
            Stop::Refused(Refused { why, clause })
        };
        fits(
            draft,
            (&offering.notice, offering.text),
            offering.issuer(),
            command.person(),
            command.power(),
        )
        .map_err(|stop| match stop {
            Stop::Refused(unfit) => refused(Why::from(unfit), &offering.clause),
            Stop::Failed(fault) => Stop::Failed(fault),
        })?;
        let mut desk = Desk {
            offering,
            draft,
            about: None,
        };
        let decided = command.decide(&mut desk);
        let clause = desk.about.map_or(&offering.clause, |slot| &slot.clause);
        decided.map_err(|stop| match stop {
            Stop::Refused(why) => refused(why, clause),
            Stop::Failed(fault) => Stop::Failed(fault),
        })
    }
}

impl From<Unfit> for Why {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::OtherText => Self::OtherText,
            Unfit::NotYours => Self::NotYours,
            Unfit::OtherPower => Self::OtherPower,
        }
    }
}
