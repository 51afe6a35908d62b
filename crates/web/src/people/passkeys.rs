//! Passkeys: asked for, kept, removed, and signed in with. What a browser says of one is verified by [`webauthn`].

use super::webauthn::challenge::{self, Purpose};
use super::webauthn::{self, Ceremony, Site, Wrong};
use super::{Caller, Kept, People, Stopped, Visitor, locked, no_chance, ours};
use crate::failure::Failure;
use forms::people::account::Access;
use forms::people::passkey::{
    AddPasskey, Adding, CredentialId, PASSKEYS_MAX, Passkey, PasskeyData, RemovePasskey, Removing,
};
use forms::people::{Account, Blind, PasskeyName, Refusal};
use jiff::Timestamp;
use ledger::given::{Chance as _, SystemChance};
use ledger::name::{Key, Person};
use notice::Label;
use session::Token;
use std::sync::Arc;

/// A passkey, opened for its person's own eyes.
pub struct OwnPasskey {
    /// By which it is removed.
    pub index: Blind,
    /// What its person calls it.
    pub name: PasskeyName,
    /// What its device calls it.
    pub credential: CredentialId,
    /// Since when it is kept.
    pub added: Timestamp,
}

/// What a browser says of a passkey that was just made.
pub struct Made {
    /// Client data.
    pub client: Vec<u8>,
    /// Authenticator data.
    pub authenticator: Vec<u8>,
}

/// What a browser says of a passkey that was just used.
pub struct Used {
    /// Which.
    pub credential: CredentialId,
    /// What its device knows its person by.
    pub user: Vec<u8>,
    /// Client data.
    pub client: Vec<u8>,
    /// Authenticator data.
    pub authenticator: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// What is said of a passkey that could not be taken.
pub fn not_taken() -> Stopped {
    Stopped::Input(Label::new(
        "这个通行密钥没有添加成：可能等得太久，或者这台设备的做法这里不认；请再试一次，或者换一台设备",
        "this passkey could not be added: it may have taken too long, or the device makes them in a way that is not known here; try again, or with another device",
    ))
}

impl People {
    /// A challenge for a passkey to sign.
    pub fn challenge(&self, purpose: Purpose<'_>, now: Timestamp) -> Result<String, Failure> {
        let chance = SystemChance.bytes().ok_or_else(no_chance)?;
        Ok(challenge::new(&self.blind, purpose, &chance, now))
    }

    /// What a person's devices know them by.
    pub fn user_handle(&self, person: &Person) -> Blind {
        self.blind.user_handle(person)
    }

    /// Somebody's passkeys, in the order in which they were added.
    pub async fn passkeys(self: &Arc<Self>, person: Person) -> Result<Vec<OwnPasskey>, Failure> {
        self.with(move |_, kept| {
            let rows = kept.rows::<Passkey>(Passkey::of(&person), PASSKEYS_MAX)?;
            let opened = rows.into_iter().map(|row| {
                let PasskeyData {
                    name, credential, ..
                } = kept.open(&row.data)?;
                let (index, added) = (row.index, row.added);
                Ok(OwnPasskey {
                    index,
                    name,
                    credential,
                    added,
                })
            });
            let mut all = opened.collect::<Result<Vec<_>, Failure>>()?;
            all.sort_by_key(|passkey| passkey.added);
            Ok(all)
        })
        .await
    }

    /// Keeps a passkey that was made for a page of this session.
    pub async fn add_passkey(
        self: &Arc<Self>,
        visitor: &Visitor,
        name: PasskeyName,
        made: Made,
        site: Site,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let (person, session) = (visitor.session.person.clone(), visitor.session.id);
        let whose = person.clone();
        let adding = self.with(move |people, kept| {
            let purpose = Purpose::Add(&whose, session);
            let verified = people.new_passkey(&made, purpose, &site, now);
            let Ok((new, once, until)) = verified else {
                return Ok(None);
            };
            let first = people.sessions().spend(&once, until, now);
            if !first.map_err(ours)? {
                return Ok(None);
            }
            let data = PasskeyData {
                name,
                credential: new.credential,
                public_key: new.public_key,
            };
            Ok(Some(Adding {
                index: people.blind.passkey(&data.credential),
                data: kept.seal(&whose, &data)?,
                person: whose,
            }))
        });
        let adding = adding.await?.ok_or_else(not_taken)?;
        self.give(&person, now, AddPasskey, adding).await?;
        // Its person is told by mail.
        if let Some(posting) = &self.posting {
            posting.look();
        }
        Ok(())
    }

    fn new_passkey(
        &self,
        made: &Made,
        purpose: Purpose<'_>,
        site: &Site,
        now: Timestamp,
    ) -> Result<(webauthn::Made, Vec<u8>, Timestamp), Wrong> {
        let text = webauthn::challenge(&made.client, Ceremony::Create, site)?;
        let (once, until) = challenge::answered(&self.blind, purpose, &text, now)?;
        Ok((webauthn::made(&made.authenticator, site)?, once, until))
    }

    /// Removes one of somebody's passkeys; one that is gone, or another's, is none of theirs.
    pub async fn remove_passkey(
        self: &Arc<Self>,
        person: &Person,
        index: Blind,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        let removing = Removing {
            person: person.clone(),
            index,
        };
        match self.give(person, now, RemovePasskey, removing).await {
            // Pressed twice, or on two devices: it is as was wished.
            Err(Stopped::Refused(Refusal::NoPasskey)) => Ok(()),
            done => done,
        }
    }

    /// Signs somebody in by a passkey.
    pub async fn enter_by_passkey(
        self: &Arc<Self>,
        used: Used,
        site: Site,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Token, Stopped> {
        let index = self.blind.passkey(&used.credential);
        locked(&self.failures)
            .may_try(&index, caller.from, now)
            .map_err(Stopped::Wait)?;
        let entered =
            self.with(move |people, kept| people.entered_with(kept, &used, index, &site, now));
        match entered.await? {
            Some(person) => {
                locked(&self.failures).succeeded(&index);
                self.begin(person, caller, now).await
            }
            None => {
                locked(&self.failures).failed(&index, caller.from, now);
                Err(Stopped::WrongPasskey)
            }
        }
    }

    /// Whose passkey has signed this, if all is right. Why it is not is told to nobody, so that nobody learns which exist.
    fn entered_with(
        &self,
        kept: &Kept,
        used: &Used,
        index: Blind,
        site: &Site,
        now: Timestamp,
    ) -> Result<Option<Person>, Failure> {
        let asked = webauthn::challenge(&used.client, Ceremony::Get, site)
            .and_then(|text| challenge::answered(&self.blind, Purpose::SignIn, &text, now));
        let Ok((once, until)) = asked else {
            return Ok(None);
        };
        let Some(passkey) = kept.row::<Passkey>(Passkey::key_of(&index).map_err(ours)?)? else {
            return Ok(None);
        };
        let account = kept.row::<Account>(Key::from(passkey.person.clone()))?;
        if !account.is_some_and(|account| matches!(account.access, Access::Own { .. })) {
            return Ok(None);
        }
        let data = kept.open(&passkey.data)?;
        let theirs =
            data.credential == used.credential && self.user_handle(&passkey.person).is(&used.user);
        let signed = webauthn::signed(
            &data.public_key,
            &used.authenticator,
            &used.client,
            &used.signature,
            site,
        );
        if !theirs || signed.is_err() {
            return Ok(None);
        }
        // Last, so that only who can sign in leaves a mark.
        let first = self.sessions().spend(&once, until, now);
        Ok(first.map_err(ours)?.then_some(passkey.person))
    }
}
