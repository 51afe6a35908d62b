//! One answer among thousands of rules; compiling them; proving one more notice against them; the memory they take.

use super::figure::{Figure, Unit};
use super::world::{Text, World, latency, median, resident_bytes};
use crate::fault::Fault;
use decide::lookup::{Found, Lookup};
use decide::{Book, Question, Whereabouts};
use notice::{Label, Notice};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use workload::Case;

const CASES: usize = 4_096;
/// Cases on which the quick answer is held to the book's.
const SAMPLE: usize = 200;
const RUNS: usize = 3;

/// Measures.
pub fn measure(world: &World) -> Result<Vec<Figure>, Fault> {
    let (texts, newcomer) = world.texts();
    let rules = world.rules;
    let from = Instant::now();
    let notices: Vec<Arc<Notice>> = texts
        .iter()
        .map(|text| world.read(text))
        .collect::<Result<_, _>>()?;
    let book = Book::compile(world.city.clone(), notices.clone());
    let lookup = Lookup::new(&book);
    let compiled = from.elapsed();
    let memory = resident_bytes("self");

    let questions: Vec<Question> = Case::sample(world.seed + 1, CASES, &world.places)
        .iter()
        .map(|case| world.question(case))
        .collect::<Result<_, _>>()?;
    hold(&book, &lookup, questions.iter().take(SAMPLE))?;
    let prepared: Vec<_> = questions
        .iter()
        .filter_map(|question| match (question.action, &question.place) {
            (Some(action), Whereabouts::Point(places)) => {
                let (case, moment) = (lookup.case(&question.facts), lookup.moment(question.at));
                Some((action, case, places.clone(), moment))
            }
            _ => None,
        })
        .collect();
    let mut found = Found::default();
    let (p50, p99) = latency(|number| {
        if let Some((action, case, places, moment)) = prepared.get(number % CASES) {
            black_box(lookup.answer(*action, case, places, moment, &mut found));
        }
    });

    let checked = match &newcomer {
        Some(text) => median(
            (0..RUNS)
                .map(|_| check(world, &notices, text))
                .collect::<Result<_, _>>()?,
        ),
        None => f64::NAN,
    };

    let figure = |key, zh: String, en: String, value, unit, bound| Figure {
        key,
        name: Label::new(zh, en),
        value,
        unit,
        bound: Some(bound),
    };
    let mut figures = vec![
        figure(
            "answer-p50",
            format!("一次答复连同条款，现行规则 {rules} 条，中位数"),
            format!("one answer with its clauses, {rules} rules in force, p50"),
            p50,
            Unit::Nanoseconds,
            300.0,
        ),
        figure(
            "answer-p99",
            "同上，百次里最慢的一次".to_owned(),
            "the same, p99".to_owned(),
            p99,
            Unit::Nanoseconds,
            2e3,
        ),
        figure(
            "compile",
            format!("读懂并编译 {rules} 条规则"),
            format!("read and compile {rules} rules"),
            compiled.as_nanos() as f64,
            Unit::Nanoseconds,
            2e9,
        ),
        figure(
            "check",
            format!("对照 {rules} 条规则检验一份新公告"),
            format!("check one new notice against {rules} rules"),
            checked,
            Unit::Nanoseconds,
            2e8,
        ),
    ];
    figures.extend(memory.map(|bytes| {
        figure(
            "memory",
            format!("装着 {rules} 条规则时的内存"),
            format!("memory with {rules} rules"),
            bytes,
            Unit::Bytes,
            5e8,
        )
    }));
    Ok(figures)
}

/// Reads the new text, compiles it with everything in force, and proves it; in nanoseconds.
fn check(world: &World, notices: &[Arc<Notice>], text: &Text) -> Result<f64, Fault> {
    let from = Instant::now();
    let newcomer = world.read(text)?;
    let slug = newcomer.slug.clone();
    let mut all = notices.to_vec();
    all.push(newcomer);
    let book = Book::compile(world.city.clone(), all);
    black_box(decide::prove::prove(&book, Some(&[slug])));
    let took = from.elapsed().as_nanos() as f64;
    Ok(took)
}

/// The quick answer must be the book's own, clauses included.
fn hold<'q>(
    book: &Book,
    lookup: &Lookup<'_>,
    questions: impl Iterator<Item = &'q Question>,
) -> Result<(), Fault> {
    let mut found = Found::default();
    for question in questions {
        let answer = book.answer(question);
        let (Some(action), Whereabouts::Point(places)) = (question.action, &question.place) else {
            continue;
        };
        let (case, moment) = (lookup.case(&question.facts), lookup.moment(question.at));
        let verdict = lookup.answer(action, &case, places, &moment, &mut found);
        let quick: Vec<String> = lookup
            .addresses(&found)
            .iter()
            .map(|(address, _)| address.to_string())
            .collect();
        let full: Vec<String> = answer.because.iter().map(super::world::address).collect();
        if verdict != Some(answer.verdict) || quick != full {
            return Err(Fault::Measure(format!(
                "{verdict:?} {quick:?} / {:?} {full:?}",
                answer.verdict
            )));
        }
    }
    Ok(())
}
