//! Accounts: opened, given another password, signed out everywhere.

use jiff::Timestamp;
use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::item::Row;
use ledger::name::{Claim, Key, Person};
use serde::{Deserialize, Serialize};

use super::blind::Blind;
use super::guardian;
use super::key_of;
use super::private::{MailAddress, PasswordHash, PersonalData, Private};
use super::refusal::Refusal;

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Whose.
    pub person: Person,
    /// How it is entered.
    pub access: Access,
    /// Sessions begun under an earlier number are over: it goes up when all of them must end.
    pub generation: u32,
    /// Since when there is one.
    pub opened: Timestamp,
}

/// How an account is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Access {
    /// By its person.
    Own {
        /// Index of the address, which no other account has.
        login: Blind,
        /// The address.
        mail: Private<MailAddress>,
        /// Whether a code sent there came back.
        mail_confirmed: bool,
        /// The password's hash.
        password: Private<PasswordHash>,
    },
    /// By a child's guardians.
    Guardians,
}

impl Row for Account {
    const KIND: &'static str = "account";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        key_of(&self.person)
    }
}

/// Opens an account. Before, the ledger has been asked to give the person a key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Open;

/// What [`Open`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Opening {
    /// A new pseudonym.
    pub person: Person,
    /// Index of the address.
    pub login: Blind,
    /// The address.
    pub mail: Private<MailAddress>,
    /// The password's hash.
    pub password: Private<PasswordHash>,
}

impl Form for Open {
    type Command = Opening;
    type Refusal = Refusal;
    const NAME: &'static str = "open-account";
    const SHAPE: u16 = 1;

    fn decide(&self, opening: &Opening, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Opening {
            person,
            login,
            mail,
            password,
        } = opening;
        only_themselves(draft, person)?;
        owned_by(person, mail)?;
        owned_by(person, password)?;
        if draft.get::<Account>(&key_of(person))?.is_some() {
            return Err(Stop::Refused(Refusal::HasAccount));
        }
        let claim = login_claim(login)?;
        if draft.claimed(&claim)?.is_some() {
            return Err(Stop::Refused(Refusal::LoginTaken));
        }
        draft.claim(claim)?;
        draft.put(&LoginOf {
            login: *login,
            person: person.clone(),
        })?;
        let opened = draft.now();
        Ok(draft.put(&Account {
            person: person.clone(),
            access: Access::Own {
                login: *login,
                mail: mail.clone(),
                mail_confirmed: false,
                password: password.clone(),
            },
            generation: 0,
            opened,
        })?)
    }
}

/// Whose account an address enters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginOf {
    /// Index of the address.
    pub login: Blind,
    /// Whose.
    pub person: Person,
}

impl LoginOf {
    /// The key of an address's row.
    ///
    /// # Errors
    /// Never for an index, whose digits are a name.
    pub fn key_of(login: &Blind) -> Result<Key, ledger::name::BadName> {
        Key::new(&login.to_string())
    }
}

impl Row for LoginOf {
    const KIND: &'static str = "login";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        // The digits are a name; a person's pseudonym is one too, should that ever change.
        Self::key_of(&self.login).unwrap_or_else(|_| key_of(&self.person))
    }
}

/// Gives the account another password and ends all sessions. The edge has verified the old one.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChangePassword;

/// What [`ChangePassword`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct NewPassword {
    /// Whose.
    pub person: Person,
    /// The new password's hash.
    pub password: Private<PasswordHash>,
}

impl Form for ChangePassword {
    type Command = NewPassword;
    type Refusal = Refusal;
    const NAME: &'static str = "change-password";
    const SHAPE: u16 = 1;

    fn decide(&self, new: &NewPassword, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        only_themselves(draft, &new.person)?;
        let mut account = account(draft, &new.person)?;
        account.renew_password(&new.password)?;
        Ok(draft.put(&account)?)
    }
}

/// Ends all sessions of a person.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignOutEverywhere;

/// What [`SignOutEverywhere`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Everywhere {
    /// Whose sessions.
    pub person: Person,
}

impl Form for SignOutEverywhere {
    type Command = Everywhere;
    type Refusal = Refusal;
    const NAME: &'static str = "sign-out-everywhere";
    const SHAPE: u16 = 1;

    fn decide(&self, whose: &Everywhere, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        only_themselves(draft, &whose.person)?;
        let mut account = account(draft, &whose.person)?;
        account.generation += 1;
        Ok(draft.put(&account)?)
    }
}

impl Account {
    /// Another password: whoever knew the old one is signed out.
    pub(super) fn renew_password(
        &mut self,
        new: &Private<PasswordHash>,
    ) -> Result<(), Stop<Refusal>> {
        owned_by(&self.person, new)?;
        match &mut self.access {
            Access::Own { password, .. } => *password = new.clone(),
            Access::Guardians => return Err(Stop::Refused(Refusal::ChildsAccount)),
        }
        self.generation += 1;
        Ok(())
    }

    /// Whether it is a child's, entered by guardians.
    #[must_use]
    pub const fn is_childs(&self) -> bool {
        matches!(self.access, Access::Guardians)
    }
}

/// What makes an address belong to one account.
pub(super) fn login_claim(login: &Blind) -> Result<Claim, ledger::name::BadName> {
    Claim::new(&format!("login/{login}"))
}

/// The account, or a refusal.
pub(super) fn account(draft: &mut Draft<'_>, person: &Person) -> Result<Account, Stop<Refusal>> {
    let found = draft.get::<Account>(&key_of(person))?;
    found.ok_or(Stop::Refused(Refusal::NoAccount))
}

/// Refuses what somebody else commands.
pub(super) fn only_themselves(draft: &Draft<'_>, person: &Person) -> Result<(), Stop<Refusal>> {
    if draft.origin().actor.as_str() == person.as_str() {
        Ok(())
    } else {
        Err(Stop::Refused(Refusal::NotYours))
    }
}

/// Refuses what neither the person commands nor, for a child, an accepted guardian.
pub(crate) fn themselves_or_guardian(
    draft: &mut Draft<'_>,
    person: &Person,
) -> Result<(), Stop<Refusal>> {
    if draft.origin().actor.as_str() == person.as_str() {
        return Ok(());
    }
    let actor = Person::new(draft.origin().actor.as_str())?;
    if guardian::acts_for(draft, &actor, person)? {
        Ok(())
    } else {
        Err(Stop::Refused(Refusal::NotYours))
    }
}

/// Refuses data sealed under another person's key.
pub(super) fn owned_by<T: PersonalData>(
    person: &Person,
    data: &Private<T>,
) -> Result<(), Stop<Refusal>> {
    if data.person() == person {
        Ok(())
    } else {
        Err(Stop::Refused(Refusal::AnothersData))
    }
}
