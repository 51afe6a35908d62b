//! The edge of publishing: the ledger read and written, and proofs on threads where they hold nobody up.

use super::{Desk, Drafted, Stopped};
use crate::app::App;
use crate::failure::Failure;
use crate::people::{People, ours, taken};
use forms::publish::{DraftText, Refusal};
use jiff::Timestamp;
use ledger::Declined;
use ledger::entry::{Entry, Origin};
use ledger::form::Form;
use ledger::given::{Chance as _, SystemChance};
use ledger::name::{Actor, Notice, RequestId, TextVersion};
use ledger::store::Read as _;
use notice::Label;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl App {
    /// Does what takes long on a thread of its own; few at once, and what breaks breaks alone.
    pub(crate) async fn prove<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let permit = self.proofs.clone().acquire_owned().await.map_err(ours)?;
        let work = move || {
            let done = catch_unwind(AssertUnwindSafe(work));
            drop(permit);
            done
        };
        let done = tokio::task::spawn_blocking(work).await.map_err(ours)?;
        done.map_err(|_| Failure::Ours("a proof broke off by a fault in the program".to_owned()))
    }

    /// A new id for what a form asks to be done: sent twice, it is done once.
    pub(crate) fn new_request(&self) -> Result<RequestId, Failure> {
        new_request(self.clock.now())
    }
}

/// A new id for a command.
fn new_request(now: Timestamp) -> Result<RequestId, Failure> {
    let chance = SystemChance.bytes();
    let chance = chance.as_ref().and_then(|bytes| bytes.first_chunk());
    let chance = chance.ok_or_else(|| ours("the system gives no random numbers"))?;
    Ok(RequestId::new(now, *chance))
}

impl People {
    /// The draft of a notice, with its text.
    pub(super) async fn drafted(&self, slug: &str) -> Result<Option<Drafted>, Failure> {
        let slug = slug.to_owned();
        let read = self.bookings.read(move |reader| {
            // What cannot be a name has no draft.
            let Some(draft) = DraftText::load(reader, &slug).ok().flatten() else {
                return Ok(None);
            };
            let text = reader.text(draft.text).map_err(ours)?;
            let text = text.ok_or_else(|| ours(format!("the text {} is missing", draft.text)))?;
            let text = String::from_utf8_lossy(&text).into_owned();
            Ok(Some(Drafted { draft, text }))
        });
        read.await
    }

    /// Keeps a text for ever, before anything rests on it.
    pub(super) async fn keep_text(&self, text: &str) -> Result<(), Failure> {
        let kept = self
            .ledger()
            .text(text.as_bytes().to_vec())
            .map_err(taken)?;
        kept.await.map(|_| ()).map_err(ours)
    }
}

impl Desk {
    /// Whether this request was carried out before. One that was something else is refused.
    pub(super) async fn done<F: Form>(
        &self,
        request: RequestId,
        slug: &str,
    ) -> Result<bool, Stopped> {
        let read = self.people.bookings.read(move |reader| {
            let Some(sequence) = reader.request(request).map_err(ours)? else {
                return Ok(None);
            };
            let leaf = reader.leaf(sequence).map_err(ours)?.unwrap_or_default();
            Entry::from_leaf(&leaf).map(Some).map_err(ours)
        });
        let Some(entry) = read.await? else {
            return Ok(false);
        };
        let (actor, notice) = (entry.actor.as_str(), entry.notice.as_str());
        let same =
            (actor, notice, entry.command.as_str()) == (self.who.person.as_str(), slug, F::NAME);
        if same { Ok(true) } else { Err(used()) }
    }

    /// Gives a command and waits until it is durable or refused.
    pub(super) async fn give<F: Form<Refusal = Refusal>>(
        &self,
        request: RequestId,
        slug: &str,
        text: TextVersion,
        form: F,
        command: F::Command,
    ) -> Result<(), Stopped> {
        let origin = Origin {
            request,
            actor: Actor::new(self.who.person.as_str()).map_err(ours)?,
            notice: Notice::new(slug).map_err(ours)?,
            text,
        };
        let ledger = self.people.ledger();
        let pending = ledger.submit(origin, form, command).map_err(taken)?;
        match pending.await {
            Ok(_) => Ok(()),
            Err(Declined::Refused(refusal)) => Err(Stopped::Refused(refusal)),
            Err(Declined::Reused { .. }) => Err(used()),
            Err(declined) => Err(Stopped::Failure(ours(declined))),
        }
    }
}

fn used() -> Stopped {
    Stopped::Input(Label::new(
        "这张表已经用过了，请重新打开页面",
        "this form was used already: open the page again",
    ))
}
