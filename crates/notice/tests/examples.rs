//! The demo city's notices and the documented ones read without errors, against the demo city's words.

#[path = "support/places.rs"]
mod places;

use notice::{Context, Lang, Vocabulary, read_notice};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn vocabulary() -> Vocabulary {
    let path = root().join("cities/taiyuan-2022/vocabulary.toml");
    let text = std::fs::read_to_string(path).unwrap();
    Vocabulary::read("vocabulary.toml", &text).unwrap()
}

#[test]
fn every_documented_notice_reads() {
    let vocabulary = vocabulary();
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let context = Context {
        vocabulary: &vocabulary,
        gazetteer: &places::Places,
        zone: &zone,
    };
    let mut read = 0;
    for folder in ["docs/notices"] {
        for file in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let reading = read_notice(context, &name, &std::fs::read(&path).unwrap());
            let said: Vec<_> = reading
                .diagnostics
                .iter()
                .map(|d| {
                    format!(
                        "{}:{:?} {}",
                        name,
                        d.place.line_column(),
                        d.message.get(Lang::En)
                    )
                })
                .collect();
            assert!(said.is_empty(), "{}", said.join("\n"));
            let notice = reading.notice.unwrap();
            assert!(
                !notice.rules.is_empty() && !notice.asks.is_empty(),
                "{name}"
            );
            read += 1;
        }
    }
    assert!(read >= 10, "only {read} notices were found");
}
