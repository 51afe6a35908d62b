//! `tongxin serve`: it starts, says where, answers, and stops when told to.

use crate::run::{Run, here, project, tongxin};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// A server that ends with its owner.
struct Server {
    process: Child,
    address: SocketAddr,
    hello: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts it on a free port and reads what it says first.
    fn start(run: Run, lines: usize) -> Server {
        let mut process = run.command().spawn().expect("the server starts");
        let mut out = BufReader::new(process.stdout.take().expect("an output"));
        let mut hello = String::new();
        for _ in 0..lines {
            out.read_line(&mut hello).expect("a line");
        }
        let address = hello
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        let address = address
            .unwrap_or_else(|| panic!("no address in: {hello}"))
            .parse()
            .expect("an address");
        Server {
            process,
            address,
            hello,
        }
    }

    /// Status line and everything after it.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Tells it to stop and waits; gives its exit code.
    fn stop(&mut self, signal: &str) -> Option<i32> {
        let told = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
        let from = Instant::now();
        while from.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not stop within 20 s");
    }
}

#[test]
fn it_says_where_it_is_answers_and_stops_in_order() {
    let mut server = Server::start(tongxin(["serve", "--listen", "127.0.0.1:0"]), 4);
    let said = server.hello.replace(&server.address.to_string(), "ADDRESS");
    let expected = "同心 · 太原市  http://ADDRESS/\n\
                    时钟 2022-01-06 08:00。存储：内嵌，不需要其他服务。\n\
                    演示城市：未标明来源的名称与数字为演示数据。\n\
                    按 Ctrl-C 停止。\n";
    assert_eq!(said, expected);
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200 "));
    let page = server.get("/");
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("</html>"));
    // A connection that stands idle does not keep it from stopping.
    let idle = TcpStream::connect(server.address).unwrap();
    assert_eq!(server.stop("-TERM"), Some(0));
    drop(idle);
    assert!(TcpStream::connect(server.address).is_err());
}

#[test]
fn its_clock_starts_where_it_is_told_to() {
    let words = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--clock",
        "2022-01-09T23:00+08:00",
        "--lang",
        "en",
    ];
    let mut server = Server::start(tongxin(words), 4);
    assert!(
        server.hello.contains("Clock 2022-01-09 23:00."),
        "{}",
        server.hello
    );
    assert!(server.hello.ends_with("Ctrl-C stops it.\n"));
    assert_eq!(server.stop("-INT"), Some(0));
}

#[test]
fn a_port_in_use_is_said_to_be() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let zh = tongxin(["serve", "--listen", &address]).done();
    assert_eq!((zh.code, zh.out.as_str()), (1, ""));
    assert_eq!(
        zh.err,
        format!("错误：无法监听 {address}：地址已被占用；请用 --listen 换一个地址\n")
    );
    let en = tongxin(["serve", "--listen", &address, "--lang", "en"]).done();
    assert_eq!(
        en.err,
        format!(
            "error: cannot listen on {address}: the address is in use; choose another with --listen\n"
        )
    );
}

#[test]
fn a_city_with_a_faulty_notice_is_not_served() {
    for (notice, golden) in [
        ("unsound.md", "serve-syntax"),
        ("contrary.md", "serve-conflict"),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        let city = scratch.path().join("city");
        let copied = Command::new("cp")
            .arg("-r")
            .arg(project().join("cities/taiyuan-2022"))
            .arg(&city)
            .status()
            .unwrap();
        assert!(copied.success());
        std::fs::copy(
            here().join("notices").join(notice),
            city.join("notices").join(notice),
        )
        .unwrap();
        let words = ["serve", "--city", "city", "--listen", "127.0.0.1:0"];
        tongxin(words).within(scratch.path()).golden(golden, 1);
    }
}
