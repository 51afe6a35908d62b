//! Guardianship by page: proposed by a guardian, answered by the office that was asked, ended again.

use super::bookings::{PAGE, WINDOW, book, course};
use super::{Browser, World};
use city::City;
use jiff::SignedDuration;
use std::sync::Arc;

const MINE: &str = "/me/children";
const DESK: &str = "/desk/guardians";
const SCHOOL: &str = "demo-primary-school";
const COMMUNITY: &str = "nanhuan-community";
/// Of an invented child: a division, a birth date and a sequence, without the check character.
const DIGITS: &str = "14010520150307002";

/// The number with the check character that its digits ask for.
fn number() -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = DIGITS
        .bytes()
        .zip(weights)
        .map(|(d, w)| u32::from(d - b'0') * w);
    let check = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"];
    format!("{DIGITS}{}", check[digits.sum::<u32>() as usize % 11])
}

/// Asks for something that is done, and that leads back.
async fn done(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
    let reply = browser.ask(path, fields).await;
    assert_eq!(reply.status, 303, "{fields:?}: {}", reply.words());
}

/// Asks for something that is not done; gives what is said.
async fn refused(
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
    status: u16,
) -> String {
    let reply = browser.ask(path, fields).await;
    assert_eq!(
        reply.status.as_u16(),
        status,
        "{fields:?}: {}",
        reply.words()
    );
    assert!(reply.text().contains("role=\"alert\""), "{}", reply.words());
    reply.words()
}

/// The code of the child that stands on a guardian's page.
async fn code(browser: &mut Browser) -> String {
    let page = browser.get(MINE).await.text();
    let (_, rest) = page.split_once("class=\"code-text\">").expect("a code");
    rest.split('<').next().expect("a code").to_owned()
}

async fn opens(browser: &mut Browser, name: &str, number: &str, office: &str) -> String {
    let fields = [
        ("what", "open"),
        ("name", name),
        ("number", number),
        ("office", office),
    ];
    done(browser, MINE, &fields).await;
    code(browser).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guardian_proposes_an_office_refuses_then_accepts_and_it_is_ended() {
    let world = World::new().await;
    let mut li = world.as_one("resident-li").await;
    let mut school = world.as_one("school-clerk").await;
    let mut community = world.as_one("nanhuan-clerk").await;
    // What cannot be, is said and changes nothing.
    let open = |name, number, office| {
        [
            ("what", "open"),
            ("name", name),
            ("number", number),
            ("office", office),
        ]
    };
    for (fields, said) in [
        (open("", "", SCHOOL), "姓名应为"),
        (open("李小满", "140105", SCHOOL), "身份证号应有 18 位"),
        (open("李小满", "11010519491231002X", SCHOOL), "已满18岁"),
        (open("李小满", "", "air-office"), "请选一个"),
        (open("李小满", "", ""), "请选一个"),
    ] {
        let words = refused(&mut li, MINE, &fields, 422).await;
        assert!(words.contains(said), "{words}");
    }
    let number = number();
    let child = opens(&mut li, "李小满", &number, SCHOOL).await;
    let mine = li.get(MINE).await.words();
    assert!(
        mine.contains("李小满") && mine.contains("等一所市属小学（演示）看过证明"),
        "{mine}"
    );
    assert!(
        !mine.contains(&number),
        "the number stands in no page of theirs"
    );

    // The office that was asked reads it, nobody else.
    let asked = school.get(DESK).await;
    for said in ["李小满", "李晓晨", &number, "2015年3月7日"] {
        assert!(asked.words().contains(said), "{said}: {}", asked.words());
    }
    assert_eq!(asked.header("cache-control"), "private, no-store");
    let other = community.get(DESK).await.words();
    assert!(
        other.contains("没有等着核实的") && !other.contains("李小满"),
        "{other}"
    );
    let link = |what| {
        [
            ("what", what),
            ("guardian", "resident-li"),
            ("child", &*child),
        ]
    };
    let mut accept = link("accept").to_vec();
    let words = refused(&mut school, &format!("{DESK}/answer"), &accept, 422).await;
    assert!(words.contains("先核对证件"), "{words}");
    accept.push(("seen", "yes"));
    let answer = format!("{DESK}/answer");
    let words = refused(&mut community, &answer, &accept, 409).await;
    assert!(!words.contains("李小满"), "{words}");

    // Refused with a reason, which only the guardian reads.
    let mut refuse = link("refuse").to_vec();
    refused(&mut school, &answer, &refuse, 422).await;
    let why = "户口簿上没有写孩子，请带出生证明再来。";
    refuse.push(("reason", why));
    done(&mut school, &answer, &refuse).await;
    refused(&mut school, &answer, &refuse, 409).await;
    let mine = li.get(MINE).await.words();
    assert!(mine.contains(why) && mine.contains("没有通过"), "{mine}");
    assert!(school.get(DESK).await.words().contains("没有等着核实的"));

    // Again, to the community, and from there back to the school.
    for office in [COMMUNITY, SCHOOL] {
        let fields = [("what", "propose"), ("child", &*child), ("office", office)];
        done(&mut li, MINE, &fields).await;
    }
    assert!(!community.get(DESK).await.words().contains("李小满"));
    done(&mut school, &answer, &accept).await;
    // The number was confirmed with it, so it is known when it ends; before, it was not said to anybody.
    let mine = li.get(MINE).await.words();
    assert!(mine.contains("2033年3月7日满18岁"), "{mine}");
    let me = li.get("/me").await.words();
    assert!(
        me.contains("一所市属小学（演示）已核实，您可以代办"),
        "{me}"
    );
    for kept in [why, "李小满", &number] {
        assert!(!world.keeps(kept), "{kept} lies open");
    }

    // Another guardian has the code alone: no name before an office has accepted them.
    let mut zhang = world.as_one("resident-zhang").await;
    let by_code = |office| [("what", "propose"), ("child", &*child), ("office", office)];
    refused(
        &mut zhang,
        MINE,
        &[("what", "propose"), ("child", "p-0"), ("office", SCHOOL)],
        409,
    )
    .await;
    done(&mut zhang, MINE, &by_code(SCHOOL)).await;
    let theirs = zhang.get(MINE).await.words();
    assert!(
        !theirs.contains("李小满") && theirs.contains("看过证明"),
        "{theirs}"
    );
    assert!(!zhang.get("/me").await.words().contains("李小满"));
    // The first one sees who it is, and turns it away.
    let mine = li.get(MINE).await.words();
    assert!(mine.contains("张桂兰") && mine.contains("不认识"), "{mine}");
    let away = [
        ("what", "end"),
        ("child", &*child),
        ("guardian", "resident-zhang"),
    ];
    let mut stranger = world.as_one("resident-wang").await;
    refused(&mut stranger, MINE, &away, 409).await;
    done(&mut li, MINE, &away).await;
    assert!(!school.get(DESK).await.words().contains("张桂兰"));
    // Proposed anew and accepted; then the first may go, and the second has the child alone.
    let words = refused(&mut li, MINE, &[("what", "end"), ("child", &*child)], 409).await;
    assert!(words.contains("唯一的监护人"), "{words}");
    done(&mut zhang, MINE, &by_code(SCHOOL)).await;
    let second = [
        ("what", "accept"),
        ("guardian", "resident-zhang"),
        ("child", &*child),
        ("seen", "yes"),
    ];
    done(&mut school, &answer, &second).await;
    assert!(zhang.get(MINE).await.words().contains("李小满"));
    refused(&mut li, MINE, &away, 409).await;
    done(&mut li, MINE, &[("what", "end"), ("child", &*child)]).await;
    assert!(!li.get(MINE).await.words().contains("李小满"));
    // The last one closes the child's account, after saying so.
    let close = [("what", "close"), ("child", &*child)];
    let words = refused(&mut zhang, MINE, &close, 422).await;
    assert!(words.contains("请先勾选"), "{words}");
    let sure = [("what", "close"), ("child", &*child), ("sure", "yes")];
    refused(&mut li, MINE, &sure, 409).await;
    done(&mut zhang, MINE, &sure).await;
    assert!(!zhang.get(MINE).await.words().contains("李小满"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_accepts_themselves_and_a_guardian_has_a_name() {
    let world = World::new().await;
    let mut clerk = world.as_one("school-clerk").await;
    let child = opens(&mut clerk, "杨小禾", "", SCHOOL).await;
    assert!(clerk.get(DESK).await.words().contains("不会自己结束"));
    let page = clerk.get(DESK).await;
    assert!(
        page.words().contains("杨小禾") && !page.text().contains("value=\"accept\""),
        "{}",
        page.words()
    );
    let own = [
        ("what", "accept"),
        ("guardian", "school-clerk"),
        ("child", &*child),
        ("seen", "yes"),
    ];
    let reply = clerk.ask(&format!("{DESK}/answer"), &own).await;
    assert_eq!(reply.status, 403, "{}", reply.words());
    assert!(reply.text().contains("/notices/powers#guardian"));
    // No page gives the form to whoever has no name, and none is taken.
    let mut browser = world.browser();
    assert_eq!(browser.get(MINE).await.status, 303);
    browser
        .open("nameless@example.cn", "correct horse battery", "")
        .await;
    let page = browser.get(MINE).await;
    assert!(
        page.words().contains("填写姓名") && !page.text().contains("name=\"name\""),
        "{}",
        page.words()
    );
    let fields = [("what", "open"), ("name", "小禾"), ("office", SCHOOL)];
    refused(&mut browser, MINE, &fields, 422).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_given_later_is_confirmed_and_the_guardian_is_written_to() {
    let world = World::new().await;
    world.delivers();
    let mut li = world.as_one("resident-li").await;
    let mut zhang = world.as_one("resident-zhang").await;
    let mut school = world.as_one("school-clerk").await;
    // The outbox begins with what comes after it: wait until it has.
    zhang.mailbox(0).await;
    let child = opens(&mut li, "李小满", "", SCHOOL).await;
    let with = |number: &str| {
        [
            ("what", "number".to_owned()),
            ("child", child.clone()),
            ("number", number.to_owned()),
        ]
    };
    let number = number();
    let fields = with(&number);
    let give: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    // Before an office has accepted them, the child's papers are not theirs to fill in.
    assert!(!li.get(MINE).await.text().contains("value=\"number\""));
    refused(&mut li, MINE, &give, 409).await;
    let link = [("guardian", "resident-li"), ("child", &*child)];
    let mut accept = link.to_vec();
    accept.extend([("what", "accept"), ("seen", "yes")]);
    done(&mut school, &format!("{DESK}/answer"), &accept).await;
    let mail = li.mailbox(1).await;
    assert!(
        mail.contains("监护关系已核实") && mail.contains(&*child) && !mail.contains("李小满"),
        "{mail}"
    );
    let mine = li.get(MINE).await.words();
    assert!(mine.contains("身份证号\n没有填"), "{mine}");

    // By the rules of one's own number: the standard, one number one person, and their guardian alone.
    for (wrong, said) in [
        ("140105", "身份证号应有 18 位"),
        ("11010519491231002X", "已满18岁"),
        ("", "身份证号应有 18 位"),
    ] {
        let fields = with(wrong);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let words = refused(&mut li, MINE, &fields, 422).await;
        assert!(words.contains(said), "{words}");
    }
    refused(&mut zhang, MINE, &give, 409).await;
    let own = [
        ("what", "number"),
        ("child", "resident-li"),
        ("number", &*number),
    ];
    refused(&mut li, MINE, &own, 409).await;
    done(&mut li, MINE, &give).await;
    done(&mut li, MINE, &give).await;
    let mine = li.get(MINE).await.words();
    assert!(mine.contains("已填写，还没有机构核实"), "{mine}");
    assert!(
        !mine.contains(&number) && !world.keeps(&number),
        "it lies open"
    );
    let twice = [
        ("what", "open"),
        ("name", "张小满"),
        ("number", &*number),
        ("office", SCHOOL),
    ];
    let words = refused(&mut zhang, MINE, &twice, 409).await;
    assert!(words.contains("已经属于另一个账号"), "{words}");

    // An office that confirms identities reads it, one that does not sees the name alone.
    let find = [("code", &*child), ("name", "李小满")];
    let mut grid = world.as_one("nanhuan-grid").await;
    let page = grid.ask("/desk/facts/find", &find).await.words();
    assert!(page.contains("李小满") && !page.contains(&number), "{page}");
    let page = school.ask("/desk/facts/find", &find).await;
    assert!(page.words().contains(&number) && page.words().contains("2015年3月7日"));
    let text = page.text();
    let (_, rest) = text.split_once("name=\"number\" value=\"").expect("a form");
    let index = rest.split('"').next().expect("an index").to_owned();
    let identity = "/desk/facts/identity";
    let mut confirm = find.to_vec();
    confirm.push(("what", "confirm"));
    // Another number than the one that was looked at, and papers that were not.
    for more in [
        [("number", "00"), ("seen", "yes")],
        [("number", &*index), ("seen", "")],
    ] {
        let mut confirm = confirm.clone();
        confirm.extend(more);
        refused(&mut school, identity, &confirm, 422).await;
    }
    confirm.extend([("number", &*index), ("seen", "yes")]);
    let reply = grid.ask(identity, &confirm).await;
    assert_eq!(reply.status, 403);
    assert!(reply.text().contains("/notices/powers#identity"));
    let reply = school.ask(identity, &confirm).await;
    assert_eq!(reply.status, 200, "{}", reply.words());
    let mine = li.get(MINE).await.words();
    assert!(
        mine.contains("身份证号\n一所市属小学（演示）核实"),
        "{mine}"
    );
    assert!(mine.contains("2033年3月7日满18岁"), "{mine}");
    let words = refused(&mut li, MINE, &give, 409).await;
    assert!(words.contains("已由一所市属小学（演示）核实"), "{words}");
    // Only the office that confirmed takes it back; then it can be stated anew.
    let mut back = find.to_vec();
    back.push(("what", "take-back"));
    let mut community = world.as_one("nanhuan-clerk").await;
    refused(&mut community, identity, &back, 409).await;
    assert_eq!(school.ask(identity, &back).await.status, 200);
    done(&mut li, MINE, &give).await;

    // Whoever is refused is written to as well, without the reason.
    let propose = [("what", "propose"), ("child", &*child), ("office", SCHOOL)];
    done(&mut zhang, MINE, &propose).await;
    let why = "户口簿上没有您的名字。";
    let refuse = [
        ("what", "refuse"),
        ("guardian", "resident-zhang"),
        ("child", &*child),
        ("reason", why),
    ];
    done(&mut school, &format!("{DESK}/answer"), &refuse).await;
    let mail = zhang.mailbox(2).await;
    assert!(
        mail.contains("监护关系没有通过") && !mail.contains(why) && !mail.contains("李小满"),
        "{mail}"
    );
}

/// The course's city, in which the demo child was born on that day; today is 6 January 2022.
async fn born(on: &str) -> World {
    let mut city = City::clone(&course());
    for person in &mut city.people {
        if person.id == "child-chen" {
            person.birth = on.parse().expect("a day");
        }
    }
    World::of(Arc::new(city)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_acts_for_a_child_from_the_day_it_is_eighteen() {
    let step = format!("{}&for=child-chen", book(WINDOW));
    let fields = [("at", WINDOW), ("for", "child-chen"), ("book", "yes")];
    // Eighteen tomorrow: today the mother still books.
    let world = born("2004-01-07").await;
    let mut chen = world.as_one("parent-chen").await;
    let mine = chen.get(MINE).await.words();
    assert!(
        mine.contains("2022年1月7日满18岁，从那天起您不能再代办"),
        "{mine}"
    );
    let booked = chen.ask(&format!("{PAGE}/book"), &fields).await;
    assert_eq!(booked.status, 303, "{}", booked.words());
    let page = booked
        .header("location")
        .split('?')
        .next()
        .expect("a path")
        .to_owned();
    assert_eq!(chen.get(&page).await.status, 200);
    // The next day neither a new booking nor the old one is hers.
    let world = world.later(SignedDuration::from_hours(24)).await;
    let mut chen = world.as_one("parent-chen").await;
    assert_eq!(chen.get(&page).await.status, 404);
    assert_eq!(chen.ask(&format!("{page}/cancel"), &[]).await.status, 404);
    assert_eq!(chen.get(&step).await.status, 404);
    assert_eq!(chen.ask(&format!("{PAGE}/book"), &fields).await.status, 404);
    for page in ["/me", MINE] {
        let words = chen.get(page).await.words();
        assert!(words.contains("孩子已满18岁，您不能再代办"), "{words}");
    }
    assert!(!chen.get("/me/bookings").await.words().contains("陈可心"));
    // The account may still be closed, so that nobody is kept by it.
    let close = [("what", "close"), ("child", "child-chen"), ("sure", "yes")];
    done(&mut chen, MINE, &close).await;
}
