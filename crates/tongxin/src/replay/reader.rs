//! Reading one row group, a chunk of rows at a time, into codes, numbers and instants.

use super::columns::{Fact, Plan, Reading};
use super::lexicon::{Lexicon, UNKNOWN_WORD, UNSAID};
use city::City;
use decide::batch::NO_TIME;
use notice::vocabulary::words::Words;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;

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
    /// One for each fact; `None` where the fact before is of the same column.
    facts: Vec<Option<Source>>,
    /// One for each fact, used of the first of a column.
    lexicons: &'a mut Vec<Lexicon>,
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
        lexicons: &'a mut Vec<Lexicon>,
    ) -> Result<Self> {
        lexicons.resize_with(plan.facts.len(), Lexicon::default);
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
                .enumerate()
                .map(|(number, fact)| {
                    let before = number.checked_sub(1).and_then(|at| plan.facts.get(at));
                    let again = before.is_some_and(|before| before.index == fact.index);
                    (!again).then(|| source(fact.index)).transpose()
                })
                .collect::<Result<_>>()?,
            unknown: vec![0; plan.facts.len()],
            plan,
            city,
            words,
            lexicons,
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
        let mut first = 0;
        for column in self
            .plan
            .facts
            .chunk_by(|one, next| one.index == next.index)
        {
            let facts = first..first + column.len();
            let source = self.facts.get_mut(first).and_then(Option::as_mut);
            let (Some(source), Some(values), Some(lexicon)) = (
                source,
                chunk.facts.get_mut(facts.clone()),
                self.lexicons.get_mut(first),
            ) else {
                return Err(changed());
            };
            let look_up = |word: &str| {
                let code = |fact: &Fact| fact.reading.code(word, self.city, self.words);
                column
                    .iter()
                    .map(|fact| code(fact).unwrap_or(UNKNOWN_WORD))
                    .collect()
            };
            read_column(source, rows, values, lexicon, look_up)?;
            first = facts.end;
        }
        self.silence(chunk);
        self.count_unknown(chunk);
        Ok(())
    }

    /// Counts the words of each column that none of its attributes knows.
    fn count_unknown(&mut self, chunk: &Chunk) {
        let mut first = 0;
        for column in self
            .plan
            .facts
            .chunk_by(|one, next| one.index == next.index)
        {
            let values = chunk.facts.iter().skip(first).take(column.len());
            let mut codes = values.filter_map(|values| match values {
                FactValues::Codes(codes) => Some(codes),
                FactValues::Numbers(_) => None,
            });
            if let (Some(own), Some(unknown)) = (codes.next(), self.unknown.get_mut(first)) {
                // Codes that are known are less than both of the others.
                let mut least = own.clone();
                for codes in codes {
                    least
                        .iter_mut()
                        .zip(codes)
                        .for_each(|(least, code)| *least = (*least).min(*code));
                }
                *unknown += least.iter().filter(|code| **code == UNKNOWN_WORD).count() as u64;
            }
            first += column.len();
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
        for (fact, values) in facts.iter().zip(&mut chunk.facts) {
            let Some(holders) = &fact.kinds else {
                continue;
            };
            let said = self
                .plan
                .kind
                .and_then(|kind| holders.get(usize::from(kind.0)));
            let otherwise = said.copied().unwrap_or(true);
            let has = |kind: &u16| {
                holders
                    .get(usize::from(*kind))
                    .copied()
                    .unwrap_or(otherwise)
            };
            match values {
                FactValues::Codes(codes) => {
                    let others = codes.iter_mut().zip(&kinds).filter(|(_, kind)| !has(kind));
                    others.for_each(|(code, _)| *code = UNSAID);
                }
                FactValues::Numbers(numbers) => {
                    let others = numbers
                        .iter_mut()
                        .zip(&kinds)
                        .filter(|(_, kind)| !has(kind));
                    others.for_each(|(number, _)| *number = f64::NAN);
                }
            }
        }
    }
}

/// Reads one column once, for every attribute that it is read as.
fn read_column(
    source: &mut Source,
    rows: usize,
    values: &mut [FactValues],
    lexicon: &mut Lexicon,
    look_up: impl Fn(&str) -> Vec<u16>,
) -> Result<()> {
    let Some((own, others)) = values.split_first_mut() else {
        return Ok(());
    };
    let optional = source.optional;
    match own {
        FactValues::Numbers(own) => {
            numbers(source, rows, own)?;
            for values in others {
                if let FactValues::Numbers(values) = values {
                    values.clone_from(own);
                }
            }
        }
        FactValues::Codes(own) => match &mut source.reader {
            ColumnReader::BoolColumnReader(reader) => {
                let code = |truth: &bool| u16::from(*truth);
                fill(
                    reader,
                    &mut source.levels,
                    optional,
                    rows,
                    own,
                    UNSAID,
                    code,
                )?;
                for values in others {
                    if let FactValues::Codes(values) = values {
                        values.clone_from(own);
                    }
                }
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                let number = |word: &ByteArray| lexicon.number(word.data(), &look_up);
                fill(
                    reader,
                    &mut source.levels,
                    optional,
                    rows,
                    own,
                    UNSAID,
                    number,
                )?;
                for (attribute, values) in others.iter_mut().enumerate() {
                    if let FactValues::Codes(values) = values {
                        let codes = lexicon.codes(attribute + 1);
                        values.clear();
                        values.extend(own.iter().map(|number| code(&codes, *number)));
                    }
                }
                let codes = lexicon.codes(0);
                own.iter_mut()
                    .for_each(|number| *number = code(&codes, *number));
            }
            _ => return Err(changed()),
        },
    }
    Ok(())
}

/// The code of a meaning.
fn code(codes: &[u16], number: u16) -> u16 {
    codes.get(usize::from(number)).copied().unwrap_or(UNSAID)
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
