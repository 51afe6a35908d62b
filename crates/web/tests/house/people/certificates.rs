//! From hours to a certificate on paper, its badge, its check page, and the list of the commended.

use super::clock::offering;
use super::{Browser, World};
use forms::booking::rows::{Means, Number};
use forms::booking::{CheckIn, CheckOut, GrantHours, SignUp, Told};
use forms::people::powers::{Act, Citation, Matter, Post, Powers, Standing};
use forms::record::credential::check;
use jiff::SignedDuration;
use ledger::folder::Folder;
use ledger::given::SystemChance;
use ledger::name::Person;
use ledger::sealed::Sealed;

/// Sessions of three hours each that make 42.
const SESSIONS: usize = 14;

fn power(world: &World, person: &str, role: &str, act: Act) -> Citation {
    let book = decide::Book::compile(world.city.clone(), world.city.notices.clone());
    let who = Standing {
        person: Person::new(person).expect("as the tests made it"),
        post: Some(Post {
            office: "shanxi-library".to_owned(),
            role: role.to_owned(),
        }),
    };
    let matter = Matter::of("shanxi-library");
    let at = "2022-04-01T10:00".parse().expect("as the tests made it");
    Powers::of(&book)
        .may(&who, act, &matter, at)
        .expect("as the tests made it")
}

/// A city after the term, in which somebody has served for so many sessions, half an hour of the last one granted.
async fn served(id: &str, sessions: usize) -> World {
    let world = World::new().await;
    // Who they are becomes entries when they first come.
    world.as_one(id).await;
    let offering = offering(&world.city, "library-volunteers");
    let who = Person::new(id).expect("as the tests made it");
    let slots = offering
        .slots()
        .iter()
        .filter(|slot| slot.project == Some(1));
    // Of those that the sign-up window still reaches.
    let slots: Vec<_> = slots
        .filter(|slot| slot.from > world.now)
        .take(sessions)
        .cloned()
        .collect();
    let mut bookings = Vec::new();
    for slot in &slots {
        let data = Folder::open(&world.folder.path().join("data")).expect("as the tests made it");
        let facts = ["个人", "年龄 = 23 岁", "会说普通话"];
        let told = Told::seal(
            &world.city,
            &data.reader().expect("as the tests made it"),
            &mut SystemChance,
            &who,
            &facts,
        );
        let act = SignUp::new(
            &offering,
            slot.key.clone(),
            who.clone(),
            Some(told.expect("as the tests made it")),
        );
        bookings.push(world.command(&offering, id, act).await);
    }
    let world = world.later(SignedDuration::from_hours(24 * 86)).await;
    for (n, (slot, booking)) in slots.iter().zip(&bookings).enumerate() {
        let booking = Number::of(*booking).expect("as the tests made it");
        let by = Means::Qr;
        let came = CheckIn {
            booking: booking.clone(),
            at: slot.from,
            by,
            under: None,
        };
        world.command(&offering, "gate", came).await;
        let short = n + 1 == slots.len();
        let at = if short {
            slot.to - SignedDuration::from_mins(30)
        } else {
            slot.to
        };
        let went = CheckOut {
            booking: booking.clone(),
            at,
            by,
            under: None,
        };
        world.command(&offering, "gate", went).await;
        if short {
            let data =
                Folder::open(&world.folder.path().join("data")).expect("as the tests made it");
            let reader = data.reader().expect("as the tests made it");
            let reason = Sealed::seal(&reader, &mut SystemChance, &who, "reason", &"忘记签退")
                .expect("as the tests made it");
            let grant = GrantHours {
                booking,
                minutes: 30,
                reason,
                under: power(&world, "lead", "project-lead", Act::GrantHours),
            };
            world.command(&offering, "lead", grant).await;
        }
    }
    world
}

/// The number on somebody's page.
async fn serial(browser: &mut Browser) -> String {
    let page = browser.get("/me/certificates").await.text();
    let (_, rest) = page
        .split_once("href=\"/certificates/")
        .expect("a certificate");
    rest.split('"')
        .next()
        .expect("as the tests made it")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hours_become_a_certificate_that_others_check() {
    let world = served("resident-li", SESSIONS).await;
    let mut li = world.as_one("resident-li").await;
    let page = li.get("/me/certificates").await;
    insta::assert_snapshot!("earned", page.words());
    let offer = ("offer", "library-volunteers#volunteers");
    // Not from another site's page.
    let forged = li.post("/me/certificates", &[offer]).await;
    assert_eq!(forged.status.as_u16(), 403);
    let asked = li.ask("/me/certificates", &[offer]).await;
    assert_eq!(asked.status.as_u16(), 303);
    let again = li.ask("/me/certificates", &[offer]).await;
    assert_eq!(again.status.as_u16(), 409);
    let serial = serial(&mut li).await;

    let badge = li.get(&format!("/me/certificates/{serial}.json")).await;
    assert_eq!(badge.header("cache-control"), "private, no-store");
    let told = check(&badge.bytes).expect("as the tests made it");
    assert_eq!((told.checked, told.granted), (42 * 60 - 30, 30));
    assert!(told.is_of("李晓晨"));
    let pdf = li.get(&format!("/me/certificates/{serial}.pdf")).await;
    assert_eq!(pdf.header("content-type"), "application/pdf");
    assert!(pdf.bytes.starts_with(b"%PDF"));

    // Nobody else has the files, and the check page shows no name.
    let mut zhang = world.as_one("resident-zhang").await;
    for kind in ["pdf", "json"] {
        let reply = zhang
            .get(&format!("/me/certificates/{serial}.{kind}"))
            .await;
        assert_eq!(reply.status.as_u16(), 404);
    }
    let mut anybody = world.browser();
    let address = format!("/certificates/{serial}");
    let checked = anybody.get(&address).await;
    assert_eq!(checked.status.as_u16(), 200);
    let text = checked.text();
    assert!(
        !text.contains("李晓晨") && !text.contains("resident-li"),
        "{text}"
    );
    assert!(text.contains("41小时30分") && text.contains("30分钟"));
    let found = anybody
        .get(&format!("/certificates?number={}", serial.to_lowercase()))
        .await;
    assert_eq!(found.header("location"), address);
    let right = anybody.post(&address, &[("name", "李晓晨")]).await;
    assert!(right.status == 200 && right.text().contains("相符：证明是这个姓名的"));
    for tries in 0..6 {
        let wrong = anybody.post(&address, &[("name", "李晓辰")]).await;
        let expected = if tries < 5 { 422 } else { 429 };
        assert_eq!(wrong.status.as_u16(), expected);
    }

    // The name is nowhere readable in what is kept.
    assert!(!world.keeps("李晓晨"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_promise_is_met_nothing_is_issued() {
    let world = served("resident-li", SESSIONS - 1).await;
    let mut li = world.as_one("resident-li").await;
    let page = li.get("/me/certificates").await.text();
    assert!(page.contains("还差3小时"), "{page}");
    let asked = li
        .ask(
            "/me/certificates",
            &[("offer", "library-volunteers#volunteers")],
        )
        .await;
    assert_eq!(asked.status.as_u16(), 409);
    assert!(asked.text().contains("您已有39小时，还差3小时"));
    let none = li
        .ask("/me/certificates", &[("offer", "air-order#nothing")])
        .await;
    assert_eq!(none.status.as_u16(), 404);
    let mut anybody = world.browser();
    let unknown = anybody.get("/certificates/000000000001-ABCDEFGH").await;
    assert_eq!(unknown.status.as_u16(), 404);
    assert!(unknown.text().contains("没有这份证明"));
    assert_eq!(
        anybody.get("/certificates?number=x").await.status.as_u16(),
        422
    );
    assert_eq!(
        anybody.get("/me/certificates").await.header("location"),
        "/sign-in"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_archivist_makes_it_void_and_the_page_tells() {
    let world = served("resident-li", SESSIONS).await;
    let mut li = world.as_one("resident-li").await;
    li.ask(
        "/me/certificates",
        &[("offer", "library-volunteers#volunteers")],
    )
    .await;
    let serial = serial(&mut li).await;
    let address = format!("/certificates/{serial}/void");
    let reason = [("reason", "hours-wrong")];
    let staff = world
        .city
        .people
        .iter()
        .filter_map(|p| Some((p.id.as_str(), p.post.as_ref()?)));
    let mut may = Vec::new();
    for (id, post) in staff {
        let mut browser = world.as_one(id).await;
        let shown = browser.get(&address).await.status.as_u16();
        if shown == 200 {
            may.push((id, post.office.as_str(), post.role.as_str()));
        } else {
            assert_eq!(shown, 403, "{id}");
            assert_eq!(
                browser.ask(&address, &reason).await.status.as_u16(),
                403,
                "{id}"
            );
        }
    }
    assert_eq!(li.ask(&address, &reason).await.status.as_u16(), 403);
    assert_eq!(
        world.browser().get(&address).await.header("location"),
        "/sign-in"
    );
    let [(archivist, "shanxi-library", "archivist")] = may[..] else {
        panic!("{may:?}");
    };
    let mut archivist = world.as_one(archivist).await;
    assert_eq!(
        archivist
            .ask(&address, &[("reason", "x")])
            .await
            .status
            .as_u16(),
        422
    );
    let done = archivist.ask(&address, &reason).await;
    assert_eq!(done.header("location"), format!("/certificates/{serial}"));
    let shown = world
        .browser()
        .get(&format!("/certificates/{serial}"))
        .await
        .text();
    assert!(
        shown.contains("已作废") && shown.contains("时长记录有误"),
        "{shown}"
    );
    let list = world.browser().get("/certificates/revoked.json").await;
    let list: serde_json::Value =
        serde_json::from_slice(&list.bytes).expect("as the tests made it");
    assert_eq!(
        list["revokedCredential"]
            .as_array()
            .expect("as the tests made it")
            .len(),
        1
    );
    let pdf = li.get(&format!("/me/certificates/{serial}.pdf")).await;
    assert_eq!(pdf.status.as_u16(), 404);
    replaced(&world, &mut li, &serial).await;
    let again = li
        .ask(
            "/me/certificates",
            &[("offer", "library-volunteers#volunteers")],
        )
        .await;
    assert_eq!(again.status.as_u16(), 409);
}

/// The office issues another in its place: who may, and what both numbers then tell.
async fn replaced(world: &World, li: &mut Browser, serial: &str) {
    let address = format!("/certificates/{serial}/replace");
    let mut may = Vec::new();
    for person in world.city.people.iter().filter(|p| p.post.is_some()) {
        let mut browser = world.as_one(&person.id).await;
        let shown = browser.get(&address).await;
        if shown.status == 200 {
            assert!(!shown.words().contains("李晓晨"), "the name");
            may.push(person.id.as_str());
            continue;
        }
        for reply in [shown, browser.ask(&address, &[]).await] {
            assert_eq!(reply.status, 403, "{}", person.id);
            assert!(reply.words().contains("权责清单"), "{}", reply.words());
        }
    }
    assert_eq!(may, ["library-head", "library-archivist"]);
    assert_eq!(li.ask(&address, &[]).await.status, 403);
    let mut anybody = world.browser();
    assert_eq!(anybody.get(&address).await.header("location"), "/sign-in");
    let old = format!("/certificates/{serial}");
    assert!(anybody.get(&old).await.text().contains(&address));
    let mut head = world.as_one("library-head").await;
    // Not from another site's page.
    assert_eq!(head.post(&address, &[]).await.status, 403);
    let done = head.ask(&address, &[]).await;
    assert_eq!(done.header("location"), old, "{}", done.words());
    let again = head.ask(&address, &[]).await;
    assert_eq!(again.status, 409);
    assert!(again.words().contains("已经换发"), "{}", again.words());

    // The new one holds, and each tells of the other; so does the list for programs.
    let shown = anybody.get(&old).await;
    let text = shown.text();
    let (_, rest) = text
        .split_once("已由这一份代替：<a href=\"")
        .expect("a way to it");
    let new = rest.split('"').next().expect("an address").to_owned();
    assert_ne!(new, old);
    assert!(!text.contains(&address), "it is offered once more");
    let page = anybody.get(&new).await;
    assert!(
        page.words().contains(&format!("代替\n{serial}")),
        "{}",
        page.words()
    );
    assert!(
        page.text().contains("powers#certificate"),
        "{}",
        page.words()
    );
    let list = anybody.get("/certificates/revoked.json").await.text();
    let number = new.trim_start_matches("/certificates/");
    assert!(list.contains(&format!("replaced by {number}")), "{list}");
    let mine = li.get("/me/certificates").await.words();
    assert!(mine.contains("已换发") && mine.contains(number), "{mine}");
    // The file says it too, and is right.
    let badge = li.get(&format!("/me{new}.json")).await;
    let told = check(&badge.bytes).expect("a credential");
    assert_eq!(
        (told.serial.as_str(), told.replaces.as_deref()),
        (number, Some(serial))
    );
    assert!(told.is_of("李晓晨"));
    let pdf = li.get(&format!("/me{new}.pdf")).await;
    assert!(pdf.bytes.starts_with(b"%PDF"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commended_stand_by_pseudonyms_until_they_agree_and_after_they_are_forgotten() {
    let world = served("resident-li", SESSIONS).await;
    let mut li = world.as_one("resident-li").await;
    li.ask(
        "/me/certificates",
        &[("offer", "library-volunteers#volunteers")],
    )
    .await;
    let number = serial(&mut li).await;
    let list = "/notices/library-volunteers/commended";
    let mut anybody = world.browser();
    let before = anybody.get(list).await;
    assert_eq!(before.status.as_u16(), 200);
    let text = before.text();
    assert!(
        text.contains("<code>resident-li</code>") && !text.contains("李晓晨"),
        "{text}"
    );
    let agree = |show| [("offer", "library-volunteers#volunteers"), ("show", show)];
    assert_eq!(
        li.ask("/me/certificates/name", &agree("yes"))
            .await
            .status
            .as_u16(),
        303
    );
    assert!(anybody.get(list).await.text().contains("李晓晨"));
    assert_eq!(
        li.ask("/me/certificates/name", &agree("no"))
            .await
            .status
            .as_u16(),
        303
    );
    assert!(!anybody.get(list).await.text().contains("李晓晨"));
    li.ask("/me/certificates/name", &agree("yes")).await;
    assert_eq!(
        li.ask("/me/forget", &[("sure", "yes")])
            .await
            .status
            .as_u16(),
        303
    );
    assert!(!anybody.get(list).await.text().contains("李晓晨"));
    let gone = anybody.get(&format!("/certificates/{number}")).await;
    let text = gone.text();
    assert_eq!(gone.status.as_u16(), 200);
    assert!(text.contains("持有人已注销"), "{text}");
    for told in ["李晓晨", "41小时30分", "文化志愿者招募"] {
        assert!(!text.contains(told), "{told}");
    }
    // A notice without such a rule has no list.
    assert_eq!(
        anybody
            .get("/notices/air-order/commended")
            .await
            .status
            .as_u16(),
        404
    );
}
