//! `/me/passkeys`: the passkeys of whoever is signed in; and signing in with one. What only a browser can do, a script does: it
//! asks for the options, has the passkey made or used, and sends what came of it by the page's own form.

use crate::app::App;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::moments;
use crate::pages::sign_in::{asked, carried, entered, faced, next, wrong};
use crate::params::{Form, Params};
use crate::people::{
    Asked, At, Caller, Made, Nowhere, OwnPasskey, Purpose, Site, Stopped, Used, Visitor, not_taken,
    to,
};
use crate::reader::Reader;
use crate::wording::Said;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use forms::people::passkey::CredentialId;
use forms::people::{Blind, PasskeyName};
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// The script of both pages, by its name in the source.
pub const SCRIPT: &str = "passkey.js";

/// `GET /me/passkeys`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    at: At,
    visitor: Visitor,
    params: Params,
) -> Result<Response, Failure> {
    let done = match params.get("done") {
        Some("added") => Some(reader.say(
            "已添加。下次登录，点“用通行密钥登录”就可以。",
            "Added. Next time, press “Sign in with a passkey”.",
        )),
        Some("removed") => Some(reader.say(
            "已移除，不能再用它登录。设备里的那一份，可以在设备的密码设置里删掉。",
            "Removed: it signs in nobody here any more. What is left of it on the device can be deleted in the device's password settings.",
        )),
        _ => None,
    };
    page(&app, &reader, &caller, &at, &visitor, done, None).await
}

/// `POST /me/passkeys/options`
pub async fn ask_to_add(
    State(app): State<Arc<App>>,
    reader: Reader,
    at: At,
    Asked { visitor, .. }: Asked,
) -> Result<Response, Failure> {
    let site = at.0.map_err(not_here)?;
    let people = &visitor.people;
    let person = &visitor.session.person;
    let purpose = Purpose::Add(person, visitor.session.id);
    let challenge = people.challenge(purpose, app.clock.now())?;
    let profile = people.profile(person.clone()).await?;
    let mail = profile.as_ref().and_then(|profile| profile.mail.clone());
    let mail = mail.ok_or(Failure::NotFound)?;
    let name = profile.and_then(|profile| Some(profile.name?.what));
    let kept = people.passkeys(person.clone()).await?;
    let known: Vec<String> = kept.iter().map(|p| p.credential.to_base64()).collect();
    let options = serde_json::json!({
        "challenge": challenge,
        "rp": { "id": site.id, "name": reader.say("同心", "Tongxin") },
        "user": {
            "id": URL_SAFE_NO_PAD.encode(people.user_handle(person).bytes()),
            "name": mail,
            "displayName": name.as_deref().unwrap_or(&mail),
        },
        "known": known,
    });
    Ok(told(&options))
}

/// `POST /me/passkeys`
pub async fn add(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    at: At,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let site = at.0.clone().map_err(not_here)?;
    let made = bytes(&fields, "client").zip(bytes(&fields, "authenticator"));
    let added = match (PasskeyName::new(fields.typed("name")), made) {
        (Ok(name), Some((client, authenticator))) => {
            let made = Made {
                client,
                authenticator,
            };
            let now = app.clock.now();
            let people = &visitor.people;
            people.add_passkey(&visitor, name, made, site, now).await
        }
        (Err(bad), _) => Err(bad.into()),
        (Ok(_), None) => Err(not_taken()),
    };
    match added {
        Ok(()) => Ok(to("/me/passkeys?done=added")),
        Err(stopped) => {
            let (status, why) = stopped.told(&app)?;
            let shown = page(&app, &reader, &caller, &at, &visitor, None, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

/// `POST /me/passkeys/remove`
pub async fn remove(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    caller: Caller,
    at: At,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let index = Blind::try_from(fields.typed("passkey").to_owned());
    // What is no index is nobody's passkey, as one that is gone.
    let removed = match index {
        Ok(index) => {
            let person = &visitor.session.person;
            let now = app.clock.now();
            visitor.people.remove_passkey(person, index, now).await
        }
        Err(_) => Ok(()),
    };
    match removed {
        Ok(()) => Ok(to("/me/passkeys?done=removed")),
        Err(stopped) => {
            "/me/passkeys".clone_into(&mut reader.here);
            let (status, why) = stopped.told(&app)?;
            let shown = page(&app, &reader, &caller, &at, &visitor, None, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

/// `POST /sign-in/passkey/options`
pub async fn ask_to_enter(
    State(app): State<Arc<App>>,
    caller: Caller,
    at: At,
    Form(_): Form,
) -> Result<Response, Failure> {
    let people = asked(&app, &caller)?;
    let site = at.0.map_err(not_here)?;
    let challenge = people.challenge(Purpose::SignIn, app.clock.now())?;
    let options = serde_json::json!({ "challenge": challenge, "rp": { "id": site.id } });
    Ok(told(&options))
}

/// `POST /sign-in/passkey`
pub async fn enter(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    caller: Caller,
    at: At,
    Form(form): Form,
) -> Result<Response, Failure> {
    "/sign-in".clone_into(&mut reader.here);
    let people = asked(&app, &caller)?;
    let site = at.0.clone().map_err(not_here)?;
    let signed_in = match used(&form) {
        Some(used) => {
            let now = app.clock.now();
            people.enter_by_passkey(used, site, &caller, now).await
        }
        None => Err(Stopped::WrongPasskey),
    };
    let next = next(&form);
    entered(&app, &people, &reader, &caller, &at, next, signed_in).await
}

fn used(form: &Params) -> Option<Used> {
    Some(Used {
        credential: CredentialId::try_from(form.typed("credential").to_owned()).ok()?,
        user: bytes(form, "user")?,
        client: bytes(form, "client")?,
        authenticator: bytes(form, "authenticator")?,
        signature: bytes(form, "signature")?,
    })
}

/// Bytes as the script writes them into a field; none if they are none.
fn bytes(form: &Params, name: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(form.typed(name)).ok()?;
    (!bytes.is_empty()).then_some(bytes)
}

/// What the script is told; nobody keeps it.
fn told(options: &serde_json::Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    (headers, options.to_string()).into_response()
}

fn not_here(_: Nowhere) -> Failure {
    Failure::BadInput(Label::new(
        "这个地址上不能用通行密钥：请从网站的名字打开（https 开头），或者用别的办法登录。",
        "Passkeys cannot be used at this address: open the site by its name (https), or sign in another way.",
    ))
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    caller: &Caller,
    at: &At,
    visitor: &Visitor,
    done: Option<&str>,
    why: Option<&Label>,
) -> Result<Response, Failure> {
    let person = visitor.session.person.clone();
    let kept = visitor.people.passkeys(person).await?;
    let title = reader.say("通行密钥", "Passkeys");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
            h1 { (title) }
            @if let Some(done) = done { div .notice-line .done role="status" { p { (done) } } }
            (wrong(reader, why))
            p .lede { (reader.say("用解锁手机或电脑的办法登录：指纹、面容或锁屏密码。不用输入邮箱和密码。", "Sign in the way you unlock your phone or computer: by fingerprint, face or screen lock. No address and no password is typed.")) }
            @if kept.is_empty() {
                p { (reader.say("还没有通行密钥。", "There is none yet.")) }
            } @else {
                ul .device-list { @for passkey in &kept { (line(app, reader, visitor, passkey)) } }
            }
            section aria-labelledby="add" {
                h2 #add .rubric { (reader.say("添加一个", "Add one")) }
                @match &at.0 {
                    Ok(site) => (form(reader, caller, visitor, site)),
                    Err(nowhere) => (elsewhere(reader, nowhere)),
                }
            }
            ul .fine {
                li { (reader.say("指纹、面容和锁屏密码都留在您的设备上，不会发给我们；我们只留一把用来核对签名的公钥，加密保存，注销账号时销毁。", "Fingerprint, face and screen lock stay on your device and are never sent. We keep a public key to check signatures with; it is encrypted, and destroyed when you are forgotten.")) }
                li { (reader.say("其他登录办法照旧能用，把通行密钥都移除，也不会进不来。", "The other ways to sign in stay, so removing all passkeys locks you out of nothing.")) }
                li {
                    (reader.say("移除通行密钥，不会让已经登录的设备退出；要退出，请看", "Removing one signs out no device; to do that, see "))
                    a href="/me/devices" { (reader.say("登录的设备", "where you are signed in")) } (reader.say("。", "."))
                }
            }
        }
    };
    let frame = Frame {
        way: "/me",
        script: Some(SCRIPT),
        script_first: true,
        ..Frame::default()
    };
    Ok(layout::personal_framed(app, reader, title, &frame, body))
}

fn line(app: &App, reader: &Reader, visitor: &Visitor, passkey: &OwnPasskey) -> Markup {
    let added = app.city().zone.to_datetime(passkey.added);
    let added = moments::full_day(added.date(), reader.lang);
    let name = passkey.name.as_str();
    let id = format!("passkey-{}", passkey.index);
    html! {
        li {
            div {
                strong id=(id) { (Said::name(reader, name)) }
                br;
                span .fine { (reader.say(format!("{added}添加"), format!("added {added}"))) }
            }
            form action="/me/passkeys/remove" method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                button .quiet-button type="submit" name="passkey" value=(passkey.index) aria-describedby=(id) { (reader.say("移除", "Remove")) }
            }
        }
    }
}

/// Shown by the script where a browser knows of passkeys; before, and without it, a sentence says that.
fn form(reader: &Reader, caller: &Caller, visitor: &Visitor, site: &Site) -> Markup {
    let device = Some(caller.device.as_str()).filter(|device| *device != "?");
    html! {
        form .entry action="/me/passkeys" method="post" data-passkey="create" data-options="/me/passkeys/options" data-origin=(site.origin)
            data-known=(reader.say("这台设备上已经有一个，不用再添加。", "This device has one already.")) data-failed=(failed(reader)) hidden {
            input type="hidden" name="csrf" value=(visitor.csrf());
            div .field {
                label for="name" { (reader.say("给它起个名字，认得出是哪台设备就行", "A name by which you know the device")) }
                input #name type="text" name="name" maxlength="64" required autocomplete="off" value=[device];
            }
            (said())
            button .button type="submit" { (reader.say("添加通行密钥", "Add a passkey")) }
        }
        p data-passkey-without { (reader.say("添加通行密钥，要打开 JavaScript，并用近几年的浏览器。", "To add a passkey, JavaScript must be on and the browser a recent one.")) }
        p data-passkey-elsewhere hidden {
            (reader.say("本站的通行密钥只用在 ", "The passkeys of this site are used at "))
            a href={ (site.origin) "/me/passkeys" } { (site.origin) } (reader.say("。", "."))
        }
    }
}

/// Where what went wrong in the browser is said.
fn said() -> Markup {
    html! { div .notice-line role="alert" data-said hidden { p {} } }
}

fn failed<'a>(reader: &Reader) -> &'a str {
    reader.say(
        "没有做成，什么也没有改。请再试一次。",
        "It did not come about, and nothing was changed. Please try again.",
    )
}

fn elsewhere(reader: &Reader, nowhere: &Nowhere) -> Markup {
    html! {
        p {
            @match nowhere {
                Nowhere::Numbers { instead: Some(root) } => {
                    @let address = format!("{root}/me/passkeys");
                    (reader.say("通行密钥认网站的名字，不认数字地址。请从 ", "A passkey is bound to a site's name, and this address is a number. Open this page at "))
                    a href=(address) { (address) }
                    (reader.say(" 打开这一页（在那里要重新登录）。", " (you sign in anew there)."))
                }
                Nowhere::Numbers { instead: None } => (reader.say("通行密钥认网站的名字，不认数字地址。请从网站的名字打开（https 开头）。", "A passkey is bound to a site's name, and this address is a number. Open the site by its name (https).")),
                Nowhere::Plain => (reader.say("只有加密的地址（https 开头）才能用通行密钥，这个地址没有加密。", "Passkeys are used at encrypted addresses only (https), and this one is not.")),
            }
        }
    }
}

/// On the page to sign in: the button where it can be used here, or the way to where it can.
pub fn door(reader: &Reader, at: &At, onward: Option<&str>) -> Markup {
    html! {
        @match &at.0 {
            Ok(site) => {
                form .entry action="/sign-in/passkey" method="post" data-passkey="get" data-options="/sign-in/passkey/options" data-origin=(site.origin)
                    data-failed=(failed(reader)) hidden {
                    (carried(onward))
                    (said())
                    button .button .quiet type="submit" { (reader.say("用通行密钥登录", "Sign in with a passkey")) }
                }
            }
            Err(Nowhere::Numbers { instead: Some(root) }) => {
                p .fine { (reader.say("有通行密钥？请从 ", "A passkey? Open ")) a href={ (root) "/sign-in" } { (root) } (reader.say(" 登录。", " to sign in with it.")) }
            }
            Err(_) => {}
        }
    }
}
