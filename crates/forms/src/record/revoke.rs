//! Making a certificate void. It stays where it is, and its number tells since when and why.

use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::name::Person;
use notice::rule::ClauseAddress;
use serde::Serialize;

use super::refusal::{Refused, Why};
use super::rows::{Authority, Certificate, Reason, Revoked, Serial};
use crate::people::powers::{Act, Citation};

/// Makes certificates void.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// The offer whose certificates they are.
    pub clause: ClauseAddress,
}

/// What [`Revoke`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct RevokeCertificate {
    /// Which.
    pub serial: Serial,
    /// Why.
    pub reason: Reason,
    /// By which clause staff correct records.
    pub under: Citation,
}

impl Form for Revoke {
    type Command = RevokeCertificate;
    type Refusal = Refused;
    const NAME: &'static str = "revoke-certificate";
    const SHAPE: u16 = 1;

    fn decide(
        &self,
        command: &RevokeCertificate,
        draft: &mut Draft<'_>,
    ) -> Result<(), Stop<Refused>> {
        let refused = |why| {
            Stop::Refused(Refused {
                why,
                clause: self.clause.clone(),
            })
        };
        let found = draft.get::<Certificate>(command.serial.key())?;
        let found = found.filter(|c| c.offer.as_str() == self.clause.to_string());
        let Some(mut certificate) = found else {
            return Err(refused(Why::NoSuchCertificate));
        };
        let actor = Person::new(draft.origin().actor.as_str())?;
        let own = actor == certificate.person;
        let gives = |act| command.under.gives(act, &actor, &certificate.issuer);
        if own || !gives(Act::CorrectRecord) {
            return Err(refused(Why::OtherPower));
        }
        if certificate.revoked.is_some() {
            return Err(refused(Why::AlreadyRevoked));
        }
        certificate.revoked = Some(Revoked {
            at: draft.now(),
            reason: command.reason,
            under: Authority::of(&command.under),
            replaced_by: None,
        });
        draft.release(Certificate::claim(&certificate.person, &certificate.offer)?)?;
        Ok(draft.put(&certificate)?)
    }
}
