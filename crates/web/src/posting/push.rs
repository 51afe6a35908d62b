//! Telling somebody's browsers at once, through their push services, of what they are also written to about.

use super::Posting;
use crate::app::App;
use crate::failure::Failure;
use crate::people::{AnySessions, locked, ours};
use forms::messages::{Message as Told, Tells};
use forms::people::Account;
use jiff::Timestamp;
use ledger::item::{ItemId, Row as _};
use ledger::name::{Key, Kind, Person};
use ledger::store::Read as _;
use outbox::push::{Browser, HouseKey, send};
use outbox::{Draft, Lane, Message, Outcome, Why};
use serde_json::json;
use session::{SessionId, Sessions, Subscription};
use std::sync::Mutex;
use std::time::Duration;

/// A service keeps a message for a browser that is off for two days at most, as mail is tried.
const KEPT_MAX: Duration = Duration::from_secs(48 * 3_600);

/// What browsers are told with.
pub struct Pushes {
    /// The key by which push services know the house.
    pub key: HouseKey,
    /// Which browsers are to be told.
    pub sessions: Sessions<AnySessions>,
}

/// The same, in use.
pub(super) struct Pushing {
    key: HouseKey,
    sessions: Mutex<Sessions<AnySessions>>,
}

impl Pushing {
    pub(super) fn of(pushes: Pushes) -> Self {
        Self {
            key: pushes.key,
            sessions: Mutex::new(pushes.sessions),
        }
    }
}

/// Which browser, and of what: it is the session's.
fn what(told: &str, session: SessionId) -> String {
    format!("{told}@{session}")
}

impl Posting {
    /// The key that browsers ask for; nothing where none is told.
    pub fn push_key(&self) -> Option<String> {
        self.pushing.as_ref().map(|pushing| pushing.key.public())
    }

    /// Whether a browser's service can be called at all.
    pub fn can_push(&self, browser: &Browser) -> bool {
        let endpoint = outbox::Endpoint::read(&browser.endpoint);
        self.pushing.is_some() && endpoint.is_ok_and(|at| self.caller.takes(&at))
    }

    /// The browsers on which somebody is to be told now: of sessions that hold.
    fn browsers(
        &self,
        app: &App,
        person: &Person,
    ) -> Result<Vec<(SessionId, Subscription)>, Failure> {
        let Some(pushing) = &self.pushing else {
            return Ok(Vec::new());
        };
        let now = app.clock.now();
        let all = locked(&pushing.sessions).subscriptions(person, now);
        let all = all.map_err(ours)?;
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let id = ItemId {
            kind: Kind::new(Account::KIND).map_err(ours)?,
            key: Key::from(person.clone()),
        };
        let account = locked(&self.reader).item(&id).map_err(ours)?;
        let account: Option<Account> = account.map(|item| item.read().map_err(ours)).transpose()?;
        let generation = account.map(|account| account.generation);
        let holds = |session: &session::Session| generation == Some(session.generation);
        Ok(all
            .into_iter()
            .filter(|(session, _)| holds(session))
            .map(|(session, to)| (session.id, to))
            .collect())
    }

    /// A message for each of somebody's browsers, of what they are written to about.
    pub(super) fn to_browsers(
        &self,
        app: &App,
        person: &Person,
        entry: u64,
        told: &str,
        drafts: &mut Vec<Draft>,
    ) -> Result<(), Failure> {
        for (session, _) in self.browsers(app, person)? {
            drafts.push(Draft {
                lane: Lane::Push,
                recipient: person.as_str().to_owned(),
                entry,
                what: what(told, session),
            });
        }
        Ok(())
    }

    /// Sends one to its browser. What it says is its title, and which page to open: nothing of what the page says.
    pub(super) fn push(&self, app: &App, message: &Message) -> Outcome {
        let Some(pushing) = &self.pushing else {
            return Outcome::Never(Why::NoBrowser);
        };
        let Ok(person) = Person::new(&message.draft.recipient) else {
            return Outcome::Never(Why::Fault);
        };
        let Some((of, session)) = message.draft.what.rsplit_once('@') else {
            return Outcome::Never(Why::Fault);
        };
        let Ok(browsers) = self.browsers(app, &person) else {
            return Outcome::Later(Why::Fault);
        };
        let found = browsers
            .into_iter()
            .find(|(id, _)| id.to_string() == session);
        // Signed out there, or turned off, since.
        let Some((id, to)) = found else {
            return Outcome::Never(Why::NoBrowser);
        };
        let letter = match self.letter(app, message.draft.entry, &person, of) {
            Ok(letter) => letter,
            Err(outcome) => return outcome,
        };
        let keep = keep(app, &letter.told);
        let said = json!({ "title": letter.text.subject, "open": page(&letter.told) }).to_string();
        let browser = Browser {
            endpoint: to.endpoint.clone(),
            key: to.key,
            auth: to.auth,
        };
        let house = (&pushing.key, self.address.as_deref());
        let now = Timestamp::now();
        let sent = send(&self.caller, house, &browser, said.as_bytes(), keep, now);
        sent.unwrap_or_else(|_| {
            // The service knows no such browser any more, so nobody asks it again.
            match locked(&pushing.sessions).unsubscribe_from(id, &to) {
                Ok(()) => Outcome::Never(Why::NoBrowser),
                Err(_) => Outcome::Later(Why::Fault),
            }
        })
    }
}

/// How long a service is to keep it: as long as it is true.
fn keep(app: &App, told: &Told) -> Duration {
    let left = told.good_until.duration_since(app.clock.now());
    Duration::try_from(left).unwrap_or_default().min(KEPT_MAX)
}

/// Where one sees more. A booking's own number stays at home.
fn page(told: &Told) -> &'static str {
    match told.tells {
        Tells::Booking(..) | Tells::Notice(_) => "/me/bookings",
        _ => "/me",
    }
}
