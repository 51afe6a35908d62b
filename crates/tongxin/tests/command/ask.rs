//! `tongxin ask`.

use crate::run::{here, tongxin};
use serde_json::Value;

const TRUCK: &str = "货车，车型 = 重型，燃料 = 柴油，用途 = 其他";

#[test]
fn an_answer_names_its_clause_and_until_when_it_holds() {
    tongxin([
        "ask",
        "--do",
        "驶入",
        "--who",
        TRUCK,
        "--where",
        "中环以内",
        "--at",
        "2022-01-06T10:00",
    ])
    .golden("ask-forbidden", 0);
    let food = "货车, 车型 = 重型, 燃料 = 柴油, 用途 = 民生保障";
    tongxin(["ask", "--do", "驶入", "--who", food, "--where", "中环以内"])
        .golden("ask-exception", 0);
    tongxin(["ask", "--do", "生产", "--who", "企业，行业 = 水泥"]).golden("ask-limits-depends", 0);
    tongxin(["ask", "--do", "驶入", "--who", TRUCK, "--where", "古交市"])
        .golden("ask-elsewhere", 0);
    tongxin([
        "ask",
        "--do",
        "驶入",
        "--who",
        TRUCK,
        "--where",
        "中环以内",
        "--at",
        "2022-01-09T24:00",
    ])
    .golden("ask-afterwards", 0);
}

#[test]
fn an_answer_speaks_english() {
    let who = "truck, size class = heavy, use = other";
    tongxin([
        "ask",
        "--lang",
        "en",
        "--do",
        "enter",
        "--who",
        who,
        "--where",
        "中环以内",
    ])
    .golden("ask-depends-en", 0);
    tongxin([
        "ask",
        "--lang",
        "en",
        "--who",
        "enterprise, industry = steelmaking, performance grade = B",
    ])
    .golden("ask-duties-depends-en", 0);
    tongxin([
        "ask",
        "--lang",
        "en",
        "--do",
        "produce",
        "--who",
        "enterprise, industry = cemment",
    ])
    .golden("ask-wrong-facts-en", 2);
}

#[test]
fn without_an_action_all_that_binds_is_listed() {
    tongxin(["ask", "--who", "道路保洁作业"]).golden("ask-duties", 0);
    tongxin(["ask", "--who", "货车，车型 = 重型", "--where", "中环以内"])
        .golden("ask-duties-depends", 0);
    tongxin(["ask", "--who", "企业，行业 = 炼钢，绩效等级 = B"]).golden("ask-duties-and-more", 0);
    let json = tongxin([
        "ask",
        "--who",
        "企业，行业 = 炼钢，绩效等级 = B",
        "--format",
        "json",
    ])
    .golden("ask-duties-and-more-json", 0);
    let answer: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(answer["verdict"], "depends");
    let rules = |key: &str| -> Vec<String> {
        let all = answer[key].as_array().unwrap();
        all.iter()
            .map(|one| one["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(
        rules("duties").contains(&"steel".to_owned())
            && rules("duties").contains(&"open-burning".to_owned())
    );
    assert!(rules("may_bind").contains(&"staggered".to_owned()));
    assert!(
        rules("may_bind")
            .iter()
            .all(|rule| !rules("duties").contains(rule))
    );
    assert_eq!(answer["limits"][0]["measure"], "产能负荷");
}

#[test]
fn json_is_as_documented() {
    let json = |words: &[&str], name: &str| -> Value {
        let words = ["ask", "--format", "json"]
            .iter()
            .chain(words)
            .map(|word| word.to_string());
        serde_json::from_str(&tongxin(words).golden(name, 0).out).unwrap()
    };
    let answer = json(
        &[
            "--do",
            "驶入",
            "--who",
            TRUCK,
            "--where",
            "中环以内",
            "--at",
            "2022-01-06T10:00",
        ],
        "ask-forbidden-json",
    );
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    let documented = [
        "at",
        "because",
        "duties",
        "limits",
        "needs",
        "text_version",
        "until",
        "verdict",
    ];
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(sorted, documented);
    assert_eq!(answer["verdict"], "forbidden");
    assert_eq!(answer["because"][0]["rule"], "trucks");
    assert_eq!(answer["until"], "2022-01-10T00:00:00+08:00");
    assert_eq!(answer["at"], "2022-01-06T10:00:00+08:00");

    let answer = json(
        &[
            "--do",
            "驶入",
            "--who",
            "货车，车型 = 重型，用途 = 其他",
            "--where",
            "中环以内",
            "--lang",
            "en",
        ],
        "ask-depends-json",
    );
    // The words of the JSON are the vocabulary's own, whatever the language.
    assert_eq!(answer["needs"]["attribute"], "燃料");
    assert!(
        answer["needs"]["values"]
            .as_array()
            .unwrap()
            .contains(&"汽油".into())
    );
}

#[test]
fn a_point_knows_all_places_it_lies_in() {
    tongxin([
        "ask",
        "--do",
        "驶入",
        "--who",
        TRUCK,
        "--point",
        "112.55,37.87",
    ])
    .golden("ask-point-inside", 0);
    tongxin([
        "ask",
        "--do",
        "驶入",
        "--who",
        TRUCK,
        "--point",
        "112.2，37.95",
    ])
    .golden("ask-point-outside", 0);
    tongxin([
        "ask",
        "--do",
        "驶入",
        "--who",
        TRUCK,
        "--point",
        "-70.5,-33.4",
    ])
    .golden("ask-point-far-away", 0);
}

#[test]
fn files_stand_in_for_the_notices_of_the_city() {
    let night = [
        "ask",
        "--notice",
        "curfew.md",
        "--do",
        "驶入",
        "--who",
        TRUCK,
        "--where",
        "小店区",
    ];
    tongxin(night.iter().copied().chain(["--at", "2022-01-06T23:00"])).golden("ask-notice", 0);
    // What the city's own notices forbid does not count then.
    tongxin([
        "ask",
        "--do",
        "驶入",
        "--who",
        TRUCK,
        "--where",
        "中环以内",
        "--notice",
        "curfew.md",
        "idle.md",
    ])
    .golden("ask-notices", 0);
    tongxin(["ask", "--who", "个人", "--notice", "unsound.md"]).golden("ask-notice-with-errors", 1);
    tongxin(["ask", "--notice", "curfew.md", "./curfew.md"]).golden("ask-notice-twice", 2);
}

#[test]
fn the_city_is_found_by_option_variable_or_folder() {
    let city = here().join("../../../../cities/taiyuan-2022");
    let question = ["ask", "--do", "驶入", "--who", TRUCK, "--where", "中环以内"];
    let built_in = tongxin(question).done();
    assert_eq!(built_in.code, 0);
    let said = tongxin(
        question
            .iter()
            .copied()
            .chain(["--city", city.to_str().unwrap()]),
    )
    .done();
    assert_eq!(said.out, built_in.out);
    let variable = tongxin(question)
        .variable("TONGXIN_CITY", city.to_str().unwrap())
        .done();
    assert_eq!(variable.out, built_in.out);
    let near = tongxin(question).within(&here().join("../../../..")).done();
    assert_eq!(near.out, built_in.out);
    let none = tongxin(question)
        .variable("TONGXIN_CITY", here().to_str().unwrap())
        .done();
    assert_eq!(none.code, 2);
    assert!(none.err.contains("不是城市文件夹"), "{}", none.err);
}

#[test]
fn the_environment_chooses_the_language_and_the_option_outranks_it() {
    let question = ["ask", "--do", "湿扫", "--who", "道路保洁作业"];
    let english = tongxin(question).variable("LANG", "en_GB.UTF-8").done();
    assert!(english.out.starts_with("required\n"), "{}", english.out);
    let chinese = tongxin(question.iter().copied().chain(["--lang", "zh"]))
        .variable("LANG", "en_GB.UTF-8")
        .done();
    assert!(chinese.out.starts_with("必须\n"), "{}", chinese.out);
}
