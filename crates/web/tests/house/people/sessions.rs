//! Who is signed in, and what their pages obey.

use super::World;
use jiff::SignedDuration;

const EVERY_POST: [&str; 8] = [
    "/me/name",
    "/me/devices/end",
    "/me/forget",
    "/me/passkeys",
    "/me/passkeys/options",
    "/me/passkeys/remove",
    "/sign-out",
    "/sign-out-everywhere",
];

#[tokio::test]
async fn strangers_are_led_to_sign_in() {
    let world = World::new().await;
    let mut stranger = world.browser();
    for path in ["/me", "/me/devices", "/me/passkeys", "/me/forget"] {
        let reply = stranger.get(path).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("location")),
            (303, "/sign-in"),
            "{path}"
        );
        assert_eq!(reply.header("cache-control"), "private, no-store");
    }
    for cookie in ["session=", "session=AAAA", "session=真的"] {
        stranger.cookie = Some(cookie.to_owned()).filter(|c| c.is_ascii());
        assert_eq!(stranger.get("/me").await.header("location"), "/sign-in");
    }
    stranger.cookie = Some(format!("session={}", "A".repeat(43)));
    for path in EVERY_POST {
        let reply = stranger.post(path, &[("sure", "yes")]).await;
        assert_eq!(reply.header("location"), "/sign-in", "{path}");
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let world = World::new().await;
    let mut li = world.browser();
    let person = [("person", "resident-li")];
    let reply = li.post("/sign-in/demo", &person).await;
    let set = reply.header("set-cookie").to_owned();
    assert!(set.starts_with("session=") && set.contains("; HttpOnly; SameSite=Lax"));
    assert!(!set.contains("Secure") && !set.contains("Domain"), "{set}");
    li.cookie = None;
    li.headers.push(("x-forwarded-proto", "https"));
    let reply = li.post("/sign-in/demo", &person).await;
    let set = reply.header("set-cookie").to_owned();
    assert!(
        set.starts_with("__Host-session=") && set.ends_with("; Secure"),
        "{set}"
    );
    assert!(li.is_in().await);
    let out = li.ask("/sign-out", &[]).await;
    let set = out.header("set-cookie");
    assert!(
        set.starts_with("__Host-session=; ") && set.contains("Max-Age=0"),
        "{set}"
    );
}

#[tokio::test]
async fn pages_with_a_person_are_kept_by_nobody() {
    let world = World::new().await;
    let mut li = world.as_one("resident-li").await;
    for path in ["/me", "/me/devices", "/me/passkeys", "/me/forget"] {
        let reply = li.get(path).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("cache-control"), "private, no-store", "{path}");
        assert!(reply.headers.get("etag").is_none(), "{path}");
    }
    // Whoever is signed in, the other pages are the same for everybody.
    let (own, others) = (li.get("/").await, world.browser().get("/").await);
    assert_eq!(own.header("etag"), others.header("etag"));
    assert!(own.text() == others.text() && own.text().contains("href=\"/me\""));
    // Signed in already, there is nothing to sign in to.
    assert_eq!(li.get("/sign-in").await.header("location"), "/me");
}

#[tokio::test]
async fn only_forms_of_ones_own_session_are_obeyed() {
    let world = World::new().await;
    let mut li = world.as_one("resident-li").await;
    let mut wang = world.as_one("resident-wang").await;
    let others = wang.csrf().await;
    let own = li.csrf().await;
    assert_ne!(own, others);
    for path in EVERY_POST {
        for csrf in ["", "x", others.as_str(), &own[1..]] {
            let fields = [("csrf", csrf), ("sure", "yes"), ("name", "王八")];
            let reply = li.post(path, &fields).await;
            assert_eq!(reply.status, 403, "{path} {csrf}");
            assert!(reply.words().contains("这一页已经过期"));
        }
    }
    assert!(li.is_in().await && !li.get("/me").await.text().contains("王八"));
    assert_eq!(li.post("/sign-out", &[("csrf", &own)]).await.status, 303);
    // A session's forms end with it.
    let mut again = world.as_one("resident-li").await;
    assert_eq!(again.post("/sign-out", &[("csrf", &own)]).await.status, 403);
}

#[tokio::test]
async fn another_site_can_sign_nobody_in() {
    let world = World::new().await;
    for forged in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let mut victim = world.browser();
        victim.headers.extend([("host", "city.example"), forged]);
        for (path, fields) in [
            ("/sign-in/demo", [("person", "resident-li"), ("x", "")]),
            ("/sign-in", [("mail", "a@example.cn"), ("password", "x")]),
            (
                "/open-account",
                [("mail", "a@example.cn"), ("password", "1234567890")],
            ),
        ] {
            let reply = victim.post(path, &fields).await;
            assert_eq!(
                (reply.status.as_u16(), victim.cookie.is_none()),
                (403, true),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_and_one_in_use_outlives_the_server() {
    let world = World::new().await;
    let idle = world.as_one("resident-li").await.cookie;
    let used = world.as_one("resident-li").await.cookie;
    let world = world.later(SignedDuration::from_hours(13 * 24)).await;
    let mut browser = world.browser();
    browser.cookie = used.clone();
    assert!(browser.is_in().await);
    drop(browser);
    let world = world.later(SignedDuration::from_hours(24)).await;
    for (cookie, is_in) in [(idle, false), (used, true)] {
        let mut browser = world.browser();
        browser.cookie = cookie;
        assert_eq!(browser.is_in().await, is_in);
    }
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_of_ones_own() {
    let world = World::new().await;
    let mut desk = world.as_one("resident-li").await;
    let mut phone = world.as_one("resident-li").await;
    let mut wang = world.as_one("resident-wang").await;
    let out = desk.ask("/sign-out-everywhere", &[]).await;
    assert_eq!(out.header("location"), "/sign-in?done=everywhere");
    assert!(!desk.is_in().await && !phone.is_in().await && wang.is_in().await);
    assert!(world.as_one("resident-li").await.is_in().await);
    drop((desk, phone, wang));
    // It is the account that says so: a file of sessions from before lets nobody in either.
    let sessions = world.folder.path().join("sessions.db");
    let before = world.as_one("resident-zhang").await.cookie;
    let copy = std::fs::read(&sessions).expect("the file");
    let wal = std::fs::read(world.folder.path().join("sessions.db-wal")).unwrap_or_default();
    let mut zhang = world.browser();
    zhang.cookie = before.clone();
    zhang.ask("/sign-out-everywhere", &[]).await;
    drop(zhang);
    drop((world.router, world.app));
    world.running.stop().expect("an orderly stop");
    std::fs::write(&sessions, copy).expect("the file put back");
    std::fs::write(world.folder.path().join("sessions.db-wal"), wal).expect("its log");
    let world = World::open(world.folder, world.city, world.now).await;
    let mut zhang = world.browser();
    zhang.cookie = before;
    assert!(!zhang.is_in().await);
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let world = World::new().await;
    let mut li = world.as_one("resident-li").await;
    let first = li.clone();
    li.post("/sign-in/demo", &[("person", "air-head")]).await;
    assert!(li.get("/me").await.words().contains("武建军"));
    let mut first = first;
    assert!(!first.is_in().await);
}

#[tokio::test]
async fn devices_are_signed_out_one_by_one_and_never_another_persons() {
    let world = World::new().await;
    let mut desk = world.as_one("resident-li").await;
    let mut phone = world.browser();
    phone.headers.push((
        "user-agent",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 15_2 like Mac OS X) Version/15.2 Safari/604.1",
    ));
    phone
        .post("/sign-in/demo", &[("person", "resident-li")])
        .await;
    let mut wang = world.as_one("resident-wang").await;
    let page = desk.get("/me/devices").await;
    assert!(page.words().contains("Safari · iPhone"), "{}", page.words());
    // The desk's own has no button: it is signed out by signing out.
    let text = page.text();
    let (_, rest) = text
        .split_once("name=\"device\" value=\"")
        .expect("a button");
    assert!(!rest.contains("name=\"device\""));
    let id = rest.split('"').next().expect("an id").to_owned();
    for tried in [id.as_str(), "", "x", "9999999999999999999999", "-1"] {
        wang.ask("/me/devices/end", &[("device", tried)]).await;
    }
    assert!(phone.is_in().await && wang.is_in().await);
    desk.ask("/me/devices/end", &[("device", &id)]).await;
    assert!(!phone.is_in().await && desk.is_in().await);
}
