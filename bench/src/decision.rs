//! One decision, beside Cedar and regorus, at growing numbers of rules; and what it costs to get there.

use crate::measure::{latency, median, resident_bytes, said, together};
use crate::ours;
use crate::peers::cedar::Cedar;
use crate::peers::rego::Rego;
use crate::table::Table;
use anyhow::{Context, Result, bail, ensure};
use city::City;
use decide::Question;
use decide::lookup::{Found, Lookup};
use std::hint::black_box;
use std::process::Command;
use std::sync::Arc;
use workload::{Case, RULES_PER_NOTICE, Workload};

const SEED: u64 = 20_220_106;
const NOTICES: usize = 1_000;
const CASES: usize = 4_096;
/// Cases on which every side is held to the rules read one by one.
const SAMPLE: usize = 300;
const SIZES: [usize; 5] = [10, 100, 300, 1_000, 10_000];
const FOR_MS: u64 = 700;

/// What our answer takes with so many rules in force.
struct Growth {
    rules: usize,
    /// Of single calls, in nanoseconds.
    median: u64,
    /// In nanoseconds, of all cases in one go.
    mean: f64,
    /// Clauses in an answer, on average.
    cited: f64,
}

impl Growth {
    fn said(&self) -> String {
        format!("{:.0} ns at {}", self.mean, self.rules)
    }
}

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
    let mut wider = Table::new(
        "What else an answer of ours may cost",
        &[
            "rules",
            "request made too p50",
            "p99",
            "the whole document p50",
            "p99",
        ],
    );
    let clock = latency(FOR_MS, |i| {
        black_box(i);
    });
    let mut growth: Vec<Growth> = Vec::new();
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
        let book = ours::compile(city, &notices);
        let lookup = Lookup::new(&book);
        let compiling = median(3, || {
            let book = ours::compile(city, &notices);
            let lookup = Lookup::new(&book);
            black_box(lookup.case(&questions[0].facts));
        });

        let cedar = Cedar::load(&load, rules, &places)?;
        let cedar_loading = median(1, || Cedar::load(&load, rules, &places));
        let mut rego = Rego::load(&load, rules, &places)?;
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
        let mean = together(FOR_MS, CASES, |i| {
            black_box(ours::decide(&lookup, &prepared[i], &mut found));
        });
        let cited: usize = prepared
            .iter()
            .map(|prepared| {
                ours::decide(&lookup, prepared, &mut found);
                found.clauses()
            })
            .sum();
        let made_too = latency(FOR_MS, |i| {
            // Every case was prepared above, so none of them fails.
            if let Ok(prepared) = ours::prepare(&lookup, &questions[i % CASES]) {
                black_box(ours::decide(&lookup, &prepared, &mut found));
            }
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
            &said(theirs.p50_ns),
            &said(theirs.p99_ns),
            &ratio(theirs.p50_ns),
            &said(regos.p50_ns),
            &said(regos.p99_ns),
            &ratio(regos.p50_ns),
        ]);
        wider.row(&[
            &rules.to_string(),
            &said(made_too.p50_ns),
            &said(made_too.p99_ns),
            &said(documents.p50_ns),
            &said(documents.p99_ns),
        ]);
        growth.push(Growth {
            rules,
            median: ours.p50_ns,
            mean,
            cited: cited as f64 / CASES as f64,
        });
        loading.row(&[
            &rules.to_string(),
            &said(reading.as_nanos() as u64),
            &said(compiling.as_nanos() as u64),
            &memory("tongxin", rules)?,
            &said(cedar_loading.as_nanos() as u64),
            &memory("cedar", rules)?,
            &said(rego_loading.as_nanos() as u64),
            &memory("regorus", rules)?,
        ]);
    }
    latencies.note(&format!(
        "Goals: p50 ≤ 300 ns and p99 ≤ 2 µs at 10,000 rules; ≥ 100× Cedar at 300. On {SAMPLE} cases a size, all three sides gave \
         the same rules as reading them one by one. All sides get their requests ready-made; regorus its rules indexed by place and \
         kind. The clock's own cost, {}, is inside every figure.",
        said(clock.p50_ns)
    ));
    if let [first, .., last] = growth.as_slice() {
        let means: Vec<String> = growth.iter().map(Growth::said).collect();
        latencies.note(&format!(
            "Growth from {} to {} rules, where a logarithm grows {:.0}×: {:.1}× by the call in the middle, {:.1}× by the mean. All cases timed together, so \
             without the clock, one takes us {} rules; the cases cite more and more clauses, {:.1} of them at first and {:.1} in the end.",
            first.rules,
            last.rules,
            (last.rules as f64).ln() / (first.rules as f64).ln(),
            last.median as f64 / first.median.max(1) as f64,
            last.mean / first.mean,
            means.join(", "),
            first.cited,
            last.cited,
        ));
    }
    wider.note(
        "Request made too: laying out facts and instant for the quick answer is timed with it. The whole document is what `Book::answer` \
         gives and the API says: every clause with its paragraph, limits, until when it holds, the version of the texts.",
    );
    loading
        .note("Goals: compile 10,000 rules ≤ 2 s, memory ≤ 500 MB. Memory is how much a process of its own grows by, source texts included.");
    Ok(vec![latencies, wider, loading])
}

/// What [`hold`] prints in a process of its own.
fn memory(side: &str, rules: usize) -> Result<String> {
    let run = Command::new(std::env::current_exe()?)
        .args(["--memory", side, &rules.to_string()])
        .output()?;
    ensure!(
        run.status.success(),
        "memory of {side}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    let bytes: u64 = String::from_utf8(run.stdout)?.trim().parse()?;
    Ok(format!("{:.1} MB", bytes as f64 / 1e6))
}

/// Loads the rules for one side and prints by how many bytes this process grew.
pub fn hold(city: &Arc<City>, side: &str, rules: &str) -> Result<()> {
    let rules: usize = rules.parse().context("a number of rules")?;
    let places = ours::places(city);
    let load = Workload::generate(SEED, NOTICES, &places);
    let before = resident_bytes("self");
    let grown = || resident_bytes("self").saturating_sub(before);
    let bytes = match side {
        "tongxin" => {
            let notices = ours::read(city, &load, rules / RULES_PER_NOTICE, &places)?;
            let book = ours::compile(city, &notices);
            let lookup = Lookup::new(&book);
            let bytes = grown();
            drop(black_box(lookup));
            bytes
        }
        "cedar" => {
            let held = Cedar::load(&load, rules, &places)?;
            let bytes = grown();
            drop(black_box(held));
            bytes
        }
        "regorus" => {
            let held = Rego::load(&load, rules, &places)?;
            let bytes = grown();
            drop(black_box(held));
            bytes
        }
        _ => bail!("no side {side}"),
    };
    println!("{bytes}");
    Ok(())
}
