//! Reading one row group, a chunk of rows at a time, into codes, numbers and instants.

use super::columns::{Fact, Plan, Reading};
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

/// The code of what is not said.
const UNSAID: u16 = u16::MAX;
/// The code of a word that the vocabulary does not know: counted, and like what is not said.
const UNKNOWN_WORD: u16 = u16::MAX - 1;

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
                            UNSAID,
                            |truth| u16::from(*truth),
                        )?;
                    }
                    ColumnReader::ByteArrayColumnReader(reader) => {
                        let Some(known) = self.known.get_mut(number) else {
                            continue;
                        };
                        let (city, words) = (self.city, self.words);
                        let code = |word: &ByteArray| match known.get(word.data()) {
                            Some(code) => *code,
                            None => {
                                let text = std::str::from_utf8(word.data()).ok();
                                let code =
                                    text.and_then(|text| fact.reading.code(text, city, words));
                                let code = code.unwrap_or(UNKNOWN_WORD);
                                if known.len() < WORDS_MAX {
                                    known.insert(word.data().to_vec(), code);
                                }
                                code
                            }
                        };
                        fill(
                            reader,
                            &mut source.levels,
                            source.optional,
                            rows,
                            codes,
                            UNSAID,
                            code,
                        )?;
                    }
                    _ => return Err(changed()),
                },
            }
        }
        self.silence(chunk);
        self.count_unknown(chunk);
        Ok(())
    }

    /// Counts the words of each column that none of its attributes knows.
    fn count_unknown(&mut self, chunk: &Chunk) {
        let facts = &self.plan.facts;
        for (number, unknown) in self.unknown.iter_mut().enumerate() {
            let Some(FactValues::Codes(codes)) = chunk.facts.get(number) else {
                continue;
            };
            let of_column =
                |fact: &Fact| facts.get(number).is_some_and(|own| own.index == fact.index);
            let first = facts.iter().position(of_column);
            if first != Some(number) {
                continue;
            }
            let readings = facts.iter().zip(&chunk.facts).skip(number + 1);
            let others: Vec<&[u16]> = readings
                .filter(|(fact, _)| of_column(fact))
                .filter_map(|(_, values)| match values {
                    FactValues::Codes(codes) => Some(&**codes),
                    FactValues::Numbers(_) => None,
                })
                .collect();
            let is_unknown = |(row, code): (usize, &u16)| {
                let least = others
                    .iter()
                    .filter_map(|codes| codes.get(row))
                    .chain([code]);
                least.min() == Some(&UNKNOWN_WORD)
            };
            *unknown += match others.is_empty() {
                true => codes.iter().filter(|code| **code == UNKNOWN_WORD).count(),
                false => codes
                    .iter()
                    .enumerate()
                    .filter(|one| is_unknown(*one))
                    .count(),
            } as u64;
        }
    }

    /// Of several attributes with one name a row says those that its kind has; if the kind is not known, any of them.
    fn silence(&self, chunk: &mut Chunk) {
        let facts = &self.plan.facts;
        if facts.iter().all(|fact| fact.kinds.is_none()) {
            return;
        }
        let column = facts
            .iter()
            .position(|fact| matches!(fact.reading, Reading::Kinds));
        let kinds = match column.and_then(|column| chunk.facts.get(column)) {
            Some(FactValues::Codes(codes)) => codes.clone(),
            _ => vec![UNSAID; chunk.times.len()],
        };
        let said = self.plan.kind.map(|kind| usize::from(kind.0));
        for (fact, values) in facts.iter().zip(&mut chunk.facts) {
            let Some(holders) = &fact.kinds else {
                continue;
            };
            let has = |kind: &u16| {
                let own = holders.get(usize::from(*kind));
                own.or_else(|| holders.get(said?)).copied().unwrap_or(true)
            };
            let others = kinds.iter().enumerate().filter(|(_, kind)| !has(kind));
            for (row, _) in others {
                match values {
                    FactValues::Codes(codes) => {
                        codes
                            .get_mut(row)
                            .into_iter()
                            .for_each(|code| *code = UNSAID);
                    }
                    FactValues::Numbers(numbers) => {
                        numbers
                            .get_mut(row)
                            .into_iter()
                            .for_each(|number| *number = f64::NAN);
                    }
                }
            }
        }
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
