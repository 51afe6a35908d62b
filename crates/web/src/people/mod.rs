//! Who can sign in, and what they do about themselves: commands to the ledger, and sessions.
//!
//! The one central type is [`People`]. What is personal is sealed here, before it becomes a command, and passwords are
//! hashed here; the deciders are in `forms::people`. The store is never waited for on a thread that answers requests.

mod accounts;
mod calendar;
mod caller;
mod codes;
mod demo;
mod facts;
mod guardians;
pub mod hooks;
mod passkeys;
mod password;
mod posts;
mod profile;
mod push;
mod terms;
mod visitor;
mod webauthn;

pub use accounts::NewAccount;
pub use caller::{Caller, scheme};
pub use facts::{Shown, said, to_confirm};
pub use guardians::{Other, Waiting, Ward};
pub use passkeys::{Made, OwnPasskey, Used, not_taken};
pub use password::{CHARS_MIN, Password};
pub(crate) use posts::Colleague;
pub use posts::staff;
pub use profile::{Known, Profile};
pub use terms::Terms;
pub use visitor::{Asked, Sent, Visitor, led, returns, to};
pub use webauthn::challenge::Purpose;
pub use webauthn::{At, Nowhere, Site};

use crate::Beacon;
use crate::app::App;
use crate::bookings::{self, Bookings};
use crate::failure::Failure;
use crate::posting::{Outgoing, Posting};
use axum::http::StatusCode;
use forms::people::throttle::{Throttle, Wait};
use forms::people::{BadInput, BlindKey, PersonalData, Private, Refusal};
use forms::record::credential::Issuer;
use forms::record::{Certificate, Holder};
use jiff::Timestamp;
use ledger::entry::Origin;
use ledger::form::Form;
use ledger::given::{Chance as _, SystemChance};
use ledger::item::{Found, ItemId, Row};
use ledger::name::{Actor, BadName, Key, Kind, Notice, Person, RequestId, TextVersion};
use ledger::note::Verifier;
use ledger::store::{AnyReader, PersonKey, Read, StoreError};
use ledger::{Declined, Ledger, NotTaken};
use notice::{Label, Notice as Text};
use password::Hashing;
use session::Sessions;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The text under which accounts are kept is no notice of an office; its entries bear this name.
pub const NOTICE: &str = "accounts";
/// The text under which accounts are kept, in both languages.
pub const TEXT: &[u8] = terms::BYTES;

/// Where sessions are kept: which kind of store, is decided when the program starts.
pub type AnySessions = Box<dyn session::Store + Send>;

/// What people are kept in.
pub struct Keeping {
    /// The ledger.
    pub ledger: Ledger,
    /// The same, for reading.
    pub reader: AnyReader,
    /// The same, for bookings: each is lent to one page at a time.
    pub readers: Vec<AnyReader>,
    /// The ledger's public key.
    pub key: Verifier,
    /// The secret seed under which tickets are signed.
    pub tickets: [u8; 32],
    /// The secret seed under which certificates are signed.
    pub certificates: [u8; 32],
    /// The notices whose offers are taken: their texts are kept before anything rests on them.
    pub notices: Vec<Arc<Text>>,
    /// Who is signed in.
    pub sessions: Sessions<AnySessions>,
    /// The server's key of blind indexes.
    pub blind: BlindKey,
    /// What leaves the house by itself; nothing where nothing does.
    pub outgoing: Option<Outgoing>,
    /// Where public randomness for draws is asked for; nothing where secrets alone decide.
    pub beacon: Option<Beacon>,
    /// Where all this is kept, as the pages of a demo city say it.
    pub at: String,
}

/// People could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum Unkept {
    /// The ledger takes nothing.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// It could not keep the text that accounts rest on.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gives no threads to read on.
    #[error(
        "no thread can be started to read the ledger on: {0}; look at the limits of the system and start again"
    )]
    Thread(#[from] std::io::Error),
}

/// Everybody who has an account, and who of them is signed in.
pub struct People {
    ledger: Ledger,
    blind: BlindKey,
    kept: Mutex<Kept>,
    /// Who is signed in. Held for a session at a time, never while the ledger is read.
    sessions: Mutex<Sessions<AnySessions>>,
    hashing: Hashing,
    /// What they book.
    pub(crate) bookings: Arc<Bookings>,
    /// Signs certificates.
    pub(crate) certificates: Issuer,
    /// Names compared with certificates that were not theirs.
    names: Mutex<Throttle>,
    /// Sign-ins that failed.
    failures: Mutex<Throttle>,
    /// Accounts opened, so that nobody tries addresses one after the other or fills the disk.
    openings: Mutex<Throttle>,
    /// Codes asked for, likewise.
    codes_asked: Mutex<Throttle>,
    /// What leaves the house by itself.
    pub(crate) posting: Option<Arc<Posting>>,
    text: TextVersion,
    /// Where all this is kept, for the pages of a demo city.
    pub(crate) at: String,
}

struct Kept {
    reader: AnyReader,
}

/// Why something was not done; nothing was changed.
#[derive(Debug)]
pub enum Stopped {
    /// What was typed cannot be.
    Input(Label),
    /// The ledger's form refuses it.
    Refused(Refusal),
    /// Too many attempts.
    Wait(Wait),
    /// Address or password is wrong. Which of them is not told.
    WrongPassword,
    /// The code is wrong, or there is none. Which of them is not told.
    WrongCode,
    /// The passkey signs in nobody. Why not, is not told.
    WrongPasskey,
    /// It could not be decided.
    Failure(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<BadInput> for Stopped {
    fn from(wrong: BadInput) -> Self {
        Self::Input(wrong.label())
    }
}

impl People {
    /// Takes people in over a ledger that runs. The text that their accounts rest on is kept before anything rests on it.
    ///
    /// # Errors
    /// [`Unkept`].
    pub async fn start(keeping: Keeping) -> Result<People, Unkept> {
        let text = keeping.ledger.text(terms::BYTES.to_vec())?.await?;
        let kept = bookings::Kept {
            ledger: keeping.ledger.clone(),
            readers: keeping.readers,
            key: keeping.key,
            tickets: keeping.tickets,
            beacon: keeping.beacon,
        };
        let bookings = Arc::new(Bookings::start(kept, &keeping.notices).await?);
        Ok(People {
            bookings,
            certificates: Issuer::new(&keeping.certificates),
            names: Mutex::default(),
            ledger: keeping.ledger,
            blind: keeping.blind,
            kept: Mutex::new(Kept {
                reader: keeping.reader,
            }),
            sessions: Mutex::new(keeping.sessions),
            hashing: Hashing::default(),
            failures: Mutex::default(),
            openings: Mutex::default(),
            codes_asked: Mutex::default(),
            posting: keeping
                .outgoing
                .map(|outgoing| Arc::new(Posting::start(outgoing))),
            text,
            at: keeping.at,
        })
    }

    /// Whether people can be written to.
    pub(crate) fn mails(&self) -> bool {
        self.posting.as_ref().is_some_and(|posting| posting.mails())
    }

    /// The ledger, for commands that are no person's own matter.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether a certificate is of somebody of this name. Wrong names are counted, so that nobody tries one after the other.
    pub(crate) fn is_named(
        &self,
        certificate: &Certificate,
        holder: &Holder,
        name: &str,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<bool, Wait> {
        let index = self
            .blind
            .attribute(&certificate.person, certificate.serial.as_str());
        let mut names = locked(&self.names);
        names.may_try(&index, from, now)?;
        let fits = holder.is(name);
        if !fits {
            names.failed(&index, from, now);
        }
        Ok(fits)
    }

    /// Does something with what is kept, on a thread where waiting for the disk holds nobody up.
    async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&People, &Kept) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let people = self.clone();
        let work = move || work(&people, &people.kept());
        tokio::task::spawn_blocking(work).await.map_err(ours)?
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        locked(&self.kept)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions<AnySessions>> {
        locked(&self.sessions)
    }

    /// Gives a command in a person's own name and waits until it is durable or refused.
    async fn give<F: Form<Refusal = Refusal>>(
        &self,
        actor: &Person,
        now: Timestamp,
        form: F,
        command: F::Command,
    ) -> Result<(), Stopped> {
        let chance = SystemChance.bytes();
        let chance = chance.as_ref().and_then(|bytes| bytes.first_chunk());
        let request = RequestId::new(now, *chance.ok_or_else(no_chance)?);
        self.give_as(request, actor, form, command)
            .await
            .map(|_| ())
    }

    /// The same under a request id that is known before; gives the number of the entry.
    async fn give_as<F: Form<Refusal = Refusal>>(
        &self,
        request: RequestId,
        actor: &Person,
        form: F,
        command: F::Command,
    ) -> Result<u64, Stopped> {
        let origin = Origin {
            request,
            actor: Actor::new(actor.as_str()).map_err(ours)?,
            notice: Notice::new(NOTICE).map_err(ours)?,
            text: self.text,
        };
        let pending = self.ledger.submit(origin, form, command).map_err(taken)?;
        match pending.await {
            Ok(done) => Ok(done.sequence),
            Err(Declined::Refused(refusal)) => Err(Stopped::Refused(refusal)),
            Err(declined) => Err(Stopped::Failure(ours(declined))),
        }
    }

    /// Makes sure that a person has a key to seal under; tells whether they can.
    async fn key(&self, person: &Person) -> Result<bool, Failure> {
        let key = self.ledger.key(person.clone()).map_err(taken)?;
        Ok(matches!(key.await.map_err(ours)?, PersonKey::Kept(_)))
    }
}

impl Kept {
    /// A row by its key.
    fn row<R: Row>(&self, key: Key) -> Result<Option<R>, Failure> {
        row(&self.reader, key)
    }

    /// All rows found by this, at most so many.
    fn rows<R: Row>(&self, by: Result<Found, BadName>, most: usize) -> Result<Vec<R>, Failure> {
        let items = self.reader.find(&by.map_err(ours)?, None, most);
        let items = items.map_err(ours)?;
        items.iter().map(|item| item.read().map_err(ours)).collect()
    }

    fn seal<T: PersonalData>(&self, person: &Person, value: &T) -> Result<Private<T>, Failure> {
        // What failed names the person, by a pseudonym only, and the log of the server names nobody.
        Private::seal(&self.reader, &mut SystemChance, person, value)
            .map_err(|_| Failure::Ours("personal data could not be sealed".to_owned()))
    }

    fn open<T: PersonalData>(&self, sealed: &Private<T>) -> Result<T, Failure> {
        sealed
            .open(&self.reader)
            .map_err(|_| Failure::Ours("personal data could not be opened".to_owned()))
    }
}

/// A row by its key.
fn row<R: Row>(reader: &AnyReader, key: Key) -> Result<Option<R>, Failure> {
    stored(reader, key).map_err(ours)
}

/// The same, for whoever reads a ledger without a house.
fn stored<R: Row>(reader: &AnyReader, key: Key) -> Result<Option<R>, StoreError> {
    let kind = Kind::new(R::KIND).map_err(damaged)?;
    let item = reader.item(&ItemId { kind, key })?;
    item.map(|item| item.read().map_err(damaged)).transpose()
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(error.to_string())
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change under these locks is whole; whoever panicked has left nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn taken(error: NotTaken) -> Failure {
    match error {
        NotTaken::Full(_) => Failure::TooMany,
        other => ours(other),
    }
}

fn no_chance() -> Failure {
    Failure::Ours("the system gives no random numbers".to_owned())
}

pub(crate) fn ours(error: impl std::fmt::Display) -> Failure {
    Failure::Ours(error.to_string())
}

impl Stopped {
    /// What is said of it, and with which status; a fault of ours is nobody else's to correct.
    pub fn told(self, app: &App) -> Result<(StatusCode, Label), Failure> {
        let city = app.city();
        Ok(match self {
            Self::Input(label) => (StatusCode::UNPROCESSABLE_ENTITY, label),
            Self::Refused(Refusal::LoginTaken) => (
                StatusCode::CONFLICT,
                Label::new(
                    "这个邮箱已经有账号了，请直接登录",
                    "this address has an account already: sign in with it",
                ),
            ),
            Self::Refused(refusal) => (StatusCode::CONFLICT, refusal.label(city)),
            Self::Wait(Wait { until }) => {
                let until = city
                    .zone
                    .to_datetime(until)
                    .strftime("%H:%M:%S")
                    .to_string();
                (
                    StatusCode::TOO_MANY_REQUESTS,
                    Label::new(
                        format!("失败的次数太多，请在 {until} 以后再试"),
                        format!("too many attempts failed: try again after {until}"),
                    ),
                )
            }
            Self::WrongPassword => (
                StatusCode::FORBIDDEN,
                Label::new(
                    "邮箱或密码不对，请再看一遍",
                    "the address or the password is wrong: look at both again",
                ),
            ),
            Self::WrongCode => (
                StatusCode::FORBIDDEN,
                Label::new(
                    "验证码不对，或者已经过期、用过了；请再看一遍，或者重新要一个",
                    "the code is wrong, or it has expired or was used: look at it again, or ask for another",
                ),
            ),
            Self::WrongPasskey => (
                StatusCode::FORBIDDEN,
                Label::new(
                    "这个通行密钥在这里登录不了：可能已经移除，或者等得太久；请再试一次，或者换一种办法登录",
                    "this passkey signs in nobody here: it may have been removed, or it took too long; try again, or sign in another way",
                ),
            ),
            Self::Failure(failure) => return Err(failure),
        })
    }
}
