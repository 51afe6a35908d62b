//! When a message that was not delivered is tried again, and when it is given up.

use jiff::SignedDuration;

use crate::message::Lane;

/// How long what has ended is kept, so that staff can see it.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long after it was made a message is tried. What it tells may be over earlier.
#[must_use]
pub const fn give_up_after(lane: &Lane) -> SignedDuration {
    match lane {
        Lane::Code => SignedDuration::from_mins(10),
        Lane::Mail | Lane::Push => SignedDuration::from_hours(48),
        Lane::Hook(_) => SignedDuration::from_hours(72),
    }
}

/// How long to wait after so many tries: 10 s, then four times as long each time, at most two hours. A code's ten minutes are
/// short, so it waits 5 s and twice as long each time.
#[must_use]
pub fn pause(lane: &Lane, tries: u32) -> SignedDuration {
    let (first, factor, longest) = match lane {
        Lane::Code => (5, 2_i64, 120),
        _ => (10, 4_i64, 7_200),
    };
    let factor = factor.checked_pow(tries.saturating_sub(1).min(30));
    let pause = factor
        .and_then(|factor| factor.checked_mul(first))
        .unwrap_or(longest);
    SignedDuration::from_secs(pause.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let seconds =
            |lane: &Lane| [1, 2, 3, 4, 5, 6, 7, u32::MAX].map(|tries| pause(lane, tries).as_secs());
        assert_eq!(
            seconds(&Lane::Mail),
            [10, 40, 160, 640, 2_560, 7_200, 7_200, 7_200]
        );
        assert_eq!(seconds(&Lane::Code), [5, 10, 20, 40, 80, 120, 120, 120]);
    }
}
