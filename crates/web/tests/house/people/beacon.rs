//! A draw held at the desk in which public randomness decides, too: a server of drand on this machine tells a real round, and
//! the clock puts it in.

use super::World;
use super::clock::{offering, with_notice};
use super::drawing::{DESK, PAGE, TEXT, file, promise};
use forms::booking::SignUp;
use forms::booking::rows::Status;
use forms::draw::Draw;
use jiff::Timestamp;
use ledger::name::Person;
use outbox::{Caller, Endpoint};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

/// Round 1000 of quicknet as drand tells it, published on 23 August 2023 at 15:59:24 UTC.
const ROUND: &str = r#"{"round":1000,"randomness":"fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd","signature":"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"}"#;
const SIGNATURE: &str = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
const ASKED: &str =
    "GET /52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/1000 HTTP/1.1";

/// A server that tells the round to whoever asks for it, and nothing else.
fn drand() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for line in listener.incoming() {
            let mut line = line.expect("a line");
            let mut heard = [0; 2048];
            let read = line.read(&mut heard).expect("a request");
            let answer = match heard[..read].starts_with(ASKED.as_bytes()) {
                true => format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ROUND}",
                    ROUND.len()
                ),
                false => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
            };
            line.write_all(answer.as_bytes()).expect("told");
        }
    });
    address
}

fn beacon(address: &str) -> Option<web::Beacon> {
    let caller = Caller::new(vec!["127.0.0.1".to_owned()]).only();
    let endpoint = Endpoint::read(address).expect("an address");
    Some(web::Beacon::new(&endpoint, caller).expect("one that may be called"))
}

impl World {
    /// Lets the clock look again and again, as one does whose hands move.
    async fn looked(&self, holds: impl Fn(&World) -> bool) {
        for _ in 0..100 {
            let time = tokio::spawn(web::keep_time(self.app.clone()));
            tokio::time::sleep(Duration::from_millis(100)).await;
            time.abort();
            if holds(self) {
                return;
            }
        }
        panic!("the clock did not do it within 10 s");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_fetches_the_round_and_the_places_follow_from_it() {
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
    // Nobody promised in time; the draw is made anew when the chain runs.
    let address = drand();
    let at: Timestamp = "2023-08-23T15:49:22Z".parse().expect("a time");
    let by = at.duration_since(world.now);
    let world = world.later_asking(by, beacon(&address)).await;
    let mut head = world.as_one("library-head").await;
    assert_eq!(head.ask(DESK, &[("step", "list")]).await.status, 303);
    assert_eq!(head.ask(DESK, &[("step", "anew")]).await.status, 303);
    let before = head.get(PAGE).await.words();
    assert!(
        !before.contains("quicknet"),
        "nothing is named yet: {before}"
    );
    let holds = promise(&mut head, "holder").await;
    let mut archivist = world.as_one("library-archivist").await;
    let witnesses = promise(&mut archivist, "witness").await;
    // The round stands on the page and in the file before anybody can know it.
    let named = head.get(PAGE).await.words();
    assert!(named.contains("drand quicknet 第1000轮"), "{named}");
    assert!(named.contains("2023年8月23日 23:59:24"), "{named}");
    assert!(named.contains("不会少了它只用两个秘密来抽"), "{named}");
    let mut english = head.clone();
    english.lang = "en";
    let said = english.get(PAGE).await.words();
    assert!(said.contains("round 1000 of drand quicknet"), "{said}");
    assert!(said.contains("23 August 2023, 23:59:24"), "{said}");
    let closed = file(&mut head).await;
    let terms = closed.opened().terms().clone();
    assert_eq!(terms.beacon.map(|round| round.round), Some(1_000));
    let reveal = |side, secret| [("step", "reveal"), ("side", side), ("secret", secret)];
    assert_eq!(head.ask(DESK, &reveal("holder", &holds)).await.status, 303);
    let last = archivist.ask(DESK, &reveal("witness", &witnesses)).await;
    assert_eq!(last.status, 303);
    let alone = head.ask(DESK, &[("step", "settle")]).await;
    assert_eq!(alone.status, 409, "the secrets alone decide nothing");
    let desk = head.get(DESK).await.words();
    assert!(
        desk.contains("还要等公共随机数 drand quicknet 第1000轮"),
        "{desk}"
    );
    let waits = head.get(PAGE).await.words();
    assert!(waits.contains("等约定的公共随机数"), "{waits}");
    assert!(!waits.contains(SIGNATURE));

    // The server is down when the round comes out.
    let by = jiff::SignedDuration::from_mins(20);
    let world = world.later_asking(by, beacon(&address)).await;
    let entered = |world: &World| {
        let mut all = numbers.iter();
        all.any(|one| world.status(*one) == Status::Entered)
    };
    world.looked(|world| !entered(world)).await;
    let mut anybody = world.browser();
    let drawn = file(&mut anybody).await;
    drawn.continues(&closed).expect("the same terms and list");
    let Draw::Drawn(drawn) = drawn else {
        panic!("not drawn")
    };
    let signature = drawn.signature().expect("a signature").to_string();
    assert_eq!(signature, SIGNATURE);
    let page = anybody.get(PAGE).await.words();
    assert!(page.contains(SIGNATURE), "{page}");
    assert!(page.contains("已经全部执行"), "{page}");
    let places: Vec<Status> = numbers.iter().map(|one| world.status(*one)).collect();
    let booked = places.iter().filter(|one| **one == Status::Booked).count();
    assert_eq!(booked, 1, "{places:?}");
}
