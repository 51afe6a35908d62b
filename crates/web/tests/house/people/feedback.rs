//! Feedback by page: who was there says how it was, staff read it without a name, everybody sees counts once there are enough.

use super::clock::{offering, with_notice};
use super::{Browser, World};
use forms::booking::rows::{Means, Number};
use forms::booking::{CheckIn, GiveFeedback, Offering, SignUp};
use jiff::{SignedDuration, Timestamp};
use ledger::name::Person;
use std::sync::Arc;

const TEXT: &str = r#"+++
title    = "读报会"
issuer   = "shanxi-library"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

每场十人。

```offer papers
dates    = [{ on = 2022-01-12, hours = "09:00-11:00" }]
capacity = 10
sign_up  = "2022-01-04T09:00/"
```
"#;
const SESSION: &str = "/desk/bookings/papers/papers/@2022-01-12T09:00/11:00";
const OFFER: &str = "/offers/papers/papers";

fn person(name: &str) -> Person {
    Person::new(name).expect("a name")
}

/// Signs somebody up and checks them in.
async fn was_there(world: &World, offering: &Arc<Offering>, who: &str) -> u64 {
    let slot = offering.slots()[0].key.clone();
    let act = SignUp::new(offering, slot, person(who), None);
    world.command(offering, who, act).await
}

async fn comes(world: &World, offering: &Arc<Offering>, booking: u64) {
    let act = CheckIn {
        booking: Number::of(booking).expect("a number"),
        at: world.now - SignedDuration::from_mins(90),
        by: Means::Qr,
        under: None,
    };
    world.command(offering, "gate", act).await;
}

async fn say(browser: &mut Browser, number: u64, rating: &str, words: &str) -> crate::Reply {
    let path = format!("/me/bookings/{number:012}/feedback");
    browser
        .ask(&path, &[("rating", rating), ("words", words)])
        .await
}

#[tokio::test]
async fn who_was_there_says_how_it_was_and_staff_read_it_without_a_name() {
    let city = with_notice("papers", TEXT);
    let offering = offering(&city, "papers");
    let world = World::of(city).await;
    // Their accounts and keys come with the first sign-in.
    let mut li = world.as_one("resident-li").await;
    let booking = was_there(&world, &offering, "resident-li").await;
    let page = format!("/me/bookings/{booking:012}");
    assert!(!li.get(&page).await.text().contains("id=\"feedback\""));
    let end: Timestamp = "2022-01-12T10:45:00+08:00".parse().expect("a time");
    let by = end.duration_since(world.now);
    let world = world.later(by).await;
    comes(&world, &offering, booking).await;
    let mut li = world.as_one("resident-li").await;
    // While it lasts there is no form, and a command is refused.
    assert!(!li.get(&page).await.text().contains("id=\"feedback\""));
    let early = say(&mut li, booking, "good", "").await;
    assert_eq!(early.status.as_u16(), 409);
    assert!(
        early.words().contains("才结束，请结束以后再评价"),
        "{}",
        early.words()
    );
    let world = world.later(SignedDuration::from_mins(15)).await;
    let mut li = world.as_one("resident-li").await;
    let shown = li.get(&page).await;
    assert!(shown.words().contains("这一场怎么样"), "{}", shown.words());
    let list = li.get("/me/bookings").await;
    let to = format!("{page}#feedback");
    assert!(list.text().contains(&to), "{}", list.words());
    let missing = say(&mut li, booking, "", "说什么").await;
    assert_eq!(missing.status.as_u16(), 422);
    let long = say(&mut li, booking, "good", &"字".repeat(501)).await;
    assert_eq!(long.status.as_u16(), 422);
    assert!(long.words().contains("最多 500 个字"), "{}", long.words());
    // Others do not even learn that there is such a booking.
    let mut wang = world.as_one("resident-wang").await;
    let theirs = say(&mut wang, booking, "poor", "").await;
    assert_eq!(theirs.status.as_u16(), 404);
    let forged = li
        .post(
            &format!("{page}/feedback"),
            &[("csrf", "0"), ("rating", "good")],
        )
        .await;
    assert_eq!(forged.status.as_u16(), 403);

    let done = say(&mut li, booking, "fair", "讲得清楚<b>\r\n屋子冷了些").await;
    assert_eq!(done.status.as_u16(), 303);
    let shown = li.get(done.header("location")).await;
    assert!(shown.words().contains("谢谢，记下了"), "{}", shown.words());
    assert!(shown.text().contains("讲得清楚&lt;b&gt;") && shown.words().contains("屋子冷了些"));
    assert!(!world.keeps("屋子冷了些"), "words are kept readable");

    // At the desk: the words without a name for those who see bookings, and for nobody else.
    for (who, reads) in [
        ("library-clerk", true),
        ("library-lead", true),
        ("library-head", false),
        ("library-archivist", false),
        ("culture-teacher", false),
        ("resident-wang", false),
    ] {
        let mut other = world.as_one(who).await;
        let session = other.get(SESSION).await;
        assert_eq!(session.text().contains("屋子冷了些"), reads, "{who}");
        if reads {
            let (_, part) = session
                .text()
                .split_once("id=\"heard\"")
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .expect("the part");
            let (part, _) = part.split_once("</section>").expect("its end");
            assert!(!part.contains("李晓晨"), "{part}");
        }
    }
    // Seven days later it cannot be changed; it can be taken back; one rating alone is told to nobody.
    let world = world.later(SignedDuration::from_hours(7 * 24)).await;
    let mut li = world.as_one("resident-li").await;
    assert!(!li.get("/me/bookings").await.text().contains(&to));
    let late = say(&mut li, booking, "good", "").await;
    assert_eq!(late.status.as_u16(), 409);
    let offer = world.browser().get(OFFER).await;
    assert!(
        offer.words().contains("评价不满5个，不公开"),
        "{}",
        offer.words()
    );
    assert!(!offer.text().contains("屋子冷了些"));
    let back = li.ask(&format!("{page}/feedback/withdraw"), &[]).await;
    assert_eq!(back.status.as_u16(), 303);
    assert!(!li.get(&page).await.text().contains("屋子冷了些"));
    let again = li.ask(&format!("{page}/feedback/withdraw"), &[]).await;
    assert_eq!(again.status.as_u16(), 409);
}

#[tokio::test]
async fn counts_are_shown_from_five_on_and_once_nobody_can_change_them() {
    let city = with_notice("papers", TEXT);
    let offering = offering(&city, "papers");
    let world = World::of(city).await;
    let mut bookings = Vec::new();
    for who in ["a", "b", "c", "d", "e"] {
        bookings.push((who, was_there(&world, &offering, who).await));
    }
    let end: Timestamp = "2022-01-12T11:00:00+08:00".parse().expect("a time");
    let by = end.duration_since(world.now);
    let world = world.later(by).await;
    for (at, (who, booking)) in bookings.iter().enumerate() {
        comes(&world, &offering, *booking).await;
        let rating = forms::booking::feedback::Rating::ALL[at.min(1)];
        let act = GiveFeedback {
            booking: Number::of(*booking).expect("a number"),
            person: person(who),
            rating,
            words: None,
        };
        world.command(&offering, who, act).await;
    }
    let now = world.browser().get(OFFER).await;
    assert!(!now.text().contains("id=\"rated\""), "{}", now.words());
    let world = world.later(SignedDuration::from_hours(7 * 24)).await;
    let mut browser = world.browser();
    browser.lang = "en";
    let shown = browser.get(OFFER).await.words();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let counts = words.join(" ");
    assert!(counts.contains("good 1 so-so 4 not good 0"), "{counts}");
}

#[tokio::test]
async fn words_of_who_was_forgotten_are_gone_and_the_rating_stays_counted() {
    let city = with_notice("papers", TEXT);
    let offering = offering(&city, "papers");
    let world = World::of(city).await;
    let mut zhao = world.browser();
    let opened = zhao
        .open("zhao@example.cn", "a long password of zhao", "赵某")
        .await;
    assert_eq!(opened.status.as_u16(), 303, "{}", opened.words());
    let at = "@2022-01-12T09:00/11:00";
    let fields = [("at", at), ("book", "yes")];
    let booked = zhao.ask("/offers/papers/papers/book", &fields).await;
    assert_eq!(booked.status.as_u16(), 303, "{}", booked.words());
    let path = booked.header("location").split('?').next().expect("a path");
    let number = super::bookings::number(path);
    let end: Timestamp = "2022-01-12T11:00:00+08:00".parse().expect("a time");
    let by = end.duration_since(world.now);
    let world = world.later(by).await;
    comes(&world, &offering, number).await;
    let mut zhao = world.browser();
    zhao.sign_in("zhao@example.cn", "a long password of zhao")
        .await;
    let said = say(&mut zhao, number, "good", "灯光很好").await;
    assert_eq!(said.status.as_u16(), 303, "{}", said.words());
    let mut clerk = world.as_one("library-clerk").await;
    assert!(clerk.get(SESSION).await.text().contains("灯光很好"));
    let gone = zhao.ask("/me/forget", &[("sure", "yes")]).await;
    assert!(gone.status.as_u16() < 400, "{}", gone.words());
    let session = clerk.get(SESSION).await;
    assert_eq!(session.status.as_u16(), 200);
    assert!(!session.text().contains("灯光很好"));
    let words = session
        .words()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(words.contains("好 1 · 一般 0 · 不好 0 没有留言"), "{words}");
}

/// Sessions of the menu's office beside the demo city's own: two communities, a course for everybody and one for adults.
const COURSES: &str = r#"+++
title    = "加开的课"
issuer   = "jiancaoping-culture"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

加开两门。

```offer more
dates    = [
    { on = 2022-01-08, hours = "09:00-10:00", projects = ["paper-cutting-1"] },
    { on = 2022-01-08, hours = "14:00-15:00", projects = ["flowers-2"] },
]
capacity = 30
sign_up  = "2022-01-04T09:00/"

[projects]
paper-cutting-1 = { zh = "剪纸", en = "paper-cutting", where = "140108001002" }
flowers-2       = { zh = "节日花艺", en = "festive flowers", where = "140108001003" }
```
"#;

#[tokio::test]
async fn figures_of_the_menu_are_counted_by_check_in_and_small_ones_are_not_told() {
    let city = with_notice("more-courses", COURSES);
    let offering = offering(&city, "more-courses");
    let world = World::of(city).await;
    // The sessions of the year's end are over, and nobody was checked in to them.
    let none = world.browser().get("/menu/figures").await.words();
    let none = none.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(none.contains("已经开课 35 来的人次 0 社区 27"), "{none}");
    let mut bookings = Vec::new();
    for n in 0..12 {
        // Nine want the first session, three the second; the first of all does not come.
        let slot = offering.slots()[usize::from(n >= 9)].key.clone();
        let who = format!("p{n}");
        let act = SignUp::new(&offering, slot, person(&who), None);
        bookings.push((who.clone(), world.command(&offering, &who, act).await));
    }
    let end: Timestamp = "2022-01-08T16:00:00+08:00".parse().expect("a time");
    let by = end.duration_since(world.now);
    let world = world.later(by).await;
    for (n, (_, booking)) in bookings.iter().enumerate().skip(1) {
        let at = if n < 9 { "09:05" } else { "14:05" };
        let act = CheckIn {
            booking: Number::of(*booking).expect("a number"),
            at: format!("2022-01-08T{at}:00+08:00").parse().expect("a time"),
            by: Means::Qr,
            under: None,
        };
        world.command(&offering, "gate", act).await;
    }
    for (n, (who, booking)) in bookings.iter().enumerate().skip(1) {
        let act = GiveFeedback {
            booking: Number::of(*booking).expect("a number"),
            person: person(who),
            rating: forms::booking::feedback::Rating::ALL[n % 2],
            words: None,
        };
        world.command(&offering, who, act).await;
    }
    let world = world.later(SignedDuration::from_hours(8 * 24)).await;
    let shown = world.browser().get("/menu/figures").await;
    let words: Vec<String> = shown
        .words()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let words = words.join(" ");
    // Seventy-five of the sessions are the demo city's own, to which nobody came.
    // Eleven came, eight of them to the first session. Three are not told, and eight would tell them with the eleven.
    assert!(words.contains("已经开课 77 来的人次 11"), "{words}");
    assert!(
        words.contains("大型社区 5 不到5") && words.contains("利民社区 5 不公开"),
        "{words}"
    );
    assert!(words.contains("成年人（18岁及以上） 24 不到5"), "{words}");
    // Eight spoke of paper-cutting; the three who spoke of flowers are not told.
    assert!(words.contains("好 4 一般 4 不好 0"), "{words}");
    assert!(words.contains("另有1门课评价不满5个"), "{words}");
    assert!(words.contains("按演示城市的时钟"), "{words}");
    let file = world.browser().get("/menu/figures?as=csv").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let text = file.text();
    assert!(text.contains("\"全部\",\"\",\"77\",\"11\""), "{text}");
    assert!(
        text.contains("\"不到5\"") && text.contains("\"不公开\""),
        "{text}"
    );
    // An offer of the menu tells no ratings by itself, and leads to the figures.
    let offer = world.browser().get("/offers/more-courses/more").await;
    assert!(offer.text().contains("/menu/figures") && !offer.text().contains("id=\"rated\""));
}
