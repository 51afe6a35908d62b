//! `/desk/outbox`: what has been sent, what waits, what was given up and why. No addresses, no names, no words of any mail.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::people::{Asked, Visitor, to};
use crate::reader::Reader;
use crate::wording::mixed;
use axum::extract::State;
use axum::response::Response;
use forms::people::powers::{Act, Citation, Denied, Matter, Powers};
use maud::{Markup, html};
use outbox::{Counts, Lane, Message, State as Come};
use std::sync::Arc;

/// `GET /desk/outbox`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let posting = app
        .posting()
        .filter(|posting| posting.mails())
        .ok_or(Failure::NotFound)?;
    let citation = match may(&app, &visitor) {
        Ok(citation) => citation,
        Err(denied) => return Ok(refused(&app, &reader, &denied)),
    };
    let (counts, troubles) = posting.overview().await?;
    Ok(page(&app, &reader, &visitor, &citation, counts, &troubles))
}

/// `POST /desk/outbox/again`
pub async fn again(
    State(app): State<Arc<App>>,
    reader: Reader,
    Asked { visitor, .. }: Asked,
) -> Result<Response, Failure> {
    let posting = app
        .posting()
        .filter(|posting| posting.mails())
        .ok_or(Failure::NotFound)?;
    if let Err(denied) = may(&app, &visitor) {
        return Ok(refused(&app, &reader, &denied));
    }
    posting.again().await?;
    Ok(to("/desk/outbox"))
}

/// By which clause the visitor may see it.
fn may(app: &App, visitor: &Visitor) -> Result<Citation, Box<Denied>> {
    let who = visitor.standing(app);
    let office = who.post.as_ref().map(|post| post.office.clone());
    let matter = Matter::of(office.as_deref().unwrap_or_default());
    Powers::of(&app.book)
        .may(&who, Act::SeeOutbox, &matter, app.now())
        .map_err(Box::new)
}

fn refused(app: &App, reader: &Reader, denied: &Denied) -> Response {
    super::denied::page(app, reader, reader.say("发件箱", "Outbox"), denied)
}

fn page(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    citation: &Citation,
    counts: Counts,
    troubles: &[Message],
) -> Response {
    let title = reader.say("发件箱", "Outbox");
    let figure = |zh, en, number: u64| {
        html! { dt { (reader.say(zh, en)) } dd { (number) } }
    };
    let clause = citation
        .because()
        .first()
        .map(|because| because.clause.clone());
    let body = html! {
        div .narrow {
            h1 { (title) }
            p .lede {
                (reader.say(
                    "系统自己发的信都在这里：发出了多少，还有多少在等，哪些没有送到。这里没有收件人，也没有内容。",
                    "All mail that the system sends by itself: how much has left, how much waits, and what could not be delivered. There are no recipients here and no texts.",
                ))
            }
            dl .about {
                (figure("等着发", "Waiting", counts.waiting))
                (figure("其中还没有成功的", "of these, tried in vain so far", counts.failing))
                (figure("已发出（三十天内）", "Sent (within thirty days)", counts.sent))
                (figure("没有送到，不再试", "Given up", counts.given_up))
            }
            h2 .rubric { (reader.say("没有送到的", "Not delivered")) }
            @if troubles.is_empty() {
                p { (reader.say("都送到了，没有要处理的。", "Everything was delivered; there is nothing to do.")) }
            } @else {
                ul .device-list {
                    @for message in troubles { (trouble(app, reader, message)) }
                }
            }
            @if counts.given_up > 0 {
                form action="/desk/outbox/again" method="post" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    p { (reader.say("原因排除以后，可以把不再试的重新发一遍；已经过时的不会再发。", "Once the reason is mended, what was given up can be sent anew; what is over by now is not.")) }
                    button .button type="submit" { (reader.say("重新发", "Send anew")) }
                }
            }
            @if let Some(clause) = clause {
                p .fine { (reader.say("依据：权责清单 ", "By the list of powers, ")) (mixed(reader, &clause)) }
            }
        }
    };
    layout::personal(app, reader, title, body)
}

fn trouble(app: &App, reader: &Reader, message: &Message) -> Markup {
    // The queue goes by the machine's clock, which need not be the city's: so only how often is told, and when it is due.
    let (class, state) = match message.state {
        Come::GivenUp(_) => ("badge no", reader.say("不再试", "given up")),
        _ => ("badge depends", reader.say("会再试", "tried again")),
    };
    let why = message.why.map(outbox::Why::label);
    let made = app.city().zone.to_datetime(message.made);
    html! {
        li {
            div {
                strong { (what(reader, message)) } " " span class=(class) { (state) }
                br;
                span .fine {
                    (reader.say("条目 ", "entry ")) (message.draft.entry)
                    (reader.say("，试过 ", ", tried ")) (message.tries) (reader.say(" 次", " times"))
                    (reader.say("，自 ", ", since ")) (moments::full_day(made.date(), reader.lang)) " " (made.strftime("%H:%M").to_string())
                    @if let Some(why) = &why { br; (why.get(reader.lang)) }
                }
            }
        }
    }
}

/// What kind of message it is.
fn what(reader: &Reader, message: &Message) -> String {
    let kind = message.draft.what.split('/').next().unwrap_or_default();
    let (zh, en) = match (&message.draft.lane, kind) {
        (Lane::Code, _) => ("验证码", "one-time code"),
        (Lane::Push, _) => ("手机通知", "a notification"),
        (_, "offered") => ("候补递补通知", "a place is kept"),
        (_, "cancelled") => ("预约被取消", "a booking was cancelled"),
        (_, "drawn" | "drawn-waiting" | "not-drawn" | "passed-over") => {
            ("抽签结果", "the result of a draw")
        }
        (_, "passkey") => ("添加了通行密钥", "a passkey was added"),
        (_, "corrected" | "withdrawn") => ("公告的变化", "a notice that has changed"),
        (_, "guardian-accepted" | "guardian-refused") => {
            ("监护关系的答复", "an answer to a guardian")
        }
        _ => ("预约情况", "how a booking stands"),
    };
    reader.say(zh, en).to_owned()
}
