//! Certificates and the commended at the edge: names sealed, commands given, rows read and opened.

use super::{Bookings, Ready};
use crate::app::App;
use crate::failure::Failure;
use crate::people::ours;
use forms::booking::rows::{Absences, Hours, found};
use forms::booking::views::{Account, account};
use forms::people::powers::Citation;
use forms::people::{Identity, PersonName, Private};
use forms::record::commend::{Commendation, Commended, Record};
use forms::record::rows::{Named, Reason};
use forms::record::{
    Agree, Certificate, Holder, Issue, IssueCertificate, Refused, Revoke, RevokeCertificate,
    Serial, ShowName,
};
use jiff::Timestamp;
use ledger::Declined;
use ledger::entry::Origin;
use ledger::form::Form;
use ledger::given::{Chance as _, SystemChance};
use ledger::item::{Found, ItemId, Row};
use ledger::name::{Actor, Key, Kind, Person, RequestId};
use ledger::sealed::SealError;
use ledger::store::{AnyReader, PersonKey, Read as _};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Certificates of one person that are shown.
const OWN_MAX: usize = 256;
/// Rows that are read at once.
const PAGE: usize = 1_000;
/// People of whom a list of commended is made; what goes beyond is said to be left out.
const PEOPLE_MAX: usize = 50_000;
/// Certificates that a list of void ones holds.
const VOID_MAX: usize = 10_000;

/// What one person has in an offer that promises hours.
pub struct Mine {
    /// Position of the offer.
    pub at: usize,
    /// Their hours.
    pub account: Account,
    /// Their certificates of it, the newest first.
    pub certificates: Vec<Certificate>,
    /// Their name may be shown among its commended.
    pub named: bool,
}

/// The certificates page of one person.
pub struct Own {
    /// By offer.
    pub offers: Vec<Mine>,
    /// They have stated a name.
    pub has_name: bool,
}

/// Why a command about certificates is not carried out.
pub enum NotDone {
    /// Its form refuses it.
    Refused(Refused),
    /// No name was stated, and a certificate without one is nobody's.
    NoName,
    /// It could not be decided.
    Failure(Failure),
}

impl From<Failure> for NotDone {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Who is commended, as a page shows it.
pub struct Listed {
    /// In the order of pseudonyms, with the name of who lets it be shown.
    pub lines: Vec<(Commended, Option<String>)>,
    /// People whose hours were looked at.
    pub people: usize,
    /// There are more than are looked at.
    pub cut: bool,
}

impl Bookings {
    /// Gives a command of a form that is no booking's, under an offer's notice.
    async fn carry_out<F: Form>(
        &self,
        ready: &Ready,
        actor: &Person,
        now: Timestamp,
        form: F,
        command: F::Command,
    ) -> Result<u64, Declined<F::Refusal>>
    where
        F::Refusal: std::fmt::Debug,
    {
        let failed = |error: String| Declined::Later(error);
        let chance = SystemChance.bytes();
        let chance = chance.as_ref().and_then(|bytes| bytes.first_chunk());
        let chance = chance.ok_or_else(|| failed("no random numbers".to_owned()))?;
        let origin = Origin {
            request: RequestId::new(now, *chance),
            actor: Actor::new(actor.as_str()).map_err(|error| failed(error.to_string()))?,
            notice: ready.offering.notice().clone(),
            text: ready.offering.text(),
        };
        let pending = self.ledger.submit(origin, form, command);
        let done = pending.map_err(|error| failed(error.to_string()))?.await?;
        self.written.notify_one();
        Ok(done.sequence)
    }

    async fn decided<F: Form<Refusal = Refused>>(
        &self,
        ready: &Ready,
        actor: &Person,
        now: Timestamp,
        form: F,
        command: F::Command,
    ) -> Result<(), NotDone> {
        match self.carry_out(ready, actor, now, form, command).await {
            Ok(_) => Ok(()),
            Err(Declined::Refused(refused)) => Err(NotDone::Refused(refused)),
            Err(declined) => Err(NotDone::Failure(Failure::Ours(format!("{declined:?}")))),
        }
    }

    /// What somebody has in the offers that promise hours.
    pub async fn own(&self, app: &Arc<App>, person: &Person) -> Result<Own, Failure> {
        let (app, person) = (app.clone(), person.clone());
        self.read(move |reader| {
            let by = Certificate::of_person(&person).map_err(ours)?;
            let all: Vec<Certificate> = rows(reader, &by, OWN_MAX)?;
            let mut offers = Vec::new();
            for (at, ready) in app.offers.all().iter().enumerate() {
                if ready.offering.promised().is_none() {
                    continue;
                }
                let offer = ready.offering.key();
                let account = account(reader, &ready.offering, &person).map_err(ours)?;
                let mut certificates: Vec<_> =
                    all.iter().filter(|c| c.offer == *offer).cloned().collect();
                certificates.reverse();
                if account.counted() == 0 && certificates.is_empty() {
                    continue;
                }
                let key = Named::key_of(&person, offer).map_err(ours)?;
                let named = row::<Named>(reader, key)?.is_some();
                offers.push(Mine {
                    at,
                    account,
                    certificates,
                    named,
                });
            }
            let has_name = row::<Identity>(reader, Key::from(person))?.is_some();
            Ok(Own { offers, has_name })
        })
        .await
    }

    /// Somebody asks for their certificate of an offer.
    pub async fn ask_certificate(
        &self,
        ready: &Ready,
        person: &Person,
        now: Timestamp,
    ) -> Result<(), NotDone> {
        let holder = self.holder(person).await?;
        let command = IssueCertificate {
            person: person.clone(),
            holder,
            replaces: None,
            under: None,
        };
        let form = Issue::new(&ready.offering, &ready.notice);
        self.decided(ready, person, now, form, command).await
    }

    /// Staff issue another certificate in the place of one that is void, with the name that its person has stated since.
    pub async fn replace(
        &self,
        ready: &Ready,
        void: &Certificate,
        officer: &Person,
        under: Citation,
        now: Timestamp,
    ) -> Result<(), NotDone> {
        let command = IssueCertificate {
            person: void.person.clone(),
            holder: self.holder(&void.person).await?,
            replaces: Some(void.serial.clone()),
            under: Some(under),
        };
        let form = Issue::new(&ready.offering, &ready.notice);
        self.decided(ready, officer, now, form, command).await
    }

    /// What somebody has in an offer.
    pub async fn counted(&self, ready: &Ready, person: &Person) -> Result<Account, Failure> {
        let (offering, person) = (ready.offering.clone(), person.clone());
        self.read(move |reader| account(reader, &offering, &person).map_err(ours))
            .await
    }

    /// Somebody's name as they have stated it, sealed for a certificate.
    async fn holder(&self, person: &Person) -> Result<Private<Holder>, NotDone> {
        let whose = person.clone();
        let holder = self.read(move |reader| {
            let Some(name) = name(reader, &whose)? else {
                return Ok(None);
            };
            let holder = Holder::new(name, &mut SystemChance).map_err(ours)?;
            Private::seal(reader, &mut SystemChance, &whose, &holder)
                .map(Some)
                .map_err(sealed)
        });
        holder.await?.ok_or(NotDone::NoName)
    }

    /// Somebody lets their name be shown among the commended of an offer, or no longer.
    pub async fn show_name(
        &self,
        ready: &Ready,
        person: &Person,
        show: bool,
        now: Timestamp,
    ) -> Result<(), NotDone> {
        let mut sealed_name = None;
        if show {
            let whose = person.clone();
            let read = self.read(move |reader| {
                let Some(name) = name(reader, &whose)? else {
                    return Ok(None);
                };
                Private::seal(reader, &mut SystemChance, &whose, &name)
                    .map(Some)
                    .map_err(sealed)
            });
            sealed_name = Some(read.await?.ok_or(NotDone::NoName)?);
        }
        let command = ShowName {
            person: person.clone(),
            name: sealed_name,
        };
        let form = Agree {
            clause: ready.offering.clause().clone(),
        };
        self.decided(ready, person, now, form, command).await
    }

    /// Staff make a certificate void.
    pub async fn revoke(
        &self,
        ready: &Ready,
        (serial, reason): (Serial, Reason),
        person: &Person,
        under: Citation,
        now: Timestamp,
    ) -> Result<(), NotDone> {
        let form = Revoke {
            clause: ready.offering.clause().clone(),
        };
        let command = RevokeCertificate {
            serial,
            reason,
            under,
        };
        self.decided(ready, person, now, form, command).await
    }

    /// A certificate with its holder, as far as the name can still be read: not after its person was forgotten.
    pub async fn certificate(
        &self,
        serial: Serial,
    ) -> Result<Option<(Certificate, Option<Holder>)>, Failure> {
        self.read(move |reader| {
            let found = row::<Certificate>(reader, serial.key().clone())?;
            let Some(certificate) = found else {
                return Ok(None);
            };
            let holder = match certificate.holder.open(reader) {
                Ok(holder) => Some(holder),
                Err(SealError::Forgotten(_)) => None,
                Err(error) => return Err(sealed(error)),
            };
            Ok(Some((certificate, holder)))
        })
        .await
    }

    /// The certificates that are void.
    pub async fn void(&self) -> Result<Vec<Certificate>, Failure> {
        self.read(|reader| {
            let by = Certificate::void().map_err(ours)?;
            rows(reader, &by, VOID_MAX)
        })
        .await
    }

    /// Who is commended of an offer, by the rule of its notice.
    pub async fn commended(&self, app: &Arc<App>, at: usize) -> Result<Option<Listed>, Failure> {
        let app = app.clone();
        self.read(move |reader| {
            let Some(ready) = app.offers.all().get(at) else {
                return Ok(None);
            };
            let notice = &ready.notice;
            let Some(book) = app.alone.get(&notice.slug) else {
                return Ok(None);
            };
            let Ok(mut rule) = Commendation::of(book, notice, app.now()) else {
                return Ok(None);
            };
            let offer = ready.offering.key();
            let by = found("hours.offer", offer.as_str()).ok_or(Failure::NotFound)?;
            let all: Vec<Hours> = rows(reader, &by, PEOPLE_MAX + 1)?;
            let cut = all.len() > PEOPLE_MAX;
            let mut records = Vec::with_capacity(all.len());
            for hours in all.into_iter().take(PEOPLE_MAX) {
                let absences = row::<Absences>(reader, hours.key.clone())?;
                records.push(Record {
                    person: hours.person,
                    checked: hours.checked,
                    granted: hours.granted,
                    absences: absences.map_or(0, |a| u32::try_from(a.of.len()).unwrap_or(u32::MAX)),
                });
            }
            let people = records.len();
            let by = Named::of_offer(offer).map_err(ours)?;
            let named: Vec<Named> = rows(reader, &by, PEOPLE_MAX)?;
            let mut names = BTreeMap::new();
            for named in named {
                // Whoever was forgotten is a pseudonym again.
                if matches!(reader.person_key(&named.person), Ok(PersonKey::Kept(_))) {
                    let name = named.name.open(reader).map_err(sealed)?;
                    names.insert(named.person, name.as_str().to_owned());
                }
            }
            let lines = rule.list(records).into_iter().map(|line| {
                let name = names.remove(&line.record.person);
                (line, name)
            });
            Ok(Some(Listed {
                lines: lines.collect(),
                people,
                cut,
            }))
        })
        .await
    }
}

/// The name that a person has stated.
fn name(reader: &AnyReader, person: &Person) -> Result<Option<PersonName>, Failure> {
    let identity = row::<Identity>(reader, Key::from(person.clone()))?;
    identity
        .map(|identity| identity.name.open(reader).map_err(sealed))
        .transpose()
}

/// What failed names the person, by a pseudonym only, and the log of the server names nobody.
fn sealed(_: SealError) -> Failure {
    Failure::Ours("personal data could not be sealed or opened".to_owned())
}

fn row<R: Row>(reader: &AnyReader, key: Key) -> Result<Option<R>, Failure> {
    let kind = Kind::new(R::KIND).map_err(ours)?;
    let item = reader.item(&ItemId { kind, key }).map_err(ours)?;
    item.map(|item| item.read().map_err(ours)).transpose()
}

/// Rows found by this, at most so many.
fn rows<R: Row>(reader: &AnyReader, by: &Found, most: usize) -> Result<Vec<R>, Failure> {
    let mut all = Vec::new();
    let mut after: Option<ItemId> = None;
    while all.len() < most {
        let page = reader.find(by, after.as_ref(), PAGE.min(most - all.len()));
        let page = page.map_err(ours)?;
        after = page.last().map(ledger::item::Item::id);
        for item in &page {
            all.push(item.read().map_err(ours)?);
        }
        if page.len() < PAGE {
            break;
        }
    }
    Ok(all)
}
