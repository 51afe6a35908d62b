//! What people type wrong is named and answered, every piece of it, in their language.

use crate::{form, get, get_with, post};

/// The lines of the status message above an interview.
async fn told(path: &str, language: &str) -> String {
    let page = get_with(path, &[("accept-language", language)])
        .await
        .text();
    let status = page
        .split_once("class=\"notice-line\"")
        .map_or("", |(_, rest)| rest);
    let status = status.split("</div>").next().unwrap_or_default();
    status.replace("<p>", "").replace("</p>", "\n")
}

#[tokio::test]
async fn each_piece_that_is_not_understood_is_named() {
    let all = told("/ask?do=飞翔&where=火星上&at=25:99&point=999,999", "zh").await;
    for said in [
        "没有“飞翔”这种行为",
        "没有找到“火星上”",
        "没有看懂时间“25:99”",
        "没有看懂坐标“999,999”",
        "112.55,37.87",
    ] {
        assert!(all.contains(said), "{said}: {all}");
    }
    let all = told("/ask?do=fly&where=Mars+Base&at=noon&point=abc", "en").await;
    for said in [
        "no act “fly”",
        "No place “Mars Base”",
        "The time “noon”",
        "The point “abc”",
    ] {
        assert!(all.contains(said), "{said}: {all}");
    }
}

#[tokio::test]
async fn a_point_outside_of_the_city_is_said_to_be_outside() {
    assert!(
        told("/ask?do=驶入&point=0,0", "zh")
            .await
            .contains("不在太原市")
    );
    assert!(
        told("/ask?do=驶入&point=0,0", "en")
            .await
            .contains("outside Taiyuan")
    );
    assert_eq!(told("/ask?do=驶入&point=112.55,37.87", "zh").await, "");
}

#[tokio::test]
async fn a_near_name_is_offered_and_midnight_may_be_the_end_of_a_day() {
    let near = told("/ask?do=驶入&where=小店曲", "zh").await;
    assert!(near.contains("是不是“小店区”"), "{near}");
    assert_eq!(told("/ask?do=驶入&at=2022-01-09T24:00", "zh").await, "");
}

#[tokio::test]
async fn a_question_without_a_known_word_is_not_called_almost_understood() {
    let page = form("/ask", &[("q", "<script>alert(1)</script>")])
        .await
        .text();
    assert!(
        page.contains("没有从“&lt;script&gt;alert(1)&lt;/script&gt;”里认出"),
        "{page}"
    );
    assert!(!page.contains("还差一点") && !page.contains("<script>alert"));
    let page = form("/ask", &[("q", "我的重型货车")]).await.text();
    assert!(page.contains("还差一点"), "a kind was recognised: {page}");
}

#[tokio::test]
async fn long_words_are_not_repeated_whole() {
    let told = told(&format!("/ask?do={}", "%E9%A3%9E".repeat(500)), "zh").await;
    assert!(
        told.contains("飞…”") && told.chars().count() < 120,
        "{told}"
    );
}

#[tokio::test]
async fn a_filter_that_nothing_fits_says_so() {
    for path in [
        "/registers/enterprises?q=没有的名字",
        "/registers/enterprises?district=999999",
    ] {
        let page = get(path).await.text();
        assert!(page.contains("没有符合这些条件的企业"), "{path}");
    }
    let page = get("/registers/enterprises?page=99999").await.text();
    assert!(
        page.contains("第16页"),
        "the last page stands for what is past it"
    );
}

#[tokio::test]
async fn the_api_joins_what_is_wrong_and_the_hint_as_sentences() {
    let reply = post(
        "/api/ask",
        "application/json",
        r#"{"do":"驶入","who":"火车"}"#,
    )
    .await
    .json();
    let (zh, en) = (reply["detail_zh"].as_str(), reply["detail"].as_str());
    assert!(
        zh.is_some_and(|zh| zh.starts_with("who：不认识“火车”。")),
        "{zh:?}"
    );
    assert!(
        en.is_some_and(|en| en.starts_with("who: `火车` is not known; did you mean")),
        "{en:?}"
    );
}
