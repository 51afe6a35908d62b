//! What is known of somebody, opened for their own eyes.

use super::{Kept, People};
use crate::failure::Failure;
use forms::people::account::Access;
use forms::people::fact::FACTS_MAX;
use forms::people::{Account, Basis, Fact, Identity, SaidFact};
use jiff::Timestamp;
use ledger::name::{Key, Person};
use std::sync::Arc;

/// Something known, and on whose word.
pub struct Known<T> {
    /// What.
    pub what: T,
    /// On whose word.
    pub basis: Basis,
}

/// What is known of somebody.
pub struct Profile {
    /// Since when they have an account.
    pub opened: Timestamp,
    /// The address they sign in with; children have none.
    pub mail: Option<String>,
    /// Whether they have shown that the address is theirs.
    pub mail_confirmed: bool,
    /// The real name.
    pub name: Option<Known<String>>,
    /// What rules may ask about them.
    pub facts: Vec<Known<SaidFact>>,
}

impl People {
    /// What is known of somebody; nothing if they were forgotten meanwhile.
    pub async fn profile(self: &Arc<Self>, person: Person) -> Result<Option<Profile>, Failure> {
        self.with(move |_, kept| kept.profile(&person)).await
    }
}

impl Kept {
    fn profile(&self, person: &Person) -> Result<Option<Profile>, Failure> {
        let Some(account) = self.row::<Account>(Key::from(person.clone()))? else {
            return Ok(None);
        };
        let mail = match &account.access {
            Access::Own { mail, .. } => Some(self.open(mail)?.as_str().to_owned()),
            Access::Guardians => None,
        };
        let facts = self.rows::<Fact>(Fact::of(person), FACTS_MAX)?;
        let facts = facts.into_iter().map(|fact| {
            Ok(Known {
                what: self.open(&fact.said)?,
                basis: fact.basis,
            })
        });
        let mut facts: Vec<Known<SaidFact>> = facts.collect::<Result<_, Failure>>()?;
        // Their keys are blind indexes, whose order says nothing.
        facts.sort_by(|a, b| a.what.attribute.cmp(&b.what.attribute));
        Ok(Some(Profile {
            opened: account.opened,
            mail,
            mail_confirmed: self.mail_confirmed(person)?,
            name: self.name(person)?,
            facts,
        }))
    }

    pub(super) fn name(&self, person: &Person) -> Result<Option<Known<String>>, Failure> {
        let identity = self.row::<Identity>(Key::from(person.clone()))?;
        let known = identity.map(|identity| {
            Ok(Known {
                what: self.open(&identity.name)?.as_str().to_owned(),
                basis: identity.basis,
            })
        });
        known.transpose()
    }
}
