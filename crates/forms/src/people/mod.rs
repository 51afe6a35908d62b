//! People: accounts, passkeys, codes by mail, real names, facts that rules ask for, guardians, forgetting; and what staff may do.
//!
//! Every decider is pure. Personal data come to it sealed ([`Private`]), and what must be compared comes as a [`Blind`]
//! index; so neither the log nor the state can be read for people. Sessions are no history and no part of this.
//!
//! What staff may do is a notice, the powers (权责清单): [`powers::Powers`] asks it, and a command of an office is not
//! even built without the [`powers::Citation`] that it gives.
//!
//! ```
//! use forms::people::{BlindKey, IdNumber, MailAddress};
//! use jiff::civil::date;
//!
//! let number = IdNumber::new("11010519491231002X")?; // the example of GB 11643
//! assert_eq!(number.age(date(2022, 1, 6))?, 72);
//! let key = BlindKey([7; 32]);
//! let (one, same) = (MailAddress::new("Li@example.cn")?, MailAddress::new("li@example.cn")?);
//! assert_eq!(key.login(&one), key.login(&same));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use ledger::name::{Key, Person};

pub mod account;
mod blind;
pub mod code;
pub mod fact;
mod forget;
pub(crate) mod given;
pub mod guardian;
mod id_number;
pub mod identity;
pub mod passkey;
pub mod post;
pub mod powers;
mod private;
mod refusal;
pub mod throttle;

pub use account::Account;
pub use blind::{Blind, BlindKey};
pub use fact::{Fact, SaidFact};
pub use forget::{Forget, Forgetting};
pub use guardian::Guardianship;
pub use id_number::{BadIdNumber, IdNumber, age};
pub use identity::{Basis, Check, Identity};
pub use private::{
    BadInput, MailAddress, PasskeyName, PasswordHash, PersonName, PersonalData, Private, Reason,
};
pub use refusal::Refusal;

#[cfg(test)]
mod tests;

/// The key of the row of which each person has one. A pseudonym is a name like any other, so it is always a key too.
fn key_of(person: &Person) -> Key {
    Key::from(person.clone())
}
