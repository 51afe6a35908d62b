//! What a served city keeps, in use: the ledger with its writer, and who is signed in.

use super::place::Place;
use super::{Mailing, Refusal, unwritable};
use crate::fault::Fault;
use city::City;
use jiff::Timestamp;
use ledger::folder::FolderError;
use ledger::given::SystemChance;
use ledger::store::Read as _;
use ledger::{Ledger, Limits, Running, Writer};
use notice::Lang;
use session::Sessions;
use std::path::{Path, PathBuf};
use web::{Clock, Keeping};

/// Readers that are lent to pages about bookings.
const READERS: usize = 4;

/// A data directory in use.
pub struct Kept {
    path: PathBuf,
    /// Where the ledger is, if that is a database.
    database: Option<String>,
    running: Running,
    /// A directory that goes when this does.
    temporary: Option<tempfile::TempDir>,
    /// The clock that goes with the ledger: a demo city's is not behind it.
    pub clock: Clock,
}

/// The server's one clock, for the ledger: a demo city's entries are of its own days.
struct Ticking(Clock);

impl ledger::given::Clock for Ticking {
    fn now(&mut self) -> Timestamp {
        self.0.now()
    }
}

impl Kept {
    /// Opens what is named, or makes it, and starts the ledger's writer. A demo city for which nothing is named has a temporary
    /// directory; another city without one keeps nothing, lest somebody's account go with the process. It waits for the
    /// store, so it is for no asynchronous code.
    pub fn start(
        named: Option<&Path>,
        database: Option<&str>,
        city: &City,
        clock: Clock,
        mailing: Mailing,
    ) -> Result<Option<(Kept, Keeping)>, Fault> {
        let (path, temporary) = match (named, database) {
            (Some(path), _) => (path.to_owned(), None),
            (None, Some(_)) => return Err(Refusal::NoKeysNamed.into()),
            (None, None) if city.clock.is_none() => return Ok(None),
            (None, None) => {
                let folder = temporary()?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let place = Place::open_or_make(&path, database, city)?;
        let (reader, blind) = (place.reader()?, place.blind_key()?);
        let (tickets, sessions) = (place.ticket_key()?, place.sessions()?);
        let head = reader.head().map_err(FolderError::from);
        let clock = match city.clock {
            Some(_) => clock.not_before(head.map_err(Refusal::from)?.at),
            None => clock,
        };
        let certificates = place.certificate_key()?;
        let readers = (0..READERS).map(|_| place.reader());
        let readers = readers.collect::<Result<Vec<_>, _>>()?;
        let writer = Writer::new(
            place.store()?,
            Ticking(clock),
            SystemChance,
            place.signer()?,
        );
        let writer = writer.map_err(|error| Refusal::from(FolderError::from(error)))?;
        let (ledger, running) = Ledger::start(writer, Limits::default()).map_err(Fault::Pipe)?;
        let mut mailing = mailing;
        let keeping = Keeping {
            beacon: mailing.beacon.take(),
            ledger,
            reader,
            readers,
            key: place.verifier()?,
            tickets,
            certificates,
            notices: city.notices.clone(),
            sessions: Sessions::over(sessions),
            blind,
            outgoing: mailing.outgoing(&place)?,
            at: match place.database() {
                Some(database) => format!("PostgreSQL {database}"),
                None => path.display().to_string(),
            },
        };
        let kept = Kept {
            path,
            database: place.database().map(str::to_owned),
            running,
            temporary,
            clock,
        };
        Ok(Some((kept, keeping)))
    }

    /// Where it is and how long, as the greeting says it.
    pub fn said(&self, lang: Lang) -> String {
        let path = self.path.display();
        match (lang, &self.database, self.temporary.is_some()) {
            (Lang::Zh, Some(database), _) => format!("PostgreSQL {database}，密钥在 {path}"),
            (Lang::En, Some(database), _) => format!("PostgreSQL {database}, its keys at {path}"),
            (Lang::Zh, None, false) => format!("内嵌，在 {path}"),
            (Lang::Zh, None, true) => {
                format!("内嵌，在 {path}，停止后删除；要留下，请用 --data")
            }
            (Lang::En, None, false) => format!("embedded, at {path}"),
            (Lang::En, None, true) => {
                format!("embedded, at {path}, gone when it stops; --data keeps it")
            }
        }
    }

    /// Ready when the writer has ended by itself, because its store failed: nothing more can be given to it.
    pub async fn failed(&self) {
        while !self.running.has_ended() {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
    }

    /// Lets the writer finish what it was given, and ends it.
    pub fn stop(self) -> Result<(), Fault> {
        Ok(self.running.stop().map_err(Refusal::from)?)
    }
}

fn temporary() -> Result<tempfile::TempDir, Fault> {
    let made = tempfile::Builder::new().prefix("tongxin-").tempdir();
    made.map_err(|error| unwritable(&std::env::temp_dir(), error))
}
