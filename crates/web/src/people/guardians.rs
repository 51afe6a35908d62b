//! Guardians and children, at the edge: what a guardian asks for, and what an office is shown and answers.

use super::accounts::pseudonym;
use super::profile::Known;
use super::{Kept, People, Stopped, ours};
use crate::app::App;
use crate::bookings::subject::of_age_on;
use crate::failure::Failure;
use forms::people::guardian::{
    AcceptGuardian, Accepting, CHILDREN_MAX, Childs, EndGuardianship, GUARDIANS_MAX, Link,
    LinkState, OpenForChild, ProposeGuardian, Proposing, RefuseGuardian, Refusing,
};
use forms::people::identity::{Check, CheckIdentity, Checking, Number, StateIdentity, Stating};
use forms::people::powers::Citation;
use forms::people::{
    Basis, Forget, Forgetting, Guardianship, IdNumber, Identity, PersonName, Reason, Refusal,
};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::name::{Key, Person};
use std::sync::Arc;

/// Proposals that an office is shown at once.
const WAITING_MAX: usize = 50;

/// A link as somebody may read it.
pub struct Ward {
    /// The child.
    pub child: Person,
    /// The child's name, for whoever may read it.
    pub name: Option<String>,
    /// How far it is.
    pub state: LinkState,
    /// Why an office has refused it.
    pub reason: Option<String>,
    /// The child's other guardians, for an accepted one.
    pub others: Vec<Other>,
    /// The day on which the child comes of age and the guardian acts no more; nothing while no office has confirmed a birth date.
    pub until: Option<Date>,
    /// On whose word the child's identity number is; nothing where none is kept, or where the guardian is not accepted.
    pub number: Option<Basis>,
    /// Nobody else could act for the child: it is not ended, but the child's account may be closed.
    pub only: bool,
}

impl Ward {
    /// Whether the child has come of age by this day.
    pub fn grown(&self, day: Date) -> bool {
        self.until.is_some_and(|until| until <= day)
    }
}

/// Another guardian of the same child.
pub struct Other {
    /// Who.
    pub guardian: Person,
    /// Their name, if they have said it.
    pub name: Option<String>,
    /// How far that is.
    pub state: LinkState,
}

/// A proposal that waits for an office.
pub struct Waiting {
    /// Who proposes.
    pub guardian: Person,
    /// Their name, and on whose word.
    pub guardian_name: Option<Known<String>>,
    /// For whom.
    pub child: Person,
    /// The child's name, and on whose word.
    pub child_name: Option<Known<String>>,
    /// The child's identity number, if it was given.
    pub number: Option<IdNumber>,
    /// Since when.
    pub since: Timestamp,
}

impl People {
    /// Opens an account for a child and asks an office to accept who opens it as guardian.
    pub async fn open_child(
        self: &Arc<Self>,
        guardian: &Person,
        name: PersonName,
        number: Option<IdNumber>,
        office: &str,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let child = pseudonym()?;
        self.key(&child).await?;
        self.open_for_child(guardian, &child, name, number, office, now)
            .await
    }

    /// The same for a child whose pseudonym is there already, with its key.
    pub(super) async fn open_for_child(
        self: &Arc<Self>,
        guardian: &Person,
        child: &Person,
        name: PersonName,
        number: Option<IdNumber>,
        office: &str,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let (by, child, office) = (guardian.clone(), child.clone(), office.to_owned());
        let childs = self.with(move |people, kept| {
            let number = number.map(|number| {
                Ok::<_, Failure>(Number {
                    index: people.blind.id_number(&number),
                    number: kept.seal(&child, &number)?,
                })
            });
            Ok(Childs {
                guardian: by,
                name: kept.seal(&child, &name)?,
                number: number.transpose()?,
                office,
                child,
            })
        });
        let childs = childs.await?;
        self.give(guardian, now, OpenForChild, childs).await
    }

    /// States the identity number of a child in somebody's care, beside the name that is kept; until an office has confirmed it, it
    /// may be stated anew.
    pub async fn state_number(
        self: &Arc<Self>,
        guardian: &Person,
        child: Person,
        number: IdNumber,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let stating = self.with(move |people, kept| {
            // Of whom nothing is kept, nobody is the guardian, and nothing can be sealed for them.
            let Some(before) = kept.row::<Identity>(Key::from(child.clone()))? else {
                return Ok(None);
            };
            Ok(Some(Stating {
                number: Some(Number {
                    index: people.blind.id_number(&number),
                    number: kept.seal(&child, &number)?,
                }),
                name: before.name,
                person: child,
            }))
        });
        let stating = stating.await?;
        let stating = stating.ok_or(Stopped::Refused(Refusal::NotYours))?;
        self.give(guardian, now, StateIdentity, stating).await
    }

    /// Asks an office to accept somebody as guardian of a child that has an account.
    pub async fn propose_guardian(
        self: &Arc<Self>,
        guardian: &Person,
        child: Person,
        office: &str,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let proposing = Proposing {
            link: Link {
                guardian: guardian.clone(),
                child,
            },
            office: office.to_owned(),
        };
        self.give(guardian, now, ProposeGuardian, proposing).await
    }

    /// Ends a link in somebody's name: their own, or what somebody else has only proposed for a child of theirs.
    pub async fn end_guardianship(
        self: &Arc<Self>,
        actor: &Person,
        link: Link,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        self.give(actor, now, EndGuardianship, link).await
    }

    /// Forgets a child for good, in the name of a guardian.
    pub async fn close_child(
        self: &Arc<Self>,
        guardian: &Person,
        child: Person,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        if child == *guardian {
            return Err(Stopped::Refused(Refusal::OwnGuardian));
        }
        let forgetting = Forgetting { person: child };
        self.give(guardian, now, Forget, forgetting).await
    }

    /// An office accepts a guardian.
    pub async fn accept_guardian(
        self: &Arc<Self>,
        officer: &Person,
        link: Link,
        under: Citation,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let accepting = Accepting { link, under };
        self.give(officer, now, AcceptGuardian, accepting).await
    }

    /// An office confirms a child's name and number as it accepts a guardian.
    pub async fn confirm_child(
        self: &Arc<Self>,
        officer: &Person,
        child: Person,
        under: Citation,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let key = Key::from(child.clone());
        let numbered = self.with(move |_, kept| {
            let identity = kept.row::<Identity>(key)?;
            Ok(identity.is_some_and(|identity| identity.number.is_some()))
        });
        // What is confirmed is not stated anew: without a number it stays open, so that one can still be given.
        if !numbered.await? {
            return Ok(());
        }
        let checking = Checking {
            person: child,
            check: Check::Confirm,
            under,
        };
        match self.give(officer, now, CheckIdentity, checking).await {
            // Another office has seen it before, and that stands.
            Err(Stopped::Refused(Refusal::Confirmed { .. })) => Ok(()),
            other => other,
        }
    }

    /// An office refuses a guardian, and tells them why.
    pub async fn refuse_guardian(
        self: &Arc<Self>,
        officer: &Person,
        link: Link,
        reason: Reason,
        under: Citation,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let refusing = self.with(move |_, kept| {
            let key = Guardianship::key_of(&link.guardian, &link.child).map_err(ours)?;
            // Nothing is sealed for somebody of whom nothing waits: they may have no key.
            if kept.row::<Guardianship>(key)?.is_none() {
                return Ok(None);
            }
            Ok(Some(Refusing {
                reason: kept.seal(&link.guardian, &reason)?,
                link,
                under,
            }))
        });
        let refusing = refusing.await?;
        let refusing = refusing.ok_or(Stopped::Refused(Refusal::NoLink))?;
        self.give(officer, now, RefuseGuardian, refusing).await
    }

    /// The children somebody acts for, or wants to.
    pub async fn wards(
        self: &Arc<Self>,
        app: &Arc<App>,
        guardian: Person,
    ) -> Result<Vec<Ward>, Failure> {
        let app = app.clone();
        self.with(move |_, kept| kept.wards(&app, &guardian)).await
    }

    /// What waits for an office, the oldest first, and whether there is more than is shown.
    pub async fn waiting(
        self: &Arc<Self>,
        office: String,
    ) -> Result<(Vec<Waiting>, bool), Failure> {
        self.with(move |_, kept| kept.waiting(&office)).await
    }
}

impl Kept {
    fn wards(&self, app: &App, guardian: &Person) -> Result<Vec<Ward>, Failure> {
        let links = Guardianship::of_guardian(guardian);
        let links = self.rows::<Guardianship>(links, CHILDREN_MAX)?;
        links.into_iter().map(|link| self.ward(app, link)).collect()
    }

    fn ward(&self, app: &App, link: Guardianship) -> Result<Ward, Failure> {
        let all = Guardianship::of_child(&link.child);
        let mut all = self.rows::<Guardianship>(all, GUARDIANS_MAX)?;
        all.retain(|other| other.guardian != link.guardian);
        let only = match link.accepted() {
            true => !all.iter().any(Guardianship::accepted),
            false => all.is_empty(),
        };
        let others = all.into_iter().filter(|_| link.accepted()).map(|other| {
            Ok(Other {
                name: self.name(&other.guardian)?.map(|name| name.what),
                guardian: other.guardian,
                state: other.state,
            })
        });
        let reason = match &link.state {
            LinkState::Refused { reason, .. } => Some(self.open(reason)?.as_str().to_owned()),
            LinkState::Proposed { .. } | LinkState::Accepted { .. } => None,
        };
        Ok(Ward {
            others: others.collect::<Result<_, Failure>>()?,
            name: self.ward_name(&link)?,
            // Who has the child's code alone, learns no age either.
            until: match link.accepted() {
                true => of_age_on(app, &self.reader, &link.child)?,
                false => None,
            },
            number: match link.accepted() {
                true => self.numbered(&link.child)?,
                false => None,
            },
            state: link.state,
            child: link.child,
            reason,
            only,
        })
    }

    /// On whose word somebody's identity number is, if one is kept.
    fn numbered(&self, person: &Person) -> Result<Option<Basis>, Failure> {
        let identity = self.row::<Identity>(Key::from(person.clone()))?;
        let numbered = identity.filter(|identity| identity.number.is_some());
        Ok(numbered.map(|identity| identity.basis))
    }

    /// A child's name, for a guardian who is accepted or has opened the account. Whoever only has the child's code, learns no name.
    pub(super) fn ward_name(&self, link: &Guardianship) -> Result<Option<String>, Failure> {
        let others = Guardianship::of_child(&link.child);
        let others = self.rows::<Guardianship>(others, GUARDIANS_MAX)?;
        if !link.accepted() && others.iter().any(Guardianship::accepted) {
            return Ok(None);
        }
        Ok(self.name(&link.child)?.map(|name| name.what))
    }

    fn waiting(&self, office: &str) -> Result<(Vec<Waiting>, bool), Failure> {
        let links = Guardianship::waiting_for(office);
        let mut links = self.rows::<Guardianship>(links, WAITING_MAX + 1)?;
        let more = links.len() > WAITING_MAX;
        links.truncate(WAITING_MAX);
        let mut all = Vec::new();
        for link in links {
            let LinkState::Proposed { at, .. } = link.state else {
                continue;
            };
            let identity = self.row::<Identity>(Key::from(link.child.clone()))?;
            let number = identity.and_then(|identity| identity.number);
            let number = number.map(|number| self.open(&number.number)).transpose()?;
            all.push(Waiting {
                guardian_name: self.name(&link.guardian)?,
                child_name: self.name(&link.child)?,
                guardian: link.guardian,
                child: link.child,
                number,
                since: at,
            });
        }
        all.sort_by_key(|waiting| waiting.since);
        Ok((all, more))
    }
}
