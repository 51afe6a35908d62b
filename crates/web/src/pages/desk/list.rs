//! `/desk/notices`: what an office is writing, and what of it stands.

use super::told;
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::post;
use crate::params::Params;
use crate::people::Visitor;
use crate::publishing::Desk;
use crate::reader::Reader;
use crate::standing;
use crate::wording::{self, mixed};
use axum::extract::State;
use axum::response::Response;
use forms::publish::{DraftText, Paper};
use maud::{Markup, html};
use std::sync::Arc;

/// `GET /desk/notices`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    params: Params,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let desk = match Desk::of(app.clone(), visitor.standing(&app)) {
        Ok(desk) => desk,
        Err(stopped) => return told(&app, &reader, stopped),
    };
    let drafts = desk.drafts().await?;
    let own = |paper: &&Paper| paper.office == desk.own_office();
    let papers: Vec<&Paper> = desk.shelf().papers().filter(own).collect();
    let done = params.get("done").and_then(|slug| desk.paper(slug));
    let title = reader.say("公告工作台", "Notices at the desk");
    let body = html! {
        @if app.is_demo() { p .kicker { span .demo { (reader.say("演示", "demo")) } } }
        h1 { (title) }
        @if let Some(at) = &desk.who.post { p .lede { (mixed(&reader, &post(&app, &reader, &at.office, &at.role))) } }
        @if let Some(paper) = done { (just_done(&app, &reader, paper)) }
        p { a .button href="/desk/notices/new" { (reader.say("起草新公告", "Write a new notice")) } }
        section aria-labelledby="drafts" {
            h2 #drafts .rubric { (reader.say("草稿", "Drafts")) " " span .count { (drafts.len()) } }
            @if drafts.is_empty() {
                p { (reader.say("没有正在写的公告。", "Nothing is being written.")) }
            } @else {
                ul .desk-list { @for draft in &drafts { (drafted(&app, &reader, draft)) } }
            }
        }
        section aria-labelledby="papers" {
            h2 #papers .rubric { (reader.say("本机构的公告", "This office's notices")) " " span .count { (papers.len()) } }
            @if papers.is_empty() {
                p { (reader.say("还没有公告。", "There are none yet.")) }
            } @else {
                ul .desk-list { @for paper in &papers { (published(&app, &reader, paper)) } }
            }
        }
    };
    Ok(layout::personal(&app, &reader, title, body))
}

/// What was done a moment ago.
fn just_done(app: &App, reader: &Reader, paper: &Paper) -> Markup {
    let last = paper.editions.last();
    let title = paper
        .last_text()
        .map(|notice| wording::title(reader, notice));
    html! {
        div .notice-line .done role="status" {
            p {
                @match last.map(|last| (last.reason().is_some(), last.from)) {
                    Some((true, _)) => (reader.say("已经撤回：", "Withdrawn: ")),
                    Some((false, Some(from))) if from > app.clock.now() => {
                        (reader.say("已经排定，", "Planned for "))
                        (moments::start(app.city().zone.to_datetime(from), reader.now, reader.lang))
                        (reader.say("起生效：", ": "))
                    },
                    _ => (reader.say("已经发布：", "Published: ")),
                }
                a href={ "/notices/" (paper.slug) "/versions" } { @if let Some(title) = title { (title) } @else { (paper.slug) } }
            }
        }
    }
}

fn drafted(app: &App, reader: &Reader, draft: &DraftText) -> Markup {
    let saved = app.city().zone.to_datetime(draft.saved);
    html! {
        li {
            div {
                a .desk-title href={ "/desk/notices/" (draft.slug) } { (draft.slug) }
                p .fine { (reader.say("保存于", "saved ")) (moments::hour_seen_from(saved, reader.now, reader.lang)) }
            }
            @if draft.signed.is_some() { span .badge .yes { (reader.say("已签字，可以发布", "signed, may be published")) } }
            @else { span .badge .depends { (reader.say("等人复核签字", "waits for a second officer")) } }
        }
    }
}

fn published(app: &App, reader: &Reader, paper: &Paper) -> Markup {
    let now = app.clock.now();
    let standing = paper.text_at(now);
    let planned = paper
        .editions
        .iter()
        .rev()
        .find(|b| b.from.is_some_and(|from| from > now) && paper.until(b).is_none());
    let shown = standing.or_else(|| paper.last_text());
    html! {
        li {
            div {
                a .desk-title href={ "/desk/notices/" (paper.slug) } {
                    @if let Some(notice) = shown { (wording::title(reader, notice)) } @else { (paper.slug) }
                }
                p .fine {
                    code { (paper.slug) } " · "
                    a href={ "/notices/" (paper.slug) "/versions" } {
                        (reader.say(format!("{} 个版本", paper.editions.len()), match paper.editions.len() { 1 => "1 version".to_owned(), n => format!("{n} versions") }))
                    }
                    @if let Some(from) = planned.and_then(|bound| bound.from) {
                        " · "
                        (reader.say("已排定 ", "planned for "))
                        (moments::start(app.city().zone.to_datetime(from), reader.now, reader.lang))
                    }
                }
            }
            @match standing {
                Some(notice) => (standing::badge(reader, standing::of_notice(notice, reader.now))),
                None if planned.is_some() => span .standing .soon { (reader.say("尚未生效", "not yet in force")) },
                None => span .standing .past { (reader.say("已撤回", "withdrawn")) },
            }
        }
    }
}
