//! A command on its way through the writer, with its form's types hidden from the writer and given back in the answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use serde_json::value::RawValue;
use tokio::sync::oneshot;

use crate::draft::Draft;
use crate::entry::{BadEntry, Origin};
use crate::form::{Fault, Form, LooksAt, Stop};
use crate::name::RequestId;
use crate::store::StoreError;

/// The command is carried out, durably.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Number of the entry.
    pub sequence: u64,
    /// Whether this request had been carried out before: nothing happened a second time.
    pub repeated: bool,
}

/// The command is not carried out, or not known to be.
#[derive(Debug, thiserror::Error)]
pub enum Declined<R> {
    /// Its form refuses it.
    #[error("refused")]
    Refused(R),
    /// The request id belongs to another command.
    #[error(
        "request {request} was another command, entry {sequence}: take a new id for each command"
    )]
    Reused {
        /// The id.
        request: RequestId,
        /// What it has become.
        sequence: u64,
    },
    /// The decision could not be made. Nothing was changed.
    #[error(transparent)]
    Failed(#[from] Fault),
    /// The decision cannot be an entry. Nothing was changed.
    #[error(transparent)]
    Entry(#[from] BadEntry),
    /// The store could not take it. Nothing was changed.
    #[error("nothing was changed: {0}")]
    Later(String),
    /// It is not known whether it was carried out. The same request id asks again without doing it twice.
    #[error("it is not known whether this was carried out; ask again with request id {0}")]
    Unknown(RequestId),
}

/// What the writer tells a command.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Done {
        sequence: u64,
        repeated: bool,
    },
    Reused {
        sequence: u64,
    },
    /// What [`Decide::decide`] has found out itself.
    AsDecided,
    TooLong(usize),
    Later(String),
    Unknown,
}

impl Outcome {
    /// Whether it was carried out, now or before.
    pub(crate) const fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }
}

/// A command without its types.
pub(crate) trait Decide: Send {
    fn origin(&self) -> &Origin;
    fn name(&self) -> &'static str;
    fn shape(&self) -> u16;
    fn body(&self) -> &RawValue;
    fn looks_at(&self) -> LooksAt;
    /// Whether it is to be carried out.
    fn decide(&mut self, draft: &mut Draft<'_>) -> bool;
    fn answer(self: Box<Self>, outcome: Outcome);
}

/// A command with its types.
pub(crate) struct Command<F: Form> {
    origin: Origin,
    form: F,
    command: F::Command,
    body: Box<RawValue>,
    stop: Option<Stop<F::Refusal>>,
    reply: oneshot::Sender<Result<Done, Declined<F::Refusal>>>,
}

impl<F: Form> Command<F> {
    pub(crate) fn new(
        origin: Origin,
        form: F,
        command: F::Command,
    ) -> Result<(Self, Pending<F::Refusal>), serde_json::Error> {
        let body = serde_json::value::to_raw_value(&command)?;
        let (reply, answer) = oneshot::channel();
        let request = origin.request;
        Ok((
            Self {
                origin,
                form,
                command,
                body,
                stop: None,
                reply,
            },
            Pending { request, answer },
        ))
    }
}

impl<F: Form> Decide for Command<F> {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn name(&self) -> &'static str {
        F::NAME
    }

    fn shape(&self) -> u16 {
        F::SHAPE
    }

    fn body(&self) -> &RawValue {
        &self.body
    }

    fn looks_at(&self) -> LooksAt {
        // A panic is answered when the same form decides.
        catch_unwind(AssertUnwindSafe(|| self.form.looks_at(&self.command))).unwrap_or_default()
    }

    fn decide(&mut self, draft: &mut Draft<'_>) -> bool {
        // One form's fault must not stop the others: what a panicking decider wrote is undone like a refused one's.
        let decided = catch_unwind(AssertUnwindSafe(|| self.form.decide(&self.command, draft)));
        self.stop = decided
            .unwrap_or(Err(Stop::Failed(Fault::Panicked(F::NAME))))
            .err();
        self.stop.is_none()
    }

    fn answer(self: Box<Self>, outcome: Outcome) {
        let request = self.origin.request;
        let answer = match (outcome, self.stop) {
            (Outcome::Done { sequence, repeated }, _) => Ok(Done { sequence, repeated }),
            (Outcome::Reused { sequence }, _) => Err(Declined::Reused { request, sequence }),
            (Outcome::TooLong(bytes), _) => Err(Declined::Entry(BadEntry::Long(bytes))),
            (Outcome::Later(why), _) => Err(Declined::Later(why)),
            (Outcome::AsDecided, Some(Stop::Refused(refusal))) => Err(Declined::Refused(refusal)),
            (Outcome::AsDecided, Some(Stop::Failed(Fault::Store(StoreError::Later(why))))) => {
                Err(Declined::Later(why))
            }
            (Outcome::AsDecided, Some(Stop::Failed(fault))) => Err(Declined::Failed(fault)),
            (Outcome::AsDecided, None) | (Outcome::Unknown, _) => Err(Declined::Unknown(request)),
        };
        // Whoever asked may have gone away; what is done is done.
        let _ = self.reply.send(answer);
    }
}

/// The answer to come: a future, or [`Pending::wait`].
#[must_use]
pub struct Pending<R> {
    request: RequestId,
    answer: oneshot::Receiver<Result<Done, Declined<R>>>,
}

impl<R> Pending<R> {
    /// Waits for the answer. Not for asynchronous code, which awaits instead.
    ///
    /// # Errors
    /// [`Declined`] when the command is not carried out.
    pub fn wait(self) -> Result<Done, Declined<R>> {
        self.answer
            .blocking_recv()
            .unwrap_or(Err(Declined::Unknown(self.request)))
    }

    /// The answer, if it is there.
    pub fn try_now(&mut self) -> Option<Result<Done, Declined<R>>> {
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(Declined::Unknown(self.request))),
        }
    }
}

impl<R> Future for Pending<R> {
    type Output = Result<Done, Declined<R>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let request = self.request;
        Pin::new(&mut self.answer)
            .poll(context)
            .map(|answer| answer.unwrap_or(Err(Declined::Unknown(request))))
    }
}
