//! Pages as people meet them.

use crate::{form, get, get_with};

#[tokio::test]
async fn every_page_is_there_in_both_languages() {
    let enterprise = first_enterprise().await;
    let pages = [
        "/",
        "/notices/air-order",
        "/notices",
        "/notices/library-volunteers",
        "/ask",
        "/map",
        "/places/140105",
        "/places/area-middle-ring",
        "/registers/enterprises",
        "/search?q=%E8%B4%A7%E8%BD%A6",
        "/api",
        &enterprise,
    ];
    for page in pages {
        for (lang, mark) in [("zh-CN", "lang=\"zh-CN\""), ("en", "lang=\"en\"")] {
            let reply = get_with(page, &[("accept-language", lang)]).await;
            assert_eq!(reply.status, 200, "{page}");
            assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
            let text = reply.text();
            assert!(text.contains(&format!("<html {mark}")), "{page} in {lang}");
            assert!(text.len() < 400 * 1024, "{page} is {} bytes", text.len());
            let packed = get_with(page, &[("accept-encoding", "gzip")]).await;
            assert_eq!(packed.header("content-encoding"), "gzip");
            assert!(
                packed.bytes.len() < 60 * 1024,
                "{page} is {} bytes packed",
                packed.bytes.len()
            );
        }
    }
}

async fn first_enterprise() -> String {
    let list = get("/registers/enterprises").await.text();
    let start = list
        .find("/enterprises/")
        .and_then(|_| list.find("href=\"/enterprises/"))
        .expect("a link");
    list[start + 6..]
        .split('"')
        .next()
        .expect("an address")
        .to_owned()
}

#[tokio::test]
async fn the_front_page_says_what_this_is_and_what_holds_today() {
    let words = get("/").await.words();
    for said in [
        "同心",
        "太原",
        "2022年1月6日 星期四",
        "工作日",
        "公告写一次，城市照着办",
        "调度令",
        "轻度污染至中度污染",
        "短时重度污染",
        "我能不能…？",
        "史上今日",
        "1940年",
    ] {
        assert!(words.contains(said), "{said} in\n{words}");
    }
}

#[tokio::test]
async fn a_clause_stands_with_its_rule_and_its_addresses() {
    let reply = get("/notices/air-order").await;
    let text = reply.text();
    for part in [
        "id=\"trucks\"",
        "id=\"trucks/food\"",
        "href=\"#trucks\"",
        "生效中",
        "/notices/air-order.md",
        "sha256:",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(
        !text.contains("```") && !text.contains("forbid ="),
        "blocks are replaced"
    );
    let source = get("/notices/air-order.md").await;
    assert_eq!(
        source.header("content-type"),
        "text/markdown; charset=utf-8"
    );
    assert!(source.text().contains("```rule trucks"));
}

#[tokio::test]
async fn an_interview_asks_one_thing_at_a_time_until_it_is_settled() {
    let mut reply = form("/ask", &[("q", "我的重型货车能驶入中环以内吗？")]).await;
    let mut steps = 0;
    while !reply.text().contains("id=\"verdict\"") {
        assert!(steps < 12, "it comes to an end:\n{}", reply.words());
        let text = reply.text();
        assert!(text.contains("class=\"choice\""), "{}", reply.words());
        // Always the last choice.
        let buttons: Vec<&str> = text
            .match_indices("<button class=\"choice\"")
            .map(|(at, _)| &text[at..])
            .collect();
        let token = value_of(buttons.last().expect("a choice"));
        reply = form(
            "/ask",
            &[("do", "驶入"), ("where", "area-middle-ring"), ("s", &token)],
        )
        .await;
        steps += 1;
    }
    assert!(steps >= 1, "a heavy truck's fuel and use matter");
    let words = reply.words();
    assert!(words.contains("有效") || words.contains("不变"), "{words}");
    assert!(words.contains("更改"), "facts can be changed");
}

/// The `value` of the first button of some HTML.
fn value_of(html: &str) -> String {
    let (_, value) = html.split_once("value=\"").expect("a value");
    value.split('"').next().expect("its end").to_owned()
}

#[tokio::test]
async fn what_is_not_known_is_shown_case_by_case() {
    let reply = form(
        "/ask",
        &[
            ("do", "驶入"),
            ("where", "中环以内"),
            ("unsure", "1"),
            ("q", "重型柴油货车"),
        ],
    )
    .await;
    let words = reply.words();
    assert!(
        words.contains("要看情况") && words.contains("不可以") && words.contains("可以"),
        "{words}"
    );
}

#[tokio::test]
async fn an_answer_names_clause_and_end() {
    let reply = form("/ask", &[("q", "我的重型柴油货车拉渣土能驶入中环以内吗？")]).await;
    let words = reply.words();
    if words.contains("不可以") {
        assert!(
            words.contains("1月9日24时") && words.contains("还有3天16小时"),
            "{words}"
        );
        assert!(reply.text().contains("/notices/air-order#trucks"));
    } else {
        panic!("渣土运输 is a use, so nothing is left to ask:\n{words}");
    }
}

#[tokio::test]
async fn everything_that_concerns_a_kind_is_listed() {
    let reply = form("/ask", &[("do", "*")]).await;
    assert!(reply.words().contains("问的是谁"), "{}", reply.words());
    let known = form("/ask", &[("do", "*"), ("q", "道路保洁作业")]).await;
    let words = known.words();
    assert!(
        words.contains("条规定") && words.contains("湿扫"),
        "{words}"
    );
}

#[tokio::test]
async fn one_notice_can_be_asked_alone() {
    let reply = get("/ask?notice=air-order").await;
    assert!(
        reply.words().contains("只问这一份公告"),
        "{}",
        reply.words()
    );
    assert_eq!(get("/ask?notice=nothing").await.status, 404);
}

#[tokio::test]
async fn a_register_filters_sorts_and_pages() {
    let all = get("/registers/enterprises").await.words();
    assert!(all.contains("400家") && all.contains("第1页"), "{all}");
    let listed =
        get("/registers/enterprises?%E5%90%8D%E5%8D%95=%E9%94%99%E5%B3%B0%E5%81%9C%E4%BA%A7")
            .await
            .words();
    assert!(listed.contains("51家，共400家"), "{listed}");
    let last = get("/registers/enterprises?page=999999").await;
    assert_eq!(last.status, 200);
    let up = get("/registers/enterprises?sort=id").await.text();
    let down = get("/registers/enterprises?sort=-id").await.text();
    assert!(
        up.contains("aria-sort=\"ascending\"")
            && down.contains("aria-sort=\"descending\"")
            && up != down
    );
}

#[tokio::test]
async fn a_register_is_taken_away_as_csv_and_xlsx() {
    let csv =
        get("/registers/enterprises.csv?%E5%90%8D%E5%8D%95=%E9%94%99%E5%B3%B0%E5%81%9C%E4%BA%A7")
            .await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.text().lines().count(), 52);
    assert!(csv.text().starts_with("\u{feff}\"统一社会信用代码\""));
    let xlsx = get("/registers/enterprises.xlsx").await;
    assert!(
        xlsx.bytes.starts_with(b"PK")
            && xlsx
                .header("content-disposition")
                .contains("enterprises.xlsx")
    );
    assert_eq!(get("/registers/enterprises.exe").await.status, 404);
}

#[tokio::test]
async fn places_say_what_holds_there() {
    let ring = get("/places/area-middle-ring").await.words();
    assert!(
        ring.contains("中环以内") && ring.contains("专门针对这里的规定"),
        "{ring}"
    );
    // Gujiao lies far outside the ring.
    let gujiao = get("/places/140181").await.text();
    assert!(
        !gujiao.contains("air-order#trucks\""),
        "no rule of the ring in Gujiao"
    );
}

#[tokio::test]
async fn the_feed_is_atom() {
    let reply = get_with("/feed.atom", &[("host", "city.example<x>")]).await;
    assert_eq!(
        reply.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    let text = reply.text();
    assert!(
        text.contains("<id>http://city.example&lt;x&gt;/notices/air-order</id>"),
        "{text}"
    );
    assert!(text.matches("<entry>").count() >= 12);
}

#[tokio::test]
async fn the_map_has_a_drawing_and_its_data() {
    let page = get("/map").await.text();
    assert!(page.contains("<svg class=\"drawing\"") && page.contains("data-places="));
    for (path, feature) in [
        ("/map/places.geojson", "中环以内"),
        ("/map/lines.geojson", "汾河"),
        ("/map/enterprises.geojson", "Point"),
    ] {
        let reply = get(path).await;
        assert_eq!(reply.header("content-type"), "application/geo+json");
        assert_eq!(reply.json()["type"], "FeatureCollection");
        assert!(reply.text().contains(feature), "{path}");
    }
}

#[tokio::test]
async fn choices_of_the_reader_are_kept_and_shown() {
    let reply = form("/preferences", &[("lang", "en"), ("back", "/map")]).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/map")
    );
    assert!(reply.header("set-cookie").starts_with("lang=en; Path=/"));
    let page = get_with("/", &[("cookie", "lang=en; theme=dark; size=large")])
        .await
        .text();
    assert!(page.contains("<html lang=\"en\" data-theme=\"dark\" data-size=\"large\">"));
    // The address outranks the cookie.
    assert!(
        get_with("/?lang=zh", &[("cookie", "lang=en")])
            .await
            .text()
            .contains("<html lang=\"zh-CN\"")
    );
}

#[tokio::test]
async fn a_page_already_known_is_not_sent_again() {
    let first = get("/").await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""));
    let again = get_with("/", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    let english = get_with("/", &[("if-none-match", &tag), ("accept-language", "en")]).await;
    assert_eq!(english.status, 200);
}

#[tokio::test]
async fn assets_never_change_under_their_name() {
    let page = get("/").await.text();
    let at = page.find("/assets/tongxin.").expect("a style sheet");
    let path = page[at..].split('"').next().expect("its address");
    let style = get(path).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.header("cache-control").contains("immutable"));
    assert_eq!(get("/assets/nothing.css").await.status, 404);
}

#[tokio::test]
async fn health_and_counts_are_told() {
    assert_eq!(get("/healthz").await.text(), "ok\n");
    get("/notices/air-order").await;
    let metrics = get("/metrics").await.text();
    assert!(
        metrics.contains("tongxin_requests_total{route=\"/notices/{slug}\",status=\"200\"}"),
        "{metrics}"
    );
    assert!(
        metrics.contains("tongxin_request_seconds_bucket{le=\"+Inf\"}")
            && metrics.contains("tongxin_notices_in_force")
    );
}
