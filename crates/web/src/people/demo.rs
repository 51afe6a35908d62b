//! The people of a demo city, who are invented: one click signs in as one of them. What is known of them becomes entries by
//! the same commands as for everybody, the first time somebody comes as them.

use super::password::Password;
use super::{Caller, People, Stopped, ours};
use crate::failure::Failure;
use city::City;
use city::people::Person as Invented;
use forms::people::account::Access;
use forms::people::guardian::{Childs, OpenForChild};
use forms::people::{Account, Identity, MailAddress, PersonName, Refusal};
use jiff::Timestamp;
use ledger::name::{Key, Person};
use ledger::store::{PersonKey, Read as _};
use session::Token;
use std::sync::Arc;

impl People {
    /// Those of the city's people who sign in by themselves: children are acted for.
    pub fn invented(city: &City) -> impl Iterator<Item = &Invented> {
        let child = move |id: &str| {
            let mut guarded = city.people.iter().flat_map(|p| &p.guardian_of);
            guarded.any(|guarded| guarded == id)
        };
        city.people.iter().filter(move |p| !child(&p.id))
    }

    /// The ids of those whom somebody has made forgotten.
    pub async fn forgotten(self: &Arc<Self>, city: &Arc<City>) -> Result<Vec<String>, Failure> {
        let city = city.clone();
        self.with(move |_, kept| {
            let mut gone = Vec::new();
            for invented in Self::invented(&city) {
                let person = Person::new(&invented.id).map_err(ours)?;
                if kept.reader.person_key(&person).map_err(ours)? == PersonKey::Destroyed {
                    gone.push(invented.id.clone());
                }
            }
            Ok(gone)
        })
        .await
    }

    /// Signs in as one of the city's people. Whoever is not one of them, or a child, is nobody.
    pub async fn sign_in_as(
        self: &Arc<Self>,
        city: &City,
        id: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Token, Stopped> {
        let mut invented = Self::invented(city);
        let invented = invented.find(|p| p.id == id);
        let invented = invented.ok_or(Stopped::Refused(Refusal::NoAccount))?;
        let person = Person::new(&invented.id).map_err(ours)?;
        self.introduce(city, invented, &person, now).await?;
        self.begin(person, caller, now).await
    }

    /// Gives an invented person an account, and what the city folder tells of them, where that is missing.
    async fn introduce(
        self: &Arc<Self>,
        city: &City,
        invented: &Invented,
        person: &Person,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        if !self.key(person).await? {
            return Err(Stopped::Refused(Refusal::NoAccount));
        }
        let key = Key::from(person.clone());
        let known = self.with(move |_, kept| {
            let account = kept.row::<Account>(key.clone())?;
            let own = account.map(|a| matches!(a.access, Access::Own { .. }));
            Ok((own, kept.row::<Identity>(key)?.is_some()))
        });
        let (account, named) = known.await?;
        if account.is_none() {
            let mail = MailAddress::new(&format!("{}@demo.invalid", invented.id))?;
            let leave = self.hashing.leave().await?;
            let hash = leave.hash(Password::unknown()?).await?;
            let login = self.blind.login(&mail);
            let opened = self.open_for(person, login, mail, hash, now).await;
            unless_done(opened)?;
        }
        if named {
            return Ok(());
        }
        for child in &invented.guardian_of {
            let child = city.people.iter().find(|p| p.id == *child);
            if let Some(child) = child {
                unless_done(self.open_for_child(person, child, now).await)?;
            }
        }
        for said in super::said(&invented.facts, &city.vocabulary) {
            self.state_fact(person, person, said, now).await?;
        }
        // Last, so that whoever has a name here has everything.
        self.state_name(person, PersonName::new(&invented.name.zh)?, now)
            .await
    }

    async fn open_for_child(
        self: &Arc<Self>,
        guardian: &Person,
        child: &Invented,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let name = PersonName::new(&child.name.zh)?;
        let child = Person::new(&child.id).map_err(ours)?;
        if !self.key(&child).await? {
            // Forgotten, and stays so.
            return Ok(());
        }
        let by = guardian.clone();
        let childs = self.with(move |_, kept| {
            Ok(Childs {
                guardian: by,
                name: kept.seal(&child, &name)?,
                child,
            })
        });
        let childs = childs.await?;
        self.give(guardian, now, OpenForChild, childs).await
    }
}

/// Somebody else may have come as the same person at the same moment.
fn unless_done(done: Result<(), Stopped>) -> Result<(), Stopped> {
    match done {
        Err(Stopped::Refused(Refusal::HasAccount)) => Ok(()),
        other => other,
    }
}
