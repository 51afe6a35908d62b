//! Webhooks as their receivers get them: a small server on this machine that notes what it is told, and answers as it is told.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Ipv6Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::{SignedDuration, Timestamp};
use outbox::hook::{Secret, call};
use outbox::{Caller, Counts, Draft, Endpoint, Lane, Outcome, Queue, State, Step, Why, step};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::Sha256;

fn secret(byte: u8) -> Secret {
    Secret::new(&[byte; 32])
}

const BODY: &[u8] = br#"{"type":"notice.published"}"#;

/// A request as it was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Heard {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

fn hear(stream: &mut (impl Read + Write), answer: &str) -> Heard {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let heard = |body| Heard {
        line: line.trim_end().to_owned(),
        headers: headers.clone(),
        body,
    };
    let length = heard(Vec::new()).header("content-length").parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    reader.get_mut().write_all(answer.as_bytes()).unwrap();
    reader.get_mut().flush().unwrap();
    heard(body)
}

/// Answers one connection after the other with these.
fn catcher(answers: &'static [&'static str]) -> (String, mpsc::Receiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/in?from=tongxin", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            tell.send(hear(&mut stream, answer)).unwrap();
        }
    });
    (address, told)
}

fn here() -> Caller {
    Caller::new(vec!["127.0.0.1".to_owned()])
}

/// A receiver as the documents describe it: it believes what is signed, of now, and has not come before.
struct Receiver {
    secret: String,
    seen: BTreeSet<String>,
}

impl Receiver {
    fn takes(&mut self, heard: &Heard, now: i64) -> bool {
        let key = STANDARD
            .decode(self.secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let (id, at) = (
            heard.header("webhook-id"),
            heard.header("webhook-timestamp"),
        );
        let signed = heard.header("webhook-signature").split(' ').any(|one| {
            let Some(one) = one.strip_prefix("v1,") else {
                return false;
            };
            let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            let mac = mac
                .chain_update(format!("{id}.{at}."))
                .chain_update(&heard.body);
            STANDARD
                .decode(one)
                .is_ok_and(|one| mac.verify_slice(&one).is_ok())
        });
        signed && now.abs_diff(at.parse().unwrap()) <= 300 && self.seen.insert(id.to_owned())
    }
}

#[test]
fn a_receiver_can_tell_what_is_ours_and_what_has_come_before() {
    let (address, heard) = catcher(&["HTTP/1.1 204 No Content\r\n\r\n"; 2]);
    let now = Timestamp::now();
    for _ in 0..2 {
        // Between the answer and the mark the process was killed: it leaves twice.
        let sent = call(
            &here(),
            &address,
            "msg_1",
            &[secret(7), secret(8)],
            BODY,
            now,
        );
        assert_eq!(sent, Outcome::Sent);
    }
    let (first, second) = (heard.recv().unwrap(), heard.recv().unwrap());
    assert_eq!(first, second);
    assert_eq!(first.line, "POST /in?from=tongxin HTTP/1.1");
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.body, BODY);
    // Both secrets sign while one is replaced by the other.
    for key in [7, 8] {
        let mut receiver = Receiver {
            secret: secret(key).shown(),
            seen: BTreeSet::new(),
        };
        assert!(receiver.takes(&first, now.as_second()));
        assert!(
            !receiver.takes(&second, now.as_second()),
            "it has come before"
        );
    }
    let fresh = || Receiver {
        secret: secret(7).shown(),
        seen: BTreeSet::new(),
    };
    let stranger = Receiver {
        secret: secret(9).shown(),
        seen: BTreeSet::new(),
    }
    .takes(&first, now.as_second());
    assert!(!stranger, "another's secret");
    assert!(!fresh().takes(&first, now.as_second() + 301), "an old call");
    let changed = Heard {
        body: BODY.to_ascii_uppercase(),
        ..first
    };
    assert!(!fresh().takes(&changed, now.as_second()), "another body");
}

#[test]
fn what_a_receiver_answers_decides_whether_it_is_told_again() {
    let cases: &'static [(&'static str, Outcome)] = &[
        ("HTTP/1.1 200 OK\r\n\r\n", Outcome::Sent),
        ("HTTP/1.0 299\r\n\r\n", Outcome::Sent),
        (
            "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n",
            Outcome::Sent,
        ),
        (
            "HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\n\r\n",
            Outcome::Later(Why::Status(301)),
        ),
        ("HTTP/1.1 401 No\r\n\r\n", Outcome::Later(Why::Status(401))),
        ("HTTP/1.1 500 Oh\r\n\r\n", Outcome::Later(Why::Status(500))),
        (
            "HTTP/1.1 410 Gone\r\n\r\n",
            Outcome::Never(Why::Status(410)),
        ),
        ("HTTP/1.1 422 No\r\n\r\n", Outcome::Later(Why::Status(422))),
        ("220 mail.example ESMTP\r\n", Outcome::Later(Why::Garbled)),
        ("HTTP/1.1 2000 OK\r\n\r\n", Outcome::Later(Why::Garbled)),
        (
            "HTTP/1.1 100 Continue\r\n\r\n",
            Outcome::Later(Why::Garbled),
        ),
        ("", Outcome::Later(Why::Garbled)),
    ];
    for (answer, expected) in cases {
        let (address, _heard) = catcher(std::slice::from_ref(answer));
        let found = call(
            &here(),
            &address,
            "msg_1",
            &[secret(7)],
            BODY,
            Timestamp::now(),
        );
        assert_eq!(found, *expected, "{answer:?}");
    }
    // An answer that never ends is not read to its end.
    let long: &'static str = Box::leak("x".repeat(1 << 20).into_boxed_str());
    let (address, _heard) = catcher(Box::leak(Box::new([long])));
    let found = call(
        &here(),
        &address,
        "msg_1",
        &[secret(7)],
        BODY,
        Timestamp::now(),
    );
    assert!(
        matches!(found, Outcome::Later(Why::Garbled | Why::NoConnection)),
        "{found:?}"
    );
}

#[test]
fn nothing_inside_is_called_and_nobody_is_waited_for_long() {
    let (address, heard) = catcher(&["HTTP/1.1 204\r\n\r\n"]);
    let anyone = Caller::new(Vec::new());
    let to = |address: &str| Endpoint::read(address).unwrap();
    let port = to(&address).port;
    for inside in [
        address.clone(),
        address.replace("http", "https"),
        // The name tells nothing: what it leads to is looked at.
        format!("https://localhost.:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        "http://hooks.example.cn/".to_owned(),
        "https://169.254.169.254/latest".to_owned(),
    ] {
        let found = anyone.post(&to(&inside), &[], BODY);
        assert!(
            matches!(found, Err(Why::Inside | Why::NoConnection)),
            "{inside}: {found:?}"
        );
    }
    assert!(heard.try_recv().is_err(), "somebody called");
    // A host is named for one port, or for all.
    assert!(!Caller::new(vec!["127.0.0.1:1".to_owned()]).takes(&to(&address)));
    assert!(Caller::new(vec![format!("127.0.0.1:{port}")]).takes(&to(&address)));
    // A house where anybody may subscribe calls nobody else.
    let only = Caller::new(vec![format!("127.0.0.1:{port}")]).only();
    assert!(only.takes(&to(&address)));
    let open = to("https://hooks.example.cn/");
    assert!(anyone.takes(&open) && !only.takes(&open));
    assert_eq!(only.post(&open, &[], BODY), Err(Why::Inside));

    // Bytes that drip keep nobody.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        while stream.write_all(b"H").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let begun = Instant::now();
    let caller = here().within(Duration::from_millis(300));
    assert_eq!(caller.post(&to(&address), &[], BODY), Err(Why::Timeout));
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_name_is_looked_up_once_and_not_waited_for_long() {
    static TIMES: AtomicUsize = AtomicUsize::new(0);
    let (address, heard) = catcher(&["HTTP/1.1 204\r\n\r\n"]);
    let port = Endpoint::read(&address).unwrap().port;
    let named = Endpoint::read(&format!("https://turning.example:{port}/")).unwrap();
    // A name that leads outside while it is looked at, and inside afterwards: the second answer is never asked for.
    let turning = Caller::new(Vec::new())
        .within(Duration::from_millis(300))
        .looking_up(|_, port| {
            // 2000::/16 is given to nobody.
            Ok(vec![match TIMES.fetch_add(1, Ordering::SeqCst) {
                0 => (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 1), port).into(),
                _ => ([127, 0, 0, 1], port).into(),
            }])
        });
    let found = turning.post(&named, &[], BODY);
    assert!(
        matches!(found, Err(Why::NoConnection | Why::Timeout)),
        "{found:?}"
    );
    assert_eq!(TIMES.load(Ordering::SeqCst), 1);
    // One number inside among others is enough to refuse it.
    let both = Caller::new(Vec::new()).looking_up(|_, port| {
        Ok(vec![
            (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 1), port).into(),
            ([127, 0, 0, 1], port).into(),
        ])
    });
    assert_eq!(both.post(&named, &[], BODY), Err(Why::Inside));
    assert!(heard.try_recv().is_err(), "somebody called");

    // A name server that never answers keeps nobody, and not more than a few threads.
    let silent = Caller::new(Vec::new())
        .within(Duration::from_millis(50))
        .looking_up(|_, _| {
            thread::sleep(Duration::from_secs(600));
            Ok(Vec::new())
        });
    let begun = Instant::now();
    for _ in 0..40 {
        assert_eq!(silent.post(&named, &[], BODY), Err(Why::Timeout));
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_house_that_stops_waits_for_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = Endpoint::read(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let caller = Arc::new(here());
    let calling = {
        let caller = caller.clone();
        thread::spawn(move || caller.post(&to, &[], BODY))
    };
    let _line = listener.accept().unwrap();
    let begun = Instant::now();
    caller.stop();
    assert_eq!(calling.join().unwrap(), Err(Why::Timeout));
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
}

/// A server with a certificate for `localhost`, of an authority made for these tests.
fn safe_catcher() -> u16 {
    let file = |name: &str| format!("{}/tests/certificates/{name}", env!("CARGO_MANIFEST_DIR"));
    let certificate = CertificateDer::from_pem_file(file("localhost.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("localhost.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        loop {
            let (stream, _) = listener.accept().unwrap();
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            // Whoever does not trust the certificate says nothing more.
            let _ = thread::spawn(move || hear(&mut stream, "HTTP/1.1 204 No Content\r\n\r\n"));
        }
    });
    port
}

#[test]
fn over_https_the_certificate_must_be_the_hosts() {
    let port = safe_catcher();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/ca.pem");
    let ours = CertificateDer::from_pem_file(file).unwrap();
    let hosts = || vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let post = |caller: &Caller, host: &str| {
        let to = Endpoint::read(&format!("https://{host}:{port}/")).unwrap();
        caller.post(&to, &[], BODY)
    };
    let trusting = Caller::new(hosts()).trusting(vec![ours]);
    assert_eq!(post(&trusting, "localhost"), Ok(204));
    assert_eq!(
        post(&trusting, "127.0.0.1"),
        Err(Why::Unsafe),
        "another name"
    );
    assert_eq!(
        post(&Caller::new(hosts()), "localhost"),
        Err(Why::Unsafe),
        "nobody vouches for it"
    );
    let none = Caller::new(hosts()).trusting(Vec::new());
    assert_eq!(post(&none, "localhost"), Err(Why::Unsafe));
}

#[test]
fn a_server_that_is_down_gets_all_in_order_once_it_is_up_again() {
    let (address, heard) = catcher(&[
        "HTTP/1.1 503 Down\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 410 Gone\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
    ]);
    let mut queue = Queue::in_memory().unwrap();
    let begun = Timestamp::UNIX_EPOCH;
    let lane = Lane::Hook("1".to_owned());
    let drafts = [1, 2, 3].map(|entry| Draft {
        lane: lane.clone(),
        recipient: "1".to_owned(),
        entry,
        what: format!("notice.published/n/{entry}"),
    });
    queue.follow(4, &drafts, begun).unwrap();
    let caller = here();
    let mut now = begun;
    let mut tries = 0;
    while tries < 4 {
        let sent = step(&mut queue, &lane, now, |message| {
            let id = format!("msg_{}", message.draft.entry);
            call(&caller, &address, &id, &[secret(7)], BODY, now)
        });
        match sent.unwrap() {
            Step::Done(_) => tries += 1,
            Step::Idle => {
                now += SignedDuration::from_secs(1);
                assert!(now < begun + SignedDuration::from_hours(1), "nothing left");
            }
        }
    }
    let ids: Vec<String> = heard
        .iter()
        .take(4)
        .map(|one| one.header("webhook-id").to_owned())
        .collect();
    assert_eq!(ids, ["msg_1", "msg_1", "msg_2", "msg_3"]);
    assert!(now.duration_since(begun) >= SignedDuration::from_secs(10));
    let last = queue.last_of(&lane, 9).unwrap();
    let states: Vec<(u64, bool, Option<Why>)> = last
        .iter()
        .map(|m| (m.draft.entry, matches!(m.state, State::Sent(_)), m.why))
        .collect();
    let gone = Some(Why::Status(410));
    assert_eq!(states, [(3, true, None), (2, false, gone), (1, true, None)]);
    assert_eq!(queue.counts().unwrap(), Counts::default(), "no mail");
}

fn told(hook: &str, entry: u64, what: &str) -> Draft {
    Draft {
        lane: Lane::Hook(hook.to_owned()),
        recipient: hook.to_owned(),
        entry,
        what: what.to_owned(),
    }
}

#[test]
fn many_changes_of_one_matter_are_told_of_once_and_nothing_else_is_left_out() {
    let mut queue = Queue::in_memory().unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let lane = Lane::Hook("1".to_owned());
    let waiting = |queue: &Queue| -> Vec<(u64, String)> {
        let last = queue.last_of(&lane, 99).unwrap();
        last.into_iter()
            .map(|m| (m.draft.entry, m.draft.what))
            .rev()
            .collect()
    };
    let drafts = [
        told("1", 1, "slot.changed/a"),
        told("1", 2, "slot.changed/b"),
        told("1", 3, "notice.published/n/1"),
        told("1", 4, "slot.changed/a"),
        told("2", 4, "slot.changed/b"),
    ];
    queue.follow(5, &drafts, now).unwrap();
    let kept = |queue: &Queue, expected: &[(u64, &str)]| {
        let found = waiting(queue);
        let found: Vec<(u64, &str)> = found.iter().map(|(n, what)| (*n, what.as_str())).collect();
        assert_eq!(found, expected);
    };
    kept(
        &queue,
        &[
            (2, "slot.changed/b"),
            (3, "notice.published/n/1"),
            (4, "slot.changed/a"),
        ],
    );
    // What somebody may have been told of already stays, for its id is known there.
    let first = queue.next(&lane, now).unwrap().unwrap();
    queue.later(first.id, now, Why::Timeout).unwrap();
    queue
        .follow(6, &[told("1", 5, "slot.changed/b")], now)
        .unwrap();
    kept(
        &queue,
        &[
            (2, "slot.changed/b"),
            (3, "notice.published/n/1"),
            (4, "slot.changed/a"),
            (5, "slot.changed/b"),
        ],
    );
}

#[test]
fn a_lane_that_rests_is_not_lost_and_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Queue::open(&folder.path().join("outbox.db")).unwrap();
    let lane = |hook: &str| Lane::Hook(hook.to_owned());
    let mut queue = open();
    let begun = Timestamp::UNIX_EPOCH;
    let mail = Draft {
        lane: Lane::Mail,
        ..told("p", 1, "booked/1")
    };
    let all = [
        mail,
        told("1", 1, "x"),
        told("1", 2, "y"),
        told("2", 2, "y"),
    ];
    queue.follow(3, &all, begun).unwrap();
    assert_eq!(queue.due_hooks(begun).unwrap(), [lane("1"), lane("2")]);
    // The head of a lane is not due: nothing of it is, and the other goes on.
    let head = queue.next(&lane("1"), begun).unwrap().unwrap();
    let later = begun + SignedDuration::from_hours(2);
    queue.later(head.id, later, Why::Status(500)).unwrap();
    drop(queue);
    let mut queue = open();
    assert_eq!(queue.due_hooks(begun).unwrap(), [lane("2")]);
    assert_eq!(queue.next(&lane("1"), begun).unwrap(), None);
    // Its office has looked after it: from the beginning, in order.
    queue.resume(&lane("1"), begun).unwrap();
    assert_eq!(queue.due_hooks(begun).unwrap(), [lane("1"), lane("2")]);
    let head = queue.next(&lane("1"), begun).unwrap().unwrap();
    assert_eq!((head.draft.entry, head.tries), (1, 0));
    queue.close(&lane("1"), begun, Why::Status(410)).unwrap();
    assert_eq!(queue.due_hooks(begun).unwrap(), [lane("2")]);
    // What nobody has fetched for three days goes; mail is another matter.
    let days = begun + SignedDuration::from_hours(72);
    queue.sweep(days).unwrap();
    assert_eq!(queue.due_hooks(days).unwrap(), [lane("2")]);
    queue.sweep(days + SignedDuration::from_secs(1)).unwrap();
    assert_eq!(queue.due_hooks(days).unwrap(), []);
    assert_eq!(queue.counts().unwrap().waiting, 1);
    queue.add(&told("2", 7, "test/7"), days).unwrap();
    assert_eq!(queue.due_hooks(days).unwrap(), [lane("2")]);
}
