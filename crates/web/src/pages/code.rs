//! `/sign-in/code`, `/new-password` and `/me/confirm-mail`: one-time codes by mail.
//!
//! Whoever asks for a code gets the same page in the same time, whether there is such an account or not. The address is in a
//! field of the page, never in its own address.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::pages::sign_in::{asked, carried, faced, next, welcome, wrong};
use crate::params::{Form, Params};
use crate::people::{Asked, CHARS_MIN, Caller, Password, People, Stopped, Visitor, to};
use crate::reader::Reader;
use axum::extract::State;
use axum::response::Response;
use forms::people::MailAddress;
use forms::people::code::{CODE_LIFE, CODES_PER_HOUR_MAX, Purpose};
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// Which of the two ways in by a code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    SignIn,
    NewPassword,
}

impl Way {
    const fn purpose(self) -> Purpose {
        match self {
            Self::SignIn => Purpose::SignIn,
            Self::NewPassword => Purpose::NewPassword,
        }
    }

    const fn address(self) -> &'static str {
        match self {
            Self::SignIn => "/sign-in/code",
            Self::NewPassword => "/new-password",
        }
    }

    fn title(self, reader: &Reader) -> &'static str {
        match self {
            Self::SignIn => reader.say("用验证码登录", "Sign in with a code"),
            Self::NewPassword => reader.say("设新密码", "Set a new password"),
        }
    }
}

/// `GET /sign-in/code`
pub async fn show_sign_in(
    State(app): State<Arc<App>>,
    reader: Reader,
    params: Params,
) -> Result<Response, Failure> {
    show(&app, &reader, Way::SignIn, &params)
}

/// `GET /new-password`
pub async fn show_new_password(
    State(app): State<Arc<App>>,
    reader: Reader,
    params: Params,
) -> Result<Response, Failure> {
    show(&app, &reader, Way::NewPassword, &params)
}

/// `POST /sign-in/code`
pub async fn send_sign_in(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    form: Form,
) -> Result<Response, Failure> {
    send(&app, &reader, &caller, &form, Way::SignIn)
}

/// `POST /new-password`
pub async fn send_new_password(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    form: Form,
) -> Result<Response, Failure> {
    send(&app, &reader, &caller, &form, Way::NewPassword)
}

/// `POST /sign-in/code/enter`
pub async fn enter_sign_in(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    form: Form,
) -> Result<Response, Failure> {
    enter(&app, reader, &caller, &form, Way::SignIn).await
}

/// `POST /new-password/enter`
pub async fn enter_new_password(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    form: Form,
) -> Result<Response, Failure> {
    enter(&app, reader, &caller, &form, Way::NewPassword).await
}

/// The house's people, where mail can be sent.
fn with_mail(people: &Arc<People>) -> Result<(), Failure> {
    match people.mails() {
        true => Ok(()),
        false => Err(Failure::NotFound),
    }
}

fn show(app: &App, reader: &Reader, way: Way, params: &Params) -> Result<Response, Failure> {
    with_mail(app.people.as_ref().ok_or(Failure::NotFound)?)?;
    Ok(first(app, reader, way, params, None))
}

fn send(
    app: &App,
    reader: &Reader,
    caller: &Caller,
    Form(form): &Form,
    way: Way,
) -> Result<Response, Failure> {
    let people = asked(app, caller)?;
    with_mail(&people)?;
    let typed = form.typed("mail");
    let sent = MailAddress::new(typed)
        .map_err(Stopped::from)
        .and_then(|mail| people.ask_code(&mail, way.purpose(), caller, app.clock.now()));
    match sent {
        Ok(()) => Ok(second(app, reader, way, form, None)),
        Err(stopped) => {
            let (status, why) = stopped.told(app)?;
            Ok(faced(first(app, reader, way, form, Some(&why)), status))
        }
    }
}

async fn enter(
    app: &App,
    mut reader: Reader,
    caller: &Caller,
    Form(form): &Form,
    way: Way,
) -> Result<Response, Failure> {
    let people = asked(app, caller)?;
    with_mail(&people)?;
    way.address().clone_into(&mut reader.here);
    let typed = form.typed("mail");
    let entered = async {
        let mail = MailAddress::new(typed)?;
        let password = match way {
            Way::SignIn => None,
            Way::NewPassword => {
                Some(Password::chosen(form.typed("password")).map_err(Stopped::Input)?)
            }
        };
        let (digits, now) = (form.typed("code"), app.clock.now());
        people
            .enter_by_code(&mail, digits, password, caller, now)
            .await
    };
    match entered.await {
        Ok(token) => Ok(welcome(caller, &token, next(form))),
        Err(stopped) => {
            let (status, why) = stopped.told(app)?;
            Ok(faced(second(app, &reader, way, form, Some(&why)), status))
        }
    }
}

/// Asks for the address.
fn first(app: &App, reader: &Reader, way: Way, form: &Params, why: Option<&Label>) -> Response {
    let typed = form.typed("mail");
    let title = way.title(reader);
    let minutes = CODE_LIFE.as_mins();
    let body = html! {
        div .narrow {
            (back(reader, "/sign-in", reader.say("登录", "Sign in")))
            h1 { (title) }
            (wrong(reader, why))
            p .lede {
                (reader.say(
                    format!("我们把六位数的验证码发到您的邮箱，{minutes}分钟内有效。"),
                    format!("A code of six digits is sent to your address. It is good for {minutes} minutes."),
                ))
            }
            form .entry action=(way.address()) method="post" {
                (carried(next(form)))
                div .field {
                    label for="mail" { (reader.say("邮箱", "Mail address")) }
                    input #mail type="email" name="mail" maxlength="254" required autocomplete="username" value=[(!typed.is_empty()).then_some(typed)];
                }
                button .button type="submit" { (reader.say("发验证码", "Send the code")) }
            }
            (shown(app, reader))
        }
    };
    layout::personal(app, reader, title, body)
}

/// Asks for the code.
fn second(app: &App, reader: &Reader, way: Way, form: &Params, why: Option<&Label>) -> Response {
    let typed = form.typed("mail");
    let title = way.title(reader);
    let body = html! {
        div .narrow {
            (back(reader, way.address(), reader.say("换一个邮箱", "Another address")))
            h1 { (title) }
            (wrong(reader, why))
            p .lede {
                (reader.say(
                    "如果这个邮箱有账号，验证码已经发去了。",
                    "If there is an account with this address, the code is on its way.",
                ))
            }
            form .entry action={ (way.address()) "/enter" } method="post" {
                (carried(next(form)))
                input type="hidden" name="mail" value=(typed);
                (digits(reader))
                @if way == Way::NewPassword {
                    div .field {
                        label for="password" { (reader.say(format!("新密码（至少{CHARS_MIN}个字符）"), format!("New password (at least {CHARS_MIN} characters)"))) }
                        input #password type="password" name="password" minlength=(CHARS_MIN) maxlength="256" required autocomplete="new-password";
                    }
                }
                button .button type="submit" { (title) }
            }
            form action=(way.address()) method="post" {
                (carried(next(form)))
                input type="hidden" name="mail" value=(typed);
                p .fine {
                    (reader.say(
                        format!("没有收到？看看垃圾邮件，或者再要一次；一小时内最多{CODES_PER_HOUR_MAX}次。"),
                        format!("Nothing came? Look among the spam, or ask again; at most {CODES_PER_HOUR_MAX} are sent in an hour."),
                    ))
                }
                button .quiet-button type="submit" { (reader.say("再发一次", "Send another")) }
            }
            (shown(app, reader))
        }
    };
    layout::personal(app, reader, title, body)
}

fn digits(reader: &Reader) -> Markup {
    html! {
        div .field {
            label for="code" { (reader.say("验证码（六位数）", "Code (six digits)")) }
            input #code type="text" name="code" inputmode="numeric" maxlength="16" required autocomplete="one-time-code";
        }
    }
}

fn back(reader: &Reader, address: &str, name: &str) -> Markup {
    html! {
        nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href=(address) { (name) } } } }
    }
}

/// Where a demo city shows the mail that it does not send.
pub fn shown(app: &App, reader: &Reader) -> Markup {
    let only_shows = app.posting().is_some_and(|posting| posting.only_shows());
    html! {
        @if only_shows {
            p .fine {
                span .demo { (reader.say("演示", "demo")) } " "
                (reader.say("这里的信不真的寄出，都在", "Mail is not really sent here; it is all in the "))
                a href="/demo/mailbox" { (reader.say("演示信箱", "demo mailbox")) }
                (reader.say("里。", "."))
            }
        }
    }
}

/// `POST /me/confirm-mail`: sends the code and asks for it.
pub async fn send_confirm(
    State(app): State<Arc<App>>,
    reader: Reader,
    Asked { visitor, .. }: Asked,
) -> Result<Response, Failure> {
    with_mail(&visitor.people)?;
    let (person, now) = (&visitor.session.person, app.clock.now());
    let sent = visitor
        .people
        .send_code(person, Purpose::ConfirmMail, now)
        .await;
    match sent {
        Ok(()) => Ok(confirm(&app, &reader, &visitor, None)),
        Err(stopped) => {
            let (status, why) = stopped.told(&app)?;
            Ok(faced(confirm(&app, &reader, &visitor, Some(&why)), status))
        }
    }
}

/// `GET /me/confirm-mail`
pub async fn show_confirm(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    with_mail(&visitor.people)?;
    Ok(confirm(&app, &reader, &visitor, None))
}

/// `POST /me/confirm-mail/enter`
pub async fn enter_confirm(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    with_mail(&visitor.people)?;
    "/me/confirm-mail".clone_into(&mut reader.here);
    let now = app.clock.now();
    let people = visitor.people.clone();
    match people
        .confirm_mail(&visitor, fields.typed("code"), now)
        .await
    {
        Ok(()) => Ok(to("/me")),
        Err(stopped) => {
            let (status, why) = stopped.told(&app)?;
            Ok(faced(confirm(&app, &reader, &visitor, Some(&why)), status))
        }
    }
}

fn confirm(app: &App, reader: &Reader, visitor: &Visitor, why: Option<&Label>) -> Response {
    let title = reader.say("确认邮箱", "Confirm your address");
    let body = html! {
        div .narrow {
            (back(reader, "/me", reader.say("我的", "My page")))
            h1 { (title) }
            (wrong(reader, why))
            p .lede { (reader.say("验证码发到了您账号的邮箱，填在这里，就知道信能到您手里。", "The code was sent to the address of your account. Typing it in here shows that mail reaches you.")) }
            form .entry action="/me/confirm-mail/enter" method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                (digits(reader))
                button .button type="submit" { (title) }
            }
            form action="/me/confirm-mail" method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                button .quiet-button type="submit" { (reader.say("再发一次", "Send another")) }
            }
            (shown(app, reader))
        }
    };
    layout::personal(app, reader, title, body)
}
