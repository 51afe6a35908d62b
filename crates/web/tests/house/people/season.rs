//! Licences of a season: what everybody sees, what the desk grants, ends, enters and corrects, and every role at each of it.

use super::clock::offering;
use super::{Browser, World};
use crate::Reply;
use forms::booking::rows::{Means, Number};
use forms::booking::{CheckIn, SignUp};
use jiff::{SignedDuration, Timestamp};
use ledger::name::Person;
use std::collections::BTreeSet;

/// The routes, as they stand in the source: a route without a row in [`rows`] fails the test.
const SOURCE: &str = include_str!("../../../src/pages/season/mod.rs");
const DESK: &str = "/desk/season/theme-season";
const RESULTS: &str = "/notices/theme-season/results";
/// An event, as addresses have it, and as forms do.
const EVENT: &str = "theme-season%23lanterns%402022-01-25";
const ENTERED: [(&str, &str); 3] = [
    ("event", "theme-season#lanterns@2022-01-25"),
    ("visitors", "2,500"),
    ("sales", "31415.90"),
];
const LIST: &str = "/notices/theme-season/licences";

const LANTERN: [(&str, &str); 8] = [
    ("partner", "晋韵灯坊（演示）"),
    ("product", "好运兔儿灯"),
    ("from", "2022-01-10"),
    ("last", "2022-06-30"),
    ("by", "share"),
    ("amount", "8.5"),
    ("exclusive", "yes"),
    ("no-interest", "yes"),
];

/// The same form with one field changed.
fn with<'a>(name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = LANTERN.to_vec();
    for field in &mut fields {
        if field.0 == name {
            field.1 = value;
        }
    }
    fields
}

/// Grants the lantern; the desk's page of it.
async fn granted(head: &mut Browser) -> String {
    let reply = head.ask(&format!("{DESK}/grant"), &LANTERN).await;
    assert_eq!(reply.status.as_u16(), 303, "{}", reply.words());
    reply.header("location").to_owned()
}

fn status(reply: &Reply) -> u16 {
    reply.status.as_u16()
}

#[tokio::test]
async fn a_licence_is_granted_and_everybody_sees_whose_it_is() {
    let world = World::new().await;
    let mut nobody = world.browser();
    let empty = nobody.get(LIST).await;
    assert_eq!(status(&empty), 200);
    assert!(
        empty.words().contains("现在没有授权产品"),
        "{}",
        empty.words()
    );
    let notice = nobody.get("/notices/theme-season").await.text();
    assert!(notice.contains(LIST), "the notice leads to its licences");
    for other in [
        "/notices/culture-menu/licences",
        "/notices/none/licences",
        &format!("{LIST}/1"),
        &format!("{LIST}/%00"),
    ] {
        assert_eq!(status(&nobody.get(other).await), 404, "{other}");
    }
    let away = nobody.get(DESK).await;
    assert!(
        away.header("location").starts_with("/sign-in"),
        "{}",
        away.status
    );

    let mut head = world.as_one("county-head").await;
    assert!(head.get("/me").await.text().contains(DESK));
    let page = granted(&mut head).await;
    let number = page.rsplit('/').next().unwrap().to_owned();
    let list = nobody.get(LIST).await;
    for part in [
        "好运兔儿灯",
        "晋韵灯坊（演示）",
        "2022年1月10日至2022年6月30日",
        "尚未开始",
        "独家",
        "不得超过12%",
    ] {
        assert!(list.words().contains(part), "{part}: {}", list.words());
    }
    // What a partner pays stands at the desk only.
    let one = nobody.get(&format!("{LIST}/{number}")).await;
    for shown in [&list, &one] {
        assert!(!shown.words().contains("8.5"), "{}", shown.words());
    }
    assert!(one.words().contains("还没有到授权期"), "{}", one.words());
    insta::assert_snapshot!("licences-zh", list.words());
    insta::assert_snapshot!("licence-zh", one.words());
    assert!(head.get(&page).await.words().contains("销售额的 8.5 %"));
    nobody.lang = "en";
    let list = nobody.get(LIST).await.words();
    insta::assert_snapshot!("licences-en", list);
    assert!(
        list.contains("Partners: 1; licensed products: 1, of which valid today: 0."),
        "{list}"
    );

    // Everything that is refused says why, keeps what was typed, and names its field.
    let again = head
        .ask(&format!("{DESK}/grant"), &with("partner", "另一家（演示）"))
        .await;
    assert_eq!(status(&again), 409);
    assert!(
        again.words().contains("已独家授权给晋韵灯坊（演示）"),
        "{}",
        again.words()
    );
    assert!(again.text().contains("另一家（演示）"));
    for (field, value, said) in [
        ("partner", "灯", "2 至 40 个字"),
        ("from", "tomorrow", "请填日期"),
        ("last", "9999-12-31", "这一天太远"),
        ("amount", "12.345", "请填百分数"),
        ("by", "gift", "授权费怎么收"),
    ] {
        let wrong = head
            .ask(&format!("{DESK}/grant"), &with(field, value))
            .await;
        assert_eq!(status(&wrong), 422, "{field}");
        assert!(wrong.words().contains(said), "{field}: {}", wrong.words());
        let text = wrong.text();
        assert!(
            text.contains(&format!("href=\"#{field}\"")) && text.contains("aria-invalid"),
            "{field}"
        );
    }
    let dear = head
        .ask(&format!("{DESK}/grant"), &with("amount", "12.01"))
        .await;
    assert!(
        dear.words().contains("依据 theme-season#royalty"),
        "{}",
        dear.words()
    );
    // Whoever does not say that they have no interest of their own has one.
    let fields = &LANTERN[..7];
    let own = head.ask(&format!("{DESK}/grant"), fields).await;
    assert_eq!(status(&own), 403);
    assert!(
        own.text().contains("/notices/powers#licence"),
        "{}",
        own.words()
    );
    // Not without the page's own token.
    let forged = head.post(&format!("{DESK}/grant"), &LANTERN).await;
    assert_eq!(status(&forged), 403);
    assert_eq!(nobody.get(LIST).await.words(), list);
}

#[tokio::test]
async fn sales_are_entered_by_one_and_corrected_by_another() {
    let world = World::new().await;
    let page = granted(&mut world.as_one("county-head").await).await;
    let world = world.later(SignedDuration::from_hours(24 * 56)).await;
    let (mut head, mut clerk) = (
        world.as_one("county-head").await,
        world.as_one("county-clerk").await,
    );
    let february = [
        ("month", "2022-02"),
        ("pieces", "1,204"),
        ("sales", "60,200.10"),
    ];
    let early = clerk
        .ask(
            &format!("{page}/sales"),
            &[("month", "2022-03"), ("pieces", "1"), ("sales", "1")],
        )
        .await;
    assert_eq!(status(&early), 409);
    assert!(
        early.words().contains("2022年4月1日 起可以登记"),
        "{}",
        early.words()
    );
    for (field, value, said) in [
        ("pieces", "-1", "请填整数"),
        ("sales", "many", "请填金额"),
        ("month", "May", "月份写成"),
    ] {
        let mut fields = february.to_vec();
        fields
            .iter_mut()
            .filter(|(name, _)| *name == field)
            .for_each(|(_, old)| *old = value);
        let wrong = clerk.ask(&format!("{page}/sales"), &fields).await;
        assert_eq!(status(&wrong), 422, "{field}");
        assert!(wrong.words().contains(said), "{}", wrong.words());
    }
    assert_eq!(
        status(&clerk.ask(&format!("{page}/sales"), &february).await),
        303
    );
    assert_eq!(
        status(&clerk.ask(&format!("{page}/sales"), &february).await),
        409
    );
    let shown = clerk.get(&page).await.words();
    // 8.5 % of 60,200.10 are 5,117.0085.
    assert!(
        shown.contains("60,200.10 元") && shown.contains("5,117.01 元"),
        "{shown}"
    );
    // The clerk may not correct at all; the head may, and not their own correction.
    let fixed = [
        ("entered", "2022-02"),
        ("pieces-now", "1200"),
        ("sales-now", "60000"),
        ("reason", "counted-again"),
    ];
    assert_eq!(
        status(&clerk.ask(&format!("{page}/correct"), &fixed).await),
        403
    );
    assert_eq!(
        status(&head.ask(&format!("{page}/correct"), &fixed).await),
        303
    );
    assert_eq!(
        status(&head.ask(&format!("{page}/correct"), &fixed).await),
        403
    );
    let shown = head.get(&page).await.words();
    insta::assert_snapshot!("desk-zh", shown);
    for part in ["更正过", "1,204 件", "首次登记", "重新清点", "5,100.00 元"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // Ended today: no longer on the list of what is valid, and the page says since when.
    let end = [
        ("on", "2022-03-03"),
        ("why", "given-back"),
        ("no-interest", "yes"),
    ];
    assert_eq!(status(&head.ask(&format!("{page}/end"), &end).await), 303);
    assert_eq!(status(&head.ask(&format!("{page}/end"), &end).await), 409);
    let number = page.rsplit('/').next().unwrap();
    let one = world
        .browser()
        .get(&format!("{LIST}/{number}"))
        .await
        .words();
    assert!(
        one.contains("已终止") && one.contains("2022年3月3日起无效"),
        "{one}"
    );
    assert!(!one.contains("退回"), "why is not public: {one}");
}

#[tokio::test]
async fn who_was_counted_and_what_was_entered_stay_two_numbers() {
    let world = World::new().await;
    let empty = world.browser().get(RESULTS).await;
    assert_eq!(status(&empty), 200);
    assert!(
        empty.words().contains("还没有活动开始；后面有"),
        "{}",
        empty.words()
    );
    let lanterns = offering(&world.city, "theme-season");
    world.as_one("resident-li").await;
    let at = |world: &World, text: &str| {
        let at: Timestamp = text.parse().expect("a time");
        at.duration_since(world.now)
    };
    // Three book together and come; nobody sees them go.
    let by = at(&world, "2022-01-12T10:00:00+08:00");
    let world = world.later(by).await;
    let (slot, li) = (
        &lanterns.slots()[0],
        Person::new("resident-li").expect("a name"),
    );
    let act = SignUp::new(&lanterns, slot.key.clone(), li, None).for_party(3);
    let booking = world.command(&lanterns, "resident-li", act).await;
    let by = at(&world, "2022-01-25T17:05:00+08:00");
    let world = world.later(by).await;
    let booking = Number::of(booking).expect("a number");
    let came = CheckIn {
        booking,
        at: world.now,
        by: Means::Qr,
        under: None,
    };
    world.command(&lanterns, "resident-li", came).await;
    let counted = world.browser().get(RESULTS).await.words();
    assert!(counted.contains("分时入园\n1\n3\n只记入园\n0"), "{counted}");
    let mut clerk = world.as_one("county-clerk").await;
    let early = clerk.ask(&format!("{DESK}/result"), &ENTERED).await;
    assert_eq!(status(&early), 409);
    assert!(
        early.words().contains("2022年1月25日 21:00 才结束"),
        "{}",
        early.words()
    );

    let by = at(&world, "2022-01-26T09:00:00+08:00");
    let world = world.later(by).await;
    let (mut clerk, mut head) = (
        world.as_one("county-clerk").await,
        world.as_one("county-head").await,
    );
    let list = clerk.get(&format!("{DESK}/results")).await;
    assert!(
        list.text().contains(EVENT) && list.words().contains("签到 3"),
        "{}",
        list.words()
    );
    let mut wrong = ENTERED;
    wrong[1].1 = "2500.5";
    let wrong = clerk.ask(&format!("{DESK}/result"), &wrong).await;
    assert_eq!(status(&wrong), 422);
    assert!(
        wrong.words().contains("请填整数") && wrong.text().contains("31415.90"),
        "{}",
        wrong.words()
    );
    assert_eq!(
        status(&clerk.ask(&format!("{DESK}/result"), &ENTERED).await),
        303
    );
    assert_eq!(
        status(&clerk.ask(&format!("{DESK}/result"), &ENTERED).await),
        409
    );
    // The head corrects, once; neither of them corrects what they entered themselves.
    let fixed = [
        ENTERED[0],
        ("visitors-now", "2480"),
        ("sales-now", "31415.9"),
        ("reason", "counted-again"),
    ];
    assert_eq!(
        status(&clerk.ask(&format!("{DESK}/result/correct"), &fixed).await),
        403
    );
    assert_eq!(
        status(&head.ask(&format!("{DESK}/result/correct"), &fixed).await),
        303
    );
    assert_eq!(
        status(&head.ask(&format!("{DESK}/result/correct"), &fixed).await),
        403
    );
    let desk = head
        .get(&format!("{DESK}/result?event={EVENT}"))
        .await
        .words();
    for part in [
        "2,500 人",
        "首次登记",
        "2,480 人",
        "重新清点",
        "由签到数出，不能改",
    ] {
        assert!(desk.contains(part), "{part}: {desk}");
    }
    let mut nobody = world.browser();
    let shown = nobody.get(RESULTS).await;
    insta::assert_snapshot!("results-zh", shown.words());
    // One event with its two numbers, and the second day of the fair, of which nothing is known yet.
    assert!(
        shown.words().contains("分时入园\n2\n3\n只记入园\n2,480"),
        "{}",
        shown.words()
    );
    let text = shown.text();
    assert!(
        text.contains("fill=\"url(#hatch)\"") && !text.contains("style="),
        "drawn without styles"
    );
    let file = nobody.get(&format!("{RESULTS}?as=csv")).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let line = "\"活动\",\"分时入园\",\"2022-01-25\",\"3\",\"\",\"2480\",\"\",\"31415.90\",\"1\"";
    assert!(file.text().contains(line), "{}", file.text());
    nobody.lang = "en";
    let shown = nobody.get(RESULTS).await.words();
    insta::assert_snapshot!("results-en", shown);
    assert!(
        shown.contains("Events up to today: 2.") && shown.contains("entered (by the office)"),
        "{shown}"
    );
    for other in [
        format!("{DESK}/result"),
        format!("{DESK}/result?event=x"),
        "/notices/air-order/results".to_owned(),
    ] {
        assert_eq!(status(&clerk.get(&other).await), 404, "{other}");
    }
}

/// A route, an address of it, what is sent there, and who may.
struct Row {
    route: &'static str,
    path: String,
    fields: Option<&'static [(&'static str, &'static str)]>,
    may: Option<&'static [&'static str]>,
}

fn rows(page: &str) -> Vec<Row> {
    const HEAD: Option<&[&str]> = Some(&["county-head"]);
    const BOTH: Option<&[&str]> = Some(&["county-head", "county-clerk"]);
    let number = page.rsplit('/').next().unwrap_or_default();
    let row = |route, path: &str, fields, may| Row {
        route,
        path: path.to_owned(),
        fields,
        may,
    };
    let of = "/desk/season/{slug}/licences/{number}";
    vec![
        row("/notices/{slug}/licences", LIST, None, None),
        row(
            "/notices/{slug}/licences/{number}",
            &format!("{LIST}/{number}"),
            None,
            None,
        ),
        row("/notices/{slug}/results", RESULTS, None, None),
        row(
            "/notices/{slug}/results",
            &format!("{RESULTS}?as=csv"),
            None,
            None,
        ),
        row(
            "/notices/{slug}/results",
            &format!("{RESULTS}?as=xlsx"),
            None,
            None,
        ),
        row("/desk/season/{slug}", DESK, None, BOTH),
        row(
            "/desk/season/{slug}/results",
            &format!("{DESK}/results"),
            None,
            BOTH,
        ),
        row(
            "/desk/season/{slug}/result",
            &format!("{DESK}/result?event={EVENT}"),
            None,
            BOTH,
        ),
        row(
            "/desk/season/{slug}/result",
            &format!("{DESK}/result"),
            Some(&ENTERED),
            Some(&["county-clerk"]),
        ),
        row(
            "/desk/season/{slug}/result/correct",
            &format!("{DESK}/result/correct"),
            Some(&ENTERED),
            HEAD,
        ),
        row(
            "/desk/season/{slug}/grant",
            &format!("{DESK}/grant"),
            None,
            HEAD,
        ),
        row(
            "/desk/season/{slug}/grant",
            &format!("{DESK}/grant"),
            Some(&LANTERN),
            HEAD,
        ),
        row(of, page, None, BOTH),
        row(
            "/desk/season/{slug}/licences/{number}/end",
            &format!("{page}/end"),
            Some(&[("no-interest", "yes")]),
            HEAD,
        ),
        row(
            "/desk/season/{slug}/licences/{number}/sales",
            &format!("{page}/sales"),
            Some(&[]),
            Some(&["county-clerk"]),
        ),
        row(
            "/desk/season/{slug}/licences/{number}/correct",
            &format!("{page}/correct"),
            Some(&[]),
            HEAD,
        ),
    ]
}

#[tokio::test]
async fn every_page_and_command_with_every_role() {
    let world = World::new().await;
    let page = granted(&mut world.as_one("county-head").await).await;
    // After the first evening of the fair.
    let world = world.later(SignedDuration::from_hours(24 * 20)).await;
    let routes: BTreeSet<(&str, bool)> = SOURCE
        .split(".route(")
        .skip(1)
        .map(|rest| {
            let path = rest.split('"').nth(1).unwrap();
            (path, rest.split(')').next().unwrap().contains("post("))
        })
        .collect();
    let rows = rows(&page);
    let tried: BTreeSet<(&str, bool)> = rows
        .iter()
        .map(|row| (row.route, row.fields.is_some()))
        .collect();
    assert_eq!(
        routes, tried,
        "every route has a row, and every row a route"
    );
    for person in web_people(&world) {
        let mut browser = world.as_one(&person).await;
        let csrf = browser.csrf().await;
        for row in &rows {
            let reply = match row.fields {
                None => browser.get(&row.path).await,
                Some(fields) => {
                    let mut all = vec![("csrf", csrf.as_str())];
                    all.extend(fields);
                    browser.post(&row.path, &all).await
                }
            };
            let may = row.may.is_none_or(|may| may.contains(&person.as_str()));
            // Whoever may is told what is wrong with what was sent, or sees the page.
            match may {
                true => assert!(
                    [200, 303, 409, 422].contains(&status(&reply)),
                    "{person} {}: {}",
                    row.path,
                    reply.status
                ),
                false => {
                    assert_eq!(status(&reply), 403, "{person} {}", row.path);
                    assert!(!reply.words().contains("8.5"), "{person} {}", row.path);
                }
            }
        }
    }
}

fn web_people(world: &World) -> Vec<String> {
    let child = |id: &str| {
        world
            .city
            .people
            .iter()
            .any(|p| p.guardian_of.iter().any(|c| c == id))
    };
    let people = world.city.people.iter().filter(|p| !child(&p.id));
    people.map(|p| p.id.clone()).collect()
}
