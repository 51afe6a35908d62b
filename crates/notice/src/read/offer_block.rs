//! An `offer` block, from its TOML to a typed offer.

use super::address::{block_name, check_name};
use super::body::Block;
use super::instant::read_period;
use super::scope::Scope;
use super::sink::Sink;
use super::table::{Table, Text, parse};
use super::{condition, duration, question, session};
use crate::condition::Condition;
use crate::diagnostic::DiagnosticKind;
use crate::gazetteer::PlaceId;
use crate::label::Label;
use crate::offer::{
    CAPACITY_MAX, Give, Ground, Minutes, NoShow, Offer, OfferSpans, PARTY_MAX, PROJECTS_MAX,
    Project, SeenBy, Waiting,
};
use crate::time::Period;
use jiff::civil::Date;

const KEYS: &[&str] = &[
    "who",
    "confirmed",
    "seen_by",
    "where",
    "room",
    "projects",
    "sessions",
    "during",
    "dates",
    "every",
    "ground",
    "capacity",
    "party",
    "questions",
    "sign_up",
    "one",
    "limit",
    "waiting",
    "cancel_by",
    "no_show",
    "give",
    "hours",
    "demo",
];
/// Characters a room's name may have.
const ROOM_MAX: usize = 40;
/// More slots than anybody holds at once.
const LIMIT_MAX: u32 = 10_000;
/// How many may wait for one slot, unless the offer says otherwise.
const WAITING_MAX: u32 = 10_000;

/// Reads the block; `None` after reporting everything that is wrong with it. Recurrences count from `start`.
pub(crate) fn read(
    scope: &Scope<'_>,
    block: &Block,
    start: Date,
    sink: &mut Sink,
) -> Option<Offer> {
    let file = sink.text().clone();
    let errors = sink.errors();
    let name = block_name(&file, block, "offer ", sink);
    let source = file.get(block.content.clone()).unwrap_or_default();
    let parsed = parse(source, block.content.start, sink)?;
    let table = Table::new(&parsed, block.content.start).with_span(block.form.clone());
    table.only(KEYS, sink);
    let who = who(scope, &table, sink);
    let place = place(scope, &table, sink);
    let projects = projects(scope, &table, sink);
    let sessions = session::lines(&table, start, sink);
    let during = table
        .text("during", sink)
        .and_then(|text| read_period(&text, scope.context, sink));
    let dates = session::dates(&table, &projects, sink);
    let every = duration::read(&table, "every", sink);
    if let Some(every) = every {
        session::whole(&table, &sessions, &dates, every, sink);
    }
    let ground = table
        .table("ground", sink)
        .and_then(|table| ground(&table, sink));
    if !table.has("sessions") && !table.has("dates") {
        table.missing("sessions", sink);
    }
    let capacity = capacity(&table, sink);
    if !table.has("capacity") {
        table.missing("capacity", sink);
    }
    let sign_up = window(scope, &table, sink);
    let one = one(&table, projects.is_empty(), sink);
    let limit = count(&table, "limit", LIMIT_MAX, sink);
    let waiting = table
        .table("waiting", sink)
        .and_then(|table| waiting(&table, sink));
    let cancel_by = duration::read(&table, "cancel_by", sink).unwrap_or_default();
    let no_show = table
        .table("no_show", sink)
        .and_then(|table| no_show(&table, sink));
    let give = give(&table, sink);
    if give == Give::Draw && sign_up.is_some_and(|window| window.until.is_none()) {
        sink.error(
            DiagnosticKind::Type,
            table.span_of("sign_up"),
            "抽签在报名截止以后，sign_up 没有写截止的时间",
            "a draw is held after sign-up has ended, and `sign_up` has no end",
        )
        .hint(
            "写上截止时间，比如 \"2022-01-04T09:00/2022-01-10T18:00\"",
            "give it an end, like \"2022-01-04T09:00/2022-01-10T18:00\"",
        );
    }
    let party = party(&table, give, sink);
    let questions = question::questions(&table, sink);
    let seen_by = seen_by(&table, sink);
    let confirmed = table.flag("confirmed", sink);
    let hours = duration::read(&table, "hours", sink);
    let room = room(&table, sink);
    let demo = table.flag("demo", sink);
    if sink.errors() > errors {
        return None;
    }
    Some(Offer {
        name: name.to_owned(),
        who,
        confirmed,
        seen_by,
        place,
        room,
        projects,
        sessions,
        during,
        dates,
        every,
        ground,
        capacity: capacity?,
        party,
        questions,
        sign_up: sign_up?,
        give,
        one_project_per_slot: one,
        limit,
        waiting,
        cancel_by,
        no_show,
        hours,
        demo,
        clause: block.clause,
        spans: OfferSpans {
            block: block.span.clone(),
            name: block.name.clone(),
            who: table.span_of("who"),
            place: table.span_of("where"),
            room: table.span_of("room"),
            sessions: table.span_of("sessions"),
            during: table.span_of("during"),
            ground: table.span_of("ground"),
            sign_up: table.span_of("sign_up"),
            one: table.span_of("one"),
            limit: table.span_of("limit"),
            hours: table.span_of("hours"),
        },
    })
}

fn who(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Condition {
    table
        .text("who", sink)
        .and_then(|text| condition::read(scope, &text, sink))
        .unwrap_or(Condition::Always)
}

fn place(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Option<PlaceId> {
    let text = table.text("where", sink)?;
    scope.place(&text.text, text.span.clone(), sink)
}

/// A room's name: short, in one line.
pub(super) fn room(table: &Table<'_>, sink: &mut Sink) -> Option<String> {
    let text = table.text("room", sink)?;
    let name = text.text.trim();
    if name.is_empty() || name.chars().count() > ROOM_MAX || name.contains(char::is_control) {
        sink.error(
            DiagnosticKind::Type,
            text.span.clone(),
            format!("“{}”不能做房间的名字", text.text.escape_debug()),
            format!("`{}` cannot be a room's name", text.text.escape_debug()),
        )
        .hint(
            format!("写在一行里，最多 {ROOM_MAX} 个字"),
            format!("one line, at most {ROOM_MAX} characters"),
        );
        return None;
    }
    Some(name.to_owned())
}

/// A whole number from 1 to `most` at `key`.
pub(super) fn count(table: &Table<'_>, key: &str, most: u32, sink: &mut Sink) -> Option<u32> {
    let text = table.written(key, sink)?;
    let read = text
        .text
        .trim()
        .parse::<u32>()
        .ok()
        .filter(|n| (1..=most).contains(n));
    if read.is_none() {
        sink.error(
            DiagnosticKind::Type,
            text.span,
            format!("{key} 不能是“{}”", text.text),
            format!("`{key}` cannot be `{}`", text.text),
        )
        .hint(
            format!("写一个 1 到 {most} 的整数"),
            format!("write a whole number from 1 to {most}"),
        );
    }
    read
}

pub(super) fn capacity(table: &Table<'_>, sink: &mut Sink) -> Option<u32> {
    count(table, "capacity", CAPACITY_MAX, sink)
}

fn projects(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Vec<Project> {
    let Some(all) = table.table("projects", sink) else {
        return Vec::new();
    };
    let keys = all.keys();
    if keys.is_empty() || keys.len() > PROJECTS_MAX {
        sink.error(
            DiagnosticKind::Limit,
            all.span(),
            format!("projects 里有 {} 个项目", keys.len()),
            format!("`projects` has {} projects", keys.len()),
        )
        .hint(
            format!("写 1 到 {PROJECTS_MAX} 个；只有一件事就不写 projects"),
            format!("write 1 to {PROJECTS_MAX}; leave `projects` out if there is one thing only"),
        );
    }
    let mut projects = Vec::new();
    for (name, span) in keys.into_iter().take(PROJECTS_MAX) {
        check_name(name, span.clone(), sink);
        let Some(table) = all.table(name, sink) else {
            continue;
        };
        table.only(&["zh", "en", "who", "where", "room", "capacity"], sink);
        let zh = table.required_text("zh", sink);
        let en = table.required_text("en", sink);
        let (Some(zh), Some(en)) = (zh, en) else {
            continue;
        };
        projects.push(Project {
            name: name.to_owned(),
            label: Label::new(zh.text.trim(), en.text.trim()),
            who: who(scope, &table, sink),
            place: place(scope, &table, sink),
            room: room(&table, sink),
            capacity: capacity(&table, sink),
            span,
        });
    }
    projects
}

fn window(scope: &Scope<'_>, table: &Table<'_>, sink: &mut Sink) -> Option<Period> {
    if !table.has("sign_up") {
        table.missing("sign_up", sink);
    }
    let text = table.text("sign_up", sink)?;
    read_period(&text, scope.context, sink)
}

/// The value at `key`, one of a few words.
pub(super) fn choice<T: Copy>(
    table: &Table<'_>,
    key: &str,
    words: &[(&str, &str, T)],
    sink: &mut Sink,
) -> Option<T> {
    let text = table.text(key, sink)?;
    one_of(&text, key, words, sink)
}

/// What one of a few words, written at `key`, stands for.
pub(super) fn one_of<T: Copy>(
    text: &Text,
    key: &str,
    words: &[(&str, &str, T)],
    sink: &mut Sink,
) -> Option<T> {
    let said = crate::vocabulary::words::fold(&text.text);
    let found = words
        .iter()
        .find(|(zh, en, _)| said == *zh || said == *en)
        .map(|(.., value)| *value);
    if found.is_none() {
        let known = |get: fn(&(&str, &str, T)) -> String, by: &str| {
            words.iter().map(get).collect::<Vec<_>>().join(by)
        };
        sink.error(
            DiagnosticKind::UnknownWord,
            text.span.clone(),
            format!("{key} 不能是“{}”", text.text),
            format!("`{key}` cannot be `{}`", text.text),
        )
        .hint(
            format!("可以写：{}", known(|w| format!("“{}”", w.0), "、")),
            format!("it can be: {}", known(|w| format!("`{}`", w.1), ", ")),
        )
        .nearest(crate::vocabulary::words::nearest(
            &text.text,
            words.iter().flat_map(|(zh, en, _)| [*zh, *en]),
        ));
    }
    found
}

fn give(table: &Table<'_>, sink: &mut Sink) -> Give {
    let words = [
        ("先到先得", "first come", Give::FirstCome),
        ("抽签", "draw", Give::Draw),
    ];
    choice(table, "give", &words, sink).unwrap_or(Give::FirstCome)
}

fn seen_by(table: &Table<'_>, sink: &mut Sink) -> SeenBy {
    let words = [
        ("所有人", "everybody", SeenBy::All),
        ("符合条件的人", "eligible", SeenBy::Eligible),
    ];
    choice(table, "seen_by", &words, sink).unwrap_or(SeenBy::All)
}

/// How many one booking may be for. A draw gives one place to each number.
fn party(table: &Table<'_>, give: Give, sink: &mut Sink) -> u32 {
    let party = count(table, "party", PARTY_MAX, sink).unwrap_or(1);
    if party > 1 && give == Give::Draw {
        sink.error(
            DiagnosticKind::Type,
            table.span_of("party"),
            "抽签时一个编号抽一个名额，不能几个人一起报",
            "a draw gives one place to each number: nobody signs up for several",
        )
        .hint(
            "去掉 party，或者先到先得",
            "leave `party` out, or give places in the order of signing up",
        );
    }
    party
}

fn ground(table: &Table<'_>, sink: &mut Sink) -> Option<Ground> {
    table.only(&["places", "stay"], sink);
    for key in ["places", "stay"] {
        if !table.has(key) {
            table.missing(key, sink);
        }
    }
    let places = count(table, "places", CAPACITY_MAX, sink);
    let stay = duration::read(table, "stay", sink);
    if stay == Some(Minutes(0)) {
        sink.error(
            DiagnosticKind::Type,
            table.span_of("stay"),
            "停留的时间不能是零",
            "somebody who enters stays for some time",
        );
    }
    Some(Ground {
        places: places?,
        stay: stay?,
    })
}

fn one(table: &Table<'_>, no_projects: bool, sink: &mut Sink) -> bool {
    let words = [("每个时段一个项目", "project per slot", true)];
    let one = choice(table, "one", &words, sink).unwrap_or(false);
    if one && no_projects {
        sink.error(
            DiagnosticKind::MissingKey,
            table.span_of("one"),
            "one 说的是项目，这里却没有项目",
            "`one` speaks of projects, and there are none",
        )
        .hint(
            "去掉 one，或者写上 projects",
            "leave `one` out, or write `projects`",
        );
    }
    one
}

fn waiting(table: &Table<'_>, sink: &mut Sink) -> Option<Waiting> {
    table.only(&["places", "offer"], sink);
    let places = count(table, "places", WAITING_MAX, sink);
    if !table.has("offer") {
        table.missing("offer", sink);
    }
    let offer = duration::read(table, "offer", sink)?;
    if offer.0 == 0 {
        sink.error(
            DiagnosticKind::Type,
            table.span_of("offer"),
            "留给候补的人的时间不能是零",
            "an offered place must be kept for some time",
        );
    }
    Some(Waiting {
        offer,
        places: places.unwrap_or(WAITING_MAX),
    })
}

fn no_show(table: &Table<'_>, sink: &mut Sink) -> Option<NoShow> {
    table.only(&["after", "times", "bar"], sink);
    if !table.has("after") {
        table.missing("after", sink);
    }
    let after = duration::read(table, "after", sink);
    let times = count(table, "times", 1_000, sink);
    let bar = duration::read(table, "bar", sink);
    for (has, lacks) in [("times", "bar"), ("bar", "times")] {
        if table.has(has) && !table.has(lacks) {
            sink.error(
                DiagnosticKind::MissingKey,
                table.span_of(has),
                format!("有 {has} 就要有 {lacks}"),
                format!("`{has}` goes with `{lacks}`"),
            )
            .hint(
                "times 是几次未到，bar 是之后多久不能报名",
                "`times` is how often, `bar` for how long one may not sign up then",
            );
        }
    }
    Some(NoShow {
        after: after?,
        bar: times.zip(bar),
    })
}
