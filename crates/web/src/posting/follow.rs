//! Following the ledger, and sending what its entries give rise to.

use super::{Carrier, Posted, Posting, hooks};
use crate::app::App;
use crate::failure::Failure;
use crate::people::{locked, ours};
use forms::messages::{self, Message as Told, NoticeChange, Site, Tells, Text};
use forms::people::Account;
use forms::people::account::Access;
use jiff::Timestamp;
use ledger::entry::Entry;
use ledger::item::{ItemId, Row as _};
use ledger::name::{Key, Kind, Person};
use ledger::sealed::SealError;
use ledger::store::Read as _;
use notice::{Label, Lang};
use outbox::mail::Mail;
use outbox::{Draft, Lane, Message, Outcome, Why, attempt, note};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How often the ledger and the queue are looked at; what somebody waits for is looked at once.
pub(super) const TICK: Duration = Duration::from_secs(1);
/// Entries followed in one go.
const PAGE: usize = 256;
/// How often what has ended long ago is removed.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Follows and sends until the server stops. Each lane goes at its own pace.
pub async fn deliver(app: Arc<App>) {
    let Some(posting) = app.posting() else {
        return;
    };
    if matches!(posting.carrier, Carrier::Elsewhere) {
        return;
    }
    let mut stopping = posting.stopping.subscribe();
    let mails = async {
        // What waits from a time when there was a mail server waits on.
        if posting.mails() {
            tokio::join!(
                send_all(&app, &posting, Lane::Code),
                send_all(&app, &posting, Lane::Mail),
            );
        }
    };
    let work = async {
        tokio::join!(
            follow(&app, &posting),
            mails,
            send_all(&app, &posting, Lane::Push),
            hooks::call_all(&app, &posting),
            sweep(&posting),
        )
    };
    tokio::select! {
        _ = work => {}
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
}

async fn follow(app: &Arc<App>, posting: &Arc<Posting>) {
    loop {
        let more = blocking(app, posting, |app, posting| posting.follow(app)).await;
        match more {
            Ok(true) => continue,
            Ok(false) => {}
            Err(failure) => eprintln!("outbox: {failure}"),
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            () = posting.written.notified() => {}
        }
    }
}

async fn send_all(app: &Arc<App>, posting: &Arc<Posting>, lane: Lane) {
    loop {
        let lane = lane.clone();
        let sent = blocking(app, posting, move |app, posting| {
            posting.send_next(app, &lane)
        })
        .await;
        match sent {
            Ok(true) => continue,
            Ok(false) => {}
            Err(failure) => eprintln!("outbox: {failure}"),
        }
        tokio::time::sleep(TICK / 4).await;
    }
}

async fn sweep(posting: &Arc<Posting>) {
    loop {
        let swept = posting.with(|queue| queue.sweep(Timestamp::now())).await;
        if let Err(failure) = swept {
            eprintln!("outbox: {failure}");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

pub(super) async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    posting: &Arc<Posting>,
    work: impl FnOnce(&App, &Posting) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    // The pages of the texts that stand now: titles are theirs.
    let app = app.house().map_or_else(|| app.clone(), |house| house.app());
    let posting = posting.clone();
    let work = move || work(&app, &posting);
    tokio::task::spawn_blocking(work).await.map_err(ours)?
}

impl Posting {
    /// Takes in the messages of the next entries; tells whether there are more.
    fn follow(&self, app: &App) -> Result<bool, Failure> {
        // Retries go by the machine's clock: a demo city's begins anew with every start.
        let now = Timestamp::now();
        let (size, leaves) = {
            let reader = locked(&self.reader);
            let size = reader.head().map_err(ours)?.size;
            let followed = locked(&self.queue).followed().map_err(ours)?;
            match followed {
                // A new outbox begins with today: nobody is told what happened before there was one. One that has seen more
                // than there is belongs to another ledger, or the ledger's file is an old copy.
                None => return self.begin_at(size, now),
                Some(followed) if followed > size => return self.begin_at(size, now),
                Some(followed) if followed == size => return Ok(false),
                Some(followed) => (
                    size,
                    (followed, reader.leaves(followed, PAGE).map_err(ours)?),
                ),
            }
        };
        let (first, leaves) = leaves;
        let mut drafts = Vec::new();
        for (sequence, leaf) in (first..).zip(&leaves) {
            // What cannot be read is left out; those after it must not wait for it.
            if let Err(failure) = self.drafts(app, leaf, &mut drafts) {
                eprintln!("outbox: entry {sequence}: {failure}");
            }
        }
        let next = first + leaves.len() as u64;
        let mut queue = locked(&self.queue);
        queue.follow(next, &drafts, now).map_err(ours)?;
        Ok(next < size)
    }

    fn begin_at(&self, size: u64, now: Timestamp) -> Result<bool, Failure> {
        let begun = locked(&self.queue).follow(size, &[], now);
        begun.map_err(ours).map(|()| false)
    }

    fn drafts(&self, app: &App, leaf: &[u8], drafts: &mut Vec<Draft>) -> Result<(), Failure> {
        let entry = Entry::from_leaf(leaf).map_err(ours)?;
        for person in messages::forgotten(&entry) {
            drafts.retain(|draft| draft.recipient != person.as_str());
            locked(&self.queue).forget(person.as_str()).map_err(ours)?;
            self.mailbox.forget(person);
        }
        self.to_programs(app, &entry, drafts)?;
        if let Some(change) = messages::notice_change(&entry).map_err(ours)? {
            for person in self.those_who_booked(app, &change)? {
                self.to_person(app, &entry, &person, (Lane::Mail, change.what()), drafts)?;
            }
        }
        for told in messages::of(&entry).map_err(ours)? {
            if told.good_until <= app.clock.now() {
                continue;
            }
            let recipients = messages::recipients(&*locked(&self.reader), &told.about);
            for person in recipients.map_err(ours)? {
                let lane = if told.is_code() {
                    Lane::Code
                } else {
                    Lane::Mail
                };
                self.to_person(app, &entry, &person, (lane, told.what()), drafts)?;
            }
        }
        Ok(())
    }

    /// Everybody with a booking ahead under a notice that has changed, once, however many bookings they have.
    fn those_who_booked(
        &self,
        app: &App,
        change: &NoticeChange,
    ) -> Result<BTreeSet<Person>, Failure> {
        let slots = slots_ahead(app, change.slug.as_str());
        let mut recipients = BTreeSet::new();
        let reader = locked(&self.reader);
        for person in messages::ahead_under(&*reader, slots.iter(), change.edition).map_err(ours)? {
            recipients.extend(messages::recipients(&*reader, &person).map_err(ours)?);
        }
        Ok(recipients)
    }

    /// What somebody is told: by mail, if mail is sent, and on the browsers where they want it. A code is typed in where one
    /// reads one's mail, and goes nowhere else.
    fn to_person(
        &self,
        app: &App,
        entry: &Entry,
        person: &Person,
        (lane, what): (Lane, String),
        drafts: &mut Vec<Draft>,
    ) -> Result<(), Failure> {
        if lane == Lane::Mail {
            self.to_browsers(app, person, entry.sequence, &what, drafts)?;
        }
        if self.mails() {
            drafts.push(Draft {
                lane,
                recipient: person.as_str().to_owned(),
                entry: entry.sequence,
                what,
            });
        }
        Ok(())
    }

    /// Sends the next message that is due in a lane; tells whether there was one.
    fn send_next(&self, app: &App, lane: &Lane) -> Result<bool, Failure> {
        let now = Timestamp::now();
        let next = locked(&self.queue).next(lane, now).map_err(ours)?;
        let Some(message) = next else {
            return Ok(false);
        };
        let outcome = attempt(&message, now, |message| self.send(app, message));
        note(&mut locked(&self.queue), &message, now, outcome).map_err(ours)?;
        Ok(true)
    }

    fn send(&self, app: &App, message: &Message) -> Outcome {
        if message.draft.lane == Lane::Push {
            return self.push(app, message);
        }
        let mail = match self.written(app, message) {
            Ok(mail) => mail,
            Err(outcome) => return outcome,
        };
        // An address that can never be reached is shown where the demo shows its mail.
        let nowhere = app.is_demo() && mail.to.ends_with(".invalid");
        match &self.carrier {
            Carrier::Smtp(smtp) if !nowhere => smtp.send(&mail),
            _ => {
                let Ok(person) = Person::new(&message.draft.recipient) else {
                    return Outcome::Never(Why::Fault);
                };
                self.mailbox.put(Posted {
                    at: app.clock.now(),
                    person,
                    invented: nowhere,
                    to: mail.to,
                    subject: mail.subject,
                    body: mail.body,
                    lang: mail.lang,
                });
                Outcome::Sent
            }
        }
    }

    /// Makes the mail of a message, from its entry and the person's address as it now is.
    fn written(&self, app: &App, message: &Message) -> Result<Mail, Outcome> {
        let later = |_| Outcome::Later(Why::Fault);
        let fault = || Outcome::Never(Why::Fault);
        let person = Person::new(&message.draft.recipient).map_err(|_| fault())?;
        let to = {
            let reader = locked(&self.reader);
            let id = ItemId {
                kind: Kind::new(Account::KIND).map_err(|_| fault())?,
                key: Key::from(person.clone()),
            };
            let account = reader.item(&id).map_err(later)?.ok_or(Outcome::Forgotten)?;
            let account: Account = account.read().map_err(|_| fault())?;
            let Access::Own { mail, .. } = account.access else {
                return Err(Outcome::Never(Why::NoAddress));
            };
            mail.open(&*reader).map_err(|error| match error {
                SealError::Forgotten(_) => Outcome::Forgotten,
                SealError::Store(_) => Outcome::Later(Why::Fault),
                _ => fault(),
            })?
        };
        let (entry, what) = (message.draft.entry, &message.draft.what);
        let Letter { text, lang, .. } = self.letter(app, entry, &person, what)?;
        Ok(Mail {
            to: to.as_str().to_owned(),
            subject: text.subject,
            body: text.body,
            lang: match lang {
                Lang::Zh => "zh-CN",
                Lang::En => "en",
            },
            id: format!("{entry}.{}", message.id),
        })
    }

    /// What somebody is told of an entry, in their language; why not, if that is over or cannot be said.
    pub(super) fn letter(
        &self,
        app: &App,
        entry: u64,
        person: &Person,
        what: &str,
    ) -> Result<Letter, Outcome> {
        let fault = || Outcome::Never(Why::Fault);
        let leaf = locked(&self.reader).leaf(entry);
        let leaf = leaf.map_err(|_| Outcome::Later(Why::Fault))?;
        let entry = Entry::from_leaf(&leaf.ok_or_else(fault)?).map_err(|_| fault())?;
        let mut all = messages::of(&entry).map_err(|_| fault())?;
        let change = messages::notice_change(&entry).map_err(|_| fault())?;
        all.extend(change.map(|change| change.to(person.clone())));
        let told = all.into_iter().find(|told| told.what() == what);
        let told = told.ok_or_else(fault)?;
        if told.good_until <= app.clock.now() {
            return Err(Outcome::Never(Why::TooLate));
        }
        let lang = locked(&self.queue)
            .language(person)
            .map_err(|_| Outcome::Later(Why::Fault))?;
        let lang = lang.unwrap_or_default();
        let title = title(app, &told);
        let digits = told.is_code().then(|| self.blind.digits(entry.request));
        let site = Site {
            city: app.city(),
            title: title.as_ref(),
            address: self.address.as_deref(),
            digits: digits.as_deref(),
        };
        let text = told.text(lang, &site);
        Ok(Letter { told, text, lang })
    }
}

/// What somebody is told, as they read it.
pub(super) struct Letter {
    pub(super) told: Told,
    pub(super) text: Text,
    lang: Lang,
}

/// The slots still to come of every text that a notice has had: also those that the new one does not have.
fn slots_ahead(app: &App, slug: &str) -> BTreeSet<Key> {
    let now = app.clock.now();
    let mut slots = BTreeSet::new();
    for offering in app.offered_ever(slug) {
        let ahead = offering.slots().iter().filter(|slot| slot.to > now);
        slots.extend(ahead.map(|slot| slot.key.clone()));
    }
    slots
}

/// The title of the notice that a message is about, if the notice is there.
fn title(app: &App, told: &Told) -> Option<Label> {
    let slug = match &told.tells {
        Tells::Booking(booking, _) => booking.offer.as_str().split('#').next()?,
        Tells::Notice(change) => change.slug.as_str(),
        Tells::Code(_) | Tells::Guardian(_) | Tells::Passkey(_) => return None,
    };
    // A notice that was withdrawn is not in the book any more.
    let paper = app.editions.shelf.paper(slug);
    let notice = app
        .notice(slug)
        .or_else(|| paper.and_then(|paper| paper.last_text()))?;
    let english = notice.english.title.as_deref();
    Some(Label::new(
        notice.title.clone(),
        english.unwrap_or(&notice.title),
    ))
}
