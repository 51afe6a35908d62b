//! Citizen identity numbers (GB 11643-1999): six digits of a division, eight of a birth date, three of a sequence, and a
//! check character by ISO 7064 MOD 11-2.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::private::PersonalData;

/// Weights of the first 17 digits: powers of 2 modulo 11, the last digit's being 2.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters by the weighted sum modulo 11.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
/// The first two digits of all divisions: provinces, regions, and 81 to 83 for Hong Kong, Macao and Taiwan residents' permits.
const PROVINCES: [u32; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 81, 82, 83,
];
/// Nobody alive was born before this year.
const YEAR_MIN: i16 = 1890;

/// An identity number whose check character, division and birth date are right.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdNumber {
    text: String,
    birth: Date,
}

/// What is wrong with an identity number. None of them repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadIdNumber {
    /// Not 18 characters.
    #[error("an identity number has 18 characters, this one {0}: copy it from the card")]
    Length(usize),
    /// A character that is no digit, or an X that is not the last.
    #[error("character {0} should be a digit (only the last may be X): copy it from the card")]
    Character(usize),
    /// No division of the country begins so.
    #[error("no division begins with the first two digits: copy them from the card")]
    Division,
    /// Digits 7 to 14 are no day, or nobody alive was born then.
    #[error("digits 7 to 14 are no birth date: copy them from the card")]
    Birth,
    /// The last character does not follow from the others, so one of them is wrong.
    #[error(
        "the last character does not fit the others, so one is mistyped: compare with the card"
    )]
    Check,
    /// Its person is not born yet.
    #[error("the birth date is still to come: compare digits 7 to 14 with the card")]
    Future,
}

impl BadIdNumber {
    /// What is wrong and what to do, in both languages.
    #[must_use]
    pub fn label(&self) -> notice::Label {
        let zh = match self {
            Self::Length(seen) => format!("身份证号应有 18 位，这里有 {seen} 位，请照证件填写"),
            Self::Character(at) => {
                format!("身份证号第 {at} 位应为数字（只有最后一位可以是 X），请照证件填写")
            }
            Self::Division => "没有以这两位数字开头的行政区划，请照证件核对前两位".to_owned(),
            Self::Birth => "第 7 至 14 位不是出生日期，请照证件填写".to_owned(),
            Self::Check => "最后一位与前面的数字不符，有一位填错了，请与证件对照".to_owned(),
            Self::Future => "出生日期还没有到，请与证件对照第 7 至 14 位".to_owned(),
        };
        notice::Label::new(zh, self.to_string())
    }
}

impl IdNumber {
    /// Takes a number as typed; spaces are left out and a small x is a large one.
    ///
    /// # Errors
    /// [`BadIdNumber`], without repeating the number.
    pub fn new(text: &str) -> Result<Self, BadIdNumber> {
        let typed: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (&last, digits) = match typed.split_last() {
            Some(split) if typed.len() == 18 => split,
            _ => return Err(BadIdNumber::Length(typed.len())),
        };
        let mut number = [0_u32; 17];
        for (at, (digit, c)) in number.iter_mut().zip(digits).enumerate() {
            *digit = c.to_digit(10).ok_or(BadIdNumber::Character(at + 1))?;
        }
        let last = last.to_ascii_uppercase();
        if !last.is_ascii_digit() && last != 'X' {
            return Err(BadIdNumber::Character(18));
        }
        let as_number = |of: &[u32]| of.iter().fold(0, |n, digit| n * 10 + digit);
        if !PROVINCES.contains(&as_number(&number[..2])) {
            return Err(BadIdNumber::Division);
        }
        let part = |of: &[u32]| i16::try_from(as_number(of)).unwrap_or(0);
        let (month, day) = (part(&number[10..12]) as i8, part(&number[12..14]) as i8);
        let birth = Date::new(part(&number[6..10]), month, day).map_err(|_| BadIdNumber::Birth)?;
        if birth.year() < YEAR_MIN {
            return Err(BadIdNumber::Birth);
        }
        let sum: u32 = number.iter().zip(WEIGHTS).map(|(d, w)| d * w).sum();
        if CHECKS[(sum % 11) as usize] != last {
            return Err(BadIdNumber::Check);
        }
        let text = digits.iter().chain([&last]).collect();
        Ok(Self { text, birth })
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The day its person was born.
    #[must_use]
    pub const fn birth(&self) -> Date {
        self.birth
    }

    /// Full years on a day, 周岁.
    ///
    /// # Errors
    /// [`BadIdNumber::Future`] when the day is before the birth.
    pub fn age(&self, on: Date) -> Result<u8, BadIdNumber> {
        age(self.birth, on).ok_or(BadIdNumber::Future)
    }
}

/// Full years from birth to a day: one more on each birthday; who was born on 29 February has theirs on 1 March in other
/// years. `None` before the birth.
#[must_use]
pub fn age(birth: Date, on: Date) -> Option<u8> {
    if on < birth {
        return None;
    }
    let had_birthday = (on.month(), on.day()) >= (birth.month(), birth.day());
    let years = on.year() - birth.year() - i16::from(!had_birthday);
    Some(u8::try_from(years).unwrap_or(u8::MAX))
}

impl PersonalData for IdNumber {
    const WHAT: &'static str = "id-number";
}

impl TryFrom<String> for IdNumber {
    type Error = BadIdNumber;

    fn try_from(text: String) -> Result<Self, BadIdNumber> {
        Self::new(&text)
    }
}

impl From<IdNumber> for String {
    fn from(number: IdNumber) -> Self {
        number.text
    }
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// The examples of the standard: GB 11643-1999, 4.3.
    const MAN: &str = "11010519491231002X";
    const WOMAN: &str = "440524188001010014";

    #[test]
    fn the_standards_examples_have_the_right_check() {
        let man = IdNumber::new(MAN).unwrap();
        assert_eq!(man.birth(), date(1949, 12, 31));
        assert_eq!(IdNumber::new("110105 19491231 002x").unwrap(), man);
        // The second example's check is right too, but nobody born in 1880 is alive.
        assert_eq!(IdNumber::new(WOMAN), Err(BadIdNumber::Birth));
        assert_eq!(format!("{man:?}"), "IdNumber(…)");
    }

    #[test]
    fn each_fault_has_its_own_sentence_and_none_repeats_the_number() {
        for (text, fault) in [
            ("", BadIdNumber::Length(0)),
            ("11010519491231002", BadIdNumber::Length(17)),
            ("1101051949123100XX", BadIdNumber::Character(17)),
            ("11010519491231002Y", BadIdNumber::Character(18)),
            (
                "１１０１０５１９４９１２３１００２Ｘ",
                BadIdNumber::Character(1),
            ),
            ("99010519491231002X", BadIdNumber::Division),
            ("11010519491331002X", BadIdNumber::Birth),
            ("11010519490229002X", BadIdNumber::Birth),
            ("110105194912310021", BadIdNumber::Check),
        ] {
            assert_eq!(IdNumber::new(text), Err(fault), "{text}");
            let said = fault.label();
            assert!(!said.zh.contains("1949") && !said.en.contains("1949"));
        }
    }

    #[test]
    fn ages_change_on_birthdays() {
        let born = date(2004, 1, 9);
        assert_eq!(age(born, date(2022, 1, 8)), Some(17));
        assert_eq!(age(born, date(2022, 1, 9)), Some(18));
        assert_eq!(age(born, date(2004, 1, 8)), None);
        let leap = date(2004, 2, 29);
        assert_eq!(age(leap, date(2022, 2, 28)), Some(17));
        assert_eq!(age(leap, date(2022, 3, 1)), Some(18));
        assert_eq!(age(leap, date(2024, 2, 29)), Some(20));
    }

    proptest! {
        /// What the check digit is for: one digit mistyped, or two neighbours swapped, is always found.
        #[test]
        fn single_slips_are_found(day in 0_i32..40_000, sequence in 0_u32..1000, at in 0_usize..17, by in 1_u32..10) {
            let birth = date(1900, 1, 1).checked_add(jiff::ToSpan::days(day)).unwrap();
            let head = format!("140105{}{sequence:03}", birth.strftime("%Y%m%d"));
            let right = CHECKS.iter().filter_map(|c| IdNumber::new(&format!("{head}{c}")).ok()).collect::<Vec<_>>();
            prop_assert_eq!(right.len(), 1, "exactly one check character fits");
            prop_assert_eq!(right[0].birth(), birth);
            let mut typed: Vec<char> = right[0].as_str().chars().collect();
            let digit = typed[at].to_digit(10).unwrap();
            typed[at] = char::from_digit((digit + by) % 10, 10).unwrap();
            prop_assert!(IdNumber::new(&typed.iter().collect::<String>()).is_err());
            let mut typed: Vec<char> = right[0].as_str().chars().collect();
            typed.swap(at, at + 1);
            if typed.iter().collect::<String>() != right[0].as_str() {
                prop_assert!(IdNumber::new(&typed.iter().collect::<String>()).is_err());
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ = IdNumber::new(&text);
        }

        /// Against counting birthdays one by one.
        #[test]
        fn ages_are_counted_birthdays(born in 0_i32..40_000, later in 0_i32..40_000) {
            let birth = date(1900, 1, 1).checked_add(jiff::ToSpan::days(born)).unwrap();
            let on = birth.checked_add(jiff::ToSpan::days(later)).unwrap();
            let birthday = |year| Date::new(year, birth.month(), birth.day()).unwrap_or(date(year, 3, 1));
            let counted = (birth.year() + 1..=on.year()).filter(|&year| birthday(year) <= on).count();
            prop_assert_eq!(age(birth, on).map(usize::from), Some(counted));
        }
    }
}
