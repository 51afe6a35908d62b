//! Mail by a real server process: what was not delivered when it was killed is delivered by the next.

use crate::run::{Run, tongxin};
use crate::serve::Server;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

fn serve(data: &str, smtp: SocketAddr) -> Run {
    let smtp = format!("smtp://{smtp}");
    tongxin([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data,
        "--smtp",
        &smtp,
        "--mail-from",
        "house@taiyuan.example",
    ])
}

/// Takes one mail; gives to whom it was and what it said.
fn take(listener: &TcpListener) -> (String, String) {
    let (mut out, _) = listener.accept().expect("a connection");
    let mut lines = BufReader::new(out.try_clone().unwrap())
        .lines()
        .map_while(Result::ok);
    let (mut to, mut data) = (String::new(), String::new());
    out.write_all(b"220 here\r\n").unwrap();
    while let Some(line) = lines.next() {
        if let Some(address) = line.strip_prefix("RCPT TO:") {
            to = address.to_owned();
        }
        if line == "DATA" {
            out.write_all(b"354 go on\r\n").unwrap();
            data = lines
                .by_ref()
                .take_while(|line| line != ".")
                .collect::<Vec<_>>()
                .join("\n");
        }
        out.write_all(b"250 fine\r\n").unwrap();
        if line == "QUIT" {
            break;
        }
    }
    (to, data)
}

#[test]
fn what_a_killed_server_owed_is_sent_by_the_next_and_once() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    let data = data.to_str().unwrap();
    // A mail server that is not there at first.
    let smtp = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut server = Server::start(serve(data, smtp), 4);
    let opened = server.post(
        "/open-account",
        "",
        "mail=li%40example.cn&password=a-long-enough-one",
    );
    assert!(opened.starts_with("HTTP/1.1 303 "), "{opened}");
    let asked = server.post("/sign-in/code", "", "mail=li%40example.cn");
    assert!(asked.starts_with("HTTP/1.1 200 "), "{asked}");
    // Until the queue has it: from there on nothing is lost.
    let cookie = server.enter("library-clerk");
    let begun = Instant::now();
    while !server
        .get_as("/desk/outbox", &cookie)
        .contains("连不上服务器")
    {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{}",
            server.get_as("/desk/outbox", &cookie)
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    server.process.kill().unwrap();
    server.process.wait().unwrap();

    let listener = TcpListener::bind(smtp).expect("the address is still free");
    let mut server = Server::start(serve(data, smtp), 4);
    let (to, mail) = take(&listener);
    assert_eq!(to, "<li@example.cn>");
    assert!(
        mail.contains("From: house@taiyuan.example") && mail.contains("Subject: =?utf-8?"),
        "{mail}"
    );
    // It leaves once: the queue says so soon.
    let cookie = server.enter("library-clerk");
    let begun = Instant::now();
    let sent = |page: &str| {
        page.contains("等着发</dt><dd>0</dd>") && page.contains("已发出（三十天内）</dt><dd>1</dd>")
    };
    while !sent(&server.get_as("/desk/outbox", &cookie)) {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{}",
            server.get_as("/desk/outbox", &cookie)
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "it was sent twice");
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn how_mail_is_sent_is_checked_before_anything_begins() {
    for (smtp, from, said) in [
        (
            "smtps://u:secret@mail.example.cn",
            "a@b.cn",
            "TONGXIN_SMTP_PASSWORD",
        ),
        (
            "smtps://u@mail.example.cn",
            "a@b.cn",
            "TONGXIN_SMTP_PASSWORD",
        ),
        (
            "http://mail.example.cn",
            "a@b.cn",
            "smtps://user@mail.example.cn",
        ),
        ("smtp://127.0.0.1", "nobody", "name@example.cn"),
    ] {
        let words = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--smtp",
            smtp,
            "--mail-from",
            from,
        ];
        let done = tongxin(words).done();
        assert_eq!(done.code, 2, "{smtp}: {}", done.err);
        assert!(
            done.err.contains(said) && !done.err.contains("secret"),
            "{}",
            done.err
        );
    }
}
