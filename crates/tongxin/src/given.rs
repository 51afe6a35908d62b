//! Notices given as files on the command line, read together: each may name the rules of the others in `over`.

use crate::fault::Fault;
use city::City;
use notice::{Context, Diagnostic, Gazetteer, Lang, Notice, PlaceId, PlaceLookup, Reading};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files, read.
pub struct Given {
    /// Notices that could be read, in the order given.
    pub notices: Vec<Arc<Notice>>,
    /// Everything found while reading, errors included.
    pub diagnostics: Vec<Diagnostic>,
}

impl Given {
    /// The notices, or every error in them.
    pub fn whole(self) -> Result<Vec<Arc<Notice>>, Fault> {
        let wrong = self
            .diagnostics
            .iter()
            .any(|found| found.severity == notice::Severity::Error);
        if wrong {
            Err(Fault::Texts(self.diagnostics))
        } else {
            Ok(self.notices)
        }
    }
}

/// Reads the files against the city's words and places.
pub fn read(city: &City, paths: &[PathBuf]) -> Result<Given, Fault> {
    let mut files = Vec::with_capacity(paths.len());
    let mut others: BTreeMap<String, Option<Vec<String>>> = BTreeMap::new();
    for path in paths {
        let slug = stem(path);
        if others.insert(slug.clone(), None).is_some() {
            return Err(Fault::SameSlug(slug));
        }
        files.push((path.display().to_string(), slug, bytes(path)?));
    }
    // Rules named in `over` may stand in a file read later, so names are collected before they are held against anything.
    let first = read_all(city, &files, &others);
    for (reading, (_, slug, _)) in first.iter().zip(&files) {
        if let Some(notice) = &reading.notice {
            let rules = notice.rules.iter().map(|rule| rule.name.clone()).collect();
            others.insert(slug.clone(), Some(rules));
        }
    }
    let readings = if files.len() > 1 {
        read_all(city, &files, &others)
    } else {
        first
    };
    let mut given = Given {
        notices: Vec::new(),
        diagnostics: Vec::new(),
    };
    for reading in readings {
        given.notices.extend(reading.notice.map(Arc::new));
        given.diagnostics.extend(reading.diagnostics);
    }
    Ok(given)
}

fn read_all(
    city: &City,
    files: &[(String, String, Vec<u8>)],
    others: &BTreeMap<String, Option<Vec<String>>>,
) -> Vec<Reading> {
    let context = city.context();
    let together = Together {
        city: context.gazetteer,
        others,
    };
    let context = Context {
        gazetteer: &together,
        ..context
    };
    files
        .iter()
        .map(|(file, _, bytes)| notice::read_notice(context, file, bytes))
        .collect()
}

/// A notice's short name: its file's stem.
pub fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path).map_err(|error| Fault::Read {
        path: path.to_owned(),
        error,
    })
}

/// The city's names, with the rules of the given files.
struct Together<'a> {
    city: &'a dyn Gazetteer,
    /// Rules by slug; `None` while a file's rules are not known yet.
    others: &'a BTreeMap<String, Option<Vec<String>>>,
}

impl Gazetteer for Together<'_> {
    fn has_rule(&self, slug: &str, rule: &str) -> Option<bool> {
        match self.others.get(slug) {
            Some(Some(rules)) => Some(rules.iter().any(|name| name == rule)),
            Some(None) => Some(true),
            None => self.city.has_rule(slug, rule),
        }
    }
    fn place(&self, word: &str) -> PlaceLookup {
        self.city.place(word)
    }
    fn place_name(&self, place: PlaceId, lang: Lang) -> String {
        self.city.place_name(place, lang)
    }
    fn whole_city(&self) -> PlaceId {
        self.city.whole_city()
    }
    fn place_span(&self, place: PlaceId) -> std::ops::Range<u32> {
        self.city.place_span(place)
    }
    fn place_count(&self) -> u32 {
        self.city.place_count()
    }
    fn office(&self, id: &str) -> Result<(), Option<String>> {
        self.city.office(id)
    }
    fn office_name(&self, id: &str, lang: Lang) -> Option<String> {
        self.city.office_name(id, lang)
    }
}
