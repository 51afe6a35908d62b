//! Booking by page: found, booked, seen, given back; refused with the reason; and never another's.

use super::clock::{offering, with_notice};
use super::family::nobody_for_papers;
use super::{Browser, World, city};
use axum::body::{Body, HttpBody as _};
use axum::http::Request;
use city::City;
use forms::booking::rows::Status;
use jiff::SignedDuration;
use ledger::receipt::Receipt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use tower::ServiceExt as _;

/// One place a slot, everybody from 10 on; two sessions overlap.
pub(super) const COURSE: &str = r#"+++
title    = "剪纸课"
issuer   = "shanxi-library"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

年满8周岁的可以报名。

```offer papercut
who       = "个人 且 年龄 >= 8 岁"
where     = "小店区"
projects  = { window = { zh = "窗花", en = "window papercuts" }, scroll = { zh = "长卷", en = "scrolls" } }
dates     = [
    { on = 2022-01-08, hours = "09:00-11:00" },
    { on = 2022-01-08, hours = "10:00-12:00", projects = ["window"] },
    { on = 2022-01-09, hours = "09:00-11:00" },
]
capacity  = 1
sign_up   = "2022-01-05T09:00/2022-01-07T18:00"
one       = "project per slot"
waiting   = { offer = "2 h", places = 1 }
cancel_by = "2 h"
hours     = "4 h"
```
"#;

pub(super) const PAGE: &str = "/offers/course/papercut";
pub(super) const WINDOW: &str = "/window@2022-01-08T09:00/11:00";
pub(super) const LATER: &str = "/window@2022-01-08T10:00/12:00";
const SCROLL: &str = "/scroll@2022-01-08T09:00/11:00";

pub(super) fn course() -> Arc<City> {
    with_notice("course", COURSE)
}

pub(super) fn book(at: &str) -> String {
    let at = form_urlencoded::Serializer::new(String::new())
        .append_pair("at", at)
        .finish();
    format!("{PAGE}/book?{at}")
}

impl Browser {
    /// Books a slot in one press; gives the address one is led to.
    pub(super) async fn books(&mut self, at: &str) -> String {
        let reply = self
            .ask(&format!("{PAGE}/book"), &[("at", at), ("book", "yes")])
            .await;
        assert_eq!(reply.status, 303, "{}", reply.words());
        let to = reply.header("location").to_owned();
        assert!(to.starts_with("/me/bookings/"), "{to}");
        to.split('?').next().expect("a path").to_owned()
    }

    /// Is refused; gives the words of the page.
    async fn refused(&mut self, at: &str) -> String {
        let fields = [("at", at), ("book", "yes")];
        let reply = self.ask(&format!("{PAGE}/book"), &fields).await;
        assert_eq!(reply.status, 409, "{}", reply.words());
        reply.words()
    }
}

pub(super) fn number(address: &str) -> u64 {
    let number = address.rsplit('/').next().expect("a number");
    number.parse().expect("digits")
}

#[tokio::test]
async fn a_resident_finds_books_sees_and_gives_back() {
    let world = World::of(course()).await;
    let mut li = world.as_one("resident-li").await;
    let found = li.get("/offers?where=140105&free=1").await.words();
    assert!(
        found.contains("窗花") && found.contains("还有1个名额"),
        "{found}"
    );
    let step = li.get(&book(WINDOW)).await.words();
    for said in [
        "窗花",
        "1月8日 星期六 09:00–11:00",
        "1月8日7时以前可以退出",
        "23 岁",
        "确认报名",
    ] {
        assert!(step.contains(said), "{said}: {step}");
    }
    let page = li.books(WINDOW).await;
    let shown = li.get(&page).await;
    assert!(shown.words().contains("已约好") && shown.text().contains("<svg "));
    assert!(
        li.get("/me/bookings")
            .await
            .words()
            .contains("将要参加\n1月8日 星期六\n09:00–11:00\n窗花")
    );
    let taken = world.browser().get(PAGE).await.words();
    assert!(taken.contains("窗花\n小店区\n已满，可以候补"), "{taken}");

    // The receipt proves the entry to whoever has the ledger's key.
    let receipt = li.get(&format!("{page}/receipt.json")).await.json();
    let key = receipt["key"]
        .as_str()
        .expect("a key")
        .parse()
        .expect("a key");
    let proof: Receipt = receipt["proof"]
        .as_str()
        .expect("a proof")
        .parse()
        .expect("a receipt");
    let (entry, _) = proof.verify(&[key]).expect("it holds");
    assert_eq!(
        (entry.command.as_str(), entry.sequence),
        ("sign-up", number(&page))
    );
    let event = li.get(&format!("{page}/booking.ics")).await.text();
    assert!(
        event.contains("SUMMARY:窗花\r\n")
            && event.contains("DTSTART;TZID=Asia/Shanghai:20220108T090000")
    );

    // A second press of the same button leads to the same booking.
    let again = li
        .ask(&format!("{PAGE}/book"), &[("at", WINDOW), ("book", "yes")])
        .await;
    assert_eq!(again.header("location"), format!("{page}?done=already"));

    let back = li.ask(&format!("{page}/cancel"), &[]).await;
    assert_eq!(back.header("location"), "/me/bookings?done=cancelled");
    assert_eq!(world.status(number(&page)), Status::Cancelled);
    let free = world.browser().get(PAGE).await.words();
    assert!(!free.contains("已满"), "{free}");
}

#[tokio::test]
async fn what_stands_against_it_is_said_with_what_to_do_next() {
    let world = World::of(course()).await;
    let mut li = world.as_one("resident-li").await;
    li.books(WINDOW).await;
    // It is said before they press, and when they press all the same.
    let before = li.get(&book(LATER)).await.words();
    assert!(
        before.contains("您已经约了 “窗花”") && !before.contains("确认报名"),
        "{before}"
    );
    let clash = li.refused(LATER).await;
    assert!(
        clash.contains("您已经约了 “窗花”（2022年1月8日 09:00 至 2022年1月8日 11:00）"),
        "{clash}"
    );
    assert!(clash.contains("看那个预约"), "{clash}");
    let one = li.refused(SCROLL).await;
    assert!(
        one.contains("同一场只能选一个项目，您已经报了 “窗花”"),
        "{one}"
    );

    // Full: the second waits, the third finds even the waiting list full.
    let mut wang = world.as_one("resident-wang").await;
    let waits = wang.books(WINDOW).await;
    assert!(wang.get(&waits).await.words().contains("候补第1位"));
    let mut zhang = world.as_one("resident-zhang").await;
    let full = zhang.refused(WINDOW).await;
    assert!(
        full.contains("1 个候补位置也满了") && full.contains("看还有空位的时段"),
        "{full}"
    );

    // After the end of sign-up, and before its beginning.
    let world = world.later(SignedDuration::from_hours(40)).await;
    let mut zhang = world.as_one("resident-zhang").await;
    let closed = zhang.get(&book(SCROLL)).await.words();
    assert!(
        closed.contains("报名已于 2022年1月7日 18:00 截止"),
        "{closed}"
    );
    assert!(zhang.refused(SCROLL).await.contains("截止"));
    let early = with_notice(
        "course",
        &COURSE.replace("2022-01-05T09:00/", "2022-01-07T09:00/"),
    );
    let world = World::of(early).await;
    let mut zhang = world.as_one("resident-zhang").await;
    assert!(
        zhang
            .get(&book(SCROLL))
            .await
            .words()
            .contains("报名还没有开始")
    );
}

#[tokio::test]
async fn a_place_that_comes_free_is_kept_and_taken() {
    let world = World::of(course()).await;
    let mut li = world.as_one("resident-li").await;
    let mut wang = world.as_one("resident-wang").await;
    let has = li.books(WINDOW).await;
    let waits = wang.books(WINDOW).await;
    li.ask(&format!("{has}/cancel"), &[]).await;
    let mine = wang.get("/me/bookings").await.words();
    assert!(
        mine.contains("有名额了，为您留到1月6日10时") && mine.contains("接受名额"),
        "{mine}"
    );
    let taken = wang.ask(&format!("{waits}/accept"), &[]).await;
    assert_eq!(taken.header("location"), format!("{waits}?done=accepted"));
    assert_eq!(world.status(number(&waits)), Status::Booked);
    // Twice does nothing, and says so.
    let again = wang.ask(&format!("{waits}/accept"), &[]).await;
    assert_eq!(again.status, 409);
    assert!(again.words().contains("没有为这个预约保留的名额"));
    // Later than two hours before it begins, it can no longer be given back.
    let world = world.later(SignedDuration::from_hours(48)).await;
    let mut wang = world.as_one("resident-wang").await;
    let late = wang.get(&waits).await.words();
    assert!(late.contains("退出的时间已于1月8日7时截止"), "{late}");
    let late = wang.ask(&format!("{waits}/cancel"), &[]).await;
    assert!(
        late.status == 409
            && late
                .words()
                .contains("退出的时间已于 2022年1月8日 07:00 截止")
    );
}

#[tokio::test]
async fn only_what_matters_is_asked_and_who_may_not_is_told_the_clause() {
    let adults = COURSE.replace("年龄 >= 8 岁", "年龄 >= 18 岁 且 会说普通话");
    let world = World::of(with_notice("course", &adults)).await;
    // Of an invented person all is known; who speaks no Mandarin may not.
    let mut wang = world.as_one("resident-wang").await;
    let not = wang.get(&book(WINDOW)).await.words();
    assert!(
        not.contains("您不符合报名条件") && not.contains("会说普通话"),
        "{not}"
    );
    assert!(!not.contains("确认报名"));
    assert!(wang.refused(WINDOW).await.contains("您不符合报名条件"));
    // They correct what they said, are asked again, and may.
    let again = wang
        .ask(
            &format!("{PAGE}/book"),
            &[("at", WINDOW), ("drop", "会说普通话")],
        )
        .await;
    assert!(
        again.words().contains("您会说普通话吗？"),
        "{}",
        again.words()
    );

    // Of a person with an account of their own nothing is known.
    let mut new = world.browser();
    new.open("new@example.cn", "a long password", "").await;
    let asked = new.get(&book(WINDOW)).await;
    assert!(
        asked.words().contains("您今年多大年纪？") || asked.words().contains("您会说普通话吗？")
    );
    let mut state = String::new();
    for (question, answer) in [
        ("您今年多大年纪？（周岁）", "18岁及以上"),
        ("您会说普通话吗？", "是"),
    ] {
        let page = match state.as_str() {
            "" => new.get(&book(WINDOW)).await,
            s => {
                new.ask(&format!("{PAGE}/book"), &[("at", WINDOW), ("s", s)])
                    .await
            }
        };
        let text = page.text();
        assert!(text.contains(question), "{question}: {}", page.words());
        let button = text
            .split("<button class=\"chip\"")
            .find(|button| button.contains(&format!(">{answer}<")));
        let button = button.unwrap_or_else(|| panic!("{answer}: {}", page.words()));
        let value = button
            .split("value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        state = value.expect("a value").to_owned();
    }
    let fields = [
        ("at", WINDOW),
        ("s", &state),
        ("book", "yes"),
        ("keep", "yes"),
    ];
    let booked = new.ask(&format!("{PAGE}/book"), &fields).await;
    assert_eq!(booked.status, 303, "{}", booked.words());
    // What does not change with time is remembered, the age is not.
    let me = new.get("/me").await.words();
    assert!(me.contains("会说普通话") && !me.contains("年龄"), "{me}");
    // And it stands nowhere readable.
    assert!(!world.keeps("会说普通话 = 是"));
}

#[tokio::test]
async fn nobody_sees_or_gives_back_anothers_booking() {
    let world = World::of(nobody_for_papers(&course())).await;
    let mut li = world.as_one("resident-li").await;
    let page = li.books(WINDOW).await;
    let paths = [
        page.clone(),
        format!("{page}/receipt.json"),
        format!("{page}/booking.ics"),
    ];
    let mut stranger = world.browser();
    let mut other = world.as_one("parent-chen").await;
    let mut staff = world.as_one("library-head").await;
    for path in &paths {
        assert_eq!(stranger.get(path).await.status, 303, "{path}");
        assert_eq!(other.get(path).await.status, 404, "{path}");
        assert_eq!(staff.get(path).await.status, 404, "{path}");
    }
    for act in ["cancel", "accept"] {
        let path = format!("{page}/{act}");
        assert_eq!(
            stranger.post(&path, &[]).await.header("location"),
            "/sign-in"
        );
        assert_eq!(other.ask(&path, &[]).await.status, 404, "{path}");
        assert_eq!(staff.ask(&path, &[]).await.status, 404, "{path}");
        // Without the token of their own session's pages not even the person themselves.
        assert_eq!(li.post(&path, &[("csrf", "x")]).await.status, 403);
    }
    assert_eq!(world.status(number(&page)), Status::Booked);
    // Nobody signs up for whom they do not act.
    for whom in ["resident-li", "child-chen", "nobody"] {
        let fields = [("at", SCROLL), ("for", whom), ("book", "yes")];
        let reply = other.ask(&format!("{PAGE}/book"), &fields).await;
        assert_eq!(reply.status, 404, "{whom}");
    }
    assert_eq!(
        stranger
            .post(&format!("{PAGE}/book"), &[("at", SCROLL)])
            .await
            .header("location"),
        "/sign-in"
    );
    assert_eq!(li.get("/me/bookings/000000000000").await.status, 404);
    assert_eq!(li.get("/me/bookings/x").await.status, 404);
}

#[tokio::test]
async fn a_party_comes_in_with_one_ticket() {
    let world = World::new()
        .await
        .later(SignedDuration::from_hours(4 * 24 + 2))
        .await;
    let mut li = world.as_one("resident-li").await;
    let at = "@2022-01-25T17:00/17:15";
    let path = "/offers/theme-season/lanterns";
    let at_field = form_urlencoded::byte_serialize(at.as_bytes()).collect::<String>();
    let asked = li.get(&format!("{path}/book?at={at_field}")).await;
    assert!(asked.words().contains("几个人来"), "{}", asked.words());
    let book = |party: &'static str| [("at", at), ("party", party), ("book", "yes")];
    let many = li.ask(&format!("{path}/book"), &book("7")).await;
    assert_eq!(many.status, 409);
    assert!(many.words().contains("1 至 6 人"), "{}", many.words());
    let booked = li.ask(&format!("{path}/book"), &book("4")).await;
    assert_eq!(booked.status, 303, "{}", booked.words());
    let page = booked
        .header("location")
        .split('?')
        .next()
        .expect("a path")
        .to_owned();
    assert!(
        li.get(&page)
            .await
            .words()
            .contains("4人，凭一张签到码一起进")
    );
    let free = world.browser().get(path).await.words();
    assert!(free.contains("296"), "{free}");
}

#[tokio::test]
async fn signing_in_leads_back_to_the_slot_and_nowhere_else() {
    let world = World::of(course()).await;
    let mut browser = world.browser();
    let wanted = book(WINDOW);
    let led = browser.get(&wanted).await;
    let at = led.header("location").to_owned();
    assert!(at.starts_with("/sign-in?next=%2Foffers%2F"), "{at}");
    let form = browser.get(&at).await.text();
    assert!(form.contains("name=\"next\""));
    let fields = [("person", "resident-li"), ("next", wanted.as_str())];
    let entered = browser.post("/sign-in/demo", &fields).await;
    assert_eq!(entered.header("location"), wanted);
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/me/forget",
        "/offers/\r\nset-cookie: a=b",
    ] {
        let fields = [("person", "resident-li"), ("next", elsewhere)];
        let entered = browser.post("/sign-in/demo", &fields).await;
        assert_eq!(entered.header("location"), "/me", "{elsewhere}");
    }
}

#[tokio::test]
async fn the_calendar_has_an_address_that_can_be_changed_and_closed() {
    let world = World::of(course()).await;
    let mut li = world.as_one("resident-li").await;
    li.books(WINDOW).await;
    assert!(!li.get("/me/bookings").await.text().contains("/calendar/"));
    let address = |page: String| {
        let (_, rest) = page.split_once("/calendar/").expect("an address");
        format!("/calendar/{}", rest.split('?').next().expect("a path"))
    };
    li.ask("/me/calendar", &[("do", "new")]).await;
    let first = address(li.get("/me/bookings").await.text());
    let mut anybody = world.browser();
    let feed = anybody.get(&first).await;
    assert_eq!(feed.header("content-type"), "text/calendar; charset=utf-8");
    assert!(feed.text().contains("SUMMARY:窗花"));
    // The file beside the sessions alone does not have it.
    let secret = first
        .trim_start_matches("/calendar/")
        .trim_end_matches(".ics");
    assert!(secret.len() == 64 && !world.keeps(secret));
    li.ask("/me/calendar", &[("do", "new")]).await;
    let second = address(li.get("/me/bookings").await.text());
    assert_ne!(first, second);
    assert_eq!(anybody.get(&first).await.status, 404);
    assert_eq!(anybody.get(&second).await.status, 200);
    li.ask("/me/calendar", &[("do", "close")]).await;
    assert_eq!(anybody.get(&second).await.status, 404);
    li.ask("/me/calendar", &[("do", "new")]).await;
    let third = address(li.get("/me/bookings").await.text());
    li.ask("/me/forget", &[("sure", "yes")]).await;
    assert_eq!(anybody.get(&third).await.status, 404);
    for wrong in ["/calendar/x.ics", "/calendar/x"] {
        assert_eq!(anybody.get(wrong).await.status, 404);
    }
}

#[tokio::test]
async fn slots_are_found_by_place_day_age_and_what_is_free() {
    let world = World::of(course()).await;
    let mut browser = world.browser();
    let mut count = async |query: &str| {
        let page = browser.get(&format!("/offers?{query}")).await.text();
        page.matches("course%23").count()
            + page.matches("href=\"/offers/course/papercut/book").count()
    };
    assert_eq!(count("day=2022-01-08&where=140105").await, 3);
    assert_eq!(count("day=2022-01-08&where=140106").await, 0);
    assert_eq!(count("day=2022-01-09&age=senior").await, 2);
    assert_eq!(
        count("day=nonsense&where=nowhere&age=old&from=-1").await,
        5,
        "what is not understood hides nothing"
    );
    // Nobody under 14 may volunteer at the library, and some may cut paper.
    let children = browser
        .get("/offers?age=child&day=2022-01-08")
        .await
        .words();
    assert!(
        children.contains("窗花") && !children.contains("少儿阅读"),
        "{children}"
    );
    let month = browser
        .get("/offers?view=calendar&month=2022-01&where=140105")
        .await
        .words();
    assert!(
        month.contains("8\n3场\n3有空") || month.contains("83场3有空"),
        "{month}"
    );
    browser.lang = "en";
    let words = browser
        .get("/offers?view=calendar&month=2022-02")
        .await
        .words();
    assert!(words.contains("February 2022"), "{words}");
}

#[tokio::test]
async fn a_house_that_is_only_read_shows_offers_and_takes_none() {
    let page = crate::get("/offers").await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("/book?"));
    let page = crate::get("/offers/library-volunteers/volunteers").await;
    assert!(page.words().contains("这里只供阅读，不接受报名"));
    for path in [
        "/offers/library-volunteers/volunteers/book?at=x",
        "/offers/library-volunteers/volunteers/live",
        "/calendar/x.ics",
        "/offers/no/such",
    ] {
        assert_eq!(crate::get(path).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_listen_hear_of_changes_in_their_language() {
    let world = World::of(course()).await;
    let time = tokio::spawn(web::keep_time(world.app.clone()));
    let request = Request::get(format!("{PAGE}/live?lang=en")).body(Body::empty());
    let response = world
        .router
        .clone()
        .oneshot(request.expect("a request"))
        .await;
    let response = response.expect("infallible");
    assert_eq!(
        response.headers()["content-type"],
        "text/event-stream; charset=utf-8"
    );
    let mut body = response.into_body();
    let mut li = world.as_one("resident-li").await;
    li.books(WINDOW).await;
    let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
    let frame = tokio::time::timeout(std::time::Duration::from_secs(10), frame).await;
    let frame = frame
        .expect("in time")
        .expect("a frame")
        .expect("infallible");
    let bytes = frame.into_data().expect("data");
    let event = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let json = event.trim().strip_prefix("data: ").expect("an event");
    let told: serde_json::Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(told["slot"], format!("course#papercut{WINDOW}"));
    assert_eq!(
        (&told["class"], &told["text"]),
        (&"rest".into(), &"full; you can wait".into())
    );
    // A stop ends them, so that a server does not wait for its readers.
    world.app.stop();
    let end = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
    let end = tokio::time::timeout(std::time::Duration::from_secs(5), end).await;
    assert!(end.expect("in time").is_none());
    time.await.expect("the clock ends too");
}

#[tokio::test]
async fn the_pages_of_a_booking_in_words() {
    let world = World::of(course()).await;
    let mut li = world.as_one("resident-li").await;
    let page = li.books(WINDOW).await;
    for (lang, suffix) in [("zh-CN", "zh"), ("en", "en")] {
        li.lang = lang;
        for (path, name) in [
            (PAGE, "offer"),
            (&book("/scroll@2022-01-09T09:00/11:00"), "book"),
            (&page, "booking"),
            ("/me/bookings", "my-bookings"),
        ] {
            let words = li.get(path).await.words();
            // A ticket's signature is as good as random to a reader.
            let words: Vec<&str> = words
                .lines()
                .filter(|line| line.len() != 120 || line.contains(' '))
                .collect();
            insta::assert_snapshot!(format!("{name}-{suffix}"), words.join("\n"));
        }
    }
}

#[tokio::test]
async fn a_booking_made_under_an_older_text_still_shows() {
    let world = World::of(course()).await;
    let mut li = world.as_one("resident-li").await;
    let page = li.books(WINDOW).await;
    // The slot is gone from a later text: it stands there by its names, and cannot be booked.
    let world = {
        let now = world.now;
        world.app.stop();
        drop((world.router, world.app));
        world.running.stop().expect("an orderly stop");
        World::open(world.folder, city(), now).await
    };
    let mut li = world.as_one("resident-li").await;
    let shown = li.get(&page).await;
    assert_eq!(shown.status, 200);
    assert!(shown.words().contains("course#papercut"));
    assert_eq!(li.get("/me/bookings").await.status, 200);
    let offering = offering(&course(), "course");
    assert_eq!(offering.slots().len(), 5);
}
