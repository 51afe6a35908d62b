//! A draw by page: two officers promise, the list is fixed, both reveal, places are given; everybody sees it and redoes it.

use super::clock::{offering, with_notice};
use super::{Browser, World};
use forms::booking::rows::{Number, Status};
use forms::booking::{Offering, SignUp, views};
use forms::draw::Draw;
use jiff::Timestamp;
use ledger::folder::Folder;
use ledger::name::Person;
use ledger::store::Read;

pub const TEXT: &str = r#"+++
title    = "灯谜会"
issuer   = "shanxi-library"
issued   = 2022-01-04T09:00:00+08:00
in_force = "2022-01-04T09:00/2022-03-31T24:00"
+++

名额抽签给出。

```offer lot
dates    = [{ on = 2022-02-12, hours = "09:00-12:00" }]
capacity = 1
sign_up  = "2022-01-04T09:00/2022-01-12T12:00"
give     = "draw"
```
"#;

pub const DESK: &str = "/desk/draws/riddles/lot/@2022-02-12T09:00/12:00";
pub const PAGE: &str = "/offers/riddles/lot/draw";
const FILE: &str = "/offers/riddles/lot/draw.json";

/// 64 hexadecimal digits of a page, after this mark.
fn digits(page: &str, mark: &str) -> String {
    let rest = page.split_once(mark).expect("the mark").1;
    let start = rest.find(|c: char| c.is_ascii_hexdigit()).expect("digits");
    let found: String = rest[start..]
        .chars()
        .take_while(char::is_ascii_hexdigit)
        .collect();
    assert_eq!(found.len(), 64, "{found}");
    found
}

/// Makes a secret at the desk and promises it; gives the secret.
pub async fn promise(officer: &mut Browser, side: &str) -> String {
    let made = officer.ask(DESK, &[("step", "make"), ("side", side)]).await;
    assert_eq!(made.status, 200);
    let page = made.text();
    let secret = digits(&page, "id=\"secret\">");
    let commitment = digits(&page, "name=\"commitment\" value=\"");
    let fields = [
        ("step", "promise"),
        ("side", side),
        ("commitment", &*commitment),
    ];
    assert_eq!(officer.ask(DESK, &fields).await.status, 303);
    secret
}

pub async fn file(browser: &mut Browser) -> Draw {
    let reply = browser.get(FILE).await;
    assert_eq!(reply.status, 200);
    Draw::read(&reply.bytes).expect("the file holds")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draw_is_held_by_two_and_redone_by_anybody() {
    let city = with_notice("riddles", TEXT);
    let offering = offering(&city, "riddles");
    let world = World::of(city).await;
    let mut numbers = Vec::new();
    for id in ["resident-li", "resident-zhang"] {
        world.as_one(id).await;
        let person = Person::new(id).expect("a name");
        let act = SignUp::new(&offering, offering.slots()[0].key.clone(), person, None);
        numbers.push(world.command(&offering, id, act).await);
    }
    let mut head = world.as_one("library-head").await;
    let mut archivist = world.as_one("library-archivist").await;
    let mut anybody = world.browser();
    assert_eq!(anybody.get(FILE).await.status, 404, "no terms, no file");
    let holds = promise(&mut head, "holder").await;
    let witnesses = promise(&mut archivist, "witness").await;
    let opened = file(&mut anybody).await;
    // What is promised stays secret, and nothing can be fixed while people may enter.
    assert!(!anybody.get(PAGE).await.text().contains(&holds));
    assert!(
        !world.keeps(&holds),
        "a secret is kept before it is revealed"
    );
    let early = head.ask(DESK, &[("step", "list")]).await;
    assert_eq!(early.status, 409);
    assert!(early.text().contains("riddles#lot"), "no clause is cited");

    let close: Timestamp = "2022-01-12T12:05:00+08:00".parse().expect("a time");
    let by = close.duration_since(world.now);
    let world = world.later(by).await;
    let mut head = world.as_one("library-head").await;
    let mut archivist = world.as_one("library-archivist").await;
    let mut anybody = world.browser();
    assert_eq!(head.ask(DESK, &[("step", "list")]).await.status, 303);
    let closed = file(&mut anybody).await;
    closed.continues(&opened).expect("the same terms");
    let reveal = |side, secret| [("step", "reveal"), ("side", side), ("secret", secret)];
    let wrong = head.ask(DESK, &reveal("holder", &witnesses)).await;
    assert_eq!(wrong.status, 409);
    assert_eq!(head.ask(DESK, &reveal("holder", &holds)).await.status, 303);
    let alone = head.ask(DESK, &[("step", "settle")]).await;
    assert_eq!(alone.status, 409, "one secret decides nothing");
    let last = archivist.ask(DESK, &reveal("witness", &witnesses)).await;
    assert_eq!(last.status, 303);
    assert_eq!(head.ask(DESK, &[("step", "settle")]).await.status, 303);

    let drawn = file(&mut anybody).await;
    drawn.continues(&closed).expect("the same list");
    let Draw::Drawn(drawn) = drawn else {
        panic!("not drawn")
    };
    let ranks: Vec<String> = drawn.ranks().map(|one| one.as_str().to_owned()).collect();
    let page = anybody.get(PAGE).await.words();
    for (rank, id) in ranks.iter().enumerate() {
        let number = numbers
            .iter()
            .position(|number| Number::of(*number).expect("a number").to_string() == *id)
            .expect("one of them");
        let status = world.status(numbers[number]);
        match rank {
            0 => assert_eq!(status, Status::Booked),
            _ => assert_eq!(status, Status::NotDrawn),
        }
        assert!(page.contains(id.as_str()));
        // Everybody finds their own mark.
        let who = ["resident-li", "resident-zhang"][number];
        let mut own = world.as_one(who).await;
        let mine = own.get(&format!("/me/bookings/{id}")).await.text();
        assert!(mine.contains(&format!("您的报名号是 {id}")), "{who}");
        assert!(!page.contains(who));
        // … and, with it, their line; short of the zeros, too.
        let short = id.trim_start_matches('0');
        let line = anybody.get(&format!("{PAGE}?number={short}")).await.words();
        let said = format!("抽得第{}名", rank + 1);
        assert!(line.contains(&said), "{line}");
    }
    let none = anybody.get(&format!("{PAGE}?number=999")).await.words();
    assert!(none.contains("名单里没有 000000000999"), "{none}");
    let odd = anybody.get(&format!("{PAGE}?number=%3Cb%3E")).await.text();
    assert!(!odd.contains("<b>"), "typed text is shown as it is");
    assert!(page.contains("已经全部执行"));
    assert!(page.contains("公告不设候补"), "nobody waits here: {page}");
    assert!(page.contains(&holds) && page.contains(&witnesses));
}

impl World {
    fn ledger_now(&self) -> impl Read {
        let data = Folder::open(&self.folder.path().join("data")).expect("the ledger");
        data.reader().expect("a reader")
    }

    fn entries(&self) -> u64 {
        self.ledger_now().head().expect("a head").size
    }

    /// Whether the list of the first slot's draw is fixed.
    fn is_fixed(&self, offering: &Offering) -> bool {
        let held = views::drawing(&self.ledger_now(), &offering.slots()[0].key);
        held.expect("readable")
            .is_some_and(|held| held.list.is_some())
    }
}

/// Nobody presses anything between the close and the secrets, nor after them; and a restart does none of it twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_fixes_the_list_and_gives_the_places_once() {
    let city = with_notice("riddles", TEXT);
    let offering = offering(&city, "riddles");
    let world = World::of(city).await;
    let mut numbers = Vec::new();
    for id in ["resident-li", "resident-zhang"] {
        world.as_one(id).await;
        let person = Person::new(id).expect("a name");
        let act = SignUp::new(&offering, offering.slots()[0].key.clone(), person, None);
        numbers.push(world.command(&offering, id, act).await);
    }
    let holds = promise(&mut world.as_one("library-head").await, "holder").await;
    let witnesses = promise(&mut world.as_one("library-archivist").await, "witness").await;
    let entered = |world: &World| {
        numbers
            .iter()
            .all(|one| world.status(*one) == Status::Entered)
    };
    world.until(entered).await;

    // The server is down at the close.
    let close: Timestamp = "2022-01-12T12:00:00+08:00".parse().expect("a time");
    let by = close.duration_since(world.now);
    let world = world.later(by).await;
    world.until(|world| world.is_fixed(&offering)).await;
    let closed = file(&mut world.browser()).await;
    let root = closed.closed().expect("a list").root().to_string();
    let size = world.entries();
    // Down again: the list is not fixed a second time.
    let world = world.later(jiff::SignedDuration::from_secs(60)).await;
    let reveal = |side, secret| [("step", "reveal"), ("side", side), ("secret", secret)];
    let mut head = world.as_one("library-head").await;
    assert_eq!(head.ask(DESK, &reveal("holder", &holds)).await.status, 303);
    let mut archivist = world.as_one("library-archivist").await;
    let last = archivist.ask(DESK, &reveal("witness", &witnesses)).await;
    assert_eq!(last.status, 303);
    world.until(|world| !entered(world)).await;
    let Draw::Drawn(drawn) = file(&mut world.browser()).await else {
        panic!("not drawn")
    };
    assert_eq!(drawn.closed().root().to_string(), root);
    let won = drawn.ranks().next().expect("a rank").as_str();
    for number in &numbers {
        let id = Number::of(*number).expect("a number").to_string();
        let expected = if id == won {
            Status::Booked
        } else {
            Status::NotDrawn
        };
        assert_eq!(world.status(*number), expected);
    }
    // Two secrets, one carrying out; signing in makes no entry.
    assert_eq!(world.entries(), size + 3);
    let page = world.browser().get(PAGE).await.words();
    assert!(page.contains("已经全部执行"), "{page}");
}
