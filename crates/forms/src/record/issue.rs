//! Issuing a certificate: once the hours that an offer promises are met, and not before.

use std::sync::Arc;

use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::name::Person;
use notice::{Label, Lang, Notice};
use serde::Serialize;

use super::holder::Holder;
use super::refusal::{Refused, Why};
use super::rows::{Authority, Certificate, Serial};
use super::sum::sum;
use crate::booking::Offering;
use crate::booking::rows::{Hours, person_key};
use crate::people::Private;
use crate::people::account::themselves_or_guardian;
use crate::people::powers::{Act, Citation};

/// Certificates that one person can have: far more than anybody earns.
const CERTIFICATES_MAX: usize = 1024;

/// Issues certificates over the hours of an offer, by one version of its notice's text.
#[derive(Debug)]
pub struct Issue {
    offering: Arc<Offering>,
    title: Label,
    demo: bool,
}

/// What [`Issue`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct IssueCertificate {
    /// For whom.
    pub person: Person,
    /// Their name, sealed under their key.
    pub holder: Private<Holder>,
    /// By which clause staff issue it; nothing when its holder, or a child's guardian, asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<Citation>,
}

impl Issue {
    /// Of this offer, which is the notice's.
    #[must_use]
    pub fn new(offering: &Arc<Offering>, notice: &Notice) -> Self {
        let english = notice.title_in(Lang::En).0;
        Self {
            offering: offering.clone(),
            title: Label::new(notice.title.as_str(), english),
            demo: notice.demo,
        }
    }

    fn refused(&self, why: Why) -> Stop<Refused> {
        Stop::Refused(Refused {
            why,
            clause: self.offering.clause().clone(),
        })
    }
}

impl Form for Issue {
    type Command = IssueCertificate;
    type Refusal = Refused;
    const NAME: &'static str = "issue-certificate";
    const SHAPE: u16 = 1;

    fn decide(
        &self,
        command: &IssueCertificate,
        draft: &mut Draft<'_>,
    ) -> Result<(), Stop<Refused>> {
        let IssueCertificate {
            person,
            holder,
            under,
        } = command;
        let offering = &self.offering;
        let origin = draft.origin();
        if (&origin.notice, origin.text) != (offering.notice(), offering.text()) {
            return Err(self.refused(Why::OtherText));
        }
        match under {
            Some(citation) => {
                let actor = Person::new(origin.actor.as_str())?;
                if !citation.gives(Act::IssueCertificate, &actor, offering.issuer()) {
                    return Err(self.refused(Why::OtherPower));
                }
            }
            None => themselves_or_guardian(draft, person).map_err(|stop| match stop {
                Stop::Refused(_) => self.refused(Why::NotYours),
                Stop::Failed(fault) => Stop::Failed(fault),
            })?,
        }
        if holder.person() != person {
            return Err(self.refused(Why::OtherPerson));
        }
        let Some(promised) = offering.promised() else {
            return Err(self.refused(Why::NothingPromised));
        };
        let before =
            draft.find::<Certificate>(&Certificate::of_person(person)?, None, CERTIFICATES_MAX)?;
        let mut before = before.iter().filter(|c| c.offer == *offering.key());
        if let Some(held) = before.clone().find(|c| c.revoked.is_none()) {
            let serial = held.serial.clone();
            return Err(self.refused(Why::Already { serial }));
        }
        // What an office has made void, its holder does not make good again.
        if under.is_none() && before.next().is_some() {
            return Err(self.refused(Why::Revoked));
        }
        let hours: Option<Hours> = draft.get(&person_key(person, offering.key())?)?;
        let (checked, granted) = hours.map_or((0, 0), |hours| (hours.checked, hours.granted));
        let counted = checked.saturating_add(granted);
        if counted < promised.0 {
            return Err(self.refused(Why::Missing {
                counted,
                promised: promised.0,
            }));
        }
        let sum = sum(draft, offering, person)?;
        let Some((from, to)) = sum.span else {
            return Err(self.refused(Why::Missing {
                counted: 0,
                promised: promised.0.max(1),
            }));
        };
        let certificate = Certificate {
            serial: Serial::of(draft.sequence(), draft.seed()?)?,
            person: person.clone(),
            offer: offering.key().clone(),
            text: offering.text(),
            title: self.title.clone(),
            demo: self.demo,
            issuer: offering.issuer().to_owned(),
            holder: holder.clone(),
            parts: sum.parts,
            from,
            to,
            promised: promised.0,
            issued: draft.now(),
            under: under.as_ref().map(Authority::of),
            revoked: None,
        };
        // The account and the bookings are written together; if they differ, one of them is not what happened.
        if (certificate.checked(), certificate.granted()) != (checked, granted) {
            return Err(self.refused(Why::Unsettled));
        }
        draft.claim(Certificate::claim(person, offering.key())?)?;
        Ok(draft.put(&certificate)?)
    }
}
