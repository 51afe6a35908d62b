//! Writing, signing, publishing, correcting and withdrawing notices over HTTP, as each of the city's people.

use super::*;
use forms::booking::rows::Status;
use serde_json::json;

const SLUG: &str = "light-trucks";

pub(super) fn text(hours: &str) -> String {
    format!(
        r#"+++
title    = "演示：轻型货车错时通行"
title_en = "Demo: light trucks keep off at certain hours"
issuer   = "air-office"
issued   = 2022-01-06T08:00:00+08:00
in_force = "2022-01-06T08:00/2022-02-01T00:00"
demo     = true
+++

## 一、错时

轻型货车每日{hours}停止驶入中环以内，电动车除外。

```rule light-trucks
forbid = "驶入"
who    = "货车 且 车型 = 轻型"
where  = "中环以内"
when   = "每日 {hours}"
except = {{ clean = "燃料 = 电动" }}
```
"#
    )
}

/// The hidden value of a form on a page.
fn hidden(page: &str, form: &str, name: &str) -> Option<String> {
    let (_, form) = page.split_once(&format!("action=\"{form}\""))?;
    let (form, _) = form.split_once("</form>")?;
    let (_, value) = form.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(value.split('"').next()?.to_owned())
}

impl Browser {
    /// Fills in the editor and presses a button.
    async fn edit(&mut self, slug: &str, text: &str, act: &str) -> Reply {
        self.edit_for(slug, text, "", act).await
    }

    async fn edit_for(&mut self, slug: &str, text: &str, from: &str, act: &str) -> Reply {
        let address = match self.get(&format!("/desk/notices/{slug}")).await {
            page if page.status == 200 => page,
            _ => self.get("/desk/notices/new").await,
        };
        let page = address.text();
        let form = "/desk/notices/edit";
        let value = |name| hidden(&page, form, name).unwrap_or_default();
        let (csrf, request, over) = (value("csrf"), value("request"), value("over"));
        let text = text.replace('\n', "\r\n");
        let fields = [
            ("csrf", csrf.as_str()),
            ("request", &request),
            ("over", &over),
            ("slug", slug),
            ("text", &text),
            ("from", from),
            ("do", act),
        ];
        self.post(form, &fields).await
    }

    /// Presses a button of the notice's page at the desk; nothing if it is not there.
    async fn press(&mut self, slug: &str, act: &str, more: &[(&str, &str)]) -> Option<Reply> {
        let page = self.get(&format!("/desk/notices/{slug}")).await.text();
        let form = format!("/desk/notices/{act}");
        let value = |name| hidden(&page, &form, name);
        let (csrf, request) = (value("csrf")?, value("request")?);
        let version = value("version").unwrap_or_default();
        let mut fields = vec![
            ("csrf", csrf.as_str()),
            ("request", &request),
            ("slug", slug),
            ("version", &version),
        ];
        fields.extend(more);
        Some(self.post(&form, &fields).await)
    }

    /// What a light diesel truck is told at 8:30 on a day.
    async fn verdict(&mut self, day: &str) -> (String, Option<String>) {
        let question = json!({
            "notice": SLUG, "who": "货车, 车型 = 轻型, 燃料 = 柴油", "do": "驶入",
            "where": "中环以内", "at": format!("{day}T08:30"),
        });
        let request = Request::post("/api/ask").header("content-type", "application/json");
        let reply = self.send(request, question.to_string().into()).await;
        let answer = reply.json();
        let until = answer["until"].as_str().map(str::to_owned);
        (
            answer["verdict"].as_str().unwrap_or("none").to_owned(),
            until,
        )
    }
}

pub(super) async fn published(world: &World, slug: &str, text: &str, from: &str) {
    published_by("air", world, slug, text, from).await;
}

/// The same by the clerk and the head of another office.
async fn published_by(office: &str, world: &World, slug: &str, text: &str, from: &str) {
    let mut clerk = world.as_one(&format!("{office}-clerk")).await;
    let saved = clerk.edit_for(slug, text, from, "save").await;
    assert_eq!(saved.status, 303, "{}", saved.words());
    let mut head = world.as_one(&format!("{office}-head")).await;
    let Some(signed) = head.press(slug, "sign", &[]).await else {
        let page = head.get(&format!("/desk/notices/{slug}")).await;
        panic!("no button to sign: {}", page.words());
    };
    assert_eq!(signed.status, 303, "{}", signed.words());
    let published = clerk
        .press(slug, "publish", &[])
        .await
        .expect("a button to publish");
    assert_eq!(published.status, 303, "{}", published.words());
}

/// The air office's clerk withdraws it.
pub(super) async fn withdrawn(world: &World, slug: &str, reason: &str) {
    let mut clerk = world.as_one("air-clerk").await;
    let done = clerk.press(slug, "withdraw", &[("reason", reason)]).await;
    assert_eq!(done.expect("a button to withdraw").status, 303);
}

#[tokio::test]
async fn a_notice_goes_from_a_mistake_to_force_correction_and_withdrawal() {
    let world = World::new().await;
    let mut anybody = world.browser();
    assert_eq!(anybody.verdict("2022-01-07").await.0, "none");
    assert_eq!(anybody.get("/notices/light-trucks").await.status, 404);

    // The clerk makes a mistake, and is shown it at its line.
    let mut clerk = world.as_one("air-clerk").await;
    let wrong = text("07:00-09:00").replace("车型 = 轻型", "车型 = 微小型");
    let page = clerk.edit(SLUG, &wrong, "check").await;
    assert_eq!(page.status, 200);
    let words = page.words();
    assert!(
        words.contains("1 处错误") && words.contains("第 16 行"),
        "{words}"
    );
    assert!(
        page.text().contains("<mark>微小型</mark>"),
        "{}",
        page.text()
    );
    // It may be saved all the same; then nobody can sign it.
    assert_eq!(clerk.edit(SLUG, &wrong, "save").await.status, 303);
    let mut head = world.as_one("air-head").await;
    assert!(head.press(SLUG, "sign", &[]).await.is_none());

    // Mended, it says what it understood and whom it touches.
    let page = clerk
        .edit(SLUG, &text("07:00-09:00"), "check")
        .await
        .words();
    for said in ["没有错误", "轻型", "原来可以，现在不可以"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    published(&world, SLUG, &text("07:00-09:00"), "").await;
    assert_eq!(anybody.verdict("2022-01-07").await.0, "forbidden");
    for path in [
        "/notices/light-trucks",
        "/notices/light-trucks/versions",
        "/notices/light-trucks/versions/1",
        "/notices/light-trucks/versions/1.md",
    ] {
        assert_eq!(anybody.get(path).await.status, 200, "{path}");
    }
    assert!(
        anybody
            .get("/notices")
            .await
            .text()
            .contains("轻型货车错时通行")
    );
    assert!(
        anybody
            .get("/search?q=错时通行")
            .await
            .text()
            .contains("/notices/light-trucks")
    );

    // Corrected for the 10th: each day is answered by the text of that day, and the answer ends where the other begins.
    published(&world, SLUG, &text("10:00-12:00"), "2022-01-10T00:00").await;
    assert_eq!(anybody.verdict("2022-01-09").await.0, "forbidden");
    assert_eq!(anybody.verdict("2022-01-10").await.0, "allowed");
    let list = anybody.get("/notices/light-trucks/versions").await.words();
    assert!(
        list.contains("已排定") && list.contains("现行文本"),
        "{list}"
    );
    let differ = anybody
        .get("/notices/light-trucks/changes?from=1&to=2")
        .await;
    let words = differ.words();
    assert!(
        words.contains("原来不可以，现在可以") && words.contains("原来可以，现在不可以"),
        "{words}"
    );
    assert!(differ.text().contains("<ins>"));

    // Withdrawn: no rule of it holds any more, every version stays readable.
    let reason = [("reason", "改用别的办法")];
    let done = clerk
        .press(SLUG, "withdraw", &reason)
        .await
        .expect("a button");
    assert_eq!(done.status, 303, "{}", done.words());
    assert_eq!(anybody.verdict("2022-01-11").await.0, "none");
    let page = anybody.get("/notices/light-trucks").await;
    assert!(
        page.status == 200 && page.words().contains("改用别的办法"),
        "{}",
        page.words()
    );
    assert_eq!(
        anybody
            .get("/notices/light-trucks/versions/1.md")
            .await
            .text(),
        text("07:00-09:00")
    );
    assert!(
        !anybody
            .get("/notices")
            .await
            .text()
            .contains("轻型货车错时通行")
    );
}

#[tokio::test]
async fn a_planned_text_comes_into_force_by_itself_and_survives_a_restart() {
    let world = World::new().await;
    published(&world, SLUG, &text("07:00-09:00"), "2022-01-06T12:00").await;
    let mut anybody = world.browser();
    let before = anybody.get("/notices/light-trucks").await;
    assert!(before.words().contains("尚未生效"), "{}", before.words());
    // The same process, five hours later by its clock: nobody did anything.
    let world = world.later(SignedDuration::from_hours(5)).await;
    let mut anybody = world.browser();
    let page = anybody.get("/notices/light-trucks").await.words();
    assert!(page.contains("现行版本"), "{page}");
    assert_eq!(anybody.verdict("2022-01-07").await.0, "forbidden");
    let question = json!({ "who": "货车, 车型 = 轻型, 燃料 = 柴油", "do": "驶入", "where": "中环以内", "at": "2022-01-06T11:00" });
    let request = Request::post("/api/ask").header("content-type", "application/json");
    let reply = anybody
        .send(request, question.to_string().into())
        .await
        .json();
    let clauses = reply["because"].to_string();
    assert!(
        !clauses.contains(SLUG),
        "before noon the other text stood: {clauses}"
    );
}

#[tokio::test]
async fn what_is_sent_twice_is_done_once_and_what_changed_meanwhile_is_refused() {
    let world = World::new().await;
    let mut clerk = world.as_one("air-clerk").await;
    assert_eq!(
        clerk.edit(SLUG, &text("07:00-09:00"), "save").await.status,
        303
    );
    let mut head = world.as_one("air-head").await;
    assert_eq!(
        head.press(SLUG, "sign", &[])
            .await
            .expect("a button")
            .status,
        303
    );
    let page = clerk.get("/desk/notices/light-trucks").await.text();
    let form = "/desk/notices/publish";
    let value = |name| hidden(&page, form, name).expect("a value");
    let fields = [
        ("csrf", value("csrf")),
        ("request", value("request")),
        ("slug", SLUG.to_owned()),
        ("version", value("version")),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
    // Without the token of the session, nothing.
    let forged = clerk.post(form, &fields[1..]).await;
    assert_eq!(forged.status, 403);
    for _ in 0..2 {
        assert_eq!(clerk.post(form, &fields).await.status, 303);
    }
    let versions = clerk.get("/notices/light-trucks/versions").await.words();
    assert!(
        versions.contains("第 1 版") && !versions.contains("第 2 版"),
        "{versions}"
    );

    // Two who write at once: the second is told, and what they wrote is still before their eyes.
    let first = clerk.get("/desk/notices/light-trucks").await.text();
    assert_eq!(
        head.edit(SLUG, &text("06:00-09:00"), "save").await.status,
        303
    );
    let value = |name| hidden(&first, "/desk/notices/edit", name).unwrap_or_default();
    let mine = text("05:00-09:00");
    let (csrf, request) = (value("csrf"), value("request"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("request", &request),
        ("over", ""),
        ("slug", SLUG),
        ("text", &mine),
        ("do", "save"),
    ];
    let reply = clerk.post("/desk/notices/edit", &fields).await;
    assert_eq!(reply.status, 409);
    assert!(reply.words().contains("有人另存了文本") && reply.text().contains("05:00-09:00"));
}

#[tokio::test]
async fn a_text_that_breaks_others_or_takes_powers_is_not_published() {
    let world = World::new().await;
    let grab = text("07:00-09:00")
        .replace("forbid = \"驶入\"", "permit = \"导出名单\"")
        .replace("货车 且 车型 = 轻型", "工作人员")
        .replace("where  = \"中环以内\"\n", "")
        .replace("except = { clean = \"燃料 = 电动\" }\n", "");
    let mut clerk = world.as_one("air-clerk").await;
    assert_eq!(clerk.edit(SLUG, &grab, "save").await.status, 303);
    let page = clerk.get("/desk/notices/light-trucks").await.words();
    assert!(page.contains("只能写在权责清单里"), "{page}");
    // Nor by whoever sends the form that the page does not offer.
    let mut head = world.as_one("air-head").await;
    let shown = head.get("/desk/notices/light-trucks").await.text();
    let version = hidden(&shown, "/desk/notices/drop", "version").expect("a value");
    let request = hidden(&shown, "/desk/notices/drop", "request").expect("a value");
    let reply = head
        .ask(
            "/desk/notices/sign",
            &[("slug", SLUG), ("version", &version), ("request", &request)],
        )
        .await;
    assert_eq!(reply.status, 422);
    assert!(reply.words().contains("检验不通过"));
}

/// Every one of the city's people, at every door of the desk: what the powers give is done, all else is refused with a clause.
#[tokio::test]
async fn each_role_does_what_the_powers_give_and_is_told_the_clause_otherwise() {
    let world = World::new().await;
    published(&world, SLUG, &text("07:00-09:00"), "").await;
    let mut clerk = world.as_one("air-clerk").await;
    assert_eq!(
        clerk.edit(SLUG, &text("07:00-10:00"), "save").await.status,
        303
    );
    let page = clerk.get("/desk/notices/light-trucks").await.text();
    let version = hidden(&page, "/desk/notices/drop", "version").expect("a value");
    for person in world.city.people.iter().filter(|p| p.id != "child-chen") {
        let mut browser = world.as_one(&person.id).await;
        let post = person
            .post
            .as_ref()
            .map(|post| (post.office.as_str(), post.role.as_str()));
        let at_desk = matches!(post, Some((_, "clerk" | "head")));
        let own = matches!(post, Some(("air-office", "clerk" | "head")));
        let told = |reply: &Reply| {
            let words = reply.words();
            words.contains("看权责清单") && words.contains("公告")
        };
        let desk = browser.get("/desk/notices").await;
        assert_eq!(
            desk.status,
            if at_desk { 200 } else { 403 },
            "{}",
            person.id
        );
        assert!(at_desk || told(&desk), "{}: {}", person.id, desk.words());
        let editor = browser.get("/desk/notices/light-trucks").await;
        assert_eq!(editor.status, if own { 200 } else { 403 }, "{}", person.id);
        let mut n = 0;
        for (act, of_own) in [
            ("sign", "head"),
            ("publish", ""),
            ("drop", ""),
            ("withdraw", ""),
        ] {
            n += 1;
            // A request that nobody has used, and a version that is not the draft's: nothing is done even where it may be.
            let request = format!("{n:032x}");
            let stale = "0".repeat(64);
            let given = if own { &stale } else { &version };
            let fields = [
                ("slug", SLUG),
                ("version", given.as_str()),
                ("request", &request),
                ("reason", ""),
            ];
            let reply = browser.ask(&format!("/desk/notices/{act}"), &fields).await;
            if own {
                // Refused by the form alone, not by the powers.
                assert_ne!(reply.status, 403, "{} {act} {of_own}", person.id);
            } else {
                assert_eq!(reply.status, 403, "{} {act}", person.id);
                assert!(told(&reply), "{} {act}: {}", person.id, reply.words());
            }
        }
        if !own {
            let fields = [
                ("slug", SLUG),
                ("text", "x"),
                ("do", "save"),
                ("request", "1"),
            ];
            let reply = browser.ask("/desk/notices/edit", &fields).await;
            assert_eq!(reply.status, 403, "{}", person.id);
        }
    }
    // Of the two who may work on it, only the head signs, and not what the head wrote.
    let request = "f".repeat(32);
    let fields = [
        ("slug", SLUG),
        ("version", version.as_str()),
        ("request", &request),
    ];
    let reply = clerk.ask("/desk/notices/sign", &fields).await;
    assert_eq!(reply.status, 403);
    assert!(reply.words().contains("复核公告"), "{}", reply.words());
    let mut head = world.as_one("air-head").await;
    assert_eq!(
        head.edit(SLUG, &text("07:00-11:00"), "save").await.status,
        303
    );
    assert!(
        head.press(SLUG, "sign", &[]).await.is_none(),
        "no button for one's own text"
    );
    // Whoever is not signed in is led to sign in.
    let mut nobody = world.browser();
    let reply = nobody.get("/desk/notices").await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/sign-in")
    );
}

#[tokio::test]
async fn hostile_addresses_and_texts_are_answered() {
    let world = World::new().await;
    let mut clerk = world.as_one("air-clerk").await;
    for path in [
        "/notices/none/versions",
        "/notices/air-order/versions/0",
        "/notices/air-order/versions/x",
        "/notices/air-order/versions/99999999999",
        "/notices/air-order/changes",
        "/notices/air-order/changes?from=1&to=9",
        "/desk/notices/none",
        "/desk/notices/..%2f..",
        "/desk/notices/%00",
    ] {
        assert_eq!(clerk.get(path).await.status, 404, "{path}");
    }
    for slug in ["", "A", "../x", "new", "edit", "a b", "中文"] {
        let fields = [
            ("slug", slug),
            ("text", "x"),
            ("do", "save"),
            ("request", "00000000000000000000000000000001"),
        ];
        let reply = clerk.ask("/desk/notices/edit", &fields).await;
        assert_eq!(reply.status, 422, "{slug}");
    }
    let long = "字".repeat(200_000);
    let reply = clerk
        .ask(
            "/desk/notices/edit",
            &[("slug", "long"), ("text", &long), ("do", "check")],
        )
        .await;
    assert!(
        matches!(reply.status.as_u16(), 200 | 413),
        "{}",
        reply.status
    );
    for text in [
        "\u{0}",
        "+++\n",
        "+++\n+++\n```rule",
        "````".repeat(1000).as_str(),
    ] {
        let reply = clerk
            .ask(
                "/desk/notices/edit",
                &[("slug", "odd"), ("text", text), ("do", "check")],
            )
            .await;
        assert_eq!(reply.status, 200);
        assert!(reply.words().contains("处错误"));
    }
}

#[tokio::test]
async fn whoever_has_booked_is_told_when_the_notice_changes() {
    let world = World::new().await;
    world.delivers();
    let slug = "library-volunteers";
    let mut li = world.as_one("resident-li").await;
    // One who gives the place back is told no more; one with two bookings is told once.
    let mut zhang = world.as_one("resident-zhang").await;
    let book = "/offers/library-volunteers/volunteers/book";
    let days = [
        "/wenyuan@2022-01-15T09:00/12:00",
        "/wenyuan@2022-01-22T09:00/12:00",
    ];
    for at in days {
        let booked = li.ask(book, &[("at", at), ("book", "yes")]).await;
        assert_eq!(booked.status, 303, "{}", booked.words());
    }
    let booked = zhang.ask(book, &[("at", days[0]), ("book", "yes")]).await;
    assert_eq!(booked.status, 303, "{}", booked.words());
    // The mails of invented people are everybody's to read.
    li.mailbox(3).await;
    let zhangs = zhang.get("/me/bookings").await.text();
    let (_, rest) = zhangs.split_once("/me/bookings/").expect("a booking");
    let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let gone = format!("/me/bookings/{number}/cancel");
    assert_eq!(zhang.ask(&gone, &[]).await.status, 303);

    let notice = world.city.notice(slug).expect("the notice");
    let (head, rest) = notice.source.split_once("\n# ").expect("a heading");
    let (heading, rest) = rest.split_once('\n').expect("a body");
    let corrected = format!("{head}\n# {heading}\n\n集合地点有变，请提前到馆。（演示）\n{rest}");
    published_by("library", &world, slug, &corrected, "").await;
    let told = li.mailbox(4).await;
    assert!(
        told.contains("公告有更正") && told.contains("/notices/library-volunteers/versions"),
        "{told}"
    );

    let mut clerk = world.as_one("library-clerk").await;
    let reason = [("reason", "场馆检修，一季度不再招募")];
    let done = clerk.press(slug, "withdraw", &reason).await;
    assert_eq!(done.expect("a button").status, 303);
    let told = li.mailbox(5).await;
    insta::assert_snapshot!("withdrawn-zh", told);
    // The clock calls off what was booked: the time is free again, and the page says why, and that nothing is left to do.
    let mine = li.get("/me/bookings").await.text();
    let (_, rest) = mine.split_once("/me/bookings/").expect("a booking");
    let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let booking: u64 = number.parse().expect("a number");
    world
        .until(|world| world.status(booking) == Status::Cancelled)
        .await;
    let page = li.get(&format!("/me/bookings/{number}")).await;
    assert_eq!(page.status, 200);
    for said in [
        "撤回了这份公告",
        "场馆检修，一季度不再招募",
        "您的预约已取消",
        "公告已撤回，预约已取消",
    ] {
        assert!(page.words().contains(said), "{said}: {}", page.words());
    }
    assert!(
        !page.words().contains("library-volunteers#"),
        "{}",
        page.words()
    );
    assert!(
        !page.text().contains("/cancel\""),
        "it can be given back once more"
    );
    let gone = format!("/me/bookings/{number}/cancel");
    assert_eq!(li.ask(&gone, &[]).await.status, 404);
    // One mail, however many bookings; none about each.
    li.mailbox(5).await;
    assert!(li.get("/me/bookings").await.words().contains("预约已取消"));
}
