//! Delivering the next message and noting what came of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use crate::message::{Lane, Message, Why};
use crate::queue::{Failed, Queue};
use crate::retry::{give_up_after, pause};

/// What an attempt to deliver has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has taken it.
    Sent,
    /// Not now; another try may succeed.
    Later(Why),
    /// It will never be taken.
    Never(Why),
    /// Whom it was for is forgotten: nothing of it is kept.
    Forgotten,
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing is due.
    Idle,
    /// A message was tried.
    Done(Outcome),
}

/// Tries the next message that is due in a lane. Whatever happens in `send`, the others' turn comes: one that panics is a
/// fault of this message alone.
///
/// # Errors
/// [`Failed`] when the queue cannot be read or written; then the message may be sent again.
pub fn step(
    queue: &mut Queue,
    lane: &Lane,
    now: Timestamp,
    send: impl FnOnce(&Message) -> Outcome,
) -> Result<Step, Failed> {
    let Some(message) = queue.next(lane, now)? else {
        return Ok(Step::Idle);
    };
    let outcome = attempt(&message, now, send);
    note(queue, &message, now, outcome)?;
    Ok(Step::Done(outcome))
}

/// Tries one message, without the queue: sending may take long, and others need the queue meanwhile.
pub fn attempt(
    message: &Message,
    now: Timestamp,
    send: impl FnOnce(&Message) -> Outcome,
) -> Outcome {
    if now.duration_since(message.made) >= give_up_after(&message.draft.lane) {
        return Outcome::Never(message.why.unwrap_or(Why::TooLate));
    }
    catch_unwind(AssertUnwindSafe(|| send(message))).unwrap_or(Outcome::Later(Why::Fault))
}

/// Notes what an attempt has come to.
///
/// # Errors
/// [`Failed`].
pub fn note(
    queue: &mut Queue,
    message: &Message,
    now: Timestamp,
    outcome: Outcome,
) -> Result<(), Failed> {
    match outcome {
        Outcome::Sent => queue.sent(message.id, now),
        Outcome::Never(why) => queue.give_up(message.id, now, why),
        Outcome::Forgotten => queue.forget(&message.draft.recipient),
        Outcome::Later(why) => {
            let tries = message.tries.saturating_add(1);
            let due = now.saturating_add(pause(&message.draft.lane, tries));
            queue.later(message.id, due.unwrap_or(now), why)
        }
    }
}
