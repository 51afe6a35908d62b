//! Differences of two cities whose places differ.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use city::City;
use decide::Book;
use decide::diff::{PlaceChanged, Refusal, diff};
use std::path::Path;
use std::sync::Arc;

/// The test city with its files edited, and notices of one rule each: name, place.
fn book(edit: &dyn Fn(&str, String) -> String, rules: &[(&str, &str)]) -> Book {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/city");
    for file in std::fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = edit(name, std::fs::read_to_string(&path).unwrap());
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let city = City::load(folder.path())
        .unwrap_or_else(|faults| panic!("{faults:#?}"))
        .0;
    let notices = rules.iter().map(|(name, place)| {
        let text = format!(
            "+++\ntitle = \"货车公告\"\nissuer = \"air-office\"\nissued = 2022-01-04T19:00:00+08:00\n\
             in_force = \"2022-01-05T00:00/2022-01-15T24:00\"\n+++\n# 货车\n\n货车停止驶入。\n\n\
             ```rule {name}\nforbid = \"驶入\"\nwho = \"货车\"\nwhere = \"{place}\"\n```\n"
        );
        let file = format!("n-{name}.md");
        let reading = notice::read_notice(city.context(), &file, text.as_bytes());
        Arc::new(reading.notice.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics)))
    });
    let notices = notices.collect();
    Book::compile(Arc::new(city), notices)
}

fn as_it_is(_: &str, text: String) -> String {
    text
}

/// A new district with a street before all others, so that every place has another number.
fn grown(name: &str, text: String) -> String {
    let district = "140100,太原市,140000,city\n140104,万柏林区,140100,district\n140104001,千峰街道,140104,street\n";
    match name {
        "divisions.csv" => text.replace("140100,太原市,140000,city\n", district),
        _ => text,
    }
}

/// The area in the middle is smaller.
fn shrunk(name: &str, text: String) -> String {
    match name {
        "shapes.geojson" => grown(name, text).replace("[112.45, 37.85]", "[112.45, 37.80]"),
        _ => grown(name, text),
    }
}

/// The area in the middle is gone.
fn without(name: &str, text: String) -> String {
    match name {
        "city.toml" => {
            let (before, rest) = text.split_once("[[area]]").unwrap();
            format!("{before}{}", &rest[rest.find("[[office]]").unwrap()..])
        }
        "shapes.geojson" => {
            let kept: Vec<&str> = text
                .lines()
                .filter(|line| !line.contains("area-middle-ring"))
                .collect();
            kept.join("\n").replace("]]]}},\n]}", "]]]}}\n]}")
        }
        _ => text,
    }
}

const RULES: [(&str, &str); 4] = [
    ("ring", "中环以内"),
    ("east", "迎泽区"),
    ("street", "小店区/平阳路街道"),
    ("south", "小店区"),
];

#[test]
fn places_are_the_same_whatever_their_number() {
    let found = diff(&book(&as_it_is, &RULES), &book(&grown, &RULES)).unwrap();
    assert!(found.changes.is_empty(), "{:#?}", found.changes);
    assert!(found.places.is_empty() && found.left_out.is_empty());
}

#[test]
fn a_rule_moved_to_another_place_is_told_by_both_names() {
    let (old, new) = ([("east", "迎泽区")], [("east", "小店区")]);
    let found = diff(&book(&as_it_is, &old), &book(&grown, &new)).unwrap();
    let told: Vec<&str> = found
        .changes
        .iter()
        .map(|c| c.case["地点"].as_str())
        .collect();
    assert_eq!(told, ["迎泽区", "小店区"], "{:#?}", found.changes);
    assert!(
        found.changes[0]
            .sentence
            .zh
            .ends_with("原来不可以，现在可以。"),
        "{}",
        found.changes[0].sentence.zh
    );
}

#[test]
fn a_place_with_another_extent_is_told_with_the_rules_that_name_it() {
    let found = diff(&book(&as_it_is, &RULES), &book(&shrunk, &RULES)).unwrap();
    assert!(found.changes.is_empty(), "{:#?}", found.changes);
    let [place] = &found.places[..] else {
        panic!("{:#?}", found.places)
    };
    assert_eq!(
        (place.code.as_str(), place.how),
        ("area-middle-ring", PlaceChanged::Moved)
    );
    assert_eq!(
        place.sentence.zh,
        "地点“中环以内”的范围变了；提到它的规则：n-ring#ring。下面的差异按新的范围。"
    );
}

#[test]
fn a_place_that_is_gone_refuses_naming_it_and_its_rule() {
    let Err(refused) = diff(&book(&as_it_is, &RULES), &book(&without, &RULES[1..])) else {
        panic!("a vanished area is no ground to compare on");
    };
    let Refusal::PlaceGone(gone) = &refused else {
        panic!("{refused:?}")
    };
    let (name, clause) = (&gone.name, &gone.clause);
    assert_eq!(
        (name.zh.as_str(), clause.to_string().as_str()),
        ("中环以内", "n-ring#ring")
    );
    // Nobody speaks of it: nothing to refuse.
    let found = diff(&book(&as_it_is, &RULES[1..]), &book(&without, &RULES[1..])).unwrap();
    assert!(found.changes.is_empty());
    // And the other way round it is new.
    let found = diff(&book(&without, &RULES[1..]), &book(&as_it_is, &RULES)).unwrap();
    assert_eq!(found.places.len(), 1);
    assert_eq!(found.places[0].how, PlaceChanged::New);
    assert_eq!(found.changes.len(), 1, "{:#?}", found.changes);
}
