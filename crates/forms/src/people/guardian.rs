//! Guardians, who act for children. A guardian opens the child's account and is thereby proposed to an office of their
//! choice, which accepts or refuses once it has seen the papers. Until it accepts, the link gives no right.
//!
//! Others are proposed for a child only after one was accepted: so a stranger who has come by a child's code can neither
//! fill the child's account with proposals before its first guardian has a say, nor close it.

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use ledger::Draft;
use ledger::form::{Fault, Form, Stop};
use ledger::item::{Found, Row};
use ledger::name::{BadName, Index, Key, Person};
use serde::{Deserialize, Serialize};

use super::account::{Access, Account, account, only_themselves, owned_by};
use super::identity::{Basis, Identity, Number};
use super::key_of;
use super::powers::{Act, Citation};
use super::private::{PersonName, Private, Reason};
use super::refusal::Refusal;

/// Children one guardian acts for.
pub const CHILDREN_MAX: usize = 10;
/// Guardians one child has.
pub const GUARDIANS_MAX: usize = 4;

/// Full years at which a child comes of age (Civil Code, article 17).
pub const OF_AGE_YEARS: i16 = 18;

/// The day on which a child of this birth date comes of age, from which on no guardian acts for them: the birthday, which for
/// who was born on 29 February is 1 March. The birth date is sealed, so whoever can open it asks this; no decider can.
#[must_use]
pub fn comes_of_age(birth: Date) -> Date {
    let year = birth.year().saturating_add(OF_AGE_YEARS);
    Date::new(year, birth.month(), birth.day()).unwrap_or_else(|_| {
        let leap = date(year.min(9998), 2, 28).saturating_add(1.day());
        leap.max(birth)
    })
}

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
        /// Id of the office to which the papers are shown; no other is told. What was proposed before offices were named
        /// waits for none and is proposed again.
        #[serde(default)]
        office: String,
    },
    /// The office has not accepted; the guardian may propose it again.
    Refused {
        /// Id of the office.
        office: String,
        /// When.
        at: Timestamp,
        /// Why, and what to do, for the guardian's eyes.
        reason: Private<Reason>,
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

    /// How the proposals that wait for an office are found.
    ///
    /// # Errors
    /// [`BadName`] when the office's id is no name.
    pub fn waiting_for(office: &str) -> Result<Found, BadName> {
        Ok(Found(Index::new("guardianship.office")?, Key::new(office)?))
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
        let waiting = match &self.state {
            LinkState::Proposed { office, .. } => Some(Self::waiting_for(office)),
            LinkState::Refused { .. } | LinkState::Accepted { .. } => None,
        };
        let by = [
            Self::of_guardian(&self.guardian),
            Self::of_child(&self.child),
        ];
        by.into_iter().chain(waiting).flatten().collect()
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
    /// The child's identity number, if the guardian gives it; the birth date follows from it.
    pub number: Option<Number>,
    /// Id of the office that is asked to accept.
    pub office: String,
}

impl Form for OpenForChild {
    type Command = Childs;
    type Refusal = Refusal;
    const NAME: &'static str = "open-account-for-child";
    const SHAPE: u16 = 2;

    fn decide(&self, childs: &Childs, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Childs {
            guardian,
            child,
            name,
            number,
            office,
        } = childs;
        only_themselves(draft, guardian)?;
        owned_by(child, name)?;
        if draft.get::<Account>(&key_of(child))?.is_some() {
            return Err(Stop::Refused(Refusal::HasAccount));
        }
        if let Some(number) = number {
            number.take(draft, child)?;
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
            number: number.clone(),
            basis: Basis::Stated { at },
        })?;
        may_be_linked(draft, guardian, child)?;
        has_room(draft, guardian, child)?;
        propose(draft, guardian, child, office)
    }
}

/// A guardian is proposed for a child that has an account: another one, or the same one again after an office refused, or to
/// another office.
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

/// What [`ProposeGuardian`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Proposing {
    /// Which link.
    #[serde(flatten)]
    pub link: Link,
    /// Id of the office that is asked to accept.
    pub office: String,
}

impl Form for ProposeGuardian {
    type Command = Proposing;
    type Refusal = Refusal;
    const NAME: &'static str = "propose-guardian";
    const SHAPE: u16 = 2;

    fn decide(&self, proposing: &Proposing, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Link { guardian, child } = &proposing.link;
        only_themselves(draft, guardian)?;
        may_be_linked(draft, guardian, child)?;
        let before = draft.get::<Guardianship>(&Guardianship::key_of(guardian, child)?)?;
        match before.map(|before| before.state) {
            Some(LinkState::Accepted { .. }) => return Err(Stop::Refused(Refusal::LinkExists)),
            Some(LinkState::Proposed { office, .. }) if office == proposing.office => {
                return Err(Stop::Refused(Refusal::LinkExists));
            }
            Some(LinkState::Proposed { .. } | LinkState::Refused { .. }) => {}
            None => {
                let by = Guardianship::of_child(child)?;
                let others = draft.find::<Guardianship>(&by, None, GUARDIANS_MAX)?;
                if !others.iter().any(Guardianship::accepted) {
                    return Err(Stop::Refused(Refusal::NoGuardianYet));
                }
                has_room(draft, guardian, child)?;
            }
        }
        propose(draft, guardian, child, &proposing.office)
    }
}

/// Refuses who cannot be guardian or child.
fn may_be_linked(
    draft: &mut Draft<'_>,
    guardian: &Person,
    child: &Person,
) -> Result<(), Stop<Refusal>> {
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
    Ok(())
}

/// Refuses one link more than either may have.
fn has_room(draft: &mut Draft<'_>, guardian: &Person, child: &Person) -> Result<(), Stop<Refusal>> {
    let count = |draft: &mut Draft<'_>, by, most| draft.find::<Guardianship>(&by, None, most);
    if count(draft, Guardianship::of_guardian(guardian)?, CHILDREN_MAX)?.len() >= CHILDREN_MAX {
        return Err(Stop::Refused(Refusal::TooManyChildren));
    }
    if count(draft, Guardianship::of_child(child)?, GUARDIANS_MAX)?.len() >= GUARDIANS_MAX {
        return Err(Stop::Refused(Refusal::TooManyGuardians));
    }
    Ok(())
}

fn propose(
    draft: &mut Draft<'_>,
    guardian: &Person,
    child: &Person,
    office: &str,
) -> Result<(), Stop<Refusal>> {
    // What waits must be found: an id that is no name would wait for ever.
    Guardianship::waiting_for(office)?;
    let at = draft.now();
    Ok(draft.put(&Guardianship {
        guardian: guardian.clone(),
        child: child.clone(),
        state: LinkState::Proposed {
            at,
            office: office.to_owned(),
        },
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
        let mut link = answered(draft, &accepting.link, &accepting.under)?;
        let office = accepting.under.office().to_owned();
        let at = draft.now();
        link.state = LinkState::Accepted { office, at };
        Ok(draft.put(&link)?)
    }
}

/// An office has seen the papers, or has not been shown them, and does not accept a guardian.
#[derive(Clone, Copy, Debug, Default)]
pub struct RefuseGuardian;

/// What [`RefuseGuardian`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Refusing {
    /// Which link.
    #[serde(flatten)]
    pub link: Link,
    /// Why, and what to do, sealed under the guardian's key.
    pub reason: Private<Reason>,
    /// By which clause it may.
    pub under: Citation,
}

impl Form for RefuseGuardian {
    type Command = Refusing;
    type Refusal = Refusal;
    const NAME: &'static str = "refuse-guardian";
    const SHAPE: u16 = 1;

    fn decide(&self, refusing: &Refusing, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let mut link = answered(draft, &refusing.link, &refusing.under)?;
        owned_by(&link.guardian, &refusing.reason)?;
        link.state = LinkState::Refused {
            office: refusing.under.office().to_owned(),
            at: draft.now(),
            reason: refusing.reason.clone(),
        };
        Ok(draft.put(&link)?)
    }
}

/// The proposal that an office answers; it is the office's to answer that it was made to.
fn answered(
    draft: &mut Draft<'_>,
    Link { guardian, child }: &Link,
    under: &Citation,
) -> Result<Guardianship, Stop<Refusal>> {
    under.good_for(Act::ConfirmGuardian, draft)?;
    let found = draft.get::<Guardianship>(&Guardianship::key_of(guardian, child)?)?;
    let link = found.ok_or(Stop::Refused(Refusal::NoLink))?;
    match &link.state {
        LinkState::Proposed { office, .. } => {
            under.good_for_matter(Act::ConfirmGuardian, office, draft)?;
            Ok(link)
        }
        LinkState::Accepted { .. } => Err(Stop::Refused(Refusal::LinkAccepted)),
        LinkState::Refused { .. } => Err(Stop::Refused(Refusal::LinkRefused)),
    }
}

/// A guardian no longer acts for a child, or withdraws what was proposed. What somebody else has proposed and no office has
/// accepted, the child's accepted guardians may turn away.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndGuardianship;

impl Form for EndGuardianship {
    type Command = Link;
    type Refusal = Refusal;
    const NAME: &'static str = "end-guardianship";
    const SHAPE: u16 = 1;

    fn decide(&self, between: &Link, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let Link { guardian, child } = between;
        let key = Guardianship::key_of(guardian, child)?;
        let found = draft.get::<Guardianship>(&key)?;
        let actor = Person::new(draft.origin().actor.as_str())?;
        if actor != *guardian {
            let accepted = found.as_ref().is_none_or(Guardianship::accepted);
            if accepted || !acts_for(draft, &actor, child)? {
                return Err(Stop::Refused(Refusal::NotYours));
            }
        }
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
