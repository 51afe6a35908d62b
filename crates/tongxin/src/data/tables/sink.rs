//! Files that a table is written to, by the ending of their names: CSV, JSON lines, XLSX, Parquet.

use super::Failed;
use jiff::Timestamp;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

/// Rows of one group of a Parquet file.
const GROUP_ROWS: usize = 1 << 16;
/// Rows of one sheet, its head included.
const SHEET_ROWS: u32 = 1_048_576;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Text,
    /// An instant, to the millisecond.
    Time,
}

/// A cell.
pub enum Cell {
    Nothing,
    Number(i64),
    Text(String),
    Time(Timestamp),
}

impl Cell {
    pub fn number(number: impl TryInto<i64>) -> Self {
        number.try_into().map_or(Self::Nothing, Self::Number)
    }

    pub fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    /// As text, an instant in UTC.
    fn said(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Time(time) => time.to_string(),
        }
    }
}

/// Name and kind of each column.
pub type Columns = [(&'static str, Kind)];

/// A file on its way.
pub enum Sink {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    JsonLines(BufWriter<File>, Vec<&'static str>),
    Xlsx(Box<Xlsx>),
    Parquet(Box<Parquet>),
}

pub struct Xlsx {
    book: Workbook,
    file: File,
    row: u32,
    date: Format,
}

pub struct Parquet {
    file: SerializedFileWriter<File>,
    kinds: Vec<Kind>,
    waiting: Vec<Vec<Cell>>,
}

impl Sink {
    /// Begins a file of the sort that this path's ending names.
    pub fn begin(path: &Path, file: &File, title: &str, columns: &Columns) -> Result<Self, Failed> {
        let file = file.try_clone()?;
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        let names = || columns.iter().map(|(name, _)| *name);
        Ok(match ending.to_ascii_lowercase().as_str() {
            "csv" => {
                let mut to = BufWriter::new(file);
                // Spreadsheets read UTF-8 as such only with its mark.
                to.write_all("\u{feff}".as_bytes())?;
                let mut csv = csv::Writer::from_writer(to);
                csv.write_record(names())?;
                Self::Csv(Box::new(csv))
            }
            "jsonl" | "ndjson" => Self::JsonLines(BufWriter::new(file), names().collect()),
            "xlsx" => {
                let mut book = Workbook::new();
                let bold = Format::new().set_bold();
                let sheet: &mut Worksheet = book.add_worksheet_with_constant_memory()?;
                sheet.set_name(title)?;
                sheet.set_freeze_panes(1, 0)?;
                for (at, (name, kind)) in (0..).zip(columns) {
                    sheet.set_column_width(at, if *kind == Kind::Number { 12 } else { 26 })?;
                    sheet.write_with_format(0, at, *name, &bold)?;
                }
                let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
                Self::Xlsx(Box::new(Xlsx {
                    book,
                    file,
                    row: 0,
                    date,
                }))
            }
            "parquet" => {
                let column = |(name, kind): &(&str, Kind)| match kind {
                    Kind::Number => format!("optional int64 {name};"),
                    Kind::Text => format!("optional binary {name} (STRING);"),
                    Kind::Time => format!("optional int64 {name} (TIMESTAMP(MILLIS, true));"),
                };
                let columns_: String = columns.iter().map(column).collect();
                let schema = parse_message_type(&format!("message {title} {{ {columns_} }}"))?;
                let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
                let properties = Arc::new(properties.build());
                Self::Parquet(Box::new(Parquet {
                    file: SerializedFileWriter::new(file, Arc::new(schema), properties)?,
                    kinds: columns.iter().map(|(_, kind)| *kind).collect(),
                    waiting: Vec::new(),
                }))
            }
            _ => return Err(Failed::Ending(path.to_owned())),
        })
    }

    /// Writes a row.
    pub fn row(&mut self, cells: Vec<Cell>) -> Result<(), Failed> {
        match self {
            Self::Csv(csv) => csv.write_record(cells.iter().map(Cell::said))?,
            Self::JsonLines(to, names) => {
                let mut line = serde_json::Map::new();
                for (name, cell) in names.iter().zip(&cells) {
                    let value = match cell {
                        Cell::Nothing => serde_json::Value::Null,
                        Cell::Number(number) => (*number).into(),
                        cell => cell.said().into(),
                    };
                    line.insert((*name).to_owned(), value);
                }
                serde_json::to_writer(&mut *to, &line).map_err(std::io::Error::from)?;
                to.write_all(b"\n")?;
            }
            Self::Xlsx(xlsx) => xlsx.row(&cells)?,
            Self::Parquet(parquet) => {
                parquet.waiting.push(cells);
                if parquet.waiting.len() >= GROUP_ROWS {
                    parquet.group()?;
                }
            }
        }
        Ok(())
    }

    /// Ends the file.
    pub fn finish(self) -> Result<(), Failed> {
        match self {
            Self::Csv(mut csv) => csv.flush()?,
            Self::JsonLines(mut to, _) => to.flush()?,
            Self::Xlsx(mut xlsx) => xlsx.book.save_to_writer(xlsx.file)?,
            Self::Parquet(mut parquet) => {
                if !parquet.waiting.is_empty() {
                    parquet.group()?;
                }
                parquet.file.close()?;
            }
        }
        Ok(())
    }
}

impl Xlsx {
    fn row(&mut self, cells: &[Cell]) -> Result<(), Failed> {
        self.row += 1;
        if self.row >= SHEET_ROWS {
            return Err(Failed::TooManyRows(SHEET_ROWS - 1));
        }
        let sheet = self.book.worksheet_from_index(0)?;
        for (at, cell) in (0..).zip(cells) {
            match cell {
                Cell::Nothing => {}
                // A sheet's numbers are floating; ours are far below what they hold.
                Cell::Number(number) => drop(sheet.write(self.row, at, *number as f64)?),
                Cell::Text(text) => drop(sheet.write_string(self.row, at, text)?),
                Cell::Time(time) => {
                    let days = time.as_millisecond() as f64 / 86_400_000.0 + 25_569.0;
                    sheet.write_with_format(self.row, at, days, &self.date)?;
                }
            }
        }
        Ok(())
    }
}

impl Parquet {
    fn group(&mut self) -> Result<(), Failed> {
        let rows = std::mem::take(&mut self.waiting);
        let mut group = self.file.next_row_group()?;
        for (at, kind) in self.kinds.iter().enumerate() {
            let Some(mut column) = group.next_column()? else {
                break;
            };
            let cells = || rows.iter().filter_map(|row| row.get(at));
            let levels: Vec<i16> = cells()
                .map(|cell| i16::from(!matches!(cell, Cell::Nothing)))
                .collect();
            if *kind == Kind::Text {
                let texts = cells().filter_map(|cell| match cell {
                    Cell::Text(text) => Some(ByteArray::from(text.clone().into_bytes())),
                    _ => None,
                });
                let texts: Vec<ByteArray> = texts.collect();
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&texts, Some(&levels), None)?;
            } else {
                let numbers = cells().filter_map(|cell| match cell {
                    Cell::Number(number) => Some(*number),
                    Cell::Time(time) => Some(time.as_millisecond()),
                    _ => None,
                });
                let numbers: Vec<i64> = numbers.collect();
                column
                    .typed::<Int64Type>()
                    .write_batch(&numbers, Some(&levels), None)?;
            }
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}
