//! What publishing one more notice costs with thousands of rules in force: read it, compile, prove.

use crate::measure::{median, said};
use crate::ours;
use crate::table::Table;
use anyhow::{Result, ensure};
use city::City;
use notice::{DiagnosticKind, Slug};
use std::sync::Arc;
use workload::{RULES_PER_NOTICE, Workload, markdown};

const SEED: u64 = 20_220_107;
const NOTICES: usize = 1_000;

/// A notice that contradicts one of the workload's: it requires what that one forbids.
fn contrary(load: &Workload, places: &workload::Places) -> String {
    let rule = &load.notices[NOTICES - 1].rules[0];
    let place = &places.all()[rule.place];
    format!(
        "+++\ntitle = \"测速用相反公告\"\nissuer = \"air-office\"\nissued = 2022-01-03T09:00:00+08:00\n\
         in_force = \"2022-01-04T00:00/2022-03-01T00:00\"\n+++\n\n# 测速用相反公告\n\n货车必须驶入。\n\n\
         ```rule contrary\nrequire = \"驶入\"\nwho = \"货车\"\nwhere = \"{}\"\n```\n",
        place.code
    )
}

/// Measures and prints.
pub fn measure(city: &Arc<City>) -> Result<Table> {
    let places = ours::places(city);
    let load = Workload::generate(SEED, NOTICES + 1, &places);
    let mut notices = ours::read(city, &load, NOTICES, &places)?;
    let newcomer = &load.notices[NOTICES];
    let text = markdown::notice(newcomer, &places);
    let slug: Slug = ours::read_one(city, &newcomer.slug, &text)?.slug.clone();

    let mut table = Table::new(
        &format!(
            "One new notice of {RULES_PER_NOTICE} rules against {} in force",
            NOTICES * RULES_PER_NOTICE
        ),
        &["figure", "measured", "goal"],
    );
    let reading = median(5, || ours::read_one(city, &newcomer.slug, &text));
    notices.push(ours::read_one(city, &newcomer.slug, &text)?);
    let compiling = median(3, || ours::compile(city, &notices));
    let book = ours::compile(city, &notices);
    let proving = median(3, || {
        decide::prove::prove(&book, Some(std::slice::from_ref(&slug)))
    });
    table.row(&["read its text", &said(reading.as_nanos() as u64), ""]);
    table.row(&[
        "compile everything in force with it",
        &said(compiling.as_nanos() as u64),
        "",
    ]);
    table.row(&["prove it", &said(proving.as_nanos() as u64), ""]);
    let whole = reading + compiling + proving;
    table.row(&[
        "check as a whole",
        &said(whole.as_nanos() as u64),
        "≤ 200 ms",
    ]);

    // The proof must find what is there to be found.
    notices.pop();
    notices.push(ours::read_one(city, "contrary", &contrary(&load, &places))?);
    let slug = notices[NOTICES].slug.clone();
    let book = ours::compile(city, &notices);
    let from = std::time::Instant::now();
    let findings = decide::prove::prove(&book, Some(std::slice::from_ref(&slug)));
    let took = from.elapsed();
    let conflicts = findings
        .iter()
        .filter(|f| f.kind == DiagnosticKind::Conflict)
        .count();
    ensure!(
        conflicts > 0,
        "a notice that requires what others forbid was found without conflict"
    );
    table.row(&[
        &format!("prove a notice that contradicts {conflicts} rules"),
        &said(took.as_nanos() as u64),
        "",
    ]);
    Ok(table)
}
