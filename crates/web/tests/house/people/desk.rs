//! Staff's pages for bookings: who may see and do what, tried with every role; a door's codes; a record and its trace.

use super::clock::{offering, with_notice};
use super::{Browser, World};
use crate::Reply;
use forms::booking::rows::{Booking, Number, Status};
use forms::booking::ticket::Issuer;
use forms::booking::{Offering, SignUp};
use jiff::{SignedDuration, Timestamp};
use ledger::folder::Folder;
use ledger::item::{ItemId, Row as _};
use ledger::name::{Kind, Person};
use ledger::store::Read as _;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A session on a Wednesday, because lists leave the house on workdays only.
const TEXT: &str = r#"+++
title    = "早读志愿者"
issuer   = "shanxi-library"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

每场十人，可以候补。

```offer mornings
dates     = [{ on = 2022-01-12, hours = "09:00-12:00" }]
capacity  = 10
sign_up   = "2022-01-04T09:00/"
no_show   = { after = "30 min", times = 2, bar = "3 d" }
```

```offer lot
dates     = [{ on = 2022-02-12, hours = "09:00-12:00" }]
capacity  = 1
sign_up   = "2022-01-04T09:00/2022-02-10T12:00"
give      = "draw"
```
"#;

/// The routes, as they stand in the source: a route without a row in [`ROWS`] fails the test.
const SOURCE: &str = include_str!("../../../src/pages/staff/mod.rs");

const OFFER: &str = "/desk/bookings/mornings/mornings";
const SESSION: &str = "/desk/bookings/mornings/mornings/@2022-01-12T09:00/12:00";
const DRAW: &str = "/desk/draws/mornings/lot/@2022-02-12T09:00/12:00";
const SLOT: &str = "mornings#mornings@2022-01-12T09:00/12:00";
const NAME: &str = "李晓晨";

/// Who may: everybody with such a role, or these people.
enum May {
    Roles(&'static [&'static str], &'static [&'static str]),
    Only(&'static [&'static str]),
}

struct Row {
    route: &'static str,
    path: String,
    fields: Option<Vec<(&'static str, String)>>,
    may: May,
    /// Who of them is shown the name.
    names: &'static [&'static str],
}

fn rows(number: &str) -> Vec<Row> {
    let get = |route, path: &str, may, names| Row {
        route,
        path: path.to_owned(),
        fields: None,
        may,
        names,
    };
    let post = |route, path: String, fields: &[(&'static str, &str)], may| Row {
        route,
        path,
        fields: Some(fields.iter().map(|(k, v)| (*k, (*v).to_owned())).collect()),
        may,
        names: &[],
    };
    let fact = |attribute, value, ids| {
        let said = [
            ("what", "confirm"),
            ("code", "resident-li"),
            ("name", NAME),
            ("attribute", attribute),
            ("value", value),
            ("seen", "yes"),
        ];
        let path = "/desk/facts/answer";
        post(path, path.to_owned(), &said, May::Only(ids))
    };
    let desk = &["library-clerk", "library-lead", "library-archivist"];
    let offices = &[
        "library-head",
        "library-clerk",
        "library-lead",
        "library-archivist",
    ];
    let lists = &["library-clerk", "library-lead"];
    let papers = &["school-clerk", "nanhuan-clerk"];
    let identify = &["library-clerk", "school-clerk", "nanhuan-clerk"];
    let confirm = &[
        "library-clerk",
        "school-clerk",
        "nanhuan-clerk",
        "nanhuan-grid",
    ];
    let draws = "/desk/draws/{notice}/{offer}/{*slot}";
    let slot = "/desk/bookings/{notice}/{offer}/{*slot}";
    let offer = "/desk/bookings/{notice}/{offer}";
    vec![
        get(
            "/desk/bookings",
            "/desk/bookings",
            May::Roles(
                &[
                    "clerk",
                    "head",
                    "project-lead",
                    "teacher",
                    "gatekeeper",
                    "archivist",
                ],
                &[],
            ),
            &[],
        ),
        get(offer, OFFER, May::Only(offices), &[]),
        get(offer, &format!("{OFFER}?as=csv"), May::Only(desk), &[]),
        get(offer, &format!("{OFFER}?as=xlsx"), May::Only(desk), &[]),
        get(slot, SESSION, May::Only(offices), lists),
        get(
            slot,
            &format!("{SESSION}?as=paper"),
            May::Only(lists),
            lists,
        ),
        get(
            slot,
            &format!("{SESSION}?as=csv"),
            May::Only(&["library-archivist"]),
            &["library-archivist"],
        ),
        get(
            slot,
            &format!("{SESSION}?as=xlsx"),
            May::Only(&["library-archivist"]),
            &[],
        ),
        get(
            "/desk/booking/{number}",
            &format!("/desk/booking/{number}"),
            May::Only(desk),
            lists,
        ),
        get(
            draws,
            DRAW,
            May::Only(&["library-head", "library-archivist"]),
            &[],
        ),
        post(
            draws,
            DRAW.to_owned(),
            &[("step", "make"), ("side", "holder")],
            May::Only(&["library-head"]),
        ),
        post(
            draws,
            DRAW.to_owned(),
            &[("step", "make"), ("side", "witness")],
            May::Only(&["library-archivist"]),
        ),
        post(
            draws,
            DRAW.to_owned(),
            &[("step", "list")],
            May::Only(&["library-head"]),
        ),
        post(
            draws,
            DRAW.to_owned(),
            &[("step", "anew")],
            May::Only(&["library-head"]),
        ),
        post(
            draws,
            DRAW.to_owned(),
            &[("step", "settle")],
            May::Only(&["library-head"]),
        ),
        post(
            "/desk/bookings/mark",
            "/desk/bookings/mark".to_owned(),
            &[("slot", SLOT), ("booking", number), ("what", "in")],
            May::Only(&["library-lead"]),
        ),
        post(
            "/desk/bookings/mark",
            "/desk/bookings/mark".to_owned(),
            &[("slot", SLOT), ("booking", number), ("what", "absent")],
            May::Only(&["library-lead"]),
        ),
        post(
            "/desk/bookings/mark",
            "/desk/bookings/mark".to_owned(),
            &[("slot", SLOT), ("code", number), ("what", "out")],
            May::Only(&["library-lead"]),
        ),
        post(
            "/desk/booking/{number}/grant",
            format!("/desk/booking/{number}/grant"),
            &[("minutes", "30"), ("reason", "忘记签退")],
            May::Only(&["library-lead"]),
        ),
        post(
            "/desk/booking/{number}/correct",
            format!("/desk/booking/{number}/correct"),
            &[
                ("nobody", "yes"),
                ("granted", "0"),
                ("reason", "点错了名字"),
            ],
            May::Only(&["library-archivist"]),
        ),
        get("/desk/facts", "/desk/facts", May::Only(confirm), &[]),
        post(
            "/desk/facts/find",
            "/desk/facts/find".to_owned(),
            &[("code", "resident-li"), ("name", NAME)],
            May::Only(confirm),
        ),
        post(
            "/desk/facts/identity",
            "/desk/facts/identity".to_owned(),
            &[
                ("what", "confirm"),
                ("code", "resident-li"),
                ("name", NAME),
                ("seen", "yes"),
            ],
            May::Only(identify),
        ),
        fact("班级", "三年级二班", &["school-clerk"]),
        fact("住在本社区", "是", &["nanhuan-clerk", "nanhuan-grid"]),
        // What no clause gives to anybody, nobody confirms.
        fact("会说普通话", "是", &[]),
        fact("持有残疾人证", "是", &[]),
        get("/desk/guardians", "/desk/guardians", May::Only(papers), &[]),
        post(
            "/desk/guardians/answer",
            "/desk/guardians/answer".to_owned(),
            &[
                ("guardian", "resident-li"),
                ("child", "nobody"),
                ("what", "refuse"),
                ("reason", "请带户口簿"),
            ],
            May::Only(papers),
        ),
    ]
}

/// A city with this notice at 9:05 on the day, for which a resident has signed up.
async fn booked(text: &str) -> (World, Arc<Offering>, u64) {
    let city = with_notice("mornings", text);
    let offering = offering(&city, "mornings");
    let world = World::of(city).await;
    // Whoever came once has a name and a key.
    world.as_one("resident-li").await;
    let person = Person::new("resident-li").expect("a name");
    let act = SignUp::new(&offering, offering.slots()[0].key.clone(), person, None);
    let booking = world.command(&offering, "resident-li", act).await;
    let day: Timestamp = "2022-01-12T09:05:00+08:00".parse().expect("a time");
    let by: SignedDuration = day.duration_since(world.now);
    (world.later(by).await, offering, booking)
}

fn number(booking: u64) -> String {
    Number::of(booking).expect("a number").to_string()
}

async fn send(browser: &mut Browser, row: &Row) -> Reply {
    match &row.fields {
        None => browser.get(&row.path).await,
        Some(fields) => {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
            browser.ask(&row.path, &fields).await
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_and_command_is_for_whom_the_powers_name_and_nobody_else() {
    let (world, _, booking) = booked(TEXT).await;
    let rows = rows(&number(booking));
    let routes = SOURCE.split(".route(").skip(1).map(|rest| {
        let path = rest.split('"').nth(1).expect("an address");
        let post = rest.lines().take(4).any(|line| line.contains("post("));
        (path, post)
    });
    let routes: BTreeSet<(&str, bool)> = routes.collect();
    let tried = rows.iter().map(|row| (row.route, row.fields.is_some()));
    assert_eq!(
        routes,
        tried.collect(),
        "a route has no row, or a row no route"
    );

    let people = &world.city.people;
    let staff = people.iter().filter(|person| person.post.is_some());
    let all = staff
        .map(|person| person.id.as_str())
        .chain(["resident-li", "resident-zhang"]);
    let mut allowed = 0;
    for id in all {
        let mut browser = world.as_one(id).await;
        let role = people.iter().find(|person| person.id == id);
        let role = role.and_then(|person| Some(person.post.as_ref()?.role.as_str()));
        for row in &rows {
            let may = match &row.may {
                May::Only(ids) => ids.contains(&id),
                May::Roles(roles, ids) => {
                    role.is_some_and(|role| roles.contains(&role)) || ids.contains(&id)
                }
            };
            let reply = send(&mut browser, row).await;
            let status = reply.status.as_u16();
            let what = format!("{id}: {} {:?}", row.path, row.fields);
            match may {
                // What is refused for another reason was allowed to be asked.
                true => assert!(matches!(status, 200 | 303 | 409), "{what}: {status}"),
                false => assert_eq!(status, 403, "{what}"),
            }
            if !may {
                let text = reply.text();
                assert!(text.contains("/notices/powers#"), "{what} cites no clause");
            }
            allowed += u32::from(may);
            let shown = String::from_utf8_lossy(&reply.bytes).contains(NAME);
            match (&row.fields, may) {
                (None, true) => assert_eq!(shown, row.names.contains(&id), "{what}: the name"),
                // What could not be done is said on the list, to those who see it.
                (Some(_), true) => {}
                // Not even their own name stands on a desk that is not theirs.
                (_, false) => assert!(!shown, "{what}: the name"),
            }
        }
    }
    assert!(allowed >= 25, "{allowed}");

    // Nobody at all is led to sign in, and a form of another site does nothing.
    let mut nobody = world.browser();
    let mut lead = world.as_one("library-lead").await;
    for row in &rows {
        let fields: Vec<(&str, &str)> = row
            .fields
            .iter()
            .flatten()
            .map(|(k, v)| (*k, v.as_str()))
            .collect();
        let reply = match row.fields {
            None => nobody.get(&row.path).await,
            Some(_) => nobody.post(&row.path, &fields).await,
        };
        assert_eq!(
            (reply.status.as_u16(), reply.header("location")),
            (303, "/sign-in")
        );
        if row.fields.is_some() {
            assert_eq!(lead.post(&row.path, &fields).await.status, 403);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_tells_later_and_twice_and_it_counts_once() {
    let (world, _, booking) = booked(TEXT).await;
    let number = number(booking);
    let mut lead = world.as_one("library-lead").await;
    lead.headers = vec![("accept", "application/json")];
    let tap = |what, at| {
        [
            ("slot", SLOT),
            ("booking", number.as_str()),
            ("what", what),
            ("at", at),
        ]
    };
    let mut came = tap("in", "2022-01-12T01:01:30Z").to_vec();
    came.push(("request", "017e4c1c50f07aaa8bbbccccddddeeee"));
    for _ in 0..2 {
        let reply = lead.ask("/desk/bookings/mark", &came).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.json()["said"], format!("{NAME} 已签到"));
    }
    let Status::Here { attendance } = world.status(booking) else {
        panic!("not here")
    };
    let seen: Timestamp = "2022-01-12T01:01:30Z".parse().expect("a time");
    assert_eq!(attendance.came, seen);
    // Another device saw it as well, and says so under an id of its own.
    let mut other = tap("in", "2022-01-12T01:02:00Z").to_vec();
    other.push(("request", "017e4c1c50f07aaa8bbbccccddddeeef"));
    let reply = lead.ask("/desk/bookings/mark", &other).await;
    assert_eq!(reply.status, 409);
    assert!(
        reply.json()["said"]
            .as_str()
            .is_some_and(|said| said.contains("已经签到"))
    );
    // A clock that is far ahead is told so; one that is a little ahead means now.
    let reply = lead
        .ask("/desk/bookings/mark", &tap("out", "2022-01-12T03:00:00Z"))
        .await;
    assert_eq!(reply.status, 409);
    let reply = lead
        .ask("/desk/bookings/mark", &tap("out", "2022-01-12T01:05:40Z"))
        .await;
    assert_eq!(reply.status, 200);
    for wrong in [tap("out", "yesterday"), tap("in", "99999-01-01T00:00:00Z")] {
        assert_eq!(lead.ask("/desk/bookings/mark", &wrong).await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gatekeeper_reads_codes_and_no_names() {
    let text = TEXT.replace("shanxi-library", "ancient-county");
    let (world, offering, booking) = booked(&text).await;
    let mut gate = world.as_one("county-gate").await;
    let page = gate.get(SESSION).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains(NAME) && page.text().contains("name=\"code\""));
    assert!(
        page.header("permissions-policy")
            .starts_with("camera=(self)")
    );
    // A number is the list's, which is not for them.
    let typed = number(booking);
    for field in ["booking", "code"] {
        let fields = [("slot", SLOT), (field, typed.as_str()), ("what", "in")];
        assert_eq!(gate.ask("/desk/bookings/mark", &fields).await.status, 403);
    }
    let data = Folder::open(&world.folder.path().join("data")).expect("the ledger");
    let item = data.reader().expect("a reader").item(&ItemId {
        kind: Kind::new(Booking::KIND).expect("a kind"),
        key: Number::of(booking).expect("a number").key().clone(),
    });
    let row: Booking = item
        .expect("readable")
        .expect("a booking")
        .read()
        .expect("one");
    let ticket = |seed| {
        Issuer::new(&[seed; 32])
            .ticket(&offering, &row)
            .expect("a ticket")
    };
    let forged = ticket(8);
    for (code, status) in [(forged.as_str(), 409), ("nonsense", 409), (&ticket(7), 303)] {
        let fields = [("slot", SLOT), ("code", code), ("what", "in")];
        let reply = gate.ask("/desk/bookings/mark", &fields).await;
        assert_eq!(reply.status.as_u16(), status, "{code}");
        assert!(!reply.text().contains(NAME));
    }
    assert!(matches!(world.status(booking), Status::Here { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_keeps_checked_and_granted_apart_and_shows_how_it_came_about() {
    let (world, _, booking) = booked(TEXT).await;
    let number = number(booking);
    let path = format!("/desk/booking/{number}");
    let mut lead = world.as_one("library-lead").await;
    let mut archivist = world.as_one("library-archivist").await;
    let mark = |what| [("slot", SLOT), ("booking", number.as_str()), ("what", what)];
    assert_eq!(
        lead.ask("/desk/bookings/mark", &mark("in")).await.status,
        303
    );
    assert_eq!(
        lead.ask("/desk/bookings/mark", &mark("out")).await.status,
        303
    );
    let why = "她帮忙整理书架到中午";
    let grant = [("minutes", "175"), ("reason", why)];
    assert_eq!(lead.ask(&format!("{path}/grant"), &grant).await.status, 303);
    // No reason, no minutes, or more than the session leaves: nothing is granted.
    for (minutes, reason) in [("10", ""), ("", why), ("6", why)] {
        let fields = [("minutes", minutes), ("reason", reason)];
        let reply = lead.ask(&format!("{path}/grant"), &fields).await;
        assert_eq!(reply.status, 409, "{minutes}, {reason}");
        assert!(reply.text().contains("role=\"alert\""));
    }
    let wrong = "名字点错了";
    let correct = [("nobody", "yes"), ("granted", "30"), ("reason", wrong)];
    let reply = archivist.ask(&format!("{path}/correct"), &correct).await;
    assert_eq!(reply.status, 303);
    let page = lead.get(&path).await.words();
    let steps = ["报名", "签到", "签退", "补记时长", "更正记录"];
    let trace = page.split_once("来龙去脉").expect("a trace").1;
    let mut from = 0;
    for step in steps {
        let at = trace[from..].find(step);
        from += at.unwrap_or_else(|| panic!("{step} is missing or out of order in {trace}"));
    }
    assert!(page.contains(why) && page.contains(wrong));
    assert!(page.contains("山西省图书馆 · 项目负责人") && page.contains("本人"));
    assert!(
        page.contains("补记时长\n30分钟") && page.contains("签到时长\n0分钟"),
        "{page}"
    );
    // Why something was granted may tell of the person: nobody reads it in the files.
    assert!(!world.keeps(why) && !world.keeps(wrong));
    // The archivist sees the record, not the name.
    let seen = archivist.get(&path).await.text();
    assert!(!seen.contains(NAME) && seen.contains(wrong));
}
