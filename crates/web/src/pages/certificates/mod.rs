//! Certificates: one's own, the page on which anybody checks one by its number, making one void, and the commended.

pub mod check;
pub mod commended;
pub mod mine;
pub mod replace;
pub mod void;

use crate::app::App;
use crate::bookings::records::NotDone;
use crate::failure::Failure;
use crate::people::scheme;
use crate::reader::Reader;
use crate::wording::mixed;
use axum::http::{HeaderMap, StatusCode, header};
use forms::record::Certificate;
use maud::{Markup, html};
use notice::Label;

/// Where the city is served: as it was said at the start, else as this request called it.
fn root(app: &App, headers: &HeaderMap) -> String {
    if let Some(root) = &app.root {
        return root.clone();
    }
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let scheme = scheme(headers);
    let host = text(header::HOST.as_str()).filter(|host| {
        host.len() < 100
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b))
    });
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

/// Minutes in the reader's language.
fn hours(reader: &Reader, minutes: u32) -> String {
    forms::record::hours(minutes).get(reader.lang).to_owned()
}

/// What a command has come to, in words; a fault of ours is nobody else's to correct.
fn told(stopped: NotDone) -> Result<(StatusCode, Label), Failure> {
    match stopped {
        NotDone::Refused(refused) => Ok((StatusCode::CONFLICT, refused.label())),
        NotDone::NoName => Ok((
            StatusCode::CONFLICT,
            Label::new(
                "证明上要写姓名，您还没有填写；请先到“我的”里填写姓名。",
                "A certificate bears a name, and you have not stated one: state it on My page first.",
            ),
        )),
        NotDone::Failure(failure) => Err(failure),
    }
}

/// Why something was not done, before the form in which to do it again.
fn alert(reader: &Reader, why: Option<&Label>) -> Markup {
    html! {
        @if let Some(why) = why { div .notice-line role="alert" { p { (mixed(reader, why.get(reader.lang))) } } }
    }
}

/// Whether it holds.
fn standing(reader: &Reader, certificate: &Certificate) -> Markup {
    html! {
        @match &certificate.revoked {
            None => span .badge .yes { (reader.say("有效", "valid")) },
            Some(_) => span .badge .no { (reader.say("已作废", "void")) },
        }
        @if certificate.demo { " " span .demo { (reader.say("演示数据", "demo")) } }
    }
}

/// The two numbers, beside each other and never one.
fn both(reader: &Reader, checked: u32, granted: u32) -> Markup {
    html! {
        div .hours {
            div .hours-one {
                span .hours-what { (reader.say("签到时长", "Checked in and out")) }
                strong { (hours(reader, checked)) }
                span .fine { (reader.say("由签到、签退得出", "from check-in and check-out")) }
            }
            div .hours-one {
                span .hours-what { (reader.say("补记时长", "Granted by staff")) }
                strong { (hours(reader, granted)) }
                span .fine { (reader.say("由工作人员核实后补记", "where checks were missing")) }
            }
        }
    }
}
