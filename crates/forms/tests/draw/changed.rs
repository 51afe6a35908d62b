//! One byte changed anywhere in a file is found, and what was changed is named.

use forms::draw::{Draw, Line, Wrong};
use proptest::prelude::*;

use crate::sample;

/// The part of the file that a byte stands in, by the layout that every file has.
fn part(file: &str, at: usize) -> &'static str {
    let begins = |key: &str| {
        file.find(&format!("\n  \"{key}\":"))
            .map_or(file.len(), |at| at + 1)
    };
    let (list, outcome) = (begins("list"), begins("outcome"));
    match at {
        _ if at >= outcome => "/outcome",
        _ if at >= list => "/list",
        _ if at >= begins("terms") => "/terms",
        _ => "/format",
    }
}

/// Holds what was found to the change: the part is named, or a place in the file that is not before the change's line.
fn named(file: &str, at: usize, wrong: &[Wrong]) -> Result<(), String> {
    assert!(!wrong.is_empty());
    let part = part(file, at);
    let line = 1 + file.as_bytes()[..at]
        .iter()
        .filter(|&&b| b == b'\n')
        .count();
    let of = |one: &Wrong| match (one.field(), one.position()) {
        (Some(field), _) => field.starts_with(part),
        // A file cut or run together is noticed where it stops making sense: there or later.
        (None, Some((found, _))) => found >= line,
        (None, None) => false,
    };
    if wrong.iter().any(of) {
        Ok(())
    } else {
        Err(format!("byte {at} in {part}, line {line}: {wrong:?}"))
    }
}

fn change(file: &str, at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = file.as_bytes().to_vec();
    bytes[at] = byte;
    bytes
}

#[test]
fn every_bit_of_every_byte_counts() {
    let file = Draw::Drawn(sample::by_parties(6)).to_json();
    assert!(Draw::read(file.as_bytes()).is_ok());
    for at in 0..file.len() {
        for bit in 0..8 {
            let changed = change(&file, at, file.as_bytes()[at] ^ 1 << bit);
            let Err(wrong) = Draw::read(&changed) else {
                panic!("byte {at}, bit {bit} can be changed");
            };
            named(&file, at, &wrong).unwrap();
        }
    }
}

#[test]
fn no_byte_can_be_left_out_or_put_in() {
    let file = Draw::Drawn(sample::by_parties(6)).to_json();
    for at in 0..=file.len() {
        let mut more = file.as_bytes().to_vec();
        more.insert(at, b' ');
        assert!(Draw::read(&more).is_err(), "a space before byte {at}");
        if at < file.len() {
            more.remove(at);
            more.remove(at);
            assert!(Draw::read(&more).is_err(), "without byte {at}");
        }
    }
}

#[test]
fn an_entrants_line_holds_to_the_last_bit() {
    let closed = sample::closed(&sample::BOTH, None, 9);
    let file = closed.line(&closed.entrants()[8]).unwrap().to_json();
    assert!(Line::read(file.as_bytes()).unwrap().is_of(&closed));
    for at in 0..file.len() {
        for bit in 0..8 {
            // Draw and digest are what the list is of; that is seen only beside the list.
            let changed = change(&file, at, file.as_bytes()[at] ^ 1 << bit);
            let whole = Line::read(&changed)
                .is_ok_and(|line| line.is_of(&closed) && line.draw == closed.opened().terms().draw);
            assert!(!whole, "byte {at}, bit {bit}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The same with public randomness, whose check takes its time.
    #[test]
    fn any_byte_of_any_draw_counts(count in 1_usize..40, at: prop::sample::Index, byte: u8) {
        let file = Draw::Drawn(sample::by_beacon(count)).to_json();
        let at = at.index(file.len());
        prop_assume!(file.as_bytes()[at] != byte);
        match Draw::read(&change(&file, at, byte)) {
            Ok(_) => prop_assert!(false, "byte {at} of {count} entrants can be {byte}"),
            Err(wrong) => prop_assert_eq!(named(&file, at, &wrong), Ok(())),
        }
    }
}

/// What the commonest changes are said to be.
#[test]
fn what_was_changed_is_said() {
    let drawn = sample::by_beacon(6);
    let file = Draw::Drawn(drawn.clone()).to_json();
    let ranks: Vec<_> = drawn.ranks().map(ToString::to_string).collect();
    let swapped = file
        .rsplit_once(&format!("\"{}\"", ranks[0]))
        .map(|(before, after)| {
            let after = after.replacen(
                &format!("\"{}\"", ranks[1]),
                &format!("\"{}\"", ranks[0]),
                1,
            );
            format!("{before}\"{}\"{after}", ranks[1])
        })
        .unwrap();
    for (changed, field) in [
        (file.replacen("draw/v1", "draw/v2", 1), Some("/format")),
        (
            file.replacen("\"places\": 3", "\"places\": 4", 1),
            Some("/terms_digest"),
        ),
        (
            file.replacen("\"round\": 1000", "\"round\": 999", 1),
            Some("/terms/beacon/round"),
        ),
        (
            file.replacen("\"07919\"", "\"07920\"", 1),
            Some("/list/entrants/0"),
        ),
        (
            file.replacen("\"07919\"", "\"99999\"", 1),
            Some("/list/entrants/1"),
        ),
        (
            file.replacen("\"01010101", "\"01010102", 1),
            Some("/outcome/secrets/0"),
        ),
        (
            file.replacen("\"b44679b9", "\"b44679ba", 1),
            Some("/outcome/signature"),
        ),
        (swapped, Some("/outcome/ranks/0")),
        (file.replacen("\n", "\r\n", 1), None),
        (file.replacen('{', "[", 1), None),
    ] {
        let wrong = Draw::read(changed.as_bytes()).unwrap_err();
        let fields: Vec<_> = wrong.iter().map(Wrong::field).collect();
        assert!(
            fields.contains(&field.map(str::to_owned)),
            "{field:?}: {wrong:?}"
        );
        for one in wrong {
            assert!(one.to_string().len() > 20, "{one:?}");
        }
    }
}
