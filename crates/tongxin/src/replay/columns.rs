//! What the columns of a file of passages mean: time, place, kind, and the vocabulary's attributes by name.

use crate::fault::Fault;
use city::City;
use decide::batch::Column;
use notice::vocabulary::words::{Meaning, Words, value_position};
use notice::vocabulary::{Domain, Grid, Holder, Value};
use notice::{AttributeId, Facts, KindId};
use parquet::basic::{LogicalType, TimeUnit, Type};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};

/// Names of the three columns that place a passage.
const TIME: [&str; 2] = ["time", "时间"];
const LON: [&str; 3] = ["lon", "longitude", "经度"];
const LAT: [&str; 3] = ["lat", "latitude", "纬度"];
const KIND: [&str; 2] = ["kind", "类别"];

/// The columns of a file, by their meaning.
pub struct Plan {
    /// Where the time is, and how many units of it a second has.
    pub time: (usize, i64),
    /// Where the point is, if the file gives one.
    pub point: Option<(usize, usize)>,
    /// Facts, in the order of the batch's columns.
    pub facts: Vec<Fact>,
    /// The kind that `--who` tells, for rows that do not.
    pub kind: Option<KindId>,
    /// Names of columns that the vocabulary does not know.
    pub ignored: Vec<String>,
}

/// One column of facts.
pub struct Fact {
    /// Its position in the file.
    pub index: usize,
    /// Its name in the file.
    pub name: String,
    /// How its values are read.
    pub reading: Reading,
    /// Of a column that is read as several attributes of one name: the kinds that have this one. Rows of other kinds say nothing of it.
    pub kinds: Option<Vec<bool>>,
}

/// How the values of a column are read.
#[derive(Debug, Clone)]
pub enum Reading {
    /// Words for kinds.
    Kinds,
    /// Words for the values of a choice.
    Choice(AttributeId),
    /// Truth of a boolean attribute.
    Boolean(AttributeId),
    /// Being on a list.
    Member(AttributeId, u32),
    /// Numbers in the attribute's unit.
    Number(AttributeId, Grid),
}

impl Plan {
    /// Finds the columns of a file; `said` is known of every row.
    pub fn of(schema: &SchemaDescriptor, city: &City, said: &Facts) -> Result<Plan, Fault> {
        let words = Words::of(&city.vocabulary);
        let (mut time, mut lon, mut lat) = (None, None, None);
        let (mut facts, mut ignored) = (Vec::new(), Vec::new());
        for (index, column) in schema.columns().iter().enumerate() {
            let name = column.name().to_owned();
            let lower = name.trim().to_lowercase();
            if TIME.contains(&&*lower) {
                flat(column)?;
                time = Some((index, units_per_second(column)?));
            } else if LON.contains(&&*lower) {
                number(column)?;
                lon = Some(index);
            } else if LAT.contains(&&*lower) {
                number(column)?;
                lat = Some(index);
            } else {
                let readings = meanings(&lower, column, &words, city)?;
                if readings.is_empty() {
                    ignored.push(name.clone());
                }
                let several = readings.len() > 1;
                for reading in readings {
                    let kinds = several.then(|| reading.holders(city)).flatten();
                    facts.push(Fact {
                        index,
                        name: name.clone(),
                        reading,
                        kinds,
                    });
                }
            }
        }
        let Some(time) = time else {
            return Err(Fault::NoColumn("time"));
        };
        let point = match (lon, lat) {
            (Some(lon), Some(lat)) => Some((lon, lat)),
            (None, None) => None,
            (None, _) => return Err(Fault::NoColumn("lon")),
            (_, None) => return Err(Fault::NoColumn("lat")),
        };
        Ok(Plan {
            time,
            point,
            facts,
            kind: said.kind,
            ignored,
        })
    }

    /// The facts of each column of the file that tells any.
    pub fn columns_of_facts(&self) -> impl Iterator<Item = &[Fact]> {
        self.facts.chunk_by(|one, next| one.index == next.index)
    }

    /// The batch's columns.
    pub fn columns(&self, city: &City) -> Vec<Column> {
        self.facts
            .iter()
            .map(|fact| fact.reading.column(city))
            .collect()
    }
}

impl Reading {
    /// Codes are positions in the domain; the one after the last is unknown.
    fn column(&self, city: &City) -> Column {
        match self {
            Reading::Kinds => {
                let count = u16::try_from(city.vocabulary.kinds.len()).unwrap_or(u16::MAX);
                Column::kinds((0..count).map(|kind| Some(KindId(kind))))
            }
            Reading::Choice(id) => {
                let count = values(*id, city).len() as u32;
                Column::values(*id, (0..count).map(Some))
            }
            Reading::Boolean(id) => Column::values(*id, [Some(0), Some(1)]),
            Reading::Member(id, value) => Column::member(*id, *value),
            Reading::Number(id, grid) => Column::number(*id, grid),
        }
    }

    /// By kind, whether it has the attribute; `None` if any case has it.
    fn holders(&self, city: &City) -> Option<Vec<bool>> {
        let (Reading::Choice(id) | Reading::Boolean(id) | Reading::Number(id, _)) = self else {
            return None;
        };
        let vocabulary = &city.vocabulary;
        let Holder::Kinds(holders) = &vocabulary.attributes.get(usize::from(id.0))?.holder else {
            return None;
        };
        let has = |kind: usize| {
            holders
                .iter()
                .any(|holder| vocabulary.kinds_under(*holder).contains(&(kind as u16)))
        };
        Some((0..vocabulary.kinds.len()).map(has).collect())
    }

    /// The code of a word; `None` if the vocabulary does not know it.
    pub fn code(&self, word: &str, city: &City, words: &Words) -> Option<u16> {
        let position = match self {
            Reading::Kinds => words
                .meanings(word)
                .iter()
                .find_map(|meaning| match meaning {
                    Meaning::Kind(kind) => Some(u32::from(kind.0)),
                    _ => None,
                }),
            Reading::Choice(id) => value_position(values(*id, city), word),
            _ => None,
        };
        u16::try_from(position?).ok()
    }
}

fn values(id: AttributeId, city: &City) -> &[Value] {
    match city
        .vocabulary
        .attributes
        .get(usize::from(id.0))
        .map(|one| &one.domain)
    {
        Some(Domain::Choice { values, .. }) => values,
        _ => &[],
    }
}

/// What a column of this name tells, as far as its type fits: several kinds may have an attribute of one name.
fn meanings(
    name: &str,
    column: &ColumnDescriptor,
    words: &Words,
    city: &City,
) -> Result<Vec<Reading>, Fault> {
    if KIND.contains(&name) {
        return match column.physical_type() {
            Type::BYTE_ARRAY => flat(column).map(|()| vec![Reading::Kinds]),
            _ => Err(wrong_type(column, "text")),
        };
    }
    let kind = column.physical_type();
    let (mut readings, mut expected) = (Vec::new(), None);
    for meaning in words.meanings(name) {
        let Meaning::Attribute(id) = meaning else {
            continue;
        };
        let Some(attribute) = city.vocabulary.attributes.get(usize::from(id.0)) else {
            continue;
        };
        let (reading, fits, what) = match &attribute.domain {
            Domain::Choice { .. } => (Reading::Choice(*id), kind == Type::BYTE_ARRAY, "text"),
            Domain::Boolean { .. } => (Reading::Boolean(*id), kind == Type::BOOLEAN, "boolean"),
            Domain::Number(grid) => (
                Reading::Number(*id, grid.clone()),
                is_number(kind),
                "a number",
            ),
            Domain::List { .. } | Domain::Place => continue,
        };
        if fits {
            flat(column)?;
            readings.push(reading);
        } else {
            expected = Some(what);
        }
    }
    if !readings.is_empty() {
        return Ok(readings);
    }
    for (id, attribute) in city.vocabulary.attributes.iter().enumerate() {
        if let Domain::List { values } = &attribute.domain
            && let Some(value) = value_position(values, name)
        {
            if kind == Type::BOOLEAN {
                flat(column)?;
                return Ok(vec![Reading::Member(AttributeId(id as u16), value)]);
            }
            expected = Some("boolean");
        }
    }
    expected.map_or(Ok(Vec::new()), |what| Err(wrong_type(column, what)))
}

fn is_number(kind: Type) -> bool {
    matches!(kind, Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE)
}

fn number(column: &ColumnDescriptor) -> Result<(), Fault> {
    if is_number(column.physical_type()) {
        flat(column)
    } else {
        Err(wrong_type(column, "a number"))
    }
}

/// Nested and repeated columns say nothing of one passage.
fn flat(column: &ColumnDescriptor) -> Result<(), Fault> {
    if column.max_rep_level() == 0 && column.max_def_level() <= 1 {
        Ok(())
    } else {
        Err(wrong_type(column, "one plain value a row"))
    }
}

/// A timestamp of any unit in UTC, or plain seconds since 1970.
fn units_per_second(column: &ColumnDescriptor) -> Result<i64, Fault> {
    if column.physical_type() != Type::INT64 {
        return Err(wrong_type(
            column,
            "a UTC timestamp or seconds since 1970 (INT64)",
        ));
    }
    match column.logical_type_ref() {
        None | Some(LogicalType::Integer { .. }) => Ok(1),
        Some(LogicalType::Timestamp(stamp)) if stamp.is_adjusted_to_u_t_c => Ok(match stamp.unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        }),
        Some(_) => Err(wrong_type(
            column,
            "a UTC timestamp or seconds since 1970 (INT64)",
        )),
    }
}

fn wrong_type(column: &ColumnDescriptor, expected: &'static str) -> Fault {
    Fault::ColumnType {
        name: column.name().to_owned(),
        found: column.physical_type().to_string(),
        expected,
    }
}
