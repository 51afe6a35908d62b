//! What every request goes through, tried with routes that fail: too slow, too large, too many, broken, not there.
//! People get a page in their language, programs a problem document.

use super::{App, Clock, MAX_BODY, guarded, routes};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::{get, post};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

fn app() -> Arc<App> {
    static HOUSE: OnceLock<Arc<App>> = OnceLock::new();
    HOUSE
        .get_or_init(|| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
            let (city, _) = city::City::load(&folder).unwrap();
            let notices = city.notices.clone();
            let book = decide::Book::compile(Arc::new(city), notices);
            let now = "2022-01-06T08:00:00+08:00".parse().unwrap();
            Arc::new(App::new(book, Clock::Still(now)))
        })
        .clone()
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// The real routes, and two that break.
async fn send(request: Request<Body>) -> Reply {
    async fn broken() {
        panic!("a fault on purpose");
    }
    let routes = routes()
        .route("/broken", get(broken))
        .route("/api/broken", post(broken));
    let house = guarded(app(), routes);
    let (parts, body) = house.oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    Reply {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// What a person is shown, in both languages.
async fn seen(
    method: &str,
    path: &str,
    kind: &str,
    body: fn() -> Body,
    expected: (u16, &str, &str),
) {
    let (status, zh, en) = expected;
    for (lang, title) in [("zh-CN", zh), ("en", en)] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept-language", lang)
            .header("content-type", kind);
        let reply = send(request.body(body()).unwrap()).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(reply.header("content-security-policy").contains("'none'"));
        let html = format!("<html lang=\"{lang}\"");
        assert!(reply.text.contains(&html), "{path} in {lang}");
        let heading = format!("<h1>{title}</h1>");
        assert!(reply.text.contains(&heading), "{path}: {title}");
        // There is a way on.
        assert!(reply.text.contains("href=\"/ask\""), "{path}");
    }
}

/// What a program is told.
async fn told(method: &str, path: &str, kind: &str, body: Body, status: u16) -> Reply {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", kind);
    let reply = send(request.body(body).unwrap()).await;
    assert_eq!(reply.status, status, "{path}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&reply.text).unwrap();
    assert_eq!(problem["status"], status);
    for word in ["title", "detail", "title_zh", "detail_zh"] {
        assert!(
            problem[word].as_str().is_some_and(|w| !w.is_empty()),
            "{word}"
        );
    }
    reply
}

/// A body that begins and never ends.
fn dripping() -> Body {
    struct Drip(bool);
    impl axum::body::HttpBody for Drip {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            if std::mem::replace(&mut self.0, true) {
                return std::task::Poll::Pending;
            }
            let begun = axum::body::Bytes::from_static(b"q=");
            std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(begun))))
        }
    }
    Body::new(Drip(false))
}

fn large() -> Body {
    Body::from(vec![b'a'; MAX_BODY + 1])
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_cut_off() {
    let expected = (408, "等得太久了", "This took too long");
    seen("POST", "/ask", FORM, dripping, expected).await;
    told("POST", "/api/ask", "application/json", dripping(), 408).await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let expected = (413, "内容太长", "Too much was sent");
    seen("POST", "/ask", FORM, large, expected).await;
    told("POST", "/api/ask", "application/json", large(), 413).await;
    // One byte less is read.
    let body = Body::from(format!("q={}", "a".repeat(MAX_BODY - 2)));
    let request = Request::post("/ask").header("content-type", FORM);
    assert_eq!(send(request.body(body).unwrap()).await.status, 200);
}

#[tokio::test]
async fn too_many_downloads_at_once_are_asked_to_come_again() {
    let path = "/registers/enterprises.xlsx";
    let app = app();
    let all = app.downloads.available_permits();
    let held = app
        .downloads
        .acquire_many(u32::try_from(all).unwrap())
        .await
        .unwrap();
    let expected = (429, "此刻请求太多", "Too many requests at this moment");
    seen("GET", path, "", Body::empty, expected).await;
    let reply = send(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(reply.header("retry-after"), "1");
    // Pages are answered all the same.
    let page = Request::get("/registers/enterprises").body(Body::empty());
    assert_eq!(send(page.unwrap()).await.status, 200);
    drop(held);
    let again = send(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, 200);
}

#[tokio::test]
async fn a_fault_of_ours_is_owned() {
    let expected = (
        500,
        "出了差错，错在我们",
        "Something went wrong on our side",
    );
    seen("GET", "/broken", "", Body::empty, expected).await;
    let reply = told(
        "POST",
        "/api/broken",
        "application/json",
        Body::empty(),
        500,
    )
    .await;
    assert!(
        !reply.text.contains("on purpose"),
        "what broke is our business"
    );
}

#[tokio::test]
async fn wrong_addresses_methods_and_types_are_told() {
    let missing = (404, "没有这一页", "There is no such page");
    seen("GET", "/nothing", "", Body::empty, missing).await;
    seen("GET", "/notices/nothing", "", Body::empty, missing).await;
    told("GET", "/api/nothing", "", Body::empty(), 404).await;

    let method = (
        405,
        "这个地址不接受这种操作",
        "This address does not take that method",
    );
    seen("GET", "/preferences", "", Body::empty, method).await;
    seen("DELETE", "/notices", "", Body::empty, method).await;
    let reply = told("GET", "/api/ask", "", Body::empty(), 405).await;
    assert_eq!(reply.header("allow"), "POST");

    let kind = (415, "内容的格式不对", "The body has the wrong type");
    seen(
        "POST",
        "/ask",
        "application/json",
        || Body::from("{}"),
        kind,
    )
    .await;
    seen(
        "POST",
        "/preferences",
        "text/plain",
        || Body::from("x"),
        kind,
    )
    .await;
    told("POST", "/api/ask", FORM, Body::from("q=1"), 415).await;
}
