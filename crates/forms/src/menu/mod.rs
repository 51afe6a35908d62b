//! The menu: residents wish for a course for their community and age group, the desk sees what is wanted and proposes a
//! timetable, and what it accepts is told to those who wished. `docs/menu.md` tells the whole.
//!
//! An [`Ordering`] is one version of the notice's text with the city's menu. A timetable's sessions are booked like all
//! others: [`plan`] writes them as the `offer` blocks that the notice gets.

mod answer;
pub mod figures;
mod ordering;
pub mod plan;
mod refusal;
pub mod rows;
pub mod small;
pub mod timetable;
pub mod views;
mod wish;

pub use answer::{AnswerWishes, STEP};
pub use ordering::{Ordered, Ordering};
pub use refusal::NotOrdered;
pub use wish::{MakeWish, WithdrawWish};

use notice::Label;
use serde::{Deserialize, Serialize};

/// Whom a course is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AgeGroup {
    /// Up to 17 years.
    Children,
    /// From 18 to 59.
    Adults,
    /// From 60 on.
    Elders,
}

impl AgeGroup {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Children, Self::Adults, Self::Elders];

    /// From and to which age, in full years, both included.
    #[must_use]
    pub const fn ages(self) -> (u8, u8) {
        match self {
            Self::Children => (0, 17),
            Self::Adults => (18, 59),
            Self::Elders => (60, 120),
        }
    }

    /// Its word in keys: `children`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Children => "children",
            Self::Adults => "adults",
            Self::Elders => "elders",
        }
    }

    /// The group with this word.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.key() == key)
    }

    /// As it is shown.
    #[must_use]
    pub fn label(self) -> Label {
        match self {
            Self::Children => Label::new("少年儿童（17岁及以下）", "children (17 and under)"),
            Self::Adults => Label::new("成年人（18至59岁）", "adults (18 to 59)"),
            Self::Elders => Label::new("老年人（60岁及以上）", "older people (60 and over)"),
        }
    }
}
