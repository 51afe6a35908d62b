//! The people of a demo city, who are invented: one click signs in as one of them. What is known of them becomes entries by
//! the same commands as for everybody, the first time somebody comes as them. So do the papers of their children: an invented
//! officer whom the powers let do it accepts the guardianship and confirms what the city folder says of the child.

use super::password::Password;
use super::{Caller, People, Stopped, ours, to_confirm};
use crate::app::App;
use crate::failure::Failure;
use city::City;
use city::people::Person as Invented;
use forms::people::account::Access;
use forms::people::guardian::{AcceptGuardian, Accepting, Link};
use forms::people::identity::Check;
use forms::people::powers::{Act, Citation, Powers};
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
        app: &App,
        id: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Token, Stopped> {
        let mut invented = Self::invented(app.city());
        let invented = invented.find(|p| p.id == id);
        let invented = invented.ok_or(Stopped::Refused(Refusal::NoAccount))?;
        let person = Person::new(&invented.id).map_err(ours)?;
        self.introduce(app, invented, &person, now).await?;
        self.begin(person, caller, now).await
    }

    /// Gives an invented person an account, and what the city folder tells of them, where that is missing.
    async fn introduce(
        self: &Arc<Self>,
        app: &App,
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
            let child = app.city().people.iter().find(|p| p.id == *child);
            if let Some(child) = child {
                self.introduce_child(app, person, child, now).await?;
            }
        }
        for said in super::said(&invented.facts, &app.city().vocabulary) {
            self.state_fact(person, person, said, now).await?;
        }
        // Last, so that whoever has a name here has everything.
        self.state_name(person, PersonName::new(&invented.name.zh)?, now)
            .await
    }

    /// The guardian proposes, the office accepts; then the office confirms what it knows of the child. Where no post of the
    /// demo may accept, the guardianship stays proposed, and nobody's word is taken for the child's facts.
    async fn introduce_child(
        self: &Arc<Self>,
        app: &App,
        guardian: &Person,
        invented: &Invented,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let child = Person::new(&invented.id).map_err(ours)?;
        if !self.key(&child).await? {
            // Forgotten, and stays so.
            return Ok(());
        }
        let link = Link {
            guardian: guardian.clone(),
            child: child.clone(),
        };
        let name = PersonName::new(&invented.name.zh)?;
        let empowered_now = empowered(app, Act::ConfirmGuardian, None)?;
        let Some(office) = turned_to(app, empowered_now.as_ref()) else {
            return Ok(());
        };
        match self
            .open_for_child(guardian, &child, name, None, &office, now)
            .await
        {
            Err(Stopped::Refused(Refusal::HasAccount)) => {
                let child = child.clone();
                let proposed = self.propose_guardian(guardian, child, &office, now);
                unless_done(proposed.await)?;
            }
            other => other?,
        }
        let Some((officer, under)) = empowered_now else {
            return Ok(());
        };
        let accepting = Accepting { link, under };
        let accepted = self.give(&officer, now, AcceptGuardian, accepting);
        unless_done(accepted.await)?;
        for said in super::said(&invented.facts, &app.city().vocabulary) {
            let leave = empowered(app, Act::ConfirmFact, Some(&said.attribute))?;
            let Some((officer, under)) = leave else {
                continue;
            };
            let how = (Check::Confirm, under);
            let checked = self.check_fact(&officer, &child, said, how, now);
            unless_done(checked.await)?;
        }
        Ok(())
    }
}

/// The first of the invented officers whom the powers let do something in the matters of their own office; `attribute` is what is
/// to be confirmed, if that is it.
fn empowered(
    app: &App,
    act: Act,
    attribute: Option<&str>,
) -> Result<Option<(Person, Citation)>, Failure> {
    for invented in &app.city().people {
        let Some(post) = &invented.post else { continue };
        let person = Person::new(&invented.id).map_err(ours)?;
        let matter = to_confirm(app.city(), &post.office, attribute, false);
        let asked =
            Powers::of(&app.book).may(&app.standing(&person, None), act, &matter, app.now());
        if let Ok(citation) = asked {
            return Ok(Some((person, citation)));
        }
    }
    Ok(None)
}

/// The office that an invented guardian turns to: that of whoever accepts, else one whose posts may, else any.
fn turned_to(app: &App, officer: Option<&(Person, Citation)>) -> Option<String> {
    if let Some((_, under)) = officer {
        return Some(under.office().to_owned());
    }
    let may = Powers::of(&app.book).offices(Act::ConfirmGuardian, app.now());
    let any = app.city().offices.offices.first();
    may.first()
        .map(|id| (*id).to_owned())
        .or_else(|| any.map(|office| office.id.to_string()))
}

/// Somebody else may have come as the same person at the same moment, or another office has spoken already.
fn unless_done(done: Result<(), Stopped>) -> Result<(), Stopped> {
    match done {
        Err(Stopped::Refused(
            Refusal::HasAccount
            | Refusal::LinkExists
            | Refusal::LinkAccepted
            | Refusal::LinkRefused
            | Refusal::NoGuardianYet
            | Refusal::NoLink
            | Refusal::Confirmed { .. },
        )) => Ok(()),
        other => other,
    }
}
