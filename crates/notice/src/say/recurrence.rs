//! Recurrence rules (RFC 5545) as words: `每月第一个周日`, `the first Sunday of every month`.

use super::Speaker;
use super::phrase::both;
use crate::condition::Recurrence;
use crate::label::Lang;

const DAY_CODES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const ORDINALS_ZH: [&str; 5] = ["第一个", "第二个", "第三个", "第四个", "第五个"];
const ORDINALS_EN: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];

/// The parts of a rule that words exist for. Any other part makes the whole rule be quoted as written.
#[derive(Default)]
struct Said<'r> {
    frequency: &'r str,
    interval: u32,
    days: Vec<(i8, usize)>,
    month_days: Vec<i8>,
    months: Vec<u8>,
}

impl Speaker<'_> {
    pub(super) fn recurrence(&self, recurrence: &Recurrence) -> String {
        said(&recurrence.rule)
            .and_then(|rule| self.said_recurrence(&rule))
            .unwrap_or_else(|| match self.lang {
                Lang::Zh => format!("按“{}”重复的日子", recurrence.rule),
                Lang::En => format!("days recurring as “{}”", recurrence.rule),
            })
    }

    fn said_recurrence(&self, rule: &Said<'_>) -> Option<String> {
        let every = self.every(rule)?;
        let mut days = Vec::new();
        let plain: u8 = rule
            .days
            .iter()
            .filter(|(nth, _)| *nth == 0)
            .fold(0, |bits, (_, day)| bits | 1 << day);
        for (nth, day) in rule.days.iter().filter(|(nth, _)| *nth != 0) {
            days.push(self.nth_weekday(*nth, *day)?);
        }
        let odd_or_even = parity(&rule.month_days);
        if let Some(odd) = odd_or_even {
            days.push(match (self.lang, odd) {
                (Lang::Zh, true) => "单日".to_owned(),
                (Lang::Zh, false) => "双日".to_owned(),
                (Lang::En, true) => "the odd days".to_owned(),
                (Lang::En, false) => "the even days".to_owned(),
            });
        }
        for &day in rule.month_days.iter().filter(|_| odd_or_even.is_none()) {
            days.push(match (self.lang, day) {
                (Lang::Zh, -1) => "最后一天".to_owned(),
                (Lang::Zh, 1..) => format!("{day}日"),
                (Lang::En, -1) => "the last day".to_owned(),
                (Lang::En, 1..) => format!("day {day}"),
                _ => return None,
            });
        }
        if self.lang == Lang::En
            && let ("YEARLY", 1, 0, [month]) =
                (rule.frequency, rule.interval, plain, rule.months.as_slice())
            && !rule.month_days.is_empty()
            && rule.days.is_empty()
            && rule.month_days.iter().all(|day| *day > 0)
        {
            let days: Vec<String> = rule.month_days.iter().map(ToString::to_string).collect();
            let month = super::time::month_en(*month);
            return Some(format!("{} {month} every year", both(self.lang, &days)));
        }
        match (self.lang, plain, days.is_empty()) {
            (_, 0, true) => Some(every),
            (Lang::Zh, 0, false) => Some(format!("{every}{}", days.join("、"))),
            (Lang::En, 0, false) => Some(format!("{} of {every}", both(self.lang, &days))),
            (Lang::Zh, plain, true) => Some(match rule.frequency {
                "WEEKLY" if rule.interval == 1 && rule.months.is_empty() => {
                    format!("每{}", self.weekdays(plain))
                }
                _ => format!("{every}的{}", self.weekdays(plain)),
            }),
            (Lang::En, plain, true) => Some(match rule.frequency {
                "WEEKLY" if rule.interval == 1 && rule.months.is_empty() => self.weekdays(plain),
                _ => format!("{} of {every}", self.weekdays(plain)),
            }),
            _ => None,
        }
    }

    /// `每月`, `每2周`, `每年1月`.
    fn every(&self, rule: &Said<'_>) -> Option<String> {
        let (zh, en) = match rule.frequency {
            "DAILY" => ("天", "day"),
            "WEEKLY" => ("周", "week"),
            "MONTHLY" => ("月", "month"),
            "YEARLY" => ("年", "year"),
            _ => return None,
        };
        let mut text = match (self.lang, rule.interval) {
            (Lang::Zh, 1) => format!("每{zh}"),
            (Lang::Zh, n) if zh == "月" => format!("每{n}个月"),
            (Lang::Zh, n) => format!("每{n}{zh}"),
            (Lang::En, 1) => format!("every {en}"),
            (Lang::En, n) => format!("every {n} {en}s"),
        };
        if !rule.months.is_empty() {
            let months: Vec<String> = rule
                .months
                .iter()
                .map(|month| match self.lang {
                    Lang::Zh => format!("{month}月"),
                    Lang::En => super::time::month_en(*month).to_owned(),
                })
                .collect();
            text = match self.lang {
                Lang::Zh if rule.frequency == "YEARLY" => format!("{text}{}", months.join("、")),
                Lang::Zh => format!("{}里{text}", months.join("、")),
                Lang::En => format!("{text} in {}", both(self.lang, &months)),
            };
        }
        Some(text)
    }

    fn nth_weekday(&self, nth: i8, day: usize) -> Option<String> {
        let one = self.weekdays(1 << day);
        let index = usize::from(nth.unsigned_abs()).checked_sub(1)?;
        Some(match self.lang {
            Lang::Zh if nth == -1 => format!("最后一个{one}"),
            Lang::Zh if nth > 0 => format!("{}{one}", ORDINALS_ZH.get(index)?),
            Lang::En if nth == -1 => format!("the last {}", one.trim_end_matches('s')),
            Lang::En if nth > 0 => {
                format!(
                    "the {} {}",
                    ORDINALS_EN.get(index)?,
                    one.trim_end_matches('s')
                )
            }
            _ => return None,
        })
    }
}

/// Whether the days are all the odd (`true`) or all the even days of a month.
fn parity(month_days: &[i8]) -> Option<bool> {
    let all = |odd: i8| (1..=31).filter(move |day| day % 2 == odd);
    let is = |odd: i8| {
        month_days.len() == all(odd).count() && all(odd).all(|day| month_days.contains(&day))
    };
    match (is(1), is(0)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

fn said(rule: &str) -> Option<Said<'_>> {
    let mut said = Said {
        interval: 1,
        ..Said::default()
    };
    for part in rule.split(';').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=')?;
        match key {
            "FREQ" => said.frequency = value,
            "INTERVAL" => said.interval = value.parse().ok()?,
            "BYDAY" => {
                for day in value.split(',') {
                    let (nth, code) = day.split_at_checked(day.len().checked_sub(2)?)?;
                    let nth = if nth.is_empty() { 0 } else { nth.parse().ok()? };
                    said.days
                        .push((nth, DAY_CODES.iter().position(|known| *known == code)?));
                }
            }
            "BYMONTHDAY" => {
                said.month_days = value
                    .split(',')
                    .map(|day| day.parse().ok())
                    .collect::<Option<_>>()?;
            }
            "BYMONTH" => {
                said.months = value
                    .split(',')
                    .map(|month| month.parse().ok())
                    .collect::<Option<_>>()?;
            }
            _ => return None,
        }
    }
    Some(said)
}
