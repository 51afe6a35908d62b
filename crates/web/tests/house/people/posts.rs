//! The posts of an office: given and ended by its head, in force at once, and seen by nobody else.

use super::World;

const MAIL: &str = "sun@example.cn";
const PASSWORD: &str = "清晨六点去汾河公园跑步三公里";

#[tokio::test]
async fn a_head_appoints_and_dismisses_and_it_holds_at_once() {
    let world = World::new().await;
    let mut sun = world.browser();
    assert_eq!(sun.open(MAIL, PASSWORD, "孙晓晨").await.status, 303);
    assert_eq!(sun.get("/desk/notices").await.status, 403);

    let mut head = world.as_one("library-head").await;
    let page = head.get("/desk/posts").await.words();
    assert!(page.contains("还没有安排过人"), "{page}");
    let asked = [("mail", MAIL), ("role", "clerk")];
    let done = head.ask("/desk/posts", &asked).await;
    assert_eq!(done.header("location"), "/desk/posts", "{}", done.words());
    let page = head.get("/desk/posts").await.words();
    for said in ["孙晓晨", MAIL, "经办人", "2022年1月6日", "由本机构安排"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let me = sun.get("/me").await.words();
    assert!(me.contains("公告工作台"), "{me}");
    assert_eq!(sun.get("/desk/notices").await.status, 200);
    assert_eq!(sun.get("/desk/bookings").await.status, 200);
    // A clerk assigns no posts.
    assert_eq!(sun.get("/desk/posts").await.status, 403);

    // Another post in the same office takes the place of the first.
    let other = [("mail", MAIL), ("role", "archivist")];
    assert_eq!(head.ask("/desk/posts", &other).await.status, 303);
    assert_eq!(sun.get("/desk/notices").await.status, 403);

    let text = head.get("/desk/posts").await.text();
    let (_, rest) = text.split_once("name=\"person\" value=\"").expect("a form");
    let person = rest.split('"').next().expect("a value").to_owned();
    // A page that still shows the clerk ends nothing, nor does the head of another office.
    let ended = |role| [("person", person.as_str()), ("role", role)];
    let stale = head.ask("/desk/posts/end", &ended("clerk")).await;
    assert_eq!(stale.status, 409);
    assert!(
        stale.words().contains("已经不在这个岗位上"),
        "{}",
        stale.words()
    );
    let mut other = world.as_one("county-head").await;
    assert_eq!(
        other
            .ask("/desk/posts/end", &ended("archivist"))
            .await
            .status,
        409
    );
    let done = head.ask("/desk/posts/end", &ended("archivist")).await;
    assert_eq!(done.status, 303, "{}", done.words());
    assert_eq!(sun.get("/desk/bookings").await.status, 403);
    assert!(!world.keeps(MAIL), "the address is sealed");
}

#[tokio::test]
async fn what_cannot_be_is_said_and_nothing_is_changed() {
    let world = World::new().await;
    let mut head = world.as_one("library-head").await;
    let mut give = async |mail: &str, role: &str| {
        let reply = head
            .ask("/desk/posts", &[("mail", mail), ("role", role)])
            .await;
        (reply.status.as_u16(), reply.words())
    };
    for (mail, role, status, said) in [
        (
            "nobody@example.cn",
            "clerk",
            422,
            "没有用这个邮箱登录的账号",
        ),
        ("no address", "clerk", 422, "邮箱"),
        ("", "clerk", 422, "邮箱"),
        ("library-head@demo.invalid", "clerk", 422, "岗位"),
        ("library-head@demo.invalid", "", 422, "岗位"),
    ] {
        let (found, words) = give(mail, role).await;
        assert_eq!(found, status, "{mail} {role}: {words}");
        assert!(words.contains(said), "{mail} {role}: {words}");
    }
    // Somebody of another office stays there.
    let mut sun = world.browser();
    sun.open(MAIL, PASSWORD, "孙晓晨").await;
    let mut county = world.as_one("county-head").await;
    let asked = [("mail", MAIL), ("role", "clerk")];
    assert_eq!(county.ask("/desk/posts", &asked).await.status, 303);
    let (status, words) = give(MAIL, "clerk").await;
    assert_eq!(status, 409, "{words}");
    assert!(words.contains("请先由该机构免去"), "{words}");
    let (status, words) = give(MAIL, "emperor").await;
    assert_eq!(status, 422, "{words}");
    assert!(words.contains("请选一个岗位"), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_heads_come_to_the_posts() {
    let world = World::new().await;
    let mut heads = 0;
    let people = world.city.people.iter();
    let staff = people.filter(|person| person.post.is_some());
    let all = staff
        .map(|person| person.id.as_str())
        .chain(["resident-li"]);
    for id in all {
        let mut browser = world.as_one(id).await;
        let may = id.ends_with("-head");
        let status = if may { 200 } else { 403 };
        let page = browser.get("/desk/posts").await;
        assert_eq!(page.status.as_u16(), status, "{id}");
        let asked = [("mail", MAIL), ("role", "clerk")];
        let asked = browser.ask("/desk/posts", &asked).await;
        assert_eq!(asked.status == 403, !may, "{id}");
        let ended = [("person", "library-clerk"), ("role", "clerk")];
        let ended = browser.ask("/desk/posts/end", &ended).await;
        assert_eq!(ended.status == 403, !may, "{id}");
        if !may {
            assert!(page.text().contains("/notices/powers"), "{id}");
        }
        heads += u32::from(may);
    }
    assert!(heads >= 5, "{heads}");
    let mut nobody = world.browser();
    assert_eq!(
        nobody.get("/desk/posts").await.header("location"),
        "/sign-in"
    );
    // A form of another site does nothing.
    let mut head = world.as_one("library-head").await;
    let forged = head.post("/desk/posts", &[("mail", MAIL), ("role", "clerk")]);
    assert_eq!(forged.await.status, 403);
}
