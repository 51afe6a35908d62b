//! `tongxin import`: all rows or none, and every wrong cell by its line and column.

use crate::run::{Done, tongxin};
use ledger::folder::Folder;
use ledger::store::Read as _;
use std::fs;

struct House(tempfile::TempDir);

impl House {
    /// A demo city with its own few residents.
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let house = Self(scratch);
        assert_eq!(house.run("demo --scale 0 --data data").code, 0);
        house
    }

    fn run(&self, line: &str) -> Done {
        tongxin(line.split(' ')).within(self.0.path()).done()
    }

    fn import(&self, what: &str, table: &str) -> Done {
        fs::write(self.0.path().join("table.csv"), table).unwrap();
        self.run(&format!("import {what} table.csv --data data --lang en"))
    }

    fn entries(&self) -> u64 {
        let folder = Folder::open(&self.0.path().join("data")).unwrap();
        folder.reader().unwrap().head().unwrap().size
    }

    fn export(&self) -> String {
        let done = self.run("export bookings -o out.csv --data data");
        assert_eq!(done.code, 0, "{}", done.err);
        fs::read_to_string(self.0.path().join("out.csv")).unwrap()
    }
}

const SLOT: &str = "library-volunteers#volunteers/periodicals@2022-02-12T09:00/12:00";

#[test]
fn a_table_is_taken_in_whole() {
    let house = House::new();
    let before = house.entries();
    let people = "\u{feff}name,mail,facts,remarks\n\
                  宋清,song@example.com,\"会说普通话, 年龄 = 30 岁\",by letter\n\
                  ,he@example.com,年龄 = 41 岁,\n\
                  邓禾,deng@example.com,\"会说普通话，年龄 = 17 岁\",\n";
    let done = house.import("people", people);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("all people taken in: 3"), "{}", done.out);
    // Three accounts, five facts, two names.
    assert_eq!(house.entries(), before + 10);

    // One who is too young refuses the whole table, and so does one row twice.
    let before = house.entries();
    let bookings = format!("mail,slot\nsong@example.com,{SLOT}\ndeng@example.com,{SLOT}\n");
    let done = house.import("bookings", &bookings);
    assert_eq!(
        (done.code, done.out.as_str(), house.entries()),
        (1, "", before)
    );
    assert!(done.err.contains("nothing was taken in"), "{}", done.err);
    assert!(done.err.contains("line 3, slot: "), "{}", done.err);
    assert!(!done.err.contains("line 2"), "{}", done.err);
    let twice = format!("mail,slot\nsong@example.com,{SLOT}\nsong@example.com,{SLOT}\n");
    assert_eq!(house.import("bookings", &twice).code, 1);
    assert_eq!(house.entries(), before);
    assert!(!house.export().contains(SLOT));

    let one = format!("slot,mail\n{SLOT},song@example.com\n");
    let done = house.import("bookings", &one);
    assert_eq!(
        (done.code, house.entries()),
        (0, before + 1),
        "{}",
        done.err
    );
    assert!(house.export().contains(&format!("{SLOT},p-")));
}

#[test]
fn every_wrong_cell_is_named_and_nothing_is_written() {
    let house = House::new();
    let before = house.entries();
    let people = "mail,name,facts\n\
                  resident-li@demo.invalid,,\n\
                  no address,,\n\
                  \"a@example.com\",,\"会飞\"\n\
                  b@example.com,,\n\
                  b@example.com,,年龄 = 三十\n\
                  ,无名,\n";
    let done = house.import("people", people);
    assert_eq!((done.code, house.entries()), (1, before), "{}", done.err);
    for told in [
        "line 2, mail: this address has an account already",
        "line 3, mail: ",
        "line 4, facts: ",
        "line 6, mail: line 5 has this address already",
        "line 6, facts: ",
        "line 7, mail: ",
    ] {
        assert!(done.err.contains(told), "{told} is not in:\n{}", done.err);
    }
    let bookings = "mail,slot\nnobody@example.com,library-volunteers#volunteers\n";
    let done = house.import("bookings", bookings);
    assert_eq!((done.code, house.entries()), (1, before));
    assert!(
        done.err
            .contains("line 2, mail: this address has no account"),
        "{}",
        done.err
    );
    assert!(
        done.err.contains("line 2, slot: there is no such slot"),
        "{}",
        done.err
    );
    for (table, told) in [
        ("name\n宋清\n", "no column mail"),
        ("mail\n", "no rows"),
        ("mail,name\na@example.com\n", "CSV"),
        ("", "no column mail"),
    ] {
        let done = house.import("people", table);
        assert_eq!(done.code, 1, "{table}");
        assert!(done.err.contains(told), "{told} is not in:\n{}", done.err);
    }
    assert_eq!(house.entries(), before);
}
