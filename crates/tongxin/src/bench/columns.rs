//! Rows decided in bulk, and points found in the city's places.

use super::figure::{Figure, Unit};
use super::world::{World, action, address, attribute, median};
use crate::fault::Fault;
use decide::batch::{Batch, Column, Places, Rows, Times, Values};
use decide::{Book, Question, Whereabouts};
use jiff::Timestamp;
use notice::vocabulary::Domain;
use notice::{Label, Notice, PlaceId, ValueSet};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use workload::random::Random;

/// Rows run, and points found, at most.
const ROWS_MAX: usize = 1 << 20;
/// Passes after the first, which fills the tables.
const PASSES: usize = 7;
/// Rows held to the single answer.
const SAMPLE: usize = 200;
/// Places of rows: so many points of the city.
const SPOTS: usize = 4_096;
/// Noon of 2022-01-04 and the end of 2022-01-10 in the city: before, during and after the order.
const ORDER: (i64, i64) = (1_641_268_800, 1_641_830_400);
/// 2022-01-04 to 2022-01-28: the workload's notices are in force on all days.
const MONTH: (i64, i64) = (1_641_225_600, 1_643_385_600);

/// Measures with so many rows, as far as they are needed.
pub fn measure(world: &World, rows: usize) -> Result<Vec<Figure>, Fault> {
    let city = &world.city;
    let mut random = Random::new(world.seed + 2);
    let count = rows.clamp(1, ROWS_MAX);
    let (points, per_second) = find(world, count, &mut random);

    let order = Book::compile(city.clone(), city.notices.clone());
    let spots = points
        .into_iter()
        .take(SPOTS)
        .map(Whereabouts::Point)
        .collect();
    let trucks = Recipe {
        attributes: &["车型", "燃料", "用途"],
        places: spots,
        during: ORDER,
    };
    let of_order = trucks.rate(&order, count, &mut random)?;

    let (texts, _) = world.texts();
    let notices: Vec<Arc<Notice>> = texts
        .iter()
        .map(|text| world.read(text))
        .collect::<Result<_, _>>()?;
    let book = Book::compile(city.clone(), notices);
    let leaves = world.places.leaves().into_iter();
    let everywhere = Recipe {
        attributes: &["车型", "燃料", "排放阶段", "号牌尾号", "用途", "持有通行证"],
        places: leaves
            .map(|leaf| Whereabouts::Point(world.chain(leaf)))
            .collect(),
        during: MONTH,
    };
    let of_workload = everywhere.rate(&book, count, &mut random)?;

    let rules = world.rules;
    let figure = |key, name, value, bound| Figure {
        key,
        name,
        value,
        unit: Unit::PerSecond,
        bound,
    };
    Ok(vec![
        figure(
            "batch-order",
            Label::new(
                "成批判断调度令里的货车，单核，行",
                "the order's trucks in bulk, one core, rows",
            ),
            of_order,
            Some(1e8),
        ),
        figure(
            "batch-rules",
            Label::new(
                format!("成批判断，现行规则 {rules} 条，单核，行"),
                format!("in bulk with {rules} rules in force, one core, rows"),
            ),
            of_workload,
            Some(1e7),
        ),
        figure(
            "point-place",
            Label::new(
                "从坐标到地点，单核，点（承诺的是与 shapely 之比，见 make bench）",
                "point to places, one core, points (the promise is a ratio to shapely: make bench)",
            ),
            per_second,
            None,
        ),
    ])
}

/// Finds the places of random points of the city; gives the first of them and points a second.
fn find(world: &World, count: usize, random: &mut Random) -> (Vec<Vec<PlaceId>>, f64) {
    let places = &world.city.places;
    let [west, south, east, north] = places.bounds().unwrap_or_default();
    let points: Vec<(f64, f64)> = (0..count)
        .map(|_| {
            let (across, up) = (random.unit(), random.unit());
            (west + across * (east - west), south + up * (north - south))
        })
        .collect();
    let mut found = Vec::new();
    let from = Instant::now();
    for (lon, lat) in &points {
        places.at(*lon, *lat, &mut found);
        black_box(&found);
    }
    let rate = count as f64 / from.elapsed().as_secs_f64();
    let first = points.iter().take(SPOTS).map(|(lon, lat)| {
        places.at(*lon, *lat, &mut found);
        found.clone()
    });
    (first.collect(), rate)
}

/// What rows of trucks are made of.
struct Recipe<'a> {
    /// Every value is as likely as any other.
    attributes: &'a [&'a str],
    places: Vec<Whereabouts>,
    /// First second and the one after the last, since 1970.
    during: (i64, i64),
}

impl Recipe<'_> {
    /// Rows a second of one core: the median of some passes over random rows.
    fn rate(&self, book: &Book, count: usize, random: &mut Random) -> Result<f64, Fault> {
        let city = book.city().clone();
        let wrong = |what: String| Fault::Measure(what);
        let facts = crate::question::facts(&city, "货车")?;
        let kind = facts.kind.ok_or_else(|| wrong("货车?".to_owned()))?;
        let action = action(&city, "驶入")?;
        let (mut columns, mut codes, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        for name in self.attributes {
            let id = attribute(&city, kind, name)?;
            let known = city.vocabulary.attributes.get(usize::from(id.0));
            let size = match known.map(|one| &one.domain) {
                Some(Domain::Choice { values, .. }) => values.len(),
                _ => 2,
            };
            columns.push(Column::values(id, (0..size as u32).map(Some)));
            codes.push(
                (0..count)
                    .map(|_| random.below(size) as u8)
                    .collect::<Vec<u8>>(),
            );
            ids.push(id);
        }
        let spots: Vec<usize> = (0..count)
            .map(|_| random.below(self.places.len()))
            .collect();
        let length = usize::try_from(self.during.1 - self.during.0).unwrap_or(1);
        let times: Vec<i64> = (0..count)
            .map(|_| self.during.0 + random.below(length) as i64)
            .collect();

        let mut batch = Batch::new(book, action, facts.clone(), columns);
        let numbers: Vec<u32> = self.places.iter().map(|place| batch.place(place)).collect();
        let places: Vec<u32> = spots
            .iter()
            .filter_map(|spot| numbers.get(*spot).copied())
            .collect();
        let values: Vec<Values<'_>> = codes.iter().map(|codes| Values::Bytes(codes)).collect();
        let rows = Rows {
            columns: &values,
            places: Places::Each(&places),
            times: Times::Each(&times),
        };
        let mut outcomes = vec![0; count];
        let mut rates = Vec::with_capacity(PASSES);
        for _ in 0..=PASSES {
            let from = Instant::now();
            batch
                .run(&rows, &mut outcomes)
                .map_err(|error| wrong(error.to_string()))?;
            rates.push(count as f64 / from.elapsed().as_secs_f64());
        }

        for _ in 0..SAMPLE {
            let row = random.below(count);
            let mut facts = facts.clone();
            for (id, codes) in ids.iter().zip(&codes) {
                let code = codes.get(row).copied().unwrap_or_default();
                facts.attributes.insert(*id, ValueSet::one(u32::from(code)));
            }
            let place = spots
                .get(row)
                .and_then(|spot| self.places.get(*spot))
                .cloned();
            let second = times.get(row).copied().unwrap_or_default();
            let instant =
                Timestamp::from_second(second).map_err(|error| wrong(error.to_string()))?;
            let answer = book.answer(&Question {
                action: Some(action),
                facts,
                place: place.unwrap_or_default(),
                at: city.zone.to_datetime(instant),
            });
            let number = outcomes.get(row).copied().unwrap_or(0) as usize;
            let outcome = number
                .checked_sub(1)
                .and_then(|at| batch.outcomes().get(at));
            let cited = |outcome: &decide::batch::Outcome| -> Vec<String> {
                outcome.clauses.iter().map(ToString::to_string).collect()
            };
            let expected: Vec<String> = answer.because.iter().map(address).collect();
            if outcome.map(|one| (one.verdict, cited(one))) != Some((answer.verdict, expected)) {
                return Err(wrong(format!("{outcome:?} / {answer:?}")));
            }
        }
        rates.remove(0);
        Ok(median(rates))
    }
}
