//! `/desk/notices`: an office's notices and drafts; writing, signing, publishing, correcting, withdrawing.

mod editor;
mod findings;
mod list;
pub mod said;

pub use editor::{blank, edit, open};
pub use list::show;

use crate::app::App;
use crate::failure::Failure;
use crate::params::Params;
use crate::people::Asked;
use crate::publishing::{Desk, Stopped};
use crate::reader::Reader;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use forms::people::powers::Denied;
use forms::publish::Refusal;
use jiff::Timestamp;
use ledger::name::{RequestId, TextVersion};
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// `POST /desk/notices/{act}`: sign, publish, withdraw, drop.
pub async fn act(
    State(app): State<Arc<App>>,
    reader: Reader,
    axum::extract::Path(act): axum::extract::Path<String>,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let desk = match Desk::of(app.clone(), visitor.standing(&app)) {
        Ok(desk) => desk,
        Err(stopped) => return told(&app, &reader, stopped),
    };
    let slug = fields.typed("slug").to_owned();
    let done = match act.as_str() {
        "sign" => sign(&desk, &slug, &fields).await,
        "publish" => publish(&desk, &slug, &fields).await,
        "withdraw" => withdraw(&desk, &slug, &fields).await,
        "drop" => drop_draft(&desk, &slug, &fields).await,
        _ => return Err(Failure::NotFound),
    };
    match done {
        Ok(address) => Ok(to(&address)),
        Err(Stopped::Denied(denied)) => Ok(refused(&app, &reader, &denied)),
        Err(Stopped::Failure(failure)) => Err(failure),
        Err(stopped) => editor::again(&desk, &reader, &visitor, &slug, stopped).await,
    }
}

async fn sign(desk: &Desk, slug: &str, fields: &Params) -> Result<String, Stopped> {
    desk.sign(slug, version(fields)?, request(fields)?).await?;
    Ok(format!("/desk/notices/{slug}"))
}

async fn publish(desk: &Desk, slug: &str, fields: &Params) -> Result<String, Stopped> {
    desk.publish(slug, version(fields)?, request(fields)?)
        .await?;
    Ok(format!("/desk/notices?done={slug}"))
}

async fn withdraw(desk: &Desk, slug: &str, fields: &Params) -> Result<String, Stopped> {
    let reason = fields.typed("reason").replace("\r\n", "\n");
    desk.withdraw(slug, &reason, request(fields)?).await?;
    Ok(format!("/desk/notices?done={slug}"))
}

async fn drop_draft(desk: &Desk, slug: &str, fields: &Params) -> Result<String, Stopped> {
    desk.drop_draft(slug, version(fields)?, request(fields)?)
        .await?;
    Ok("/desk/notices".to_owned())
}

/// The time typed, by the city's clocks; nothing if none is.
fn time(desk: &Desk, text: &str) -> Result<Option<Timestamp>, Stopped> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let civil = crate::moments::read(desk.app.city(), text);
    let at = civil.and_then(|at| desk.app.city().zone.to_timestamp(at).ok());
    at.map(Some).ok_or_else(|| {
        Stopped::Input(Label::new(
            "没有看懂从什么时候生效，请写成 2022-01-08T09:00，或者不写",
            "the time from which it is to stand was not understood: write 2022-01-08T09:00, or nothing",
        ))
    })
}

fn version(fields: &Params) -> Result<TextVersion, Stopped> {
    TextVersion::try_from(fields.typed("version").to_owned()).map_err(|_| out_of_date())
}

fn request(fields: &Params) -> Result<RequestId, Stopped> {
    fields.typed("request").parse().map_err(|_| out_of_date())
}

fn out_of_date() -> Stopped {
    Stopped::Input(Label::new(
        "这一页已经过期，请重新打开",
        "this page is out of date: open it again",
    ))
}

/// What the powers do not give, with the clause that says who may.
fn refused(app: &App, reader: &Reader, denied: &Denied) -> Response {
    let title = reader.say("公告工作台", "Notices at the desk");
    super::denied::page(app, reader, title, denied)
}

/// What stopped somebody before any page of the desk could be shown.
fn told(app: &App, reader: &Reader, stopped: Stopped) -> Result<Response, Failure> {
    match stopped {
        Stopped::Denied(denied) => Ok(refused(app, reader, &denied)),
        Stopped::Failure(failure) => Err(failure),
        Stopped::Input(label) => Err(Failure::BadInput(label)),
        Stopped::Refused(refusal) => Err(Failure::BadInput(refusal.label())),
        Stopped::Found(_) => Err(Failure::NotFound),
    }
}

/// Why something was not done, and the status it is told with.
fn why(stopped: &Stopped) -> (StatusCode, Label) {
    match stopped {
        Stopped::Refused(refusal @ (Refusal::NoReason | Refusal::PastTime | Refusal::TooFar)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, refusal.label())
        }
        Stopped::Refused(refusal) => (StatusCode::CONFLICT, refusal.label()),
        Stopped::Input(label) => (StatusCode::UNPROCESSABLE_ENTITY, label.clone()),
        Stopped::Found(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Label::new(
                "检验不通过，什么也没有改，请先处理下面标明“错误”的各项",
                "it does not pass, and nothing was changed: mend what is marked as an error below first",
            ),
        ),
        Stopped::Denied(_) | Stopped::Failure(_) => (
            StatusCode::FORBIDDEN,
            Label::new("没有办成", "it was not done"),
        ),
    }
}

/// Hidden fields that every form of the desk carries.
fn carried(desk: &Desk, csrf: &str, slug: &str) -> Result<Markup, Failure> {
    let request = desk.app.new_request()?;
    Ok(html! {
        input type="hidden" name="csrf" value=(csrf);
        input type="hidden" name="request" value=(request);
        input type="hidden" name="slug" value=(slug);
    })
}

/// Leads to a page of the desk.
fn to(address: &str) -> Response {
    let Ok(address) = HeaderValue::from_str(address) else {
        return Failure::NotFound.into_response();
    };
    let private = HeaderValue::from_static("private, no-store");
    let headers = [
        (header::LOCATION, address),
        (header::CACHE_CONTROL, private),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
