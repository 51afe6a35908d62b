//! The API.

use crate::{ask, get, get_with, post};
use serde_json::json;

#[tokio::test]
async fn the_order_answers() {
    let reply = ask(json!({ "do": "驶入", "who": "货车, 车型 = 重型, 燃料 = 柴油, 用途 = 民生保障", "where": "中环以内", "at": "2022-01-06T10:00" })).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let answer = reply.json();
    assert_eq!(answer["verdict"], "allowed");
    assert_eq!(answer["because"][0]["notice"], "air-order");
    assert_eq!(answer["because"][0]["exception"], "food");
    assert_eq!(answer["at"], "2022-01-06T10:00:00+08:00");
    let keys: Vec<_> = answer
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    let mut documented = [
        "verdict",
        "because",
        "limits",
        "duties",
        "until",
        "needs",
        "at",
        "text_version",
    ]
    .map(str::to_owned)
    .to_vec();
    documented.sort();
    let mut keys = keys;
    keys.sort();
    assert_eq!(keys, documented);

    let reply =
        ask(json!({ "do": "驶入", "who": "货车, 车型 = 重型, 用途 = 其他", "where": "中环以内" }))
            .await;
    assert_eq!(reply.json()["verdict"], "depends");
    assert_eq!(reply.json()["needs"]["attribute"], "燃料");
}

#[tokio::test]
async fn a_point_is_a_place() {
    let inside = json!({ "do": "驶入", "who": "货车, 车型 = 重型, 燃料 = 柴油, 用途 = 其他", "point": [112.549, 37.870] });
    assert_eq!(ask(inside).await.json()["verdict"], "forbidden");
    let outside = json!({ "do": "驶入", "who": "货车, 车型 = 重型, 燃料 = 柴油, 用途 = 其他", "point": [112.173, 37.907] });
    assert_eq!(ask(outside).await.json()["verdict"], "allowed");
}

#[tokio::test]
async fn one_notice_is_asked_alone() {
    let of = |notice: &str| json!({ "do": "驶入", "who": "货车", "notice": notice });
    assert_eq!(ask(of("air-order")).await.status, 200);
    let wrong = ask(of("no-such")).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("no-such"));
}

#[tokio::test]
async fn what_is_not_understood_is_said_as_a_problem() {
    let cases = [
        (json!({ "do": "飞" }), "飞"),
        (json!({ "who": "货车, 车型 = 巨型" }), "who"),
        (json!({ "where": "月球" }), "月球"),
        (json!({ "at": "昨天" }), "at"),
        (json!({ "point": [400, 0] }), "point"),
        (
            json!({ "where": "小店区", "point": [112.5, 37.8] }),
            "point",
        ),
        (json!({ "verdict": "allowed" }), "unknown field"),
        (json!({ "do": 7 }), "invalid type"),
        (json!([]), "JSON"),
        (json!({ "who": "货".repeat(3000) }), "4096"),
        (json!({ "who": "(".repeat(2000) }), "who"),
    ];
    for (body, named) in cases {
        let reply = ask(body.clone()).await;
        assert_eq!(reply.status, 400, "{body}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        let problem = reply.json();
        assert_eq!(problem["status"], 400);
        let said = format!("{} {}", problem["detail"], problem["detail_zh"]);
        assert!(said.contains(named), "{said} names {named}");
    }
    assert_eq!(post("/api/ask", "application/json", "{").await.status, 400);
    assert_eq!(
        post("/api/ask", "application/json", vec![b'"', 0xff, 0xfe])
            .await
            .status,
        400
    );
    assert_eq!(post("/api/ask", "text/plain", "{}").await.status, 415);
    assert_eq!(
        post("/api/ask", "application/json", vec![b' '; 65 * 1024])
            .await
            .status,
        413
    );
    let method = get("/api/ask").await;
    assert_eq!(
        (method.status.as_u16(), method.header("allow")),
        (405, "POST")
    );
    assert_eq!(method.header("content-type"), "application/problem+json");
    assert_eq!(
        get("/api/nothing").await.header("content-type"),
        "application/problem+json"
    );
}

#[tokio::test]
async fn notices_and_places_are_data_too() {
    let list = get("/api/notices").await.json();
    let slugs: Vec<_> = list["notices"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|n| n["slug"].clone())
        .collect();
    assert!(slugs.contains(&json!("air-order")), "{slugs:?}");
    let notice = get("/api/notices/air-order").await.json();
    let trucks = notice["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .find(|r| r["address"] == "air-order#trucks")
        .expect("trucks");
    assert_eq!(trucks["state"], "acting");
    assert!(
        trucks["says"]["zh"]
            .as_str()
            .is_some_and(|s| s.contains("货车"))
    );
    let place = get("/api/places/area-middle-ring").await.json();
    assert_eq!(place["name"]["zh"], "中环以内");
    assert!(place["rules"].as_array().is_some_and(|r| {
        r.iter()
            .any(|r| r["address"] == "air-order#trucks" && r["reach"] == "all")
    }));
    assert_eq!(get("/api/places/0").await.status, 404);
}

#[tokio::test]
async fn the_description_names_every_route_and_resolves() {
    let description = get("/api/openapi.json").await.json();
    assert_eq!(description["openapi"], "3.1.0");
    for path in [
        "/api/ask",
        "/api/notices",
        "/api/notices/{slug}",
        "/api/places/{code}",
        "/api/openapi.json",
    ] {
        assert!(description["paths"][path].is_object(), "{path}");
    }
    // Every reference leads somewhere.
    let text = description.to_string();
    for (at, _) in text.match_indices("\"$ref\":\"#") {
        let pointer = text[at + 9..].split('"').next().expect("a reference");
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
    let page = get_with("/api", &[("accept-language", "en")]).await.words();
    assert!(
        page.contains("/api/places/{code}") && page.contains("Answer a question"),
        "{page}"
    );
}
