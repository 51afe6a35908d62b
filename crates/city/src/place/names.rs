//! From words to places.

use super::{Level, Place};
use notice::vocabulary::words::{fold, nearest};
use notice::{PlaceId, PlaceLookup};
use std::collections::HashMap;

/// Candidates listed for one ambiguous name.
const CANDIDATES_MAX: usize = 20;
/// Longer words are no place's name; looking them up costs nothing.
const WORD_BYTES_MAX: usize = 400;

/// Endings that people leave out where nothing is confused by it.
const ENDINGS: [&str; 9] = ["街道", "社区", "省", "市", "区", "县", "镇", "乡", "村"];

/// Every form of every place's name.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Full names, codes and other words.
    full: HashMap<String, Vec<PlaceId>>,
    /// Names without their ending; only asked where no full name fits.
    short: HashMap<String, Vec<PlaceId>>,
    /// The division above each place.
    parents: Vec<Option<PlaceId>>,
}

impl Names {
    pub(super) fn of(places: &[Place]) -> Self {
        let mut names = Names {
            parents: places.iter().map(|place| place.parent).collect(),
            ..Names::default()
        };
        for (id, place) in (0..).map(PlaceId).zip(places) {
            let forms = [&place.name.zh, &place.name.en, &place.code];
            for form in forms.into_iter().chain(&place.also) {
                add(&mut names.full, fold(form), id);
            }
            for ending in ENDINGS {
                if let Some(short) = place.name.zh.strip_suffix(ending)
                    && short.chars().count() >= 2
                {
                    add(&mut names.short, fold(short), id);
                }
            }
            if let Some(short) = place.name.en.strip_suffix(" District") {
                add(&mut names.short, fold(short), id);
            }
        }
        names
    }

    pub(super) fn look_up(&self, places: &[Place], word: &str) -> PlaceLookup {
        if word.len() > WORD_BYTES_MAX {
            return PlaceLookup::None { nearest: None };
        }
        let folded = fold(word);
        let candidates = self.candidates(&folded);
        match candidates.as_slice() {
            [] => PlaceLookup::None {
                nearest: nearest_name(places, &folded),
            },
            [only] => PlaceLookup::One(*only),
            several => PlaceLookup::Several(
                several
                    .iter()
                    .take(CANDIDATES_MAX)
                    .map(|id| path(places, *id))
                    .collect(),
            ),
        }
    }

    /// The places a folded word can mean: by a full name, else as a path, else by a short name.
    fn candidates(&self, word: &str) -> Vec<PlaceId> {
        if let Some(found) = self.full.get(word) {
            return found.clone();
        }
        let by_path = if word.contains('/') {
            self.by_steps(word)
        } else {
            self.by_concatenation(word)
        };
        if !by_path.is_empty() {
            return by_path;
        }
        self.short.get(word).cloned().unwrap_or_default()
    }

    fn named(&self, word: &str) -> &[PlaceId] {
        self.full
            .get(word)
            .or_else(|| self.short.get(word))
            .map_or(&[], Vec::as_slice)
    }

    /// `小店区/平阳路街道/南环社区`: each step somewhere under the one before.
    fn by_steps(&self, word: &str) -> Vec<PlaceId> {
        let mut steps = word
            .split('/')
            .map(str::trim)
            .filter(|step| !step.is_empty());
        let Some(first) = steps.next() else {
            return Vec::new();
        };
        let mut found = self.named(first).to_vec();
        for step in steps {
            found = self.under(self.named(step), &found);
        }
        found
    }

    /// `小店区平阳路街道`: a name cut somewhere, its end under its beginning.
    fn by_concatenation(&self, word: &str) -> Vec<PlaceId> {
        let mut found = Vec::new();
        for (cut, _) in word.char_indices().skip(1) {
            let (above, below) = word.split_at(cut);
            let Some(below) = self.full.get(below.trim_start()) else {
                continue;
            };
            let mut above = self.named(above.trim_end()).to_vec();
            if above.is_empty() {
                above = self.by_concatenation_above(above_text(word, cut));
            }
            for place in self.under(below, &above) {
                if !found.contains(&place) {
                    found.push(place);
                }
            }
        }
        found
    }

    /// The beginning of a concatenation may be one itself (`小店区平阳路街道` before `南环社区`), one level deep.
    fn by_concatenation_above(&self, word: &str) -> Vec<PlaceId> {
        let cuts = word.char_indices().skip(1);
        cuts.flat_map(|(cut, _)| {
            let (above, below) = word.split_at(cut);
            let below = self.full.get(below).map_or(&[][..], Vec::as_slice);
            self.under(below, self.named(above))
        })
        .collect()
    }

    /// Those of `below` that lie under one of `above`.
    fn under(&self, below: &[PlaceId], above: &[PlaceId]) -> Vec<PlaceId> {
        let parent = |id: &PlaceId| self.parents.get(id.0 as usize).copied().flatten();
        below
            .iter()
            .copied()
            .filter(|id| {
                std::iter::successors(parent(id), parent).any(|ancestor| above.contains(&ancestor))
            })
            .collect()
    }
}

fn above_text(word: &str, cut: usize) -> &str {
    word.get(..cut).unwrap_or_default().trim_end()
}

fn add(map: &mut HashMap<String, Vec<PlaceId>>, word: String, id: PlaceId) {
    let ids = map.entry(word).or_default();
    if !ids.contains(&id) {
        ids.push(id);
    }
}

/// Names from the district down, joined by slashes: short enough to write, long enough to be unambiguous.
pub(super) fn path(places: &[Place], place: PlaceId) -> String {
    let get = |id: PlaceId| places.get(id.0 as usize);
    let mut names: Vec<&str> = std::iter::successors(get(place), |at| get(at.parent?))
        .filter(|at| at.level > Level::City)
        .map(|at| at.name.zh.as_str())
        .collect();
    if names.is_empty() {
        names.extend(get(place).map(|at| at.name.zh.as_str()));
    }
    names.reverse();
    names.join("/")
}

/// The nearest name: areas and large divisions are meant more often than small ones.
fn nearest_name(places: &[Place], word: &str) -> Option<String> {
    let last = word.rsplit('/').next().unwrap_or(word);
    let names = |large: bool| {
        places
            .iter()
            .filter(move |p| (p.level != Level::Community && p.level != Level::Street) == large)
            .flat_map(|p| [p.name.zh.as_str(), p.name.en.as_str()])
    };
    nearest(last, names(true))
        .or_else(|| nearest(last, names(false)))
        .map(str::to_owned)
}
