//! Reading several notices of one city, each of which may name rules of the others in `over`.

use crate::City;
use notice::{Context, Gazetteer, Lang, PlaceId, PlaceLookup, Reading, Slug};
use std::collections::BTreeMap;
use std::ops::Range;

/// Reads files (name, bytes) together. What `over` names is looked up among them first, then among the city's notices.
///
/// Rules named may stand in a file read later, so texts are read once for the names of their rules, and those that
/// could not be held against all names then are read again.
pub(crate) fn read(city: &City, files: &[(String, Vec<u8>)]) -> Vec<Reading> {
    let mut rules: BTreeMap<String, Option<Vec<String>>> = files
        .iter()
        .map(|(file, _)| (Slug::of_file(file).to_owned(), None))
        .collect();
    let first = pass(city, files, &rules);
    if files.len() < 2 {
        return first;
    }
    for (reading, (file, _)) in first.iter().zip(files) {
        if let Some(notice) = &reading.notice {
            let names = notice.rules.iter().map(|rule| rule.name.clone()).collect();
            rules.insert(Slug::of_file(file).to_owned(), Some(names));
        }
    }
    let outranks = |reading: &Reading| match &reading.notice {
        Some(notice) => notice.rules.iter().any(|rule| !rule.over.is_empty()),
        None => false,
    };
    let again: Vec<bool> = first.iter().map(outranks).collect();
    let mut readings = first;
    for ((reading, file), again) in readings.iter_mut().zip(files).zip(again) {
        if again && let Some(second) = pass(city, std::slice::from_ref(file), &rules).pop() {
            *reading = second;
        }
    }
    readings
}

fn pass(
    city: &City,
    files: &[(String, Vec<u8>)],
    rules: &BTreeMap<String, Option<Vec<String>>>,
) -> Vec<Reading> {
    let together = Together { city, rules };
    let context = Context {
        gazetteer: &together,
        ..city.context()
    };
    files
        .iter()
        .map(|(file, bytes)| notice::read_notice(context, file, bytes))
        .collect()
}

/// The city's names with the rules of the files at hand.
struct Together<'a> {
    city: &'a City,
    /// Rules by slug; `None` while a file's rules are not known, which lets every name pass.
    rules: &'a BTreeMap<String, Option<Vec<String>>>,
}

impl Gazetteer for Together<'_> {
    fn has_rule(&self, slug: &str, rule: &str) -> Option<bool> {
        match self.rules.get(slug) {
            Some(Some(names)) => Some(names.iter().any(|name| name == rule)),
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
    fn place_span(&self, place: PlaceId) -> Range<u32> {
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
