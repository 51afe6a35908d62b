//! Times, days and periods as words.

use super::Speaker;
use super::phrase::both;
use crate::condition::DaySelector;
use crate::label::Lang;
use crate::time::{Hours, MinuteOfDay, Period, When};
use jiff::civil::{Date, DateTime, Time};

const WEEKDAYS_ZH: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
const WEEKDAYS_EN: [&str; 7] = [
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONDAY_TO_FRIDAY: u8 = 0b001_1111;
const EVERY_DAY: u8 = 0b111_1111;

impl Speaker<'_> {
    /// Times as a phrase: `工作日7时至20时`, `07:00–20:00 on workdays`. Empty for "always".
    pub fn when(&self, when: &[When]) -> String {
        // Lines of the same days, then days of the same hours, are one phrase: 工作日7时至8时和17时至18时; 周一、周四7时至9时.
        let mut lines: Vec<(Vec<DaySelector>, Vec<Hours>)> = Vec::new();
        for line in when {
            let known = lines.iter_mut().find(|(days, hours)| {
                *days == line.days && !hours.is_empty() && !line.hours.is_empty()
            });
            match known {
                Some((_, hours)) => hours.extend(&line.hours),
                None => lines.push((line.days.clone(), line.hours.clone())),
            }
        }
        let mut groups: Vec<(Vec<DaySelector>, bool, Vec<Hours>)> = Vec::new();
        for (days, hours) in lines {
            let every = days.is_empty();
            match groups
                .iter_mut()
                .find(|group| group.2 == hours && group.1 == every)
            {
                Some(group) => group.0.extend(days),
                None => groups.push((days, every, hours)),
            }
        }
        let words: Vec<String> = groups
            .iter()
            .map(|(days, every, hours)| {
                let hours = self.hours(hours);
                match (self.lang, *every) {
                    (Lang::Zh, true) => format!("每日{hours}"),
                    (Lang::Zh, false) => format!("{}{hours}", self.plain_days(days)),
                    (Lang::En, true) if hours.is_empty() => "every day".to_owned(),
                    (Lang::En, true) => format!("{hours} daily"),
                    (Lang::En, false) if hours.is_empty() => self.days(days),
                    (Lang::En, false) => format!("{hours} {}", self.days(days)),
                }
            })
            .collect();
        match self.lang {
            Lang::Zh => words.join("、"),
            Lang::En => both(self.lang, &words),
        }
    }

    /// Days: `周一、周四`; in English with their preposition, `on Mondays and Thursdays`.
    pub(super) fn days(&self, days: &[DaySelector]) -> String {
        match self.lang {
            Lang::Zh => self.plain_days(days),
            Lang::En => format!("on {}", self.plain_days(days)),
        }
    }

    fn plain_days(&self, days: &[DaySelector]) -> String {
        let mut week = 0;
        let mut words = Vec::new();
        for day in days {
            match day {
                DaySelector::Weekdays(bits) => week |= bits,
                DaySelector::Workdays => words.push(self.pick("工作日", "workdays").to_owned()),
                DaySelector::Holidays => {
                    words.push(self.pick("节假日", "weekends and holidays").to_owned());
                }
                DaySelector::StatutoryHolidays => {
                    words.push(self.pick("法定节假日", "public holidays").to_owned());
                }
                DaySelector::Recurring(recurrence) => words.push(self.recurrence(recurrence)),
            }
        }
        if week != 0 {
            words.insert(0, self.weekdays(week));
        }
        match self.lang {
            Lang::Zh => words.join("、"),
            Lang::En => both(self.lang, &words),
        }
    }

    pub(super) fn weekdays(&self, bits: u8) -> String {
        if bits & EVERY_DAY == EVERY_DAY {
            return self.pick("每日", "every day of the week").to_owned();
        }
        if bits == MONDAY_TO_FRIDAY {
            return self.pick("周一至周五", "Mondays to Fridays").to_owned();
        }
        let names = match self.lang {
            Lang::Zh => WEEKDAYS_ZH,
            Lang::En => WEEKDAYS_EN,
        };
        let words: Vec<String> = (0..7)
            .zip(names)
            .filter(|(day, _)| bits & (1 << day) != 0)
            .map(|(_, name)| name.to_owned())
            .collect();
        match self.lang {
            Lang::Zh => words.join("、"),
            Lang::En => both(self.lang, &words),
        }
    }

    fn hours(&self, hours: &[Hours]) -> String {
        let words: Vec<String> = hours
            .iter()
            .map(|stretch| {
                let next_day = stretch.from > stretch.to;
                match self.lang {
                    Lang::Zh => format!(
                        "{}至{}{}",
                        self.minute(stretch.from),
                        if next_day { "次日" } else { "" },
                        self.minute(stretch.to)
                    ),
                    Lang::En => {
                        format!("{}–{}", self.minute(stretch.from), self.minute(stretch.to))
                    }
                }
            })
            .collect();
        match self.lang {
            Lang::Zh => words.join("和"),
            Lang::En => both(self.lang, &words),
        }
    }

    fn minute(&self, minute: MinuteOfDay) -> String {
        clock(minute, self.lang)
    }

    /// An instant: `2022年1月4日20时`, `20:00 on 4 January 2022`.
    pub fn instant(&self, at: DateTime) -> String {
        instant(at, None, self.lang)
    }

    /// An end: midnight is the end of the day before, `2022年1月9日24时`.
    fn end(&self, at: DateTime) -> String {
        end(at, None, self.lang)
    }

    /// A period: `2022年1月4日20时至2022年1月9日24时`; open-ended: `自…起`.
    pub fn period(&self, period: &Period) -> String {
        let from = self.instant(period.from);
        match (self.lang, period.until) {
            (Lang::Zh, Some(until)) => {
                let end = self.end(until);
                let same_year = format!("{}年", period.from.year());
                format!("{from}至{}", end.strip_prefix(&same_year).unwrap_or(&end))
            }
            (Lang::Zh, None) => format!("自{from}起"),
            (Lang::En, Some(until)) => format!("from {from} to {}", self.end(until)),
            (Lang::En, None) => format!("from {from} onwards"),
        }
    }

    /// Days between two checks of one thing.
    pub fn every_days(&self, days: u16) -> String {
        match (self.lang, days) {
            (Lang::Zh, 1) => "每天".to_owned(),
            (Lang::Zh, days) => format!("每{days}天"),
            (Lang::En, 1) => "every day".to_owned(),
            (Lang::En, days) => format!("every {days} days"),
        }
    }
}

/// A day: `2022年1月6日`, `6 January 2022`; without its year if that is `year`.
pub fn day(date: Date, year: Option<i16>, lang: Lang) -> String {
    let known = year == Some(date.year());
    match lang {
        Lang::Zh if known => format!("{}月{}日", date.month(), date.day()),
        Lang::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Lang::En => {
            let day = format!("{} {}", date.day(), month_en(date.month().unsigned_abs()));
            if known {
                day
            } else {
                format!("{day} {}", date.year())
            }
        }
    }
}

/// An instant: `2022年1月4日20时`, `20:00 on 4 January 2022`; without its year if that is `year`.
pub fn instant(at: DateTime, year: Option<i16>, lang: Lang) -> String {
    let minute = u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs());
    on(at.date(), MinuteOfDay(minute), year, lang)
}

/// Like [`instant`], but midnight ends the day before: `2022年1月9日24时`.
pub fn end(at: DateTime, year: Option<i16>, lang: Lang) -> String {
    if at.time() == Time::midnight()
        && let Ok(day) = at.date().yesterday()
    {
        return on(day, MinuteOfDay(1440), year, lang);
    }
    instant(at, year, lang)
}

fn on(date: Date, minute: MinuteOfDay, year: Option<i16>, lang: Lang) -> String {
    let (clock, day) = (clock(minute, lang), day(date, year, lang));
    match lang {
        Lang::Zh => format!("{day}{clock}"),
        Lang::En => format!("{clock} on {day}"),
    }
}

fn clock(minute: MinuteOfDay, lang: Lang) -> String {
    let (hour, minute) = (minute.0 / 60, minute.0 % 60);
    match (lang, minute) {
        (Lang::Zh, 0) => format!("{hour}时"),
        (Lang::Zh, _) => format!("{hour}时{minute:02}分"),
        (Lang::En, _) => format!("{hour:02}:{minute:02}"),
    }
}

/// The English name of a month, 1 to 12; empty for any other number.
pub(super) fn month_en(month: u8) -> &'static str {
    usize::from(month)
        .checked_sub(1)
        .and_then(|month| MONTHS_EN.get(month))
        .unwrap_or(&"")
}
