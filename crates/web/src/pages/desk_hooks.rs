//! `/desk/hooks`: which programs outside are told of what, and what came of it. Its head sets them; secrets are shown once.

mod parts;

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::pages::sign_in::faced;
use crate::params::Params;
use crate::people::hooks::Unset;
use crate::people::{Asked, Visitor, to};
use crate::posting::Posting;
use crate::reader::Reader;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use forms::booking::rows::Number;
use forms::hooks::{Address, Hook, Kind, Order, Setting, Standing};
use forms::people::powers::{Act, Citation, Denied, Matter, Powers, Standing as Post};
use ledger::name::Key;
use notice::Label;
use parts::Page;
use std::sync::Arc;

const PATH: &str = "/desk/hooks";

/// What a form of the page asks for.
enum Wanted {
    Set(Order),
    /// A call that means nothing, so that a receiver can be tried.
    Try(Number),
}

/// `GET /desk/hooks`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let posting = app.posting().ok_or(Failure::NotFound)?;
    match may(&app, &visitor.standing(&app)) {
        Ok(under) => page(&app, &reader, &visitor, &posting, &under, Shown::default()).await,
        Err(denied) => Ok(refused(&app, &reader, &denied)),
    }
}

/// `POST /desk/hooks`: `do` says what.
pub async fn act(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let posting = app.posting().ok_or(Failure::NotFound)?;
    let who = visitor.standing(&app);
    let under = match may(&app, &who) {
        Ok(under) => under,
        Err(denied) => return Ok(refused(&app, &reader, &denied)),
    };
    PATH.clone_into(&mut reader.here);
    let done = match wanted(&posting, &fields) {
        Ok(wanted) => carry_out(&app, &visitor, &posting, &under, wanted).await?,
        Err(why) => Err((StatusCode::UNPROCESSABLE_ENTITY, why)),
    };
    let (status, shown) = match done {
        Ok(None) => return Ok(to(PATH)),
        // Not led on to: it is shown this once.
        Ok(Some(number)) => {
            let secret_of = Some(number);
            (
                StatusCode::OK,
                Shown {
                    secret_of,
                    ..Shown::default()
                },
            )
        }
        Err((status, why)) => {
            let typed = Some(&fields);
            (
                status,
                Shown {
                    why: Some(why),
                    typed,
                    ..Shown::default()
                },
            )
        }
    };
    let shown = page(&app, &reader, &visitor, &posting, &under, shown).await?;
    Ok(faced(shown, status))
}

type Done = Result<Option<Number>, (StatusCode, Label)>;

/// Does it; gives the subscription whose secret is to be shown, if one is new.
async fn carry_out(
    app: &Arc<App>,
    visitor: &Visitor,
    posting: &Arc<Posting>,
    under: &Citation,
    wanted: Wanted,
) -> Result<Done, Failure> {
    let order = match wanted {
        Wanted::Set(order) => order,
        Wanted::Try(number) => {
            let hooks = visitor.people.hooks(under.office()).await?;
            let hook = hooks.iter().find(|hook| hook.number == number);
            let Some(hook) = hook.filter(|hook| hook.standing == Standing::Told) else {
                let why = Label::new(
                    "这项推送现在没有在推送，请先恢复再试",
                    "this subscription is told nothing at present: resume it first",
                );
                return Ok(Err((StatusCode::CONFLICT, why)));
            };
            posting.try_hook(hook).await?;
            return Ok(Ok(None));
        }
    };
    let renewed = match &order {
        Order::Renew { hook, .. } => Some(hook.clone()),
        _ => None,
    };
    let made = matches!(order, Order::Make { .. });
    let setting = Setting {
        order,
        under: under.clone(),
    };
    let (person, now) = (&visitor.session.person, app.clock.now());
    Ok(match visitor.people.set_hook(person, now, setting).await {
        Ok(entry) if made => Ok(Number::of(entry).ok()),
        Ok(_) => Ok(renewed),
        Err(Unset::Refused(why)) => Err((StatusCode::CONFLICT, why.label())),
        Err(Unset::Failure(failure)) => return Err(failure),
    })
}

/// What is asked for, or what is wrong with it.
fn wanted(posting: &Posting, fields: &Params) -> Result<Wanted, Label> {
    let gone = || {
        Label::new(
            "没有这项推送，请重新打开页面",
            "there is no such subscription: open the page again",
        )
    };
    let hook = || {
        let key = Key::new(fields.typed("hook"));
        key.map(Number::from).map_err(|_| gone())
    };
    let order = match fields.typed("do") {
        "make" => Order::Make {
            address: address(posting, fields)?,
            kinds: kinds(fields),
        },
        "change" => Order::Change {
            hook: hook()?,
            address: address(posting, fields)?,
            kinds: kinds(fields),
        },
        "pause" => Order::Pause { hook: hook()? },
        "resume" => Order::Resume { hook: hook()? },
        "renew" => Order::Renew {
            hook: hook()?,
            generation: fields.typed("generation").parse().map_err(|_| gone())?,
        },
        "end" => Order::End { hook: hook()? },
        "try" => return Ok(Wanted::Try(hook()?)),
        _ => return Err(gone()),
    };
    Ok(Wanted::Set(order))
}

fn address(posting: &Posting, fields: &Params) -> Result<Address, Label> {
    let typed = fields.typed("address");
    let read = Address::new(typed).ok();
    read.filter(|_| posting.may_call(typed)).ok_or_else(|| {
        if posting.calls_only_named() {
            return Label::new(
                "演示城市人人都能登录，只向启动时用 --may-call 放行的主机推送；请换一个地址",
                "anybody can sign in to a demo city, so it calls only hosts that were named with --may-call when it was started: give another address",
            );
        }
        Label::new(
            "请写 https:// 开头的公开网址，不带用户名和 #；内部网络里的主机要由管理员用 --may-call 放行",
            "give a public address that begins with https://, without a user name and #; a host inside a private network has to be named with --may-call",
        )
    })
}

fn kinds(fields: &Params) -> Vec<Kind> {
    let ticked = fields.iter().filter(|(name, _)| *name == "kind");
    ticked.filter_map(|(_, word)| Kind::of(word)).collect()
}

/// By which clause somebody may set the subscriptions of their own office.
fn may(app: &App, who: &Post) -> Result<Citation, Box<Denied>> {
    let matter = Matter {
        office: who.post.as_ref().map_or("", |post| &post.office),
        place: None,
        interest: false,
        attribute: None,
    };
    Powers::of(&app.book)
        .may(who, Act::TellPrograms, &matter, app.now())
        .map_err(Box::new)
}

/// Whether somebody may set subscriptions, in a house that tells programs.
pub fn is_for(app: &App, who: &Post) -> bool {
    app.posting().is_some() && may(app, who).is_ok()
}

fn title(reader: &Reader) -> &'static str {
    reader.say("事件推送", "Webhooks")
}

fn refused(app: &App, reader: &Reader, denied: &Denied) -> Response {
    super::denied::page(app, reader, title(reader), denied)
}

/// What a page shows besides the subscriptions.
#[derive(Default)]
struct Shown<'a> {
    why: Option<Label>,
    typed: Option<&'a Params>,
    secret_of: Option<Number>,
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    visitor: &Visitor,
    posting: &Arc<Posting>,
    under: &Citation,
    shown: Shown<'_>,
) -> Result<Response, Failure> {
    let mut hooks = visitor.people.hooks(under.office()).await?;
    hooks.reverse();
    let (live, ended): (Vec<Hook>, Vec<Hook>) = hooks.into_iter().partition(Hook::is_live);
    let calls = posting.deliveries(&live).await?;
    let new = live
        .iter()
        .find(|hook| shown.secret_of.as_ref() == Some(&hook.number));
    let secret = new.map(|hook| (hook, visitor.people.hook_secret(hook)));
    let body = Page {
        app,
        reader,
        csrf: visitor.csrf(),
        posting,
        under,
    }
    .body(&live, &calls, &ended, &shown, secret);
    Ok(layout::personal(app, reader, title(reader), body))
}
