//! Synthetic passages of trucks, for measuring: the same seed always gives the same file.

use city::City;
use notice::PlaceId;
use notice::vocabulary::{Domain, Holder};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::collections::BTreeSet;
use std::fs::File;
use std::sync::Arc;

const SCHEMA: &str = "message passages {
    required int64 time (TIMESTAMP(MICROS,true));
    required double lon;
    required double lat;
    optional binary kind (UTF8);
    optional binary 车型 (UTF8);
    optional binary 燃料 (UTF8);
    optional binary 用途 (UTF8);
}";

/// 2022-01-04T00:00+08:00, and the seven days from then on.
const FROM_SECOND: i64 = 1_641_225_600;
const SECONDS: u64 = 7 * 86_400;

/// Rows of a row group.
const GROUP_ROWS: usize = 1 << 18;

/// Points at which passages are seen.
const CROSSINGS: usize = 1 << 12;
/// Points tried for one in a place that rules name; such places are small.
const TRIES: usize = 1 << 10;

/// One value in so many is missing.
const MISSING: u64 = 50;

/// SplitMix64: small, and good enough for made-up traffic.
pub struct Dice(pub u64);

impl Dice {
    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }

    /// A number between two others.
    pub fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.below(1 << 32) as f64 / (1_u64 << 32) as f64
    }
}

/// Writes `rows` passages, marked synthetic in the file itself.
pub fn write(city: &City, to: &File, rows: usize, seed: u64) -> Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(vec![
            KeyValue::new("synthetic".to_owned(), "true".to_owned()),
            KeyValue::new("seed".to_owned(), seed.to_string()),
        ]))
        .build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut file = SerializedFileWriter::new(to, schema, Arc::new(properties))?;
    let mut dice = Dice(seed);
    let words = [
        vec![ByteArray::from("货车")],
        truck_values(city, "车型"),
        truck_values(city, "燃料"),
        truck_values(city, "用途"),
    ];
    let crossings = crossings(city, &mut dice);
    let mut left = rows;
    while left > 0 {
        let count = left.min(GROUP_ROWS);
        let mut group = file.next_row_group()?;
        if let Some(mut column) = group.next_column()? {
            let times: Vec<i64> = (0..count)
                .map(|_| (FROM_SECOND + dice.below(SECONDS) as i64) * 1_000_000)
                .collect();
            column
                .typed::<Int64Type>()
                .write_batch(&times, None, None)?;
            column.close()?;
        }
        let last = crossings.len() as u64;
        let seen: Vec<usize> = (0..count).map(|_| dice.below(last) as usize).collect();
        for degree in [|point: &(f64, f64)| point.0, |point: &(f64, f64)| point.1] {
            let Some(mut column) = group.next_column()? else {
                break;
            };
            let degrees: Vec<f64> = seen.iter().map(|i| degree(&crossings[*i])).collect();
            column
                .typed::<DoubleType>()
                .write_batch(&degrees, None, None)?;
            column.close()?;
        }
        for words in &words {
            let Some(mut column) = group.next_column()? else {
                break;
            };
            let (mut levels, mut values) = (Vec::with_capacity(count), Vec::with_capacity(count));
            for _ in 0..count {
                let word = words.get(dice.below(words.len() as u64) as usize);
                let word = word.filter(|_| dice.below(MISSING) > 0);
                levels.push(i16::from(word.is_some()));
                values.extend(word.cloned());
            }
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, Some(&levels), None)?;
            column.close()?;
        }
        group.close()?;
        left -= count;
    }
    file.close()?;
    Ok(())
}

/// Points at which passages are seen: every other one in a place that the city's rules name, as far as one is found.
fn crossings(city: &City, dice: &mut Dice) -> Vec<(f64, f64)> {
    let rules = city.notices.iter().flat_map(|notice| &notice.rules);
    let named: BTreeSet<PlaceId> = rules.flat_map(|rule| rule.places.iter().copied()).collect();
    let [west, south, east, north] = city.places.bounds().unwrap_or([112.3, 37.6, 112.8, 38.1]);
    let mut places = Vec::new();
    let mut crossings = Vec::with_capacity(CROSSINGS);
    while crossings.len() < CROSSINGS {
        let wanted = crossings.len() % 2 == 0;
        let mut point = (dice.between(west, east), dice.between(south, north));
        for _ in 0..TRIES {
            city.places.at(point.0, point.1, &mut places);
            if !wanted || places.iter().any(|place| named.contains(place)) {
                break;
            }
            point = (dice.between(west, east), dice.between(south, north));
        }
        crossings.push(point);
    }
    crossings
}

/// The words of an attribute of trucks.
fn truck_values(city: &City, name: &str) -> Vec<ByteArray> {
    let vocabulary = &city.vocabulary;
    let trucks = vocabulary
        .kinds
        .iter()
        .position(|kind| kind.label.zh == "货车");
    let of_trucks = |holder: &Holder| match (holder, trucks) {
        (Holder::Kinds(kinds), Some(truck)) => kinds
            .iter()
            .any(|kind| vocabulary.kinds_under(*kind).contains(&(truck as u16))),
        _ => false,
    };
    let attribute = vocabulary
        .attributes
        .iter()
        .find(|one| one.label.zh == name && of_trucks(&one.holder));
    match attribute.map(|one| &one.domain) {
        Some(Domain::Choice { values, .. }) => values
            .iter()
            .map(|value| ByteArray::from(value.label.zh.as_str()))
            .collect(),
        _ => Vec::new(),
    }
}
