//! `tongxin replay`, on files written here and read back.

use crate::run::{Done, here, tongxin};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor as _;
use parquet::schema::parser::parse_message_type;
use serde_json::Value;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

const SCHEMA: &str = "message passages {
    required int64 时间 (TIMESTAMP(MILLIS,true));
    optional double 经度;
    optional double 纬度;
    optional binary kind (UTF8);
    optional binary 车型 (UTF8);
    optional binary fuel (UTF8);
    optional binary 用途 (UTF8);
    optional boolean 持有通行证;
    optional binary 司机 (UTF8);
}";

/// 2022-01-06T00:00+08:00 in milliseconds since 1970.
const MIDNIGHT_MS: i64 = 1_641_398_400_000;
const MINUTE_MS: i64 = 60_000;

/// One passage; what is `None` is not known.
#[derive(Clone)]
struct Passage {
    minute: i64,
    point: Option<(f64, f64)>,
    words: [Option<&'static str>; 4],
    pass: Option<bool>,
}

impl Passage {
    /// The size as far as it tells something: trucks and buses have one each, and `重型` is of trucks only.
    fn size(&self) -> Option<&'static str> {
        let [kind, size, ..] = self.words;
        match (kind, size?) {
            (_, "重形") | (Some("客车"), "重型" | "heavy") => None,
            (_, size) => Some(size),
        }
    }
}

/// A case of everything: inside the ring, elsewhere in the city and far away; before, during and after the order; words
/// in both languages, unknown ones and none.
fn passages() -> Vec<Passage> {
    let points = [
        Some((112.55, 37.87)),
        Some((112.2, 37.95)),
        None,
        Some((-70.5, -33.4)),
        Some((112.57, 37.74)),
    ];
    let kinds = [
        Some("货车"),
        Some("truck"),
        Some("混凝土搅拌车"),
        Some("客车"),
        None,
    ];
    let sizes = [
        Some("重型"),
        Some("heavy"),
        Some("中型"),
        Some("重形"),
        None,
    ];
    let fuels = [
        Some("柴油"),
        Some("diesel"),
        Some("电动"),
        Some("燃气"),
        None,
    ];
    let uses = [Some("其他"), Some("民生保障"), Some("垃圾清运"), None];
    let minutes = [600, -3 * 1440, 4 * 1440 - 1, 4 * 1440, 1380];
    let mut dice = 7_u64;
    let mut next = |count: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (dice >> 33) as usize % count
    };
    (0..30)
        .map(|_| Passage {
            // Most are such as the order speaks of.
            minute: minutes[next(5) * next(2)],
            point: points[next(5) * next(2)],
            words: [
                kinds[next(5) * next(2)],
                sizes[next(5) * next(2)],
                fuels[next(5) * next(2)],
                uses[next(4) * next(2)],
            ],
            pass: [Some(true), Some(false), None][next(3)],
        })
        .collect()
}

fn write(path: &Path, passages: &[Passage], compression: Compression) {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    let mut file =
        SerializedFileWriter::new(File::create(path).unwrap(), schema, Arc::new(properties))
            .unwrap();
    // Several row groups, so that several threads read.
    for rows in passages.chunks(15) {
        let mut group = file.next_row_group().unwrap();
        let times: Vec<i64> = rows
            .iter()
            .map(|row| MIDNIGHT_MS + row.minute * MINUTE_MS)
            .collect();
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<Int64Type>()
            .write_batch(&times, None, None)
            .unwrap();
        column.close().unwrap();
        for of in [|point: (f64, f64)| point.0, |point: (f64, f64)| point.1] {
            let levels: Vec<i16> = rows
                .iter()
                .map(|row| i16::from(row.point.is_some()))
                .collect();
            let degrees: Vec<f64> = rows.iter().filter_map(|row| row.point.map(of)).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column
                .typed::<DoubleType>()
                .write_batch(&degrees, Some(&levels), None)
                .unwrap();
            column.close().unwrap();
        }
        let text = |group: &mut parquet::file::writer::SerializedRowGroupWriter<'_, File>,
                    words: Vec<Option<&str>>| {
            let levels: Vec<i16> = words.iter().map(|word| i16::from(word.is_some())).collect();
            let values: Vec<ByteArray> = words.into_iter().flatten().map(ByteArray::from).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, Some(&levels), None)
                .unwrap();
            column.close().unwrap();
        };
        for number in 0..4 {
            text(
                &mut group,
                rows.iter().map(|row| row.words[number]).collect(),
            );
        }
        let levels: Vec<i16> = rows
            .iter()
            .map(|row| i16::from(row.pass.is_some()))
            .collect();
        let truths: Vec<bool> = rows.iter().filter_map(|row| row.pass).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column
            .typed::<BoolType>()
            .write_batch(&truths, Some(&levels), None)
            .unwrap();
        column.close().unwrap();
        text(&mut group, rows.iter().map(|_| Some("某某")).collect());
        group.close().unwrap();
    }
    file.close().unwrap();
}

/// The rows of a file of verdicts: row, verdict, clauses.
fn read(path: &Path) -> Vec<(i64, String, Vec<String>)> {
    let file = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = file.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| {
        let clauses = row
            .get_string(2)
            .map(|text| text.split(' ').map(String::from).collect());
        (
            row.get_long(0).unwrap(),
            row.get_string(1).unwrap().clone(),
            clauses.unwrap_or_default(),
        )
    })
    .collect()
}

/// What `ask` says of a passage: verdict and clauses.
fn asked(passage: &Passage, more: &[&str]) -> (String, Vec<String>) {
    let [kind, _, fuel, purpose] = passage.words;
    let said = [
        ("", kind),
        ("车型 = ", passage.size()),
        ("燃料 = ", fuel),
        ("用途 = ", purpose),
    ];
    let mut facts: Vec<String> = said
        .into_iter()
        .filter_map(|(name, word)| word.map(|word| format!("{name}{word}")))
        .collect();
    facts.extend(passage.pass.map(|yes| {
        if yes {
            "持有通行证"
        } else {
            "无通行证"
        }
        .to_owned()
    }));
    let days = passage.minute.div_euclid(1440);
    let minute = passage.minute.rem_euclid(1440);
    let at = format!(
        "2022-01-{:02}T{:02}:{:02}",
        6 + days,
        minute / 60,
        minute % 60
    );
    let mut words = vec!["ask", "--format", "json", "--do", "驶入", "--at"]
        .into_iter()
        .map(String::from)
        .collect::<Vec<_>>();
    words.extend([at, "--who".to_owned(), facts.join("，")]);
    if let Some((lon, lat)) = passage.point {
        words.extend(["--point".to_owned(), format!("{lon},{lat}")]);
    }
    words.extend(more.iter().map(|word| word.to_string()));
    let done = tongxin(words).done();
    assert_eq!(done.code, 0, "{}\n{}", done.line, done.err);
    let answer: Value = serde_json::from_str(&done.out).unwrap();
    let clauses = answer["because"].as_array().unwrap().iter().map(|because| {
        let address = format!(
            "{}#{}",
            because["notice"].as_str().unwrap(),
            because["rule"].as_str().unwrap()
        );
        match because["exception"].as_str() {
            Some(exception) => format!("{address}/{exception}"),
            None => address,
        }
    });
    (
        answer["verdict"].as_str().unwrap().to_owned(),
        clauses.collect(),
    )
}

fn replay(input: &Path, output: &Path, more: &[&str]) -> Done {
    let words = [
        "replay",
        "--input",
        input.to_str().unwrap(),
        "--output",
        output.to_str().unwrap(),
    ];
    tongxin(words.iter().chain(more).map(|word| word.to_string())).done()
}

#[test]
fn every_row_is_answered_as_ask_answers_it() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (
        scratch.path().join("in.parquet"),
        scratch.path().join("out.parquet"),
    );
    let passages = passages();
    for (compression, more) in [
        (Compression::SNAPPY, vec![]),
        (Compression::LZ4_RAW, vec!["--notice", "curfew.md"]),
    ] {
        write(&input, &passages, compression);
        let done = replay(
            &input,
            &output,
            &[&more[..], &["--format", "json"]].concat(),
        );
        assert_eq!(done.code, 0, "{}", done.err);
        let rows = read(&output);
        assert_eq!(rows.len(), passages.len());
        let mut counts = std::collections::BTreeMap::<String, u64>::new();
        for ((number, (row, verdict, clauses)), passage) in rows.iter().enumerate().zip(&passages) {
            assert_eq!(*row, number as i64);
            let (expected, because) = asked(passage, &more);
            assert_eq!((verdict, clauses), (&expected, &because), "row {row}");
            *counts.entry(verdict.clone()).or_default() += 1;
        }
        assert!(counts.len() >= 2, "the rows are of every sort: {counts:?}");
        let report: Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!(report["rows"], passages.len());
        assert_eq!(report["verdicts"], serde_json::to_value(&counts).unwrap());
        let unknown = passages
            .iter()
            .filter(|one| one.words[1].is_some() && one.size().is_none())
            .count();
        assert_eq!(report["unknown_words"]["车型"], unknown);
        assert_eq!(report["ignored_columns"], serde_json::json!(["司机"]));
    }
}

#[test]
fn the_report_counts_by_verdict_and_clause() {
    let scratch = tempfile::tempdir().unwrap();
    write(
        &scratch.path().join("in.parquet"),
        &passages(),
        Compression::UNCOMPRESSED,
    );
    let words = ["replay", "--input", "in.parquet", "--output", "out.parquet"];
    for (lang, closing) in [("zh", "行，"), ("en", "rows in ")] {
        let done = tongxin(words.iter().copied().chain(["--lang", lang]))
            .within(scratch.path())
            .done();
        assert_eq!(done.code, 0, "{}", done.err);
        // Only how long it took differs from run to run.
        let (counts, last) = done.out.trim_end().rsplit_once('\n').unwrap();
        assert!(last.contains(closing), "{last}");
        let golden =
            std::fs::read_to_string(here().join(format!("golden/replay-counts-{lang}.txt")));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(
                here().join(format!("golden/replay-counts-{lang}.txt")),
                counts,
            )
            .unwrap();
        } else {
            assert_eq!(counts, golden.unwrap());
        }
    }
}

#[test]
fn synthetic_passages_are_the_same_for_the_same_seed_and_can_be_replayed() {
    let scratch = tempfile::tempdir().unwrap();
    let make = |name: &str, seed: &str| -> Vec<u8> {
        let words = [
            "bench",
            "--passages",
            name,
            "--rows",
            "3000",
            "--seed",
            seed,
        ];
        let done = tongxin(words).within(scratch.path()).done();
        assert_eq!(
            (done.code, done.out.trim_end()),
            (0, &*format!("3000 行合成的通行记录，写入 {name}")),
            "{}",
            done.err
        );
        std::fs::read(scratch.path().join(name)).unwrap()
    };
    let (one, same, other) = (
        make("one.parquet", "7"),
        make("same.parquet", "7"),
        make("other.parquet", "8"),
    );
    assert_eq!(one, same);
    assert_ne!(one, other);
    let words = [
        "replay",
        "--input",
        "one.parquet",
        "--output",
        "out.parquet",
        "--who",
        "货车",
        "--format",
        "json",
    ];
    let done = tongxin(words).within(scratch.path()).done();
    assert_eq!(done.code, 0, "{}", done.err);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(report["rows"], 3000);
    for verdict in ["allowed", "forbidden", "depends"] {
        assert!(report["verdicts"][verdict].as_u64() > Some(0), "{report}");
    }
    assert_eq!(read(&scratch.path().join("out.parquet")).len(), 3000);
}

/// A file that breaks off, lies or is none: a clear fault, and nothing under the output's name.
#[test]
fn a_damaged_file_leaves_nothing_behind() {
    let scratch = tempfile::tempdir().unwrap();
    let (good, input) = (
        scratch.path().join("good.parquet"),
        scratch.path().join("in.parquet"),
    );
    write(&good, &passages(), Compression::SNAPPY);
    let whole = std::fs::read(&good).unwrap();
    let mut damaged: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"PAR1".to_vec(),
        b"not a table at all".to_vec(),
        whole[..whole.len() / 2].to_vec(),
        whole[..whole.len() - 1].to_vec(),
        whole[4..].to_vec(),
    ];
    // A byte changed every so often: in pages, in their heads, in the file's own head.
    damaged.extend((4..whole.len()).step_by(whole.len() / 40).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x5a;
        bytes
    }));
    let (mut refused, output) = (0, scratch.path().join("out.parquet"));
    for bytes in damaged {
        std::fs::write(&input, bytes).unwrap();
        let done = replay(&input, &output, &[]);
        if done.code == 0 {
            // A changed word or number is a fact like any other; the output is whole then.
            assert!(!read(&output).is_empty());
            std::fs::remove_file(&output).unwrap();
        } else {
            assert_eq!(done.code, 1);
            assert!(done.err.contains("错误："), "{}", done.err);
            refused += 1;
        }
        let left: Vec<_> = std::fs::read_dir(scratch.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left.len(), 2, "only the two inputs are there: {left:?}");
    }
    assert!(refused >= 20, "{refused} of the damaged files were refused");
}

#[test]
fn columns_of_another_type_or_missing_ones_are_named() {
    let scratch = tempfile::tempdir().unwrap();
    let input = scratch.path().join("in.parquet");
    let one = |schema: &str| {
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut file = SerializedFileWriter::new(
            File::create(&input).unwrap(),
            schema.clone(),
            Default::default(),
        )
        .unwrap();
        let mut group = file.next_row_group().unwrap();
        while let Some(mut column) = group.next_column().unwrap() {
            match column.untyped() {
                parquet::column::writer::ColumnWriter::Int64ColumnWriter(to) => {
                    to.write_batch(&[0], None, None).unwrap()
                }
                parquet::column::writer::ColumnWriter::DoubleColumnWriter(to) => {
                    to.write_batch(&[1.0], None, None).unwrap()
                }
                _ => unreachable!("the schemas here have no other types"),
            };
            column.close().unwrap();
        }
        group.close().unwrap();
        file.close().unwrap();
        let done = replay(&input, &scratch.path().join("out.parquet"), &[]);
        assert_eq!(done.code, 1, "{}", done.err);
        done.err
    };
    assert!(
        one("message m { required double lon; required double lat; }").contains("没有“time”列")
    );
    assert!(one("message m { required int64 time; required double lon; }").contains("没有“lat”列"));
    assert!(one("message m { required double time; }").contains("列“time”的类型是 DOUBLE"));
    assert!(one("message m { required int64 time; required double 车型; }").contains("应为文本"));
}

#[test]
fn the_output_cannot_be_the_input() {
    let scratch = tempfile::tempdir().unwrap();
    let input = scratch.path().join("in.parquet");
    write(&input, &passages(), Compression::SNAPPY);
    let before = std::fs::read(&input).unwrap();
    let done = replay(&input, &input, &[]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("也是输入文件"), "{}", done.err);
    assert_eq!(std::fs::read(&input).unwrap(), before);
    let nowhere = replay(&input, &scratch.path().join("no/such/out.parquet"), &[]);
    assert_eq!(nowhere.code, 1);
    assert!(
        nowhere.err.contains("没有这个文件或文件夹"),
        "{}",
        nowhere.err
    );
    assert_eq!(
        replay(
            &scratch.path().join("none.parquet"),
            &scratch.path().join("out.parquet"),
            &[]
        )
        .code,
        2
    );
    assert_eq!(
        replay(scratch.path(), &scratch.path().join("out.parquet"), &[]).code,
        2
    );
}
