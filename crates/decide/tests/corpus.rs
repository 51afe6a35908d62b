//! The notices that show the language are proved and asked: each alone, in the demo city; then the city's own, together.
//!
//! An `ask` whose answer does not come out is a finding, so "nothing found" says that every answer did.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops at the first surprise

use city::City;
use decide::Book;
use notice::diagnostic::Example;
use notice::{Diagnostic, Lang, Notice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn demo_city() -> Arc<City> {
    match City::load(&root().join("cities/taiyuan-2022")) {
        Ok((city, warnings)) => {
            assert!(warnings.is_empty(), "{}", told(&warnings));
            Arc::new(city)
        }
        Err(found) => panic!("{}", told(&found)),
    }
}

fn told(found: &[Diagnostic]) -> String {
    let mut text = String::new();
    for one in found {
        let (line, column) = one.place.line_column();
        let hint = one.hint.as_ref().map_or("", |hint| hint.get(Lang::Zh));
        text.push_str(&format!(
            "\n{}:{line}:{column}: {} {hint} {:?}",
            one.place.file,
            one.message.get(Lang::Zh),
            one.example.as_ref().map(Example::by_key)
        ));
    }
    text
}

fn read(city: &City, path: &Path) -> Arc<Notice> {
    let bytes = std::fs::read(path).unwrap();
    let reading = notice::read_notice(city.context(), &path.to_string_lossy(), &bytes);
    assert!(
        reading.diagnostics.is_empty(),
        "{}",
        told(&reading.diagnostics)
    );
    Arc::new(reading.notice.unwrap())
}

#[test]
fn small_notices_prove_and_answer() {
    let city = demo_city();
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("docs/notices"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 10);
    let mut wrong = String::new();
    for file in files {
        let notice = read(&city, &file);
        assert!(notice.asks.len() >= 5, "{} asks too little", file.display());
        let book = Book::compile(Arc::clone(&city), vec![notice]);
        wrong.push_str(&told(&decide::prove::prove(&book, None)));
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_demo_city_proves_and_answers() {
    let city = demo_city();
    assert_eq!(city.notices.len(), 15);
    let book = Book::compile(Arc::clone(&city), city.notices.clone());
    let found = decide::prove::prove(&book, None);
    assert!(found.is_empty(), "{}", told(&found));
}
