//! Programs outside: what they are told and what never, by whom they are set, and what becomes of those that fail.

use super::bookings::{LATER, WINDOW, course, number};
use super::clock::with_notice;
use super::publishing::{published, text, withdrawn};
use super::{Browser, World};
use forms::booking::rows::Number;
use forms::people::BlindKey;
use jiff::{SignedDuration, Timestamp};
use outbox::hook::Secret;
use outbox::{Lane, Queue};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// A call as it was heard.
#[derive(Debug)]
struct Heard {
    id: String,
    at: i64,
    signatures: Vec<String>,
    raw: String,
    body: Value,
}

/// A program that answers every call with one status, and tells of each.
struct Program {
    address: String,
    status: Arc<AtomicU16>,
    heard: mpsc::UnboundedReceiver<Heard>,
}

impl Program {
    fn start() -> Program {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/in", listener.local_addr().expect("an address"));
        let status = Arc::new(AtomicU16::new(204));
        let (tell, heard) = mpsc::unbounded_channel();
        let answers = status.clone();
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let mut reader = BufReader::new(stream);
                let (mut raw, mut length) = (String::new(), 0);
                while !raw.ends_with("\r\n\r\n") && reader.read_line(&mut raw).is_ok_and(|n| n > 0)
                {
                }
                let header = |name: &str| {
                    let mut lines = raw.lines().filter_map(|line| line.split_once(": "));
                    let found = lines.find(|(known, _)| *known == name);
                    found.map_or(String::new(), |(_, value)| value.to_owned())
                };
                length += header("content-length").parse::<usize>().expect("a length");
                let mut body = vec![0; length];
                reader.read_exact(&mut body).expect("a body");
                let answer = format!("HTTP/1.1 {} x\r\n\r\n", answers.load(Ordering::SeqCst));
                reader
                    .get_mut()
                    .write_all(answer.as_bytes())
                    .expect("an answer");
                let told = Heard {
                    id: header("webhook-id"),
                    at: header("webhook-timestamp").parse().expect("seconds"),
                    signatures: header("webhook-signature")
                        .split(' ')
                        .map(str::to_owned)
                        .collect(),
                    body: serde_json::from_slice(&body).expect("JSON"),
                    raw: raw.clone() + &String::from_utf8(body).expect("UTF-8"),
                };
                if tell.send(told).is_err() {
                    return;
                }
            }
        });
        Program {
            address,
            status,
            heard,
        }
    }

    /// The next call.
    async fn hears(&mut self) -> Heard {
        let next = tokio::time::timeout(Duration::from_secs(20), self.heard.recv());
        next.await.expect("a call within 20 s").expect("a program")
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

impl Browser {
    /// Makes a subscription; gives its number and the secret that the page shows this once.
    async fn subscribes(&mut self, address: &str, kinds: &[&str]) -> (String, String) {
        let mut fields = vec![("do", "make"), ("address", address)];
        fields.extend(kinds.iter().map(|kind| ("kind", *kind)));
        let made = self.ask("/desk/hooks", &fields).await;
        assert_eq!(made.status, 200, "{}", made.words());
        assert_eq!(made.header("cache-control"), "private, no-store");
        let page = made.text();
        let (_, secret) = page
            .split_once("<code class=\"secret\">")
            .expect("a secret");
        let secret = secret.split('<').next().expect("text").to_owned();
        (number_on(&page), secret)
    }

    async fn sets_hook(&mut self, hook: &str, what: &str) -> crate::Reply {
        let fields = [("do", what), ("hook", hook), ("generation", "1")];
        self.ask("/desk/hooks", &fields).await
    }

    /// The page once it says this.
    async fn hooks_say(&mut self, said: &str) -> String {
        let begun = Instant::now();
        loop {
            let page = self.get("/desk/hooks").await.words();
            if page.contains(said) {
                return page;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{said}: {page}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The number of the newest subscription on a page.
fn number_on(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"hook\" value=\"")
        .expect("a subscription");
    rest.split('"').next().expect("a value").to_owned()
}

fn secret(hook: &str, generation: u32) -> Secret {
    let hook = Number::from(ledger::name::Key::new(hook).expect("a number"));
    Secret::new(&BlindKey([5; 32]).hook(&hook, generation))
}

/// What stands behind the two blank lines of a call is what was signed.
fn is_signed(heard: &Heard, by: &[Secret]) {
    let body = heard.raw.split_once("\r\n\r\n").expect("a body").1;
    let expected: Vec<String> = by
        .iter()
        .map(|secret| secret.sign(&heard.id, heard.at, body.as_bytes()))
        .collect();
    assert_eq!(heard.signatures, expected);
    let now = Timestamp::now().as_second();
    assert!(
        now.abs_diff(heard.at) < 60,
        "receivers believe what is of now"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_hears_the_numbers_of_a_slot_and_nothing_of_who_booked() {
    let world = World::of(course()).await;
    world.delivers();
    let mut program = Program::start();
    let mut head = world.as_one("library-head").await;
    let (hook, shown) = head
        .subscribes(&program.address, &["slot.changed", "notice.corrected"])
        .await;
    assert_eq!(shown, secret(&hook, 1).shown());
    let page = head.get("/desk/hooks").await;
    assert!(!page.text().contains("whsec_"), "it is shown once");
    assert!(!world.keeps(&shown), "it is kept nowhere");

    let (mut li, mut chen) = (
        world.as_one("resident-li").await,
        world.as_one("parent-chen").await,
    );
    let booked = li.books(WINDOW).await;
    let heard = program.hears().await;
    is_signed(&heard, &[secret(&hook, 1)]);
    let slot = format!("course#papercut{WINDOW}");
    let numbers = |taken: u32, waiting: u32| {
        json!({
            "type": "slot.changed",
            "timestamp": "2022-01-06T00:00:00Z",
            "data": {
                "notice": "course",
                "offer": "course#papercut",
                "project": "window",
                "slot": slot,
                "from": "2022-01-08T01:00:00Z",
                "to": "2022-01-08T03:00:00Z",
                "places": 1,
                "taken": taken,
                "free": 1 - taken,
                "waiting": waiting,
                "in_draw": 0,
            },
        })
    };
    assert_eq!(heard.body, numbers(1, 0));
    let first_id = heard.id.clone();
    let mut all = vec![heard];
    let waits = chen.books(WINDOW).await;
    all.push(program.hears().await);
    assert_eq!(all[1].body, numbers(1, 1));
    assert_ne!(all[1].id, first_id);
    // Given back, the place is kept for who waits: nobody else can have it.
    let given = li.ask(&format!("{booked}/cancel"), &[]).await;
    assert_eq!(given.status, 303, "{}", given.words());
    all.push(program.hears().await);
    assert_eq!(all[2].body, numbers(1, 0));

    let of_people = [
        "resident-li",
        "parent-chen",
        "person",
        "booking",
        "李",
        "陈",
    ]
    .map(str::to_owned);
    let numbers = [&booked, &waits].map(|path| format!("{:012}", number(path)));
    for heard in &all {
        for word in of_people.iter().chain(&numbers) {
            assert!(!heard.raw.contains(word), "{word}: {}", heard.raw);
        }
    }
    let page = head.hooks_say("已送达").await;
    assert!(
        page.contains("场次的名额有变化") && page.contains("推送中"),
        "{page}"
    );
    // Another office's program hears nothing of it.
    let mut other = world.as_one("air-head").await;
    assert!(!other.get("/desk/hooks").await.words().contains("/in"));
    let ended = other.sets_hook(&hook, "end").await;
    assert_eq!(ended.status, 409, "{}", ended.words());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_some_may_see_is_told_to_nobody() {
    // The same course, seen by those only who may sign up.
    let open = super::bookings::COURSE;
    let text = open.replace(
        "hours     = \"4 h\"",
        "hours     = \"4 h\"\nseen_by   = \"符合条件的人\"",
    );
    assert_ne!(text, open);
    let world = World::of(with_notice("course", &text)).await;
    world.delivers();
    let mut program = Program::start();
    let mut head = world.as_one("library-head").await;
    let (hook, _) = head.subscribes(&program.address, &["slot.changed"]).await;
    let mut li = world.as_one("resident-li").await;
    li.books(WINDOW).await;
    // Calls come in order: had the booking been told, it would be heard first.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(head.sets_hook(&hook, "try").await.status, 303);
    let heard = program.hears().await;
    assert_eq!(heard.body["type"], "test", "{}", heard.raw);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_are_told_of_when_published_corrected_and_withdrawn() {
    let world = World::new().await;
    world.delivers();
    let mut program = Program::start();
    let mut head = world.as_one("air-head").await;
    let kinds = ["notice.published", "notice.corrected", "notice.withdrawn"];
    head.subscribes(&program.address, &kinds).await;
    let slug = "light-trucks";
    published(&world, slug, &text("07:00-09:00"), "").await;
    let heard = program.hears().await;
    assert_eq!(heard.body["type"], "notice.published", "{}", heard.raw);
    assert_eq!(heard.body["data"]["notice"], slug);
    assert_eq!(heard.body["data"]["edition"], 1);
    let digest = heard.body["data"]["text_sha256"]
        .as_str()
        .expect("a digest");
    assert_eq!(digest.len(), 64);
    published(&world, slug, &text("07:00-10:00"), "").await;
    let heard = program.hears().await;
    assert_eq!(heard.body["type"], "notice.corrected", "{}", heard.raw);
    assert_eq!(heard.body["data"]["edition"], 2);
    withdrawn(&world, slug, "不再需要").await;
    let heard = program.hears().await;
    assert_eq!(heard.body["type"], "notice.withdrawn", "{}", heard.raw);
    assert_eq!(heard.body["data"]["reason"], "不再需要");
    // Who wrote, signed and withdrew it is not said.
    assert!(
        !heard.raw.contains("air-clerk") && !heard.raw.contains("air-head"),
        "{}",
        heard.raw
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paused_is_kept_resumed_is_told_and_a_new_secret_signs_beside_the_old() {
    let world = World::of(course()).await;
    world.delivers();
    let mut program = Program::start();
    let mut head = world.as_one("library-head").await;
    let (hook, _) = head.subscribes(&program.address, &["slot.changed"]).await;
    assert_eq!(head.sets_hook(&hook, "pause").await.status, 303);
    head.hooks_say("已暂停").await;
    let mut li = world.as_one("resident-li").await;
    li.books(WINDOW).await;
    head.hooks_say("等着送").await;
    let tried = head.sets_hook(&hook, "try").await;
    assert_eq!(tried.status, 409, "{}", tried.words());
    assert!(
        program.heard.try_recv().is_err(),
        "it was told while it was paused"
    );
    assert_eq!(head.sets_hook(&hook, "resume").await.status, 303);
    let heard = program.hears().await;
    assert_eq!(heard.body["data"]["taken"], 1, "{}", heard.raw);

    let renewed = head.sets_hook(&hook, "renew").await;
    assert_eq!(renewed.status, 200, "{}", renewed.words());
    assert!(renewed.text().contains(&secret(&hook, 2).shown()));
    assert!(
        renewed.words().contains("还有效 24 小时"),
        "{}",
        renewed.words()
    );
    // The same form again renews nothing and shows nothing.
    let again = head.sets_hook(&hook, "renew").await;
    assert_eq!(again.status, 409);
    assert!(!again.text().contains("whsec_") && again.words().contains("已经换过"));
    assert_eq!(head.sets_hook(&hook, "try").await.status, 303);
    is_signed(
        &program.hears().await,
        &[secret(&hook, 2), secret(&hook, 1)],
    );

    // Elsewhere, and of something else.
    let mut other = Program::start();
    let change = [
        ("do", "change"),
        ("hook", &*hook),
        ("address", &*other.address),
        ("kind", "draw.settled"),
    ];
    assert_eq!(head.ask("/desk/hooks", &change).await.status, 303);
    chen_books(&world).await;
    assert_eq!(head.sets_hook(&hook, "try").await.status, 303);
    assert_eq!(other.hears().await.body["type"], "test");

    assert_eq!(head.sets_hook(&hook, "end").await.status, 303);
    let page = head.hooks_say("由本机构结束").await;
    assert!(page.contains("还没有。"), "{page}");
    assert_eq!(head.sets_hook(&hook, "resume").await.status, 409);
}

async fn chen_books(world: &World) {
    world.as_one("parent-chen").await.books(LATER).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gone_ends_it_and_failing_too_often_stops_it_with_a_sentence() {
    let world = World::new().await;
    world.delivers();
    let mut program = Program::start();
    let mut head = world.as_one("library-head").await;
    let (hook, _) = head.subscribes(&program.address, &["slot.changed"]).await;
    program.answers(500);
    assert_eq!(head.sets_hook(&hook, "try").await.status, 303);
    let first = program.hears().await;
    let page = head.hooks_say("会再送").await;
    assert!(page.contains("服务器拒收，回答是 500"), "{page}");
    // Ten more tries pass, as if in half a day.
    let mut queue = Queue::open(&world.folder.path().join("outbox.db")).expect("the queue");
    let lane = Lane::Hook(hook.clone());
    let waits = queue.last_of(&lane, 1).expect("readable").remove(0);
    let due = Timestamp::now();
    for _ in 0..10 {
        queue
            .later(waits.id, due, outbox::Why::Status(500))
            .expect("written");
    }
    let last = program.hears().await;
    assert_eq!(last.id, first.id, "the same at every try");
    let page = head.hooks_say("连续 12 次没有送到").await;
    assert!(
        page.contains("已停止") && page.contains("2022年1月6日"),
        "{page}"
    );
    let mut english = head.clone();
    english.lang = "en";
    let page = english.get("/desk/hooks").await.words();
    assert!(page.contains("12 calls in a row came to nothing"), "{page}");
    assert!(program.heard.try_recv().is_err());

    // Mended and resumed, what waited is told at once.
    program.answers(200);
    assert_eq!(head.sets_hook(&hook, "resume").await.status, 303);
    assert_eq!(program.hears().await.id, first.id);
    head.hooks_say("已送达").await;

    program.answers(410);
    assert_eq!(head.sets_hook(&hook, "try").await.status, 303);
    program.hears().await;
    let page = head.hooks_say("对方回答 410").await;
    assert!(page.contains("还没有。"), "{page}");
    assert!(program.heard.try_recv().is_err());
}

#[tokio::test]
async fn what_cannot_be_is_said_and_what_was_typed_stays() {
    let world = World::new().await;
    let mut head = world.as_one("library-head").await;
    for (address, kinds, status, said) in [
        ("", &["slot.changed"][..], 422, "演示城市"),
        (
            "https://hooks.example.cn/",
            &["slot.changed"],
            422,
            "--may-call",
        ),
        ("http://10.0.0.1/", &["slot.changed"], 422, "--may-call"),
        (
            "http://user@127.0.0.1/",
            &["slot.changed"],
            422,
            "--may-call",
        ),
        ("ftp://127.0.0.1/", &["slot.changed"], 422, "--may-call"),
        ("http://127.0.0.1:1/", &[], 409, "至少勾一种"),
        ("http://127.0.0.1:1/", &["person.booked"], 409, "至少勾一种"),
    ] {
        let mut fields = vec![("do", "make"), ("address", address)];
        fields.extend(kinds.iter().map(|kind| ("kind", *kind)));
        let reply = head.ask("/desk/hooks", &fields).await;
        assert_eq!(
            reply.status.as_u16(),
            status,
            "{address}: {}",
            reply.words()
        );
        assert!(reply.words().contains(said), "{address}: {}", reply.words());
        if !address.is_empty() {
            assert!(
                reply.text().contains(&format!("value=\"{address}\"")),
                "{address}"
            );
        }
    }
    let (hook, _) = head
        .subscribes("http://127.0.0.1:1/", &["slot.changed"])
        .await;
    let twice = [
        ("do", "make"),
        ("address", "http://127.0.0.1:1/"),
        ("kind", "slot.changed"),
    ];
    let twice = head.ask("/desk/hooks", &twice).await;
    assert_eq!(twice.status, 409);
    assert!(twice.words().contains("请改那一项"), "{}", twice.words());
    for (what, hook, status) in [
        ("resume", hook.as_str(), 409),
        ("pause", "000000099999", 409),
        ("end", "", 422),
        ("nothing", hook.as_str(), 422),
        ("renew", "x", 409),
    ] {
        let reply = head.sets_hook(hook, what).await;
        assert_eq!(
            reply.status.as_u16(),
            status,
            "{what} {hook}: {}",
            reply.words()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_heads_set_what_programs_are_told() {
    let world = World::new().await;
    let people = world.city.people.iter();
    let staff = people.filter(|person| person.post.is_some());
    let all: Vec<&str> = staff
        .map(|person| person.id.as_str())
        .chain(["resident-li"])
        .collect();
    let mut owner = world.as_one("library-head").await;
    let (hook, _) = owner
        .subscribes("http://127.0.0.1:9/", &["slot.changed"])
        .await;
    let mut heads = 0;
    for id in all {
        let mut browser = world.as_one(id).await;
        let may = id.ends_with("-head");
        let page = browser.get("/desk/hooks").await;
        assert_eq!(page.status.as_u16(), if may { 200 } else { 403 }, "{id}");
        let me = browser.get("/me").await.text();
        assert_eq!(me.contains("href=\"/desk/hooks\""), may, "{id}");
        for what in ["make", "change", "pause", "resume", "renew", "end", "try"] {
            if id == "library-head" {
                continue;
            }
            let fields = [
                ("do", what),
                ("hook", &*hook),
                ("generation", "1"),
                ("address", "http://127.0.0.1:8/"),
                ("kind", "slot.changed"),
            ];
            let reply = browser.ask("/desk/hooks", &fields).await;
            let status = match (may, what) {
                (false, _) => 403,
                // Of their own office.
                (true, "make") => 200,
                // Another's is none of theirs.
                (true, _) => 409,
            };
            assert_eq!(
                reply.status.as_u16(),
                status,
                "{id} {what}: {}",
                reply.words()
            );
        }
        heads += u32::from(may);
    }
    assert!(heads >= 5, "{heads}");
    let page = owner.get("/desk/hooks").await.words();
    assert!(
        page.contains("推送中") && !page.contains("127.0.0.1:8"),
        "{page}"
    );
    let end = [("do", "end"), ("hook", &*hook)];
    let forged = owner.post("/desk/hooks", &end).await;
    assert_eq!(forged.status, 403);
    let mut nobody = world.browser();
    let asked = nobody.get("/desk/hooks").await;
    assert_eq!(asked.status, 303);
    assert!(asked.header("location").starts_with("/sign-in"));
    // The secret before holds for a day of the city's time.
    let renewed = owner.sets_hook(&hook, "renew").await;
    assert_eq!(renewed.status, 200);
    let world = world.later(SignedDuration::from_hours(25)).await;
    world.delivers();
    let mut program = Program::start();
    let mut owner = world.as_one("library-head").await;
    let change = [
        ("do", "change"),
        ("hook", &*hook),
        ("address", &*program.address),
        ("kind", "slot.changed"),
    ];
    assert_eq!(owner.ask("/desk/hooks", &change).await.status, 303);
    assert_eq!(owner.sets_hook(&hook, "try").await.status, 303);
    is_signed(&program.hears().await, &[secret(&hook, 2)]);
}
