//! Something small got from a server on this machine, however it is sent; and what is not taken.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use outbox::{Caller, Endpoint, Why};

/// Answers one request with these pieces, each after a while, and gives what was asked.
fn served(pieces: Vec<String>) -> (Endpoint, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/public/7?a=b", listener.local_addr().unwrap());
    let heard = thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            line.read_exact(&mut byte).unwrap();
            heard.push(byte[0]);
        }
        for piece in pieces {
            // Who has heard enough may hang up.
            let _ = line.write_all(piece.as_bytes());
            thread::sleep(Duration::from_millis(5));
        }
        String::from_utf8(heard).unwrap()
    });
    (Endpoint::read(&address).unwrap(), heard)
}

fn here() -> Caller {
    Caller::new(vec!["127.0.0.1".to_owned()])
}

/// Sent at once, and byte by byte.
fn got(answer: &str, bytes_max: usize) -> Result<String, Why> {
    let bytes = answer.chars().map(String::from).collect();
    let mut came = [vec![answer.to_owned()], bytes].map(|pieces| {
        let (endpoint, heard) = served(pieces);
        let came = here().get(&endpoint, bytes_max);
        let heard = heard.join().unwrap();
        assert!(
            heard.starts_with("GET /public/7?a=b HTTP/1.1\r\n"),
            "{heard}"
        );
        assert!(!heard.contains("content-length"), "{heard}");
        came.map(|body| String::from_utf8(body).unwrap())
    });
    assert_eq!(came[0], came[1], "{answer:?}");
    std::mem::replace(&mut came[0], Err(Why::Fault))
}

#[test]
fn what_is_small_is_had_however_it_is_sent() {
    let ok = |rest: &str, max| got(&format!("HTTP/1.1 200 OK\r\n{rest}"), max);
    assert_eq!(ok("Content-Length: 3\r\n\r\nabcd", 3), Ok("abc".into()));
    assert_eq!(ok("Content-Length: 0\r\n\r\n", 3), Ok(String::new()));
    assert_eq!(ok("\r\nabc", 3), Ok("abc".into()));
    let pieces = "transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n";
    assert_eq!(ok(pieces, 3), Ok("abc".into()));
    let soon = "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc";
    assert_eq!(got(soon, 3), Ok("abc".into()));
}

#[test]
fn what_is_large_broken_or_no_answer_is_not_taken() {
    let ok = |rest: &str, max| got(&format!("HTTP/1.1 200 OK\r\n{rest}"), max);
    for large in [
        "Content-Length: 4\r\n\r\nabcd",
        "Content-Length: 99999999999999999999999\r\n\r\nabcd",
        "\r\nabcd",
        "transfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
    ] {
        assert_eq!(ok(large, 3), Err(Why::Garbled), "{large:?}");
    }
    for broken in [
        "Content-Length: 4\r\n\r\nab",
        "Content-Length: x\r\n\r\nab",
        "transfer-encoding: gzip\r\n\r\nab",
        "transfer-encoding: chunked\r\n\r\nz\r\nab\r\n",
        "transfer-encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\nab\r\n",
        "transfer-encoding: chunked\r\n\r\n2\r\nab\r\n",
        "Content-Length: 4",
    ] {
        assert_eq!(ok(broken, 100), Err(Why::Garbled), "{broken:?}");
    }
    assert_eq!(
        got("HTTP/1.1 404 Not Found\r\n\r\nabc", 3),
        Err(Why::Status(404))
    );
    assert_eq!(got("HTTP/1.1 302 Found\r\n\r\n", 3), Err(Why::Status(302)));
    assert_eq!(got("SSH-2.0-OpenSSH\r\n", 3), Err(Why::Garbled));
}

#[test]
fn it_ends_in_time_and_calls_nobody_inside() {
    // Drips for as long as anybody listens, and never ends.
    let drip = std::iter::once("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n".to_owned());
    let (endpoint, _) = served(drip.chain((0..2_000).map(|_| "x".to_owned())).collect());
    let begun = Instant::now();
    let impatient = here().within(Duration::from_millis(300));
    assert_eq!(impatient.get(&endpoint, 16_384), Err(Why::Timeout));
    assert!(begun.elapsed() < Duration::from_secs(3));
    let anybody = Caller::new(Vec::new());
    assert_eq!(anybody.get(&endpoint, 3), Err(Why::Inside));
    let stopped = here();
    stopped.stop();
    assert_eq!(stopped.get(&endpoint, 3), Err(Why::Timeout));
}
