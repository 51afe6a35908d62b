//! Webhooks by a real server process: what was not delivered when it was killed is delivered by the next, and nothing else is.

use crate::run::{Run, tongxin};
use crate::serve::Server;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

fn serve(data: &str) -> Run {
    tongxin([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data,
        "--may-call",
        "127.0.0.1",
    ])
}

/// Takes one call; gives its id and what it says.
fn take(listener: &TcpListener) -> (String, String) {
    let (stream, _) = listener.accept().expect("a connection");
    let mut reader = BufReader::new(stream);
    let (mut id, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some(("webhook-id", value)) => value.clone_into(&mut id),
            Some(("content-length", value)) => length = value.parse().unwrap(),
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut stream = reader.into_inner();
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
        .unwrap();
    (id, String::from_utf8(body).unwrap())
}

/// A value of a page's form.
fn field(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The page of subscriptions, once it says this so often.
fn until(server: &Server, cookie: &str, said: &str, times: usize) -> String {
    let begun = Instant::now();
    loop {
        let page = server.get_as("/desk/hooks", cookie);
        if page.matches(said).count() == times {
            return page;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{said}: {page}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn press(server: &Server, cookie: &str, what: &str) {
    let page = server.get_as("/desk/hooks", cookie);
    let (csrf, hook) = (field(&page, "csrf"), field(&page, "hook"));
    let form = format!("csrf={csrf}&hook={hook}&do={what}");
    let done = server.post("/desk/hooks", cookie, &form);
    assert!(done.starts_with("HTTP/1.1 303 "), "{done}");
}

#[test]
fn what_a_killed_server_owed_its_programs_is_told_by_the_next() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("data");
    let data = data.to_str().unwrap();
    // A program that is not there at first.
    let program: SocketAddr = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut server = Server::start(serve(data), 4);
    let head = server.enter("library-head");
    let page = server.get_as("/desk/hooks", &head);
    let form = format!(
        "csrf={}&do=make&address=http%3A%2F%2F{program}%2Fin&kind=slot.changed",
        field(&page, "csrf")
    );
    let made = server.post("/desk/hooks", &head, &form);
    assert!(
        made.starts_with("HTTP/1.1 200 ") && made.contains("whsec_"),
        "{made}"
    );
    let li = server.enter("resident-li");
    let csrf = field(&server.get_as("/me", &li), "csrf");
    for day in ["05", "06", "12"] {
        let form = format!("csrf={csrf}&book=yes&at=%2Feyes%402022-02-{day}T09%3A00%2F12%3A00");
        let booked = server.post("/offers/library-volunteers/volunteers/book", &li, &form);
        assert!(booked.starts_with("HTTP/1.1 303 "), "{booked}");
    }
    // Until the queue has all: from there on nothing is lost.
    until(&server, &head, "等着送", 2);
    until(&server, &head, "连不上服务器", 1);
    server.process.kill().unwrap();
    server.process.wait().unwrap();

    // The next tells the first of them, and is killed when it knows that that was taken.
    let listener = TcpListener::bind(program).expect("the address is still free");
    let mut server = Server::start(serve(data), 4);
    let (first, body) = take(&listener);
    drop(listener);
    assert!(
        body.contains("volunteers/eyes@2022-02-05T09:00/12:00"),
        "{body}"
    );
    let head = server.enter("library-head");
    until(&server, &head, "已送达", 1);
    server.process.kill().unwrap();
    server.process.wait().unwrap();

    // The one after that tells the other two, in order, and not the first again.
    let listener = TcpListener::bind(program).expect("the address is still free");
    let mut server = Server::start(serve(data), 4);
    let head = server.enter("library-head");
    // Whoever has looked after it need not wait for the next try.
    press(&server, &head, "pause");
    press(&server, &head, "resume");
    let (second, body) = take(&listener);
    assert!(
        body.contains("volunteers/eyes@2022-02-06T09:00/12:00"),
        "{body}"
    );
    let (third, body) = take(&listener);
    assert!(
        body.contains("volunteers/eyes@2022-02-12T09:00/12:00"),
        "{body}"
    );
    assert!(first != second && second != third && third != first);
    until(&server, &head, "已送达", 3);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "something was told twice");

    // A program that does not answer keeps nobody from stopping in order, and is told again by the next.
    listener.set_nonblocking(false).unwrap();
    press(&server, &head, "try");
    let _silent = listener.accept().unwrap();
    let begun = Instant::now();
    assert_eq!(server.stop("-TERM"), Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    let mut server = Server::start(serve(data), 4);
    let (_, body) = take(&listener);
    assert!(body.contains(r#""type":"test""#), "{body}");
    assert_eq!(server.stop("-TERM"), Some(0));
}

#[test]
fn a_host_that_may_be_called_is_a_host() {
    for wrong in [
        "https://a.example.cn",
        "a b",
        "user@host",
        "host/path",
        "host:0",
        "",
    ] {
        let done = tongxin(["serve", "--listen", "127.0.0.1:0", "--may-call", wrong]).done();
        assert_eq!(done.code, 2, "{wrong}: {}", done.err);
        assert!(done.err.contains("hooks.example.cn"), "{}", done.err);
    }
}

/// A beacon is asked for only where the clock is the real time, or where its host was named; and only at an address.
#[test]
fn a_beacon_is_not_asked_where_its_rounds_are_long_known() {
    let listen = ["serve", "--listen", "127.0.0.1:0", "--beacon"];
    for wrong in ["api.drand.sh", "https://", "https://api.drand.sh/?a=b"] {
        let line = listen
            .iter()
            .copied()
            .chain([wrong, "--may-call", "api.drand.sh"]);
        let done = tongxin(line).done();
        assert_eq!(done.code, 2, "{wrong}: {}", done.err);
        assert!(done.err.contains("drand 服务器的地址"), "{}", done.err);
    }
    let demo = tongxin(listen.iter().copied().chain(["https://api.drand.sh"])).done();
    assert_eq!(demo.code, 2, "{}", demo.err);
    assert!(demo.err.contains("时钟不是真的时间"), "{}", demo.err);
    assert!(demo.err.contains("--may-call"), "{}", demo.err);
}
