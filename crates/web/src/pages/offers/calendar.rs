//! A month of slots at a glance: each day with how many there are and whether any is free.

use super::{READ_MAX, can_be_had, read};
use crate::app::App;
use crate::bookings::Spot;
use crate::failure::Failure;
use crate::params::{Params, link_with};
use crate::reader::Reader;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a day has.
#[derive(Default)]
struct Day {
    slots: usize,
    free: usize,
}

/// The month asked for, else that of the first slot there is.
pub async fn show(
    app: &Arc<App>,
    reader: &Reader,
    params: &Params,
    spots: Arc<Vec<Spot>>,
    free: bool,
) -> Result<Markup, Failure> {
    let day_of = |spot: &Spot| {
        let slot = app.offers.at(*spot);
        slot.map(|(_, slot)| slot.session.from.date())
    };
    let asked = params.get("month").and_then(month);
    let soonest = spots.first().and_then(day_of);
    let first = asked
        .or(soonest)
        .unwrap_or_else(|| reader.now.date())
        .first_of_month();
    let within: Vec<Spot> = spots
        .iter()
        .filter(|spot| day_of(spot).is_some_and(|day| day.first_of_month() == first))
        .copied()
        .collect();
    let within = Arc::new(within);
    let more = within.len() > READ_MAX;
    let found = read(app, within, 0, free, READ_MAX).await?;
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for (spot, fill) in &found.rows {
        if let Some(day) = day_of(spot) {
            let day = days.entry(day).or_default();
            day.slots += 1;
            day.free += usize::from(fill.as_ref().is_some_and(can_be_had));
        }
    }
    let other = |by: i32| {
        let month = first.checked_add(by.months()).ok()?;
        let word = month.strftime("%Y-%m").to_string();
        Some(link_with("/offers", params, &[("month", &word)]))
    };
    let heading = reader.say(
        format!("{}年{}月", first.year(), first.month()),
        first.strftime("%B %Y").to_string(),
    );
    let weekdays = reader.say(
        ["一", "二", "三", "四", "五", "六", "日"],
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    );
    let lead = usize::try_from(first.weekday().to_monday_zero_offset()).unwrap_or(0);
    let count = usize::try_from(first.days_in_month()).unwrap_or(31);
    let weeks = (lead + count).div_ceil(7);
    let cell = |week: usize, weekday: usize| -> Option<Date> {
        let day = (week * 7 + weekday + 1).checked_sub(lead)?;
        let day = i8::try_from(day).ok()?;
        Date::new(first.year(), first.month(), day).ok()
    };
    Ok(html! {
        section aria-labelledby="month" {
            div .month-head {
                @if let Some(before) = other(-1) { a href=(before) { "‹ " (reader.say("上个月", "Month before")) } }
                h2 #month { (heading) }
                @if let Some(after) = other(1) { a href=(after) { (reader.say("下个月", "Month after")) " ›" } }
            }
            table .month {
                thead { tr { @for name in weekdays { th scope="col" { (name) } } } }
                tbody {
                    @for week in 0..weeks {
                        tr {
                            @for weekday in 0..7 {
                                @match cell(week, weekday) {
                                    None => td {},
                                    Some(date) => td .today[date == reader.now.date()] {
                                        @match days.get(&date) {
                                            None => span .month-day { (date.day()) },
                                            Some(day) => a href=(link_with("/offers", params, &[("view", ""), ("month", ""), ("from", ""), ("day", &date.to_string())])) {
                                                span .month-day { (date.day()) }
                                                span .month-count { (reader.say(format!("{}场", day.slots), day.slots.to_string())) }
                                                @if app.people.is_some() {
                                                    span .month-free .full[day.free == 0] { (match day.free {
                                                        0 => reader.say("无空位".to_owned(), "none free".to_owned()),
                                                        free => reader.say(format!("{free}有空"), format!("{free} free")),
                                                    }) }
                                                }
                                            },
                                        }
                                    },
                                }
                            }
                        }
                    }
                }
            }
            @if days.is_empty() { p role="status" { (reader.say("这个月没有符合的时段。", "No slot fits in this month.")) } }
            @if more { p .fine { (reader.say("这个月的时段太多，只数了前面的；请按地点或年龄缩小。", "There are too many slots in this month; only the first are counted. Narrow by place or age.")) } }
        }
    })
}

/// `2022-01`.
fn month(word: &str) -> Option<Date> {
    let (year, month) = word.split_once('-')?;
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
    // Years that calendars are printed for.
    (date(1900, 1, 1)..date(2200, 1, 1))
        .contains(&day)
        .then_some(day)
}
