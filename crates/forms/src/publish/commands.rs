//! The commands: save and drop a draft, sign it, publish it, withdraw a notice. A correction is a draft of a notice that
//! stands: it is saved, signed and published like any other.

use jiff::{SignedDuration, Timestamp};
use ledger::Draft;
use ledger::form::{Form, Stop};
use ledger::name::TextVersion;
use serde::Serialize;

use super::concerning::{Concerning, Known, writing};
use super::refusal::Refusal;
use super::rows::{DraftText, Edition, Holds, Published, Signature, Texts};
use super::{DAYS_AHEAD_MAX, REASON_CHARS_MAX};
use crate::people::powers::Act;

/// People who may have saved one draft; beyond, nobody would be left to sign it.
const HANDS_MAX: usize = 32;

type Decided = Result<(), Stop<Refusal>>;

/// Saves a draft, new or changed. A signature under what it was before is gone.
#[derive(Clone, Copy, Debug, Default)]
pub struct SaveDraft;

/// What [`SaveDraft`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Saving {
    /// What it rests on.
    #[serde(flatten)]
    pub of: Concerning,
    /// The saved text that the officer had before their eyes; nothing if there was no draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<TextVersion>,
    /// From when on the text is to stand; nothing is from its publication on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
}

impl Form for SaveDraft {
    type Command = Saving;
    type Refusal = Refusal;
    const NAME: &'static str = "save-draft";
    const SHAPE: u16 = 1;

    fn decide(&self, saving: &Saving, draft: &mut Draft<'_>) -> Decided {
        let known = saving.of.known(draft, writing)?;
        ahead(saving.from, draft.now())?;
        let before = draft.get::<DraftText>(&known.key)?;
        if before.as_ref().map(|before| before.text) != saving.over {
            return Err(Stop::Refused(Refusal::DraftChanged));
        }
        if before
            .as_ref()
            .is_some_and(|b| b.office != saving.of.office)
        {
            return Err(Stop::Refused(Refusal::OtherOffice));
        }
        let mut hands = before.map(|before| before.hands).unwrap_or_default();
        hands.retain(|hand| *hand != known.actor);
        if hands.len() >= HANDS_MAX {
            return Err(Stop::Refused(Refusal::TooManyHands));
        }
        hands.push(known.actor);
        let saved = DraftText {
            slug: draft.origin().notice.clone(),
            office: saving.of.office.clone(),
            text: saving.of.text,
            from: saving.from,
            hands,
            saved: draft.now(),
            signed: None,
        };
        Ok(draft.put(&saved)?)
    }
}

/// Drops a draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct DropDraft;

/// What [`DropDraft`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Dropping {
    /// What it rests on; the text is the one that is dropped.
    #[serde(flatten)]
    pub of: Concerning,
}

impl Form for DropDraft {
    type Command = Dropping;
    type Refusal = Refusal;
    const NAME: &'static str = "drop-draft";
    const SHAPE: u16 = 1;

    fn decide(&self, dropping: &Dropping, draft: &mut Draft<'_>) -> Decided {
        let known = dropping.of.known(draft, writing)?;
        the_draft(&dropping.of, &known, draft)?;
        Ok(draft.remove::<DraftText>(&known.key)?)
    }
}

/// A second officer signs exactly this text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sign;

/// What [`Sign`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Signing {
    /// What it rests on.
    #[serde(flatten)]
    pub of: Concerning,
}

impl Form for Sign {
    type Command = Signing;
    type Refusal = Refusal;
    const NAME: &'static str = "sign-draft";
    const SHAPE: u16 = 1;

    fn decide(&self, signing: &Signing, draft: &mut Draft<'_>) -> Decided {
        let known = signing.of.known(draft, |_| Act::CountersignNotice)?;
        let mut saved = the_draft(&signing.of, &known, draft)?;
        if saved.signed.is_some() {
            return Err(Stop::Refused(Refusal::AlreadySigned));
        }
        if saved.hands.contains(&known.actor) {
            return Err(Stop::Refused(Refusal::OwnDraft));
        }
        saved.signed = Some(Signature {
            by: known.actor,
            at: draft.now(),
        });
        Ok(draft.put(&saved)?)
    }
}

/// Publishes the signed draft, for the time that was signed with it. The draft becomes an edition.
#[derive(Clone, Copy, Debug, Default)]
pub struct Publish;

/// What [`Publish`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Publishing {
    /// What it rests on.
    #[serde(flatten)]
    pub of: Concerning,
}

impl Form for Publish {
    type Command = Publishing;
    type Refusal = Refusal;
    const NAME: &'static str = "publish-notice";
    const SHAPE: u16 = 1;

    fn decide(&self, publishing: &Publishing, draft: &mut Draft<'_>) -> Decided {
        let known = publishing.of.known(draft, writing)?;
        let saved = the_draft(&publishing.of, &known, draft)?;
        let Some(signature) = saved.signed else {
            return Err(Stop::Refused(Refusal::NotSigned));
        };
        let now = draft.now();
        let from = match ahead(saved.from, now)? {
            None => whole_second(now),
            Some(from) => from,
        };
        draft.remove::<DraftText>(&known.key)?;
        let step = Step {
            holds: Holds::Text(publishing.of.text),
            from,
            signed: Some(signature.by),
        };
        step.take(&publishing.of, known, draft)
    }
}

/// Ends a notice before its time, at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Withdraw;

/// What [`Withdraw`] is told.
#[derive(Clone, Debug, Serialize)]
pub struct Withdrawing {
    /// What it rests on; the text is the last one published.
    #[serde(flatten)]
    pub of: Concerning,
    /// Why, for everybody to read.
    pub reason: String,
}

impl Form for Withdraw {
    type Command = Withdrawing;
    type Refusal = Refusal;
    const NAME: &'static str = "withdraw-notice";
    const SHAPE: u16 = 1;

    fn decide(&self, withdrawing: &Withdrawing, draft: &mut Draft<'_>) -> Decided {
        let known = withdrawing.of.known(draft, |_| Act::WithdrawNotice)?;
        let stands = match &known.published {
            Some(published) => published.stands,
            None => withdrawing.of.founding.is_some(),
        };
        if !stands {
            return Err(Stop::Refused(Refusal::NothingStands));
        }
        let reason = withdrawing.reason.trim();
        let unfit = |c: char| c.is_control() && c != '\n' && c != '\r';
        if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX || reason.contains(unfit)
        {
            return Err(Stop::Refused(Refusal::NoReason));
        }
        let step = Step {
            holds: Holds::Withdrawn {
                reason: reason.to_owned(),
            },
            from: whole_second(draft.now()),
            signed: None,
        };
        step.take(&withdrawing.of, known, draft)
    }
}

/// The next edition of a notice.
struct Step {
    holds: Holds,
    from: Timestamp,
    signed: Option<ledger::name::Person>,
}

impl Step {
    fn take(self, of: &Concerning, known: Known, draft: &mut Draft<'_>) -> Decided {
        let slug = draft.origin().notice.clone();
        let before = known.published.unwrap_or_else(|| Published {
            slug: slug.clone(),
            office: of.office.clone(),
            founding: of.founding,
            last: u32::from(of.founding.is_some()),
            stands: false,
        });
        let edition = Edition {
            slug,
            number: before.last + 1,
            from: self.from,
            decided: draft.now(),
            entry: draft.sequence(),
            by: known.actor,
            signed: self.signed,
            holds: self.holds,
        };
        draft.put(&Published {
            last: edition.number,
            stands: matches!(edition.holds, Holds::Text(_)),
            ..before
        })?;
        draft.put(&Texts {
            seen: known.texts.seen.and(&edition),
            editions: known.texts.editions + 1,
            key: known.texts.key,
        })?;
        Ok(draft.put(&edition)?)
    }
}

/// The draft, if it still is the text that the command is about.
fn the_draft(
    of: &Concerning,
    known: &Known,
    draft: &mut Draft<'_>,
) -> Result<DraftText, Stop<Refusal>> {
    let saved = draft.get::<DraftText>(&known.key)?;
    let saved = saved.ok_or(Stop::Refused(Refusal::NoDraft))?;
    if saved.text == of.text && saved.office == of.office {
        Ok(saved)
    } else {
        Err(Stop::Refused(Refusal::DraftChanged))
    }
}

/// A time that is ahead, and not too far.
fn ahead(from: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, Stop<Refusal>> {
    match from {
        Some(from) if from <= now => Err(Stop::Refused(Refusal::PastTime)),
        Some(from) if from > now + SignedDuration::from_hours(24 * DAYS_AHEAD_MAX) => {
            Err(Stop::Refused(Refusal::TooFar))
        }
        from => Ok(from),
    }
}

/// Questions are asked at whole seconds: what is published at once holds for all of the second in which it was decided.
fn whole_second(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
