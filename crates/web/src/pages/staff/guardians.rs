//! `/desk/guardians`: who asks this office to be accepted as a child's guardian. Whoever has seen the papers accepts; who has not
//! been shown them refuses, and says why and what to do.

use super::{Officer, alert, by_clause, denied, led_to};
use crate::app::App;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::sign_in::{faced, post};
use crate::params::Params;
use crate::people::{Asked, Known, Stopped, Waiting};
use crate::reader::Reader;
use crate::wording::{Said, mixed};
use axum::extract::State;
use axum::response::Response;
use forms::people::guardian::{Link, comes_of_age};
use forms::people::powers::{Act, Citation, Denied, Matter, Powers, Standing};
use forms::people::{Basis, Reason, Refusal};
use ledger::name::Person;
use maud::{Markup, html};
use notice::Label;
use std::sync::Arc;

/// Whether somebody's post accepts guardians.
pub fn is_for(app: &App, standing: &Standing) -> bool {
    let Some(post) = &standing.post else {
        return false;
    };
    let matter = Matter::of(&post.office);
    let powers = Powers::of(&app.book);
    powers
        .may(standing, Act::ConfirmGuardian, &matter, app.now())
        .is_ok()
}

impl Officer {
    /// By which clause they answer what is proposed to their own office.
    fn answers(&self, app: &App, interest: bool) -> Result<Citation, Box<Denied>> {
        let post = self.standing.post.as_ref();
        let office = post.map_or("", |post| post.office.as_str());
        self.may(app, Act::ConfirmGuardian, office, interest)
    }

    fn is_one_of(&self, guardian: &Person, child: &Person) -> bool {
        [guardian, child].contains(&&self.visitor.session.person)
    }
}

/// `GET /desk/guardians`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    officer: Officer,
    params: Params,
) -> Result<Response, Failure> {
    let said = match params.get("done") {
        Some("accepted") => Some(Label::new(
            "已经通过，监护人现在可以代办",
            "accepted: the guardian can act now",
        )),
        Some("refused") => Some(Label::new(
            "已经退回，监护人在自己的页面上看得到理由",
            "refused: the guardian reads why on their own page",
        )),
        _ => None,
    };
    page(&app, &reader, &officer, said.as_ref(), None).await
}

/// `POST /desk/guardians/answer`: `what` is `accept` or `refuse`.
pub async fn answer(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let officer = Officer::of(&app, visitor);
    // Before anything that was typed is looked at: who may not, learns nothing.
    if let Err(why) = officer.answers(&app, false) {
        return Ok(denied(&app, &reader, &why));
    }
    let named = |field: &str| Person::new(fields.typed(field)).map_err(|_| Failure::NotFound);
    let (guardian, child) = (named("guardian")?, named("child")?);
    let interest = officer.is_one_of(&guardian, &child);
    let under = match officer.answers(&app, interest) {
        Ok(under) => under,
        Err(why) => return Ok(denied(&app, &reader, &why)),
    };
    let link = Link { guardian, child };
    let (people, by, now) = (
        &officer.visitor.people,
        &officer.visitor.session.person,
        app.clock.now(),
    );
    let done = match fields.typed("what") {
        "accept" if fields.typed("seen") != "yes" => Err(Stopped::Input(Label::new(
            "请先核对证件，再勾选“已看过证件”",
            "look at the papers first, then tick “I have seen the papers”",
        ))),
        "accept" => accept(&app, &officer, link, under)
            .await
            .map(|()| "accepted"),
        "refuse" => match Reason::new(fields.typed("reason")) {
            Ok(reason) => people
                .refuse_guardian(by, link, reason, under, now)
                .await
                .map(|()| "refused"),
            Err(bad) => Err(bad.into()),
        },
        _ => return Err(Failure::NotFound),
    };
    match done {
        Ok(done) => Ok(led_to(&format!("/desk/guardians?done={done}"))),
        Err(stopped) => {
            "/desk/guardians".clone_into(&mut reader.here);
            let (status, why) = match stopped {
                // What waits for another office is no matter of this one: there is nothing here to answer.
                Stopped::Refused(Refusal::OtherPower) => Stopped::Refused(Refusal::NoLink),
                other => other,
            }
            .told(&app)?;
            let shown = page(&app, &reader, &officer, None, Some(&why)).await?;
            Ok(faced(shown, status))
        }
    }
}

/// Accepts, and confirms the child's name and number, which stand beside the tick, if the powers let this post do that too.
async fn accept(app: &App, officer: &Officer, link: Link, under: Citation) -> Result<(), Stopped> {
    let (people, by) = (&officer.visitor.people, &officer.visitor.session.person);
    let (child, now) = (link.child.clone(), app.clock.now());
    let office = under.office().to_owned();
    people.accept_guardian(by, link, under, now).await?;
    match officer.may(app, Act::ConfirmIdentity, &office, false) {
        Ok(under) => people.confirm_child(by, child, under, now).await,
        Err(_) => Ok(()),
    }
}

async fn page(
    app: &Arc<App>,
    reader: &Reader,
    officer: &Officer,
    done: Option<&Label>,
    why: Option<&Label>,
) -> Result<Response, Failure> {
    let citation = match officer.answers(app, false) {
        Ok(citation) => citation,
        Err(why) => return Ok(denied(app, reader, &why)),
    };
    let people = &officer.visitor.people;
    let (waiting, more) = people.waiting(citation.office().to_owned()).await?;
    let title = reader.say("核实监护关系", "Guardians to accept");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
            @if app.is_demo() { p .kicker { span .demo { (reader.say("演示", "demo")) } } }
            h1 { (title) }
            @if let Some(at) = &officer.standing.post { p .lede { (mixed(reader, &post(app, reader, &at.office, &at.role))) } }
            @if let Some(done) = done { div .notice-line .done role="status" { p { (mixed(reader, done.get(reader.lang))) } } }
            (alert(reader, why))
            p { (reader.say(
                "下面的人请本机构核实，他们是孩子的监护人。请照户口簿或者出生证明对照两个人的姓名，再通过或者退回。",
                "These people ask this office to accept them as a child's guardian. Compare both names with the household register or the birth certificate, then accept or refuse.",
            )) }
            @if waiting.is_empty() {
                p { strong { (reader.say("没有等着核实的。", "Nothing is waiting.")) } }
            }
            @for one in &waiting { (proposal(app, reader, officer, one)) }
            @if more { p .fine { (reader.say("还有更多，办完这些就会出现。", "There are more; they appear once these are answered.")) } }
            (by_clause(app, reader, &citation))
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

fn proposal(app: &App, reader: &Reader, officer: &Officer, one: &Waiting) -> Markup {
    let since = app.city().zone.to_datetime(one.since);
    let heading = format!("of-{}-{}", one.guardian, one.child);
    html! {
        section .ward aria-labelledby=(heading) {
            h2 .rubric id=(heading) { (name(reader, one.child_name.as_ref())) }
            dl .about {
                dt { (reader.say("孩子", "Child")) } dd { (whose(app, reader, one.child_name.as_ref())) }
                @if let Some(number) = &one.number {
                    dt { (reader.say("身份证号", "Identity number")) } dd { (number.as_str()) }
                    dt { (reader.say("出生", "Born")) } dd { (moments::full_day(number.birth(), reader.lang)) }
                }
                dt { (reader.say("到什么时候", "Until")) }
                dd { @match &one.number {
                    Some(number) => (reader.say(
                        format!("{}满18岁，从那天起不再有效", moments::full_day(comes_of_age(number.birth()), reader.lang)),
                        format!("{}, when the child is eighteen", moments::full_day(comes_of_age(number.birth()), reader.lang)),
                    )),
                    None => (reader.say("没有填身份证号，不会自己结束", "no identity number was given: it does not end by itself")),
                } }
                dt { (reader.say("监护人", "Guardian")) } dd { (whose(app, reader, one.guardian_name.as_ref())) }
                dt { (reader.say("提出", "Proposed")) } dd { (moments::full_day(since.date(), reader.lang)) }
                dt { (reader.say("孩子的代号", "The child's code")) } dd { code .code-text { (one.child) } }
            }
            @match officer.answers(app, officer.is_one_of(&one.guardian, &one.child)) {
                Err(why) => p .fine { (mixed(reader, why.label(app.city()).get(reader.lang))) (reader.say("。", ".")) },
                Ok(_) => (forms(reader, officer, one)),
            }
        }
    }
}

fn forms(reader: &Reader, officer: &Officer, one: &Waiting) -> Markup {
    let carried = html! {
        input type="hidden" name="csrf" value=(officer.visitor.csrf());
        input type="hidden" name="guardian" value=(one.guardian);
        input type="hidden" name="child" value=(one.child);
    };
    let id = format!("reason-{}-{}", one.guardian, one.child);
    html! {
        form action="/desk/guardians/answer" method="post" {
            (carried)
            label .sure { input type="checkbox" name="seen" value="yes" required; span { (reader.say("已看过证件，两个人的姓名和上面的身份证号都对得上", "I have seen the papers; both names and any number above agree")) } }
            button .button type="submit" name="what" value="accept" { (reader.say("通过", "Accept")) }
        }
        details {
            summary { (reader.say("退回，写明理由", "Refuse, and say why")) }
            form .desk-form action="/desk/guardians/answer" method="post" {
                (carried)
                div .field {
                    label for=(id) { (reader.say("理由，监护人会看到", "Why; the guardian will read it")) }
                    textarea id=(id) name="reason" rows="3" maxlength="300" required {}
                }
                button .quiet-button type="submit" name="what" value="refuse" { (reader.say("退回", "Refuse")) }
            }
        }
    }
}

fn name(reader: &Reader, known: Option<&Known<String>>) -> Markup {
    html! { @match known { Some(known) => (Said::name(reader, &known.what)), None => (reader.say("未写姓名", "no name given")) } }
}

/// A name, and on whose word.
fn whose(app: &App, reader: &Reader, known: Option<&Known<String>>) -> Markup {
    html! {
        (name(reader, known))
        @if let Some(known) = known {
            " "
            @match &known.basis {
                // A child's name was typed by whoever proposes.
                Basis::Stated { .. } => span .badge .depends { (reader.say("自己填写", "as they wrote it")) },
                confirmed => span .badge .yes { (mixed(reader, confirmed.label(app.city()).get(reader.lang))) },
            }
        }
    }
}
