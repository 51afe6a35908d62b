//! `tongxin export entries`, `bookings`, `hours`, `licences`, `sales` and `results`: what a ledger holds, as a table for other programs.
//!
//! People are in it by their pseudonyms. Their names are added for a member of staff whom the powers let take lists out, for
//! the offices' matters for which they do.

mod season;
mod sink;

use super::{Refusal, tell, unwritable};
use crate::fault::Fault;
use crate::progress::Progress;
use crate::whole::Whole;
use crate::{cli, folder, moment, serve};
use decide::Book;
use forms::booking::rows::{self, Booking, Means, Status};
use forms::people::BlindKey;
use forms::people::powers::{Act, Denied, Matter, Powers, Standing};
use forms::people::{Identity, PersonName};
use forms::season::{EventResult, Licence, Sales};
use jiff::civil::DateTime;
use ledger::entry::Entry;
use ledger::folder::FolderError;
use ledger::item::{BadRow, Change, Item, ItemId, Row};
use ledger::merkle::Hash;
use ledger::name::{Key, Kind as ItemKind, Person};
use ledger::store::{AnyReader, Read as _, StoreError};
use notice::Label;
use sink::{Cell, Columns, Kind, Sink};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Entries read at once.
const PAGE: usize = 1_024;

/// Why a table was not written.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// No sort of file has this ending.
    #[error("{} ends in none of .csv, .xlsx, .jsonl, .parquet", .0.display())]
    Ending(PathBuf),
    /// A sheet has fewer rows.
    #[error("more than {0} rows")]
    TooManyRows(u32),
    /// Nobody of the city's staff has this id.
    #[error("no member of staff is called {0}")]
    NoStaff(String),
    /// The powers let this member of staff take out no list of any office.
    #[error("{}", .0.label(.1).en)]
    Denied(Box<Denied>, std::sync::Arc<city::City>),
    /// The file cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The same, as CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The same, as XLSX.
    #[error(transparent)]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The same, as Parquet.
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
}

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    Entries,
    Bookings,
    Hours,
    Licences,
    Sales,
    Results,
}

impl What {
    /// What it is called, and its columns.
    fn table(self) -> (&'static str, &'static Columns) {
        match self {
            Self::Entries => ("entries", &ENTRIES),
            Self::Bookings => ("bookings", &BOOKINGS),
            Self::Hours => ("hours", &HOURS),
            Self::Licences => ("licences", &season::LICENCES),
            Self::Sales => ("sales", &season::SALES),
            Self::Results => ("results", &season::RESULTS),
        }
    }

    /// The kind of items whose rows it has; nothing for the entries themselves.
    const fn kind(self) -> Option<&'static str> {
        match self {
            Self::Entries => None,
            Self::Bookings => Some(Booking::KIND),
            Self::Hours => Some(rows::Hours::KIND),
            Self::Licences => Some(Licence::KIND),
            Self::Sales => Some(Sales::KIND),
            Self::Results => Some(EventResult::KIND),
        }
    }

    /// Whether its rows are about people.
    const fn has_people(self) -> bool {
        matches!(self, Self::Bookings | Self::Hours)
    }
}

const ENTRIES: [(&str, Kind); 11] = [
    ("sequence", Kind::Number),
    ("at", Kind::Time),
    ("actor", Kind::Text),
    ("notice", Kind::Text),
    ("text", Kind::Text),
    ("command", Kind::Text),
    ("shape", Kind::Number),
    ("request", Kind::Text),
    ("changes", Kind::Number),
    ("bytes", Kind::Number),
    ("leaf_hash", Kind::Text),
];
const BOOKINGS: [(&str, Kind); 15] = [
    ("number", Kind::Text),
    ("offer", Kind::Text),
    ("slot", Kind::Text),
    ("person", Kind::Text),
    ("begins", Kind::Time),
    ("ends", Kind::Time),
    ("status", Kind::Text),
    ("position", Kind::Number),
    ("kept_until", Kind::Time),
    ("came", Kind::Time),
    ("came_by", Kind::Text),
    ("went", Kind::Time),
    ("went_by", Kind::Text),
    ("minutes_checked", Kind::Number),
    ("minutes_granted", Kind::Number),
];
const HOURS: [(&str, Kind); 4] = [
    ("offer", Kind::Text),
    ("person", Kind::Text),
    ("minutes_checked", Kind::Number),
    ("minutes_granted", Kind::Number),
];
const NAME: (&str, Kind) = ("name", Kind::Text);

/// Writes the table; exit code 0.
pub fn export(what: What, asked: &cli::ExportTable) -> Result<ExitCode, Fault> {
    let place = asked.ledger.open()?;
    let reader = place.reader()?;
    let mut names = match &asked.names_for {
        Some(staff) if what.has_people() => {
            Some(Names::of(staff, asked, (&reader, &place.blind_key()?))?)
        }
        _ => None,
    };
    let (title, columns) = what.table();
    let mut columns = columns.to_vec();
    if names.is_some() {
        columns.push(NAME);
    }
    let whole = Whole::begin(&asked.output)?;
    let rows = write(
        &reader,
        what,
        (title, &columns),
        &asked.output,
        whole.file(),
        &mut names,
    )?;
    if let Some(denied) = names.as_ref().and_then(Names::denied_all) {
        return Err(Refusal::from(denied).into());
    }
    whole.complete()?;
    let file = asked.output.display();
    tell(match names {
        Some(names) => Label::new(
            format!(
                "{rows} 行写入 {file}\n姓名依权责清单 {} 加上；请只交给该看的人，用完删除",
                names.clauses()
            ),
            format!(
                "rows written to {file}: {rows}\nNames were added by {}; for those alone whom it concerns, to be deleted after use",
                names.clauses()
            ),
        ),
        None => Label::new(
            format!("{rows} 行写入 {file}\n里面没有姓名等个人信息，人以编号出现"),
            format!(
                "rows written to {file}: {rows}\nNo personal data is in it: people are pseudonyms"
            ),
        ),
    })
}

fn write(
    reader: &AnyReader,
    what: What,
    (title, columns): (&str, &Columns),
    path: &Path,
    file: &std::fs::File,
    names: &mut Option<Names>,
) -> Result<u64, Fault> {
    let failed = |error: Failed| match error {
        Failed::Io(error) => unwritable(path, error),
        error => Refusal::from(error).into(),
    };
    let mut sink = Sink::begin(path, file, title, columns).map_err(failed)?;
    let size = reader.head().map_err(unusable)?.size;
    let mut bar = Progress::counting(usize::try_from(size).unwrap_or(0), "条", "entries");
    let (mut next, mut rows) = (0, 0);
    let mut seen = HashSet::new();
    while next < size {
        let leaves = reader.leaves(next, PAGE).map_err(unusable)?;
        let many = leaves.len();
        for leaf in leaves {
            let damaged = |error: &dyn std::fmt::Display| {
                unusable(StoreError::Damaged(format!("entry {next}: {error}")))
            };
            let entry = Entry::from_leaf(&leaf).map_err(|error| damaged(&error))?;
            if what == What::Entries {
                sink.row(of_entry(&entry, &leaf)).map_err(failed)?;
                rows += 1;
            }
            for change in &entry.changes {
                // Made here; how it stands now, the store knows. What was removed since is in no table.
                let Change::Put(made) = change else { continue };
                let wanted = what.kind() == Some(made.kind.as_str());
                if !wanted || made.version != 1 || !seen.insert(made.key.clone()) {
                    continue;
                }
                let Some(item) = reader.item(&made.id()).map_err(unusable)? else {
                    continue;
                };
                let row = of_item(what, &item).map_err(|error| damaged(&error))?;
                let mut cells = row.cells;
                if let (Some(names), Some((offer, person))) = (names.as_mut(), row.about) {
                    cells.push(names.cell(reader, &offer, &person)?);
                }
                sink.row(cells).map_err(failed)?;
                rows += 1;
            }
            next += 1;
        }
        if many == 0 {
            return Err(unusable(StoreError::Damaged(format!(
                "entry {next} is missing"
            ))));
        }
        bar.add(many);
    }
    bar.done();
    sink.finish().map_err(failed)?;
    Ok(rows)
}

fn of_entry(entry: &Entry, leaf: &[u8]) -> Vec<Cell> {
    vec![
        Cell::number(entry.sequence),
        Cell::Time(entry.at),
        Cell::text(&entry.actor),
        Cell::text(&entry.notice),
        Cell::text(entry.text),
        Cell::text(&entry.command),
        Cell::number(entry.shape),
        Cell::text(entry.request),
        Cell::number(entry.changes.len()),
        Cell::number(leaf.len()),
        Cell::text(Hash::leaf(leaf)),
    ]
}

/// A row, with the offer and the person that it is about.
struct Of {
    about: Option<(Key, Person)>,
    cells: Vec<Cell>,
}

fn of_item(what: What, item: &Item) -> Result<Of, BadRow> {
    let of_season = |cells| Of { about: None, cells };
    match what {
        What::Licences => season::licence(item).map(of_season),
        What::Sales => season::sales(item).map(of_season),
        What::Results => season::result(item).map(of_season),
        What::Hours => hours(item),
        What::Entries | What::Bookings => booking(item),
    }
}

fn hours(item: &Item) -> Result<Of, BadRow> {
    let row: rows::Hours = item.read()?;
    let cells = vec![
        Cell::text(&row.offer),
        Cell::text(&row.person),
        Cell::number(row.checked),
        Cell::number(row.granted),
    ];
    Ok(Of {
        about: Some((row.offer, row.person)),
        cells,
    })
}

fn booking(item: &Item) -> Result<Of, BadRow> {
    let row: Booking = item.read()?;
    let (mut position, mut kept_until) = (Cell::Nothing, Cell::Nothing);
    let (mut came, mut came_by, mut went, mut went_by, mut minutes) = (
        Cell::Nothing,
        Cell::Nothing,
        Cell::Nothing,
        Cell::Nothing,
        Cell::Nothing,
    );
    let by = |means: Means| {
        Cell::text(match means {
            Means::Code => "code",
            Means::Qr => "qr",
            Means::List => "list",
        })
    };
    let status = match row.status {
        Status::Entered => "entered",
        Status::Waiting { position: at } => {
            position = Cell::number(at);
            "waiting"
        }
        Status::Offered { until } => {
            kept_until = Cell::Time(until);
            "offered"
        }
        Status::Booked => "booked",
        Status::Here { attendance } => {
            (came, came_by) = (Cell::Time(attendance.came), by(attendance.by));
            if let Some(gone) = attendance.went {
                (went, minutes) = (Cell::Time(gone.at), Cell::number(gone.minutes));
                went_by = gone.by.map_or_else(|| Cell::text("assumed"), by);
            }
            "here"
        }
        Status::Absent => "absent",
        Status::Cancelled => "cancelled",
        Status::Lapsed => "lapsed",
        Status::NotDrawn => "not-drawn",
        Status::PassedOver { .. } => "passed-over",
    };
    let cells = vec![
        Cell::text(&row.number),
        Cell::text(&row.offer),
        Cell::text(&row.slot),
        Cell::text(&row.person),
        Cell::Time(row.from),
        Cell::Time(row.to),
        Cell::text(status),
        position,
        kept_until,
        came,
        came_by,
        went,
        went_by,
        minutes,
        Cell::number(row.granted),
    ];
    Ok(Of {
        about: Some((row.offer, row.person)),
        cells,
    })
}

/// Names, for a member of staff, as far as the powers let.
struct Names {
    book: Book,
    who: Standing,
    at: DateTime,
    /// By notice: the clauses that let, or why not.
    asked: HashMap<String, Result<Vec<String>, Denied>>,
}

impl Names {
    fn of(
        staff: &str,
        asked: &cli::ExportTable,
        (reader, blind): (&AnyReader, &BlindKey),
    ) -> Result<Self, Fault> {
        let (city, found) = folder::Origin::choose(asked.city.city.as_deref())?.load()?;
        let at = match (&asked.at, city.clock) {
            (Some(text), _) => moment::read(text, &city)?,
            (None, Some(clock)) => clock,
            (None, None) => city.zone.to_datetime(jiff::Timestamp::now()),
        };
        let who = web::staff(&city, reader, blind, staff).map_err(unusable)?;
        let who = who.ok_or_else(|| Refusal::from(Failed::NoStaff(staff.to_owned())))?;
        Ok(Self {
            book: serve::publishable(city, found)?,
            who,
            at,
            asked: HashMap::new(),
        })
    }

    /// The name of a person in a row about an offer, if it may be taken out.
    fn cell(&mut self, reader: &AnyReader, offer: &Key, person: &Person) -> Result<Cell, Fault> {
        let slug = offer.as_str().split('#').next().unwrap_or_default();
        if !self.asked.contains_key(slug) {
            let mut notices = self.book.notices().iter();
            let issuer = notices.find(|notice| &*notice.slug.0 == slug);
            let matter = Matter::of(issuer.map_or("", |notice| &notice.issuer));
            let may = Powers::of(&self.book).may(&self.who, Act::Export, &matter, self.at);
            let may = may.map(|citation| {
                citation
                    .because()
                    .iter()
                    .map(|because| because.clause.to_string())
                    .collect()
            });
            self.asked.insert(slug.to_owned(), may);
        }
        if !matches!(self.asked.get(slug), Some(Ok(_))) {
            return Ok(Cell::Nothing);
        }
        let kind = ItemKind::new(Identity::KIND)
            .map_err(|error| unusable(StoreError::Damaged(error.to_string())))?;
        let key = Key::from(person.clone());
        let item = reader.item(&ItemId { kind, key }).map_err(unusable)?;
        let identity = item.and_then(|item| item.read::<Identity>().ok());
        // Who was forgotten has no name any more.
        let name: Option<PersonName> =
            identity.and_then(|identity| identity.name.open(reader).ok());
        Ok(name.map_or(Cell::Nothing, |name| Cell::text(name.as_str())))
    }

    /// Why no name at all may be taken out.
    fn denied_all(&self) -> Option<Failed> {
        let mut asked = self.asked.values();
        if asked.clone().any(Result::is_ok) {
            return None;
        }
        let denied = asked.find_map(|may| may.as_ref().err())?;
        Some(Failed::Denied(
            Box::new(denied.clone()),
            self.book.city().clone(),
        ))
    }

    fn clauses(&self) -> String {
        let clauses = self.asked.values().flatten().flatten();
        let mut clauses: Vec<&str> = clauses.map(String::as_str).collect();
        clauses.sort_unstable();
        clauses.dedup();
        clauses.join(" ")
    }
}

fn unusable(error: StoreError) -> Fault {
    Refusal::from(FolderError::from(error)).into()
}
