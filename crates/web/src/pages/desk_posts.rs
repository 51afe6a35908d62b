//! `/desk/posts`: who works for the office and as what; its head appoints and dismisses.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::{faced, wrong};
use crate::params::Params;
use crate::people::{Asked, Colleague, Stopped, Visitor, to};
use crate::reader::Reader;
use crate::wording::{Said, mixed};
use axum::extract::State;
use axum::response::Response;
use forms::people::post::Authority;
use forms::people::powers::{Act, Citation, Denied, Matter, Post, Powers, Standing};
use forms::people::{MailAddress, Refusal};
use ledger::name::Person;
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// `GET /desk/posts`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    match may(&app, &visitor.standing(&app), None) {
        Ok(under) => page(&app, &reader, &visitor, &under, None).await,
        Err(denied) => Ok(refused(&app, &reader, &denied)),
    }
}

/// `POST /desk/posts`: gives somebody a post.
pub async fn appoint(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let who = visitor.standing(&app);
    let general = match may(&app, &who, None) {
        Ok(under) => under,
        Err(denied) => return Ok(refused(&app, &reader, &denied)),
    };
    let done = async {
        let mail = MailAddress::new(fields.typed("mail"))?;
        let person = visitor.people.addressed(&mail).await;
        let person = person.map_err(|stopped| match stopped {
            Stopped::Refused(Refusal::NoAccount) => Stopped::Input(Label::new(
                "没有用这个邮箱登录的账号，请看看有没有写错，或者请对方先开设账号",
                "nobody signs in with this address: look at it again, or ask them to open an account first",
            )),
            other => other,
        })?;
        let under = match may(&app, &who, Some(&person)) {
            Ok(under) => under,
            Err(denied) => return Err(Stopped::Input(denied.label(app.city()))),
        };
        let post = Post {
            office: under.office().to_owned(),
            role: role(&app, &fields)?,
        };
        let (under, now) = (Authority::Office(under), app.clock.now());
        let people = &visitor.people;
        people.appoint(&who.person, &mail, post, under, now).await
    };
    after(
        &app,
        &mut reader,
        &visitor,
        &general,
        done.await,
        Some(&fields),
    )
    .await
}

/// `POST /desk/posts/end`: ends somebody's post.
pub async fn end(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let who = visitor.standing(&app);
    let general = match may(&app, &who, None) {
        Ok(under) => under,
        Err(denied) => return Ok(refused(&app, &reader, &denied)),
    };
    let done = async {
        let gone = || {
            Stopped::Input(Label::new(
                "没有这个人，请重新打开页面",
                "there is nobody like that: open the page again",
            ))
        };
        let person = Person::new(fields.typed("person")).map_err(|_| gone())?;
        let under = match may(&app, &who, Some(&person)) {
            Ok(under) => under,
            Err(denied) => return Err(Stopped::Input(denied.label(app.city()))),
        };
        let post = Post {
            office: under.office().to_owned(),
            role: role(&app, &fields)?,
        };
        let (under, now) = (Authority::Office(under), app.clock.now());
        let people = &visitor.people;
        people.end_post(&who.person, person, post, under, now).await
    };
    after(&app, &mut reader, &visitor, &general, done.await, None).await
}

async fn after(
    app: &Arc<App>,
    reader: &mut Reader,
    visitor: &Visitor,
    under: &Citation,
    done: Result<(), Stopped>,
    typed: Option<&Params>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(to("/desk/posts")),
        Err(stopped) => {
            "/desk/posts".clone_into(&mut reader.here);
            let (status, why) = stopped.told(app)?;
            let shown = page(app, reader, visitor, under, Some((&why, typed))).await?;
            Ok(faced(shown, status))
        }
    }
}

/// One of the city's roles.
fn role(app: &App, fields: &Params) -> Result<String, Stopped> {
    let typed = fields.typed("role");
    let mut roles = app.city().offices.roles.iter();
    match roles.find(|role| role.id == typed) {
        Some(role) => Ok(role.id.clone()),
        None => Err(Stopped::Input(Label::new(
            "请选一个岗位",
            "choose one of the posts",
        ))),
    }
}

/// By which clause somebody may assign the posts of their own office; about `whom`, if that is known.
fn may(app: &App, who: &Standing, whom: Option<&Person>) -> Result<Citation, Box<Denied>> {
    let matter = Matter {
        interest: whom == Some(&who.person),
        ..Matter::of(who.post.as_ref().map_or("", |post| &post.office))
    };
    Powers::of(&app.book)
        .may(who, Act::AssignPost, &matter, app.now())
        .map_err(Box::new)
}

/// Whether somebody may assign posts at all.
pub fn is_for(app: &App, who: &Standing) -> bool {
    may(app, who, None).is_ok()
}

fn refused(app: &App, reader: &Reader, denied: &Denied) -> Response {
    super::denied::page(
        app,
        reader,
        reader.say("本机构的岗位", "Posts of the office"),
        denied,
    )
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    visitor: &Visitor,
    under: &Citation,
    failed: Option<(&Label, Option<&Params>)>,
) -> Result<Response, Failure> {
    let colleagues = visitor.people.colleagues(under.office()).await?;
    let (why, typed) = failed.map_or((None, None), |(why, typed)| (Some(why), typed));
    let title = reader.say("本机构的岗位", "Posts of the office");
    let clause = under.because().first().map(|because| &because.clause);
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
            h1 { (title) }
            p .lede {
                (app.office_name(under.office(), reader.lang))
                (reader.say(
                    "：谁在这里担任什么岗位。岗位能办什么，写在权责清单里；安排和免去都记入账本，马上生效。",
                    ": who works here, and as what. What a post may do stands in the list of powers. Whoever is appointed or dismissed is so at once, and the ledger keeps it.",
                ))
            }
            (wrong(reader, why))
            (list(app, reader, visitor, &colleagues))
            (form(app, reader, visitor, typed))
            p .fine {
                (reader.say("依据：权责清单 ", "By the list of powers, "))
                @if let Some(clause) = clause { (mixed(reader, clause)) " · " }
                a href="/notices/powers" { (reader.say("看权责清单", "See the list of powers")) }
            }
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

fn list(app: &App, reader: &Reader, visitor: &Visitor, colleagues: &[Colleague]) -> Markup {
    html! {
        section aria-labelledby="staff" {
            h2 #staff .rubric { (reader.say("现在的工作人员", "Staff now")) }
            @if colleagues.is_empty() {
                p { (reader.say("还没有安排过人。请对方先开设账号，再在下面填对方登录用的邮箱。", "Nobody has been appointed yet. Ask them to open an account, then give the address they sign in with below.")) }
            } @else {
                ul .device-list { @for one in colleagues { (colleague(app, reader, visitor, one)) } }
            }
            @if app.is_demo() {
                p .fine { (reader.say("演示人物的岗位写在城市文件夹里，这里只列出另外安排的人。", "The posts of the invented people stand in the city folder; listed here is who was appointed besides.")) }
            }
        }
    }
}

fn colleague(app: &App, reader: &Reader, visitor: &Visitor, one: &Colleague) -> Markup {
    let Some(held) = &one.held.post else {
        return html! {};
    };
    let since = app.city().zone.to_datetime(one.held.since);
    let by = match &one.held.by {
        Some(_) => reader.say("由本机构安排", "appointed by the office"),
        None => reader.say("由系统管理员安排", "appointed by whoever runs this site"),
    };
    let own = one.held.person == visitor.session.person;
    html! {
        li {
            div {
                strong {
                    @match &one.name {
                        Some(name) => (Said::name(reader, name)),
                        None => (reader.say("没有填姓名", "no name given")),
                    }
                }
                " " span .badge { (app.office_name(&held.role, reader.lang)) }
                @if own { " " span .badge .yes { (reader.say("您自己", "you")) } }
                br;
                span .fine {
                    @if let Some(mail) = &one.mail { (mail) " · " }
                    (moments::full_day(since.date(), reader.lang)) (reader.say("起，", " on, ")) (by)
                }
            }
            @if !own {
                form action="/desk/posts/end" method="post" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    input type="hidden" name="person" value=(one.held.person);
                    input type="hidden" name="role" value=(held.role);
                    @let of = one.name.as_deref().or(one.mail.as_deref()).unwrap_or_default();
                    button .quiet-button type="submit" aria-label=(reader.say(format!("免去：{of}的岗位"), format!("End it: the post of {of}"))) { (reader.say("免去", "End it")) }
                }
            }
        }
    }
}

fn form(app: &App, reader: &Reader, visitor: &Visitor, typed: Option<&Params>) -> Markup {
    let typed = |name| typed.map_or("", |fields| fields.typed(name));
    let chosen = typed("role");
    html! {
        section aria-labelledby="appoint" {
            h2 #appoint .rubric { (reader.say("安排岗位", "Give somebody a post")) }
            form .desk-form action="/desk/posts" method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                div .field {
                    label for="mail" { (reader.say("对方登录用的邮箱", "The address they sign in with")) }
                    input #mail type="email" name="mail" maxlength="254" required autocomplete="off" value=(typed("mail"));
                }
                div .field {
                    label for="role" { (reader.say("岗位", "Post")) }
                    select #role name="role" required {
                        option value="" selected[chosen.is_empty()] { (reader.say("请选择", "Choose")) }
                        @for role in &app.city().offices.roles {
                            option value=(role.id) selected[chosen == role.id] { (role.name.get(reader.lang)) }
                        }
                    }
                }
                p .fine { (reader.say("已经在本机构的人，会换到新的岗位。", "Whoever works here already changes to the new post.")) }
                button .button type="submit" { (reader.say("安排", "Appoint")) }
            }
        }
    }
}
