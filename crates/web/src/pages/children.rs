//! `/me/children`: the children somebody acts for. A guardian opens a child's account or names one by its code, chooses the office
//! that sees the papers, and reads how far it is; ends a link, turns away what others propose, closes a child's account.

use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::{faced, wrong};
use crate::params::Params;
use crate::people::{Asked, Other, Stopped, Visitor, Ward, to};
use crate::reader::Reader;
use crate::wording::{Said, mixed};
use axum::extract::State;
use axum::response::Response;
use forms::people::guardian::{Link, LinkState, comes_of_age};
use forms::people::powers::{Act, Powers};
use forms::people::{Basis, IdNumber, PersonName, Refusal};
use jiff::Timestamp;
use jiff::civil::Date;
use ledger::name::Person;
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// `GET /me/children`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    visitor: Visitor,
) -> Result<Response, Failure> {
    page(&app, &reader, &visitor, &Params::default(), None).await
}

/// `POST /me/children`: `what` says which of the page's forms it is.
pub async fn ask(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let done = match fields.typed("what") {
        "open" => open(&app, &visitor, &fields).await,
        "number" => number(&app, &visitor, &fields).await,
        "propose" => propose(&app, &visitor, &fields).await,
        "end" => end(&app, &visitor, &fields).await,
        "close" => close(&app, &visitor, &fields).await,
        _ => return Err(Failure::NotFound),
    };
    match done {
        Ok(()) => Ok(to("/me/children")),
        Err(stopped) => {
            "/me/children".clone_into(&mut reader.here);
            let (status, why) = stopped.told(&app)?;
            let shown = page(&app, &reader, &visitor, &fields, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

async fn open(app: &Arc<App>, visitor: &Visitor, fields: &Params) -> Result<(), Stopped> {
    let office = office(app, fields)?;
    known_by_name(visitor).await?;
    let name = PersonName::new(fields.typed("name"))?;
    let number = match fields.typed("number") {
        typed if typed.trim().is_empty() => None,
        typed => Some(childs(app, typed)?),
    };
    let now = app.clock.now();
    let guardian = &visitor.session.person;
    let people = &visitor.people;
    people
        .open_child(guardian, name, number, &office, now)
        .await
}

/// A number that a child can have: by the rules of the standard, and of somebody who is not of age.
fn childs(app: &App, typed: &str) -> Result<IdNumber, Stopped> {
    let number = IdNumber::new(typed).map_err(|bad| Stopped::Input(bad.label()))?;
    match comes_of_age(number.birth()) <= app.now().date() {
        true => Err(Stopped::Input(Label::new(
            "这个身份证号的人已满18岁，请他自己开账号",
            "whoever has this number is eighteen already: let them open an account of their own",
        ))),
        false => Ok(number),
    }
}

async fn number(app: &Arc<App>, visitor: &Visitor, fields: &Params) -> Result<(), Stopped> {
    let child = child(fields)?;
    let number = childs(app, fields.typed("number"))?;
    let (guardian, now) = (&visitor.session.person, app.clock.now());
    // One who is not their child is not told apart from one who is nobody.
    match child == *guardian {
        true => Err(Stopped::Refused(Refusal::OwnGuardian)),
        false => {
            let people = &visitor.people;
            people.state_number(guardian, child, number, now).await
        }
    }
}

async fn propose(app: &Arc<App>, visitor: &Visitor, fields: &Params) -> Result<(), Stopped> {
    let office = office(app, fields)?;
    known_by_name(visitor).await?;
    let (guardian, child) = (&visitor.session.person, child(fields)?);
    let now = app.clock.now();
    let people = &visitor.people;
    people.propose_guardian(guardian, child, &office, now).await
}

async fn end(app: &Arc<App>, visitor: &Visitor, fields: &Params) -> Result<(), Stopped> {
    let actor = &visitor.session.person;
    let guardian = match fields.typed("guardian") {
        "" => actor.clone(),
        named => code(named)?,
    };
    let link = Link {
        guardian,
        child: child(fields)?,
    };
    let people = &visitor.people;
    people.end_guardianship(actor, link, app.clock.now()).await
}

async fn close(app: &Arc<App>, visitor: &Visitor, fields: &Params) -> Result<(), Stopped> {
    if fields.typed("sure") != "yes" {
        return Err(Stopped::Input(Label::new(
            "请先勾选“我明白”，才会注销孩子的账号",
            "tick “I understand” first; nothing was deleted",
        )));
    }
    let (guardian, child) = (&visitor.session.person, child(fields)?);
    let now = app.clock.now();
    visitor.people.close_child(guardian, child, now).await
}

fn child(fields: &Params) -> Result<Person, Stopped> {
    code(fields.typed("child"))
}

/// A code as people copy it: with spaces around, in any case.
fn code(typed: &str) -> Result<Person, Stopped> {
    Person::new(&typed.trim().to_lowercase()).map_err(|_| {
        Stopped::Input(Label::new(
            "这不是孩子的代号，请照另一位监护人页面上的抄写",
            "this is no child's code: copy it from the other guardian's page",
        ))
    })
}

/// The office that was chosen, which must be one that may accept guardians.
fn office(app: &App, fields: &Params) -> Result<String, Stopped> {
    let typed = fields.typed("office");
    let may = Powers::of(&app.book).offices(Act::ConfirmGuardian, app.now());
    let found = may.into_iter().find(|id| *id == typed);
    found.map(str::to_owned).ok_or_else(|| {
        Stopped::Input(Label::new(
            "请选一个可以核实监护关系的机构",
            "choose one of the offices that accept guardians",
        ))
    })
}

/// An office compares the name with the papers, so there must be one.
async fn known_by_name(visitor: &Visitor) -> Result<(), Stopped> {
    let profile = visitor.people.profile(visitor.session.person.clone());
    match profile.await?.and_then(|profile| profile.name) {
        Some(_) => Ok(()),
        None => Err(Stopped::Input(Label::new(
            "请先在“我的”页面填写您自己的姓名，机构要拿它和证件对照",
            "state your own name on your page first: the office compares it with your papers",
        ))),
    }
}

/// How far a link is, in words for its guardian.
pub fn stands(app: &App, reader: &Reader, state: &LinkState) -> String {
    let office = |id: &str| app.office_name(id, reader.lang);
    match state {
        LinkState::Proposed { office: id, .. } if id.is_empty() => reader.say(
            "已提出，但没有选机构，请重新提出".to_owned(),
            "proposed, but to no office: propose it again".to_owned(),
        ),
        LinkState::Proposed { office: id, .. } => reader.say(
            format!("已提出，等{}看过证明；在那以前您还不能代办", office(id)),
            format!(
                "proposed; {} has to see the papers, and you cannot act until then",
                office(id)
            ),
        ),
        LinkState::Refused { office: id, .. } => reader.say(
            format!("{}没有通过，您还不能代办", office(id)),
            format!("{} has not accepted it; you cannot act", office(id)),
        ),
        LinkState::Accepted { office: id, .. } => reader.say(
            format!("{}已核实，您可以代办", office(id)),
            format!("accepted by {}; you can act for the child", office(id)),
        ),
    }
}

/// The same, knowing whether the child has come of age.
pub fn acts(app: &App, reader: &Reader, ward: &Ward) -> String {
    match ward.grown(app.now().date()) {
        true => reader.say(
            "孩子已满18岁，您不能再代办".to_owned(),
            "the child is eighteen; you cannot act any more".to_owned(),
        ),
        false => stands(app, reader, &ward.state),
    }
}

/// Whether the child's identity number is known. The number itself stands in no page of the guardian's.
fn numbered(app: &App, reader: &Reader, number: Option<&Basis>) -> String {
    match number {
        None => reader.say("没有填", "not given").to_owned(),
        Some(Basis::Stated { .. }) => reader
            .say(
                "已填写，还没有机构核实",
                "given; no office has confirmed it yet",
            )
            .to_owned(),
        Some(confirmed) => confirmed.label(app.city()).get(reader.lang).to_owned(),
    }
}

/// When a guardianship ends by itself.
fn until(app: &App, reader: &Reader, day: Option<Date>) -> String {
    let seen = |day| moments::full_day(day, reader.lang);
    match day {
        Some(day) if day <= app.now().date() => reader.say(
            format!("{}满18岁，已经结束", seen(day)),
            format!("ended on {}, at eighteen", seen(day)),
        ),
        Some(day) => reader.say(
            format!("{}满18岁，从那天起您不能再代办", seen(day)),
            format!("{}, when the child is eighteen; from then on you cannot act", seen(day)),
        ),
        None => reader.say(
            "没有机构核实过孩子的出生日期，所以不会自己结束；孩子满18岁以后，请您自己结束".to_owned(),
            "no office has confirmed the child's birth date, so it does not end by itself; end it yourself once the child is eighteen".to_owned(),
        ),
    }
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    visitor: &Visitor,
    typed: &Params,
    why: Option<&Label>,
) -> Result<Response, Failure> {
    let person = visitor.session.person.clone();
    let Some(profile) = visitor.people.profile(person.clone()).await? else {
        return Ok(to("/sign-in"));
    };
    let wards = visitor.people.wards(app, person).await?;
    let offices = Powers::of(&app.book).offices(Act::ConfirmGuardian, app.now());
    let title = reader.say("您名下的孩子", "Children in your care");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
            h1 { (title) }
            (wrong(reader, why))
            p .lede { (reader.say(
                "家长或者其他监护人可以替孩子报名、取消、填写情况。先在这里提出，再带户口簿到您选的机构；那里的人看过以后，您就能代办。",
                "A parent or another guardian can sign a child up, cancel, and answer for the child. Propose it here, then show the household register to the office you choose; once it has seen it, you can act.",
            )) }
            @for ward in &wards { (one(app, reader, visitor, ward, &offices)) }
            @if profile.name.is_none() {
                div .notice-line { p {
                    (reader.say("机构要把您的姓名和证件对照。请先", "The office compares your name with your papers. First "))
                    a href="/me#known" { (reader.say("填写姓名", "state your name")) } (reader.say("。", "."))
                } }
            } @else if offices.is_empty() {
                p { (reader.say("权责清单没有让任何机构核实监护关系，现在还不能提出。", "The powers let no office accept guardians, so nothing can be proposed now.")) }
            } @else {
                (open_form(app, reader, visitor, typed, &offices))
                (propose_form(app, reader, visitor, typed, &offices))
            }
            p .fine { (reader.say(
                "只有您选的机构和孩子已经通过核实的监护人，看得到您的姓名和这份申请；公开的账本里只有代号。",
                "Only the office you choose, and guardians of the child who were accepted before, see your name and what you propose; the public ledger has pseudonyms alone.",
            )) " " a href="/notices/powers#guardian" { (reader.say("哪些岗位可以核实", "Which posts may accept")) } }
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

fn day(app: &App, reader: &Reader, at: Timestamp) -> String {
    moments::full_day(app.city().zone.to_datetime(at).date(), reader.lang)
}

fn named(reader: &Reader, name: Option<&String>) -> Markup {
    html! { @match name { Some(name) => (Said::name(reader, name)), None => (reader.say("未写姓名", "no name given")) } }
}

/// One child: how far it is, since when, who else, and what can be done.
fn one(app: &App, reader: &Reader, visitor: &Visitor, ward: &Ward, offices: &[&str]) -> Markup {
    let (class, since, said, badge) = match &ward.state {
        LinkState::Proposed { at, .. } => (
            "depends",
            at,
            reader.say("提出", "Proposed"),
            reader.say("等核实", "waiting"),
        ),
        LinkState::Refused { at, .. } => (
            "no",
            at,
            reader.say("退回", "Refused"),
            reader.say("没有通过", "not accepted"),
        ),
        LinkState::Accepted { at, .. } => (
            "yes",
            at,
            reader.say("核实", "Accepted"),
            reader.say("已核实", "accepted"),
        ),
    };
    let heading = format!("ward-{}", ward.child);
    let accepted = matches!(ward.state, LinkState::Accepted { .. });
    let (class, badge) = match ward.grown(app.now().date()) {
        true => ("no", reader.say("已成年", "of age")),
        false => (class, badge),
    };
    html! {
        section .ward aria-labelledby=(heading) {
            h2 .rubric id=(heading) { @match &ward.name { Some(name) => (Said::name(reader, name)), None => (reader.say("一个孩子", "A child")) } }
            dl .about {
                dt { (reader.say("监护关系", "Guardianship")) }
                dd { span class={ "badge " (class) } { (badge) } " " (mixed(reader, &acts(app, reader, ward))) }
                @if let Some(reason) = &ward.reason {
                    dt { (reader.say("退回的理由", "Why refused")) }
                    dd .mail-text { (mixed(reader, reason)) }
                }
                dt { (said) } dd { (day(app, reader, *since)) }
                @if accepted { dt { (reader.say("身份证号", "Identity number")) } dd { (mixed(reader, &numbered(app, reader, ward.number.as_ref()))) } }
                @if accepted { dt { (reader.say("到什么时候", "Until")) } dd { (until(app, reader, ward.until)) } }
                dt { (reader.say("孩子的代号", "The child's code")) }
                dd { code .code-text { (ward.child) } }
                @for other in &ward.others {
                    dt { (reader.say("另一位监护人", "Another guardian")) }
                    dd { (another(app, reader, visitor, ward, other)) }
                }
            }
            (ways(app, reader, visitor, ward, offices))
        }
    }
}

/// Another guardian, whom an accepted one may turn away as long as no office has accepted them.
fn another(app: &App, reader: &Reader, visitor: &Visitor, ward: &Ward, other: &Other) -> Markup {
    let office = |id: &str| app.office_name(id, reader.lang);
    let said = match &other.state {
        LinkState::Proposed { office: id, .. } => reader.say(
            format!("提出当监护人，等{}核实", office(id)),
            format!("proposed, waits for {}", office(id)),
        ),
        LinkState::Refused { office: id, .. } => reader.say(
            format!("提出过，{}没有通过", office(id)),
            format!("proposed, not accepted by {}", office(id)),
        ),
        LinkState::Accepted { office: id, .. } => reader.say(
            format!("{}已核实", office(id)),
            format!("accepted by {}", office(id)),
        ),
    };
    let accepted = matches!(other.state, LinkState::Accepted { .. });
    html! {
        (named(reader, other.name.as_ref())) " " span .fine { (mixed(reader, &said)) }
        @if !accepted {
            form action="/me/children" method="post" {
                (carried(visitor, "end", &ward.child))
                input type="hidden" name="guardian" value=(other.guardian);
                button .quiet-button type="submit" { (reader.say("不认识，撤掉这份申请", "Turn this proposal away")) }
            }
        }
    }
}

/// What its guardian can do about a link.
fn ways(app: &App, reader: &Reader, visitor: &Visitor, ward: &Ward, offices: &[&str]) -> Markup {
    let accepted = matches!(ward.state, LinkState::Accepted { .. });
    let chosen = match &ward.state {
        LinkState::Proposed { office, .. } => office.as_str(),
        _ => "",
    };
    let id = |what: &str| format!("{what}-{}", ward.child);
    let others: Vec<&str> = offices.iter().copied().filter(|id| *id != chosen).collect();
    let stated = !matches!(ward.number, Some(Basis::Confirmed { .. }));
    html! {
        @if accepted && stated && !ward.grown(app.now().date()) {
            details {
                summary { @if ward.number.is_none() { (reader.say("补填孩子的身份证号", "Add the child's identity number")) } @else { (reader.say("改孩子的身份证号", "Change the child's identity number")) } }
                form .entry action="/me/children" method="post" {
                    (carried(visitor, "number", &ward.child))
                    div .field {
                        label for=(id("number")) { (reader.say("身份证号", "Identity number")) }
                        input id=(id("number")) type="text" name="number" maxlength="24" required autocomplete="off" aria-describedby=(id("number-hint"));
                        p .fine id=(id("number-hint")) { (reader.say("只有核实的机构看得到，公开的账本里是加密的。带户口簿到机构核实以后，孩子满18岁那天监护关系自己结束。", "Only an office that confirms it reads it; in the public ledger it is encrypted. Once an office has seen the household register and confirmed it, the guardianship ends by itself on the day the child is eighteen.")) }
                    }
                    button .quiet-button type="submit" { (reader.say("保存", "Save")) }
                }
            }
        }
        @if !accepted && !others.is_empty() {
            details {
                summary { @if chosen.is_empty() { (reader.say("重新提出", "Propose it again")) } @else { (reader.say("换一个机构", "Ask another office")) } }
                form .entry action="/me/children" method="post" {
                    (carried(visitor, "propose", &ward.child))
                    (choice(app, reader, &id("office"), &others, ""))
                    button .quiet-button type="submit" { (reader.say("提出", "Propose")) }
                }
            }
        }
        @if !ward.only {
            details {
                summary { @if accepted { (reader.say("不再当监护人", "Stop being the guardian")) } @else { (reader.say("撤回申请", "Withdraw the proposal")) } }
                form .entry action="/me/children" method="post" {
                    (carried(visitor, "end", &ward.child))
                    p { @if accepted { (reader.say("以后您不能再替这个孩子办事；孩子已经报的名还在，由另一位监护人管。", "You can no longer act for this child. What the child is signed up for stays, in the other guardian's hands.")) } @else { (reader.say("撤回以后，机构就看不到这份申请了。", "The office will no longer see the proposal.")) } }
                    button .quiet-button type="submit" { @if accepted { (reader.say("结束监护关系", "End the guardianship")) } @else { (reader.say("撤回", "Withdraw")) } }
                }
            }
        } @else if accepted {
            p .fine { (reader.say("您是这个孩子在这里唯一的监护人，不能退出；要退出，先请另一位监护人通过核实。", "You are the child's only guardian here and cannot step back until another one is accepted.")) }
        }
        @if accepted || ward.only {
            details {
                summary { (reader.say("注销孩子的账号", "Close the child's account")) }
                form .entry action="/me/children" method="post" {
                    (carried(visitor, "close", &ward.child))
                    p { (reader.say("孩子的姓名和其他资料以后谁也读不出来，不能恢复；监护关系也一起结束。", "Nobody can read the child's name or anything else about the child afterwards, and it cannot be undone. All guardianships end with it.")) }
                    label .sure { input type="checkbox" name="sure" value="yes" required; span { (reader.say("我明白，注销后不能恢复", "I understand that this cannot be undone")) } }
                    button .quiet-button type="submit" { (reader.say("注销孩子的账号", "Close the child's account")) }
                }
            }
        }
    }
}

fn carried(visitor: &Visitor, what: &str, child: &Person) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(visitor.csrf());
        input type="hidden" name="what" value=(what);
        input type="hidden" name="child" value=(child);
    }
}

/// The offices that can be turned to.
fn choice(app: &App, reader: &Reader, id: &str, offices: &[&str], chosen: &str) -> Markup {
    html! {
        div .field {
            label for=(id) { (reader.say("到哪个机构核实", "Which office sees the papers")) }
            select id=(id) name="office" required {
                option value="" { (reader.say("请选择", "Choose")) }
                @for office in offices {
                    option value=(office) selected[*office == chosen] { (app.office_name(office, reader.lang)) }
                }
            }
        }
    }
}

fn open_form(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    typed: &Params,
    offices: &[&str],
) -> Markup {
    // What was typed stays in the form it was typed in; a number is typed again, for it is in no page.
    let of = |field: &str| match typed.typed("what") {
        "open" => typed.typed(field).to_owned(),
        _ => String::new(),
    };
    html! {
        section aria-labelledby="open" {
            h2 #open .rubric { (reader.say("孩子还没有账号", "The child has no account yet")) }
            form .entry action="/me/children" method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                input type="hidden" name="what" value="open";
                div .field {
                    label for="child-name" { (reader.say("孩子的姓名", "The child's name")) }
                    input #child-name type="text" name="name" maxlength="64" required autocomplete="off" value=(of("name"));
                }
                div .field {
                    label for="child-number" { (reader.say("孩子的身份证号（可以不填）", "The child's identity number (may be left out)")) }
                    input #child-number type="text" name="number" maxlength="24" autocomplete="off" aria-describedby="number-hint";
                    p #number-hint .fine { (reader.say("填了，机构可以和户口簿对照；核实以后，孩子满18岁那天监护关系自己结束。", "With it the office can compare. Once confirmed, the guardianship ends by itself on the day the child is eighteen.")) }
                }
                (choice(app, reader, "open-office", offices, &of("office")))
                button .button type="submit" { (reader.say("开账号，提出监护关系", "Open the account and propose")) }
            }
        }
    }
}

fn propose_form(
    app: &App,
    reader: &Reader,
    visitor: &Visitor,
    typed: &Params,
    offices: &[&str],
) -> Markup {
    let of = |field: &str| match typed.typed("what") {
        "propose" => typed.typed(field).to_owned(),
        _ => String::new(),
    };
    html! {
        section aria-labelledby="propose" {
            h2 #propose .rubric { (reader.say("孩子已经有账号", "The child has an account")) }
            form .entry action="/me/children" method="post" {
                input type="hidden" name="csrf" value=(visitor.csrf());
                input type="hidden" name="what" value="propose";
                div .field {
                    label for="child-code" { (reader.say("孩子的代号", "The child's code")) }
                    input #child-code type="text" name="child" maxlength="80" required autocomplete="off" spellcheck="false" value=(of("child")) aria-describedby="code-hint";
                    p #code-hint .fine { (reader.say("孩子的第一位监护人在这一页上看得到，请向他要。", "The child's first guardian sees it on this page: ask them for it.")) }
                }
                (choice(app, reader, "propose-office", offices, &of("office")))
                button .button .quiet type="submit" { (reader.say("提出监护关系", "Propose")) }
            }
        }
    }
}
