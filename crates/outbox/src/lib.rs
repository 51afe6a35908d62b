//! What leaves the house by itself: messages are kept until they are delivered, whatever stops in between.
//!
//! The one central type is [`Queue`]: it knows which entries of the ledger have been followed, and which messages they gave
//! rise to that are still to be sent. It holds no address and no word of a message, only which entry it is of and to whom it
//! goes, by pseudonym; what it says is made at the moment of sending. [`step`] delivers the next one and notes what came of
//! it: at least once, in order for each recipient, later again after a failure, and given up after a stated time.
//! [`mail`] carries mail over SMTP, [`hook`] calls the programs of others, and [`Caller`] is how anything outside is called.
//!
//! ```
//! use jiff::{SignedDuration, Timestamp};
//! use outbox::{Draft, Lane, Outcome, Queue, Step, Why, step};
//!
//! let mut queue = Queue::in_memory()?;
//! let now = Timestamp::UNIX_EPOCH;
//! let draft = Draft { lane: Lane::Mail, recipient: "p7".to_owned(), entry: 41, what: "booked/000000000041".to_owned() };
//! queue.follow(42, &[draft], now)?;
//!
//! // The server is down at first, and the message waits.
//! let tried = step(&mut queue, &Lane::Mail, now, |_| Outcome::Later(Why::NoConnection))?;
//! assert!(matches!(tried, Step::Done(_)));
//! assert!(matches!(step(&mut queue, &Lane::Mail, now, |_| Outcome::Sent)?, Step::Idle));
//! let soon = now + SignedDuration::from_secs(10);
//! assert!(matches!(step(&mut queue, &Lane::Mail, soon, |_| Outcome::Sent)?, Step::Done(_)));
//! assert_eq!(queue.counts()?.sent, 1);
//! # Ok::<(), outbox::Failed>(())
//! ```

mod answer;
mod call;
mod deliver;
mod endpoint;
pub mod hook;
pub mod mail;
mod message;
pub mod push;
mod queue;
mod retry;

pub use call::{Caller, Lookup};
pub use deliver::{Outcome, Step, attempt, note, step};
pub use endpoint::{BadEndpoint, Endpoint, is_open};
pub use message::{Draft, Lane, Message, State, Why};
pub use queue::{Counts, Failed, Queue};
pub use retry::{KEPT_FOR, give_up_after};

#[cfg(test)]
mod tests;
