//! Whether the deadlines of the stages keep what is promised, on every day and at every minute a matter can come in.

use city::calendar::Calendar;
use jiff::ToSpan;
use jiff::civil::{DateTime, Time};
use notice::Period;
use notice::offer::Minutes;
use notice::steps::{Deadline, Promise, StageIndex, Steps, Way};

/// Days of the calendar that one promise may take to be proved.
const STEPS_MAX: u64 = 1 << 24;
/// Days of an open term that are looked at.
const DAYS_MAX: usize = 366;
const DAY: usize = 24 * 60;

/// A matter that may take longer than promised though every stage keeps its time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Its sort.
    pub(super) sort: usize,
    /// When it comes in.
    pub(super) from: DateTime,
    /// Until when what is promised may last.
    pub(super) done: DateTime,
    /// Until when it was promised.
    pub(super) promised: DateTime,
}

/// What was found of a promise.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is kept.
    Yes,
    /// It is not.
    No(Broken),
    /// It takes too long to tell.
    Unknown,
}

/// Whether a promise is kept by every matter that comes in during `term` and never goes back. The stages' `next` has no circles.
///
/// Between two minutes at which some deadline begins to cross midnight, the time that a matter takes and the time it was
/// promised each stand still or go on with the clock, so only the first and the last minute of each stretch need be tried.
pub(super) fn kept(calendar: &Calendar, steps: &Steps, promise: &Promise, term: Period) -> Kept {
    let mut budget = STEPS_MAX;
    let each = cost(steps, promise) + 1;
    let order = steps.in_order();
    for (sort, first) in steps.sorts.iter().map(|sort| sort.first).enumerate() {
        for from in instants(term, moments(steps, &order, first)) {
            let Some(left) = budget.checked_sub(each) else {
                return Kept::Unknown;
            };
            budget = left;
            let promised = calendar.due(from, promise.within);
            match latest(calendar, steps, &order, first, from, promise.done) {
                Some(done) if done > promised => {
                    return Kept::No(Broken {
                        sort,
                        from,
                        done,
                        promised,
                    });
                }
                _ => {}
            }
        }
    }
    Kept::Yes
}

/// These minutes of every day of a term, and its own first and last minute, which may cut a stretch short.
fn instants(term: Period, moments: Vec<usize>) -> impl Iterator<Item = DateTime> {
    let last = term
        .until
        .and_then(|until| until.checked_sub(1.minute()).ok());
    let inside =
        move |at: &DateTime| *at >= term.from && term.until.is_none_or(|until| *at < until);
    let days = std::iter::successors(Some(term.from.date()), |day| day.tomorrow().ok());
    let days = days
        .map(|day| day.to_datetime(Time::midnight()))
        .enumerate()
        .take_while(move |(count, midnight)| {
            term.until
                .map_or(*count < DAYS_MAX, |until| *midnight < until)
        });
    let of_days = days.flat_map(move |(_, midnight)| {
        let moments = moments.clone();
        moments
            .into_iter()
            .filter_map(move |minute| midnight.checked_add((minute as i64).minutes()).ok())
    });
    let edges = [Some(term.from), last].into_iter().flatten();
    of_days.chain(edges).filter(inside)
}

/// Days of the calendar that one moment takes, at most.
fn cost(steps: &Steps, promise: &Promise) -> u64 {
    let days = |deadline: Deadline| match deadline {
        Deadline::Minutes(_) => 1,
        Deadline::Workdays(count) => 2 * u64::from(count) + 8,
    };
    let stages = steps.stages.iter().map(|stage| days(stage.within));
    stages.sum::<u64>() + days(promise.within)
}

/// The latest instant at which a matter that comes in `from` and begins at `first` is done with `what`; `None` if it never is.
fn latest(
    calendar: &Calendar,
    steps: &Steps,
    order: &[StageIndex],
    first: StageIndex,
    from: DateTime,
    what: Way,
) -> Option<DateTime> {
    let mut reached: Vec<Option<DateTime>> = vec![None; steps.stages.len()];
    if let Some(at) = reached.get_mut(usize::from(first.0)) {
        *at = Some(from);
    }
    let mut last: Option<DateTime> = None;
    for at in order {
        let Some((stage, from)) = steps
            .stage(*at)
            .zip(reached.get(usize::from(at.0)).copied().flatten())
        else {
            continue;
        };
        let left = calendar.due(from, stage.within);
        if what == Way::Stage(*at) {
            return Some(left);
        }
        for way in &stage.next {
            match way {
                Way::End if what == Way::End => last = last.max(Some(left)),
                Way::End => {}
                Way::Stage(to) => {
                    if let Some(to) = reached.get_mut(usize::from(to.0)) {
                        *to = (*to).max(Some(left));
                    }
                }
            }
        }
    }
    last
}

/// Minutes of the day at which a stretch begins or ends.
fn moments(steps: &Steps, order: &[StageIndex], first: StageIndex) -> Vec<usize> {
    // For each stage, by how many minutes of the day it may be reached after the matter came in, as long as no workday was counted.
    let mut after = vec![vec![false; DAY]; steps.stages.len()];
    if let Some(first) = after.get_mut(usize::from(first.0)) {
        first[0] = true;
    }
    let mut begins = vec![false; DAY];
    begins[0] = true;
    for at in order {
        let Some(stage) = steps.stage(*at) else {
            continue;
        };
        let here = std::mem::take(&mut after[usize::from(at.0)]);
        for (minutes, _) in here.iter().enumerate().filter(|(_, there)| **there) {
            begins[(DAY - minutes) % DAY] = true;
        }
        let Deadline::Minutes(Minutes(within)) = stage.within else {
            continue;
        };
        for way in &stage.next {
            let Way::Stage(to) = way else { continue };
            let Some(there) = after.get_mut(usize::from(to.0)) else {
                continue;
            };
            for (minutes, _) in here.iter().enumerate().filter(|(_, there)| **there) {
                there[(minutes + within as usize) % DAY] = true;
            }
        }
    }
    (0..DAY)
        .filter(|minute| begins[*minute] || begins[(minute + 1) % DAY])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;
    use notice::Condition;
    use notice::label::Label;
    use notice::steps::{Doer, Sort, Stage, StageSpans, StepsSpans};
    use notice::text::ClauseIndex;
    use proptest::prelude::*;

    fn stage(within: Deadline, next: Vec<Way>) -> Stage {
        Stage {
            name: String::new(),
            label: Label::default(),
            by: Doer::One("somebody".to_owned()),
            within,
            needs: Vec::new(),
            next,
            back: Vec::new(),
            late: None,
            guide: None,
            span: 0..0,
            spans: StageSpans::default(),
        }
    }

    fn steps(stages: Vec<Stage>) -> Steps {
        Steps {
            name: String::new(),
            label: Label::default(),
            who: Condition::Always,
            place: None,
            sorts: vec![Sort {
                name: String::new(),
                label: Label::default(),
                when: Condition::Always,
                first: StageIndex(0),
                span: 0..0,
            }],
            stages,
            promises: Vec::new(),
            pauses: Vec::new(),
            reopen: None,
            callback: 0,
            demo: false,
            clause: ClauseIndex(0),
            spans: StepsSpans::default(),
        }
    }

    fn promise(done: Way, within: Deadline) -> Promise {
        Promise {
            done,
            within,
            span: 0..0,
        }
    }

    /// Every way and every minute, one by one.
    fn slow(calendar: &Calendar, steps: &Steps, promise: &Promise, term: Period) -> bool {
        fn ways(
            calendar: &Calendar,
            steps: &Steps,
            at: StageIndex,
            from: DateTime,
            what: Way,
            out: &mut Vec<DateTime>,
        ) {
            let stage = steps.stage(at).unwrap();
            let left = calendar.due(from, stage.within);
            if what == Way::Stage(at) {
                out.push(left);
                return;
            }
            for way in &stage.next {
                match way {
                    Way::End if what == Way::End => out.push(left),
                    Way::End => {}
                    Way::Stage(to) => ways(calendar, steps, *to, left, what, out),
                }
            }
        }
        let mut from = term.from;
        while from < term.until.unwrap() {
            let mut done = Vec::new();
            ways(
                calendar,
                steps,
                StageIndex(0),
                from,
                promise.done,
                &mut done,
            );
            let promised = calendar.due(from, promise.within);
            if done.iter().any(|done| *done > promised) {
                return false;
            }
            from = from.checked_add(1.minute()).unwrap();
        }
        true
    }

    fn deadline() -> impl Strategy<Value = Deadline> {
        prop_oneof![
            (1_u32..3_000).prop_map(|minutes| Deadline::Minutes(Minutes(minutes))),
            (1_u16..4).prop_map(Deadline::Workdays),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn as_every_minute_and_way_tried(
            within in prop::collection::vec((deadline(), prop::collection::vec(1_u8..4, 1..3)), 1..5),
            promised in deadline(),
            slack in 0_u16..10,
            of in 0_u8..6,
        ) {
            let count = u8::try_from(within.len()).unwrap();
            let stages = within
                .into_iter()
                .enumerate()
                .map(|(at, (within, ahead))| {
                    let mut next: Vec<Way> = ahead
                        .into_iter()
                        .map(|ahead| u8::try_from(at).unwrap() + ahead)
                        .map(|to| if to < count { Way::Stage(StageIndex(to)) } else { Way::End })
                        .collect();
                    next.dedup();
                    stage(within, next)
                })
                .collect();
            let steps = steps(stages);
            let done = if of < count { Way::Stage(StageIndex(of)) } else { Way::End };
            let within = match promised {
                Deadline::Workdays(count) => Deadline::Workdays(count + slack),
                Deadline::Minutes(Minutes(minutes)) => Deadline::Minutes(Minutes(minutes + 1_000 * u32::from(slack))),
            };
            let promise = promise(done, within);
            let term = Period { from: "2022-01-06T08:00".parse().unwrap(), until: Some("2022-01-11T12:30".parse().unwrap()) };
            let calendar = Calendar::default();
            let found = kept(&calendar, &steps, &promise, term);
            prop_assert_eq!(matches!(found, Kept::Yes), slow(&calendar, &steps, &promise, term), "{:?}", found);
        }
    }

    #[test]
    fn a_promise_that_breaks_over_a_weekend_only() {
        let one = steps(vec![stage(Deadline::Workdays(1), vec![Way::End])]);
        let term = Period {
            from: "2022-01-03T00:00".parse().unwrap(),
            until: Some("2022-01-10T00:00".parse().unwrap()),
        };
        let promise = promise(Way::End, Deadline::Minutes(Minutes(48 * 60)));
        let found = kept(&Calendar::default(), &one, &promise, term);
        let Kept::No(broken) = found else {
            panic!("{found:?}");
        };
        assert_eq!(broken.from.to_string(), "2022-01-07T00:00:00");
        assert_eq!(broken.done.to_string(), "2022-01-11T00:00:00");
        assert_eq!(broken.promised.to_string(), "2022-01-09T00:00:00");
    }

    /// As many ways as a text can have: they are not gone one by one.
    #[test]
    fn the_widest_steps_are_proved_in_bounded_work() {
        let stages = (0..64_u8)
            .map(|at| {
                let mut next: Vec<Way> =
                    (at + 1..64).map(|to| Way::Stage(StageIndex(to))).collect();
                next.push(Way::End);
                stage(Deadline::Minutes(Minutes(u32::from(at) * 7 + 1)), next)
            })
            .collect();
        let term = Period {
            from: "2022-01-03T00:00".parse().unwrap(),
            until: None,
        };
        let promise = promise(Way::End, Deadline::Workdays(40));
        let found = kept(&Calendar::default(), &steps(stages), &promise, term);
        assert!(matches!(found, Kept::Yes | Kept::Unknown), "{found:?}");
    }

    #[test]
    fn dates_end() {
        let one = steps(vec![stage(Deadline::Workdays(3), vec![Way::End])]);
        let term = Period {
            from: Date::MAX.to_datetime(Time::midnight()),
            until: None,
        };
        let promise = promise(Way::End, Deadline::Workdays(3));
        assert_eq!(kept(&Calendar::default(), &one, &promise, term), Kept::Yes);
    }
}
