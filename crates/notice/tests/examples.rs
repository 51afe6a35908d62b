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

#[test]
fn english_words_stand_beside_the_text() {
    let text = |english: &str, asked: &str| {
        format!(
            "+++\ntitle = \"限行\"\n{english}issuer = \"air-office\"\nissued = 2022-01-04T19:00:00+08:00\n\
             in_force = \"2022-01-04T20:00/2022-01-09T24:00\"\n+++\n\n## 一、货车\n\n货车停止驶入。\n\n\
             ```rule trucks\nforbid = \"驶入\"\nwho = \"货车\"\n```\n\n\
             ```ask\nquestion = \"货车能进吗？\"\n{asked}who = \"货车\"\ndo = \"驶入\"\nanswer = \"forbidden\"\n```\n"
        )
    };
    let read = |text: String| {
        let reading = support::with(|context| read_notice(context, "trucks.md", text.as_bytes()));
        let said = diagnostic::render_all(&reading.diagnostics, Lang::En);
        (reading.notice, said)
    };
    let (notice, _) = read(text("", ""));
    let notice = notice.unwrap();
    assert_eq!(notice.title_in(Lang::En), ("限行", Lang::Zh));
    assert_eq!(notice.english.summary, None);
    assert_eq!(notice.asks[0].question_en, None);

    let english = "title_en = \"No trucks\"\nsummary_en = \"Trucks stay out.\"\n";
    let (notice, said) = read(text(english, "question_en = \"May trucks come in?\"\n"));
    let notice = notice.expect(&said);
    assert_eq!(notice.title_in(Lang::En), ("No trucks", Lang::En));
    assert_eq!(notice.title_in(Lang::Zh), ("限行", Lang::Zh));
    assert_eq!(notice.english.summary.as_deref(), Some("Trucks stay out."));
    let question = notice.asks[0].question_en.as_deref();
    assert_eq!(question, Some("May trucks come in?"));

    let (notice, said) = read(text("title_en = 7\n", ""));
    assert!(notice.is_none() && said.contains("title_en = 7"), "{said}");
}
