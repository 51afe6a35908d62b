//! Rules and cases said back as plain sentences, in Chinese and English.

use crate::condition::Condition;
use crate::gazetteer::Gazetteer;
use crate::label::Lang;
use crate::rule::Rule;
use crate::text::Notice;
use crate::time::When;
use crate::vocabulary::Vocabulary;

/// What sentences are made with.
#[derive(Clone, Copy)]
pub struct Speaker<'a> {
    /// The city's words.
    pub vocabulary: &'a Vocabulary,
    /// The city's places and offices.
    pub gazetteer: &'a dyn Gazetteer,
    /// The language to speak.
    pub lang: Lang,
}

impl Speaker<'_> {
    /// A rule as one sentence, exceptions and time included.
    pub fn rule(&self, _notice: &Notice, _rule: &Rule) -> String {
        todo!()
    }

    /// A condition as a noun phrase (`车型为中型或重型的货车`).
    pub fn condition(&self, _condition: &Condition) -> String {
        todo!()
    }

    /// Times as a phrase (`工作日7时至20时`).
    pub fn when(&self, _when: &[When]) -> String {
        todo!()
    }
}
