//! What every command about a notice's text rests on, and what is looked at before any of them is decided.

use ledger::Draft;
use ledger::form::Stop;
use ledger::name::{Key, Person, TextVersion};
use serde::Serialize;

use super::refusal::Refusal;
use super::rows::{Published, Seen, Texts};
use crate::people::powers::{Act, Citation};

/// What a command about a notice rests on. The notice is the one that the command bears.
#[derive(Clone, Debug, Serialize)]
pub struct Concerning {
    /// The text that it is about; the command bears the same.
    pub text: TextVersion,
    /// Id of the office whose notice it is or is to be.
    pub office: String,
    /// The text that the city folder has for it; nothing if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub founding: Option<TextVersion>,
    /// The texts that findings were looked for against, and powers asked of.
    pub seen: Seen,
    /// By which clause of the powers.
    pub under: Citation,
}

/// What is known of the notice when a command about it is decided.
pub(super) struct Known {
    pub(super) key: Key,
    pub(super) actor: Person,
    /// What was published of it here.
    pub(super) published: Option<Published>,
    /// The row that every publication writes.
    pub(super) texts: Texts,
}

impl Concerning {
    /// Refuses what rests on texts that have changed, on another office's powers or on another text; tells what is known.
    pub(super) fn known(
        &self,
        draft: &mut Draft<'_>,
        act: impl Fn(bool) -> Act,
    ) -> Result<Known, Stop<Refusal>> {
        let origin = draft.origin();
        if origin.text != self.text {
            return Err(Stop::Refused(Refusal::DraftChanged));
        }
        let (key, actor) = (
            Key::from(origin.notice.clone()),
            Person::new(origin.actor.as_str())?,
        );
        let texts = draft.get::<Texts>(&Texts::the_key()?)?;
        let texts = match texts {
            Some(texts) => texts,
            None => Texts {
                key: Texts::the_key()?,
                seen: Seen::NOTHING,
                editions: 0,
            },
        };
        if texts.seen != self.seen {
            return Err(Stop::Refused(Refusal::TextsChanged));
        }
        let published = draft.get::<Published>(&key)?;
        let office = published.as_ref().map_or(&self.office, |p| &p.office);
        if *office != self.office {
            return Err(Stop::Refused(Refusal::OtherOffice));
        }
        let begun = published.is_some() || self.founding.is_some();
        if !self.under.gives(act(begun), &actor, &self.office) {
            return Err(Stop::Refused(Refusal::OtherPower));
        }
        Ok(Known {
            key,
            actor,
            published,
            texts,
        })
    }
}

/// Who changes a notice's text needs the power to publish if it is new, to correct if it is not.
pub(super) const fn writing(begun: bool) -> Act {
    if begun {
        Act::CorrectNotice
    } else {
        Act::PublishNotice
    }
}
