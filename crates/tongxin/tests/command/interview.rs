//! `tongxin interview`: questions on the error output, the answer on the output.

use crate::run::tongxin;

const WHERE: [&str; 6] = ["interview", "--do", "驶入", "--where", "中环以内", "--who"];

fn interview(who: &str) -> Vec<String> {
    WHERE
        .iter()
        .chain([&who])
        .map(|word| word.to_string())
        .collect()
}

#[test]
fn it_asks_until_the_answer_is_settled() {
    // By number, by word, and by another word for the same thing.
    let done = tongxin(interview("货车，车型 = 重型"))
        .input("电动\n")
        .golden("interview-one-answer", 0);
    assert!(done.out.starts_with("可以\n"), "{}", done.out);
    let done = tongxin(interview("货车，车型 = 重型"))
        .input("2\nother\n")
        .golden("interview-two-answers", 0);
    assert!(done.out.starts_with("禁止\n"), "{}", done.out);
    let english = interview("truck")
        .into_iter()
        .chain(["--lang".to_owned(), "en".to_owned()]);
    tongxin(english)
        .input("heavy\ndiesel\nother\n")
        .golden("interview-en", 0);
}

#[test]
fn nothing_is_asked_that_is_settled() {
    let done = tongxin(interview("货车，车型 = 轻型")).golden("interview-settled", 0);
    assert!(done.err.is_empty());
}

#[test]
fn a_wrong_answer_is_asked_for_again() {
    tongxin(interview("货车，车型 = 重型"))
        .input("99\n0\n\n柴由\n-1\n柴油\n其他\n")
        .golden("interview-wrong-answers", 0);
    let mut noise = vec![0xff, 0xfe, b'\n'];
    noise.extend(b"x".repeat(10_000));
    noise.extend("\n电动\n".as_bytes());
    let done = tongxin(interview("货车，车型 = 重型")).input(noise).done();
    assert!(done.out.starts_with("可以\n"), "{}{}", done.out, done.err);
}

#[test]
fn the_end_of_the_input_leaves_it_open() {
    tongxin(interview("货车，车型 = 重型"))
        .input("")
        .golden("interview-end", 0);
    tongxin(interview("货车，车型 = 重型"))
        .input("柴油\n")
        .golden("interview-end-later", 0);
    tongxin(interview("货车，车型 = 重型"))
        .input("?\n")
        .golden("interview-unknown", 0);
}

#[test]
fn without_an_action_it_settles_all_that_binds() {
    let json = tongxin([
        "interview",
        "--who",
        "货车，车型 = 重型，燃料 = 柴油",
        "--where",
        "中环以内",
        "--format",
        "json",
    ])
    .input("其他\n")
    .golden("interview-duties-json", 0);
    let answer: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(answer["verdict"], "forbidden");
    assert_eq!(answer["duties"][0]["rule"], "trucks");
}
