//! Forgetting: everything of a person leaves the state, and their key is destroyed.

use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::item::{Found, Row};
use ledger::name::Person;
use serde::Serialize;

use super::account::{Access, Account, LoginOf, account, login_claim, only_themselves};
use super::code::Code;
use super::fact::{FACTS_MAX, Fact};
use super::guardian::{self, CHILDREN_MAX, GUARDIANS_MAX, Guardianship};
use super::identity::Identity;
use super::key_of;
use super::passkey::{PASSKEYS_MAX, Passkey};
use super::post::Held;
use super::refusal::Refusal;

/// Codes one person has at most: one for each purpose.
const CODES_MAX: usize = 3;

/// Forgets a person. What entries say of them stays sealed for ever; the log still verifies.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forget;

/// What [`Forget`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Forgetting {
    /// Whom. A guardian may ask it for a child.
    pub person: Person,
}

impl Form for Forget {
    type Command = Forgetting;
    type Refusal = Refusal;
    const NAME: &'static str = "forget";
    const SHAPE: u16 = 1;

    fn decide(&self, forgetting: &Forgetting, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let person = &forgetting.person;
        let gone = account(draft, person)?;
        if gone.is_childs() {
            // A link that no office has accepted yet is enough here: who opened the account may close it.
            let actor = Person::new(draft.origin().actor.as_str())?;
            let links = draft.find::<Guardianship>(
                &Guardianship::of_child(person)?,
                None,
                GUARDIANS_MAX,
            )?;
            let own = links.iter().find(|link| link.guardian == actor);
            let accepted = links.iter().any(Guardianship::accepted);
            if !own.is_some_and(|own| own.accepted() || !accepted) {
                return Err(Stop::Refused(Refusal::NotYours));
            }
        } else {
            only_themselves(draft, person)?;
        }
        let children = Guardianship::of_guardian(person)?;
        for link in draft.find::<Guardianship>(&children, None, CHILDREN_MAX)? {
            if guardian::only_guardian(draft, &link)? {
                return Err(Stop::Refused(Refusal::OnlyGuardian));
            }
        }
        if let Access::Own { login, .. } = &gone.access {
            draft.release(login_claim(login)?)?;
            draft.remove::<LoginOf>(&LoginOf::key_of(login)?)?;
        }
        if let Some(identity) = draft.get::<Identity>(&key_of(person))? {
            if let Some(number) = &identity.number {
                draft.release(number.claim()?)?;
            }
            draft.remove::<Identity>(&key_of(person))?;
        }
        remove_all::<Code>(draft, &Code::of(person)?, CODES_MAX)?;
        remove_all::<Passkey>(draft, &Passkey::of(person)?, PASSKEYS_MAX)?;
        remove_all::<Fact>(draft, &Fact::of(person)?, FACTS_MAX)?;
        remove_all::<Guardianship>(draft, &children, CHILDREN_MAX)?;
        remove_all::<Guardianship>(draft, &Guardianship::of_child(person)?, GUARDIANS_MAX)?;
        if draft.get::<Held>(&key_of(person))?.is_some() {
            draft.remove::<Held>(&key_of(person))?;
        }
        draft.remove::<Account>(&key_of(person))?;
        draft.forget(person.clone());
        Ok(())
    }
}

fn remove_all<R: Row>(draft: &mut Draft<'_>, by: &Found, most: usize) -> Result<(), Stop<Refusal>> {
    for row in draft.find::<R>(by, None, most)? {
        draft.remove::<R>(&row.key())?;
    }
    Ok(())
}
