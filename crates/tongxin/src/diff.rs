//! `tongxin diff`: for whom the answer changes between two notices or two cities, and how the prose differs.

use crate::cli::{self, Format};
use crate::fault::Fault;
use crate::{answer, folder, given, lang};
use city::City;
use decide::diff::Change;
use decide::{Book, LimitHeld};
use notice::ask::Verdict;
use notice::{Lang, Notice};
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
    let changes = decide::diff::diff(&before, &after);
    let prose = prose(&before, &after);
    match arguments.output.format {
        Format::Text => print!("{}", text(&changes, &prose, lang::chosen())),
        Format::Json => println!("{}", json(&changes, &prose, &before, lang::chosen())),
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
    if old.vocabulary != new.vocabulary {
        return Err(Fault::Vocabularies);
    }
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

fn text(changes: &[Change], prose: &[Prose], lang: Lang) -> String {
    let mut out = String::new();
    for change in changes {
        out += &format!("- {}\n", change.sentence.get(lang));
        for (mark, (verdict, limits)) in [("-", &change.before), ("+", &change.after)] {
            let limits: Vec<String> = limits.iter().map(|one| answer::bounds(one, lang)).collect();
            let verdict = answer::verdict(*verdict, lang);
            out += &format!("    {mark} {verdict} {}", limits.join("; "));
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
    }
    if changes.is_empty() {
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
struct Differences<'a> {
    changes: Vec<ChangeData<'a>>,
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

#[derive(Serialize)]
struct Outcome<'a> {
    verdict: Verdict,
    limits: &'a [LimitHeld],
}

fn json(changes: &[Change], prose: &[Prose], book: &Book, lang: Lang) -> String {
    let city = book.city();
    let changes = changes
        .iter()
        .map(|change| ChangeData {
            action: city
                .vocabulary
                .actions
                .get(usize::from(change.action.0))
                .map_or("", |action| &action.label.zh),
            case: &change.case,
            from: change.during.from.to_string(),
            until: change.during.until.map(|until| until.to_string()),
            before: outcome(&change.before),
            after: outcome(&change.after),
            sentence: change.sentence.get(lang),
        })
        .collect();
    // Serialising strings and numbers to memory cannot fail.
    serde_json::to_string_pretty(&Differences { changes, prose }).unwrap_or_default()
}

fn outcome((verdict, limits): &(Verdict, Vec<LimitHeld>)) -> Outcome<'_> {
    Outcome {
        verdict: *verdict,
        limits,
    }
}
