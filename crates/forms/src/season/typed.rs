//! What is typed at the desk: names of partners and products, and months.

use jiff::civil::Date;
use notice::Label;
use serde::{Deserialize, Serialize};

/// Characters of a name.
const CHARACTERS: std::ops::RangeInclusive<usize> = 2..=40;

/// What was typed cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTyped {
    /// A name is too short, too long, or has characters that cannot be seen.
    #[error(
        "a name has 2 to 40 characters on one line: write it as it stands on the shop's sign or the product"
    )]
    Title,
    /// Not a month.
    #[error("a month is written as 2022-01")]
    Month,
}

impl BadTyped {
    /// What it is and what to do next.
    #[must_use]
    pub fn label(self) -> Label {
        let zh = match self {
            Self::Title => "名称写 2 至 40 个字，写在一行里；照招牌或者产品上的写",
            Self::Month => "月份写成 2022-01 这样",
        };
        Label::new(zh, self.to_string())
    }
}

/// The name of a partner (a shop, a firm: never a person) or of a product.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Title(String);

impl Title {
    /// A name as somebody typed it; spaces around it and doubled within are left out.
    ///
    /// # Errors
    /// [`BadTyped::Title`].
    pub fn read(text: &str) -> Result<Self, BadTyped> {
        // Looks at no more than could ever fit.
        let text: String = text.chars().take(CHARACTERS.end() * 8).collect();
        let words: Vec<&str> = text.split_whitespace().collect();
        let plain = words.join(" ");
        let seen = !plain.chars().any(|c| c.is_control() || is_hidden(c));
        match seen && CHARACTERS.contains(&plain.chars().count()) {
            true => Ok(Self(plain)),
            false => Err(BadTyped::Title),
        }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By what two names are the same: without spaces, without regard to case or to the width of letters and signs.
    #[must_use]
    pub fn folded(&self) -> String {
        let plain = self.0.chars().filter(|c| !c.is_whitespace());
        plain.map(half_width).flat_map(char::to_lowercase).collect()
    }
}

/// Characters that change how others are shown and cannot be seen themselves.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `Ａ` is `A`.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

impl TryFrom<String> for Title {
    type Error = BadTyped;

    fn try_from(text: String) -> Result<Self, BadTyped> {
        Self::read(&text)
    }
}

impl From<Title> for String {
    fn from(title: Title) -> Self {
        title.0
    }
}

impl std::fmt::Display for Title {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A month of the calendar: `2022-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(Date);

impl Month {
    /// The month that a day is in.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// As it is typed and kept.
    ///
    /// # Errors
    /// [`BadTyped::Month`].
    pub fn read(text: &str) -> Result<Self, BadTyped> {
        let text = text.trim();
        let fits = text.len() == 7 && text.is_ascii();
        let day: Option<Date> = fits.then(|| format!("{text}-01").parse().ok()).flatten();
        day.map(Self).ok_or(BadTyped::Month)
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> Date {
        self.0
    }

    /// The first day after it.
    #[must_use]
    pub fn end(self) -> Date {
        self.0.last_of_month().tomorrow().unwrap_or(Date::MAX)
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.end())
    }
}

impl TryFrom<String> for Month {
    type Error = BadTyped;

    fn try_from(text: String) -> Result<Self, BadTyped> {
        Self::read(&text)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn names_are_the_same_however_they_are_typed() {
        let one = Title::read("  好运 灯笼 Ａ款 ").unwrap();
        assert_eq!(one.as_str(), "好运 灯笼 Ａ款");
        assert_eq!(one.folded(), Title::read("好运灯笼a款").unwrap().folded());
        for wrong in [
            "",
            "灯",
            " 灯 ",
            "灯\u{200b}笼",
            "灯\u{7}笼",
            &"灯".repeat(41),
            &"灯".repeat(9_999),
        ] {
            assert_eq!(Title::read(wrong), Err(BadTyped::Title), "{wrong:?}");
        }
        assert!(Title::read(&"灯".repeat(40)).is_ok());
        assert!(serde_json::from_str::<Title>("\"x\"").is_err());
    }

    #[test]
    fn a_month_is_its_days() {
        let month = Month::read("2022-02").unwrap();
        assert_eq!(
            (month.first(), month.end()),
            (date(2022, 2, 1), date(2022, 3, 1))
        );
        assert_eq!(Month::of(date(2022, 12, 31)).next().to_string(), "2023-01");
        assert_eq!(Month::read("9999-12").unwrap().end(), Date::MAX);
        for wrong in ["", "2022", "2022-13", "2022-1", "2022-02-01", "二〇二二-1"] {
            assert_eq!(Month::read(wrong), Err(BadTyped::Month), "{wrong}");
        }
    }
}
