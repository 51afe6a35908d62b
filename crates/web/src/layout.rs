//! The frame of every page: head, masthead, ways through the house, footer.

use crate::app::App;
use crate::assets;
use crate::params::link_with;
use crate::reader::{Reader, Theme};
use crate::wording::Said;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use notice::Lang;
use sha2::{Digest, Sha256};

/// What else a page's head and frame say.
#[derive(Default)]
pub struct Frame<'a> {
    /// The front page has a masthead of its own.
    pub front: bool,
    /// Loads the map's script and style.
    pub map: bool,
    /// Loads a script of its own, by its name in the source.
    pub script: Option<&'a str>,
    /// Nothing is painted before that script has run, where the browser can wait: it decides what is shown at all.
    pub script_first: bool,
    /// A sentence for search engines and previews.
    pub about: Option<&'a str>,
    /// Which way of the navigation this page lies on.
    pub way: &'a str,
    /// What begins below the first screen, by its id: nothing is painted before it is reached, so that nothing painted
    /// moves. Without one, the foot.
    pub below: Option<&'a str>,
}

/// A page in the usual frame.
pub fn page(app: &App, reader: &Reader, title: &str, body: Markup) -> Response {
    framed(app, reader, title, &Frame::default(), body)
}

/// A page, its frame told more closely.
pub fn framed(
    app: &App,
    reader: &Reader,
    title: &str,
    frame: &Frame<'_>,
    body: Markup,
) -> Response {
    let city = app.city().name.get(reader.lang);
    let lang = reader.say("zh-CN", "en");
    let house = reader.say("同心 Tongxin", "Tongxin");
    let full_title = if title.is_empty() {
        format!("{house} · {city}")
    } else {
        format!("{title} · {house}")
    };
    // A name without English stays Chinese, and its page's title with it.
    let title_lang = Said::name(reader, title).lang();
    let markup = html! {
        (DOCTYPE)
        html lang=(lang) data-theme=(reader.theme.word()) data-size=[reader.large.then_some("large")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title lang=[title_lang] { (full_title) }
                @if let Some(about) = frame.about { meta name="description" content=(about); }
                meta name="color-scheme" content=(match reader.theme { Theme::Auto => "light dark", Theme::Light => "light", Theme::Dark => "dark" });
                meta name="theme-color" content="#b3261e";
                @if let Some(icon) = assets::address("icon.svg") { link rel="icon" type="image/svg+xml" href=(icon); }
                @if frame.map && let Some(style) = assets::address("map.css") { link rel="stylesheet" href=(style); }
                @if let Some(style) = assets::address("tongxin.css") { link rel="stylesheet" href=(style); }
                @if let (Some(style), Some(media)) = (assets::address("dark.css"), reader.theme.dark_media()) { link rel="stylesheet" media=(media) href=(style); }
                link rel="expect" href={ "#" (frame.below.unwrap_or("foot")) } blocking="render";
                link rel="alternate" type="application/atom+xml" title=(reader.say("公告", "Notices")) href="/feed.atom";
                @if let Some(script) = assets::address("page.js") { script type="module" src=(script) {} }
                @if frame.map && let Some(script) = assets::address("map.js") { script type="module" src=(script) {} }
                @if let Some(script) = frame.script.and_then(assets::address) { script type="module" src=(script) blocking=[frame.script_first.then_some("render")] {} }
            }
            body {
                a .skip href="#main" { (reader.say("跳到正文", "Skip to the text")) }
                (bar(app, reader, frame))
                main #main tabindex="-1" { (body) }
                (footer(reader))
            }
        }
    };
    html_response(markup)
}

/// A finished page with its `ETag`; the layer [`crate::headers::not_modified`] compares it.
fn html_response(markup: Markup) -> Response {
    let PreEscaped(text) = markup;
    let digest = Sha256::digest(text.as_bytes());
    let tag: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
    (
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CACHE_CONTROL, "private, no-cache".to_owned()),
            (header::ETAG, format!("W/\"{tag}\"")),
            (header::VARY, "Accept-Language, Cookie".to_owned()),
        ],
        text,
    )
        .into_response()
}

/// A page about a person, or that one signs in on: nobody keeps it but the browser while it is shown.
pub fn personal(app: &App, reader: &Reader, title: &str, body: Markup) -> Response {
    let frame = Frame {
        way: "/me",
        ..Frame::default()
    };
    personal_framed(app, reader, title, &frame, body)
}

/// The same, its frame told more closely.
pub fn personal_framed(
    app: &App,
    reader: &Reader,
    title: &str,
    frame: &Frame<'_>,
    body: Markup,
) -> Response {
    let mut response = framed(app, reader, title, frame, body);
    let headers = response.headers_mut();
    headers.remove(header::ETAG);
    let private = HeaderValue::from_static("private, no-store");
    headers.insert(header::CACHE_CONTROL, private);
    response
}

/// The ways through the house: address, Chinese, English.
const WAYS: [(&str, &str, &str); 6] = [
    ("/", "首页", "Today"),
    ("/notices", "公告", "Notices"),
    ("/ask", "我能不能…？", "May I …?"),
    ("/offers", "报名", "Take part"),
    ("/map", "地图", "Map"),
    ("/registers/enterprises", "企业名录", "Enterprises"),
];

fn bar(app: &App, reader: &Reader, frame: &Frame<'_>) -> Markup {
    html! {
        header .bar .bar-front[frame.front] {
            div .bar-in {
                @if !frame.front {
                    a .brand href="/" {
                        span .brand-zh lang="zh-CN" { "同心" }
                        span .brand-en lang="en" { "Tongxin" }
                        span .brand-city { (app.city().name.get(reader.lang)) }
                    }
                }
                nav .ways aria-label=(reader.say("主要栏目", "Main")) {
                    ul {
                        @for (address, zh, en) in WAYS {
                            li { a href=(address) aria-current=[(frame.way == address).then_some("page")] { (reader.say(zh, en)) } }
                        }
                        // The same on every page, whoever is signed in: so pages that are not personal stay so.
                        @if app.people.is_some() {
                            li { a href="/me" aria-current=[(frame.way == "/me").then_some("page")] { (reader.say("我的", "My page")) } }
                        }
                    }
                }
                form .finder role="search" action="/search" method="get" {
                    label .sr for="finder" { (reader.say("搜索公告、条款、地点、企业", "Search notices, clauses, places, enterprises")) }
                    input #finder type="search" name="q" maxlength="100" placeholder=(reader.say("搜索", "Search")) autocomplete="off";
                    button type="submit" aria-label=(reader.say("搜索", "Search")) { (magnifier()) }
                }
                (preferences(reader))
            }
        }
    }
}

/// Language, type size and theme: a form, so that they work without scripts and stay out of addresses.
fn preferences(reader: &Reader) -> Markup {
    let (other, other_lang, other_name) = match reader.lang {
        Lang::Zh => ("en", "en", "English"),
        Lang::En => ("zh", "zh-CN", "中文"),
    };
    let (theme, theme_name) = match reader.theme {
        Theme::Auto => ("dark", reader.say("深色", "Dark")),
        Theme::Dark => ("light", reader.say("浅色", "Light")),
        Theme::Light => ("auto", reader.say("随系统", "Auto")),
    };
    html! {
        form .preferences action="/preferences" method="post" aria-label=(reader.say("显示方式", "Display")) {
            input type="hidden" name="back" value=(without_lang(&reader.here));
            button type="submit" name="lang" value=(other) lang=(other_lang) { (other_name) }
            button type="submit" name="size" value=(if reader.large { "normal" } else { "large" }) aria-pressed=(reader.large.to_string()) {
                (reader.say("大字", "Large type"))
            }
            button type="submit" name="theme" value=(theme) { (theme_name) }
        }
    }
}

/// The address without `lang`, which would outrank the choice just made.
fn without_lang(here: &str) -> String {
    let Some((path, query)) = here.split_once('?') else {
        return here.to_owned();
    };
    let kept = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key != "lang"))
        .finish();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{kept}")
    }
}

fn footer(reader: &Reader) -> Markup {
    let other = crate::params::Params::default();
    html! {
        footer #foot .foot {
            div .foot-in {
                p .foot-what {
                    strong { (reader.say("同心：公告写一次，城市照着办。", "Tongxin: write the notice; the city runs it.")) }
                    " "
                    (reader.say(
                        "每一条规定就写在公告里；这里的每个回答都指明条款、文本版本和有效时间。",
                        "Every rule stands in the notice itself; every answer here names its clause, the version of the text and until when it holds.",
                    ))
                }
                p .fine {
                    (reader.say(
                        "演示城市：公告依据公开报道的事实另行撰写，企业名录等为演示数据，不是太原市的正式文件。地图数据 © OpenStreetMap 贡献者（ODbL）。",
                        "A demo city: notices are written anew from publicly reported facts, and the register is demo data; these are no official documents of Taiyuan. Map data © OpenStreetMap contributors (ODbL).",
                    ))
                }
                ul .foot-links {
                    li { a href="/feed.atom" { (reader.say("订阅（Atom）", "Feed (Atom)")) } }
                    li { a href="/api" { (reader.say("开放接口", "Open API")) } }
                    li { a href=(link_with("/", &other, &[("lang", reader.say("en", "zh"))])) hreflang=(reader.say("en", "zh-CN")) lang=(reader.say("en", "zh-CN")) { (reader.say("English", "中文")) } }
                }
            }
        }
    }
}

fn magnifier() -> Markup {
    html! {
        svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false" {
            circle cx="8.5" cy="8.5" r="5.5" fill="none" stroke="currentColor" stroke-width="2" {}
            path d="M13 13l5 5" stroke="currentColor" stroke-width="2" stroke-linecap="round" {}
        }
    }
}
