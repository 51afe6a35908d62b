//! Who holds which post: looked up for every page, and given and ended in an office's name or at the console.

use super::{Kept, People, Stopped, damaged, ours, stored};
use crate::app::App;
use crate::failure::Failure;
use city::City;
use forms::people::account::{Access, LoginOf};
use forms::people::post::{Appoint, Appointment, Authority, EndPost, Ending, Held, STAFF_MAX};
use forms::people::powers::{Post, Standing};
use forms::people::{Account, BlindKey, Identity, MailAddress, Refusal};
use jiff::Timestamp;
use ledger::name::{Key, Person};
use ledger::store::{AnyReader, StoreError};
use std::sync::Arc;

/// Somebody who works for an office, as its head sees them.
pub struct Colleague {
    /// Their post, and since when.
    pub held: Held,
    /// Their name, if they have given one.
    pub name: Option<String>,
    /// The address they sign in with.
    pub mail: Option<String>,
}

/// A person with their post: what the ledger says; where it says nothing, what a demo city gives its invented people.
pub fn standing(city: &City, person: &Person, held: Option<&Held>) -> Standing {
    let post = match held {
        Some(held) => held.post.clone(),
        None => invented(city, person),
    };
    Standing {
        person: person.clone(),
        post,
    }
}

fn invented(city: &City, person: &Person) -> Option<Post> {
    let mut invented = city.people.iter().filter(|_| city.clock.is_some());
    let found = invented.find(|known| known.id == person.as_str());
    let post = found.and_then(|known| known.post.as_ref());
    post.map(|post| Post {
        office: post.office.clone(),
        role: post.role.clone(),
    })
}

/// Who is meant by an address or a pseudonym, with the post that they hold; nothing where nobody is.
///
/// # Errors
/// [`StoreError`].
pub fn staff(
    city: &City,
    reader: &AnyReader,
    blind: &BlindKey,
    meant: &str,
) -> Result<Option<Standing>, StoreError> {
    let person = match MailAddress::new(meant) {
        Ok(mail) => {
            let key = LoginOf::key_of(&blind.login(&mail)).map_err(damaged)?;
            stored::<LoginOf>(reader, key)?.map(|login| login.person)
        }
        Err(_) => Person::new(meant).ok(),
    };
    let Some(person) = person else {
        return Ok(None);
    };
    let key = Key::from(person.clone());
    let held = stored::<Held>(reader, key.clone())?;
    let invented = city.people.iter().any(|known| known.id == person.as_str());
    if held.is_none() && !invented && stored::<Account>(reader, key)?.is_none() {
        return Ok(None);
    }
    Ok(Some(standing(city, &person, held.as_ref())))
}

impl App {
    /// A person with their post.
    pub(crate) fn standing(&self, person: &Person, held: Option<&Held>) -> Standing {
        standing(self.city(), person, held)
    }
}

impl People {
    /// Who is meant by an address or a pseudonym, with the post that they hold.
    ///
    /// # Errors
    /// [`Failure`] when the ledger cannot be read.
    pub async fn staff(
        self: &Arc<Self>,
        app: &App,
        meant: &str,
    ) -> Result<Option<Standing>, Failure> {
        let (city, meant) = (app.city().clone(), meant.to_owned());
        self.with(move |people, kept| {
            staff(&city, &kept.reader, &people.blind, &meant).map_err(ours)
        })
        .await
    }

    /// Whom the ledger knows as staff of an office, in the order of their appointment.
    pub(crate) async fn colleagues(
        self: &Arc<Self>,
        office: &str,
    ) -> Result<Vec<Colleague>, Failure> {
        let office = office.to_owned();
        self.with(move |_, kept| {
            let mut all: Vec<Held> = kept.rows(Held::of_office(&office), STAFF_MAX)?;
            all.sort_by(|a, b| (a.since, &a.person).cmp(&(b.since, &b.person)));
            all.into_iter().map(|held| kept.colleague(held)).collect()
        })
        .await
    }

    /// Gives the person of this address a post.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn appoint(
        self: &Arc<Self>,
        actor: &Person,
        mail: &MailAddress,
        post: Post,
        under: Authority,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let person = self.addressed(mail).await?;
        let appointment = Appointment {
            person,
            post,
            under,
        };
        self.give(actor, now, Appoint, appointment).await
    }

    /// Ends a post that somebody holds.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn end_post(
        self: &Arc<Self>,
        actor: &Person,
        person: Person,
        post: Post,
        under: Authority,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let ending = Ending {
            person,
            post,
            under,
        };
        self.give(actor, now, EndPost, ending).await
    }

    /// Whose account this address enters.
    ///
    /// # Errors
    /// [`Stopped`] with [`Refusal::NoAccount`] where there is none.
    pub async fn addressed(self: &Arc<Self>, mail: &MailAddress) -> Result<Person, Stopped> {
        let login = self.blind.login(mail);
        let found = self.with(move |_, kept| kept.entered_by(&login)).await?;
        let found = found.ok_or(Stopped::Refused(Refusal::NoAccount))?;
        Ok(found.person)
    }
}

impl Kept {
    fn colleague(&self, held: Held) -> Result<Colleague, Failure> {
        let identity = self.row::<Identity>(Key::from(held.person.clone()))?;
        let name = identity.map(|identity| self.open(&identity.name));
        let account = self.row::<Account>(Key::from(held.person.clone()))?;
        let mail = match account.map(|account| account.access) {
            Some(Access::Own { mail, .. }) => Some(self.open(&mail)?.as_str().to_owned()),
            _ => None,
        };
        Ok(Colleague {
            name: name.transpose()?.map(|name| name.as_str().to_owned()),
            mail,
            held,
        })
    }
}
