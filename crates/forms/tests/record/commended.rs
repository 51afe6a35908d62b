//! Who is commended.

use forms::record::commend::{Commendation, NoList, Record, records};
use jiff::civil::DateTime;
use ledger::item::Item;
use ledger::store::Read as _;

use crate::house::{BOOK, House, LIBRARY, person, volunteer};

fn record(n: u32, checked: u32, granted: u32, absences: u32) -> Record {
    Record {
        person: person(n),
        checked,
        granted,
        absences,
    }
}

fn now() -> DateTime {
    "2022-04-05T10:00".parse().unwrap()
}

#[test]
fn the_published_rule_alone_decides() {
    let mut rule = Commendation::of(&BOOK, &LIBRARY.0, now()).unwrap();
    // A plain reading of the clause, for every number around its bounds.
    for checked in [0, 299, 359, 360, 361, 539, 540, 541, 100_000_000] {
        for granted in [0, 1, 59, 60, 179, 180, 181] {
            for absences in [0, 1, 2, 5_000] {
                let record = record(1, checked, granted, absences);
                let plain = (checked + granted) / 60 >= 9 && checked / 60 >= 6 && absences <= 1;
                let clauses = plain.then(|| vec!["library#commendation".to_owned()]);
                assert_eq!(rule.clauses(&record), clauses, "{record:?}");
            }
        }
    }
}

#[test]
fn the_list_is_redone_from_the_items_alone() {
    let mut house = House::new();
    volunteer(&mut house, 2);
    let late = person(3);
    house.serve(&late, "reading", "2022-01-29", 60);
    house.serve(&late, "reading", "2022-01-30", 0);
    for day in ["2022-02-12", "2022-02-13", "2022-02-19"] {
        house.serve(&person(1), "reading", day, 180);
    }
    let offer = LIBRARY.1.key();
    let by = forms::booking::rows::found("hours.offer", offer.as_str()).unwrap();
    let mut items: Vec<Item> = house.store.find(&by, None, 100).unwrap();
    for n in 1..=3 {
        let key = ledger::name::Key::new(&format!("{}/{offer}", person(n))).unwrap();
        let kind = ledger::name::Kind::new("absences").unwrap();
        let item = house
            .store
            .item(&ledger::item::ItemId { kind, key })
            .unwrap();
        items.extend(item);
    }
    let mut rule = Commendation::of(&BOOK, &LIBRARY.0, now()).unwrap();
    let all = records(&items, offer);
    assert_eq!(all.len(), 3);
    let list = rule.list(all);
    let list: Vec<_> = list.into_iter().map(|line| line.record).collect();
    assert_eq!(list, [record(1, 540, 0, 0), record(2, 630, 90, 1)]);
}

#[test]
fn without_a_rule_there_is_no_list() {
    let text = include_str!("library.md")
        .split("满 9 小时、")
        .next()
        .unwrap();
    let notice = crate::house::read("library", text);
    let book = decide::Book::compile(crate::house::CITY.clone(), vec![notice.clone()]);
    assert_eq!(
        Commendation::of(&book, &notice, now()).unwrap_err(),
        NoList::NoRule
    );
}
