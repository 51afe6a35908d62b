//! What people say of themselves, or of a child in their care, kept for the next time.

use super::{People, Stopped};
use forms::people::SaidFact;
use forms::people::fact::{StateFact, StatedFact};
use jiff::Timestamp;
use ledger::name::Person;
use notice::vocabulary::Domain;
use notice::{Facts, ValueSet, Vocabulary};
use std::sync::Arc;

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
