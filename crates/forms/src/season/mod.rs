//! A theme season: partners are licensed to make products of its brand, and what the season brought in is entered.
//!
//! A [`Season`] is one version of a notice's text that says what royalty a licence may ask for. [`GrantLicence`] and
//! [`EndLicence`] are its licences, [`EnterSales`] what a licence sold in a month, with the royalty that is due, to the fen.
//! What was entered is corrected by somebody else, and what stood before stays to be read ([`Traced`]).
//! `docs/season.md` tells the whole.

mod ask;
mod grant;
mod money;
mod refusal;
pub mod rows;
mod sales;
mod terms;
mod typed;
pub mod views;

pub use ask::{Asked, Under};
pub use grant::{EndLicence, GrantLicence};
pub use money::{BasisPoints, Fen, Royalty};
pub use refusal::Refused;
pub use rows::{Licence, Reason, Sales, Sold, Traced};
pub use sales::{CORRECTIONS_MAX, CorrectSales, EnterSales};
pub use terms::{LICENCE_DAYS_MAX, MEASURE, Season};
pub use typed::{BadTyped, Month, Title};
