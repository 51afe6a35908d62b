//! Notifications: which browsers are told, of what, with nothing that others could read, and when they are told no more.

use super::clock::{TEXT, offering, with_notice};
use super::{Browser, World};
use forms::booking::{Offering, SignUp};
use jiff::SignedDuration;
use ledger::name::Person;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The keys of RFC 8291's browser: a point of the curve, and a secret.
const KEY: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// A push service that answers with one status, and tells of each message: its path, its head and its body.
struct Service {
    address: String,
    status: Arc<AtomicU16>,
    heard: mpsc::UnboundedReceiver<(String, Vec<u8>)>,
}

impl Service {
    fn start() -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let status = Arc::new(AtomicU16::new(201));
        let (tell, heard) = mpsc::unbounded_channel();
        let answers = status.clone();
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let mut reader = BufReader::new(stream);
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n")
                    && reader.read_line(&mut head).is_ok_and(|n| n > 0)
                {}
                let length = head.split("content-length: ").nth(1).expect("a length");
                let length = length.split('\r').next().expect("a line").parse();
                let mut body = vec![0; length.expect("a number")];
                reader.read_exact(&mut body).expect("a body");
                let answer = format!("HTTP/1.1 {} x\r\n\r\n", answers.load(Ordering::SeqCst));
                let _ = reader.get_mut().write_all(answer.as_bytes());
                if tell.send((head, body)).is_err() {
                    return;
                }
            }
        });
        Service {
            address,
            status,
            heard,
        }
    }

    async fn hears(&mut self) -> (String, Vec<u8>) {
        let next = tokio::time::timeout(Duration::from_secs(20), self.heard.recv());
        next.await.expect("a message in 20 s").expect("a service")
    }
}

impl Browser {
    async fn turns_on(&mut self, endpoint: &str) -> u16 {
        let fields = [("endpoint", endpoint), ("key", KEY), ("auth", AUTH)];
        self.ask("/me/push", &fields).await.status.as_u16()
    }

    async fn is_on(&mut self) -> bool {
        let page = self.get("/me").await.text();
        assert!(page.contains("id=\"push\""), "no part about notifications");
        page.contains("value=\"end\"")
    }
}

/// Signs somebody up for one of two slots: the second time there is no place, so they wait.
async fn signs_up(world: &World, offering: &Arc<Offering>, who: &str, slot: usize) {
    let person = Person::new(who).expect("a name");
    let key = offering.slots()[slot].key.clone();
    let act = SignUp::new(offering, key, person, None);
    world.command(offering, who, act).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_is_told_what_its_person_is_written_and_nobody_can_read_it() {
    let city = with_notice("mornings", TEXT);
    let offering = offering(&city, "mornings");
    let world = World::of(city).await;
    world.delivers();
    let mut service = Service::start();
    let mut li = world.as_one("resident-li").await;
    assert!(!li.is_on().await);
    let at = format!("{}/of-li", service.address);
    assert_eq!(li.turns_on(&at).await, 303);
    assert!(li.is_on().await);
    // On another device of theirs it is not on.
    let mut other = world.as_one("resident-li").await;
    assert!(!other.is_on().await);
    signs_up(&world, &offering, "resident-li", 0).await;
    let (head, body) = service.hears().await;
    assert!(head.starts_with("POST /of-li HTTP/1.1\r\n"), "{head}");
    for header in [
        "content-encoding: aes128gcm\r\n",
        "authorization: vapid t=",
        // Two days, or until it is over: the session begins in 49 hours.
        "ttl: 172800\r\n",
    ] {
        assert!(head.contains(header), "{head}");
    }
    let plain = [head.as_bytes(), &body].concat();
    for secret in ["早读", "mornings", "resident-li", "000000"] {
        let found = plain.windows(secret.len()).any(|w| w == secret.as_bytes());
        assert!(!found, "{secret} can be read on the way");
    }
    // The same is written by mail, and the queue has no address of a browser.
    let mut reader = world.as_one("resident-li").await;
    reader.mailbox(1).await;
    let queue = std::fs::read(world.folder.path().join("outbox.db")).expect("an outbox");
    assert!(!queue.windows(6).any(|w| w == b"/of-li"));

    // Turned off, told no more.
    let off = li.ask("/me/push", &[("do", "end")]).await;
    assert_eq!(off.status, 303);
    assert!(!li.is_on().await);
    signs_up(&world, &offering, "resident-li", 1).await;
    reader.mailbox(2).await;
    assert!(service.heard.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_out_is_told_no_more_and_a_lost_browser_is_dropped() {
    let city = with_notice("mornings", TEXT);
    let offering = offering(&city, "mornings");
    let world = World::of(city).await;
    world.delivers();
    let mut service = Service::start();
    let mut li = world.as_one("resident-li").await;
    let mut phone = world.as_one("resident-li").await;
    let (one, two) = (
        format!("{}/one", service.address),
        format!("{}/two", service.address),
    );
    assert_eq!(li.turns_on(&one).await, 303);
    assert_eq!(phone.turns_on(&two).await, 303);
    // Somebody else at the first browser: it is theirs from now on.
    let mut zhang = world.as_one("resident-zhang").await;
    assert_eq!(zhang.turns_on(&one).await, 303);
    assert!(!li.is_on().await);
    service.status.store(410, Ordering::SeqCst);
    signs_up(&world, &offering, "resident-li", 0).await;
    let (head, _) = service.hears().await;
    assert!(head.starts_with("POST /two "), "{head}");
    let begun = Instant::now();
    while phone.is_on().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "still on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Signing out everywhere ends what was turned on anywhere.
    assert!(zhang.is_on().await);
    assert_eq!(zhang.ask("/sign-out-everywhere", &[]).await.status, 303);
    signs_up(&world, &offering, "resident-zhang", 0).await;
    let mut again = world.as_one("resident-zhang").await;
    again.mailbox(1).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(service.heard.try_recv().is_err());
}

/// A service that is down is tried again, over a restart too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_fails_is_tried_again() {
    let city = with_notice("mornings", TEXT);
    let offering = offering(&city, "mornings");
    let world = World::of(city).await;
    let mut service = Service::start();
    let mut li = world.as_one("resident-li").await;
    let at = format!("{}/x", service.address);
    assert_eq!(li.turns_on(&at).await, 303);
    service.status.store(503, Ordering::SeqCst);
    world.delivers();
    // The outbox begins with the present.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    signs_up(&world, &offering, "resident-li", 0).await;
    service.hears().await;
    let world = world.later(SignedDuration::from_secs(60)).await;
    service.status.store(201, Ordering::SeqCst);
    world.delivers();
    service.hears().await;
    assert!(world.as_one("resident-li").await.get("/me").await.status == 200);
}

#[tokio::test]
async fn what_is_no_browser_and_what_leads_inside_is_refused() {
    let world = World::new().await;
    let mut li = world.as_one("resident-li").await;
    for endpoint in [
        "http://10.0.0.7/x",
        "https://localhost/x",
        "https://192.168.1.1/x",
        "https://elsewhere.example/x",
        "file:///etc/passwd",
        "",
    ] {
        assert_eq!(li.turns_on(endpoint).await, 400, "{endpoint}");
    }
    let odd = [
        ("endpoint", "http://127.0.0.1:9/x"),
        ("key", "AAAA"),
        ("auth", AUTH),
    ];
    assert_eq!(li.ask("/me/push", &odd).await.status, 400);
    assert!(!li.is_on().await);
    // Without a session, or without this session's mark, nothing is turned on.
    let fields = [
        ("endpoint", "http://127.0.0.1:9/x"),
        ("key", KEY),
        ("auth", AUTH),
    ];
    assert_eq!(world.browser().post("/me/push", &fields).await.status, 303);
    let forged = li.post("/me/push", &fields).await;
    assert_ne!(forged.status, 303);
    assert!(!li.is_on().await);
    let worker = world.browser().get("/push-worker.js").await;
    let built = worker.status == 200;
    assert!(!built || worker.header("content-type").starts_with("text/javascript"));
}
