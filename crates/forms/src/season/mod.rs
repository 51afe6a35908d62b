//! A theme season: partners are licensed to make products of its brand, and what the season brought in is entered.
//!
//! A [`Season`] is one version of a notice's text that says what royalty a licence may ask for. [`GrantLicence`] and
//! [`EndLicence`] are its licences, [`EnterSales`] what a licence sold in a month, with the royalty that is due, to the fen.
//! [`EnterResult`] is what an [`Event`] of its offers brought in; who came to it by check-in is [`Counted`], another number.
//! What was entered is corrected by somebody else, and what stood before stays to be read ([`Traced`]).
//! `docs/season.md` tells the whole.

mod ask;
pub mod events;
mod grant;
mod money;
mod refusal;
mod results;
pub mod rows;
mod sales;
mod terms;
mod typed;
pub mod views;

pub use ask::{Asked, Under};
pub use events::{Counted, Event};
pub use grant::{EndLicence, GrantLicence};
pub use money::{BasisPoints, Fen, Royalty};
pub use refusal::Refused;
pub use results::{CorrectResult, EnterResult, VISITORS_MAX};
pub use rows::{Brought, EventResult, Licence, Reason, Sales, Sold, Traced};
pub use sales::{CORRECTIONS_MAX, CorrectSales, EnterSales};
pub use terms::{LICENCE_DAYS_MAX, MEASURE, Season};
pub use typed::{BadTyped, Month, Title};
