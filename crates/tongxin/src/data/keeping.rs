//! What a served city keeps: a data directory with the ledger, its keys and the sessions, and the ledger's writer.

use super::Refusal;
use crate::fault::Fault;
use city::City;
use city::place::Level;
use forms::people::BlindKey;
use jiff::Timestamp;
use ledger::folder::{Folder, FolderError};
use ledger::given::SystemChance;
use ledger::name::Seed;
use ledger::note::Signer;
use ledger::store::Read as _;
use ledger::{Ledger, Limits, Running, Writer};
use notice::Lang;
use session::{Sessions, Sqlite};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use web::{Clock, Keeping, People};

/// Who is signed in.
const SESSIONS: &str = "sessions.db";
/// The key that signs tickets. If it is lost, tickets that were printed are not read any more; pages show new ones.
const TICKETS: &str = "ticket.key";
/// Readers that are lent to pages about bookings.
const READERS: usize = 4;
/// The key of blind indexes: not in the ledger, and in no backup of it.
const BLIND: &str = "blind.key";

/// A data directory in use.
pub struct Kept {
    path: PathBuf,
    running: Running,
    /// A directory that goes when this does.
    temporary: Option<tempfile::TempDir>,
}

/// The server's one clock, for the ledger: a demo city's entries are of its own days.
struct Ticking(Clock);

impl ledger::given::Clock for Ticking {
    fn now(&mut self) -> Timestamp {
        self.0.now()
    }
}

impl Kept {
    /// Opens the directory, or makes it, and starts the ledger's writer. A demo city without one has a temporary directory;
    /// another city without one keeps nothing, lest somebody's account go with the process.
    pub async fn start(
        named: Option<&Path>,
        city: &City,
        clock: Clock,
    ) -> Result<Option<(Kept, People)>, Fault> {
        let (path, temporary) = match named {
            Some(path) => (path.to_owned(), None),
            None if city.clock.is_none() => return Ok(None),
            None => {
                let folder = temporary()?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let folder = open(&path, city)?;
        let reader = folder.reader().map_err(Refusal::from)?;
        let entries = reader.head().map_err(FolderError::from);
        let blind = blind_key(&path, entries.map_err(Refusal::from)?.size == 0)?;
        let tickets = ticket_key(&path)?;
        let readers = (0..READERS).map(|_| folder.reader());
        let readers = readers.collect::<Result<Vec<_>, _>>();
        // Made first, so that it is its owner's alone from the beginning.
        let sessions = path.join(SESSIONS);
        match private(&sessions) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(unwritable(&sessions, error));
            }
            _ => {}
        }
        let sessions = Sqlite::open(&sessions).map_err(Refusal::from)?;
        let signer = folder.signer().map_err(Refusal::from)?;
        let store = folder.store().map_err(Refusal::from)?;
        let writer = Writer::new(store, Ticking(clock), SystemChance, signer);
        let writer = writer.map_err(|error| Refusal::from(FolderError::from(error)))?;
        let (ledger, running) = Ledger::start(writer, Limits::default()).map_err(Fault::Pipe)?;
        let kept = Kept {
            path,
            running,
            temporary,
        };
        let people = People::start(Keeping {
            ledger,
            reader,
            readers: readers.map_err(Refusal::from)?,
            key: folder.verifier().map_err(Refusal::from)?,
            tickets,
            notices: city.notices.clone(),
            sessions: Sessions::over(sessions),
            blind,
            at: kept.path.display().to_string(),
        });
        Ok(Some((kept, people.await.map_err(Refusal::from)?)))
    }

    /// Where it is and how long, as the greeting says it.
    pub fn said(&self, lang: Lang) -> String {
        let path = self.path.display();
        match (lang, self.temporary.is_some()) {
            (Lang::Zh, false) => format!("内嵌，在 {path}"),
            (Lang::Zh, true) => format!("内嵌，在 {path}，停止后删除；要留下，请用 --data"),
            (Lang::En, false) => format!("embedded, at {path}"),
            (Lang::En, true) => {
                format!("embedded, at {path}, gone when it stops; --data keeps it")
            }
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

/// The ledger of a directory; in one that is empty or not there yet, a new one.
fn open(path: &Path, city: &City) -> Result<Folder, Fault> {
    match Folder::open(path) {
        Err(FolderError::NoLedger(_)) => {}
        folder => return Ok(folder.map_err(Refusal::from)?),
    }
    // Keys of persons will be in it: nobody else may look in.
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| unwritable(path, error))?;
    let name = format!("tongxin/{}", code(city));
    let signer = Signer::new(&name, &chance()?);
    let signer = signer.map_err(|error| {
        Refusal::from(FolderError::Key {
            path: path.to_owned(),
            error,
        })
    })?;
    Ok(Folder::create(path, &signer).map_err(Refusal::from)?)
}

/// The code of the city's division, which names its ledger's key.
fn code(city: &City) -> &str {
    let mut places = city.places.all().iter();
    let found = places.find(|place| place.level == Level::City);
    found.map_or("city", |place| &*place.code)
}

/// The key of blind indexes. Where nothing is in the ledger yet, a new one may be made.
fn blind_key(folder: &Path, new: bool) -> Result<BlindKey, Fault> {
    let path = folder.join(BLIND);
    match seed(&path, new)? {
        Some(seed) => Ok(BlindKey(seed.0)),
        None => Err(Refusal::BlindKey(path).into()),
    }
}

/// The key that signs tickets, a new one where there is none.
fn ticket_key(folder: &Path) -> Result<[u8; 32], Fault> {
    let path = folder.join(TICKETS);
    match seed(&path, true)? {
        Some(seed) => Ok(seed.0),
        None => Err(Refusal::TicketKey(path).into()),
    }
}

/// A secret seed in a file of its own; a new one where there is none and one may be made. Nothing if it cannot be had.
fn seed(path: &Path, new: bool) -> Result<Option<Seed>, Fault> {
    if !path.is_file() {
        if !new {
            return Ok(None);
        }
        let seed = Seed(chance()?);
        let written = private(path).and_then(|mut file| {
            writeln!(file, "{seed}")?;
            file.sync_all()
        });
        written.map_err(|error| unwritable(path, error))?;
    }
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(80).read_to_string(&mut text));
    read.map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })?;
    Ok(Seed::try_from(text.trim_end().to_owned()).ok())
}

fn chance() -> Result<[u8; 32], Fault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::Chance)?;
    Ok(bytes)
}

/// A new file that only its owner can read.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn unwritable(path: &Path, error: std::io::Error) -> Fault {
    Fault::Write {
        path: path.to_owned(),
        error,
    }
}
