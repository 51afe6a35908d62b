//! Wishing for courses of the menu, and the desk that answers.

use super::World;

const COMMUNITY: &str = "140108001002";

#[tokio::test]
async fn residents_wish_and_everybody_sees_how_many() {
    let world = World::new().await;
    // Whoever has not signed in sees the menu, and is led to sign in before wishing.
    let mut nobody = world.browser();
    let menu = nobody.get("/menu").await;
    assert_eq!(menu.status.as_u16(), 200);
    assert!(
        menu.text().contains("67门课，62位老师，27个社区"),
        "{}",
        menu.words()
    );
    let away = nobody.get("/menu/wishes").await;
    assert_eq!(away.status.as_u16(), 303);
    assert!(away.header("location").starts_with("/sign-in"));

    let mut zhang = world.as_one("resident-zhang").await;
    let csrf = zhang.csrf().await;
    let fields = |course: &'static str, age: &'static str, csrf: &str| {
        [("course", course), ("age", age), ("community", COMMUNITY)]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into_iter()
            .chain([("csrf".to_owned(), csrf.to_owned())])
            .collect::<Vec<_>>()
    };
    async fn send(
        browser: &mut super::Browser,
        path: &str,
        fields: &[(String, String)],
    ) -> crate::Reply {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        browser.post(path, &fields).await
    }
    let made = send(
        &mut zhang,
        "/menu/wishes",
        &fields("paper-cutting-1", "elders", &csrf),
    )
    .await;
    assert_eq!(
        (made.status.as_u16(), made.header("location")),
        (303, "/menu/wishes")
    );
    let mine = zhang.get("/menu/wishes").await;
    assert!(
        mine.words().contains("共1人点") && mine.words().contains("等排课"),
        "{}",
        mine.words()
    );
    assert_eq!(mine.header("cache-control"), "private, no-store");
    // A second time, and for an age that it is not for: each is said, and nothing changes.
    let again = send(
        &mut zhang,
        "/menu/wishes",
        &fields("paper-cutting-1", "elders", &csrf),
    )
    .await;
    assert_eq!(again.status.as_u16(), 409);
    assert!(
        again.words().contains("您已经在这个社区点过这门课"),
        "{}",
        again.words()
    );
    let young = send(
        &mut zhang,
        "/menu/wishes",
        &fields("paper-cutting-4", "elders", &csrf),
    )
    .await;
    assert!(
        young.words().contains("这门课适合 6 至 14 岁"),
        "{}",
        young.words()
    );
    // Not without the page's own token.
    let forged = send(&mut zhang, "/menu/wishes", &fields("tea-1", "elders", "0")).await;
    assert_eq!(forged.status.as_u16(), 403);
    let shown = nobody.get("/menu").await.words();
    assert!(shown.contains("眼下有1个心愿"), "{shown}");
    // Another cannot take it back, and does not learn whose it is.
    let number = mine.text();
    let number = number.split_once("name=\"wish\" value=\"").unwrap().1;
    let number = number.split_once('"').unwrap().0.to_owned();
    let mut li = world.as_one("resident-li").await;
    let theirs = li.csrf().await;
    let stolen = li
        .post(
            "/menu/wishes/withdraw",
            &[("csrf", &theirs), ("wish", &number)],
        )
        .await;
    assert_eq!(stolen.status.as_u16(), 409);
    assert!(
        stolen.words().contains("这里没有这个点单"),
        "{}",
        stolen.words()
    );
    let back = zhang
        .post(
            "/menu/wishes/withdraw",
            &[("csrf", &csrf), ("wish", &number)],
        )
        .await;
    assert_eq!(back.status.as_u16(), 303);
    assert!(nobody.get("/menu").await.words().contains("眼下有0个心愿"));
}

#[tokio::test]
async fn only_the_districts_clerk_draws_up_a_timetable_and_wishes_are_answered_by_it() {
    let world = World::new().await;
    let mut people = Vec::new();
    for id in ["resident-zhang", "resident-wang", "resident-li"] {
        let mut browser = world.as_one(id).await;
        let csrf = browser.csrf().await;
        let fields = [
            ("csrf", csrf.as_str()),
            ("course", "paper-cutting-1"),
            ("community", COMMUNITY),
            ("age", "elders"),
        ];
        assert_eq!(
            browser.post("/menu/wishes", &fields).await.status.as_u16(),
            303
        );
        people.push(browser);
    }
    for id in [
        "resident-li",
        "culture-head",
        "culture-teacher",
        "library-clerk",
    ] {
        let mut other = world.as_one(id).await;
        let shown = other.get("/desk/timetable").await;
        assert_eq!(shown.status.as_u16(), 403, "{id}");
        assert!(shown.words().contains("编排课表"), "{}", shown.words());
        let csrf = other.csrf().await;
        let answered = other.post("/desk/timetable", &[("csrf", &csrf)]).await;
        assert_eq!(answered.status.as_u16(), 403, "{id}");
    }
    let mut clerk = world.as_one("culture-clerk").await;
    let csrf = clerk.csrf().await;
    let few = clerk.get("/desk/timetable").await;
    assert_eq!(few.status.as_u16(), 200);
    assert!(
        few.words().contains("人数不够，要满10人"),
        "{}",
        few.words()
    );
    let days = "/desk/timetable?from=2022-02-07&until=2022-02-20&needed=3";
    let table = clerk.get(days).await;
    assert!(
        table.words().contains("排出1场，满足3个心愿（共3个）"),
        "{}",
        table.words()
    );
    assert!(
        table.text().contains("```offer at-140108001002"),
        "{}",
        table.text()
    );
    // Days that cannot be are said, not answered.
    let wrong = clerk
        .get("/desk/timetable?from=2022-02-07&until=2022-01-01")
        .await;
    assert!(wrong.words().contains("1 至 400 天"), "{}", wrong.words());
    let fields = [
        ("csrf", csrf.as_str()),
        ("from", "2022-02-07"),
        ("until", "2022-02-20"),
        ("needed", "3"),
    ];
    assert_eq!(
        clerk.post("/desk/timetable", &fields).await.status.as_u16(),
        303
    );
    for browser in &mut people {
        let mine = browser.get("/menu/wishes").await.words();
        assert!(
            mine.contains("排上了") && mine.contains("2022-02-"),
            "{mine}"
        );
        browser.lang = "en";
        let mine = browser.get("/menu/wishes").await.words();
        assert!(
            mine.contains("given") && mine.contains("wished for by 3"),
            "{mine}"
        );
    }
}

#[tokio::test]
async fn a_guardian_wishes_for_a_child_and_for_nobody_elses() {
    let world = World::new().await;
    let mut mother = world.as_one("parent-chen").await;
    let page = mother.get("/menu/wishes").await;
    assert!(page.words().contains("替谁点"), "{}", page.words());
    let wish = |whom: &'static str| {
        [
            ("for", whom),
            ("course", "paper-cutting-4"),
            ("community", COMMUNITY),
            ("age", "children"),
        ]
    };
    let made = mother.ask("/menu/wishes", &wish("child-chen")).await;
    assert_eq!(made.status.as_u16(), 303, "{}", made.words());
    let mine = mother.get("/menu/wishes").await;
    assert!(mine.words().contains("共1人点"), "{}", mine.words());
    // It is the child's wish: the mother can wish the same for herself.
    let own = mother.ask("/menu/wishes", &wish("parent-chen")).await;
    assert_eq!(own.status.as_u16(), 303);
    let twice = mother.ask("/menu/wishes", &wish("child-chen")).await;
    assert_eq!(twice.status.as_u16(), 409);
    // Somebody who is not the guardian learns not even that there is such a child.
    let mut li = world.as_one("resident-li").await;
    assert!(!li.get("/menu/wishes").await.words().contains("替谁点"));
    let theirs = li.ask("/menu/wishes", &wish("child-chen")).await;
    assert_eq!(theirs.status.as_u16(), 404);
    let text = mother.get("/menu/wishes").await.text();
    let (_, part) = text
        .split_once("value=\"child-chen\"")
        .expect("the child's");
    let number = part.split_once("name=\"wish\" value=\"").expect("a wish").1;
    let number = number.split_once('"').expect("its end").0.to_owned();
    let fields = [("for", "child-chen"), ("wish", number.as_str())];
    let stolen = li.ask("/menu/wishes/withdraw", &fields).await;
    assert_eq!(stolen.status.as_u16(), 404);
    let back = mother.ask("/menu/wishes/withdraw", &fields).await;
    assert_eq!(back.status.as_u16(), 303);
    let mut nobody = world.browser();
    assert!(nobody.get("/menu").await.words().contains("眼下有1个心愿"));
}
