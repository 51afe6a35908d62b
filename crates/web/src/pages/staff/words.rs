//! How a booking stands, and what happened to it, in staff's words.

use crate::app::App;
use crate::moments;
use crate::reader::Reader;
use crate::wording::mixed;
use forms::booking::Offered;
use forms::booking::rows::{Attendance, Means, Status};
use forms::booking::views::{Count, Line, Standing};
use jiff::Timestamp;
use maud::{Markup, html};

/// `09:02`, in the city's time.
pub fn clock(app: &App, at: Timestamp) -> String {
    app.city()
        .zone
        .to_datetime(at)
        .strftime("%H:%M")
        .to_string()
}

/// A day and hour in the city's time.
pub fn moment(app: &App, reader: &Reader, at: Timestamp) -> String {
    let at = app.city().zone.to_datetime(at);
    let to_minute = at.with().second(0).subsec_nanosecond(0).build();
    moments::hour_seen_from(to_minute.unwrap_or(at), reader.now, reader.lang)
}

/// Minutes as hours: `2小时30分` / `2 h 30 min`.
pub fn hours(reader: &Reader, minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => reader.say(format!("{minutes}分钟"), format!("{minutes} min")),
        (hours, 0) => reader.say(format!("{hours}小时"), format!("{hours} h")),
        (hours, minutes) => reader.say(
            format!("{hours}小时{minutes}分"),
            format!("{hours} h {minutes} min"),
        ),
    }
}

/// How a booking stands, and the colour of its badge.
pub fn standing(app: &App, reader: &Reader, stands: &Standing) -> (String, &'static str) {
    let plain = |zh: &str, en: &str| reader.say(zh, en).to_owned();
    match stands {
        Standing::InDraw => (plain("等待抽签", "in the draw"), "limited"),
        Standing::Waiting(Line::Nth(place)) => (
            reader.say(format!("候补第{place}位"), format!("waiting, no. {place}")),
            "limited",
        ),
        Standing::Waiting(Line::Beyond(before)) => (
            reader.say(
                format!("候补，前面至少{before}人"),
                format!("waiting, at least {before} before"),
            ),
            "limited",
        ),
        Standing::WaitedInVain => (plain("候补未补上", "waited, got no place"), "depends"),
        Standing::Offered { until } => (
            reader.say(
                format!("名额保留到{}", moment(app, reader, *until)),
                format!("place kept until {}", moment(app, reader, *until)),
            ),
            "must",
        ),
        Standing::Lapsed => (plain("过时未接受", "offer not taken"), "depends"),
        Standing::Coming => (plain("已约", "booked"), "depends"),
        Standing::Expected => (plain("还没到", "not here yet"), "must"),
        Standing::Untold => (plain("没有到场记录", "no record of coming"), "must"),
        Standing::Here { since } => {
            let at = clock(app, *since);
            (reader.say(format!("{at} 到"), format!("came {at}")), "yes")
        }
        Standing::Been { checked, seen } => {
            let time = hours(reader, u64::from(*checked));
            let said = match seen {
                true => time,
                false => reader.say(
                    format!("{time}，未签退"),
                    format!("{time}, not checked out"),
                ),
            };
            (said, "yes")
        }
        Standing::Absent => (plain("未到", "absent"), "no"),
        Standing::Cancelled => (plain("已退出", "cancelled"), "depends"),
        Standing::NotDrawn => (plain("未抽中", "not drawn"), "depends"),
        Standing::PassedOver => (
            plain("抽中但无法安排", "drawn, but could not take it"),
            "depends",
        ),
    }
}

/// How coming or going was seen.
pub fn means(reader: &Reader, by: Means) -> &'static str {
    match by {
        Means::Code => reader.say("签到码", "by code"),
        Means::Qr => reader.say("扫码", "by QR code"),
        Means::List => reader.say("名单", "on the list"),
    }
}

/// From when to when somebody was there.
pub fn stay(app: &App, reader: &Reader, attendance: &Attendance) -> String {
    let came = clock(app, attendance.came);
    let by = means(reader, attendance.by);
    match &attendance.went {
        None => reader.say(format!("{came} 到（{by}）"), format!("came {came} ({by})")),
        Some(went) => {
            let left = clock(app, went.at);
            let how = went.by.map_or(
                reader.say(
                    "未签退，以散场时间计",
                    "not seen, the session's end is taken",
                ),
                |by| means(reader, by),
            );
            reader.say(
                format!("{came} 到（{by}），{left} 离开（{how}）"),
                format!("came {came} ({by}), went {left} ({how})"),
            )
        }
    }
}

/// What an entry has made of a booking.
pub fn status(app: &App, reader: &Reader, status: &Status) -> String {
    let said = match status {
        Status::Entered => ("等待抽签", "in the draw"),
        Status::Waiting { .. } => ("候补", "waiting"),
        Status::Offered { until } => {
            let until = moment(app, reader, *until);
            return reader.say(
                format!("名额保留到{until}"),
                format!("place kept until {until}"),
            );
        }
        Status::Booked => ("已约", "booked"),
        Status::Here { attendance } => return stay(app, reader, attendance),
        Status::Absent => ("未到", "absent"),
        Status::Cancelled => ("已退出", "cancelled"),
        Status::Lapsed => ("过时未接受", "offer not taken"),
        Status::NotDrawn => ("未抽中", "not drawn"),
        Status::PassedOver { .. } => ("抽中但无法安排", "drawn, but could not take it"),
    };
    reader.say(said.0, said.1).to_owned()
}

/// A command's name in words; one that these pages do not know stays as it is written.
pub fn command<'a>(reader: &Reader, name: &'a str) -> &'a str {
    match name {
        "sign-up" => reader.say("报名", "signed up"),
        "cancel" => reader.say("退出", "gave back"),
        "accept-place" => reader.say("接受名额", "took the place"),
        "move-up" => reader.say("递补", "moved up"),
        "check-in" => reader.say("签到", "checked in"),
        "check-out" => reader.say("签退", "checked out"),
        "assume-check-out" => reader.say("未签退，取散场时间", "not checked out: end taken"),
        "mark-absent" => reader.say("记未到", "marked absent"),
        "grant-hours" => reader.say("补记时长", "granted hours"),
        "correct-record" => reader.say("更正记录", "corrected"),
        "settle-draw" => reader.say("执行抽签结果", "draw carried out"),
        other => other,
    }
}

/// `09:00–12:00`.
pub fn span(slot: &Offered) -> String {
    let (from, to) = (slot.session.from, slot.session.to);
    format!("{}–{}", from.strftime("%H:%M"), to.strftime("%H:%M"))
}

/// How full a slot is.
pub fn filled(reader: &Reader, taken: u32, capacity: u32, waiting: u32, entered: u32) -> String {
    let mut said = reader.say(
        format!("{taken}/{capacity} 已约"),
        format!("{taken} of {capacity} taken"),
    );
    if waiting > 0 {
        said += &reader.say(format!("，{waiting} 候补"), format!(", {waiting} waiting"));
    }
    if entered > 0 {
        said += &reader.say(
            format!("，{entered} 等抽签"),
            format!(", {entered} in the draw"),
        );
    }
    said
}

/// The figures of an offer in a line.
pub fn counts(reader: &Reader, count: &Count) -> Markup {
    html! {
        dl .facts-line {
            div { dt { (reader.say("场次", "sessions")) } dd { (count.sessions) (reader.say(format!("（已结束{}）", count.over), format!(" ({} over)", count.over))) } }
            div { dt { (reader.say("名额", "places")) } dd { (count.places) } }
            div { dt { (reader.say("已约", "taken")) } dd { (count.taken) } }
            div { dt { (reader.say("候补", "waiting")) } dd { (count.waiting) } }
            @if count.entered > 0 { div { dt { (reader.say("等抽签", "in draws")) } dd { (count.entered) } } }
        }
    }
}

/// The post by which somebody is here.
pub fn post(app: &App, reader: &Reader, officer: &super::Officer) -> Markup {
    html! {
        @if let Some(post) = &officer.standing.post {
            (mixed(reader, &crate::pages::sign_in::post(app, reader, &post.office, &post.role))) " "
        }
        @if app.is_demo() { span .demo { (reader.say("演示", "demo")) } }
    }
}
