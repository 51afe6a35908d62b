//! Booking: places at certain times, given to those who may come, as an `offer` block says.
//!
//! An [`Offering`] is one offer of one version of a notice's text. Commands are decided by its [`Offering::form`]: signing
//! up, cancelling, the waiting list, coming and going, hours that staff grant, and carrying out a draw. All decisions are
//! pure; who has which place is in the ledger's items ([`rows`]) and nowhere else. `docs/booking.md` tells the whole.
mod attend;
mod cancel;
mod desk;
mod grant;
mod offering;
mod refusal;
pub mod rows;
mod settle;
mod sign_up;
mod told;
mod under;
mod waiting;
mod words;

pub use attend::{AssumeCheckOut, CheckIn, CheckOut, MarkAbsent};
pub use cancel::Cancel;
pub use grant::GrantHours;
pub use offering::{BadOffering, Offered, Offering};
pub use refusal::{Refused, Why};
pub use settle::Settle;
pub use sign_up::SignUp;
pub use told::{Basis, NotTold, Said, Told};
pub use under::{Act, Under};
pub use waiting::{Accept, MoveUp};
