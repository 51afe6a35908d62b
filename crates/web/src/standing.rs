//! How a rule stands at an instant: not yet, now, in force but not at this hour, or over.

use crate::moments;
use crate::reader::Reader;
use city::City;
use jiff::civil::{Date, DateTime};
use maud::{Markup, html};
use notice::{Hours, Notice, Offer, Period, Rule, When};

/// How a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its notice comes into force then.
    Coming(DateTime),
    /// It acts.
    Acting,
    /// Its notice is in force, its days and hours are others.
    Resting,
    /// Its notice went out of force then.
    Over(DateTime),
}

/// How `rule` of `notice` stands at `now`.
pub fn of_rule(city: &City, notice: &Notice, rule: &Rule, now: DateTime) -> Standing {
    match of_notice(notice, now) {
        Standing::Acting if !acts(city, &rule.when, now) => Standing::Resting,
        standing => standing,
    }
}

/// How a notice stands at `now`.
pub fn of_notice(notice: &Notice, now: DateTime) -> Standing {
    of_period(&notice.in_force, now)
}

/// How a period stands at `now`.
fn of_period(period: &Period, now: DateTime) -> Standing {
    match period.until {
        _ if now < period.from => Standing::Coming(period.from),
        Some(until) if until <= now => Standing::Over(until),
        _ => Standing::Acting,
    }
}

fn acts(city: &City, when: &[When], now: DateTime) -> bool {
    if when.is_empty() {
        return true;
    }
    let today = now.date();
    let minute = u16::from(now.hour().unsigned_abs()) * 60 + u16::from(now.minute().unsigned_abs());
    when.iter().any(|line| {
        let on = |date: Date| {
            line.days.is_empty() || line.days.iter().any(|day| city.calendar.picks(day, date))
        };
        if line.hours.is_empty() {
            return on(today);
        }
        // Hours past midnight belong to the day they begin on.
        line.hours.iter().any(|Hours { from, to }| {
            if from.0 < to.0 {
                (from.0..to.0).contains(&minute) && on(today)
            } else {
                (minute >= from.0 && on(today))
                    || (minute < to.0 && today.yesterday().is_ok_and(on))
            }
        })
    })
}

/// The standing as a badge: `生效中`, `1月10日20时起`, …
pub fn badge(reader: &Reader, standing: Standing) -> Markup {
    let (class, words) = match standing {
        Standing::Acting => ("live", reader.say("生效中", "in force now").to_owned()),
        Standing::Resting => (
            "rest",
            reader
                .say("生效中，此刻不在规定时段", "in force, not at this hour")
                .to_owned(),
        ),
        Standing::Coming(from) => {
            let from = moments::hour_seen_from(from, reader.now, reader.lang);
            (
                "soon",
                reader.say(format!("{from}起生效"), format!("from {from}")),
            )
        }
        Standing::Over(until) => {
            let until = moments::hour_seen_from(until, reader.now, reader.lang);
            (
                "past",
                reader.say(format!("已于{until}失效"), format!("ended {until}")),
            )
        }
    };
    html! { span .standing .(class) { (words) } }
}

/// Whether one can sign up, as a badge: `报名中，至1月9日24时`.
pub fn sign_up(reader: &Reader, offer: &Offer) -> Markup {
    let hour = |at| moments::hour_seen_from(at, reader.now, reader.lang);
    let (class, words) = match of_period(&offer.sign_up, reader.now) {
        Standing::Acting | Standing::Resting => match offer.sign_up.until.map(hour) {
            Some(until) => (
                "live",
                reader.say(format!("报名中，至{until}"), format!("open until {until}")),
            ),
            None => ("live", reader.say("报名中", "open").to_owned()),
        },
        Standing::Coming(from) => {
            let from = hour(from);
            (
                "soon",
                reader.say(format!("{from}起报名"), format!("opens {from}")),
            )
        }
        Standing::Over(until) => {
            let until = hour(until);
            (
                "past",
                reader.say(format!("报名已于{until}截止"), format!("closed {until}")),
            )
        }
    };
    html! { span .standing .(class) { (words) } }
}
