//! `/notices/{slug}/versions`: every edition of a notice's text; each on a page of its own; and how two of them differ.

use crate::app::App;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::moments;
use crate::pages::desk::said;
use crate::pages::notice::{demo, markdown, prose};
use crate::params::{Params, link};
use crate::reader::Reader;
use crate::wording::{self, mixed};
use axum::extract::{Path, State};
use axum::response::Response;
use decide::diff::Differences;
use forms::publish::{Bound, Paper};
use jiff::Timestamp;
use maud::{Markup, html};
use notice::Notice;
use similar::{ChangeTag, TextDiff};
use std::sync::Arc;
use std::time::Duration;

/// Comparing two texts takes no longer; what it has not matched by then it shows as changed.
const COMPARING_MAX: Duration = Duration::from_millis(500);
/// Lines around a change.
const AROUND: usize = 3;
/// Characters of a line that are shown.
const CHARS_MAX: usize = 2_000;

/// `GET /notices/{slug}/versions`
pub async fn list(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let paper = app.editions.shelf.paper(&slug).ok_or(Failure::NotFound)?;
    let last = paper.last_text().ok_or(Failure::NotFound)?;
    let title = reader.say("各版文本", "All versions");
    let body = html! {
        (crumbs(&reader, &slug, last))
        h1 { (title) }
        p .lede { (wording::title(&reader, last)) }
        p { (reader.say(
            "问到某一时刻，就按那一刻在用的文本回答。旧的文本一版也不少。",
            "A question about a moment is answered by the text that stood at that moment. No earlier text is ever lost.",
        )) }
        ol .editions reversed {
            @for bound in paper.editions.iter().rev() { (line(&app, &reader, paper, bound)) }
        }
        @if app.people.is_none() { p .fine { (reader.say("这里只读城市文件夹，没有账本，所以只有一版。", "Only the city folder is read here, without a ledger, so there is one version.")) } }
    };
    Ok(framed(&app, &reader, title, body))
}

fn line(app: &App, reader: &Reader, paper: &Paper, bound: &Bound) -> Markup {
    let before = paper
        .editions
        .iter()
        .rev()
        .find(|b| b.number < bound.number && b.notice.is_some());
    let address = format!("/notices/{}/versions/{}", paper.slug, bound.number);
    html! {
        li value=(bound.number) {
            p .edition-head {
                strong {
                    @match &bound.notice {
                        Some(_) => a href=(address) { (reader.say(format!("第 {} 版", bound.number), format!("Version {}", bound.number))) },
                        None => (reader.say("撤回", "Withdrawn")),
                    }
                }
                " " (state(app, reader, paper, bound))
            }
            p { (stood(app, reader, paper, bound)) }
            @if let Some(reason) = bound.reason() {
                p { (reader.say("理由：", "Reason: ")) (wording::Said::name(reader, reason)) }
            }
            @if let Some(edition) = &bound.edition {
                p .fine {
                    (reader.say(
                        format!("{}于{}决定", app.office_name(&paper.office, reader.lang), at(app, reader, edition.decided)),
                        format!("decided by {}, {}", app.office_name(&paper.office, reader.lang), at(app, reader, edition.decided)),
                    ))
                    @if edition.signed.is_some() { (reader.say("，第二人复核签字", ", signed by a second officer")) }
                    (reader.say(format!("；账本第 {} 条", edition.entry), format!("; entry {} of the ledger", edition.entry)))
                }
            } @else {
                p .fine { (reader.say("城市开始使用本平台时的文本", "the text with which the city began here")) }
            }
            @if let Some(notice) = &bound.notice {
                p .fine { code .hash { (notice.text_version) } }
                @if let Some(before) = before {
                    p {
                        a href=(link(&format!("/notices/{}/changes", paper.slug), &[("from", &before.number.to_string()), ("to", &bound.number.to_string())])) {
                            (reader.say(format!("与第 {} 版有何不同", before.number), format!("How it differs from version {}", before.number)))
                        }
                    }
                }
            }
        }
    }
}

/// Whether an edition stands, stood, will stand or never did.
fn state(app: &App, reader: &Reader, paper: &Paper, bound: &Bound) -> Markup {
    let now = app.clock.now();
    let current = paper.at(now).map(|b| b.number) == Some(bound.number);
    let overtaken = bound
        .from
        .zip(paper.until(bound))
        .is_some_and(|(from, until)| until <= from);
    let (class, words) = match (&bound.notice, current) {
        _ if overtaken => (
            "past",
            reader.say(
                "没有启用，已被后来的决定取代",
                "never came to stand: a later decision took its place",
            ),
        ),
        (Some(_), true) => ("live", reader.say("现行文本", "stands now")),
        (None, true) => ("past", reader.say("已撤回", "withdrawn")),
        _ if bound.from.is_some_and(|from| from > now) => ("soon", reader.say("已排定", "planned")),
        _ => ("past", reader.say("以前的文本", "earlier")),
    };
    html! { span .standing .(class) { (words) } }
}

/// From when until when an edition stood, stands or will.
fn stood(app: &App, reader: &Reader, paper: &Paper, bound: &Bound) -> String {
    let from = bound.from.map(|from| begin(app, reader, from));
    let until = paper.until(bound).map(|until| at(app, reader, until));
    match (from, until) {
        (None, None) => reader.say(
            "从一开始沿用至今".to_owned(),
            "from the beginning on".to_owned(),
        ),
        (None, Some(until)) => reader.say(
            format!("从一开始到{until}"),
            format!("from the beginning to {until}"),
        ),
        (Some(from), None) => reader.say(format!("{from}起"), format!("from {from} on")),
        (Some(from), Some(until)) => {
            reader.say(format!("{from}至{until}"), format!("{from} to {until}"))
        }
    }
}

fn at(app: &App, reader: &Reader, at: Timestamp) -> String {
    moments::hour_seen_from(app.city().zone.to_datetime(at), reader.now, reader.lang)
}

/// An instant at which something begins.
fn begin(app: &App, reader: &Reader, at: Timestamp) -> String {
    moments::start(app.city().zone.to_datetime(at), reader.now, reader.lang)
}

/// `GET /notices/{slug}/versions/{number}`, and its text at `/notices/{slug}/versions/{number}.md`
pub async fn one(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path((slug, number)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let paper = app.editions.shelf.paper(&slug).ok_or(Failure::NotFound)?;
    let (number, source) = match number.strip_suffix(".md") {
        Some(number) => (number, true),
        None => (number.as_str(), false),
    };
    let bound = number.parse().ok().and_then(|number| paper.edition(number));
    let bound = bound.ok_or(Failure::NotFound)?;
    let notice = bound.notice.as_ref().ok_or(Failure::NotFound)?;
    if source {
        return Ok(markdown(notice));
    }
    let title = wording::title(&reader, notice);
    let body = html! {
        article .notice .text-only[notice.rules.is_empty() && notice.offers.is_empty() && notice.steps.is_empty()] {
            (crumbs(&reader, &slug, notice))
            header .notice-head {
                p .kicker {
                    (reader.say(format!("第 {} 版", bound.number), format!("Version {}", bound.number))) " "
                    (state(&app, &reader, paper, bound))
                    @if notice.demo { " " (demo(&reader)) }
                }
                h1 { (title) }
                dl .facts-line {
                    div { dt { (reader.say("发布", "Issued by")) } dd { (app.office_name(&notice.issuer, reader.lang)) } }
                    div { dt { (reader.say("这一版", "This version")) } dd { (stood(&app, &reader, paper, bound)) } }
                    div { dt { (reader.say("有效", "In force")) } dd { (moments::period(&notice.in_force, reader.now, reader.lang)) } }
                }
                p {
                    a href={ "/notices/" (slug) "/versions" } { (reader.say("各版文本", "All versions")) } " · "
                    a href={ "/notices/" (slug) "/versions/" (bound.number) ".md" } { (reader.say("原文（Markdown）", "The text itself (Markdown)")) }
                }
            }
            (prose(&app, &reader, notice))
            section .versions aria-labelledby="versions" {
                h2 #versions .rubric { (reader.say("文本", "The text")) }
                p { code .hash { (notice.text_version) } }
            }
        }
    };
    Ok(framed(&app, &reader, title.text, body))
}

/// `GET /notices/{slug}/changes?from=1&to=2`
pub async fn changes(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
    params: Params,
) -> Result<Response, Failure> {
    let paper = app.editions.shelf.paper(&slug).ok_or(Failure::NotFound)?;
    let edition = |name| {
        let number = params.get(name)?.parse().ok()?;
        let bound = paper.edition(number)?;
        Some((bound, bound.notice.clone()?))
    };
    let (old, before) = edition("from").ok_or(Failure::NotFound)?;
    let (new, after) = edition("to").ok_or(Failure::NotFound)?;
    let found = differences(&app, &before, &after, new.from).await?;
    let title = reader.say(
        format!("第 {} 版与第 {} 版", old.number, new.number),
        format!("Versions {} and {}", old.number, new.number),
    );
    let body = html! {
        (crumbs(&reader, &slug, &after))
        h1 { (title) }
        p .lede { (wording::title(&reader, &after)) }
        p { a href={ "/notices/" (slug) "/versions" } { (reader.say("各版文本", "All versions")) } }
        section aria-labelledby="whom" {
            h2 #whom .rubric { (reader.say("对谁有什么变化", "For whom it changes what")) }
            (said::changes(&reader, found.as_deref()))
        }
        section aria-labelledby="words" {
            h2 #words .rubric { (reader.say("文字的不同", "How the text differs")) }
            (words(&reader, &before.source, &after.source))
        }
    };
    Ok(framed(&app, &reader, &title, body))
}

/// For whom what changes between two texts: worked out once while these pages stand, on a thread of its own.
async fn differences(
    app: &App,
    before: &Arc<Notice>,
    after: &Arc<Notice>,
    from: Option<Timestamp>,
) -> Result<Option<Arc<Differences>>, Failure> {
    let key = (before.text_version, after.text_version);
    if let Some(known) = app.editions.compared(key) {
        return Ok(known);
    }
    let (shelf, old, new) = (app.editions.shelf.clone(), before.clone(), after.clone());
    let at = from.unwrap_or_else(|| app.clock.now());
    let found = app.prove(move || {
        let slug = new.slug.clone();
        forms::publish::between(&shelf, &slug, (Some(&old), Some(&new)), at)
    });
    let found = found.await?.map(Arc::new);
    app.editions.keep_compared(key, found.clone());
    Ok(found)
}

/// The lines that differ, with some around them.
fn words(reader: &Reader, old: &str, new: &str) -> Markup {
    let mut config = TextDiff::configure();
    config.timeout(COMPARING_MAX);
    let diff = config.diff_lines(old, new);
    let groups = diff.grouped_ops(AROUND);
    html! {
        @if groups.is_empty() { p { (reader.say("两版文字相同。", "The two texts are the same.")) } }
        @for group in &groups {
            pre .diff lang="zh-CN" tabindex="0" {
                @for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                    @let line: String = change.value().trim_end_matches(['\r', '\n']).chars().take(CHARS_MAX).collect();
                    @match change.tag() {
                        ChangeTag::Delete => del { span aria-hidden="true" { "− " } (line) },
                        ChangeTag::Insert => ins { span aria-hidden="true" { "+ " } (line) },
                        ChangeTag::Equal => span .same { "  " (line) },
                    }
                    "\n"
                }
            }
        }
    }
}

/// What stands at a notice's address when no text of it stands: that it was withdrawn and why, or when it will come.
pub fn absent(app: &App, reader: &Reader, paper: &Paper) -> Result<Response, Failure> {
    let last = paper.last_text().ok_or(Failure::NotFound)?;
    let bound = paper.at(app.clock.now());
    let reason = bound.and_then(Bound::reason);
    let planned = paper
        .editions
        .iter()
        .rev()
        .find(|b| b.from.is_some_and(|from| from > app.clock.now()));
    let title = wording::title(reader, last);
    let body = html! {
        div .narrow {
            p .kicker {
                @if reason.is_some() { span .standing .past { (reader.say("已撤回", "withdrawn")) } }
                @else { span .standing .soon { (reader.say("尚未生效", "not yet in force")) } }
            }
            h1 { (title) }
            @if let (Some(bound), Some(reason)) = (bound, reason) {
                p .lede {
                    (mixed(reader, &reader.say(
                        format!("{}已于{}撤回这份公告。", app.office_name(&paper.office, reader.lang), bound.from.map(|from| begin(app, reader, from)).unwrap_or_default()),
                        format!("{} withdrew this notice: {}.", app.office_name(&paper.office, reader.lang), bound.from.map(|from| begin(app, reader, from)).unwrap_or_default()),
                    )))
                }
                p { (reader.say("理由：", "Reason: ")) (wording::Said::name(reader, reason)) }
            }
            @if let Some(from) = planned.and_then(|planned| planned.from) {
                p { (reader.say(format!("{}起生效。", begin(app, reader, from)), format!("It comes into force at {}.", begin(app, reader, from)))) }
            }
            p { a .button href={ "/notices/" (paper.slug) "/versions" } { (reader.say("查看各版文本", "All versions of the text")) } }
        }
    };
    Ok(framed(app, reader, title.text, body))
}

fn crumbs(reader: &Reader, slug: &str, notice: &Notice) -> Markup {
    html! {
        nav .crumbs aria-label=(reader.say("上级页面", "Page above")) {
            ol { li { a href={ "/notices/" (slug) } { (wording::title(reader, notice)) } } }
        }
    }
}

fn framed(app: &App, reader: &Reader, title: &str, body: Markup) -> Response {
    let frame = Frame {
        way: "/notices",
        ..Frame::default()
    };
    layout::framed(app, reader, title, &frame, body)
}
