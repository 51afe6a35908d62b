//! `/open-account`: an address, a password and, if one wants, a name.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::pages::sign_in::{asked, carried, faced, next, welcome, wrong};
use crate::params::{Form, Params, link};
use crate::people::{CHARS_MIN, Caller, NewAccount, Password, Stopped, Terms};
use crate::reader::Reader;
use axum::extract::State;
use axum::response::Response;
use forms::people::{MailAddress, PersonName};
use maud::html;
use notice::Label;
use std::sync::Arc;

/// `GET /open-account`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    params: Params,
) -> Result<Response, Failure> {
    match app.people {
        // Of the address only where to go on counts: nobody's form is filled in by another's link.
        Some(_) => Ok(page(&app, &reader, &Params::default(), next(&params), None)),
        None => Err(Failure::NotFound),
    }
}

/// `POST /open-account`
pub async fn open(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    Form(form): Form,
) -> Result<Response, Failure> {
    let people = asked(&app, &caller)?;
    let opened = match read(&form) {
        Ok(new) => people.open(new, &caller, app.clock.now()).await,
        Err(stopped) => Err(stopped),
    };
    match opened {
        Ok(token) => Ok(welcome(&caller, &token, next(&form))),
        Err(stopped) => {
            let (status, why) = stopped.told(&app)?;
            Ok(faced(
                page(&app, &reader, &form, next(&form), Some(&why)),
                status,
            ))
        }
    }
}

fn read(form: &Params) -> Result<NewAccount, Stopped> {
    Ok(NewAccount {
        mail: MailAddress::new(form.typed("mail"))?,
        password: Password::chosen(form.typed("password")).map_err(Stopped::Input)?,
        name: form.get("name").map(PersonName::new).transpose()?,
    })
}

/// The form, with what was typed before but the password.
fn page(
    app: &App,
    reader: &Reader,
    typed: &Params,
    next: Option<&str>,
    why: Option<&Label>,
) -> Response {
    let title = reader.say("开设账号", "Open an account");
    let body = html! {
        div .door {
            section .door-own aria-labelledby="open" {
                h1 #open { (title) }
                (wrong(reader, why))
                form .entry action="/open-account" method="post" {
                    (carried(next))
                    div .field {
                        label for="mail" { (reader.say("邮箱（用来登录）", "Mail address (to sign in with)")) }
                        input #mail type="email" name="mail" maxlength="254" required autocomplete="username" value=[typed.get("mail")];
                    }
                    div .field {
                        label for="password" {
                            (reader.say(format!("密码（至少 {CHARS_MIN} 个字符，可以是一句话）"), format!("Password (at least {CHARS_MIN} characters; a sentence will do)")))
                        }
                        input #password type="password" name="password" minlength=(CHARS_MIN) maxlength="256" required autocomplete="new-password";
                    }
                    div .field {
                        label for="name" { (reader.say("姓名（可以不填）", "Name (may be left out)")) }
                        input #name type="text" name="name" maxlength="64" autocomplete="name" value=[typed.get("name")];
                    }
                    button .button type="submit" { (title) }
                }
                p { (reader.say("已经有账号了？", "You have one already? ")) a href=(link("/sign-in", &[("next", next.unwrap_or_default())])) { (reader.say("登录", "Sign in")) } (reader.say("。", ".")) }
            }
            section .door-demo aria-labelledby="terms" {
                h2 #terms .rubric { (reader.say("账号说明", "What an account is")) }
                @for paragraph in Terms(reader.lang).paragraphs() { p { (paragraph) } }
            }
        }
    };
    layout::personal(app, reader, title, body)
}
