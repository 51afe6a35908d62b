//! `/notices`: all notices, the latest first, by topic.

use crate::app::App;
use crate::layout::{self, Frame};
use crate::pages::front;
use crate::params::{Params, link};
use crate::reader::Reader;
use crate::wording;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use std::collections::BTreeSet;
use std::sync::Arc;

/// `GET /notices?topic=`
pub async fn show(State(app): State<Arc<App>>, reader: Reader, params: Params) -> Response {
    let all = app.latest();
    let topics: BTreeSet<&str> = all
        .iter()
        .flat_map(|n| &n.topics)
        .map(String::as_str)
        .collect();
    let topic = params.get("topic").filter(|t| topics.contains(t));
    let shown: Vec<_> = all
        .iter()
        .filter(|n| topic.is_none_or(|t| n.topics.iter().any(|of| of == t)))
        .collect();
    let title = reader.say("全部公告", "All notices");
    let body = html! {
        h1 { (title) " " span .count { (shown.len()) } }
        nav .chips .topics aria-label=(reader.say("按主题", "By topic")) {
            a .chip href="/notices" aria-current=[topic.is_none().then_some("page")] { (reader.say("全部", "all")) }
            @for name in &topics {
                a .chip href=(link("/notices", &[("topic", name)])) aria-current=[(topic == Some(*name)).then_some("page")] { (wording::topic(&app, &reader, name)) }
            }
        }
        h2 .sr { (reader.say("公告", "Notices")) }
        div .columns { @for notice in shown { (front::brief(&app, &reader, notice)) } }
    };
    let frame = Frame {
        way: "/notices",
        ..Frame::default()
    };
    layout::framed(&app, &reader, title, &frame, body)
}
