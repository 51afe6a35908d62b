//! Every route of the demo city, asked as a browser or a program would.

// Helpers of tests stand outside of test functions here.
#![allow(clippy::expect_used, clippy::panic)]

mod answers;
mod browsing;
mod golden;
mod hostile;
mod offers;
mod people;
mod typed;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

/// The demo city at 08:00 on 6 January 2022, a clock that stands still.
fn house() -> Router {
    static HOUSE: OnceLock<Router> = OnceLock::new();
    HOUSE
        .get_or_init(|| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
            let (city, _) = city::City::load(&folder).expect("the demo city loads");
            let notices = city.notices.clone();
            let book = decide::Book::compile(Arc::new(city), notices);
            let now = "2022-01-06T08:00:00+08:00".parse().expect("a time");
            web::router(web::App::new(book, web::Clock::Still(now)))
        })
        .clone()
}

/// What came back.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Reply {
    fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("UTF-8")
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |v| v.to_str().expect("ASCII"))
    }

    /// Visible text, a line for each block; blank lines left out.
    fn words(&self) -> String {
        let html = self.text();
        let html = html
            .split_once("<main")
            .map_or(html.as_str(), |(_, main)| main);
        let html = html.split_once('>').map_or(html, |(_, inner)| inner);
        let html = html.split("</main>").next().unwrap_or_default();
        let mut out = String::new();
        let mut rest = html;
        while let Some((text, tail)) = rest.split_once('<') {
            out.push_str(text);
            let (tag, after) = tail.split_once('>').unwrap_or((tail, ""));
            let name: String = tag
                .trim_start_matches('/')
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            if !matches!(
                name.as_str(),
                "a" | "span" | "strong" | "em" | "code" | "time" | "button"
            ) {
                out.push('\n');
            }
            rest = after;
        }
        out.push_str(rest);
        let out = out
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
        let lines: Vec<&str> = out
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        lines.join("\n")
    }
}

async fn send(request: Request<Body>) -> Reply {
    let response = house().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.expect("a body").to_vec();
    Reply {
        status: parts.status,
        headers: parts.headers,
        bytes,
    }
}

async fn get(path: &str) -> Reply {
    get_with(path, &[]).await
}

async fn get_with(path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request.body(Body::empty()).expect("a request")).await
}

async fn post(path: &str, kind: &str, body: impl Into<Body>) -> Reply {
    let request = Request::post(path).header("content-type", kind);
    send(request.body(body.into()).expect("a request")).await
}

async fn form(path: &str, fields: &[(&str, &str)]) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    post(path, "application/x-www-form-urlencoded", body).await
}

async fn ask(question: serde_json::Value) -> Reply {
    post("/api/ask", "application/json", question.to_string()).await
}
