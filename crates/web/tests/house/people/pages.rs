//! The words of the pages, and what is on them for whom.

use super::World;

#[tokio::test]
async fn signing_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    insta::assert_snapshot!("sign-in-zh", browser.get("/sign-in").await.words());
    insta::assert_snapshot!(
        "open-account-zh",
        browser.get("/open-account").await.words()
    );
    browser.lang = "en";
    insta::assert_snapshot!("sign-in-en", browser.get("/sign-in").await.words());
    insta::assert_snapshot!(
        "open-account-en",
        browser.get("/open-account").await.words()
    );
}

#[tokio::test]
async fn ones_own_pages() {
    let world = World::new().await;
    let mut chen = world.as_one("parent-chen").await;
    for (lang, suffix) in [("zh-CN", "zh"), ("en", "en")] {
        chen.lang = lang;
        for (path, name) in [
            ("/me", "me"),
            ("/me/devices", "devices"),
            ("/me/forget", "forget"),
        ] {
            let words = chen.get(path).await.words();
            insta::assert_snapshot!(format!("{name}-{suffix}"), words);
        }
    }
}

#[tokio::test]
async fn staff_are_shown_their_post_and_residents_none() {
    let world = World::new().await;
    let head = world.as_one("air-head").await.get("/me").await.words();
    let resident = world.as_one("resident-li").await.get("/me").await.words();
    let office = "· ";
    assert!(
        head.lines()
            .nth(2)
            .is_some_and(|line| line.contains(office)),
        "{head}"
    );
    assert!(!resident.contains(office), "{resident}");
}

#[tokio::test]
async fn a_house_without_a_ledger_has_nobody_to_sign_in() {
    for path in [
        "/sign-in",
        "/open-account",
        "/me",
        "/me/devices",
        "/me/passkeys",
        "/me/forget",
    ] {
        assert_eq!(crate::get(path).await.status, 404, "{path}");
    }
    let fields = [("mail", "a@example.cn"), ("password", "1234567890")];
    for path in [
        "/sign-in",
        "/sign-in/demo",
        "/sign-in/passkey",
        "/sign-in/passkey/options",
        "/open-account",
        "/sign-out",
    ] {
        assert_eq!(crate::form(path, &fields).await.status, 404, "{path}");
    }
    assert!(!crate::get("/").await.text().contains("href=\"/me\""));
}
