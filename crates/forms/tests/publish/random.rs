//! Which text stands when, held against a plain list of what was decided.

use super::*;
use proptest::prelude::*;

/// What somebody does after some hours: publish the text with this number, at once or in so many hours; or withdraw.
#[derive(Clone, Debug)]
enum Step {
    Publish {
        notice: usize,
        text: u32,
        ahead: Option<i64>,
    },
    Withdraw {
        notice: usize,
    },
}

fn step() -> impl Strategy<Value = (i64, Step)> {
    let ahead = prop_oneof![Just(None), (1..60i64).prop_map(Some)];
    let publish = (0..2usize, 0..6u32, ahead).prop_map(|(notice, text, ahead)| Step::Publish {
        notice,
        text,
        ahead,
    });
    let withdraw = (0..2usize).prop_map(|notice| Step::Withdraw { notice });
    (0..20i64, prop_oneof![4 => publish, 1 => withdraw])
}

const SLUGS: [&str; 2] = ["one", "two"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_shelf_stands_as_a_plain_list_says(steps in prop::collection::vec(step(), 1..9)) {
        let mut world = World::new();
        let begun = world.now();
        // (notice, from, text) in the order decided.
        let mut list: Vec<(usize, Timestamp, Option<String>)> = Vec::new();
        for (hours, step) in steps {
            world.later(hours);
            match step {
                Step::Publish { notice, text: number, ahead } => {
                    let source = text(&format!("0{number}:00-12:00"));
                    let from = ahead.map(|hours| world.now() + SignedDuration::from_hours(hours));
                    world.whole(SLUGS[notice], &source, from).unwrap();
                    let second = Timestamp::from_second(world.now().as_second()).unwrap();
                    list.push((notice, from.unwrap_or(second), Some(source)));
                }
                Step::Withdraw { notice } => {
                    let stands = list.iter().rev().find(|(n, ..)| *n == notice);
                    let stands = stands.is_some_and(|(.., text)| text.is_some());
                    let done = if list.iter().any(|(n, ..)| *n == notice) {
                        world.withdraw("air-head", SLUGS[notice], "理由")
                    } else {
                        Err(Refusal::NothingStands)
                    };
                    prop_assert_eq!(done.is_ok(), stands);
                    if stands {
                        let second = Timestamp::from_second(world.now().as_second()).unwrap();
                        list.push((notice, second, None));
                    }
                }
            }
        }
        let shelf = world.shelf();
        for hour in -1..200 {
            for seconds in [-1, 0, 1] {
                let at = begun + SignedDuration::from_hours(hour) + SignedDuration::from_secs(seconds);
                for (n, slug) in SLUGS.iter().enumerate() {
                    let wanted = list.iter().rev().find(|(notice, from, _)| *notice == n && *from <= at);
                    let wanted = wanted.and_then(|(.., text)| text.clone());
                    let found = shelf.paper(slug).and_then(|p| p.text_at(at)).map(|n| n.source.to_string());
                    prop_assert_eq!(&found, &wanted, "{} at {}", slug, at);
                    // The same told by when editions begin and end.
                    let told = shelf.paper(slug).into_iter().flat_map(|paper| {
                        paper.editions.iter().filter(move |bound| {
                            bound.from.is_none_or(|from| from <= at) && paper.until(bound).is_none_or(|until| at < until)
                        })
                    });
                    let told: Vec<_> = told.collect();
                    prop_assert!(told.len() <= 1);
                    let told = told.first().and_then(|b| b.notice.as_ref()).map(|n| n.source.to_string());
                    prop_assert_eq!(&told, &wanted);
                }
            }
        }
        // Loaded again over what was read, it is the same.
        let again = Shelf::load(city(), &world.store, Some(&shelf)).unwrap();
        prop_assert_eq!(again.changes(), shelf.changes());
        prop_assert_eq!(again.seen, shelf.seen);
    }
}
