//! Faulty notices and what is said about them: `corpus/NAME.md` → `NAME.zh.txt` and `NAME.en.txt`.
//! `UPDATE_CORPUS=1 cargo test -p tongxin-notice --test corpus` writes what is said now; review it like prose.

mod support;

use notice::{Lang, diagnostic, read_notice};

#[test]
fn every_fault_is_told_where_it_stands() {
    let folder = support::root().join("crates/notice/tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "only {} files were found", files.len());
    let mut different = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let reading = support::with(|context| read_notice(context, &name, &bytes));
        for (lang, ending) in [(Lang::Zh, "zh.txt"), (Lang::En, "en.txt")] {
            let said = diagnostic::render_all(&reading.diagnostics, lang);
            let expected = path.with_extension(ending);
            if std::env::var_os("UPDATE_CORPUS").is_some() {
                std::fs::write(&expected, &said).unwrap();
            } else if std::fs::read_to_string(&expected).unwrap_or_default() != said {
                different.push(format!("{}:\n{said}", expected.display()));
            }
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}
