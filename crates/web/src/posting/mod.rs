//! What leaves the house by itself, at the edge: the ledger's entries are followed, and what they give rise to is sent.
//!
//! What an entry tells is decided in `forms::messages`; what waits is kept in `outbox::Queue`, without addresses or words.
//! [`Posting`] joins the two: it opens an address only at the moment of sending. [`deliver`] runs until the server stops.

mod follow;
mod hooks;
mod mailbox;
mod push;

use crate::failure::Failure;
use crate::people::{locked, ours};
use forms::hooks::Hook;
use forms::people::BlindKey;
use ledger::name::Person;
use ledger::store::AnyReader;
use mailbox::Mailbox;
use notice::Lang;
use outbox::mail::Smtp;
use outbox::{Caller, Counts, Message, Queue};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, watch};

pub use follow::deliver;
pub use mailbox::Posted;
pub use push::Pushes;

/// What the outbox is kept in, and how it sends.
pub struct Outgoing {
    /// What waits.
    pub queue: Queue,
    /// The ledger.
    pub reader: AnyReader,
    /// The server's key of blind indexes: codes are made with it.
    pub blind: BlindKey,
    /// How mail is sent.
    pub carrier: Carrier,
    /// How programs outside, and the push services of browsers, are called.
    pub caller: Caller,
    /// What browsers are told with; nothing where none is told.
    pub pushes: Option<Pushes>,
    /// Under which address people find the pages, without a slash at the end.
    pub address: Option<String>,
}

/// How mail is sent.
pub enum Carrier {
    /// To a mail server.
    Smtp(Box<Smtp>),
    /// Not at all: a demo city shows it on a page.
    Mailbox,
    /// Not at all: nobody can be written to, and pages do not offer it. Programs are told all the same.
    Silent,
    /// By another server over the same ledger. This one only shows the pages.
    Elsewhere,
}

/// The outbox in use.
pub struct Posting {
    queue: Mutex<Queue>,
    reader: Mutex<AnyReader>,
    blind: BlindKey,
    carrier: Carrier,
    caller: Caller,
    pushing: Option<push::Pushing>,
    /// The subscriptions that have not ended, and how many entries there were when they were read.
    known: Mutex<Option<(u64, Arc<Vec<Hook>>)>>,
    address: Option<String>,
    mailbox: Mailbox,
    /// Something was just written that somebody waits for.
    written: Notify,
    /// The server is stopping.
    stopping: watch::Sender<bool>,
}

impl Posting {
    /// Takes it into use.
    pub(crate) fn start(outgoing: Outgoing) -> Posting {
        Posting {
            queue: Mutex::new(outgoing.queue),
            reader: Mutex::new(outgoing.reader),
            blind: outgoing.blind,
            carrier: outgoing.carrier,
            caller: outgoing.caller,
            pushing: outgoing.pushes.map(push::Pushing::of),
            known: Mutex::new(None),
            address: outgoing.address,
            mailbox: Mailbox::default(),
            written: Notify::new(),
            stopping: watch::Sender::new(false),
        }
    }

    /// Whether mail is only shown on a page.
    pub fn only_shows(&self) -> bool {
        matches!(self.carrier, Carrier::Mailbox)
    }

    /// Whether people can be written to.
    pub fn mails(&self) -> bool {
        !matches!(self.carrier, Carrier::Silent)
    }

    /// Whether another server sends.
    pub fn is_elsewhere(&self) -> bool {
        matches!(self.carrier, Carrier::Elsewhere)
    }

    /// Somebody waits for what was just written.
    pub fn look(&self) {
        self.written.notify_one();
    }

    /// Ends the sending, so that a server can stop in order.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
        self.caller.stop();
    }

    /// The mails of a demo city's invented people, and of this person; the newest first.
    pub fn posted(&self, whose: Option<&Person>) -> Vec<Posted> {
        self.mailbox.of(whose)
    }

    /// Notes which language somebody reads.
    pub async fn reads(self: &Arc<Self>, person: Person, lang: Lang) -> Result<(), Failure> {
        self.with(move |queue| queue.reads(&person, lang)).await
    }

    /// How many messages are how far, and those in trouble.
    pub async fn overview(self: &Arc<Self>) -> Result<(Counts, Vec<Message>), Failure> {
        const SHOWN_MAX: usize = 200;
        self.with(|queue| Ok((queue.counts()?, queue.troubles(SHOWN_MAX)?)))
            .await
    }

    /// Tries anew what was given up.
    pub async fn again(self: &Arc<Self>) -> Result<usize, Failure> {
        let again = self.with(|queue| queue.again(jiff::Timestamp::now())).await;
        self.look();
        again
    }

    async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Queue) -> Result<T, outbox::Failed> + Send + 'static,
    ) -> Result<T, Failure> {
        let posting = self.clone();
        let work = move || work(&mut locked(&posting.queue)).map_err(ours);
        tokio::task::spawn_blocking(work).await.map_err(ours)?
    }
}
