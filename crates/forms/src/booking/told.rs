//! What a person has told of themselves, and what an office has confirmed: read once, and kept encrypted.

use city::City;
use ledger::form::Fault;
use ledger::given::Chance;
use ledger::name::Person;
use ledger::sealed::{SealError, Sealed};
use ledger::store::Read;
use notice::{Diagnostic, Facts};
use serde::{Deserialize, Serialize};

use super::offering::Offering;
use crate::people::fact::FACTS_MAX;
use crate::people::{self, Fact};

/// Under which name facts are sealed.
const WHAT: &str = "facts";

/// One thing said of a person, in the words of the notices: `年龄 = 30 岁`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    fact: String,
    /// The office that confirmed it; `None` if it is the person's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed: Option<String>,
}

/// What an answer rests on. The weakest of the facts told, for each of them may have been needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// On the person's word, for one fact at least.
    Stated,
    /// On what offices confirmed.
    Confirmed,
    /// On nothing: no facts were told.
    Nothing,
}

/// Facts of a person, readable and sealed. The two cannot differ: each is made of the other.
///
/// Only the sealed ones are written down. Whoever decides again opens them with the person's key.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    facts: Sealed,
    #[serde(skip)]
    read: Facts,
    /// The same without what is only the person's own word.
    #[serde(skip)]
    confirmed: Facts,
    #[serde(skip)]
    basis: Basis,
}

/// Facts cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum NotTold {
    /// One cannot be read.
    #[error("`{fact}` is no fact: {}", .found.first().map_or("not in the words of this city", |d| &d.message.en))]
    Fact {
        /// The text.
        fact: String,
        /// What is wrong with it.
        found: Vec<Diagnostic>,
    },
    /// They cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What is kept of the person cannot be read.
    #[error(transparent)]
    Kept(#[from] Fault),
}

impl Told {
    /// Puts what a person states now together with what is kept of them, and seals it under their key. That an office
    /// confirmed something is only ever taken from what is kept, and then outweighs the person's word.
    ///
    /// # Errors
    /// [`NotTold`] when a fact is not in the city's words, or the person has no key.
    pub fn seal(
        city: &City,
        store: &impl Read,
        chance: &mut dyn Chance,
        person: &Person,
        states: &[&str],
    ) -> Result<Self, NotTold> {
        let mut said: Vec<Said> = states.iter().map(|fact| Said::stated(fact)).collect();
        said.extend(kept(store, person)?);
        said.sort_by_key(|said| said.confirmed.is_some());
        let facts = Sealed::seal(store, chance, person, WHAT, &said)?;
        Self::read(city, facts, &said)
    }

    /// Opens facts that were sealed, to decide again.
    ///
    /// # Errors
    /// [`NotTold`] when the person was forgotten, or the city's words are others now.
    pub fn open(city: &City, store: &impl Read, facts: Sealed) -> Result<Self, NotTold> {
        let said: Vec<Said> = facts.open(store)?;
        Self::read(city, facts, &said)
    }

    fn read(city: &City, facts: Sealed, said: &[Said]) -> Result<Self, NotTold> {
        let (read, basis) = read(city, said)?;
        let confirmed: Vec<Said> = said
            .iter()
            .filter(|said| said.confirmed.is_some())
            .cloned()
            .collect();
        let (mut confirmed, _) = self::read(city, &confirmed)?;
        // That it is a person needs nobody's word.
        confirmed.kind = read.kind;
        confirmed.kind_alone = read.kind_alone;
        Ok(Self {
            facts,
            read,
            confirmed,
            basis,
        })
    }

    /// Whose they are.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.facts.person
    }

    /// What they rest on.
    #[must_use]
    pub const fn basis(&self) -> Basis {
        self.basis
    }

    /// What they say together.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.read
    }

    /// What of it counts for an offer: all, or what offices have confirmed if the notice takes nothing else.
    #[must_use]
    pub const fn counted_by(&self, offering: &Offering) -> &Facts {
        if offering.confirmed {
            &self.confirmed
        } else {
            &self.read
        }
    }
}

impl Said {
    fn stated(fact: &str) -> Self {
        Self {
            fact: fact.to_owned(),
            confirmed: None,
        }
    }
}

/// What is kept of a person, as facts are written.
fn kept(store: &impl Read, person: &Person) -> Result<Vec<Said>, NotTold> {
    let by = Fact::of(person).map_err(Fault::from)?;
    let items = store.find(&by, None, FACTS_MAX).map_err(Fault::from)?;
    let said = |item: &ledger::item::Item| {
        let fact: Fact = item.read().map_err(Fault::from)?;
        let said = fact.said.open(store)?;
        Ok(Said {
            fact: format!("{} = {}", said.attribute, said.value),
            confirmed: match fact.basis {
                people::Basis::Stated { .. } => None,
                people::Basis::Confirmed { office, .. } => Some(office),
            },
        })
    };
    items.iter().map(said).collect()
}

fn read(city: &City, said: &[Said]) -> Result<(Facts, Basis), NotTold> {
    let mut all = Facts::default();
    let mut basis = Basis::Nothing;
    for said in said {
        let facts = notice::read_facts(city.context(), "facts", said.fact.as_str().into());
        let facts = facts.map_err(|found| NotTold::Fact {
            fact: said.fact.clone(),
            found,
        })?;
        all = all.and(facts);
        basis = basis.min(match said.confirmed {
            Some(_) => Basis::Confirmed,
            None => Basis::Stated,
        });
    }
    Ok((all, basis))
}
