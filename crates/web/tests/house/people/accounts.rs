//! Opening an account, signing in by it, being forgotten.

use super::{World, city};
use jiff::SignedDuration;
use std::sync::Arc;

const MAIL: &str = "Li.Ming@example.cn";
const PASSWORD: &str = " 难老泉边的周柏齐年 ";

#[tokio::test]
async fn an_account_is_opened_and_entered_by_address_and_password() {
    let world = World::new().await;
    let mut li = world.browser();
    let opened = li.open(MAIL, PASSWORD, "李明").await;
    assert_eq!(
        (opened.status.as_u16(), opened.header("location")),
        (303, "/me")
    );
    let words = li.get("/me").await.words();
    assert!(
        words.contains("李明") && words.contains("li.ming@example.cn"),
        "{words}"
    );

    let out = li.ask("/sign-out", &[]).await;
    assert_eq!(out.header("location"), "/sign-in?done=out");
    assert!(li.cookie.is_none() && !li.is_in().await);
    for (mail, password, status) in [
        (MAIL, PASSWORD.trim(), 403),
        (MAIL, "", 403),
        ("wang@example.cn", PASSWORD, 403),
        ("no address", PASSWORD, 422),
        ("li.ming@EXAMPLE.cn", PASSWORD, 303),
    ] {
        let reply = li.sign_in(mail, password).await;
        assert_eq!(reply.status, status, "{mail} {password:?}");
        assert_eq!(li.cookie.is_some(), status == 303);
        if status == 403 {
            // Whether there is such an account is not told.
            assert!(
                reply.words().contains("邮箱或密码不对"),
                "{}",
                reply.words()
            );
            assert!(!reply.text().contains(PASSWORD.trim()));
        }
    }
    assert!(li.is_in().await);

    // What is kept tells nothing to whoever reads it, and it outlives the server.
    for secret in ["li.ming", MAIL, "李明", PASSWORD.trim(), "$argon2id$"] {
        assert!(!world.keeps(secret), "{secret} can be read in what is kept");
    }
    let world = world.later(SignedDuration::from_hours(1)).await;
    let mut again = world.browser();
    assert_eq!(again.sign_in(MAIL, PASSWORD).await.status, 303);
    assert!(again.is_in().await);
}

#[tokio::test]
async fn what_is_typed_wrong_is_said_and_the_rest_stays() {
    let world = World::new().await;
    let mut li = world.browser();
    let short = li.open(MAIL, "短", "李明").await;
    assert_eq!(short.status, 422);
    let text = short.text();
    assert!(text.contains("密码至少 10 个字符") && text.contains("value=\"Li.Ming@example.cn\""));
    assert!(!text.contains("value=\"短\""));
    assert_eq!(li.open("li", PASSWORD, "").await.status, 422);
    let long = "李".repeat(65);
    assert_eq!(li.open(MAIL, PASSWORD, &long).await.status, 422);
    assert_eq!(li.open(MAIL, PASSWORD, "").await.status, 303);

    let mut other = world.browser();
    let taken = other.open("li.ming@example.cn", PASSWORD, "").await;
    assert_eq!(taken.status, 409);
    assert!(taken.words().contains("已经有账号了") && other.cookie.is_none());

    // The name can be stated later.
    assert!(li.get("/me").await.text().contains("action=\"/me/name\""));
    assert_eq!(li.ask("/me/name", &[("name", " ")]).await.status, 422);
    assert_eq!(li.ask("/me/name", &[("name", "李明")]).await.status, 303);
    let page = li.get("/me").await;
    assert!(page.words().contains("李明 本人填写"), "{}", page.words());
}

#[tokio::test]
async fn whoever_guesses_has_to_wait_and_others_do_not() {
    let world = World::new().await;
    let mut li = world.browser();
    li.open(MAIL, PASSWORD, "").await;
    let mut guesser = world.browser();
    for _ in 0..5 {
        assert_eq!(guesser.sign_in(MAIL, "guess").await.status, 403);
    }
    let wait = guesser.sign_in(MAIL, PASSWORD).await;
    assert_eq!(wait.status, 429, "even the right one has to wait");
    assert!(
        wait.words().contains("请在 08:00:02 以后再试"),
        "{}",
        wait.words()
    );
    // The same for an account that there is not.
    for _ in 0..5 {
        assert_eq!(guesser.sign_in("no@example.cn", "guess").await.status, 403);
    }
    assert_eq!(guesser.sign_in("no@example.cn", "guess").await.status, 429);
    assert_eq!(guesser.sign_in("other@example.cn", "x").await.status, 403);
    assert!(li.is_in().await, "a session goes on");

    // Thirty failures from one address are enough, whatever accounts they were for; elsewhere one goes on.
    for n in 0..19 {
        guesser.sign_in(&format!("{n}@example.cn"), "guess").await;
    }
    assert_eq!(guesser.sign_in("new@example.cn", "x").await.status, 429);
    let mut elsewhere = world.browser();
    elsewhere.headers.push(("x-forwarded-for", "203.0.113.9"));
    assert_eq!(elsewhere.sign_in("new@example.cn", "x").await.status, 403);
}

#[tokio::test]
async fn accounts_are_not_opened_by_the_hundred() {
    let world = World::new().await;
    let mut robot = world.browser();
    for n in 0..30 {
        let mail = format!("{n}@example.cn");
        assert_eq!(robot.open(&mail, PASSWORD, "").await.status, 303);
        robot.cookie = None;
    }
    assert_eq!(robot.open("30@example.cn", PASSWORD, "").await.status, 429);
}

#[tokio::test]
async fn being_forgotten_takes_saying_so_and_is_for_good() {
    let world = World::new().await;
    let mut li = world.browser();
    li.open(MAIL, PASSWORD, "李明").await;
    let mut phone = world.browser();
    phone.sign_in(MAIL, PASSWORD).await;

    let unsure = li.ask("/me/forget", &[]).await;
    assert_eq!(unsure.status, 422);
    assert!(unsure.words().contains("我明白") && li.is_in().await);
    let gone = li.ask("/me/forget", &[("sure", "yes")]).await;
    assert_eq!(gone.header("location"), "/sign-in?done=forgotten");
    assert!(!li.is_in().await && !phone.is_in().await);
    assert_eq!(li.sign_in(MAIL, PASSWORD).await.status, 403);
    // The address is free again, for somebody new.
    assert_eq!(li.open(MAIL, PASSWORD, "").await.status, 303);
    assert!(!li.get("/me").await.text().contains("李明"));
}

#[tokio::test]
async fn an_invented_person_who_was_forgotten_stays_so() {
    let world = World::new().await;
    let mut li = world.as_one("resident-li").await;
    li.ask("/me/forget", &[("sure", "yes")]).await;
    let page = li.get("/sign-in").await;
    assert!(page.words().contains("李晓晨 已注销"));
    assert!(!page.text().contains("value=\"resident-li\""));
    let again = li.post("/sign-in/demo", &[("person", "resident-li")]).await;
    assert_eq!((again.status.as_u16(), li.cookie.is_none()), (409, true));
}

#[tokio::test]
async fn only_in_a_demo_city_one_signs_in_as_somebody() {
    let world = World::new().await;
    let mut nobody = world.browser();
    // A child is acted for; staff rooms are no persons; nobody else is one of the people.
    for id in ["child-chen", "air-office", "admin", "", "' OR 1=1 --"] {
        let reply = nobody.post("/sign-in/demo", &[("person", id)]).await;
        assert_eq!(
            (reply.status.as_u16(), nobody.cookie.is_none()),
            (409, true),
            "{id}"
        );
    }
    drop(nobody);

    let real = city::City {
        clock: None,
        ..(*city()).clone()
    };
    let world = World::of(Arc::new(real)).await;
    let mut nobody = world.browser();
    let page = nobody.get("/sign-in").await.text();
    assert!(
        !page.contains("/sign-in/demo") && !page.contains("/data"),
        "{page}"
    );
    // Nobody can be written to here, and the pages do not offer it.
    assert!(!page.contains("/sign-in/code"), "{page}");
    assert_eq!(nobody.get("/sign-in/code").await.status, 404);
    let reply = nobody
        .post("/sign-in/demo", &[("person", "air-head")])
        .await;
    assert_eq!(
        (reply.status.as_u16(), nobody.cookie.is_none()),
        (404, true)
    );
}
