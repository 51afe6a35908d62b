//! Files made to hurt are refused in bounded time and space.

use std::time::{Duration, Instant};

use forms::draw::{Draw, ENTRANTS_MAX, FILE_BYTES_MAX, Line, Wrong};
use proptest::prelude::*;

use crate::sample;

#[test]
fn hostile_files_are_refused() {
    let file = Draw::Drawn(sample::by_parties(3)).to_json();
    let list = |count: usize| {
        let many = "\"1\",".repeat(count) + "\"1\"";
        file.replacen("\"07919\"", &many, 1).into_bytes()
    };
    let deep = |open: &str| open.repeat(1_000_000).into_bytes();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("null", b"null".to_vec()),
        ("deep arrays", deep("[")),
        ("deep objects", deep("{\"terms\":")),
        ("deep inside", file.replacen("\"terms\": {", &("\"terms\": ".to_owned() + &"[".repeat(500_000)), 1).into_bytes()),
        ("unknown field", file.replacen("\"format\"", "\"x\": [[[[]]]], \"format\"", 1).into_bytes()),
        ("field twice", file.replacen("\"list\"", "\"list\": null, \"list\"", 1).into_bytes()),
        ("long name", file.replacen("culture-office", &"x".repeat(10_000_000), 1).into_bytes()),
        ("long format", file.replacen("tongxin/draw/v1", &"x".repeat(10_000_000), 1).into_bytes()),
        ("not UTF-8", [file.as_bytes(), &[0xff, 0xfe]].concat()),
        ("byte order mark", [b"\xef\xbb\xbf", file.as_bytes()].concat()),
        ("crowd", list(ENTRANTS_MAX)),
        ("crowd without end", list(8 * ENTRANTS_MAX)),
        ("number too large", file.replacen("\"places\": 3", "\"places\": 1e400", 1).into_bytes()),
        ("negative", file.replacen("\"places\": 3", "\"places\": -3", 1).into_bytes()),
        ("far time", file.replacen("2023-08-23T", "9999-99-99T", 1).into_bytes()),
        ("far round", file.replacen("\"beacon\": null", "\"beacon\": {\"chain\":\"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971\",\"round\":18446744073709551615}", 1).into_bytes()),
        ("too large", vec![b' '; FILE_BYTES_MAX + 1]),
    ];
    for (name, bytes) in files {
        let from = Instant::now();
        let wrong = Draw::read(&bytes).expect_err(name);
        assert!(Line::read(&bytes).is_err(), "{name}");
        assert!(
            from.elapsed() < Duration::from_secs(20),
            "{name} took {:?}",
            from.elapsed()
        );
        for one in &wrong {
            // What is told must not itself be without end; a format is cut where it is shown.
            assert!(one.to_string().len() < 2_000, "{name}");
        }
    }
}

#[test]
fn parts_that_do_not_belong_are_found() {
    let file = Draw::Drawn(sample::by_parties(3)).to_json();
    let without_list = {
        let (from, to) = (
            file.find("  \"list\"").unwrap(),
            file.find("  \"outcome\"").unwrap(),
        );
        format!("{}{}", &file[..from], &file[to..])
    };
    assert_eq!(
        Draw::read(without_list.as_bytes()),
        Err(vec![Wrong::NoList])
    );
    let signed = file.replacen(
        "\"signature\": null",
        &format!("\"signature\": \"{}\"", sample::signature()),
        1,
    );
    assert_eq!(
        Draw::read(signed.as_bytes()),
        Err(vec![Wrong::SignatureMissing(false)])
    );
    let beacon = Draw::Drawn(sample::by_beacon(3)).to_json();
    let unsigned = beacon.replacen(&format!("\"{}\"", sample::signature()), "null", 1);
    assert_eq!(
        Draw::read(unsigned.as_bytes()),
        Err(vec![Wrong::SignatureMissing(true)])
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        prop_assert!(Draw::read(&bytes).is_err());
        prop_assert!(Line::read(&bytes).is_err());
    }
}
