//! A notice with an offer: its page says back what the offer says.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt;

const TEXT: &str = r#"+++
title    = "读书会志愿者招募公告"
issuer   = "shanxi-library"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

## 一、谁可以报名

年满18周岁的可以报名，每个时段10人，先到先得。

```offer volunteers
who       = "个人 且 年龄 >= 18 岁"
where     = "小店区"
projects  = { reading = { zh = "读书会", en = "reading circle", room = "报告厅" }, children = { zh = "少儿阅读", en = "children's reading", capacity = 4 } }
sessions  = ["周六 周日 09:00-12:00"]
capacity  = 10
sign_up   = "2022-01-04T09:00/2022-01-09T24:00"
waiting   = { offer = "24 h", places = 30 }
give      = "先到先得"
demo      = true
```
"#;

/// The page of that notice on this morning.
async fn page(now: &str, language: &str) -> crate::Reply {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/taiyuan-2022");
    let (city, _) = city::City::load(&folder).expect("the demo city loads");
    let reading = notice::read_notice(city.context(), "reading.md", TEXT.as_bytes());
    let notice = Arc::new(reading.notice.unwrap_or_else(|| {
        panic!(
            "{}",
            notice::diagnostic::render_all(&reading.diagnostics, notice::Lang::En)
        )
    }));
    let mut notices = city.notices.clone();
    notices.push(notice);
    let book = decide::Book::compile(Arc::new(city), notices);
    let clock = web::Clock::Still(now.parse().expect("a time"));
    let request = Request::get("/notices/reading").header("accept-language", language);
    let request = request.body(Body::empty()).expect("a request");
    let house = web::router(web::App::new(book, clock));
    let (parts, body) = house
        .oneshot(request)
        .await
        .expect("infallible")
        .into_parts();
    let bytes = to_bytes(body, 64 << 20).await.expect("a body").to_vec();
    crate::Reply {
        status: parts.status,
        headers: parts.headers,
        bytes,
    }
}

#[tokio::test]
async fn an_offer_is_said_back_beside_its_paragraph() {
    let reply = page("2022-01-06T08:00:00+08:00", "zh").await;
    let words = reply.words().replace("sha256:", "\u{0}");
    let words = words.split('\u{0}').next().unwrap_or_default();
    insta::assert_snapshot!("offer-zh", words);
    assert!(reply.text().contains("id=\"volunteers\""));
    assert!(
        !reply.text().contains("sign_up"),
        "the block itself is shown"
    );

    let words = page("2022-01-06T08:00:00+08:00", "en")
        .await
        .words()
        .replace("sha256:", "\u{0}");
    let words = words.split('\u{0}').next().unwrap_or_default();
    insta::assert_snapshot!("offer-en", words);
    let page = page("2022-01-06T08:00:00+08:00", "en").await.text();
    assert!(
        page.contains("room <span lang=\"zh-CN\">报告厅</span>"),
        "a name in Chinese is marked as such"
    );
}

#[tokio::test]
async fn whether_one_can_sign_up_is_said_as_of_now() {
    for (now, said) in [
        ("2022-01-03T08:00:00+08:00", "1月4日9时起报名"),
        ("2022-01-09T23:59:00+08:00", "报名中，至1月9日24时"),
        ("2022-01-10T00:00:00+08:00", "报名已于1月9日24时截止"),
    ] {
        let words = page(now, "zh").await.words();
        assert!(words.contains(said), "{now}: {words}");
    }
}
