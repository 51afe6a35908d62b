//! Days and hours in the words of people.

use city::City;
use city::calendar::{Calendar, DayKind};
use jiff::civil::{Date, DateTime, Time, Weekday};
use notice::{Lang, Period, say};

/// `1月6日` / `6 January`.
pub fn day(date: Date, lang: Lang) -> String {
    say::day(date, Some(date.year()), lang)
}

/// `2022年1月6日` / `6 January 2022`.
pub fn full_day(date: Date, lang: Lang) -> String {
    say::day(date, None, lang)
}

/// `星期四` / `Thursday`.
pub fn weekday(date: Date, lang: Lang) -> &'static str {
    let (zh, en) = match date.weekday() {
        Weekday::Monday => ("星期一", "Monday"),
        Weekday::Tuesday => ("星期二", "Tuesday"),
        Weekday::Wednesday => ("星期三", "Wednesday"),
        Weekday::Thursday => ("星期四", "Thursday"),
        Weekday::Friday => ("星期五", "Friday"),
        Weekday::Saturday => ("星期六", "Saturday"),
        Weekday::Sunday => ("星期日", "Sunday"),
    };
    pick(lang, zh, en)
}

/// What kind of day it is, with the festival's name: `工作日`, `春节假期`, `调休上班`.
pub fn kind(calendar: &Calendar, date: Date, lang: Lang) -> String {
    let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    match (calendar.kind(date), calendar.festival(date)) {
        (DayKind::Workday, _) if weekend => pick(lang, "调休上班", "make-up workday").to_owned(),
        (DayKind::Workday, _) => pick(lang, "工作日", "workday").to_owned(),
        (DayKind::RestDay, _) => pick(lang, "休息日", "day of rest").to_owned(),
        (DayKind::StatutoryHoliday, Some(name)) if lang == Lang::Zh => format!("{name}假期"),
        (DayKind::StatutoryHoliday, _) => pick(lang, "法定节假日", "public holiday").to_owned(),
    }
}

/// `1月6日10时30分`, with the year where it is not the reader's; midnight is the end of the day before: `1月9日24时`.
pub fn hour_seen_from(at: DateTime, now: DateTime, lang: Lang) -> String {
    say::end(at, Some(now.year()), lang)
}

/// How far away: `还有3天16小时` / `in 3 days 16 hours`. `None` if it is past.
pub fn ahead(at: DateTime, now: DateTime, lang: Lang) -> Option<String> {
    let minutes = now.duration_until(at).as_mins();
    if minutes <= 0 {
        return None;
    }
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    Some(match lang {
        Lang::Zh => match (days, hours) {
            (0, 0) => format!("还有{minutes}分钟"),
            (0, _) => format!("还有{hours}小时"),
            (_, 0) => format!("还有{days}天"),
            _ if days > 30 => format!("还有{days}天"),
            _ => format!("还有{days}天{hours}小时"),
        },
        Lang::En => match (days, hours) {
            (0, 0) => format!("in {}", plural(minutes, "minute")),
            (0, _) => format!("in {}", plural(hours, "hour")),
            (_, 0) => format!("in {}", plural(days, "day")),
            _ if days > 30 => format!("in {}", plural(days, "day")),
            _ => format!("in {} {}", plural(days, "day"), plural(hours, "hour")),
        },
    })
}

/// `1 day`, `2 days`.
fn plural(count: i64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `1月4日20时至1月9日24时` / `20:00 on 4 January to 24:00 on 9 January`; open-ended if it is.
pub fn period(period: &Period, now: DateTime, lang: Lang) -> String {
    let from = start(period.from, now, lang);
    match period.until {
        Some(until) => {
            let until = hour_seen_from(until, now, lang);
            pick(
                lang,
                format!("{from}至{until}"),
                format!("{from} to {until}"),
            )
        }
        None => pick(lang, format!("自{from}起"), format!("from {from} on")),
    }
}

/// Like [`hour_seen_from`], but a midnight begins the day: `1月10日`.
/// The same at a beginning, where midnight is the day that begins: `1月10日`.
pub fn start(at: DateTime, now: DateTime, lang: Lang) -> String {
    if at.time() == Time::midnight() {
        return say::day(at.date(), Some(now.year()), lang);
    }
    say::instant(at, Some(now.year()), lang)
}

/// An RFC 3339 time as the city's civil time.
pub fn civil(city: &City, rfc3339: &str) -> Option<DateTime> {
    let at: jiff::Timestamp = rfc3339.parse().ok()?;
    Some(city.zone.to_datetime(at))
}

/// A civil time as RFC 3339 in the city's zone.
pub fn rfc3339(city: &City, at: DateTime) -> String {
    match city.zone.to_ambiguous_zoned_datetime(at).compatible() {
        Ok(zoned) => {
            let offset = zoned.offset();
            zoned.timestamp().display_with_offset(offset).to_string()
        }
        // Outside of what time stamps can say (the years -9999 to 9999): the civil time alone.
        Err(_) => at.to_string(),
    }
}

/// A time as people or programs send it: civil (`2022-01-06T10:00`, `2022-01-09T24:00`) or with an offset.
pub fn read(city: &City, text: &str) -> Option<DateTime> {
    if text.len() > 64 {
        return None;
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(city.zone.to_datetime(at));
    }
    if let Ok(at) = text.parse::<DateTime>() {
        return Some(at);
    }
    notice::read_moment(city.context(), "at", text.into()).ok()
}

/// As an `<input type=datetime-local>` has it.
pub fn field(at: DateTime) -> String {
    format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
}

fn pick<T>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn midnight_ends_the_day_before() {
        let now = datetime(2022, 1, 6, 8, 0, 0, 0);
        let end = datetime(2022, 1, 10, 0, 0, 0, 0);
        assert_eq!(hour_seen_from(end, now, Lang::Zh), "1月9日24时");
        assert_eq!(hour_seen_from(end, now, Lang::En), "24:00 on 9 January");
        assert_eq!(ahead(end, now, Lang::Zh).as_deref(), Some("还有3天16小时"));
        assert_eq!(
            ahead(end, now, Lang::En).as_deref(),
            Some("in 3 days 16 hours")
        );
        assert_eq!(ahead(now, now, Lang::Zh), None);
        let new_year = datetime(2023, 1, 1, 0, 0, 0, 0);
        assert_eq!(hour_seen_from(new_year, now, Lang::Zh), "12月31日24时");
        let open = Period {
            from: datetime(2021, 12, 20, 9, 30, 0, 0),
            until: None,
        };
        assert_eq!(period(&open, now, Lang::Zh), "自2021年12月20日9时30分起");
        let days = Period {
            from: now,
            until: Some(end),
        };
        assert_eq!(
            period(&days, now, Lang::En),
            "08:00 on 6 January to 24:00 on 9 January"
        );
    }
}
