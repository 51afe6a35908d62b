//! What an office does about its subscriptions.

use ledger::Draft;
use ledger::form::{Fault, Form, Stop};
use serde::Serialize;

use super::events::Kind;
use super::refusal::Refused;
use super::rows::{Address, Hook, READ_MAX, Standing};
use crate::booking::rows::Number;
use crate::people::powers::{Act, Citation};
use crate::record::rows::Authority;

/// Subscriptions that an office may have at once.
pub const HOOKS_MAX: usize = 20;

/// An office sets one of its subscriptions.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetHook;

/// What [`SetHook`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Setting {
    /// What is to be done.
    pub order: Order,
    /// By which clause.
    pub under: Citation,
}

/// What is to be done with a subscription.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// A new one.
    Make {
        /// Where it is called.
        address: Address,
        /// Of what it is told.
        kinds: Vec<Kind>,
    },
    /// It is called elsewhere, or told of something else.
    Change {
        /// Which.
        hook: Number,
        /// Where it is called.
        address: Address,
        /// Of what it is told.
        kinds: Vec<Kind>,
    },
    /// It is told nothing for a while.
    Pause {
        /// Which.
        hook: Number,
    },
    /// It is told again: of what happened meanwhile too, as far as that is kept.
    Resume {
        /// Which.
        hook: Number,
    },
    /// It gets a new secret.
    Renew {
        /// Which.
        hook: Number,
        /// The generation of the secret that is to be replaced, so that a form sent twice renews once.
        generation: u32,
    },
    /// It is over for good.
    End {
        /// Which.
        hook: Number,
    },
}

impl Form for SetHook {
    type Command = Setting;
    type Refusal = Refused;
    const NAME: &'static str = "set-hook";
    const SHAPE: u16 = 1;

    fn decide(&self, setting: &Setting, draft: &mut Draft<'_>) -> Result<(), Stop<Refused>> {
        let under = &setting.under;
        let good = under.good_for_matter(Act::TellPrograms, under.office(), draft);
        good.map_err(|stop| match stop {
            Stop::Refused(_) => Stop::Refused(Refused::OtherPower),
            Stop::Failed(fault) => Stop::Failed(fault),
        })?;
        let hook = match &setting.order {
            Order::Make { address, kinds } => make(draft, address, kinds, under)?,
            Order::Change {
                hook,
                address,
                kinds,
            } => change(draft, hook, (address, kinds), under)?,
            Order::Pause { hook } => {
                let hook = own(draft, hook, under)?;
                if !matches!(hook.standing, Standing::Told) {
                    return Err(Stop::Refused(Refused::NotTold));
                }
                let since = draft.now();
                stand(hook, Standing::Paused { since })
            }
            Order::Resume { hook } => {
                let hook = own(draft, hook, under)?;
                if matches!(hook.standing, Standing::Told) {
                    return Err(Stop::Refused(Refused::Told));
                }
                stand(hook, Standing::Told)
            }
            Order::Renew { hook, generation } => {
                let hook = own(draft, hook, under)?;
                if hook.generation != *generation {
                    return Err(Stop::Refused(Refused::OtherSecret));
                }
                let next = generation.checked_add(1);
                Hook {
                    generation: next.ok_or(Stop::Refused(Refused::OtherSecret))?,
                    renewed: Some(draft.now()),
                    ..hook
                }
            }
            Order::End { hook } => {
                let (hook, since) = (own(draft, hook, under)?, draft.now());
                stand(hook, Standing::Ended { since, gone: false })
            }
        };
        draft.put(&Hook {
            under: Authority::of(under),
            ..hook
        })?;
        Ok(())
    }
}

fn stand(hook: Hook, standing: Standing) -> Hook {
    Hook { standing, ..hook }
}

fn make(
    draft: &mut Draft<'_>,
    address: &Address,
    kinds: &[Kind],
    under: &Citation,
) -> Result<Hook, Stop<Refused>> {
    let kinds = in_order(kinds)?;
    let others = others(draft, under, None)?;
    if others.iter().any(|other| other.address == *address) {
        return Err(Stop::Refused(Refused::AddressTaken));
    }
    if others.len() >= HOOKS_MAX {
        return Err(Stop::Refused(Refused::TooMany));
    }
    Ok(Hook {
        number: Number::of(draft.sequence()).map_err(Fault::from)?,
        office: under.office().to_owned(),
        address: address.clone(),
        kinds,
        generation: 1,
        renewed: None,
        standing: Standing::Told,
        made: draft.now(),
        under: Authority::of(under),
    })
}

fn change(
    draft: &mut Draft<'_>,
    number: &Number,
    (address, kinds): (&Address, &[Kind]),
    under: &Citation,
) -> Result<Hook, Stop<Refused>> {
    let hook = own(draft, number, under)?;
    let kinds = in_order(kinds)?;
    if hook.address == *address && hook.kinds == kinds {
        return Err(Stop::Refused(Refused::ChangesNothing));
    }
    let others = others(draft, under, Some(number))?;
    if others.iter().any(|other| other.address == *address) {
        return Err(Stop::Refused(Refused::AddressTaken));
    }
    Ok(Hook {
        address: address.clone(),
        kinds,
        ..hook
    })
}

/// The office's other subscriptions that have not ended.
fn others(
    draft: &mut Draft<'_>,
    under: &Citation,
    but: Option<&Number>,
) -> Result<Vec<Hook>, Stop<Refused>> {
    let by = Hook::of_office(under.office()).map_err(Fault::from)?;
    let mut all: Vec<Hook> = draft.find(&by, None, READ_MAX)?;
    // What lies beyond would be neither seen nor counted.
    if all.len() >= READ_MAX && but.is_none() {
        return Err(Stop::Refused(Refused::TooManyEver { most: READ_MAX }));
    }
    all.retain(|hook| hook.is_live() && Some(&hook.number) != but);
    Ok(all)
}

/// A subscription of this office that has not ended.
fn own(draft: &mut Draft<'_>, number: &Number, under: &Citation) -> Result<Hook, Stop<Refused>> {
    let hook: Option<Hook> = draft.get(number.key())?;
    let hook = hook.filter(|hook| hook.office == under.office());
    let hook = hook.ok_or(Stop::Refused(Refused::NoSuchHook))?;
    match hook.is_live() {
        true => Ok(hook),
        false => Err(Stop::Refused(Refused::Ended)),
    }
}

/// Each kind once, in the order of all.
fn in_order(kinds: &[Kind]) -> Result<Vec<Kind>, Stop<Refused>> {
    let all = Kind::ALL.iter().copied();
    let chosen: Vec<Kind> = all.filter(|kind| kinds.contains(kind)).collect();
    match chosen.is_empty() {
        true => Err(Stop::Refused(Refused::NoKinds)),
        false => Ok(chosen),
    }
}
