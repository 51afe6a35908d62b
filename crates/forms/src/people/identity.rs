//! Real names and identity numbers: stated by the person, confirmed by an office.

use city::City;
use jiff::Timestamp;
use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::item::Row;
use ledger::name::{BadName, Claim, Key, Person};
use notice::Label;
use serde::{Deserialize, Serialize};

use super::account::{account, owned_by, themselves_or_guardian};
use super::blind::Blind;
use super::id_number::IdNumber;
use super::key_of;
use super::powers::{Act, Citation};
use super::private::{PersonName, Private};
use super::refusal::{Refusal, office_name};

/// On whose word something is known of a person. Every answer that rests on it says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The person's own, or a guardian's.
    Stated {
        /// When.
        at: Timestamp,
    },
    /// An office's.
    Confirmed {
        /// Id of the office.
        office: String,
        /// When.
        at: Timestamp,
    },
}

impl Basis {
    /// Whose word it is, as an answer says it.
    #[must_use]
    pub fn label(&self, city: &City) -> Label {
        match self {
            Self::Stated { .. } => Label::new("本人填写", "stated by the person"),
            Self::Confirmed { office, .. } => {
                let office = office_name(office, city);
                Label::new(
                    format!("{}核实", office.zh),
                    format!("confirmed by {}", office.en),
                )
            }
        }
    }

    /// Refuses to let a person's word replace an office's.
    pub(super) fn may_be_restated(&self) -> Result<(), Stop<Refusal>> {
        match self {
            Self::Stated { .. } => Ok(()),
            Self::Confirmed { office, .. } => Err(Stop::Refused(Refusal::Confirmed {
                office: office.clone(),
            })),
        }
    }
}

/// A person's real name and identity number. Age and birthday follow from the number, for those who can open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Whose.
    pub person: Person,
    /// The real name.
    pub name: Private<PersonName>,
    /// The number, if it was given.
    pub number: Option<Number>,
    /// On whose word.
    pub basis: Basis,
}

/// An identity number, sealed, with its index: one number, one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// Its index.
    pub index: Blind,
    /// The number.
    pub number: Private<IdNumber>,
}

impl Number {
    pub(super) fn claim(&self) -> Result<Claim, BadName> {
        Claim::new(&format!("id-number/{}", self.index))
    }

    /// Takes a number for a person: it is sealed under their key, and nobody else has it.
    pub(super) fn take(&self, draft: &mut Draft<'_>, person: &Person) -> Result<(), Stop<Refusal>> {
        owned_by(person, &self.number)?;
        let claim = self.claim()?;
        if draft.claimed(&claim)?.is_some() {
            return Err(Stop::Refused(Refusal::IdTaken));
        }
        Ok(draft.claim(claim)?)
    }
}

impl Row for Identity {
    const KIND: &'static str = "identity";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        key_of(&self.person)
    }
}

/// States a real name and, if the person wants, an identity number.
#[derive(Clone, Copy, Debug, Default)]
pub struct StateIdentity;

/// What [`StateIdentity`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Stating {
    /// Whose.
    pub person: Person,
    /// The real name.
    pub name: Private<PersonName>,
    /// The number.
    pub number: Option<Number>,
}

impl Form for StateIdentity {
    type Command = Stating;
    type Refusal = Refusal;
    const NAME: &'static str = "state-identity";
    const SHAPE: u16 = 1;

    fn decide(&self, stating: &Stating, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Stating {
            person,
            name,
            number,
        } = stating;
        themselves_or_guardian(draft, person)?;
        account(draft, person)?;
        owned_by(person, name)?;
        let before = draft.get::<Identity>(&key_of(person))?;
        if let Some(before) = &before {
            before.basis.may_be_restated()?;
        }
        let had = before.and_then(|before| before.number);
        if let Some(had) = &had {
            draft.release(had.claim()?)?;
        }
        if let Some(number) = number {
            number.take(draft, person)?;
        }
        let at = draft.now();
        Ok(draft.put(&Identity {
            person: person.clone(),
            name: name.clone(),
            number: number.clone(),
            basis: Basis::Stated { at },
        })?)
    }
}

/// What an office does about what a person stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// It has seen the proof.
    Confirm,
    /// It takes its word back; the person may state anew.
    TakeBack,
}

impl Check {
    /// The basis after an office has spoken. Only the office that confirmed takes back.
    pub(super) fn apply(
        self,
        basis: &Basis,
        office: &str,
        at: Timestamp,
    ) -> Result<Basis, Stop<Refusal>> {
        match (self, basis) {
            (Self::Confirm, Basis::Stated { .. }) => Ok(Basis::Confirmed {
                office: office.to_owned(),
                at,
            }),
            (Self::Confirm, Basis::Confirmed { office: by, .. }) if by == office => {
                Ok(Basis::Confirmed {
                    office: office.to_owned(),
                    at,
                })
            }
            (Self::TakeBack, Basis::Confirmed { office: by, .. }) if by == office => {
                Ok(Basis::Stated { at })
            }
            (Self::TakeBack, Basis::Stated { .. }) => Err(Stop::Refused(Refusal::NotConfirmed)),
            (_, Basis::Confirmed { office: by, .. }) => {
                Err(Stop::Refused(Refusal::Confirmed { office: by.clone() }))
            }
        }
    }
}

/// An office confirms who somebody is, or takes that back.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckIdentity;

/// What [`CheckIdentity`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Checking {
    /// Whose identity.
    pub person: Person,
    /// What the office does.
    pub check: Check,
    /// By which clause it may.
    pub under: Citation,
}

impl Form for CheckIdentity {
    type Command = Checking;
    type Refusal = Refusal;
    const NAME: &'static str = "check-identity";
    const SHAPE: u16 = 1;

    fn decide(&self, checking: &Checking, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Checking {
            person,
            check,
            under,
        } = checking;
        under.good_for(Act::ConfirmIdentity, draft)?;
        let found = draft.get::<Identity>(&key_of(person))?;
        let mut identity = found.ok_or(Stop::Refused(Refusal::NothingStated))?;
        identity.basis = check.apply(&identity.basis, under.office(), draft.now())?;
        Ok(draft.put(&identity)?)
    }
}
