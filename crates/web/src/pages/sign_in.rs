//! `/sign-in`: by address and password; in a demo city also as one of its people, who are invented.

use crate::app::App;
use crate::failure::{Faced, Failure};
use crate::layout::{self, Frame};
use crate::pages::passkeys;
use crate::params::{self, Form, Params};
use crate::people::{At, Caller, Password, People, Stopped, led, returns, to};
use crate::reader::Reader;
use crate::wording::{Said, mixed};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use city::people::Person as Invented;
use forms::people::MailAddress;
use maud::{Markup, html};
use notice::{Label, Lang};
use session::Token;
use std::sync::Arc;

/// `GET /sign-in`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    at: At,
    params: Params,
) -> Result<Response, Failure> {
    let people = app.people.clone().ok_or(Failure::NotFound)?;
    if let Some(token) = caller.token
        && people.resume(token, app.clock.now()).await?.is_some()
    {
        return Ok(next(&params).map_or_else(|| to("/me"), led));
    }
    let done = match params.get("done") {
        Some("out") => Some(reader.say("已退出登录。", "You are signed out.")),
        Some("everywhere") => Some(reader.say(
            "所有设备上都已退出登录。",
            "You are signed out on all devices.",
        )),
        Some("forgotten") => Some(reader.say(
            "账号已注销，您的资料已经谁也读不出来了。",
            "You are forgotten: nobody can read your data any more.",
        )),
        _ => None,
    };
    page(&app, &people, &reader, &at, next(&params), done, None).await
}

/// `POST /sign-in`
pub async fn enter(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    at: At,
    Form(form): Form,
) -> Result<Response, Failure> {
    let people = asked(&app, &caller)?;
    let signed_in = match MailAddress::new(form.typed("mail")) {
        Ok(mail) => {
            let password = Password::typed(form.typed("password"));
            let now = app.clock.now();
            people.sign_in(&mail, password, &caller, now).await
        }
        Err(wrong) => Err(wrong.into()),
    };
    entered(&app, &people, &reader, &caller, &at, next(&form), signed_in).await
}

/// `POST /sign-in/demo`
pub async fn enter_demo(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    caller: Caller,
    at: At,
    Form(form): Form,
) -> Result<Response, Failure> {
    if !app.is_demo() {
        return Err(Failure::NotFound);
    }
    "/sign-in".clone_into(&mut reader.here);
    let people = asked(&app, &caller)?;
    let (id, now) = (form.typed("person"), app.clock.now());
    let signed_in = people.sign_in_as(&app, id, &caller, now).await;
    entered(&app, &people, &reader, &caller, &at, next(&form), signed_in).await
}

/// The house's people, where a page of it asks for them.
pub fn asked(app: &App, caller: &Caller) -> Result<Arc<People>, Failure> {
    let people = app.people.clone().ok_or(Failure::NotFound)?;
    match caller.is_from_here() {
        true => Ok(people),
        false => Err(Failure::Forged),
    }
}

/// Leads on whoever has signed in; shows others why not.
pub async fn entered(
    app: &Arc<App>,
    people: &Arc<People>,
    reader: &Reader,
    caller: &Caller,
    at: &At,
    next: Option<&str>,
    signed_in: Result<Token, Stopped>,
) -> Result<Response, Failure> {
    match signed_in {
        Ok(token) => Ok(welcome(caller, &token, next)),
        Err(stopped) => {
            let (status, why) = stopped.told(app)?;
            let shown = page(app, people, reader, at, next, None, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

/// Leads somebody who has just signed in to where they wanted to go, else to their page.
pub fn welcome(caller: &Caller, token: &Token, next: Option<&str>) -> Response {
    with_cookie(next.map_or_else(|| to("/me"), led), caller.keep(token))
}

/// Where somebody wanted to go, as the address or a form says it; nowhere if it is not one of the pages that ask for a person.
pub fn next(params: &Params) -> Option<&str> {
    params.get("next").filter(|next| returns(next))
}

/// The same, carried on by a form.
pub fn carried(next: Option<&str>) -> Markup {
    html! { @if let Some(next) = next { input type="hidden" name="next" value=(next); } }
}

/// A response that sets a cookie.
pub fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A page that says itself what is wrong.
pub fn faced(mut response: Response, status: StatusCode) -> Response {
    *response.status_mut() = status;
    response.extensions_mut().insert(Faced);
    response
}

/// What is wrong, before the form in which to correct it.
pub fn wrong(reader: &Reader, why: Option<&Label>) -> Markup {
    html! {
        @if let Some(why) = why { div .notice-line role="alert" { p { (mixed(reader, &sentence(reader, why))) } } }
    }
}

/// A reason as a sentence of its own.
fn sentence(reader: &Reader, why: &Label) -> String {
    let text = why.get(reader.lang);
    match reader.lang {
        Lang::Zh => format!("{text}。"),
        Lang::En => {
            let mut letters = text.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string());
            format!("{}{}.", first.unwrap_or_default(), letters.as_str())
        }
    }
}

async fn page(
    app: &Arc<App>,
    people: &Arc<People>,
    reader: &Reader,
    at: &At,
    next: Option<&str>,
    done: Option<&str>,
    why: Option<&Label>,
) -> Result<Response, Failure> {
    let way = |path| params::link(path, &[("next", next.unwrap_or_default())]);
    let open = way("/open-account");
    let title = reader.say("登录", "Sign in");
    let demo = match app.is_demo() {
        true => Some(demo_people(
            app,
            people,
            reader,
            &people.forgotten(app.city()).await?,
            next,
        )),
        false => None,
    };
    let body = html! {
        div .door {
            section .door-own aria-labelledby="own" {
                h1 #own { (title) }
                @if let Some(done) = done { div .notice-line role="status" { p { (done) } } }
                (wrong(reader, why))
                form .entry action="/sign-in" method="post" {
                    (carried(next))
                    div .field {
                        label for="mail" { (reader.say("邮箱", "Mail address")) }
                        input #mail type="email" name="mail" maxlength="254" required autocomplete="username";
                    }
                    div .field {
                        label for="password" { (reader.say("密码", "Password")) }
                        input #password type="password" name="password" maxlength="256" required autocomplete="current-password";
                    }
                    button .button type="submit" { (title) }
                }
                (passkeys::door(reader, at, next))
                @if people.mails() {
                    ul .plain {
                        li { a href=(way("/sign-in/code")) { (reader.say("用邮箱收验证码登录", "Sign in with a code by mail")) } }
                        li { a href=(way("/new-password")) { (reader.say("忘了密码", "Forgot the password")) } }
                    }
                }
                p { (reader.say("还没有账号？", "No account yet? ")) a href=(open) { (reader.say("开设账号", "Open one")) } (reader.say("。", ".")) }
            }
            @if let Some(demo) = demo { (demo) }
        }
    };
    let frame = Frame {
        way: "/me",
        script: at.0.is_ok().then_some(passkeys::SCRIPT),
        script_first: true,
        ..Frame::default()
    };
    Ok(layout::personal_framed(app, reader, title, &frame, body))
}

/// The invented people, each a button: first residents, then staff.
fn demo_people(
    app: &App,
    people: &People,
    reader: &Reader,
    forgotten: &[String],
    next: Option<&str>,
) -> Markup {
    let (staff, residents): (Vec<_>, Vec<_>) =
        People::invented(app.city()).partition(|p| p.post.is_some());
    let group = |title: &str, id: &str, all: &[&Invented]| {
        html! {
            h3 .small-rubric id=(id) { (title) }
            ul .people aria-labelledby=(id) {
                @for person in all {
                    @let what = what(app, reader, person);
                    li {
                        @if forgotten.contains(&person.id) {
                            span .person .person-gone {
                                span .person-name { (Said::name(reader, person.name.get(reader.lang))) }
                                " "
                                span .person-what { (reader.say("已注销", "forgotten")) }
                            }
                        } @else {
                            button .person type="submit" name="person" value=(person.id) {
                                span .person-name { (Said::name(reader, person.name.get(reader.lang))) }
                                " "
                                span .person-what { (mixed(reader, &what)) }
                            }
                        }
                    }
                }
            }
        }
    };
    html! {
        section .door-demo aria-labelledby="demo" {
            h2 #demo .rubric { (reader.say("看看演示城市：点一个人就登录", "Look around the demo city: one click signs in")) }
            p { (reader.say("这些人都是虚构的，只有演示城市里才有；谁都可以用他们登录，请不要填写真实资料。", "These people are invented and exist in the demo city only. Anybody can sign in as them, so give no real data.")) }
            form action="/sign-in/demo" method="post" {
                (carried(next))
                (group(reader.say("居民", "Residents"), "residents", &residents))
                (group(reader.say("工作人员", "Staff"), "staff", &staff))
            }
            p .fine { (reader.say("存储：内嵌，在 ", "Storage: embedded, at ")) code { (people.at) } }
        }
    }
}

/// Who an invented person is, in a few words.
fn what(app: &App, reader: &Reader, person: &Invented) -> String {
    match &person.post {
        Some(post) => self::post(app, reader, &post.office, &post.role),
        None => {
            let age = forms::people::age(person.birth, reader.now.date()).unwrap_or_default();
            let age = reader.say(format!("{age}岁"), format!("age {age}"));
            match person.guardian_of.len() {
                0 => age,
                children => reader.say(
                    format!("{age}，{children}个孩子的监护人"),
                    format!("{age}, guardian of {children}"),
                ),
            }
        }
    }
}

/// A post as its holder is known by.
pub fn post(app: &App, reader: &Reader, office: &str, role: &str) -> String {
    let name = |id| app.office_name(id, reader.lang);
    reader.say(
        format!("{} · {}", name(office), name(role)),
        format!("{}, {}", name(role), name(office)),
    )
}
