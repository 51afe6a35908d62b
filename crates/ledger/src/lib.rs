//! Everything that happens, so that it cannot be edited unnoticed, and all that holds because of it.
//!
//! A command goes to the [`Ledger`]. Its one [`Writer`] takes what is waiting as a turn, lets each command's [`form::Form`]
//! decide it over the present state, commits the turn once, and only then answers. What happened is an [`entry::Entry`],
//! a leaf of a Merkle log; what holds is [`item::Item`]s and claims, which entries make and nothing else. A
//! [`receipt::Receipt`] proves to anybody, offline, that an entry is in the log.
//!
//! ```
//! use jiff::Timestamp;
//! use ledger::form::{Form, Stop};
//! use ledger::given::{SystemChance, SystemClock};
//! use ledger::name::{Actor, Claim, Notice, RequestId, TextVersion};
//! use ledger::{Declined, Draft, Ledger, Limits, Writer, entry::Origin, log::Log, memory::Memory, note::Signer};
//!
//! /// A form: whoever comes first has the seat.
//! struct Seat;
//! impl Form for Seat {
//!     type Command = String;
//!     type Refusal = &'static str;
//!     const NAME: &'static str = "take-seat";
//!     const SHAPE: u16 = 1;
//!     fn decide(&self, seat: &String, draft: &mut Draft<'_>) -> Result<(), Stop<&'static str>> {
//!         let seat = Claim::new(seat)?;
//!         if draft.claimed(&seat)?.is_some() {
//!             return Err(Stop::Refused("somebody sits there"));
//!         }
//!         Ok(draft.claim(seat)?)
//!     }
//! }
//!
//! let signer = Signer::new("ledger.example/taiyuan", &[7; 32])?;
//! let known = [signer.verifier().clone()];
//! let store = Memory::new();
//! let (ledger, running) = Ledger::start(Writer::new(store.clone(), SystemClock, SystemChance, signer)?, Limits::default())?;
//!
//! let take = |actor: &str, chance: u8| {
//!     let origin = Origin {
//!         request: RequestId::new(Timestamp::now(), [chance; 10]),
//!         actor: Actor::new(actor)?,
//!         notice: Notice::new("lantern-fair")?,
//!         text: TextVersion([0; 32]),
//!     };
//!     Ok::<_, Box<dyn std::error::Error>>(ledger.submit(origin, Seat, "row 1, seat 4".to_owned())?)
//! };
//! assert_eq!(take("first", 1)?.wait().unwrap().sequence, 0);
//! assert!(matches!(take("second", 2)?.wait(), Err(Declined::Refused("somebody sits there"))));
//! running.stop()?;
//!
//! let receipt = Log(&store).receipt(0)?.unwrap();
//! assert_eq!(receipt.verify(&known)?.0.command, "take-seat");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod bundle;
pub mod checkpoint;
mod command;
mod draft;
pub mod entry;
pub mod folder;
pub mod form;
pub mod given;
pub mod item;
pub mod log;
pub mod memory;
pub mod merkle;
pub mod name;
pub mod note;
mod overlay;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod receipt;
mod running;
pub mod sealed;
mod sql;
pub mod sqlite;
pub mod state;
pub mod store;
mod turn;
mod writer;

pub use command::{Declined, Done, Pending};
pub use draft::Draft;
pub use running::{Ledger, Limits, NotTaken, Running};
pub use turn::Turn;
pub use writer::{Halted, Writer};
