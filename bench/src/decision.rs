//! One decision, beside Cedar and regorus, at growing numbers of rules; and what it costs to get there.

use crate::measure::{latency, median, resident_bytes, said};
use crate::ours;
use crate::peers::cedar::Cedar;
use crate::peers::rego::Rego;
use crate::table::Table;
use anyhow::{Result, ensure};
use city::City;
use decide::Question;
use decide::lookup::{Found, Lookup};
use std::hint::black_box;
use std::sync::Arc;
use workload::{Case, RULES_PER_NOTICE, Workload};

const SEED: u64 = 20_220_106;
const NOTICES: usize = 1_000;
const CASES: usize = 4_096;
/// Cases on which every side is held to the rules read one by one.
const SAMPLE: usize = 300;
const SIZES: [usize; 5] = [10, 100, 300, 1_000, 10_000];
const FOR_MS: u64 = 1_000;

/// Measures and prints.
pub fn measure(city: &Arc<City>) -> Result<Vec<Table>> {
    let places = ours::places(city);
    let load = Workload::generate(SEED, NOTICES, &places);
    let cases = Case::sample(SEED + 1, CASES, &places);
    let questions: Vec<Question> = cases
        .iter()
        .map(|c| ours::question(city, c, &places))
        .collect::<Result<_>>()?;
    let for_cedar: Vec<_> = cases
        .iter()
        .map(|c| Cedar::prepare(c, &places))
        .collect::<Result<_>>()?;
    let for_rego: Vec<_> = cases
        .iter()
        .map(|c| Rego::prepare(c, &places))
        .collect::<Result<_>>()?;

    let mut latencies = Table::new(
        "One answer with its clauses, one core",
        &[
            "rules",
            "tongxin p50",
            "p99",
            "cedar p50",
            "p99",
            "cedar / tongxin",
            "regorus p50",
            "p99",
            "regorus / tongxin",
        ],
    );
    let mut loading = Table::new(
        "Loading the rules",
        &[
            "rules",
            "tongxin: read texts",
            "compile",
            "memory",
            "cedar: parse",
            "memory",
            "regorus: load",
            "memory",
        ],
    );
    for rules in SIZES {
        let notices = ours::read(city, &load, rules / RULES_PER_NOTICE, &places)?;
        let reading = median(3, || {
            ours::read(city, &load, rules / RULES_PER_NOTICE, &places)
        });
        let before = resident_bytes("self");
        let book = ours::compile(city, &notices);
        let lookup = Lookup::new(&book);
        let our_memory = resident_bytes("self").saturating_sub(before);
        let compiling = median(3, || {
            let book = ours::compile(city, &notices);
            let lookup = Lookup::new(&book);
            black_box(lookup.case(&questions[0].facts));
        });

        let before = resident_bytes("self");
        let cedar = Cedar::load(&load, rules, &places)?;
        let cedar_memory = resident_bytes("self").saturating_sub(before);
        let cedar_loading = median(1, || Cedar::load(&load, rules, &places));
        let before = resident_bytes("self");
        let mut rego = Rego::load(&load, rules, &places)?;
        let rego_memory = resident_bytes("self").saturating_sub(before);
        let rego_loading = median(1, || Rego::load(&load, rules, &places));

        let prepared: Vec<_> = questions
            .iter()
            .map(|q| ours::prepare(&lookup, q))
            .collect::<Result<_>>()?;
        let mut found = Found::default();
        for index in 0..SAMPLE {
            let case = &cases[index];
            let held = || load.rules().take(rules);
            ours::check(
                &ours::said_in_full(&book.answer(&questions[index])),
                case,
                held(),
                &places,
            )?;
            ours::check(
                &ours::said_quickly(&lookup, &prepared[index], &mut found)?,
                case,
                held(),
                &places,
            )?;
            let expected = case.forbidding(held(), &places);
            let by_cedar = cedar.forbidding(&for_cedar[index])?;
            ensure!(
                by_cedar == expected,
                "Cedar: {by_cedar:?}, the rules one by one {expected:?}: {case:?}"
            );
            let by_rego = rego.forbidding(&for_rego[index])?;
            ensure!(
                by_rego == expected,
                "regorus: {by_rego:?}, the rules one by one {expected:?}: {case:?}"
            );
        }

        let ours = latency(FOR_MS, |i| {
            black_box(ours::decide(&lookup, &prepared[i % CASES], &mut found));
        });
        let documents = latency(FOR_MS, |i| {
            black_box(book.answer(&questions[i % CASES]));
        });
        let theirs = latency(FOR_MS, |i| {
            black_box(cedar.decide(&for_cedar[i % CASES]));
        });
        let regos = latency(FOR_MS, |i| {
            // A failing evaluation would have failed on the sample above.
            black_box(rego.decide(&for_rego[i % CASES]).ok());
        });
        let ratio = |other: u64| format!("{:.0}×", other as f64 / ours.p50_ns.max(1) as f64);
        latencies.row(&[
            &rules.to_string(),
            &said(ours.p50_ns),
            &said(ours.p99_ns),
            &said(documents.p50_ns),
            &said(documents.p99_ns),
            &said(theirs.p50_ns),
            &said(theirs.p99_ns),
            &ratio(theirs.p50_ns),
            &said(regos.p50_ns),
            &said(regos.p99_ns),
            &ratio(regos.p50_ns),
        ]);
        let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        loading.row(&[
            &rules.to_string(),
            &said(reading.as_nanos() as u64),
            &said(compiling.as_nanos() as u64),
            &mb(our_memory),
            &said(cedar_loading.as_nanos() as u64),
            &mb(cedar_memory),
            &said(rego_loading.as_nanos() as u64),
            &mb(rego_memory),
        ]);
    }
    latencies.note(&format!(
        "Goals: p50 ≤ 300 ns and p99 ≤ 2 µs at 10,000 rules; ≥ 100× Cedar at 300; no worse than logarithmic growth. On {SAMPLE} cases \
         a size, all three sides gave the same rules as reading them one by one. The clock's own cost (some 20–40 ns) is inside \
         every figure. All sides get their requests ready-made; regorus its rules indexed by place and kind. A whole document is the JSON's \
         content: paragraphs, `until`, and the version of the texts."
    ));
    loading
        .note("Goals: compile 10,000 rules ≤ 2 s, memory ≤ 500 MB. Memory is the growth of the process while loading.");
    Ok(vec![latencies, loading])
}
