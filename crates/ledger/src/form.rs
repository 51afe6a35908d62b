//! Forms: pure deciders. The ledger calls them and knows nothing else of them.

use serde::Serialize;

use crate::draft::Draft;
use crate::item::{BadRow, ItemId};
use crate::name::{BadName, Claim};
use crate::store::StoreError;

/// A kind of command and how it is decided.
///
/// A decision is a pure function of the state, the command, the time and the chance it is given; all of them come
/// through the [`Draft`], and what it writes there is the decision. Given the same again, it must decide the same again:
/// no clock, no randomness, no files. It may be called more than once for one command; only the last call counts.
pub trait Form: Send + 'static {
    /// The command. Its JSON becomes the entry's body, so it holds personal data only encrypted.
    type Command: Serialize + Send + 'static;
    /// Why a command is not carried out.
    type Refusal: Send + 'static;

    /// The command's name in entries: `book`.
    const NAME: &'static str;
    /// The version of the command's JSON. Raise it with every change that old bodies do not fit.
    const SHAPE: u16;

    /// What of the state the decision will surely look at. A store may fetch it for many commands in one go; what is not
    /// named here is fetched when it is asked for.
    fn looks_at(&self, command: &Self::Command) -> LooksAt {
        let _ = command;
        LooksAt::default()
    }

    /// Decides the command by writing to the draft.
    ///
    /// # Errors
    /// [`Stop::Refused`] when it is not to be carried out; then nothing that was written counts.
    fn decide(
        &self,
        command: &Self::Command,
        draft: &mut Draft<'_>,
    ) -> Result<(), Stop<Self::Refusal>>;
}

/// What a decision will look at.
#[derive(Clone, Debug, Default)]
pub struct LooksAt {
    /// Items that may or may not exist.
    pub items: Vec<ItemId>,
    /// Claims that may or may not be held.
    pub claims: Vec<Claim>,
}

/// Why a decision ended without an entry.
#[derive(Debug)]
pub enum Stop<R> {
    /// The form refuses the command.
    Refused(R),
    /// The decision could not be made.
    Failed(Fault),
}

/// A decision could not be made, and the form is not the one to say so.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An item is not what its kind should be.
    #[error(transparent)]
    Row(#[from] BadRow),
    /// The form made a name that cannot be one.
    #[error(transparent)]
    Name(#[from] BadName),
    /// The form claimed what somebody has. It should look before it claims, and refuse in its own words.
    #[error("{claim} is taken since entry {since}")]
    Claimed {
        /// What was claimed.
        claim: Claim,
        /// The entry that claimed it first.
        since: u64,
    },
    /// The machine gives no random numbers.
    #[error(
        "the system gives no random numbers: try again, and look at the machine if it stays so"
    )]
    Chance,
    /// The decider panicked: a fault in its code. The command changed nothing.
    #[error("the decision of {0} failed by a fault in the program; nothing was changed, report it")]
    Panicked(&'static str),
    /// The form removed or released what is not there.
    #[error("{0} does not exist, so it cannot be removed or released")]
    Missing(String),
}

impl<R> Stop<R> {
    /// A refusal.
    #[must_use]
    pub const fn refused(refusal: R) -> Self {
        Self::Refused(refusal)
    }
}

impl<R, F: Into<Fault>> From<F> for Stop<R> {
    fn from(fault: F) -> Self {
        Self::Failed(fault.into())
    }
}
