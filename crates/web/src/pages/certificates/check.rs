//! `/certificates`: whether a certificate holds, by its number. Nothing of its holder is shown; who has the paper types the
//! name that stands on it, and learns whether it is the right one.

use super::{alert, both, hours, standing};
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::faced;
use crate::params::{Form, Params};
use crate::people::{Caller, People};
use crate::reader::Reader;
use crate::wording::{Said, mixed};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use forms::people::throttle::Wait;
use forms::record::rows::Revoked;
use forms::record::{Certificate, Serial, credential};
use maud::{Markup, html};
use notice::Label;
use serde_json::json;
use std::sync::Arc;

/// `GET /certificates`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    params: Params,
) -> Result<Response, Failure> {
    let people = app.people.as_ref().ok_or(Failure::NotFound)?;
    let typed = params.typed("number");
    let mut why = None;
    if !typed.trim().is_empty() {
        match Serial::read(typed) {
            Some(serial) => return Ok(leads(&format!("/certificates/{serial}"))),
            None => {
                why = Some(Label::new(
                    "编号没有看懂：应为十二位数字和八位字母数字，例如 000000001234-7KQ4MX2P。",
                    "That is no number of a certificate: twelve digits and eight letters or digits are expected, such as 000000001234-7KQ4MX2P.",
                ));
            }
        }
    }
    let title = reader.say("核验证明", "Check a certificate");
    let body = html! {
        div .narrow {
            h1 { (title) }
            p .lede { (reader.say("输入证明上的编号，看它是否有效。", "Type the number that stands on the certificate to see whether it holds.")) }
            (alert(&reader, why.as_ref()))
            form .entry action="/certificates" method="get" {
                div .field {
                    label for="number" { (reader.say("编号", "Number")) }
                    input #number type="text" name="number" maxlength="64" required autocomplete="off" value=(typed);
                }
                button .button type="submit" { (reader.say("核验", "Check")) }
            }
            (offline(&reader, people))
        }
    };
    let page = layout::page(&app, &reader, title, body);
    Ok(match why {
        Some(_) => faced(page, StatusCode::UNPROCESSABLE_ENTITY),
        None => page,
    })
}

fn leads(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

/// How to check a file without this site.
fn offline(reader: &Reader, people: &People) -> Markup {
    html! {
        section aria-labelledby="offline" {
            h2 #offline .rubric { (reader.say("不靠本站核验", "Without this site")) }
            p { (reader.say("电子徽章文件是 Open Badges 3.0 凭证，谁的程序都可以核对；用本站的命令是：", "The badge's file is an Open Badges 3.0 credential, which anybody's program can check; with ours:")) }
            pre .command { code { "tongxin verify certificate.json --key " (people.certificates.key().did()) } }
        }
    }
}

/// `GET /certificates/{serial}`
pub async fn one(
    State(app): State<Arc<App>>,
    reader: Reader,
    Path(serial): Path<String>,
) -> Result<Response, Failure> {
    page(&app, &reader, &serial, None).await
}

/// `POST /certificates/{serial}`: compares a name with the certificate's.
pub async fn name(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    caller: Caller,
    Path(serial): Path<String>,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let people = app.people.as_ref().ok_or(Failure::NotFound)?;
    let found = Serial::read(&serial).ok_or(Failure::NotFound)?;
    reader.here = format!("/certificates/{found}");
    let found = people.bookings.certificate(found).await?;
    let Some((certificate, Some(holder))) = found else {
        return page(&app, &reader, &serial, None).await;
    };
    let name: String = fields.typed("name").chars().take(128).collect();
    let compared = people.is_named(&certificate, &holder, &name, caller.from, app.clock.now());
    let (status, said) = match compared {
        Ok(true) => (
            StatusCode::OK,
            Label::new(
                "相符：证明是这个姓名的。",
                "It is: the certificate bears this name.",
            ),
        ),
        Ok(false) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Label::new(
                "不符：证明上不是这个姓名，请对照纸面逐字核对。",
                "It is not: the certificate bears another name. Compare it with the paper, letter by letter.",
            ),
        ),
        Err(Wait { until }) => {
            let until = app.city().zone.to_datetime(until);
            let until = until.strftime("%H:%M:%S").to_string();
            (
                StatusCode::TOO_MANY_REQUESTS,
                Label::new(
                    format!("试的次数太多，请在 {until} 以后再试。"),
                    format!("Too many names were tried: try again after {until}."),
                ),
            )
        }
    };
    let shown = page(&app, &reader, &serial, Some(&said)).await?;
    Ok(faced(shown, status))
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    serial: &str,
    said: Option<&Label>,
) -> Result<Response, Failure> {
    let people = app.people.as_ref().ok_or(Failure::NotFound)?;
    let Some(serial) = Serial::read(serial) else {
        return Err(Failure::NotFound);
    };
    let found = people.bookings.certificate(serial.clone()).await?;
    let title = reader.say("核验证明", "Check a certificate");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/certificates" { (title) } } } }
            @match &found {
                None => {
                    h1 { (reader.say("没有这份证明", "There is no such certificate")) }
                    p .lede { (reader.say("本站没有发过这个编号，请对照纸面再看一遍。对得上却查不到的，不要当作证明。", "This site has issued none of this number; compare it with the paper once more. If it is right and yet not found, do not take it for proof.")) }
                    p { strong { (serial.as_str()) } }
                },
                Some((_, None)) => {
                    h1 { (reader.say("持有人已注销", "Its holder was forgotten")) }
                    p .lede { (reader.say("本站发过这个编号的证明。持有人注销以后，证明上的内容不再显示，也不能再核验。", "This site has issued a certificate of this number. Since its holder was forgotten, nothing of it is shown, and it cannot be checked any more.")) }
                    p { strong { (serial.as_str()) } }
                },
                Some((certificate, Some(_))) => { (shown(app, reader, certificate, said)) },
            }
            (offline(reader, people))
        }
    };
    // What was typed and compared is nobody else's, and whether it holds may change at any time.
    let mut response = layout::page(app, reader, title, body);
    let private = HeaderValue::from_static("private, no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, private);
    Ok(match found {
        None => faced(response, StatusCode::NOT_FOUND),
        Some(_) => response,
    })
}

fn shown(app: &App, reader: &Reader, certificate: &Certificate, said: Option<&Label>) -> Markup {
    let zone = &app.city().zone;
    let day = |at| moments::full_day(zone.to_datetime(at).date(), reader.lang);
    let office = app.office_name(&certificate.issuer, reader.lang);
    html! {
        h1 { (reader.say("服务记录证明", "Record of service")) " " (standing(reader, certificate)) }
        @if let Some(revoked) = &certificate.revoked {
            div .notice-line role="alert" {
                p { (mixed(reader, &reader.say(
                    format!("{}起作废：{}。", day(revoked.at), revoked.reason.label().zh),
                    format!("Void since {}: {}.", day(revoked.at), revoked.reason.label().en),
                ))) }
                @if let Some(by) = &revoked.replaced_by {
                    p { (reader.say("已由这一份代替：", "Replaced by ")) a href={ "/certificates/" (by) } { (by) } (reader.say("。", ".")) }
                }
            }
        }
        dl .about {
            dt { (reader.say("编号", "Number")) } dd { (certificate.serial.as_str()) }
            @if let Some(replaced) = &certificate.replaces {
                dt { (reader.say("代替", "Replaces")) } dd { a href={ "/certificates/" (replaced) } { (replaced) } (reader.say("（已作废）", " (void)")) }
            }
            dt { (reader.say("公告", "Notice")) }
            dd { a href={ "/notices/" (certificate.notice()) } { (Said::name(reader, certificate.title.get(reader.lang))) } }
            dt { (reader.say("出具单位", "Issued by")) } dd { (Said::name(reader, &office)) }
            dt { (reader.say("出具日期", "Issued")) } dd { (day(certificate.issued)) }
            dt { (reader.say("服务期间", "Served")) } dd { (day(certificate.from)) (reader.say("至", " to ")) (day(certificate.to)) }
            dt { (reader.say("场次", "Sessions")) } dd { (certificate.sessions()) }
            dt { (reader.say("公告约定", "Promised for")) } dd { (hours(reader, certificate.promised)) }
            dt { (reader.say("依据", "By")) }
            dd {
                code { (certificate.offer.as_str()) }
                @if let Some(under) = &certificate.under { @for clause in &under.clauses { " " code { (clause) } } }
            }
        }
        (both(reader, certificate.checked(), certificate.granted()))
        (for_staff(reader, certificate))
        @if certificate.revoked.is_none() {
            section aria-labelledby="whose" {
                h2 #whose .rubric { (reader.say("是不是这个人的", "Is it theirs?")) }
                p { (reader.say("这里不显示姓名。把证明上的姓名填在下面，看是否相符。", "No name is shown here. Type the name that stands on the certificate to see whether it is the right one.")) }
                (alert(reader, said))
                form .entry action={ "/certificates/" (certificate.serial.as_str()) } method="post" {
                    div .field {
                        label for="name" { (reader.say("证明上的姓名", "The name on the certificate")) }
                        input #name type="text" name="name" maxlength="128" required autocomplete="off";
                    }
                    button .quiet-button type="submit" { (reader.say("核对姓名", "Compare")) }
                }
            }
        }
    }
}

/// The way for the office's staff; everybody sees it, and the powers say who may.
fn for_staff(reader: &Reader, certificate: &Certificate) -> Markup {
    let (step, said) = match &certificate.revoked {
        None => ("void", reader.say("作废", "make it void")),
        Some(revoked) if revoked.replaced_by.is_none() => {
            ("replace", reader.say("换发", "issue another"))
        }
        Some(_) => return html! {},
    };
    let address = format!("/certificates/{}/{step}", certificate.serial);
    html! {
        p .fine { (reader.say("出具单位的工作人员可以：", "Staff of the issuing office: ")) a href=(address) { (said) } }
    }
}

/// Why one is void, for the list: its form knows no replacement, so the reason tells that too.
fn why(revoked: &Revoked) -> String {
    let reason = revoked.reason.label().en;
    match &revoked.replaced_by {
        Some(by) => format!("{reason}; replaced by {by}"),
        None => reason,
    }
}

/// `GET /certificates/revoked.json`: the credentials that are void (1EdTech Credential Status).
pub async fn revoked(State(app): State<Arc<App>>) -> Result<Response, Failure> {
    let people = app.people.as_ref().ok_or(Failure::NotFound)?;
    let void = people.bookings.void().await?;
    let one = |certificate: &Certificate| {
        let revoked = certificate.revoked.as_ref()?;
        Some(json!({
            "id": credential::id(certificate),
            "revoked": true,
            "revocationReason": why(revoked),
        }))
    };
    let list = json!({
        "id": app.root.as_ref().map(|root| format!("{root}/certificates/revoked.json")),
        "issuer": people.certificates.key().did(),
        "revokedCredential": void.iter().filter_map(one).collect::<Vec<_>>(),
    });
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, format!("{list:#}\n")).into_response())
}
