//! A child signed up by a guardian: what an office must have seen before, and what staff read of it afterwards.

use super::bookings::{LATER, PAGE, WINDOW, book, course, number};
use super::{World, city};
use city::City;
use decide::Book;
use forms::booking::rows::Status;
use forms::people::fact::{CheckFact, CheckedFact};
use forms::people::guardian::{AcceptGuardian, Accepting, Link};
use forms::people::powers::{Act, Citation, Matter, Post, Powers, Standing};
use forms::people::{BlindKey, Check, Refusal, SaidFact};
use ledger::entry::Origin;
use ledger::folder::Folder;
use ledger::form::Form;
use ledger::given::{Chance, SystemChance};
use ledger::name::{Actor, Notice, Person, RequestId, TextVersion};
use ledger::store::Read as _;
use std::sync::Arc;

/// What the school's clerk may do, by the powers.
fn clerk(world: &World, act: Act, attribute: Option<&str>) -> Citation {
    let book = Book::compile(world.city.clone(), world.city.notices.clone());
    let clerk = Person::new("school-clerk").expect("a name");
    let who = Standing {
        person: clerk,
        post: Some(Post {
            office: "demo-primary-school".to_owned(),
            role: "clerk".to_owned(),
        }),
    };
    let matter = Matter {
        attribute,
        ..Matter::of("demo-primary-school")
    };
    let at = "2022-01-06T08:00".parse().expect("a time");
    Powers::of(&book)
        .may(&who, act, &matter, at)
        .expect("the power")
}

/// Gives a command of the clerk.
async fn by_clerk<F: Form<Refusal = Refusal>>(world: &World, form: F, command: F::Command) {
    let chance = SystemChance.bytes().expect("chance");
    let origin = Origin {
        request: RequestId::new(world.now, *chance.first_chunk().expect("ten bytes")),
        actor: Actor::new("school-clerk").expect("a name"),
        notice: Notice::new("accounts").expect("a name"),
        text: TextVersion([0; 32]),
    };
    let pending = world.ledger.submit(origin, form, command);
    pending.expect("taken").await.expect("done");
}

/// The school's clerk has seen the papers.
async fn accept_guardian(world: &World) {
    let accepting = Accepting {
        link: Link {
            guardian: Person::new("parent-chen").expect("a name"),
            child: Person::new("child-chen").expect("a name"),
        },
        under: clerk(world, Act::ConfirmGuardian, None),
    };
    by_clerk(world, AcceptGuardian, accepting).await;
}

/// The school's clerk confirms which class the child is in.
async fn confirm_class(world: &World) {
    let child = Person::new("child-chen").expect("a name");
    let said = SaidFact {
        attribute: "班级".to_owned(),
        value: "三年级二班".to_owned(),
    };
    let data = Folder::open(&world.folder.path().join("data")).expect("the ledger");
    let reader = data.reader().expect("a reader");
    let under = clerk(world, Act::ConfirmFact, Some("班级"));
    let given = (&reader, &mut SystemChance as &mut dyn Chance);
    let blind = BlindKey([5; 32]);
    let checked = CheckedFact::new(given, &blind, child, &said, Check::Confirm, under);
    let checked = checked.expect("a key, and the power");
    by_clerk(world, CheckFact, checked).await;
}

const LESSONS: &str = "/offers/craft-class/lessons";
const LOOK: &str = "/look@2022-01-10T16:40/17:20";

/// How many entries the ledger has.
fn entries(world: &World) -> u64 {
    let data = Folder::open(&world.folder.path().join("data")).expect("the ledger");
    let head = data.reader().expect("a reader").head();
    head.expect("readable").size
}

/// The same city without the two clerks who look at guardians' papers: what they would accept and confirm stays undone.
pub(super) fn nobody_for_papers(city: &City) -> Arc<City> {
    let mut city = city.clone();
    for person in &mut city.people {
        if ["school-clerk", "nanhuan-clerk"].contains(&person.id.as_str()) {
            person.post = None;
        }
    }
    Arc::new(city)
}

#[tokio::test]
async fn the_demo_family_signs_the_child_up_one_click_after_signing_in() {
    let world = World::new().await;
    let mut chen = world.as_one("parent-chen").await;
    let me = chen.get("/me").await;
    assert!(
        me.words()
            .contains("一所市属小学（演示）已核实，您可以代办"),
        "{}",
        me.words()
    );
    assert!(
        me.text().contains(&format!("href=\"{LESSONS}\"")),
        "{}",
        me.text()
    );
    let at = form_urlencoded::byte_serialize(LOOK.as_bytes()).collect::<String>();
    // The slot's link names nobody: the lesson is the child's, and the page says so.
    let step = chen.get(&format!("{LESSONS}/book?at={at}")).await;
    assert!(
        step.text().contains("aria-label=\"为谁报名\""),
        "{}",
        step.text()
    );
    assert!(
        step.text().contains("name=\"for\" value=\"child-chen\""),
        "{}",
        step.text()
    );
    assert!(
        step.words().contains("陈可心") && step.words().contains("核实"),
        "{}",
        step.words()
    );
    assert!(
        step.words().contains("回答依据机构核实过的情况"),
        "{}",
        step.words()
    );
    let fields = [
        ("at", LOOK),
        ("for", "child-chen"),
        ("book", "yes"),
        ("q-consent", "yes"),
        ("q-photo", "no"),
        ("q-apron", "small"),
    ];
    // Others get nowhere with the same form: a stranger, and the school's own clerk.
    for other in ["resident-li", "school-clerk"] {
        let mut other = world.as_one(other).await;
        assert_eq!(
            other.ask(&format!("{LESSONS}/book"), &fields).await.status,
            404
        );
        assert!(!other.get("/me").await.text().contains(LESSONS));
    }
    let booked = chen.ask(&format!("{LESSONS}/book"), &fields).await;
    assert_eq!(booked.status, 303, "{}", booked.words());
    let page = booked.header("location").to_owned();
    assert!(chen.get(&page).await.words().contains("为谁\n陈可心"));
    // Coming again changes nothing, and says nothing anew.
    let before = entries(&world);
    world.as_one("parent-chen").await;
    assert_eq!(entries(&world), before);
    assert!(!world.keeps("陈可心"), "the name lies open");
}

#[tokio::test]
async fn a_class_sees_its_lessons_and_a_guardian_signs_the_child_up() {
    let world = World::of(nobody_for_papers(&city())).await;
    let mut nobody = world.browser();
    assert_eq!(nobody.get(LESSONS).await.status, 303);
    assert!(!nobody.get("/offers").await.words().contains("看年画"));
    assert_eq!(nobody.get(&format!("{LESSONS}/live")).await.status, 404);
    let (mut li, mut chen) = (
        world.as_one("resident-li").await,
        world.as_one("parent-chen").await,
    );
    let at = form_urlencoded::byte_serialize(LOOK.as_bytes()).collect::<String>();
    let step = format!("{LESSONS}/book?at={at}&for=child-chen");
    for browser in [&mut li, &mut chen] {
        let hidden = browser.get(LESSONS).await;
        assert_eq!(hidden.status, 403);
        assert!(!hidden.words().contains("看年画"), "{}", hidden.words());
        let hidden = browser.get(&format!("{LESSONS}/book?at={at}")).await;
        assert_eq!(hidden.status, 403);
    }
    // Each is told what is missing.
    assert!(li.get(LESSONS).await.words().contains("您名下没有孩子"));
    assert!(
        chen.get(LESSONS)
            .await
            .words()
            .contains("监护关系还等机构核实")
    );
    accept_guardian(&world).await;
    let hidden = chen.get(LESSONS).await;
    assert_eq!(hidden.status, 403, "the class is not confirmed yet");
    assert!(hidden.words().contains("还没有核实"), "{}", hidden.words());
    confirm_class(&world).await;
    let shown = chen.get(LESSONS).await;
    assert!(shown.words().contains("看年画"), "{}", shown.words());
    assert_eq!(shown.header("cache-control"), "private, no-store");
    assert_eq!(li.get(LESSONS).await.status, 403);
    // What the office asks stands on the page; without answers nothing is booked.
    let asked = chen.get(&step).await.words();
    assert!(
        asked.contains("围裙要多大的？") && asked.contains("确认报名"),
        "{asked}"
    );
    let book = [("at", LOOK), ("for", "child-chen"), ("book", "yes")];
    let path = format!("{LESSONS}/book");
    let unanswered = chen.ask(&path, &book).await;
    assert_eq!(unanswered.status, 422, "{}", unanswered.words());
    assert!(
        unanswered.words().contains("就不能报名"),
        "{}",
        unanswered.words()
    );
    let answers = [
        ("q-consent", "yes"),
        ("q-photo", "no"),
        ("q-allergies", "对松节油过敏"),
    ];
    let half: Vec<_> = book.iter().chain(&answers).copied().collect();
    let half = chen.ask(&path, &half).await;
    assert_eq!(half.status, 422);
    assert!(
        half.words().contains("围裙要多大的？”还没有答")
            && half.text().contains("对松节油过敏</textarea>"),
        "{}",
        half.words()
    );
    let whole: Vec<_> = book
        .iter()
        .chain(&answers)
        .chain(&[("q-apron", "small")])
        .copied()
        .collect();
    let booked = chen.ask(&path, &whole).await;
    assert_eq!(booked.status, 303, "{}", booked.words());
    let page = booked
        .header("location")
        .split('?')
        .next()
        .expect("a path")
        .to_owned();
    let shown = chen.get(&page).await.words();
    assert!(
        shown.contains("对松节油过敏") && shown.contains("小号"),
        "{shown}"
    );
    assert!(!world.keeps("松节油"), "what was answered lies open");
    // Whoever prepares the lesson reads it; neither another post of the school nor another office's teacher does.
    let session = format!("/desk/bookings/craft-class/lessons{LOOK}");
    let answers = format!("{session}?as=answers");
    let mut teacher = world.as_one("school-teacher").await;
    assert!(teacher.get(&session).await.text().contains("?as=answers"));
    let read = teacher.get(&answers).await;
    let words = read.words();
    for said in ["陈可心", "对松节油过敏", "小号", "合计"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert_eq!(read.header("cache-control"), "private, no-store");
    let record = teacher
        .get(&format!("/desk/booking/{}", number(&page)))
        .await;
    assert!(record.words().contains("对松节油过敏"));
    for other in [
        "school-head",
        "culture-teacher",
        "library-clerk",
        "resident-li",
        "parent-chen",
    ] {
        let mut other = world.as_one(other).await;
        let refused = other.get(&answers).await;
        assert_eq!(refused.status, 403);
        assert!(!refused.words().contains("松节油"));
    }
    assert_ne!(nobody.get(&answers).await.status, 200);
    // Another sees neither the lesson nor that it was booked.
    assert_eq!(li.get(&step).await.status, 404);
}

#[tokio::test]
async fn a_guardian_books_for_a_child_once_an_office_has_seen_the_papers() {
    let world = World::of(nobody_for_papers(&course())).await;
    let mut chen = world.as_one("parent-chen").await;
    let step = chen.get(&book(WINDOW)).await.words();
    assert!(
        step.contains("等机构核实") && !step.contains("陈可心"),
        "{step}"
    );
    accept_guardian(&world).await;
    let child = format!("{}&for=child-chen", book(WINDOW));
    let step = chen.get(&child).await.words();
    // Eight years old on the day, by the date of birth.
    assert!(
        step.contains("陈可心") && step.contains("8 岁") && step.contains("确认报名"),
        "{step}"
    );
    let fields = [("at", WINDOW), ("for", "child-chen"), ("book", "yes")];
    let booked = chen.ask(&format!("{PAGE}/book"), &fields).await;
    assert_eq!(booked.status, 303, "{}", booked.words());
    let page = booked
        .header("location")
        .split('?')
        .next()
        .expect("a path")
        .to_owned();
    assert!(chen.get(&page).await.words().contains("为谁\n陈可心"));
    // The parent's own time is not taken by it.
    chen.books(LATER).await;
    let mine = chen.get("/me/bookings").await.words();
    assert!(mine.contains("陈可心\n将要参加"), "{mine}");
    let back = chen.ask(&format!("{page}/cancel"), &[]).await;
    assert_eq!(back.status, 303);
    assert_eq!(world.status(number(&page)), Status::Cancelled);
}
