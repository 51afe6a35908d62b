//! The documented notices read without errors, against the demo city's words.

mod support;

use notice::{Lang, diagnostic, read_notice};

#[test]
fn every_documented_notice_reads() {
    let folder = support::root().join("docs/notices");
    let mut read = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let reading = support::with(|context| read_notice(context, &name, &bytes));
        assert!(
            reading.diagnostics.is_empty(),
            "{}",
            diagnostic::render_all(&reading.diagnostics, Lang::En)
        );
        let notice = reading.notice.unwrap();
        assert!(
            !notice.rules.is_empty() && !notice.asks.is_empty(),
            "{name}"
        );
        read += 1;
    }
    assert!(read >= 10, "only {read} notices were found");
}
