//! Opening an account, signing in and out, being forgotten.

use super::password::Password;
use super::{Caller, Kept, People, Stopped, Visitor, locked, no_chance, ours};
use crate::failure::Failure;
use forms::people::account::{Access, Everywhere, LoginOf, Open, Opening, SignOutEverywhere};
use forms::people::identity::{StateIdentity, Stating};
use forms::people::{
    Account, Blind, Forget, Forgetting, MailAddress, PasswordHash, PersonName, Refusal,
};
use jiff::Timestamp;
use ledger::given::{Chance as _, SystemChance};
use ledger::name::{Key, Person};
use session::{SessionId, Token};
use std::sync::Arc;

/// What somebody gives who opens an account.
pub struct NewAccount {
    /// The address to sign in with.
    pub mail: MailAddress,
    /// The password.
    pub password: Password,
    /// The real name, if they want to give it.
    pub name: Option<PersonName>,
}

/// What is compared when somebody signs in by address.
struct Entrance {
    account: Account,
    hash: PasswordHash,
}

impl People {
    /// Opens an account and signs its person in.
    pub async fn open(
        self: &Arc<Self>,
        new: NewAccount,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Token, Stopped> {
        let login = self.blind.login(&new.mail);
        let leave = self.hashing.leave().await?;
        {
            // Every try counts, so that nobody learns of one address after the other who has an account.
            let mut openings = locked(&self.openings);
            openings
                .may_try(&login, caller.from, now)
                .map_err(Stopped::Wait)?;
            openings.failed(&login, caller.from, now);
        }
        let free = self.with(move |_, kept| Ok(kept.entered_by(&login)?.is_none()));
        if !free.await? {
            return Err(Stopped::Refused(Refusal::LoginTaken));
        }
        let person = pseudonym()?;
        let hash = leave.hash(new.password).await?;
        self.key(&person).await?;
        self.open_for(&person, login, new.mail, hash, now).await?;
        if let Some(name) = new.name {
            self.state_name(&person, name, now).await?;
        }
        self.begin(person, caller, now).await
    }

    /// Gives the command that opens an account for somebody who has a key.
    pub(super) async fn open_for(
        self: &Arc<Self>,
        person: &Person,
        login: Blind,
        mail: MailAddress,
        hash: PasswordHash,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let whose = person.clone();
        let opening = self.with(move |_, kept| {
            Ok(Opening {
                login,
                mail: kept.seal(&whose, &mail)?,
                password: kept.seal(&whose, &hash)?,
                person: whose,
            })
        });
        let opening = opening.await?;
        self.give(person, now, Open, opening).await
    }

    /// States somebody's real name.
    pub async fn state_name(
        self: &Arc<Self>,
        person: &Person,
        name: PersonName,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let whose = person.clone();
        let stating = self.with(move |_, kept| {
            let before = kept.row::<forms::people::Identity>(Key::from(whose.clone()))?;
            Ok(Stating {
                name: kept.seal(&whose, &name)?,
                // A number that was given stays.
                number: before.and_then(|before| before.number),
                person: whose,
            })
        });
        let stating = stating.await?;
        self.give(person, now, StateIdentity, stating).await
    }

    /// Signs somebody in by address and password.
    pub async fn sign_in(
        self: &Arc<Self>,
        mail: &MailAddress,
        password: Password,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Token, Stopped> {
        let login = self.blind.login(mail);
        let may_try = || {
            locked(&self.failures)
                .may_try(&login, caller.from, now)
                .map_err(Stopped::Wait)
        };
        // Before waiting for leave to hash, and again with it: many may have been let in at one moment.
        may_try()?;
        let leave = self.hashing.leave().await?;
        may_try()?;
        let found = self.with(move |_, kept| kept.entrance(&login)).await?;
        let (account, hash) = found.map(|e| (e.account, e.hash)).unzip();
        let fits = leave.fits(password, hash).await?;
        match account.filter(|_| fits) {
            Some(account) => {
                locked(&self.failures).succeeded(&login);
                self.begin(account.person, caller, now).await
            }
            None => {
                locked(&self.failures).failed(&login, caller.from, now);
                Err(Stopped::WrongPassword)
            }
        }
    }

    /// Begins a session for somebody who has shown who they are; one that the browser had is over.
    pub(super) async fn begin(
        self: &Arc<Self>,
        person: Person,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Token, Stopped> {
        if let Some(token) = caller.token.clone()
            && let Some((old, _)) = self.resume(token, now).await?
        {
            self.end(old.person, old.id).await?;
        }
        if let Some(posting) = &self.posting {
            posting.reads(person.clone(), caller.lang).await?;
        }
        let device = caller.device.clone();
        let begun = self.with(move |people, kept| {
            let account = kept.row::<Account>(Key::from(person.clone()))?;
            let Some(account) = account else {
                return Ok(None);
            };
            let mut sessions = people.sessions();
            sessions.sweep(now).map_err(ours)?;
            let begun = sessions.begin(&mut SystemChance, &person, account.generation, device, now);
            Ok(Some(begun.map_err(ours)?.0))
        });
        begun.await?.ok_or(Stopped::Refused(Refusal::NoAccount))
    }

    /// Ends one of somebody's sessions, if it is theirs.
    pub async fn end(self: &Arc<Self>, person: Person, id: SessionId) -> Result<bool, Failure> {
        self.with(move |people, _| people.sessions().end(&person, id).map_err(ours))
            .await
    }

    /// Where somebody is signed in, last used first.
    pub async fn devices(
        self: &Arc<Self>,
        person: Person,
        now: Timestamp,
    ) -> Result<Vec<session::Session>, Failure> {
        self.with(move |people, _| people.sessions().devices(&person, now).map_err(ours))
            .await
    }

    /// Ends all of somebody's sessions, also such as another node or a restored file may still know.
    pub async fn sign_out_everywhere(
        self: &Arc<Self>,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let person = visitor.session.person.clone();
        let whose = Everywhere {
            person: person.clone(),
        };
        self.give(&person, now, SignOutEverywhere, whose).await?;
        Ok(self.end_all(person).await?)
    }

    /// Forgets somebody for good.
    pub async fn forget(
        self: &Arc<Self>,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let person = visitor.session.person.clone();
        let forgetting = Forgetting {
            person: person.clone(),
        };
        self.give(&person, now, Forget, forgetting).await?;
        self.close_calendar(person.clone()).await?;
        Ok(self.end_all(person).await?)
    }

    async fn end_all(self: &Arc<Self>, person: Person) -> Result<(), Failure> {
        self.with(move |people, _| people.sessions().end_all(&person, None).map_err(ours))
            .await
            .map(|_| ())
    }
}

impl Kept {
    pub(super) fn entered_by(&self, login: &Blind) -> Result<Option<LoginOf>, Failure> {
        self.row(LoginOf::key_of(login).map_err(ours)?)
    }

    fn entrance(&self, login: &Blind) -> Result<Option<Entrance>, Failure> {
        let Some(of) = self.entered_by(login)? else {
            return Ok(None);
        };
        let account = self.row::<Account>(Key::from(of.person))?;
        let Some(account) = account else {
            return Ok(None);
        };
        let Access::Own { password, .. } = &account.access else {
            return Ok(None);
        };
        let hash = self.open(password)?;
        Ok(Some(Entrance { account, hash }))
    }
}

/// A new pseudonym, which tells nothing.
pub(super) fn pseudonym() -> Result<Person, Failure> {
    let bytes = SystemChance.bytes().ok_or_else(no_chance)?;
    let digits: String = bytes[..16].iter().map(|b| format!("{b:02x}")).collect();
    Person::new(&format!("p-{digits}")).map_err(ours)
}
