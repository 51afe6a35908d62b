//! `tongxin diff`: for whom the answer changes between two notices or two cities, and how the prose differs.

use crate::cli::{self, Format};
use crate::fault::Fault;
use crate::{answer, folder, given, lang, terminal};
use city::City;
use decide::diff::{Differences, PlaceChanged};
use decide::{Book, LimitHeld};
use notice::ask::Verdict;
use notice::rule::ClauseAddress;
use notice::{ActionId, Lang, Notice};
use serde::Serialize;
use similar::TextDiff;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Exit code 0 whether or not anything differs.
pub fn run(arguments: &cli::Diff) -> Result<ExitCode, Fault> {
    let (before, after) = match (is_folder(&arguments.old)?, is_folder(&arguments.new)?) {
        (true, true) => cities(&arguments.old, &arguments.new)?,
        (false, false) => notices(arguments)?,
        _ => return Err(Fault::Unlike),
    };
    let found = decide::diff::diff(&before, &after).map_err(Fault::Incomparable)?;
    let prose = prose(&before, &after);
    match arguments.output.format {
        Format::Text => terminal::out(&text(&found, &prose, before.city(), lang::chosen()))?,
        Format::Json => terminal::line(&json(&found, &prose, &before, lang::chosen()))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn is_folder(path: &Path) -> Result<bool, Fault> {
    let data = path.metadata().map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })?;
    Ok(data.is_dir())
}

/// Each notice alone, so that nothing else in force hides what changed in it.
fn notices(arguments: &cli::Diff) -> Result<(Book, Book), Fault> {
    let city = Arc::new(folder::city(arguments.city.city.as_deref())?);
    let one = |path: &Path| -> Result<Book, Fault> {
        let notices = given::read(&city, &[path.to_owned()])?.whole()?;
        Ok(Book::compile(city.clone(), notices))
    };
    Ok((one(&arguments.old)?, one(&arguments.new)?))
}

fn cities(old: &Path, new: &Path) -> Result<(Book, Book), Fault> {
    let load = |path: &Path| -> Result<Arc<City>, Fault> { folder::city(Some(path)).map(Arc::new) };
    let (old, new) = (load(old)?, load(new)?);
    let book = |city: Arc<City>| {
        let notices = city.notices.clone();
        Book::compile(city, notices)
    };
    Ok((book(old), book(new)))
}

/// How one notice's text differs.
#[derive(Serialize)]
struct Prose {
    /// The notice's slug.
    notice: String,
    /// Unified difference of the two texts, three lines of context.
    unified: String,
}

/// Notices are paired by slug; two lone notices are a pair whatever they are called.
fn prose(before: &Book, after: &Book) -> Vec<Prose> {
    let (old, new) = (by_slug(before), by_slug(after));
    let pairs: Vec<(String, &str, &str)> = match (before.notices(), after.notices()) {
        ([one], [other]) => vec![(other.slug.to_string(), &*one.source, &*other.source)],
        _ => {
            let slugs: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
            slugs
                .into_iter()
                .map(|slug| (slug.to_owned(), source(&old, slug), source(&new, slug)))
                .collect()
        }
    };
    pairs
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(notice, old, new)| Prose {
            unified: TextDiff::from_lines(old, new)
                .unified_diff()
                .context_radius(3)
                .to_string(),
            notice,
        })
        .collect()
}

fn source<'a>(notices: &BTreeMap<&str, &'a Arc<Notice>>, slug: &str) -> &'a str {
    notices.get(slug).map_or("", |notice| &notice.source)
}

fn by_slug(book: &Book) -> BTreeMap<&str, &Arc<Notice>> {
    book.notices()
        .iter()
        .map(|notice| (&*notice.slug.0, notice))
        .collect()
}

fn text(found: &Differences, prose: &[Prose], city: &City, lang: Lang) -> String {
    let mut out = String::new();
    for place in &found.places {
        out += &format!("! {}\n", place.sentence.get(lang));
    }
    for change in &found.changes {
        out += &format!("- {}\n", change.sentence.get(lang));
        for (mark, (verdict, limits)) in [("-", &change.before), ("+", &change.after)] {
            let limits: Vec<String> = limits
                .iter()
                .map(|one| answer::bounds(one, city, lang))
                .collect();
            let verdict = answer::verdict(*verdict, lang);
            out += &format!(
                "    {mark} {verdict} {}",
                limits.join(lang::say("；", "; "))
            );
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
    }
    for left in &found.left_out {
        out += &format!("… {}\n", left.sentence.get(lang));
    }
    if found.changes.is_empty() && found.left_out.is_empty() {
        out += lang::say(
            "没有哪种情况的答案不同\n",
            "No case is answered differently\n",
        );
    }
    for one in prose {
        out += &format!(
            "\n{} {}\n{}",
            lang::say("文字", "Text"),
            one.notice,
            one.unified
        );
    }
    out
}

/// The documented JSON.
#[derive(Serialize)]
struct Document<'a> {
    changes: Vec<ChangeData<'a>>,
    truncated: Vec<LeftOutData<'a>>,
    places: Vec<PlaceData<'a>>,
    prose: &'a [Prose],
}

#[derive(Serialize)]
struct ChangeData<'a> {
    action: &'a str,
    case: &'a BTreeMap<String, String>,
    from: String,
    until: Option<String>,
    before: Outcome<'a>,
    after: Outcome<'a>,
    sentence: &'a str,
}

/// Changed cases that `changes` does not list; an empty list means that it lists all.
#[derive(Serialize)]
struct LeftOutData<'a> {
    action: &'a str,
    from: String,
    until: Option<String>,
    /// Sets of cases at most; null if they are too many to count.
    left_out: Option<u64>,
    clauses: Vec<String>,
    sentence: &'a str,
}

/// A place that rules name and that changed.
#[derive(Serialize)]
struct PlaceData<'a> {
    code: &'a str,
    name: &'a str,
    how: &'static str,
    clauses: Vec<String>,
    sentence: &'a str,
}

#[derive(Serialize)]
struct Outcome<'a> {
    verdict: Verdict,
    limits: &'a [LimitHeld],
}

fn json(found: &Differences, prose: &[Prose], book: &Book, lang: Lang) -> String {
    let actions = &book.city().vocabulary.actions;
    let named = |action: ActionId| {
        actions
            .get(usize::from(action.0))
            .map_or("", |action| action.label.zh.as_str())
    };
    let written = |clauses: &[ClauseAddress]| clauses.iter().map(ToString::to_string).collect();
    let changes = found.changes.iter().map(|change| ChangeData {
        action: named(change.action),
        case: &change.case,
        from: change.during.from.to_string(),
        until: change.during.until.map(|until| until.to_string()),
        before: outcome(&change.before),
        after: outcome(&change.after),
        sentence: change.sentence.get(lang),
    });
    let truncated = found.left_out.iter().map(|left| LeftOutData {
        action: named(left.action),
        from: left.during.from.to_string(),
        until: left.during.until.map(|until| until.to_string()),
        left_out: left.count,
        clauses: written(&left.clauses),
        sentence: left.sentence.get(lang),
    });
    let places = found.places.iter().map(|place| PlaceData {
        code: &place.code,
        name: &place.name.zh,
        how: match place.how {
            PlaceChanged::Moved => "moved",
            PlaceChanged::New => "new",
        },
        clauses: written(&place.clauses),
        sentence: place.sentence.get(lang),
    });
    let document = Document {
        changes: changes.collect(),
        truncated: truncated.collect(),
        places: places.collect(),
        prose,
    };
    // Serialising strings and numbers to memory cannot fail.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn outcome((verdict, limits): &(Verdict, Vec<LimitHeld>)) -> Outcome<'_> {
    Outcome {
        verdict: *verdict,
        limits,
    }
}
