//! The most time that one person can collect in a set of sessions.

use city::slot::Session;

/// Steps that the exact count of a person's limit may take; beyond, only what is certain without it is claimed.
const STEPS_MAX: usize = 4_000_000;

/// Whether one person can collect `wanted` minutes in sessions that do not overlap, in at most `limit` of them.
/// What cannot be told in bounded time counts as reachable.
pub(super) fn reachable(mut sessions: Vec<Session>, limit: Option<u32>, wanted: u32) -> bool {
    sessions.sort_by_key(|session| (session.to, session.from));
    sessions.dedup();
    // For each session, how many end before it begins.
    let before: Vec<usize> = sessions
        .iter()
        .map(|session| sessions.partition_point(|other| other.to <= session.from))
        .collect();
    let wanted = u64::from(wanted);
    if best(&sessions, &before) < wanted {
        return false;
    }
    let limit = limit.map_or(sessions.len(), |limit| limit as usize);
    if limit >= sessions.len() {
        return true;
    }
    let mut longest: Vec<u64> = sessions.iter().map(|s| u64::from(s.minutes())).collect();
    longest.sort_unstable_by(|a, b| b.cmp(a));
    if longest.iter().take(limit).sum::<u64>() < wanted {
        return false;
    }
    if limit.saturating_mul(sessions.len()) > STEPS_MAX {
        return true;
    }
    // most[i]: the most among the first i sessions, with one session more each round.
    let mut most = vec![0; sessions.len() + 1];
    for _ in 0..limit {
        most = row(&sessions, &before, &most);
        if most.last().is_some_and(|reached| *reached >= wanted) {
            break;
        }
    }
    most.last().is_some_and(|reached| *reached >= wanted)
}

/// The most among the first i sessions, each added to the most of those before it by `fewer`.
fn row(sessions: &[Session], before: &[usize], fewer: &[u64]) -> Vec<u64> {
    let mut most = Vec::with_capacity(sessions.len() + 1);
    let mut last = 0;
    most.push(0);
    for (session, before) in sessions.iter().zip(before) {
        let with = fewer.get(*before).copied().unwrap_or(0) + u64::from(session.minutes());
        last = last.max(with);
        most.push(last);
    }
    most
}

/// The most of all without a limit.
fn best(sessions: &[Session], before: &[usize]) -> u64 {
    let mut most: Vec<u64> = Vec::with_capacity(sessions.len() + 1);
    most.push(0);
    for (session, before) in sessions.iter().zip(before) {
        let with = most.get(*before).copied().unwrap_or(0) + u64::from(session.minutes());
        let without = most.last().copied().unwrap_or(0);
        most.push(with.max(without));
    }
    most.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn session((from, length): (u32, u32)) -> Session {
        let midnight = date(2022, 1, 1).at(0, 0, 0, 0);
        let at = |hours: u32| midnight.checked_add(i64::from(hours).hours()).unwrap();
        Session {
            from: at(from),
            to: at(from + length),
        }
    }

    /// Every choice, one by one.
    fn most(sessions: &[Session], limit: u32) -> u32 {
        (0..1_u32 << sessions.len())
            .filter(|choice| choice.count_ones() <= limit)
            .filter_map(|choice| {
                let chosen: Vec<&Session> = sessions
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| choice & (1 << i) != 0)
                    .map(|(_, session)| session)
                    .collect();
                let free = chosen
                    .iter()
                    .enumerate()
                    .all(|(i, one)| chosen[i + 1..].iter().all(|other| !one.overlaps(other)));
                free.then(|| chosen.iter().map(|session| session.minutes()).sum())
            })
            .max()
            .unwrap_or(0)
    }

    proptest! {
        #[test]
        fn as_every_choice_tried(
            sessions in prop::collection::vec((0_u32..20, 1_u32..5), 0..9),
            limit in prop::option::of(0_u32..6),
        ) {
            let sessions: Vec<Session> = sessions.into_iter().map(session).collect();
            let most = most(&sessions, limit.unwrap_or(u32::MAX));
            prop_assert!(reachable(sessions.clone(), limit, most));
            prop_assert!(!reachable(sessions, limit, most + 1));
        }
    }
}
