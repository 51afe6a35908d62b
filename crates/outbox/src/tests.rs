//! The queue against a plain model: whatever fails, and whenever the process is killed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use ledger::name::Person;
use notice::Lang;
use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_641_427_200 + seconds).unwrap()
}

fn draft(lane: Lane, recipient: &str, entry: u64) -> Draft {
    Draft {
        lane,
        recipient: recipient.to_owned(),
        entry,
        what: format!("booked/{entry:012}"),
    }
}

/// What happens to an outbox.
#[derive(Clone, Debug)]
enum Event {
    /// So many more entries are followed, each with a message to one of three people.
    Follow(u8, u8),
    /// The same entries once more, as after a power cut.
    FollowAgain,
    /// A try, and what comes of it: 0 sent, 1 later, 2 never, 3 a panic, 4 sent but killed before it is noted.
    Try(u8),
    /// So many seconds pass.
    Wait(u16),
    /// The process is killed and started again.
    Kill,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (1..4_u8, any::<u8>()).prop_map(|(n, to)| Event::Follow(n, to)),
        1 => Just(Event::FollowAgain),
        8 => (0..5_u8).prop_map(Event::Try),
        4 => (0..4_000_u16).prop_map(Event::Wait),
        1 => Just(Event::Kill),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn everything_is_delivered_at_least_once_in_order_or_given_up(events in prop::collection::vec(event(), 1..120)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        let mut queue = Queue::open(&path).unwrap();
        let (mut now, mut all) = (at(0), Vec::<Draft>::new());
        // The model: what has left, to whom, in order; and what was refused for good.
        let mut left: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut ended: BTreeSet<u64> = BTreeSet::new();
        let mut made: BTreeMap<u64, Timestamp> = BTreeMap::new();
        for event in events {
            match event {
                Event::Follow(count, to) => {
                    let first = all.len() as u64;
                    let new: Vec<Draft> = (first..first + u64::from(count)).map(|entry| {
                        draft(Lane::Mail, &format!("p{}", (u64::from(to) + entry) % 3), entry)
                    }).collect();
                    made.extend(new.iter().map(|d| (d.entry, now)));
                    all.extend(new.clone());
                    queue.follow(all.len() as u64, &new, now).unwrap();
                }
                Event::FollowAgain => queue.follow(all.len() as u64, &all, now).unwrap(),
                Event::Wait(seconds) => now += SignedDuration::from_secs(i64::from(seconds)),
                Event::Kill => {
                    drop(queue);
                    queue = Queue::open(&path).unwrap();
                    prop_assert_eq!(queue.followed().unwrap().unwrap_or(0), all.len() as u64);
                }
                Event::Try(come) => {
                    let Some(message) = queue.next(&Lane::Mail, now).unwrap() else { continue };
                    let Draft { recipient, entry, .. } = message.draft.clone();
                    // In order: nothing earlier of the same recipient is still to come.
                    let earlier = all.iter().filter(|d| d.recipient == recipient && d.entry < entry);
                    prop_assert!(earlier.clone().all(|d| ended.contains(&d.entry)));
                    let old = now.duration_since(made[&entry]) >= give_up_after(&Lane::Mail);
                    let mut called = false;
                    let outcome = attempt(&message, now, |_| {
                        called = true;
                        match come {
                            0 | 4 => Outcome::Sent,
                            1 => Outcome::Later(Why::Status(451)),
                            2 => Outcome::Never(Why::Status(550)),
                            _ => panic!("a fault of this message"),
                        }
                    });
                    prop_assert_eq!(called, !old);
                    if called && matches!(come, 0 | 4) {
                        left.entry(recipient).or_default().push(entry);
                    }
                    if called && come == 4 {
                        continue; // killed: it will leave once more
                    }
                    note(&mut queue, &message, now, outcome).unwrap();
                    if matches!(outcome, Outcome::Sent | Outcome::Never(_)) {
                        ended.insert(entry);
                    }
                }
            }
        }
        // Once the server is well, all that is left is delivered.
        for _ in 0..100 * all.len() {
            let Some(message) = queue.next(&Lane::Mail, now).unwrap() else {
                now += SignedDuration::from_mins(10);
                continue;
            };
            let Draft { recipient, entry, .. } = message.draft.clone();
            if now.duration_since(made[&entry]) < give_up_after(&Lane::Mail) {
                left.entry(recipient).or_default().push(entry);
            }
            step(&mut queue, &Lane::Mail, now, |_| Outcome::Sent).unwrap();
            ended.insert(entry);
            if ended.len() == all.len() {
                break;
            }
        }
        prop_assert_eq!(ended.len(), all.len());
        let counts = queue.counts().unwrap();
        prop_assert_eq!((counts.waiting, counts.sent + counts.given_up), (0, all.len() as u64));
        for entries in left.values() {
            prop_assert!(entries.is_sorted(), "{entries:?}");
        }
    }
}

#[test]
fn a_recipient_who_cannot_be_reached_holds_up_nobody_else_and_no_code() {
    let mut queue = Queue::in_memory().unwrap();
    let drafts = [
        draft(Lane::Mail, "p1", 1),
        draft(Lane::Mail, "p1", 2),
        draft(Lane::Mail, "p2", 3),
        draft(Lane::Code, "p1", 4),
    ];
    queue.follow(5, &drafts, at(0)).unwrap();
    let down = |_: &Message| Outcome::Later(Why::NoConnection);
    step(&mut queue, &Lane::Mail, at(0), down).unwrap();
    let next = |queue: &Queue, lane| queue.next(&lane, at(1)).unwrap().map(|m| m.draft.entry);
    assert_eq!(next(&queue, Lane::Mail), Some(3));
    assert_eq!(next(&queue, Lane::Code), Some(4));
    assert_eq!(queue.lanes().unwrap(), [Lane::Code, Lane::Mail]);
    // After its pause the first one comes before the second.
    let due = queue.next(&Lane::Mail, at(10)).unwrap().unwrap();
    assert_eq!((due.draft.entry, due.tries, due.why), (3, 0, None));
    queue.sent(due.id, at(10)).unwrap();
    let due = queue.next(&Lane::Mail, at(10)).unwrap().unwrap();
    assert_eq!(
        (due.draft.entry, due.tries, due.why),
        (1, 1, Some(Why::NoConnection))
    );
}

#[test]
fn what_is_given_up_is_seen_and_can_be_tried_again() {
    let mut queue = Queue::in_memory().unwrap();
    let drafts = [draft(Lane::Mail, "p1", 1), draft(Lane::Mail, "p2", 2)];
    queue.follow(3, &drafts, at(0)).unwrap();
    step(&mut queue, &Lane::Mail, at(0), |_| {
        Outcome::Never(Why::Status(550))
    })
    .unwrap();
    step(&mut queue, &Lane::Mail, at(0), |_| {
        Outcome::Never(Why::TooLate)
    })
    .unwrap();
    let troubles = queue.troubles(10).unwrap();
    let whys: Vec<_> = troubles.iter().map(|m| m.why).collect();
    assert_eq!(whys, [Some(Why::TooLate), Some(Why::Status(550))]);
    // What is over is not tried again.
    assert_eq!(queue.again(at(9)).unwrap(), 1);
    let counts = queue.counts().unwrap();
    assert_eq!((counts.waiting, counts.failing, counts.given_up), (1, 0, 1));
    assert!(queue.next(&Lane::Mail, at(9)).unwrap().is_some());
    // What has ended goes after a month.
    assert_eq!(queue.sweep(at(30 * 86_400)).unwrap(), 0);
    assert_eq!(queue.sweep(at(31 * 86_400)).unwrap(), 1);
}

#[test]
fn nothing_is_kept_of_somebody_who_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox.db");
    let mut queue = Queue::open(&path).unwrap();
    let person = Person::new("p-forgotten-one").unwrap();
    queue.reads(&person, Lang::En).unwrap();
    assert_eq!(queue.language(&person).unwrap(), Some(Lang::En));
    queue
        .follow(2, &[draft(Lane::Mail, person.as_str(), 1)], at(0))
        .unwrap();
    step(&mut queue, &Lane::Mail, at(0), |_| Outcome::Forgotten).unwrap();
    assert_eq!(queue.counts().unwrap(), Counts::default());
    assert_eq!(queue.language(&person).unwrap(), None);
    drop(queue);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = bytes
            .windows(person.as_str().len())
            .any(|w| w == person.as_str().as_bytes());
        assert!(!found, "the pseudonym is still in a file");
    }
}

#[test]
fn reasons_and_lanes_are_read_as_they_are_written() {
    let all = [
        Why::NoConnection,
        Why::Timeout,
        Why::Unsafe,
        Why::Credentials,
        Why::Status(550),
        Why::Garbled,
        Why::TooLate,
        Why::NoAddress,
        Why::Fault,
    ];
    for why in all {
        assert_eq!(Why::of(&why.word()), why);
        assert!(!why.label().zh.is_empty() && !why.label().en.is_empty());
    }
    for lane in [Lane::Code, Lane::Mail, Lane::Hook("open-data".to_owned())] {
        assert_eq!(Lane::of(&lane.name()), Some(lane));
    }
    assert_eq!(Lane::of("pigeon"), None);
}
