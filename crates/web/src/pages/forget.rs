//! `/me/forget`: being forgotten, after saying so twice.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::pages::sign_in::{faced, with_cookie, wrong};
use crate::people::{Asked, Caller, Stopped, Visitor, to};
use crate::reader::Reader;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use notice::Label;
use std::sync::Arc;

/// `GET /me/forget`
pub async fn show(State(app): State<Arc<App>>, reader: Reader, visitor: Visitor) -> Response {
    page(&app, &reader, &visitor, None)
}

/// `POST /me/forget`
pub async fn forget(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let forgotten = match fields.typed("sure") {
        "yes" => visitor.people.forget(&visitor, app.clock.now()).await,
        _ => Err(Stopped::Input(Label::new(
            "请先勾选“我明白”，才会注销",
            "tick “I understand” first; nothing was deleted",
        ))),
    };
    match forgotten {
        Ok(()) => Ok(with_cookie(
            to("/sign-in?done=forgotten"),
            caller.drop_token(),
        )),
        Err(stopped) => {
            let (status, why) = stopped.told(&app)?;
            Ok(faced(page(&app, &reader, &visitor, Some(&why)), status))
        }
    }
}

fn page(app: &App, reader: &Reader, visitor: &Visitor, why: Option<&Label>) -> Response {
    let title = reader.say("注销账号", "Be forgotten");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
            h1 { (title) }
            (wrong(reader, why))
            p .lede { (reader.say("注销以后，您的姓名、邮箱和其他资料谁也读不出来，我们也不能。", "Afterwards nobody can read your name, address or anything else about you. Neither can we.")) }
            ul {
                li { (reader.say("只属于您的密钥会被销毁，不能恢复；这个邮箱以后可以另开新账号。", "The key that is yours alone is destroyed for good. The address can be used for a new account.")) }
                li { (reader.say("所有设备都会退出登录。", "You are signed out on all devices.")) }
                li { (reader.say("账本仍可核对，里面只剩一个谁也认不出的代号。", "The ledger can still be verified; all that is left in it is a pseudonym that nobody can recognise.")) }
            }
            form .entry action="/me/forget" method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                label .sure { input type="checkbox" name="sure" value="yes" required; span { (reader.say("我明白，注销后不能恢复", "I understand that this cannot be undone")) } }
                div .error-ways {
                    button .button type="submit" { (reader.say("注销我的账号", "Forget me")) }
                    a .button .quiet href="/me" { (reader.say("不注销了", "Keep my account")) }
                }
            }
        }
    };
    layout::personal(app, reader, title, body)
}
