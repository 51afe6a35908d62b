//! From points to the batch's numbers of places.

use decide::Whereabouts;
use decide::batch::Batch;
use notice::PlaceId;
use std::collections::HashMap;

/// Different sets of places remembered; a city has fewer.
const SETS_MAX: usize = 1 << 16;
/// Points remembered: passages are seen where cameras and gates stand, again and again.
const POINTS: usize = 1 << 14;

/// Numbers of places by the set of places that a point lies in.
pub struct PlaceNumbers {
    /// Of a row without a point.
    pub unsaid: u32,
    sets: HashMap<Vec<PlaceId>, u32>,
    found: Vec<PlaceId>,
    /// Each point last seen of those that share a place here, by its bits.
    seen: Vec<(u64, u64, u32)>,
}

impl PlaceNumbers {
    /// Knows no point yet.
    pub fn new(batch: &mut Batch<'_>) -> Self {
        let unsaid = batch.place(&Whereabouts::Unsaid);
        PlaceNumbers {
            unsaid,
            sets: HashMap::new(),
            found: Vec::new(),
            // Nothing but what is no number has these bits, and it is in no place that could be said.
            seen: vec![(f64::NAN.to_bits(), f64::NAN.to_bits(), unsaid); POINTS],
        }
    }

    /// The place of every point.
    pub fn number(
        &mut self,
        lons: &[f64],
        lats: &[f64],
        batch: &mut Batch<'_>,
        numbers: &mut Vec<u32>,
    ) {
        numbers.clear();
        for (lon, lat) in lons.iter().zip(lats) {
            let (x, y) = (lon.to_bits(), lat.to_bits());
            let at = slot(x, y);
            let number = match self.seen.get(at) {
                Some((lon, lat, number)) if (*lon, *lat) == (x, y) => *number,
                _ => {
                    let number = self.find(*lon, *lat, batch);
                    if let Some(seen) = self.seen.get_mut(at) {
                        *seen = (x, y, number);
                    }
                    number
                }
            };
            numbers.push(number);
        }
    }

    fn find(&mut self, lon: f64, lat: f64, batch: &mut Batch<'_>) -> u32 {
        if !lon.is_finite() || !lat.is_finite() {
            return self.unsaid;
        }
        batch.book().city().places.at(lon, lat, &mut self.found);
        if let Some(number) = self.sets.get(&self.found) {
            return *number;
        }
        let number = batch.place(&Whereabouts::Point(self.found.clone()));
        if self.sets.len() < SETS_MAX {
            self.sets.insert(self.found.clone(), number);
        }
        number
    }
}

/// Where a point is remembered.
fn slot(x: u64, y: u64) -> usize {
    // Multiplied by odd numbers without a pattern, near points differ in the high bits.
    let mixed = (x.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ y).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed >> (64 - POINTS.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passages::Dice;
    use decide::Book;
    use std::sync::Arc;

    #[test]
    fn a_point_has_the_number_of_its_places_however_often_it_is_seen() {
        let (city, _) = crate::builtin::load().expect("the demo city");
        let [west, south, east, north] = city.places.bounds().expect("a city with polygons");
        let notices = city.notices.clone();
        let book = Book::compile(Arc::new(city), notices);
        let action = crate::question::action(book.city(), "驶入").expect("a known action");
        let mut batch = Batch::new(&book, action, notice::Facts::default(), Vec::new());
        let (mut dice, mut numbers) = (Dice(7), Vec::new());
        let mut places = PlaceNumbers::new(&mut batch);
        // More points than are remembered, each of them seen again near and far.
        let (mut lons, mut lats) = (
            vec![f64::NAN, f64::INFINITY, west],
            vec![south, 0.0, f64::NAN],
        );
        for _ in 0..2 * POINTS {
            lons.push(dice.between(west, east));
            lats.push(dice.between(south, north));
        }
        let again = (lons.clone(), lats.clone());
        lons.extend(again.0);
        lats.extend(again.1);
        places.number(&lons, &lats, &mut batch, &mut numbers);
        let mut found = Vec::new();
        for ((lon, lat), number) in lons.iter().zip(&lats).zip(&numbers) {
            let expected = if lon.is_finite() && lat.is_finite() {
                book.city().places.at(*lon, *lat, &mut found);
                batch.place(&Whereabouts::Point(found.clone()))
            } else {
                batch.place(&Whereabouts::Unsaid)
            };
            assert_eq!(*number, expected, "{lon}, {lat}");
        }
        let different: std::collections::BTreeSet<u32> = numbers.into_iter().collect();
        assert!(different.len() > 2, "{different:?}");
    }
}
