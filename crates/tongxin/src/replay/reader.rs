//! Reading one row group, a chunk of rows at a time, into codes, numbers and instants.

use super::columns::{Plan, Reading};
use city::City;
use decide::batch::NO_TIME;
use notice::vocabulary::words::Words;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;
use std::collections::HashMap;

/// Different words remembered for a column; a file with more is odd, and they are looked up each time.
const WORDS_MAX: usize = 4096;

/// Rows of one chunk.
#[derive(Default)]
pub struct Chunk {
    /// Seconds since 1970; [`NO_TIME`] if missing.
    pub times: Vec<i64>,
    /// Degrees; NaN if missing.
    pub lons: Vec<f64>,
    /// Degrees; NaN if missing.
    pub lats: Vec<f64>,
    /// The facts, in the plan's order.
    pub facts: Vec<FactValues>,
}

/// The values of one column of facts.
pub enum FactValues {
    /// Codes of the batch's column.
    Codes(Vec<u16>),
    /// Numbers.
    Numbers(Vec<f64>),
}

/// A column with room for what is read from it.
struct Source {
    reader: ColumnReader,
    levels: Vec<i16>,
    optional: bool,
}

/// Reads one row group.
pub struct GroupReader<'a> {
    plan: &'a Plan,
    city: &'a City,
    words: &'a Words,
    time: Source,
    point: Option<(Source, Source)>,
    facts: Vec<Source>,
    /// Codes by word, of every column of words.
    known: &'a mut Vec<HashMap<Vec<u8>, u16>>,
    /// Words that the vocabulary does not know, a count for each column.
    pub unknown: Vec<u64>,
}

impl<'a> GroupReader<'a> {
    /// Opens the columns that the plan names.
    pub fn new(
        group: &dyn RowGroupReader,
        plan: &'a Plan,
        city: &'a City,
        words: &'a Words,
        known: &'a mut Vec<HashMap<Vec<u8>, u16>>,
    ) -> Result<Self> {
        known.resize_with(plan.facts.len(), HashMap::new);
        let source = |index: usize| -> Result<Source> {
            let optional = group
                .metadata()
                .column(index)
                .column_descr()
                .max_def_level()
                > 0;
            Ok(Source {
                reader: group.get_column_reader(index)?,
                levels: Vec::new(),
                optional,
            })
        };
        Ok(GroupReader {
            time: source(plan.time.0)?,
            point: plan
                .point
                .map(|(lon, lat)| Ok::<_, ParquetError>((source(lon)?, source(lat)?)))
                .transpose()?,
            facts: plan
                .facts
                .iter()
                .map(|fact| source(fact.index))
                .collect::<Result<_>>()?,
            unknown: vec![0; plan.facts.len()],
            plan,
            city,
            words,
            known,
        })
    }

    /// Reads the next `rows` rows.
    pub fn read(&mut self, rows: usize, chunk: &mut Chunk) -> Result<()> {
        let (_, units) = self.plan.time;
        let seconds = |time: &i64| time.div_euclid(units);
        match &mut self.time.reader {
            ColumnReader::Int64ColumnReader(reader) => {
                fill(
                    reader,
                    &mut self.time.levels,
                    self.time.optional,
                    rows,
                    &mut chunk.times,
                    NO_TIME,
                    seconds,
                )?;
            }
            _ => return Err(changed()),
        }
        if let Some((lon, lat)) = &mut self.point {
            numbers(lon, rows, &mut chunk.lons)?;
            numbers(lat, rows, &mut chunk.lats)?;
        }
        if chunk.facts.len() != self.facts.len() {
            chunk.facts = self
                .plan
                .facts
                .iter()
                .map(|fact| match fact.reading {
                    Reading::Number(..) => FactValues::Numbers(Vec::new()),
                    _ => FactValues::Codes(Vec::new()),
                })
                .collect();
        }
        for (number, (source, values)) in self.facts.iter_mut().zip(&mut chunk.facts).enumerate() {
            let Some(fact) = self.plan.facts.get(number) else {
                continue;
            };
            match values {
                FactValues::Numbers(values) => numbers(source, rows, values)?,
                FactValues::Codes(codes) => match &mut source.reader {
                    ColumnReader::BoolColumnReader(reader) => {
                        fill(
                            reader,
                            &mut source.levels,
                            source.optional,
                            rows,
                            codes,
                            u16::MAX,
                            |truth| u16::from(*truth),
                        )?;
                    }
                    ColumnReader::ByteArrayColumnReader(reader) => {
                        let (Some(known), Some(unknown)) =
                            (self.known.get_mut(number), self.unknown.get_mut(number))
                        else {
                            continue;
                        };
                        let (city, words) = (self.city, self.words);
                        let code = |word: &ByteArray| {
                            let found = match known.get(word.data()) {
                                Some(code) => *code,
                                None => {
                                    let text = std::str::from_utf8(word.data()).ok();
                                    let code =
                                        text.and_then(|text| fact.reading.code(text, city, words));
                                    let code = code.unwrap_or(u16::MAX);
                                    if known.len() < WORDS_MAX {
                                        known.insert(word.data().to_vec(), code);
                                    }
                                    code
                                }
                            };
                            *unknown += u64::from(found == u16::MAX);
                            found
                        };
                        fill(
                            reader,
                            &mut source.levels,
                            source.optional,
                            rows,
                            codes,
                            u16::MAX,
                            code,
                        )?;
                    }
                    _ => return Err(changed()),
                },
            }
        }
        Ok(())
    }
}

fn numbers(source: &mut Source, rows: usize, into: &mut Vec<f64>) -> Result<()> {
    let (levels, optional) = (&mut source.levels, source.optional);
    match &mut source.reader {
        ColumnReader::DoubleColumnReader(reader) => {
            fill(reader, levels, optional, rows, into, f64::NAN, |v| *v)
        }
        ColumnReader::FloatColumnReader(reader) => {
            fill(reader, levels, optional, rows, into, f64::NAN, |v| {
                f64::from(*v)
            })
        }
        ColumnReader::Int32ColumnReader(reader) => {
            fill(reader, levels, optional, rows, into, f64::NAN, |v| {
                f64::from(*v)
            })
        }
        ColumnReader::Int64ColumnReader(reader) => {
            fill(reader, levels, optional, rows, into, f64::NAN, |v| {
                *v as f64
            })
        }
        _ => Err(changed()),
    }
}

/// Reads `rows` values of a column; what is missing becomes `missing`.
fn fill<T: DataType, V: Copy>(
    reader: &mut ColumnReaderImpl<T>,
    levels: &mut Vec<i16>,
    optional: bool,
    rows: usize,
    into: &mut Vec<V>,
    missing: V,
    mut convert: impl FnMut(&T::T) -> V,
) -> Result<()> {
    into.clear();
    let mut values = Vec::with_capacity(rows);
    levels.clear();
    let (read, _, _) =
        reader.read_records(rows, optional.then_some(&mut *levels), None, &mut values)?;
    if read != rows {
        return Err(ParquetError::EOF(format!(
            "{read} of {rows} rows in a column"
        )));
    }
    if !optional || values.len() == rows {
        into.extend(values.iter().map(convert));
        return Ok(());
    }
    let mut values = values.iter();
    for level in levels.iter() {
        into.push(if *level == 0 {
            missing
        } else {
            values.next().map_or(missing, &mut convert)
        });
    }
    Ok(())
}

fn changed() -> ParquetError {
    ParquetError::General(
        "the type of a column differs between the file's head and its rows".into(),
    )
}
