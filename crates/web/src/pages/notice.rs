//! `/notices/{slug}`: the text, and beside each clause what it does now.

use crate::app::App;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::pages::{season, versions};
use crate::prose::{self, Piece};
use crate::reader::Reader;
use crate::standing;
use crate::wording::{self, Said};
use crate::{drawing, moments, offer, params, state, steps, text, verdict};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use decide::Question;
use maud::{Markup, PreEscaped, html};
use notice::text::Clause;
use notice::{ActionId, Ask, Effect, Lang, Notice, Offer, PlaceId, Rule, Steps};
use std::sync::Arc;

/// `GET /notices/{slug}`, and its text at `/notices/{slug}.md`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    if let Some(slug) = slug.strip_suffix(".md") {
        return source(&app, slug);
    }
    let Some(notice) = app.notice(&slug) else {
        let paper = app.editions.shelf.paper(&slug).ok_or(Failure::NotFound)?;
        return versions::absent(&app, &reader, paper);
    };
    let opening = notice.clauses.first().map_or("", |c| c.text.as_str());
    let about = text::shorten(wording::summary(&reader, notice, opening).text, 150);
    let frame = Frame {
        about: Some(&about),
        way: "/notices",
        ..Frame::default()
    };
    let body = html! {
        article .notice .text-only[notice.rules.is_empty() && notice.offers.is_empty() && notice.steps.is_empty()] {
            (head(&app, &reader, notice))
            @if !notice.rules.is_empty() { (concern(&app, &reader, notice)) }
            @if app.people.is_some() && app.city().menu.notice == *notice.slug.0 {
                p { a .button href="/menu" { (reader.say("看菜单、点课", "See the menu and wish for a course")) } " " a .button .quiet href="/menu/figures" { (reader.say("开过多少课、评价怎样", "Sessions held, and how they were found")) } }
            }
            (prose(&app, &reader, notice))
            (commended(&app, &reader, notice))
            (season::way(&app, &reader, notice))
            @if !notice.asks.is_empty() { (questions(&app, &reader, notice)) }
            (places(&app, &reader, notice))
            (text_and_versions(&app, &reader, notice))
        }
    };
    let title = wording::title(&reader, notice).text;
    Ok(layout::framed(&app, &reader, title, &frame, body))
}

/// The text as its office wrote it.
fn source(app: &App, slug: &str) -> Result<Response, Failure> {
    app.notice(slug)
        .map(|notice| markdown(notice))
        .ok_or(Failure::NotFound)
}

/// A text as it was written.
pub fn markdown(notice: &Notice) -> Response {
    let tag = format!("\"{}\"", notice.text_version);
    (
        [
            (
                header::CONTENT_TYPE,
                "text/markdown; charset=utf-8".to_owned(),
            ),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
            (header::ETAG, tag),
        ],
        notice.source.to_string(),
    )
        .into_response()
}

fn head(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    html! {
        header .notice-head {
            p .kicker {
                @for topic in &notice.topics { span .topic { (wording::topic(app, reader, topic)) } " " }
                (standing::badge(reader, standing::of_notice(notice, reader.now)))
                @if notice.demo { " " (demo(reader)) }
            }
            h1 { (wording::title(reader, notice)) }
            @if reader.lang == Lang::En {
                @if let Some(summary) = &notice.english.summary { p .lede { (summary) } }
                p .fine { (Said::chinese(reader, &notice.title)) ". The text is in Chinese, as issued; beside each clause stands in English what it does." }
            }
            dl .facts-line {
                div { dt { (reader.say("发布", "Issued by")) } dd { (app.office_name(&notice.issuer, reader.lang)) } }
                div { dt { (reader.say("时间", "Issued")) } dd { (moments::full_day(notice.issued.date(), reader.lang)) } }
                div { dt { (reader.say("有效", "In force")) } dd { (moments::period(&notice.in_force, reader.now, reader.lang)) } }
            }
        }
    }
}

/// Where a rule says who is commended, the way to the list.
fn commended(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    let rule = forms::record::commend::rule(&app.city().vocabulary, notice);
    html! {
        @if rule.is_some() && app.people.is_some() {
            p { a href={ "/notices/" (notice.slug) "/commended" } { (reader.say("年度表彰名单：谁达到了，账本怎么算出来的", "Who is commended so far, and how the ledger finds them")) } }
        }
    }
}

/// The mark of values that no source gives.
pub fn demo(reader: &Reader) -> Markup {
    html! { span .demo { (reader.say("演示数据", "demo value")) } }
}

/// "Does this concern me?": what the notice's rules are about, each the start of an interview.
fn concern(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    let mut actions: Vec<ActionId> = Vec::new();
    for rule in &notice.rules {
        for action in rule_actions(app, rule) {
            if !actions.contains(&action) {
                actions.push(action);
            }
        }
    }
    html! {
        section .concern aria-labelledby="concern" {
            h2 #concern { (reader.say("这跟我有关吗？", "Does this concern me?")) }
            p { (reader.say("选一件您想做的事，再答几个问题就知道。", "Choose what you want to do; a few questions later you know.")) }
            form .chips action="/ask" method="post" {
                input type="hidden" name="notice" value=(notice.slug);
                @for action in actions {
                    @if let Some(word) = app.city().vocabulary.actions.get(usize::from(action.0)) {
                        button .chip type="submit" name="do" value=(word.label.zh) { (word.label.get(reader.lang)) }
                    }
                }
                button .chip .chip-all type="submit" name="do" value="*" { (reader.say("与我有关的一切", "Everything that concerns me")) }
            }
        }
    }
}

/// The actions a rule speaks about.
pub fn rule_actions(app: &App, rule: &Rule) -> Vec<ActionId> {
    match &rule.effect {
        Effect::Forbid(list) | Effect::Require(list) | Effect::Permit(list) => list.clone(),
        Effect::Limit { measure, .. } => {
            let measures = &app.city().vocabulary.measures;
            measures
                .get(usize::from(measure.0))
                .map(|m| m.action)
                .into_iter()
                .collect()
        }
    }
}

/// A block of the language that has a card.
enum Block<'a> {
    Rule(&'a Rule),
    Offer(&'a Offer),
    Steps(&'a Steps),
}

/// A stretch of the text with the blocks that stand under it.
struct Stretch<'a> {
    /// Its text as HTML; empty if a block stands without one.
    html: String,
    /// Its clause, counted from 1, if it is a paragraph.
    clause: Option<usize>,
    blocks: Vec<Block<'a>>,
    /// Questions stand under it; they are shown below, answered.
    asks: bool,
}

/// The text, cut into clauses: a paragraph and the cards of the blocks under it.
fn stretches(notice: &Notice) -> Vec<Stretch<'_>> {
    let mut stretches: Vec<Stretch<'_>> = Vec::new();
    let new = |html, clause| Stretch {
        html,
        clause,
        blocks: Vec::new(),
        asks: false,
    };
    for piece in prose::pieces(notice) {
        match piece {
            Piece::Prose(html) => stretches.push(new(html, None)),
            Piece::Paragraph(html, at) => {
                let clause = notice
                    .clauses
                    .iter()
                    .position(|c| c.span.contains(&at) || c.span.start == at);
                stretches.push(new(html, clause.map(|c| c + 1)));
            }
            Piece::Block(at) => {
                if stretches.is_empty() {
                    stretches.push(new(String::new(), None));
                }
                let rule = notice.rules.iter().find(|r| r.spans.block.contains(&at));
                let offer = notice.offers.iter().find(|o| o.spans.block.contains(&at));
                let steps = notice.steps.iter().find(|s| s.spans.block.contains(&at));
                let block = rule.map(Block::Rule).or(offer.map(Block::Offer));
                let block = block.or(steps.map(Block::Steps));
                if let Some(last) = stretches.last_mut() {
                    last.asks |= block.is_none();
                    last.blocks.extend(block);
                }
            }
        }
    }
    // A heading with nothing but questions under it would stand over nothing.
    let heading = |s: &Stretch<'_>| s.clause.is_none() && s.html.starts_with("<h");
    let ends: Vec<bool> = (0..stretches.len())
        .map(|at| stretches.get(at + 1).is_none_or(heading))
        .collect();
    let mut ends = ends.into_iter();
    stretches.retain(|s| {
        let ends = ends.next().unwrap_or(false);
        !(ends && s.asks && s.blocks.is_empty() && heading(s))
    });
    stretches
}

/// The text with the cards of its blocks.
pub fn prose(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    html! {
        div .prose lang="zh-CN" {
            @for Stretch { html, clause, blocks, .. } in stretches(notice) {
                @let id = clause.map(|c| format!("c{c}"));
                @if blocks.is_empty() {
                    div .plain id=[id] { (PreEscaped(html)) }
                } @else {
                    div .clause id=[id] {
                        div .clause-text { (PreEscaped(html)) }
                        div .cards lang=(reader.say("zh-CN", "en")) {
                            @for block in blocks {
                                @match block {
                                    Block::Rule(rule) => (card(app, reader, notice, rule)),
                                    Block::Offer(offer) => (offer::card(app, reader, notice, offer)),
                                    Block::Steps(one) => (steps::card(app, reader, notice, one)),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn effect(reader: &Reader, effect: &Effect) -> (&'static str, &'static str) {
    match effect {
        Effect::Forbid(_) => ("no", reader.say("禁止", "forbids")),
        Effect::Require(_) => ("must", reader.say("要求", "requires")),
        Effect::Permit(_) => ("yes", reader.say("许可", "permits")),
        Effect::Limit { .. } => ("limited", reader.say("限度", "limits")),
    }
}

fn card(app: &App, reader: &Reader, notice: &Notice, rule: &Rule) -> Markup {
    let speaker = app.speaker(reader.lang);
    let (class, does) = effect(reader, &rule.effect);
    let clause = notice.clauses.get(usize::from(rule.clause.0));
    let citation = reader.say(
        clause.map(Clause::citation).unwrap_or_default(),
        rule.name.to_string(),
    );
    let now = standing::of_rule(app.city(), notice, rule, reader.now);
    html! {
        section .card id=(rule.name) aria-label=(format!("{citation} {does}")) {
            p .card-head {
                span .badge .(class) { (does) } " " (standing::badge(reader, now))
                @if rule.demo { " " (demo(reader)) }
                a .anchor href={ "#" (rule.name) } { "#" (rule.name) }
            }
            p .said { (speaker.clause(rule)) (reader.say("。", ".")) }
            @if !rule.exceptions.is_empty() {
                details .exceptions open {
                    summary { (reader.say("除外", "Except")) }
                    ol {
                        @for exception in &rule.exceptions {
                            li id={ (rule.name) "/" (exception.name) } { (speaker.excepted(rule, exception)) }
                        }
                    }
                }
            }
            @if rule.by.is_some() || rule.checks.is_some() || !rule.over.is_empty() {
                dl .card-more {
                    @if let Some(by) = &rule.by { div { dt { (reader.say("执行", "Enforced by")) } dd { (app.office_name(by, reader.lang)) } } }
                    @if let Some(checks) = &rule.checks {
                        div {
                            dt { (reader.say("检查", "Checked")) }
                            dd {
                                (reader.say(
                                    format!("{}，由{}检查", speaker.every_days(checks.every_days), app.office_name(&checks.by, reader.lang)),
                                    format!("{} by {}: ", speaker.every_days(checks.every_days), app.office_name(&checks.by, reader.lang)),
                                ))
                                (wording::thing(app, reader, &checks.target))
                                @if let Some(first) = &checks.first { (reader.say("，先查", ", first ")) (wording::thing(app, reader, first)) }
                            }
                        }
                    }
                    @if !rule.over.is_empty() {
                        div {
                            dt { (reader.say("优先于", "Outranks")) }
                            dd { @for over in &rule.over { a href={ "/notices/" (over.notice) "#" (over.rule) } { (over) } " " } }
                        }
                    }
                }
            }
        }
    }
}

fn questions(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    html! {
        section .questions aria-labelledby="questions" {
            h2 #questions .rubric { (reader.say("常见问题", "Questions and answers")) }
            p .fine { (reader.say("答案由所有现行公告当场算出。", "Answers are worked out live from all notices in force.")) }
            dl .faq {
                @for ask in &notice.asks {
                    @let question = Question::of(ask, notice, app.city());
                    @let answer = app.book.answer(&question);
                    div .qa {
                        dt { (wording::question(reader, ask)) }
                        dd {
                            p {
                                (verdict::badge(reader, answer.verdict))
                                @if let Some(need) = &answer.needs {
                                    " " (reader.say("要看：", "on: ")) strong { (need.name.get(reader.lang)) }
                                }
                                " " span .fine {
                                    (reader.say("按", "at ")) (moments::hour_seen_from(question.at, reader.now, reader.lang)) (reader.say("的情形", ""))
                                }
                            }
                            @for because in &answer.because {
                                p .cites { a href=(verdict::clause_link(because)) { (wording::cited(app, reader, because)) } }
                            }
                            p { a .more href=(again(app, ask, &question)) { (reader.say("换成我的情况", "Ask for my own case")) } }
                        }
                    }
                }
            }
        }
    }
}

/// The interview, beginning with what the question says.
fn again(app: &App, ask: &Ask, question: &Question) -> String {
    let city = app.city();
    let action = ask
        .action
        .and_then(|a| city.vocabulary.actions.get(usize::from(a.0)))
        .map_or("*", |a| a.label.zh.as_str());
    let facts = state::write(app.fingerprint, &question.facts);
    let place = ask
        .place
        .and_then(|p| city.places.all().get(p.0 as usize))
        .map_or("", |p| p.code.as_str());
    let at = moments::field(question.at);
    params::link(
        "/ask",
        &[("do", action), ("s", &facts), ("where", place), ("at", &at)],
    )
}

fn places(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    let mut named: Vec<PlaceId> = notice
        .rules
        .iter()
        .flat_map(|r| r.places.iter().copied())
        .chain(notice.offers.iter().flat_map(offer::places))
        .chain(notice.steps.iter().filter_map(|steps| steps.place))
        .collect();
    named.sort();
    named.dedup();
    html! {
        @if !named.is_empty() {
            section .places aria-labelledby="places" {
                h2 #places .rubric { (reader.say("公告所指的地方", "Where it applies")) }
                figure {
                    (drawing::map(app, reader, &named, false, reader.say("公告所指地方的地图", "Map of the places in this notice")))
                    figcaption {
                        @for place in named.iter().filter_map(|p| app.city().places.all().get(p.0 as usize)) {
                            a href={ "/places/" (place.code) } { (place.name.get(reader.lang)) }
                            @if place.demo { " " (demo(reader)) }
                            " "
                        }
                        a .more href="/map" { (reader.say("打开大地图", "Open the large map")) }
                    }
                }
            }
        }
    }
}

fn text_and_versions(app: &App, reader: &Reader, notice: &Notice) -> Markup {
    let version = notice.text_version.to_string();
    let paper = app.editions.shelf.paper(&notice.slug.0);
    let bound = paper.and_then(|paper| paper.at(app.clock.now()));
    let planned = bound
        .zip(paper)
        .and_then(|(bound, paper)| paper.until(bound));
    let civil =
        |at| moments::hour_seen_from(app.city().zone.to_datetime(at), reader.now, reader.lang);
    html! {
        section .versions aria-labelledby="versions" {
            h2 #versions .rubric { (reader.say("文本与版本", "Text and versions")) }
            ol .version-list {
                li {
                    (moments::full_day(notice.issued.date(), reader.lang)) " · " (app.office_name(&notice.issuer, reader.lang))
                    " · " (reader.say("现行版本", "current version"))
                    @if let Some(from) = bound.and_then(|bound| bound.from) { (reader.say("，", ", ")) (reader.say(format!("{}起", civil(from)), format!("since {}", civil(from)))) }
                    br; code .hash { (version) }
                }
                @if let Some(planned) = planned {
                    li { (reader.say(format!("{}起另有文本", civil(planned)), format!("another text stands from {}", civil(planned)))) }
                }
            }
            p {
                a href={ "/notices/" (notice.slug) ".md" } { (reader.say("公告原文（Markdown，规定就写在里面）", "The text itself (Markdown, its rules inside)")) }
            }
            p { a href={ "/notices/" (notice.slug) "/versions" } { (reader.say("各版文本，互相有何不同", "All versions, and how they differ")) } }
            @if notice.in_force.until.is_some_and(|u| u <= reader.now) {
                p { (reader.say("本公告已失效，留作查考。", "This notice is out of force and kept for reference.")) }
            }
        }
    }
}
