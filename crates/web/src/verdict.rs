//! An answer as people see it: the verdict large, the clauses that carry it, and until when it holds.

use crate::app::App;
use crate::moments;
use crate::reader::Reader;
use crate::wording;
use decide::answer::Part;
use decide::{Answer, Because};
use maud::{Markup, html};
use notice::ask::Verdict;

/// The verdict in one or two words.
pub fn word(reader: &Reader, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => reader.say("可以", "Yes, allowed"),
        Verdict::Forbidden => reader.say("不可以", "No, forbidden"),
        Verdict::Required => reader.say("必须做", "It must be done"),
        Verdict::Limited => reader.say("可以，有限度", "Yes, within limits"),
        Verdict::Depends => reader.say("要看情况", "It depends"),
        Verdict::Conflict => reader.say("两条规定互相矛盾", "Two clauses contradict each other"),
    }
}

/// Class and sign of a verdict: the sign says without colour what the colour says.
pub fn look(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Allowed => ("yes", "✓"),
        Verdict::Forbidden => ("no", "✕"),
        Verdict::Required => ("must", "!"),
        Verdict::Limited => ("limited", "≤"),
        Verdict::Depends => ("depends", "?"),
        Verdict::Conflict => ("no", "≠"),
    }
}

/// A small badge with the verdict.
pub fn badge(reader: &Reader, verdict: Verdict) -> Markup {
    let (class, sign) = look(verdict);
    html! {
        span .badge .(class) { span aria-hidden="true" { (sign) } " " (word(reader, verdict)) }
    }
}

/// What a clause does in an answer.
fn part(reader: &Reader, part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Forbids => ("no", reader.say("禁止", "forbids")),
        Part::Frees => ("yes", reader.say("除外", "frees")),
        Part::Requires => ("must", reader.say("要求", "requires")),
        Part::Limits => ("limited", reader.say("限度", "limits")),
    }
}

/// The address of a clause's place in its notice.
pub fn clause_link(because: &Because) -> String {
    match &because.exception {
        Some(exception) => format!("/notices/{}#{}/{exception}", because.notice, because.rule),
        None => format!("/notices/{}#{}", because.notice, because.rule),
    }
}

/// Clauses, each with its part, its place in the notice and its paragraph.
pub fn clauses(app: &App, reader: &Reader, list: &[Because]) -> Markup {
    html! {
        ul .clauses {
            @for (position, because) in list.iter().enumerate() {
                @let before = position.checked_sub(1).and_then(|p| list.get(p));
                @let (class, does) = part(reader, because.effect);
                li .clause-cited {
                    p .clause-head {
                        span .badge .(class) { (does) } " "
                        a href=(clause_link(because)) { (wording::cited(app, reader, because)) }
                        @if let Some(notice) = app.notice(&because.notice) {
                            " " span .clause-of { (reader.say("《", "“")) (wording::title(reader, notice)) (reader.say("》", "”")) }
                        }
                    }
                    @if !because.text.is_empty() && before.is_none_or(|b| b.text != because.text) { blockquote lang="zh-CN" { (because.text) } }
                    (said_back(app, reader, because))
                }
            }
        }
    }
}

/// The exception that freed; or the rule, for readers of English, to whom the paragraph says nothing.
fn said_back(app: &App, reader: &Reader, because: &Because) -> Markup {
    let rule = app
        .notice(&because.notice)
        .and_then(|n| n.rules.iter().find(|r| r.name == because.rule));
    let excepted = rule.and_then(|r| {
        let name = because.exception.as_ref()?;
        Some((r, r.exceptions.iter().find(|e| e.name == *name)?))
    });
    let speaker = app.speaker(reader.lang);
    html! {
        @if let Some((rule, exception)) = excepted {
            p .said { (reader.say("除外：", "Excepted: ")) (speaker.excepted(rule, exception)) }
        } @else if reader.lang == notice::Lang::En && let Some(rule) = rule {
            p .said { (speaker.clause(rule)) "." }
        }
    }
}

/// Limits that hold: `产能负荷 ≤ 70 %`.
pub fn limits(reader: &Reader, app: &App, answer: &Answer) -> Markup {
    html! {
        @if !answer.limits.is_empty() {
            ul .limits {
                @for limit in &answer.limits {
                    @let name = app.city().vocabulary.measures.iter().find(|m| m.label.zh == limit.measure)
                        .map_or(limit.measure.as_str(), |m| m.label.get(reader.lang));
                    li {
                        span .limit-name { (name) } " "
                        strong .limit-amount {
                            @match (limit.at_least, limit.at_most) {
                                (Some(least), Some(most)) => { (least) "–" (most) }
                                (Some(least), None) => { "≥ " (least) }
                                (None, Some(most)) => { "≤ " (most) }
                                (None, None) => {}
                            }
                            " " (limit.unit)
                        }
                    }
                }
            }
        }
    }
}

/// Until when the answer holds.
pub fn until(app: &App, reader: &Reader, answer: &Answer) -> Markup {
    let until = answer
        .until
        .as_deref()
        .and_then(|u| moments::civil(app.city(), u));
    html! {
        p .until {
            @match until {
                Some(until) => {
                    @let shown = moments::hour_seen_from(until, reader.now, reader.lang);
                    (reader.say("这个回答有效到", "This holds until ")) strong { time datetime=(answer.until.as_deref().unwrap_or_default()) { (shown) } }
                    @if let Some(ahead) = moments::ahead(until, reader.now, reader.lang) { (reader.say("，", ", ")) (ahead) }
                    (reader.say("。", "."))
                }
                None => (reader.say("按现有公告，这个回答今后不变。", "As far as the published notices go, this does not change."))
            }
        }
    }
}
