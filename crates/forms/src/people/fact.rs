//! What rules ask for about a person: stated by the person or confirmed by an office. Neither the attribute nor its value
//! can be read in the log: that somebody was asked for a disability certificate says something too.

use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::given::Chance;
use ledger::item::{Found, Row};
use ledger::name::{BadName, Index, Key, Person};
use ledger::sealed::SealError;
use ledger::store::Read;
use serde::{Deserialize, Serialize};

use super::account::{account, owned_by, themselves_or_guardian};
use super::blind::{Blind, BlindKey};
use super::identity::{Basis, Check};
use super::key_of;
use super::powers::{Act, Citation};
use super::private::{PersonalData, Private};
use super::refusal::Refusal;

/// Facts kept about one person.
pub const FACTS_MAX: usize = 64;

/// An attribute and its value, in the vocabulary's words: `会说普通话` = `是`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidFact {
    /// The attribute.
    pub attribute: String,
    /// Its value, as a notice's reader would write it.
    pub value: String,
}

impl PersonalData for SaidFact {
    const WHAT: &'static str = "fact";
}

impl std::fmt::Debug for SaidFact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SaidFact(…)")
    }
}

/// One fact about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// About whom.
    pub person: Person,
    /// Index of the attribute, so that each is kept once.
    pub index: Blind,
    /// Attribute and value.
    pub said: Private<SaidFact>,
    /// On whose word.
    pub basis: Basis,
}

impl Fact {
    /// The key of a fact.
    ///
    /// # Errors
    /// Never for an index, whose digits are a name.
    pub fn key_of(index: &Blind) -> Result<Key, BadName> {
        Key::new(&index.to_string())
    }

    /// How all facts about a person are found.
    ///
    /// # Errors
    /// Never: the index's name is one.
    pub fn of(person: &Person) -> Result<Found, BadName> {
        Ok(Found(Index::new("fact.person")?, key_of(person)))
    }
}

impl Row for Fact {
    const KIND: &'static str = "fact";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        Self::key_of(&self.index).unwrap_or_else(|_| key_of(&self.person))
    }

    fn found_by(&self) -> Vec<Found> {
        Self::of(&self.person).into_iter().collect()
    }
}

/// The person states a fact, or a guardian does.
#[derive(Clone, Copy, Debug, Default)]
pub struct StateFact;

/// What [`StateFact`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct StatedFact {
    /// About whom.
    pub person: Person,
    /// Index of the attribute.
    pub index: Blind,
    /// Attribute and value; nothing to take back what was stated.
    pub said: Option<Private<SaidFact>>,
}

impl Form for StateFact {
    type Command = StatedFact;
    type Refusal = Refusal;
    const NAME: &'static str = "state-fact";
    const SHAPE: u16 = 1;

    fn decide(&self, stated: &StatedFact, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let StatedFact {
            person,
            index,
            said,
        } = stated;
        themselves_or_guardian(draft, person)?;
        account(draft, person)?;
        let before = fact(draft, person, index)?;
        if let Some(before) = &before {
            before.basis.may_be_restated()?;
        }
        let Some(said) = said else {
            let gone = before.ok_or(Stop::Refused(Refusal::NothingStated))?;
            return Ok(draft.remove::<Fact>(&gone.key())?);
        };
        let at = draft.now();
        write(
            draft,
            before.is_none(),
            person,
            index,
            said,
            Basis::Stated { at },
        )
    }
}

/// An office confirms a fact as it has seen it, or takes its word back: then the fact is gone, and the person may state it anew.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckFact;

/// What [`CheckFact`] is told. Only [`CheckedFact::new`] makes one, so the index is always that of what was sealed, and the
/// clause is one for this very attribute.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedFact {
    person: Person,
    index: Blind,
    said: Private<SaidFact>,
    check: Check,
    under: Citation,
}

/// Why a fact cannot be confirmed, or the confirmation not taken back.
#[derive(Debug, thiserror::Error)]
pub enum Uncheckable {
    /// The clause was given for another attribute.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be sealed for this person.
    #[error(transparent)]
    Unsealed(#[from] SealError),
}

impl CheckedFact {
    /// What an office says about a person: attribute and value as it has seen them, which may be other than stated.
    ///
    /// # Errors
    /// [`Uncheckable::Refused`] with [`Refusal::OtherPower`] for a clause that was asked for about another attribute;
    /// [`Uncheckable::Unsealed`] when the person has no key, or was forgotten.
    pub fn new(
        (store, chance): (&impl Read, &mut dyn Chance),
        blind: &BlindKey,
        person: Person,
        said: &SaidFact,
        check: Check,
        under: Citation,
    ) -> Result<Self, Uncheckable> {
        if !under.is_about(&said.attribute) {
            return Err(Refusal::OtherPower.into());
        }
        Ok(Self {
            index: blind.attribute(&person, &said.attribute),
            said: Private::seal(store, chance, &person, said)?,
            person,
            check,
            under,
        })
    }
}

impl Form for CheckFact {
    type Command = CheckedFact;
    type Refusal = Refusal;
    const NAME: &'static str = "check-fact";
    const SHAPE: u16 = 1;

    fn decide(&self, checked: &CheckedFact, draft: &mut Draft<'_>) -> Result<(), Stop<Refusal>> {
        let CheckedFact {
            person,
            index,
            said,
            check,
            under,
        } = checked;
        under.good_for(Act::ConfirmFact, draft)?;
        account(draft, person)?;
        let before = fact(draft, person, index)?;
        let at = draft.now();
        // An office may confirm what it knows before the person has said it.
        let stated = Basis::Stated { at };
        let basis = before.as_ref().map_or(&stated, |before| &before.basis);
        let basis = check.apply(basis, under.office(), at)?;
        match (check, before) {
            // What only the office has said, nobody has stated: without its word nothing is left.
            (Check::TakeBack, Some(gone)) => Ok(draft.remove::<Fact>(&gone.key())?),
            (_, before) => write(draft, before.is_none(), person, index, said, basis),
        }
    }
}

/// The fact, which must be this person's if there is one.
fn fact(
    draft: &mut Draft<'_>,
    person: &Person,
    index: &Blind,
) -> Result<Option<Fact>, Stop<Refusal>> {
    match draft.get::<Fact>(&Fact::key_of(index)?)? {
        Some(fact) if fact.person != *person => Err(Stop::Refused(Refusal::AnothersData)),
        fact => Ok(fact),
    }
}

fn write(
    draft: &mut Draft<'_>,
    new: bool,
    person: &Person,
    index: &Blind,
    said: &Private<SaidFact>,
    basis: Basis,
) -> Result<(), Stop<Refusal>> {
    owned_by(person, said)?;
    if new
        && draft
            .find::<Fact>(&Fact::of(person)?, None, FACTS_MAX)?
            .len()
            >= FACTS_MAX
    {
        return Err(Stop::Refused(Refusal::TooManyFacts));
    }
    Ok(draft.put(&Fact {
        person: person.clone(),
        index: *index,
        said: said.clone(),
        basis,
    })?)
}
