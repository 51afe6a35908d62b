//! The button that books is obeyed only in a session that goes on, by a form of its own, and by whoever still is somebody:
//! its press reads session and command in one go.

use super::bookings::{PAGE, WINDOW, course};
use super::{Browser, World};

const PATH: &str = "/offers/course/papercut/book";

impl Browser {
    /// Presses with what the page of a session carried; gives status and where it leads.
    async fn presses(&mut self, csrf: &str, at: &str) -> (u16, String) {
        let fields = [("csrf", csrf), ("at", at), ("book", "yes")];
        let reply = self.post(PATH, &fields).await;
        (reply.status.as_u16(), reply.header("location").to_owned())
    }
}

fn to_sign_in() -> (u16, String) {
    (303, "/sign-in".to_owned())
}

/// Whether every slot has its one place still.
async fn is_free(world: &World) -> bool {
    let page = world.browser().get(PAGE).await.words();
    assert!(page.contains("还有1个名额"), "{page}");
    !page.contains("已满")
}

#[tokio::test]
async fn a_session_that_was_ended_books_nothing() {
    let world = World::of(course()).await;
    // By signing out, at the list of devices, everywhere, and with the person: each time the page was still open elsewhere.
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut browser = world.as_one("resident-li").await;
        let csrf = browser.csrf().await;
        open.push((browser, csrf));
    }
    let mut desk = world.as_one("resident-li").await;
    let (mut out, csrf) = open.remove(0);
    let mut page = out.clone();
    assert_eq!(out.ask("/sign-out", &[]).await.status, 303);
    assert_eq!(page.presses(&csrf, WINDOW).await, to_sign_in());
    // Whatever else is wrong with the form, they are led to sign in, and nothing else is told.
    assert_eq!(page.presses(&csrf, "/nothing").await, to_sign_in());
    assert_eq!(page.presses("x", WINDOW).await, to_sign_in());

    let devices = desk.get("/me/devices").await.text();
    let ids: Vec<&str> = devices
        .split("name=\"device\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(ids.len(), 2, "the two that are still open");
    desk.ask("/me/devices/end", &[("device", ids[0])]).await;
    let mut ended = 0;
    for (browser, csrf) in &mut open {
        let reply = browser.presses(csrf, "/nothing").await;
        assert!(reply == to_sign_in() || reply.0 == 404, "{reply:?}");
        ended += usize::from(reply == to_sign_in());
    }
    assert_eq!(ended, 1, "the one, not the other");

    desk.ask("/sign-out-everywhere", &[]).await;
    for (browser, csrf) in &mut open {
        assert_eq!(browser.presses(csrf, WINDOW).await, to_sign_in());
    }
    assert!(is_free(&world).await);

    let mut wang = world.as_one("resident-wang").await;
    let csrf = wang.csrf().await;
    let mut page = wang.clone();
    wang.ask("/me/forget", &[("sure", "yes")]).await;
    assert_eq!(page.presses(&csrf, WINDOW).await, to_sign_in());
    assert!(is_free(&world).await);
}

#[tokio::test]
async fn a_press_is_obeyed_by_its_own_sessions_form_only() {
    let world = World::of(course()).await;
    let mut li = world.as_one("resident-li").await;
    let mut wang = world.as_one("resident-wang").await;
    let (own, others) = (li.csrf().await, wang.csrf().await);
    for csrf in ["", "x", &others, &own[1..]] {
        assert_eq!(li.presses(csrf, WINDOW).await.0, 403, "{csrf}");
    }
    let mut stranger = world.browser();
    assert_eq!(stranger.presses(&own, WINDOW).await, to_sign_in());
    stranger.cookie = Some(format!("session={}", "A".repeat(43)));
    assert_eq!(stranger.presses(&own, WINDOW).await, to_sign_in());
    // Nothing is booked that is not there, nor for somebody who is nobody to them.
    assert_eq!(li.presses(&own, "/nothing").await.0, 404);
    let fields = [("csrf", own.as_str()), ("at", WINDOW), ("book", "yes")];
    for whom in ["resident-wang", "child-chen", "nobody"] {
        let fields = [&fields[..], &[("for", whom)]].concat();
        assert_eq!(li.post(PATH, &fields).await.status, 404, "{whom}");
    }
    assert!(is_free(&world).await);

    let (status, to) = li.presses(&own, WINDOW).await;
    assert!(status == 303 && to.ends_with("?done=booked"), "{to}");
    assert!(!is_free(&world).await);
    // A second press leads to what the first one made.
    let (status, again) = li.presses(&own, WINDOW).await;
    let same = to.replace("done=booked", "done=already");
    assert_eq!((status, again), (303, same));
    // Who comes next waits; for whom there is no place to wait either is told so.
    let (status, to) = wang.presses(&others, WINDOW).await;
    assert!(status == 303 && to.ends_with("?done=booked"), "{to}");
    let mut zhang = world.as_one("resident-zhang").await;
    let csrf = zhang.csrf().await;
    assert_eq!(zhang.presses(&csrf, WINDOW).await.0, 409);
}
