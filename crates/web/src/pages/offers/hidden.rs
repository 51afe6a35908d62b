//! Offers whose slots are shown to those only who may sign up, and to their guardians.

use super::words;
use crate::app::App;
use crate::bookings::Ready;
use crate::bookings::subject::{Family, Known, Subject};
use crate::failure::Failure;
use crate::layout;
use crate::pages::sign_in::faced;
use crate::people::Visitor;
use crate::reader::Reader;
use crate::wording::{mixed, title};
use axum::http::StatusCode;
use axum::response::Response;
use ledger::name::Person;
use ledger::store::AnyReader;
use maud::html;
use notice::Facts;
use std::sync::Arc;

/// What somebody lacks to whom the slots are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// They act for no child.
    Guardianship,
    /// An office has yet to accept their guardianship.
    Acceptance,
    /// What is confirmed of them and their children does not fit, or nothing is.
    Facts,
}

impl Lack {
    /// What a family lacks.
    pub fn of(family: &Family) -> Lack {
        match (family.all.len() > 1, family.proposed == 0) {
            (true, _) => Lack::Facts,
            (false, false) => Lack::Acceptance,
            (false, true) => Lack::Guardianship,
        }
    }
}

/// Those of a family to whom the slots of an offer are shown: for their own sake, or to a guardian for a child's.
pub fn seeing(
    app: &App,
    reader: &AnyReader,
    ready: &Ready,
    family: &Family,
) -> Result<Vec<Subject>, Failure> {
    if ready.offering.is_seen_by_all() {
        return Ok(family.all.clone());
    }
    let day = app.now().date();
    let mut seeing = Vec::new();
    for subject in &family.all {
        let known = Known::read(app, reader, &subject.person, day, &Facts::default())?;
        let told = Some(&known.told);
        if ready.offering.is_seen_by(&subject.person, told) {
            seeing.push(subject.clone());
        }
    }
    Ok(seeing)
}

/// The offers shown to some only that are shown to somebody for each child they act for, as positions among the offers.
pub async fn shown_for(
    app: &Arc<App>,
    visitor: &Visitor,
) -> Result<Vec<(usize, Vec<Person>)>, Failure> {
    let (house, person) = (app.clone(), visitor.session.person.clone());
    let bookings = &visitor.people.bookings;
    bookings
        .read(move |reader| {
            let mut family = Family::read(&house, reader, &person)?;
            family.all.retain(|one| one.person != person);
            let mut shown = Vec::new();
            let now = house.now();
            for (at, ready) in house.offers.all().iter().enumerate() {
                let in_force = ready.notice.in_force.contains(now);
                if in_force && !ready.offering.is_seen_by_all() && !family.all.is_empty() {
                    let seeing = seeing(&house, reader, ready, &family)?;
                    shown.push((at, seeing.into_iter().map(|one| one.person).collect()));
                }
            }
            Ok(shown)
        })
        .await
}

/// What a person lacks to be shown the slots of an offer, for their own sake or that of a child they act for; nothing if
/// they are shown.
pub async fn lack(
    app: &Arc<App>,
    visitor: &Visitor,
    offer: usize,
) -> Result<Option<Lack>, Failure> {
    let (house, person) = (app.clone(), visitor.session.person.clone());
    let bookings = &visitor.people.bookings;
    bookings
        .read(move |reader| {
            let ready = house.offers.all().get(offer).ok_or(Failure::NotFound)?;
            let family = Family::read(&house, reader, &person)?;
            let nobody = seeing(&house, reader, ready, &family)?.is_empty();
            Ok(nobody.then(|| Lack::of(&family)))
        })
        .await
}

/// The page for everybody else: what is offered to whom stands in the notice, the slots do not stand here.
pub fn page(app: &App, reader: &Reader, ready: &Ready, lack: Lack) -> Response {
    let issuer = app.office_name(ready.offering.issuer(), reader.lang);
    let heading = reader.say("报名", "Sign up");
    let body = html! {
        div .narrow {
            nav .crumbs aria-label=(reader.say("上级页面", "Page above")) { ol { li { a href="/offers" { (reader.say("报名", "Take part")) } } } }
            h1 { (title(reader, &ready.notice)) }
            div .notice-line role="alert" {
                p { strong { (reader.say(
                    "这里的时段只给可以报名的人和他们的监护人看。",
                    "The slots here are shown only to those who may sign up, and to their guardians.",
                )) } }
                p { (mixed(reader, &missing(reader, lack, &issuer))) }
            }
            p { (reader.say("依据 ", "By ")) (words::clause(reader, ready)) }
        }
    };
    faced(
        layout::personal(app, reader, heading, body),
        StatusCode::FORBIDDEN,
    )
}

/// What is missing, and what to do next.
fn missing(reader: &Reader, lack: Lack, issuer: &str) -> String {
    match lack {
        Lack::Guardianship => reader.say(
            format!("您名下没有孩子。替孩子报名，先要有机构核实过的监护关系；为自己报名，先要有机构核实过的情况。请带证件向{issuer}询问。"),
            format!("You act for no child. To sign a child up, an office must have accepted you as guardian; to sign up yourself, it must have confirmed what the notice asks. Ask {issuer}, and bring your papers."),
        ),
        Lack::Acceptance => reader.say(
            format!("您名下孩子的监护关系还等机构核实。请带户口簿到{issuer}或者社区的窗口，核实以后再来报名。"),
            format!("An office has yet to accept you as the child's guardian. Bring the household register to {issuer} or your community, then sign up."),
        ),
        Lack::Facts => reader.say(
            format!("您和您名下孩子经机构核实的情况，还不符合公告里“谁可以报名”这一条，或者还没有核实。请先请{issuer}核实，再来报名。"),
            format!("What offices have confirmed of you and your children does not meet who may sign up here, or nothing has been confirmed yet. Have {issuer} confirm it, then sign up."),
        ),
    }
}
