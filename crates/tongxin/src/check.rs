//! `tongxin check`: proves notices among themselves and against all that is in force in the city.

use crate::cli::{self, Format};
use crate::fault::Fault;
use crate::{findings, folder, given, lang, terminal};
use decide::Book;
use notice::{Diagnostic, Severity, Slug};
use std::process::ExitCode;
use std::sync::Arc;

/// Exit code 0: clean or warnings only; 1: errors.
pub fn run(arguments: &cli::Check) -> Result<ExitCode, Fault> {
    let found = match found(arguments) {
        // A city with faults is itself the finding.
        Err(Fault::City(found)) => found,
        other => other?,
    };
    match arguments.output.format {
        Format::Json => terminal::line(&findings::json(&found, lang::chosen()))?,
        Format::Text => {
            terminal::out(&findings::text(&found, lang::chosen()))?;
            terminal::line(&findings::count(&found, lang::chosen()))?;
        }
    }
    let errors = found.iter().any(|one| one.severity == Severity::Error);
    Ok(ExitCode::from(u8::from(errors)))
}

fn found(arguments: &cli::Check) -> Result<Vec<Diagnostic>, Fault> {
    let origin = folder::Origin::choose(arguments.city.city.as_deref())?;
    let (city, mut found) = origin.load()?;
    if arguments.notices.is_empty() {
        let city = Arc::new(city);
        let book = Book::compile(city.clone(), city.notices.clone());
        found.extend(decide::prove::prove(&book, None));
        return Ok(found);
    }
    // Only what concerns the given files is of interest now.
    found.clear();
    let given = given::read(&city, &arguments.notices)?;
    found.extend(given.diagnostics);
    let new: Vec<Slug> = given.notices.iter().map(|one| one.slug.clone()).collect();
    // A file takes the place of the city's notice of the same name.
    let mut notices = city.notices.clone();
    notices.retain(|one| !new.contains(&one.slug));
    notices.extend(given.notices);
    let book = Book::compile(Arc::new(city), notices);
    found.extend(decide::prove::prove(&book, Some(&new)));
    Ok(found)
}
