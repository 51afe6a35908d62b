//! `tongxin export`, `backup` and `restore`: what a data directory gives out and takes in.

mod city;
pub mod import;
mod keeping;
mod outgoing;
mod place;
mod tables;
mod told;
mod within;

pub use keeping::Kept;
pub use outgoing::Mailing;
pub use place::{Place, database};
use tables::What;
pub use told::told;
pub use within::within;

use crate::cli::{self, ExportWhat};
use crate::fault::Fault;
use crate::lang::{self, say};
use crate::terminal;
use crate::whole::Whole;
use ledger::bundle::{ExportError, Exported, export as bundle};
use ledger::folder::{Folder, FolderError};
use notice::Label;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

impl cli::LedgerAt {
    /// The ledger that is named.
    fn open(&self) -> Result<Place, Fault> {
        Place::open(&self.data, database(self.database.as_deref()).as_deref())
    }
}

/// Why a data directory did not give or take.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The ledger in it cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What was asked for cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The texts that were published cannot be read.
    #[error("the published texts cannot be read: {0}")]
    Texts(String),
    /// A backup would be overwritten.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The sessions beside the ledger cannot be used.
    #[error(transparent)]
    Sessions(#[from] session::Failed),
    /// The outbox beside the ledger cannot be used.
    #[error(transparent)]
    Outbox(#[from] outbox::Failed),
    /// How mail is to be sent does not hold.
    #[error(transparent)]
    Smtp(#[from] outbox::mail::BadSmtp),
    /// The key that finds people by their addresses is not beside their ledger, or cannot be read.
    #[error("{} holds no key", .0.display())]
    BlindKey(PathBuf),
    /// The key that signs tickets cannot be read.
    #[error("{} holds no key", .0.display())]
    TicketKey(PathBuf),
    /// The key that signs certificates cannot be read.
    #[error("{} holds no key", .0.display())]
    CertificateKey(PathBuf),
    /// The key by which push services know the house cannot be read.
    #[error("{} holds no key", .0.display())]
    PushKey(PathBuf),
    /// The ledger does not take what it must.
    #[error(transparent)]
    Unkept(#[from] web::Unkept),
    /// The ledger has stopped by itself.
    #[error(transparent)]
    Halted(#[from] ledger::Halted),
    /// A database's keys have no directory.
    #[error("the keys of a ledger in a database need a directory")]
    NoKeysNamed,
    /// There is an embedded ledger where a database's keys should be.
    #[error("{} holds a ledger of its own", .0.display())]
    TwoLedgers(PathBuf),
    /// The ledger in the database was begun with other keys.
    #[error("{} does not hold the keys of the ledger in the database", .0.display())]
    OtherKeys(PathBuf),
    /// A table was not taken in.
    #[error(transparent)]
    NotImported(#[from] import::NotImported),
    /// A table was not written.
    #[error(transparent)]
    Table(#[from] tables::Failed),
    /// Only a demo city is filled with what is made up.
    #[error("only a demo city is filled")]
    NoDemoCity,
    /// Something has happened in this ledger already.
    #[error("{} has entries", .0.display())]
    Lived(PathBuf),
    /// What was made up was not taken.
    #[error("{0}")]
    Unfilled(String),
    /// The database cannot be used.
    #[error(transparent)]
    Database(ledger::store::StoreError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Chance,
}

impl Refusal {
    /// 2 if the command line is to be corrected, 1 if what it named is.
    pub const fn exit(&self) -> u8 {
        match self {
            Self::Folder(FolderError::NotEmpty(_) | FolderError::NoLedger(_))
            | Self::Export(ExportError::Nothing(_))
            | Self::NoKeysNamed
            | Self::Smtp(_)
            | Self::TwoLedgers(_)
            | Self::NoDemoCity
            | Self::Table(tables::Failed::Ending(_) | tables::Failed::NoStaff(_))
            | Self::Lived(_)
            | Self::Exists(_) => 2,
            Self::Folder(_)
            | Self::Export(_)
            | Self::Texts(_)
            | Self::Sessions(_)
            | Self::Outbox(_)
            | Self::BlindKey(_)
            | Self::TicketKey(_)
            | Self::CertificateKey(_)
            | Self::PushKey(_)
            | Self::Unkept(_)
            | Self::Halted(_)
            | Self::OtherKeys(_)
            | Self::Table(_)
            | Self::NotImported(_)
            | Self::Unfilled(_)
            | Self::Database(_)
            | Self::Chance => 1,
        }
    }
}

/// Writes a notice's bundle or a table; exit code 0.
pub fn export(arguments: &cli::Export) -> Result<ExitCode, Fault> {
    let asked = match &arguments.what {
        ExportWhat::Notice(asked) => asked,
        ExportWhat::Entries(asked) => return tables::export(What::Entries, asked),
        ExportWhat::Bookings(asked) => return tables::export(What::Bookings, asked),
        ExportWhat::Hours(asked) => return tables::export(What::Hours, asked),
        ExportWhat::Licences(asked) => return tables::export(What::Licences, asked),
        ExportWhat::Sales(asked) => return tables::export(What::Sales, asked),
        ExportWhat::Results(asked) => return tables::export(What::Results, asked),
        ExportWhat::City(asked) => return city::export(asked),
    };
    let place = asked.ledger.open()?;
    let (key, store) = (place.verifier()?, place.reader()?);
    let exported = bundle(&store, &key, &asked.notice).map_err(Refusal::from)?;
    let whole = Whole::begin(&asked.output)?;
    let written = whole.file().write_all(&exported.file);
    written.map_err(|error| unwritable(&asked.output, error))?;
    whole.complete()?;
    let Exported {
        entries,
        texts,
        size,
        ..
    } = exported;
    let (notice, file) = (&asked.notice, asked.output.display());
    tell(Label::new(
        format!(
            "公告 {notice}：{size} 条的账本中的 {entries} 条，{texts} 版文本，写入 {file}\n任何人都可以用 tongxin verify {file} 核对；账本的公钥是 {key}"
        ),
        format!(
            "notice {notice}: {entries} of {size} entries, texts {texts}, written to {file}\nAnybody can check it with tongxin verify {file}; the ledger's key is {key}"
        ),
    ))
}

/// Backs a ledger up; exit code 0.
pub fn backup(arguments: &cli::Backup) -> Result<ExitCode, Fault> {
    let output = &arguments.output;
    let exists = || Fault::from(Refusal::Exists(output.clone()));
    if output.exists() {
        return Err(exists());
    }
    let folder = Folder::open(&arguments.data).map_err(Refusal::from)?;
    let beside = match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Under another name until it is complete; the temporary folder goes with everything in it.
    let scratch = tempfile::tempdir_in(beside).map_err(|error| unwritable(output, error))?;
    let copy = scratch.path().join("backup");
    let mut bar = Bar::new();
    let copied = folder.back_up(&copy, |done, of| bar.show(done, of));
    bar.done();
    let head = copied.map_err(Refusal::from)?;
    // A second name, unlike a new one, is never given over somebody else's file.
    std::fs::hard_link(&copy, output).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(),
        _ => unwritable(output, error),
    })?;
    let (size, file) = (head.size, output.display());
    tell(Label::new(
        format!(
            "{size} 条的账本，备份在 {file}\n里面有签名的密钥和每个人的密钥：只给保管备份的人；有人被遗忘之后，请删除此前的备份\n里面没有 blind.key、ticket.key 和 certificate.key：请从数据目录另存一份，恢复以后先放回去再启动服务"
        ),
        format!(
            "a ledger of {size} entries, backed up to {file}\nIt holds the key that signs and the keys of persons: for the keeper of backups alone. When somebody was forgotten, delete the backups from before\nIt has no blind.key, ticket.key and certificate.key: keep copies of these from the data directory, and put them back before a restored ledger is served"
        ),
    ))
}

/// Restores a ledger; exit code 0.
pub fn restore(arguments: &cli::Restore) -> Result<ExitCode, Fault> {
    let restored = Folder::restore(&arguments.file, &arguments.data);
    let (folder, audit) = restored.map_err(|error| match error {
        FolderError::Io { path, error } if path == arguments.file => Fault::Read { path, error },
        error => Refusal::from(error).into(),
    })?;
    let key = folder.verifier().map_err(Refusal::from)?;
    let data = arguments.data.display();
    let (entries, items, claims, texts) = (audit.entries, audit.items, audit.claims, audit.texts);
    tell(Label::new(
        format!(
            "账本恢复到 {data}：{entries} 个条目、{items} 项、{claims} 个占用、{texts} 版文本，全部核对无误\n公钥 {key}"
        ),
        format!(
            "restored to {data}: entries {entries}, items {items}, claims {claims}, texts {texts}, all checked\nkey {key}"
        ),
    ))
}

fn tell(told: Label) -> Result<ExitCode, Fault> {
    terminal::line(told.get(lang::chosen()))?;
    Ok(ExitCode::SUCCESS)
}

fn unwritable(path: &Path, error: std::io::Error) -> Fault {
    Fault::Write {
        path: path.to_owned(),
        error,
    }
}

/// How far a backup is, on a terminal.
struct Bar {
    shown: Option<Instant>,
    terminal: bool,
}

impl Bar {
    fn new() -> Self {
        Self {
            shown: None,
            terminal: stderr().is_terminal(),
        }
    }

    fn show(&mut self, done: u64, of: u64) {
        const EVERY: Duration = Duration::from_millis(200);
        if self.terminal && self.shown.is_none_or(|at| at.elapsed() >= EVERY) {
            self.shown = Some(Instant::now());
            let part = done * 100 / of.max(1);
            terminal::err(&format!("\r{} {part} %", say("备份", "backing up")));
        }
    }

    fn done(&self) {
        if self.shown.is_some() {
            terminal::err("\r\x1b[K");
        }
    }
}
