//! A press of the button that books: thousands come at one moment, so nothing is read that the command does not rest on, and
//! that in one go. The page is read for those only who are to see it again.

use super::book;
use super::hidden;
use crate::app::App;
use crate::bookings::Stopped;
use crate::bookings::subject::{self, Family};
use crate::failure::Failure;
use crate::people::{self, Asked, Sent, ours, to};
use crate::reader::Reader;
use axum::response::{IntoResponse as _, Response};
use forms::booking::{Answers, Offering, SignUp, Why};
use ledger::given::SystemChance;
use ledger::name::{Key, Person};
use ledger::store::AnyReader;
use notice::{Facts, Label};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A press: what of the form makes the command.
pub struct Press {
    slot: Key,
    whom: Option<String>,
    answers: Facts,
    given: BTreeMap<String, String>,
    party: u32,
}

/// A press that was answered.
pub struct Pressed {
    /// Who asked.
    pub asked: Asked,
    /// What has come of it.
    pub outcome: Outcome,
    /// For whom, with what was answered for them; nobody where no command was made.
    meant: Option<(Person, Facts)>,
}

/// What has come of a press.
pub enum Outcome {
    /// A booking, by the number of its entry.
    Booked(u64),
    /// None.
    Stopped(Stop),
}

/// Why no place was taken.
pub enum Stop {
    /// The slots are not shown to them.
    Unseen,
    /// What was typed for the offer's own questions.
    Wrong(Label),
    /// The form refuses it.
    Refused(Why),
}

/// A command, by which offering, for whom.
type Made = (Arc<Offering>, Person, SignUp);

impl Press {
    /// What was sent, if it is one: the button of a slot, in a form of this house and of whatever session it claims, while
    /// the notice is in force.
    pub fn of(app: &App, reader: &Reader, named: (&str, &str), sent: &Sent) -> Option<Press> {
        let fields = sent.genuine()?;
        let (ready, slot) = book::named(app, named.0, named.1, fields).ok()?;
        let is_pressed = fields.get("book").is_some() && fields.get("drop").is_none();
        (is_pressed && ready.notice.in_force.contains(reader.now)).then(|| Press {
            slot: slot.key.clone(),
            whom: fields.get("for").map(str::to_owned),
            answers: book::answers(app, fields),
            given: book::given(fields),
            party: book::party(fields),
        })
    }

    /// Resumes the session, takes the place, and waits until that is durable. Who is not signed in is led to sign in.
    pub async fn give(self, app: &Arc<App>, sent: Sent) -> Result<Pressed, Response> {
        let failed = Failure::into_response;
        let people = app.people.clone();
        let people = people.ok_or(Failure::NotFound).map_err(failed)?;
        let Some(token) = sent.token.clone() else {
            return Err(to("/sign-in"));
        };
        let (house, everybody, now) = (app.clone(), people.clone(), app.clock.now());
        let answers = self.answers.clone();
        let read = people.bookings.read(move |reader| {
            let Some((session, held)) = everybody.resumed(reader, &token, now)? else {
                return Ok(None);
            };
            let made = self.command(&house, reader, &session.person)?;
            Ok(Some((session, held, made)))
        });
        let Some((session, held, made)) = read.await.map_err(failed)? else {
            return Err(to("/sign-in"));
        };
        let asked = sent.of_session(people, session, held).map_err(failed)?;
        let (offering, person, command) = match made {
            Ok(made) => made,
            Err(stop) => {
                return Ok(Pressed {
                    asked,
                    outcome: Outcome::Stopped(stop),
                    meant: None,
                });
            }
        };
        let actor = &asked.visitor.session.person;
        let bookings = &asked.visitor.people.bookings;
        let outcome = match bookings.ask(&offering, actor, now, command).await {
            Ok(number) => Outcome::Booked(number),
            Err(Stopped::Refused(refused)) => Outcome::Stopped(Stop::Refused(refused.why)),
            Err(Stopped::Failure(failure)) => return Err(failed(failure)),
        };
        Ok(Pressed {
            asked,
            outcome,
            meant: Some((person, answers)),
        })
    }

    /// Makes the command for whom it is meant, if the slot is shown to them and the actor may act for them.
    fn command(
        self,
        app: &App,
        reader: &AnyReader,
        actor: &Person,
    ) -> Result<Result<Made, Stop>, Failure> {
        let (ready, slot) = book::at(app, &self.slot)?;
        let person = match &self.whom {
            // Nobody else is meant, and nobody else is looked for.
            None if ready.offering.is_seen_by_all() => actor.clone(),
            whom => {
                let family = Family::read(app, reader, actor)?;
                let seeing = hidden::seeing(app, reader, ready, &family)?;
                let meant = book::meant(&family, &seeing, whom.as_deref())?;
                meant.person.clone()
            }
        };
        let day = slot.session.from.date();
        let told = subject::told(app, reader, &person, day, &self.answers)?;
        if !ready.offering.is_seen_by(&person, Some(&told)) {
            return Ok(Err(Stop::Unseen));
        }
        let offering = ready.offering.clone();
        let mut command = SignUp::new(&offering, self.slot, person.clone(), Some(told));
        command = command.for_party(self.party);
        if !offering.questions().is_empty() {
            let sealed = Answers::seal(&offering, reader, &mut SystemChance, &person, &self.given);
            match sealed {
                Ok(answers) => command = command.answering(answers),
                // What failed may hold what was answered, and the server's log tells nothing of anybody.
                Err(wrong) => {
                    let label = wrong.label();
                    let label = label.ok_or_else(|| ours("what was answered cannot be sealed"))?;
                    return Ok(Err(Stop::Wrong(label)));
                }
            }
        }
        Ok(Ok((offering, person, command)))
    }
}

impl Pressed {
    /// Keeps what was answered for the next time, as far as it does not change with time, if they wish so.
    pub async fn keep(&self, app: &App) -> Result<(), Failure> {
        let Some((person, answers)) = &self.meant else {
            return Ok(());
        };
        if self.asked.fields.get("keep").is_none() {
            return Ok(());
        }
        let visitor = &self.asked.visitor;
        let actor = &visitor.session.person;
        for said in people::said(answers, &app.city().vocabulary) {
            let now = app.clock.now();
            let kept = visitor.people.state_fact(actor, person, said, now);
            if let Err(people::Stopped::Failure(failure)) = kept.await {
                return Err(failure);
            }
        }
        Ok(())
    }
}
