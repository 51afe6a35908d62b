//! `tongxin export entries`, `bookings`, `hours` and the tables of a season: the same rows in each format, and names only as the powers let.

use crate::run::{Done, tongxin};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// A demo city's past until its volunteers have served some weeks.
static DATA: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let scratch = tempfile::tempdir().unwrap();
    let line = "demo --data data --until 2022-01-13T12:00";
    let done = tongxin(line.split(' ')).within(scratch.path()).done();
    assert_eq!(done.code, 0, "{}", done.err);
    scratch
});

fn export(line: &str) -> Done {
    let line = format!("export {line} --data data --lang en");
    tongxin(line.split(' ')).within(DATA.path()).done()
}

fn file(name: &str) -> std::path::PathBuf {
    DATA.path().join(name)
}

type Rows = Vec<BTreeMap<String, String>>;

fn csv(path: &Path) -> Rows {
    let text = fs::read_to_string(path).unwrap();
    let text = text
        .strip_prefix('\u{feff}')
        .expect("spreadsheets need the mark");
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let head: Vec<String> = lines.next().unwrap().collect();
    lines
        .map(|cells| head.iter().cloned().zip(cells).collect())
        .collect()
}

fn json_lines(path: &Path) -> Rows {
    let text = fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let row: BTreeMap<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        let said = |value: serde_json::Value| match value {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        row.into_iter()
            .map(|(name, value)| (name, said(value)))
            .collect()
    };
    text.lines().map(row).collect()
}

fn parquet(path: &Path) -> Rows {
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        let cells = row.get_column_iter().map(|(name, field)| {
            let said = match field {
                Field::Null => String::new(),
                Field::Str(text) => text.clone(),
                Field::Long(number) => number.to_string(),
                Field::TimestampMillis(ms) => {
                    jiff::Timestamp::from_millisecond(*ms).unwrap().to_string()
                }
                other => panic!("{other:?}"),
            };
            (name.clone(), said)
        });
        cells.collect()
    });
    rows.collect()
}

#[test]
fn each_format_has_the_same_rows() {
    for what in ["entries", "bookings", "hours"] {
        for ending in ["csv", "jsonl", "parquet", "xlsx"] {
            let done = export(&format!("{what} -o {what}.{ending}"));
            assert_eq!(done.code, 0, "{}", done.err);
            assert!(
                done.out.contains("No personal data is in it"),
                "{}",
                done.out
            );
        }
        let plain = csv(&file(&format!("{what}.csv")));
        assert!(plain.len() > 10, "{what}: {}", plain.len());
        assert_eq!(json_lines(&file(&format!("{what}.jsonl"))), plain, "{what}");
        assert_eq!(parquet(&file(&format!("{what}.parquet"))), plain, "{what}");
        let sheet = fs::read(file(&format!("{what}.xlsx"))).unwrap();
        assert!(sheet.starts_with(b"PK") && sheet.len() > 4_000);
    }
    let entries = csv(&file("entries.csv"));
    assert!(
        entries
            .iter()
            .enumerate()
            .all(|(n, row)| row["sequence"] == n.to_string())
    );
    // Hours are what the visits of the bookings make.
    let mut sums: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in csv(&file("bookings.csv")) {
        if let Ok(minutes) = row["minutes_checked"].parse::<u64>() {
            *sums
                .entry((row["offer"].clone(), row["person"].clone()))
                .or_default() += minutes;
        }
    }
    for row in csv(&file("hours.csv")) {
        let sum = sums.remove(&(row["offer"].clone(), row["person"].clone()));
        assert_eq!(
            sum.unwrap_or(0).to_string(),
            row["minutes_checked"],
            "{row:?}"
        );
    }
    assert!(sums.values().all(|minutes| *minutes == 0), "{sums:?}");
}

#[test]
fn a_seasons_tables_have_its_licences_sales_and_results() {
    let scratch = tempfile::tempdir().unwrap();
    let run = |line: &str| tongxin(line.split(' ')).within(scratch.path()).done();
    let demo = run("demo --data data --until 2022-02-05T12:00");
    assert_eq!(demo.code, 0, "{}", demo.err);
    let mut tables = BTreeMap::new();
    for what in ["licences", "sales", "results"] {
        for ending in ["csv", "jsonl", "parquet", "xlsx"] {
            let done = run(&format!("export {what} --data data -o {what}.{ending}"));
            assert_eq!(done.code, 0, "{}", done.err);
        }
        let at = |ending: &str| scratch.path().join(format!("{what}.{ending}"));
        let plain = csv(&at("csv"));
        assert!(plain.len() > 5, "{what}: {}", plain.len());
        assert_eq!(json_lines(&at("jsonl")), plain, "{what}");
        assert_eq!(parquet(&at("parquet")), plain, "{what}");
        tables.insert(what, plain);
    }
    // What is due follows from what was sold and the licence, row by row.
    let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<u64>().unwrap();
    for sold in &tables["sales"] {
        let mut licences = tables["licences"].iter();
        let licence = licences.find(|licence| licence["number"] == sold["licence"]);
        let licence = licence.expect("the licence of its sales");
        let due = match licence["royalty_basis_points"].parse::<u64>() {
            Ok(points) => (number(sold, "sales_fen") * points + 5_000) / 10_000,
            Err(_) => number(sold, "pieces") * number(licence, "royalty_fen_a_piece"),
        };
        assert_eq!(number(sold, "due_fen"), due, "{sold:?} {licence:?}");
    }
    for result in &tables["results"] {
        let key = match result["project"].as_str() {
            "" => format!("{}@{}", result["offer"], result["day"]),
            project => format!("{}/{project}@{}", result["offer"], result["day"]),
        };
        assert_eq!(result["event"], key);
    }
}

#[test]
fn names_are_added_by_the_powers_alone() {
    // Lists are taken out by the archivist, on workdays from 8 to 18.
    let archivist = "hours -o named.csv --names-for library-archivist --at 2022-01-13T12:00";
    let done = export(archivist);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("Names were added by"), "{}", done.out);
    let named = csv(&file("named.csv"));
    assert!(
        named.iter().any(|row| row["name"].ends_with("（演示）")),
        "{named:?}"
    );

    for (who, at, code) in [
        ("library-archivist", "2022-01-13T19:00", 1),
        ("library-clerk", "2022-01-13T12:00", 1),
        ("school-head", "2022-01-13T12:00", 1),
        ("resident-li", "2022-01-13T12:00", 1),
        ("nobody", "2022-01-13T12:00", 2),
    ] {
        let done = export(&format!("hours -o refused.csv --names-for {who} --at {at}"));
        assert_eq!(
            (done.code, done.out.as_str()),
            (code, ""),
            "{who}: {}",
            done.err
        );
        assert!(
            code == 2 || done.err.contains("powers"),
            "{who}: {}",
            done.err
        );
        assert!(!file("refused.csv").exists());
    }
}

#[test]
fn an_unknown_ending_is_told_before_anything_is_written() {
    let done = export("bookings -o bookings.doc");
    assert_eq!((done.code, done.out.as_str()), (2, ""));
    assert!(
        done.err.contains(".csv, .xlsx, .jsonl or .parquet"),
        "{}",
        done.err
    );
    assert!(!file("bookings.doc").exists());
}
