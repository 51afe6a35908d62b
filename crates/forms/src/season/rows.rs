//! What a season keeps.

use jiff::Timestamp;
use jiff::civil::Date;
use ledger::item::{Found, ItemId, Row};
use ledger::name::{BadName, Index, Key, Kind};
use notice::Label;
use serde::{Deserialize, Serialize};

use super::money::{Fen, Royalty};
use super::typed::{Month, Title};
use crate::booking::rows::Number;
use crate::record::rows::Authority;

/// A partner may make and sell a product under the season's brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its number: that of the entry which granted it.
    pub number: Number,
    /// Of which notice.
    pub notice: Key,
    /// Whom: a shop or a firm.
    pub partner: Title,
    /// What.
    pub product: Title,
    /// The first day.
    pub from: Date,
    /// The first day after.
    pub until: Date,
    /// What the partner pays.
    pub royalty: Royalty,
    /// Nobody else may have the product meanwhile.
    pub exclusive: bool,
    /// When it was granted.
    pub granted: Timestamp,
    /// By whom of staff.
    pub under: Authority,
    /// Since it was ended before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// That a licence was ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// The first day on which it holds no longer.
    pub on: Date,
    /// Why.
    pub why: EndedFor,
    /// When that was decided.
    pub at: Timestamp,
    /// By whom of staff.
    pub under: Authority,
}

/// Why a licence was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndedFor {
    /// Both sides agreed.
    Agreed,
    /// The partner gave it back.
    GivenBack,
    /// Its terms were not kept.
    NotKept,
}

/// A figure as it stands, and what stood in its place before, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traced<T> {
    /// As it stands.
    pub now: Entered<T>,
    /// What it took the place of.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Entered<T>>,
}

/// A figure that somebody entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered<T> {
    /// The figure.
    pub value: T,
    /// When.
    pub at: Timestamp,
    /// By which office.
    pub under: Authority,
    /// Who of it, by pseudonym: they do not correct themselves.
    pub by: Key,
    /// Why it took another's place; nothing if it is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Reason>,
}

/// Why a figure was corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It was typed wrongly.
    Mistyped,
    /// It was counted again.
    CountedAgain,
    /// Something was told later.
    ToldLater,
}

/// What a licence sold in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sold {
    /// How many pieces.
    pub pieces: u32,
    /// For how much.
    pub sales: Fen,
    /// The royalty that makes due.
    pub due: Fen,
}

/// A month of a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sales {
    /// Number of the licence.
    pub licence: Number,
    /// Of which notice.
    pub notice: Key,
    /// Which month.
    pub month: Month,
    /// What was sold.
    pub sold: Traced<Sold>,
}

/// What an event brought in, as an office entered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brought {
    /// How many people came, booked or not.
    pub visitors: u32,
    /// What was sold there.
    pub sales: Fen,
}

/// The result of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventResult {
    /// Which event: `theme-season#customs/dough@2022-01-29`.
    pub event: Key,
    /// Of which notice.
    pub notice: Key,
    /// Of which offer.
    pub offer: Key,
    /// Of which project, if the offer has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// On which day.
    pub day: Date,
    /// What it brought in.
    pub brought: Traced<Brought>,
}

impl EventResult {
    /// How a notice's results are found: by offer, project and day.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn of_notice(notice: &Key) -> Result<Found, BadName> {
        Ok(Found(Index::new("result.notice")?, notice.clone()))
    }
}

impl Row for EventResult {
    const KIND: &'static str = "result";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.event.clone()
    }

    fn found_by(&self) -> Vec<Found> {
        Self::of_notice(&self.notice).into_iter().collect()
    }
}

impl Licence {
    /// The first day on which it holds no longer.
    #[must_use]
    pub fn held_until(&self) -> Date {
        let ended = self.ended.as_ref().map(|ended| ended.on);
        ended.map_or(self.until, |on| on.clamp(self.from, self.until))
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && day < self.held_until()
    }

    /// Whether it holds on any day of a term.
    #[must_use]
    pub fn meets(&self, from: Date, until: Date) -> bool {
        self.from.max(from) < self.held_until().min(until)
    }

    /// How a notice's licences are found.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn of_notice(notice: &Key) -> Result<Found, BadName> {
        Ok(Found(Index::new("licence.notice")?, notice.clone()))
    }

    /// How a product's licences are found, however the product's name was typed.
    ///
    /// # Errors
    /// [`BadName`] when notice and product are too long together.
    pub fn of_product(notice: &Key, product: &Title) -> Result<Found, BadName> {
        let key = Key::new(&format!("{notice}/{}", product.folded()))?;
        Ok(Found(Index::new("licence.product")?, key))
    }
}

impl Row for Licence {
    const KIND: &'static str = "licence";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        self.number.key().clone()
    }

    fn found_by(&self) -> Vec<Found> {
        let of = [
            Self::of_notice(&self.notice),
            Self::of_product(&self.notice, &self.product),
        ];
        of.into_iter().flatten().collect()
    }
}

impl<T> Traced<T> {
    /// A figure that nothing stood before.
    #[must_use]
    pub const fn first(value: Entered<T>) -> Self {
        Self {
            now: value,
            before: Vec::new(),
        }
    }

    /// Takes the place of what stands.
    pub(super) fn replace(&mut self, value: Entered<T>) {
        let old = std::mem::replace(&mut self.now, value);
        self.before.push(old);
    }
}

impl Sales {
    /// The key of a licence's month.
    ///
    /// # Errors
    /// Never: a number and a month are a key.
    pub fn key_of(licence: &Number, month: Month) -> Result<Key, BadName> {
        Key::new(&format!("{licence}/{month}"))
    }

    /// How a notice's sales are found: by licence, then month.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn of_notice(notice: &Key) -> Result<Found, BadName> {
        Ok(Found(Index::new("sales.notice")?, notice.clone()))
    }

    /// How a licence's sales are found, by month.
    ///
    /// # Errors
    /// Never: these are names.
    pub fn of_licence(licence: &Number) -> Result<Found, BadName> {
        Ok(Found(Index::new("sales.licence")?, licence.key().clone()))
    }
}

impl Row for Sales {
    const KIND: &'static str = "sales";
    const SHAPE: u16 = 1;

    fn key(&self) -> Key {
        // A number and a month are a key.
        Self::key_of(&self.licence, self.month).unwrap_or_else(|_| self.licence.key().clone())
    }

    fn found_by(&self) -> Vec<Found> {
        let of = [
            Self::of_notice(&self.notice),
            Self::of_licence(&self.licence),
        ];
        of.into_iter().flatten().collect()
    }
}

macro_rules! named {
    ($($of:ident { $($one:ident = $name:literal, $zh:literal, $en:literal;)* })*) => {$(
        impl $of {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$one),*];

            /// Its name in entries and forms.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$one => $name,)* }
            }

            /// The one with this name.
            #[must_use]
            pub fn of_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }

            /// As it is shown.
            #[must_use]
            pub fn label(self) -> Label {
                match self { $(Self::$one => Label::new($zh, $en),)* }
            }
        }
    )*};
}

named! {
    EndedFor {
        Agreed = "agreed", "双方商定", "both sides agreed";
        GivenBack = "given-back", "伙伴退回授权", "the partner gave it back";
        NotKept = "not-kept", "没有遵守授权约定", "its terms were not kept";
    }
    Reason {
        Mistyped = "mistyped", "录入有误", "typed wrongly";
        CountedAgain = "counted-again", "重新清点", "counted again";
        ToldLater = "told-later", "后来补报", "told later";
    }
}

/// Which item a row of this kind and key is.
pub(super) fn item<R: Row>(key: Key) -> Result<ItemId, BadName> {
    Ok(ItemId {
        kind: Kind::new(R::KIND)?,
        key,
    })
}
