//! How many people can be inside at once.

use city::slot::Slot;
use jiff::ToSpan;
use jiff::civil::DateTime;
use notice::offer::Ground;
use std::collections::BTreeMap;

/// The slot at the end of whose session the most people can be inside, and how many, if that is more than the offer's
/// ground holds. Somebody who comes in during a session is inside until so long after its end as the offer says people stay.
pub(super) fn overfull(ground: Ground, slots: &[Slot]) -> Option<(&Slot, u64)> {
    let stay = i64::from(ground.stay.0).minutes();
    let gone = |slot: &Slot| slot.session.to.checked_add(stay).unwrap_or(DateTime::MAX);
    // Who has gone at an instant makes room for those who come in then.
    let mut leaving: BTreeMap<DateTime, u64> = BTreeMap::new();
    let mut inside = 0_u64;
    let mut most: Option<(&Slot, u64)> = None;
    for slot in slots {
        let still = leaving.split_off(&slot.session.from);
        let now = still.get(&slot.session.from).copied().unwrap_or(0);
        inside -= leaving.values().sum::<u64>() + now;
        leaving = still;
        leaving.remove(&slot.session.from);
        inside += u64::from(slot.capacity);
        *leaving.entry(gone(slot)).or_default() += u64::from(slot.capacity);
        if most.is_none_or(|(_, before)| inside > before) {
            most = Some((slot, inside));
        }
    }
    most.filter(|(_, inside)| *inside > u64::from(ground.places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use city::slot::Session;
    use jiff::civil::date;
    use notice::offer::Minutes;
    use proptest::prelude::*;

    fn slot((from, length, capacity): (u32, u32, u32)) -> Slot {
        let midnight = date(2022, 1, 1).at(0, 0, 0, 0);
        let at = |minutes: u32| midnight.checked_add(i64::from(minutes).minutes()).unwrap();
        Slot {
            session: Session {
                from: at(from * 5),
                to: at((from + length) * 5),
            },
            project: None,
            place: None,
            room: None,
            capacity,
        }
    }

    proptest! {
        /// Minute by minute, counting everybody who has come in and not gone.
        #[test]
        fn the_most_inside_is_what_counting_every_minute_finds(
            mut drawn in prop::collection::vec((0_u32..60, 1_u32..12, 1_u32..9), 1..20),
            stay in 0_u32..40,
            places in 1_u32..60,
        ) {
            drawn.sort_unstable();
            let slots: Vec<Slot> = drawn.iter().copied().map(slot).collect();
            let stay = Minutes(stay * 5);
            let counted = (0..600_u32).map(|minute| {
                let at = date(2022, 1, 1).at(0, 0, 0, 0).checked_add(i64::from(minute).minutes()).unwrap();
                let inside = slots.iter().filter(|slot| {
                    slot.session.from <= at && at < slot.session.to + i64::from(stay.0).minutes()
                });
                inside.map(|slot| u64::from(slot.capacity)).sum::<u64>()
            });
            let most = counted.max().unwrap();
            let found = overfull(Ground { places, stay }, &slots).map(|(_, inside)| inside);
            prop_assert_eq!(found, (most > u64::from(places)).then_some(most));
        }
    }
}
