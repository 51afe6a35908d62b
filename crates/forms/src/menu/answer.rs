//! The desk answers orders by the timetable it has accepted.

use ledger::Draft;
use ledger::form::Stop;
use ledger::name::Key;
use serde::Serialize;

use super::ordering::{Ordered, Ordering};
use super::refusal::NotOrdered;
use super::rows::{Answer, Answered, Order};
use crate::people::powers::{Act, Citation};

/// Orders that one command answers, so that its entry stays within the ledger's bound.
pub const STEP: usize = 32;

/// Staff tell those who wished what the timetable gives them, or why it gives nothing.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerWishes {
    /// Which orders, and what is answered: 1 to [`STEP`].
    pub answers: Vec<(Key, Answer)>,
    /// By which clause.
    pub under: Citation,
}

impl Ordered for AnswerWishes {
    const NAME: &'static str = "answer-wishes";
    const SHAPE: u16 = 1;

    fn power(&self) -> Option<(Act, &Citation)> {
        Some((Act::DrawUpTimetable, &self.under))
    }

    fn decide(&self, ordering: &Ordering, draft: &mut Draft<'_>) -> Result<(), Stop<NotOrdered>> {
        if !(1..=STEP).contains(&self.answers.len()) {
            return Err(Stop::Refused(NotOrdered::Answers { most: STEP }));
        }
        let at = draft.now();
        for (key, answer) in &self.answers {
            let order = draft.get::<Order>(key)?;
            let order = order.filter(|order| order.notice == ordering.key);
            let gone = || Stop::Refused(NotOrdered::NoSuchOrder(key.to_string()));
            let mut order = order.ok_or_else(gone)?;
            let answer = answer.clone();
            order.answer = Some(Answered { at, answer });
            draft.put(&order)?;
        }
        Ok(())
    }
}
