//! Reading one row group, a chunk of rows at a time, into codes, numbers and instants.

use super::columns::{Fact, Plan, Reading};
use super::lexicon::{Lexicon, UNKNOWN_WORD, UNSAID};
use super::pages::numbered;
use decide::batch::NO_TIME;
use parquet::basic::Type;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, DataType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

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
struct Source<T: DataType> {
    reader: ColumnReaderImpl<T>,
    levels: Vec<i16>,
    values: Vec<T::T>,
    optional: bool,
}

/// A column of numbers.
enum Numbers {
    Double(Source<DoubleType>),
    Float(Source<FloatType>),
    Int32(Source<Int32Type>),
    Int64(Source<Int64Type>),
}

/// A column of facts.
enum Told {
    Words(Source<Int32Type>, Arc<Mutex<Lexicon>>),
    Truths(Source<BoolType>),
    Numbers(Numbers),
}

/// Reads one row group.
pub struct GroupReader<'a> {
    plan: &'a Plan,
    time: Source<Int64Type>,
    point: Option<(Numbers, Numbers)>,
    /// One for each column of facts.
    told: Vec<Told>,
    /// Words that the vocabulary does not know, a count for each fact.
    pub unknown: Vec<u64>,
}

impl<'a> GroupReader<'a> {
    /// Opens the columns that the plan names; `lexicons` are those of the columns of facts.
    pub fn new(
        group: &dyn RowGroupReader,
        plan: &'a Plan,
        lexicons: &[Arc<Mutex<Lexicon>>],
    ) -> Result<Self> {
        let told = plan.columns_of_facts().zip(lexicons);
        Ok(GroupReader {
            time: match group.get_column_reader(plan.time.0)? {
                ColumnReader::Int64ColumnReader(reader) => Source::new(reader, group, plan.time.0),
                _ => return Err(changed()),
            },
            point: plan
                .point
                .map(|(lon, lat)| {
                    Ok::<_, ParquetError>((Numbers::of(group, lon)?, Numbers::of(group, lat)?))
                })
                .transpose()?,
            told: told
                .map(|(column, lexicon)| Told::of(group, column, lexicon))
                .collect::<Result<_>>()?,
            unknown: vec![0; plan.facts.len()],
            plan,
        })
    }

    /// Reads the next `rows` rows.
    pub fn read(&mut self, rows: usize, chunk: &mut Chunk) -> Result<()> {
        let (_, units) = self.plan.time;
        let seconds = |time: &i64| time.div_euclid(units);
        self.time.read(rows, &mut chunk.times, NO_TIME, seconds)?;
        if let Some((lon, lat)) = &mut self.point {
            lon.read(rows, &mut chunk.lons)?;
            lat.read(rows, &mut chunk.lats)?;
        }
        if chunk.facts.len() != self.plan.facts.len() {
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
        let mut values = chunk.facts.as_mut_slice();
        for (told, column) in self.told.iter_mut().zip(self.plan.columns_of_facts()) {
            let (own, others) = values
                .split_at_mut_checked(column.len())
                .ok_or_else(changed)?;
            told.read(rows, own)?;
            values = others;
        }
        self.silence(chunk);
        self.count_unknown(chunk);
        Ok(())
    }

    /// Counts the words of each column that none of its attributes knows.
    fn count_unknown(&mut self, chunk: &Chunk) {
        let mut first = 0;
        for column in self.plan.columns_of_facts() {
            let values = chunk.facts.iter().skip(first).take(column.len());
            let mut codes = values.filter_map(|values| match values {
                FactValues::Codes(codes) => Some(codes),
                FactValues::Numbers(_) => None,
            });
            if let (Some(own), Some(unknown)) = (codes.next(), self.unknown.get_mut(first)) {
                // Codes that are known are less than both of the others.
                let mut least = Cow::from(own);
                for codes in codes {
                    let least = least.to_mut();
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

impl Told {
    fn of(
        group: &dyn RowGroupReader,
        column: &[Fact],
        lexicon: &Arc<Mutex<Lexicon>>,
    ) -> Result<Self> {
        let Some(Fact { index, reading, .. }) = column.first() else {
            return Err(changed());
        };
        if matches!(reading, Reading::Number(..)) {
            return Ok(Told::Numbers(Numbers::of(group, *index)?));
        }
        let described = group.metadata().column(*index).column_descr_ptr();
        match described.physical_type() {
            Type::BYTE_ARRAY => {
                let pages = group.get_column_page_reader(*index)?;
                let reader = numbered(described, pages, lexicon.clone())?;
                let source = Source::new(reader, group, *index);
                Ok(Told::Words(source, lexicon.clone()))
            }
            _ => match group.get_column_reader(*index)? {
                ColumnReader::BoolColumnReader(reader) => {
                    Ok(Told::Truths(Source::new(reader, group, *index)))
                }
                _ => Err(changed()),
            },
        }
    }

    /// Reads a column once, for every attribute that it is read as.
    fn read(&mut self, rows: usize, values: &mut [FactValues]) -> Result<()> {
        let Some((own, others)) = values.split_first_mut() else {
            return Ok(());
        };
        match (self, &mut *own) {
            (Told::Words(source, lexicon), FactValues::Codes(own)) => {
                source.read(rows, own, UNSAID, |number| *number as u16)?;
                let lexicon = lexicon.lock().unwrap_or_else(PoisonError::into_inner);
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
                return Ok(());
            }
            (Told::Truths(source), FactValues::Codes(own)) => {
                source.read(rows, own, UNSAID, |truth| u16::from(*truth))?;
            }
            (Told::Numbers(numbers), FactValues::Numbers(own)) => numbers.read(rows, own)?,
            _ => return Err(changed()),
        }
        for values in others {
            match (&mut *own, values) {
                (FactValues::Codes(own), FactValues::Codes(values)) => values.clone_from(own),
                (FactValues::Numbers(own), FactValues::Numbers(values)) => values.clone_from(own),
                _ => return Err(changed()),
            }
        }
        Ok(())
    }
}

/// The code of a meaning.
fn code(codes: &[u16], number: u16) -> u16 {
    codes.get(usize::from(number)).copied().unwrap_or(UNSAID)
}

impl Numbers {
    fn of(group: &dyn RowGroupReader, index: usize) -> Result<Self> {
        Ok(match group.get_column_reader(index)? {
            ColumnReader::DoubleColumnReader(reader) => {
                Numbers::Double(Source::new(reader, group, index))
            }
            ColumnReader::FloatColumnReader(reader) => {
                Numbers::Float(Source::new(reader, group, index))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                Numbers::Int32(Source::new(reader, group, index))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                Numbers::Int64(Source::new(reader, group, index))
            }
            _ => return Err(changed()),
        })
    }

    fn read(&mut self, rows: usize, into: &mut Vec<f64>) -> Result<()> {
        match self {
            Numbers::Double(source) => source.read(rows, into, f64::NAN, |v| *v),
            Numbers::Float(source) => source.read(rows, into, f64::NAN, |v| f64::from(*v)),
            Numbers::Int32(source) => source.read(rows, into, f64::NAN, |v| f64::from(*v)),
            Numbers::Int64(source) => source.read(rows, into, f64::NAN, |v| *v as f64),
        }
    }
}

impl<T: DataType> Source<T> {
    fn new(reader: ColumnReaderImpl<T>, group: &dyn RowGroupReader, index: usize) -> Self {
        let described = group.metadata().column(index).column_descr();
        Source {
            reader,
            levels: Vec::new(),
            values: Vec::new(),
            optional: described.max_def_level() > 0,
        }
    }

    /// Reads the next `rows` values; what is missing becomes `missing`.
    fn read<V: Copy>(
        &mut self,
        rows: usize,
        into: &mut Vec<V>,
        missing: V,
        convert: impl Fn(&T::T) -> V,
    ) -> Result<()> {
        self.levels.clear();
        self.values.clear();
        let levels = self.optional.then_some(&mut self.levels);
        let (read, _, _) = self
            .reader
            .read_records(rows, levels, None, &mut self.values)?;
        if read != rows {
            return Err(ParquetError::EOF(format!(
                "{read} of {rows} rows in a column"
            )));
        }
        into.clear();
        let mut values = self.values.iter().map(convert);
        if !self.optional || values.len() == rows {
            into.extend(values);
        } else {
            let value = |level: &i16| match level {
                0 => missing,
                _ => values.next().unwrap_or(missing),
            };
            into.extend(self.levels.iter().map(value));
        }
        Ok(())
    }
}

fn changed() -> ParquetError {
    ParquetError::General(
        "the type of a column differs between the file's head and its rows".into(),
    )
}
