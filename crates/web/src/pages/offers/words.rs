//! Slots and bookings in words: what, when, where, how full, how it stands.

use crate::app::App;
use crate::bookings::{Fill, Ready};
use crate::moments;
use crate::params;
use crate::reader::Reader;
use crate::wording::{Said, title};
use city::slot::Session;
use forms::booking::answers::{Answer, YES};
use forms::booking::rows::Number;
use forms::booking::views::{Line, Open, Seen, Stage, Standing};
use forms::booking::{Basis, Offered, Why};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use ledger::name::Key;
use maud::{Markup, html};
use notice::offer::{Minutes, Wanted};
use notice::{Label, Lang};

/// `1月15日 星期六`, `Saturday 15 January`; with the year where it is not the reader's.
pub fn day(reader: &Reader, date: Date) -> String {
    let text = match date.year() == reader.now.year() {
        true => moments::day(date, reader.lang),
        false => moments::full_day(date, reader.lang),
    };
    let weekday = moments::weekday(date, reader.lang);
    reader.say(format!("{text} {weekday}"), format!("{weekday} {text}"))
}

/// `09:00–12:00`; an end on the next day says so, and midnight ends the day: `22:00–24:00`.
pub fn hours(reader: &Reader, session: Session) -> String {
    let clock = |at: DateTime| at.strftime("%H:%M").to_string();
    let (from, to) = (session.from, session.to);
    let end = match to.date() == from.date() {
        true => clock(to),
        false if to.time() == Time::midnight() => "24:00".to_owned(),
        false => reader.say(
            format!("次日{}", clock(to)),
            format!("{} next day", clock(to)),
        ),
    };
    format!("{}–{end}", clock(from))
}

/// An instant as an hour in the reader's words.
pub fn hour(app: &App, reader: &Reader, at: Timestamp) -> String {
    let at = app.city().zone.to_datetime(at);
    let minute = at.with().second(0).subsec_nanosecond(0).build();
    moments::hour_seen_from(minute.unwrap_or(at), reader.now, reader.lang)
}

/// What a slot is of: its project, else its notice.
pub fn what<'a>(reader: &Reader, ready: &'a Ready, slot: &Offered) -> Said<'a> {
    match ready.project(slot) {
        Some(project) => Said::name(reader, project.label.get(reader.lang)),
        None => title(reader, &ready.notice),
    }
}

/// The same as text.
pub fn what_text(reader: &Reader, ready: &Ready, slot: &Offered) -> String {
    what(reader, ready, slot).text.to_owned()
}

/// Where it takes place: the place and the room there.
pub fn place(app: &App, reader: &Reader, slot: &Offered) -> Option<String> {
    let place = slot.place.and_then(|id| app.city().places.get(id));
    let name = place.map(|place| place.name.get(reader.lang).to_owned());
    let all: Vec<String> = name.into_iter().chain(slot.room.clone()).collect();
    (!all.is_empty()).then(|| all.join(reader.say(" · ", ", ")))
}

/// The page of an offer.
pub fn page(ready: &Ready) -> String {
    format!("/offers/{}/{}", ready.notice.slug, ready.offer().name)
}

/// Where a slot of it is booked.
pub fn book(ready: &Ready, slot: &Key) -> String {
    let path = format!("{}/book", page(ready));
    params::link(&path, &[("at", ready.short(slot))])
}

/// The page of a booking.
pub fn booking(number: &Number) -> String {
    format!("/me/bookings/{number}")
}

/// How a slot stands, in a few words, and how it looks: the class of a [`crate::standing`].
pub fn fill(app: &App, reader: &Reader, fill: &Fill) -> (&'static str, String) {
    let say = |zh: String, en: String| reader.say(zh, en);
    match fill.stage {
        Stage::NotYetOpen { opens } => {
            let opens = hour(app, reader, opens);
            (
                "soon",
                say(format!("{opens}起报名"), format!("opens {opens}")),
            )
        }
        Stage::Open { open, .. } => match open {
            Open::Free { places } => (
                "live",
                say(
                    format!("还有{places}个名额"),
                    format!(
                        "{places} {} free",
                        if places == 1 { "place" } else { "places" }
                    ),
                ),
            ),
            Open::Waiting { .. } if fill.waiting == 0 => (
                "rest",
                say("已满，可以候补".to_owned(), "full; you can wait".to_owned()),
            ),
            Open::Waiting { .. } => (
                "rest",
                say(
                    format!("已满，{}人候补", fill.waiting),
                    format!("full, {} waiting", fill.waiting),
                ),
            ),
            Open::Full => ("past", say("已满".to_owned(), "full".to_owned())),
            Open::Draw => (
                "live",
                say(
                    format!("抽签，{}人已报", fill.entered),
                    format!("by draw, {} entered", fill.entered),
                ),
            ),
        },
        Stage::Closed => (
            "past",
            say("报名已截止".to_owned(), "sign-up closed".to_owned()),
        ),
        Stage::Begun => ("past", say("已经开始".to_owned(), "has begun".to_owned())),
        Stage::Past => ("past", say("已经结束".to_owned(), "over".to_owned())),
    }
}

/// What pressing the button of a slot asks for; nothing if nothing can be had.
pub fn verb(reader: &Reader, fill: &Fill) -> Option<&'static str> {
    match fill.stage {
        Stage::Open { open, .. } => match open {
            Open::Free { .. } => Some(reader.say("报名", "Sign up")),
            Open::Waiting { .. } => Some(reader.say("候补", "Wait")),
            Open::Draw => Some(reader.say("参加抽签", "Enter draw")),
            Open::Full => None,
        },
        _ => None,
    }
}

/// Why nothing can be had of a slot now, as signing up would be refused.
pub fn closed(app: &App, ready: &Ready, slot: &Offered, fill: &Fill) -> Option<Why> {
    let civil = |at| app.city().zone.to_datetime(at);
    match fill.stage {
        Stage::NotYetOpen { opens } => Some(Why::NotYetOpen {
            opens: civil(opens),
        }),
        Stage::Open {
            open: Open::Full, ..
        } => Some(match ready.offer().waiting {
            Some(rule) => Why::WaitingFull {
                places: rule.places,
            },
            None => Why::Full,
        }),
        Stage::Open { .. } => None,
        Stage::Closed | Stage::Begun | Stage::Past => Some(Why::Closed {
            closed: civil(ready.offering.closes(slot)),
        }),
    }
}

/// A reason in the reader's words; slots that it names are called as people know them.
pub fn reason(app: &App, reader: &Reader, why: &Why) -> String {
    let text = why.label().get(reader.lang).to_owned();
    match why {
        Why::Clash { slot, .. } | Why::OneProject { slot } => {
            let raw = slot.as_str().split('@').next().unwrap_or_default();
            let spot = app.offers.spot(slot).and_then(|spot| app.offers.at(spot));
            match spot {
                Some((ready, offered)) => {
                    let name = what_text(reader, ready, offered);
                    text.replace(raw, &reader.say(format!("“{name}”"), format!("“{name}”")))
                }
                None => text,
            }
        }
        _ => text,
    }
}

/// How a booking stands, as a badge and a sentence about what comes next.
pub fn stands(app: &App, reader: &Reader, seen: &Seen) -> (&'static str, Label) {
    let hour = |at, lang| {
        let reader = Reader {
            lang,
            ..reader.clone()
        };
        hour(app, &reader, at)
    };
    let both = |zh: &str, en: &str| Label::new(zh, en);
    match &seen.stands {
        Standing::InDraw => (
            "limited",
            both(
                "已报名抽签，截止后公布结果",
                "in the draw; the outcome comes after sign-up ends",
            ),
        ),
        Standing::Waiting(Line::Nth(place)) => (
            "depends",
            Label::new(
                format!("候补第{place}位"),
                format!("number {place} on the waiting list"),
            ),
        ),
        Standing::Waiting(Line::Beyond(before)) => (
            "depends",
            Label::new(
                format!("候补，前面至少{before}人"),
                format!("on the waiting list, at least {before} before you"),
            ),
        ),
        Standing::WaitedInVain => (
            "depends",
            both("候补到开始也没有空位", "no place came free before it began"),
        ),
        Standing::Offered { until } => (
            "must",
            Label::new(
                format!("有名额了，为您留到{}", hour(*until, Lang::Zh)),
                format!("a place is kept for you until {}", hour(*until, Lang::En)),
            ),
        ),
        Standing::Lapsed => (
            "depends",
            both(
                "保留的名额没有在时限内接受",
                "the place that was kept was not taken in time",
            ),
        ),
        Standing::Coming => ("yes", both("已约好", "booked")),
        Standing::Expected => (
            "yes",
            both("已经开始，等您签到", "has begun, waiting for you"),
        ),
        Standing::Untold => (
            "depends",
            both(
                "已经结束，没有签到记录",
                "over; nothing says whether you came",
            ),
        ),
        Standing::Here { .. } => ("yes", both("已签到", "checked in")),
        Standing::Been { checked, seen } => {
            let (zh, en) = (
                format!("参加过，{}", length(Minutes(*checked), Lang::Zh)),
                format!("attended, {}", length(Minutes(*checked), Lang::En)),
            );
            (
                "yes",
                match seen {
                    true => Label::new(zh, en),
                    false => Label::new(
                        format!("{zh}（未签退，按结束时间记）"),
                        format!("{en} (no check-out: the end is taken)"),
                    ),
                },
            )
        }
        Standing::Absent => ("no", both("未到", "did not come")),
        Standing::Cancelled if seen.booking.called_off.is_some() => (
            "no",
            both(
                "公告已撤回，预约已取消",
                "cancelled: the notice was withdrawn",
            ),
        ),
        Standing::Cancelled => ("depends", both("已退出", "given back")),
        Standing::NotDrawn => ("depends", both("没有抽中", "not drawn")),
        Standing::PassedOver => (
            "depends",
            both(
                "抽中了，但与别的预约冲突或已到上限",
                "drawn, but it clashed or the limit was reached",
            ),
        ),
    }
}

/// Minutes as hours and minutes: `2小时30分`.
pub fn length(minutes: Minutes, lang: Lang) -> String {
    let (hours, rest) = (minutes.0 / 60, minutes.0 % 60);
    match (lang, hours, rest) {
        (Lang::Zh, 0, _) => format!("{rest}分钟"),
        (Lang::Zh, _, 0) => format!("{hours}小时"),
        (Lang::Zh, ..) => format!("{hours}小时{rest}分"),
        (Lang::En, 0, _) => format!("{rest} min"),
        (Lang::En, _, 0) => format!("{hours} h"),
        (Lang::En, ..) => format!("{hours} h {rest} min"),
    }
}

/// On what the answer that somebody may come rests.
pub fn basis(reader: &Reader, basis: Basis) -> &'static str {
    match basis {
        Basis::Stated => reader.say("本人填写的情况", "the person's own word"),
        Basis::Confirmed => reader.say("机构核实过的情况", "what an office has confirmed"),
        Basis::Nothing => reader.say("不要求任何情况", "nothing: nothing is asked"),
    }
}

/// By which clause: a link to where it stands.
pub fn clause(reader: &Reader, ready: &Ready) -> Markup {
    let offer = ready.offer();
    let clause = ready.notice.clauses.get(usize::from(offer.clause.0));
    html! {
        a href={ "/notices/" (ready.notice.slug) "#" (offer.name) } {
            (title(reader, &ready.notice)) " " (crate::wording::citation(reader, clause))
        }
    }
}

/// What was answered for a booking, in words, with what was asked.
pub fn answered<'a>(
    reader: &Reader,
    ready: &'a Ready,
    answers: &'a [Answer],
) -> Vec<(&'a str, &'a str)> {
    let asked = ready.offering.questions().iter();
    let said = asked.filter_map(|question| {
        let answer = answers.iter().find(|a| a.question == question.name)?;
        let said = match &question.wanted {
            Wanted::Choice(choices) => {
                let choice = choices.iter().find(|choice| choice.name == answer.said);
                choice.map_or(answer.said.as_str(), |choice| choice.label.get(reader.lang))
            }
            Wanted::Consent | Wanted::YesNo if answer.said == YES => reader.say("是", "yes"),
            Wanted::Consent | Wanted::YesNo => reader.say("否", "no"),
            Wanted::Text => answer.said.as_str(),
        };
        Some((question.label.get(reader.lang), said))
    });
    said.collect()
}
