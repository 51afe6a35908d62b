//! Where a ledger is kept: a data directory with all of it, or a database with the directory of its keys.

use super::{Refusal, unwritable};
use crate::fault::Fault;
use city::City;
use city::place::Level;
use forms::people::BlindKey;
use ledger::folder::{Folder, FolderError};
use ledger::name::Seed;
use ledger::note::{Signer, Verifier};
use ledger::postgres::{Postgres, PostgresReader};
use ledger::store::{AnyReader, AnyStore, Read as _};
use outbox::push::HouseKey;
use sha2::{Digest as _, Sha256};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use web::AnySessions;

/// Who is signed in.
const SESSIONS: &str = "sessions.db";
/// What waits to be sent.
const OUTBOX: &str = "outbox.db";
/// The key of blind indexes: not in the ledger, and in no backup of it.
const BLIND: &str = "blind.key";
/// The key that signs tickets. If it is lost, tickets that were printed are not read any more; pages show new ones.
const TICKETS: &str = "ticket.key";
/// The key that signs certificates. Files that were given out are checked with its public half, so it is kept like the ledger's.
const CERTIFICATES: &str = "certificate.key";
/// The key by which push services know the house. If it is lost, browsers are told no more until their people turn it on anew.
const PUSH: &str = "push.key";
/// The ledger itself, where it is embedded.
const LEDGER: &str = "ledger.db";
/// Names the database where no argument does, so that a password need not stand on a command line.
const VARIABLE: &str = "TONGXIN_DATABASE";

/// A ledger's place. It waits for files and databases, so it is for no asynchronous code.
pub struct Place {
    path: PathBuf,
    folder: Folder,
    database: Option<Database>,
}

struct Database {
    address: String,
    said: String,
}

/// The address of the database: as named on the command line, else by the environment.
pub fn database(named: Option<&str>) -> Option<String> {
    let given = named.map(str::to_owned);
    given.or_else(|| std::env::var(VARIABLE).ok().filter(|text| !text.is_empty()))
}

impl Place {
    /// The ledger that is there.
    pub fn open(path: &Path, address: Option<&str>) -> Result<Self, Fault> {
        let Some(address) = address else {
            return Ok(Self {
                path: path.to_owned(),
                folder: Folder::open(path).map_err(Refusal::from)?,
                database: None,
            });
        };
        let folder = Folder::open_keys(path).map_err(Refusal::from)?;
        let store = Postgres::open(address).map_err(Refusal::Database)?;
        Self::over(path, folder, address, &store)
    }

    /// The same; where there is none yet, a new one.
    pub fn open_or_make(path: &Path, address: Option<&str>, city: &City) -> Result<Self, Fault> {
        let Some(address) = address else {
            let folder = match Folder::open(path) {
                Err(FolderError::NoLedger(_)) => {
                    Folder::create(path, &new_signer(path, city)?).map_err(Refusal::from)?
                }
                folder => folder.map_err(Refusal::from)?,
            };
            return Ok(Self {
                path: path.to_owned(),
                folder,
                database: None,
            });
        };
        if path.join(LEDGER).exists() {
            return Err(Refusal::TwoLedgers(path.to_owned()).into());
        }
        let store = Postgres::open(address).map_err(Refusal::Database)?;
        let folder = match Folder::open_keys(path) {
            Err(FolderError::NoLedger(_)) => {
                // Of a ledger that others have begun, no key is made here.
                let signer = store.agreed("signer", None).map_err(Refusal::Database)?;
                if signer.is_some() {
                    return Err(Refusal::OtherKeys(path.to_owned()).into());
                }
                Folder::create_keys(path, &new_signer(path, city)?).map_err(Refusal::from)?
            }
            folder => folder.map_err(Refusal::from)?,
        };
        Self::over(path, folder, address, &store)
    }

    /// A database with the keys in this folder, if they are those of the other nodes too.
    fn over(path: &Path, folder: Folder, address: &str, store: &Postgres) -> Result<Self, Fault> {
        let mine = folder.verifier().map_err(Refusal::from)?.to_string();
        let signer = store
            .agreed("signer", Some(&mine))
            .map_err(Refusal::Database)?;
        if signer.as_deref() != Some(&mine) {
            return Err(Refusal::OtherKeys(path.to_owned()).into());
        }
        Ok(Self {
            path: path.to_owned(),
            folder,
            database: Some(Database {
                address: address.to_owned(),
                said: store.place(),
            }),
        })
    }

    /// Where the database is, without who opens it and how.
    pub fn database(&self) -> Option<&str> {
        self.database.as_ref().map(|database| &*database.said)
    }

    /// Its store, for one writer.
    pub fn store(&self) -> Result<AnyStore, Fault> {
        Ok(match &self.database {
            Some(database) => {
                AnyStore::of(Postgres::open(&database.address).map_err(Refusal::Database)?)
            }
            None => AnyStore::of(self.folder.store().map_err(Refusal::from)?),
        })
    }

    /// Its store, for reading.
    pub fn reader(&self) -> Result<AnyReader, Fault> {
        Ok(match &self.database {
            Some(database) => {
                AnyReader::of(PostgresReader::open(&database.address).map_err(Refusal::Database)?)
            }
            None => AnyReader::of(self.folder.reader().map_err(Refusal::from)?),
        })
    }

    /// Who is signed in.
    pub fn sessions(&self) -> Result<AnySessions, Fault> {
        if let Some(database) = &self.database {
            let sessions = session::Postgres::open(&database.address).map_err(Refusal::from)?;
            return Ok(Box::new(sessions));
        }
        // Made first, so that it is its owner's alone from the beginning.
        let path = self.path.join(SESSIONS);
        match private(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(unwritable(&path, error));
            }
            _ => {}
        }
        let sessions = session::Sqlite::open(&path).map_err(Refusal::from)?;
        Ok(Box::new(sessions))
    }

    /// What waits to leave the house: always a file, for one server sends.
    pub fn outbox(&self) -> Result<outbox::Queue, Fault> {
        let path = self.path.join(OUTBOX);
        match private(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(unwritable(&path, error));
            }
            _ => {}
        }
        Ok(outbox::Queue::open(&path).map_err(Refusal::from)?)
    }

    /// The key that signs.
    pub fn signer(&self) -> Result<Signer, Fault> {
        Ok(self.folder.signer().map_err(Refusal::from)?)
    }

    /// The key that others trust.
    pub fn verifier(&self) -> Result<Verifier, Fault> {
        Ok(self.folder.verifier().map_err(Refusal::from)?)
    }

    /// The key of blind indexes. Where nothing is in the ledger yet, a new one may be made.
    pub fn blind_key(&self) -> Result<BlindKey, Fault> {
        let path = self.path.join(BLIND);
        if self.database.is_some() {
            return self.shared(&path, "blind key", |new| blind_key(&path, new), |key| key.0);
        }
        let head = self.reader()?.head();
        let head = head.map_err(|error| Refusal::from(FolderError::from(error)))?;
        blind_key(&path, head.size == 0)
    }

    /// The key that signs tickets, a new one where there is none.
    pub fn ticket_key(&self) -> Result<[u8; 32], Fault> {
        self.signing_key(TICKETS, "ticket key", Refusal::TicketKey)
    }

    /// The key that signs certificates, a new one where there is none.
    pub fn certificate_key(&self) -> Result<[u8; 32], Fault> {
        self.signing_key(CERTIFICATES, "certificate key", Refusal::CertificateKey)
    }

    /// The key by which push services know the house, a new one where there is none.
    pub fn push_key(&self) -> Result<HouseKey, Fault> {
        let path = self.path.join(PUSH);
        let read = |new| push_key(&path, new);
        let pkcs8 = match &self.database {
            Some(_) => {
                let digest = |key: &Vec<u8>| Sha256::digest(key).into();
                self.shared(&path, "push key", read, digest)?
            }
            None => read(true)?,
        };
        HouseKey::read(&pkcs8).ok_or_else(|| Refusal::PushKey(path).into())
    }

    fn signing_key(
        &self,
        file: &str,
        what: &str,
        refusal: fn(PathBuf) -> Refusal,
    ) -> Result<[u8; 32], Fault> {
        let path = self.path.join(file);
        let lost = || Fault::from(refusal(path.clone()));
        let read = |new| seed(&path, new)?.map(|seed| seed.0).ok_or_else(lost);
        if self.database.is_some() {
            return self.shared(&path, what, read, |key| *key);
        }
        read(true)
    }

    /// A key that all nodes must have alike. The first makes it; what tells it from others is agreed on in the database.
    fn shared<K>(
        &self,
        path: &Path,
        what: &str,
        read: impl Fn(bool) -> Result<K, Fault>,
        bytes: impl Fn(&K) -> [u8; 32],
    ) -> Result<K, Fault> {
        let Some(database) = &self.database else {
            return read(false);
        };
        let store = Postgres::open(&database.address).map_err(Refusal::Database)?;
        let agreed = store.agreed(what, None).map_err(Refusal::Database)?;
        if agreed.is_some() && !path.is_file() {
            return Err(Refusal::OtherKeys(self.path.clone()).into());
        }
        let key = read(agreed.is_none())?;
        // A key has 256 random bits, so nobody finds it by what tells it from others.
        let digest = Sha256::new().chain_update(what).chain_update(bytes(&key));
        let mark = Seed(digest.finalize().into()).to_string();
        let agreed = store.agreed(what, Some(&mark)).map_err(Refusal::Database)?;
        if agreed.as_deref() == Some(&mark) {
            Ok(key)
        } else {
            Err(Refusal::OtherKeys(self.path.clone()).into())
        }
    }
}

/// A new key for this city's ledger; its folder is there afterwards, for its owner alone.
fn new_signer(path: &Path, city: &City) -> Result<Signer, Fault> {
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
    signer.map_err(|error| {
        let path = path.to_owned();
        Refusal::from(FolderError::Key { path, error }).into()
    })
}

/// The code of the city's division, which names its ledger's key.
fn code(city: &City) -> &str {
    let mut places = city.places.all().iter();
    let found = places.find(|place| place.level == Level::City);
    found.map_or("city", |place| &*place.code)
}

fn blind_key(path: &Path, new: bool) -> Result<BlindKey, Fault> {
    match seed(path, new)? {
        Some(seed) => Ok(BlindKey(seed.0)),
        None => Err(Refusal::BlindKey(path.to_owned()).into()),
    }
}

/// The push key of a file, as PKCS #8 has it; a new one where there is none and one may be made.
fn push_key(path: &Path, new: bool) -> Result<Vec<u8>, Fault> {
    const BYTES_MAX: u64 = 1_000;
    if !path.is_file() && new {
        let key = HouseKey::make().ok_or(Refusal::Chance)?;
        let written = private(path).and_then(|mut file| {
            file.write_all(&key)?;
            file.sync_all()
        });
        written.map_err(|error| unwritable(path, error))?;
    }
    let mut key = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut key));
    read.map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })?;
    Ok(key)
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
