//! Rules and cases said back as plain sentences, in Chinese and English.
//!
//! A writer sees what the machine understood; a reader of a proof or a difference sees whom it is about. Sentences are made
//! from the typed rule alone, never from the prose beside it.

mod case;
mod condition;
mod narrow;
mod offer;
mod phrase;
mod recurrence;
mod rule;
mod steps;
mod time;

pub use time::{day, end, instant};

use crate::ask::Verdict;
use crate::gazetteer::Gazetteer;
use crate::label::Lang;
use crate::vocabulary::{ActionId, KindId, MeasureId, Vocabulary};

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

impl<'a> Speaker<'a> {
    /// A verdict as a word or two: `可以`, `not allowed`.
    pub fn verdict(&self, verdict: Verdict) -> &'static str {
        match (verdict, self.lang) {
            (Verdict::Allowed, Lang::Zh) => "可以",
            (Verdict::Allowed, Lang::En) => "allowed",
            (Verdict::Forbidden, Lang::Zh) => "不可以",
            (Verdict::Forbidden, Lang::En) => "not allowed",
            (Verdict::Required, Lang::Zh) => "必须做",
            (Verdict::Required, Lang::En) => "required",
            (Verdict::Limited, Lang::Zh) => "有限制地可以",
            (Verdict::Limited, Lang::En) => "allowed within limits",
            (Verdict::Depends, Lang::Zh) => "看情况",
            (Verdict::Depends, Lang::En) => "it depends",
            (Verdict::Conflict, Lang::Zh) => "规定互相冲突",
            (Verdict::Conflict, Lang::En) => "the rules contradict each other",
        }
    }

    /// Bounds of a measure, inclusive, in its grid units: `产能负荷不得超过70%`, `capacity load at most 70 %`.
    pub fn bounds(
        &self,
        measure: MeasureId,
        at_most: Option<i64>,
        at_least: Option<i64>,
    ) -> String {
        let Some(known) = self.vocabulary.measures.get(usize::from(measure.0)) else {
            return String::new();
        };
        let name = known.label.get(self.lang);
        let amount = |value| self.amount(&known.grid, value);
        match (self.lang, at_least, at_most) {
            (_, None, None) => name.to_owned(),
            (Lang::Zh, None, Some(most)) => format!("{name}不得超过{}", amount(most)),
            (Lang::Zh, Some(least), None) => format!("{name}不得低于{}", amount(least)),
            (Lang::Zh, Some(least), Some(most)) => {
                format!("{name}应在{}至{}之间", amount(least), amount(most))
            }
            (Lang::En, None, Some(most)) => format!("{name} at most {}", amount(most)),
            (Lang::En, Some(least), None) => format!("{name} at least {}", amount(least)),
            (Lang::En, Some(least), Some(most)) => {
                format!("{name} from {} to {}", amount(least), amount(most))
            }
        }
    }

    fn action(&self, action: ActionId) -> &'a str {
        self.vocabulary
            .actions
            .get(usize::from(action.0))
            .map_or("", |known| known.label.get(self.lang))
    }

    fn kind(&self, kind: KindId) -> &'a str {
        self.vocabulary
            .kinds
            .get(usize::from(kind.0))
            .map_or("", |known| known.label.get(self.lang))
    }
}
