//! Words for days, in both languages.

use crate::condition::DaySelector;
use crate::vocabulary::words::fold;

const WEEKDAYS_ALL: u8 = 0b111_1111;

/// The days a word means; `None` if it is no word for days. `每日` is every day of the week.
pub(crate) fn day_word(word: &str) -> Option<DaySelector> {
    let folded = fold(word);
    Some(match folded.as_str() {
        "工作日" | "workday" | "workdays" => DaySelector::Workdays,
        "节假日" | "holiday" | "holidays" => DaySelector::Holidays,
        "法定节假日" | "public holiday" | "public holidays" | "statutory holiday"
        | "statutory holidays" => DaySelector::StatutoryHolidays,
        "周末" | "weekend" | "weekends" => DaySelector::Weekdays(0b110_0000),
        "每日" | "每天" | "daily" | "every day" => DaySelector::Weekdays(WEEKDAYS_ALL),
        word => DaySelector::Weekdays(1 << weekday(word)?),
    })
}

/// The word nearest to one that is not known.
pub(crate) const DAY_WORDS: &[&str] = &[
    "工作日",
    "节假日",
    "法定节假日",
    "每日",
    "周末",
    "周一",
    "周二",
    "周三",
    "周四",
    "周五",
    "周六",
    "周日",
    "workdays",
    "holidays",
    "public holidays",
    "daily",
    "weekends",
    "Mon",
    "Tue",
    "Wed",
    "Thu",
    "Fri",
    "Sat",
    "Sun",
];

/// Monday is 0.
fn weekday(folded: &str) -> Option<u8> {
    const ENGLISH: [(&str, &str); 7] = [
        ("mon", "monday"),
        ("tue", "tuesday"),
        ("wed", "wednesday"),
        ("thu", "thursday"),
        ("fri", "friday"),
        ("sat", "saturday"),
        ("sun", "sunday"),
    ];
    if let Some(at) = ENGLISH.iter().position(|(short, long)| {
        let singular = folded.strip_suffix('s').unwrap_or(folded);
        folded == *short || folded == *long || singular == *long
    }) {
        return u8::try_from(at).ok();
    }
    let day = ["每周", "周", "星期", "礼拜"]
        .iter()
        .find_map(|before| folded.strip_prefix(before))?;
    let mut chars = day.chars();
    let at = "一二三四五六日".find(chars.next().filter(|c| *c != '天').or(Some('日'))?)?;
    (chars.next().is_none() && !day.is_empty())
        .then_some(at / '一'.len_utf8())
        .and_then(|at| u8::try_from(at).ok())
}

/// A stretch of the week: `周一至周五`, `Fri-Mon`.
pub(crate) fn day_range(from: &str, to: &str) -> Option<DaySelector> {
    // `周一至五` leaves the second 周 out.
    let short = format!("周{}", to.trim());
    let (from, to) = (
        weekday(&fold(from))?,
        weekday(&fold(to)).or_else(|| weekday(&short))?,
    );
    let days = (to + 7 - from) % 7;
    let bits = (0..=days).fold(0, |bits, day| bits | 1 << ((from + day) % 7));
    Some(DaySelector::Weekdays(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week() {
        for (at, word) in "一二三四五六日".chars().enumerate() {
            let wanted = Some(DaySelector::Weekdays(1 << at));
            assert_eq!(day_word(&format!("周{word}")), wanted);
            assert_eq!(day_word(&format!("星期{word}")), wanted);
        }
        assert_eq!(day_word("星期天"), Some(DaySelector::Weekdays(64)));
        assert_eq!(day_word("Mondays"), Some(DaySelector::Weekdays(1)));
        assert_eq!(
            day_word("Public  Holidays"),
            Some(DaySelector::StatutoryHolidays)
        );
        assert_eq!(day_word("周"), None);
        assert_eq!(day_word("周一二"), None);
        assert_eq!(day_word("satyr"), None);
    }

    #[test]
    fn ranges_may_pass_the_weekend() {
        assert_eq!(
            day_range("周一", "周五"),
            Some(DaySelector::Weekdays(0b1_1111))
        );
        assert_eq!(
            day_range("Sat", "Mon"),
            Some(DaySelector::Weekdays(0b110_0001))
        );
        assert_eq!(
            day_range("周一", "五"),
            Some(DaySelector::Weekdays(0b1_1111))
        );
    }
}
