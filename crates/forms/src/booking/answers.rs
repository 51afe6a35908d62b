//! What people answer to an offer's questions when they sign up: checked once, and kept encrypted.

use std::collections::BTreeMap;

use ledger::given::Chance;
use ledger::item::Row;
use ledger::name::{Key, Person, TextVersion};
use ledger::sealed::{SealError, Sealed};
use ledger::store::Read;
use notice::Label;
use notice::offer::{Question, Wanted};
use serde::{Deserialize, Serialize};

use super::offering::Offering;
use super::rows::Number;

/// Under which name answers are sealed.
const WHAT: &str = "answers";
/// Characters that an answer in one's own words may have.
pub const WORDS_MAX: usize = 500;
/// A yes, as forms send it.
pub const YES: &str = "yes";
/// A no.
pub const NO: &str = "no";

/// Answers to all that an offer asks, sealed under the key of whom they are about.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Answers {
    sealed: Sealed,
    /// Whose questions they answer.
    #[serde(skip)]
    offer: Key,
    #[serde(skip)]
    text: TextVersion,
}

/// What was answered for a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// For which booking.
    pub booking: Number,
    /// The questions' keys and what was answered, sealed.
    pub answers: Sealed,
}

/// One answer, opened: the question's key, and its text or the key of what was chosen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The question's key.
    pub question: String,
    /// `yes`, `no`, the key of what was chosen, or the person's own words.
    pub said: String,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(…)")
    }
}

/// What was sent does not answer the questions.
#[derive(Debug, thiserror::Error)]
pub enum NotAnswered {
    /// This one is not answered.
    #[error("“{}” is not answered: answer it and send this again", .0.en)]
    Missing(Label),
    /// This one needs a yes.
    #[error("without agreeing to “{}” one cannot sign up here", .0.en)]
    NotAgreed(Label),
    /// None of what can be chosen.
    #[error("“{}” has no such answer: choose one of those shown", .0.en)]
    NoSuchChoice(Label),
    /// Too many words.
    #[error("the answer to “{}” is longer than {WORDS_MAX} characters: shorten it", .0.en)]
    TooLong(Label),
    /// The offer does not ask this.
    #[error("the offer does not ask `{0}`: open its page again")]
    NotAsked(String),
    /// They cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl NotAnswered {
    /// What it is and what to do next; nothing if it is no fault of whoever answers.
    #[must_use]
    pub fn label(&self) -> Option<Label> {
        let zh = match self {
            Self::Missing(asked) => format!("“{}”还没有答；请答完以后再提交。", asked.zh),
            Self::NotAgreed(asked) => format!("不同意“{}”就不能报名。", asked.zh),
            Self::NoSuchChoice(asked) => format!("“{}”没有这个选项，请从所列的里面选。", asked.zh),
            Self::TooLong(asked) => {
                format!("“{}”最多写 {WORDS_MAX} 个字，请写短一些。", asked.zh)
            }
            Self::NotAsked(_) => "报名的问题有变，请重新打开页面再填。".to_owned(),
            Self::Seal(_) => return None,
        };
        let en = self.to_string();
        let mut letters = en.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string());
        let en = format!("{}{}.", first.unwrap_or_default(), letters.as_str());
        Some(Label::new(zh, en))
    }
}

impl Answers {
    /// Checks what somebody answers for a person against the questions of an offer, and seals it under the person's key.
    /// `given` is what a form sends, by the questions' keys; an empty text is no answer.
    ///
    /// # Errors
    /// [`NotAnswered`], which names the question.
    pub fn seal(
        offering: &Offering,
        store: &impl Read,
        chance: &mut dyn Chance,
        person: &Person,
        given: &BTreeMap<String, String>,
    ) -> Result<Self, NotAnswered> {
        let asked = offering.questions();
        if let Some(other) = given
            .keys()
            .find(|key| asked.iter().all(|q| q.name != **key))
        {
            return Err(NotAnswered::NotAsked(other.clone()));
        }
        let mut answers = Vec::with_capacity(asked.len());
        for question in asked {
            let said = given.get(&question.name).map_or("", |said| said.trim());
            if check(question, said)? {
                answers.push(Answer {
                    question: question.name.clone(),
                    said: said.to_owned(),
                });
            }
        }
        Ok(Self {
            sealed: Sealed::seal(store, chance, person, WHAT, &answers)?,
            offer: offering.key().clone(),
            text: offering.text(),
        })
    }

    /// Whom they are about.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.sealed.person
    }

    /// Whether they answer the questions of this very text.
    pub(super) fn answer(&self, offering: &Offering) -> bool {
        (&self.offer, self.text) == (offering.key(), offering.text())
    }
}

/// Whether there is an answer; an error if there is none where one is needed, or another than can be.
fn check(question: &Question, said: &str) -> Result<bool, NotAnswered> {
    let label = || question.label.clone();
    let fits = match &question.wanted {
        Wanted::Consent if said == YES => return Ok(true),
        Wanted::Consent => return Err(NotAnswered::NotAgreed(label())),
        _ if said.is_empty() && question.optional => return Ok(false),
        _ if said.is_empty() => return Err(NotAnswered::Missing(label())),
        Wanted::YesNo => [YES, NO].contains(&said),
        Wanted::Choice(choices) => choices.iter().any(|choice| choice.name == said),
        Wanted::Text if said.chars().count() > WORDS_MAX => {
            return Err(NotAnswered::TooLong(label()));
        }
        Wanted::Text => true,
    };
    if fits {
        Ok(true)
    } else {
        Err(NotAnswered::NoSuchChoice(label()))
    }
}

impl Answered {
    pub(super) fn of(booking: Number, answers: &Answers) -> Self {
        Self {
            booking,
            answers: answers.sealed.clone(),
        }
    }
}

impl Row for Answered {
    const KIND: &'static str = "answers";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.booking.key().clone()
    }
}
