//! Facts about people, confirmed by page at the desk: whom an office finds, what it is shown, and what it confirms.

use super::{Browser, World};
use crate::Reply;

const DESK: &str = "/desk/facts";

async fn finds(browser: &mut Browser, code: &str, name: &str) -> Reply {
    let fields = [("code", code), ("name", name)];
    browser.ask(&format!("{DESK}/find"), &fields).await
}

/// Sends one of the forms about somebody's attribute.
async fn says(
    browser: &mut Browser,
    what: &str,
    (code, name): (&str, &str),
    attribute: &str,
    more: &[(&str, &str)],
) -> Reply {
    let mut fields = vec![
        ("what", what),
        ("code", code),
        ("name", name),
        ("attribute", attribute),
    ];
    fields.extend(more);
    browser.ask(&format!("{DESK}/answer"), &fields).await
}

const WANG: (&str, &str) = ("resident-wang", "王建国");
const HERE: &str = "住在本社区";
const SEEN: &[(&str, &str)] = &[("value", "是"), ("seen", "yes")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_confirms_what_it_has_seen_and_takes_it_back() {
    let world = World::new().await;
    let mut wang = world.as_one(WANG.0).await;
    let mut clerk = world.as_one("nanhuan-clerk").await;
    // They read their code on their own page, and that this is their own word.
    let me = wang.get("/me").await.words();
    assert!(me.contains("代号\nresident-wang"), "{me}");
    assert!(!me.contains("南环社区居民委员会核实"), "{me}");
    // A code alone, which everybody reads in the ledger, tells nobody's name; nor does a code that nobody has.
    for code in [WANG.0, "p-nobody"] {
        let reply = finds(&mut clerk, code, "张三").await;
        assert_eq!(reply.status, 422);
        assert!(
            reply.words().contains("没有这个代号和姓名的人") && !reply.words().contains(WANG.1)
        );
    }
    assert_eq!(finds(&mut clerk, "resident-wang", "").await.status, 422);
    assert_eq!(finds(&mut clerk, "王", WANG.1).await.status, 422);
    // Shown is what this office confirms, and nothing else of them.
    let reply = finds(&mut clerk, " Resident-Wang ", "王 建国").await;
    let page = reply.words();
    assert_eq!(reply.status, 200, "{page}");
    assert!(page.contains("王建国") && page.contains(HERE), "{page}");
    assert!(!page.contains("普通话"), "{page}");
    assert_eq!(reply.header("cache-control"), "private, no-store");

    // What cannot be, changes nothing.
    for (more, said) in [
        (&SEEN[..1], "先看证明材料"),
        (&[("value", "大概"), ("seen", "yes")][..], "请选一项"),
    ] {
        let reply = says(&mut clerk, "confirm", WANG, HERE, more).await;
        assert_eq!(reply.status, 422);
        assert!(reply.words().contains(said), "{}", reply.words());
    }
    let reply = says(&mut clerk, "take-back", WANG, HERE, &[]).await;
    assert_eq!(reply.status, 409, "{}", reply.words());
    assert!(reply.words().contains("没有机构核实过"));

    // Confirmed: they read by which office, and when.
    let reply = says(&mut clerk, "confirm", WANG, HERE, SEEN).await;
    assert_eq!(reply.status, 200, "{}", reply.words());
    assert!(reply.text().contains("role=\"status\""));
    let said = "是 南环社区居民委员会核实 2022年1月6日";
    let me = wang.get("/me").await.words();
    assert!(me.contains(said), "{me}");
    assert!(!world.keeps(HERE), "the attribute lies open");
    // A colleague finds it so, and takes it back: then nothing is kept, not even as their own word.
    let mut grid = world.as_one("nanhuan-grid").await;
    let page = finds(&mut grid, WANG.0, WANG.1).await.words();
    assert!(page.contains(said), "{page}");
    let reply = says(&mut grid, "take-back", WANG, HERE, &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.words());
    assert!(reply.words().contains("还没有记录"), "{}", reply.words());
    let me = wang.get("/me").await.words();
    assert!(!me.contains(HERE) && me.contains("普通话"), "{me}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_confirms_what_the_powers_name_and_nobody_confirms_themselves() {
    let world = World::new().await;
    world.as_one(WANG.0).await;
    let mut chen = world.as_one("parent-chen").await;
    let mut school = world.as_one("school-clerk").await;
    let mut clerk = world.as_one("nanhuan-clerk").await;
    // Where somebody lives is nothing that the school confirms, nor the class what the community does; an age, and what nobody is
    // asked for, have no form at all.
    for (browser, attribute) in [(&mut school, HERE), (&mut clerk, "班级")] {
        let reply = says(browser, "confirm", WANG, attribute, SEEN).await;
        assert_eq!(reply.status, 403);
        assert!(reply.text().contains("/notices/powers#residence"));
        assert!(!reply.words().contains(WANG.1));
    }
    for attribute in ["年龄", "车型", "别的"] {
        let reply = says(&mut clerk, "confirm", WANG, attribute, SEEN).await;
        assert_eq!(reply.status, 404, "{attribute}");
    }
    // The school sees the class that it has confirmed of the child.
    let page = finds(&mut school, "child-chen", "陈可心").await.words();
    assert!(page.contains("三年级二班"), "{page}");
    assert!(page.contains("一所市属小学（演示）核实"), "{page}");
    let moved = [("value", "四年级二班"), ("seen", "yes")];
    let child = ("child-chen", "陈可心");
    let reply = says(&mut school, "confirm", child, "班级", &moved).await;
    assert_eq!(reply.status, 200, "{}", reply.words());
    assert!(reply.words().contains("四年级二班 一所市属小学"));
    // The guardian has no such desk; nor does anybody find a child there who has no business with it.
    assert_eq!(chen.get(DESK).await.status, 403);

    // About oneself there is no form, and none is taken.
    let own = ("nanhuan-clerk", "白玉梅");
    let page = finds(&mut clerk, own.0, own.1).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("value=\"confirm\""));
    let reply = says(&mut clerk, "confirm", own, HERE, SEEN).await;
    assert_eq!(reply.status, 403, "{}", reply.words());
    assert!(reply.text().contains("/notices/powers#residence"));

    // Whoever tries names one after the other waits.
    let mut tried = 0;
    while finds(&mut clerk, "resident-li", "张三").await.status == 422 {
        tried += 1;
        assert!(tried < 10, "names can be tried for ever");
    }
    let reply = finds(&mut clerk, "resident-li", "李晓晨").await;
    assert_eq!(reply.status, 429, "{}", reply.words());
}
