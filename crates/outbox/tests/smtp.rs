//! Mail as a server gets it: a small one on this machine that notes what it is told, and can be told to refuse.
#![allow(clippy::unwrap_used, clippy::panic)] // what fails here is the test

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use mail_parser::MessageParser;
use outbox::mail::{Mail, Smtp};
use outbox::{Outcome, Why};

/// What the server was told.
struct Caught {
    commands: Vec<String>,
    data: String,
}

/// Answers one connection: `replies` are given instead of 250 to the commands that begin so.
fn catcher(replies: &'static [(&'static str, &'static str)]) -> (String, mpsc::Receiver<Caught>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut out = stream;
        let mut caught = Caught {
            commands: Vec::new(),
            data: String::new(),
        };
        let mut say = |text: &str| write!(out, "{text}\r\n").unwrap();
        say("220 catcher");
        while let Some(Ok(line)) = lines.next() {
            let given = replies
                .iter()
                .find(|(command, _)| line.starts_with(command));
            caught.commands.push(line.clone());
            match (given, line.as_str()) {
                (Some((_, reply)), _) => say(reply),
                (None, "DATA") => {
                    say("354 go on");
                    for line in lines.by_ref().map_while(Result::ok) {
                        if line == "." {
                            break;
                        }
                        caught
                            .data
                            .push_str(line.strip_prefix('.').unwrap_or(&line));
                        caught.data.push_str("\r\n");
                    }
                    say("250 taken");
                }
                (None, "QUIT") => {
                    say("221 bye");
                    break;
                }
                (None, line) if line.starts_with("EHLO") => {
                    say("250-catcher\r\n250 AUTH PLAIN LOGIN")
                }
                _ => say("250 fine"),
            }
        }
        let _ = tell.send(caught);
    });
    (url, told)
}

fn mail() -> Mail {
    Mail {
        to: "li@example.cn".to_owned(),
        subject: "同心：您的验证码\r\nBcc: all@example.cn".to_owned(),
        body: "您好：\n\n.验证码是 123456，10 分钟内有效。\nFrom here on nothing else.\n"
            .to_owned(),
        lang: "zh-CN",
        id: "41.code-sign-in".to_owned(),
    }
}

fn send(url: &str) -> Outcome {
    Smtp::new(url, None, "house@taiyuan.example")
        .unwrap()
        .send(&mail())
}

#[test]
fn a_mail_arrives_as_it_was_written() {
    let (url, told) = catcher(&[]);
    assert_eq!(send(&url), Outcome::Sent);
    let caught = told.recv().unwrap();
    assert!(
        caught
            .commands
            .iter()
            .any(|c| c == "MAIL FROM:<house@taiyuan.example>"
                || c.starts_with("MAIL FROM:<house@taiyuan.example> "))
    );
    assert!(
        caught
            .commands
            .iter()
            .any(|c| c == "RCPT TO:<li@example.cn>")
    );
    let message = MessageParser::default()
        .parse(caught.data.as_bytes())
        .unwrap();
    assert_eq!(
        message.subject(),
        Some("同心：您的验证码 Bcc: all@example.cn")
    );
    assert!(message.bcc().is_none());
    assert_eq!(
        message.from().unwrap().first().unwrap().address(),
        Some("house@taiyuan.example")
    );
    assert_eq!(
        message.to().unwrap().first().unwrap().address(),
        Some("li@example.cn")
    );
    assert_eq!(
        message.message_id(),
        Some("41.code-sign-in@taiyuan.example")
    );
    assert_eq!(
        message.header_raw("Auto-Submitted").map(str::trim),
        Some("auto-generated")
    );
    assert_eq!(
        message.header_raw("Content-Language").map(str::trim),
        Some("zh-CN")
    );
    assert!(message.date().is_some());
    assert_eq!(
        message.body_text(0).unwrap().replace("\r\n", "\n"),
        mail().body
    );
    // Lines a server may cut are none: RFC 5321 allows 998 bytes.
    assert!(
        caught
            .data
            .lines()
            .all(|line| line.len() <= 100 && line.is_ascii())
    );
}

#[test]
fn what_a_server_answers_decides_whether_it_is_tried_again() {
    for (replies, outcome) in [
        (
            &[("RCPT", "550 no such box")],
            Outcome::Never(Why::Status(550)),
        ),
        (&[("RCPT", "450 busy")], Outcome::Later(Why::Status(450))),
        (
            &[("MAIL", "530 who are you")],
            Outcome::Later(Why::Credentials),
        ),
        (&[("EHLO", "nonsense")], Outcome::Later(Why::Garbled)),
    ] {
        let (url, _told) = catcher(replies);
        assert_eq!(send(&url), outcome, "{replies:?}");
    }
}

#[test]
fn a_server_that_is_not_there_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(send(&url), Outcome::Later(Why::NoConnection));
}

#[test]
fn a_password_is_given_and_a_refused_one_is_the_citys_to_mend() {
    let (url, told) = catcher(&[("AUTH", "535 no")]);
    let url = url.replace("smtp://", "smtp://house@");
    let smtp = Smtp::new(&url, Some("geheim".to_owned()), "house@taiyuan.example").unwrap();
    assert_eq!(smtp.send(&mail()), Outcome::Later(Why::Credentials));
    assert!(!format!("{smtp:?}").contains("geheim"));
    drop(smtp);
    assert!(
        told.recv()
            .unwrap()
            .commands
            .iter()
            .any(|c| c.starts_with("AUTH PLAIN"))
    );
}

#[test]
fn elsewhere_nothing_is_said_in_the_clear() {
    // A server that offers no encryption, under a name that is not this machine's own.
    let (url, told) = catcher(&[]);
    let url = url.replace("127.0.0.1", "0.0.0.0");
    assert_eq!(send(&url), Outcome::Later(Why::Unsafe));
    let commands = told.recv().unwrap().commands;
    assert!(
        commands
            .iter()
            .all(|c| !c.starts_with("MAIL") && !c.starts_with("RCPT")),
        "{commands:?}"
    );
}
