//! What people say of themselves, or of a child in their care, kept for the next time; and what offices confirm of it.

use super::{Known, People, Stopped, locked, ours};
use crate::failure::Failure;
use city::City;
use forms::people::fact::{CheckFact, CheckedFact, FACTS_MAX, StateFact, StatedFact, Uncheckable};
use forms::people::guardian::GUARDIANS_MAX;
use forms::people::identity::{Check, CheckIdentity, Checking};
use forms::people::powers::{Citation, Matter};
use forms::people::{Blind, Fact, Guardianship, IdNumber, Identity, PersonName, SaidFact};
use jiff::Timestamp;
use ledger::given::SystemChance;
use ledger::name::{Key, Person};
use notice::vocabulary::Domain;
use notice::{Facts, ValueSet, Vocabulary};
use std::net::IpAddr;
use std::sync::Arc;

/// Somebody as an office is shown them that confirms facts.
pub struct Shown {
    /// Who.
    pub person: Person,
    /// Their name, and on whose word.
    pub name: Known<String>,
    /// What is kept of them. A page shows of it what its office may confirm, and no more.
    pub facts: Vec<Known<SaidFact>>,
    /// Whether it is the officer, or a child of theirs.
    pub own: bool,
    /// Their identity number with its index, for a post that confirms identities.
    pub number: Option<(IdNumber, Blind)>,
}

impl People {
    /// Keeps a fact about a person on the word of `actor`: the person, or a guardian.
    pub async fn state_fact(
        self: &Arc<Self>,
        actor: &Person,
        person: &Person,
        said: SaidFact,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let whose = person.clone();
        let stated = self.with(move |people, kept| {
            Ok(StatedFact {
                index: people.blind.attribute(&whose, &said.attribute),
                said: Some(kept.seal(&whose, &said)?),
                person: whose,
            })
        });
        let stated = stated.await?;
        self.give(actor, now, StateFact, stated).await
    }

    /// Takes back what was stated of a person about an attribute.
    pub async fn take_fact_back(
        self: &Arc<Self>,
        actor: &Person,
        person: &Person,
        attribute: &str,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let stated = StatedFact {
            index: self.blind.attribute(person, attribute),
            said: None,
            person: person.clone(),
        };
        self.give(actor, now, StateFact, stated).await
    }

    /// Who has this code and this name, for an officer with the papers in front of them. The ledger shows everybody's code, so a
    /// code alone finds nobody, and names that do not fit are counted like wrong passwords.
    pub async fn shown(
        self: &Arc<Self>,
        officer: &Person,
        (code, name): (Person, PersonName),
        numbers: bool,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<Option<Shown>, Stopped> {
        let index = self.blind.attribute(&code, "shown-at-the-desk");
        let tried = locked(&self.names).may_try(&index, from, now);
        tried.map_err(Stopped::Wait)?;
        let officer = officer.clone();
        let found = self.with(move |_, kept| {
            let known = kept.name(&code)?;
            let Some(known) = known.filter(|known| same(&known.what, name.as_str())) else {
                return Ok(None);
            };
            let facts = kept.rows::<Fact>(Fact::of(&code), FACTS_MAX)?;
            let facts = facts.into_iter().map(|fact| {
                Ok(Known {
                    what: kept.open(&fact.said)?,
                    basis: fact.basis,
                })
            });
            let guardians =
                kept.rows::<Guardianship>(Guardianship::of_child(&code), GUARDIANS_MAX)?;
            let own = guardians.iter().any(|link| link.guardian == officer);
            let identity = kept.row::<Identity>(Key::from(code.clone()))?;
            let number = identity.and_then(|identity| identity.number);
            let number = number.filter(|_| numbers).map(|number| {
                let opened = kept.open(&number.number)?;
                Ok::<_, Failure>((opened, number.index))
            });
            Ok(Some(Shown {
                number: number.transpose()?,
                name: known,
                facts: facts.collect::<Result<_, Failure>>()?,
                own: own || code == officer,
                person: code,
            }))
        });
        let found = found.await?;
        if found.is_none() {
            locked(&self.names).failed(&index, from, now);
        }
        Ok(found)
    }

    /// An office confirms a name and a number, or takes its word back.
    pub async fn check_identity(
        self: &Arc<Self>,
        officer: &Person,
        person: Person,
        (check, under): (Check, Citation),
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let checking = Checking {
            person,
            check,
            under,
        };
        self.give(officer, now, CheckIdentity, checking).await
    }

    /// An office confirms a fact as it has seen it, or takes its word back.
    pub async fn check_fact(
        self: &Arc<Self>,
        officer: &Person,
        person: &Person,
        said: SaidFact,
        (check, under): (Check, Citation),
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let whose = person.clone();
        let checked = self.with(move |people, kept| {
            let given = (&kept.reader, &mut SystemChance as _);
            match CheckedFact::new(given, &people.blind, whose, &said, check, under) {
                Ok(checked) => Ok(Ok(checked)),
                Err(Uncheckable::Refused(refusal)) => Ok(Err(refusal)),
                // What failed names the person, and the log of the server names nobody.
                Err(Uncheckable::Unsealed(_)) => Err(ours("a fact could not be sealed")),
            }
        });
        let checked = checked.await?.map_err(Stopped::Refused)?;
        self.give(officer, now, CheckFact, checked).await
    }
}

/// Whether two names are one. White space does not matter.
fn same(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.split_whitespace().collect::<String>();
    plain(a) == plain(b)
}

/// What an office asks of the powers before it confirms this attribute of somebody. The matter lies where the office governs, if
/// that is one place.
pub fn to_confirm<'a>(
    city: &City,
    office: &'a str,
    attribute: Option<&'a str>,
    interest: bool,
) -> Matter<'a> {
    let mut offices = city.offices.offices.iter();
    let governs = offices.find(|known| known.id == office);
    Matter {
        place: match governs.map(|office| office.governs.as_slice()) {
            Some([one]) => Some(*one),
            _ => None,
        },
        interest,
        attribute,
        ..Matter::of(office)
    }
}

/// Facts that can be kept, in the vocabulary's words: yes and no, and one of a few values.
pub fn said(facts: &Facts, vocabulary: &Vocabulary) -> Vec<SaidFact> {
    let said = facts.attributes.iter().filter_map(|(id, values)| {
        let attribute = vocabulary.attributes.get(usize::from(id.0))?;
        let value = match &attribute.domain {
            Domain::Boolean { .. } if *values == ValueSet::one(1) => "是",
            Domain::Boolean { .. } if *values == ValueSet::one(0) => "否",
            Domain::Choice { values: all, .. } => {
                let one = (0..).zip(all).find(|(n, _)| *values == ValueSet::one(*n))?;
                one.1.label.zh.as_str()
            }
            _ => return None,
        };
        Some(SaidFact {
            attribute: attribute.label.zh.to_string(),
            value: value.to_owned(),
        })
    });
    said.collect()
}
