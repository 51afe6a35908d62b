//! `tongxin import`: people and bookings of a table, all of it or nothing.
//!
//! Every row is looked at before anything is given, and then all rows are one turn of the ledger, by the ordinary commands:
//! if one is refused, none is carried out.

mod bookings;
mod people;

use super::{Place, Refusal, tell};
use crate::fault::Fault;
use crate::progress::Progress;
use crate::{cli, folder, serve};
use decide::Book;
use forms::people::BlindKey;
use jiff::Timestamp;
use ledger::entry::Origin;
use ledger::folder::FolderError;
use ledger::given::{Chance as _, Clock, SystemChance};
use ledger::name::{Actor, Notice, Person, RequestId, TextVersion};
use ledger::store::{AnyReader, AnyStore, StoreError};
use ledger::{Turn, Writer};
use notice::Label;
use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

/// Rows of one table: all of them are one transaction.
const ROWS_MAX: usize = 100_000;
/// Faults that are told; the others are counted.
pub const TOLD: usize = 20;

/// What is wrong with a cell.
#[derive(Debug)]
pub struct Wrong {
    /// Its line in the file.
    pub line: u64,
    /// Its column.
    pub column: &'static str,
    /// What is wrong, and what to do.
    pub what: Label,
}

/// Why a table was not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    /// It cannot be read as CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A column is missing.
    #[error("there is no column `{0}`")]
    NoColumn(&'static str),
    /// Too much for one go.
    #[error("more than {ROWS_MAX} rows")]
    TooManyRows,
    /// Nothing in it.
    #[error("no rows")]
    Empty,
    /// Cells are wrong.
    #[error("{} cells are wrong", .0.len())]
    Wrong(Vec<Wrong>),
}

/// Imports; exit code 0.
pub fn run(arguments: &cli::Import) -> Result<ExitCode, Fault> {
    let (asked, people) = match &arguments.what {
        cli::ImportWhat::People(asked) => (asked, true),
        cli::ImportWhat::Bookings(asked) => (asked, false),
    };
    let (city, found) = folder::Origin::choose(asked.city.city.as_deref())?.load()?;
    let book = serve::publishable(city, found)?;
    let mut house = House::open(asked.ledger.open()?, &book)?;
    let imported = if people {
        let rows = Sheet::read(&asked.file, &["mail"], &["name", "facts"])?;
        people::load(&mut house, &book, rows)
    } else {
        let rows = Sheet::read(&asked.file, &["mail", "slot"], &[])?;
        bookings::load(&mut house, &book, rows)
    };
    let (rows, file) = (imported?, asked.file.display());
    tell(match people {
        true => Label::new(
            format!("{file}：{rows} 人已全部录入；他们的账号没有密码"),
            format!("{file}: all people taken in: {rows}; their accounts have no password yet"),
        ),
        false => Label::new(
            format!("{file}：{rows} 条报名已全部录入"),
            format!("{file}: all bookings taken in: {rows}"),
        ),
    })
}

/// The rows of a table, by column.
pub struct Sheet {
    rows: Vec<(u64, HashMap<&'static str, String>)>,
}

impl Sheet {
    fn read(path: &Path, needs: &[&'static str], knows: &[&'static str]) -> Result<Self, Fault> {
        let text = std::fs::read(path).map_err(|error| Fault::Read {
            path: path.to_owned(),
            error,
        })?;
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
        Self::of(text, needs, knows).map_err(|error| Refusal::from(error).into())
    }

    fn of(
        text: &[u8],
        needs: &[&'static str],
        knows: &[&'static str],
    ) -> Result<Self, NotImported> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text);
        let head = reader.headers()?.clone();
        let mut columns = Vec::new();
        for name in needs.iter().chain(knows) {
            match head.iter().position(|column| column == *name) {
                Some(at) => columns.push((*name, at)),
                None if needs.contains(name) => return Err(NotImported::NoColumn(name)),
                None => {}
            }
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record?;
            if rows.len() == ROWS_MAX {
                return Err(NotImported::TooManyRows);
            }
            let line = record.position().map_or(0, csv::Position::line);
            let cells = columns.iter().filter_map(|&(name, at)| {
                let cell = record.get(at).filter(|cell| !cell.is_empty())?;
                Some((name, cell.to_owned()))
            });
            rows.push((line, cells.collect()));
        }
        if rows.is_empty() {
            return Err(NotImported::Empty);
        }
        Ok(Self { rows })
    }
}

/// The ledger that takes the table in.
pub struct House {
    writer: Writer<AnyStore>,
    reader: AnyReader,
    blind: BlindKey,
    now: Timestamp,
}

/// The moment of the import; a demo city's is of its own days.
struct Moment(Timestamp);

impl Clock for Moment {
    fn now(&mut self) -> Timestamp {
        self.0
    }
}

impl House {
    fn open(place: Place, book: &Book) -> Result<Self, Fault> {
        let city = book.city();
        let now = match city.clock {
            Some(clock) => serve::instant(clock, &city.zone),
            None => Timestamp::now(),
        };
        let writer = Writer::new(place.store()?, Moment(now), SystemChance, place.signer()?);
        Ok(Self {
            writer: writer.map_err(unusable)?,
            reader: place.reader()?,
            blind: place.blind_key()?,
            now,
        })
    }

    fn origin(&self, person: &Person, notice: &Notice, text: TextVersion) -> Result<Origin, Fault> {
        let chance = SystemChance.bytes().ok_or(Refusal::Chance)?;
        let chance = chance.first_chunk().copied().ok_or(Refusal::Chance)?;
        Ok(Origin {
            request: RequestId::new(self.now, chance),
            actor: Actor::new(person.as_str()).map_err(broken)?,
            notice: notice.clone(),
            text,
        })
    }

    fn turn(&mut self, turn: Turn) -> Result<(), Fault> {
        Ok(self.writer.turn_whole(turn).map_err(Refusal::from)?)
    }
}

/// How far the rows are.
fn bar(rows: &Sheet) -> Progress {
    Progress::counting(rows.rows.len(), "行", "rows")
}

/// Nothing if no cell is wrong.
fn all_right(wrong: Vec<Wrong>) -> Result<(), Fault> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Refusal::from(NotImported::Wrong(wrong)).into())
    }
}

fn unusable(error: StoreError) -> Fault {
    Refusal::from(FolderError::from(error)).into()
}

fn broken(error: impl std::fmt::Display) -> Fault {
    unusable(StoreError::Later(error.to_string()))
}
