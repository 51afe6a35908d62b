//! Passages as Arrow record batches, and such batches as `decide::batch` sees them: the keys of a dictionary array are the
//! codes of a column, without a copy.

use anyhow::{Context, Result, bail, ensure};
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, TimestampSecondType, UInt8Type, UInt16Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, PrimitiveArray, RecordBatch, StringArray,
    TimestampSecondArray, UInt8Array, UInt16Array,
};
use city::City;
use decide::Whereabouts;
use decide::batch::{Batch, Column, Places, Rows, Times, Values};
use notice::vocabulary::words::{Meaning, value_position};
use notice::vocabulary::{Attribute, Domain};
use notice::{AttributeId, Facts, KindId, ValueSet};
use std::sync::Arc;
use workload::random::Random;

/// Rows of one record batch.
pub const BATCH_ROWS: usize = 1 << 16;

const PLACE: &str = "place";
const TIME: &str = "time";

/// What passages are made of.
pub struct Recipe<'a> {
    /// The kind of every subject, as its notices call it.
    pub kind: &'a str,
    /// Names of attributes; every value is as likely as any other.
    pub attributes: &'a [&'a str],
    /// Sets of places that points lie in, as codes with blanks between.
    pub places: Vec<String>,
    /// First second and the one after the last, since 1970.
    pub during: (i64, i64),
}

impl Recipe<'_> {
    /// `count` record batches of random passages: a dictionary array for each attribute and the place, and an instant.
    pub fn make(&self, city: &City, seed: u64, count: usize) -> Result<Vec<RecordBatch>> {
        let mut random = Random::new(seed);
        let words = self
            .attributes
            .iter()
            .map(|name| Ok(Arc::new(StringArray::from(words(city, self.kind, name)?)) as ArrayRef))
            .collect::<Result<Vec<_>>>()?;
        let places: ArrayRef = Arc::new(StringArray::from(self.places.clone()));
        let length = (self.during.1 - self.during.0) as usize;
        (0..count)
            .map(|_| {
                let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
                for (name, words) in self.attributes.iter().zip(&words) {
                    let keys = (0..BATCH_ROWS).map(|_| random.below(words.len()) as u8);
                    let keys = UInt8Array::from_iter_values(keys);
                    let array = DictionaryArray::<UInt8Type>::try_new(keys, words.clone())?;
                    columns.push((name, Arc::new(array)));
                }
                let keys = (0..BATCH_ROWS).map(|_| random.below(places.len()) as u16);
                let keys = UInt16Array::from_iter_values(keys);
                let array = DictionaryArray::<UInt16Type>::try_new(keys, places.clone())?;
                columns.push((PLACE, Arc::new(array)));
                let times = (0..BATCH_ROWS).map(|_| self.during.0 + random.below(length) as i64);
                let times = TimestampSecondArray::from_iter_values(times).with_timezone("UTC");
                columns.push((TIME, Arc::new(times)));
                Ok(RecordBatch::try_from_iter(columns)?)
            })
            .collect()
    }
}

/// How the columns of some record batches are read.
pub struct Reader {
    attributes: Vec<AttributeId>,
    /// The dictionaries that the codes were made for; a record batch with others is refused.
    dictionaries: Vec<ArrayRef>,
    places: ArrayRef,
    /// The batch's number of each place of the dictionary.
    numbers: Vec<u32>,
    /// Room for the places of a record batch.
    at: Vec<u32>,
}

impl Reader {
    /// Finds what the columns of a record batch tell of a kind, and makes the batch's columns for them.
    pub fn of(record: &RecordBatch, city: &City, kind: &str) -> Result<(Reader, Vec<Column>)> {
        let mut reader = Reader {
            attributes: Vec::new(),
            dictionaries: Vec::new(),
            places: dictionary::<UInt16Type>(column(record, PLACE)?)?
                .values()
                .clone(),
            numbers: Vec::new(),
            at: Vec::new(),
        };
        let mut columns = Vec::new();
        for (field, array) in record.schema().fields().iter().zip(record.columns()) {
            if [PLACE, TIME].contains(&field.name().as_str()) {
                continue;
            }
            let (id, attribute) = attribute(city, kind, field.name())?;
            let dictionary = dictionary::<UInt8Type>(array)?.values();
            let words = dictionary.as_string::<i32>();
            let codes = words.iter().map(|word| position(attribute, word?));
            columns.push(Column::values(id, codes));
            reader.attributes.push(id);
            reader.dictionaries.push(dictionary.clone());
        }
        Ok((reader, columns))
    }

    /// Asks the batch for the numbers of all places.
    pub fn number_places(&mut self, city: &City, batch: &mut Batch<'_>) -> Result<()> {
        for codes in self.places.as_string::<i32>().iter().flatten() {
            self.numbers.push(batch.place(&whereabouts(city, codes)?));
        }
        Ok(())
    }

    /// Decides every row of a record batch.
    pub fn decide(
        &mut self,
        record: &RecordBatch,
        batch: &mut Batch<'_>,
        outcomes: &mut [u32],
    ) -> Result<()> {
        let mut columns = Vec::with_capacity(self.attributes.len());
        for (array, known) in record.columns().iter().zip(&self.dictionaries) {
            columns.push(Values::Bytes(keys::<UInt8Type>(array, known)?));
        }
        let places = keys::<UInt16Type>(column(record, PLACE)?, &self.places)?;
        self.at.clear();
        self.at
            .extend(places.iter().map(|key| self.numbers[usize::from(*key)]));
        let times: &PrimitiveArray<TimestampSecondType> = column(record, TIME)?
            .as_primitive_opt()
            .context("the instants are no seconds")?;
        ensure!(times.null_count() == 0, "an instant is missing");
        let rows = Rows {
            columns: &columns,
            places: Places::Each(&self.at),
            times: Times::Each(times.values()),
        };
        Ok(batch.run(&rows, outcomes)?)
    }

    /// What a row says, for a single question.
    pub fn row(
        &self,
        record: &RecordBatch,
        row: usize,
        city: &City,
        common: &Facts,
    ) -> Result<(Facts, Whereabouts, i64)> {
        let mut facts = common.clone();
        for (id, array) in self.attributes.iter().zip(record.columns()) {
            let array = dictionary::<UInt8Type>(array)?;
            let key = usize::from(array.keys().value(row));
            let attribute = &city.vocabulary.attributes[usize::from(id.0)];
            let position = position(attribute, array.values().as_string::<i32>().value(key));
            let position = position.context("a word is unknown")?;
            facts.attributes.insert(*id, ValueSet::one(position));
        }
        let places = dictionary::<UInt16Type>(column(record, PLACE)?)?;
        let codes = self.places.as_string::<i32>();
        let place = whereabouts(city, codes.value(usize::from(places.keys().value(row))))?;
        let times: &PrimitiveArray<TimestampSecondType> = column(record, TIME)?
            .as_primitive_opt()
            .context("the instants are no seconds")?;
        Ok((facts, place, times.value(row)))
    }
}

/// Codes of the places an act lies in, as one word.
pub fn place_word(city: &City, places: &[notice::PlaceId]) -> String {
    let all = city.places.all();
    let codes: Vec<&str> = places
        .iter()
        .map(|place| all[place.0 as usize].code.as_str())
        .collect();
    codes.join(" ")
}

fn whereabouts(city: &City, codes: &str) -> Result<Whereabouts> {
    let mut places = codes
        .split_whitespace()
        .map(|code| city.places.by_code(code).context("a place is unknown"))
        .collect::<Result<Vec<_>>>()?;
    places.sort_unstable();
    Ok(Whereabouts::Point(places))
}

fn column<'r>(record: &'r RecordBatch, name: &str) -> Result<&'r ArrayRef> {
    record
        .column_by_name(name)
        .with_context(|| format!("no column {name}"))
}

fn dictionary<K: ArrowDictionaryKeyType>(array: &ArrayRef) -> Result<&DictionaryArray<K>> {
    array
        .as_dictionary_opt::<K>()
        .context("a column is no dictionary of these keys")
}

/// The keys of a column, which must have the dictionary that is known and no row missing.
fn keys<'r, K: ArrowDictionaryKeyType>(
    array: &'r ArrayRef,
    known: &ArrayRef,
) -> Result<&'r [K::Native]> {
    let array = dictionary::<K>(array)?;
    ensure!(
        Arc::ptr_eq(array.values(), known) && array.null_count() == 0,
        "another dictionary, or a missing row"
    );
    Ok(array.keys().values())
}

/// The attribute of this name that subjects of the kind have.
fn attribute<'c>(city: &'c City, kind: &str, name: &str) -> Result<(AttributeId, &'c Attribute)> {
    let vocabulary = &city.vocabulary;
    let kind = vocabulary
        .kinds
        .iter()
        .position(|one| one.label.zh == kind)
        .map(|at| KindId(at as u16))
        .with_context(|| format!("no kind {kind}"))?;
    let found = vocabulary
        .words()
        .meanings(name)
        .iter()
        .find_map(|meaning| match meaning {
            Meaning::Attribute(id) if vocabulary.can_have(kind, *id) => Some(*id),
            _ => None,
        });
    let id = found.with_context(|| format!("no attribute {name}"))?;
    Ok((id, &vocabulary.attributes[usize::from(id.0)]))
}

fn words(city: &City, kind: &str, name: &str) -> Result<Vec<String>> {
    match &attribute(city, kind, name)?.1.domain {
        Domain::Choice { values, .. } => {
            Ok(values.iter().map(|value| value.label.zh.clone()).collect())
        }
        Domain::Boolean { .. } => Ok(["否", "是"].map(String::from).to_vec()),
        _ => bail!("{name} is no choice"),
    }
}

fn position(attribute: &Attribute, word: &str) -> Option<u32> {
    match &attribute.domain {
        Domain::Choice { values, .. } => value_position(values, word),
        _ => Some(u32::from(word == "是")),
    }
}
