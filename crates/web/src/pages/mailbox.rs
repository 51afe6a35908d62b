//! `/demo/mailbox`: what a demo city would have sent. Anybody sees the mail of invented people, and each their own.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::people::Caller;
use crate::reader::Reader;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use std::sync::Arc;

/// `GET /demo/mailbox`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    caller: Caller,
) -> Result<Response, Failure> {
    let posting = app.posting().filter(|_| app.is_demo());
    let (Some(posting), Some(people)) = (posting, &app.people) else {
        return Err(Failure::NotFound);
    };
    let session = match caller.token {
        Some(token) => people.resume(token, app.clock.now()).await?,
        None => None,
    };
    let mails = posting.posted(session.as_ref().map(|(session, _)| &session.person));
    let zone = &app.city().zone;
    let title = reader.say("演示信箱", "Demo mailbox");
    let body = html! {
        div .narrow {
            p .kicker { span .demo { (reader.say("演示", "demo")) } }
            h1 { (title) }
            p .lede {
                (reader.say(
                    "演示城市不真的寄信。写给虚构人物的信，谁都可以在这里看；您自己账号的信，只有登录以后自己看得到。",
                    "A demo city sends no real mail. Mail to invented people is here for everybody to read; mail to an account of your own is shown to you alone, once you are signed in.",
                ))
            }
            @if mails.is_empty() { p { (reader.say("还没有信。", "There is no mail yet.")) } }
            ol .mails reversed {
                @for mail in &mails {
                    @let at = moments::hour_seen_from(zone.to_datetime(mail.at), reader.now, reader.lang);
                    li .mail {
                        h2 lang=(mail.lang) { (mail.subject) }
                        p .fine {
                            (at)
                            (reader.say("，给 ", ", to ")) (mail.to)
                            @if !mail.invented { " " span .badge .yes { (reader.say("您的", "yours")) } }
                        }
                        p .mail-text lang=(mail.lang) { (mail.body) }
                    }
                }
            }
        }
    };
    Ok(layout::personal(&app, &reader, title, body))
}
