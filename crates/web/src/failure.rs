//! What can go wrong with a request, and how it is said: a kind page to people, problem+json (RFC 9457) to programs.

use crate::app::App;
use crate::layout;
use crate::reader::Reader;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use notice::{Label, Lang};
use std::sync::Arc;

/// Why a request is not answered. The layer [`show`] turns it into a page or a problem document.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// Nothing stands at this address.
    #[error("nothing stands at this address")]
    NotFound,
    /// Something sent cannot be understood; the words say what and what would be.
    #[error("{}", .0.en)]
    BadInput(Label),
    /// More was sent than is read.
    #[error("more was sent than is read")]
    TooLarge,
    /// The body's type is not one that is read here.
    #[error("the body is of a type that is not read here")]
    WrongType,
    /// Too much is being prepared at this moment.
    #[error("too much is being prepared at this moment")]
    TooMany,
    /// What was to be done was not asked by a page of this house and session.
    #[error("not asked by a page of this house and session")]
    Forged,
    /// A fault of ours.
    #[error("a fault of ours: {0}")]
    Ours(String),
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::BadInput(_) => StatusCode::BAD_REQUEST,
            Failure::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Failure::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Failure::Forged => StatusCode::FORBIDDEN,
            Failure::Ours(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if matches!(self, Failure::TooMany) {
            let soon = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// What is said of an error: a title, and what to do next.
fn words(status: StatusCode, failure: Option<&Failure>) -> (Label, Label) {
    if let Some(Failure::BadInput(said)) = failure {
        return (
            Label::new("这一项没有看懂", "Something was not understood"),
            said.clone(),
        );
    }
    let (title, next) = match status {
        StatusCode::NOT_FOUND => (
            ("没有这一页", "There is no such page"),
            (
                "地址可能写错了，或公告已改名。可以回到首页，或用上方的搜索查找。",
                "The address may be mistyped, or the notice renamed. Go to the front page, or search above.",
            ),
        ),
        StatusCode::BAD_REQUEST => (
            ("这个地址没有看懂", "This address was not understood"),
            (
                "地址里有不能识别的字符。可以回到首页，或用上方的搜索查找。",
                "It holds characters that cannot be read. Go to the front page, or search above.",
            ),
        ),
        StatusCode::FORBIDDEN => (
            ("这一页已经过期", "This page is out of date"),
            (
                "请返回上一页，刷新后再做一次。为了账号安全，只接受本站刚打开的页面发来的操作，这一次什么也没有改。",
                "Go back, reload the page and do it again. To keep accounts safe, only pages of this site that were opened in this session are obeyed; nothing was changed.",
            ),
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            (
                "这个地址不接受这种操作",
                "This address does not take that method",
            ),
            (
                "请从页面上的链接或表单进入；程序请看 /api 的说明。",
                "Use the links and forms of the pages; programs find the methods at /api.",
            ),
        ),
        StatusCode::REQUEST_TIMEOUT => (
            ("等得太久了", "This took too long"),
            ("请再试一次。", "Please try again."),
        ),
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => (
            ("内容太长", "Too much was sent"),
            (
                "一次最多接收64 KB，查询最多8 KB。请缩短后再试。",
                "At most 64 KB are read at once, 8 KB of a query. Please shorten it and try again.",
            ),
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            ("内容的格式不对", "The body has the wrong type"),
            (
                "接口接收 application/json，页面表单接收 application/x-www-form-urlencoded。",
                "The API reads application/json; forms of pages send application/x-www-form-urlencoded.",
            ),
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            ("此刻请求太多", "Too many requests at this moment"),
            ("请等一两秒再试。", "Please try again in a second or two."),
        ),
        _ => (
            ("出了差错，错在我们", "Something went wrong on our side"),
            (
                "差错已记下。请稍后再试；各项公告仍以原文为准。",
                "It has been recorded. Please try again later; the text of each notice stands.",
            ),
        ),
    };
    (Label::new(title.0, title.1), Label::new(next.0, next.1))
}

/// Marks a response with an error's status that says itself what is wrong: a form with what to correct in it.
#[derive(Debug, Clone, Copy)]
pub struct Faced;

/// Gives every error a face: whatever inner layers answered with a status of 400 or more and no body of ours.
pub async fn show(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let reader = Reader::of(&parts, &app);
    let program = parts.uri.path().starts_with("/api/");
    // By its route: addresses may hold what is nobody else's, such as a calendar's.
    let route = parts.extensions.get::<MatchedPath>();
    let asked = (parts.method.clone(), route.cloned());
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    if status.as_u16() < 400 || response.extensions().get::<Faced>().is_some() {
        return response;
    }
    let failure = response.extensions().get::<Failure>();
    // A panic was written to the same place by its hook.
    if let Some(Failure::Ours(reason)) = failure {
        let route = asked.1.as_ref().map_or("none", MatchedPath::as_str);
        eprintln!("{} {route}: {reason}", asked.0);
    }
    let (title, next) = words(status, failure);
    let mut shown = if program {
        problem(status, &title, &next)
    } else {
        page(&app, &reader, status, &title, &next)
    };
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            shown.headers_mut().insert(name, value.clone());
        }
    }
    shown
}

fn problem(status: StatusCode, title: &Label, next: &Label) -> Response {
    let body = serde_json::json!({
        "type": "about:blank",
        "status": status.as_u16(),
        "title": title.en,
        "detail": next.en,
        "title_zh": title.zh,
        "detail_zh": next.zh,
    });
    (
        status,
        [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        body.to_string(),
    )
        .into_response()
}

fn page(app: &App, reader: &Reader, status: StatusCode, title: &Label, next: &Label) -> Response {
    let body = html! {
        div .narrow .error-page {
            p .kicker { (status.as_u16()) }
            h1 { (title.get(reader.lang)) }
            p .lede { (next.get(reader.lang)) }
            p .error-ways {
                a .button href="/" { (reader.say("回到首页", "Front page")) }
                " "
                a .button .quiet href="/ask" { (reader.say("我能不能…？", "May I …?")) }
            }
            @if reader.lang == Lang::Zh { p .fine lang="en" { (title.en) ". " (next.en) } }
            @else { p .fine lang="zh-CN" { (title.zh) "。" (next.zh) } }
        }
    };
    let mut response = layout::page(app, reader, title.get(reader.lang), body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.remove(header::ETAG);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
