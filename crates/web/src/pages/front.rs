//! `/`: the day's page.

use super::notice::rule_actions;
use crate::app::App;
use crate::layout::{self, Frame};
use crate::moments;
use crate::reader::Reader;
use crate::standing::{self, Standing};
use crate::wording::{self, Said};
use crate::{text, verdict};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use notice::text::ForecastDay;
use notice::{Lang, Notice, Rule};
use std::sync::Arc;

/// `GET /`
pub async fn show(State(app): State<Arc<App>>, reader: Reader) -> Response {
    let latest = app.latest();
    let lead = lead(&latest, &reader);
    let chronicle = latest.iter().copied().find(|n| &*n.slug.0 == "on-this-day");
    let others: Vec<&Arc<Notice>> = latest
        .iter()
        .copied()
        .filter(|n| lead.is_none_or(|l| l.slug != n.slug))
        .filter(|n| chronicle.is_none_or(|c| c.slug != n.slug))
        .collect();
    let body = html! {
        (masthead(&app, &reader))
        @if let Some(lead) = lead.filter(|l| !l.forecast.is_empty()) { (air(&reader, lead)) }
        div .sheet {
            div .lead-column {
                @if let Some(lead) = lead { (lead_story(&app, &reader, lead)) }
            }
            aside .side-column {
                (ask_box(&app, &reader))
                (questions(&app, &reader))
            }
        }
        section .columns-section aria-labelledby="notices" {
            h2 #notices .rubric { (reader.say("公告", "Notices")) }
            div .columns {
                @for notice in others { (brief(&app, &reader, notice)) }
            }
            p .columns-more { a .more href="/notices" { (reader.say("全部公告", "All notices")) } }
        }
        (in_force(&app, &reader))
        @if let Some(chronicle) = chronicle { (on_this_day(&reader, chronicle)) }
    };
    let about = reader.say(
        "同心把城市公告变成能回答问题的公告：谁、在哪里、什么时候、能不能做，依据哪一条，到什么时候为止。",
        "Tongxin makes a city's notices answer questions: who may do what, where and when, by which clause, and until when.",
    );
    let frame = Frame {
        front: true,
        about: Some(about),
        way: "/",
        below: Some("notices"),
        ..Frame::default()
    };
    layout::framed(&app, &reader, "", &frame, body)
}

/// The story of the day: in force and resting on a forecast, else with the most rules, else the latest.
fn lead<'a>(latest: &[&'a Arc<Notice>], reader: &Reader) -> Option<&'a Arc<Notice>> {
    let in_force = |n: &&Arc<Notice>| n.in_force.contains(reader.now);
    let rank =
        |n: &&&'a Arc<Notice>| (in_force(n), !n.forecast.is_empty(), n.rules.len(), n.issued);
    latest.iter().max_by_key(rank).copied()
}

fn masthead(app: &App, reader: &Reader) -> Markup {
    let city = app.city();
    let today = reader.now.date();
    let in_force = app
        .book
        .notices()
        .iter()
        .filter(|n| n.in_force.contains(reader.now))
        .count();
    html! {
        div .masthead {
            div .ear .ear-what {
                p .ear-title { (reader.say("公告写一次，城市照着办", "Write the notice; the city runs it")) }
                p {
                    (reader.say(
                        "这里的公告能回答问题：谁、在哪里、什么时候、能不能做。每个回答都指明条款和有效时间。",
                        "Notices here answer questions: who may do what, where and when. Every answer names its clause and until when it holds.",
                    ))
                }
                p .ear-ask { a .button href="/ask" { (reader.say("我能不能…？", "May I …?")) } }
            }
            h1 .nameplate {
                span .nameplate-zh lang="zh-CN" { "同心" }
                span .nameplate-en lang="en" { "Tongxin" }
            }
            div .ear .ear-city {
                p .ear-title { (city.name.get(reader.lang)) }
                p {
                    (reader.say(format!("现行公告 {in_force} 件"), format!("{in_force} notices in force")))
                }
                p .fine { (reader.say("演示城市 · 非官方文件", "A demo city · not official")) }
            }
        }
        p .dateline {
            time datetime=(today) {
                @let (day, weekday) = (moments::full_day(today, reader.lang), moments::weekday(today, reader.lang));
                (reader.say(format!("{day} {weekday}"), format!("{weekday}, {day}")))
            }
            span .dateline-kind { (moments::kind(&city.calendar, today, reader.lang)) }
            span .dateline-time { (reader.say("此刻 ", "now ")) (format!("{:02}:{:02}", reader.now.hour(), reader.now.minute())) }
        }
    }
}

/// Names of the six levels of HJ 633.
fn level(reader: &Reader, level: u8) -> &'static str {
    match level {
        1 => reader.say("优", "excellent"),
        2 => reader.say("良", "good"),
        3 => reader.say("轻度污染", "light"),
        4 => reader.say("中度污染", "moderate"),
        5 => reader.say("重度污染", "heavy"),
        _ => reader.say("严重污染", "severe"),
    }
}

fn air(reader: &Reader, notice: &Notice) -> Markup {
    html! {
        section .air aria-labelledby="air" {
            h2 #air .air-title {
                (reader.say("空气预报", "Air forecast"))
                a .fine href={ "/notices/" (notice.slug) } { (reader.say("据本次调度令", "from the order")) }
            }
            ol .air-days {
                @for (position, day) in notice.forecast.iter().enumerate() {
                    @let before = position.checked_sub(1).and_then(|p| notice.forecast.get(p));
                    (air_day(reader, day, before.is_none_or(|b| b.note != day.note)))
                }
            }
        }
    }
}

/// One day; the reason only where it is another than the day before.
fn air_day(reader: &Reader, day: &ForecastDay, reason: bool) -> Markup {
    let today = day.date == reader.now.date();
    let names: Vec<_> = day.levels.iter().map(|l| level(reader, *l)).collect();
    html! {
        li .air-day aria-current=[today.then_some("date")] {
            p .air-date {
                strong { @if today { (reader.say("今天", "Today")) } @else { (moments::day(day.date, reader.lang)) } }
                " " span { (moments::weekday(day.date, reader.lang)) }
            }
            p .air-band aria-hidden="true" {
                @for level in &day.levels { span class={ "aqi aqi-" (level) } {} }
                @if let Some(level) = day.briefly { span class={ "aqi aqi-short aqi-" (level) } {} }
            }
            p .air-levels {
                (names.join(reader.say("至", " to ")))
                @if let Some(short) = day.briefly {
                    span .air-short { (reader.say("短时", "at times ")) (level(reader, short)) }
                }
            }
            @if reason && !day.note.get(reader.lang).is_empty() { p .fine { (day.note.get(reader.lang)) } }
        }
    }
}

fn lead_story(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    let speaker = app.speaker(reader.lang);
    // The first paragraph that says something: no salutation.
    let opening = notice
        .clauses
        .iter()
        .find(|c| c.text.chars().count() > 30 && !c.text.ends_with([':', '\u{ff1a}']));
    html! {
        article .lead {
            p .kicker { (app.office_name(&notice.issuer, reader.lang)) " " (standing::badge(reader, standing::of_notice(notice, reader.now))) }
            h2 .headline { a href={ "/notices/" (notice.slug) } { (wording::title(reader, notice)) } }
            p .fine { (moments::period(&notice.in_force, reader.now, reader.lang)) }
            @if let Some(opening) = opening { p .standfirst { (wording::summary(reader, notice, &opening.text)) } }
            @if !notice.rules.is_empty() {
                h3 .small-rubric { (reader.say("这份公告此刻在做什么", "What this notice does now")) }
                ul .says {
                    @for rule in varied(notice) {
                        li {
                            a .says-where href={ "/notices/" (notice.slug) "#" (rule.name) } {
                                (wording::citation(reader, notice.clauses.get(usize::from(rule.clause.0))))
                            }
                            span .says-what { (speaker.clause(rule)) }
                        }
                    }
                }
                p .lead-more {
                    a .button href={ "/ask?notice=" (notice.slug) } { (reader.say("这跟我有关吗？", "Does this concern me?")) }
                    a .more href={ "/notices/" (notice.slug) } {
                        (reader.say(format!("读全文，共{}条规定", notice.rules.len()), format!("Read all of it, {} rules", notice.rules.len())))
                    }
                }
            }
        }
    }
}

/// A few rules of a notice: the first under each heading, then others.
fn varied(notice: &Notice) -> Vec<&Rule> {
    const FEW: usize = 4;
    let heading = |rule: &Rule| {
        let clause = notice.clauses.get(usize::from(rule.clause.0));
        clause.map_or("", |c| c.heading.as_str())
    };
    let mut seen: Vec<&str> = Vec::new();
    let (mut first, rest): (Vec<&Rule>, Vec<&Rule>) = notice.rules.iter().partition(|rule| {
        let new = !seen.contains(&heading(rule));
        seen.push(heading(rule));
        new
    });
    first.extend(rest);
    first.truncate(FEW);
    first
}

fn ask_box(app: &App, reader: &Reader) -> Markup {
    let place = app.city().name.get(reader.lang);
    html! {
        section .ask-box aria-labelledby="ask-box" {
            h2 #ask-box { (reader.say("我能不能…？", "May I …?")) }
            form action="/ask" method="post" {
                label for="question" { (reader.say(format!("用自己的话问，{place}的现行公告来答"), format!("In your own words; the notices in force in {place} answer"))) }
                textarea #question name="q" rows="3" maxlength="200" placeholder=(reader.say("我的重型柴油货车能驶入中环以内吗？", "May my heavy diesel truck drive in inside the Middle Ring?")) {}
                button .button type="submit" { (reader.say("问一问", "Ask")) }
            }
            p .fine { (reader.say("只问与答案有关的事，不要姓名和证件。", "It asks only what matters to the answer; no names, no documents.")) }
        }
    }
}

/// The questions that notices in force answer themselves.
fn questions(app: &App, reader: &Reader) -> Markup {
    let asks: Vec<_> = app
        .latest()
        .into_iter()
        .filter(|n| n.in_force.contains(reader.now))
        .flat_map(|n| n.asks.iter().map(move |a| (n, a)))
        .take(4)
        .collect();
    html! {
        @if !asks.is_empty() {
            section .others-ask aria-labelledby="others-ask" {
                h2 #others-ask .rubric { (reader.say("大家在问", "Others ask")) }
                ul {
                    @for (notice, ask) in asks {
                        @let answer = app.book.answer(&decide::Question::of(ask, notice, app.city()));
                        li {
                            a href={ "/notices/" (notice.slug) "#questions" } { (wording::question(reader, ask)) }
                            " " (verdict::badge(reader, answer.verdict))
                        }
                    }
                }
            }
        }
    }
}

/// A notice in a column: topic, title, how it begins, who issued it.
pub fn brief(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    let first = notice
        .clauses
        .iter()
        .find(|c| !c.text.is_empty() && !c.text.ends_with([':', '\u{ff1a}']));
    let state = standing::of_notice(notice, reader.now);
    html! {
        article .brief {
            p .kicker { @if let Some(topic) = notice.topics.first() { (wording::topic(app, reader, topic)) } }
            h3 { a href={ "/notices/" (notice.slug) } { (wording::title(reader, notice)) } }
            @if let Some(first) = first { p .brief-text { (wording::summary(reader, notice, &text::shorten(&first.text, 86))) } }
            p .fine {
                (app.office_name(&notice.issuer, reader.lang)) " · " (moments::day(notice.issued.date(), reader.lang))
                @if state != Standing::Acting { " · " (standing::badge(reader, state)) }
            }
        }
    }
}

/// Rules of one notice under one heading.
type Group<'a> = (&'a Notice, &'a str, Vec<&'a Rule>);

/// Every rule in force today that concerns more than the city's own staff, by notice and heading.
fn in_force(app: &App, reader: &Reader) -> Markup {
    let words = &app.city().vocabulary;
    let today: Vec<_> = app
        .rules()
        .filter(|(notice, _)| notice.in_force.contains(reader.now))
        .filter(|(_, rule)| {
            rule_actions(app, rule)
                .iter()
                .any(|act| !words.for_staff(*act))
        })
        .collect();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (notice, rule) in &today {
        let clause = notice.clauses.get(usize::from(rule.clause.0));
        let heading = clause.map_or("", |c| c.heading.as_str());
        match groups.last_mut() {
            Some((of, under, rules)) if of.slug == notice.slug && *under == heading => {
                rules.push(rule)
            }
            _ => groups.push((notice, heading, vec![rule])),
        }
    }
    let (left, right) = halves(&groups);
    html! {
        section .today aria-labelledby="today" {
            h2 #today .rubric { (reader.say("今天有效的规定", "Rules in force today")) " " span .count { (today.len()) } }
            @if today.is_empty() { p { (reader.say("今天没有限制性规定。", "No rules are in force today.")) } }
            div .today-columns {
                @for column in [left, right] {
                    div { @for group in column { (today_group(app, reader, group)) } }
                }
            }
        }
    }
}

/// So many rules of a group are shown; the others are folded away.
const SHOWN: usize = 4;

/// Groups in two columns of about the same height. The columns are cut here and not balanced by the browser, which would
/// move what it has painted while the page still comes in.
fn halves<'g, 'a>(groups: &'g [Group<'a>]) -> (&'g [Group<'a>], &'g [Group<'a>]) {
    let height = |groups: &[Group<'_>]| -> usize {
        let lines = |rules: &[&Rule]| rules.len().min(SHOWN) + usize::from(rules.len() > SHOWN);
        groups.iter().map(|(_, _, rules)| 2 + lines(rules)).sum()
    };
    let whole = height(groups);
    let cut = (0..groups.len()).find(|cut| height(&groups[..*cut]) * 2 >= whole);
    groups.split_at(cut.unwrap_or(groups.len()))
}

fn today_group(app: &App, reader: &Reader, (notice, heading, rules): &Group<'_>) -> Markup {
    let (shown, folded) = rules.split_at(rules.len().min(SHOWN));
    html! {
        section .today-group {
            h3 { (Said::chinese(reader, heading)) }
            p .fine { a href={ "/notices/" (notice.slug) } { (wording::title(reader, notice)) } }
            ul { @for rule in shown { (rule_line(app, reader, notice, rule)) } }
            @if !folded.is_empty() {
                details {
                    summary { (reader.say(format!("还有{}条", folded.len()), format!("{} more", folded.len()))) }
                    ul { @for rule in folded { (rule_line(app, reader, notice, rule)) } }
                }
            }
        }
    }
}

fn rule_line(app: &App, reader: &Reader, notice: &Notice, rule: &Rule) -> Markup {
    let state = standing::of_rule(app.city(), notice, rule, reader.now);
    html! {
        li {
            a href={ "/notices/" (notice.slug) "#" (rule.name) } { (app.speaker(reader.lang).clause(rule)) }
            @if state != Standing::Acting { " " (standing::badge(reader, state)) }
        }
    }
}

/// What the chronicle tells of this day of the year: the clauses under its years.
fn on_this_day(reader: &Reader, notice: &Notice) -> Markup {
    let today = notice
        .title
        .contains(&moments::day(reader.now.date(), Lang::Zh));
    let year = |heading: &str| heading.trim_end_matches('年').parse::<u16>().is_ok();
    let entries: Vec<_> = notice
        .clauses
        .iter()
        .filter(|c| today && !c.text.is_empty() && year(&c.heading))
        .collect();
    html! {
        @if !entries.is_empty() {
            section .chronicle aria-labelledby="chronicle" {
                h2 #chronicle .rubric { (reader.say("史上今日", "On this day")) }
                ul {
                    @for entry in entries {
                        li {
                            @if !entry.heading.is_empty() { strong { (reader.say(&*entry.heading, entry.heading.trim_end_matches('年'))) } " " }
                            (Said::chinese(reader, &text::shorten(&entry.text, 120)))
                        }
                    }
                }
                p .fine { a href={ "/notices/" (notice.slug) } { (wording::title(reader, notice)) } }
            }
        }
    }
}
