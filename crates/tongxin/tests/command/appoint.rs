//! `tongxin appoint`: the first head of an office, who then works like any other staff.

use crate::run::{Done, tongxin};
use std::fs;

struct House(tempfile::TempDir);

impl House {
    /// A ledger in which two people have accounts.
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        fs::write(
            scratch.path().join("people.csv"),
            "mail,name\nsun@example.cn,孙晓晨\nhe@example.cn,何春\n",
        )
        .unwrap();
        let house = Self(scratch);
        let done = house.run("demo --data data --scale 0");
        assert_eq!(done.code, 0, "{}", done.err);
        let done = house.run("import people people.csv --data data");
        assert_eq!(done.code, 0, "{}", done.err);
        house
    }

    fn run(&self, line: &str) -> Done {
        tongxin(line.split(' ')).within(self.0.path()).done()
    }

    fn appoint(&self, line: &str) -> Done {
        self.run(&format!("appoint {line} --data data --lang en"))
    }
}

#[test]
fn whoever_is_appointed_publishes_until_it_ends() {
    let house = House::new();
    for (line, said) in [
        (
            "sun@example.cn --office air-office --role clerk",
            "sun@example.cn is now Clerk of",
        ),
        (
            "he@example.cn --office air-office --role head",
            "he@example.cn is now Head of",
        ),
    ] {
        let done = house.appoint(line);
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(
            done.out.to_lowercase().contains(&said.to_lowercase()),
            "{}",
            done.out
        );
    }
    fs::write(
        house.0.path().join("quiet.md"),
        "+++\ntitle = \"演示：静音时段\"\nissuer = \"air-office\"\nissued = 2022-01-06T08:00:00+08:00\nin_force = \"2022-01-06T08:00/2022-02-01T00:00\"\ndemo = true\n+++\n\n## 一、静音\n\n午间请安静。\n",
    )
    .unwrap();
    let publish =
        "publish quiet.md --data data --by sun@example.cn --signed-by he@example.cn --lang en";
    let done = house.run(publish);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert!(
        done.out.contains("published quiet, version 1"),
        "{}",
        done.out
    );

    let done = house.appoint("he@example.cn --end");
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.out.contains("he@example.cn is no longer"),
        "{}",
        done.out
    );
    let done = house.run(publish);
    assert_eq!(done.code, 1, "{}", done.out);
    assert!(done.err.contains("Only staff may"), "{}", done.err);
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_begun() {
    let house = House::new();
    for (line, code, said) in [
        (
            "sun@example.cn --office air-ofice --role clerk",
            1,
            "did you mean air-office?",
        ),
        (
            "sun@example.cn --office air-office --role emperor",
            1,
            "the city has no role emperor; there are",
        ),
        (
            "nobody@example.cn --office air-office --role clerk",
            1,
            "there is no such account",
        ),
        ("sun@example.cn --end", 1, "holds no post"),
        ("sun --office air-office --role clerk", 1, "address"),
        ("sun@example.cn", 2, "--office"),
    ] {
        let done = house.appoint(line);
        assert_eq!(
            (done.code, done.out.as_str()),
            (code, ""),
            "{line}: {}",
            done.err
        );
        assert!(done.err.contains(said), "{line}: {}", done.err);
    }
    let line = "appoint sun@example.cn --office air-office --role clerk --data elsewhere";
    let done = house.run(line);
    assert_ne!(done.code, 0, "{}", done.out);
    assert!(!house.0.path().join("elsewhere").exists());
}
