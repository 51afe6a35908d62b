//! What makes a draw fair, stage by stage.

use forms::draw::{Draw, Entrant, Part, Secret, Terms, Wrong};
use ledger::name::Actor;

use crate::sample::{self, BOTH};

fn wrong(terms: Terms) -> Vec<Wrong> {
    terms.open().unwrap_err()
}

#[test]
fn terms_that_are_not_fair_do_not_open() {
    let fine = sample::terms(&BOTH, None);
    assert_eq!(
        wrong(Terms {
            places: 0,
            ..fine.clone()
        }),
        [Wrong::NoPlaces]
    );
    // One party alone would know the outcome before the list closes.
    assert_eq!(
        wrong(sample::terms(&BOTH[..1], None)),
        [Wrong::Parties {
            found: 1,
            needed: 2
        }]
    );
    assert_eq!(
        wrong(sample::terms(&[], Some(1000))),
        [Wrong::Parties {
            found: 0,
            needed: 1
        }]
    );
    let by = Actor::new("a").unwrap();
    assert_eq!(
        wrong(sample::terms(&["a", "a"], None)),
        [Wrong::SameParty { at: 1, by }]
    );
    // The round must be published after the close, not at it.
    assert!(sample::terms(&BOTH[..1], Some(1000)).open().is_ok());
    for round in [0, 1, 999, u64::MAX] {
        let expected = [Wrong::RoundTooEarly { round, first: 1000 }];
        assert_eq!(wrong(sample::terms(&BOTH[..1], Some(round))), expected);
    }
}

#[test]
fn the_order_of_entering_does_not_matter_and_nobody_enters_twice() {
    let mut entrants = sample::entrants(100);
    let closed = sample::opened(&BOTH, None).close(entrants.clone()).unwrap();
    entrants.reverse();
    assert_eq!(
        sample::opened(&BOTH, None).close(entrants.clone()),
        Ok(closed)
    );
    entrants.push(entrants[50].clone());
    assert!(matches!(
        sample::opened(&BOTH, None).close(entrants),
        Err(Wrong::Twice { .. })
    ));
    assert_eq!(
        sample::opened(&BOTH, None).close(Vec::new()),
        Err(Wrong::Empty)
    );
}

#[test]
fn only_the_secrets_that_were_promised_count() {
    let closed = || sample::closed(&BOTH, None, 10);
    let by = |name: &str| Actor::new(name).unwrap();
    let mut secrets = sample::secrets(&BOTH);
    secrets.swap(0, 1);
    let both = BOTH.map(by);
    let expected = [0, 1].map(|at| Wrong::Secret {
        at,
        by: both[at].clone(),
    });
    assert_eq!(closed().reveal(secrets, None).unwrap_err(), expected);
    let few = closed().reveal(vec![Secret([1; 32])], None).unwrap_err();
    assert_eq!(
        few,
        [Wrong::Secrets {
            found: 1,
            expected: 2
        }]
    );
    // Nobody can promise another's secret unseen, to cancel it out: the promise has the party's name in it.
    let draw = sample::terms(&BOTH, None).draw;
    assert_ne!(
        Secret([1; 32]).commit(&draw, &both[0]),
        Secret([1; 32]).commit(&draw, &both[1])
    );
    let wrong_round = sample::closed(&BOTH[..1], Some(1001), 10);
    let revealed = wrong_round.reveal(sample::secrets(&BOTH[..1]), Some(sample::signature()));
    assert_eq!(revealed.unwrap_err(), [Wrong::Signature(1001)]);
}

#[test]
fn a_file_is_read_back_at_every_stage_and_goes_on_from_the_one_before() {
    let drawn = sample::by_beacon(30);
    let stages = [
        Draw::Opened(drawn.closed().opened().clone()),
        Draw::Closed(drawn.closed().clone()),
        Draw::Drawn(drawn),
    ];
    for (at, stage) in stages.iter().enumerate() {
        assert_eq!(Draw::read(stage.to_json().as_bytes()).as_ref(), Ok(stage));
        for (before, earlier) in stages.iter().enumerate() {
            assert_eq!(
                stage.continues(earlier).is_ok(),
                before <= at,
                "{at} after {before}"
            );
        }
    }
    let other = |count| Draw::Drawn(sample::by_parties(count));
    assert_eq!(
        other(5).continues(&stages[0]),
        Err(Wrong::Published(Part::Terms))
    );
    let closed = Draw::Closed(sample::closed(&BOTH, None, 6));
    assert_eq!(
        other(5).continues(&closed),
        Err(Wrong::Published(Part::List))
    );
    assert_eq!(other(6).continues(&closed), Ok(()));
}

#[test]
fn places_go_by_rank_and_everybody_finds_their_own_line() {
    let drawn = sample::by_parties(700);
    let ranks: Vec<&Entrant> = drawn.ranks().collect();
    assert_eq!(ranks.len(), 700);
    for (rank, entrant) in (1..).zip(&ranks) {
        assert_eq!(drawn.rank(entrant), Some(rank));
    }
    for entrant in drawn.closed().entrants() {
        let line = drawn.closed().line(entrant).unwrap();
        assert_eq!(forms::draw::Line::read(line.to_json().as_bytes()), Ok(line));
    }
    let stranger = Entrant::new("stranger").unwrap();
    assert_eq!(
        (drawn.rank(&stranger), drawn.closed().line(&stranger)),
        (None, None)
    );
}
