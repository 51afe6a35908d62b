//! Our side: the workload read from its Markdown and compiled in the demo city.

use anyhow::{Context, Result, bail, ensure};
use city::City;
use city::place::Level;
use decide::answer::{Because, Part};
use decide::lookup::{Case as LookupCase, Found, Lookup, Moment};
use decide::{Answer, Book, LimitHeld, Question, Whereabouts};
use jiff::civil::DateTime;
use notice::ask::Verdict;
use notice::{ActionId, Notice, PlaceId, Severity};
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

/// The action called `word`.
pub fn action(city: &City, word: &str) -> Result<ActionId> {
    let mut actions = city.vocabulary.actions.iter();
    let found = actions.position(|one| one.label.zh == word);
    Ok(ActionId(
        found.with_context(|| format!("no action {word}"))? as u16,
    ))
}

/// The clauses that an answer cites, in its order.
pub fn cited(answer: &Answer) -> Vec<String> {
    let address = |one: &Because| match &one.exception {
        Some(exception) => format!("{}#{}/{exception}", one.notice, one.rule),
        None => format!("{}#{}", one.notice, one.rule),
    };
    answer.because.iter().map(address).collect()
}

/// A case as a question. The place is known exactly: the act lies in it and in the divisions above it, in nothing else.
pub fn question(city: &City, case: &Case, places: &Places) -> Result<Question> {
    let action = action(city, case.kind.action().0)?;
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
        action: Some(action),
        facts,
        place: Whereabouts::Point(lies_in),
        at: DateTime::new(2022, 1, case.day as i8, hour, minute, 0, 0)?,
    })
}

/// A case laid out for quick answers, as peers get their requests ready-made.
pub struct Prepared {
    action: ActionId,
    case: LookupCase,
    places: Vec<PlaceId>,
    moment: Moment,
}

/// Lays out a question that says everything.
pub fn prepare(lookup: &Lookup<'_>, question: &Question) -> Result<Prepared> {
    let (Some(action), Whereabouts::Point(places)) = (question.action, &question.place) else {
        bail!("the question leaves something open");
    };
    Ok(Prepared {
        action,
        case: lookup.case(&question.facts),
        places: places.clone(),
        moment: lookup.moment(question.at),
    })
}

/// Answers quickly: the verdict, with clauses and limits in `found`.
pub fn decide(lookup: &Lookup<'_>, prepared: &Prepared, found: &mut Found) -> Option<Verdict> {
    lookup.answer(
        prepared.action,
        &prepared.case,
        &prepared.places,
        &prepared.moment,
        found,
    )
}

/// What was answered, in the form in which it is compared.
pub struct Said {
    verdict: Verdict,
    /// Rules that forbid, or that limit, sorted.
    cited: Vec<String>,
    at_most: Option<f64>,
}

/// What the full answer says.
pub fn said_in_full(answer: &Answer) -> Said {
    let cited = answer
        .because
        .iter()
        .map(|b| (format!("{}#{}", b.notice, b.rule), b.effect));
    Said::of(answer.verdict, cited, &answer.limits)
}

/// What the quick answer says.
pub fn said_quickly(lookup: &Lookup<'_>, prepared: &Prepared, found: &mut Found) -> Result<Said> {
    let verdict =
        decide(lookup, prepared, found).context("there is no quick answer to a complete case")?;
    let cited = lookup
        .addresses(found)
        .into_iter()
        .map(|(address, part)| (format!("{}#{}", address.notice, address.rule), part));
    Ok(Said::of(verdict, cited, &lookup.limits(found)))
}

impl Said {
    fn of(
        verdict: Verdict,
        clauses: impl Iterator<Item = (String, Part)>,
        limits: &[LimitHeld],
    ) -> Said {
        let mut cited: Vec<_> = clauses
            .filter(|(_, part)| matches!(part, Part::Forbids | Part::Limits))
            .map(|(id, _)| id)
            .collect();
        cited.sort_unstable();
        cited.dedup();
        Said {
            verdict,
            cited,
            at_most: limits.first().and_then(|l| l.at_most),
        }
    }
}

/// Holds what was said to the rules read one by one: verdict, strictest limit, and every clause that forbids or limits.
pub fn check<'a>(
    said: &Said,
    case: &Case,
    rules: impl Iterator<Item = &'a Rule>,
    places: &Places,
) -> Result<()> {
    let under: Vec<_> = rules.filter(|rule| case.is_under(rule, places)).collect();
    let forbids = || under.iter().filter(|r| r.effect == Effect::Forbid);
    let strictest = under.iter().filter_map(|r| match r.effect {
        Effect::AtMost(percent) => Some(f64::from(percent)),
        Effect::Forbid => None,
    });
    let strictest = strictest.min_by(f64::total_cmp);
    let (verdict, mut expected): (_, Vec<_>) = match (forbids().count(), strictest) {
        (1.., _) => (
            Verdict::Forbidden,
            forbids().map(|r| r.id.clone()).collect(),
        ),
        (0, Some(_)) => (
            Verdict::Limited,
            under.iter().map(|r| r.id.clone()).collect(),
        ),
        (0, None) => (Verdict::Allowed, Vec::new()),
    };
    expected.sort_unstable();
    ensure!(
        said.verdict == verdict,
        "we say {:?}, the rules one by one {verdict:?}: {case:?}",
        said.verdict
    );
    ensure!(
        said.cited == expected,
        "we cite {:?}, the rules one by one {expected:?}: {case:?}",
        said.cited
    );
    if verdict == Verdict::Limited {
        ensure!(
            said.at_most == strictest,
            "we limit to {:?}, the rules one by one to {strictest:?}: {case:?}",
            said.at_most
        );
    }
    Ok(())
}

/// Compiles.
pub fn compile(city: &Arc<City>, notices: &[Arc<Notice>]) -> Book {
    Book::compile(city.clone(), notices.to_vec())
}
