//! Guardians, who act for children. A guardian opens the child's account and is thereby proposed; an office that has seen
//! the papers accepts. Until then the link gives no right.

use jiff::Timestamp;
use ledger::Draft;
use ledger::form::{Fault, Form, Stop};
use ledger::item::{Found, Row};
use ledger::name::{BadName, Index, Key, Person};
use serde::{Deserialize, Serialize};

use super::account::{Access, Account, account, only_themselves, owned_by};
use super::identity::{Basis, Identity};
use super::key_of;
use super::powers::{Act, Citation};
use super::private::{PersonName, Private};
use super::refusal::Refusal;

/// Children one guardian acts for.
pub const CHILDREN_MAX: usize = 10;
/// Guardians one child has.
pub const GUARDIANS_MAX: usize = 4;

/// A guardian and a child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardianship {
    /// Who acts.
    pub guardian: Person,
    /// For whom.
    pub child: Person,
    /// How far it is.
    pub state: LinkState,
}

/// How far a guardianship is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// An office has to look at it.
    Proposed {
        /// Since when.
        at: Timestamp,
    },
    /// The guardian acts for the child.
    Accepted {
        /// Id of the office that has seen the papers.
        office: String,
        /// Since when.
        at: Timestamp,
    },
}

impl Guardianship {
    /// The key of a link.
    ///
    /// # Errors
    /// [`BadName`] when the two pseudonyms are too long together.
    pub fn key_of(guardian: &Person, child: &Person) -> Result<Key, BadName> {
        Key::new(&format!("{guardian}/{child}"))
    }

    /// How the children of a guardian are found.
    ///
    /// # Errors
    /// Never: the index's name is one.
    pub fn of_guardian(guardian: &Person) -> Result<Found, BadName> {
        Ok(Found(
            Index::new("guardianship.guardian")?,
            key_of(guardian),
        ))
    }

    /// How the guardians of a child are found.
    ///
    /// # Errors
    /// Never: the index's name is one.
    pub fn of_child(child: &Person) -> Result<Found, BadName> {
        Ok(Found(Index::new("guardianship.child")?, key_of(child)))
    }

    /// Whether the guardian may act.
    #[must_use]
    pub const fn accepted(&self) -> bool {
        matches!(self.state, LinkState::Accepted { .. })
    }
}

impl Row for Guardianship {
    const KIND: &'static str = "guardianship";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        Self::key_of(&self.guardian, &self.child).unwrap_or_else(|_| key_of(&self.child))
    }

    fn found_by(&self) -> Vec<Found> {
        let by = [
            Self::of_guardian(&self.guardian),
            Self::of_child(&self.child),
        ];
        by.into_iter().flatten().collect()
    }
}

/// Whether somebody is an accepted guardian of a child.
pub(super) fn acts_for(
    draft: &mut Draft<'_>,
    guardian: &Person,
    child: &Person,
) -> Result<bool, Fault> {
    let link = draft.get::<Guardianship>(&Guardianship::key_of(guardian, child)?)?;
    Ok(link.is_some_and(|link| link.accepted()))
}

/// A guardian opens an account for a child, which proposes the link.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenForChild;

/// What [`OpenForChild`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Childs {
    /// Who opens it.
    pub guardian: Person,
    /// The child's new pseudonym.
    pub child: Person,
    /// The child's name.
    pub name: Private<PersonName>,
}

impl Form for OpenForChild {
    type Command = Childs;
    type Refusal = Refusal;
    const NAME: &'static str = "open-account-for-child";
    const SHAPE: u16 = 1;

    fn decide(&self, childs: &Childs, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Childs {
            guardian,
            child,
            name,
        } = childs;
        only_themselves(draft, guardian)?;
        owned_by(child, name)?;
        if draft.get::<Account>(&key_of(child))?.is_some() {
            return Err(Stop::Refused(Refusal::HasAccount));
        }
        let at = draft.now();
        draft.put(&Account {
            person: child.clone(),
            access: Access::Guardians,
            generation: 0,
            opened: at,
        })?;
        draft.put(&Identity {
            person: child.clone(),
            name: name.clone(),
            number: None,
            basis: Basis::Stated { at },
        })?;
        link(draft, guardian, child)
    }
}

/// Another guardian is proposed for a child that has an account.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProposeGuardian;

/// Which link.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Who acts.
    pub guardian: Person,
    /// For whom.
    pub child: Person,
}

impl Form for ProposeGuardian {
    type Command = Link;
    type Refusal = Refusal;
    const NAME: &'static str = "propose-guardian";
    const SHAPE: u16 = 1;

    fn decide(&self, between: &Link, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        only_themselves(draft, &between.guardian)?;
        link(draft, &between.guardian, &between.child)
    }
}

fn link(draft: &mut Draft<'_>, guardian: &Person, child: &Person) -> Result<(), Stop<Refusal>> {
    let refused = |refusal| Err(Stop::Refused(refusal));
    if guardian == child {
        return refused(Refusal::OwnGuardian);
    }
    if !account(draft, child)?.is_childs() {
        return refused(Refusal::NotAChild);
    }
    if account(draft, guardian)?.is_childs() {
        return refused(Refusal::ChildAsGuardian);
    }
    let key = Guardianship::key_of(guardian, child)?;
    if draft.get::<Guardianship>(&key)?.is_some() {
        return refused(Refusal::LinkExists);
    }
    let count = |draft: &mut Draft<'_>, by, most| draft.find::<Guardianship>(&by, None, most);
    if count(draft, Guardianship::of_guardian(guardian)?, CHILDREN_MAX)?.len() >= CHILDREN_MAX {
        return refused(Refusal::TooManyChildren);
    }
    if count(draft, Guardianship::of_child(child)?, GUARDIANS_MAX)?.len() >= GUARDIANS_MAX {
        return refused(Refusal::TooManyGuardians);
    }
    let at = draft.now();
    Ok(draft.put(&Guardianship {
        guardian: guardian.clone(),
        child: child.clone(),
        state: LinkState::Proposed { at },
    })?)
}

/// An office has seen the papers and accepts a guardian.
#[derive(Clone, Copy, Debug, Default)]
pub struct AcceptGuardian;

/// What [`AcceptGuardian`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Accepting {
    /// Which link.
    #[serde(flatten)]
    pub link: Link,
    /// By which clause it may.
    pub under: Citation,
}

impl Form for AcceptGuardian {
    type Command = Accepting;
    type Refusal = Refusal;
    const NAME: &'static str = "accept-guardian";
    const SHAPE: u16 = 1;

    fn decide(&self, accepting: &Accepting, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        accepting.under.good_for(Act::ConfirmGuardian, draft)?;
        let Link { guardian, child } = &accepting.link;
        let found = draft.get::<Guardianship>(&Guardianship::key_of(guardian, child)?)?;
        let mut link = found.ok_or(Stop::Refused(Refusal::NoLink))?;
        if link.accepted() {
            return Err(Stop::Refused(Refusal::LinkAccepted));
        }
        let office = accepting.under.office().to_owned();
        let at = draft.now();
        link.state = LinkState::Accepted { office, at };
        Ok(draft.put(&link)?)
    }
}

/// A guardian no longer acts for a child, or withdraws what was proposed.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndGuardianship;

impl Form for EndGuardianship {
    type Command = Link;
    type Refusal = Refusal;
    const NAME: &'static str = "end-guardianship";
    const SHAPE: u16 = 1;

    fn decide(&self, between: &Link, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        only_themselves(draft, &between.guardian)?;
        let key = Guardianship::key_of(&between.guardian, &between.child)?;
        let found = draft.get::<Guardianship>(&key)?;
        let link = found.ok_or(Stop::Refused(Refusal::NoLink))?;
        if only_guardian(draft, &link)? {
            return Err(Stop::Refused(Refusal::OnlyGuardian));
        }
        Ok(draft.remove::<Guardianship>(&key)?)
    }
}

/// Whether the child's account could be entered by nobody without this link. One that is only proposed by somebody else does
/// not count: an office may never accept it.
pub(super) fn only_guardian(
    draft: &mut Draft<'_>,
    link: &Guardianship,
) -> Result<bool, Stop<Refusal>> {
    let by = Guardianship::of_child(&link.child)?;
    let all = draft.find::<Guardianship>(&by, None, GUARDIANS_MAX)?;
    let mut others = all.iter().filter(|other| other.guardian != link.guardian);
    Ok(if link.accepted() {
        !others.any(Guardianship::accepted)
    } else {
        others.next().is_none()
    })
}
