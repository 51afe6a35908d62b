//! Rows decided in bulk: over Arrow columns in memory, and from Parquet to Parquet.

mod columns;
pub mod replay;

use crate::measure::million;
use crate::ours;
use crate::table::Table;
use anyhow::{Context, Result, ensure};
use arrow_array::RecordBatch;
use city::City;
use columns::{BATCH_ROWS, Reader, Recipe, place_word};
use decide::batch::Batch;
use decide::lookup::{Found, Lookup};
use decide::{Book, Question};
use jiff::Timestamp;
use notice::{ActionId, Facts};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use workload::random::Random;
use workload::{RULES_PER_NOTICE, Workload};

const SEED: u64 = 20_220_108;
/// Record batches made; with the places and outcomes more than any cache holds.
const BATCHES: usize = 64;
/// Times all of them are run; the median counts.
const RUNS: usize = 7;
/// Rows held to the single answer.
const SAMPLE: usize = 2_000;
const NOTICES: usize = 1_000;
/// Noon of 2022-01-04 and the end of 2022-01-10 in the city: before, during and after the order.
const ORDER_TIMES: (i64, i64) = (1_641_268_800, 1_641_830_400);
/// 2022-01-04 to 2022-01-28, all days on which the workload's notices are in force.
const WORKLOAD_TIMES: (i64, i64) = (1_641_225_600, 1_643_385_600);

/// Measures and prints.
pub fn measure(city: &Arc<City>) -> Result<Table> {
    let mut table = Table::new(
        &format!(
            "Rows over Arrow columns, one core, {:.1} million rows",
            (BATCHES * BATCH_ROWS) as f64 / 1e6
        ),
        &[
            "rules in force",
            "columns",
            "first pass",
            "rows/s",
            "goal",
            "one by one, rows/s",
            "ratio",
            "outcomes",
        ],
    );
    let order = Book::compile(city.clone(), city.notices.clone());
    let recipe = Recipe {
        kind: "货车",
        attributes: &["车型", "燃料", "用途"],
        places: points(city),
        during: ORDER_TIMES,
    };
    let rules: usize = city.notices.iter().map(|notice| notice.rules.len()).sum();
    let name = format!("the city's own, {rules}: the order's trucks");
    table.push(arrow(&order, &recipe, &name, "≥ 100 M")?);

    let places = ours::places(city);
    let load = Workload::generate(SEED, NOTICES, &places);
    let notices = ours::read(city, &load, NOTICES, &places)?;
    let book = ours::compile(city, &notices);
    let recipe = Recipe {
        kind: "货车",
        attributes: &["车型", "燃料", "排放阶段", "号牌尾号", "用途", "持有通行证"],
        places: leaves(city, &places)?,
        during: WORKLOAD_TIMES,
    };
    let name = format!("the workload's {}", NOTICES * RULES_PER_NOTICE);
    table.push(arrow(&book, &recipe, &name, "≥ 10 M")?);
    table.note(&format!(
        "Dictionary arrays for attributes and places, seconds for instants, every row random; {RUNS} passes after the first, \
         the median counts. The first pass fills the tables. {SAMPLE} rows of each were answered alike, clauses included, by the \
         single answer. One by one: `decide::lookup` on the same rows, requests ready-made."
    ));
    Ok(table)
}

/// One line of the table.
fn arrow(book: &Book, recipe: &Recipe<'_>, name: &str, goal: &str) -> Result<Vec<String>> {
    let city = book.city().clone();
    let records = recipe.make(&city, SEED, BATCHES)?;
    let facts = notice::read_facts(city.context(), "case", recipe.kind.into())
        .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let action = ours::action(&city, "驶入")?;
    let (mut reader, columns) = Reader::of(&records[0], &city, recipe.kind)?;
    let mut batch = Batch::new(book, action, facts.clone(), columns);
    reader.number_places(&city, &mut batch)?;

    let rows = BATCHES * BATCH_ROWS;
    let mut outcomes = vec![0; rows];
    let mut pass = || -> Result<f64> {
        let from = Instant::now();
        for (record, outcomes) in records.iter().zip(outcomes.chunks_mut(BATCH_ROWS)) {
            reader.decide(record, &mut batch, outcomes)?;
        }
        Ok(rows as f64 / from.elapsed().as_secs_f64())
    };
    let first = pass()?;
    let mut rates = (0..RUNS).map(|_| pass()).collect::<Result<Vec<_>>>()?;
    rates.sort_by(f64::total_cmp);
    let rate = rates[RUNS / 2];

    let single = Sample::take(book, action, &facts, &reader, &records)?;
    single.hold(book, &batch, &outcomes)?;
    let one_by_one = single.rate(book)?;
    Ok(vec![
        name.to_owned(),
        format!("{} and place, instant", recipe.attributes.len()),
        million(first),
        million(rate),
        goal.to_owned(),
        million(one_by_one),
        format!("{:.0}×", rate / one_by_one),
        batch.outcomes().len().to_string(),
    ])
}

/// Rows as single questions.
struct Sample {
    questions: Vec<(usize, Question)>,
}

impl Sample {
    fn take(
        book: &Book,
        action: ActionId,
        facts: &Facts,
        reader: &Reader,
        records: &[RecordBatch],
    ) -> Result<Sample> {
        let city = book.city();
        let mut random = Random::new(SEED + 1);
        let questions = (0..SAMPLE)
            .map(|_| {
                let at = random.below(records.len() * BATCH_ROWS);
                let (record, row) = (&records[at / BATCH_ROWS], at % BATCH_ROWS);
                let (facts, place, time) = reader.row(record, row, city, facts)?;
                let at_time = city.zone.to_datetime(Timestamp::from_second(time)?);
                let question = Question {
                    action: Some(action),
                    facts,
                    place,
                    at: at_time,
                };
                Ok((at, question))
            })
            .collect::<Result<_>>()?;
        Ok(Sample { questions })
    }

    /// Every row's verdict and clauses must be those of the single answer, and they must differ among themselves.
    fn hold(&self, book: &Book, batch: &Batch<'_>, outcomes: &[u32]) -> Result<()> {
        let mut met = BTreeSet::new();
        for (row, question) in &self.questions {
            let answer = book.answer(question);
            let expected = ours::cited(&answer);
            let number = outcomes[*row] as usize;
            let got = number
                .checked_sub(1)
                .and_then(|at| batch.outcomes().get(at))
                .with_context(|| format!("row {row} was not decided"))?;
            let cited: Vec<String> = got.clauses.iter().map(ToString::to_string).collect();
            ensure!(
                (got.verdict, &cited) == (answer.verdict, &expected),
                "row {row}: the batch says {:?} by {cited:?}, the single answer {:?} by {expected:?}: {question:?}",
                got.verdict,
                answer.verdict
            );
            met.insert(got.verdict);
        }
        ensure!(met.len() > 1, "only {met:?} was met: the rows tell nothing");
        Ok(())
    }

    /// Rows a second of the single answer.
    fn rate(&self, book: &Book) -> Result<f64> {
        let lookup = Lookup::new(book);
        let prepared = self
            .questions
            .iter()
            .map(|(_, question)| ours::prepare(&lookup, question))
            .collect::<Result<Vec<_>>>()?;
        let mut found = Found::default();
        let mut rates = Vec::new();
        for _ in 0..RUNS {
            let from = Instant::now();
            for prepared in &prepared {
                black_box(ours::decide(&lookup, prepared, &mut found));
            }
            rates.push(prepared.len() as f64 / from.elapsed().as_secs_f64());
        }
        rates.sort_by(f64::total_cmp);
        Ok(rates[RUNS / 2])
    }
}

/// The sets of places that points of the city lie in.
fn points(city: &City) -> Vec<String> {
    let [west, south, east, north] = city.places.bounds().unwrap_or_default();
    let mut random = Random::new(SEED + 2);
    let mut found = Vec::new();
    let mut words = BTreeSet::new();
    for _ in 0..20_000 {
        let (lon, lat) = (
            west + random.unit() * (east - west),
            south + random.unit() * (north - south),
        );
        city.places.at(lon, lat, &mut found);
        words.insert(place_word(city, &found));
    }
    words.into_iter().collect()
}

/// The workload's places with nothing under them, with all those above.
fn leaves(city: &City, places: &workload::Places) -> Result<Vec<String>> {
    places
        .leaves()
        .into_iter()
        .map(|leaf| {
            let code = &places.all()[leaf].code;
            let place = city.places.by_code(code).context("a place is unknown")?;
            let mut chain: Vec<_> = city.places.ancestors(place).collect();
            chain.push(place);
            chain.sort_unstable();
            chain.dedup();
            Ok(place_word(city, &chain))
        })
        .collect()
}
