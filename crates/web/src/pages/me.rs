//! `/me`: what is known of the person who is signed in, and on whose word.

use crate::app::App;
use crate::failure::Failure;
use crate::layout::{self, Frame};
use crate::moments;
use crate::pages::offers::{hidden, words};
use crate::pages::sign_in::{faced, post, wrong};
use crate::pages::{children, push};
use crate::people::{Asked, Profile, Visitor, Ward, to};
use crate::reader::Reader;
use crate::wording::{Said, mixed, title};
use axum::extract::State;
use axum::response::Response;
use forms::people::{Basis, PersonName};
use ledger::name::Person;
use maud::{Markup, html};
use notice::{Label, Lang};
use std::sync::Arc;

/// `GET /me`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    page(&app, &reader, &visitor, None).await
}

/// `POST /me/name`
pub async fn state_name(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let stated = match PersonName::new(fields.typed("name")) {
        Ok(name) => {
            let (person, now) = (&visitor.session.person, app.clock.now());
            visitor.people.state_name(person, name, now).await
        }
        Err(bad) => Err(bad.into()),
    };
    match stated {
        Ok(()) => Ok(to("/me")),
        Err(stopped) => {
            "/me".clone_into(&mut reader.here);
            let (status, why) = stopped.told(&app)?;
            let shown = page(&app, &reader, &visitor, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    visitor: &Visitor,
    why: Option<&Label>,
) -> Result<Response, Failure> {
    let person = visitor.session.person.clone();
    let profile = visitor.people.profile(person).await?;
    // Forgotten since the session was looked at, on another device.
    let Some(profile) = profile else {
        return Ok(to("/sign-in"));
    };
    let wards = visitor
        .people
        .wards(app, visitor.session.person.clone())
        .await?;
    let shown = match wards.is_empty() {
        true => Vec::new(),
        false => hidden::shown_for(app, visitor).await?,
    };
    let push = push::section(reader, visitor).await?;
    let heading = reader.say("我的", "My page");
    let body = html! {
        div .narrow {
            @if app.is_demo() { p .kicker { span .demo { (reader.say("演示", "demo")) } } }
            h1 {
                @match &profile.name {
                    Some(name) => (Said::name(reader, &name.what)),
                    None => (heading),
                }
            }
            (posts(app, reader, visitor))
            (wrong(reader, why))
            (known(app, reader, visitor, &profile))
            (in_care(app, reader, &wards, &shown))
            p { a .button .quiet href="/me/bookings" { (reader.say("我的预约", "My bookings")) } " " a .button .quiet href="/offers" { (reader.say("看看能报名什么", "See what to take part in")) } }
            (push)
            section aria-labelledby="account" {
                h2 #account .rubric { (reader.say("账号", "Account")) }
                ul .plain {
                    li { a href="/me/certificates" { (reader.say("我的证明", "My certificates")) } }
                    li { a href="/me/devices" { (reader.say("登录的设备", "Devices you are signed in on")) } }
                    li { a href="/me/passkeys" { (reader.say("通行密钥", "Passkeys")) } }
                    @if app.is_demo() && visitor.people.mails() {
                        li { a href="/demo/mailbox" { (reader.say("演示信箱", "Demo mailbox")) } }
                    }
                    li { a href="/me/forget" { (reader.say("注销账号", "Be forgotten")) } }
                }
                form action="/sign-out" method="post" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    button .quiet-button type="submit" { (reader.say("退出登录", "Sign out")) }
                }
                @if app.is_demo() { p .fine .small-print { (reader.say("存储：内嵌，在 ", "Storage: embedded, at ")) code { (visitor.people.at) } } }
            }
        }
    };
    let frame = Frame {
        way: "/me",
        script: Some("push.js"),
        ..Frame::default()
    };
    Ok(layout::personal_framed(app, reader, heading, &frame, body))
}

/// The post somebody holds, and the desks that it opens.
fn posts(app: &App, reader: &Reader, visitor: &Visitor) -> Markup {
    let who = visitor.standing(app);
    let desk = |address: &str, zh, en| {
        html! { a .button .quiet href=(address) { (reader.say(zh, en)) } " " }
    };
    html! {
        @if let Some(held) = &who.post {
            p .lede { (mixed(reader, &post(app, reader, &held.office, &held.role))) }
            p {
                @if app.may_work_at_desk(&who).is_ok() { (desk("/desk/notices", "公告工作台", "Notices at the desk")) }
                @if crate::pages::staff::is_for(app, &who) { (desk("/desk/bookings", "预约工作台", "Bookings desk")) }
                (crate::pages::season::own(app, reader, &who))
                @if crate::pages::staff::guardians::is_for(app, &who) { (desk("/desk/guardians", "核实监护关系", "Guardians to accept")) }
                @if crate::pages::staff::facts::is_for(app, &who) { (desk("/desk/facts", "核实个人情况", "Facts to confirm")) }
                @if crate::pages::desk_hooks::is_for(app, &who) { (desk("/desk/hooks", "事件推送", "Webhooks")) }
                @if crate::pages::desk_posts::is_for(app, &who) { (desk("/desk/posts", "本机构的岗位", "Posts of the office")) }
            }
        }
    }
}

fn known(app: &App, reader: &Reader, visitor: &Visitor, profile: &Profile) -> Markup {
    let opened = app.city().zone.to_datetime(profile.opened);
    html! {
        section aria-labelledby="known" {
            h2 #known .rubric { (reader.say("记着的关于您的事", "What is known about you")) }
            dl .about {
                @if let Some(name) = &profile.name {
                    dt { (reader.say("姓名", "Name")) }
                    dd { (Said::name(reader, &name.what)) " " (basis(app, reader, &name.basis)) }
                }
                @for fact in &profile.facts {
                    dt { (attribute(app, reader, &fact.what.attribute)) }
                    dd { (value(app, reader, &fact.what.attribute, &fact.what.value)) " " (basis(app, reader, &fact.basis)) }
                }
                @if let Some(mail) = &profile.mail {
                    dt { (reader.say("邮箱", "Mail address")) }
                    dd {
                        (mail)
                        @if profile.mail_confirmed { " " span .badge .yes { (reader.say("已确认", "confirmed")) } }
                    }
                }
                dt { (reader.say("代号", "Your code")) }
                dd {
                    code .code-text { (visitor.session.person) }
                    br;
                    span .fine { (reader.say("到机构核实个人情况时，请出示它和证件。", "Show it with your papers where an office confirms a fact about you.")) }
                }
                dt { (reader.say("开设", "Opened")) }
                dd { (moments::full_day(opened.date(), reader.lang)) }
            }
            @if profile.mail.is_some() && !profile.mail_confirmed && visitor.people.mails() {
                form action="/me/confirm-mail" method="post" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    button .quiet-button type="submit" { (reader.say("确认邮箱", "Confirm the address")) }
                }
            }
            @if profile.name.is_none() {
                form .entry action="/me/name" method="post" {
                    input type="hidden" name="csrf" value=(visitor.csrf());
                    div .field {
                        label for="name" { (reader.say("姓名（可以不填）", "Name (may be left out)")) }
                        input #name type="text" name="name" maxlength="64" required autocomplete="name";
                    }
                    button .quiet-button type="submit" { (reader.say("填写", "State it")) }
                }
            }
            p .fine { (reader.say("公开的账本里，这些都是加密的，读不出来。", "In the public ledger all of this is encrypted; nobody can read it there.")) }
        }
    }
}

fn in_care(app: &App, reader: &Reader, wards: &[Ward], shown: &[(usize, Vec<Person>)]) -> Markup {
    html! {
        section aria-labelledby="children" {
            h2 #children .rubric { (reader.say("您名下的孩子", "Children in your care")) }
            @if !wards.is_empty() {
                dl .about {
                    @for child in wards {
                        dt { @if let Some(name) = &child.name { (Said::name(reader, name)) } @else { (reader.say("未写姓名", "no name given")) } }
                        dd {
                            (mixed(reader, &children::acts(app, reader, child)))
                            @for (at, whom) in shown {
                                @if let Some(ready) = app.offers.all().get(*at) && whom.contains(&child.child) {
                                    br;
                                    a href=(words::page(ready)) { (reader.say("替孩子报名：", "Sign the child up: ")) (title(reader, &ready.notice)) }
                                }
                            }
                        }
                    }
                }
            }
            p { a href="/me/children" {
                @if wards.is_empty() { (reader.say("替孩子办事？先登记监护关系", "Acting for a child? Register as the guardian first")) }
                @else { (reader.say("管理监护关系", "Manage guardianships")) }
            } }
        }
    }
}

/// On whose word, and since when if it is an office's.
pub fn basis(app: &App, reader: &Reader, basis: &Basis) -> Markup {
    let said = basis.label(app.city());
    let (class, at) = match basis {
        Basis::Stated { .. } => ("badge depends", None),
        Basis::Confirmed { at, .. } => ("badge yes", Some(app.city().zone.to_datetime(*at).date())),
    };
    html! {
        span class=(class) { (mixed(reader, said.get(reader.lang))) }
        @if let Some(day) = at { " " span .fine { (moments::full_day(day, reader.lang)) } }
    }
}

/// An attribute in the reader's language; one that the vocabulary no longer has stays as it was said.
pub fn attribute<'a>(app: &'a App, reader: &Reader, word: &'a str) -> Said<'a> {
    let attributes = &app.city().vocabulary.attributes;
    let found = attributes.iter().find(|a| &*a.label.zh == word);
    let speaker = app.speaker(reader.lang);
    Said::name(reader, found.map_or(word, |a| speaker.attribute_name(a)))
}

/// A value in the reader's language, as far as the vocabulary has one.
pub fn value<'a>(app: &'a App, reader: &Reader, attribute: &str, word: &'a str) -> Said<'a> {
    use notice::vocabulary::Domain;
    let text = match (reader.lang, word) {
        (Lang::En, "是") => "yes",
        (Lang::En, "否") => "no",
        _ => {
            let attributes = &app.city().vocabulary.attributes;
            let found = attributes.iter().find(|a| &*a.label.zh == attribute);
            match found.map(|a| &a.domain) {
                Some(Domain::Choice { values, .. }) => {
                    let found = values.iter().find(|v| &*v.label.zh == word);
                    found.map_or(word, |v| v.label.get(reader.lang))
                }
                _ => word,
            }
        }
    };
    Said::name(reader, text)
}
