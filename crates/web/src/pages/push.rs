//! `/me/push`: has the browser that one sits at told of messages at once, or told no more.

use crate::assets;
use crate::failure::Failure;
use crate::people::{Asked, Visitor, to};
use crate::reader::Reader;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use notice::Label;
use outbox::push::Browser;

/// Where the script is that shows messages: at the top, so that it may speak for the whole site, and under one name, so that
/// a browser finds the newest.
pub const WORKER: &str = "/push-worker.js";

/// `GET /push-worker.js`
pub async fn worker() -> Result<Response, Failure> {
    let bytes = assets::bytes("push-worker.js").ok_or(Failure::NotFound)?;
    let headers: [(HeaderName, HeaderValue); 2] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, bytes).into_response())
}

/// `POST /me/push`: what the browser says of itself, or `do=end`.
pub async fn change(Asked { visitor, fields }: Asked) -> Result<Response, Failure> {
    let session = visitor.session.id;
    if fields.get("do") == Some("end") {
        visitor.people.tell_no_more(session).await?;
        return Ok(to("/me?push=off#push"));
    }
    let posting = visitor.people.posting.as_ref().ok_or(Failure::NotFound)?;
    let field = |name| fields.get(name).unwrap_or_default();
    let said = Browser::read(field("endpoint"), field("key"), field("auth"));
    let browser = match said {
        Ok(browser) if posting.can_push(&browser) => browser,
        Ok(_) if posting.calls_only_named() => {
            return Err(Failure::BadInput(Label::new(
                "这里只往启动时放行的主机发通知，您的浏览器用的通知服务不在其中，没有开通。",
                "Notifications leave only for hosts that were named when the house was started, and your browser’s push service is none of them: not turned on.",
            )));
        }
        _ => {
            return Err(Failure::BadInput(Label::new(
                "这不是浏览器通知服务给出的内容。请回到“我的”，重新按“在这台设备上开通通知”。",
                "This is not what a browser’s push service says. Go back to My page and press “Notify me on this device” again.",
            )));
        }
    };
    visitor.people.tell(session, browser).await?;
    Ok(to("/me?push=on#push"))
}

/// The part of one's page about it; nothing where no browser can be told.
pub async fn section(reader: &Reader, visitor: &Visitor) -> Result<Markup, Failure> {
    let posting = visitor.people.posting.as_ref();
    let Some(key) = posting.and_then(|posting| posting.push_key()) else {
        return Ok(html! {});
    };
    let told = visitor.people.is_told(visitor.session.id).await?;
    Ok(html! {
        section aria-labelledby="push" {
            h2 #push .rubric { (reader.say("手机通知", "Notifications")) }
            @if told {
                p { span .badge .yes { (reader.say("这台设备已开通", "on for this device")) } " "
                    (reader.say("有名额、抽签有结果、预约被取消的时候，这台设备马上会有一条通知。", "When a place is kept for you, a draw has its result or a booking is cancelled, this device shows it at once.")) }
                form action="/me/push" method="post" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    button .quiet-button type="submit" name="do" value="end" { (reader.say("关闭这台设备的通知", "Turn it off on this device")) }
                }
            } @else {
                p { (reader.say("预约有变化、抽签有结果的时候，可以在这台设备上马上提醒您。", "This device can tell you at once when a booking changes or a draw has its result.")) }
                p #push-scripts .fine { (reader.say("开通要用浏览器的脚本和通知功能；这台设备上的浏览器没有，或者关着。", "It takes scripts and notifications, which this browser does not have or has turned off.")) }
                form hidden action="/me/push" method="post" data-push=(key) data-worker=(WORKER) {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    input type="hidden" name="endpoint";
                    input type="hidden" name="key";
                    input type="hidden" name="auth";
                    button .quiet-button type="submit" { (reader.say("在这台设备上开通通知", "Notify me on this device")) }
                }
                p #push-refused hidden role="alert" { (reader.say("没有开通：您或者浏览器没有允许通知，或者连不上浏览器的通知服务。可以在浏览器的设置里允许以后再试。", "Not turned on: you or the browser did not allow it, or its push service cannot be reached. Allow it in the browser’s settings and try again.")) }
            }
            @if posting.is_some_and(|posting| posting.calls_only_named()) {
                p .fine { (reader.say("这个城市只往启动时放行的通知服务发（serve --may-call）。", "This city notifies only through push services that were named when it was started (serve --may-call).")) }
            }
            p .fine { (reader.say("通知经过浏览器厂商的服务器，内容加密，他们看不到；只写事情的题目，不写您的名字。退出登录、换人登录或者注销账号，这台设备就不再收到。", "They pass through the servers of the browser’s maker, encrypted, so that nobody reads them there; they have a title only, and no name. Signing out, somebody else signing in, or being forgotten ends them on this device.")) }
        }
    })
}
