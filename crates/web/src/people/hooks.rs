//! Subscriptions of programs outside: set in an office's name, and stopped by the house.

use super::{NOTICE, People, ours, taken};
use crate::bookings::request;
use crate::failure::Failure;
use forms::booking::rows::Number;
use forms::hooks::{HOUSE, Hook, Refused, SetHook, Setting, StopHook, Stopping, Why, hooks_of};
use jiff::Timestamp;
use ledger::Declined;
use ledger::entry::Origin;
use ledger::form::Form;
use ledger::name::{Actor, Notice, Person};
use std::sync::Arc;

/// Why a subscription was not set.
#[derive(Debug)]
pub enum Unset {
    /// The form refuses it.
    Refused(Refused),
    /// It could not be decided.
    Failure(Failure),
}

impl From<Failure> for Unset {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl People {
    /// The subscriptions of an office, ended ones too, in the order in which they were made.
    pub(crate) async fn hooks(self: &Arc<Self>, office: &str) -> Result<Vec<Hook>, Failure> {
        let office = office.to_owned();
        self.with(move |_, kept| hooks_of(&kept.reader, &office).map_err(ours))
            .await
    }

    /// The secret of a subscription, as its receiver is given it.
    pub(crate) fn hook_secret(&self, hook: &Hook) -> String {
        let bytes = self.blind.hook(&hook.number, hook.generation);
        outbox::hook::Secret::new(&bytes).shown()
    }

    /// Sets a subscription in the name of somebody's office; gives the number of the entry.
    pub(crate) async fn set_hook(
        &self,
        actor: &Person,
        now: Timestamp,
        setting: Setting,
    ) -> Result<u64, Unset> {
        let done = self.give_about_hook(actor.as_str(), now, SetHook, setting);
        let done = done.await?;
        if let Some(posting) = &self.posting {
            posting.look();
        }
        Ok(done)
    }

    /// Stops telling a program; that its office was quicker is no failure.
    pub(crate) async fn stop_hook(
        &self,
        hook: Number,
        why: Why,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let stopping = Stopping { hook, why };
        match self.give_about_hook(HOUSE, now, StopHook, stopping).await {
            Ok(_) | Err(Unset::Refused(_)) => Ok(()),
            Err(Unset::Failure(failure)) => Err(failure),
        }
    }

    async fn give_about_hook<F: Form<Refusal = Refused>>(
        &self,
        actor: &str,
        now: Timestamp,
        form: F,
        command: F::Command,
    ) -> Result<u64, Unset> {
        let origin = Origin {
            request: request(now)?,
            actor: Actor::new(actor).map_err(ours)?,
            notice: Notice::new(NOTICE).map_err(ours)?,
            text: self.text,
        };
        let pending = self.ledger.submit(origin, form, command).map_err(taken)?;
        match pending.await {
            Ok(done) => Ok(done.sequence),
            Err(Declined::Refused(refused)) => Err(Unset::Refused(refused)),
            Err(declined) => Err(Unset::Failure(ours(declined))),
        }
    }
}
