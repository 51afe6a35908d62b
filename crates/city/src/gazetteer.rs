//! The names a notice of this city may use.

use crate::City;
use notice::vocabulary::words::nearest;
use notice::{Gazetteer, Lang, PlaceId, PlaceLookup};
use std::ops::Range;

impl Gazetteer for City {
    fn place(&self, word: &str) -> PlaceLookup {
        self.places.look_up(word)
    }

    fn place_name(&self, place: PlaceId, lang: Lang) -> String {
        let place = self.places.get(place);
        place.map_or_else(String::new, |place| place.name.get(lang).to_owned())
    }

    fn whole_city(&self) -> PlaceId {
        self.places.city()
    }

    fn place_span(&self, place: PlaceId) -> Range<u32> {
        self.places.span(place)
    }

    fn place_count(&self) -> u32 {
        self.places.all().len() as u32
    }

    fn office(&self, id: &str) -> Result<(), Option<String>> {
        match self.offices.name(id) {
            Some(_) => Ok(()),
            None => Err(nearest(id, self.offices.ids()).map(str::to_owned)),
        }
    }

    fn office_name(&self, id: &str, lang: Lang) -> Option<String> {
        self.offices.name(id).map(|name| name.get(lang).to_owned())
    }

    fn has_rule(&self, slug: &str, rule: &str) -> Option<bool> {
        let notice = self.notice(slug)?;
        Some(notice.rules.iter().any(|known| known.name == rule))
    }
}
