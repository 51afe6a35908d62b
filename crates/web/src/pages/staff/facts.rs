//! `/desk/facts`: an office confirms what it has seen of a person: who they are, where they live, which class a child is in. The person is found by
//! their code and the name on their papers; shown and confirmed is what the powers let this post confirm, and nothing else.

use super::{Officer, alert, by_clause, denied};
use crate::app::App;
use crate::bookings::subject::person_kind;
use crate::failure::Failure;
use crate::layout;
use crate::moments;
use crate::pages::me;
use crate::pages::sign_in::{faced, post};
use crate::params::Params;
use crate::people::{Asked, Caller, Known, Shown, Stopped, to_confirm};
use crate::reader::Reader;
use crate::wording::{Said, mixed};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use forms::people::identity::Check;
use forms::people::powers::{Act, Citation, Denied, Matter, Powers, Standing};
use forms::people::{Basis, PersonName, Refusal, SaidFact};
use ledger::name::Person;
use maud::{Markup, html};
use notice::Label;
use notice::vocabulary::{Attribute, Domain, Holder};
use std::sync::Arc;

/// What people can be asked for: yes and no, and one of a few values.
fn attributes(app: &App) -> impl Iterator<Item = &Attribute> {
    let person = person_kind(app.city());
    let of_people = move |holder: &Holder| match holder {
        Holder::Kinds(kinds) => person.is_some_and(|person| kinds.contains(&person)),
        Holder::City { .. } => false,
    };
    let all = app.city().vocabulary.attributes.iter();
    all.filter(move |attribute| {
        let few = matches!(
            attribute.domain,
            Domain::Boolean { .. } | Domain::Choice { .. }
        );
        few && of_people(&attribute.holder)
    })
}

/// By which clause somebody may confirm an attribute in the name of their own office; of anybody, or of themselves and their children.
fn may(
    app: &App,
    who: &Standing,
    attribute: Option<&str>,
    own: bool,
) -> Result<Citation, Box<Denied>> {
    let office = who.post.as_ref().map_or("", |post| post.office.as_str());
    let matter = to_confirm(app.city(), office, attribute, own);
    let asked = Powers::of(&app.book).may(who, Act::ConfirmFact, &matter, app.now());
    asked.map_err(Box::new)
}

/// Whether somebody's post confirms facts about people.
pub fn is_for(app: &App, who: &Standing) -> bool {
    confirms(app, who).is_ok()
}

/// What somebody's post confirms, each with its clause.
struct Confirms<'a> {
    facts: Vec<(&'a Attribute, Citation)>,
    /// Names and identity numbers.
    identity: Option<Citation>,
}

/// By which clause somebody may confirm who a person is, in the name of their own office.
fn may_identify(app: &App, who: &Standing, own: bool) -> Result<Citation, Box<Denied>> {
    let office = who.post.as_ref().map_or("", |post| post.office.as_str());
    let matter = Matter {
        interest: own,
        ..Matter::of(office)
    };
    let asked = Powers::of(&app.book).may(who, Act::ConfirmIdentity, &matter, app.now());
    asked.map_err(Box::new)
}

/// What somebody's post confirms; otherwise why nothing.
fn confirms<'a>(app: &'a App, who: &Standing) -> Result<Confirms<'a>, Box<Denied>> {
    let facts = attributes(app).filter_map(|attribute| {
        let under = may(app, who, Some(&attribute.label.zh), false).ok()?;
        Some((attribute, under))
    });
    let all = Confirms {
        facts: facts.collect(),
        identity: may_identify(app, who, false).ok(),
    };
    match all.facts.is_empty() && all.identity.is_none() {
        false => Ok(all),
        true => may(app, who, None, false).map(|_| all),
    }
}

/// `GET /desk/facts`
pub async fn show(
    State(app): State<Arc<App>>,
    reader: Reader,
    officer: Officer,
) -> Result<Response, Failure> {
    page(
        &app,
        &reader,
        &officer,
        &Params::default(),
        &Told::default(),
    )
}

/// `POST /desk/facts/find`: by a form, so that no address has a person in it.
pub async fn find(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    caller: Caller,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let officer = Officer::of(&app, visitor);
    if let Err(why) = confirms(&app, &officer.standing) {
        return Ok(denied(&app, &reader, &why));
    }
    "/desk/facts".clone_into(&mut reader.here);
    let (status, mut told) = (StatusCode::OK, Told::default());
    let status = match found(&app, &officer, &fields, &caller).await {
        Ok(shown) => {
            told.shown = Some(shown);
            status
        }
        Err(stopped) => told.not(stopped, &app)?,
    };
    Ok(faced(
        page(&app, &reader, &officer, &fields, &told)?,
        status,
    ))
}

/// `POST /desk/facts/answer`: `what` is `confirm` or `take-back`.
pub async fn answer(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    caller: Caller,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let officer = Officer::of(&app, visitor);
    // Before anybody is looked for: who may not, learns nothing.
    if let Err(why) = confirms(&app, &officer.standing) {
        return Ok(denied(&app, &reader, &why));
    }
    let typed = fields.typed("attribute");
    let mut known = attributes(&app);
    let attribute = known.find(|attribute| attribute.label.zh == typed);
    let attribute = attribute.ok_or(Failure::NotFound)?;
    let may = |own| may(&app, &officer.standing, Some(&attribute.label.zh), own);
    if let Err(why) = may(false) {
        return Ok(denied(&app, &reader, &why));
    }
    "/desk/facts".clone_into(&mut reader.here);
    let mut told = Told::default();
    let status = match found(&app, &officer, &fields, &caller).await {
        Err(stopped) => told.not(stopped, &app)?,
        Ok(shown) => {
            let under = match may(shown.own) {
                Ok(under) => under,
                Err(why) => return Ok(denied(&app, &reader, &why)),
            };
            let status = match give(&app, &officer, &shown, attribute, &fields, under).await {
                Ok(done) => {
                    told.done = Some(done);
                    StatusCode::OK
                }
                Err(stopped) => told.not(stopped, &app)?,
            };
            // As it is now, also where nothing was done.
            told.shown = found(&app, &officer, &fields, &caller).await.ok();
            status
        }
    };
    Ok(faced(
        page(&app, &reader, &officer, &fields, &told)?,
        status,
    ))
}

/// `POST /desk/facts/identity`: `what` is `confirm` or `take-back`.
pub async fn identity(
    State(app): State<Arc<App>>,
    mut reader: Reader,
    caller: Caller,
    Asked { visitor, fields }: Asked,
) -> Result<Response, Failure> {
    let officer = Officer::of(&app, visitor);
    if let Err(why) = may_identify(&app, &officer.standing, false) {
        return Ok(denied(&app, &reader, &why));
    }
    "/desk/facts".clone_into(&mut reader.here);
    let mut told = Told::default();
    let status = match found(&app, &officer, &fields, &caller).await {
        Err(stopped) => told.not(stopped, &app)?,
        Ok(shown) => {
            let under = match may_identify(&app, &officer.standing, shown.own) {
                Ok(under) => under,
                Err(why) => return Ok(denied(&app, &reader, &why)),
            };
            let status = match identify(&app, &officer, &shown, &fields, under).await {
                Ok(done) => {
                    told.done = Some(done);
                    StatusCode::OK
                }
                Err(stopped) => told.not(stopped, &app)?,
            };
            told.shown = found(&app, &officer, &fields, &caller).await.ok();
            status
        }
    };
    Ok(faced(
        page(&app, &reader, &officer, &fields, &told)?,
        status,
    ))
}

/// Confirms who somebody is, or takes that back; gives what is said of it.
async fn identify(
    app: &App,
    officer: &Officer,
    shown: &Shown,
    fields: &Params,
    under: Citation,
) -> Result<Label, Stopped> {
    let (check, done) = match fields.typed("what") {
        "confirm" => {
            // A name alone would bar its person from giving the number later.
            let number = shown.number.as_ref();
            let (_, index) = number.ok_or(Stopped::Refused(Refusal::NothingStated))?;
            if fields.typed("number") != index.to_string() {
                return Err(Stopped::Input(Label::new(
                    "号码刚才改过，请照现在的再核对一遍",
                    "the number was changed a moment ago: compare it again as it is now",
                )));
            }
            if fields.typed("seen") != "yes" {
                return Err(papers_first());
            }
            let done = Label::new(
                "姓名和身份证号已经核实",
                "name and identity number are confirmed",
            );
            (Check::Confirm, done)
        }
        "take-back" => {
            let done = Label::new(
                "核实已经撤回，本人可以改姓名和号码",
                "taken back: the person may change name and number",
            );
            (Check::TakeBack, done)
        }
        _ => return Err(Stopped::Failure(Failure::NotFound)),
    };
    let (people, by) = (&officer.visitor.people, &officer.visitor.session.person);
    let (how, now) = ((check, under), app.clock.now());
    let person = shown.person.clone();
    people.check_identity(by, person, how, now).await?;
    Ok(done)
}

fn papers_first() -> Stopped {
    Stopped::Input(Label::new(
        "请先看证明材料，再勾选“已看过”",
        "look at the papers first, then tick that you have",
    ))
}

/// What a page shows beside its form.
#[derive(Default)]
struct Told {
    shown: Option<Shown>,
    done: Option<Label>,
    why: Option<Label>,
}

impl Told {
    /// Keeps what was not done, and gives the status of that.
    fn not(&mut self, stopped: Stopped, app: &App) -> Result<StatusCode, Failure> {
        let (status, why) = stopped.told(app)?;
        self.why = Some(why);
        Ok(status)
    }
}

/// Who was typed. That nobody has this code is not told apart from a name that does not fit.
async fn found(
    app: &App,
    officer: &Officer,
    fields: &Params,
    caller: &Caller,
) -> Result<Shown, Stopped> {
    let nobody = || {
        Stopped::Input(Label::new(
            "没有这个代号和姓名的人，请照对方“我的”页面和证件再核对；没有填姓名的，请对方先填写",
            "nobody has this code and this name: compare both with their page and their papers; who has given no name has to do so first",
        ))
    };
    let code = fields.typed("code").trim().to_lowercase();
    let code = Person::new(&code).map_err(|_| nobody())?;
    let name = PersonName::new(fields.typed("name"))?;
    let visitor = &officer.visitor;
    let found = visitor.people.shown(
        &visitor.session.person,
        (code, name),
        may_identify(app, &officer.standing, false).is_ok(),
        caller.from,
        app.clock.now(),
    );
    found.await?.ok_or_else(nobody)
}

/// Confirms an attribute, or takes that back; gives what is said of it.
async fn give(
    app: &App,
    officer: &Officer,
    shown: &Shown,
    attribute: &Attribute,
    fields: &Params,
    under: Citation,
) -> Result<Label, Stopped> {
    let word = attribute.label.zh.to_string();
    let (said, check, done) = match fields.typed("what") {
        "confirm" if fields.typed("seen") != "yes" => {
            return Err(papers_first());
        }
        "confirm" => {
            let value = value(attribute, fields.typed("value"));
            let value = value.ok_or(Stopped::Input(Label::new(
                "请选一项，再核实",
                "choose one of the values, then confirm",
            )))?;
            let said = SaidFact {
                attribute: word,
                value,
            };
            let done = Label::new(
                "已经核实，本人看得到是哪个机构核实的",
                "confirmed; the person reads by which office",
            );
            (said, Check::Confirm, done)
        }
        "take-back" => {
            let mut facts = shown.facts.iter();
            let kept = facts.find(|fact| fact.what.attribute == word);
            let kept = kept.ok_or(Stopped::Refused(Refusal::NotConfirmed))?;
            let done = Label::new(
                "核实已经撤回，这一项现在没有记录",
                "taken back; nothing is kept of this now",
            );
            (kept.what.clone(), Check::TakeBack, done)
        }
        _ => return Err(Stopped::Failure(Failure::NotFound)),
    };
    let (people, by) = (&officer.visitor.people, &officer.visitor.session.person);
    let (how, now) = ((check, under), app.clock.now());
    people.check_fact(by, &shown.person, said, how, now).await?;
    Ok(done)
}

/// One of the values that an attribute has, as facts are kept.
fn value(attribute: &Attribute, typed: &str) -> Option<String> {
    values(attribute).into_iter().find(|value| value == typed)
}

fn values(attribute: &Attribute) -> Vec<String> {
    match &attribute.domain {
        Domain::Boolean { .. } => vec!["是".to_owned(), "否".to_owned()],
        Domain::Choice { values, .. } => values
            .iter()
            .map(|value| value.label.zh.to_string())
            .collect(),
        _ => Vec::new(),
    }
}

fn page(
    app: &App,
    reader: &Reader,
    officer: &Officer,
    typed: &Params,
    told: &Told,
) -> Result<Response, Failure> {
    let confirms = match confirms(app, &officer.standing) {
        Ok(confirms) => confirms,
        Err(why) => return Ok(denied(app, reader, &why)),
    };
    let title = reader.say("核实个人情况", "Facts to confirm");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/me" { (reader.say("我的", "My page")) } } } }
            @if app.is_demo() { p .kicker { span .demo { (reader.say("演示", "demo")) } } }
            h1 { (title) }
            @if let Some(at) = &officer.standing.post { p .lede { (mixed(reader, &post(app, reader, &at.office, &at.role))) } }
            @if let Some(done) = &told.done { div .notice-line .done role="status" { p { (mixed(reader, done.get(reader.lang))) (reader.say("。", ".")) } } }
            (alert(reader, told.why.as_ref()))
            @if let Some(shown) = &told.shown { (person(app, reader, officer, shown, &confirms)) }
            (find_form(reader, officer, typed, told.shown.is_none()))
            section aria-labelledby="powers" {
                h2 #powers .rubric { (reader.say("您的岗位能核实什么", "What your post confirms")) }
                @if let Some(under) = &confirms.identity {
                    p { strong { (reader.say("姓名和身份证号", "Name and identity number")) } }
                    (by_clause(app, reader, under))
                }
                @for (attribute, under) in &confirms.facts {
                    p { strong { (me::attribute(app, reader, &attribute.label.zh)) } }
                    (by_clause(app, reader, under))
                }
            }
        }
    };
    Ok(layout::personal(app, reader, title, body))
}

fn find_form(reader: &Reader, officer: &Officer, typed: &Params, first: bool) -> Markup {
    // Whoever was found is not looked for again.
    let of = |field| if first { typed.typed(field) } else { "" };
    html! {
        section aria-labelledby="find" {
            h2 #find .rubric { @if first { (reader.say("找人", "Find the person")) } @else { (reader.say("找另一个人", "Find another person")) } }
            form .entry action="/desk/facts/find" method="post" {
                input type="hidden" name="csrf" value=(officer.visitor.csrf());
                div .field {
                    label for="code" { (reader.say("对方的代号", "Their code")) }
                    input #code type="text" name="code" maxlength="80" required autocomplete="off" spellcheck="false" autocapitalize="none" value=(of("code")) aria-describedby="code-hint";
                    p #code-hint .fine { (reader.say("在对方“我的”页面上；孩子的，在监护人的“您名下的孩子”里。", "It stands on their own page; a child's, on the guardian's page “Children in your care”.")) }
                }
                div .field {
                    label for="name" { (reader.say("姓名，照证件填写", "Name, as on their papers")) }
                    input #name type="text" name="name" maxlength="64" required autocomplete="off" value=(of("name")) aria-describedby="name-hint";
                    p #name-hint .fine { (reader.say("代号和姓名都对得上，才看得到这个人。", "Only where both agree is the person shown.")) }
                }
                button .button type="submit" { (reader.say("找人", "Find")) }
            }
        }
    }
}

/// The person, with what this post confirms of them.
fn person(
    app: &App,
    reader: &Reader,
    officer: &Officer,
    shown: &Shown,
    confirms: &Confirms<'_>,
) -> Markup {
    html! {
        section .ward aria-labelledby="person" {
            h2 #person .rubric { (Said::name(reader, &shown.name.what)) }
            dl .about {
                dt { (reader.say("姓名", "Name")) }
                dd { (Said::name(reader, &shown.name.what)) " " (me::basis(app, reader, &shown.name.basis)) }
                dt { (reader.say("代号", "Code")) } dd { code .code-text { (shown.person) } }
            }
        }
        @if confirms.identity.is_some() { (who(app, reader, officer, shown)) }
        @for (number, (attribute, _)) in confirms.facts.iter().enumerate() {
            (fact(app, reader, officer, shown, attribute, number))
        }
    }
}

/// The identity number, and confirming it with the name.
fn who(app: &App, reader: &Reader, officer: &Officer, shown: &Shown) -> Markup {
    let basis = &shown.name.basis;
    let office = match basis {
        Basis::Confirmed { office, .. } => Some(office.as_str()),
        Basis::Stated { .. } => None,
    };
    let post = officer.standing.post.as_ref();
    let own = office.is_some() && post.map(|post| post.office.as_str()) == office;
    let carried = html! {
        input type="hidden" name="csrf" value=(officer.visitor.csrf());
        input type="hidden" name="code" value=(shown.person);
        input type="hidden" name="name" value=(shown.name.what);
    };
    html! {
        section .ward aria-labelledby="identity" {
            h3 #identity { (reader.say("姓名和身份证号", "Name and identity number")) }
            @match &shown.number {
                None => p { (reader.say("没有填身份证号，请本人或者监护人先填写。", "No identity number was given; the person, or the guardian, states it first.")) },
                Some((number, _)) => dl .about {
                    dt { (reader.say("身份证号", "Identity number")) } dd { (number.as_str()) " " (me::basis(app, reader, basis)) }
                    dt { (reader.say("出生", "Born")) } dd { (moments::full_day(number.birth(), reader.lang)) }
                },
            }
            @match (may_identify(app, &officer.standing, shown.own), &shown.number) {
                (Err(why), _) => p .fine { (mixed(reader, why.label(app.city()).get(reader.lang))) (reader.say("。", ".")) },
                (Ok(_), _) if office.is_some() && !own => p .fine {
                    (reader.say("是别的机构核实的；要改，请本人找那个机构。", "Another office has confirmed it; only that one changes it.")) },
                (Ok(_), _) if own => details {
                    summary { (reader.say("撤回核实", "Take it back")) }
                    form .entry action="/desk/facts/identity" method="post" {
                        (carried)
                        p { (reader.say("撤回以后，本人或者监护人可以改姓名和号码，再来核实。", "Then the person or the guardian may change name and number, and come again.")) }
                        button .quiet-button type="submit" name="what" value="take-back" { (reader.say("撤回核实", "Take it back")) }
                    }
                },
                (Ok(_), None) => {},
                (Ok(_), Some((_, index))) => form .entry action="/desk/facts/identity" method="post" {
                    (carried)
                    input type="hidden" name="number" value=(index);
                    label .sure { input type="checkbox" name="seen" value="yes" required; span { (reader.say("已看过证件，姓名和号码都对得上", "I have seen the papers; name and number agree")) } }
                    button .button type="submit" name="what" value="confirm" { (reader.say("核实", "Confirm")) }
                },
            }
        }
    }
}

fn fact(
    app: &App,
    reader: &Reader,
    officer: &Officer,
    shown: &Shown,
    attribute: &Attribute,
    number: usize,
) -> Markup {
    let word = &*attribute.label.zh;
    let heading = format!("fact-{number}");
    let mut facts = shown.facts.iter();
    let known = facts.find(|fact| fact.what.attribute == word);
    let own_office = |office: &str| {
        let post = officer.standing.post.as_ref();
        post.is_some_and(|post| post.office == office)
    };
    html! {
        section .ward aria-labelledby=(heading) {
            h3 id=(heading) { (me::attribute(app, reader, word)) }
            p { @match known {
                Some(known) => { strong { (me::value(app, reader, word, &known.what.value)) } " " (me::basis(app, reader, &known.basis)) }
                None => (reader.say("还没有记录。", "Nothing is kept yet.")),
            } }
            @match (may(app, &officer.standing, Some(word), shown.own), known.map(|known| &known.basis)) {
                (Err(why), _) => p .fine { (mixed(reader, why.label(app.city()).get(reader.lang))) (reader.say("。", ".")) },
                (Ok(_), Some(Basis::Confirmed { office, .. })) if !own_office(office) => p .fine {
                    (reader.say("是别的机构核实的；要改，请本人找那个机构。", "Another office has confirmed it; only that one changes it.")) },
                (Ok(_), basis) => (forms(app, reader, officer, shown, attribute, known, matches!(basis, Some(Basis::Confirmed { .. })))),
            }
        }
    }
}

fn forms(
    app: &App,
    reader: &Reader,
    officer: &Officer,
    shown: &Shown,
    attribute: &Attribute,
    known: Option<&Known<SaidFact>>,
    confirmed: bool,
) -> Markup {
    let word = &*attribute.label.zh;
    let id = format!("value-{word}");
    let carried = html! {
        input type="hidden" name="csrf" value=(officer.visitor.csrf());
        input type="hidden" name="code" value=(shown.person);
        input type="hidden" name="name" value=(shown.name.what);
        input type="hidden" name="attribute" value=(word);
    };
    let form = html! {
        form .entry action="/desk/facts/answer" method="post" {
            (carried)
            div .field {
                label for=(id) { (reader.say("照材料选", "As the papers say")) }
                select id=(id) name="value" required {
                    option value="" { (reader.say("请选择", "Choose")) }
                    @for value in values(attribute) {
                        option value=(value) selected[known.is_some_and(|known| known.what.value == value)] { (me::value(app, reader, word, &value)) }
                    }
                }
            }
            label .sure { input type="checkbox" name="seen" value="yes" required; span { (reader.say("已看过证明材料，是这个人的", "I have seen the papers, and they are this person's")) } }
            button .button type="submit" name="what" value="confirm" { (reader.say("核实", "Confirm")) }
        }
    };
    html! {
        @if confirmed {
            details { summary { (reader.say("有变化，重新核实", "It has changed: confirm anew")) } (form) }
            details {
                summary { (reader.say("撤回核实", "Take it back")) }
                form .entry action="/desk/facts/answer" method="post" {
                    (carried)
                    p { (reader.say("撤回以后，这一项就没有记录了；本人可以自己填写，也可以再来核实。", "Then nothing is kept of this; the person may state it, or come again.")) }
                    button .quiet-button type="submit" name="what" value="take-back" { (reader.say("撤回核实", "Take it back")) }
                }
            }
        } @else { (form) }
    }
}
