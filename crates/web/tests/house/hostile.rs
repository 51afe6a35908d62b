//! Wrong and hostile input: refused kindly, never run.

use crate::{form, get, get_with, post, send};
use axum::body::Body;
use axum::http::Request;

const SCRIPT: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

#[tokio::test]
async fn nothing_typed_becomes_markup() {
    let encoded: String = form_urlencoded::byte_serialize(SCRIPT.as_bytes()).collect();
    let mut replies = Vec::new();
    for path in [
        "/search?q=",
        "/ask?q=",
        "/ask?do=",
        "/ask?where=",
        "/ask?at=",
        "/ask?s=",
        "/registers/enterprises?q=",
        "/registers/enterprises?sort=",
        "/?x=",
        "/places/",
        "/notices/",
        "/enterprises/",
    ] {
        replies.push(get(&format!("{path}{encoded}")).await);
    }
    replies.push(form("/ask", &[("q", SCRIPT), ("do", SCRIPT), ("s", SCRIPT)]).await);
    for reply in replies {
        let text = reply.text();
        assert!(
            !text.contains("<script>alert") && !text.contains("<img src=x"),
            "{text}"
        );
        assert!(
            reply.status == 200 || reply.status == 404,
            "{}",
            reply.status
        );
    }
}

#[tokio::test]
async fn tokens_are_refused_when_damaged() {
    for token in [
        "",
        "00000000",
        "zz",
        "~",
        "ffffffff~k99999",
        "00000000~a0.5-1",
        "00000000~p4294967295y",
        &"~a1.0-1".repeat(5000),
    ] {
        let reply = form("/ask", &[("do", "驶入"), ("s", token)]).await;
        assert_eq!(reply.status, 200, "{token}");
        let whole = get("/ask").await.text();
        let at = whole.find("name=\"s\" value=\"").expect("a token") + 16;
        let good = &whole[at..at + 8];
        for tail in [
            "~k65535",
            "~k70000",
            "~a65535.0-1",
            "~a0.0-99999999",
            "~a0",
            "~a0.",
            "~m0.0y",
            "~p99999999y",
            "~p0",
            "~q",
            "~k",
        ] {
            assert_eq!(
                form("/ask", &[("do", "驶入"), ("s", &format!("{good}{tail}"))])
                    .await
                    .status,
                200,
                "{tail}"
            );
        }
    }
}

#[tokio::test]
async fn odd_bytes_are_borne() {
    for path in [
        "/search?q=%FF%FE",
        "/ask?where=%80&at=%FF",
        "/registers/enterprises?page=-1&sort=%00",
        "/places/%E4%B8",
        "/notices/..%2F..%2Fetc%2Fpasswd",
        "/notices/%00",
        "/ask?point=NaN,inf",
        "/ask?point=1e999,0",
        "/ask?at=9999-12-31T23:59:59",
        "/ask?at=-9999-01-01T00:00:00&do=*",
    ] {
        let reply = get(path).await;
        assert!(
            matches!(reply.status.as_u16(), 200 | 400 | 404),
            "{path} {}",
            reply.status
        );
    }
    let reply = post(
        "/ask",
        "application/x-www-form-urlencoded",
        vec![0xff, 0xfe, b'=', 0x00],
    )
    .await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn too_much_is_refused() {
    let reply = post(
        "/ask",
        "application/x-www-form-urlencoded",
        vec![b'a'; 70_000],
    )
    .await;
    assert_eq!(reply.status, 413);
    assert!(reply.text().contains("内容太长"));
    assert_eq!(
        get(&format!("/search?q={}", "a".repeat(9000))).await.status,
        413
    );
    let many = "a=1&".repeat(1000);
    assert_eq!(get(&format!("/search?{many}")).await.status, 400);
    assert_eq!(post("/ask", "application/json", "{}").await.status, 415);
    let wrong = send(Request::delete("/").body(Body::empty()).expect("a request")).await;
    assert_eq!(wrong.status, 405);
    assert!(wrong.text().contains("这个地址不接受这种操作"));
}

#[tokio::test]
async fn errors_have_a_kind_face_in_both_languages() {
    let zh = get("/nothing").await;
    assert_eq!(zh.status, 404);
    assert!(zh.text().contains("没有这一页") && zh.text().contains("There is no such page"));
    let en = get_with("/nothing", &[("accept-language", "en")]).await;
    assert!(en.text().contains("<h1>There is no such page</h1>"));
}

#[tokio::test]
async fn redirects_stay_in_the_house() {
    for back in [
        "//evil.example/",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/ok\r\nSet-Cookie: a=b",
    ] {
        let reply = form("/preferences", &[("theme", "dark"), ("back", back)]).await;
        assert_eq!(reply.header("location"), "/", "{back}");
    }
    let reply = form(
        "/preferences",
        &[
            ("theme", "<x>"),
            ("size", "huge"),
            ("lang", "fr"),
            ("back", "/map"),
        ],
    )
    .await;
    assert!(reply.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn every_response_is_guarded() {
    for path in [
        "/",
        "/nothing",
        "/api/notices",
        "/feed.atom",
        "/healthz",
        "/map",
    ] {
        let reply = get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';")
                && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert_eq!(reply.header("referrer-policy"), "same-origin");
        let text = String::from_utf8_lossy(&reply.bytes).into_owned();
        assert!(
            !text.contains(" style=\"") && !text.contains("<style") && !text.contains(" onclick="),
            "{path} is free of inline code"
        );
    }
}
