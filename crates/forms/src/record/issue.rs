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
    /// The void one whose place it takes. Staff name it wherever there is one; nobody else can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Serial>,
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
            replaces,
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
                let gives = citation.gives(Act::IssueCertificate, &actor, offering.issuer());
                // Nobody issues their own in the name of their office.
                if !gives || actor == *person {
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
        let all =
            draft.find::<Certificate>(&Certificate::of_person(person)?, None, CERTIFICATES_MAX)?;
        let mut before = all.iter().filter(|c| c.offer == *offering.key());
        if let Some(held) = before.clone().find(|c| c.revoked.is_none()) {
            let serial = held.serial.clone();
            return Err(self.refused(match replaces {
                Some(named) if *named == serial => Why::NotVoid,
                Some(named) => irreplaceable(all.iter(), named),
                None => Why::Already { serial },
            }));
        }
        // What an office has made void, its holder does not make good again.
        let void = before.find(|c| c.revoked.as_ref().is_some_and(|r| r.replaced_by.is_none()));
        if under.is_none() && void.is_some() {
            return Err(self.refused(Why::Revoked));
        }
        let replaced = match (replaces, void) {
            (None, None) => None,
            (None, Some(void)) => {
                let serial = void.serial.clone();
                return Err(self.refused(Why::Unnamed { serial }));
            }
            (Some(serial), Some(void)) if void.serial == *serial => Some(void.clone()),
            (Some(serial), _) => return Err(self.refused(irreplaceable(all.iter(), serial))),
        };
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
            replaces: replaces.clone(),
            revoked: None,
        };
        // The account and the bookings are written together; if they differ, one of them is not what happened.
        if (certificate.checked(), certificate.granted()) != (checked, granted) {
            return Err(self.refused(Why::Unsettled));
        }
        draft.claim(Certificate::claim(person, offering.key())?)?;
        // The void one tells which has taken its place, to whoever looks its number up.
        if let Some(mut void) = replaced {
            if let Some(revoked) = &mut void.revoked {
                revoked.replaced_by = Some(certificate.serial.clone());
            }
            draft.put(&void)?;
        }
        Ok(draft.put(&certificate)?)
    }
}

/// Why this certificate of a person is not one that another can take the place of.
fn irreplaceable<'a>(mut all: impl Iterator<Item = &'a Certificate>, named: &Serial) -> Why {
    let named = all.find(|certificate| certificate.serial == *named);
    let by = named.and_then(|certificate| certificate.revoked.as_ref()?.replaced_by.clone());
    match by {
        Some(serial) => Why::Replaced { serial },
        None => Why::NoSuchCertificate,
    }
}
