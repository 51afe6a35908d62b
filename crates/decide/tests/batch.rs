//! A batch answers every row as the book does: random rows of the demo city's order, known, unknown and out of range.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use city::City;
use decide::batch::{Batch, Column, NO_OUTCOME, NO_TIME, Places, Rows, Times, Values};
use decide::{Book, Question, Whereabouts};
use jiff::Timestamp;
use notice::vocabulary::Domain;
use notice::{ActionId, AttributeId, Facts, KindId, PlaceId, ValueSet};
use std::path::Path;
use std::sync::Arc;

/// The demo city with the small notices of the corpus in force beside its own.
fn book() -> Book {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (city, _) = City::load(&root.join("cities/taiyuan-2022")).expect("the demo city loads");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root.join("docs/notices")).expect("small notices") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|end| end == "md") {
            let bytes = std::fs::read(&path).expect("a notice");
            files.push((path.display().to_string(), bytes));
        }
    }
    let mut notices = city.notices.clone();
    for reading in city.read_notices(&files) {
        notices.extend(reading.notice.map(Arc::new));
    }
    assert!(
        notices.len() > city.notices.len(),
        "no small notice was read"
    );
    Book::compile(Arc::new(city), notices)
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

fn action(book: &Book, word: &str) -> ActionId {
    let actions = &book.city().vocabulary.actions;
    ActionId(
        actions
            .iter()
            .position(|one| one.label.zh == word)
            .expect(word) as u16,
    )
}

/// The codes of one row and the question they stand for.
struct Case {
    codes: Vec<u16>,
    mass: f64,
    place: usize,
    time: i64,
}

/// Runs `count` random rows and asks the book about each; with a kind, all are of it, else it is a column.
fn hold(action_word: &str, all_are: Option<&str>, seed: u64, count: usize) {
    let book = book();
    let city = book.city().clone();
    let action = action(&book, action_word);
    let mut dice = Dice(seed);
    let choices: Vec<(AttributeId, u32)> = city
        .vocabulary
        .attributes
        .iter()
        .enumerate()
        .filter_map(|(id, one)| {
            let size = match &one.domain {
                Domain::Choice { values, .. } => values.len(),
                Domain::Boolean { .. } => 2,
                _ => return None,
            };
            Some((AttributeId(id as u16), size as u32))
        })
        .collect();
    let (mass, grid) = city
        .vocabulary
        .attributes
        .iter()
        .enumerate()
        .find_map(|(id, one)| match &one.domain {
            Domain::Number(grid) if one.label.zh == "总质量" => {
                Some((AttributeId(id as u16), grid.clone()))
            }
            _ => None,
        })
        .expect("总质量");
    let kinds = city.vocabulary.kinds.len();
    let known = all_are.map(|word| {
        let mut all = city.vocabulary.kinds.iter();
        KindId(all.position(|one| one.label.zh == word).expect(word) as u16)
    });
    let common = Facts {
        kind: known,
        ..Facts::default()
    };
    let mut columns = Vec::new();
    if known.is_none() {
        columns.push(Column::kinds(
            (0..kinds).map(|kind| Some(KindId(kind as u16))),
        ));
    }
    columns.extend(
        choices
            .iter()
            .map(|(id, size)| Column::values(*id, (0..*size).map(Some))),
    );
    columns.push(Column::number(mass, &grid));
    let mut batch = Batch::new(&book, action, common.clone(), columns);

    // Points of the city, whole places, and nothing said.
    let [west, south, east, north] = city.places.bounds().expect("shapes");
    let mut places = vec![Whereabouts::Unsaid, Whereabouts::Point(Vec::new())];
    for _ in 0..40 {
        let mut found = Vec::new();
        let part = |dice: &mut Dice| dice.below(10_000) as f64 / 10_000.0;
        let (x, y) = (part(&mut dice), part(&mut dice));
        city.places.at(
            west + (east - west) * x,
            south + (north - south) * y,
            &mut found,
        );
        places.push(Whereabouts::Point(found));
    }
    for _ in 0..10 {
        places.push(Whereabouts::Within(PlaceId(
            dice.below(city.places.all().len()) as u32,
        )));
    }
    let numbers: Vec<u32> = places.iter().map(|place| batch.place(place)).collect();

    let from: Timestamp = "2021-12-30T00:00:00+08:00".parse().expect("an instant");
    let cases: Vec<Case> = (0..count)
        .map(|_| Case {
            codes: std::iter::once(kinds as u32)
                .chain(choices.iter().map(|(_, size)| *size))
                // One more than there are codes: unknown.
                .map(|size| dice.below(size as usize + 1) as u16)
                .collect(),
            mass: match dice.below(4) {
                0 => f64::NAN,
                _ => dice.below(600) as f64 / 10.0,
            },
            place: dice.below(places.len()),
            time: match dice.below(50) {
                0 => NO_TIME,
                _ => from.as_second() + (dice.below(40 * 1440) * 60) as i64,
            },
        })
        .collect();

    let codes: Vec<Vec<u16>> = (0..=choices.len())
        .map(|column| cases.iter().map(|case| case.codes[column]).collect())
        .collect();
    let masses: Vec<f64> = cases.iter().map(|case| case.mass).collect();
    let mut values: Vec<Values<'_>> = codes
        .iter()
        .skip(usize::from(known.is_some()))
        .map(|codes| Values::Shorts(codes))
        .collect();
    values.push(Values::Numbers(&masses));
    let at: Vec<u32> = cases.iter().map(|case| numbers[case.place]).collect();
    let times: Vec<i64> = cases.iter().map(|case| case.time).collect();
    let rows = Rows {
        columns: &values,
        places: Places::Each(&at),
        times: Times::Each(&times),
    };
    let mut outcomes = vec![0; count];
    batch.run(&rows, &mut outcomes).expect("columns fit");
    let first = outcomes.clone();
    batch.run(&rows, &mut outcomes).expect("columns fit");
    assert_eq!(first, outcomes, "a second run comes from the tables alone");

    let mut seen = std::collections::BTreeSet::new();
    for (case, outcome) in cases.iter().zip(&outcomes) {
        if case.time == NO_TIME {
            assert_eq!(*outcome, NO_OUTCOME);
            continue;
        }
        let mut facts = common.clone();
        if known.is_none() && usize::from(case.codes[0]) < kinds {
            facts.kind = Some(KindId(case.codes[0]));
        }
        for ((id, size), code) in choices.iter().zip(&case.codes[1..]) {
            if u32::from(*code) < *size {
                facts
                    .attributes
                    .insert(*id, ValueSet::one(u32::from(*code)));
            }
        }
        if !case.mass.is_nan() {
            let scale = 10_f64.powi(i32::from(grid.decimals));
            let position = ((case.mass * scale).round() as i64 - grid.min) / grid.step;
            facts
                .attributes
                .insert(mass, ValueSet::one(position as u32));
        }
        let at = city
            .zone
            .to_datetime(Timestamp::from_second(case.time).expect("in range"));
        let question = Question {
            action: Some(action),
            facts,
            place: places[case.place].clone(),
            at,
        };
        let answer = book.answer(&question);
        let got = &batch.outcomes()[*outcome as usize - 1];
        let cited: Vec<String> = got.clauses.iter().map(ToString::to_string).collect();
        let expected: Vec<String> = answer
            .because
            .iter()
            .map(|one| match &one.exception {
                Some(exception) => format!("{}#{}/{exception}", one.notice, one.rule),
                None => format!("{}#{}", one.notice, one.rule),
            })
            .collect();
        assert_eq!(
            (got.verdict, cited),
            (answer.verdict, expected),
            "seed {seed}: {question:?}"
        );
        seen.insert(got.verdict);
    }
    assert!(
        seen.len() > 1,
        "only {seen:?} was met: the rows test nothing"
    );
}

#[test]
fn entering_is_decided_row_by_row_as_the_book_does() {
    hold("驶入", None, 20_220_106, 6_000);
}

#[test]
fn working_is_decided_row_by_row_as_the_book_does() {
    hold("作业", None, 7, 2_000);
}

#[test]
fn rows_of_one_kind_are_decided_as_the_book_does() {
    hold("驶入", Some("货车"), 11, 3_000);
    hold("驶入", Some("机动车"), 12, 3_000);
}

#[test]
fn columns_that_do_not_fit_are_refused() {
    let book = book();
    let mut batch = Batch::new(
        &book,
        action(&book, "驶入"),
        Facts::default(),
        vec![Column::kinds([None])],
    );
    let place = batch.place(&Whereabouts::Unsaid);
    let mut outcomes = vec![0; 2];
    let mut run = |columns: &[Values<'_>], places, times| {
        let rows = Rows {
            columns,
            places,
            times,
        };
        batch
            .run(&rows, &mut outcomes)
            .map_err(|error| error.to_string())
    };
    let all = Times::All(0);
    assert!(run(&[Values::Bytes(&[0, 9])], Places::All(place), all).is_ok());
    for wrong in [
        run(&[], Places::All(place), all),
        run(&[Values::Bytes(&[0])], Places::All(place), all),
        run(&[Values::Numbers(&[0.0, 1.0])], Places::All(place), all),
        run(&[Values::Bytes(&[0, 0])], Places::All(place + 1), all),
        run(&[Values::Bytes(&[0, 0])], Places::Each(&[place]), all),
        run(
            &[Values::Bytes(&[0, 0])],
            Places::All(place),
            Times::Each(&[0]),
        ),
    ] {
        assert!(wrong.is_err());
    }
}
