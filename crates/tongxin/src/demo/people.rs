//! The people of a demo city: its own, and as many more as are asked for, each with an account, facts and a name.

use super::house::House;
use super::names;
use crate::data::Refusal;
use crate::fault::Fault;
use city::City;
use forms::people::account::{Open, Opening};
use forms::people::fact::{StateFact, StatedFact};
use forms::people::identity::{StateIdentity, Stating};
use forms::people::{
    BlindKey, MailAddress, PasswordHash, PersonName, PersonalData, Private, SaidFact,
};
use ledger::name::{Actor, Notice, Person, TextVersion};

/// Somebody invented.
#[derive(Clone)]
pub struct Somebody {
    pub person: Person,
    name: String,
    facts: Vec<SaidFact>,
}

impl Somebody {
    /// Their age, if they state one.
    pub fn age(&self) -> Option<u8> {
        let mut facts = self.facts.iter();
        let said = facts.find(|said| said.attribute == "年龄")?;
        said.value.split_whitespace().next()?.parse().ok()
    }
}

/// The city's own people who act for themselves and have no post, then so many more.
pub fn invent(city: &City, house: &mut House, more: u64) -> Result<Vec<Somebody>, Fault> {
    let own = web::People::invented(city);
    let plain = own.filter(|person| person.post.is_none() && person.guardian_of.is_empty());
    let own = plain.map(|invented| {
        Ok(Somebody {
            person: Person::new(&invented.id).map_err(broken)?,
            name: invented.name.zh.to_string(),
            facts: web::said_facts(&invented.facts, &city.vocabulary),
        })
    });
    let mut all: Vec<Somebody> = own.collect::<Result<_, Fault>>()?;
    for number in 1..=more {
        let dice = &mut house.dice;
        let age = match dice.below(10) {
            0 => dice.between(14, 17),
            1..=5 => dice.between(18, 35),
            6..=8 => dice.between(36, 60),
            _ => dice.between(61, 78),
        };
        let yes = |is: bool| if is { "是" } else { "否" }.to_owned();
        let facts = [
            ("年龄", format!("{age} 岁")),
            ("会说普通话", yes(dice.percent(93))),
            ("住在本社区", yes(dice.percent(30))),
        ];
        let known = |attribute: &str| {
            let mut all = city.vocabulary.attributes.iter();
            all.any(|known| &*known.label.zh == attribute)
        };
        let facts = facts.into_iter().filter(|(attribute, _)| known(attribute));
        all.push(Somebody {
            person: Person::new(&format!("demo-{number:06}")).map_err(broken)?,
            name: names::name(dice),
            facts: facts
                .map(|(attribute, value)| SaidFact {
                    attribute: attribute.to_owned(),
                    value,
                })
                .collect(),
        });
    }
    Ok(all)
}

/// Opens these people's accounts at the present time, as they would themselves: address, facts, name.
pub fn introduce(
    house: &mut House,
    under: (&Notice, TextVersion),
    blind: &BlindKey,
    some: &[&Somebody],
) -> Result<(), Fault> {
    house.keys(some.iter().map(|somebody| &somebody.person))?;
    let mut openings = Vec::new();
    for somebody in some {
        let mail =
            MailAddress::new(&format!("{}@demo.invalid", somebody.person)).map_err(broken)?;
        // Salt and hash of nothing: nobody signs in by it, and no password had to be made.
        let digits = |bytes: [u8; 32]| -> String {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        let (salt, hash) = (digits(house.dice.bytes()), digits(house.dice.bytes()));
        let hash = format!(
            "$argon2id$v=19$m=19456,t=2,p=1${}${}",
            &salt[..22],
            &hash[..43]
        );
        let opening = Opening {
            person: somebody.person.clone(),
            login: blind.login(&mail),
            mail: seal(house, &somebody.person, &mail)?,
            password: seal(
                house,
                &somebody.person,
                &PasswordHash::new(&hash).map_err(broken)?,
            )?,
        };
        openings.push((actor(&somebody.person)?, opening));
    }
    house.give(under, || Open, openings)?;
    let mut facts = Vec::new();
    for somebody in some {
        for said in &somebody.facts {
            let stated = StatedFact {
                person: somebody.person.clone(),
                index: blind.attribute(&somebody.person, &said.attribute),
                said: Some(seal(house, &somebody.person, said)?),
            };
            facts.push((actor(&somebody.person)?, stated));
        }
    }
    house.give(under, || StateFact, facts)?;
    // Last, so that whoever has a name here has everything.
    let mut names = Vec::new();
    for somebody in some {
        let name = PersonName::new(&somebody.name).map_err(broken)?;
        let stating = Stating {
            person: somebody.person.clone(),
            name: seal(house, &somebody.person, &name)?,
            number: None,
        };
        names.push((actor(&somebody.person)?, stating));
    }
    house.give(under, || StateIdentity, names)?;
    Ok(())
}

fn seal<T: PersonalData>(
    house: &mut House,
    person: &Person,
    value: &T,
) -> Result<Private<T>, Fault> {
    Private::seal(&house.reader, &mut house.dice, person, value).map_err(broken)
}

/// Somebody as an actor.
pub fn actor(person: &Person) -> Result<Actor, Fault> {
    Actor::new(person.as_str()).map_err(broken)
}

/// The clock as an actor.
pub fn clock() -> Result<Actor, Fault> {
    Actor::new(forms::booking::CLOCK).map_err(broken)
}

/// Something invented does not fit: a fault of ours.
pub fn broken(error: impl std::fmt::Display) -> Fault {
    Refusal::Unfilled(error.to_string()).into()
}
