//! A word of feedback: how somebody who was there found a session.
//!
//! The rating is counted and shows nobody. The words are sealed under the person's key, and staff who may see who has booked
//! read them without a name.

use jiff::Timestamp;
use ledger::form::{Fault, Stop};
use ledger::item::{Found, Row};
use ledger::name::{Key, Person};
use notice::{Label, Minutes};
use serde::{Deserialize, Serialize};

use super::desk::{Desk, later};
use super::refusal::Why;
use super::rows::{Booking, Number, Status, found};
use super::under::Act;
use crate::people::{PersonalData, Private};

/// How long after a session one can say how it was, and say it anew.
pub const OPEN_FOR: Minutes = Minutes(7 * 24 * 60);
/// Characters that the words may have.
pub const WORDS_MAX: usize = 500;

/// How somebody found a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rating {
    /// Good.
    Good,
    /// So-so.
    Fair,
    /// Not good.
    Poor,
}

/// What somebody says of a session in their own words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Words(String);

/// Words cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWords {
    /// Nothing is said.
    #[error("nothing is said: write something, or send the rating alone")]
    Empty,
    /// Too long.
    #[error("it is longer than {WORDS_MAX} characters: shorten it")]
    TooLong,
    /// What is no writing.
    #[error("it has signs that cannot be shown: type it anew")]
    Signs,
}

/// One booking's feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Of which booking.
    pub booking: Number,
    /// Of which slot.
    pub slot: Key,
    /// How it was.
    pub rating: Rating,
    /// In the person's own words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Private<Words>>,
    /// When it was last said.
    pub at: Timestamp,
}

/// How those who were in a slot found it. A row of its own, so that it is shown without reading who said what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// The slot.
    pub slot: Key,
    /// Its offer.
    pub offer: Key,
    /// When its session ended.
    pub to: Timestamp,
    /// How many say so.
    pub counts: Counts,
}

/// How many found something how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Good.
    pub good: u32,
    /// So-so.
    pub fair: u32,
    /// Not good.
    pub poor: u32,
}

/// Somebody who was there says how it was, or says it anew.
#[derive(Clone, Debug, Serialize)]
pub struct GiveFeedback {
    /// Of which booking.
    pub booking: Number,
    /// Whose booking it is.
    pub person: Person,
    /// How it was.
    pub rating: Rating,
    /// In their own words, sealed under the person's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Private<Words>>,
}

/// Somebody takes back what they said of a session. The words leave the state; the entry keeps them sealed.
#[derive(Clone, Debug, Serialize)]
pub struct TakeBackFeedback {
    /// Of which booking.
    pub booking: Number,
    /// Whose booking it is.
    pub person: Person,
}

impl Act for GiveFeedback {
    const NAME: &'static str = "give-feedback";
    const SHAPE: u16 = 1;

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let booking = desk.booking(&self.booking, Some(&self.person))?;
        let words = self.words.as_ref();
        if words.is_some_and(|words| *words.person() != self.person) {
            return Err(Stop::Refused(Why::OtherPerson));
        }
        if !matches!(booking.status, Status::Here { .. }) {
            return Err(Stop::Refused(Why::WasNotThere));
        }
        if desk.now() < booking.to {
            let to = desk.offering.civil(booking.to);
            return Err(Stop::Refused(Why::FeedbackNotYet { to }));
        }
        let until = until(booking.to);
        if until <= desk.now() {
            let until = desk.offering.civil(until);
            return Err(Stop::Refused(Why::FeedbackClosed { until }));
        }
        let before = desk.draft.get::<Feedback>(self.booking.key())?;
        count(desk, &booking, before.map(|b| b.rating), Some(self.rating))?;
        let at = desk.now();
        desk.draft.put(&Feedback {
            booking: booking.number,
            slot: booking.slot,
            rating: self.rating,
            words: self.words.clone(),
            at,
        })?;
        Ok(())
    }
}

impl Act for TakeBackFeedback {
    const NAME: &'static str = "take-back-feedback";
    const SHAPE: u16 = 1;

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn decide(&self, desk: &mut Desk<'_, '_>) -> Result<(), Stop<Why>> {
        let booking = desk.booking(&self.booking, Some(&self.person))?;
        if take_away(desk, &booking)? {
            Ok(())
        } else {
            Err(Stop::Refused(Why::NoFeedback))
        }
    }
}

/// Until when one can say how a session was that ended then, and say it anew. Taking it back is always possible.
#[must_use]
pub fn until(to: Timestamp) -> Timestamp {
    later(to, OPEN_FOR)
}

/// Takes a booking's feedback away, if there is any.
pub(super) fn take_away(desk: &mut Desk<'_, '_>, booking: &Booking) -> Result<bool, Fault> {
    let key = booking.number.key();
    let Some(before) = desk.draft.get::<Feedback>(key)? else {
        return Ok(false);
    };
    count(desk, booking, Some(before.rating), None)?;
    desk.draft.remove::<Feedback>(key)?;
    Ok(true)
}

/// Counts one rating in the place of another.
fn count(
    desk: &mut Desk<'_, '_>,
    booking: &Booking,
    before: Option<Rating>,
    now: Option<Rating>,
) -> Result<(), Fault> {
    let kept = desk.draft.get::<Ratings>(&booking.slot)?;
    let mut ratings = kept.unwrap_or_else(|| Ratings {
        slot: booking.slot.clone(),
        offer: booking.offer.clone(),
        to: booking.to,
        counts: Counts::default(),
    });
    if let Some(before) = before {
        let count = ratings.counts.of_mut(before);
        *count = count.saturating_sub(1);
    }
    if let Some(now) = now {
        let count = ratings.counts.of_mut(now);
        *count = count.saturating_add(1);
    }
    if ratings.counts.all() == 0 {
        desk.draft.remove::<Ratings>(&booking.slot)
    } else {
        desk.draft.put(&ratings)
    }
}

impl Rating {
    /// All of them, the best first.
    pub const ALL: [Self; 3] = [Self::Good, Self::Fair, Self::Poor];

    /// Its word in forms: `good`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
        }
    }

    /// The rating with this word.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rating| rating.key() == key)
    }

    /// As it is shown.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::Good => Label::new("好", "good"),
            Self::Fair => Label::new("一般", "so-so"),
            Self::Poor => Label::new("不好", "not good"),
        }
    }
}

impl Counts {
    /// How many say this.
    #[must_use]
    pub const fn of(&self, rating: Rating) -> u32 {
        match rating {
            Rating::Good => self.good,
            Rating::Fair => self.fair,
            Rating::Poor => self.poor,
        }
    }

    const fn of_mut(&mut self, rating: Rating) -> &mut u32 {
        match rating {
            Rating::Good => &mut self.good,
            Rating::Fair => &mut self.fair,
            Rating::Poor => &mut self.poor,
        }
    }

    /// How many say anything.
    #[must_use]
    pub const fn all(&self) -> u32 {
        self.good
            .saturating_add(self.fair)
            .saturating_add(self.poor)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            good: self.good.saturating_add(other.good),
            fair: self.fair.saturating_add(other.fair),
            poor: self.poor.saturating_add(other.poor),
        }
    }
}

impl Words {
    /// Takes what somebody typed.
    ///
    /// # Errors
    /// [`BadWords`].
    pub fn new(text: &str) -> Result<Self, BadWords> {
        let text = text.trim().replace("\r\n", "\n");
        if text.is_empty() {
            Err(BadWords::Empty)
        } else if text.chars().count() > WORDS_MAX {
            Err(BadWords::TooLong)
        } else if text.chars().any(|c| c.is_control() && c != '\n') {
            Err(BadWords::Signs)
        } else {
            Ok(Self(text))
        }
    }

    /// Their text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BadWords {
    /// What is wrong and what to do.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::Empty => Label::new(
                "没有写字；写几句，或者只交评分。",
                "Nothing is said: write something, or send the rating alone.",
            ),
            Self::TooLong => Label::new(
                format!("留言最多 {WORDS_MAX} 个字，请写短一些。"),
                format!("It is longer than {WORDS_MAX} characters: shorten it."),
            ),
            Self::Signs => Label::new(
                "留言里有不能显示的符号，请重新输入。",
                "It has signs that cannot be shown: type it anew.",
            ),
        }
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words(…)")
    }
}

impl TryFrom<String> for Words {
    type Error = BadWords;
    fn try_from(text: String) -> Result<Self, BadWords> {
        Self::new(&text)
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

impl PersonalData for Words {
    const WHAT: &'static str = "feedback";
}

impl Row for Feedback {
    const KIND: &'static str = "feedback";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.booking.key().clone()
    }

    fn found_by(&self) -> Vec<Found> {
        found("feedback.slot", self.slot.as_str())
            .into_iter()
            .collect()
    }
}

impl Row for Ratings {
    const KIND: &'static str = "ratings";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.slot.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        found("ratings.offer", self.offer.as_str())
            .into_iter()
            .collect()
    }
}
