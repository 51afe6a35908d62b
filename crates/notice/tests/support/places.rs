// A small gazetteer for tests, examples and fuzzing of this crate.

use notice::vocabulary::words::nearest;
use notice::{Gazetteer, Lang, PlaceId, PlaceLookup};

/// Places of a small city, in tree order, and its offices.
#[derive(Debug, Default, Clone, Copy)]
pub struct Places;

/// Path, name, one past the last place under it. The areas come last.
const PLACES: &[(&str, &str, u32)] = &[
    ("太原市", "太原市", 11),
    ("小店区", "小店区", 5),
    ("小店区/平阳路街道", "平阳路街道", 4),
    ("小店区/平阳路街道/南环社区", "南环社区", 4),
    ("小店区/营盘街道", "营盘街道", 5),
    ("迎泽区", "迎泽区", 7),
    ("迎泽区/柳巷街道", "柳巷街道", 7),
    ("杏花岭区", "杏花岭区", 9),
    ("杏花岭区/南环社区", "南环社区", 9),
    ("清徐县", "清徐县", 10),
    ("古交市", "古交市", 11),
    ("中环以内", "中环以内", 12),
    ("禁煤区", "禁煤区", 13),
    ("城乡接合部", "城乡接合部", 14),
];

const OFFICES: &[&str] = &[
    "air-office",
    "ecology-bureau",
    "traffic-police",
    "community-grid",
    "xiaodian-district",
];

impl Gazetteer for Places {
    fn place(&self, word: &str) -> PlaceLookup {
        let found: Vec<usize> = (0..PLACES.len())
            .filter(|at| PLACES[*at].0 == word || PLACES[*at].1 == word)
            .collect();
        match found[..] {
            [] => PlaceLookup::None {
                nearest: nearest(word, PLACES.iter().map(|p| p.1)).map(str::to_owned),
            },
            [at] => PlaceLookup::One(PlaceId(at as u32)),
            _ => PlaceLookup::Several(found.iter().map(|at| PLACES[*at].0.to_owned()).collect()),
        }
    }

    fn place_name(&self, place: PlaceId, _lang: Lang) -> String {
        PLACES
            .get(place.0 as usize)
            .map_or_else(String::new, |p| p.1.to_owned())
    }

    fn whole_city(&self) -> PlaceId {
        PlaceId(0)
    }

    fn place_span(&self, place: PlaceId) -> std::ops::Range<u32> {
        place.0..PLACES.get(place.0 as usize).map_or(place.0, |p| p.2)
    }

    fn place_count(&self) -> u32 {
        PLACES.len() as u32
    }

    fn office(&self, id: &str) -> Result<(), Option<String>> {
        if OFFICES.contains(&id) {
            return Ok(());
        }
        Err(nearest(id, OFFICES.iter().copied()).map(str::to_owned))
    }

    fn office_name(&self, id: &str, _lang: Lang) -> Option<String> {
        OFFICES.contains(&id).then(|| id.to_owned())
    }

    fn has_rule(&self, slug: &str, rule: &str) -> Option<bool> {
        (slug == "air-order").then(|| ["trucks", "muck"].contains(&rule))
    }
}
