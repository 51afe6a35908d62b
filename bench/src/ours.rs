//! Our side: the workload read from its Markdown and compiled in the demo city.

use anyhow::{Context, Result, bail, ensure};
use city::City;
use city::place::Level;
use decide::answer::Part;
use decide::{Answer, Book, Question, Whereabouts};
use jiff::civil::DateTime;
use notice::ask::Verdict;
use notice::{Notice, PlaceId, Severity};
use std::sync::Arc;
use workload::{Case, Effect, Places, Rule, Workload, markdown};

/// The city's districts and streets as places of a workload.
pub fn places(city: &City) -> Places {
    let all = city.places.all();
    let code = |id: PlaceId| all[id.0 as usize].code.as_str();
    let list: Vec<_> = all
        .iter()
        .filter(|place| matches!(place.level, Level::City | Level::District | Level::Street))
        .map(|place| {
            (
                place.code.as_str(),
                place.name.zh.as_ref(),
                place.parent.map(code),
            )
        })
        .collect();
    Places::new(&list)
}

/// Reads generated notices as files; any diagnostic that is an error is fatal.
pub fn read(
    city: &City,
    load: &Workload,
    notices: usize,
    places: &Places,
) -> Result<Vec<Arc<Notice>>> {
    load.notices
        .iter()
        .take(notices)
        .map(|n| read_one(city, &n.slug, &markdown::notice(n, places)))
        .collect()
}

/// Reads one text.
pub fn read_one(city: &City, slug: &str, text: &str) -> Result<Arc<Notice>> {
    let reading = notice::read_notice(city.context(), &format!("{slug}.md"), text.as_bytes());
    if let Some(fault) = reading
        .diagnostics
        .iter()
        .find(|d| d.severity == Severity::Error)
    {
        bail!("{slug}.md: {fault:?}\n{text}");
    }
    Ok(Arc::new(reading.notice.context("no notice and no error")?))
}

/// A case as a question. The place is known exactly: the act lies in it and in the divisions above it, in nothing else.
pub fn question(city: &City, case: &Case, places: &Places) -> Result<Question> {
    let word = case.kind.action().0;
    let actions = &city.vocabulary.actions;
    let action = actions
        .iter()
        .position(|a| a.label.zh == *word)
        .with_context(|| format!("no action {word}"))?;
    let facts = notice::read_facts(city.context(), "case", case.facts().into())
        .map_err(|faults| anyhow::anyhow!("{}: {faults:?}", case.facts()))?;
    let code = &places.all()[case.place].code;
    let all = city.places.all();
    let mut lies_in = Vec::new();
    let mut next = all
        .iter()
        .position(|p| p.code == *code)
        .map(|p| PlaceId(p as u32));
    while let Some(place) = next {
        lies_in.push(place);
        next = all[place.0 as usize].parent;
    }
    lies_in.sort_unstable();
    let (hour, minute) = ((case.minute / 60) as i8, (case.minute % 60) as i8);
    Ok(Question {
        action: Some(notice::ActionId(action as u16)),
        facts,
        place: Whereabouts::Point(lies_in),
        at: DateTime::new(2022, 1, case.day as i8, hour, minute, 0, 0)?,
    })
}

/// Holds an answer to the rules read one by one: verdict, strictest limit, and every clause cited.
pub fn check<'a>(
    answer: &Answer,
    case: &Case,
    rules: impl Iterator<Item = &'a Rule>,
    places: &Places,
) -> Result<()> {
    let under: Vec<_> = rules.filter(|rule| case.is_under(rule, places)).collect();
    let forbids: Vec<_> = under
        .iter()
        .filter(|r| r.effect == Effect::Forbid)
        .collect();
    let strictest = under.iter().filter_map(|r| match r.effect {
        Effect::AtMost(percent) => Some(f64::from(percent)),
        Effect::Forbid => None,
    });
    let strictest = strictest.min_by(f64::total_cmp);
    let (verdict, part) = match (forbids.is_empty(), strictest) {
        (false, _) => (Verdict::Forbidden, Part::Forbids),
        (true, Some(_)) => (Verdict::Limited, Part::Limits),
        (true, None) => (Verdict::Allowed, Part::Forbids),
    };
    ensure!(
        answer.verdict == verdict,
        "we answer {:?}, the rules one by one {verdict:?}: {case:?}",
        answer.verdict
    );
    let mut cited: Vec<_> = answer
        .because
        .iter()
        .filter(|b| b.effect == part)
        .map(|b| format!("{}#{}", b.notice, b.rule))
        .collect();
    cited.sort_unstable();
    cited.dedup();
    let mut expected: Vec<_> = match verdict {
        Verdict::Forbidden => forbids.iter().map(|r| r.id.clone()).collect(),
        Verdict::Limited => under.iter().map(|r| r.id.clone()).collect(),
        _ => Vec::new(),
    };
    expected.sort_unstable();
    ensure!(
        cited == expected,
        "we cite {cited:?}, the rules one by one {expected:?}: {case:?}"
    );
    if verdict == Verdict::Limited {
        let held = answer.limits.first().and_then(|l| l.at_most);
        ensure!(
            held == strictest,
            "we limit to {held:?}, the rules one by one to {strictest:?}: {case:?}"
        );
    }
    Ok(())
}

/// Compiles.
pub fn compile(city: &Arc<City>, notices: &[Arc<Notice>]) -> Book {
    Book::compile(city.clone(), notices.to_vec())
}
