//! `tongxin export city`: the city folder, with the texts that stand by now.

use super::Refusal;
use crate::cli;
use crate::fault::Fault;
use crate::{builtin, findings, folder, lang, moment, terminal};
use city::City;
use decide::Book;
use decide::prove::prove;
use forms::publish::Shelf;
use jiff::Timestamp;
use ledger::folder::FolderError;
use ledger::store::Read as _;
use notice::{Diagnostic, Label, Notice, Severity};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Files of a folder; more is no city.
const FILES_MAX: usize = 50_000;

/// Writes the folder; exit code 0. Texts that would not pass together when a server starts with them are told.
pub fn export(asked: &cli::ExportCity) -> Result<ExitCode, Fault> {
    let origin = folder::Origin::choose(asked.city.city.as_deref())?;
    let (city, _) = origin.load()?;
    let city = Arc::new(city);
    let store = asked.ledger.open()?.reader()?;
    let shelf = Shelf::load(city.clone(), &store, None);
    let shelf = shelf.map_err(|error| Refusal::Texts(error.to_string()))?;
    let at = match &asked.at {
        Some(text) => {
            let civil = moment::read(text, &city)?;
            city.zone
                .to_timestamp(civil)
                .map_err(|_| Fault::Time(text.clone()))?
        }
        // The demo city's clock starts anew with every start; its ledger knows how late it was.
        None => {
            let head = store
                .head()
                .map_err(FolderError::from)
                .map_err(Refusal::from)?;
            let clock = city
                .clock
                .and_then(|clock| city.zone.to_timestamp(clock).ok());
            clock.unwrap_or_else(Timestamp::now).max(head.at)
        }
    };
    let standing = shelf.at(at);
    write(&origin, &city, &standing, &asked.output)?;
    let found = check(&asked.output, &standing)?;
    terminal::err(&findings::text(&found, lang::chosen()));
    let (count, folder) = (standing.len(), asked.output.display());
    let time = city
        .zone
        .to_datetime(at)
        .strftime("%Y-%m-%d %H:%M")
        .to_string();
    super::tell(Label::new(
        format!("{time} 在用的 {count} 份公告与城市的其他文件，写入 {folder}"),
        format!(
            "the {count} notices that stand at {time} and the city's other files, written to {folder}"
        ),
    ))
}

/// Writes everything under another name beside, which becomes the folder when it is complete.
fn write(
    origin: &folder::Origin,
    city: &City,
    standing: &[Arc<Notice>],
    output: &Path,
) -> Result<(), Fault> {
    let unwritable = |error| Fault::Write {
        path: output.to_owned(),
        error,
    };
    let empty = match fs::read_dir(output) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(unwritable(error)),
    };
    if !empty {
        return Err(Refusal::from(FolderError::NotEmpty(output.to_owned())).into());
    }
    let beside = match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let scratch = tempfile::tempdir_in(beside).map_err(unwritable)?;
    let whole = scratch.path().join("city");
    let notices = notices_folder(city);
    let is_notice = |name: &Path| {
        name.parent() == Some(Path::new(notices)) && name.extension().is_some_and(|e| e == "md")
    };
    match origin {
        folder::Origin::BuiltIn => {
            for (name, bytes) in builtin::FILES
                .iter()
                .filter(|(name, _)| !is_notice(Path::new(name)))
            {
                put(&whole.join(name), bytes).map_err(unwritable)?;
            }
        }
        folder::Origin::Folder(from) => {
            let mut files = Vec::new();
            let listed = list(from, Path::new(""), &mut files);
            listed.map_err(|error| Fault::Read {
                path: from.clone(),
                error,
            })?;
            for name in files.iter().filter(|name| !is_notice(name)) {
                let bytes = fs::read(from.join(name)).map_err(|error| Fault::Read {
                    path: from.join(name),
                    error,
                })?;
                put(&whole.join(name), &bytes).map_err(unwritable)?;
            }
        }
    }
    fs::create_dir_all(whole.join(notices)).map_err(unwritable)?;
    for notice in standing {
        let path = whole.join(notices).join(format!("{}.md", notice.slug));
        put(&path, notice.source.as_bytes()).map_err(unwritable)?;
    }
    // An empty folder of that name gives way; nothing else does.
    let _ = fs::remove_dir(output);
    fs::rename(&whole, output).map_err(unwritable)
}

/// The folder of the notices inside the city's: as its own notices lie.
fn notices_folder(city: &City) -> &str {
    let first = city
        .notices
        .first()
        .and_then(|notice| notice.file.rsplit_once('/'));
    first.map_or("notices", |(folder, _)| folder)
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}

/// Every file under a folder, by its path inside; what is hidden is no part of a city.
fn list(root: &Path, within: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(within))? {
        let entry = entry?;
        let name = within.join(entry.file_name());
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(root, &name, files)?;
        } else if kind.is_file() {
            files.push(name);
        }
        if files.len() > FILES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
    }
    Ok(())
}

/// Loads what was written: it must have exactly these texts. Tells what a server would refuse to start with.
fn check(output: &Path, standing: &[Arc<Notice>]) -> Result<Vec<Diagnostic>, Fault> {
    let (city, _) = City::load(output).map_err(Fault::City)?;
    let versions = |notices: &[Arc<Notice>]| -> Vec<_> {
        notices
            .iter()
            .map(|n| (n.slug.clone(), n.text_version))
            .collect()
    };
    if versions(&city.notices) != versions(standing) {
        return Err(Refusal::Texts("what was written reads otherwise".to_owned()).into());
    }
    let notices = city.notices.clone();
    let mut found = prove(&Book::compile(Arc::new(city), notices), None);
    found.retain(|one| one.severity == Severity::Error);
    Ok(found)
}
