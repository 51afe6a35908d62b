//! `/search`: everything in the house by its words.

use crate::app::App;
use crate::layout;
use crate::params::Params;
use crate::reader::Reader;
use crate::search::{Item, Shelf};
use crate::wording::Said;
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use std::sync::Arc;

/// At most so many of each shelf are shown.
const SHOWN: usize = 20;

/// `GET /search?q=`
pub async fn show(State(app): State<Arc<App>>, reader: Reader, params: Params) -> Response {
    let query: String = params
        .get("q")
        .unwrap_or_default()
        .chars()
        .take(100)
        .collect();
    let found = app.search.find(&query);
    let shelf = |shelf| {
        found
            .iter()
            .copied()
            .filter(|i| i.shelf == shelf)
            .collect::<Vec<_>>()
    };
    let body = html! {
        div .narrow {
            h1 { (reader.say("搜索", "Search")) }
            form .big-search action="/search" method="get" {
                label .sr for="q" { (reader.say("要找的词", "Words to find")) }
                input #q type="search" name="q" maxlength="100" value=(query) autofocus[query.is_empty()];
                button .button type="submit" { (reader.say("搜索", "Search")) }
            }
            @if query.is_empty() {
                p .lede { (reader.say("可以写一个词，也可以只写半个：平阳、货车、停产……", "A word or a part of one: 平阳, 货车, Xiaodian …")) }
            } @else if found.is_empty() {
                p .lede role="status" {
                    (reader.say("没有找到“", "Nothing was found for “")) (query) (reader.say("”。", "”."))
                }
                p { (reader.say("想知道能不能做一件事，可以直接", "To learn whether something may be done, ")) a href="/ask" { (reader.say("问一问", "ask")) } (reader.say("。", ".")) }
            } @else {
                p .fine role="status" {
                    (reader.say(format!("找到{}条。", found.len()), format!("{} found.", found.len())))
                }
                (group(&reader, reader.say("公告", "Notices"), &shelf(Shelf::Notice)))
                (group(&reader, reader.say("条款", "Clauses"), &shelf(Shelf::Clause)))
                (group(&reader, reader.say("地点", "Places"), &shelf(Shelf::Place)))
                (group(&reader, reader.say("企业（演示数据）", "Enterprises (demo data)"), &shelf(Shelf::Enterprise)))
            }
        }
    };
    layout::page(&app, &reader, reader.say("搜索", "Search"), body)
}

fn group(reader: &Reader, name: &str, items: &[&Item]) -> Markup {
    html! {
        @if !items.is_empty() {
            section .found {
                h2 { (name) " " span .count { (items.len()) } }
                ul {
                    @for item in items.iter().take(SHOWN) {
                        li {
                            a href=(item.address) { (Said::name(reader, &crate::text::shorten(item.title.get(reader.lang), 90))) }
                            @if !item.note.get(reader.lang).is_empty() { " " span .fine { (Said::name(reader, item.note.get(reader.lang))) } }
                        }
                    }
                }
                @if items.len() > SHOWN {
                    p .fine {
                        (reader.say(
                            format!("只列出前{SHOWN}条，再加一个词可以缩小范围。"),
                            format!("The first {SHOWN} are shown; another word narrows the search."),
                        ))
                    }
                }
            }
        }
    }
}
